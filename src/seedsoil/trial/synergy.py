"""Reported synergy: what a combination did in a trial, against what its single-agent arms predict.

Three definitions, which ask different questions and are never merged. Independent action: each patient gets the better of the
two agents (Palmer and Sorger 2017, recalled); since the same patient is in every arm, that is read off patient by patient.
Bliss on hazards: hazard ratios multiply. Bliss and highest single agent on tumour volume: the shares of the control
arm's volume that the agents leave multiply, or the better one counts. Nothing is built in: all is computed from the arms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.combination import bliss, highest_single
from seedsoil.foundation.errors import StudyError, did_you_mean
from seedsoil.trial.compare import Hazard, cox_two_groups
from seedsoil.trial.endpoints import TIME_ENDPOINTS, event_times, rows_of
from seedsoil.trial.landmark import shared_scan, volumes_at
from seedsoil.trial.reading.tables import Table, columns_of
from seedsoil.trial.resample import Cohort, percentile_limits, resamples
from seedsoil.trial.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    from seedsoil.experiment.protocol import Protocol
    from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: Definition, quantity, unit, patients who enter, and why it might not be told.
Kind = tuple[str, str, str, int, str]

INDEPENDENT_ACTION = "independent action"
BLISS_HAZARDS = "Bliss, hazards"
BLISS_VOLUME = "Bliss, tumour volume"
HIGHEST_VOLUME = "highest single agent, tumour volume"

_ASKS = {
    INDEPENDENT_ACTION: "Independent action: each patient gets the better of the two agents alone, and nothing more.",
    BLISS_HAZARDS: "Bliss on hazards: the hazard ratios of the agents alone multiply.",
    BLISS_VOLUME: "Bliss on tumour volume: the shares of the volume that the agents alone leave multiply.",
    HIGHEST_VOLUME: "Highest single agent on tumour volume: the better agent alone, in each patient.",
}
_DAY, _LOG, _SHARE = "day", "ln(1 / hazard ratio)", "share of the control arm's volume"
#: Rows of what is kept by arm.
_CONTROL, _FIRST, _SECOND, _BOTH, _EXPECTED = range(5)
#: What is asked of the table of patients; of a run folder it is read in one pass.
_ANSWERED_BY = ("patient", "arm", "alive", "end_day", "progressed", "progression_day")
#: Fewer patients have no interval: resamples of a handful say little about others.
_FEWEST = 10
# Differences that rounding makes of none.
_none = 1e-9


@dataclass(frozen=True)
class Measure:
    """One quantity under one definition: what the single agents predict, what the combination did, and the difference.

    ``excess`` is observed less expected; in every unit, above 0 is more than expected. ``low`` and ``high`` bound it. What
    cannot be told is nan, and ``reason`` says why. ``patients`` counts those who entered.
    """

    definition: str
    quantity: str
    unit: str
    expected: float
    observed: float
    excess: float
    low: float
    high: float
    patients: int
    reason: str = ""

    @property
    def verdict(self) -> str:
        """Return "more than expected", "less than expected", "as expected" (the interval holds 0), or "cannot be told"."""
        if math.isnan(self.low) or math.isnan(self.high):
            return "cannot be told"
        if self.low > _none or self.high < -_none:
            return "more than expected" if self.low > _none else "less than expected"
        return "as expected"

    def sentence(self) -> str:
        """Return the measure in words."""
        if math.isnan(self.excess):
            return f"{self.quantity}: cannot be told, {self.reason}."
        found, expected = _say(self.observed, self.unit), _say(self.expected, self.unit)
        excess, *limits = (_say(value, self.unit, bare=True) for value in (self.excess, self.low, self.high))
        bounds = self.reason or " to ".join(sorted(limits, key=float))
        words = "ratio of the two" if self.unit == _LOG else "excess"
        who = f" ({self.patients} patients)" if self.unit == _SHARE else ""
        return f"{self.quantity}{who}: {found}, expected {expected}; {words} {excess} ({bounds}): {self.verdict}."


def _say(value: float, unit: str, *, bare: bool = False) -> str:
    """Return a number as people say it; hazards as the hazard ratio that they are the logarithm of."""
    if unit == _LOG:
        return f"{math.exp(-value):.2f}" if bare else f"hazard ratio {math.exp(-value):.2f}"
    text = f"{100.0 * value:z.2f}" if unit == _SHARE else f"{value:z.0f}"
    return text if bare else text + ("%" if unit == _SHARE else " days")


@dataclass(frozen=True, eq=False)
class Synergy:
    """A combination against its single agents, by three definitions.

    ``curves`` holds, for each endpoint, the survival that independent action expects and the one observed. ``notes`` are
    remarks on the arms. ``landmark_day`` [day since diagnosis] is when volumes were compared, nan if no scan fits.
    """

    both: str
    alone: tuple[str, str]
    control: str
    patients: int
    landmark_day: float
    replicates: int
    level: float
    measures: tuple[Measure, ...]
    curves: dict[str, tuple[Survival, Survival]]
    notes: tuple[str, ...] = ()

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each measure as plain data; None where a number cannot be told."""
        return [
            {name: _plain(value) for name, value in vars(measure).items()} | {"verdict": measure.verdict}
            for measure in self.measures
        ]

    def answer(self) -> dict[str, Any]:
        """Return everything but the curves as plain data."""
        return {
            "both": self.both,
            "alone": list(self.alone),
            "control": self.control,
            "patients": self.patients,
            "landmark_day": _plain(self.landmark_day),
            "replicates": self.replicates,
            "level": self.level,
            "measures": self.table(),
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Return the whole in plain words."""
        lines = [
            f"{self.both}, against {self.alone[0]} and {self.alone[1]} alone (control: {self.control}): "
            f"{self.patients} patients, each in all four arms.",
            f"In brackets: {self.level:.0%} intervals, from {self.replicates} resamples of the patients.",
        ]
        for definition, question in _ASKS.items():
            lines += ["", question]
            lines += [f"  {one.sentence()}" for one in self.measures if one.definition == definition]
        return "\n".join([*lines, *(["", *self.notes] if self.notes else [])])


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def measure_synergy(
    trial: Trial,
    *,
    both: str,
    alone: tuple[str, str],
    control: str,
    day: float | None = None,
    replicates: int = 1000,
    level: float = 0.95,
) -> Synergy:
    """Compare a combination with its single agents, by each definition.

    Parameters
    ----------
    trial
    both, alone, control : str, (str, str), str
        Names of the arms: the combination, each agent alone, neither.
    day : float, optional
        When tumour volumes are compared: a day on which all four arms plan a scan. The first such day that comes 6 weeks
        or more after the first dose of the combination, if not given.
    replicates, level
        Resamples of the patients, all four arms of a patient together; coverage of the intervals. The resamples are a
        function of the study's seed.

    Raises
    ------
    StudyError
        If arms are unknown or the same, or no scan is planned on that day.

    Notes
    -----
    Where the two agents have luck of their own in a patient, the better of two draws is better than either on average:
    independent action then expects a little more than biology alone would give, as it does for a sham partner where an
    agent harms a patient. Hazard ratios that multiply in each
    patient need not multiply in a mixed population (they are not collapsible), so a small excess there is no proof.
    """
    names = (control, *alone, both)
    _check_arms(trial, names)
    patients = columns_of(trial.tables["patients"], _ANSWERED_BY)
    times = {endpoint: _followed(patients, names, endpoint) for endpoint in TIME_ENDPOINTS}
    protocols = [trial.plan.arms[name] for name in names]
    landmark, tool = shared_scan(protocols, trial.plan.until_days, day)
    volumes = volumes_at(trial.tables, names, landmark, tool)
    horizons = {endpoint: _horizon(*_curves(*pair)) for endpoint, pair in times.items()}
    number = times[TIME_ENDPOINTS[0]][0].shape[1]

    cohorts = {endpoint: _cohort(*pair) for endpoint, pair in times.items()}

    def terms(who: NDArray[Any]) -> Floats:
        """Expected and observed quantities of the patients ``who``: (2, quantities)."""
        weight = np.bincount(who.astype(np.int64), minlength=number).astype(np.float64)
        parts = [_survival_terms(one.drawn(weight), horizons[endpoint]) for endpoint, one in cohorts.items()]
        return np.concatenate([*parts, _volume_terms(volumes[:, who])], axis=1)

    found = terms(np.arange(number))
    resampled = np.array([np.subtract(*terms(who)[::-1]) for who in resamples(trial.plan.seed, number, replicates)])
    limits = percentile_limits(resampled, level)
    kinds = _kinds(times, horizons, volumes, landmark)
    measures = [
        _measure(kind, *pair, *limit)
        for kind, pair, limit in zip(kinds, found.T.tolist(), limits.tolist(), strict=True)
    ]
    curves = {endpoint: _curves(*pair) for endpoint, pair in times.items()}
    return Synergy(
        both, alone, control, number, landmark, replicates, level, tuple(measures), curves, _notes(protocols, both)
    )


def best_of_two(times: Floats, events: Flags) -> tuple[Floats, Flags]:
    """Return day and event under independent action: the later of two, from (2, n) days and events.

    Known only where both events are; else the patient leaves at the first day on which either was lost.
    """
    known = np.asarray(events.all(axis=0))
    lost = np.where(events, np.inf, times).min(axis=0)
    return np.where(known, times.max(axis=0), lost), known


def _check_arms(trial: Trial, names: Sequence[str]) -> None:
    """Refuse arms that are not there, or that cannot be compared with each other."""
    known = tuple(trial.plan.arms)
    faults = [
        f"no arm {name!r}.{did_you_mean(name, known)} Arms: {', '.join(known)}."
        for name in dict.fromkeys(names)
        if name not in known
    ]
    control, first, second, both = names
    faults += [f"arm {both!r} cannot be both the combination and a part of it"] if both in (first, second) else []
    faults += [f"arm {control!r} cannot be the control of itself"] if control in (first, second, both) else []
    if faults:
        raise StudyError(faults)


def _notes(protocols: Sequence[Protocol], both: str) -> tuple[str, ...]:
    """Say where the combination does not hold the same agents as its parts, and so is no combination of them."""
    given = [{course.agent for course in protocol.courses} for protocol in protocols]
    parts = given[_FIRST] | given[_SECOND]
    odd = [("also gives", given[_BOTH] - parts), ("does not give", parts - given[_BOTH])]
    return tuple(f"Note: {both} {verb} {', '.join(sorted(agents))}." for verb, agents in odd if agents)


def _followed(patients: Table, names: Sequence[str], endpoint: str) -> tuple[Floats, Flags]:
    """Return days and events, (4, n) each: the same patient in the same column."""
    numbers = [np.asarray(patients["patient"])[rows_of(patients, name)] for name in names]
    if any(not np.array_equal(numbers[0], other) for other in numbers):
        raise StudyError("the arms do not hold the same patients")
    pairs = [event_times(patients, name, endpoint) for name in names]
    return np.array([days for days, _ in pairs]), np.array([events for _, events in pairs])


def _curves(times: Floats, events: Flags) -> tuple[Survival, Survival]:
    """Return the survival that independent action expects, and the one observed."""
    best = best_of_two(times[[_FIRST, _SECOND]], events[[_FIRST, _SECOND]])
    return kaplan_meier(*best), kaplan_meier(times[_BOTH], events[_BOTH])


def _horizon(*curves: Survival) -> float:
    """Return the last day up to which all curves are known."""
    ends = [curve.stop[-1] for curve in curves if curve.fraction[-1] > 0.0]
    return float(min(ends) if ends else max(curve.stop[-1] for curve in curves))


def _ratio(times: Floats, events: Flags, arm: int) -> Hazard:
    """Return the log hazard ratio of an arm against the control."""
    group = np.repeat([True, False], times.shape[1])
    return cox_two_groups(times[[arm, _CONTROL]].ravel(), events[[arm, _CONTROL]].ravel(), group)


def _cohort(times: Floats, events: Flags) -> Cohort:
    """Return the four arms and, as a fifth, what independent action expects of each patient."""
    days, known = best_of_two(times[[_FIRST, _SECOND]], events[[_FIRST, _SECOND]])
    return Cohort(np.vstack([times, days]), np.vstack([events, known]))


def _survival_terms(cohort: Cohort, horizon: float) -> Floats:
    """Return median, mean and fall of the log hazard: expected, observed (2, 3)."""
    medians, means = zip(*(cohort.median_and_mean(arm, horizon) for arm in (_EXPECTED, _BOTH)), strict=True)
    first, second, both = (-cohort.ratio(arm, _CONTROL).log_ratio for arm in (_FIRST, _SECOND, _BOTH))
    return np.array([medians, means, [first + second, both]]).T


def _volume_terms(volumes: Floats) -> Floats:
    """Return the mean share of the control arm's volume that is gone, by Bliss and by the better agent: (2, 2)."""
    volumes = volumes[:, np.isfinite(volumes[_CONTROL])]
    if not volumes.size:
        return np.full((2, 2), np.nan)
    first, second, both = np.clip(1.0 - volumes[_FIRST:] / volumes[_CONTROL], 0.0, 1.0)
    return np.array([[one(first, second).mean() for one in (bliss, highest_single)], [both.mean()] * 2])


def _measure(kind: Kind, expected: float, observed: float, low: float, high: float) -> Measure:
    """Return a measure; without an interval, and with a reason, where there are too few patients or values."""
    definition, quantity, unit, patients, reason = kind
    if patients < _FEWEST:
        low = high = math.nan
        reason = reason if math.isnan(observed - expected) else f"{patients} patients are too few for an interval"
    reason = reason if math.isnan(low + high) else ""
    return Measure(
        definition, quantity, unit, expected, observed, observed - expected, low, high, patients=patients, reason=reason
    )


def _kinds(
    times: dict[str, tuple[Floats, Flags]], horizons: dict[str, float], volumes: Floats, landmark: float
) -> list[Kind]:
    """Return what each term is, in the order of the terms."""
    kinds: list[Kind] = []
    for endpoint, (days, events) in times.items():
        name, number = endpoint.replace("_", " "), days.shape[1]
        reasons = [_ratio(days, events, arm).reason for arm in (_FIRST, _SECOND, _BOTH)]
        no_ratio = next((why for why in reasons if why), "too few events")
        until = f"{name}, mean to day {horizons[endpoint]:.0f}"
        kinds += [
            (INDEPENDENT_ACTION, f"{name}, median", _DAY, number, "a median is not reached, or not surely"),
            (INDEPENDENT_ACTION, until, _DAY, number, "too few are followed so long"),
            (BLISS_HAZARDS, name, _LOG, number, no_ratio),
        ]
    scanned = int(np.isfinite(volumes[_CONTROL]).sum())
    why = "no scan is planned in all four arms late enough"
    if math.isfinite(landmark):
        why = f"too few are scanned in all four arms on day {landmark:g} with a tumour to see in the control arm"
    quantity = (
        f"share of the volume gone on day {landmark:g}" if math.isfinite(landmark) else "share of the volume gone"
    )
    return [*kinds, *((name, quantity, _SHARE, scanned, why) for name in (BLISS_VOLUME, HIGHEST_VOLUME))]
