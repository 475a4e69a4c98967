"""The rows of a chunk as Parquet parts: what may be made where the patients are computed, and is written where the run is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, checked, empty, encode, known_table


def parts_of(tables: Mapping[str, Mapping[str, NDArray[Any]]], first: int, last: int) -> dict[str, bytes]:
    """Return the rows of patients first .. last - 1 as one Parquet part for each table that has any.

    The first chunk of a run (``first`` is 0) has a part of every table, so that each table's folder holds its columns, units
    and types for other programs, and ``part-*.parquet`` always finds something. StoreError if columns or patients do not fit.
    """
    for name in tables:
        known_table(name)
    parts = {}
    for name in TABLES:
        table = checked(name, tables.get(name) or empty(name), first, last)
        if first == 0 or table["patient"].size:
            parts[name] = encode(name, table)
    return parts
