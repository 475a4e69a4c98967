"""What the doses of an arm make of each drug's level, cut into pieces for the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.drug import Agent
from seedsoil.biology.kinetics import Exponentials, concentration
from seedsoil.body.state import GAUSS_NODES, GAUSS_WEIGHTS, NODES, STEP_DAYS, Timeline
from seedsoil.experiment.orders.given import Given

#: Cuts after each dose [day], by the shortest interval between doses for which they are worth while.
_CUTS = ((6.0, (0.08, 0.4, 1.2, 3.0)), (2.0, (0.1, 0.6)), (0.9, (0.25,)), (0.0, ()))
#: A drug is followed for so many of its slowest half-lives after the last dose.
_WASH_OUT = 10.0
#: Cuts nearer to each other than this are one [day].
_CLOSEST = 5e-3
#: Most pieces in one step of the grid, all drugs together.
_MOST_IN_STEP = 60


def response(agent: Agent, route: str, effect_site: bool = True) -> Exponentials:
    """The plasma's, or the effect site's, answer to one mg by a route (mg/L)."""
    body = agent.distribution
    if body.peripheral_volume is not None and body.intercompartmental_clearance is not None:
        model = Exponentials.two_compartment(
            float(body.clearance), float(body.volume), float(body.intercompartmental_clearance),
            float(body.peripheral_volume),
        )  # fmt: skip
    else:
        model = Exponentials.one_compartment(float(body.clearance), float(body.volume))
    if route == "oral" and body.absorption_rate is not None:
        share = 1.0 if body.bioavailability is None else float(body.bioavailability)
        model = model.absorbed(float(body.absorption_rate), share)
    if effect_site and body.effect_half_life is not None:
        model = model.effect_site(float(body.effect_half_life))
    return model


def artery(agent: Agent, flow: float) -> Exponentials:
    """The infused artery's answer to one mg, above the plasma's: diluted in its flow, then the effect site's lag."""
    body = agent.distribution
    lag = 0.01 if body.effect_half_life is None else float(body.effect_half_life)
    rate = float(np.log(2.0)) / lag
    return Exponentials((rate / flow,), (rate,))


def levels(given: Given, times: NDArray[np.float64], flow: float | None) -> tuple[NDArray[np.float64], ...]:
    """Effect-site level in the body and, more than that, in the infused artery (mg/L) at ``times``."""
    route, body = given.course.route, given.agent.distribution
    share = 1.0
    if route == "hepatic_artery" and body.first_pass_extraction is not None:
        share = 1.0 - float(body.first_pass_extraction)
    plasma = concentration(response(given.agent, route), given.doses(share), times)
    if route != "hepatic_artery" or flow is None:
        return plasma, np.zeros_like(plasma)
    return plasma, concentration(artery(given.agent, flow), given.doses(), times)


def _is_active(given: Given) -> bool:
    return given.course.amount_mg > 0.0 and given.days.size > 0 and (given.kills or bool(given.agent.blocks))


def _cuts(given: Given, end: float) -> NDArray[np.float64]:
    interval = given.course.every if given.course.every > 0.0 else STEP_DAYS
    offsets = next(cuts for shortest, cuts in _CUTS if interval >= shortest)
    edges = np.concatenate([given.days, given.days + given.course.duration])
    cuts = (edges[:, None] + np.array([0.0, *offsets])[None, :]).ravel()
    last = float(given.days[-1]) + given.course.duration
    slowest = response(given.agent, given.course.route).terminal_half_life
    return np.append(cuts[cuts <= end], min(end, last + _WASH_OUT * slowest))


def _thin(cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep cuts apart, and few enough in each step of the grid: neighbours merge, closest first."""
    edges = cuts
    if np.any(np.diff(cuts) <= _CLOSEST):
        kept = [float(cuts[0])]
        for cut in cuts[1:]:
            if cut - kept[-1] > _CLOSEST:
                kept.append(float(cut))
        edges = np.array(kept)
    while True:
        steps, counts = np.unique(edges // STEP_DAYS, return_counts=True)
        if counts.max() <= _MOST_IN_STEP:
            return edges
        crowded = np.flatnonzero(edges // STEP_DAYS == steps[int(np.argmax(counts))])[1:-1]
        gaps = edges[crowded + 1] - edges[crowded - 1]
        edges = np.delete(edges, crowded[int(np.argmin(gaps))])


def nothing(agents: int) -> Timeline:
    """The timeline of an untreated patient."""
    return Timeline(
        start=np.zeros(0), end=np.zeros(0), plasma=np.zeros((0, agents, NODES)),
        artery=np.zeros((0, agents, NODES)), blocked=np.zeros((0, 3)),
    )  # fmt: skip


def build_timeline(
    given: Sequence[Given], agents: Sequence[Agent], flows: Mapping[str, float | None], shift: float, end: float
) -> Timeline:
    """Cut the drug levels of all courses into pieces.

    ``agents`` fixes the order of the agent axis; ``flows`` gives the flow of the artery that each may be infused into;
    ``shift`` is added to all days (the engine's clock starts with the tumour); nothing is followed beyond ``end``.
    A course that can do nothing (no dose, no effect) cuts nothing, so that such an arm equals its control.
    """
    active = [one for one in given if _is_active(one)]
    if not active:
        return nothing(len(agents))
    cuts = np.unique(np.concatenate([_cuts(one, end) for one in active]))
    first, last = cuts[0], cuts[-1]
    grid = np.arange(np.ceil((first + shift) / STEP_DAYS), np.floor((last + shift) / STEP_DAYS) + 1.0) * STEP_DAYS
    edges = _thin(np.unique(np.concatenate([cuts, grid - shift])))
    start, stop = edges[:-1], edges[1:]
    times = start[:, None] + (stop - start)[:, None] * np.array(GAUSS_NODES)[None, :]
    plasma = np.zeros((start.size, len(agents), NODES))
    arterial = np.zeros_like(plasma)
    blocked = np.zeros((start.size, 3))
    names = [agent.name for agent in agents]
    weights = np.array(GAUSS_WEIGHTS)
    for one in active:
        number = names.index(one.agent.name)
        body, region = levels(one, times, flows.get(one.agent.name))
        plasma[:, number] += body
        arterial[:, number] += region
    for number, agent in enumerate(agents):
        for block in agent.blocks:
            occupied = plasma[:, number] / float(block.half)
            if block.target == "vegf":
                blocked[:, 0] += occupied @ weights
            else:
                column = 1 if block.target == "ang2" else 2
                blocked[:, column] = np.maximum(blocked[:, column], (occupied / (1.0 + occupied)) @ weights)
    return Timeline(start + shift, stop + shift, plasma, arterial, blocked)
