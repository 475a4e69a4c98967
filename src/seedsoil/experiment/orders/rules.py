"""Rules that react to any reading: courses open, and end, on the first day on which the chart meets their condition."""

from __future__ import annotations

from collections.abc import Sequence

from seedsoil.experiment.orders.chart import Chart
from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.orders.regimen import Regimen, Span, Told


def at_reading(courses: Sequence[Regimen], day: float, chart: Chart) -> list[Told]:
    """Open the courses whose time has come by what was read, and end those that it ends; returns what is to be told."""
    told: list[Told] = []
    for one in courses:
        if one.over:
            continue
        if not one.spans and isinstance(one.course.after, Condition):
            holds, found = chart.judge(one.course.after)
            if holds:
                one.spans.append(Span(day))
                told.append(("dose_course", f"{one.agent.title} opened, {found}: {one.course.sentence()}"))
        elif one.spans and isinstance(one.course.until, Condition) and one.has_begun(day):
            holds, found = chart.judge(one.course.until)
            if holds:
                one.halt(day)
                one.over = True
                told.append(("stopped", f"{one.agent.title} stopped: {found}"))
    return told


def admit(course: Regimen, holds: bool) -> None:
    """Let a course begin by its own clock if its condition holds, or never."""
    course.over = not holds
    if holds:
        course.spans.append(Span(0.0))
