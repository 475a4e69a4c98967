"""Chunks are given out, a few at a time, and come back whole, whatever becomes of those who compute them."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from seedsoil.experiment.folder.parts import check_parts, parts_of, tables_of
from seedsoil.foundation.errors import ModelError, StoreError
from seedsoil.trial.runner.crew import Crew
from seedsoil.trial.runner.failures import Failure, PatientError
from seedsoil.trial.runner.patients import joined
from seedsoil.trial.runner.pool import OverdueError, WorkerDiedError
from seedsoil.trial.runner.stop import Interrupted, Stop
from seedsoil.trial.runner.work import Answer, DamagedError, Order, RefusedError, libraries, perform

_TICK = 0.25
#: Workers lost over the same patients, on this machine or on a cluster, until these are tried alone, and until a patient alone is given up.
MOST_DEATHS = 4
#: Times that the patience with a patient may be over.
_MOST_OVERDUE = 2
#: Answers with a wrong checksum, one after the other, until the run stops.
_MOST_DAMAGED = 8
#: If the first patients fail, all so many of them, then the study cannot be carried out.
_HOPELESS = 8


class Done(NamedTuple):
    """A chunk that is done: Parquet parts with the rows of patients ``first`` .. ``last - 1``, by table, and those who failed."""

    first: int
    last: int
    parts: Mapping[str, bytes]
    failures: tuple[Failure, ...]


@dataclass
class _Piece:
    """Work that is given out at once: patients of one chunk, at first all of them."""

    chunk: int
    numbers: tuple[int, ...]
    deaths: int = 0
    overdue: int = 0
    suspects: set[int] = field(default_factory=set)
    begun: float | None = None  # when it was seen to be under way

    @property
    def who(self) -> str:
        """The patients in words."""
        if len(self.numbers) == 1:
            return f"patient {self.numbers[0]}"
        return f"patients {self.numbers[0]} to {self.numbers[-1]}"


@dataclass
class _Chunk:
    """What has come back of a chunk."""

    last: int
    left: int
    answers: list[Answer] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Dispatcher:
    """Gives chunks out to a crew and takes back their rows.

    A chunk whose worker died is tried again. When it has died twice the chunk is split, to find the patient who kills it; a
    patient who, alone, does so twice has failed. So has one who twice takes longer than the patience. An answer counts once,
    and only if its checksum is right and it is of the patients that were asked for.
    """

    def __init__(
        self, crew: Crew, study: str, identity: str, seed: int, stop: Stop, patience: float, tell: Callable[[str], None]
    ) -> None:
        self._crew, self._stop, self._patience, self._tell = crew, stop, patience, tell
        self._study, self._identity, self._seed = study, identity, seed
        self._libraries = libraries()
        self._waiting: deque[_Piece] = deque()
        self._under_way: dict[Future[bytes], _Piece] = {}
        self._chunks: dict[int, _Chunk] = {}
        self._found = self._failed = self._damaged = 0
        self._first = False  # one worker compiles the kernels, the others wait to find them

    def carry_out(self, chunks: Iterable[tuple[int, int]]) -> Generator[Done]:
        """Yield each chunk (first, last) when it is done, in the order in which they are.

        Raises
        ------
        Interrupted
            The run was asked to stop, and something is left to be done.
        PatientError
            Whoever was tried failed: the study cannot be carried out.
        ModelError
            Nobody can be found who computes.
        """
        left = iter(chunks)
        self._first = self._crew.workers > 1 and _must_compile()
        while True:
            self._fill(left)
            if not self._under_way:
                break
            done, _ = wait(self._under_way, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in done:
                piece = self._under_way.pop(future, None)
                if piece is not None:  # else it was given up in the meantime: a late answer is dropped
                    yield from self._settle(piece, future)
            self._look_at_the_clock()
            if self._stop.asked:
                yield from self._wind_up()
        if self._waiting or next(left, None) is not None:
            raise Interrupted

    # ------------------------------------------------------------ giving out

    def _fill(self, left: Iterator[tuple[int, int]]) -> None:
        while not self._stop.asked and len(self._under_way) < (1 if self._first else self._crew.window):
            if not self._waiting:
                chunk = next(left, None)
                if chunk is None:
                    return
                self._open(*chunk)
            piece = self._waiting[0]
            if piece.deaths >= MOST_DEATHS and not self._crew.names_the_dead and self._under_way:
                return  # it is tried alone, so that its death is nobody else's
            self._waiting.popleft()
            self._give(piece)
            if piece.deaths >= MOST_DEATHS and not self._crew.names_the_dead:
                return

    def _open(self, first: int, last: int) -> None:
        self._chunks[first] = _Chunk(last, last - first)
        numbers = tuple(range(first, last))
        cut = 1 if self._first else len(numbers)
        self._waiting.extend(_Piece(first, part) for part in (numbers[:cut], numbers[cut:]) if part)

    def _give(self, piece: _Piece) -> None:
        order = Order(self._study, self._identity, piece.numbers, self._libraries).to_bytes()
        piece.begun = None
        try:
            future = self._crew.executor.submit(perform, order)
        except BrokenExecutor:
            self._crew.renew()
            future = self._crew.executor.submit(perform, order)
        except Interrupted:
            self._waiting.appendleft(piece)
            return
        self._under_way[future] = piece

    # ------------------------------------------------------------ taking back

    def _settle(self, piece: _Piece, future: Future[bytes]) -> Generator[Done]:
        try:
            answer = Answer.from_bytes(future.result())
            if (answer.identity, answer.numbers) != (self._identity, piece.numbers):
                raise DamagedError("an answer is not of the patients that were asked for")
            check_parts(answer.parts, min(piece.numbers), max(piece.numbers) + 1)
        except CancelledError:
            self._waiting.appendleft(piece)
        except OverdueError as error:
            yield from self._overdue(piece, error.patient)
        except (WorkerDiedError, MemoryError) as error:
            yield from self._died(piece, error)
        except BrokenExecutor as error:
            yield from self._broken(piece, error)
        except (DamagedError, StoreError) as error:
            self._refuse(piece, future, error)
        except RefusedError as error:
            raise ModelError(
                f"a worker cannot compute this study: {error}. Give all workers the same version."
            ) from error
        else:
            self._damaged = 0
            self._first = False
            self._found += len(answer.numbers) - len(answer.failed)
            kept = [self._failure(number, "raised", reason) for number, reason in answer.failed.items()]
            yield from self._keep(piece, answer, kept)

    def _keep(self, piece: _Piece, answer: Answer | None, failures: list[Failure]) -> Generator[Done]:
        """Put what is known of a piece to its chunk, and yield the chunk if that was the last of it."""
        chunk = self._chunks[piece.chunk]
        chunk.left -= len(piece.numbers)
        chunk.failures += failures
        chunk.answers += [] if answer is None else [answer]
        if chunk.left == 0:
            del self._chunks[piece.chunk]
            yield Done(piece.chunk, chunk.last, _parts(chunk.answers, piece.chunk, chunk.last), tuple(chunk.failures))

    def _failure(self, number: int, kind: str, reason: str) -> Failure:
        failure = Failure(number, self._seed, kind, reason)
        self._tell(f"patient {number} (seed {self._seed}) failed and is left out: {reason}")
        self._failed += 1
        if self._failed >= _HOPELESS and not self._found:
            raise PatientError(f"the first {self._failed} patients failed; the last of them: {reason}", [failure])
        return failure

    def _died(self, piece: _Piece, error: BaseException) -> Generator[Done]:
        reason = str(error) if isinstance(error, WorkerDiedError) else "a worker ran out of memory"
        piece.deaths += 1
        at = error.patient if isinstance(error, WorkerDiedError) else None
        piece.suspects |= set() if at is None else {at} & set(piece.numbers)
        if piece.deaths < MOST_DEATHS:
            self._tell(f"{reason} while it had {piece.who}; they are tried again")
            self._waiting.appendleft(piece)
        elif len(piece.numbers) == 1:
            yield from self._keep(
                piece, None, [self._failure(piece.numbers[0], "died", f"{reason}, {piece.deaths} times")]
            )
        else:
            self._tell(f"{reason} while it had {piece.who}, again; they are tried in smaller pieces")
            self._split(piece, piece.suspects or set(piece.numbers))

    def _split(self, piece: _Piece, suspects: set[int], deaths: int = 0, overdue: int = 0) -> None:
        """Try suspects each alone, before the others."""
        others = tuple(number for number in piece.numbers if number not in suspects)
        pieces = [_Piece(piece.chunk, (number,), deaths, overdue) for number in sorted(suspects)]
        self._waiting.extendleft(reversed([*pieces, *([_Piece(piece.chunk, others)] if others else [])]))

    def _overdue(self, piece: _Piece, patient: int | None) -> Generator[Done]:
        who = piece.who if patient is None else f"patient {patient}"
        reason = f"{who} (seed {self._seed}) took longer than {self._limit(piece, patient):g} s"
        if len(piece.numbers) == 1 and piece.overdue + 1 >= _MOST_OVERDUE:
            failure = self._failure(piece.numbers[0], "overdue", f"took longer than {self._patience:g} s, twice")
            yield from self._keep(piece, None, [failure])
            return
        self._tell(f"{reason}; the worker was stopped, and they are tried once more")
        self._split(piece, set(piece.numbers) if patient is None else {patient}, overdue=piece.overdue + 1)

    def _broken(self, piece: _Piece, error: BaseException) -> Generator[Done]:
        """Begin a new executor. It took all work with it, and does not say whose fault that was."""
        alone = not self._under_way
        lost = [piece, *self._under_way.values()]
        self._under_way.clear()
        self._crew.renew()
        reason = " ".join(str(error).split()) or type(error).__name__
        self._tell(f"the pool of workers broke ({reason}); {len(lost)} pieces of work are tried again")
        for one in reversed(lost):
            one.deaths += 1
            if not alone or one.deaths <= MOST_DEATHS:
                self._waiting.appendleft(one)
            elif len(one.numbers) == 1:
                yield from self._keep(
                    one, None, [self._failure(one.numbers[0], "died", "it ended its worker process, alone")]
                )
            else:
                self._split(one, set(one.numbers), MOST_DEATHS)

    def _refuse(self, piece: _Piece, future: Future[bytes], error: ModelError | StoreError) -> None:
        self._damaged += 1
        self._crew.distrust(future, str(error))
        if self._damaged >= _MOST_DAMAGED:
            raise ModelError(f"{self._damaged} answers one after the other were refused: {error}") from error
        self._tell(f"{error}; {piece.who} are computed again")
        self._waiting.appendleft(piece)

    # ------------------------------------------------------------ time

    def _limit(self, piece: _Piece, patient: int | None = None) -> float:
        """Seconds for a piece of work where nobody says whose turn it is: the patience, and a tenth for each patient more."""
        return self._patience if patient is not None else self._patience * (1.0 + 0.1 * (len(piece.numbers) - 1))

    def _look_at_the_clock(self) -> None:
        if self._crew.keeps_time or self._patience == float("inf"):
            return
        now = time.monotonic()
        for future, piece in list(self._under_way.items()):
            if piece.begun is None and future.running():
                piece.begun = now
            if piece.begun is not None and not future.done() and now - piece.begun > self._limit(piece):
                late = Future[bytes]()
                late.set_exception(OverdueError("", None))
                del self._under_way[future]
                self._under_way[late] = piece
                self._crew.give_up(future)

    def _wind_up(self) -> Generator[Done]:
        """Take back what nobody has begun; when the time of grace is over, leave the rest and raise Interrupted."""
        for future in list(self._under_way):
            if future.cancel():
                self._waiting.append(self._under_way.pop(future))
        if self._stop.over:
            for future in [future for future in self._under_way if future.done()]:
                yield from self._settle(self._under_way.pop(future), future)
            raise Interrupted


def _parts(answers: Sequence[Answer], first: int, last: int) -> Mapping[str, bytes]:
    """Return a chunk's parts: those of its one answer as they came, or the rows of several in the order of patients."""
    if len(answers) == 1:
        return answers[0].parts
    return parts_of(joined([tables_of(one.parts) for one in answers]), first, last)


def _must_compile() -> bool:
    """Whether no kernel was ever compiled here, so that the first patient will take a minute or two."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return False
    # Set when the first kernel's module was imported, long before this.
    return next(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"), None) is None
