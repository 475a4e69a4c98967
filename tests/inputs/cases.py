"""What is wrong with a case, and how the program must take it: one verdict for files, commands and calls alike."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: What a case may take of a processor. The first of a process pays for the imports of its door: 1.7 s alone, more beside others.
SLOWEST_SECONDS = 5.0
LONGEST_LINE = 1500
_OVERDUE = "still at work after six seconds"


@dataclass(frozen=True)
class Case:
    """One thing that is given, and what must come of it.

    ``legal`` says that it must be taken. Otherwise one line must hold one of ``places`` and one of ``shows``.
    ``given`` is the text or the bytes of a study file, the words of a command, or a call.
    """

    door: str
    place: str
    kind: str
    given: str | bytes | tuple[str, ...] | Callable[[], object]
    legal: bool = False
    places: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.door}: {self.place}: {self.kind}"


@dataclass(frozen=True)
class Answer:
    """What the program did: its exit code (of a call, 2 for a refusal), the lines that it said, and how many seconds
    of this process it took.
    """

    code: int
    lines: tuple[str, ...]
    seconds: float
    wrote: tuple[str, ...] = ()
    crash: str = ""


class Overdue(BaseException):
    """What is given is being worked on, so it was taken; nothing that catches errors shall catch this."""


@contextlib.contextmanager
def deadline(seconds: float = 6.0) -> Iterator[None]:
    """End the block by raising Overdue after so many seconds of this process, or ten times as many by the clock."""

    def ring(number: int, frame: object) -> None:
        raise Overdue

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, 10.0 * seconds))
    before = [signal.signal(number, ring) for _, number, _ in timers]
    for timer, _, due in timers:
        signal.setitimer(timer, due)
    try:
        yield
    finally:
        for (timer, number, _), old in zip(timers, before, strict=True):
            signal.setitimer(timer, 0.0)
            signal.signal(number, old)


def command(words: tuple[str, ...]) -> Answer:
    """Run a command line in this process, as `main` does."""
    from seedsoil.cli.main import execute

    said, told, begin, crash, code = io.StringIO(), io.StringIO(), time.process_time(), "", -1
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(told):
        try:
            with deadline():
                code = execute(words)
        except Overdue:
            crash = _OVERDUE
        except (Exception, SystemExit) as error:  # whatever passes `main` would be a traceback
            crash = f"{type(error).__name__}: {error}"[:200]
    return Answer(code, tuple(said.getvalue().splitlines()), time.process_time() - begin, (), crash)


def call(what: Callable[[], object]) -> Answer:
    """Call a public name of Python's."""
    from seedsoil.foundation.errors import SeedsoilError

    begin = time.process_time()
    try:
        with deadline():
            what()
    except Overdue:
        return Answer(-1, (), time.process_time() - begin, (), _OVERDUE)
    except SeedsoilError as error:
        return Answer(2, error.faults, time.process_time() - begin)
    except Exception as error:  # any other family is a traceback to whoever calls
        return Answer(-1, (), time.process_time() - begin, (), f"{type(error).__name__}: {error}"[:200])
    return Answer(0, (), time.process_time() - begin)


def study(given: str | bytes, folder: Path, *words: str) -> Answer:
    """Hand a study file to `check`, or to another command, and see what lies about it afterwards."""
    path = folder / "study.toml"
    path.write_bytes(given.encode("utf-8", "surrogatepass") if isinstance(given, str) else given)
    found = command((*(words or ("check",)), str(path)) if len(words) < 2 else (words[0], str(path), *words[1:]))
    wrote = tuple(sorted(each.name for each in folder.iterdir() if each != path))
    return Answer(found.code, found.lines, found.seconds, wrote, found.crash)


def answer(case: Case, folder: Path) -> Answer:
    """Give a case to its door."""
    if callable(case.given):
        return call(case.given)
    return command(case.given) if isinstance(case.given, tuple) else study(case.given, folder)


def fault(case: Case, got: Answer) -> str:
    """Say what is wrong with an answer, "" if it is the one that is due; "silently accepted" begins the worst."""
    if got.crash:
        return f"silently accepted: {got.crash}" if got.crash == _OVERDUE else f"traceback: {got.crash}"
    if got.seconds > SLOWEST_SECONDS:
        return f"took {got.seconds:.1f} s"
    if case.legal:
        return "" if got.code == 0 else f"refused though legal: {got.lines[:2]}"
    if got.code == 0:
        return "silently accepted"
    if got.code != 2:
        return f"exit code {got.code}: {got.lines[:2]}"
    if got.wrote:
        return f"left behind {', '.join(got.wrote)}"
    strange = [line for line in got.lines if not line.isprintable() or len(line) > LONGEST_LINE]
    if strange:
        return f"a line that cannot be read: {strange[0][:120]!r}"
    due = [line for line in got.lines if any(place in line for place in case.places)]
    if not due:
        return f"no line names {' or '.join(case.places)}: {got.lines[:2]}"
    if case.shows and not any(word in line for line in due for word in case.shows):
        return f"the line shows none of {case.shows}: {due[0]}"
    return ""


def shown_words(text: str) -> tuple[str, ...]:
    """Return how the beginning of a text may stand in a message."""
    begin = text[:8]
    forms = {begin, json.dumps(begin)[1:-1], json.dumps(begin, ensure_ascii=False)[1:-1], repr(begin)[1:-1]}
    return tuple(form for form in forms if form)
