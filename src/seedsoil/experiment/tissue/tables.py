"""Tables of a block of tissue as Parquet: each cell, and each piece of vessel, at each moment that was taken."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.publish import unfinished
from seedsoil.foundation.errors import StoreError
from seedsoil.tissue.lattice import COVERED, GROWN, INLET, OUTLET, PARTS, PERFUSED, TUMOUR, VESSEL
from seedsoil.tissue.snapshot import CONDITIONS, Snapshot

__all__ = ["cell_table", "vessel_table", "write_cell_table", "write_vessel_table"]

FORMAT = "seedsoil-tissue-1"
#: Rows of a group: so many are in memory at once.
_GROUP = 1 << 18


class _Column(NamedTuple):
    """A column: its type in Parquet, its unit, and what it says."""

    type: str
    unit: str
    meaning: str


_WHEN = {
    "step": _Column("int32", "1", "steps done"),
    "day": _Column("float64", "day", "time since the start"),
}
_WHERE = {
    f"{axis}_um": _Column("float64", "um", f"middle of the voxel along {axis}, from the middle of the block")
    for axis in ("x", "y", "z")
}
_CELL = {
    "kind": _Column("str", "", "name of the kind of cell"),
    "part": _Column("str", "", f"what it is part of: {', '.join(PARTS)}"),
    "condition": _Column("str", "", f"one of {', '.join(CONDITIONS)}"),
    "clone": _Column("int64", "1", "clone of a tumour cell, from 0; -1 for others"),
    "resistance": _Column("str", "", "mechanisms of resistance of the clone, joined by +"),
    "piece": _Column("int64", "1", "piece of a vessel or sprout, as in the table of vessels; -1 for others"),
    "cell": _Column("int64", "1", "number of a tumour cell in the genealogy; -1 for others, and where none is kept"),
    "age_days": _Column("float32", "day", "time since the last division or arrival"),
    "programme": _Column("float32", "1", "how far the survival programme is on, 0 to 1; 0 where there is none"),
}
_VESSEL = {
    "piece": _Column("int64", "1", "number of the piece: one voxel of a vessel"),
    "parent": _Column("int64", "1", "the piece that it hangs on; -1: none"),
    "joined": _Column("int64", "1", "the piece that its end has joined; -1: none"),
    **_WHERE,
    "kind": _Column("str", "", "name of the kind of cell"),
    "tip": _Column("bool", "", "whether it leads a sprout"),
    "perfused": _Column("bool", "", "whether blood flows in it"),
    "covered": _Column("bool", "", "whether pericytes cover it"),
    "grown": _Column("bool", "", "whether it grew here"),
    "inlet": _Column("bool", "", "whether blood enters the block at it"),
    "outlet": _Column("bool", "", "whether blood leaves the block at it"),
}
_FLAGS = {"perfused": PERFUSED, "covered": COVERED, "grown": GROWN, "inlet": INLET, "outlet": OUTLET}


def write_cell_table(path: Path | str, shots: Iterable[Snapshot]) -> Path:
    """Write all cells of some moments, dead ones in their places too, as one Parquet file; returns where it lies.

    Columns: when, where, kind, part, condition, clone, resistance, piece, cell, age, programme, and ``level_NAME`` of each substance in
    its voxel; each carries its unit and meaning as metadata. The file appears whole or not at all.

    Parameters
    ----------
    path : path
    shots : iterable of Snapshot
        Of one block, in order of time; looked at once, one at a time.

    Raises
    ------
    StoreError
        No moment, or moments of blocks with other substances. DiskError if the disk refuses.
    """
    with cell_table(path) as add:
        for shot in shots:
            add(shot)
    return Path(path)


def cell_table(path: Path | str) -> contextlib.AbstractContextManager[Callable[[Snapshot], None]]:
    """Open the table of `write_cell_table`: within the context, what it gives adds a moment."""
    return _table(Path(path), "cells", _cell_columns, _cells)


def write_vessel_table(path: Path | str, shots: Iterable[Snapshot]) -> Path:
    """Write the pieces of vessel and the tips of sprouts that live at some moments as one Parquet file; returns where it lies.

    ``parent`` and ``joined`` are numbers of pieces, of which one may have died. For the rest, as `write_cell_table`.
    """
    with vessel_table(path) as add:
        for shot in shots:
            add(shot)
    return Path(path)


def vessel_table(path: Path | str) -> contextlib.AbstractContextManager[Callable[[Snapshot], None]]:
    """Open the table of `write_vessel_table`: within the context, what it gives adds a moment."""
    return _table(Path(path), "vessels", lambda _: {**_WHEN, **_VESSEL}, _vessels)


def _cell_columns(shot: Snapshot) -> dict[str, _Column]:
    levels = {f"level_{each.name}": _Column("float32", each.unit, f"level of {each.title}") for each in shot.substances}
    return {**_WHEN, **_WHERE, **_CELL, **levels}


def _cells(shot: Snapshot) -> Iterable[dict[str, Any]]:
    """The cells of a moment, some layers at a time."""
    parts, kinds = shot.parts, np.array(["", *(kind.name for kind in shot.kinds)], dtype=object)
    parted = np.array(PARTS, dtype=object)
    resistances = _resistances(shot)
    flat = {name: getattr(shot, name).reshape(-1) for name in ("kind", "condition", "clone", "age")}
    voxels = np.flatnonzero(flat["kind"])
    for first in range(0, voxels.size, _GROUP):
        here = voxels[first : first + _GROUP]
        kind, clone = flat["kind"][here], flat["clone"][here].astype(np.int64)
        part = parts[kind]
        of_tumour, of_vessel = part == TUMOUR, part >= VESSEL
        rows: dict[str, Any] = _when(shot, here.size) | _where(shot, here)
        rows |= {
            "kind": kinds[kind],
            "part": parted[part],
            "condition": np.array(CONDITIONS, dtype=object)[flat["condition"][here]],
            "clone": np.where(of_tumour, clone, -1),
            "resistance": np.where(of_tumour, resistances[np.where(of_tumour, clone, 0)], ""),
            "piece": np.where(of_vessel, clone, -1),
            "cell": _numbers(shot.cell, here, of_tumour),
            "age_days": flat["age"][here],
            "programme": np.zeros(here.size, np.float32)
            if shot.programme is None
            else shot.programme.reshape(-1)[here],
        }
        rows |= {
            f"level_{each.name}": shot.fields[number].reshape(-1)[here] for number, each in enumerate(shot.substances)
        }
        yield rows


def _numbers(
    cells: NDArray[np.uint32] | None, here: NDArray[np.int64], of_tumour: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The numbers of tumour cells in the genealogy, -1 for the others."""
    if cells is None:
        return np.full(here.size, -1, np.int64)
    return np.where(of_tumour, cells.reshape(-1)[here].astype(np.int64), -1)


def _resistances(shot: Snapshot) -> NDArray[Any]:
    """The mechanisms of each clone in words."""
    words: dict[int, str] = {}
    for bits in np.unique(shot.clone_bits).tolist():
        words[bits] = "+".join(name for place, name in enumerate(shot.mechanisms) if bits >> place & 1)
    return np.array([words[bits] for bits in shot.clone_bits.tolist()], dtype=object)


def _vessels(shot: Snapshot) -> Iterable[dict[str, Any]]:
    """The pieces of vessel of a moment."""
    pieces = shot.pieces()
    voxels = shot.piece_voxel[pieces]
    kind = shot.kind.ravel()[voxels]
    rows: dict[str, Any] = _when(shot, pieces.size) | {
        "piece": pieces,
        "parent": shot.piece_parent[pieces].astype(np.int64),
        "joined": shot.piece_joined[pieces].astype(np.int64),
    }
    rows |= _where(shot, voxels)
    rows["kind"] = np.array(["", *(each.name for each in shot.kinds)], dtype=object)[kind]
    rows["tip"] = shot.parts[kind] > VESSEL
    rows |= {name: (shot.piece_flags[pieces] & flag) > 0 for name, flag in _FLAGS.items()}
    yield rows


def _when(shot: Snapshot, rows: int) -> dict[str, Any]:
    return {"step": np.full(rows, shot.step, np.int32), "day": np.full(rows, shot.day)}


def _where(shot: Snapshot, voxels: NDArray[Any]) -> dict[str, Any]:
    return dict(zip(_WHERE, shot.centres(voxels).T, strict=True))


@contextlib.contextmanager
def _table(path: Path, table: str, columns_of: Any, rows_of: Any) -> Iterator[Callable[[Snapshot], None]]:
    """Open a table to which moments can be added, in order of time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writers, columns = list[Any](), dict[str, _Column]()
    with unfinished(path) as file, contextlib.ExitStack() as opened:

        def add(shot: Snapshot) -> None:
            """Write the rows of a moment."""
            if not writers:
                columns.update(columns_of(shot))
                words = [name for name, column in columns.items() if column.type == "str"]
                writers.append(
                    opened.enter_context(
                        pq.ParquetWriter(
                            file, _schema(table, columns), version="2.6", compression="zstd", compression_level=3,
                            use_dictionary=words, write_page_checksum=True,
                        )
                    )
                )  # fmt: skip
            elif columns_of(shot) != columns:
                raise StoreError(
                    f"{path}: the moments are of blocks with other substances; write a table for each block"
                )
            for rows in rows_of(shot):
                arrays = [pa.array(rows[name], _arrow(column.type)) for name, column in columns.items()]
                written = pa.Table.from_arrays(arrays, schema=writers[0].schema)
                writers[0].write_table(written, row_group_size=_GROUP)

        yield add
        if not writers:
            raise StoreError(f"{path}: no moment was taken that could be written")


def _schema(table: str, columns: dict[str, _Column]) -> Any:
    import pyarrow as pa

    fields = [
        pa.field(name, _arrow(column.type), nullable=False, metadata={"unit": column.unit, "meaning": column.meaning})
        for name, column in columns.items()
    ]
    return pa.schema(fields, metadata={"format": FORMAT, "table": table})


def _arrow(name: str) -> Any:
    import pyarrow as pa

    return {"str": pa.string(), "bool": pa.bool_()}.get(name) or pa.type_for_alias(name)
