"""A run written out as CSV for other programs: its own tables, or analysis tables by ADaM's names, each with a dictionary."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.publish import disk, publish_pieces
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, StudyError, did_you_mean
from seedsoil.trial.export.adam import TITLES, VARIABLES, analysis_tables
from seedsoil.trial.reading.tables import StoredTables, pieces_of
from seedsoil.trial.trial import open_run

#: What a run can be written out as.
FORMS = ("csv", "adam")
#: The dictionary of each form.
DICTIONARY = "dictionary.csv"
#: Digits of the identity that name a study in analysis tables.
_DIGITS = 8

Rows = Iterable[Sequence[Any]]


def export(run: Path | str, form: str, out: Path | str) -> list[Path]:
    """Write a finished run out as CSV files and return where they lie, the dictionary last.

    Parameters
    ----------
    run : path
        Folder of a finished run. It is only read.
    form : str
        "csv": every table as it is, ``TABLE.csv``. "adam": ADSL, ADTTE, ADRS and ADTR.
    out : path
        A folder; made if it is not there. Files of the same names in it are replaced, each whole or not at all.

    Notes
    -----
    Text in UTF-8, a header, CRLF as RFC 4180 has it; numbers to the last digit, so that they read back as the same
    float64; no value is an empty field; truth is ``true`` or ``false``.

    Raises
    ------
    StudyError
        An unknown form.
    StoreError
        No finished run there, or damaged; DiskError if the disk refuses.
    """
    if form not in FORMS:
        raise StudyError(f"--form {form}: unknown.{did_you_mean(form, FORMS)} Forms: {', '.join(FORMS)}.")
    store = Store.open(run)
    if not store.complete:
        raise StoreError(f"{run} is not finished. Go on with it first: seedsoil run {run} --resume")
    folder = Path(out)
    with disk(folder, "make"):
        folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, pieces in _files(store, form):
        publish_pieces(folder / name, pieces)
        written.append(folder / name)
    return written


def dictionary(form: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the heads and rows that describe every column of every table of a form."""
    if form == "adam":
        found: list[tuple[str, ...]] = [
            (name, TITLES[name], variable, spec.label, spec.type)
            for name, variables in VARIABLES.items()
            for variable, spec in variables.items()
        ]
        return ("dataset", "title", "variable", "label", "type"), found
    columns: list[tuple[str, ...]] = [
        (table, column, spec.kind, spec.unit, spec.meaning)
        for table, specs in TABLES.items()
        for column, spec in specs.items()
    ]
    return ("table", "column", "type", "unit", "meaning"), columns


def _files(store: Store, form: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Name and content of each file, in pieces: a part of a table is in memory at a time."""
    if form == "csv":
        for name, table in StoredTables(store).items():
            yield f"{name}.csv", _table(list(table), pieces_of(table))
    else:
        trial = open_run(store.folder)
        study = f"SEEDSOIL-{store.identity[:_DIGITS].upper()}"
        for name, analysed in analysis_tables(study, trial.arms, trial.tables).items():
            yield f"{name.lower()}.csv", _table(list(VARIABLES[name]), analysed)
    heads, rows = dictionary(form)
    yield DICTIONARY, [_lines([heads, *rows])]


def _table(heads: list[str], pieces: Iterable[Mapping[str, NDArray[Any]]]) -> Iterator[bytes]:
    yield _lines([heads])
    for piece in pieces:
        yield _lines(zip(*(_cells(np.asarray(piece[name])) for name in heads), strict=True))


def _cells(values: NDArray[Any]) -> list[Any]:
    """A column as fields: Python's shortest digits of a float64 read back as the same number. Equal values are written once."""
    if values.dtype.kind == "O":
        return list(values.tolist())
    each, place = np.unique(values, return_inverse=True)
    if values.dtype.kind == "b":
        told = ["true" if value else "false" for value in each.tolist()]
    elif values.dtype.kind == "f":
        told = ["" if math.isnan(value) else _number(value) for value in np.asarray(each, np.float64).tolist()]
    else:
        told = [str(value) for value in each.tolist()]
    return list(np.array(told, dtype=object)[place].tolist())


def _number(value: float) -> str:
    return f"{int(value)}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def _lines(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8")
