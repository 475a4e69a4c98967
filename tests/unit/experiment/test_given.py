"""Days and amounts of doses: rhythms, counts of doses, and the records that say the same in fewer words."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.medicine.kinetics import Exponentials, concentration
from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.given import Given, dose_days
from seedsoil.experiment.protocol import Course

DRUG = entry("agents", "fluorouracil")


def _course(**changes: object) -> Course:
    return Course(**({"agent": "fluorouracil", "amount_mg": 700.0, "route": "iv", "start": 42.0} | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "end", "expected"),
    [
        ({"every": 14.0}, 98.0, [42.0, 56.0, 70.0, 84.0]),
        ({"every": 14.0}, 98.1, [42.0, 56.0, 70.0, 84.0, 98.0]),
        ({"every": 14.0, "times": 2}, 400.0, [42.0, 56.0]),
        ({}, 400.0, [42.0]),
        ({}, 42.0, []),
        ({"every": 14.0}, 20.0, []),
        # Three weeks of four: the fourth week is free.
        ({"every": 7.0, "on": 21.0, "off": 7.0}, 105.0, [42.0, 49.0, 56.0, 70.0, 77.0, 84.0, 98.0]),
        # Every other day for five days of seven: each round begins with a dose.
        ({"every": 2.0, "on": 5.0, "off": 2.0}, 56.0, [42.0, 44.0, 46.0, 49.0, 51.0, 53.0]),
        ({"every": 2.0, "on": 5.0, "off": 2.0, "times": 4}, 400.0, [42.0, 44.0, 46.0, 49.0]),
        # An interval as long as the round on it: one dose a round.
        ({"every": 14.0, "on": 14.0, "off": 7.0}, 90.0, [42.0, 63.0, 84.0]),
    ],
)
def test_days_of_doses(changes: dict[str, object], end: float, expected: list[float]) -> None:
    """Single, repeated, counted and in rounds, all days by hand: catches one dose too many or a day off."""
    assert dose_days(_course(**changes), end).tolist() == pytest.approx(expected)


def test_a_clock_that_starts_later_moves_all_days() -> None:
    """Opened on day 100: catches a start that is not counted from there."""
    course = _course(every=7.0, on=21.0, off=7.0, start=14.0)
    assert dose_days(course, 180.0, 100.0).tolist() == pytest.approx((dose_days(course, 80.0) + 100.0).tolist())


def test_equal_doses_are_one_record() -> None:
    """A regular course is one record with its repeats: catches a course cut up, which would change its bytes."""
    days = 42.0 + 14.0 * np.arange(5)
    (record,) = Given(DRUG, _course(every=14.0), days, np.full(5, 700.0)).doses(0.5)
    assert (record.time, record.amount, record.every, record.additional) == (42.0, 350.0, 14.0, 4)


def test_records_say_what_was_given() -> None:
    """Pauses, delays and reductions: the level from the records is the sum over single doses, to 1e-12."""
    days = np.array([0.0, 14.0, 28.0, 49.0, 63.0, 77.0, 120.0])
    amounts = np.array([700.0, 700.0, 525.0, 525.0, 525.0, 394.0, 394.0])
    given = Given(DRUG, _course(every=14.0, duration=0.5), days, amounts)
    body = Exponentials.one_compartment(20.0, 30.0)
    times = np.linspace(0.0, 150.0, 4001)
    whole = concentration(body, given.doses(), times)
    single = sum(
        concentration(body, Given(DRUG, _course(duration=0.5), days[i : i + 1], amounts[i : i + 1]).doses(), times)
        for i in range(days.size)
    )
    assert np.abs(whole - single).max() < 1e-12 * whole.max()
    assert len(given.doses()) == 5
    assert Given(DRUG, _course(), np.zeros(0), np.zeros(0)).doses() == []
