"""What drugs do to the cells of one lesion in one piece of time: deaths, strain and divisions held, mask by mask."""

from __future__ import annotations

from seedsoil.biology.medicine.delivery import arterial_share, tissue_share
from seedsoil.biology.soils.vessels import MATURE_LEAK
from seedsoil.body.drugs.barrier import ceiling_of, passage
from seedsoil.body.state import (
    CEILING,
    CYCLE,
    GAUSS_WEIGHTS,
    HELD,
    HELD_POWER,
    HINDRANCE,
    MAXIMUM,
    NODES,
    OPENING,
    OPENNESS,
    PASSAGE,
    PERMEABILITY,
    POWER,
    REGION,
    SENSITIVITY,
    SHELTER_FOLD,
    SHELTERED,
    SITE,
    STROMA,
    TISSUE_FLOW,
    TISSUE_LOSS,
    USUAL_SHARE,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, power


@inner
def delivered(agent, surface, fed, leak, model):  # type: ignore[no-untyped-def]
    """Level of an agent in a lesion against one of perfusion 1 and leak 1, by its own vessels and the host's rim [1]."""
    permeability, loss = model.agent[agent, PERMEABILITY], model.agent[agent, TISSUE_LOSS]
    if permeability <= 0.0:
        return 1.0
    flow = model.trait[TISSUE_FLOW]
    share = surface * tissue_share(flow, permeability * model.vessels[MATURE_LEAK], loss)
    if surface < 1.0:
        share += (1.0 - surface) * tissue_share(flow * fed, permeability * leak, loss)
    return share / model.agent[agent, USUAL_SHARE]


@inner
def let_in(agent, condition, lesion, size, surface, fed, leak, model):  # type: ignore[no-untyped-def]
    """Level of an agent in a lesion against that in blood [1]: barrier, vessels and stroma lower it."""
    site = int(lesion[SITE])
    opened = ceiling_of(model.site[condition, site, CEILING], lesion[OPENNESS])
    ratio = passage(size, model.agent[agent, PASSAGE], model.site[condition, site, OPENING], opened)
    return ratio * (delivered(agent, surface, fed, leak, model) / (1.0 + model.trait[HINDRANCE] * lesion[STROMA]))


@inner
def by_artery(agent, lesion, size, model):  # type: ignore[no-untyped-def]
    """Share of a lesion that an artery feeds into which an agent is infused [1]; 0 where that is another organ's, or none."""
    return arterial_share(size) if int(model.agent[agent, REGION]) == int(lesion[SITE]) else 0.0


@inner
def sheltered(lesion, steepness, model):  # type: ignore[no-untyped-def]
    """What shelter multiplies a level of half effect by, raised to the Hill power [1]."""
    if lesion[SHELTERED] <= 0.0:
        return 1.0
    return power(1.0 + (model.trait[SHELTER_FOLD] - 1.0) * lesion[SHELTERED], steepness)


@inner
def fill_pace(work, row, at, condition, lesion, size, surface, fed, leak, model, timeline):  # type: ignore[no-untyped-def]
    """Write which share of its divisions each mask keeps in one piece, and at each of its nodes; whether any drug holds some.

    A drug holds m C^p / (half^p + C^p) of them; of several each leaves its share of what the others leave, as if by chance.
    """
    masks, holds = work.pace.shape[1], False
    for agent in range(model.agent.shape[0]):
        most = model.agent[agent, HELD]
        if most <= 0.0:
            continue
        if not holds:
            for node in range(NODES):
                for mask in range(masks):
                    work.cycling[node, mask] = 1.0
        holds = True
        ratio = let_in(agent, condition, lesion, size, surface, fed, leak, model)
        regional = by_artery(agent, lesion, size, model)
        raised_half = sheltered(lesion, model.agent[agent, HELD_POWER], model)
        for node in range(NODES):
            level = ratio * (timeline.plasma[at, agent, node] + regional * timeline.artery[at, agent, node])
            if level <= 0.0:
                continue
            raised = power(level, model.agent[agent, HELD_POWER])
            for mask in range(masks):
                share = raised / (raised + model.held_half_power[condition, agent, mask] * raised_half)
                work.cycling[node, mask] *= 1.0 - most * share
    if holds:
        for mask in range(masks):
            held = 0.0
            for node in range(NODES):
                held += GAUSS_WEIGHTS[node] * (1.0 - work.cycling[node, mask])
            work.pace[row, mask] = 1.0 - held
    return holds


@inner
def fill_effects(work, row, at, condition, lesion, size, surface, fed, idle, leak, model, timeline):  # type: ignore[no-untyped-def]
    """Write what drugs do in one piece to each resistance mask: add the mean kill hazard, how far they strain cells, and their pace.

    Returns whether any drug holds divisions. Agents that kill cycling cells only spare those that do not cycle: the ``idle`` share,
    which lacks oxygen or room, and those that a drug holds. What shelters cells raises the level of half effect; barrier, vessels
    and stroma lower the level itself; a lesion's founder was more or less sensitive to whatever kills. The strain is
    1 - prod (1 - f) over agents, f the share of an agent's greatest kill that these cells feel.
    """
    masks, shares, susceptible = work.kill.shape[1], work.felt, exp(lesion[SENSITIVITY])
    holds = fill_pace(work, row, at, condition, lesion, size, surface, fed, leak, model, timeline)
    for agent in range(model.agent.shape[0]):
        maximum = model.agent[agent, MAXIMUM]
        if maximum <= 0.0:
            continue
        ratio = let_in(agent, condition, lesion, size, surface, fed, leak, model)
        cycling = power(1.0 - idle, model.agent[agent, CYCLE])
        regional = by_artery(agent, lesion, size, model)
        raised_half = sheltered(lesion, model.agent[agent, POWER], model)
        for mask in range(masks):
            shares[mask] = 0.0
        for node in range(NODES):
            level = ratio * (timeline.plasma[at, agent, node] + regional * timeline.artery[at, agent, node])
            if level <= 0.0:
                continue
            raised = power(level, model.agent[agent, POWER])
            for mask in range(masks):
                share = raised / (raised + model.half_power[condition, agent, mask] * raised_half)
                if holds:
                    share *= power(work.cycling[node, mask], model.agent[agent, CYCLE])
                shares[mask] += GAUSS_WEIGHTS[node] * share
        for mask in range(masks):
            work.kill[row, mask] += susceptible * maximum * cycling * shares[mask]
            work.strain[row, mask] += cycling * shares[mask] * (1.0 - work.strain[row, mask])
    return holds
