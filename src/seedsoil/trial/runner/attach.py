"""Cores of this machine lent to a Dask scheduler: processes of one thread each that come back when it does."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable

from seedsoil.foundation.errors import StudyError
from seedsoil.trial.runner.process import ONE_THREAD

#: Seconds between attempts to reach a scheduler.
_PAUSE = 2.0
#: Python modules that each worker loads before it takes work, so that the first piece of it does not pay for them.
_READY = "seedsoil.trial.runner.work"


def attach(scheduler: str, workers: int, tell: Callable[[str], None]) -> None:
    """Run worker processes for a scheduler until this process is asked to stop (Ctrl-C, SIGTERM, SIGHUP).

    Each is watched, and begun anew when it dies. When the scheduler goes away they end, and are begun again when it is back.

    Parameters
    ----------
    scheduler
        Its address, such as "tcp://node1:8786".
    workers
        Processes.
    tell
        Called with a line when the scheduler is found or lost.

    Raises
    ------
    StudyError
        Dask is not installed.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise StudyError(
            "a worker needs the package distributed. Install it with: pip install 'seedsoil[cluster]'"
        ) from error
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    asyncio.run(_until_stopped(scheduler, workers, tell))


async def _until_stopped(scheduler: str, workers: int, tell: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop.set)
    tell(f"{workers} {'worker' if workers == 1 else 'workers'} for {scheduler}; Ctrl-C ends them")
    lending = [asyncio.create_task(_lend(scheduler, tell if number == 0 else _silent)) for number in range(workers)]
    await stop.wait()
    for task in lending:
        task.cancel()
    await asyncio.gather(*lending, return_exceptions=True)


async def _lend(scheduler: str, tell: Callable[[str], None]) -> None:
    from distributed import Nanny

    is_away = False
    while True:
        try:
            async with Nanny(
                scheduler, nthreads=1, preload=[_READY], silence_logs=logging.CRITICAL, memory_limit=0
            ) as nanny:
                tell(f"attached to {scheduler}")
                is_away = False
                await nanny.finished()
        except (OSError, RuntimeError):
            pass
        if not is_away:
            tell(f"no scheduler at {scheduler}; waiting for it")
            is_away = True
        await asyncio.sleep(_PAUSE)


def _silent(line: str) -> None:
    """Say nothing: one of several workers tells it."""
