"""When each patient of a trial was on which drug: stretches of treatment, read off the plan and the table of events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.experiment.orders.given import dose_days
from seedsoil.experiment.orders.guard import PUT_OFF
from seedsoil.experiment.protocol import Course, Protocol
from seedsoil.trial.endpoints import rows_of
from seedsoil.trial.reading.tables import Table

Floats = NDArray[np.float64]

#: An event of one patient: day, kind, words.
Told = tuple[float, str, str]
_SAME_DAY = 1e-9
# How the end of an agent is told of which no more may be given in a life.
_life = "may be in a life"


class Stretch(NamedTuple):
    """A time under a drug: from its first dose to the end of its last, in days since diagnosis."""

    agent: str
    first: float
    last: float


def stretches(
    patients: Table, events: Table, arm: str, protocol: Protocol, agents: Mapping[str, Agent]
) -> dict[int, list[Stretch]]:
    """Return the stretches of treatment of each patient of an arm, in the order of the courses.

    Doses further apart than two intervals, or an interval and a week, make stretches of their own. Courses of one agent are told
    apart by their rules alone: what an event says of the agent holds for each of them that has such a rule.
    """
    rows = rows_of(patients, arm)
    told: dict[int, list[Told]] = {}
    mine = np.asarray(np.asarray(events["arm"]) == arm, dtype=np.bool_)
    columns = (np.asarray(events[name])[mine].tolist() for name in ("patient", "day", "kind", "detail"))
    for patient, *event in zip(*columns, strict=True):
        told.setdefault(patient, []).append((float(event[0]), str(event[1]), str(event[2])))
    found: dict[int, list[Stretch]] = {}
    ends = zip(*(np.asarray(patients[name])[rows].tolist() for name in ("patient", "end_day")), strict=True)
    for patient, end in ends:
        found[patient] = [
            Stretch(course.agent, first, min(last, end))
            for course in protocol.courses
            if course.amount_mg > 0.0
            for first, last in _joined(
                course, days_given(course, agents[course.agent].title, told.get(patient, []), end)
            )
        ]
    return found


def days_given(course: Course, title: str, told: Sequence[Told], end: float) -> Floats:
    """Return the days up to ``end`` on which a course gave a dose, as the patient's events tell how it went.

    Parameters
    ----------
    course
    title
        Title of its agent: events begin with it.
    told
        The patient's events in order of time.
    end
        Last day of follow-up.
    """
    mine = [(day, kind, words) for day, kind, words in told if words.startswith(f"{title} ")]
    days = np.concatenate(
        [np.zeros(0), *(dose_days(course, min(end + 1.0, until), clock) for clock, until in _spans(course, mine, told))]
    )
    if course.guard == "delay":
        for day, kind, _ in mine:
            if kind == "delayed":
                days = np.where(days >= day - _SAME_DAY, days + PUT_OFF, days)
    stop = min([end, *(day for day, kind, words in mine if kind == "stopped" and _life in words)])
    if course.until is not None and days.size:
        rules = [
            day
            for day, kind, words in mine
            if kind == "stopped" and _life not in words and day >= days[0] - course.start
        ]
        # What opened on a day is not ended by the same progression.
        stop = min([stop, *(day for day in rules if course.after is None or day > days[0] - course.start + _SAME_DAY)])
    kept = days[: course.times]
    return kept[kept < stop - _SAME_DAY] if stop < end else kept[kept <= end]


def _spans(course: Course, mine: Sequence[Told], told: Sequence[Told]) -> list[tuple[float, float]]:
    """Return from which day the clock of each run of a course counts, and the day on which that run ends."""
    if course.after is not None:
        opened = [day for day, kind, words in mine if kind == "dose_course" and words.endswith(course.sentence())]
        spans = [(day, math.inf) for day in opened[:1]]
    elif course.only_if is not None:
        done = [kind for _, kind, words in told if kind == "decision" and _is_done(words, course)]
        spans = [(0.0, math.inf)] if done else []
    else:
        spans = [(0.0, math.inf)]
    if course.adaptive is None:
        return spans
    for day, kind, _ in mine:
        if kind == "paused" and spans:
            spans[-1] = (spans[-1][0], day)
        elif kind == "resumed":
            spans.append((day - course.start, math.inf))
    return spans


def _is_done(words: str, course: Course) -> bool:
    """Whether a decision was that a course is given."""
    return words.startswith("done, ") and words.endswith(course.sentence())


def _joined(course: Course, days: Floats) -> list[tuple[float, float]]:
    """Join doses that follow each other to stretches: first day, and the end of the last dose."""
    if not days.size:
        return []
    apart = np.flatnonzero(np.diff(days) > max(2.0 * course.every, course.every + PUT_OFF) + _SAME_DAY)
    firsts, lasts = np.append(0, apart + 1), np.append(apart, days.size - 1)
    return [
        (float(days[first]), float(days[last]) + course.duration) for first, last in zip(firsts, lasts, strict=True)
    ]
