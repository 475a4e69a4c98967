"""Figures with intervals: shares, means, medians and ratios of animals, by formula or by drawing them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.evidence.claim import Figure

_Z = 1.959963984540054
#: Samples drawn again for an interval; they share one seed, so that the interval is the same each time.
_RESAMPLES, _SEED = 400, 20150527


def share(found: int, of: int) -> Figure:
    """Return a share with Wilson's interval; nan of nobody."""
    if of == 0:
        return Figure(math.nan, math.nan, math.nan)
    p, z2 = found / of, _Z * _Z
    middle, half = p + z2 / (2 * of), _Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    scale = 1 + z2 / of
    return Figure(p, min(p, max(0.0, (middle - half) / scale)), max(p, min(1.0, (middle + half) / scale)))


def mean(values: ArrayLike) -> Figure:
    """Return a mean with its interval by the standard error."""
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0:
        return Figure(math.nan, math.nan, math.nan)
    middle = float(sample.mean())
    half = _Z * float(sample.std(ddof=1)) / math.sqrt(sample.size) if sample.size > 1 else 0.0
    return Figure(middle, middle - half, middle + half)


def again(samples: Sequence[ArrayLike], statistic: Callable[..., float]) -> Figure:
    """Return a statistic of one or several samples of animals, with its interval by drawing animals again (percentiles).

    Samples of one length are drawn together, animal by animal, as arms that share their luck must be.
    """
    arrays = [np.asarray(sample, dtype=np.float64) for sample in samples]
    value = float(statistic(*arrays))
    if any(array.shape[0] == 0 for array in arrays):
        return Figure(value, math.nan, math.nan)
    draw, paired = np.random.default_rng(_SEED), len({array.shape[0] for array in arrays}) == 1
    found = []
    for _ in range(_RESAMPLES):
        chosen = draw.integers(0, arrays[0].shape[0], arrays[0].shape[0])
        picked: list[NDArray[np.float64]] = []
        for array in arrays:
            rows = chosen if paired else draw.integers(0, array.shape[0], array.shape[0])
            picked.append(array[rows])
        found.append(float(statistic(*picked)))
    finite = np.array([one for one in found if math.isfinite(one)])
    if not finite.size:
        return Figure(value, math.nan, math.nan)
    low, high = np.percentile(finite, (2.5, 97.5))
    # A statistic of few animals can lie outside of its own percentiles.
    return Figure(value, min(value, float(low)), max(value, float(high)))


def ratio(one: ArrayLike, other: ArrayLike) -> Figure:
    """Return the ratio of two means, of animals that share their luck if there are as many in both; nan over nothing."""
    return again((one, other), lambda a, b: float(a.mean() / b.mean()) if b.mean() > 0 else math.nan)


def median(values: ArrayLike) -> Figure:
    """Return a median with its interval."""
    return again((values,), lambda a: float(np.median(a)) if a.size else math.nan)
