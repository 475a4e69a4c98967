"""The ledger of a run folder: whose run it is and what belongs to it, in a manifest and the journal of what came since.

The manifest is rewritten whole when a run begins, is taken up or ends; a chunk or a report adds one line to the journal.
Both are sealed with a SHA-256 over their very bytes; a line's seal covers the run's identity too, so that a journal of
another run is not believed.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedsoil.experiment.columns import FORMAT
from seedsoil.experiment.publish import disk, sha256
from seedsoil.foundation.errors import StoreError

MANIFEST = "manifest.json"
JOURNAL = "progress.jsonl"
STUDY = "study.toml"
#: The format before this one: each part of each table stands in the manifest by its path, rows or not.
FORMAT_BEFORE = "seedsoil run 3"
#: What the tables can number.
MOST_PATIENTS = 2**31 - 1
#: Parts are numbered with at least so many digits, and all parts of a run with equally many: names sort as patients do.
_DIGITS = 5

plain_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_table_name = re.compile(r"[a-z][a-z_]*")
_digest = re.compile(r"[0-9a-f]{64}")
_part = re.compile(r"part-([0-9]{1,20})\.parquet")
_seal = re.compile(rb',\s*"checksum": "([0-9a-f]{64})"\s*\}\s*\Z')


@dataclass
class Ledger:
    """Whose run a folder holds, and the SHA-256 of all that belongs to it.

    Attributes
    ----------
    identity : str
    patients, chunk : int
        Patients of the study, and of one chunk; patients are numbered from 0.
    began : str
        Day on which the run began (ISO 8601, UTC); "" if not known.
    made_by : mapping
        ``versions`` of what computed it, and ``sources``: the first digits of the SHA-256 of each file of code and catalogue.
    files : dict
        Files beside the tables, by name.
    chunks : dict
        For the first patient of each chunk that is there: its parts, by table. A table without rows has no part.
    """

    identity: str
    patients: int
    chunk: int
    began: str = ""
    made_by: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    chunks: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Chunks of the whole run."""
        return -(-self.patients // self.chunk)

    def end(self, first: int) -> int:
        """Return the patient after the last one of a chunk."""
        return min(first + self.chunk, self.patients)

    def begins_chunk(self, first: object) -> bool:
        """Whether a chunk begins with this patient."""
        return (
            isinstance(first, int)
            and not isinstance(first, bool)
            and 0 <= first < self.patients
            and first % self.chunk == 0
        )

    def part(self, table: str, first: int) -> str:
        """Return the name of a part of a table, inside the folder."""
        digits = max(_DIGITS, len(str(self.count - 1)))
        return f"tables/{table}/part-{first // self.chunk:0{digits}d}.parquet"

    def parts(self, first: int) -> dict[str, str]:
        """Return the files of a chunk with their SHA-256."""
        return {self.part(table, first): digest for table, digest in self.chunks[first].items()}

    def missing(self) -> list[tuple[int, int]]:
        """Return the chunks (first, last) that are not there, in order: patients first .. last - 1."""
        return [(first, self.end(first)) for first in range(0, self.patients, self.chunk) if first not in self.chunks]

    @property
    def left(self) -> int:
        """Patients that are not there; reckoned, for a run may have more chunks than a list should."""
        return self.patients - sum(self.end(first) - first for first in self.chunks)

    def lacks(self, name: str) -> bool:
        """Whether a file of this name would be a part of a chunk that is not there."""
        number = _part.fullmatch(name)
        first = -1 if number is None else int(number[1]) * self.chunk
        return self.begins_chunk(first) and first not in self.chunks and self.part("-", first).endswith(f"/{name}")

    def known(self) -> Iterator[tuple[str, str]]:
        """Walk over all files that belong to the run, with their SHA-256."""
        yield from self.files.items()
        for first in sorted(self.chunks):
            yield from self.parts(first).items()

    def to_bytes(self) -> bytes:
        """Return the manifest; the same bytes for the same contents, in whatever order they came. A chunk takes a line."""
        head = {"format": FORMAT, "identity": self.identity, "patients": self.patients, "chunk": self.chunk}
        head |= {"began": self.began, "made_by": self.made_by, "files": dict(sorted(self.files.items()))}
        lines = ",\n".join(
            json.dumps({"first": first, "parts": dict(sorted(self.chunks[first].items()))})
            for first in sorted(self.chunks)
        )
        body = f'{json.dumps(head, indent=1)[:-2]},\n "chunks": [\n{lines}\n ]'.encode()
        return body + f',\n "checksum": "{sha256(body)}"\n}}\n'.encode()

    def line(self, entry: Mapping[str, Any]) -> bytes:
        """Return a sealed line of the journal."""
        body = json.dumps(entry).encode()[:-1]
        return body + f', "checksum": "{self._sealed(body)}"}}\n'.encode()

    def take(self, journal: bytes) -> None:
        """Add what stands in the journal's whole lines; a torn line is something that was not finished."""
        for line in journal.splitlines():
            seal = _seal.search(line)
            if seal is None or self._sealed(line[: seal.start()]).encode() != seal[1]:
                continue
            entry = json.loads(line)
            if self.begins_chunk(entry.get("first")):
                self.chunks[entry["first"]] = entry["parts"]
            elif "file" in entry:
                self.files[entry["file"]] = entry["sha256"]

    def is_sound(self) -> bool:
        """Whether all of it can be: names that stay in the folder, SHA-256, patients that can be counted, texts that are texts."""
        tables = [table for parts in self.chunks.values() for table in _strings(parts)]
        return (
            set(map(type, (self.identity, self.began))) == {str}
            and _is_whole(self.patients, MOST_PATIENTS)
            and _is_whole(self.chunk, MOST_PATIENTS)
            and all(plain_name.fullmatch(name) for name in _strings(self.files))
            and all(_table_name.fullmatch(name) for name in tables)
            and all(self.begins_chunk(first) for first in self.chunks)
            and all(_digest.fullmatch(digest) for _, digest in self.known())
            and all(_strings(inner) is not None for inner in self.made_by.values())
        )

    def _sealed(self, body: bytes) -> str:
        return sha256(self.identity.encode() + body)


def _is_whole(number: object, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= most


def _strings(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return a mapping of texts to texts; TypeError if it is anything else."""
    if not isinstance(given, dict) or not all(isinstance(text, str) for pair in given.items() for text in pair):
        raise TypeError("texts are due")
    return given


def today() -> str:
    """Return the day and no more, so that a run that is begun again has the same bytes."""
    return datetime.now(UTC).date().isoformat()


def read_ledger(folder: Path) -> Ledger:
    """Return what a run folder holds; StoreError if there is no run in it or its manifest is damaged.

    The journal is read before the manifest that replaces it: whoever reads while the run's owner writes misses nothing.
    """
    path, journal = folder / MANIFEST, b""
    if not path.is_file():
        raise StoreError(f"{folder} holds no run: there is no {MANIFEST} in it.")
    with disk(folder / JOURNAL, "read"), contextlib.suppress(FileNotFoundError):
        journal = (folder / JOURNAL).read_bytes()
    with disk(path, "read"):
        content = path.read_bytes()
    try:
        ledger = _parsed(path, content)
        ledger.take(journal)
        sound = ledger.is_sound()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise StoreError(f"{path} is damaged: it is not a manifest. Its run cannot be used.") from error
    if not sound:  # however well it is sealed: whoever sends a run folder may have made its manifest
        raise StoreError(f"{path} names what cannot be in a run folder. Its run cannot be used.")
    return ledger


def _parsed(path: Path, content: bytes) -> Ledger:
    body = json.loads(content)
    found, form = body.pop("checksum"), str(body.pop("format"))[:60]
    before = form == FORMAT_BEFORE
    if before:
        text = json.dumps({"format": form, **body}, sort_keys=True, separators=(",", ":")).encode()
        whole = found == sha256(text)
    elif form == FORMAT:
        seal = _seal.search(content)
        whole = seal is not None and sha256(content[: seal.start()]).encode() == seal[1]
    else:
        raise StoreError(
            f"{path} was written as {form!r}, which this version of seedsoil does not know: it reads {FORMAT!r} and "
            f"{FORMAT_BEFORE!r}. Open it with the version that wrote it (record.json names it)."
        )
    if not whole:
        raise StoreError(f"{path} is damaged: its checksum differs. Its run cannot be used.")
    chunks = {
        entry["first"]: {name.split("/")[1]: digest for name, digest in entry["files"].items()}
        if before
        else entry["parts"]
        for entry in body.pop("chunks")
    }
    return Ledger(**body, chunks=chunks)
