"""Tables of a run folder as mappings of columns, read part by part when asked for, each part by its checksum."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, Columns, decode, empty, known_table
from seedsoil.experiment.publish import disk, sha256
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, did_you_mean

Table = Mapping[str, NDArray[Any]]

#: Bytes of columns that a table keeps once they were read: more than the answer needs of 1e5 patients in ten arms.
_KEPT = 1 << 28


class StoredTables(Mapping[str, "StoredTable"]):
    """The tables of a finished run, by name; nothing is read before it is asked for."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tables = {name: StoredTable(name, store) for name in TABLES}

    def __getitem__(self, name: str) -> StoredTable:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


class StoredTable(Mapping[str, NDArray[Any]]):
    """One table of a run folder: its columns by name, rows in the order of patients.

    ``table["end_day"]`` reads one column, `columns` several in one pass, `pieces` streams them part by part. The bytes of a
    part are compared with its checksum before anything of them is used. Columns are kept while they are small, and may
    not be written to.
    """

    def __init__(self, name: str, store: Store) -> None:
        self.name = name
        self._specs = known_table(name)
        self._parts = store.listing(name)
        self._ends = [first for first, _, _ in self._parts[1:]] + [store.patients]
        self._kept: Columns = {}
        self._whole = False

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in self._specs:
            raise KeyError(column)
        return self.columns((column,))[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __contains__(self, column: object) -> bool:
        return column in self._specs

    def items(self) -> ItemsView[str, NDArray[Any]]:
        """Return names and columns, all of them read in one pass."""
        return self.columns(self._specs).items()

    def columns(self, names: Iterable[str]) -> Columns:
        """Return columns (rows,) by name, those not yet known read in one pass; StoreError for one that is not there."""
        names = tuple(names)
        new = self._known([name for name in names if name not in self._kept])
        read: Columns = {}
        if new:
            parts = [empty(self.name), *self.pieces(new)]
            for name in new:
                read[name] = np.concatenate([part.pop(name) for part in parts])
                read[name].flags.writeable = False
        found = {name: self._kept[name] if name in self._kept else read[name] for name in names}
        for name, values in read.items():
            if values.nbytes + sum(kept.nbytes for kept in self._kept.values()) <= _KEPT:
                self._kept[name] = values
        return found

    def pieces(self, names: Iterable[str], numbers: NDArray[np.integer[Any]] | None = None) -> Iterator[Columns]:
        """Yield columns part by part; with ``numbers``, sorted numbers of patients, only the parts that can hold them."""
        names = self._known(names)
        for (first, path, digest), end in zip(self._parts, self._ends, strict=True):
            if numbers is None or np.searchsorted(numbers, first) < np.searchsorted(numbers, end):
                yield decode(self.name, content_of(path, digest), names)

    def files(self) -> list[Path]:
        """Return the files of the table in the order of patients, once each was compared with its checksum."""
        if not self._whole:
            for _, path, digest in self._parts:
                content_of(path, digest)
            self._whole = True
        return [path for _, path, _ in self._parts]

    def _known(self, names: Iterable[str]) -> list[str]:
        names = list(dict.fromkeys(names))
        faults = [
            f"table {self.name} has no column {name!r}.{did_you_mean(name, self._specs)} Columns: {', '.join(self._specs)}."
            for name in names
            if name not in self._specs
        ]
        if faults:
            raise StoreError(faults)
        return names


def open_tables(folder: Path | str) -> StoredTables:
    """Return the tables of a finished run folder, without its study. StoreError if it is none, or patients are missing."""
    store = Store.open(folder)
    if not store.complete:
        raise StoreError(f"{folder}: the run is not finished; take it up with seedsoil run --resume --out {folder}")
    return StoredTables(store)


def content_of(path: Path, digest: str) -> bytes:
    """Return the bytes of a part; StoreError unless they are those that were written."""
    with disk(path, "read"):
        content = path.read_bytes()
    if sha256(content) != digest:
        raise StoreError(
            f"{path} is not what was written: its checksum differs. Repair the run: seedsoil doctor {path.parents[2]} --repair"
        )
    return content


def columns_of(table: Table, names: Iterable[str]) -> Table:
    """Return a table's columns for a caller who needs several: of a run folder they are read in one pass."""
    return table.columns(names) if isinstance(table, StoredTable) else table


def rows_of_patients(table: Table, numbers: NDArray[np.integer[Any]], names: Iterable[str]) -> Columns:
    """Return the rows of some patients (sorted numbers), in the table's order; of a run folder only their parts are read."""
    names = ("patient", *(name for name in names if name != "patient"))
    pieces = table.pieces(names, numbers) if isinstance(table, StoredTable) else [table]
    chosen = []
    for piece in pieces:
        mine = np.isin(np.asarray(piece["patient"]), numbers)
        chosen.append({name: np.asarray(piece[name])[mine] for name in names})
    if not chosen:
        assert isinstance(table, StoredTable)
        return {name: values for name, values in empty(table.name).items() if name in names}
    return {name: np.concatenate([piece[name] for piece in chosen]) for name in names}


def pieces_of(table: Table, names: Iterable[str] | None = None) -> Iterator[Table]:
    """Yield columns (all, if none are named) piece by piece, a patient's rows always together; memory is one piece."""
    if isinstance(table, StoredTable):
        yield from table.pieces(table if names is None else names)
    else:
        yield table
