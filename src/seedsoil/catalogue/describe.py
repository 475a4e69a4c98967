"""An entry in plain words: what it does, and each number with its unit, range, grade and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from pathlib import Path

from pydantic import BaseModel

from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import KINDS, entry, folder, names, sources
from seedsoil.catalogue.pages import sections
from seedsoil.catalogue.sections import wrapped
from seedsoil.foundation.errors import CatalogueError, did_you_mean, known_words
from seedsoil.foundation.value import Value, values_in

__all__ = ["citations", "describe", "reference"]

#: Where an entry of each kind is changed: the table of a study file, or of a scene of tissue.
_TABLES = {
    "organs": "A study changes a number under [soils.{}]",
    "tumours": "A study changes a number under [tumour]",
    "agents": "A study changes a number under [agents.{}]",
    "hosts": "A study changes a number under [host]",
    "vessels": "A study changes a number under [vessels]",
    "substances": "A scene of tissue changes a number under [substances.{}]",
    "cells": "A scene of tissue changes a number under [cells.{}]",
}


def describe(name: str) -> str:
    """Return an entry of the catalogue in plain words; ``name`` may be "kind/name" where two kinds share a name.

    Raises
    ------
    CatalogueError
        If no entry has this name, with the names that exist.
    """
    kind, _, short = name.rpartition("/")
    found = [each for each in KINDS if short in names(each) and kind in ("", each, each.removesuffix("s"))]
    if not found:
        known = {each: names(each) for each in KINDS}
        hint = did_you_mean(short, [item for items in known.values() for item in items])
        lists = " ".join(f"{each.capitalize()}: {known_words(items, 40)}." for each, items in known.items())
        raise CatalogueError(f"the catalogue has no entry {name!r}.{hint} {lists}")
    return "\n\n".join(_page(each, entry(each, short)) for each in found)


def reference(key: str, own: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Return a source, of the catalogue or a user's own, as a line of a reference list; an open one ("assumed") as itself."""
    fields = sources().get(key, (own or {}).get(key))
    if fields is None:
        return {"assumed": "a design choice, open to calibration", "study file": "the study file"}.get(key, key)
    author = fields.get("author", "").replace(" and others", " et al.").replace(" and ", "; ")
    venue = " ".join(fields[part] for part in ("journal", "volume") if part in fields)
    if "pages" in fields:
        venue += ":" + fields["pages"].replace("--", "–")
    parts = [author, fields.get("title", ""), venue, fields.get("year", "")]
    line = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{line} ({fields['note']})" if fields.get("note", key) != key else line


def citations(
    values: Iterable[Value] | BaseModel, own: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[dict[str, object], ...]:
    """Return what the values rest on: one line for each source, the most used first.

    ``values`` are Values, or a noun whose Values are all taken. Each line has ``key``, ``reference``, ``values``
    (how many rest on it) and ``recalled`` (how many of them were written down from memory). ``own`` are sources of a
    user's own.
    """
    each = [value for _, value in values_in(values)] if isinstance(values, BaseModel) else list(values)
    count: dict[str, list[int]] = {}
    for value in each:
        line = count.setdefault(value.source, [0, 0])
        line[0] += 1
        line[1] += value.recalled
    order = sorted(count, key=lambda key: (-count[key][0], key))
    return tuple(
        {"key": key, "reference": reference(key, own), "values": count[key][0], "recalled": count[key][1]}
        for key in order
    )


def _page(kind: str, noun: BaseModel) -> str:
    """Return one entry as text."""
    name = str(getattr(noun, "name", ""))
    title = getattr(noun, "title", "") or name
    lines = [f"{title} ({kind.removesuffix('s')} {name!r})", *wrapped(_summary(folder(kind) / f"{name}.toml"))]
    lines += [*wrapped(f"{_TABLES[kind].format(name)}, by the name in brackets."), ""]
    for section in sections(noun):
        lines += [*section.lines(), ""]
    # Each soil of a host has a page of its own.
    values = [value for place, value in values_in(noun) if not (isinstance(noun, Host) and place.startswith("soils["))]
    lines.append("Sources:")
    for line in citations(values):
        lines += wrapped(f"{line['key']}: {line['reference']}", "  ", "      ")
    weak = sum(value.grade == "assumed" for value in values)
    told = f"{weak} of {len(values)} numbers {'is' if weak == 1 else 'are'} assumed: calibrate before you conclude. Not for clinical decisions."
    return "\n".join([*lines, "", told])


def _summary(path: Path) -> str:
    """Return what an entry's file says of it in its first lines, which are comments."""
    head = takewhile(lambda line: line.startswith("# "), path.read_text(encoding="utf-8").splitlines())
    return " ".join(line.removeprefix("# ").strip() for line in head)
