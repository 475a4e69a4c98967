"""What the doses of an arm make of each drug's level, cut into pieces for the engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.medicine.kinetics import Exponentials, concentration
from seedsoil.biology.medicine.saturable import Followed, Saturable
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import resting
from seedsoil.biology.soils.vessels import VESSEL_SIGNALS
from seedsoil.body.state import GAUSS_NODES, NODES, OPENINGS, STEP_DAYS, Timeline
from seedsoil.experiment.orders.given import Given
from seedsoil.experiment.signalling import acts, conditions, vessel_rows
from seedsoil.foundation.elementary import exp_each, power
from seedsoil.foundation.kept import Kept
from seedsoil.foundation.value import Value

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

    Where the body can be full it is the answer to a small dose. The catalogue describes a person of 70 kg. Volumes go
    with weight, flows with its power of three quarters, rates with their ratio (Anderson and Holford 2008, recalled); what
    happens within cells keeps its time.
    """
    body = agent.distribution
    size = weight / REFERENCE_WEIGHT
    flow = power(size, 0.75)
    if body.is_saturable:
        model = _of_small_doses(saturable(agent, weight))
    elif body.peripheral_volume is not None and body.intercompartmental_clearance is not None:
        model = Exponentials.two_compartment(
            flow * _or(body.clearance), size * float(body.volume), flow * float(body.intercompartmental_clearance),
            size * float(body.peripheral_volume),
        )  # fmt: skip
    else:
        model = Exponentials.one_compartment(flow * _or(body.clearance), size * float(body.volume))
    if route == "oral" and body.absorption_rate is not None:
        model = model.absorbed(flow / size * float(body.absorption_rate), _or(body.bioavailability, 1.0))
    if effect_site and body.effect_half_life is not None:
        model = model.effect_site(float(body.effect_half_life))
    return model


def saturable(agent: Agent, weight: float = REFERENCE_WEIGHT) -> Saturable:
    """The body of a host of so many kg, of which parts can be full; what they take in a day goes as flows do."""
    body = agent.distribution
    size = weight / REFERENCE_WEIGHT
    flow = power(size, 0.75)
    lag = _or(body.effect_half_life)
    return Saturable(
        volume=size * float(body.volume),
        maximum_elimination=flow * _or(body.maximum_elimination),
        half_elimination=_or(body.half_elimination, 1.0),
        clearance=flow * _or(body.clearance),
        maximum_distribution=flow * _or(body.maximum_distribution),
        half_distribution=_or(body.half_distribution, 1.0),
        return_rate=flow / size * _or(body.return_rate),
        intercompartmental_clearance=flow * _or(body.intercompartmental_clearance),
        peripheral_volume=size * _or(body.peripheral_volume, 1.0),
        absorption_rate=flow / size * _or(body.absorption_rate),
        effect_rate=float(np.log(2.0)) / lag if lag > 0.0 else 0.0,
    )


def _or(value: Value | None, otherwise: float = 0.0) -> float:
    """The number, or what stands for none."""
    return otherwise if value is None else float(value)


@lru_cache(maxsize=32)
def _of_small_doses(body: Saturable) -> Exponentials:
    """The answer to one mg where nothing is full."""
    tissues = [
        (body.maximum_distribution / body.half_distribution, body.return_rate),
        (body.intercompartmental_clearance, body.intercompartmental_clearance / body.peripheral_volume),
    ]
    clearance = body.clearance + body.maximum_elimination / body.half_elimination
    return Exponentials.mammillary(clearance, body.volume, [pair for pair in tissues if pair[0] > 0.0])


def arriving(agent: Agent, route: str) -> float:
    """Share of a dose that comes past the liver, into whose artery it is given, or out of the gut."""
    body = agent.distribution
    if route == "hepatic_artery":
        return 1.0 - _or(body.first_pass_extraction)
    return _or(body.bioavailability, 1.0) if route == "oral" else 1.0


@lru_cache(maxsize=32)
def _followed(body: Saturable, doses: tuple[tuple[float, float, float, bool], ...]) -> Followed:
    """One body under all doses of a drug: day, mg that arrive, days of infusion, by mouth. Kept: patients share plans."""
    found = Followed(body)
    for day, amount, duration, by_mouth in doses:
        found.give(day, amount, duration, by_mouth)
    found.advance(np.inf)
    return found


def artery(agent: Agent, flow: float) -> Exponentials:
    """The infused artery's answer to one mg, above the plasma's: diluted in its flow, then the effect site's lag."""
    lag = _or(agent.distribution.effect_half_life, 0.01)
    rate = float(np.log(2.0)) / lag
    return Exponentials((rate / flow,), (rate,))


def levels(
    courses: Sequence[Given], times: NDArray[np.float64], flow: float | None, weight: float = REFERENCE_WEIGHT
) -> tuple[NDArray[np.float64], ...]:
    """Effect-site level in the body and, more than that, in the infused artery (mg/L) at ``times``.

    ``courses`` are all those of one agent: where its body can be full, they share it.
    """
    agent = courses[0].agent
    plasma, arterial = np.zeros(times.shape), np.zeros(times.shape)
    if agent.distribution.is_saturable:
        doses = sorted(
            (
                float(day),
                float(amount) * arriving(agent, one.course.route),
                one.course.duration,
                one.course.route == "oral",
            )
            for one in courses
            for day, amount in zip(one.days, one.amounts, strict=True)
        )
        plasma += _followed(saturable(agent, weight), tuple(doses)).read(times)[1]
    for one in courses:
        route = one.course.route
        if not agent.distribution.is_saturable:
            # What is lost in the gut is part of the response.
            share = arriving(agent, route) if route == "hepatic_artery" else 1.0
            plasma += concentration(response(agent, route, weight=weight), one.doses(share), times)
        if route == "hepatic_artery" and flow is not None:
            arterial += concentration(artery(agent, flow), one.doses(), times)
    return plasma, arterial


def _is_active(given: Given) -> bool:
    return given.course.amount_mg > 0.0 and given.days.size > 0 and (given.touches_cells or acts(given.agent))


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
    gone = last + _WASH_OUT * slowest + _time_full(given, weight)
    fading = max((_or(effect.fading_half_life) for effect in given.agent.raises), default=0.0)
    if fading > 0.0:
        slow = last + 0.5 * fading * np.arange(1.0, 2.0 * _WASH_OUT)
        cuts, gone = np.append(cuts, slow), gone + _WASH_OUT * fading
    return np.append(cuts[cuts <= end], min(end, gone))


def _time_full(given: Given, weight: float) -> float:
    """Days after the last dose that an enzyme at its best needs for what it has not yet taken of all doses."""
    most = _or(given.agent.distribution.maximum_elimination) * power(weight / REFERENCE_WEIGHT, 0.75)
    if most <= 0.0:
        return 0.0
    brought = np.cumsum(given.amounts)
    behind = brought[-1] - (brought - given.amounts) - most * (given.days[-1] - given.days)
    return float(behind.max()) / most


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


#: Programmes of the last courses: patients share them, as far as scans have not ended a course for one of them alone.
_recent: Kept[Programme] = Kept(96)


def build_programme(
    given: Sequence[Given], agents: Sequence[Agent], flows: Mapping[str, float | None], shift: float, end: float,
    patient: Patient, wounds: Sequence[float] = (), without: Collection[str] = (),
) -> Programme:  # fmt: skip
    """Cut the drug levels of all courses, and the healing of wounds, into pieces.

    ``agents`` fixes the order of the agent axis; ``flows`` gives the flow of the artery that each may be infused into;
    ``shift`` is added to all days (the engine's clock starts with the tumour); nothing is followed beyond ``end``.
    ``wounds`` are days of surgery. A course that can do nothing (no dose, no effect) cuts nothing, so that such an arm
    equals its control. Arrays are shared with other patients' programmes: nobody writes into them.
    """
    active = [one for one in given if _is_active(one)]
    cells = patient.host.cells
    healing = 0.0 if cells is None or cells.healing is None else float(cells.healing.half_life)
    hurt = [day for day in wounds if day < end] if healing > 0.0 and "wound repair" not in without else []
    if not active and not hurt:
        return Programme(nothing(len(agents)), resting(), np.zeros(1, dtype=np.int64))
    # Days count from the diagnosis: the grid of steps, seen from there, is the same for most patients.
    phase, weight = shift % STEP_DAYS, float(patient.host.weight)

    def make() -> Programme:
        cuts = [_cuts(one, end, weight) for one in active]
        if hurt:
            cuts.append(_wound_cuts(hurt, healing, end))
        edges = _edges(np.unique(np.concatenate(cuts)), phase)
        wound = _wound(hurt, healing, 0.5 * (edges[:-1] + edges[1:]))
        return _programme(active, agents, flows, edges, wound, patient, without)

    told = (
        *((one.course, one.days.tobytes(), one.amounts.tobytes()) for one in active),
        *(flows.get(agent.name) for agent in agents),
        *(phase, end, weight, healing, *hurt, frozenset(without)),
    )
    about = (*(one.agent for one in active), *agents, patient.tumour.dialogue, patient.host.soils)
    found = _recent.get(about, told, make)
    start, stop = found.timeline.start + shift, found.timeline.end + shift
    return replace(found, timeline=found.timeline._replace(start=start, end=stop))


def _programme(
    active: Sequence[Given], agents: Sequence[Agent], flows: Mapping[str, float | None], edges: NDArray[np.float64],
    wound: NDArray[np.float64], patient: Patient, without: Collection[str],
) -> Programme:  # fmt: skip
    """What doses and wounds make of the pieces between ``edges``, in days since diagnosis."""
    start, stop = edges[:-1], edges[1:]
    times = start[:, None] + (stop - start)[:, None] * np.array(GAUSS_NODES)[None, :]
    plasma = np.zeros((start.size, len(agents), NODES))
    arterial = np.zeros_like(plasma)
    for number, agent in enumerate(agents):
        if own := [one for one in active if one.agent.name == agent.name]:
            told = levels(own, times, flows.get(agent.name), float(patient.host.weight))
            plasma[:, number], arterial[:, number] = told
    days = None if "lasting effects" in without else stop - start
    signal = np.vstack([vessel_rows(agents, plasma, patient, without, days), np.zeros((1, VESSEL_SIGNALS))])
    found = conditions(agents, plasma, wound, patient, without, days)
    return Programme(
        Timeline(start, stop, plasma, arterial, signal, found.condition, found.behind), found.rows, found.shut
    )


def _edges(cuts: NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Edges of pieces: the cuts, and every day of the grid of steps between the first and the last."""
    first, last = cuts[0], cuts[-1]
    grid = np.arange(np.ceil((first + shift) / STEP_DAYS), np.floor((last + shift) / STEP_DAYS) + 1.0) * STEP_DAYS
    return _thin(np.unique(np.concatenate([cuts, grid - shift])))
