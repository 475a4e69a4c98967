"""The parameters that a claim names, measured: its figure with each of them at both ends of its range."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from seedsoil.evidence.claim import Budget, Claim, Figure, Finding, Move
from seedsoil.evidence.review import claim_of
from seedsoil.evidence.runner.work import luck_of

__all__ = ["Moved", "by_weight", "measure", "named_paths"]

_PATH = re.compile(r"(?:tumour|host|vessels|soils\.\w+|agents\.\w+)(?:\.\w+)+")


@dataclass(frozen=True)
class Moved:
    """A number at one end of its range: how it stood, where it went, and the figure then; or why there is none."""

    path: str
    end: str
    stands: str
    goes: str
    figure: Figure | None
    failure: str = ""

    def kept(self) -> dict[str, Any]:
        """Return what is written to a file, for `read`; numbers as words, for a figure may be none or infinite."""
        figure = self.figure
        numbers = None if figure is None else [repr(float(one)) for one in (figure.value, figure.low, figure.high)]
        return {**asdict(self), "figure": numbers}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Make one of what `kept` gave. KeyError, TypeError or ValueError if it is something else."""
        figure = None if kept["figure"] is None else Figure(*map(float, kept["figure"]))
        return cls(**{**kept, "figure": figure})


def named_paths(claim: Claim) -> tuple[str, ...]:
    """Return the paths of numbers among the parameters that a claim names; what is no path is left out."""
    parts = (part.strip() for text in claim.parameters for part in text.partition(":")[0].split(","))
    return tuple(part for part in parts if _PATH.fullmatch(part))


def measure(name: str, budget: Budget, seed: int) -> tuple[Moved, ...]:
    """Carry a claim's experiment out with each named number at the ends of its range, with the claim's own luck.

    A number that none of its studies has, or that has no range, is left out.
    """
    claim = claim_of(name)
    intact, _ = claim.settings(budget, luck_of(claim.id, seed))
    found = []
    for path in named_paths(claim):
        for move in (Move(path, "lowest"), Move(path, "highest")):
            finding: Finding | None = None
            try:
                finding, failure = claim.experiment(replace(intact, move=move)), ""
            except Exception as error:  # a number at its end may leave nobody to be diagnosed: that is told
                failure = str(error) or type(error).__name__
            if move.seen:
                figure = None if finding is None else finding.figure
                found.append(Moved(path, move.end, move.seen["stands"], move.seen["goes"], figure, failure))
    return tuple(found)


def by_weight(moved: tuple[Moved, ...], figure: Figure) -> list[tuple[Moved, ...]]:
    """Return the moved numbers by path, that one first whose ends move the claim's figure farthest; what failed comes last."""

    def weight(ends: tuple[Moved, ...]) -> float:
        ways = [abs(one.figure.value - figure.value) for one in ends if one.figure is not None]
        return max((way for way in ways if not math.isnan(way)), default=-1.0)

    paths = dict.fromkeys(one.path for one in moved)
    return sorted((tuple(one for one in moved if one.path == path) for path in paths), key=weight, reverse=True)
