"""How courses answer to what scans show: they open, pause, resume and end, and every change is told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from seedsoil.biology.medicine.drug import Agent
from seedsoil.experiment.protocol import Course

#: Kind and words of an event that a rule brings about.
Told = tuple[str, str]

_SAME_DAY = 1e-9


@dataclass(frozen=True)
class Span:
    """A stretch in which a course runs: the day from which its ``start`` is counted, and the day on which it ends."""

    clock: float
    until: float = math.inf


@dataclass
class Regimen:
    """A course under its rules: the stretches in which it has run, runs, or is still to run."""

    agent: Agent
    course: Course
    spans: list[Span] = field(default_factory=list)
    over: bool = False

    @property
    def is_running(self) -> bool:
        """Whether it gives doses, now or in time, if nothing comes in between."""
        return bool(self.spans) and math.isinf(self.spans[-1].until)

    def has_begun(self, day: float) -> bool:
        """Whether its first dose was due by a day."""
        return bool(self.spans) and day >= self.spans[0].clock + self.course.start - _SAME_DAY

    def waits_for_a_scan(self, progressions: int) -> bool:
        """Whether a later scan can still change it, once scans have shown so many progressions."""
        if self.over:
            return False
        if not self.spans:
            return self.course.opens_at == 0 or progressions < self.course.opens_at
        return self.course.adaptive is not None or self.course.until is not None

    def halt(self, day: float) -> None:
        """Give nothing on a day or after it, until told."""
        if self.is_running:
            self.spans[-1] = Span(self.spans[-1].clock, day)


def regimens(courses: Sequence[Course], agents: Sequence[Agent]) -> list[Regimen]:
    """Return the courses of an arm as they stand on day 0; those that wait for what is seen have not begun."""
    return [
        Regimen(agent, course, [] if course.after or course.only_if else [Span(0.0)])
        for course, agent in zip(courses, agents, strict=True)
    ]


_NAMES = {1: "progression", 2: "the second progression", 3: "the third progression"}


def at_progression(courses: Sequence[Regimen], day: float, number: int) -> list[Told]:
    """End what is given until the progression of this number, and open what comes after it; returns what is to be told."""
    told: list[Told] = []
    for one in courses:
        if one.over:
            continue
        if one.spans and number >= one.course.ends_at:
            one.halt(day)
            one.over = True
            told.append(("stopped", f"{one.agent.title} stopped at {_NAMES.get(number, 'progression')}"))
        elif not one.spans and 0 < one.course.opens_at <= number:
            one.spans.append(Span(day))
            words = f"opened by {_NAMES[one.course.opens_at]}: {one.course.sentence()}"
            told.append(("dose_course", f"{one.agent.title} {words}"))
    return told


def at_burden(courses: Sequence[Regimen], day: float, share: float) -> list[Told]:
    """Pause adaptive courses, or resume them, by the burden that a scan shows as a share of that of the first scan."""
    told: list[Told] = []
    shown = f"scans show {100.0 * share:.0f} % of the first burden"
    for one in courses:
        if one.over or one.course.adaptive is None or not one.has_begun(day):
            continue
        stop, restart = one.course.adaptive
        if one.is_running and share < stop:
            one.halt(day)
            told.append(("paused", f"{one.agent.title} paused: {shown}"))
        elif not one.is_running and share >= restart:
            one.spans.append(Span(day - one.course.start))
            told.append(("resumed", f"{one.agent.title} resumed: {shown}"))
    return told
