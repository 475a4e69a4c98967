"""How a run is stopped: once, and the work under way may end within seconds; twice, and it ends at once."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Self

#: Seconds that work under way may still take after a run was asked to stop.
GRACE = 4.0
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupted(KeyboardInterrupt):
    """A run was asked to stop, and did so with everything kept that was done."""


class Stop:
    """Listens for Ctrl-C, SIGTERM and SIGHUP while it is entered; the second of them raises KeyboardInterrupt.

    What is ignored already (SIGHUP under ``nohup``, Ctrl-C in a job in the background) stays ignored. Outside the main
    thread Python lets nobody listen, and nothing changes.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._asked: float | None = None
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether the run was asked to stop."""
        return self._asked is not None

    @property
    def over(self) -> bool:
        """Whether what is still under way is to be given up."""
        return self._asked is not None and time.monotonic() - self._asked > self._grace

    def ask(self) -> None:
        """Ask the run to stop, as the first Ctrl-C does."""
        self._asked = time.monotonic()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.ask()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
                if signal.getsignal(number) not in {signal.SIG_IGN, None}:
                    self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, handler)
        self._before.clear()
