"""What every command shares: exit codes, where to say things, and how a mistake is told."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

#: Exit codes: done, the run itself failed, bad input, the disk refused (EX_IOERR), interrupted (128 + SIGINT).
DONE, FAILED, BAD_INPUT, DISK, INTERRUPTED = 0, 1, 2, 74, 130

NOTICE = "Research and teaching instrument: not for clinical decisions."
#: Columns of a table that goes to a file or a pipe, where no terminal says how wide it is.
_WIDTH_OF_A_PIPE = 120


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
