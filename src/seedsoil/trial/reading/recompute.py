"""A share of a run is computed once more and compared: a worker that is wrong all along has sound checksums."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from pathlib import Path

from seedsoil.experiment.columns import TABLES, Columns, decode, empty
from seedsoil.experiment.publish import disk, sha256
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, StudyError
from seedsoil.foundation.record import identity
from seedsoil.trial.reading.again import study_of_run
from seedsoil.trial.reading.digest import digests_of
from seedsoil.trial.runner.failures import read_failures
from seedsoil.trial.runner.patients import joined, run_patient


def chosen(store: Store, share: float) -> list[tuple[int, int]]:
    """Return the chunks (first, last) of a share of a run, at least one: by a hash, so that a larger share holds a smaller one."""
    missing = {first for first, _ in store.missing()}
    there = [first for first in range(0, store.patients, store.chunk) if first not in missing]
    there.sort(key=lambda first: hashlib.sha256(f"{store.identity} {first}".encode()).digest())
    most = max(1, math.ceil(share * len(there)))
    return [(first, min(store.patients, first + store.chunk)) for first in sorted(there[:most])]


def recompute(
    folder: Path | str, share: float, progress: Callable[[int, int], None] | None = None
) -> tuple[int, list[str], list[Path]]:
    """Compute a share of a run's patients again, in this process, and compare every value with the run's tables.

    Parameters
    ----------
    folder
        Of a run, finished or not, made by this very code and catalogue.
    share
        Of the chunks, above 0 and at most 1.
    progress
        Called with the patients done and those to be done.

    Returns
    -------
    patients : int
        How many were computed again; who is known to have failed is left out.
    faults : list of str
        One line for each table of a chunk that differs.
    parts : list of Path
        One part of each chunk that differs: without it the chunk is not whole, and a run that is taken up computes it again.

    Raises
    ------
    StudyError
        The share is none.
    StoreError
        No run, nothing of it is done, or made by other code; a part is not what was written.
    """
    if not 0.0 < share <= 1.0:
        raise StudyError(f"--recompute {share:g}: give a share of the patients above 0 and at most 1, such as 0.01")
    store, study = Store.open(folder), study_of_run(folder)
    plan, resolved = study.plan(), store.study_text()
    wanted = identity(resolved, plan.seed)
    if wanted != store.identity:
        raise StoreError(store.refusal(wanted, resolved))
    chunks = chosen(store, share)
    if not chunks:
        raise StoreError(f"{folder}: nothing is done yet that could be computed again")
    written = {(name, one): (path, digest) for name in TABLES for one, path, digest in store.listing(name)}
    absent = {failure.patient for failure in read_failures(Path(folder))}
    numbers = [number for first, last in chunks for number in range(first, last) if number not in absent]
    faults, parts, done = list[str](), list[Path](), 0
    for first, last in chunks:
        found = []
        for number in sorted({*range(first, last)} - absent):
            found.append(run_patient(plan, number))
            done += 1
            if progress is not None:
                progress(done, len(numbers))
        stored = {name: _rows(name, *written.get((name, first), (None, ""))) for name in TABLES}
        here, there = digests_of(joined(found)), digests_of(stored)
        changed = [name for name in TABLES if here[name] != there[name]]
        faults += [
            f"tables/{name}: patients {first} to {last - 1} are other rows when computed here" for name in changed
        ]
        if changed:
            parts += [written[name, first][0] for name in (*changed, *TABLES) if (name, first) in written][:1]
    return len(numbers), faults, parts


def _rows(name: str, path: Path | None, digest: str) -> Columns:
    """Return the rows of a part; none if the chunk has no part of this table."""
    if path is None:
        return empty(name)
    with disk(path, "read"):
        content = path.read_bytes()
    if sha256(content) != digest:
        raise StoreError(f"{path} is not what was written: its checksum differs. First: seedsoil doctor RUN --repair")
    return decode(name, content)
