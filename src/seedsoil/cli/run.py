"""The command `run`: a study in, a run folder, its report and its answer out."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from seedsoil.cli.study import open_study
from seedsoil.cli.terminal import DONE, FAILED, INTERRUPTED, console, say, say_faults

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study
    from seedsoil.trial.trial import Trial

#: Digits of the identity in the name of a run folder.
_DIGITS = 8
#: Where no terminal shows a bar, a line is said this many times.
_LINES_OF_PROGRESS, _LINES_OF_A_REPORT = 10, 3


def run(
    study: str = "demo",
    /,
    *,
    patients: int | None = None,
    seed: int | None = None,
    out: Path | None = None,
    fork: Path | None = None,
    workers: int | None = None,
    resume: bool = False,
    anyway: bool = False,
    json: bool = False,
    report: Annotated[bool, Parameter(negative="--no-report")] = True,
) -> int:
    """Carry out a study and answer it.

    Parameters
    ----------
    study
        A study file (TOML), the name of a shipped study, or the folder of a run, which knows its study.
    patients
        Patients in each arm, instead of the study's number.
    seed
        Seed of all luck, instead of the study's.
    out
        Folder of the run; runs/STUDY-IDENTITY if not given.
    fork
        STUDY is the folder of an old run: begin a new run of its study here, under the present code and catalogue.
    workers
        Processes; as many as there are cores if not given. The result does not depend on it.
    resume
        Take up a run where it stopped.
    anyway
        Begin even a run that is estimated to take more time, memory or disk than there is.
    json
        Print the answer as one JSON document on stdout.
    report
        Write the report to OUT/report.
    """
    from seedsoil.foundation.errors import StudyError

    if workers is not None and workers < 1:
        raise StudyError(f"--workers {workers}: at least 1 is needed.")
    opened = open_study(study, patients, seed)
    out = _place(opened, study, out, fork, resume)
    folder, finished = _choose_folder(opened, study, out, resume)
    retry = _command(study, patients, seed, folder)
    try:
        trial = _finished(folder) if finished else _carry_out(opened, folder, workers, resume, anyway)
        _answer(trial, report, json)
    except KeyboardInterrupt:
        say(f"Interrupted. What was done is kept. Go on with: {retry}")
        return INTERRUPTED
    except _broken_pool() as error:
        say_faults([f"a worker process died (killed, or out of memory): {error}"])
        say(f"What was done is kept. Go on, perhaps with fewer workers: {retry}")
        return FAILED
    return DONE


def _answer(trial: Trial, report: bool, as_json: bool) -> None:
    """Print the answer as soon as it is there, then write the report; a document is printed last, and alone."""
    if not as_json:
        from seedsoil.cli.summary import print_answer

        print_answer(trial, [f"Run: {trial.out}"])
        sys.stdout.flush()
    page = _write_report(trial) if report else None
    if as_json:
        import json

        print(json.dumps(trial.answer(), indent=2, ensure_ascii=False, allow_nan=False))
    elif page is not None:
        print(f"Report: {page}")


def _place(study: Study, name: str, out: Path | None, fork: Path | None, resume: bool) -> Path | None:
    """Return the folder that was asked for, if any; say how a fork differs from the run that it comes from."""
    from seedsoil.trial.runner.again import fork_notes, place

    folder = place(name, out, fork, resume)
    if fork is not None:
        for note in fork_notes(study, name, fork):
            say(f"fork: {note}")
    return folder


def _choose_folder(study: Study, name: str, out: Path | None, resume: bool) -> tuple[Path, bool]:
    """Return the folder of the run, and whether this very run is finished there. StoreError if it holds another."""
    from seedsoil.experiment.store import MANIFEST, Store
    from seedsoil.foundation.errors import StoreError
    from seedsoil.foundation.record import identity

    wanted = identity(study.resolve(), study.plan().seed)
    folder = out or Path("runs") / f"{Path(name).stem}-{wanted[:_DIGITS]}"
    if not (folder / MANIFEST).is_file():
        if resume:
            raise StoreError(f"{folder} holds no run that could be resumed. Leave --resume out to begin it.")
        return folder, False
    store = Store.open(folder)
    if store.identity != wanted:
        raise StoreError([*store.refusal(wanted, study.resolve()), f"To look at that run: seedsoil show {folder}"])
    if resume:
        return folder, False  # the store itself repairs what is damaged
    if store.complete:
        return folder, True
    raise StoreError(f"{folder} holds this run, begun and not finished. Go on with --resume, or choose another --out.")


def _finished(folder: Path) -> Trial:
    from seedsoil.trial.trial import open_run

    say(f"{folder} holds this very run already; here is its answer.")
    return open_run(folder)


def _left(folder: Path) -> int | None:
    """Return how many patients a run folder lacks; None if there is none yet."""
    from seedsoil.experiment.store import MANIFEST, Store

    if not (folder / MANIFEST).is_file():
        return None
    return sum(last - first for first, last in Store.open(folder).missing())


def _carry_out(study: Study, folder: Path, workers: int | None, resume: bool, anyway: bool) -> Trial:
    from seedsoil.trial.run import default_workers
    from seedsoil.trial.run import run as carry_out
    from seedsoil.trial.runner.estimate import size_up

    plan = study.plan()
    count = workers or default_workers(plan.patients)
    estimate = size_up(plan, count, folder, left=_left(folder), anyway=anyway)
    if estimate is not None:
        say(f"{estimate.told()}; estimated from {estimate.pilots} of them.")
    say(f"{plan.patients} patients, {len(plan.arms)} arms, {count} {'worker' if count == 1 else 'workers'} -> {folder}")
    with _progress("patients", _LINES_OF_PROGRESS) as progress:
        return carry_out(study, workers=count, out=folder, resume=resume, anyway=True, progress=progress)


@contextmanager
def _progress(things: str, lines: int) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how many things are done: a bar in a terminal, else so many lines."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        said = 0

        def tell(done: int, total: int) -> None:
            nonlocal said
            step = lines * done // max(total, 1)
            if step > said:
                said = step
                say(f"{done} of {total} {things}")

        yield tell
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(things), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(things, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write_report(trial: Trial) -> Path:
    """Write the report beside the tables, unless a whole one is there; its files stand in the run's manifest."""
    from seedsoil.experiment.store import Store

    assert trial.out is not None
    page = trial.out / "report" / "index.html"
    if page.is_file() and not Store.open(trial.out).verify(beside="report/"):
        return page
    say("Writing the report ...")
    from seedsoil.show.report import write_report

    with Store.amend(trial.out) as store, _progress("pictures", _LINES_OF_A_REPORT) as progress:
        return write_report(
            trial, page.parent, progress=progress, put=lambda name, content: store.add_file(f"report/{name}", content)
        )


def _command(study: str, patients: int | None, seed: int | None, folder: Path) -> str:
    """Return the command that takes this run up again."""
    words = ["seedsoil", "run", study]
    words += [] if patients is None else ["--patients", str(patients)]
    words += [] if seed is None else ["--seed", str(seed)]
    return shlex.join([*words, "--out", str(folder), "--resume"])


def _broken_pool() -> type[BaseException]:
    from concurrent.futures import BrokenExecutor

    return BrokenExecutor
