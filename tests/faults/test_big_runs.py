"""F17, F32: a run too big for the machine is refused at once, with figures; a long one needs no more memory than a short one."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment.store import Store
from seedsoil.trial.runner import estimate
from seedsoil.trial.runner.estimate import Estimate, TooBigError, measured, size_up
from seedsoil.trial.runner.pool import ProcessPool
from seedsoil.trial.study.file import shipped
from tests.faults import ready, unlucky
from tests.faults.machine import linux, run

pytestmark = pytest.mark.faults


def test_f17_a_billion_patients_are_refused_at_once(tmp_path: Path) -> None:
    """Within a tenth of a second, before anything is compiled or written, with time, memory and disk."""
    plan = shipped("demo").with_changes(patients=10**9).plan()
    begin = time.process_time()
    with pytest.raises(TooBigError) as caught:
        size_up(plan, 2, tmp_path / "run")
    assert time.process_time() - begin < 0.1
    said = str(caught.value)
    for words in (
        "1,000,000,000 patients in 4 arms take at least",
        "of disk",
        "of memory",
        "no run begins unasked",
        "--anyway",
    ):
        assert words in said
    assert list(tmp_path.iterdir()) == []


def test_f17_the_command_refuses_and_writes_nothing(tmp_path: Path) -> None:
    done = run(["-m", "seedsoil", "run", "demo", "--patients", "1000000000", "--out", "big"], where=tmp_path)
    assert done.returncode == 2
    assert "1,000,000,000 patients in 4 arms take at least" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_f17_small_runs_are_not_kept_waiting(tmp_path: Path) -> None:
    plan = shipped("demo").with_changes(patients=estimate.SMALL).plan()
    assert size_up(plan, 2, tmp_path) is None
    assert size_up(dataclasses.replace(plan, patients=10**9), 2, tmp_path, left=10) is None  # nearly done


@pytest.mark.parametrize(
    ("disk", "memory", "seconds", "reason"),
    [
        (1e9, 1e9, 3600.0, ""),
        (1e13, 1e9, 3600.0, "of disk are free"),
        (1e9, 1e13, 3600.0, "of memory are free"),
        (1e9, 1e9, 1e7, "more than 7 days"),
    ],
)
def test_f17_limits(disk: float, memory: float, seconds: float, reason: str) -> None:
    found = Estimate(10_000, 2, 2, seconds, disk, memory, 20).excesses(1e12, 1e11)
    assert len(found) == bool(reason)
    assert reason in " ".join(found)


@pytest.mark.slow
def test_f17_estimate_is_within_a_factor_of_two(tmp_path: Path) -> None:
    """Fails if time or disk of a run of 48 patients is estimated at more than twice, or less than half, of what it takes."""
    from seedsoil.trial.run import run as carry_out

    study = shipped("demo").with_changes(patients=48, seed=5)
    told = measured(study.plan(), 48, 1)
    begin = time.process_time()
    carry_out(study, executor="serial", out=tmp_path / "run")
    seconds = time.process_time() - begin
    disk = sum(path.stat().st_size for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert 0.5 < told.seconds / seconds < 2.0
    assert 0.5 < told.disk_bytes / disk < 2.0


@pytest.mark.slow
@linux
def test_f17_estimate_of_memory_is_within_a_factor_of_two(tmp_path: Path) -> None:
    """The most that a run of 48 patients by two workers holds in all its processes: fails at twice or half of the estimate."""
    script = tmp_path / "script.py"
    script.write_text(
        f"""
import os
from pathlib import Path
from seedsoil.trial.run import run
from seedsoil.trial.runner.estimate import measured
from seedsoil.trial.runner.pool import ProcessPool
from seedsoil.trial.study.file import shipped

study = shipped("demo").with_changes(patients=48, seed=5)
pool, most = ProcessPool(2), {{}}

def look(done, total):
    for pid in (os.getpid(), *pool.pids()):
        said = Path(f"/proc/{{pid}}/status").read_text().split("VmHWM:")[1]
        most[pid] = 1024 * int(said.split()[0])

run(study, executor=pool, chunk=4, out=Path({str(tmp_path / "run")!r}), progress=look)
pool.kill()
print(measured(study.plan(), 48, 2).memory_bytes, sum(most.values()), len(most))
""",
        encoding="utf-8",
    )
    held = np.ones(10**8)  # of which a child's count would begin with 0.8 GB
    done = run([str(script)])
    assert held.size
    assert done.returncode == 0, done.stderr
    told, taken, processes = (float(word) for word in done.stdout.split())
    assert processes == 3
    assert 0.5 < told / taken < 2.0


@linux
@pytest.mark.parametrize("chunks", [120, pytest.param(4000, marks=pytest.mark.slow)])
def test_f32_memory_and_files_of_a_store_stay_level(chunks: int, quick: Path) -> None:
    """Ready-made chunks are written and forgotten: fails above 30 kB of memory for a chunk, or if one file stays open."""
    store = Store.create(quick / "run", ready.study, ready.identity, 50 * chunks, 50)
    parts = {table: b"x" * 60_000 for table in ready.filled}
    used, held = [], []
    with store:
        for number, (first, last) in enumerate(store.missing()):
            store.write_parts(parts, first, last)
            if number % 10 == 9:
                used.append(_resident(os.getpid()))
                held.append(_open_files(os.getpid()))
    early = len(used) // 4
    assert (used[-1] - used[early]) / (chunks * 0.75) < 30_000
    assert max(held) - min(held) <= 2
    assert sys.platform == "linux"


@linux
@pytest.mark.parametrize(("patients", "most"), [(90, 100_000), pytest.param(900, 5_000, marks=pytest.mark.slow)])
def test_f32_a_long_run_stays_level(patients: int, most: int, quick: Path) -> None:
    """Real patients, grown, treated and written by a worker, three at a time: memory and open files of both processes.

    Fails if a patient leaves more than ``most`` bytes behind (his rows are 2 kB, his state 4 MB), or if one file stays open.
    """
    from seedsoil.trial.run import run as carry_out

    pool, used, held = ProcessPool(1), list[tuple[int, ...]](), list[tuple[int, ...]]()

    def look(done: int, total: int) -> None:
        pids = (os.getpid(), *pool.pids())
        used.append(tuple(_resident(pid) for pid in pids))
        held.append(tuple(_open_files(pid) for pid in pids))

    try:
        carry_out(unlucky.study(patients), executor=pool, chunk=3, out=quick / "run", progress=look)
    finally:
        pool.kill()
    both = np.array([row for row in used if len(row) == 2])
    third = len(both) // 3
    assert third >= 8
    # The kernel gives and takes memory in lumps: the least of the last third against the least of the second.
    grown = both[-third:].min(axis=0) - both[third:-third].min(axis=0)
    assert (grown < most * patients / 3.0).all(), grown
    files = np.array([row for row in held if len(row) == 2][third:])
    assert (files.max(axis=0) - files.min(axis=0) <= 2).all()


def _resident(pid: int) -> int:
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
