"""F12, F13: a run folder has one writer, and a lock is taken over only from an owner who is proven gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seedsoil.experiment import publish
from seedsoil.experiment.folder import care
from seedsoil.experiment.publish import LOCK
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError
from tests.faults import ready
from tests.faults.machine import environment, linux, needs_strace, program, store

pytestmark = pytest.mark.faults


def race(folder: Path, count: int) -> list[subprocess.CompletedProcess[str]]:
    """Let so many programs store the same run at once."""
    runners = [
        subprocess.Popen(
            [sys.executable, str(program), str(folder), "fill"],
            env=environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(count)
    ]
    ended = [runner.communicate(timeout=300) for runner in runners]
    return [
        subprocess.CompletedProcess(runner.args, runner.returncode, *said)
        for runner, said in zip(runners, ended, strict=True)
    ]


def one_won(folder: Path, count: int, whole: dict[str, str]) -> None:
    done = race(folder, count)
    assert any(each.returncode == 0 for each in done)
    for each in done:
        assert each.returncode in {0, 2}, each.stderr
        assert (
            each.returncode == 0 or "is being written by process" in each.stderr or "already holds a run" in each.stderr
        )
    ready.fill(folder)
    assert ready.hashes(folder) == whole


def test_f12_four_programs_on_one_folder(quick: Path, whole: dict[str, str]) -> None:
    """One owns it, the others are refused by name or come later; the bytes are those of one program alone."""
    one_won(quick / "run", 4, whole)


def test_f12_another_begins_while_we_look(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other's run begins between two of our looks into the folder: fails if it is taken for files of no run."""
    real = care._files

    def meanwhile(folder: Path) -> list[Path]:
        monkeypatch.undo()
        ready.fill(quick / "run", 1)
        return list(real(folder))

    monkeypatch.setattr(care, "_files", meanwhile)
    with pytest.raises(StoreError, match="already holds a run"):
        Store.create(quick / "run", ready.study, ready.identity, ready.patients, ready.chunk)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 4, 8])
def test_f12_many_programs_many_times(count: int, quick: Path, whole: dict[str, str]) -> None:
    for turn in range(50):
        one_won(quick / str(turn), count, whole)


def locked(folder: Path, **more: object) -> None:
    """Leave a lock such as this process would, but for what is given."""
    (folder / LOCK).write_text(json.dumps({**publish._this_process(), **more}))


def ended_process() -> int:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    return int(done.stdout)


@linux
def test_f13_owner_is_dead(finished: Path) -> None:
    locked(finished, pid=ended_process())
    Store.resume(finished, ready.identity).close()


@linux
@pytest.mark.parametrize("began", ["another boot:1", "same boot"])
def test_f13_number_of_the_owner_is_used_again(began: str, finished: Path) -> None:
    """The number is alive, but its process began at another time, or in another boot of the machine."""
    boot = publish._started(os.getpid()).partition(":")[0]
    locked(finished, started=began if ":" in began else f"{boot}:1")
    Store.resume(finished, ready.identity).close()


@pytest.mark.parametrize(
    "other", [{"host": "elsewhere"}, {"processes": "pid:[1]"}, {"pid": "x"}, {"pid": None}], ids=str
)
def test_f13_owner_that_may_live_keeps_the_folder(other: dict[str, object], finished: Path) -> None:
    """Another host, or another container with this one's name: its process numbers say nothing here."""
    locked(finished, **{"pid": ended_process(), **other})
    with pytest.raises(StoreError, match=r"is being written by process .* remove .*\.lock and try again"):
        Store.resume(finished, ready.identity)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\x00"])
def test_f13_lock_that_cannot_be_read_is_respected(content: str, finished: Path) -> None:
    (finished / LOCK).write_text(content)
    with pytest.raises(StoreError, match="is being written by process"):
        Store.resume(finished, ready.identity)


def test_f13_only_the_owner_gives_a_lock_up(finished: Path) -> None:
    """Somebody removed our lock and took the folder: fails if we remove theirs when we end."""
    ours = Store.resume(finished, ready.identity)
    locked(finished, host="elsewhere")
    ours.close()
    assert (finished / LOCK).exists()


def test_f12_owner_gives_up_while_we_look(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is seen, and gone when it is read: fails if that is taken for a fault of the disk."""
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path.name == LOCK or real(path))
    Store.resume(finished, ready.identity).close()


@linux
@needs_strace
def test_f13_a_killed_program_leaves_no_lock_that_holds(quick: Path, whole: dict[str, str]) -> None:
    from tests.faults.machine import injected

    done = store(quick / "run", before=injected("signal=KILL", "fsync", "60"))
    assert done.returncode != 0
    assert (quick / "run" / LOCK).exists()
    ready.fill(quick / "run")
    assert ready.hashes(quick / "run") == whole
