"""The run folder: tables written chunk by chunk, each with its checksum, so that a killed run can go on.

A chunk is a fixed range of patients, whatever the number of workers, so a table has the same bytes however it was
computed. A chunk counts once its line stands in the journal; when all are there the journal becomes the manifest.
Nothing is believed without its checksum: what was cut, flipped or swapped is found, named, and computed again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment import crate
from seedsoil.experiment.columns import FORMAT, TABLES, Columns, checked, decode, empty, encode, known_table
from seedsoil.experiment.publish import (
    LOCK,
    UNFINISHED,
    append,
    disk,
    drop_lock,
    make_folders,
    publish,
    sha256,
    sweep,
    sync_folder,
    take_lock,
)
from seedsoil.foundation.errors import StoreError

MANIFEST = "manifest.json"
JOURNAL = "progress.jsonl"
STUDY = "study.toml"
#: Patients of one chunk, unless a run asks otherwise.
CHUNK = 50

_plain_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class Store:
    """A run folder, open for reading, or for writing by one process at a time.

    Made by `create`, `resume` (both own the folder until `close`) or `open` (reads only). Use as a context manager.

    Attributes
    ----------
    folder : Path
    identity : str
        SHA-256 of the resolved study, the code and the catalogue.
    patients, chunk : int
        Patients of the study, and of one chunk; patients are numbered from 0.
    redo : tuple of (first, last)
        Chunks that were found damaged when the run was taken up again.
    """

    def __init__(
        self, folder: Path, head: Mapping[str, Any], chunks: Mapping[int, dict[str, str]], *, owner: bool
    ) -> None:
        self.folder = folder
        self.identity: str = head["identity"]
        self.patients: int = head["patients"]
        self.chunk: int = head["chunk"]
        self.redo: tuple[tuple[int, int], ...] = ()
        self._files: dict[str, str] = dict(head["files"])
        self._chunks = dict(chunks)
        self._described = set(self._files)  # what ro-crate-metadata.json tells of
        self._owner = owner

    # ------------------------------------------------------------ opening

    @classmethod
    def create(cls, folder: Path | str, resolved_text: str, identity: str, patients: int, chunk: int = CHUNK) -> Self:
        """Begin a run in a folder that holds nothing yet, and own it.

        Parameters
        ----------
        folder : Path or str
            Made if it does not exist (with its parents).
        resolved_text : str
            The resolved study, kept as study.toml.
        identity : str
        patients, chunk : int

        Raises
        ------
        StoreError
            The folder holds a run, or something else, or another process writes in it.
        DiskError
            The folder cannot be written.
        """
        folder = Path(folder)
        if patients < 1 or chunk < 1:
            raise StoreError(f"a run needs at least one patient and chunks of at least one, not {patients} and {chunk}")
        with disk(folder, "make"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_occupied(folder)
        take_lock(folder)
        try:
            _refuse_occupied(folder)  # somebody may have begun while we waited
            sweep(folder)
            head = {"identity": identity, "patients": patients, "chunk": chunk, "files": {}}
            store = cls(folder, head, {}, owner=True)
            for name in TABLES:
                make_folders(folder, f"tables/{name}")
            content = resolved_text.encode("utf-8")
            publish(folder / STUDY, content)
            store._files[STUDY] = sha256(content)
            store._publish_manifest()
        except BaseException:
            drop_lock(folder)
            raise
        return store

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Open a run for reading, finished or not; StoreError if it is none, or its manifest is damaged."""
        folder = Path(folder)
        head, chunks = _read_manifest(folder)
        _read_journal(folder, chunks)
        return cls(folder, head, chunks, owner=False)

    @classmethod
    def resume(cls, folder: Path | str, identity: str) -> Self:
        """Take up a run where it stopped, and own it; a finished run has nothing missing.

        Every file is compared with its checksum; chunks that are damaged or lost are forgotten, listed in ``redo``, and are
        missing again.

        Raises
        ------
        StoreError
            No run here; a run of another identity; owned by another process; manifest or study.toml damaged.
        """
        folder = Path(folder)
        head, _ = _read_manifest(folder)
        if head["identity"] != identity:
            raise StoreError(
                f"{folder} holds another run: its identity is {head['identity'][:12]}, this one's is {identity[:12]}. "
                f"The study, the seed, the code or the catalogue has changed since. Choose another folder for a new run."
            )
        take_lock(folder)
        try:
            sweep(folder)
            head, chunks = _read_manifest(folder)
            _read_journal(folder, chunks)
            store = cls(folder, head, chunks, owner=True)
            damaged = [name for name, digest in store._files.items() if not store._is_whole(name, digest)]
            if STUDY in damaged:
                raise StoreError(f"{folder / STUDY} was changed after the run began; the run cannot go on")
            for name in damaged:  # reports and the like are made anew
                del store._files[name]
            bad = [
                first for first, files in chunks.items() if not all(store._is_whole(*item) for item in files.items())
            ]
            for first in bad:
                del store._chunks[first]
            store.redo = tuple((first, store._end(first)) for first in sorted(bad))
            store._fold()
        except BaseException:
            drop_lock(folder)
            raise
        return store

    def close(self) -> None:
        """Give the folder up. Safe to call twice."""
        if self._owner:
            drop_lock(self.folder)
            self._owner = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None and self._owner and self.complete and self._described != set(self._files):
                self._fold()  # reports came after the last chunk
        finally:
            self.close()

    # ------------------------------------------------------------ writing

    def missing(self) -> list[tuple[int, int]]:
        """Return the chunks (first, last) not yet there, in order: patients first .. last - 1."""
        firsts = range(0, self.patients, self.chunk)
        return [(first, self._end(first)) for first in firsts if first not in self._chunks]

    @property
    def complete(self) -> bool:
        """Whether all patients are there."""
        return len(self._chunks) == -(-self.patients // self.chunk)

    def write_chunk(self, tables: Mapping[str, Mapping[str, NDArray[Any]]], first: int, last: int) -> None:
        """Publish the rows of patients first .. last - 1: one Parquet part for each table.

        Chunks may come in any order. A table left out gets a part without rows. StoreError if columns or patients do not
        fit, or this process does not own the folder; DiskError if the disk refuses, and the chunk is then still missing.
        """
        self._need_ownership()
        if first % self.chunk or not 0 <= first < self.patients or last != self._end(first):
            raise StoreError(
                f"patients {first} to {last - 1} are no chunk of {self.patients} in chunks of {self.chunk}"
            )
        for name in tables:
            known_table(name)
        parts: dict[str, bytes] = {}
        for name in TABLES:
            table = checked(name, tables.get(name) or empty(name), first, last)
            parts[f"tables/{name}/{self._part(first)}"] = encode(name, table)
        for path, content in parts.items():
            publish(self.folder / path, content)
        files = {path: sha256(content) for path, content in parts.items()}
        line = {"first": first, "files": files}
        append(self.folder / JOURNAL, (json.dumps({**line, "checksum": _checksum(line)}) + "\n").encode())
        self._chunks[first] = files
        if self.complete:
            self._fold()

    def add_file(self, name: str, content: bytes | str) -> None:
        """Publish a file beside the tables (a record, a report) and keep its checksum in the manifest.

        ``name`` is relative, of letters, digits, ``-``, ``_`` and ``.``, with ``/`` between folders.
        """
        self._need_ownership()
        reserved = {MANIFEST, JOURNAL, STUDY, LOCK, crate.NAME}
        if not _plain_name.fullmatch(name) or name in reserved or name.startswith("tables/"):
            raise StoreError(f"{name!r} cannot be the name of a file in a run folder")
        data = content.encode("utf-8") if isinstance(content, str) else content
        make_folders(self.folder, name.rpartition("/")[0])
        publish(self.folder / name, data)
        self._files[name] = sha256(data)
        self._publish_manifest()

    # ------------------------------------------------------------ reading

    def read(self, table: str, columns: Collection[str] | None = None) -> Columns:
        """Return a table of all chunks there are, rows in the order of patients.

        Parameters
        ----------
        table : str
            One of `TABLES`.
        columns : names, optional
            Only these.

        Raises
        ------
        StoreError
            No such table or column; a part is missing or is not what was written.
        """
        specs = known_table(table)
        wanted = list(specs) if columns is None else [name for name in specs if name in set(columns)]
        unknown = sorted(set(columns or ()) - set(specs))
        if unknown:
            raise StoreError(f"table {table} has no column {', '.join(unknown)}; columns: {', '.join(specs)}")
        parts = [empty(table)]
        for first in sorted(self._chunks):
            name = f"tables/{table}/{self._part(first)}"
            content = self._content(name)
            if sha256(content) != self._chunks[first][name]:
                raise StoreError(
                    f"{self.folder / name} is not what was written: its checksum differs. Resume the run to repair it."
                )
            parts.append(decode(table, content))
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}

    def listing(self, table: str) -> list[tuple[int, Path, str]]:
        """Return first patient, file and SHA-256 of each part that a table has, in the order of patients.

        StoreError if there is no such table. What is read of a file counts only if its checksum agrees.
        """
        known_table(table)
        names = [(first, f"tables/{table}/{self._part(first)}") for first in sorted(self._chunks)]
        return [
            (first, self.folder / name, self._chunks[first][name])
            for first, name in names
            if name in self._chunks[first]
        ]

    def study_text(self) -> str:
        """Return the resolved study; StoreError if it was changed after the run began."""
        content = self._content(STUDY)
        if sha256(content) != self._files[STUDY]:
            raise StoreError(f"{self.folder / STUDY} was changed after the run began")
        return content.decode("utf-8")

    def verify(self) -> tuple[str, ...]:
        """Compare every file with its checksum; return one line for each fault, nothing if all is well."""
        known = dict(self._files)
        for files in self._chunks.values():
            known |= files
        faults = []
        for name, digest in sorted(known.items()):
            if not (self.folder / name).is_file():
                faults.append(f"{name} is missing")
            elif not self._is_whole(name, digest):
                faults.append(f"{name} is not what was written")
        there = {
            path.relative_to(self.folder).as_posix() for path in (self.folder / "tables").rglob("*") if path.is_file()
        }
        strangers = (name for name in there - set(known) if not name.endswith(UNFINISHED))
        return tuple(faults + [f"{name} does not belong to this run" for name in sorted(strangers)])

    # ------------------------------------------------------------ inside

    def _end(self, first: int) -> int:
        return min(first + self.chunk, self.patients)

    def _part(self, first: int) -> str:
        return f"part-{first // self.chunk:05d}.parquet"

    def _content(self, name: str) -> bytes:
        with disk(self.folder / name, "read"):
            return (self.folder / name).read_bytes()

    def _is_whole(self, name: str, digest: str) -> bool:
        try:
            return sha256((self.folder / name).read_bytes()) == digest
        except OSError:
            return False

    def _need_ownership(self) -> None:
        if not self._owner:
            raise StoreError(f"{self.folder} is open for reading only")

    def _fold(self) -> None:
        """Bring the journal into the manifest, describe the folder for others, and drop the journal."""
        title = _title(self.study_text())
        content = crate.describe(title, self.identity, TABLES, sorted(self._files), self.complete)
        publish(self.folder / crate.NAME, content)
        self._files[crate.NAME] = sha256(content)
        self._described = set(self._files)
        self._publish_manifest()
        with disk(self.folder / JOURNAL, "remove"):
            (self.folder / JOURNAL).unlink(missing_ok=True)
            sync_folder(self.folder)

    def _publish_manifest(self) -> None:
        chunks = [{"first": first, "files": self._chunks[first]} for first in sorted(self._chunks)]
        body = {"format": FORMAT, "identity": self.identity, "patients": self.patients, "chunk": self.chunk}
        body |= {"files": dict(sorted(self._files.items())), "chunks": chunks}
        publish(self.folder / MANIFEST, json.dumps({**body, "checksum": _checksum(body)}, indent=1).encode())


def _checksum(body: Mapping[str, Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode())


def _title(text: str) -> str:
    """Return the title in a resolved study, or a general one."""
    import tomllib

    try:
        return str(tomllib.loads(text)["study"]["title"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return "A study with seedsoil"


def _refuse_occupied(folder: Path) -> None:
    """Refuse a folder with a run or with anything that a run which barely began would not have left."""
    if (folder / MANIFEST).exists():
        raise StoreError(f"{folder} already holds a run. Resume it, or choose another folder for a new one.")
    with disk(folder, "look into"):
        names = {path.name for path in folder.iterdir() if not path.name.endswith(UNFINISHED)}
        parts = any(path.is_file() for path in (folder / "tables").rglob("*"))
    others = sorted(names - {LOCK, STUDY, "tables"})
    if others or parts:
        raise StoreError(
            f"{folder} is not empty (it holds {', '.join(others[:3]) or 'tables'}). Choose another folder for the run."
        )


def _read_manifest(folder: Path) -> tuple[dict[str, Any], dict[int, dict[str, str]]]:
    """Return the head of the manifest, and the files of each chunk by its first patient; StoreError if damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"{folder} holds no run: there is no {MANIFEST} in it.")
    with disk(path, "read"):
        content = path.read_bytes()
    try:
        body = json.loads(content)
        found = body.pop("checksum")
        form = body["format"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"{path} is damaged: it is not a manifest. Its run cannot be used.") from error
    if found != _checksum(body):
        raise StoreError(f"{path} is damaged: its checksum differs. Its run cannot be used.")
    if form != FORMAT:
        raise StoreError(f"{path} was written as {form!r}; this version of seedsoil reads {FORMAT!r}.")
    return body, {entry["first"]: entry["files"] for entry in body["chunks"]}


def _read_journal(folder: Path, chunks: dict[int, dict[str, str]]) -> None:
    """Add the chunks of the journal's whole lines; a torn line is a chunk that was not finished."""
    path = folder / JOURNAL
    if not path.is_file():
        return
    with disk(path, "read"):
        lines = path.read_bytes().splitlines()
    for line in lines:
        try:
            entry = json.loads(line)
            if entry.pop("checksum") == _checksum(entry):
                chunks[entry["first"]] = entry["files"]
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
