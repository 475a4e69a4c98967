"""What the doses of an arm make of each drug's level, cut into pieces for the engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.medicine.kinetics import Exponentials, concentration
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import resting
from seedsoil.biology.soils.vessels import VESSEL_SIGNALS
from seedsoil.body.state import GAUSS_NODES, NODES, OPENINGS, STEP_DAYS, Timeline
from seedsoil.experiment.orders.given import Given
from seedsoil.experiment.signalling import acts, conditions, vessel_rows
from seedsoil.foundation.elementary import exp_each, power

#: Weight of the person whom the catalogue's kinetics describe [kg].
REFERENCE_WEIGHT = 70.0
#: Cuts after each dose [day], by the shortest interval between doses for which they are worth while.
_CUTS = ((6.0, (0.08, 0.4, 1.2, 3.0)), (2.0, (0.1, 0.6)), (0.9, (0.25,)), (0.0, ()))
#: A drug is followed for so many of its slowest half-lives after the last dose.
_WASH_OUT = 10.0
#: Cuts nearer to each other than this are one [day].
_CLOSEST = 5e-3
#: Most pieces in one step of the grid, all drugs together.
_MOST_IN_STEP = 60
#: A wound is followed for so many halves of its half-life.
_HEALING_STEPS = 10


def response(agent: Agent, route: str, effect_site: bool = True, weight: float = REFERENCE_WEIGHT) -> Exponentials:
    """The plasma's, or the effect site's, answer to one mg by a route, in a host of so many kg (mg/L).

    The catalogue describes a person of 70 kg. Volumes go with weight, flows with its power of three quarters, rates with
    their ratio (Anderson and Holford 2008, recalled); what happens within cells keeps its time.
    """
    body = agent.distribution
    size = weight / REFERENCE_WEIGHT
    flow = power(size, 0.75)
    if body.peripheral_volume is not None and body.intercompartmental_clearance is not None:
        model = Exponentials.two_compartment(
            flow * float(body.clearance), size * float(body.volume), flow * float(body.intercompartmental_clearance),
            size * float(body.peripheral_volume),
        )  # fmt: skip
    else:
        model = Exponentials.one_compartment(flow * float(body.clearance), size * float(body.volume))
    if route == "oral" and body.absorption_rate is not None:
        share = 1.0 if body.bioavailability is None else float(body.bioavailability)
        model = model.absorbed(flow / size * float(body.absorption_rate), share)
    if effect_site and body.effect_half_life is not None:
        model = model.effect_site(float(body.effect_half_life))
    return model


def artery(agent: Agent, flow: float) -> Exponentials:
    """The infused artery's answer to one mg, above the plasma's: diluted in its flow, then the effect site's lag."""
    body = agent.distribution
    lag = 0.01 if body.effect_half_life is None else float(body.effect_half_life)
    rate = float(np.log(2.0)) / lag
    return Exponentials((rate / flow,), (rate,))


def levels(
    given: Given, times: NDArray[np.float64], flow: float | None, weight: float = REFERENCE_WEIGHT
) -> tuple[NDArray[np.float64], ...]:
    """Effect-site level in the body and, more than that, in the infused artery (mg/L) at ``times``."""
    route, body = given.course.route, given.agent.distribution
    share = 1.0
    if route == "hepatic_artery" and body.first_pass_extraction is not None:
        share = 1.0 - float(body.first_pass_extraction)
    plasma = concentration(response(given.agent, route, weight=weight), given.doses(share), times)
    if route != "hepatic_artery" or flow is None:
        return plasma, np.zeros_like(plasma)
    return plasma, concentration(artery(given.agent, flow), given.doses(), times)


def _is_active(given: Given) -> bool:
    return given.course.amount_mg > 0.0 and given.days.size > 0 and (given.kills or acts(given.agent))


def _wound_cuts(wounds: Sequence[float], half_life: float, end: float) -> NDArray[np.float64]:
    """Days on which the level of a healing wound is taken anew: each half of a half-life, for five of them."""
    steps = half_life * 0.5 * np.arange(_HEALING_STEPS + 1)
    cuts = (np.array(wounds)[:, None] + steps[None, :]).ravel()
    return np.asarray(cuts[cuts <= end])


def _wound(wounds: Sequence[float], half_life: float, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level of healing at some days [1]: 1 at each wound, halved each half-life; wounds add up to 1 at most."""
    level = np.zeros_like(middle)
    for day in wounds:
        age = middle - day
        fresh = exp_each(np.where(age >= 0.0, -np.log(2.0) / half_life * age, 0.0))
        level += np.where((age >= 0.0) & (age < half_life * 0.5 * _HEALING_STEPS), fresh, 0.0)
    return np.minimum(1.0, level)


def _cuts(given: Given, end: float, weight: float) -> NDArray[np.float64]:
    interval = given.course.every if given.course.every > 0.0 else STEP_DAYS
    offsets = next(cuts for shortest, cuts in _CUTS if interval >= shortest)
    edges = np.concatenate([given.days, given.days + given.course.duration])
    cuts = (edges[:, None] + np.array([0.0, *offsets])[None, :]).ravel()
    last = float(given.days[-1]) + given.course.duration
    slowest = response(given.agent, given.course.route, weight=weight).terminal_half_life
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
        start=np.zeros(0), end=np.zeros(0), plasma=np.zeros((0, agents, NODES)), artery=np.zeros((0, agents, NODES)),
        signal=np.zeros((1, VESSEL_SIGNALS)), condition=np.zeros(1, dtype=np.int64),
        behind=np.zeros((1, OPENINGS), dtype=np.int64),
    )  # fmt: skip


@dataclass(frozen=True)
class Programme:
    """What an arm's patient is exposed to: pieces of time, and the conditions of the host that they refer to.

    ``shut`` says which condition cells meet that arrive behind a barrier while each one holds.
    """

    timeline: Timeline
    conditions: NDArray[np.float64]  # (conditions, SIGNALS), the first at rest
    shut: NDArray[np.int64]  # (conditions,)


def build_programme(
    given: Sequence[Given], agents: Sequence[Agent], flows: Mapping[str, float | None], shift: float, end: float,
    patient: Patient, wounds: Sequence[float] = (), without: Collection[str] = (),
) -> Programme:  # fmt: skip
    """Cut the drug levels of all courses, and the healing of wounds, into pieces.

    ``agents`` fixes the order of the agent axis; ``flows`` gives the flow of the artery that each may be infused into;
    ``shift`` is added to all days (the engine's clock starts with the tumour); nothing is followed beyond ``end``.
    ``wounds`` are days of surgery. A course that can do nothing (no dose, no effect) cuts nothing, so that such an arm
    equals its control.
    """
    active = [one for one in given if _is_active(one)]
    cells = patient.host.cells
    healing = 0.0 if cells is None or cells.healing is None else float(cells.healing.half_life)
    hurt = [day for day in wounds if day < end] if healing > 0.0 and "wound repair" not in without else []
    if not active and not hurt:
        return Programme(nothing(len(agents)), resting(), np.zeros(1, dtype=np.int64))
    weight = float(patient.host.weight)
    cuts = [_cuts(one, end, weight) for one in active]
    if hurt:
        cuts.append(_wound_cuts(hurt, healing, end))
    edges = _edges(np.unique(np.concatenate(cuts)), shift)
    start, stop = edges[:-1], edges[1:]
    times = start[:, None] + (stop - start)[:, None] * np.array(GAUSS_NODES)[None, :]
    plasma = np.zeros((start.size, len(agents), NODES))
    arterial = np.zeros_like(plasma)
    names = [agent.name for agent in agents]
    for one in active:
        number = names.index(one.agent.name)
        body, region = levels(one, times, flows.get(one.agent.name), weight)
        plasma[:, number] += body
        arterial[:, number] += region
    signal = vessel_rows(agents, plasma, patient, without)
    wound = _wound(hurt, healing, 0.5 * (start + stop))
    told = conditions(agents, plasma, wound, patient, without)
    signal = np.vstack([signal, np.zeros((1, VESSEL_SIGNALS))])
    timeline = Timeline(start + shift, stop + shift, plasma, arterial, signal, told.condition, told.behind)
    return Programme(timeline, told.rows, told.shut)


def _edges(cuts: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Edges of pieces: the cuts, and every day of the grid of steps between the first and the last."""
    first, last = cuts[0], cuts[-1]
    grid = np.arange(np.ceil((first + shift) / STEP_DAYS), np.floor((last + shift) / STEP_DAYS) + 1.0) * STEP_DAYS
    return _thin(np.unique(np.concatenate([cuts, grid - shift])))
