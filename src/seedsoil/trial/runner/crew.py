"""Who computes the patients: this process, fresh processes, loky's, a Dask cluster's, or an executor of the caller's own."""

from __future__ import annotations

import contextlib
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from seedsoil.foundation.errors import ModelError, StudyError, did_you_mean
from seedsoil.trial.runner.pool import ProcessPool
from seedsoil.trial.runner.process import ONE_THREAD, settle
from seedsoil.trial.runner.stop import Interrupted, Stop
from seedsoil.trial.runner.work import heard_by

POOLS = ("spawn", "loky", "serial")
#: A host, or an address of IPv6 in brackets, and a port.
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})")
#: Chunks given out for each worker: one that it computes and one that it finds when it is done with that.
_WINDOW = 2


class Crew(ABC):
    """An executor, how much to give it, and what to do when it breaks.

    Attributes
    ----------
    workers, window : int
        Processes, and pieces of work that are given out at a time, so that memory does not grow with the study.
    names_the_dead : bool
        Whether the executor says which piece of work a worker died of. Another one breaks as a whole.
    keeps_time : bool
        Whether the executor itself stops work when the patience with a patient is over.
    """

    workers = 1
    names_the_dead = False
    keeps_time = False
    executor: Executor

    @property
    def window(self) -> int:
        """Pieces of work that are given out at a time."""
        return _WINDOW * self.workers

    def renew(self) -> None:
        """Replace an executor that broke; ModelError if that is not possible."""
        raise ModelError(
            "the executor that was given has broken, as if a process of it had died; it cannot be replaced here"
        )

    def distrust(self, future: Future[bytes], why: str) -> None:  # noqa: B027  (most executors do not say who it was)
        """Keep work away from the worker that gave this result, where that is possible."""

    def give_up(self, future: Future[bytes]) -> None:
        """Stop a piece of work that takes too long, and its worker with it, where that is possible."""
        future.cancel()

    @abstractmethod
    def close(self, at_once: bool) -> None:
        """End the executor if it is ours; ``at_once``, in the middle of what it does."""


class _Serial(Executor):
    """The calling process itself: a call is carried out when it is submitted."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with heard_by(self._mind):
            try:
                future.set_result(fn(*args, **kwargs))
            except Exception as error:
                future.set_exception(error)
        return future

    def _mind(self, number: int) -> None:
        if self._stop.over:
            raise Interrupted


class _Here(Crew):
    keeps_time = True  # nobody is there who could stop it

    def __init__(self, stop: Stop) -> None:
        self.executor = _Serial(stop)

    @property
    def window(self) -> int:
        """One: each piece is done when it is given out, and should be written before the next."""
        return 1

    def close(self, at_once: bool) -> None:
        """Nothing was begun."""


class _Spawned(Crew):
    names_the_dead = keeps_time = True

    def __init__(self, workers: int, patience: float) -> None:
        self.workers = workers
        self.executor: ProcessPool = ProcessPool(workers, patience)

    def close(self, at_once: bool) -> None:
        if at_once:
            self.executor.kill()
        else:
            self.executor.shutdown()


class _Loky(Crew):
    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._begin()

    def _begin(self) -> None:
        from loky import ProcessPoolExecutor
        from loky.backend import get_context

        one_thread = dict.fromkeys(ONE_THREAD, "1")
        self.executor = ProcessPoolExecutor(
            self.workers, context=get_context("loky"), initializer=settle, env=one_thread
        )

    def renew(self) -> None:
        self.close(at_once=True)
        self._begin()

    def give_up(self, future: Future[bytes]) -> None:
        self.renew()  # loky does not say which process it is

    def close(self, at_once: bool) -> None:
        self.executor.shutdown(wait=True, kill_workers=at_once)  # type: ignore[call-arg]


class _Cluster(Crew):
    names_the_dead = True

    def __init__(self, address: str, workers: int, tell: Callable[[str], None]) -> None:
        from seedsoil.trial.runner.cluster import ClusterPool

        self.executor: ClusterPool = ClusterPool(address, workers, tell)

    @property
    def workers(self) -> int:  # type: ignore[override]
        """Whoever is there now: workers come and go."""
        return self.executor.workers

    def distrust(self, future: Future[bytes], why: str) -> None:
        self.executor.dismiss(future, why)

    def give_up(self, future: Future[bytes]) -> None:
        self.executor.abandon(future)

    def close(self, at_once: bool) -> None:
        self.executor.shutdown(cancel_futures=at_once)


class _Given(Crew):
    def __init__(self, executor: Executor, workers: int) -> None:
        self.workers, self.executor = workers, executor
        self.names_the_dead = self.keeps_time = bool(getattr(executor, "names_the_dead", False))

    def close(self, at_once: bool) -> None:
        """Leave the executor to its owner."""


def check_choice(executor: str | Executor | None, cluster: str | None) -> None:
    """Raise StudyError, with every fault, if these do not say who computes, or if that takes a library that is not installed."""
    faults = []
    if executor is not None and cluster is not None:
        faults.append("a pool of processes and a cluster cannot both compute: leave --pool or --cluster out")
    if isinstance(executor, str) and executor not in POOLS:
        faults.append(f"--pool {executor}: no such pool.{did_you_mean(executor, POOLS)} Known: {', '.join(POOLS)}.")
    if cluster is not None and cluster != "local" and not _is_address(cluster):
        faults.append(f'--cluster {cluster}: give "local", or the address of a scheduler such as tcp://node1:8786')
    for option, package, asked in (
        ("--cluster", "distributed", cluster is not None),
        ("--pool loky", "loky", executor == "loky"),
    ):
        if asked and find_spec(package) is None:
            faults.append(f"{option} needs the package {package}. Install it with: pip install 'seedsoil[cluster]'")
    if faults:
        raise StudyError(faults)


def _is_address(text: str) -> bool:
    """Whether a text has the form of a scheduler's address, so that a slip of the pen is not taken for a host that is away."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and 1 <= int(found[1]) <= 65_535


def make_crew(
    executor: str | Executor | None,
    cluster: str | None,
    workers: int,
    stop: Stop,
    patience: float,
    tell: Callable[[str], None],
) -> Crew:
    """Return who computes; errors as for `check_choice`."""
    check_choice(executor, cluster)
    if isinstance(executor, Executor):
        return _Given(executor, workers)
    if cluster is not None:
        return _Cluster(cluster, workers, tell)
    if executor == "loky":
        return _Loky(workers)
    if executor == "serial" or (executor is None and workers <= 1):
        return _Here(stop)
    return _Spawned(workers, patience)


@contextmanager
def at_work(crew: Crew) -> Iterator[Crew]:
    """End a crew with the block: in peace if that ends well, else at once."""
    try:
        yield crew
    except BaseException:
        with contextlib.suppress(Exception):
            crew.close(at_once=True)
        raise
    crew.close(at_once=False)


def workers_of(executor: object) -> int:
    """Return how many workers an executor of the caller's has, as far as it says."""
    count = getattr(executor, "_max_workers", None)
    return count if isinstance(count, int) and count > 0 else os.cpu_count() or 1
