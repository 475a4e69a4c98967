"""A study is carried out: patients grown once, treated in every arm, in any number of processes, with the same bytes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.catalogue.describe import citations
from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.history import History, record, record_growth
from seedsoil.experiment.outcome import rows
from seedsoil.experiment.simulate import open_arm, run_arm
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, StudyError, did_you_mean
from seedsoil.foundation.record import Record, make_record
from seedsoil.foundation.value import Value, values_in
from seedsoil.trial.compare import Comparison, compare_arms
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.plan import Plan, Published, enrol
from seedsoil.trial.study.file import Study
from seedsoil.trial.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.connection import Connection

Columns = dict[str, NDArray[Any]]
Progress = Callable[[int, int], None]

#: Chunks that a run is cut into, at least, so that workers share it evenly; the most patients of a chunk.
_LEAST_CHUNKS, _MOST_IN_CHUNK = 16, 50
#: Patients that take about as long as a process takes to start.
_LEAST_FOR_A_WORKER = 16
#: Days at which the answer states the share alive.
_ANSWER_DAYS = (365, 730, 1095, 1826, 3652)


def chunk_of(patients: int) -> int:
    """Patients in one chunk of a run: a function of the study alone, so that bytes do not depend on the workers."""
    return max(1, min(_MOST_IN_CHUNK, -(-patients // _LEAST_CHUNKS)))


def run_patients(plan: Plan, first: int, last: int) -> dict[str, Columns]:
    """Rows of patients ``first`` .. ``last - 1`` in all arms, by table."""
    parts: dict[str, list[Columns]] = {name: [] for name in TABLES}
    for number in range(first, last):
        grown = enrol(plan, number)
        for name, protocol in plan.arms.items():
            arm = open_arm(grown, plan.vessels, plan.agents, protocol, plan.until_days, plan.without)
            for table, columns in rows(run_arm(arm, protocol), name).items():
                parts[table].append(columns)
    return {
        table: {column: np.concatenate([part[column] for part in pieces]) for column in pieces[0]}
        for table, pieces in parts.items()
    }


@dataclass(frozen=True)
class Trial:
    """A study that has run: its arms, its tables, and what they say.

    ``tables`` maps "patients", "lesions", "clones", "events" and "observations" to columns; ``out`` is the run folder,
    or None if nothing was written.
    """

    study: Study
    plan: Plan
    tables: Mapping[str, Columns]
    record: Record
    out: Path | None = None

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in the order of the study."""
        return tuple(self.plan.arms)

    def survival(self, arm: str, endpoint: str = "overall_survival") -> Survival:
        """Kaplan-Meier curve of an arm with its band."""
        return kaplan_meier(*event_times(self.tables["patients"], arm, endpoint))

    def compare(self, arm: str, versus: str, endpoint: str = "overall_survival") -> Comparison:
        """Hazard ratio of one arm against another, with interval and test."""
        one, other = (event_times(self.tables["patients"], name, endpoint) for name in (arm, versus))
        return compare_arms(*one, *other, arm=arm, versus=versus, endpoint=endpoint)

    def patient(self, number: int, arm: str) -> History:
        """One patient in one arm, run again and recorded; the same bytes as in the trial."""
        return self.histories(number, (arm,))[0]

    def histories(self, number: int, arms: Sequence[str]) -> list[History]:
        """One patient in several arms, as `patient` does for one, but grown once."""
        for arm in arms:
            if arm not in self.plan.arms:
                raise StudyError(f"no arm {arm!r}.{did_you_mean(arm, self.arms)} Arms: {', '.join(self.arms)}.")
        if not 0 <= number < self.plan.patients:
            raise StudyError(f"no patient {number}: the study has patients 0 to {self.plan.patients - 1}.")
        return _recorded(self.plan, number, arms)

    def answer(self) -> dict[str, Any]:
        """The answer as plain data: arms, comparisons with the first arm and between neighbours, identity."""
        endpoints = [self.plan.primary_endpoint]
        endpoints += [name for name in self.plan.secondary_endpoints if name.endswith("_survival")]
        pairs = [(arm, self.arms[0]) for arm in self.arms[1:]]
        pairs += [(self.arms[-1], arm) for arm in self.arms[1:-1]]
        comparisons = [
            self._comparison(arm, versus, endpoint)
            for endpoint in dict.fromkeys(endpoints)
            if endpoint.endswith("_survival")
            for arm, versus in pairs
        ]
        return {
            "study": self.plan.title,
            "identity": self.record.identity,
            "seed": self.plan.seed,
            "patients": self.plan.patients,
            "arms": {arm: self._arm(arm) for arm in self.arms},
            "comparisons": comparisons,
            "published": [self._against(one) for one in self.plan.published],
            "out": None if self.out is None else str(self.out),
        }

    def _arm(self, arm: str) -> dict[str, Any]:
        days, died = event_times(self.tables["patients"], arm)
        curve, free = self.survival(arm), self.survival(arm, "progression_free_survival")
        chosen = np.asarray(self.tables["patients"]["arm"]) == arm
        responses = np.asarray(self.tables["patients"]["response"])[chosen]
        low, high = curve.median_interval
        return {
            "n": int(days.size),
            "deaths": int(died.sum()),
            "median_survival_days": _number(curve.median),
            "median_survival_low": _number(low),
            "median_survival_high": _number(high),
            "median_progression_free_days": _number(free.median),
            "not_followed": int(np.count_nonzero(~np.asarray(self.tables["patients"]["followed"], dtype=bool)[chosen])),
            "responders": int(np.isin(responses, ("CR", "PR")).sum()),
            "survival": {str(day): _number(float(curve.at(np.array([float(day)]))[0])) for day in _ANSWER_DAYS},
        }

    def _against(self, one: Published) -> dict[str, Any]:
        """A published median beside the one found; ``inside`` is None where too few had the event to have a median."""
        times = event_times(self.tables["patients"], one.arm, one.endpoint)
        found = _number(kaplan_meier(*times).median) if times[0].size else None
        return {
            "arm": one.arm,
            "endpoint": one.endpoint,
            "n": int(times[0].size),
            "median_days": found,
            "low_days": one.low,
            "high_days": one.high,
            "inside": None if found is None else one.low <= found <= one.high,
            "source": one.source,
        }

    def _comparison(self, arm: str, versus: str, endpoint: str) -> dict[str, Any]:
        found = self.compare(arm, versus, endpoint)
        return {
            "arm": arm,
            "versus": versus,
            "endpoint": endpoint,
            "hazard_ratio": _number(found.hazard_ratio),
            "low": _number(found.low),
            "high": _number(found.high),
            "p": _number(found.p),
        }


def _number(value: float) -> float | None:
    """A number that JSON can hold; None for what is not reached."""
    return float(value) if np.isfinite(value) else None


def simulate(plan: Plan, arm: str, number: int = 0) -> History:
    """Run one patient of a plan in one arm and keep what happens in time."""
    return _recorded(plan, number, (arm,))[0]


def _recorded(plan: Plan, number: int, arms: Sequence[str]) -> list[History]:
    """Grow a patient once, and record what happens in each of the arms."""
    grown = enrol(plan, number)
    growth = record_growth(grown)
    histories = []
    for name in arms:
        opened = open_arm(grown, plan.vessels, plan.agents, plan.arms[name], plan.until_days, plan.without)
        histories.append(record(opened, name, plan.arms[name], growth))
    return histories


def values_of(plan: Plan) -> list[Value]:
    """Every Value that a plan uses, once each."""
    nouns = [plan.patient, plan.vessels, *plan.agents.values()]
    return [value for noun in nouns for _, value in values_in(noun)]


def record_of(study: Study, plan: Plan) -> Record:
    """The record of a study: what ran, and the source of every Value that it uses."""
    used = values_of(plan)
    return make_record(study.resolve(), plan.seed, used, citations(used, study.shelf.cited))


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
    progress
        Called with the patients done and all patients.

    Raises
    ------
    StudyError, ModelError, StoreError
    """
    plan = study.plan()
    note = record_of(study, plan)
    workers = workers or default_workers(plan.patients)
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
        store = Store.resume(out, note.identity)
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


def open_run(folder: Path | str) -> Trial:
    """Open a finished run folder. StoreError if it is none, or patients are missing."""
    store = Store.open(folder)
    if not store.complete:
        raise StoreError(f"{folder}: the run is not finished; take it up with seedsoil run --resume --out {folder}")
    study = Study.read(store.study_text(), str(folder))
    plan = study.plan()
    return Trial(study, plan, {table: store.read(table) for table in TABLES}, record_of(study, plan), Path(folder))
