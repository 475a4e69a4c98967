"""The catalogue with other numbers in it: a copy on disk, opened by a process of its own; and numbers written into the catalogue."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import tomlkit

from seedsoil.catalogue import load

__all__ = ["number_at", "on_a_copy", "write_number"]

HOME = load.folder("organs").parent


def _split(path: str) -> tuple[str, list[str]]:
    """Return the file of the catalogue in which a number stands, and the place in it."""
    kind, entry, *place = path.split(".")
    return f"{kind}/{entry}.toml", place


def _found(table: Any, place: list[str], path: str) -> Any:
    """Return the inline table of a number; of a list, the item whose name or target is asked for."""
    for part in place:
        if isinstance(table, list):
            named = [item for item in table if part in {item.get("name"), item.get("target"), item.get("is")}]
            table = named[0] if named else None
        else:
            table = table.get(part)
        if table is None:
            raise KeyError(f"{path}: the catalogue has no {part!r} there")
    return table


def number_at(path: str, home: Path = HOME) -> dict[str, Any]:
    """Return a number of the catalogue with all that is said of it: value, low, high, grade. KeyError where there is none."""
    file, place = _split(path)
    return dict(_found(tomlkit.parse((home / file).read_text(encoding="utf-8")), place, path).unwrap())


def write_number(path: str, fields: Mapping[str, Any], home: Path = HOME) -> None:
    """Change fields of a number in its file; every other byte of the file stays."""
    file, place = _split(path)
    document = tomlkit.parse((home / file).read_text(encoding="utf-8"))
    _found(document, place, path).update(fields)
    (home / file).write_text(tomlkit.dumps(document), encoding="utf-8")


def _open(home: str) -> None:
    """Make this process read its entries from a copy of the catalogue."""
    load._HOME = Path(home)  # no user needs another catalogue: a study changes what it likes


@contextmanager
def _copy(changes: Mapping[str, float]) -> Iterator[Path]:
    """Make a copy of the catalogue in which some numbers are others."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "catalogue"
        shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("__pycache__"))
        for path, value in changes.items():
            write_number(path, {"value": value}, home)
        yield home


def on_a_copy(figures: Callable[[], Mapping[str, float]], changes: Mapping[str, float]) -> Mapping[str, float]:
    """Return what an experiment gives on a catalogue with these numbers, in a process that has read no other."""
    with (
        _copy(changes) as home,
        ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_open, initargs=(str(home),)) as pool,
    ):
        return pool.submit(figures).result()
