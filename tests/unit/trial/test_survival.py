"""Kaplan-Meier by hand, at its edges, and against what is true by construction."""

import math

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.trial.survival import chi_square_tail, kaplan_meier, log_rank


def test_curve_of_five_by_hand():
    curve = kaplan_meier([6, 6, 7, 9, 10], [1, 0, 1, 0, 1])
    assert curve.days.tolist() == [0, 6, 7, 9, 10]
    assert curve.fraction == pytest.approx([1, 4 / 5, 8 / 15, 8 / 15, 0])
    assert curve.risk.tolist() == [5, 5, 3, 2, 1]
    assert curve.at_risk([0, 6, 6.5, 7, 10, 11]).tolist() == [5, 5, 3, 3, 1, 0]
    assert curve.median == 10


def test_without_censoring_the_curve_is_the_share_alive():
    times = np.random.default_rng(1).exponential(size=101)
    curve = kaplan_meier(times, np.ones(101))
    assert curve.fraction == pytest.approx(1.0 - np.arange(102) / 101.0)
    assert curve.median == np.median(times)
    assert kaplan_meier(times[:100], np.ones(100)).median == pytest.approx(np.median(times[:100]))


def test_without_censoring_the_band_is_that_of_a_share():
    """Greenwood's variance of log S telescopes to (1 - S) / (n S): catches one left out who is still at risk (2 % here)."""
    curve = kaplan_meier(np.arange(1.0, 51.0), np.ones(50), transform="log")
    share = curve.fraction[1:-1]
    reach = 1.959963984540054 * np.sqrt((1.0 - share) / (50.0 * share))
    assert curve.low[1:-1] == pytest.approx(share * np.exp(-reach), rel=1e-12)
    assert curve.high[1:-1] == pytest.approx(np.minimum(1.0, share * np.exp(reach)), rel=1e-12)


def test_median_is_the_middle_where_the_curve_rests_at_one_half():
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).median == 2.5
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0]).median == 2


def test_nobody_dies():
    curve = kaplan_meier([3, 4], [0, 0])
    assert curve.fraction.tolist() == curve.low.tolist() == curve.high.tolist() == [1, 1, 1]
    assert math.isnan(curve.median)
    assert all(math.isnan(limit) for limit in curve.median_interval)


def test_nobody_at_all():
    curve = kaplan_meier([], [])
    assert curve.days.tolist() == [0]
    assert curve.at_risk(0).tolist() == [0]
    assert math.isnan(curve.at(5)[0])
    assert math.isnan(curve.median)


def test_a_death_on_day_zero_counts():
    curve = kaplan_meier([0, 5], [1, 0])
    assert curve.days.tolist() == [0, 5]
    assert curve.fraction.tolist() == [0.5, 0.5]
    assert curve.at_risk(0).tolist() == [2]


def test_band_stays_inside_zero_to_one_and_around_the_curve():
    rng = np.random.default_rng(2)
    for transform in ("log", "log-log"):
        curve = kaplan_meier(rng.exponential(size=40), rng.random(40) < 0.6, transform=transform)
        known = np.isfinite(curve.low)
        assert np.all((curve.low[known] >= 0) & (curve.low[known] <= curve.fraction[known]))
        assert np.all((curve.high[known] <= 1) & (curve.high[known] >= curve.fraction[known]))


def test_band_covers_the_truth_as_often_as_it_says():
    """1,000 trials of 60, a third lost: within 6 standard errors of 95 % at one time, so a band of 90 % is caught."""
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(1000):
        death, loss = rng.exponential(1.0, 60), rng.exponential(2.0, 60)
        curve = kaplan_meier(np.minimum(death, loss), death < loss)
        place = np.searchsorted(curve.days, 0.7, side="right") - 1
        covered += bool(curve.low[place] <= math.exp(-0.7) <= curve.high[place])
    assert abs(covered / 1000 - 0.95) < 6 * math.sqrt(0.95 * 0.05 / 1000)


def test_value_at_a_day_is_unknown_after_the_last_who_lives():
    curve = kaplan_meier([1, 2, 3], [1, 1, 0])
    assert curve.at([0.5, 1, 3]) == pytest.approx([1, 2 / 3, 1 / 3])
    assert math.isnan(curve.at(3.1)[0])
    assert kaplan_meier([1, 2], [1, 1]).at(9)[0] == 0


def test_restricted_mean_without_censoring_is_the_mean_of_the_cut_times():
    times = np.random.default_rng(3).exponential(100.0, 400)
    mean, error = kaplan_meier(times, np.ones(400)).restricted_mean(150.0)
    cut = np.minimum(times, 150.0)
    assert mean == pytest.approx(cut.mean())
    assert error == pytest.approx(cut.std() / 20.0)


def test_restricted_mean_beyond_what_is_known_is_refused():
    with pytest.raises(ModelError, match="the last observation is at day 3"):
        kaplan_meier([1, 2, 3], [1, 1, 0]).restricted_mean(4.0)
    assert kaplan_meier([1, 3], [1, 1]).restricted_mean(10.0)[0] == pytest.approx(2.0)


def test_log_rank_is_calibrated():
    """2,000 null trials: share with p < 0.05 within 6 standard errors, so a test whose size is off by 0.03 is caught."""
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(2000):
        times, seen = rng.exponential(size=60), rng.random(60) < 0.8
        hits += log_rank([times[:30], times[30:]], [seen[:30], seen[30:]]).p < 0.05
    assert abs(hits / 2000 - 0.05) < 6 * math.sqrt(0.05 * 0.95 / 2000)


def test_log_rank_without_anything_to_compare_is_nan():
    assert math.isnan(log_rank([[1.0], []], [[1], []]).p)
    assert math.isnan(log_rank([[1.0], [2.0]], [[0], [0]]).p)
    assert math.isnan(log_rank([[1.0], [0.5]], [[1], [0]]).p)


def test_chi_square_tail_known_values():
    assert chi_square_tail(3.841459, 1) == pytest.approx(0.05, abs=1e-7)
    assert chi_square_tail(7.814728, 3) == pytest.approx(0.05, abs=1e-7)


@pytest.mark.parametrize(("time", "event"), [([1, math.nan], [1, 1]), ([-1.0], [1]), ([1, 2], [1]), ([math.inf], [0])])
def test_times_that_are_none_are_refused(time, event):
    with pytest.raises(ModelError):
        kaplan_meier(time, event)


def test_entry_after_leaving_is_refused():
    with pytest.raises(ModelError, match="enter before leaving"):
        kaplan_meier([3.0], [1], entry=[3.0])
