"""What each cell risks: division, death, mutation and departure, by site, vessels, drugs and type of cell."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.vessels import (
    HOST_SPROUTS,
    IMMATURE_PERFUSION,
    MATURE_LEAK,
    MATURE_PERFUSION,
    OXYGEN_REACH,
    diameter,
    hypoxia,
    surface_share,
    vessel_rates,
    vessel_step,
)
from seedsoil.body.kendall import fill_tails
from seedsoil.body.state import (
    CEILING,
    CELLS,
    CO_OPTION,
    CYCLE,
    DEATH,
    DIVISION,
    GAUSS_WEIGHTS,
    HIT_RATE,
    HITS,
    HYPOXIA,
    HYPOXIA_ON,
    HYPOXIC_DEATH,
    IMMATURE,
    INSTABILITY_RATE,
    LEAK,
    MATURE,
    MAXIMUM,
    MOST_MUTANTS,
    NODES,
    OPENING,
    PASSAGE,
    PERFUSION,
    PIECES,
    POWER,
    REGION,
    REPLACES,
    RESEEDING,
    RIM,
    SERIAL,
    SHED_GAIN,
    SHED_POWER,
    SHEDDING,
    SITE,
    SLOW,
    SPROUTS,
    VESSEL_CELLS,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, power

#: Largest relative change of a lesion's vessels within one piece, and the shortest piece that this rule may ask for.
VESSEL_CHANGE = 0.05
SHORTEST_PIECE = 0.5
#: Diameter at which a lesion draws half its blood from the artery [mm].
ARTERIAL_DIAMETER = 0.3


@inner
def arterial_share(size):  # type: ignore[no-untyped-def]
    """Share of a lesion's blood that comes from the artery, by its diameter [mm]: D^4 / (D^4 + 0.3^4)."""
    ratio = size / ARTERIAL_DIAMETER
    ratio *= ratio
    ratio *= ratio
    return ratio / (1.0 + ratio)


@inner
def passage(size, intact, opening, ceiling):  # type: ignore[no-untyped-def]
    """Tissue to plasma ratio behind a barrier that opens with the lesion's diameter [1]."""
    if ceiling < 0.0 or ceiling <= intact:
        return 1.0 if ceiling < 0.0 else intact
    if size <= 0.0:
        return intact
    closed = opening / size
    closed = closed * closed * closed
    return intact + (ceiling - intact) / (1.0 + closed * closed)


@inner
def fill_kill(kill, row, at, site, size, lack, model, timeline):  # type: ignore[no-untyped-def]
    """Write the mean kill hazard of one drug piece for each resistance mask.

    Cells that do not cycle for lack of oxygen are spared by agents that kill cycling cells only.
    """
    masks = kill.shape[1]
    for mask in range(masks):
        kill[row, mask] = 0.0
    if at < 0:
        return
    for agent in range(model.agent.shape[0]):
        maximum = model.agent[agent, MAXIMUM]
        if maximum <= 0.0:
            continue
        ratio = passage(size, model.agent[agent, PASSAGE], model.site[site, OPENING], model.site[site, CEILING])
        cycling = power(1.0 - lack, model.agent[agent, CYCLE])
        regional = arterial_share(size) if int(model.agent[agent, REGION]) == site else 0.0
        for node in range(NODES):
            level = ratio * (timeline.plasma[at, agent, node] + regional * timeline.artery[at, agent, node])
            if level <= 0.0:
                continue
            raised = power(level, model.agent[agent, POWER])
            for mask in range(masks):
                share = raised / (raised + model.half_power[agent, mask])
                kill[row, mask] += GAUSS_WEIGHTS[node] * maximum * cycling * share


@inner
def oxygen(lesion, row, cells, model):  # type: ignore[no-untyped-def]
    """Perfusion and hypoxic share of a lesion with so many cells, from its own and its borrowed vessels."""
    site = int(lesion[row, SITE])
    surface = surface_share(0.5 * diameter(cells), model.trait[RIM])
    swept = 1.0 if lesion[row, REPLACES] > 0.5 else surface
    borrowed = model.site[site, CO_OPTION] * swept
    own = (
        model.vessels[IMMATURE_PERFUSION] * lesion[row, IMMATURE]
        + model.vessels[MATURE_PERFUSION] * lesion[row, MATURE]
    )
    lack = hypoxia(own + borrowed, surface, model.vessels[OXYGEN_REACH]) * model.trait[HYPOXIA_ON]
    leak = lesion[row, IMMATURE] + model.vessels[MATURE_LEAK] * (lesion[row, MATURE] + borrowed)
    return own + borrowed, lack, leak


@inner
def net_growth(lack, row, site, model, work):  # type: ignore[no-untyped-def]
    """Mean net growth of a lesion in one piece [1/day], over its masks as they stood at the step's start."""
    kill = 0.0
    for mask in range(work.kill.shape[1]):
        kill += work.share[mask] * work.kill[row, mask]
    death = model.site[site, DEATH] + model.trait[HYPOXIC_DEATH] * lack
    return model.site[site, DIVISION] * (1.0 - lack) - death - kill


@inner
def vessel_days(lesion, row, lack, blocked, at, timeline, model, growth):  # type: ignore[no-untyped-def]
    """Longest stretch over which the lesion's vessels change by no more than a twentieth [day]."""
    ang2 = timeline.blocked[at, 1] if at >= 0 else 0.0
    pericytes = timeline.blocked[at, 2] if at >= 0 else 0.0
    immature, mature = lesion[row, IMMATURE], lesion[row, MATURE]
    gain_i, loss_i, gain_m, loss_m = vessel_rates(
        immature, mature, lack, lesion[row, SPROUTS], blocked, ang2, pericytes, model.vessels
    )
    slow = model.trait[SLOW]
    speed = abs((gain_i - loss_i * immature) / slow - growth * immature)
    speed += abs((gain_m - loss_m * mature) / slow - growth * mature)
    room = VESSEL_CHANGE * (immature + mature + model.vessels[HOST_SPROUTS])
    return max(SHORTEST_PIECE, room / max(speed, 1e-12))


@inner
def cut_pieces(state, row, start, end, model, timeline, work):  # type: ignore[no-untyped-def]
    """Cut a step of one lesion into pieces of nearly constant hazard, and carry its vessels through them.

    Pieces end where a drug piece ends and where vessels have changed by a twentieth. Within the step the lesion's
    size follows its mean path. Returns the number of pieces; fills ``work.piece`` and ``work.kill``.
    """
    lesion = state.lesion
    site = int(lesion[row, SITE])
    cells = lesion[row, CELLS]
    today, pieces, at = start, np.int64(0), np.int64(0)  # typed: a bare 0 is compiled twice
    drugged = timeline.start.shape[0]
    while at < drugged and timeline.end[at] <= today + 1e-9:
        at += 1
    while today < end - 1e-9 and pieces < PIECES:
        inside, until = np.int64(-1), end
        if at < drugged:
            if timeline.start[at] <= today + 1e-9:
                inside, until = at, min(end, timeline.end[at])
            else:
                until = min(end, timeline.start[at])
        blocked = timeline.blocked[inside, 0] if inside >= 0 else 0.0
        fed, lack, leak = 0.0, 0.0, 0.0
        if cells >= VESSEL_CELLS:
            fed, lack, leak = oxygen(lesion, row, cells, model)
        fill_kill(work.kill, pieces, inside, site, diameter(cells), lack, model, timeline)
        growth = net_growth(lack, pieces, site, model, work)
        days = until - today
        if cells >= VESSEL_CELLS:
            longest = vessel_days(lesion, row, lack, blocked, inside, timeline, model, growth)
            if pieces < PIECES - 1 and longest < days:
                days = longest
            ang2 = timeline.blocked[inside, 1] if inside >= 0 else 0.0
            pericytes = timeline.blocked[inside, 2] if inside >= 0 else 0.0
            immature, mature = vessel_step(
                lesion[row, IMMATURE], lesion[row, MATURE], lack, lesion[row, SPROUTS],
                blocked, ang2, pericytes, growth, days, model.trait[SLOW], model.vessels,
            )  # fmt: skip
            lesion[row, IMMATURE], lesion[row, MATURE] = immature, mature
            cells *= exp(growth * days)
            fed, later, leak = oxygen(lesion, row, cells, model)
            lack = 0.5 * (lack + later)
        else:
            cells *= exp(growth * days)
        lesion[row, PERFUSION], lesion[row, HYPOXIA], lesion[row, LEAK] = fed, lack, leak
        work.piece[pieces, 0], work.piece[pieces, 1], work.piece[pieces, 2] = today, days, lack
        work.piece[pieces, 3] = leak * (1.0 + model.trait[SHED_GAIN] * power(lack, model.trait[SHED_POWER]))
        today += days
        pieces += 1
        if inside >= 0 and today >= timeline.end[inside] - 1e-9:
            at += 1
    return pieces


@inner
def fill_alterations(model, work):  # type: ignore[no-untyped-def]
    """Write what can happen to a dividing cell of each type: one more hit, instability, or a mechanism of resistance."""
    levels = int(model.trait[HITS]) + 1
    for kind in range(model.mask.shape[0]):
        total = 0.0
        for choice in range(work.alteration.shape[1]):
            if choice == 0:
                rate, other = (model.trait[HIT_RATE] if kind % levels < levels - 1 else 0.0), kind + 1
            elif choice == 1:
                rate, other = (model.trait[INSTABILITY_RATE] if (kind // levels) % 2 == 0 else 0.0), kind + levels
            else:
                bit = 1 << (choice - 2)
                rate = model.mechanism_rate[choice - 2] if model.mask[kind] & bit == 0 else 0.0
                other = kind + levels * 2 * bit
            work.alteration[kind, choice], work.mutant[kind, choice] = rate * model.instability[kind], other
            total += rate * model.instability[kind]
        work.mutation[kind] = total


@inner
def prepare(kind, row, pieces, state, model, work):  # type: ignore[no-untyped-def]
    """Fill the calendar of one type of cell in one lesion for this step, unless it is there already."""
    if work.stamp[kind] == state.count[SERIAL]:
        return
    work.stamp[kind] = state.count[SERIAL]
    site = int(state.lesion[row, SITE])
    chance = min(MOST_MUTANTS, work.mutation[kind])
    success = model.emission_total[site] * model.competent[kind]
    if row > 0:
        success *= model.trait[RESEEDING]
    for at in range(pieces):
        lack = work.piece[at, 2]
        birth = model.site[site, DIVISION] * model.fitness[kind] * (1.0 - lack)
        death = model.site[site, DEATH] + model.trait[HYPOXIC_DEATH] * lack + work.kill[at, model.mask[kind]]
        mutants = birth * chance
        leavers = model.trait[SHEDDING] * work.piece[at, 3] * success
        work.calendar[kind, at, 0] = birth - mutants
        work.calendar[kind, at, 1] = death
        work.calendar[kind, at, 2] = mutants + leavers
        work.calendar[kind, at, 3] = work.piece[at, 1]
        work.leaving[kind, at] = leavers / (mutants + leavers) if mutants + leavers > 0.0 else 0.0
    fill_tails(work.calendar[kind], work.tail[kind], pieces)
