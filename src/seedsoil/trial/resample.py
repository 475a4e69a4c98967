"""The bootstrap: patients drawn again with replacement, by address, and the limits that the resamples give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

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
