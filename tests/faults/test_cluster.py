"""A real scheduler and real workers: killed, cut off, of another version, restarted; the same bytes in the end."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from seedsoil.trial.run import run
from tests.faults.hosts import (
    HASTE,
    cable,
    can_lay_cables,
    children,
    free_port,
    older_version,
    pull,
    scheduler,
    workers,
)
from tests.faults.unlucky import calm, study

pytest.importorskip("distributed", reason="needs the extra 'cluster'")
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    # What Dask does when connections break under it, in its own threads and at its own exit.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:distributed.*"),
]
PATIENTS = 24


@pytest.fixture(autouse=True)
def _haste(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    for name, value in HASTE.items():
        monkeypatch.setenv(name, value)
    dask.config.refresh()


def at(marks: dict[int, Callable[[], None]]) -> Callable[[int, int], None]:
    """Return a progress that does something, once each, when so many patients are done."""
    left = dict(marks)

    def progress(done: int, total: int) -> None:
        for mark in [mark for mark in left if done >= mark]:
            left.pop(mark)()

    return progress


def test_f27_f28_f29_f30_all_that_can_happen_to_a_cluster(tmp_path: Path) -> None:
    """One worker is of another version, one is killed, the scheduler is killed and begun anew: every row is there, once."""
    port, told, log = free_port(), list[str](), tmp_path / "log"
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        first = stack.enter_context(scheduler(port, log))
        stack.enter_context(workers(1, address, log, older_version(tmp_path / "older")))
        ours = stack.enter_context(workers(2, address, log))

        def kill_a_worker() -> None:
            os.kill(children(ours.pid)[0], signal.SIGKILL)

        def restart_the_scheduler() -> None:
            first.kill()
            first.wait()
            stack.enter_context(scheduler(port, log))

        progress = at({3: kill_a_worker, 9: restart_the_scheduler})
        folder = tmp_path / "run"
        trial = run(study(PATIENTS), cluster=address, chunk=1, out=folder, progress=progress, tell=told.append)
    assert trial.digests() == calm(PATIENTS), told
    assert sum("is refused: code and catalogue" in line for line in told) >= 1, told
    assert any("was lost" in line for line in told), told


@pytest.mark.slow
@pytest.mark.parametrize("mark", [1, 6, 15])
def test_f27_a_pulled_cable(mark: int, tmp_path: Path) -> None:
    """A worker on another host (a network namespace) falls silent; its chunk goes to one that is left."""
    if not can_lay_cables():
        pytest.skip("needs root and network namespaces")
    told, log, port = list[str](), tmp_path / "log", free_port()
    with cable("sshost") as (here, name, end), ExitStack() as stack:
        address = f"tcp://{here}:{port}"
        stack.enter_context(scheduler(port, log, here))
        stack.enter_context(workers(1, address, log))
        stack.enter_context(workers(1, address, log, before=("ip", "netns", "exec", name)))
        progress = at({mark: lambda: pull(end)})
        trial = run(study(PATIENTS), cluster=address, chunk=1, progress=progress, tell=told.append)
    assert trial.digests() == calm(PATIENTS), told


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_f27_f28_kills_at_random(seed: int, tmp_path: Path) -> None:
    """Workers killed at six moments, and the scheduler at one of them."""
    import numpy as np

    port, told, log = free_port(), list[str](), tmp_path / "log"
    address, generator = f"tcp://127.0.0.1:{port}", np.random.default_rng(seed)
    with ExitStack() as stack:
        running = [stack.enter_context(scheduler(port, log))]
        ours = stack.enter_context(workers(2, address, log))

        def kill() -> None:
            if alive := children(ours.pid):
                os.kill(alive[int(generator.integers(len(alive)))], signal.SIGKILL)

        def restart() -> None:
            running[-1].kill()
            running[-1].wait()
            running.append(stack.enter_context(scheduler(port, log)))

        marks = sorted(int(mark) for mark in generator.choice(np.arange(1, 60), 6, replace=False))
        progress = at({mark: (restart if place == 3 else kill) for place, mark in enumerate(marks)})
        trial = run(study(60), cluster=address, chunk=2, progress=progress, tell=told.append)
    assert trial.digests() == calm(60), told


@pytest.mark.slow
@pytest.mark.parametrize(("count", "chunk"), list(itertools.product((1, 2, 4), (1, 7, 1000))))
def test_same_bytes_on_a_cluster_of_this_machine(count: int, chunk: int) -> None:
    assert run(study(), cluster="local", workers=count, chunk=chunk).digests() == calm()
