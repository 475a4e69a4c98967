"""Levels in blood from doses and from a line through points, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.dosing import Course, Doses


def test_doses_add_up_and_halve() -> None:
    """Three doses a day apart, half-life half a day: catches a dose off by one, early, or halved twice."""
    doses = Doses("drug", 8.0, 0.5, start=1.0, every=1.0, times=3)
    assert doses.level(0.99) == 0.0
    assert doses.level(1.0) == 8.0
    assert doses.level(1.5) == pytest.approx(4.0, rel=1e-14)
    assert doses.level(2.0) == pytest.approx(8.0 + 2.0, rel=1e-14)
    assert doses.level(3.0) == pytest.approx(8.0 + 2.0 + 0.5, rel=1e-14)
    assert doses.level(5.0) == pytest.approx((8.0 + 2.0 + 0.5) / 16.0, rel=1e-14)


def test_what_stays_stays_and_one_dose_is_one() -> None:
    """Without a half-life and without a next dose."""
    doses = Doses("drug", 2.0, math.inf, times=4)
    assert [doses.level(day) for day in (0.0, 10.0, 1000.0)] == [2.0, 2.0, 2.0]


def test_a_course_is_a_line_through_points() -> None:
    """Constant before the first and behind the last."""
    course = Course("drug", np.array([1.0, 2.0, 4.0]), np.array([0.0, 3.0, 1.0]))
    assert [course.level(day) for day in (0.0, 1.5, 3.0, 9.0)] == [0.0, 1.5, 2.0, 1.0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"peak": 0.0, "half_life": -1.0}, ["peak: a number above 0", "half_life: a number above 0"]),
        ({"every": 0.0, "times": 0}, ["every: a number above 0", "times: at least one dose"]),
        ({"peak": math.nan, "start": math.inf}, ["start: a day", "peak: a number above 0"]),
    ],
)
def test_doses_that_cannot_be(given: dict[str, float], said: list[str]) -> None:
    """All faults at once, each with the name of the substance."""
    with pytest.raises(ModelError) as caught:
        Doses(**({"substance": "drug", "peak": 1.0, "half_life": 1.0} | given))  # type: ignore[arg-type]
    assert len(caught.value.faults) == len(said)
    for fault, part in zip(caught.value.faults, said, strict=True):
        assert fault.startswith(f"doses of drug: {part}")


@pytest.mark.parametrize(
    ("days", "levels", "said"),
    [
        ([0.0, 1.0], [1.0], ["days, levels"]),
        ([], [], ["days, levels"]),
        ([1.0, 1.0], [1.0, 2.0], ["days: numbers that rise"]),
        ([0.0, math.nan], [-1.0, 2.0], ["days: numbers that rise", "levels: numbers not below 0"]),
    ],
)
def test_courses_that_cannot_be(days: list[float], levels: list[float], said: list[str]) -> None:
    """Catches a course that numpy would read in its own way."""
    with pytest.raises(ModelError) as caught:
        Course("drug", np.array(days), np.array(levels))
    assert len(caught.value.faults) == len(said)
    for fault, part in zip(caught.value.faults, said, strict=True):
        assert fault.startswith(f"course of drug: {part}")
