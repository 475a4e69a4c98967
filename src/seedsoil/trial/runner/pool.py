"""A pool of fresh worker processes that survives them: each death is one piece of work's, and is named.

It keeps to the protocol of `concurrent.futures.Executor`. Unlike the standard library's, a worker that dies takes nobody
with it, one that hangs is stopped when the patience with its patient is over, and a script that uses it needs no guard
about its main part.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing.connection import Connection
from threading import Condition, Thread
from typing import Any

from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.process import ONE_THREAD

_TICK = 0.2
#: Workers that end before they are ready, one after the other, until the pool says that they cannot be started.
_MOST_STILLBORN = 3
_HEARD = ("SIGINT", "SIGTERM", "SIGHUP")
_NO_MORE = (
    "worker processes cannot be started: {why}. The system allows no more processes, threads or memory; "
    "ask for one worker, or raise the limit (ulimit -u)"
)


class WorkerDiedError(RuntimeError):
    """A worker process ended in the middle of its work; ``patient`` is the one whose turn it was, if known."""

    def __init__(self, how: str, patient: int | None = None) -> None:
        super().__init__(how, patient)
        self.how, self.patient = how, patient

    def __str__(self) -> str:
        return self.how


class OverdueError(WorkerDiedError):
    """A worker was stopped since one patient took longer than the patience allows."""


class ProcessPool(Executor):
    """Worker processes, one thread each, started when there is work for them.

    Parameters
    ----------
    workers
    patience
        Seconds that one patient may take, from ``("at", number)`` to the next; a worker that takes longer is killed.
    """

    #: The dispatcher may believe a WorkerDiedError: it blames nobody else's work.
    names_the_dead = True

    def __init__(self, workers: int, patience: float = float("inf")) -> None:
        self._patience = patience
        self._queue: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._changed = Condition()
        self._ended = False
        self._stillborn = 0
        self._desks = [_Desk(self) for _ in range(workers)]
        try:
            for desk in (*self._desks, Thread(target=self._watch, daemon=True, name="seedsoil-watch")):
                desk.start()
        except RuntimeError as error:
            self.shutdown(wait=False)
            raise ModelError(_NO_MORE.format(why=error)) from error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a call of a function that workers can import. RuntimeError after `shutdown`."""
        if kwargs:
            raise TypeError("a worker process takes positional arguments only")
        future: Future[Any] = Future()
        with self._changed:
            if self._ended:
                raise RuntimeError("the pool is shut down")
            self._queue.append((future, fn, args))
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End all workers when the work that they have begun is done; with ``cancel_futures``, drop what is queued."""
        with self._changed:
            self._ended = True
            if cancel_futures:
                while self._queue:
                    self._queue.popleft()[0].cancel()
            self._changed.notify_all()
        if wait:
            for desk in self._desks:
                desk.join()

    def kill(self) -> None:
        """End all workers at once, in the middle of what they do."""
        self.shutdown(wait=False, cancel_futures=True)
        for desk in self._desks:
            desk.kill()
        for desk in self._desks:
            desk.join(5.0)

    def pids(self) -> list[int]:
        """Return the process numbers of the workers that are alive."""
        return [pid for desk in self._desks if (pid := desk.pid()) is not None]

    def _take(self) -> tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None:
        """Wait for work; None when there will be none."""
        with self._changed:
            while True:
                while self._queue:
                    work = self._queue.popleft()
                    if work[0].set_running_or_notify_cancel():
                        return work
                if self._ended:
                    return None
                self._changed.wait()

    def _born(self, alive: bool) -> bool:
        """Count workers that end before they are ready; whether one should be tried again."""
        with self._changed:
            self._stillborn = 0 if alive else self._stillborn + 1
            return self._stillborn < _MOST_STILLBORN and not self._ended

    def _watch(self) -> None:
        while not self._ended or any(desk.is_alive() for desk in self._desks):
            for desk in self._desks:
                desk.look_at_the_clock(self._patience)
            time.sleep(_TICK)


class _Desk(Thread):
    """Where one worker process is begun, given work, and replaced when it dies.

    A thread of its own: the kernel ends the process with it, and may block it in the middle of a message.
    """

    def __init__(self, pool: ProcessPool) -> None:
        super().__init__(daemon=True, name="seedsoil-desk")
        self._pool = pool
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._patient: int | None = None
        self._since: float | None = None  # when the patient's turn came
        self._overdue = False

    def run(self) -> None:
        """Hand work to the process until the pool has no more."""
        if hasattr(signal, "pthread_sigmask"):
            # What this thread starts never hears Ctrl-C and the like: whoever waits for the pool decides.
            signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in _HEARD})
        while (work := self._pool._take()) is not None:
            future, function, arguments = work
            try:
                future.set_result(self._done(function, arguments))
            except BaseException as error:  # it belongs to whoever waits for the result
                future.set_exception(error)
            del work, future
        self._dismiss()

    def pid(self) -> int | None:
        """Return the number of the process, None if there is none alive."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def kill(self) -> None:
        """End the process at once."""
        process = self._process
        if process is not None:
            process.kill()

    def look_at_the_clock(self, patience: float) -> None:
        """Kill the process if its patient takes longer than the patience."""
        since = self._since
        if since is not None and time.monotonic() - since > patience and not self._overdue:
            self._overdue = True
            self.kill()

    def _done(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        while not self._ready():
            if not self._pool._born(alive=False):
                raise BrokenExecutor(f"worker processes cannot be started: {self._end()}")
        self._pool._born(alive=True)
        assert self._connection is not None
        self._patient, self._overdue = None, False
        try:
            self._connection.send((function, arguments))
            while True:
                kind, content = self._connection.recv()
                if kind == "done":
                    return content
                if kind == "failed":
                    raise content
                self._patient, self._since = content, time.monotonic()
        except (EOFError, ConnectionError):
            raise self._obituary() from None
        finally:
            self._since = None

    def _obituary(self) -> WorkerDiedError:
        late, patient = self._overdue, self._patient
        how = self._end()
        if late:
            return OverdueError(f"patient {patient} took longer than {self._pool._patience:g} s", patient)
        return WorkerDiedError(f"a worker process {how}", patient)

    def _ready(self) -> bool:
        """Whether there is a worker that can take work; begin one if there is none."""
        if self._process is not None and self._process.poll() is None:
            return True
        self._dismiss()
        ours, theirs = socket.socketpair()
        with theirs:
            self._connection = Connection(ours.detach())
            begin = f"import sys; sys.path[:] = {json.dumps(sys.path)}; "
            begin += f"from seedsoil.trial.runner.process import serve; serve({theirs.fileno()}, {os.getpid()})"
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", begin],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env={**dict.fromkeys(ONE_THREAD, "1"), **os.environ},
                )
            except OSError as error:
                raise ModelError(_NO_MORE.format(why=error.strerror)) from error
        try:
            return bool(self._connection.recv()[0] == "ready")
        except (EOFError, ConnectionError):
            return False

    def _end(self) -> str:
        """Make sure that the process has ended, forget it, and say how it ended."""
        process = self._process
        if process is None:
            return "never began"
        try:
            process.wait(_TICK)
        except subprocess.TimeoutExpired:
            process.kill()
        code = process.wait()
        self._dismiss()
        return f"was killed (signal {-code}), or ran out of memory" if code < 0 else f"ended with code {code}"

    def _dismiss(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._connection = self._process = None
