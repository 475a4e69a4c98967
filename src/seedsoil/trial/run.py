"""A study is carried out: patients grown once, treated in every arm, in any number of processes, with the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path

from seedsoil.experiment.folder.parts import tables_of
from seedsoil.experiment.store import Store
from seedsoil.foundation.record import Record
from seedsoil.trial.asked import check_run
from seedsoil.trial.plan import Plan
from seedsoil.trial.reading.tables import StoredTables
from seedsoil.trial.runner.crew import at_work, check_choice, make_crew, workers_of
from seedsoil.trial.runner.dispatch import Dispatcher, Done
from seedsoil.trial.runner.estimate import left_in, size_up
from seedsoil.trial.runner.failures import FILE, Failure, read_failures, refusal, to_json
from seedsoil.trial.runner.patients import chunk_of, joined
from seedsoil.trial.runner.stop import Stop
from seedsoil.trial.runner.work import remember
from seedsoil.trial.study.file import Study
from seedsoil.trial.trial import Trial, record_of

Progress = Callable[[int, int], None]

#: Patients that take about as long as a process takes to start.
_LEAST_FOR_A_WORKER = 16
#: Seconds that one patient, grown and treated in all arms, may take.
PATIENCE = 600.0


def default_workers(patients: int) -> int:
    """As many processes as there are cores, but none for so few patients that starting them would take longer."""
    return max(1, min(os.cpu_count() or 1, patients // _LEAST_FOR_A_WORKER))


def _silent(line: str) -> None:
    """Say nothing."""


def run(
    study: Study,
    *,
    workers: int | None = None,
    executor: str | Executor | None = None,
    cluster: str | None = None,
    out: Path | str | None = None,
    resume: bool = False,
    anyway: bool = False,
    chunk: int | None = None,
    patience: float = PATIENCE,
    skip_failed: bool = False,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Trial:
    """Carry out a study.

    Whoever computes, and however often, the tables are the same bytes (`Trial.digests`). A worker that dies or hangs costs
    the chunk that it had, which is tried again. Ctrl-C (and SIGTERM, SIGHUP) lets what is under way end within seconds and
    keeps what is done; a second one stops at once.

    Parameters
    ----------
    study
    workers
        Processes; as many as there are cores if None.
    executor
        "spawn" (fresh processes, the default), "loky", "serial" (this process), or any `concurrent.futures.Executor`, which
        is left open.
    cluster
        Address of a Dask scheduler ("tcp://node1:8786"), or "local" for a cluster of this machine's processes.
    out
        Run folder to make (it must not hold anything else); without it, nothing is written.
    resume
        Take up the run in ``out`` where it stopped; StoreError if that is another study, or other code. Patients who failed
        are tried again.
    anyway
        Begin even if it is estimated to take more time, memory or disk than there is.
    chunk
        Patients computed and written together; chosen by the size of the study if None. A run keeps the chunks that it began with.
    patience
        Seconds that one patient may take.
    skip_failed
        Return the trial of all others where some patients cannot be simulated; `failures.json` in ``out`` names them.
    progress
        Called with the patients done and all patients.
    tell
        Called with a line for each thing out of the ordinary: a worker died, a patient failed.

    Raises
    ------
    StudyError, StoreError
        StudyError also (a `TooBigError`) if the run is too big for this machine.
    PatientError
        A ModelError, when all others are done and kept.
    ModelError
        Nobody can be found who computes.
    KeyboardInterrupt
        The run was stopped; what was done by then is in ``out``.
    """
    check_run(study, workers, out, chunk, patience)
    check_choice(executor, cluster)
    plan = study.plan()
    note = record_of(study, plan)
    remember(note.identity, plan)
    size = chunk or chunk_of(plan.patients)
    count = workers or (workers_of(executor) if isinstance(executor, Executor) else default_workers(plan.patients))
    if not anyway:
        folder = None if out is None else Path(out)
        size_up(plan, count, folder, left=left_in(folder) if folder and resume else None)
    say, report = tell or _silent, progress or (lambda done, total: None)
    with Stop() as stop:

        def carry_out(chunks: list[tuple[int, int]], keep: Callable[[Done], None]) -> None:
            done = plan.patients - sum(last - first for first, last in chunks)
            report(done, plan.patients)
            if not chunks:
                return
            crew = make_crew(executor, cluster, min(count, len(chunks)), stop, patience, say)
            dispatcher = Dispatcher(crew, note.resolved, note.identity, plan.seed, stop, patience, say)
            with at_work(crew), closing(dispatcher.carry_out(chunks)) as found:
                for one in found:
                    keep(one)
                    done += one.last - one.first
                    report(done, plan.patients)

        if out is None:
            return _in_memory(study, plan, note, size, carry_out, skip_failed)
        return _in_folder(study, plan, note, size, carry_out, skip_failed, Path(out), resume)


_CarryOut = Callable[[list[tuple[int, int]], Callable[[Done], None]], None]


def _in_memory(study: Study, plan: Plan, note: Record, size: int, carry_out: _CarryOut, skip_failed: bool) -> Trial:
    """Carry a study out and keep its tables in memory."""
    parts: dict[int, Done] = {}
    chunks = [(first, min(plan.patients, first + size)) for first in range(0, plan.patients, size)]
    carry_out(chunks, lambda one: parts.update({one.first: one}))
    ordered = [parts[first] for first in sorted(parts)]
    failures = [failure for one in ordered for failure in one.failures]
    if failures and not skip_failed:
        raise refusal(failures, plan.patients, None)
    tables = joined([tables_of(one.parts) for one in ordered])
    return Trial(study, plan, tables, note, failures=tuple(failures))


def _in_folder(
    study: Study, plan: Plan, note: Record, size: int, carry_out: _CarryOut, skip_failed: bool, out: Path, resume: bool
) -> Trial:
    """Carry a study out and write each chunk as it is done."""
    if resume:
        store = Store.resume(out, note.identity, note.resolved)
    else:
        store = Store.create(out, note.resolved, note.identity, plan.patients, size)
    with store:
        failures = {failure.patient: failure for failure in read_failures(out)} if resume else {}

        def keep(one: Done) -> None:
            before = dict(failures)
            again = {failure.patient: failure for failure in one.failures}
            if again:
                failures.update(again)
                # Before the chunk: none lacks a patient in silence.
                store.add_file(FILE, to_json(list(failures.values()), out))
            store.write_parts(one.parts, one.first, one.last)
            for number in range(one.first, one.last):
                if number not in again:
                    failures.pop(number, None)
            if failures != before and not again:
                store.add_file(FILE, to_json(list(failures.values()), out))

        carry_out(_to_do(store, failures), keep)
        store.add_file("record.json", note.to_json())
        if failures and not skip_failed:
            raise refusal(sorted(failures.values(), key=lambda one: one.patient), plan.patients, out)
    left_out = tuple(sorted(failures.values(), key=lambda one: one.patient))
    return Trial(study, plan, StoredTables(Store.open(out)), note, out, left_out)


def _to_do(store: Store, failures: dict[int, Failure]) -> list[tuple[int, int]]:
    """Return the chunks that are missing, and those in which somebody failed."""
    again = {number // store.chunk * store.chunk for number in failures}
    return sorted({*store.missing(), *((first, min(first + store.chunk, store.patients)) for first in again)})
