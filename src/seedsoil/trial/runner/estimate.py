"""What a big run will take, told before it begins: time, memory and disk; and its refusal beyond what there is.

Two looks. The first costs nothing: figures that no study stays below, so that a billion patients are refused at once. The
second carries out a few patients of the study itself, for a second or two, and reckons from what they took.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from seedsoil.experiment.folder.machine import cores, free_disk, free_memory, size
from seedsoil.experiment.store import MANIFEST, Store
from seedsoil.foundation.errors import ModelError, StudyError
from seedsoil.foundation.units import plain
from seedsoil.trial.plan import Plan
from seedsoil.trial.runner.patients import Columns, chunk_of, joined, run_patient
from seedsoil.trial.runner.pool import ProcessPool, WorkerDiedError

#: Runs of no more patients begin at once: they take less than what an estimate could spare.
SMALL = 2_000
#: Longest run that is begun without being asked twice.
MOST_DAYS = 7.0
#: Share of what is free, on the disk or in memory, that a run may plan to use.
_MOST_OF_DISK, _MOST_OF_MEMORY = 0.9, 0.9

#: What no patient in one arm stays below: one row of the patients table, and the shortest history.
_LEAST_BYTES, _LEAST_SECONDS = 40.0, 5e-4
#: What no worker process stays below: Python and the libraries.
_LEAST_MEMORY = 150e6
#: A pilot ends when it has had this many patients, or so many and as much time.
_MOST_PILOTS, _LEAST_PILOTS, _PILOT_SECONDS = 40, 8, 2.0
#: A chunk's line in the manifest; study, record, manifest and description of a run.
_BYTES_OF_A_LINE, _BYTES_BESIDE = 800.0, 120e3
#: Chunks whose rows wait in memory to be written, for each worker.
_CHUNKS_IN_HAND = 2


@dataclass(frozen=True)
class Estimate:
    """What a run takes.

    Attributes
    ----------
    patients, arms, workers : int
    seconds, disk_bytes, memory_bytes : float
        Wall time on ``workers`` cores of their own; size of the run folder; memory of all processes together.
    pilots : int
        Patients that were carried out to know; 0: these are figures that no study stays below.
    """

    patients: int
    arms: int
    workers: int
    seconds: float
    disk_bytes: float
    memory_bytes: float
    pilots: int

    def told(self) -> str:
        """Return the estimate in a sentence."""
        start = "about" if self.pilots else "at least"
        return (
            f"{self.patients:,} patients in {self.arms} {'arm' if self.arms == 1 else 'arms'} take {start} {plain(self.seconds / 86_400)} "
            f"with {self.workers} {'worker' if self.workers == 1 else 'workers'}, {size(self.disk_bytes)} of disk and "
            f"{size(self.memory_bytes)} of memory"
        )

    def excesses(self, free_disk: float, free_memory: float) -> list[str]:
        """Return, one line each, what is beyond the limits; bytes that are free, infinite if not known."""
        lines = []
        if self.disk_bytes > _MOST_OF_DISK * free_disk:
            lines.append(f"only {size(free_disk)} of disk are free")
        if self.memory_bytes > _MOST_OF_MEMORY * free_memory:
            lines.append(f"only {size(free_memory)} of memory are free")
        if self.seconds > MOST_DAYS * 86_400:
            lines.append(f"no run begins unasked that takes more than {MOST_DAYS:g} days")
        return lines


class TooBigError(StudyError):
    """A run would take more time, memory or disk than there is; ``estimate`` says how much."""

    def __init__(self, faults: str | list[str], estimate: Estimate | None = None) -> None:
        super().__init__(faults)
        self.estimate = estimate


def size_up(
    plan: Plan, workers: int, folder: Path | None, *, left: int | None = None, anyway: bool = False
) -> Estimate | None:
    """Estimate a run before it begins; None for a small one.

    Parameters
    ----------
    plan
    workers
        Processes.
    folder
        Where the run will be (it need not exist yet); None if its tables stay in memory.
    left
        Patients still to be done; all if None.
    anyway
        Do not refuse.

    Raises
    ------
    TooBigError
        It needs more than is free of disk or memory, or more than `MOST_DAYS`.
    """
    patients = plan.patients if left is None else left
    if patients <= SMALL:
        return None
    free = (free_disk(folder), free_memory())
    least = at_least(patients, len(plan.arms), workers, kept=folder is not None)
    if not anyway:
        _refuse(least, free)
    found = measured(plan, patients, workers, kept=folder is not None)
    if not anyway:
        _refuse(found, free)
    return found


def left_in(folder: Path) -> int | None:
    """Return how many patients a run folder lacks; None if there is none yet."""
    if not (folder / MANIFEST).is_file():
        return None
    return Store.open(folder).left


def at_least(patients: int, arms: int, workers: int, *, kept: bool = True) -> Estimate:
    """Return what so many patients take in any study; ``kept``: in a run folder, not in memory."""
    pairs = patients * arms
    used = min(workers, cores())
    memory = _LEAST_MEMORY * (workers + (workers > 1)) + (0.0 if kept else pairs * _LEAST_BYTES)
    disk = pairs * _LEAST_BYTES if kept else 0.0
    return Estimate(patients, arms, workers, pairs * _LEAST_SECONDS / used, disk, memory, 0)


def measured(plan: Plan, patients: int, workers: int, *, kept: bool = True) -> Estimate:
    """Carry out a few patients of a plan and return what so many of them take."""
    from seedsoil.experiment.folder.parts import empty_parts, parts_of

    _compile_apart(plan)
    run_patient(plan, 0)  # loads what is compiled
    blank = {name: len(content) for name, content in empty_parts().items()}
    pieces: list[dict[str, Columns]] = []
    begin = time.process_time()
    for number in _pilots(plan.patients):
        pieces.append(run_patient(plan, number))
        if len(pieces) >= _LEAST_PILOTS and time.process_time() - begin > _PILOT_SECONDS:
            break
    tables = joined(pieces)
    parts = parts_of(tables, 0, plan.patients)
    count = len(pieces)
    each = (time.process_time() - begin) / count
    encoded = sum(len(content) - blank[name] for name, content in parts.items()) / count
    held = sum(_weight(column) for table in tables.values() for column in table.values()) / count
    chunk = chunk_of(plan.patients)
    a_chunk = sum(blank[name] for name in parts) + _BYTES_OF_A_LINE
    disk = encoded * patients + a_chunk * -(-patients // chunk) + _BYTES_BESIDE
    memory = _used_memory() * (workers + (workers > 1)) + _CHUNKS_IN_HAND * workers * chunk * held
    return Estimate(
        patients,
        len(plan.arms),
        workers,
        each * patients / min(workers, cores()),
        disk if kept else 0.0,
        memory if kept else memory + held * patients,
        count,
    )


def _compile_apart(plan: Plan) -> None:
    """Let a process of its own compile what is not compiled yet: whoever compiles holds twice the memory that a worker will need."""
    pool = ProcessPool(1)
    with suppress(ModelError, BrokenExecutor, WorkerDiedError):  # what is wrong with the plan comes out here again
        pool.submit(run_patient, plan, 0).result()
    pool.kill()


def _pilots(patients: int) -> list[int]:
    """Return the numbers of a few patients, spread over the study."""
    return list(range(0, patients, max(1, patients // _MOST_PILOTS)))[:_MOST_PILOTS]


def _weight(column: NDArray[Any]) -> float:
    """Return the bytes that a column holds in memory; texts are few, and held once each."""
    return float(column.nbytes)


def _refuse(estimate: Estimate, free: tuple[float, float]) -> None:
    excesses = estimate.excesses(*free)
    if excesses:
        raise TooBigError(
            [f"{estimate.told()}, but {' and '.join(excesses)}. Ask for fewer patients, make room, or add --anyway."],
            estimate,
        )


def _used_memory() -> float:
    """Return the most bytes of memory that this process has used, which a worker will use too.

    Linux's own count of a process begins with what its parent held when it began it, be that a notebook with all its data.
    """
    with suppress(OSError, IndexError):
        return 1024.0 * int(Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0])
    try:
        import resource
    except ImportError:  # not on Windows
        return 3.0 * _LEAST_MEMORY
    most = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return most if sys.platform == "darwin" else 1024.0 * most
