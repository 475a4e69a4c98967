"""What a worker process does: it takes work from a connection, tells how far it is, and ends with whoever began it."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

#: One thread each: the cores are shared by processes.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_the_parent() -> None:
    """Ask the kernel to kill this process when the thread that began it ends; where there is no such kernel, nothing."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def settle() -> None:
    """Make a process of another library's pool a quiet worker: deaf to Ctrl-C, one thread, no orphan."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    end_with_the_parent()


def serve(handle: int, parent: int) -> None:
    """Do what comes over a connection, one thing after the other, until it is closed.

    Sends ``("ready", None)`` once, then for each piece of work ``("at", patient)`` as often as a patient's turn comes, and at
    last ``("done", result)`` or ``("failed", exception)``.
    """
    end_with_the_parent()
    if os.getppid() != parent:  # it has ended before the kernel was asked
        os._exit(1)
    from seedsoil.trial.runner.work import heard_by

    connection = Connection(handle)
    orders: SimpleQueue[tuple[Any, tuple[Any, ...]]] = SimpleQueue()

    def listen() -> None:
        try:
            while True:
                orders.put(connection.recv())
        except (EOFError, OSError):
            os._exit(1)  # whoever asked is gone, if only by a death

    Thread(target=listen, daemon=True).start()
    connection.send(("ready", None))
    with heard_by(lambda number: connection.send(("at", number))):
        while True:
            function, arguments = orders.get()
            try:
                reply = ("done", function(*arguments))
            except Exception as error:
                reply = ("failed", error)
            _send(connection, reply)


def _send(connection: Connection, reply: tuple[str, Any]) -> None:
    try:
        connection.send(reply)
    except OSError:
        os._exit(1)
    except Exception:  # an error of the work that cannot travel is told in words
        connection.send(("failed", RuntimeError(f"{type(reply[1]).__name__}: {reply[1]}")))
