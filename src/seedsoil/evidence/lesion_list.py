"""A list of one's own: patients and the cells of their lesions, from a CSV file with a line for each lesion."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from seedsoil.catalogue.files import decoded, file_bytes
from seedsoil.evidence.treated import Treated
from seedsoil.foundation.errors import StudyError, legible

__all__ = ["read_lesions"]

_COLUMNS = ("patient", "cells")
_WHAT = "a list of lesions"
#: So many faults are told one by one; cells of one lesion lie between one and what no body holds.
_MOST_FAULTS, _MOST_CELLS = 10, 1e14


def read_lesions(path: Path) -> tuple[Treated, ...]:
    """Return the patients of a file, in the order in which they first stand there.

    The first line names the columns, among them ``patient`` (any text) and ``cells`` (a number); others are left alone.

    Raises
    ------
    StudyError
        With a line for each fault: the line of the file, the value, and what is allowed.
    """
    text = decoded(file_bytes(path, path.name, _WHAT, StudyError), path.name, _WHAT, StudyError)
    rows = csv.DictReader(io.StringIO(text))
    lacking = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if lacking:
        raise StudyError(
            f"{path.name}: no column {' and no column '.join(map(repr, lacking))}. The first line must read: patient,cells"
        )
    lesions: dict[str, list[float]] = {}
    faults: list[str] = []
    for row in rows:
        who, cells = (row["patient"] or "").strip(), _number(row["cells"])
        where = f"{path.name}: line {rows.line_num}"
        if not who:
            faults.append(f"{where}: patient is empty; give a name or number")
        if not 1.0 <= cells <= _MOST_CELLS:
            faults.append(
                f"{where}: cells is {legible(row['cells'] or '')!r}; give a number from 1 to {_MOST_CELLS:g}, as 2.6e9"
            )
        lesions.setdefault(who, []).append(cells)
    if len(faults) > _MOST_FAULTS:
        faults = [*faults[:_MOST_FAULTS], f"{path.name}: and {len(faults) - _MOST_FAULTS} more faults"]
    if not faults and not lesions:
        faults = [
            f"{path.name}: holds no lesion; below the first line give one line for each: name of the patient,cells"
        ]
    if faults:
        raise StudyError(faults)
    return tuple(Treated(who, tuple(cells)) for who, cells in lesions.items())


def _number(text: str | None) -> float:
    """Return a number as written, or nan for what is none."""
    try:
        return float(text or "")
    except ValueError:
        return math.nan
