"""From one founding cell to the day of diagnosis: what every arm of a patient starts from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from seedsoil.biology.patient import Patient
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.biology.soils.vessels import cells_of, diameter
from seedsoil.body.kernel import advance
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    ARRIVALS,
    AT_DIAGNOSIS,
    CELLS,
    CLOCK,
    CLONE_PARENT,
    CLONE_TYPE,
    CLONES,
    DEATH_DAY,
    DETECTED,
    DIVISION,
    EXTINCT,
    FATE,
    FIRST_KIND,
    GROWING,
    HAZARD,
    LARGEST,
    LESIONS,
    MORE_ARRIVALS,
    MORE_CLONES,
    MORE_LESIONS,
    MORTALITY,
    MORTALITY_SLOPE,
    NOW,
    PARENT,
    PENDING,
    REACHED,
    REPLACES,
    SITE,
    SPENT,
    SPROUTING_ON,
    SPROUTS,
    STEP_DAYS,
    THRESHOLD,
    Model,
    State,
    Timeline,
    Work,
    copy_state,
    new_state,
    new_work,
    with_room,
)
from seedsoil.body.state import DEATH as DEATH_RATE
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.bundle import typed_once
from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import DEATH, SCREENING, TRAIT, Stream, aim, mix, new_stream, uniform
from seedsoil.observe.scan import instrument, site_contrast

#: A tumour that has not been found after so many days never will be.
LONGEST_GROWTH_DAYS = 40.0 * 365.25
#: A primary that is smaller than this after so many days is a dormant one: it will not be found in time. Slow tumours have
#: three times as long as their rates alone would take.
STALLED_DAYS, STALLED_CELLS, STALLED_FOLD = 3652.5, 1e6, 3.0
#: Metastases asked for are waited for until the primary is so many times as wide as asked for.
LATEST_DIAGNOSIS = 3.0
#: Founders tried before a patient is given up: most are lost by chance or stall.
MOST_ATTEMPTS = 200
#: What becomes of founders that nobody finds, and what a study can do about it.
_KILLED, _DIED_OUT, _ALONE, _SLOW = "killed first", "died out", "without the metastases asked for", "hardly grew"
_CROWDED = "with more metastases than can be followed"
_ADVICE = {
    _KILLED: "Lower diagnosis.primary_diameter.",
    _DIED_OUT: "Raise tumour.division_rate, or weaken what kills the cells (host.cells.immunity).",
    _ALONE: "Raise diagnosis.primary_diameter, or ask for fewer metastases.",
    _SLOW: "Lower diagnosis.primary_diameter or raise tumour.division_rate.",
    _CROWDED: "Lower diagnosis.primary_diameter or tumour.shedding_rate.",
}
#: Growth of the primary's logarithm in one step while it is far from the size asked for, when nobody looks and nothing is
#: given; and the longest of those steps [day]: no more than the pieces there are can cut to the shortest.
STRIDE_GROWTH, LONGEST_STRIDE = 0.35, 6 * STEP_DAYS
#: Share of the deaths that a primary may be spared by chance while it is told to be far from the size asked for.
CHANCE_OF_DEATH = 0.1
#: Lesions beyond which a patient is given as many more, as by an injection, and then no longer followed.
MOST_LESIONS = 20000

_advance = typed_once(advance)


@dataclass(frozen=True)
class Screening:
    """Looks at everybody for a primary that causes no symptoms yet: with an instrument, every so many days.

    When the first look falls is a matter of chance, for tumours begin at any time between two of them.
    """

    instrument: str
    every_days: float


@dataclass(frozen=True)
class Diagnosis:
    """When the clock of a trial starts: the primary reaches a size, and as many metastases as asked for show.

    With ``screening`` the clock starts as soon as one of its looks shows the primary, if that comes first. A primary
    of 0 mm is none: the clock starts with a healthy host, into which cells may be injected. ``metastases`` counts
    lesions beyond the primary of at least ``metastasis_diameter_mm``.
    """

    primary_diameter_mm: float
    metastases: int = 0
    metastasis_diameter_mm: float = 10.0
    screening: Screening | None = None


@dataclass(frozen=True)
class Grown:
    """A patient on the day of diagnosis: the state, the luck still to come, and the day on the engine's clock.

    ``vessels``, ``without`` and ``diagnosis`` are what it was grown with and until when, ``attempts`` how many founders it
    took, ``found_by`` what led to the diagnosis: "symptoms", "screening", or "" for who is healthy.
    """

    patient: Patient
    vessels: Vasculature
    without: tuple[str, ...]
    number: int
    seed: int
    state: State
    stream: Stream
    day: float
    attempts: int
    found_by: str
    diagnosis: Diagnosis


def run_until(
    stream: Stream, state: State, until: float, model: Model, timeline: Timeline, work: Work, stride: float = STEP_DAYS
) -> tuple[int, State]:
    """Advance a state, giving it room whenever it asks for some. Returns what it ended with, and the state."""
    while True:
        ending = int(_advance(stream, state, until, stride, model, timeline, work))
        wanted = int(state.count[LESIONS] + state.count[PENDING]) + 1
        if ending == MORE_LESIONS and state.count[LESIONS] <= MOST_LESIONS:
            # A function of counts alone beyond the most: who has too many is given up on the same day, however the room grew.
            enough = min(MOST_LESIONS, max(wanted, 2 * state.lesion.shape[0]))
            state = with_room(state, enough if wanted <= MOST_LESIONS else wanted + MOST_LESIONS, 0)
        elif ending == MORE_ARRIVALS:
            state = with_room(state, 0, 0, 2 * int(state.count[ARRIVALS]) + int(state.count[PENDING]))
        elif ending == MORE_CLONES:
            state = with_room(state, 0, 2 * state.clone.shape[0] + 8192)
        else:
            return ending, state


def scratch(model: Model) -> Work:
    """Scratch space for a model."""
    return new_work(model.mask.shape[0], model.half_power.shape[2], model.site.shape[1], model.mechanism_rate.shape[0])


def _founded(patient: Patient, model: Model, stream: Stream, attempt: int) -> State:
    """One clone at the primary's site, at the size where chance no longer ends it."""
    state = new_state(model.mask.shape[0])
    key = np.uint64(mix(np.uint64(attempt), np.uint64(0x5EED)))
    size = float(patient.tumour.establishment_size)
    lesion = state.lesion[0]
    lesion[SITE] = patient.host.anatomy.index(patient.tumour.site)
    lesion[PARENT], lesion[FATE], lesion[DETECTED] = -1.0, GROWING, -1.0
    lesion[CELLS], lesion[LARGEST] = size, size
    aim(stream, TRAIT, key, 0)
    lesion[SPROUTS] = (
        1.0 if uniform(stream) < float(patient.tumour.primary_sprouts) * model.trait[SPROUTING_ON] else 0.0
    )
    lesion[REPLACES] = 1.0 if uniform(stream) < float(patient.tumour.replacement_share) else 0.0
    lesion[CLOCK] = exponential(stream)
    state.lesion_key[0] = key
    state.cells[0, 0], state.slot_key[0, 0], state.used[0] = size, np.uint64(mix(key, key)), 1
    state.kind[0, 0] = int(model.trait[FIRST_KIND])
    state.clone[0, CLONE_PARENT], state.clone[0, CLONE_TYPE] = -1, state.kind[0, 0]
    state.count[LESIONS], state.count[CLONES] = 1, 1
    # One share of hazard before diagnosis and another after it: for whom the first does not reach, the second is as fresh.
    aim(stream, DEATH, key, 1)
    state.clock[THRESHOLD] = exponential(stream)
    return state


def _is_diagnosed(state: State, diagnosis: Diagnosis) -> bool:
    if diameter(state.lesion[0, CELLS]) < diagnosis.primary_diameter_mm:
        return False
    if diagnosis.metastases == 0:
        return True
    least = cells_of(diagnosis.metastasis_diameter_mm)
    return int(np.sum(state.lesion[1 : state.count[LESIONS], CELLS] >= least)) >= diagnosis.metastases


def _weeks_until(diagnosis: Diagnosis, state: State, model: Model) -> int:
    """Weeks in which the primary cannot reach the size asked for, if it grows by no more than its rates and a margin."""
    target, cells = cells_of(diagnosis.primary_diameter_mm), float(state.lesion[0, CELLS])
    rates = model.site[0, int(state.lesion[0, SITE])]
    fastest = float(rates[DIVISION] - (1.0 - CHANCE_OF_DEATH) * rates[DEATH_RATE])
    return max(1, int(log(target / cells) / (fastest * STEP_DAYS))) if cells < target and fastest > 0.0 else 1


def _stride(state: State, model: Model) -> float:
    """Days of a step far from diagnosis: whole weeks, fewer for a tumour that grows fast."""
    rates = model.site[0, int(state.lesion[0, SITE])]
    weeks = STRIDE_GROWTH / max(1e-9, float(rates[DIVISION] - rates[DEATH_RATE])) // STEP_DAYS
    return min(LONGEST_STRIDE, max(1.0, weeks) * STEP_DAYS)


def _patience(state: State, model: Model) -> float:
    """Days after which a primary that is still tiny is given up."""
    rates = model.site[0, int(state.lesion[0, SITE])]
    ahead = log(STALLED_CELLS / state.lesion[0, CELLS]) / max(1e-9, float(rates[DIVISION] - rates[DEATH_RATE]))
    return max(STALLED_DAYS, STALLED_FOLD * ahead)


def _open_clock(grown: State, patient: Patient, stream: Stream, without: Collection[str]) -> None:
    """Start the clock of dying: background by age, and one share of hazard that the patient will survive."""
    host, clock = patient.host, grown.clock
    slope = float(host.mortality_slope)
    base = float(host.mortality_at_fifty) * exp(slope * (float(host.age) - 50.0))
    clock[MORTALITY_SLOPE] = slope / 365.25
    clock[MORTALITY] = 0.0 if "background death" in without else base * exp(-clock[MORTALITY_SLOPE] * clock[NOW])
    clock[SPENT], clock[HAZARD] = 0.0, clock[MORTALITY] * exp(clock[MORTALITY_SLOPE] * clock[NOW])
    aim(stream, DEATH, np.uint64(0), 0)
    clock[THRESHOLD] = exponential(stream)
    grown.lesion[: grown.count[LESIONS], AT_DIAGNOSIS] = grown.lesion[: grown.count[LESIONS], CELLS]


def grow(
    patient: Patient | Callable[[int], Patient],
    vessels: Vasculature,
    diagnosis: Diagnosis,
    seed: int,
    number: int,
    without: Collection[str] = (),
) -> Grown:
    """Grow a tumour from its founder to diagnosis.

    Founders whose clone dies out, who kill before they are found, or whose tumour is not diagnosed within 40 years, are
    replaced (with other luck) until one is: a trial enrols the diagnosed. ``patient`` may be a function that draws the traits of each attempt (1, 2, ...):
    then those enrolled have the traits that the diagnosed have, not those of everybody.

    Raises
    ------
    ModelError
        If none of the founders tried leads to a diagnosis; it says what became of them, and how large the primaries were.
    """
    if diagnosis.primary_diameter_mm <= 0.0:
        return _healthy(patient(1) if callable(patient) else patient, vessels, diagnosis, seed, number, without)
    largest, fates = 0.0, Counter[str]()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        person = patient(attempt) if callable(patient) else patient
        stream = new_stream(seed, number)
        state, found_by = _grow_founder(person, vessels, diagnosis, stream, attempt, without)
        if found_by:
            day = float(state.clock[NOW])
            return Grown(
                person, vessels, tuple(without), number, seed, state, stream, day, attempt, found_by, diagnosis
            )
        largest = max(largest, float(state.lesion[0, LARGEST]))
        fates[_why_not_found(state, diagnosis)] += 1
    # Most founders are lost by chance whatever the study asks for: what the others failed at is what can be changed.
    fate = next((fate for fate, _ in fates.most_common() if fate != _DIED_OUT), _DIED_OUT)
    told = ", ".join(f"{times} {one}" for one, times in fates.most_common())
    raise ModelError(
        f"patient {number}: no tumour was diagnosed in {MOST_ATTEMPTS} tries ({told}); the largest primary reached "
        f"{diameter(largest):.1f} mm of the {diagnosis.primary_diameter_mm:g} mm asked for. {_ADVICE[fate]}"
    )


def _why_not_found(state: State, diagnosis: Diagnosis) -> str:
    """Return what became of a founder that did not lead to a diagnosis: one of `_ADVICE`."""
    if state.clock[DEATH_DAY] > 0.0:
        return _KILLED
    if state.lesion[0, CELLS] <= 0.0:
        return _DIED_OUT
    if state.count[LESIONS] + state.count[PENDING] >= MOST_LESIONS or state.count[PENDING] >= state.pending.shape[0]:
        return _CROWDED
    is_late = diameter(state.lesion[0, CELLS]) > LATEST_DIAGNOSIS * diagnosis.primary_diameter_mm
    return _ALONE if is_late else _SLOW


def _healthy(
    patient: Patient, vessels: Vasculature, diagnosis: Diagnosis, seed: int, number: int, without: Collection[str]
) -> Grown:
    """A host without a tumour on day 0. The row of the primary is there, and holds nothing."""
    model, stream = build_model(patient, vessels, without=without), new_stream(seed, number)
    state = _founded(patient, model, stream, 1)
    state.lesion[0, FATE], state.used[0] = EXTINCT, 0
    state.lesion[0, CELLS] = state.lesion[0, LARGEST] = state.cells[0, 0] = 0.0
    _open_clock(state, patient, stream, without)
    return Grown(patient, vessels, tuple(without), number, seed, state, stream, 0.0, 1, "", diagnosis)


def watch_growth(grown: Grown, watch: Callable[[State], None]) -> None:
    """Grow the same tumour again, bytes and all, and call ``watch`` before every step that leads to the diagnosis."""
    stream = new_stream(grown.seed, grown.number)
    if grown.found_by:
        _grow_founder(grown.patient, grown.vessels, grown.diagnosis, stream, grown.attempts, grown.without, watch)


def _grow_founder(
    patient: Patient,
    vessels: Vasculature,
    diagnosis: Diagnosis,
    stream: Stream,
    attempt: int,
    without: Collection[str],
    watch: Callable[[State], None] | None = None,
) -> tuple[State, str]:
    """Grow one founder until its tumour is diagnosed, and by what, or never will be ("")."""
    model = build_model(patient, vessels, without=without)
    work, timeline = scratch(model), nothing(0)
    state, day = _founded(patient, model, stream, attempt), 0.0
    patience, due = _patience(state, model), _next_look(diagnosis.screening, stream, attempt, day)
    longest = _stride(state, model)
    while day < LONGEST_GROWTH_DAYS and state.lesion[0, CELLS] > 0.0:
        free = _weeks_until(diagnosis, state, model) * STEP_DAYS
        stride = longest if free >= longest else STEP_DAYS
        until = min(due, (day // stride + free // stride) * stride)  # a look at everybody may cut a stride
        while watch and (day // stride + 1.0) * stride < until:
            watch(state)
            day = (day // stride + 1.0) * stride
            _, state = run_until(stream, state, day, model, timeline, work, stride)
        if watch:
            watch(state)
        day = until
        ending, state = run_until(stream, state, day, model, timeline, work, stride)
        if ending != REACHED:
            break
        found_by = "symptoms" if _is_diagnosed(state, diagnosis) else ""
        if day >= due and diagnosis.screening is not None:
            seen = not found_by and _is_seen(diagnosis.screening, patient, stream, state)
            found_by, due = "screening" if seen else found_by, _next_look(diagnosis.screening, stream, attempt, day)
        if found_by:
            state = copy_state(state)
            _open_clock(state, patient, stream, without)
            return state, found_by
        if diagnosis.metastases and diameter(state.lesion[0, CELLS]) > LATEST_DIAGNOSIS * diagnosis.primary_diameter_mm:
            break
        if day > patience and state.lesion[0, CELLS] < STALLED_CELLS:
            break
    return state, ""


def _next_look(screening: Screening | None, stream: Stream, attempt: int, day: float) -> float:
    """Day of the grid of the first look at everybody after a day; infinity without any."""
    if screening is None:
        return math.inf
    aim(stream, SCREENING, np.uint64(attempt), 0)
    first = uniform(stream) * screening.every_days
    passed = max(0, math.floor((day - first) / screening.every_days) - 1)
    while True:
        look = math.ceil((first + passed * screening.every_days) / STEP_DAYS - 1e-9) * STEP_DAYS
        if look > day:
            return look
        passed += 1


def _is_seen(screening: Screening, patient: Patient, stream: Stream, state: State) -> bool:
    """Whether a look at everybody shows the primary."""
    home = int(state.lesion[0, SITE])
    blur = site_contrast(patient.host, screening.instrument)[home]
    seen, _ = instrument(screening.instrument).read(
        stream, state.lesion_key[:1], state.lesion[:1, CELLS], round(float(state.clock[NOW]) / STEP_DAYS), None, blur
    )
    return bool(seen[0])
