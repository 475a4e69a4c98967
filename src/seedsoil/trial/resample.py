"""The bootstrap: patients drawn again with replacement, by address, what they show, and the limits that this gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from seedsoil.trial.compare import Hazard, cox_of_counts
from seedsoil.trial.survival import areas_until, half_day, product_limit

Floats = NDArray[np.float64]
# Tells the luck of resampling from any other that NumPy's Philox is asked for.
_resampling = 1


def resamples(seed: int, patients: int, replicates: int) -> Iterator[NDArray[np.uint64]]:
    """Yield the numbers of the patients of each resample; (patients,) each.

    The key of Philox is the seed, its counter holds the resample's number: any resample can be drawn alone. Whole numbers
    only, so the same on every machine. A patient's chance is even to 1 in 2^32 over the patients.
    """
    half = np.uint64(32)
    for number in range(replicates):
        luck = np.random.Philox(key=seed % 2**64, counter=[0, 0, number, _resampling])
        yield (luck.random_raw(patients) >> half) * np.uint64(patients) >> half


def percentile_limits(resampled: Floats, level: float = 0.95) -> Floats:
    """Return the percentile limits of each column of (resamples, quantities); (quantities, 2).

    nan where more resamples have no value (nan) than lie in one tail: the limit itself might then be among them.
    """
    tail = (1.0 - level) / 2.0
    limits = np.full((resampled.shape[1], 2), np.nan)
    for row, column in enumerate(resampled.T):
        known = column[np.isfinite(column)]
        if known.size and known.size >= (1.0 - tail) * column.size:
            limits[row] = np.quantile(known, [tail, 1.0 - tail])
    return limits


class Cohort:
    """The same patients in several arms, their days put in order once: what a resample of them shows is only counted.

    Every figure is, bit for bit, that of `kaplan_meier` and `cox_two_groups` on the resampled patients.
    """

    def __init__(self, times: Floats, events: NDArray[np.bool_]) -> None:
        """Take days and whether the event happened on them; (arms, patients) each."""
        self.days = np.unique(times)
        self._events = events
        self._place = np.searchsorted(self.days, times)
        self.drawn(np.ones(times.shape[1]))

    def drawn(self, weight: Floats) -> Cohort:
        """Count a resample, in which each patient stands ``weight`` (patients,) times; return the cohort itself."""
        size, pairs = self.days.size, list(zip(self._place, self._events, strict=True))
        left = np.array([np.bincount(place, weight, size) for place, _ in pairs])
        self._left = left > 0.0
        self._died = np.array([np.bincount(place[event], weight[event], size) for place, event in pairs])
        self._risk = left.sum(axis=1, keepdims=True) - (np.cumsum(left, axis=1) - left)
        return self

    def median_and_mean(self, arm: int, horizon: float) -> tuple[float, float]:
        """Return median, and mean up to the horizon, of an arm's time to the event [day]; nan where not known."""
        there = self._left[arm]
        days = self.days[there]
        fraction = product_limit(self._died[arm, there].astype(np.int64), self._risk[arm, there].astype(np.int64))
        last = days[-1]
        if days[0] > 0.0:
            days, fraction = np.append(0.0, days), np.append(1.0, fraction)
        known = horizon <= last or fraction[-1] == 0.0
        return half_day(days, fraction), float(areas_until(days, fraction, horizon).sum()) if known else np.nan

    def ratio(self, arm: int, control: int) -> Hazard:
        """Return the log hazard ratio of an arm against another."""
        there = self._died[arm] + self._died[control] > 0.0
        died, risk = self._died[:, there], self._risk[:, there]
        return cox_of_counts(died[arm], died[control], risk[arm], risk[control])
