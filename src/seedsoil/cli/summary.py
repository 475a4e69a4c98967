"""The answer of a trial as tables for a terminal: what became of each arm, and how the arms compare."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from seedsoil.cli.terminal import NOTICE, print_table
from seedsoil.show.answer import PUBLISHED_COLUMNS, months, not_followed, published_rows
from seedsoil.show.results import words
from seedsoil.trial.endpoints import response_rate
from seedsoil.trial.trial import Trial

_FIVE_YEARS = "1826"
_ARMS = ("Arm", "Patients", "Deaths", "Median survival, months", "Alive at 5 years", "Median PFS, months", "Response")
_PAIRS = ("Endpoint", "Arm", "Against", "Hazard ratio (95% interval)", "p")


def print_answer(trial: Trial, where: Iterable[str] = ()) -> None:
    """Print the arms, the comparisons, where things lie, and the notice on stdout."""
    answer = trial.answer()
    print(answer["study"])
    print_table(f"{answer['patients']} patients in each arm", _ARMS, _arms(trial, answer))
    if answer["comparisons"]:
        print_table("Arms compared (a hazard ratio below 1 favours the first)", _PAIRS, _pairs(answer), 3)
    if answer["published"]:
        print_table("Against published figures", PUBLISHED_COLUMNS, published_rows(answer["published"]), 3)
    if missing := trial.absence():
        print(missing)
    if lost := not_followed(answer["arms"]):
        print(lost)
    for line in where:
        print(line)
    print(NOTICE)


def _arms(trial: Trial, answer: dict[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, arm in answer["arms"].items():
        limits = (arm["median_survival_low"], arm["median_survival_high"])
        rate = response_rate(trial.tables["patients"], name).rate
        rows.append(
            (
                words(name),
                str(arm["n"]),
                str(arm["deaths"]),
                _median(arm["median_survival_days"], limits),
                _share(arm["survival"].get(_FIVE_YEARS)),
                months(arm["median_progression_free_days"]),
                _share(rate),
            )
        )
    return rows


def _pairs(answer: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            words(pair["endpoint"]),
            words(pair["arm"]),
            words(pair["versus"]),
            _ratio(pair["hazard_ratio"], pair["low"], pair["high"]),
            _probability(pair["p"]),
        )
        for pair in answer["comparisons"]
    ]


def _median(days: float | None, limits: tuple[float | None, float | None]) -> str:
    if days is None:
        return "not reached"
    low, high = (months(limit) for limit in limits)
    return f"{months(days)} ({low} to {high})"


def _share(share: float | None) -> str:
    return "unknown" if share is None or math.isnan(share) else f"{100.0 * share:.0f}%"


def _ratio(ratio: float | None, low: float | None, high: float | None) -> str:
    if ratio is None:
        return "cannot be told"
    limits = ("unbounded" if limit is None else f"{limit:.2f}" for limit in (low, high))
    return f"{ratio:.2f} ({' to '.join(limits)})"


def _probability(p: float | None) -> str:
    if p is None:
        return "unknown"
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"
