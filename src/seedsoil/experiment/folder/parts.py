"""The rows of a chunk as Parquet parts: what may be made where the patients are computed, and is written where the run is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, checked, empty, encode, known_table


def parts_of(tables: Mapping[str, Mapping[str, NDArray[Any]]], first: int, last: int) -> dict[str, bytes]:
    """Return the rows of patients first .. last - 1 as one Parquet part for each table that has any.

    StoreError if columns or patients do not fit.
    """
    parts = {}
    for name, given in tables.items():
        known_table(name)
        table = checked(name, given or empty(name), first, last)
        if table["patient"].size:
            parts[name] = encode(name, table)
    return parts


def empty_parts() -> dict[str, bytes]:
    """Return a part without rows of each table: its columns, units and types, for programs that know no others."""
    return {name: encode(name, empty(name)) for name in TABLES}
