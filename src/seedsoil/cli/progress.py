"""How far a run is, at which rate, and how long the rest will take: a bar in a terminal, else some lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from seedsoil.cli.terminal import console, say

#: Without a terminal a line is said at the latest after so many seconds in which something was done.
_SECONDS_BETWEEN_LINES = 300.0


class Pace:
    """The rate at which things are done, from the first look on; what was done before that does not count."""

    def __init__(self) -> None:
        self._first: tuple[int, float] | None = None

    def told(self, done: int, total: int, now: float) -> str:
        """Return rate and time left in words; "" until something was done since the first look.

        ``now`` is a time as `time.monotonic` tells it.
        """
        self._first = self._first or (done, now)
        new, seconds = done - self._first[0], now - self._first[1]
        if new <= 0 or seconds <= 0.0:
            return ""
        rate = new / seconds
        each = f"{rate:.3g} a second" if rate >= 1.0 else f"{60.0 * rate:.3g} a minute"
        return (
            f"{each}, {duration((total - done) / rate)} left" if done < total else f"{each}, {duration(seconds)} in all"
        )


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 2 * 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


@contextmanager
def progress_of(things: str, lines: int) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how many things are done: a bar in a terminal, else so many lines, and one each five minutes."""
    screen, pace = console(stderr=True), Pace()
    if not screen.is_terminal:
        said, last = 0, time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal said, last
            now = time.monotonic()
            step, rate = lines * done // max(total, 1), pace.told(done, total, now)
            if step > said or now - last > _SECONDS_BETWEEN_LINES:
                said, last = max(step, said), now
                say(f"{done} of {total} {things}" + (f" ({rate})" if rate else ""))

        yield tell
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(things),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(things, total=None, rate="")

        def draw(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, rate=pace.told(done, total, time.monotonic()))

        yield draw
