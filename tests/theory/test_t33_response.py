"""T33: the RECIST truth table, and best overall responses as published test data have them."""

import csv
import itertools
from datetime import date

import pytest

from seedsoil.observe.response import Follow, best_response
from tests.reference_data import reference_folder

_targets = {"gone": [], "half": [(1, "liver", 50.0)], "same": [(1, "liver", 100.0)], "more": [(1, "liver", 120.0)]}
_others = {"gone": [], "same": [(2, "liver", 8.0)], "more": [(2, "liver", 18.0)]}
_new = {"none": [], "new": [(3, "lung", 9.0)]}


def _expected(target: str, other: str, new: str) -> str:
    """Table 1 of Eisenhauer et al. 2009, row by row."""
    if new == "new" or target == "more" or other == "more":
        return "PD"
    if target == "gone" and other == "gone":
        return "CR"
    return {"gone": "PR", "half": "PR", "same": "SD"}[target]


@pytest.mark.parametrize(("target", "other", "new"), list(itertools.product(_targets, _others, _new)))
def test_truth_table_of_targets_non_targets_and_new_lesions(target: str, other: str, new: str) -> None:
    """All 24 rows: catches any single row that is wrong."""
    patient = Follow()
    patient.baseline([(1, "liver", 100.0), (2, "liver", 8.0)])
    assert patient.assess(60.0, [*_targets[target], *_others[other], *_new[new]]) == _expected(target, other, new)


def test_nadir_below_baseline_decides() -> None:
    """100 -> 60 -> 73: 22 % and 13 mm above the nadir, though 27 % below baseline. Catches 'nadir = baseline'."""
    patient = Follow()
    patient.baseline([(1, "liver", 100.0)])
    assert [patient.assess(day, [(1, "liver", size)]) for day, size in ((60, 60.0), (120, 73.0))] == ["PR", "PD"]


def test_best_unconfirmed_responses_of_the_published_suite() -> None:
    """Eight subjects of admiralonco's tests: catches a wrong order of responses, and a later day for the same best."""
    folder = reference_folder("recist")
    with (folder / "assessments.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "expected.csv").open(newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["config"] == "unconfirmed_bor"]
    assert len(expected) == 8
    for case in expected:
        seen = [
            (float(date.fromisoformat(row["date"]).toordinal()), row["overall_response"])
            for row in rows
            if row["subject"] == case["subject"]
        ]
        day, best = best_response(seen)
        assert best == case["best_response"], case
        if case["date"]:
            assert day == date.fromisoformat(case["date"]).toordinal(), case
