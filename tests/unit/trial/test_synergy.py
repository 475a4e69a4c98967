"""Reported synergy: none of a sham partner or an exact null, some of a potentiating pair, and wrong definitions caught."""

import json
import math

import numpy as np
import pytest

from seedsoil.foundation.errors import StudyError
from seedsoil.trial.resample import percentile_limits, resamples
from seedsoil.trial.synergy import (
    BLISS_HAZARDS,
    BLISS_VOLUME,
    HIGHEST_VOLUME,
    INDEPENDENT_ACTION,
    Measure,
    Synergy,
    best_of_two,
    measure_synergy,
)
from tests.unit.trial.synergy_examples import cohort, trial_of

death, volume, benefit = cohort()
n = death.size
ones = np.ones(n)


def measured(deaths: list[np.ndarray], volumes: list[np.ndarray] | None = None, **options: float) -> Synergy:
    """Measure days of death and volumes of control, first, second and both, with few resamples."""
    trial = trial_of(np.array(deaths), np.array(volumes if volumes is not None else [volume] * 4))
    settings = {"replicates": 200, **options}
    return measure_synergy(trial, both="both", alone=("seed", "soil"), control="surgery", **settings)  # type: ignore[arg-type]


def of(found: Synergy, definition: str) -> list[Measure]:
    return [one for one in found.measures if one.definition == definition]


def test_a_sham_partner_gives_no_excess() -> None:
    """By any definition, in every resample: catches 1e-9 of each unit."""
    found = measured([death, death * benefit, death, death * benefit], [volume, 0.3 * volume, volume, 0.3 * volume])
    for one in found.measures:
        assert one.excess == pytest.approx(0.0, abs=1e-9), one.quantity
        assert one.verdict in ("as expected", "cannot be told")
    assert sum(one.verdict == "as expected" for one in found.measures) >= 6


def test_the_better_of_two_is_no_synergy() -> None:
    """Each patient gets exactly the better agent: independent action and the highest single agent explain it all."""
    first, second = death * benefit, death * benefit[::-1]
    left = np.array([ones, 0.5 / benefit, 0.5 / benefit[::-1]])
    found = measured(
        [death, first, second, np.maximum(first, second)], [*(volume * left), volume * left[1:].min(axis=0)]
    )
    for one in (*of(found, INDEPENDENT_ACTION), *of(found, HIGHEST_VOLUME)):
        assert one.excess == pytest.approx(0.0, abs=1e-9)
    assert of(found, BLISS_VOLUME)[0].verdict == "less than expected"


def test_an_exact_bliss_pair_has_no_excess_of_volume() -> None:
    """What is left multiplies in each patient: catches 1e-12 of the volume; the better agent is exceeded."""
    first, second = 0.5 / benefit, 0.9 / benefit[::-1]
    found = measured([death] * 4, [volume, volume * first, volume * second, volume * first * second])
    (bliss,), (highest,) = of(found, BLISS_VOLUME), of(found, HIGHEST_VOLUME)
    assert bliss.excess == pytest.approx(0.0, abs=1e-12)
    assert bliss.verdict == "as expected"
    assert highest.verdict == "more than expected"
    assert bliss.patients == n


def test_hazards_that_multiply_have_no_excess() -> None:
    """Three thousand patients, all of one hazard, 0.7 and 0.6 of it alone and 0.42 together.

    With luck apart in each arm the error of the sum of four log hazards is sqrt(4 / 3000) = 0.037; the interval agrees
    within 40 %. |z| < 6 of it catches a ratio of ratios that is 25 % off, such as a product of the wrong arms. With luck
    shared the interval is less than half as wide, so arms that are resampled apart are caught.
    """
    generator = np.random.default_rng(3)
    hazards = np.array([[1.0], [0.7], [0.6], [0.42]])
    apart, shared = generator.exponential(500, (4, 3000)) / hazards, generator.exponential(500, 3000) / hazards
    errors = []
    for days in (apart, shared):
        one = of(measured(list(days), list(np.ones((4, 3000))), replicates=100), BLISS_HAZARDS)[0]
        errors.append((one.high - one.low) / 3.92)
        assert abs(one.excess) < 6 * errors[-1]
        assert one.observed == pytest.approx(-math.log(0.42), abs=6 * 0.037)
    assert errors[0] == pytest.approx(0.037, rel=0.4)
    assert errors[1] < 0.5 * errors[0]


def test_a_potentiating_pair_is_found() -> None:
    """Together far more than the better of two, than the product of hazards, and than either share of the volume."""
    found = measured(
        [death, 1.1 * death, 1.1 * death * np.sqrt(benefit), 3 * death],
        [volume, 0.9 * volume, 0.8 * volume, 0.1 * volume],
    )
    verdicts = {one.definition: one.verdict for one in found.measures if "median" not in one.quantity}
    assert set(verdicts.values()) == {"more than expected"}
    assert len(verdicts) == 4
    assert all(one.low <= one.excess <= one.high for one in found.measures if not math.isnan(one.low))


def test_an_antagonistic_pair_is_found() -> None:
    found = measured([death, 2 * death, 1.5 * death, 1.2 * death], [volume, 0.3 * volume, 0.5 * volume, 0.6 * volume])
    assert {one.verdict for one in found.measures if "median" not in one.quantity} == {"less than expected"}


def test_growth_under_a_drug_is_no_negative_kill() -> None:
    """A tumour that grows beyond the control's under one drug counts as untouched, as a well above 100 % does.

    Unclipped, the null pair (the first agent's effect alone) would show an excess of 0.35.
    """
    found = measured([death] * 4, [volume, 0.3 * volume, 1.5 * volume, 0.3 * volume])
    assert of(found, BLISS_VOLUME)[0].excess == pytest.approx(0.0, abs=1e-12)


def test_only_who_is_scanned_in_all_arms_is_compared() -> None:
    """Who died or progressed early in one arm, or shows nothing in the control arm, is left out; few are given no interval."""
    deaths, volumes = np.tile(death, (4, 1)), np.tile(volume, (4, 1))
    deaths[2, :25], deaths[2, 25:50], volumes[0, 40:60] = 30.0, 150.0, 0.0
    found = measured(list(deaths), list(volumes))
    assert of(found, BLISS_VOLUME)[0].patients == n - 60
    volumes[0, 65:] = 0.0
    few = of(measured(list(deaths), list(volumes)), BLISS_VOLUME)[0]
    assert few.patients == 5
    assert few.verdict == "cannot be told"
    assert few.reason == "5 patients are too few for an interval"


def test_best_of_two() -> None:
    """Later of two; censored where either is, on the first day on which one was lost."""
    times = np.array([[1.0, 5.0, 3.0, 3.0, 9.0], [2.0, 4.0, 5.0, 7.0, 8.0]])
    events = np.array([[True, True, True, False, False], [True, True, False, True, False]])
    days, known = best_of_two(times, events)
    assert days.tolist() == [2.0, 5.0, 5.0, 3.0, 8.0]
    assert known.tolist() == [True, True, False, False, False]


def test_no_event_gives_a_reason_not_a_number() -> None:
    found = measured([np.full(n, 1e5)] * 4, [np.zeros(n)] * 4)
    for one in found.measures:
        assert one.verdict == ("as expected" if "mean" in one.quantity else "cannot be told")
        assert "nan" not in one.sentence()
    assert json.dumps(found.answer(), allow_nan=False)


def test_resamples_are_fixed_even_and_addressed() -> None:
    """Ten patients drawn 100,000 times: |z| < 6, so a patient drawn 6 % too often is caught. The first draws are known."""
    drawn = np.array(list(resamples(7, 10, 10_000)))
    counts = np.bincount(drawn.ravel().astype(int), minlength=10)
    assert np.abs(counts - 10_000).max() < 6 * math.sqrt(9_000)
    assert np.array_equal(drawn[:20], np.array(list(resamples(7, 10, 20))))
    assert drawn[0].tolist() == [8, 3, 0, 4, 7, 1, 9, 2, 2, 3]
    assert not np.array_equal(drawn[0], next(resamples(8, 10, 1)))
    assert not np.array_equal(drawn[0], drawn[1])


def test_limits_need_values() -> None:
    """One resample in a hundred without a value is borne, one in ten is not."""
    column = np.arange(1000.0)
    borne, not_borne = column.copy(), column.copy()
    borne[:10], not_borne[:100] = np.nan, np.nan
    limits = percentile_limits(np.array([column, borne, not_borne]).T)
    assert limits[0] == pytest.approx([24.975, 974.025])
    assert np.isfinite(limits[1]).all()
    assert np.isnan(limits[2]).all()


def test_the_same_study_gives_the_same_bytes() -> None:
    def once() -> str:
        return json.dumps(measured([death, 1.1 * death, death * benefit, 2 * death]).answer())

    assert once() == once()


def test_the_scan_compared_is_the_first_six_weeks_into_treatment_or_the_one_asked_for() -> None:
    assert measured([death] * 4).landmark_day == 84.0
    later = measured([death] * 4, day=140)
    assert later.landmark_day == 140.0
    assert math.isnan(of(later, BLISS_VOLUME)[0].excess)
    with pytest.raises(StudyError, match="day 100: .*28, 84, 140"):
        measured([death] * 4, day=100)


def test_arms_that_cannot_be_compared_are_told_at_once() -> None:
    trial = trial_of(np.tile(death, (4, 1)), np.tile(volume, (4, 1)))
    with pytest.raises(StudyError) as caught:
        measure_synergy(trial, both="bth", alone=("sed", "soil"), control="surgery")
    assert len(caught.value.faults) == 2
    assert "Did you mean 'both'?" in str(caught.value)
    with pytest.raises(StudyError) as caught:
        measure_synergy(trial, both="both", alone=("both", "soil"), control="soil")
    assert len(caught.value.faults) == 2


def test_an_arm_that_is_no_sum_of_its_parts_is_noted() -> None:
    trial = trial_of(np.tile(death, (4, 1)), np.tile(volume, (4, 1)))
    found = measure_synergy(trial, both="both", alone=("seed", "seed"), control="surgery", replicates=10)
    assert found.notes == ("Note: both also gives b.",)
    assert found.notes[0] in found.summary()


def test_summary_and_table_say_the_same() -> None:
    found = measured([death, 1.1 * death, death * benefit, 3 * death], [volume, 0.5 * volume, volume, 0.5 * volume])
    text, rows = found.summary(), found.table()
    assert [row["verdict"] for row in rows] == [one.verdict for one in found.measures]
    assert all(row["quantity"] in text and row["unit"] for row in rows)
    assert "300 patients, each in all four arms" in text
    expected, observed = found.curves["overall_survival"]
    assert observed.median > expected.median
