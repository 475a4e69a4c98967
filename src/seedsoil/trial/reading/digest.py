"""The fingerprint of a run's tables: one SHA-256 a table, the same however the patients were cut into chunks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, checked, decode
from seedsoil.experiment.store import Store
from seedsoil.trial.reading.tables import content_of

_MOST_PATIENTS = 2**31


def digests_of(tables: Mapping[str, Mapping[str, NDArray[Any]]]) -> dict[str, str]:
    """Return the SHA-256 of each table in memory; see `digests`."""
    return {name: _digest(name, [tables[name]]) for name in TABLES}


def digests(folder: Path | str) -> dict[str, str]:
    """Return the SHA-256 of each table of a run folder, read part by part in the order of patients.

    Of each column the values alone count, in their order: little-endian numbers (-0 as 0, any nan as the one), texts with
    their lengths. So files may be cut, compressed or named as they like. StoreError if the folder holds
    no run, or a part is not what was written.
    """
    store = Store.open(folder)
    return {
        name: _digest(name, (decode(name, content_of(path, digest)) for _, path, digest in store.listing(name)))
        for name in TABLES
    }


def _digest(name: str, parts: Iterable[Mapping[str, NDArray[Any]]]) -> str:
    columns = {column: hashlib.sha256() for column in TABLES[name]}
    rows = 0
    for part in parts:
        table = checked(name, part, 0, _MOST_PATIENTS)
        rows += len(table["patient"])
        for column, digest in columns.items():
            digest.update(_bytes(table[column]))
    whole = hashlib.sha256(f"{name} {rows}\n".encode())
    for column, digest in columns.items():
        whole.update(f"{column} {digest.hexdigest()}\n".encode())
    return whole.hexdigest()


def _bytes(values: NDArray[Any]) -> bytes:
    if values.dtype.kind != "O":
        return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    words = {word: str(word).encode() for word in set(values.tolist())}
    written = {word: len(text).to_bytes(4, "little") + text for word, text in words.items()}
    return b"".join(map(written.__getitem__, values.tolist()))
