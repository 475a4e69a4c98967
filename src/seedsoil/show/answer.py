"""The answer of a trial as rows of text: what became of each arm, and what the arms differ by."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from seedsoil.foundation.units import plain
from seedsoil.show.results import YEAR, Curve, Floats, TrialLike, of_arm, words
from seedsoil.trial.endpoints import TIME_ENDPOINTS, response_rate

_five_years = 5.0 * YEAR
_month = YEAR / 12.0

ARM_COLUMNS = (
    "Arm", "Patients", "Deaths", "Median overall survival (95% interval)", "Median progression-free survival (95% interval)",
    "Response rate (95% interval)", "5-year survival (95% interval)",
)  # fmt: skip
COMPARISON_COLUMNS = ("Endpoint", "Arm", "Against", "Hazard ratio", "95% interval", "p")
PUBLISHED_COLUMNS = ("Endpoint", "Arm", "Patients", "Median, months", "Published, months", "Verdict")


def arm_rows(trial: TrialLike) -> list[tuple[str, ...]]:
    """Return one row of text for each arm, in ARM_COLUMNS."""
    rows: list[tuple[str, ...]] = []
    for arm in trial.arms:
        table = of_arm(trial.tables["patients"], arm, "alive")
        overall, free = (trial.survival(arm, endpoint) for endpoint in TIME_ENDPOINTS)
        deaths = int(np.count_nonzero(~table["alive"].astype(bool)))
        rows.append(
            (
                words(arm),
                str(len(table["alive"])),
                str(deaths),
                _median(overall),
                _median(free),
                _response(trial, arm),
                _at_five(overall),
            )
        )
    return rows


def comparison_rows(trial: TrialLike) -> list[tuple[str, ...]]:
    """Return one row of text for each pair of arms and endpoint, in COMPARISON_COLUMNS.

    All pairs of up to four arms; of more, each against the first only.
    """
    arms = list(trial.arms)
    pairs = [(later, earlier) for earlier, later in itertools.combinations(arms, 2)]
    if len(arms) > 4:
        pairs = [(arm, arms[0]) for arm in arms[1:]]
    rows: list[tuple[str, ...]] = []
    for endpoint in TIME_ENDPOINTS:
        for arm, versus in pairs:
            ratio = trial.compare(arm, versus, endpoint)
            known = math.isfinite(ratio.hazard_ratio)
            reason = str(getattr(ratio, "reason", "")) or "cannot be told"
            rows.append(
                (
                    words(endpoint), words(arm), words(versus),
                    f"{ratio.hazard_ratio:.2f}" if known else reason,
                    f"{ratio.low:.2f} to {ratio.high:.2f}" if known else "–",
                    p_text(ratio.p) if known else "–",
                )
            )  # fmt: skip
    return rows


def sentences(trial: TrialLike) -> list[str]:
    """Return in words what each arm did against the first, for overall survival."""
    arms = list(trial.arms)
    said = []
    for arm in arms[1:]:
        comparison: Any = trial.compare(arm, arms[0], "overall_survival")
        if callable(getattr(comparison, "sentence", None)):
            said.append(str(comparison.sentence()))
    return said


def published_rows(published: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return one row of text for each published median of a trial's ``answer()``, in PUBLISHED_COLUMNS."""
    rows: list[tuple[str, ...]] = []
    for one in published:
        found, low, high = one["median_days"], one["low_days"], one["high_days"]
        verdict = (
            "inside" if one["inside"] else "too few events" if found is None else "below" if found < low else "above"
        )
        cells = (
            words(one["endpoint"]),
            words(one["arm"]),
            str(one["n"]),
            months(found),
            f"{months(low)} to {months(high)}",
        )
        rows.append((*cells, verdict))
    return rows


def not_followed(arms: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a sentence on who could not be followed, of the arms of a trial's ``answer()``; "" if there is nobody."""
    lost = {words(name): arm["not_followed"] for name, arm in arms.items() if arm["not_followed"]}
    told = ", ".join(f"{count} in {name}" for name, count in lost.items())
    return f"Not followed to the end, more lesions than can be counted (censored there): {told}" if lost else ""


def months(days: float | None) -> str:
    """Return a time in months; "not reached" if it is None."""
    return "not reached" if days is None else f"{days / _month:.1f}"


def p_text(p: float) -> str:
    """Return a p value as people print it."""
    return "–" if not math.isfinite(p) else "< 0.0001" if p < 1e-4 else f"{p:.2g}"


def _time(days: float) -> str:
    return plain(days) if math.isfinite(days) else "not reached"


def _median(curve: Curve) -> str:
    if not math.isfinite(curve.median):
        return "not reached"
    low, high = (_time(limit) for limit in curve.median_interval)
    unit = low.rpartition(" ")[2]
    if high.endswith(f" {unit}") and unit != "reached":
        low = low.removesuffix(f" {unit}")
    return f"{_time(curve.median)} ({low} to {high})"


def _response(trial: TrialLike, arm: str) -> str:
    rate = response_rate(trial.tables["patients"], arm)
    if not math.isfinite(rate.rate):
        return "nobody evaluable"
    return f"{100 * rate.rate:.0f}% ({100 * rate.low:.0f} to {100 * rate.high:.0f})"


def _at_five(curve: Curve) -> str:
    days: Floats = np.asarray(curve.days, dtype=float)
    if not days.size or (days[-1] < _five_years and curve.fraction[-1] > 0.0):
        return "beyond follow-up"
    place = int(np.searchsorted(days, _five_years, side="right")) - 1
    low, high = float(curve.low[place]), float(curve.high[place])
    interval = f" ({100 * low:.0f} to {100 * high:.0f})" if math.isfinite(low) and math.isfinite(high) else ""
    return f"{100 * float(curve.fraction[place]):.0f}%{interval}"
