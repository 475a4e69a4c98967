"""T33: the RECIST truth table, and best overall responses as published test data have them."""

import csv
import itertools
import math
from datetime import date

import pytest

from seedsoil.observe.best_response import best_response, confirmed_best
from seedsoil.observe.growth_rate import growth_and_regression, tumour_growth_rate
from seedsoil.observe.response import Follow, overall
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


# Tables 1 and 2 of RECIST 1.1 (Eisenhauer 2009), row by row: targets, non-targets, new lesions, overall response.
# "" is no disease of the kind; rows of the paper that say "or" stand here once for each case.
_table = [
    ("CR", "CR", False, "CR"),
    ("CR", "", False, "CR"),
    ("CR", "NON-CR/NON-PD", False, "PR"),
    ("CR", "NE", False, "PR"),
    ("PR", "CR", False, "PR"),
    ("PR", "", False, "PR"),
    ("PR", "NON-CR/NON-PD", False, "PR"),
    ("PR", "NE", False, "PR"),
    ("SD", "CR", False, "SD"),
    ("SD", "", False, "SD"),
    ("SD", "NON-CR/NON-PD", False, "SD"),
    ("SD", "NE", False, "SD"),
    ("NE", "CR", False, "NE"),
    ("NE", "", False, "NE"),
    ("NE", "NON-CR/NON-PD", False, "NE"),
    ("NE", "NE", False, "NE"),
    ("", "CR", False, "CR"),
    ("", "NON-CR/NON-PD", False, "NON-CR/NON-PD"),
    ("", "NE", False, "NE"),
    ("", "", False, "NE"),
    *(("PD", other, new, "PD") for other in ("CR", "NON-CR/NON-PD", "NE", "PD", "") for new in (False, True)),
    *((target, "PD", new, "PD") for target in ("CR", "PR", "SD", "NE", "") for new in (False, True)),
    *(
        (target, other, True, "PD")
        for target in ("CR", "PR", "SD", "NE", "")
        for other in ("CR", "NON-CR/NON-PD", "NE", "")
    ),
]


@pytest.mark.parametrize(("target", "non_target", "new", "expected"), _table)
def test_every_row_of_the_tables_of_overall_response(target: str, non_target: str, new: bool, expected: str) -> None:
    """All 60 combinations: catches any single row that is wrong."""
    assert overall(target, non_target, new) == expected


def test_the_tables_have_every_combination_once() -> None:
    """Six responses of targets (or none), five of non-targets, with and without new lesions: catches a row left out."""
    rows = [row[:3] for row in _table]
    states = itertools.product(
        ("CR", "PR", "SD", "NE", "PD", ""), ("CR", "NON-CR/NON-PD", "NE", "PD", ""), (False, True)
    )
    assert sorted(rows) == sorted(states)


# Table 3: response at the first and at the later time point, the best response where the first one came before stable
# disease could be called, and where it came after. CR then PR is SD, PD or PR in the paper; the data used here say SD.
_pairs = [
    ("CR", "CR", "CR", "CR"),
    ("CR", "PR", "SD", "SD"),
    ("CR", "SD", "SD", "SD"),
    ("CR", "PD", "PD", "SD"),
    ("CR", "NE", "NE", "SD"),
    ("PR", "CR", "PR", "PR"),
    ("PR", "PR", "PR", "PR"),
    ("PR", "SD", "SD", "SD"),
    ("PR", "PD", "PD", "SD"),
    ("PR", "NE", "NE", "SD"),
    ("NE", "NE", "NE", "NE"),
    ("NE", "CR", "SD", "SD"),
]


@pytest.mark.parametrize(("first", "later", "early", "late"), _pairs)
def test_every_row_of_the_table_of_confirmation(first: str, later: str, early: str, late: str) -> None:
    """First assessment on day 28 or day 56, the next 28 days on: catches a wrong row, and a wrong minimum of SD."""
    for day, expected in ((28.0, early), (56.0, late)):
        assert confirmed_best([(day, first), (day + 28.0, later)], 0.0, stable=42.0)[1] == expected


def test_confirmation_needs_four_weeks_to_the_day() -> None:
    """A second look after 27 days confirms nothing, one after 28 does: catches > for >=, and a later look forgotten."""
    assert confirmed_best([(56.0, "PR"), (83.0, "PR")], 0.0)[1] == "SD"
    assert confirmed_best([(56.0, "PR"), (84.0, "PR")], 0.0) == (56.0, "PR")
    assert confirmed_best([(56.0, "PR"), (70.0, "PR"), (84.0, "PR")], 0.0) == (56.0, "PR")
    assert confirmed_best([(56.0, "PR"), (70.0, "NE"), (84.0, "PR")], 0.0) == (56.0, "PR")
    assert confirmed_best([(56.0, "PR"), (63.0, "NE"), (70.0, "NE"), (84.0, "PR")], 0.0)[1] == "SD"
    assert confirmed_best([(41.9, "SD")], 0.0)[1] == "NE"
    assert confirmed_best([(42.0, "SD")], 0.0)[1] == "SD"


def test_targets_outside_the_field_are_not_evaluated() -> None:
    """Half of the targets scanned: NE; PD all the same where what was scanned has grown enough alone, or is new."""
    patient = Follow()
    patient.baseline([(1, "liver", 60.0), (2, "lung", 40.0)])
    assert patient.assess(60.0, [(1, "liver", 20.0)], examined={"liver"}) == "NE"
    assert patient.assess(120.0, [(1, "liver", 60.0), (2, "lung", 40.0)]) == "SD"  # the 20 mm are no nadir
    assert patient.assess(180.0, [(1, "liver", 20.0), (3, "liver", 9.0)], examined={"liver"}) == "PD"
    patient.baseline([(1, "liver", 60.0), (2, "lung", 40.0)])
    assert patient.assess(60.0, [(1, "liver", 119.9)], examined={"liver"}) == "NE"
    assert patient.assess(120.0, [(1, "liver", 120.0)], examined={"liver"}) == "PD"
    assert patient.sums == [(0.0, 100.0)]


def _assessments() -> dict[str, list[tuple[float, str]]]:
    with (reference_folder("recist") / "assessments.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, list[tuple[float, str]]] = {}
    for row in rows:
        day = float(date.fromisoformat(row["date"]).toordinal())
        found.setdefault(row["subject"], []).append((day, row["overall_response"]))
    return found


def _answer(config: str, subject: str, start: str) -> tuple[float, str]:
    """What the engine says of a subject under the rules of a configuration."""
    seen, first = _assessments().get(subject, []), float(date.fromisoformat(start).toordinal())
    if config == "unconfirmed_bor":
        return best_response(seen)
    if config == "confirm14_accept_sd_maxne0_missing_as_ne":
        if subject == "7":  # has one assessment there: not done
            seen = [(float(date(2020, 4, 2).toordinal()), "ND")]
        day, best = confirmed_best(seen, first, 14.0, 28.0, most_not_evaluated=0, accept_stable=True)
        return day, "NE" if best == "MISSING" else best
    ends = config == "confirm28_pd_from_source"
    return confirmed_best(seen, first, 28.0, 28.0, until_progression=ends)


def test_the_published_suite_of_best_responses() -> None:
    """All 35 answers of admiralonco's tests, day and kind: catches a wrong order, window, confirmation or date."""
    folder = reference_folder("recist")
    with (folder / "expected.csv").open(newline="") as file:
        expected = list(csv.DictReader(file))
    with (folder / "subjects.csv").open(newline="") as file:
        starts = {row["subject"]: row["treatment_start"] for row in csv.DictReader(file)}
    assert len(expected) == 35
    for case in expected:
        day, best = _answer(case["config"], case["subject"], starts.get(case["subject"], "2020-01-01"))
        assert best == case["best_response"], case
        if case["date"]:
            assert day == date.fromisoformat(case["date"]).toordinal(), case


def test_growth_rates_have_their_known_answers() -> None:
    """A doubling of the diameter in three months is 700 % in volume then, and 100 (8^(1/3) - 1) = 100 % a month."""
    assert tumour_growth_rate(20.0, 40.0, 3 * 30.4375) == pytest.approx(100.0)
    assert tumour_growth_rate(40.0, 20.0, 30.4375) == pytest.approx(-87.5)
    assert math.isnan(tumour_growth_rate(0.0, 20.0, 30.0))


@pytest.mark.parametrize(("growth", "regression"), [(0.004, 0.02), (0.003, 0.0), (0.0, 0.015)])
def test_rates_of_growth_and_regression_are_found_again(growth: float, regression: float) -> None:
    """Exact sums of both, of growth and of regression alone: catches rates exchanged, or a fit that stays in a valley."""
    days = [0.0, 30.0, 60.0, 90.0, 150.0, 210.0, 300.0]
    sums = [80.0 * (math.exp(-regression * day) + math.exp(growth * day) - 1.0) for day in days]
    found = growth_and_regression(days, sums)
    assert found == pytest.approx((growth, regression), abs=2e-6)
    with pytest.raises(ValueError, match="at least 3"):
        growth_and_regression(days[:2], sums[:2])
