"""Two arms compared: Cox hazard ratio with its interval, log-rank test, medians, and a sentence that says it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.foundation.units import plain
from seedsoil.trial.survival import check_times, kaplan_meier, log_rank

Floats = NDArray[np.float64]
_most_steps = 50
# |log hazard ratio| beyond which the likelihood is rising without end: e^15 is three million times the hazard.
_runaway = 15.0


@dataclass(frozen=True)
class Comparison:
    """One arm against another for one endpoint.

    ``hazard_ratio`` below 1 favours ``arm``. ``low`` and ``high`` are Wald limits of coverage ``level`` on the log scale, ``p`` is
    Wald's test. They are nan where they do not exist; ``reason`` then says why. Medians in days, nan if not reached.
    """

    arm: str
    versus: str
    endpoint: str
    hazard_ratio: float
    low: float
    high: float
    p: float
    log_rank_statistic: float
    log_rank_p: float
    median_arm_days: float
    median_versus_days: float
    n_arm: int
    n_versus: int
    events_arm: int
    events_versus: int
    level: float = 0.95
    reason: str = ""

    def sentence(self) -> str:
        """Return the comparison in words, for a reader who has not seen the table."""
        what = self.endpoint.replace("_", " ")
        medians = f"median {_median(self.median_arm_days)} against {_median(self.median_versus_days)}"
        counts = f"{self.events_arm}/{self.n_arm} against {self.events_versus}/{self.n_versus} events"
        test = "" if math.isnan(self.log_rank_p) else f", log-rank {_p(self.log_rank_p)}"
        if math.isnan(self.hazard_ratio):
            return (
                f"{self.arm} against {self.versus}, {what}: no hazard ratio, {self.reason} ({medians}; {counts}{test})."
            )
        interval = f"{self.level:.0%} interval {self.low:.2f} to {self.high:.2f}"
        return (
            f"{self.arm} against {self.versus}, {what}: hazard ratio {self.hazard_ratio:.2f} ({interval}, "
            f"{_p(self.p)}), {medians} ({counts}{test})."
        )

    def __str__(self) -> str:
        return self.sentence()


def _median(days: float) -> str:
    return "not reached" if math.isnan(days) else plain(days)


def _p(p: float) -> str:
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


@dataclass(frozen=True)
class Hazard:
    """A fitted log hazard ratio with its standard error, or nan and the reason why there is none."""

    log_ratio: float
    error: float
    reason: str = ""


def cox_two_groups(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> Hazard:
    """Fit Cox's proportional hazards for one group against the other (Efron's handling of ties).

    With a single yes-or-no covariate the partial likelihood needs only, at each time, how many of each group are at
    risk and how many die; it is concave, so Newton's steps find its one maximum. Agrees with lifelines' CoxPHFitter
    and R's coxph, which take seconds to load; a test holds it to that.

    Parameters
    ----------
    time, event : (n,) arrays
        Day, and whether the event happened on it.
    group : (n,) array of bool
        True for those whose hazard stands in the numerator.
    """
    return cox_of_counts(*risk_sets(time, event, group))


def risk_sets(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Return who of the group and of the others dies at each time of an event, and who of each is at risk then; (times,)."""
    times, events = check_times(time, event)
    treated = np.asarray(group).astype(bool).ravel()
    days = np.unique(times[events])

    def at_risk(chosen: NDArray[np.bool_]) -> Floats:
        gone = np.searchsorted(np.sort(times[chosen]), days, side="left")
        return np.asarray(chosen.sum() - gone, dtype=np.float64)

    def dying(chosen: NDArray[np.bool_]) -> Floats:
        return np.diff(np.searchsorted(np.sort(times[chosen & events]), np.append(days, np.inf))).astype(float)

    return dying(treated), dying(~treated), at_risk(treated), at_risk(~treated)


def cox_of_counts(treated_died: Floats, other_died: Floats, treated_risk: Floats, other_risk: Floats) -> Hazard:
    """Fit the same from counts at each time of an event, in order: who of each group dies then, and who is at risk; (times,)."""
    rows = efron_rows(treated_died, other_died, treated_risk, other_risk)
    deaths = float(treated_died.sum())
    beta = 0.0
    for _ in range(_most_steps):
        slope, curvature = _score(beta, *rows, deaths)
        if curvature <= 0.0:
            return Hazard(math.nan, math.nan, "at no event was anybody of the other arm still at risk")
        # A step of at most 2 keeps Newton's method from jumping over the maximum.
        step = min(max(slope / curvature, -2.0), 2.0)
        beta += step
        if abs(beta) > _runaway:
            return Hazard(
                math.nan, math.nan, "the events of the arms do not overlap in time, so the ratio has no bound"
            )
        if abs(step) < 1e-10:
            break
    _, curvature = _score(beta, *rows, deaths)
    return Hazard(beta, 1.0 / math.sqrt(curvature))


def efron_rows(
    treated_died: Floats, other_died: Floats, treated_risk: Floats, other_risk: Floats
) -> tuple[Floats, Floats]:
    """Return one row for each event in Efron's order: the treated at risk, and the others.

    The j-th of d deaths at one time counts the deaths of that time at risk with weight 1 - j/d.
    """
    died = (treated_died + other_died).astype(np.int64)
    row = np.repeat(np.arange(died.size), died)
    order = np.arange(row.size) - np.repeat(np.cumsum(died) - died, died)
    share = order / died[row]
    return treated_risk[row] - share * treated_died[row], other_risk[row] - share * other_died[row]


def _score(beta: float, treated_risk: Floats, other_risk: Floats, treated_deaths: float) -> tuple[float, float]:
    """Return slope and negative curvature of the log partial likelihood."""
    weight = math.exp(beta) * treated_risk
    expected = weight / (weight + other_risk)
    return float(treated_deaths - expected.sum()), float((expected * (1.0 - expected)).sum())


def compare_arms(
    time_arm: ArrayLike,
    event_arm: ArrayLike,
    time_versus: ArrayLike,
    event_versus: ArrayLike,
    *,
    arm: str = "arm",
    versus: str = "versus",
    endpoint: str = "overall_survival",
    level: float = 0.95,
) -> Comparison:
    """Compare the times to an event in two arms.

    Parameters
    ----------
    time_arm, event_arm, time_versus, event_versus : (n,) arrays
        Day of the event or of the last observation, and whether it was the event.
    arm, versus, endpoint : str
        Names for the answer.
    level : float
        Coverage of the interval.

    Notes
    -----
    Arms of one seedsoil trial share their patients' luck. The tests here treat arms as independent, as a real trial
    must: intervals are therefore on the safe side.
    """
    first, first_event = check_times(time_arm, event_arm)
    second, second_event = check_times(time_versus, event_versus)
    hazard = _hazard(first, first_event, second, second_event, arm, versus)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    test = log_rank([first, second], [first_event, second_event])
    wald = hazard.log_ratio / hazard.error if hazard.error else math.nan
    return Comparison(
        arm=arm,
        versus=versus,
        endpoint=endpoint,
        hazard_ratio=math.exp(hazard.log_ratio),
        low=math.exp(hazard.log_ratio - z * hazard.error),
        high=math.exp(hazard.log_ratio + z * hazard.error),
        p=math.erfc(abs(wald) / math.sqrt(2.0)),
        log_rank_statistic=test.statistic,
        log_rank_p=test.p,
        median_arm_days=kaplan_meier(first, first_event).median,
        median_versus_days=kaplan_meier(second, second_event).median,
        n_arm=int(first.size),
        n_versus=int(second.size),
        events_arm=int(first_event.sum()),
        events_versus=int(second_event.sum()),
        level=level,
        reason=hazard.reason,
    )


def _hazard(
    first: Floats,
    first_event: NDArray[np.bool_],
    second: Floats,
    second_event: NDArray[np.bool_],
    arm: str,
    versus: str,
) -> Hazard:
    """Return the fitted ratio, or the reason why this data has none."""
    for name, times in ((arm, first), (versus, second)):
        if not times.size:
            return Hazard(math.nan, math.nan, f"there is nobody in {name}")
    without = [name for name, events in ((arm, first_event), (versus, second_event)) if not events.any()]
    if len(without) == 2:
        return Hazard(math.nan, math.nan, "there was no event in either arm")
    if without:
        return Hazard(math.nan, math.nan, f"there was no event in {without[0]}")
    group = np.repeat([True, False], [first.size, second.size])
    return cox_two_groups(np.concatenate([first, second]), np.concatenate([first_event, second_event]), group)
