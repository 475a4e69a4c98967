"""The run folder: tables written chunk by chunk, each with its checksum, so that a killed run can go on.

A chunk is a fixed range of patients, whatever the number of workers, so a table has the same bytes however it was
computed. A chunk counts once its line stands in the journal; when all are there the journal becomes the manifest.
Nothing is believed without its checksum: what was cut, flipped or swapped is found, named, and computed again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment import crate
from seedsoil.experiment.columns import TABLES, Columns, decode, empty, known_table
from seedsoil.experiment.folder.care import (
    ASIDE,
    Repair,
    faults_of,
    is_whole,
    leftovers,
    refuse_occupied,
    remove,
    set_aside,
    strangers,
)
from seedsoil.experiment.folder.difference import differences
from seedsoil.experiment.folder.ledger import JOURNAL, MANIFEST, STUDY, Ledger, plain_name, read_ledger, today
from seedsoil.experiment.folder.parts import empty_parts, parts_of
from seedsoil.experiment.publish import (
    LOCK,
    append,
    disk,
    drop_lock,
    make_folders,
    publish,
    publish_all,
    sha256,
    sync_folder,
    take_lock,
)
from seedsoil.foundation.errors import StoreError
from seedsoil.foundation.origin import sources, versions

__all__ = ["CHUNK", "JOURNAL", "MANIFEST", "STUDY", "Store"]

#: Patients of one chunk, unless a run asks otherwise.
CHUNK = 50


class Store:
    """A run folder, open for reading, or for writing by one process at a time.

    Made by `create`, `resume`, `amend` (these own the folder until `close`) or `open` (reads only). Use as a context manager.

    Attributes
    ----------
    folder : Path
    redo : tuple of (first, last)
        Chunks that were found damaged when the run was taken up again.
    """

    def __init__(self, folder: Path, ledger: Ledger, *, owner: bool) -> None:
        self.folder = folder
        self.redo: tuple[tuple[int, int], ...] = ()
        self._ledger = ledger
        self._owner = owner
        self._changed = False  # something is in the folder that its manifest does not tell of
        self._refused = ""  # what the disk refused

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
        refuse_occupied(folder)
        take_lock(folder)
        try:
            refuse_occupied(folder)  # somebody may have begun while we waited
            made_by = {"versions": versions(), "sources": sources()}
            ledger = Ledger(identity, patients, chunk, today(), made_by)
            remove(leftovers(folder, ledger))
            for name in TABLES:
                make_folders(folder, f"tables/{name}")
            content = resolved_text.encode("utf-8")
            publish(folder / STUDY, content)
            ledger.files[STUDY] = sha256(content)
            store = cls(folder, ledger, owner=True)
            store._fold()
        except BaseException:
            drop_lock(folder)
            raise
        return store

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Open a run for reading, finished or not; StoreError if it is none, or its manifest is damaged."""
        folder = Path(folder)
        return cls(folder, read_ledger(folder), owner=False)

    @classmethod
    def resume(cls, folder: Path | str, identity: str, resolved_text: str | None = None) -> Self:
        """Take up a run where it stopped, and own it; a finished run has nothing missing.

        Every file is compared with its checksum; chunks that are damaged or lost are forgotten, listed in ``redo``, and are
        missing again. ``resolved_text``, the study that is asked for, lets a refusal say how it differs.

        Raises
        ------
        StoreError
            No run here; a run of another identity; owned by another process; manifest or study.toml damaged.
        """
        folder = Path(folder)
        there = cls.open(folder)
        if there.identity != identity:
            raise StoreError(there.refusal(identity, resolved_text))
        return cls._taken_up(folder)[0]

    @classmethod
    def amend(cls, folder: Path | str) -> Self:
        """Own a run to add files beside its tables, without looking at the tables; errors as for `resume`."""
        folder = Path(folder)
        read_ledger(folder)
        take_lock(folder)
        try:
            return cls(folder, read_ledger(folder), owner=True)
        except BaseException:
            drop_lock(folder)
            raise

    @classmethod
    def repair(cls, folder: Path | str) -> Repair:
        """Forget what is damaged, so that the run can be taken up, and set strangers among the tables aside.

        Errors as for `resume`; whether code and catalogue are still the run's does not matter here.
        """
        folder = Path(folder)
        read_ledger(folder)
        store, dropped, left = cls._taken_up(folder)
        with store:
            aside = set_aside(folder, strangers(folder, store._ledger))
        return Repair(store.redo, tuple(dropped), tuple(aside), left)

    @classmethod
    def _taken_up(cls, folder: Path) -> tuple[Self, list[str], int]:
        """Own a run; forget and remove whatever is damaged or half done. Return also names forgotten, and files removed."""
        take_lock(folder)
        try:
            ledger = read_ledger(folder)
            store = cls(folder, ledger, owner=True)
            damaged = [name for name, digest in ledger.files.items() if not is_whole(folder / name, digest)]
            if STUDY in damaged:
                raise StoreError(
                    f"{folder / STUDY} was lost or changed after the run began; the run cannot go on. Put the file back as it was, "
                    f"or begin a new run."
                )
            for name in damaged:  # reports and the like are made anew
                del ledger.files[name]
            bad = [
                first
                for first in sorted(ledger.chunks)
                if not all(is_whole(folder / name, digest) for name, digest in ledger.parts(first).items())
            ]
            for first in bad:
                del ledger.chunks[first]
            store.redo = tuple((first, ledger.end(first)) for first in bad)
            if damaged or bad or (folder / JOURNAL).exists() or crate.NAME not in ledger.files:
                store._fold()  # before anything is removed: what is damaged is no longer the run's
            left = leftovers(folder, ledger)
            remove([*left, *(folder / name for name in damaged if name != crate.NAME)])
        except BaseException:
            drop_lock(folder)
            raise
        return store, damaged, len(left)

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
            if error is None and self._owner and self.complete and self._changed:
                self._fold()  # reports came after the last chunk
        finally:
            self.close()

    # ------------------------------------------------------------ what it is

    @property
    def identity(self) -> str:
        """SHA-256 of the resolved study, the code and the catalogue."""
        return self._ledger.identity

    @property
    def patients(self) -> int:
        """Patients of the study, numbered from 0."""
        return self._ledger.patients

    @property
    def chunk(self) -> int:
        """Patients of one chunk."""
        return self._ledger.chunk

    def missing(self) -> list[tuple[int, int]]:
        """Return the chunks (first, last) not yet there, in order: patients first .. last - 1."""
        return self._ledger.missing()

    @property
    def left(self) -> int:
        """Patients that are still to be done."""
        return self._ledger.left

    @property
    def complete(self) -> bool:
        """Whether all patients are there."""
        return len(self._ledger.chunks) == self._ledger.count

    def differences(self, resolved_text: str | None = None) -> list[str]:
        """Return, line by line, how this run differs from one of a study (if given) under the present code and catalogue."""
        return differences(self.study_text(), resolved_text, self._ledger.made_by.get("sources", {}), sources())

    def refusal(self, identity: str, resolved_text: str | None = None) -> list[str]:
        """Return, line by line, why this run cannot be taken up as the run of another identity, and what can be done."""
        here, there = identity[:12], self.identity[:12]
        return [
            f"{self.folder} holds another run: its identity is {there}, this one's is {here}.",
            *self.differences(resolved_text),
            f"Choose another folder for a new run. To begin that run's study anew under the present code: "
            f"seedsoil run {self.folder} --fork NEW_FOLDER",
        ]

    # ------------------------------------------------------------ writing

    def write_chunk(self, tables: Mapping[str, Mapping[str, NDArray[Any]]], first: int, last: int) -> None:
        """Publish the rows of patients first .. last - 1; a table left out has no rows. Errors as for `write_parts`."""
        self._need_chunk(first, last)
        self.write_parts(parts_of(tables, first, last), first, last)

    def write_parts(self, parts: Mapping[str, bytes], first: int, last: int) -> None:
        """Publish a chunk whose Parquet parts were made before, by table (`seedsoil.experiment.folder.parts.parts_of`).

        Chunks may come in any order. The first chunk of patients gets a part of every table, so that each table's folder tells
        its columns and ``part-*.parquet`` always finds something.

        Raises
        ------
        StoreError
            Columns or patients do not fit; the process does not own the folder; the disk has refused something before.
        DiskError
            The disk refuses, and the chunk is then still missing. Nothing more is written until the run is resumed.
        """
        self._need_chunk(first, last)
        for table in parts:
            known_table(table)
        if first == 0 and not set(TABLES) <= set(parts):
            parts = empty_parts() | dict(parts)
        try:
            publish_all({self.folder / self._ledger.part(table, first): content for table, content in parts.items()})
            digests = {table: sha256(content) for table, content in parts.items()}
            append(self.folder / JOURNAL, self._ledger.line({"first": first, "parts": digests}))
        except StoreError as error:
            self._refused = str(error)
            raise
        before = self._ledger.parts(first) if first in self._ledger.chunks else {}
        self._ledger.chunks[first] = digests
        self._changed = True
        # A chunk that is written once more may have fewer parts.
        remove(self.folder / name for name in before.keys() - self._ledger.parts(first).keys())
        if self.complete:
            self._fold()

    def add_file(self, name: str, content: bytes | str) -> None:
        """Publish a file beside the tables (a record, a report) and keep its checksum.

        ``name`` is relative, of letters, digits, ``-``, ``_`` and ``.``, with ``/`` between folders.
        """
        self._need_ownership()
        reserved = {MANIFEST, JOURNAL, STUDY, LOCK, crate.NAME}
        if not plain_name.fullmatch(name) or name in reserved or name.split("/", maxsplit=1)[0] in {"tables", ASIDE}:
            raise StoreError(f"{name!r} cannot be the name of a file in a run folder")
        data = content.encode("utf-8") if isinstance(content, str) else content
        digest = sha256(data)
        try:
            make_folders(self.folder, name.rpartition("/")[0])
            publish(self.folder / name, data)
            append(self.folder / JOURNAL, self._ledger.line({"file": name, "sha256": digest}))
        except StoreError as error:
            self._refused = str(error)
            raise
        self._ledger.files[name] = digest
        self._changed = True

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
        for _, path, digest in self.listing(table):
            content = self._content(path)
            if sha256(content) != digest:
                raise StoreError(
                    f"{path} is not what was written: its checksum differs. Repair the run: seedsoil doctor {self.folder} --repair"
                )
            part = decode(table, content)
            parts.append({name: part[name] for name in wanted})
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}

    def listing(self, table: str) -> list[tuple[int, Path, str]]:
        """Return first patient, file and SHA-256 of each part that a table has, in the order of patients.

        StoreError if there is no such table. What is read of a file counts only if its checksum agrees.
        """
        known_table(table)
        chunks = self._ledger.chunks
        return [
            (first, self.folder / self._ledger.part(table, first), chunks[first][table])
            for first in sorted(chunks)
            if table in chunks[first]
        ]

    def study_text(self) -> str:
        """Return the resolved study; StoreError if it was changed after the run began."""
        content = self._content(self.folder / STUDY)
        if sha256(content) != self._ledger.files.get(STUDY):
            raise StoreError(f"{self.folder / STUDY} was changed after the run began")
        return content.decode("utf-8")

    def verify(self, beside: str | None = None) -> tuple[str, ...]:
        """Compare every file with its checksum; return one line for each fault, nothing if all is well.

        With ``beside``, only files beside the tables whose names begin so: "report/" for those of the report.
        """
        return tuple(faults_of(self.folder, self._ledger, beside))

    # ------------------------------------------------------------ inside

    def _content(self, path: Path) -> bytes:
        with disk(path, "read"):
            return path.read_bytes()

    def _need_ownership(self) -> None:
        if not self._owner:
            raise StoreError(f"{self.folder} is open for reading only")
        if self._refused:
            raise StoreError(
                f"{self.folder} takes nothing more until it is resumed, for the disk refused: {self._refused}"
            )

    def _need_chunk(self, first: int, last: int) -> None:
        self._need_ownership()
        if not self._ledger.begins_chunk(first) or last != self._ledger.end(first):
            raise StoreError(
                f"patients {first} to {last - 1} are no chunk of {self.patients} in chunks of {self.chunk}"
            )

    def _fold(self) -> None:
        """Bring the journal into the manifest, describe the folder for others, and drop the journal."""
        files = self._ledger.files
        began = self._ledger.began or today()
        content = crate.describe(self.study_text(), self.identity, TABLES, sorted(files), self.complete, began)
        publish(self.folder / crate.NAME, content)
        files[crate.NAME] = sha256(content)
        publish(self.folder / MANIFEST, self._ledger.to_bytes())
        with disk(self.folder / JOURNAL, "remove"):
            if (self.folder / JOURNAL).exists():
                (self.folder / JOURNAL).unlink()
                sync_folder(self.folder)
        self._changed = False
