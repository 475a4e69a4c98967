"""Ready-made chunks and a small program that stores them: what the faults of disk and store are inflicted on.

Use: python ready.py FOLDER fill|half|add|repair. It says "done FIRST" on stdout when a chunk is kept, as a run would rely on it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.store import MANIFEST, Store

study = '[study]\ntitle = "Ready-made"\n'
identity = "c" * 64
patients, chunk = 7, 3
#: The tables that have rows, as most tables of most runs have none.
filled = ("patients", "events", "clones")


def part(table: str, first: int) -> bytes:
    """Return bytes that stand for a Parquet part: the store looks at their checksum alone."""
    length = 60_000 if (table, first) == ("events", 3) else 400 + 70 * len(table) + 10 * first
    return (f"{table} {first} ".encode() * length)[:length]


def parts(first: int) -> dict[str, bytes]:
    """Return the parts of a chunk; the first has one of each table, as in a run."""
    return {table: part(table, first) for table in (TABLES if first == 0 else filled)}


def begin_or_go_on(folder: Path) -> Store:
    """Return the store, as `seedsoil run --resume` or `seedsoil run` would."""
    if (folder / MANIFEST).exists():
        return Store.resume(folder, identity)
    return Store.create(folder, study, identity, patients, chunk)


def fill(folder: Path, most: int = 99) -> None:
    """Store what is missing, and a record beside the tables."""
    with begin_or_go_on(folder) as store:
        for first, last in store.missing()[:most]:
            store.write_parts(parts(first), first, last)
            os.write(1, f"done {first}\n".encode())
        if store.complete:
            store.add_file("record.json", "{}\n")


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of all files of a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    where, what = Path(sys.argv[1]), sys.argv[2]
    from seedsoil.foundation.errors import SeedsoilError

    try:
        if what == "repair":
            Store.repair(where)
        elif what == "add":
            with Store.amend(where) as owned:
                owned.add_file("report/index.html", "<p>1</p>")
                owned.add_file("report/index.html", "<p>2</p>")
        else:
            fill(where, 2 if what == "half" else 99)
    except SeedsoilError as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        sys.exit(74 if type(error).__name__ == "DiskError" else 2)
