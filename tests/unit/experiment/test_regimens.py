"""Courses under rules: what progression and burden make of them, and that each change is told once."""

from __future__ import annotations

from typing import Any

import pytest

from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.guard import dosing
from seedsoil.experiment.orders.regimen import Regimen, Told, at_burden, at_progression, regimens
from seedsoil.experiment.protocol import Course

DRUG, HOST = entry("agents", "fluorouracil"), entry("hosts", "adult")


def _regimen(**changes: Any) -> Regimen:
    fields: dict[str, Any] = {"agent": "fluorouracil", "amount_mg": 700.0, "route": "iv", "start": 14.0, "every": 14.0}
    return regimens([Course(**(fields | changes))], [DRUG])[0]


def _days(one: Regimen, end: float = 140.0) -> list[float]:
    return dosing([one], HOST, end).given[0].days.tolist()


def _kinds(told: list[Told]) -> list[str]:
    return [kind for kind, _ in told]


def test_until_progression() -> None:
    """Nothing is given on the day of progression or after it: catches a last dose on the day of the scan."""
    one = _regimen(until="progression")
    assert _kinds(at_progression([one], 42.0, 1)) == ["stopped"]
    assert _days(one) == [14.0, 28.0]
    assert at_progression([one], 84.0, 2) == []
    assert not one.waits_for_a_scan(True)


def test_after_progression() -> None:
    """It waits, and then its start is counted from the scan: catches a clock that ran all along."""
    one = _regimen(after="progression", times=3)
    assert _days(one) == []
    assert one.waits_for_a_scan(False)
    assert _kinds(at_progression([one], 42.0, 1)) == ["dose_course"]
    assert _days(one) == [56.0, 70.0, 84.0]
    assert not one.waits_for_a_scan(True)


def test_a_second_line_until_the_next_progression() -> None:
    """The first scan opens it and the second ends it: catches a line that ends as it begins."""
    one = _regimen(after="progression", until="progression", start=0.0)
    assert _kinds(at_progression([one], 42.0, 1)) == ["dose_course"]
    assert one.waits_for_a_scan(True)
    assert _kinds(at_progression([one], 84.0, 2)) == ["stopped"]
    assert _days(one) == [42.0, 56.0, 70.0]


def test_a_third_line() -> None:
    """Opened by the second progression and ended by the third, by either word: catches a line that opens with the first."""
    for until in ("progression", "third progression"):
        one = _regimen(after="second progression", until=until, start=0.0)
        assert one.waits_for_a_scan(0)
        assert at_progression([one], 14.0, 1) == []
        assert one.waits_for_a_scan(1)
        opened = at_progression([one], 42.0, 2)
        assert _kinds(opened) == ["dose_course"]
        assert opened[0][1].startswith(
            f"{DRUG.title} opened by the second progression: from the day on which a scan shows"
        )
        assert one.waits_for_a_scan(2)
        assert at_progression([one], 84.0, 3) == [("stopped", f"{DRUG.title} stopped at the third progression")]
        assert _days(one) == [42.0, 56.0, 70.0]
        assert not one.waits_for_a_scan(3)


def test_beyond_the_first_progression() -> None:
    """Until the second progression, from the start: the first leaves it; catches a course that ends with any."""
    one = _regimen(until="second progression")
    assert at_progression([one], 21.0, 1) == []
    assert one.waits_for_a_scan(1)
    assert _kinds(at_progression([one], 42.0, 2)) == ["stopped"]
    assert _days(one) == [14.0, 28.0]
    assert one.course.sentence().endswith("until a scan shows progression for the second time")


def test_adaptive() -> None:
    """Pauses below a half, goes on at the whole, and not in between: catches either limit read the wrong way."""
    one = _regimen(adaptive=(0.5, 1.0))
    assert at_burden([one], 7.0, 0.1) == []  # not begun
    told = [at_burden([one], day, share) for day, share in ((28.0, 0.5), (42.0, 0.49), (56.0, 0.4), (70.0, 0.99))]
    assert [_kinds(each) for each in told] == [[], ["paused"], [], []]
    assert told[1][0][1] == f"{DRUG.title} paused: scans show 49 % of the first burden"
    assert _days(one) == [14.0, 28.0]
    assert _kinds(at_burden([one], 84.0, 1.0)) == ["resumed"]
    assert _days(one) == [14.0, 28.0, 84.0, 98.0, 112.0, 126.0]
    assert one.waits_for_a_scan(True)


def test_doses_are_counted_over_pauses() -> None:
    """Three in all: catches a count that begins anew after a pause."""
    one = _regimen(adaptive=(0.5, 1.0), times=3)
    at_burden([one], 28.0, 0.3)
    at_burden([one], 56.0, 1.2)
    assert _days(one) == [14.0, 56.0, 70.0]


def test_progression_ends_a_paused_course_for_good() -> None:
    """Until progression, adaptive, and paused: catches a course that comes back from the dead."""
    one = _regimen(adaptive=(0.5, 1.0), until="progression")
    at_burden([one], 28.0, 0.3)
    assert _kinds(at_progression([one], 42.0, 1)) == ["stopped"]
    assert at_burden([one], 56.0, 2.0) == []
    assert _days(one) == [14.0]


@pytest.mark.parametrize("changes", [{}, {"times": 4}, {"every": 0.0}])
def test_courses_without_rules_never_change(changes: dict[str, Any]) -> None:
    """Progression and any burden leave them: catches a rule that all obey."""
    one, same = _regimen(**changes), _regimen(**changes)
    assert at_progression([one], 42.0, 1) == at_burden([one], 42.0, 0.0) == []
    assert _days(one) == _days(same)
    assert not one.waits_for_a_scan(True)
