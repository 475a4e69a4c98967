"""Hazard ratios where there are some, reasons where there are none."""

import math

import numpy as np
import pytest

from seedsoil.trial.compare import compare_arms, cox_two_groups


def trial_of(ratio, n, rng):
    arm, versus = rng.exponential(1.0 / ratio, n), rng.exponential(1.0, n)
    loss = rng.exponential(2.0, 2 * n)
    times = np.minimum(np.concatenate([arm, versus]), loss)
    events = np.concatenate([arm, versus]) < loss
    return times[:n], events[:n], times[n:], events[n:]


def test_a_known_ratio_is_found_inside_its_interval():
    """20,000 a side: |z| < 6 of the true log ratio ln 0.6, so an error of 7 % in the ratio is caught."""
    found = compare_arms(*trial_of(0.6, 20_000, np.random.default_rng(1)))
    error = (math.log(found.high) - math.log(found.low)) / 3.92
    assert abs(math.log(found.hazard_ratio / 0.6)) < 6 * error
    assert error < 0.015


def test_intervals_cover_the_truth():
    """1,000 trials of 2 x 40: coverage within 6 standard errors of 95 %, so an interval of 90 % is caught."""
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(1000):
        found = compare_arms(*trial_of(0.6, 40, rng))
        covered += found.low <= 0.6 <= found.high
    assert abs(covered / 1000 - 0.95) < 6 * math.sqrt(0.95 * 0.05 / 1000)


def test_swapping_the_arms_inverts_the_ratio():
    data = trial_of(0.5, 50, np.random.default_rng(3))
    there, back = compare_arms(*data), compare_arms(*data[2:], *data[:2])
    assert there.hazard_ratio == pytest.approx(1.0 / back.hazard_ratio)
    assert there.low == pytest.approx(1.0 / back.high)
    assert there.p == pytest.approx(back.p)
    assert there.log_rank_p == pytest.approx(back.log_rank_p)


def test_equal_arms_have_ratio_one():
    found = compare_arms([1, 2, 3], [1, 0, 1], [1, 2, 3], [1, 0, 1])
    assert found.hazard_ratio == pytest.approx(1.0)
    assert found.p == pytest.approx(1.0)
    assert found.log_rank_p == pytest.approx(1.0)


def test_only_order_matters_to_the_ratio():
    time, event, versus, versus_event = trial_of(0.7, 60, np.random.default_rng(4))
    plain = compare_arms(time, event, versus, versus_event)
    warped = compare_arms(time**3, event, versus**3, versus_event)
    assert plain.hazard_ratio == pytest.approx(warped.hazard_ratio)


@pytest.mark.parametrize(
    ("arm", "versus", "reason"),
    [
        (([1, 2], [0, 0]), ([3, 4], [0, 0]), "there was no event in either arm"),
        (([5, 6], [0, 0]), ([3, 4], [1, 1]), "there was no event in seed"),
        (([5, 6], [1, 1]), ([3, 4], [0, 0]), "there was no event in soil"),
        (([], []), ([3, 4], [1, 1]), "there is nobody in seed"),
        (([1, 2], [1, 1]), ([3, 4], [1, 1]), "the events of the arms do not overlap in time"),
        (([1, 1], [1, 1]), ([3, 4], [1, 1]), "the events of the arms do not overlap in time"),
    ],
)
def test_where_there_is_no_ratio_the_sentence_says_why(arm, versus, reason):
    found = compare_arms(*arm, *versus, arm="seed", versus="soil")
    for number in (found.hazard_ratio, found.low, found.high, found.p):
        assert math.isnan(number)
    assert found.reason.startswith(reason)
    assert reason in found.sentence()
    assert "nan" not in found.sentence()


def test_events_never_at_risk_together_are_told():
    found = cox_two_groups([1.0, 2.0, 2.0], [True, False, False], [True, True, True])
    assert math.isnan(found.log_ratio)
    assert "still at risk" in found.reason


def test_the_sentence_says_all():
    data = trial_of(0.5, 200, np.random.default_rng(5))
    found = compare_arms(data[0] * 365, data[1], data[2] * 365, data[3], arm="both", versus="surgery")
    text = str(found)
    assert text.startswith("both against surgery, overall survival: hazard ratio 0.")
    for part in ("95% interval", "p < 0.0001", "median", "events", "log-rank"):
        assert part in text


def test_a_small_trial_of_every_shape_gives_no_warning():
    """All trials of 2 x 2 with times 1 to 3: each gives a finite ratio or a reason."""
    shapes = [(t, e) for t in ([1, 2], [2, 2], [1, 3], [3, 3]) for e in ([0, 0], [0, 1], [1, 0], [1, 1])]
    for arm in shapes:
        for versus in shapes:
            found = compare_arms(*arm, *versus)
            assert math.isfinite(found.hazard_ratio) != bool(found.reason)
            if not found.reason:
                assert found.low < found.hazard_ratio < found.high
