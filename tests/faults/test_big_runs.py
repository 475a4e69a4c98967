"""F17, F32: a run too big for the machine is refused at once, with figures; a long one needs no more memory than a short one."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from pathlib import Path

import pytest

from seedsoil.experiment.store import Store
from seedsoil.trial.runner import estimate
from seedsoil.trial.runner.estimate import Estimate, TooBigError, measured, size_up
from seedsoil.trial.study.file import shipped
from tests.faults import ready
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


@linux
@pytest.mark.parametrize("chunks", [120, pytest.param(4000, marks=pytest.mark.slow)])
def test_f32_memory_and_files_stay_level(chunks: int, quick: Path) -> None:
    """Chunks are written and forgotten: fails above 30 kB of memory for a chunk, or if one file stays open."""
    store = Store.create(quick / "run", ready.study, ready.identity, 50 * chunks, 50)
    parts = {table: b"x" * 60_000 for table in ready.filled}
    used, held = [], []
    with store:
        for number, (first, last) in enumerate(store.missing()):
            store.write_parts(parts, first, last)
            if number % 10 == 9:
                used.append(_resident())
                held.append(len(os.listdir("/proc/self/fd")))
    early = len(used) // 4
    assert (used[-1] - used[early]) / (chunks * 0.75) < 30_000
    assert max(held) - min(held) <= 2
    assert sys.platform == "linux"


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
