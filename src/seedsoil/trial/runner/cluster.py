"""Work carried to other hosts by Dask: which worker has what is decided here, so that each loss is noticed and made good.

It keeps to the protocol of `concurrent.futures.Executor`. A worker is given work once it has said that its code, its
catalogue and its libraries are ours. One that is lost costs the work it had; a scheduler that is lost costs the work under
way, and is waited for. What comes late, or twice, is nobody's answer any more.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from importlib import import_module
from threading import Event, Lock, Thread
from typing import Any

from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.pool import WorkerDiedError
from seedsoil.trial.runner.work import introduce

_TICK = 0.1
#: Seconds between looks at who is there; that an answer of the scheduler may take; without it until the run stops.
_LOOK, _ANSWER, _MOST_ALONE = 1.0, 30.0, 900.0
#: Seconds after which it is said that nobody computes.
_NOBODY = 30.0


@dataclass
class _Work:
    """A call that somebody waits for; while a worker has it, where, and Dask's own future of it."""

    future: Future[Any]
    call: tuple[Callable[..., Any], tuple[Any, ...]]
    address: str = ""
    lease: Any = None
    is_late: bool = False


class ClusterPool(Executor):
    """The workers of a Dask cluster, one piece of work each at a time.

    Parameters
    ----------
    address
        Of the scheduler; "local" begins a cluster of ``workers`` processes of this machine, which ends with the pool.
    workers
    tell
        Called with a line when a worker is refused or lost, or nobody computes.

    Raises
    ------
    ModelError
        The scheduler does not answer.
    """

    names_the_dead = True

    def __init__(self, address: str, workers: int, tell: Callable[[str], None]) -> None:
        distributed: Any = import_module("distributed")
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told by `tell`
        self._tell, self._names = tell, itertools.count()
        self._local: Any = None
        if address == "local":
            self._local = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
            address = self._local.scheduler_address
        self._address = address
        self._client = self._connected()
        self._queue: deque[_Work] = deque()
        self._leased: dict[str, _Work] = {}  # by the worker's address
        self._greeted: dict[str, Any] = {}  # workers that were asked who they are
        self._known: set[str] = set()
        self._dismissed: set[str] = set()
        self._lock, self._ended = Lock(), Event()
        self._seen = self._reached = time.monotonic()
        self._alone_since: float | None = None
        self._thread = Thread(target=self._tend, daemon=True, name="seedsoil-cluster")
        self._thread.start()

    def _connected(self) -> Any:
        distributed: Any = import_module("distributed")
        try:
            return distributed.Client(self._address, timeout=_ANSWER / 3.0, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"no scheduler answers at {self._address} ({' '.join(str(error).split())}). Start one with: dask scheduler"
            ) from error

    @property
    def workers(self) -> int:
        """Workers that may be given work now, at least 1."""
        return max(1, len(self._known))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a call of a function that workers can import. RuntimeError after `shutdown`."""
        if kwargs:
            raise TypeError("a worker of a cluster takes positional arguments only")
        if self._ended.is_set():
            raise RuntimeError("the pool is shut down")
        work = _Work(Future(), (fn, args))
        with self._lock:
            self._queue.append(work)
        return work.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster; what is under way there is given up if ``cancel_futures``, else waited for if ``wait``."""
        while wait and not cancel_futures and (self._queue or self._leased) and self._thread.is_alive():
            time.sleep(_TICK)
        self._ended.set()
        self._thread.join(_ANSWER)
        for work in [*self._leased.values(), *self._queue]:
            work.future.cancel()
            with contextlib.suppress(Exception):
                work.lease.cancel()
        for one in (self._client, self._local):
            with contextlib.suppress(Exception):
                one.close(timeout=5.0)

    def dismiss(self, future: Future[Any], why: str) -> None:
        """Give no more work to the worker that had this one."""
        address = getattr(future, "worker", "")
        if address and address not in self._dismissed:
            self._dismissed.add(address)
            self._known.discard(address)
            self._tell(f"the worker at {address} gets no more work: {why}")

    def abandon(self, future: Future[Any]) -> None:
        """Stop the worker that has this work, and forget the work."""
        with self._lock:
            for work in [*self._leased.values(), *self._queue]:
                work.is_late |= work.future is future

    # ------------------------------------------------------------ in the pool's own thread

    def _tend(self) -> None:
        while not self._ended.wait(_TICK):
            try:
                self._look_around()
                self._collect()
                self._hand_out()
            except Exception as error:  # the scheduler is away, or about to be
                if time.monotonic() - self._reached > _MOST_ALONE:
                    self._give_up(error)
                    return
                self._reconnect()

    def _look_around(self) -> None:
        """See which workers are there; ask new ones who they are; miss those who are not."""
        now = time.monotonic()
        if now - self._seen >= _LOOK:
            self._seen = now
            there = set(self._client.sync(self._client.scheduler.ncores, workers=None, callback_timeout=_ANSWER))
            self._reached = now
            for gone in (self._known | set(self._greeted) | set(self._leased)) - there:
                self._miss(gone)
            for new in there - self._known - self._dismissed - set(self._greeted):
                self._greeted[new] = self._send(new, introduce, ())
        for address, greeting in list(self._greeted.items()):
            if greeting.done():
                del self._greeted[address]
                self._judge(address, greeting)
        if self._known:
            self._alone_since = None
        elif now - (self._alone_since or now) > _NOBODY:
            self._tell(f"no worker is at {self._address} that could compute this; waiting for one")
            self._alone_since = now
        else:
            self._alone_since = self._alone_since or now

    def _judge(self, address: str, greeting: Any) -> None:
        if greeting.status == "finished":
            theirs, ours = greeting.result(timeout=_ANSWER), introduce()
            differ = sorted(name for name in ours if theirs.get(name) != ours[name])
            why = ", ".join(f"{name} {str(theirs.get(name))[:12]} instead of {ours[name][:12]}" for name in differ)
        elif greeting.status == "error":
            why = (
                "it does not know this version of seedsoil ("
                + " ".join(str(greeting.exception(timeout=_ANSWER)).split())
                + ")"
            )
        else:
            return  # the connection broke; it will be asked again
        if why:
            self._dismissed.add(address)
            self._tell(f"the worker at {address} is refused: {why}. Start it with the version that runs here.")
        else:
            self._known.add(address)

    def _miss(self, address: str) -> None:
        self._known.discard(address)
        self._greeted.pop(address, None)
        work = self._leased.pop(address, None)
        if work is not None:
            self._release(work)
            work.future.set_exception(WorkerDiedError(f"the worker at {address} was lost"))

    def _collect(self) -> None:
        for address, work in list(self._leased.items()):
            if work.is_late:
                del self._leased[address]
                self._stop(address)
            elif work.lease.done():
                self._settle(address, work)

    def _settle(self, address: str, work: _Work) -> None:
        status = work.lease.status
        if status == "finished":
            result = work.lease.result(timeout=_ANSWER)  # a worker lost now is noticed at the next look
            del self._leased[address]
            work.future.set_result(result)
        elif status == "error":
            error = work.lease.exception(timeout=_ANSWER)
            del self._leased[address]
            work.future.set_exception(self._read(address, error))
        else:  # the scheduler was lost, and has forgotten it
            del self._leased[address]
            work.lease = None
            with self._lock:
                self._queue.appendleft(work)
        self._release(work)

    @staticmethod
    def _read(address: str, error: BaseException) -> BaseException:
        """Dask's own words for a lost worker are ours for a dead one."""
        if type(error).__module__.startswith("distributed"):
            return WorkerDiedError(f"the worker at {address} was lost ({type(error).__name__})")
        return error

    def _hand_out(self) -> None:
        for address in sorted(self._known - set(self._leased)):
            with self._lock:
                work = self._queue.popleft() if self._queue else None
            if work is None:
                return
            if work.is_late or not (work.future.running() or work.future.set_running_or_notify_cancel()):
                continue
            work.address = address
            work.future.worker = address  # type: ignore[attr-defined]
            self._leased[address] = work
            work.lease = self._send(address, *work.call)

    def _send(self, address: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        name = f"seedsoil-{self._client.id}-{next(self._names)}"
        return self._client.submit(
            function, *arguments, key=name, workers=[address], allow_other_workers=False, pure=False, retries=0
        )

    def _stop(self, address: str) -> None:
        """End a worker that does not end its work; one that cannot be restarted gets no more."""
        self._known.discard(address)
        try:
            self._client.restart_workers([address], timeout=_ANSWER)
        except Exception:
            self._dismissed.add(address)
            self._tell(f"the worker at {address} hangs and cannot be restarted from here; it gets no more work")

    @staticmethod
    def _release(work: _Work) -> None:
        lease, work.lease = work.lease, None
        if lease is not None:
            with contextlib.suppress(Exception):
                lease.release()

    def _reconnect(self) -> None:
        """Take all leased work back, and find the scheduler again if Dask's own attempts are over."""
        for address, work in list(self._leased.items()):
            if work.lease is None or work.lease.status in {"cancelled", "lost"}:
                del self._leased[address]
                work.lease = None
                with self._lock:
                    self._queue.appendleft(work)
        if self._client.status in {"closed", "closing"}:
            self._tell(f"the scheduler at {self._address} does not answer; waiting for it")
            self._greeted.clear()
            self._known.clear()
            with contextlib.suppress(ModelError):
                self._client = self._connected()

    def _give_up(self, error: Exception) -> None:
        why = ModelError(
            f"the scheduler at {self._address} has not answered for {_MOST_ALONE / 60.0:.0f} minutes "
            f"({' '.join(str(error).split()) or type(error).__name__})"
        )
        for work in [*self._leased.values(), *self._queue]:
            if not work.future.done():
                work.future.set_exception(why)
