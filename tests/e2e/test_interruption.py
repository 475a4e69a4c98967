"""Ctrl-C stops a run at once, leaves the store whole, and the run can be taken up where it stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.command import repository, seedsoil

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for the processes of a group in /proc")

#: Patients of a run that no machine ends within the test, in chunks that take longer than an interrupted run waits for.
many = ("run", "--patients", "4000", "--chunk", "500", "--workers", "2", "--no-report", "--out", "one")


def _listen() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def started(*arguments: str, where: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command in a process group of its own, as a shell does, and leave nothing of it behind."""
    environment = {**os.environ, "PYTHONPATH": str(repository / "src")}
    with (where / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "seedsoil", *arguments],
            cwd=where,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
            # What runs these tests may be deaf itself, as a job in the background is to Ctrl-C and one of nohup to hanging up; that
            # is inherited.
            preexec_fn=_listen,  # noqa: PLW1509  (no threads here)
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def members(group: int) -> int:
    """Return how many processes of a group are alive."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = entry.read_text().rpartition(")")[2].split()
            count += int(fields[2]) == group and fields[0] != "Z"
    return count


def chunks_done(run: Path) -> int:
    """Return how many chunks a run has finished."""
    journal = run / "progress.jsonl"
    return journal.read_bytes().count(b"\n") if journal.is_file() else 0


def interrupted(process: subprocess.Popen[bytes], times: int = 1) -> None:
    """Send Ctrl-C to the whole group, as a terminal does, and wait for the command's end."""
    for _ in range(times):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.2)
    process.wait(timeout=120)


@pytest.mark.parametrize("times", [1, 2])
def test_chunks_under_way_are_not_waited_for_long(times: int, tmp_path: Path) -> None:
    """Chunks of 500 take longer than the seconds of grace: fails if the workers finish them all the same, or outlive the command."""
    seedsoil("run", "--patients", "1", "--no-report", where=tmp_path)  # kernels are compiled before
    with started(*many, where=tmp_path) as process:
        wait_for(lambda: members(process.pid) >= 3)  # the command and its two workers
        time.sleep(4.0)
        assert process.poll() is None
        before = chunks_done(tmp_path / "one")
        interrupted(process, times)
        assert process.returncode == 130
        assert chunks_done(tmp_path / "one") < before + 2
        wait_for(lambda: members(process.pid) == 0)
    said = (tmp_path / "said").read_text()
    assert "Traceback" not in said
    assert times > 1 or "seedsoil run demo --patients 4000 --out one --resume" in said
    assert seedsoil("doctor", "one", where=tmp_path).returncode == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_finished_chunks_are_kept_and_the_run_goes_on(workers: str, tmp_path: Path) -> None:
    arguments = ("run", "--patients", "40", "--workers", workers, "--no-report", "--out", "one")
    with started(*arguments, where=tmp_path) as process:
        wait_for(lambda: chunks_done(tmp_path / "one") >= 2)
        interrupted(process)
        assert process.returncode == 130
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "one" / "tables").rglob("part-*.parquet")}
    looked = seedsoil("doctor", "one", where=tmp_path)
    assert looked.returncode == 0, looked.stderr
    assert "of 40 patients are still to be done" in looked.stdout
    done = seedsoil(*arguments, "--resume", "--json", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["patients"] == 40
    again = [path for path, written in kept.items() if path.stat().st_mtime_ns != written]
    assert len(again) <= 5, "more than the one chunk that was cut short was done again"
    assert seedsoil("doctor", "one", where=tmp_path).returncode == 0
