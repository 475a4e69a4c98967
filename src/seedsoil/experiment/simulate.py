"""The one verb: an arm of a protocol is carried out on a grown patient, and time passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from seedsoil.biology.drug import Agent
from seedsoil.biology.vasculature import Vasculature
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    CAUSE,
    CELLS,
    DEATH_DAY,
    DETECTED,
    DIED,
    EXTINCT,
    FATE,
    GROWING,
    LESIONS,
    NOW,
    REACHED,
    RESECTED,
    SITE,
    SLOTS_BEYOND_TYPES,
    STEP_DAYS,
    TRACKED,
    Model,
    State,
    Timeline,
    copy_state,
)
from seedsoil.experiment.grow import Grown, run_until, scratch
from seedsoil.experiment.orders.given import Given, ordered
from seedsoil.experiment.protocol import Protocol, Resect, Scan
from seedsoil.experiment.timeline import build_programme
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.samplers import binomial
from seedsoil.foundation.streams import SURGERY, aim
from seedsoil.observe.response import Follow
from seedsoil.observe.scan import instrument

Event = dict[str, object]


@dataclass
class Arm:
    """One patient in one arm while it runs: the state, what was given, what was seen."""

    grown: Grown
    model: Model
    state: State
    given: list[Given]
    agents: Sequence[Agent]
    regions: Sequence[int]
    flows: Mapping[str, float | None]
    end: float
    without: tuple[str, ...]
    timeline: Timeline
    follow: Follow
    wounds: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    observations: list[tuple[float, str, int, int, float]] = field(default_factory=list)
    progression_day: float = math.nan
    end_day: float = math.nan
    alive: bool = True
    followed: bool = True
    cause: str = ""
    ending: str = ""
    baseline_taken: bool = False

    @property
    def today(self) -> float:
        """Days since diagnosis."""
        return float(self.state.clock[NOW]) - self.grown.day

    def note(self, day: float, kind: str, detail: str) -> None:
        """Enter an event."""
        self.events.append({"day": day, "kind": kind, "detail": detail})

    def retime(self) -> None:
        """Work timeline and model out anew after doses or wounds have changed."""
        self.timeline, self.model = _exposed(
            self.grown, self.given, self.agents, self.regions, self.flows, self.end, self.wounds, self.without
        )


def _exposed(
    grown: Grown, given: Sequence[Given], agents: Sequence[Agent], regions: Sequence[int],
    flows: Mapping[str, float | None], end: float, wounds: Sequence[float], without: Collection[str],
) -> tuple[Timeline, Model]:  # fmt: skip
    """What a patient is exposed to, and the tables of the conditions that come of it."""
    programme = build_programme(given, agents, flows, grown.day, end, grown.patient, wounds, without)
    model = build_model(grown.patient, grown.vessels, agents, regions, without, programme.conditions)
    return programme.timeline, model


def _arteries(grown: Grown, agents: Sequence[Agent]) -> tuple[list[int], dict[str, float | None]]:
    """For each agent the site whose artery it may go into, and that artery's flow [L/day]."""
    regions: list[int] = []
    flows: dict[str, float | None] = {}
    for agent in agents:
        region, flow = -1, None
        for position, site in enumerate(grown.patient.host.anatomy.sites):
            if site.artery in agent.routes and site.arterial_flow is not None:
                region, flow = position, float(site.arterial_flow)
        regions.append(region)
        flows[agent.name] = flow
    return regions, flows


def _nodes(grown: Grown) -> list[int]:
    """Sites that are lymph nodes."""
    host = grown.patient.host
    return [place for place, site in enumerate(host.anatomy.sites) if site.soil and host.soil(site.soil).nodal]


def _tracked(grown: Grown, given: Sequence[Given], without: Collection[str]) -> float:
    """Bits of the mechanisms that resist a drug of this arm: such clones keep their identity."""
    bits = 0
    if "resistance" not in without:
        for bit, mechanism in enumerate(grown.patient.tumour.mechanisms):
            if any(mechanism.name in one.agent.resistance for one in given if one.kills):
                bits |= 1 << bit
    return float(bits)


def open_arm(
    grown: Grown, vessels: Vasculature, agents: Mapping[str, Agent], protocol: Protocol, until: float,
    without: Collection[str] = (),
) -> Arm:  # fmt: skip
    """Branch an arm from the day of diagnosis."""
    given = []
    if "drug effects" not in without:
        for course in protocol.courses:
            one = ordered(agents[course.agent], course, until)
            if course.amount_mg > 0.0 and one.days.size:
                given.append(one)
    used = list({one.agent.name: one.agent for one in given}.values())
    regions, flows = _arteries(grown, used)
    state = copy_state(grown.state)
    state.clock[TRACKED] = _tracked(grown, given, without)
    # The primary is taken out on the day that was planned; whether anything else is, scans decide.
    wounds = [order.at_day for order in protocol.resections if order.target == "primary"]
    timeline, model = _exposed(grown, given, used, regions, flows, until, wounds, without)
    if model.mask.shape[0] + SLOTS_BEYOND_TYPES != state.cells.shape[1]:
        raise ModelError("an arm must be opened with the mechanisms that its patient was grown with: same `without`")
    arm = Arm(
        grown, model, state, given, used, regions, flows, until, tuple(without), timeline, Follow(nodes=_nodes(grown)),
        wounds=wounds,
    )  # fmt: skip
    growing = int(np.sum(state.lesion[1 : state.count[LESIONS], CELLS] > 0))
    arm.note(0.0, "diagnosis", f"{growing} growing {'metastasis' if growing == 1 else 'metastases'} in truth")
    for course in protocol.courses:
        arm.note(course.start, "dose_course", course.sentence())
    return arm


def resect(arm: Arm, order: Resect) -> None:
    """Take lesions out; a margin leaves a binomial share of each clone behind, and the lesion grows on from that."""
    state = arm.state
    rows = _rows_to_resect(arm, order)
    for row in rows:
        kept = 0.0
        for slot in range(state.used[row]):
            left = 0.0
            if order.margin > 0.0:
                aim(arm.grown.stream, SURGERY, state.slot_key[row, slot], int(arm.today) + 1)
                left = binomial(arm.grown.stream, state.cells[row, slot], order.margin)
            state.cells[row, slot] = left
            kept += left
        state.lesion[row, CELLS] = kept
        if kept <= 0.0:
            state.lesion[row, FATE] = RESECTED
            state.used[row] = 0
    if rows and arm.today not in arm.wounds:
        arm.wounds.append(arm.today)
        arm.retime()
    arm.note(arm.today, "resection", f"{order.sentence()} ({_lesions(len(rows))})")


def _lesions(count: int) -> str:
    return "1 lesion" if count == 1 else f"{count} lesions"


def _rows_to_resect(arm: Arm, order: Resect) -> list[int]:
    state = arm.state
    growing = [row for row in range(int(state.count[LESIONS])) if state.lesion[row, FATE] == GROWING]
    if order.target == "primary":
        return [0] if 0 in growing else []
    seen = [row for row in growing if row > 0 and state.lesion[row, DETECTED] >= 0.0]
    if order.target == "visible metastases":
        return seen
    site = arm.grown.patient.host.anatomy.index(order.target)
    return [row for row in seen if int(state.lesion[row, SITE]) == site]


def look(arm: Arm, scan: Scan) -> None:
    """Scan the patient and read the response; what the protocol does about it is done by the caller."""
    state, tool = arm.state, instrument(scan.instrument)
    lesions = int(state.count[LESIONS])
    number = round(float(state.clock[NOW]) / STEP_DAYS)
    known = state.lesion[:lesions, DETECTED] >= 0.0
    seen, read = tool.read(arm.grown.stream, state.lesion_key[:lesions], state.lesion[:lesions, CELLS], number, known)
    readings = []
    for row in np.flatnonzero(seen):
        site = int(state.lesion[row, SITE])
        readings.append((int(row), site, float(read[row])))
        arm.observations.append((arm.today, scan.instrument, int(row), site, float(read[row])))
        if state.lesion[row, DETECTED] < 0.0:
            state.lesion[row, DETECTED] = arm.today
    if not arm.baseline_taken:
        arm.follow.baseline(readings)
        arm.baseline_taken = True
        arm.note(arm.today, "scan", f"baseline: {_lesions(len(readings))} seen")
        return
    answer = arm.follow.assess(arm.today, readings)
    if answer == "PD" and math.isnan(arm.progression_day):
        arm.progression_day = arm.today
        arm.note(arm.today, "progression", f"{_lesions(len(readings))} seen")
        _stop_on_progression(arm)


def _stop_on_progression(arm: Arm) -> None:
    stopped = [one for one in arm.given if one.course.until == "progression"]
    if not stopped:
        return
    arm.given = [one.until(arm.today) if one in stopped else one for one in arm.given]
    for one in stopped:
        arm.note(arm.today, "stopped", f"{one.agent.title} stopped at progression")
    arm.retime()


def _on_grid(arm: Arm, day: float) -> float:
    """First day of the grid of steps at or after ``day``: observations never cut a step."""
    return math.ceil((day + arm.grown.day) / STEP_DAYS - 1e-9) * STEP_DAYS - arm.grown.day


def _decisions(arm: Arm, protocol: Protocol) -> list[tuple[float, int, object]]:
    """All surgery and scans in order of time; on one day the scan comes first."""
    plan: list[tuple[float, int, object]] = [(order.at_day, 1, order) for order in protocol.resections]
    for scan in protocol.scans:
        times = np.arange(scan.start, arm.end + 1e-9, scan.every) if scan.every > 0 else np.array([scan.start])
        plan += [(_on_grid(arm, float(day)), 0, scan) for day in times]
    return sorted((step for step in plan if step[0] <= arm.end), key=lambda step: (step[0], step[1]))


def run_arm(arm: Arm, protocol: Protocol, watch: Callable[[Arm], None] | None = None) -> Arm:
    """Carry an arm out to its end or to death. ``watch`` is called on every day of the grid, and changes nothing."""
    work = scratch(arm.model)
    for day, _, order in [*_decisions(arm, protocol), (arm.end, 2, None)]:
        if isinstance(order, Scan) and not math.isnan(arm.progression_day):
            continue
        if not _reach(arm, day, work, watch):
            break
        if isinstance(order, Resect):
            resect(arm, order)
        elif isinstance(order, Scan):
            look(arm, order)
    _close(arm)
    return arm


def _reach(arm: Arm, day: float, work: object, watch: Callable[[Arm], None] | None) -> bool:
    """Let time pass to a day; False if the patient's story ends before."""
    while True:
        target = day if watch is None else min(day, _on_grid(arm, arm.today + 1e-6))
        ending, arm.state = run_until(
            arm.grown.stream,
            arm.state,
            target + arm.grown.day,
            arm.model,
            arm.timeline,
            work,  # type: ignore[arg-type]
        )
        if watch is not None:
            watch(arm)
        if ending != REACHED:
            _end_early(arm, ending)
            return False
        if arm.today >= day - 1e-6:
            return True


def _end_early(arm: Arm, ending: int) -> None:
    if ending != DIED:
        # Nobody saw this patient die: the time is censored here, and the tables say why.
        arm.followed, arm.end_day = False, arm.today
        arm.ending = f"not followed beyond day {arm.today:.0f}: more lesions than can be counted"
        return
    arm.alive = False
    arm.end_day = float(arm.state.clock[DEATH_DAY]) - arm.grown.day
    site = int(arm.state.clock[CAUSE])
    if site < 0:
        arm.cause = "other causes"
        arm.ending = f"died at day {arm.end_day:.0f}: other causes"
        return
    name = arm.grown.patient.host.anatomy.sites[site].name.replace("_", " ")
    rows = arm.state.lesion[: arm.state.count[LESIONS]]
    grams = float(np.sum(rows[rows[:, SITE] == site, CELLS])) / 1e9
    arm.cause = f"{name} burden"
    arm.ending = f"died at day {arm.end_day:.0f}: {name} burden {_weight(grams)}"


def _weight(grams: float) -> str:
    """A weight to two digits, as people write it."""
    if grams >= 1000.0:
        return f"{grams / 1000.0:.1f} kg" if grams < 1e4 else f"{grams / 1000.0:.0f} kg"
    return f"{10.0 * round(grams / 10.0):.0f} g" if grams >= 100.0 else f"{grams:.2g} g"


def _close(arm: Arm) -> None:
    if arm.alive and arm.followed:
        arm.end_day = arm.end
        rows = arm.state.lesion[1 : arm.state.count[LESIONS]]
        free = not np.any((rows[:, FATE] != EXTINCT) & (rows[:, FATE] != RESECTED) & (rows[:, CELLS] > 0))
        arm.ending = f"alive at day {arm.end:.0f}: " + ("no growing metastasis" if free else "with metastases")
    arm.note(arm.end_day, "death" if not arm.alive else "end", arm.ending)
