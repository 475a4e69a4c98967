"""What drugs do in one lesion, plainly: from plasma through barrier, vessels and stroma to a cell, and Hill's law."""

from __future__ import annotations

import math
from dataclasses import dataclass

from seedsoil.biology.medicine.delivery import ARTERIAL_DIAMETER
from seedsoil.body.state import GAUSS_WEIGHTS
from seedsoil.body.twin.person import Agent, Condition, Lesion, Rules, Site, Window
from seedsoil.body.twin.vessels import Supply, ball
from seedsoil.foundation.elementary import exp, expm1, log, power


def passage(size: float, intact: float, site: Site, openness: float) -> float:
    """Return tissue against plasma behind a barrier that opens as the lesion grows beyond ``site.opening`` mm [1].

    How far it opens at last is the lesion's own: exp(openness) times the soil's usual, at most all the way.
    """
    if site.ceiling < 0.0:
        return 1.0
    most = min(1.0, site.ceiling * exp(openness))
    if most <= intact or size <= 0.0:
        return intact
    return intact + (most - intact) * size**6 / (size**6 + site.opening**6)


def felt(lesion: Lesion, cells: float, window: Window) -> Condition:
    """Return what a lesion of so many cells feels: what its host does, or behind a barrier what its opening lets in.

    The openings that are told apart let pass 1, 1/sqrt(2), 1/2 ... of a tracer, down to a 64th, and nothing at all.
    """
    site = window.condition.sites[lesion.site]
    if site.ceiling < 0.0:
        return window.condition
    passed = passage(ball(cells), 0.0, site, lesion.openness)
    halvings = -log(passed) / log(2.0) if passed > 0.0 else len(window.behind)
    return window.behind[max(0, len(window.behind) - 1 - math.ceil(2.0 * halvings - 0.5))]


def kept(flow: float, wall: float, loss: float) -> float:
    """Return the steady level in tissue against plasma [1]: 1 / (1 + loss / inflow), inflow = Q (1 - exp(-PS / Q))."""
    inflow = -flow * expm1(-wall / flow) if flow > 0.0 else 0.0
    return 1.0 / (1.0 + loss / inflow) if inflow > 0.0 else 0.0


def delivery(agent: Agent, brought: Supply, rules: Rules) -> float:
    """Return an agent's level in the lesion against that in one of perfusion 1 and leak 1 [1].

    The host's own mature vessels feed the surface, those of the lesion the rest.
    """
    if agent.permeability <= 0.0:
        return 1.0
    outside = kept(rules.flow, agent.permeability * rules.vessels["mature_leak"], agent.loss)
    inside = kept(rules.flow * brought.perfusion, agent.permeability * brought.leak, agent.loss)
    usual = kept(rules.flow, agent.permeability, agent.loss)
    return (inside + brought.surface * (outside - inside)) / usual


def effect(steepness: float, half_power: float, shelter: float, level: float) -> float:
    """Return the share of an agent's greatest effect that a level in tissue has [1], by Hill, the half level sheltered."""
    return 1.0 / (1.0 + half_power / power(level / shelter, steepness)) if level > 0.0 else 0.0


@dataclass(frozen=True)
class Dosed:
    """What drugs do to cells of each mask, averaged over a window's nodes: kill [1/day], strain [1], share of divisions left [1]."""

    kill: list[float]
    strain: list[float]
    pace: list[float]


def tissue_levels(
    number: int, lesion: Lesion, window: Window, here: Condition, cells: float, brought: Supply, rules: Rules
) -> list[float]:
    """Return an agent's level in a lesion at the nodes of a window [mg/L]."""
    agent, size = rules.agents[number], ball(cells)
    let_in = passage(size, agent.passage, here.sites[lesion.site], lesion.openness) * delivery(agent, brought, rules)
    let_in /= 1.0 + rules.hindrance * lesion.stroma
    fed_by_artery = size**4 / (size**4 + ARTERIAL_DIAMETER**4) if agent.region == lesion.site else 0.0
    nodes = zip(window.plasma[number], window.artery[number], strict=True)
    return [let_in * (body + fed_by_artery * more) for body, more in nodes]


def dosed(
    lesion: Lesion, window: Window, here: Condition, cells: float, brought: Supply, room: float, rules: Rules
) -> Dosed:
    """Return what all agents together do to the cells of a lesion, for each mask of resistance.

    At each node a cell is in cycle if it has oxygen and room, of which ``room`` have enough, and no drug holds it, each by chance apart
    from the others. Strains go
    together as chances do: each agent's share of its greatest kill is a chance to be strained by it, apart from the others.
    """
    shelter = 1.0 + (rules.shelter_fold - 1.0) * lesion.sheltered
    levels = [tissue_levels(number, lesion, window, here, cells, brought, rules) for number in range(len(rules.agents))]
    found = Dosed([], [], [])
    for mask in range(len(rules.antigen)):
        free = [1.0 for _ in GAUSS_WEIGHTS]
        for agent, reached, halves in zip(rules.agents, levels, here.held_half_power, strict=True):
            if agent.held > 0.0:
                held = [agent.held * effect(agent.held_power, halves[mask], shelter, level) for level in reached]
                free = [left - left * share for left, share in zip(free, held, strict=True)]
        killed, calm = 0.0, 1.0
        for agent, reached, halves in zip(rules.agents, levels, here.half_power, strict=True):
            if agent.maximum <= 0.0:
                continue
            share = sum(
                weight
                * power((1.0 - brought.lack) * room * left, agent.cycle)
                * effect(agent.power, halves[mask], shelter, level)
                for weight, left, level in zip(GAUSS_WEIGHTS, free, reached, strict=True)
            )
            killed += exp(lesion.sensitivity) * agent.maximum * share
            calm *= 1.0 - share
        found.kill.append(killed)
        found.strain.append(1.0 - calm)
        found.pace.append(sum(weight * left for weight, left in zip(GAUSS_WEIGHTS, free, strict=True)))
    return found
