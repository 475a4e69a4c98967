"""A study is carried out: patients grown once, treated in every arm, in any number of processes, with the same bytes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.store import Store
from seedsoil.trial.asked import check_run
from seedsoil.trial.plan import Plan
from seedsoil.trial.runner.estimate import size_up
from seedsoil.trial.runner.patients import Columns, chunk_of, run_patients
from seedsoil.trial.study.file import Study
from seedsoil.trial.trial import Trial, record_of

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.connection import Connection

Progress = Callable[[int, int], None]

#: Patients that take about as long as a process takes to start.
_LEAST_FOR_A_WORKER = 16


def default_workers(patients: int) -> int:
    """As many processes as there are cores, but none for so few patients that starting them would take longer."""
    return max(1, min(os.cpu_count() or 1, patients // _LEAST_FOR_A_WORKER))


def _obey(lifeline: Connection) -> None:
    """Make this worker deaf to Ctrl-C, and end it when the other end of its lifeline is closed, if only by a death."""
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def end_with_the_parent() -> None:
        try:
            lifeline.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)

    Thread(target=end_with_the_parent, daemon=True).start()


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    """A pool of fresh processes, one thread each. What stops this process stops them at once, in the middle of a chunk."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    context = get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_obey, initargs=(theirs,))
    try:
        yield pool
    except BaseException:
        ours.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        ours.close()
        theirs.close()


@contextmanager
def _interruption_waits() -> Iterator[None]:
    """Let Ctrl-C come after this block; processes begun in it never hear it, even before they can say so themselves."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _chunks(plan: Plan, missing: list[tuple[int, int]], workers: int) -> Generator[tuple[int, int, dict[str, Columns]]]:
    """Results of the missing chunks, in the order in which they are done.

    An interruption gives up the chunks under way; those that are done by then still come, before it is raised.
    """
    workers = min(workers, len(missing))
    if workers <= 1:
        for first, last in missing:
            yield first, last, run_patients(plan, first, last)
        return
    from concurrent.futures import as_completed

    with _pool(workers) as pool:
        with _interruption_waits():
            waiting: dict[Future[dict[str, Columns]], tuple[int, int]] = {
                pool.submit(run_patients, plan, first, last): (first, last) for first, last in missing
            }
        try:
            for done in as_completed(list(waiting)):
                yield *waiting.pop(done), done.result()
        except KeyboardInterrupt:
            for future, chunk in waiting.items():
                if future.done() and future.exception() is None:
                    yield *chunk, future.result()
            raise


def _joined(parts: Mapping[int, dict[str, Columns]]) -> dict[str, Columns]:
    ordered = [parts[first] for first in sorted(parts)]
    return {
        table: {column: np.concatenate([part[table][column] for part in ordered]) for column in columns}
        for table, columns in TABLES.items()
    }


def run(
    study: Study,
    *,
    workers: int | None = None,
    out: Path | str | None = None,
    resume: bool = False,
    anyway: bool = False,
    progress: Progress | None = None,
) -> Trial:
    """Carry out a study.

    Parameters
    ----------
    study
    workers
        Processes; as many as there are cores if None. The result does not depend on it.
    out
        Run folder to make (it must not hold anything else); without it, nothing is written.
    resume
        Take up the run in ``out`` where it stopped; StoreError if that is another study, or other code.
    anyway
        Begin even if it is estimated to take more time, memory or disk than there is.
    progress
        Called with the patients done and all patients.

    Raises
    ------
    StudyError, ModelError, StoreError
        StudyError also (a `TooBigError`) if the run is too big for this machine.
    """
    check_run(study, workers, out)
    plan = study.plan()
    note = record_of(study, plan)
    workers = workers or default_workers(plan.patients)
    if not anyway:
        size_up(plan, workers, None if out is None else Path(out))
    report = progress or (lambda done, total: None)
    if out is None:
        size = chunk_of(plan.patients)
        missing = [(first, min(plan.patients, first + size)) for first in range(0, plan.patients, size)]
        parts: dict[int, dict[str, Columns]] = {}
        done = 0
        with closing(_chunks(plan, missing, workers)) as chunks:
            for first, last, tables in chunks:
                parts[first] = tables
                done += last - first
                report(done, plan.patients)
        return Trial(study, plan, _joined(parts), note)
    if resume:
        store = Store.resume(out, note.identity, note.resolved)
    else:
        store = Store.create(out, note.resolved, note.identity, plan.patients, chunk_of(plan.patients))
    with store:
        left = store.missing()
        done = plan.patients - sum(last - first for first, last in left)
        with closing(_chunks(plan, left, workers)) as chunks:
            for first, last, tables in chunks:
                store.write_chunk(tables, first, last)
                done += last - first
                report(done, plan.patients)
        store.add_file("record.json", note.to_json())
        found = {table: store.read(table) for table in TABLES}
    return Trial(study, plan, found, note, Path(out))
