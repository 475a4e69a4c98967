"""The command itself is stopped, politely or not: no worker outlives it, and the run goes on to the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment.store import MANIFEST, Store
from seedsoil.trial.run import run
from tests.e2e.test_interruption import chunks_done, members, started, wait_for
from tests.faults.unlucky import TEXT, calm, study

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for the processes of a group in /proc")

#: Enough for two workers to be under way for some seconds.
PATIENTS = 24


def command(where: Path, workers: int = 2) -> tuple[str, ...]:
    """Return the command that begins the run, or goes on with it."""
    (where / "tiny.toml").write_text(TEXT.format(patients=PATIENTS), encoding="utf-8")
    again = ("--resume",) if (where / "one" / MANIFEST).is_file() else ()
    return ("run", "tiny.toml", "--workers", str(workers), "--chunk", "1", "--no-report", "--out", "one", *again)


def is_whole(where: Path) -> bool:
    """Carry the rest out here; whether the tables are those of a run that nothing disturbed."""
    assert Store.open(where / "one").verify() == ()
    return run(study(PATIENTS), executor="serial", chunk=1, out=where / "one", resume=True).digests() == calm(PATIENTS)


def test_f02_no_worker_outlives_a_killed_command(tmp_path: Path) -> None:
    with started(*command(tmp_path), where=tmp_path) as process:
        wait_for(lambda: chunks_done(tmp_path / "one") >= 3)
        process.kill()
        process.wait()
        wait_for(lambda: members(process.pid) == 0, 5.0)
    assert is_whole(tmp_path)


@pytest.mark.parametrize(
    ("name", "times", "to_all"),
    [
        pytest.param(
            name, times, to_all, marks=() if (name, times, to_all) == ("SIGTERM", 1, True) else pytest.mark.slow
        )
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        for times in (1, 2)
        for to_all in (False, True)
    ],
)
def test_f21_stopped_once_or_twice(name: str, times: int, to_all: bool, tmp_path: Path) -> None:
    """Sent to the command alone, as by a batch system, or to all its processes, as by a terminal that closes.

    Once: what is under way may end within five seconds, and the way to go on is said. Twice: at once.
    """
    number = getattr(signal, name)
    with started(*command(tmp_path), where=tmp_path) as process:
        wait_for(lambda: chunks_done(tmp_path / "one") >= 3)
        begin = time.monotonic()
        for _ in range(times):
            with suppress(ProcessLookupError):
                (os.killpg if to_all else os.kill)(process.pid, number)
            time.sleep(0.1)
        process.wait(timeout=60)
        took = time.monotonic() - begin
        assert process.returncode == 130
        wait_for(lambda: members(process.pid) == 0, 5.0)
    said = (tmp_path / "said").read_text()
    assert "Traceback" not in said
    assert "seedsoil run tiny.toml --out one --resume" in said
    assert took < 10.0  # on a machine that does much else, five seconds and some
    assert chunks_done(tmp_path / "one") < PATIENTS
    assert is_whole(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_f02_a_hundred_kills(seed: int, tmp_path: Path) -> None:
    """Killed ten times at a random moment, with one worker or two: what was done stays done, whenever it was."""
    generator, kept = np.random.default_rng(seed), dict[str, int]()
    for _ in range(10):
        with started(*command(tmp_path, int(generator.integers(1, 3))), where=tmp_path) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=float(generator.uniform(0.0, 8.0)))
            process.kill()
            process.wait()
            wait_for(lambda group=process.pid: members(group) == 0, 5.0)  # type: ignore[misc]
        tables = tmp_path / "one" / "tables"
        now = {str(path): path.stat().st_mtime_ns for path in tables.rglob("part-*.parquet")}
        assert kept.items() <= now.items(), "a finished chunk was lost, or computed again"
        finished = {first for first in range(PATIENTS)} - {first for first, _ in _missing(tmp_path / "one")}
        kept = {name: written for name, written in now.items() if int(name[-13:-8]) in finished}
    assert is_whole(tmp_path)


def _missing(folder: Path) -> list[tuple[int, int]]:
    if not (folder / MANIFEST).is_file():
        return [(first, first + 1) for first in range(PATIENTS)]
    return Store.open(folder).missing()
