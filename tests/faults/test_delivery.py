"""F29, F31: answers come twice, late, out of order, in the envelope of others; every patient has the rows that are due, once."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedsoil.cli.main import execute
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, StudyError
from seedsoil.trial.plan import Plan
from seedsoil.trial.reading.digest import digests
from seedsoil.trial.reading.recompute import chosen, recompute
from seedsoil.trial.run import run
from seedsoil.trial.runner import work
from seedsoil.trial.runner.patients import Columns
from tests.faults.hosts import free_port, scheduler, workers
from tests.faults.proxy import proxy
from tests.faults.unlucky import PATIENTS, UNLUCKY, Shuffled, calm, study

PATIENTS_OF_THE_CLUSTER, MOST_IN_A_ROW = 12, 4


class Confused(Shuffled):
    """Does what waits in an order of its own, and now and then delivers an earlier answer in the place of the one that is due."""

    def __init__(self, seed: int) -> None:
        super().__init__(3, seed)
        self._earlier: list[bytes] = []
        self._chance = np.random.default_rng(seed + 100)
        self.repeated = self._in_a_row = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Let a call wait."""

        def confuse(*given: Any) -> bytes:
            answer: bytes = fn(*given)
            others = [one for one in self._earlier if one != answer]
            self._earlier.append(answer)
            # A run ends after eight in a row, as it should: luck alone would bring these once in a score of runs.
            if not others or self._in_a_row == MOST_IN_A_ROW or self._chance.random() < 0.5:
                self._in_a_row = 0
                return answer
            self.repeated += 1
            self._in_a_row += 1
            return others[int(self._chance.integers(len(others)))]

        return super().submit(confuse, *args, **kwargs)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_f29_earlier_answers_delivered_again(seed: int, tmp_path: Path) -> None:
    """Half of the answers are sound ones that were taken before: fails if one is counted twice, or for another patient."""
    confused, told = Confused(seed), list[str]()
    trial = run(study(), executor=confused, chunk=1, out=tmp_path / "run", tell=told.append)
    assert confused.repeated > 1
    assert sum("not of the patients that were asked for" in line for line in told) == confused.repeated
    assert trial.digests() == calm()
    assert Store.open(tmp_path / "run").verify() == ()
    assert sorted(set(trial.tables["patients"]["patient"].tolist())) == list(range(PATIENTS))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::RuntimeWarning:distributed.*")
@pytest.mark.parametrize("seed", range(3))
def test_f29_a_proxy_repeats_and_reorders(seed: int, tmp_path: Path) -> None:
    """Between a scheduler, its workers and us, each report comes twice, and others overtake it: one row a patient and arm."""
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    port, door, told, log = free_port(), free_port(), list[str](), tmp_path / "log"
    address = f"tcp://127.0.0.1:{door}"
    with ExitStack() as stack:
        stack.enter_context(scheduler(port, log))
        between = stack.enter_context(proxy(door, port, seed))
        stack.enter_context(workers(2, address, log))
        trial = run(study(PATIENTS_OF_THE_CLUSTER), cluster=address, chunk=1, out=tmp_path / "run", tell=told.append)
    assert between.repeated >= 2 * PATIENTS_OF_THE_CLUSTER, told
    assert between.overtaken > 0
    assert trial.digests() == calm(PATIENTS_OF_THE_CLUSTER), told
    assert Store.open(tmp_path / "run").verify() == ()
    assert len(trial.tables["patients"]["patient"]) == 2 * PATIENTS_OF_THE_CLUSTER


def test_f31_a_worker_that_was_wrong_all_along_is_found_by_computing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One cell too many in one lesion, under a sound checksum: fails if computing again misses it, or blames a sound run."""
    real = work.run_arms

    def wrong(plan: Plan, number: int) -> list[dict[str, Columns]]:
        found = real(plan, number)
        if number == UNLUCKY:
            found[-1]["lesions"]["cells_at_end"][-1] += 1.0
        return found

    folder, sound = tmp_path / "run", tmp_path / "sound"
    run(study(), executor="serial", chunk=2, out=sound)
    with monkeypatch.context() as patch:
        patch.setattr(work, "run_arms", wrong)
        run(study(), executor="serial", chunk=2, out=folder)
    assert Store.open(folder).verify() == ()
    assert recompute(sound, 1.0) == (PATIENTS, [], [])
    told = "tables/lesions: patients 4 to 5 are other rows when computed here"
    assert recompute(folder, 1.0) == (PATIENTS, [told], [folder / "tables" / "lesions" / "part-00002.parquet"])
    few, more = (set(chosen(Store.open(folder), share)) for share in (0.01, 0.5))
    assert (len(few), len(more)) == (1, 3)
    assert few < more
    assert execute(["doctor", str(folder), "--recompute", "1.0"]) == 1
    *_, remove, go_on = capsys.readouterr().err.splitlines()
    assert execute(["doctor", str(sound), "--recompute", "0.01"]) == 0
    # What it says to do, to the letter, heals the run.
    subprocess.run(remove, shell=True, check=True)
    assert [path.name for path in folder.glob("tables/lesions/*2.parquet")] == []
    assert shlex.split(go_on) == ["seedsoil", "run", str(folder), "--resume"]
    assert execute([*shlex.split(go_on)[1:], "--workers", "1", "--no-report"]) == 0
    assert digests(folder) == calm()


def test_f31_what_cannot_be_computed_again(tmp_path: Path) -> None:
    run(study(2), executor="serial", out=tmp_path / "run")
    for share in (0.0, 1.5, float("nan")):
        with pytest.raises(StudyError, match="above 0 and at most 1"):
            recompute(tmp_path / "run", share)
    assert execute(["doctor", "--recompute", "0.1"]) == 2
    text = study(2).resolve()
    Store.create(tmp_path / "other", text, "c" * 64, 2, 1).close()
    with pytest.raises(StoreError, match="holds another run"):
        recompute(tmp_path / "other", 1.0)
