"""The command `query`: a question in SQL to the tables of a finished run, answered as a table, CSV or JSON."""

from __future__ import annotations

import csv as separated
import itertools
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from seedsoil.cli.terminal import DONE, NOTICE, print_table, say

#: Rows of an answer that are shown in a terminal.
_SHOWN = 100


def query(run: Path, sql: str, /, *, csv: bool = False, json: bool = False) -> int:
    """Ask the tables of a finished run a question in SQL.

    Parameters
    ----------
    run
        Folder of a finished run; it is only read.
    sql
        One SELECT, in DuckDB's dialect: "select arm, count(*) from patients group by arm order by arm".
    csv
        Print all rows as CSV on stdout.
    json
        Print all rows as one JSON document on stdout.
    """
    from seedsoil.foundation.errors import StudyError
    from seedsoil.trial.reading.query import asked
    from seedsoil.trial.reading.tables import open_tables
    from seedsoil.trial.runner.failures import absence, read_failures

    if csv and json:
        raise StudyError("--csv and --json: choose one of them.")
    tables = open_tables(run)
    if missing := absence(read_failures(run), tables.store.patients, run):
        say(f"warning: {missing}")
    with asked(tables, sql) as (names, rows):
        if csv:
            writer = separated.writer(sys.stdout, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(map(_cells, rows))
        elif json:
            _print_document(names, rows)
        else:
            _print_some(names, rows)
    return DONE


def _print_some(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print the first rows as a table."""
    rows = iter(rows)
    shown = list(itertools.islice(rows, _SHOWN))
    print_table(f"{len(shown)} {'row' if len(shown) == 1 else 'rows'}", names, map(_cells, shown))
    if next(rows, None) is not None:
        print(f"There are more rows than these {_SHOWN}: say --csv or --json for all of them.")
    print(NOTICE)


def _print_document(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a JSON document row by row, however many there are."""
    import json as document

    def written(value: Any) -> str:
        return document.dumps(value, ensure_ascii=False, allow_nan=False)

    print(f'{{"columns": {written(list(names))}, "rows": [', end="")
    for place, row in enumerate(rows):
        cells = [_plain(cell) for cell in row]
        print("\n " if place == 0 else ",\n ", written(cells), sep="", end="")
    print("\n]}")


def _plain(cell: Any) -> Any:
    """Return a cell as JSON can hold it: nan and infinity are null, what is no number, truth or text is written as text."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell if cell is None or isinstance(cell, bool | int | float | str) else str(cell)


def _cells(row: Iterable[Any]) -> list[str]:
    """Return a row as text; no value is an empty field."""
    return ["" if cell is None or cell != cell else _text(cell) for cell in row]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell) if isinstance(cell, float) else str(cell)
