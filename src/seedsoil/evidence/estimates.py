"""Figures with intervals: shares, means, medians and ratios of animals, by formula or by drawing them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.evidence.claim import Figure
from seedsoil.trial.compare import efron_rows, risk_sets

Floats = NDArray[np.float64]
_Z = 1.959963984540054
#: Samples drawn again for an interval; they share one seed, so that the interval is the same each time.
_RESAMPLES, _SEED = 400, 20150527

#: A |log hazard ratio| that no likelihood here reaches: its slope is half an event or more by then.
_FAR = 50.0
#: Times to an event in two arms: day and whether it happened, of the arm and of the one that it is held against.
Lives: TypeAlias = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]


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


def hazard_ratio(strata: Sequence[Lives]) -> Figure:
    """Return Cox's hazard ratio of an arm over another, one ratio for all strata, by Firth's penalised likelihood.

    Each stratum has a hazard of its own, and animals are held against those of their stratum alone (Efron's handling of ties).
    The penalty, half the logarithm of the information, gives a finite ratio also where all of one arm die before any of the other
    (Heinze and Schemper 2001), and fades as events grow many. The interval is where the penalised likelihood is
    within 1.92 of its greatest. Figure of nan where at no event anybody of the other arm is still at risk.
    """
    from scipy.optimize import brentq

    treated, others, deaths = [], [], 0.0
    for time, event, other_time, other_event in strata:
        days, happened = (
            np.concatenate([np.ravel(one), np.ravel(other)])
            for one, other in ((time, other_time), (event, other_event))
        )
        counts = risk_sets(days, happened, np.arange(days.size) < np.size(time))
        rows = efron_rows(*counts)
        treated.append(rows[0])
        others.append(rows[1])
        deaths += float(counts[0].sum())
    one, other = (np.concatenate(rows) for rows in (treated, others))
    if not np.any((one > 0.0) & (other > 0.0)):
        return Figure(math.nan, math.nan, math.nan)

    def split(log_ratio: float) -> tuple[Floats, Floats]:
        weight = math.exp(log_ratio) * one
        return weight / (weight + other), other / (weight + other)

    def slope(log_ratio: float) -> float:
        p, q = split(log_ratio)
        spread = p * q
        return float(deaths - p.sum() + 0.5 * (spread * (q - p)).sum() / spread.sum())

    def height(log_ratio: float) -> float:
        p, q = split(log_ratio)
        likelihood = deaths * log_ratio - float(np.log(math.exp(log_ratio) * one + other).sum())
        return likelihood + 0.5 * math.log(float((p * q).sum()))

    best = float(brentq(slope, -_FAR, _FAR, xtol=1e-12))
    floor = height(best) - 0.5 * _Z * _Z
    low, high = (float(brentq(lambda log: height(log) - floor, best, end, xtol=1e-10)) for end in (-_FAR, _FAR))
    return Figure(math.exp(best), math.exp(low), math.exp(high))
