"""The rows of a chunk as Parquet parts: what may be made where the patients are computed, and is written where the run is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, Columns, checked, decode, empty, encode, known_table
from seedsoil.foundation.errors import StoreError


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


def tables_of(parts: Mapping[str, bytes]) -> dict[str, Columns]:
    """Return the rows of Parquet parts, by table; a table without a part has none. StoreError if a part is damaged."""
    return {name: decode(name, parts[name]) if name in parts else empty(name) for name in TABLES}


def check_parts(parts: Mapping[str, bytes], first: int, last: int) -> None:
    """Refuse parts that are not tables with rows of patients first .. last - 1, by what Parquet tells of itself. StoreError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, content in parts.items():
        specs = known_table(name)
        try:
            told = pq.read_metadata(pa.BufferReader(content))
            patient = [told.row_group(group).column(0).statistics for group in range(told.num_row_groups)]
        except (pa.ArrowException, OSError, ValueError, LookupError) as error:
            raise StoreError(f"table {name}: a part is no Parquet file") from error
        if told.schema.names != list(specs) or not told.num_rows:
            raise StoreError(f"table {name}: a part has other columns, or no rows")
        if not all(each is not None and each.has_min_max and first <= each.min <= each.max < last for each in patient):
            raise StoreError(f"table {name}: a part holds other patients than {first} to {last - 1}")


def empty_parts() -> dict[str, bytes]:
    """Return a part without rows of each table: its columns, units and types, for programs that know no others."""
    return {name: encode(name, empty(name)) for name in TABLES}
