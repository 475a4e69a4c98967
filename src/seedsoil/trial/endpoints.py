"""Endpoints read off the tables of a run: time to death or progression, response, lesions, causes of death."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import StudyError, did_you_mean
from seedsoil.observe.response import RESPONSES
from seedsoil.trial.reading.tables import Table

Floats = NDArray[np.float64]

#: Endpoints that are a time to an event, and so can be compared by a hazard ratio.
TIME_ENDPOINTS = ("overall_survival", "progression_free_survival")
#: All endpoints that a study file may name.
ENDPOINTS = (*TIME_ENDPOINTS, "regrowth", "duration_of_response", "response", "lesions")
#: Endpoints that have a median: a time in all patients, or (the last two) in those who responded.
MEDIAN_ENDPOINTS = (*TIME_ENDPOINTS, "regrowth", "duration_of_response")


def rows_of(table: Table, arm: str) -> NDArray[np.bool_]:
    """Return which rows of a table belong to an arm; StudyError with the known arms if none does."""
    arms = np.asarray(table["arm"])
    chosen = np.asarray(arms == arm, dtype=np.bool_)
    if not chosen.any():
        known = sorted({str(name) for name in arms})
        raise StudyError(f"no arm {arm!r}.{did_you_mean(arm, known)} Arms: {', '.join(known)}.")
    return chosen


def event_times(patients: Table, arm: str, endpoint: str = "overall_survival") -> tuple[Floats, NDArray[np.bool_]]:
    """Return the day of the event, or of the last observation, of each patient of an arm, and whether it happened.

    Parameters
    ----------
    patients : table ``patients``
    arm : str
    endpoint : str
        "overall_survival": death of any cause. "progression_free_survival": progression or death of any cause,
        whichever comes first; who has neither is censored at the end of follow-up. "regrowth": progression in those
        who had responded, and in them alone; who dies before is censored.

    Returns
    -------
    float64 (n,) [day since diagnosis; since the response], bool (n,)
        In the order of the table.
    """
    chosen = rows_of(patients, arm)
    end = np.asarray(patients["end_day"], dtype=np.float64)[chosen]
    died = ~np.asarray(patients["alive"], dtype=np.bool_)[chosen]
    if endpoint == "overall_survival":
        return end, died
    if endpoint in ("progression_free_survival", "regrowth", "duration_of_response"):
        progressed = np.asarray(patients["progressed"], dtype=np.bool_)[chosen]
        day = np.asarray(patients["progression_day"], dtype=np.float64)[chosen]
        if endpoint == "regrowth":
            responded = np.isin(np.asarray(patients["response"])[chosen], ("CR", "PR"))
            return np.where(progressed, day, end)[responded], progressed[responded]
        over, event = np.where(progressed, np.fmin(day, end), end), progressed | died
        if endpoint == "duration_of_response":
            since = np.asarray(patients["response_day"], dtype=np.float64)[chosen]
            responded = np.isfinite(since)
            return (over - since)[responded], event[responded]
        return over, event
    if endpoint in ENDPOINTS:
        raise StudyError(f"{endpoint!r} is not a time to an event; such endpoints are {', '.join(TIME_ENDPOINTS)}")
    raise StudyError(f"no endpoint {endpoint!r}.{did_you_mean(endpoint, ENDPOINTS)} Known: {', '.join(ENDPOINTS)}.")


@dataclass(frozen=True)
class ResponseRate:
    """Best responses in an arm, and the share of evaluable patients with a complete or partial one."""

    counts: dict[str, int]
    rate: float
    low: float
    high: float

    @property
    def responders(self) -> int:
        """How many had a complete or a partial response."""
        return self.counts["CR"] + self.counts["PR"]

    @property
    def evaluable(self) -> int:
        """How many had something that could respond."""
        return sum(self.counts.values()) - self.counts["NE"]


def response_rate(patients: Table, arm: str, level: float = 0.95, *, confirmed: bool = False) -> ResponseRate:
    """Return the objective response rate of an arm with Wilson's score interval; nan if nobody is evaluable.

    With ``confirmed`` only responses count that a scan at least four weeks later has confirmed.
    """
    best = np.asarray(patients["confirmed_response" if confirmed else "response"])[rows_of(patients, arm)]
    counts = {name: int(np.count_nonzero(best == name)) for name in RESPONSES}
    evaluable = len(best) - counts["NE"]
    low, high = wilson(counts["CR"] + counts["PR"], evaluable, level)
    rate = (counts["CR"] + counts["PR"]) / evaluable if evaluable else math.nan
    return ResponseRate(counts, rate, low, high)


def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval (1927) of a proportion; nan without trials. Inside 0 to 1 even for 0 or all."""
    if trials == 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share, square = successes / trials, z * z
    centre = share + square / (2.0 * trials)
    spread = z * math.sqrt(share * (1.0 - share) / trials + square / (4.0 * trials * trials))
    scale = 1.0 + square / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high


def causes_of_death(patients: Table, arm: str) -> dict[str, int]:
    """Return how many of an arm died of each cause, the commonest first, equal ones by name."""
    chosen = rows_of(patients, arm) & ~np.asarray(patients["alive"], dtype=np.bool_)
    names, counts = np.unique(np.asarray(patients["cause"])[chosen].astype(str), return_counts=True)
    pairs = sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {str(name): int(count) for name, count in pairs}


def lesions_by_site(lesions: Table, arm: str, *, detected: bool = False) -> dict[str, int]:
    """Return how many metastases an arm had in each site, all its patients together, the commonest first.

    Parameters
    ----------
    lesions : table ``lesions``
    arm : str
    detected : bool
        Count only what an instrument has seen; else every lesion that ever was, of any size.
    """
    chosen = np.asarray(np.asarray(lesions["arm"]) == arm, dtype=np.bool_)
    chosen &= np.asarray(lesions["parent"]) >= 0
    if detected:
        chosen &= np.isfinite(np.asarray(lesions["detected_day"], dtype=np.float64))
    names, counts = np.unique(np.asarray(lesions["site"])[chosen].astype(str), return_counts=True)
    pairs = sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {str(name): int(count) for name, count in pairs}


@dataclass(frozen=True)
class LesionCount:
    """Metastases per patient of an arm: at diagnosis (true, and seen by the instrument), and ever."""

    at_diagnosis: float
    visible_at_diagnosis: float
    ever: float
    share_with_any: float


def lesion_count(patients: Table, arm: str) -> LesionCount:
    """Return the mean number of metastases per patient, and the share of patients who ever had one."""
    chosen = rows_of(patients, arm)
    ever = np.asarray(patients["lesions_ever"], dtype=np.float64)[chosen]
    return LesionCount(
        at_diagnosis=float(np.mean(np.asarray(patients["metastases_at_diagnosis"])[chosen])),
        visible_at_diagnosis=float(np.mean(np.asarray(patients["visible_at_diagnosis"])[chosen])),
        ever=float(ever.mean()),
        share_with_any=float(np.mean(ever > 0)),
    )
