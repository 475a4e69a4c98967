"""What every command shares: exit codes, where to say things, how a mistake is told, and how far a run is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

#: Exit codes: done, the run itself failed, bad input, the disk refused (EX_IOERR), interrupted (128 + SIGINT).
DONE, FAILED, BAD_INPUT, DISK, INTERRUPTED = 0, 1, 2, 74, 130

NOTICE = "Research and teaching instrument: not for clinical decisions."
#: Columns of a table that goes to a file or a pipe, where no terminal says how wide it is.
_WIDTH_OF_A_PIPE = 120
#: Without a terminal a line is said at the latest after so many seconds in which something was done.
_SECONDS_BETWEEN_LINES = 300.0


def say(text: str) -> None:
    """Tell the person who waits: on stderr, so that stdout holds the result alone."""
    print(text, file=sys.stderr, flush=True)


def say_faults(faults: Iterable[str]) -> None:
    """Tell what is wrong, one line for each fault."""
    from seedsoil.foundation.errors import legible

    for fault in faults:
        say("error: " + legible(" ".join(fault.split("\n"))))


def quoted(path: Path) -> str:
    """Return a path as it is typed in a shell; one that could pass for a shipped study's name or an option gets its folder."""
    import shlex

    text = str(path)
    return shlex.quote(text if "/" in text else f"./{text}")


def console(*, stderr: bool = False) -> Console:
    """Return a console for tables or progress; a closed pipe stays a BrokenPipeError, for `main` to end quietly."""
    import os

    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else _WIDTH_OF_A_PIPE
    return Plain(stderr=stderr, width=width, highlight=False, markup=False, soft_wrap=False)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], numbers_from: int = 1) -> None:
    """Print a plain table on stdout; columns from ``numbers_from`` on are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        made.add_column(name, justify="right" if place >= numbers_from else "left", overflow="fold")
    for row in rows:
        made.add_row(*row)
    screen = console()
    with screen.capture() as text:
        screen.print(made)
    # A title of the table's own would be folded to the table's width.
    print("\n".join([title, *(line.rstrip() for line in text.get().splitlines())]))


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
