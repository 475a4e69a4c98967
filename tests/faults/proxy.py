"""A proxy before a Dask scheduler that delivers what workers and scheduler report twice, late and out of order.

A message of Dask's is its length without buffers that come on their own, then how many frames, their lengths, and these.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Iterator
from threading import Event, Thread

import numpy as np

#: Reports in a stream to which nobody answers: a call and its answer cannot be repeated without breaking their connection.
REPORTS = (b"task-finished", b"key-in-memory", b"compute-task")
#: Seconds that a report is kept back, at most; and a report that comes once more, after the first.
_LATE, _REPEATED = 0.5, 3.0


class Proxy:
    """Listens at a port of this host and passes all on to another; ``repeated`` and ``overtaken`` count reports."""

    def __init__(self, port: int, goal: int, seed: int) -> None:
        self.repeated = self.overtaken = 0
        self._port, self._goal = port, goal
        self._luck = np.random.default_rng(seed)
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    async def serve(self, listening: Event) -> None:
        """Listen until it is over, then let no connection be open."""
        async with await asyncio.start_server(self._meet, "127.0.0.1", self._port):
            listening.set()
            await self._over.wait()

    def run(self, listening: Event) -> None:
        """Serve in a thread of its own."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self.serve(listening))

    def end(self) -> None:
        """Have `serve` end."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.CancelledError):
            theirs, to_them = await self._connected()
            with contextlib.closing(to_them):
                ways = [asyncio.ensure_future(self._pass_on(*way)) for way in ((reader, to_them), (theirs, writer))]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the goal, which may not listen yet."""
        for _ in range(200):
            with contextlib.suppress(ConnectionRefusedError):
                return await asyncio.open_connection("127.0.0.1", self._goal)
            await asyncio.sleep(0.1)
        raise ConnectionRefusedError

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass messages on: a report is kept back for a while, so that others overtake it, and comes again later."""
        waiting = 0

        def late(message: bytes, again: bool) -> None:
            nonlocal waiting
            waiting -= not again
            if not writer.is_closing():
                writer.write(message)

        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                message = await _message(reader)
                if any(report in message for report in REPORTS):
                    waiting += 1
                    self._loop.call_later(self._luck.uniform(0.0, _LATE), late, message, False)
                    self._loop.call_later(self._luck.uniform(_LATE, _REPEATED), late, message, True)
                    self.repeated += 1
                else:
                    self.overtaken += waiting
                    writer.write(message)
                    await writer.drain()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one whole message."""
    begin = await reader.readexactly(16)
    count = struct.unpack("Q", begin[8:])[0]
    lengths = await reader.readexactly(8 * count)
    return begin + lengths + await reader.readexactly(sum(struct.unpack(f"{count}Q", lengths)))


@contextlib.contextmanager
def proxy(port: int, goal: int, seed: int) -> Iterator[Proxy]:
    """Run a proxy at a port before another one."""
    between, listening = Proxy(port, goal, seed), Event()
    thread = Thread(target=between.run, args=(listening,), daemon=True)
    thread.start()
    assert listening.wait(20.0)
    try:
        yield between
    finally:
        between.end()
        thread.join(20.0)
