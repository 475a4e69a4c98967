"""Survival from times and events: Kaplan-Meier curves with bands, medians, restricted means, log-rank.

The formulae are written out here, on NumPy alone: they are short, they cost milliseconds where a library costs
seconds to load, and tests hold them against R's and lifelines' printed results. Times are in days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.foundation.errors import ModelError

Floats = NDArray[np.float64]
Transform = Literal["log-log", "log"]
# Survival fractions are products of rounded quotients: 0.5 may be met a few ulp off (as R's survfit does).
_near = 1e-9


@dataclass(frozen=True, eq=False)
class Survival:
    """A Kaplan-Meier curve with a pointwise confidence band.

    Attributes
    ----------
    days : float64 array
        0, then each distinct time at which somebody died or was lost.
    fraction, low, high : float64 arrays
        Fraction without the event from that time on, and its band; nan where the band is not defined.
    events, risk : int64 arrays
        Events at that time, and how many were at risk just before it.
    start, stop : float64 arrays
        Sorted days on which people came under observation (-inf: from the beginning) and left it.
    level : float
        Coverage of the band.
    """

    days: Floats
    fraction: Floats
    low: Floats
    high: Floats
    events: NDArray[np.int64]
    risk: NDArray[np.int64]
    start: Floats
    stop: Floats
    level: float

    def at_risk(self, days: ArrayLike) -> NDArray[np.int64]:
        """Return how many are still under observation just before each time [day]; at day 0 everybody who began."""
        when = np.atleast_1d(np.asarray(days, dtype=np.float64))
        entered = np.searchsorted(self.start, when, side="left")
        left = np.searchsorted(self.stop, when, side="left")
        return (entered - left).astype(np.int64)

    def at(self, days: ArrayLike) -> Floats:
        """Return the fraction without the event at each time [day]; nan after the last observation of a curve above 0."""
        when = np.atleast_1d(np.asarray(days, dtype=np.float64))
        if not self.stop.size:
            return np.full(when.shape, np.nan)
        value = self.fraction[np.searchsorted(self.days, when, side="right") - 1]
        beyond = (when > self.stop[-1]) & (self.fraction[-1] > 0.0)
        return np.where(beyond, np.nan, value)

    @property
    def median(self) -> float:
        """Median time to the event [day]; nan if it is not reached."""
        return half_day(self.days, self.fraction)

    @property
    def median_interval(self) -> tuple[float, float]:
        """Confidence limits of the median [day] by inverting the band (Brookmeyer and Crowley 1982); nan if not reached."""
        return half_day(self.days, self.low), half_day(self.days, self.high)

    def restricted_mean(self, until: float) -> tuple[float, float]:
        """Return the mean time without the event up to a day, and its standard error [day].

        Area under the curve and Greenwood's variance of it (Klein and Moeschberger 2003, section 4.5). ModelError if the
        curve ends, above 0, before that day: beyond it nothing is known.
        """
        if not self.stop.size or (until > self.stop[-1] and self.fraction[-1] > 0.0):
            last = self.stop[-1] if self.stop.size else 0.0
            raise ModelError(f"restricted mean to day {until:g}: the last observation is at day {last:g}")
        areas, inside = areas_until(self.days, self.fraction, until), self.days < until
        remaining = np.cumsum(areas[::-1])[::-1]
        risk, events = self.risk[inside].astype(float), self.events[inside].astype(float)
        died = (events > 0) & (risk > events)
        variance = float(np.sum(remaining[died] ** 2 * events[died] / (risk[died] * (risk[died] - events[died]))))
        return float(areas.sum()), math.sqrt(variance)


def areas_until(days: Floats, fraction: Floats, until: float) -> Floats:
    """Return the area under each step of a curve up to a day [day]: (steps before it,)."""
    inside = days < until
    return np.diff(np.append(days[inside], until)) * fraction[inside]


def product_limit(died: NDArray[np.int64], risk: NDArray[np.int64]) -> Floats:
    """Return the fraction without the event after each time, from the events and those at risk at it."""
    alive = (risk - died).astype(np.float64)
    return np.cumprod(alive / np.maximum(risk, 1), dtype=np.float64)


def half_day(days: Floats, fraction: Floats) -> float:
    """Return when a step function first is at or below one half; the middle of the step that lies exactly at one half."""
    below = np.flatnonzero(fraction <= 0.5 + _near)
    if not below.size:
        return math.nan
    first = int(below[0])
    if abs(fraction[first] - 0.5) <= _near:
        lower = np.flatnonzero(fraction < 0.5 - _near)
        if lower.size:
            return float(days[first] + days[int(lower[0])]) / 2.0
    return float(days[first])


def check_times(time: ArrayLike, event: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """Return times and events as arrays; ModelError if they cannot be times and events."""
    times = np.asarray(time, dtype=np.float64).ravel()
    events = np.asarray(event).astype(bool).ravel()
    if times.shape != events.shape:
        raise ModelError(f"{times.size} times but {events.size} events")
    if not np.isfinite(times).all() or (times < 0.0).any():
        raise ModelError("times must be finite and not negative")
    return times, events


def _counts(
    times: Floats, events: NDArray[np.bool_], start: Floats
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct times, the events at each and how many are at risk at each (entered before, not yet gone)."""
    days, place = np.unique(times, return_inverse=True)
    died = np.bincount(place, weights=events.astype(float), minlength=days.size).astype(np.int64)
    entered = np.searchsorted(np.sort(start), days, side="left")
    left = np.searchsorted(np.sort(times), days, side="left")
    return days, died, (entered - left).astype(np.int64)


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    level: float = 0.95,
    transform: Transform = "log-log",
) -> Survival:
    """Estimate the fraction without the event over time.

    Parameters
    ----------
    time : (n,) array
        Day of the event, or of the last observation.
    event : (n,) array of bool
        True where the event happened.
    entry : (n,) array, optional
        Day from which each is under observation; at risk at a time later than it. Without it, all from day 0.
    level : float
        Coverage of the pointwise band.
    transform : "log-log" or "log"
        Scale on which Greenwood's interval is symmetric. "log-log" (Kalbfleisch and Prentice) never leaves 0 to 1 and
        is what lifelines draws; "log" is what R's survfit prints by default.
    """
    times, events = check_times(time, event)
    start = np.zeros_like(times) if entry is None else np.asarray(entry, dtype=np.float64).ravel()
    if start.shape != times.shape or ((start >= times) & (start > 0.0)).any():
        raise ModelError("everybody must enter before leaving")
    start = np.where(start <= 0.0, -np.inf, start)  # at risk from the first moment, day 0 included
    days, died, risk = _counts(times, events, start)
    alive = (risk - died).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = product_limit(died, risk)
        variance: Floats = np.cumsum(np.where(died > 0, died / (risk * alive), 0.0))
        low, high = _band(fraction, variance, level, transform)
    if not days.size or days[0] > 0.0:
        days, died = np.append(0.0, days), np.append(0, died)
        risk = np.append(np.count_nonzero(np.isneginf(start)), risk)
        fraction, low, high = (np.append(1.0, array) for array in (fraction, low, high))
    return Survival(days, fraction, low, high, died, risk, np.sort(start), np.sort(times), level)


def _band(fraction: Floats, variance: Floats, level: float, transform: Transform) -> tuple[Floats, Floats]:
    """Return Greenwood's band on the chosen scale; 1 before the first event, nan once nobody is left."""
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    log_s = np.log(fraction)
    error = np.sqrt(variance)
    if transform == "log":
        low, high = np.exp(log_s - z * error), np.minimum(np.exp(log_s + z * error), 1.0)
    else:
        spread = z * error / log_s  # negative: log S is
        low, high = fraction ** np.exp(-spread), fraction ** np.exp(spread)
    whole = fraction == 1.0
    gone = fraction == 0.0
    low = np.where(whole, 1.0, np.where(gone, np.nan, low))
    high = np.where(whole, 1.0, np.where(gone, np.nan, high))
    return low, high


@dataclass(frozen=True)
class LogRank:
    """A log-rank test: chi-square statistic, degrees of freedom, p value (nan where nothing can be compared)."""

    statistic: float
    freedom: int
    p: float


def log_rank(times: Sequence[ArrayLike], events: Sequence[ArrayLike]) -> LogRank:
    """Test whether groups share one survival curve (Mantel and Haenszel; hypergeometric variance, ties allowed).

    Parameters
    ----------
    times, events : one array for each group
        Days and whether the event happened.

    Returns
    -------
    LogRank
        With nan if there are fewer than two groups with members, or no event.
    """
    checked = [check_times(t, e) for t, e in zip(times, events, strict=True)]
    checked = [pair for pair in checked if pair[0].size]
    freedom = max(len(checked) - 1, 0)
    if freedom == 0 or not any(e.any() for _, e in checked):
        return LogRank(math.nan, freedom, math.nan)
    days = np.unique(np.concatenate([t[e] for t, e in checked]))
    risk = np.array([t.size - np.searchsorted(np.sort(t), days, side="left") for t, _ in checked], dtype=float)
    died = np.array([np.diff(np.searchsorted(np.sort(t[e]), np.append(days, np.inf))) for t, e in checked], dtype=float)
    all_risk, all_died = risk.sum(axis=0), died.sum(axis=0)
    surplus = (died - risk * (all_died / all_risk)).sum(axis=1)[:-1]
    factor = all_died * (all_risk - all_died) / np.maximum(all_risk - 1.0, 1.0)
    share = risk / all_risk
    covariance = -(share * factor) @ share.T
    covariance += np.diag((share * factor).sum(axis=1))
    covariance = covariance[:-1, :-1]
    statistic = float(surplus @ np.linalg.pinv(covariance, hermitian=True) @ surplus)
    if not np.any(covariance):
        return LogRank(math.nan, freedom, math.nan)
    return LogRank(statistic, freedom, chi_square_tail(statistic, freedom))


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Return the probability that a chi-square variable exceeds the statistic."""
    if freedom == 1:
        return math.erfc(math.sqrt(max(statistic, 0.0) / 2.0))
    from scipy.special import gammaincc

    return float(gammaincc(freedom / 2.0, max(statistic, 0.0) / 2.0))
