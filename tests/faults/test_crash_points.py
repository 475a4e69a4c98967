"""F03, F04: ended at any system call, or with the power gone: the store opens, keeps what it said it kept, and goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment.store import MANIFEST, Store
from tests.faults import ready
from tests.faults.lost_power import Disk, recorded
from tests.faults.machine import injected, kept, linux, needs_strace, store

pytestmark = [pytest.mark.faults, linux, needs_strace]

#: Calls by which a store changes a disk, and how often the program of each task makes them, at least.
calls = {"write": 33, "fsync": 88, "rename": 26, "mkdir": 26, "unlink": 3}
later = {"half": ("write", "fsync", "rename", "unlink"), "add": ("write", "fsync", "rename"), "repair": ("fsync", "rename", "unlink", "mkdir")}  # fmt: skip


def goes_on(folder: Path, promised: list[int], whole: dict[str, str]) -> None:
    """Fail unless what was promised is there, nothing that counts is damaged, and the run ends with the same bytes."""
    if (folder / MANIFEST).exists():
        there = Store.open(folder)
        missing = {first for first, _ in there.missing()}
        assert not missing & set(promised), f"lost: {missing & set(promised)}"
        faults = [fault for fault in there.verify() if fault.startswith("tables/")]
        assert not faults
    else:
        assert not promised
    ready.fill(folder)
    assert ready.hashes(folder) == whole


def crash(folder: Path, call: str, number: int, whole: dict[str, str]) -> bool:
    """Kill the program at its number-th call; whether there is such a call."""
    done = store(folder, before=injected("signal=KILL", call, str(number)))
    if done.returncode == 0:
        return False
    folder.mkdir(exist_ok=True)
    goes_on(folder, kept(done), whole)
    return True


@pytest.mark.parametrize(("call", "number"), [("write", 17), ("fsync", 61), ("rename", 20), ("unlink", 2)])
def test_f03_killed_at_a_call(call: str, number: int, quick: Path, whole: dict[str, str]) -> None:
    """Killed at one call of a kind: fails if one chunk that was kept is lost, or one byte differs in the end."""
    assert crash(quick / "run", call, number, whole)


@pytest.mark.slow
@pytest.mark.parametrize("call", calls)
def test_f03_killed_at_every_call(call: str, quick: Path, whole: dict[str, str]) -> None:
    """The same at every call of the kind, one after the other, until the program ends unharmed."""
    number = 1
    while crash(quick / str(number), call, number, whole):
        shutil.rmtree(quick / str(number))
        number += 1
    assert number > calls[call]


@pytest.mark.slow
@pytest.mark.parametrize("what", later)
def test_f03_killed_at_every_call_of_what_comes_later(what: str, quick: Path, whole: dict[str, str]) -> None:
    """Killed while a run is taken up, while a report is added, and while a damaged run is repaired, at every call."""
    for call in later[what]:
        for number in range(1, 200):
            folder = quick / f"{call}{number}"
            ready.fill(folder, 1 if what == "half" else 99)
            if what == "repair":
                (folder / "tables/clones/part-00001.parquet").write_bytes(b"x")
                (folder / "tables/clones/stranger").write_bytes(b"x")
            promised = [] if what == "repair" else [0] if what == "half" else [0, 3, 6]
            done = store(folder, what, before=injected("signal=KILL", call, str(number)))
            if what == "repair":
                Store.repair(folder)
            promised += kept(done)
            with Store.resume(folder, ready.identity) as again:
                assert not {first for first, _ in again.missing()} & set(promised)
            ready.fill(folder)
            found = {name: digest for name, digest in ready.hashes(folder).items() if name.startswith("tables/")}
            assert found == {name: digest for name, digest in whole.items() if name.startswith("tables/")}
            assert Store.open(folder).verify() == ()
            shutil.rmtree(folder)
            if done.returncode == 0:
                break
        else:
            pytest.fail("the program never ended unharmed")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Disk:
    """Give what a whole run asked of the disk, call by call."""
    return recorded(tmp_path_factory.mktemp("log") / "run")


def power_fails(log: Disk, at: int, seed: int, folder: Path, whole: dict[str, str]) -> None:
    """Let the power fail after so many calls, and what was not synced be lost or kept by chance."""
    shutil.rmtree(folder, ignore_errors=True)
    promised = log.after(at).left_behind(folder, np.random.default_rng([at, seed]), all_lost=seed == 0)
    goes_on(folder, promised, whole)


def test_f04_power_lost(log: Disk, quick: Path, whole: dict[str, str]) -> None:
    """Power lost at every eighth call; nothing, or a random part, of what was not synced reaches the disk.

    Fails if one chunk that was kept is lost, one half-written file is believed, or one byte differs in the end.
    """
    for at in range(0, log.length + 1, 8):
        power_fails(log, at, at % 2, quick / "run", whole)


@pytest.mark.slow
def test_f04_power_lost_at_every_call(log: Disk, quick: Path, whole: dict[str, str]) -> None:
    """The same at every call, five times."""
    for at in range(log.length + 1):
        for seed in range(5):
            power_fails(log, at, seed, quick / "run", whole)
