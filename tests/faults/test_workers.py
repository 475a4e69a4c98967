"""Workers die, hang, lie and run out of memory: nobody else's patients are lost, and the tables are the same bytes."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from seedsoil.cli.main import execute
from seedsoil.experiment.store import Store
from seedsoil.trial.reading.digest import digests
from seedsoil.trial.run import run
from seedsoil.trial.runner.dispatch import MOST_DEATHS
from seedsoil.trial.runner.failures import FILE, Failure, PatientError
from seedsoil.trial.runner.pool import ProcessPool
from seedsoil.trial.trial import Trial
from tests.faults.machine import linux
from tests.faults.unlucky import PATIENTS, UNLUCKY, Shuffled, Unlucky, calm, study

#: Long for a patient who takes a tenth of a second and, in a fresh process, loads the kernels first.
PATIENCE = 20.0


@pytest.fixture
def pools() -> Iterator[list[ProcessPool]]:
    """Give a list: the pools in it are ended with the test."""
    begun: list[ProcessPool] = []
    yield begun
    for pool in begun:
        pool.kill()


def parts(folder: Path) -> dict[str, int]:
    """Return when each part of a run's tables was written."""
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns for path in (folder / "tables").rglob("part-*.parquet")
    }


def others(trial: Trial) -> list[int]:
    """Return the patients of whom there are rows."""
    return sorted({int(number) for number in trial.tables["patients"]["patient"]})


# ------------------------------------------------------------ F01 a worker is killed


def killed_at_random(kills: int, patients: int, seed: int, folder: Path) -> None:
    """Carry a study out while its workers are killed; nothing is lost, and what was written is not written again.

    A patient whose worker is killed each time, four times in company and four times alone, may be given up: by name, and resumed.
    """
    generator, told, written = np.random.default_rng(seed), list[str](), dict[str, int]()
    pool, over = ProcessPool(2), Event()

    def kill() -> None:
        for _ in range(kills):
            if over.wait(float(generator.uniform(0.3, 4.0))):
                return
            if pids := pool.pids():
                with suppress(ProcessLookupError):
                    os.kill(pids[int(generator.integers(len(pids)))], signal.SIGKILL)

    def progress(done: int, total: int) -> None:
        now = parts(folder)
        assert written.items() <= now.items(), "a finished chunk was computed again"
        written.update(now)

    killer, lost = Thread(target=kill), tuple[Failure, ...]()
    killer.start()
    try:
        run(study(patients), executor=pool, chunk=2, out=folder, progress=progress, tell=told.append)
    except PatientError as stopped:
        lost = stopped.failures
    finally:
        over.set()
        killer.join()
        pool.kill()
    assert {failure.kind for failure in lost} <= {"died"}
    assert kills >= 2 * MOST_DEATHS or not lost, "given up after too few deaths"
    trial = run(study(patients), executor="serial", out=folder, resume=True)
    again = {name for name, when in parts(folder).items() if written.get(name, when) != when}
    assert {int(name[-13:-8]) for name in again} <= {failure.patient // 2 for failure in lost}
    assert trial.digests() == calm(patients)


def test_f01_killed_workers_cost_nothing_but_time(tmp_path: Path) -> None:
    """Catches one lost row, or one chunk more than the one that was under way."""
    killed_at_random(4, PATIENTS, 1, tmp_path / "run")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_f01_a_hundred_kills(seed: int, tmp_path: Path) -> None:
    killed_at_random(10, 150, seed, tmp_path / "run")


# ------------------------------------------------------------ F15, F16 resumed


class _HaltError(Exception):
    """Enough for now."""


def halted(folder: Path, after: int, **options: object) -> None:
    """Carry the study on until some more chunks are done, and stop as if the process had ended."""
    begun: list[int] = []

    def progress(done: int, total: int) -> None:
        begun.append(done)
        if len(begun) > after:
            raise _HaltError

    with suppress(_HaltError):
        run(study(), out=folder, progress=progress, **options)  # type: ignore[arg-type]


def test_f15_resumed_with_other_workers(tmp_path: Path) -> None:
    """Begun with one worker, carried on with two, then with another library's, at last in another order: the same bytes."""
    folder = tmp_path / "run"
    halted(folder, 2, workers=1, chunk=1)
    halted(folder, 2, workers=2, resume=True)
    kept = parts(folder)
    assert len(kept) >= 4 * 3
    halted(folder, 2, executor=Shuffled(3, 1), resume=True)
    trial = run(study(), out=folder, resume=True, executor="serial", chunk=7)
    assert trial.digests() == calm()
    assert kept.items() <= parts(folder).items()


def test_f16_resumed_twice_and_when_finished(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(study(), out=folder, executor="serial")
    before = parts(folder)
    for _ in range(2):
        trial = run(study(), out=folder, executor="serial", resume=True)
        assert parts(folder) == before
        assert trial.digests() == digests(folder) == calm()


# ------------------------------------------------------------ F18 to F20 a patient who cannot be simulated


@pytest.mark.parametrize("fate", ["memory", pytest.param("limit", marks=linux)])
def test_f18_out_of_memory_is_tried_in_smaller_pieces(fate: str, tmp_path: Path, pools: list[ProcessPool]) -> None:
    """Unless the patient is alone, 80 terabytes are asked for, or 800 MB of a process that may have 200 MB more (RLIMIT_AS).

    Catches a patient given up too early, and a worker that is of no use after the system has refused it memory.
    """
    pools.append(Unlucky(1, fate, tmp_path / "mark"))
    told: list[str] = []
    trial = run(study(), executor=pools[0], chunk=3, out=tmp_path / "run", tell=told.append)
    assert trial.digests() == calm()
    assert any("out of memory" in line for line in told)


def test_f19_a_halted_worker_is_replaced(tmp_path: Path, pools: list[ProcessPool]) -> None:
    """A worker is stopped for good with SIGSTOP: the patient and the seed are named, and nobody is missing."""
    pools.append(Unlucky(1, "stop once", tmp_path / "mark", PATIENCE))
    told: list[str] = []
    trial = run(study(), executor=pools[0], chunk=3, patience=PATIENCE, tell=told.append)
    assert trial.digests() == calm()
    assert any(f"patient {UNLUCKY} (seed 5) took longer than 20 s" in line for line in told)


@pytest.mark.slow
def test_f19_a_patient_who_hangs_is_named_and_the_others_go_on(tmp_path: Path, pools: list[ProcessPool]) -> None:
    pools.append(Unlucky(2, "hang", tmp_path / "mark", PATIENCE))
    trial = run(study(), executor=pools[0], chunk=3, patience=PATIENCE, skip_failed=True, out=tmp_path / "run")
    assert others(trial) == [number for number in range(PATIENTS) if number != UNLUCKY]
    told = json.loads((tmp_path / "run" / FILE).read_text())
    assert [(one["patient"], one["kind"]) for one in told] == [(UNLUCKY, "overdue")]


@pytest.mark.slow
def test_f19_a_patient_who_kills_is_named_and_the_others_go_on(tmp_path: Path, pools: list[ProcessPool]) -> None:
    pools.append(Unlucky(2, "die", tmp_path / "mark"))
    trial = run(study(), executor=pools[0], chunk=3, skip_failed=True, out=tmp_path / "run")
    assert others(trial) == [number for number in range(PATIENTS) if number != UNLUCKY]
    told = json.loads((tmp_path / "run" / FILE).read_text())
    assert [(one["patient"], one["kind"]) for one in told] == [(UNLUCKY, "died")]


def test_f20_a_patient_who_raises_is_recorded_and_may_be_tried_again(
    tmp_path: Path, pools: list[ProcessPool], capsys: pytest.CaptureFixture[str]
) -> None:
    """The others' rows are there; the failure is data, with a command; and once the fault is gone a resume heals the run."""
    folder = tmp_path / "run"
    pools.append(Unlucky(1, "raise", tmp_path / "mark"))
    with pytest.raises(PatientError) as caught:
        run(study(), executor=pools[0], chunk=3, out=folder)
    assert [failure.patient for failure in caught.value.failures] == [UNLUCKY]
    assert f"patient {UNLUCKY} (seed 5): ZeroDivisionError: a fault of the test" in caught.value.faults[0]
    (one,) = json.loads((folder / FILE).read_text())
    assert (one["patient"], one["seed"], one["kind"]) == (UNLUCKY, 5, "raised")
    assert Store.open(folder).verify() == ()
    assert others(run(study(), executor=pools[0], out=folder, resume=True, skip_failed=True)) == [
        number for number in range(PATIENTS) if number != UNLUCKY
    ]
    # No answer is given in silence,
    assert execute(["run", str(folder / "study.toml"), "--out", str(folder), "--no-report"]) == 1
    assert "1 of 9 patients failed" in capsys.readouterr().err
    # the command that is told repeats the patient alone (who is well in this process),
    assert execute(one["replay"].split()[1:]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    # and with the fault gone the run is whole.
    before = parts(folder)
    healed = run(study(), executor="serial", out=folder, resume=True)
    assert healed.digests() == calm()
    assert json.loads((folder / FILE).read_text()) == []
    changed = [name for name, written in parts(folder).items() if before.get(name) != written]
    assert {name.rpartition("-")[2] for name in changed} == {"00001.parquet"}


# ------------------------------------------------------------ F31 wrong bytes


@pytest.mark.slow
def test_f31_a_poisoned_answer_is_refused(tmp_path: Path, pools: list[ProcessPool]) -> None:
    pools.append(Unlucky(1, "flip once", tmp_path / "mark"))
    told: list[str] = []
    assert run(study(), executor=pools[0], chunk=3, tell=told.append).digests() == calm()
    assert sum("its checksum differs" in line for line in told) == 1


# ------------------------------------------------------------ F33 and the same bytes


def standard(method: str, workers: int) -> Executor:
    """Return a pool of Python's own library."""
    return ProcessPoolExecutor(workers, mp_context=get_context(method))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", pytest.param("forkserver", marks=pytest.mark.slow)])
def test_f33_however_processes_begin(method: str) -> None:
    """Also when threads are there already, as here Numba's and NumPy's may be."""
    started = Event()
    Thread(target=started.wait, daemon=True).start()
    with standard(method, 2) as pool:
        assert run(study(), executor=pool, chunk=2).digests() == calm()
    started.set()


SETTINGS = list(itertools.product((1, 2, 4), (1, 7, 1000), ("spawn", "loky", "serial", "shuffled 1", "shuffled 2")))
SAMPLED = ((1, 1000, "serial"), (2, 7, "shuffled 1"), (2, 1, "loky"))


@pytest.mark.parametrize(
    ("workers", "chunk", "who"),
    [
        pytest.param(*one, marks=() if one in SAMPLED else pytest.mark.slow, id=f"{one[0]}-{one[1]}-{one[2]}")
        for one in SETTINGS
    ],
)
def test_same_bytes_whoever_computes(workers: int, chunk: int, who: str, tmp_path: Path) -> None:
    """Workers, chunks, order and kind of process: one hash a table, in memory and in a folder."""
    executor = Shuffled(workers, int(who[-1])) if who.startswith("shuffled") else who
    trial = run(study(), executor=executor, workers=workers, chunk=chunk, out=tmp_path / "run")
    assert trial.digests() == digests(tmp_path / "run") == calm()


def test_a_changed_value_is_another_digest() -> None:
    """Catches a digest that does not read the values: one cell more in one row of one table."""
    trial = run(study(), executor="serial")
    table = {name: values.copy() for name, values in trial.tables["lesions"].items()}
    table["cells_at_end"][-1] += 1.0
    changed = Trial(trial.study, trial.plan, {**trial.tables, "lesions": table}, trial.record).digests()
    assert {name for name in changed if changed[name] != calm()[name]} == {"lesions"}


def test_a_run_leaves_no_process_behind() -> None:
    pool = ProcessPool(2)
    for future in [pool.submit(time.sleep, 0.0) for _ in range(4)]:
        future.result(timeout=120.0)
    (pids, end) = (pool.pids(), time.monotonic() + 5.0)
    assert pids
    pool.shutdown()
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < end
        time.sleep(0.05)
