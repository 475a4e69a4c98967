"""A user's own entries beside the catalogue's: one TOML file each, in a folder, or written out in a study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seedsoil.biology.soils.soil import Soil
from seedsoil.catalogue import load
from seedsoil.catalogue.files import decoded, file_bytes, is_hidden
from seedsoil.catalogue.load import bibliography, entry_table, made_entry
from seedsoil.foundation.errors import CatalogueError

__all__ = ["OWN_NAME", "Own", "Shelf"]

#: What the name of an own entry, and of its file, looks like.
OWN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}$")
#: The key of a source in a bibliography, and the name of one of its fields.
_KEY, _FIELD = re.compile(r"[!-~]{1,80}$"), re.compile(r"[a-z][a-z0-9_-]{0,39}$")
#: Most characters of a field of a source.
_LONGEST_FIELD = 1000


@dataclass(frozen=True)
class Own:
    """An entry of a user's own: the noun, and the tables of the file that made it."""

    noun: Any
    table: Mapping[str, Any]


@dataclass
class Shelf:
    """Entries that a study may name: the catalogue's, and the user's own, which have names of their own.

    ``folder`` is where files of own entries are looked for, ``chosen`` whether a study named it; ``own`` holds those
    that were taken, by kind and name, and ``cited`` the sources of theirs that the catalogue lacks.
    """

    folder: Path | None = None
    chosen: bool = False
    but: Path | None = None
    own: dict[str, dict[str, Own]] = field(default_factory=dict)
    cited: dict[str, dict[str, str]] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        """Two shelves are the same if the same entries and sources stand there, wherever they came from."""
        return isinstance(other, Shelf) and (self.own, self.cited) == (other.own, other.cited)

    __hash__ = None  # type: ignore[assignment]

    def entry(self, kind: str, name: str) -> Any:
        """Return an entry; CatalogueError as `catalogue.load.entry` if there is none."""
        plural = load.folder(kind).name
        own = self.own.get(plural, {}).get(name)
        return load.entry(plural, name) if own is None else own.noun

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of all entries of a kind that are known by now, sorted."""
        plural = load.folder(kind).name
        return tuple(sorted({*load.names(plural), *self.own.get(plural, ())}))

    def want(self, kind: str, name: object) -> None:
        """Take the file of an entry that a study names, if the catalogue has none of this name and there is a file.

        Raises
        ------
        CatalogueError
            With every fault of the file; or if it has the name of an entry of the catalogue, in a folder that the study
            chose: the catalogue's would silently win.
        """
        plural = load.folder(kind).name
        if not isinstance(name, str) or not OWN_NAME.match(name) or name in self.own.get(plural, {}):
            return
        path = self._file(plural, name)
        if path is None:
            return
        if name in load.names(plural):
            if self.chosen:
                raise CatalogueError(_taken(self._told(path), plural, name))
            return
        self._cite(path.parent / "sources.bib")
        self.put(plural, name, entry_table(path, self._told(path)), self._told(path))

    def put(self, kind: str, name: str, table: Mapping[str, Any], where: str) -> None:
        """Take an entry from its tables; ``where`` begins each fault. Raises CatalogueError with all of them."""
        plural = load.folder(kind).name
        if name in load.names(plural):
            raise CatalogueError(_taken(where, plural, name))
        if not OWN_NAME.match(name):
            raise CatalogueError(f"{where}: is no name; start with a letter, then up to 39 letters, digits, _ or -")
        find = self._organ if plural == "hosts" else None
        noun = made_entry(plural, dict(table), where, name, find, {**load.sources(), **self.cited})
        self.own.setdefault(plural, {})[name] = Own(noun, table)

    def _organ(self, name: str) -> Soil:
        self.want("organs", name)
        found: Soil = self.entry("organs", name)
        return found

    def _file(self, plural: str, name: str) -> Path | None:
        """Return the file of an own entry: in the folder of its kind, or in the folder itself."""
        if self.folder is None:
            return None
        for path in (self.folder / plural / f"{name}.toml", self.folder / f"{name}.toml"):
            if path.is_file() and (self.but is None or path.resolve() != self.but.resolve()):
                return path
        return None

    def _told(self, path: Path) -> str:
        """Return a file as a fault names it: from the folder on, without what lies above."""
        return path.relative_to(self.folder).as_posix() if self.folder is not None else path.name

    def _cite(self, path: Path) -> None:
        """Take the sources of a bibliography that stands beside an own entry."""
        if not path.is_file():
            return
        told = (self._told(path), "a list of sources", CatalogueError)
        found = bibliography("\n" + decoded(file_bytes(path, *told), *told))
        own = {key: fields for key, fields in found.items() if key not in load.sources()}
        if faults := [
            f"{told[0]}: source {key!r}: {fault}" for key, fields in own.items() for fault in _unfit(key, fields)
        ]:
            raise CatalogueError(faults)
        self.cited |= {key: {name: text for name, text in fields.items() if text} for key, fields in own.items()}


def _unfit(key: str, fields: Mapping[str, str]) -> list[str]:
    """What keeps a source from being written into a study's record: each field there is one line of plain text."""
    faults = [] if fields["type"] else ["has no type; begin it as @article{key, or @book{key,"]
    if not _KEY.match(key):
        faults.append(
            "its key is no plain word; write letters, digits and signs but no comma, as in @article{fidler2012,"
        )
    for name, text in fields.items():
        if len(text) > _LONGEST_FIELD:
            faults.append(f"{name} has {len(text)} characters; {_LONGEST_FIELD} is the most allowed")
        elif not _FIELD.match(name):
            faults.append(f"{name[:40]!r} is no name of a field; write letters alone, as in year = {{2012}},")
        elif any(is_hidden(character) for character in text):
            faults.append(f"{name} holds a control character; write one plain line")
    return faults


def _taken(where: str, plural: str, name: str) -> str:
    kind = plural.removesuffix("s") if plural != "vessels" else "vessel law"
    return f"{where}: {name!r} is the name of {'an' if kind[0] in 'aou' else 'a'} {kind} of the catalogue; give yours a name of its own"
