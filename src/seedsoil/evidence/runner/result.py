"""A claim's result: its verdict and figures as one row of JSON, and its findings written to a file and read again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from seedsoil.evidence.claim import Budget, Chart, Claim, Figure, Finding
from seedsoil.evidence.runner.parameters import Moved
from seedsoil.evidence.runner.work import Done
from seedsoil.evidence.verdict import Verdict, judge

__all__ = ["Result", "plain", "result_of"]


@dataclass(frozen=True)
class Result:
    """What a claim came to: ``verdict`` by the rule, from two findings; of a failed one there is the failure alone."""

    claim: Claim
    budget: Budget
    seed: int
    seconds: float
    verdict: Verdict
    found: Finding | None = None
    ablated: Finding | None = None
    failure: str = ""

    def row(self, moved: Sequence[Moved] = ()) -> dict[str, Any]:
        """Return the result as plain data that JSON can hold: null for what is no number; ``moved`` as one more table."""
        claim, band = self.claim, self.claim.band
        figure = self.found.figure if self.found else None
        return {
            "id": claim.id,
            "section": claim.section,
            "status": self.verdict.status,
            "observable": claim.observable,
            "value": plain(figure.value) if figure else None,
            "low": plain(figure.low) if figure else None,
            "high": plain(figure.high) if figure else None,
            "unit": claim.unit,
            "band_low": plain(band.low) if band else None,
            "band_high": plain(band.high) if band else None,
            "direction": self.verdict.direction,
            "ablation": claim.ablation.name,
            "ablation_value": plain(self.ablated.figure.value) if self.ablated else None,
            "ablation_breaks": self.verdict.ablation_breaks,
            "n": self.found.n if self.found else 0,
            "seed": self.seed,
            "seconds": round(self.seconds, 2),
            "tables": self._tables() | _moved(moved),
        }

    def _tables(self) -> dict[str, Any]:
        """Return the finding's tables, and one more for the checks that the claim has."""
        if self.found is None:
            return {}
        tables: dict[str, Any] = {name: plain(columns) for name, columns in self.found.tables.items()}
        rows = [
            {
                "check": check.name,
                **{part: plain(getattr(self.found.checks[check.name], part)) for part in ("value", "low", "high")},
                "band_low": plain(check.band.low) if check.band else None,
                "band_high": plain(check.band.high) if check.band else None,
            }
            for check in self.claim.checks
        ]
        if rows:
            tables["checks"] = {key: [row[key] for row in rows] for key in rows[0]}
        return tables

    def kept(self) -> dict[str, Any]:
        """Return what is written to a file, for `read` to make this result again."""
        return {
            "budget": self.budget,
            "seed": self.seed,
            "seconds": self.seconds,
            "found": _written(self.found),
            "ablated": _written(self.ablated),
            "failure": self.failure,
        }

    @classmethod
    def read(cls, claim: Claim, kept: Mapping[str, Any]) -> Result:
        """Make a result of what `kept` gave. KeyError, TypeError or ValueError if it is something else."""
        found, ablated = _finding(kept["found"]), _finding(kept["ablated"])
        done = Done(claim.id, float(kept["seconds"]), found, ablated, str(kept["failure"]))
        return result_of(claim, kept["budget"], int(kept["seed"]), done)


def _moved(moved: Sequence[Moved]) -> dict[str, Any]:
    """Return the table of parameters that were moved; none where none was."""
    rows = [
        {
            "parameter": one.path, "end": one.end, "stands": one.stands, "goes": one.goes,
            **{part: plain(getattr(one.figure, part, None)) for part in ("value", "low", "high")},
        }
        for one in moved
    ]  # fmt: skip
    return {"parameters": {key: [row[key] for row in rows] for key in rows[0]}} if rows else {}


def result_of(claim: Claim, budget: Budget, seed: int, done: Done) -> Result:
    """Return the result of a claim that was carried out."""
    if done.found is None or done.ablated is None:
        return Result(claim, budget, seed, done.seconds, Verdict("failed", "", False), failure=done.failure)
    verdict = judge(claim, done.found, done.ablated)
    return Result(claim, budget, seed, done.seconds, verdict, done.found, done.ablated)


def plain(item: Any) -> Any:
    """Return the same in plain types; null for what is not a finite number."""
    if isinstance(item, Mapping):
        return {str(key): plain(value) for key, value in item.items()}
    if isinstance(item, np.ndarray):
        return plain(item.tolist())
    if isinstance(item, list | tuple):
        return [plain(value) for value in item]
    if isinstance(item, np.generic):
        return plain(item.item())
    return None if isinstance(item, float) and not math.isfinite(item) else item


def _written(finding: Finding | None) -> dict[str, Any] | None:
    """Return a finding in plain types; numbers that are none, or infinite, as words that `float` reads."""
    if finding is None:
        return None
    return {
        "figure": _numbers(finding.figure),
        "n": finding.n,
        "checks": {name: _numbers(figure) for name, figure in finding.checks.items()},
        "tables": plain(finding.tables),
        "charts": [plain(asdict(chart)) for chart in finding.charts],
        "notes": list(finding.notes),
    }


def _numbers(figure: Figure) -> list[str]:
    return [repr(float(number)) for number in (figure.value, figure.low, figure.high)]


def _finding(kept: Mapping[str, Any] | None) -> Finding | None:
    if kept is None:
        return None
    return Finding(
        Figure(*map(float, kept["figure"])),
        int(kept["n"]),
        {name: Figure(*map(float, numbers)) for name, numbers in kept["checks"].items()},
        kept["tables"],
        tuple(Chart(**{**chart, "names": tuple(chart["names"])}) for chart in kept["charts"]),
        tuple(kept["notes"]),
    )
