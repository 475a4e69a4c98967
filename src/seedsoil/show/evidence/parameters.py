"""What the parameters of a claim do: its figure with each at both ends of its range, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from seedsoil.evidence.runner.parameters import Moved, by_weight
from seedsoil.evidence.runner.result import Result
from seedsoil.show.evidence.words import told

__all__ = ["COLUMNS", "rows_of"]

COLUMNS = ("parameter", "stands at", "lowest", "figure then", "highest", "figure then ")


def rows_of(result: Result, moved: Sequence[Moved]) -> list[tuple[str, ...]]:
    """Return a row for each parameter: where it stands, and both ends with the figure there. The one that matters most first."""
    if result.found is None:
        return []
    rows = []
    for ends in by_weight(tuple(moved), result.found.figure):
        at = {one.end: one for one in ends}
        cells = [cell for end in ("lowest", "highest") for cell in _end(at.get(end))]
        rows.append((ends[0].path, ends[0].stands, *cells))
    return rows


def _end(one: Moved | None) -> tuple[str, str]:
    if one is None:
        return "-", "stands there"
    return one.goes, f"none: {one.failure.splitlines()[0]}" if one.figure is None else told(one.figure)
