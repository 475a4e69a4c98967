"""Stretches of treatment: known courses with pauses, delays and ends, and every dose of a run inside one of them."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.protocol import Course
from seedsoil.trial.treatment import days_given, stretches
from tests.unit.trial.test_targets import small_trial


def _course(**changes: object) -> Course:
    return Course(
        **{"agent": "drug", "amount_mg": 10.0, "route": "iv", "start": 42.0, "every": 14.0, "times": 4, **changes}
    )  # type: ignore[arg-type]


_later = _course(after="progression", start=7.0, times=2)
_second = _course(after="progression", start=0.0, times=None, until="progression")
_ruled = _course(only_if=Condition(m=("M1",)))


@pytest.mark.parametrize(
    ("course", "told", "days"),
    [
        (_course(), [], [42.0, 56.0, 70.0, 84.0]),
        (_course(times=None), [], [42.0, 56.0, 70.0, 84.0, 98.0]),
        (_course(until="progression"), [(70.0, "stopped", "Drug stopped at progression")], [42.0, 56.0]),
        (_course(until="progression"), [(70.0, "stopped", "Other stopped at progression")], [42.0, 56.0, 70.0, 84.0]),
        (_later, [], []),
        (
            _later,
            [(30.0, "dose_course", f"Drug opened by progression: {_later.sentence()}")],
            [37.0, 51.0],
        ),
        (
            _course(adaptive=(0.5, 1.0)),
            [(60.0, "paused", "Drug paused: scans"), (80.0, "resumed", "Drug resumed: scans")],
            [42.0, 56.0, 80.0, 94.0],
        ),
        (_course(guard="delay"), [(70.0, "delayed", "Drug put off by a week: low")], [42.0, 56.0, 77.0, 91.0]),
        (
            _second,
            [
                (30.0, "stopped", "Drug stopped at progression"),
                (30.0, "dose_course", f"Drug opened by progression: {_second.sentence()}"),
                (60.0, "stopped", "Drug stopped at the second progression"),
            ],
            [30.0, 44.0, 58.0],
        ),
        (_ruled, [(40.0, "decision", f"left out, M0: {_ruled.sentence()}")], []),
        (_ruled, [(40.0, "decision", f"done, M1: {_ruled.sentence()}")], [42.0, 56.0, 70.0, 84.0]),
        (_course(), [(70.0, "stopped", "Drug ended: 90 mg/m^2 given, 100 may be in a life")], [42.0, 56.0]),
    ],
)
def test_days_of_doses_follow_the_events(course: Course, told: list[tuple[float, str, str]], days: list[float]) -> None:
    assert days_given(course, "Drug", told, 100.0).tolist() == days


def test_every_dose_of_a_run_lies_in_a_stretch_that_begins_and_ends_with_one() -> None:
    """Against the doses that the same patients were given: catches a rule or an event that is read otherwise than it ran."""
    trial = small_trial()
    plan, tables, seen = trial.plan, trial.tables, dict.fromkeys(trial.arms, 0)
    found = {
        arm: stretches(tables["patients"], tables["events"], arm, plan.arms[arm], plan.agents) for arm in plan.arms
    }
    for patient in (1, 3):
        for history in trial.histories(patient, trial.arms):
            end = float(history.days[-1])
            for course in plan.arms[history.arm].courses:
                doses = np.array([day for day, name, _ in history.doses if name == course.agent])
                mine = [one for one in found[history.arm][patient] if one.agent == course.agent]
                assert bool(mine) == bool(doses.size)
                for one in mine:
                    inside = doses[(doses >= one.first - 1e-6) & (doses <= one.last + 1e-6)]
                    assert inside[0] == pytest.approx(one.first)
                    assert min(inside[-1] + course.duration, end) == pytest.approx(one.last)
                    seen[history.arm] += inside.size
                assert (
                    sum(((doses >= one.first - 1e-6) & (doses <= one.last + 1e-6)).sum() for one in mine) == doses.size
                )
    assert min(seen.values()) >= 8
