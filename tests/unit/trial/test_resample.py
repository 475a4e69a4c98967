"""What a resample of patients shows, counted from days put in order once, is what its rows show."""

import math

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.trial.compare import cox_two_groups
from seedsoil.trial.resample import Cohort, resamples
from seedsoil.trial.survival import kaplan_meier


@pytest.mark.parametrize("grid", [0.0, 90.0])
def test_resamples_are_counted_to_the_last_bit(grid: float) -> None:
    """Median, mean and hazard ratio of 20 resamples, with and without ties: catches one patient too many at risk."""
    generator = np.random.default_rng(4)
    times = generator.exponential([[900.0], [1400.0]], (2, 60))
    times = np.ceil(times / grid) * grid if grid else times
    times, events = np.minimum(times, 2000.0), times <= 2000.0
    cohort = Cohort(times, events)
    for who in resamples(7, 60, 20):
        cohort.drawn(np.bincount(who.astype(np.int64), minlength=60).astype(np.float64))
        for arm in range(2):
            curve = kaplan_meier(times[arm, who], events[arm, who])
            found = cohort.median_and_mean(arm, 1500.0)
            np.testing.assert_array_equal(found, (curve.median, curve.restricted_mean(1500.0)[0]))
        fitted = cox_two_groups(
            np.concatenate([times[1, who], times[0, who]]),
            np.concatenate([events[1, who], events[0, who]]),
            np.repeat([True, False], 60),
        )
        assert cohort.ratio(1, 0) == fitted


def test_a_mean_beyond_the_last_observation_is_not_known() -> None:
    """Nobody is seen after day 10 and one lives; where all have died the mean is known for ever."""
    times, events = np.array([[5.0, 10.0], [5.0, 10.0]]), np.array([[True, False], [True, True]])
    cohort = Cohort(times, events)
    with pytest.raises(ModelError):
        kaplan_meier(times[0], events[0]).restricted_mean(11.0)
    assert math.isnan(cohort.median_and_mean(0, 11.0)[1])
    assert cohort.median_and_mean(1, 11.0) == (7.5, 7.5)
