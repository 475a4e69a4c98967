"""A tiny study, and workers to whom something happens at a certain patient: what the faults of workers are inflicted with."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import lru_cache
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import numpy as np

from seedsoil.trial.plan import Plan
from seedsoil.trial.run import run
from seedsoil.trial.runner import work
from seedsoil.trial.runner.pool import ProcessPool
from seedsoil.trial.study.file import Study

#: Young tumours and sixty days: a patient takes a tenth of a second.
TEXT = """
[study]
title = "Tiny"
patients = {patients}
seed = 5
until = "60 days"
[tumour]
is = "colon_adenocarcinoma"
[host]
is = "adult"
[diagnosis]
primary_diameter = "3 mm"
[arms.watched]
do = []
[arms.surgery]
do = [{{ resect = "primary", at = "10 days" }}]
"""
PATIENTS = 9
UNLUCKY = 4


def study(patients: int = PATIENTS) -> Study:
    """Return the tiny study."""
    return Study.read(TEXT.format(patients=patients), "tiny.toml")


@lru_cache(maxsize=4)
def calm(patients: int = PATIENTS) -> dict[str, str]:
    """Return the digests of the run that nothing disturbs."""
    return run(study(patients), executor="serial").digests()


class Unlucky(ProcessPool):
    """Fresh processes to whom something happens when patient 4 has their turn.

    ``fate`` is "raise", "memory" (out of it, unless the patient is alone), "limit" (the same by a limit of the system on the
    process's memory, which stays), "die", "die once", "stop once" (the process is
    halted, as by SIGSTOP), "hang", "flip once" or "flip" (a bit of the answer). "once" is told by a file that is made then.
    """

    def __init__(self, workers: int, fate: str, mark: Path, patience: float = float("inf")) -> None:
        super().__init__(workers, patience)
        self._fate, self._mark = fate, str(mark)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue the same call, with its fate."""
        return super().submit(suffer, self._fate, self._mark, *args)


def suffer(fate: str, mark: str, message: bytes) -> bytes:
    """Carry an order out in a worker, and let it happen."""
    alone = len(work.Order.from_bytes(message).numbers) == 1
    kind, once = fate.removesuffix(" once"), fate.endswith(" once")
    real = work.run_arms

    def simulate(plan: Plan, number: int) -> Any:
        if number == UNLUCKY and not (once and os.path.exists(mark)):
            Path(mark).touch()
            _happen(kind, alone)
        return real(plan, number)

    if kind == "flip":
        answer = bytearray(work.perform(message))
        if UNLUCKY in work.Order.from_bytes(message).numbers and not (once and os.path.exists(mark)):
            Path(mark).touch()
            answer[len(answer) // 2] ^= 1
        return bytes(answer)
    work.run_arms = simulate
    try:
        return work.perform(message)
    finally:
        work.run_arms = real


def _happen(kind: str, alone: bool) -> None:
    if kind == "raise":
        raise ZeroDivisionError("a fault\nof the test")
    if kind == "memory" and not alone:
        np.empty(10**13)
    if kind == "limit":
        _limit_memory(200_000_000)
        if not alone:
            np.ones(100_000_000)
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if kind == "hang":
        time.sleep(3600.0)


def _limit_memory(spare: int) -> None:
    """Let this process have so many bytes of address space more than now, as `ulimit -v` would."""
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + spare
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


class Shuffled(Executor):
    """One thread that does what waits in an order of its own."""

    def __init__(self, workers: int, seed: int) -> None:
        self._max_workers = workers
        self._generator = np.random.default_rng(seed)
        self._waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []
        self._changed = Condition()
        Thread(target=self._work, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Let a call wait."""
        future: Future[Any] = Future()
        with self._changed:
            self._waiting.append((future, fn, args))
            self._changed.notify()
        return future

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                future, fn, args = self._waiting.pop(int(self._generator.integers(len(self._waiting))))
            if future.set_running_or_notify_cancel():
                future.set_result(fn(*args))
