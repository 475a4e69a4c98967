"""Questions in SQL to the tables of a trial: DuckDB in memory, which streams Parquet, may only read, and asks no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, Column, Columns
from seedsoil.foundation.errors import StoreError, StudyError, did_you_mean
from seedsoil.trial.reading.tables import StoredTable, StoredTables, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Tables = Mapping[str, Table]

#: Memory that a question may take; more is refused, for nothing is put off to the disk.
MEMORY = "1GB"
#: One thread: sums of floats, and the order of rows that no ORDER BY settles, are the same each time.
_SETTINGS = (
    "SET threads = 1",
    f"SET memory_limit = '{MEMORY}'",
    "SET temp_directory = ''",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
)
#: A question has fewer open brackets.
_MOST_BRACKETS = 1_000
_LOCKS = ("SET enable_external_access = false", "SET lock_configuration = true")
_SQL_TYPES = {"str": "VARCHAR", "bool": "BOOLEAN", "float64": "DOUBLE", "int32": "INTEGER", "uint64": "UBIGINT"}


def ask(tables: Tables, sql: str, parameters: Sequence[Any] = ()) -> Columns:
    """Return the answer to a question as columns by name.

    Parameters
    ----------
    tables : tables of a trial
        Each is a view of its name. Of a run folder, every part of the tables that the question names is compared with its
        checksum first.
    sql : str
        One SELECT, in DuckDB's dialect. Numbers and names come in through ``?``, never into the text.
    parameters : sequence
        A value for each ``?``.

    Returns
    -------
    dict of name to array (rows,)
        Text as objects. Where SQL has NULL: nan among floats, None (and objects) else.

    Raises
    ------
    StudyError
        It is not one SELECT, or cannot be answered; the message says why.
    StoreError
        A part of the run folder is not what was written.
    """
    with _asked(tables, sql, parameters) as found:
        names = _distinct([str(one[0]) for one in found.description or ()])
        columns = list(found.fetchnumpy().values())
    return {name: _filled(values) for name, values in zip(names, columns, strict=True)}


@contextmanager
def asked(
    tables: Tables, sql: str, parameters: Sequence[Any] = ()
) -> Iterator[tuple[list[str], Iterator[tuple[Any, ...]]]]:
    """Give the names of the columns, and the rows one by one: for answers too long to be held. Arguments as for `ask`."""
    with _asked(tables, sql, parameters) as found:
        yield _distinct([str(one[0]) for one in found.description or ()]), _rows(found)


def _rows(found: DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := found.fetchmany(10_000):
        yield from rows


@contextmanager
def _asked(tables: Tables, sql: str, parameters: Sequence[Any]) -> Iterator[DuckDBPyConnection]:
    """Put a question and give what answers it; turn DuckDB's errors into the user's."""
    import duckdb

    if any("\ud800" <= character <= "\udfff" for character in sql):
        raise StudyError("the question holds bytes that are no text; write it in UTF-8.")
    if sql.count("(") > _MOST_BRACKETS:  # over which DuckDB's reader takes their number squared
        raise StudyError(f"the question has more than {_MOST_BRACKETS} brackets; ask for less at a time.")
    with _door(tables) as door:
        try:
            statements = door.extract_statements(sql)
            if [one.type for one in statements] not in ([duckdb.StatementType.SELECT], [duckdb.StatementType.EXPLAIN]):
                raise StudyError("the question has to be one SELECT and nothing else: tables are only read.")
            for name in tables:
                if re.search(rf"(?i)\b{re.escape(name)}\b", sql):
                    _show(door, name, tables[name], sql)
            yield door.execute(sql, list(parameters))
        except duckdb.OutOfMemoryException as error:
            raise StudyError(f"the question needs more than {MEMORY} of memory: ask for less at a time.") from error
        except duckdb.IOException as error:
            raise StoreError(_line(error)) from error
        except duckdb.Error as error:
            raise StudyError(_fault(error, tables)) from error


@contextmanager
def _door(tables: Tables) -> Iterator[DuckDBPyConnection]:
    """Open a database in memory that can read the run's tables and nothing else, and close it."""
    import duckdb

    door = duckdb.connect(":memory:")
    try:
        for setting in _SETTINGS:
            door.execute(setting)
        if isinstance(tables, StoredTables):
            folder = (tables.store.folder / "tables").resolve().as_posix()
            door.execute(f"SET allowed_directories = [{_quoted(folder + '/')}]")
        for lock in _LOCKS:
            door.execute(lock)
        yield door
    finally:
        door.close()


def _show(door: DuckDBPyConnection, name: str, table: Table, sql: str) -> None:
    """Make a table a view of the database."""
    if not isinstance(table, StoredTable):
        import pyarrow as pa

        # A star needs all of them.
        named = [column for column in table if "*" in sql or re.search(rf"(?i)\b{re.escape(column)}\b", sql)]
        columns = {column: _arrow(np.asarray(table[column]), TABLES[name][column]) for column in named}
        door.register(name, pa.table(columns or {next(iter(table)): []}))
    elif files := table.files():
        door.read_parquet([path.resolve().as_posix() for path in files]).create_view(name)
    else:
        columns_ = ", ".join(
            f"cast(NULL as {_SQL_TYPES[spec.kind]}) as {column}" for column, spec in TABLES[name].items()
        )
        door.execute(f"create view {name} as select {columns_} where false")


def _arrow(values: NDArray[Any], spec: Column) -> Any:
    import pyarrow as pa

    kinds = {
        "str": pa.string(),
        "bool": pa.bool_(),
        "float64": pa.float64(),
        "int32": pa.int32(),
        "uint64": pa.uint64(),
    }
    return pa.array(values.tolist() if spec.kind == "str" else values, kinds[spec.kind])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _distinct(names: list[str]) -> list[str]:
    """Number the names that come twice, so that no column hides another."""
    found: dict[str, None] = {}
    for name in names:
        other, count = name, 1
        while other in found:
            count += 1
            other = f"{name}_{count}"
        found[other] = None
    return list(found)


def _filled(values: Any) -> NDArray[Any]:
    """Return a column without a mask."""
    missing = np.ma.getmaskarray(values)
    found = np.ma.getdata(values)
    if not missing.any():
        return found
    filled = found.copy() if found.dtype.kind == "f" else found.astype(object)
    filled[missing] = np.nan if found.dtype.kind == "f" else None
    return filled


def _line(error: Exception) -> str:
    """Return what DuckDB says without its drawing of the place."""
    return " ".join(str(error).split("\n\nLINE ")[0].split())


def _fault(error: Exception, tables: Tables) -> str:
    """Return what is wrong with a question, in a line."""
    said = _line(error)
    missing = re.search(r"Table with name (\S+) does not exist", said)
    if missing:
        name = missing.group(1)
        return f"no table {name!r}.{did_you_mean(name, tables)} Tables: {', '.join(tables)}."
    return f"the question cannot be answered. {said}"
