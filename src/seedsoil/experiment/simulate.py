"""The one verb: an arm of a protocol is carried out on a grown patient, and time passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from seedsoil.body.state import (
    CAUSE,
    CELLS,
    CLONE_TYPE,
    DEATH_DAY,
    DETECTED,
    DIED,
    EXTINCT,
    FATE,
    LESIONS,
    REACHED,
    RESECTED,
    SITE,
    STEP_DAYS,
)
from seedsoil.experiment.arm import Arm, open_arm
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.orders.operations import ablate, has_effect, irradiate, lesions, resect
from seedsoil.experiment.orders.regimen import Told, at_burden, at_progression
from seedsoil.experiment.orders.release import WEEK, inject, shunt
from seedsoil.experiment.orders.rules import admit, at_reading
from seedsoil.experiment.orders.sampling.bench import autopsy, count
from seedsoil.experiment.orders.sampling.looks import Autopsy, Biopsy, BloodDraw, Count, Culture
from seedsoil.experiment.orders.sampling.samples import biopsy, culture, draw
from seedsoil.experiment.protocol import (
    Ablate,
    Course,
    Inject,
    Irradiate,
    Order,
    Protocol,
    Resect,
    Scan,
    Shunt,
)
from seedsoil.observe.response import BASELINE, Reading
from seedsoil.observe.scan import instrument

__all__ = ["Arm", "look", "open_arm", "run_arm"]

#: A day on which something is done: the day, observations before deeds, the order, its number among its kind, its part.
Step = tuple[float, int, Order, int, int]
_LOOK, _ACT, _COUNT = 0, 1, 2


def look(arm: Arm, scan: Scan) -> None:
    """Scan the patient, read the response, and do what the rules of the courses ask for."""
    respond(arm, scan, _read(arm, scan))


def _read(arm: Arm, scan: Scan) -> list[Reading]:
    """Let the instrument look: the lesions that it shows, their sites and the diameters read [mm]."""
    state, name = arm.state, scan.instrument
    lesion = state.lesion[: state.count[LESIONS]]
    read = instrument(name).read_body(
        arm.grown.stream, state.lesion_key, lesion, arm.week, arm.contrast(name), scan.slice_mm
    )
    found = read.nonzero()[0]
    # What is read of a lesion does not depend on which others are looked at.
    if scan.regions:
        found = found[np.isin(lesion[found, SITE].astype(int), arm.sites(scan.regions))]
    if not found.size:
        return []
    lesion[found[lesion[found, DETECTED] < 0.0], DETECTED] = arm.today
    return list(zip(found.tolist(), lesion[found, SITE].astype(int).tolist(), read[found].tolist(), strict=True))


def respond(arm: Arm, scan: Scan, readings: Sequence[Reading]) -> None:
    """Enter what a scan shows in the chart, and do what follows from it: nothing but readings decides."""
    examined = arm.sites(scan.regions) if scan.regions else None
    today = arm.today
    arm.observations += [(today, scan.instrument, row, int(site), size) for row, site, size in readings]
    arm.chart.scan(today, readings, examined)
    burden = sum([diameter**3 for _, _, diameter in readings])
    first = arm.first_burdens.setdefault(scan.instrument, burden)
    if not arm.baseline_taken:
        arm.follow.baseline(readings, today, scan.slice_mm)
        arm.baseline_taken = True
        _keep(arm, today, scan, BASELINE)
        arm.note(today, "scan", f"baseline: {lesions(len(readings))} seen")
        react(arm)
        return
    told = []
    arm.chart.response = arm.line.assess(today, readings, examined)
    _keep(arm, today, scan, arm.chart.response)
    if arm.chart.response == "PD":
        if not arm.progressed:
            arm.progression_day = today
            arm.note(today, "progression", f"{lesions(len(readings))} seen")
        # What comes after is judged against this day.
        arm.line = arm.new_line()
        arm.line.baseline(readings, today, scan.slice_mm)
        arm.progressions += 1
        _keep(arm, today, scan, BASELINE)
        told += at_progression(arm.regimens, today, arm.progressions)
    if first > 0.0:
        told += at_burden(arm.regimens, today, burden / first)
    react(arm, told)


def _keep(arm: Arm, today: float, scan: Scan, response: str) -> None:
    """Keep what a scan was judged to be, with the sum of the targets if it saw to all of them."""
    sums = arm.line.sums
    total = sums[-1][1] if sums and sums[-1][0] == today else math.nan
    arm.assessed.append((today, scan.instrument, arm.progressions + 1, response, total))


def react(arm: Arm, told: Sequence[Told] = ()) -> None:
    """Do what rules ask for after a reading, beside what was ``told`` already, and tell it."""
    today = arm.today
    every = [*told, *at_reading(arm.regimens, today, arm.chart)]
    for kind, detail in every:
        arm.note(today, kind, detail)
    if every:
        arm.retime()


def is_admitted(arm: Arm, order: Order, number: int) -> bool:
    """Whether an order may be carried out: one under a condition is judged once, by the chart as it stands."""
    condition = condition_of(order)
    if condition is None:
        return True
    key = (type(order), number)
    if key not in arm.judged:
        holds, found = arm.chart.judge(condition)
        arm.judged[key] = holds
        arm.note(arm.today, "decision", f"{'done' if holds else 'left out'}, {found}: {order.sentence()}")
        if isinstance(order, Course):
            _open(arm, order, holds)
    return arm.judged[key]


def condition_of(order: Order) -> Condition | None:
    """Return what must have been seen for an order to be carried out; None if nothing must."""
    return getattr(order, "only_if", None)


def _open(arm: Arm, course: Course, holds: bool) -> None:
    """Let a course begin whose condition has been judged, or never."""
    for one in arm.regimens:
        if one.course == course:
            admit(one, holds)
            if holds:
                arm.note(arm.today, "dose_course", course.sentence())
                arm.retime()


def _on_grid(arm: Arm, day: float) -> float:
    """First day of the grid of steps at or after ``day``: observations never cut a step."""
    return math.ceil((day + arm.grown.day) / STEP_DAYS - 1e-9) * STEP_DAYS - arm.grown.day


def _before(arm: Arm, day: float) -> float:
    """Last day of the grid of steps at or before ``day``: all that was read by then is known on it."""
    return math.floor((day + arm.grown.day) / STEP_DAYS + 1e-9) * STEP_DAYS - arm.grown.day


def _days(arm: Arm, order: Order) -> tuple[list[float], int]:
    """Days on which an order does something, and whether it looks or acts.

    What can change nothing (a look, beads, radiation that kills no cell) waits for the grid, so that it cuts no step.
    """
    if isinstance(order, Course):
        return ([_before(arm, order.start)] if order.only_if is not None else []), _ACT
    if isinstance(order, Scan | BloodDraw):
        last = min(arm.end, order.end) if isinstance(order, Scan) else arm.end
        times = np.arange(order.start, last + 1e-9, order.every) if order.every > 0 else np.array([order.start])
        return [_on_grid(arm, day) for day in times.tolist()], _LOOK
    if isinstance(order, Biopsy | Culture):
        return [_on_grid(arm, order.at_day)], _LOOK
    if isinstance(order, Count):
        return [_on_grid(arm, day) for day in order.days], _COUNT
    if isinstance(order, Shunt):
        weeks = math.ceil(order.duration / WEEK - 1e-9)
        return [_on_grid(arm, order.start + WEEK * week) for week in range(weeks)], _ACT
    if isinstance(order, Irradiate):
        days = [order.start + order.every * fraction for fraction in range(order.fractions)]
        return days if has_effect(arm, order) else [_on_grid(arm, order.start)], _ACT
    if isinstance(order, Inject) and (order.what == "beads" or order.amount < 0.5):
        return [_on_grid(arm, order.at_day)], _ACT
    if isinstance(order, Ablate) and order.reach_mm <= 0.0:
        return [_on_grid(arm, order.at_day)], _ACT
    # A body is opened after all else, by `run_arm`.
    return ([] if isinstance(order, Autopsy) else [order.at_day]), _ACT


def _decisions(arm: Arm, protocol: Protocol) -> list[Step]:
    """All that is done but for drugs, in order of time; on one day looking comes first."""
    plan: list[Step] = []
    numbers: dict[type, int] = {}
    for order in protocol.orders():
        number = numbers[type(order)] = numbers.get(type(order), -1) + 1
        days, rank = _days(arm, order)
        plan += [(day, rank, order, number, part) for part, day in enumerate(days)]
    return sorted((step for step in plan if step[0] <= arm.end), key=lambda step: (step[0], step[1]))


def _carry_out(arm: Arm, order: Order, number: int, part: int) -> None:
    """Do what an order asks for today."""
    arm.done.append((arm.today, order))
    match order:
        case Scan():
            look(arm, order)
        case Biopsy():
            _chart_biopsy(arm, order)
        case BloodDraw():
            draw(arm, order)
            tube = arm.blood[-1]
            if not math.isnan(tube.cells):
                arm.chart.draw(tube.cells, tube.millilitres)
            react(arm)
        case Culture():
            culture(arm, order)
        case Count():
            count(arm, order, part)
        case Resect():
            resect(arm, order)
        case Ablate():
            ablate(arm, order, number)
        case Irradiate():
            irradiate(arm, order, number, part)
        case Inject():
            inject(arm, order, number)
        case Shunt():
            shunt(arm, order, number, part)


def _chart_biopsy(arm: Arm, order: Biopsy) -> None:
    """Take a biopsy, and enter in the chart which mechanisms its clones have."""
    before = len(arm.biopsies)
    biopsy(arm, order)
    if pieces := arm.biopsies[before:]:
        kinds = arm.state.clone[np.array([piece[3] for piece in pieces]), CLONE_TYPE]
        names = [arm.mechanisms(int(arm.model.mask[kind])) for kind in kinds]
        arm.chart.biopsy(zip(names, (piece[4] for piece in pieces), strict=True))
        react(arm)


def _scans_are_over(arm: Arm, undecided: bool) -> bool:
    """Scans end with progression, unless a rule still waits for what they show, or an order for its condition."""
    if undecided or not arm.progressed:
        return False
    return not any(one.waits_for_a_scan(arm.progressions) for one in arm.regimens)


def run_arm(arm: Arm, protocol: Protocol, watch: Callable[[Arm], None] | None = None) -> Arm:
    """Carry an arm out to its end or to death. ``watch`` is called on every day of the grid, and changes nothing."""
    work, plan = scratch(arm.model), _decisions(arm, protocol)
    last = max((day for day, _, order, _, part in plan if part == 0 and condition_of(order) is not None), default=-1.0)
    for day, _, order, number, part in plan:
        if isinstance(order, Scan) and _scans_are_over(arm, day <= last):
            continue
        if condition_of(order) is not None:
            # What is left out must cut no step: it is judged on the grid.
            first = _before(arm, day) if part == 0 else -math.inf
            if first > arm.today + 1e-6 and not _reach(arm, first, work, watch):
                break
            if not is_admitted(arm, order, number):
                continue
        if not _reach(arm, day, work, watch):
            break
        _carry_out(arm, order, number, part)
    else:
        _reach(arm, arm.end, work, watch)
    for examination in protocol.autopsies:
        autopsy(arm, examination)
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
    for event in arm.dosing.told:
        arm.note(*event)
    lowest = arm.dosing.nadir(arm.end_day)
    if lowest is not None:
        arm.note(lowest[0], "nadir", f"neutrophils {lowest[1] / 1e9:.2g}e9/L, the lowest")
    # Nothing is told of days after a death.
    arm.events = sorted((event for event in arm.events if event["day"] <= arm.end_day), key=lambda event: event["day"])
    arm.note(arm.end_day, "death" if not arm.alive else "end", arm.ending)
