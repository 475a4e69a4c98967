"""The commands `run` (a study in; a run folder, its report and its answer out) and `worker`, which lends it hands."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from seedsoil.cli.study import open_study
from seedsoil.cli.terminal import DONE, FAILED, INTERRUPTED, progress_of, say, say_faults

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
    pool: str | None = None,
    cluster: str | None = None,
    chunk: int | None = None,
    patience: float | None = None,
    resume: bool = False,
    anyway: bool = False,
    skip_failed: bool = False,
    only: int | None = None,
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
    pool
        Who computes: spawn (fresh processes, the default), loky, or serial (this process).
    cluster
        Who computes: a Dask cluster, by its scheduler's address (tcp://node1:8786), or local for one of this machine.
    chunk
        Patients computed and written together, at the beginning of a run; chosen by the study's size if not given.
    patience
        Seconds that one patient may take, 600 if not given; who takes longer is tried once more and then left out.
    resume
        Take up a run where it stopped. Patients who failed are tried again.
    anyway
        Begin even a run that is estimated to take more time, memory or disk than there is.
    skip_failed
        Answer although patients failed, without them.
    only
        Simulate this one patient in all arms, in this process, and write nothing.
    json
        Print the answer as one JSON document on stdout.
    report
        Write the report to OUT/report.
    """
    from seedsoil.foundation.errors import StudyError

    if workers is not None and workers < 1:
        raise StudyError(f"--workers {workers}: at least 1 is needed.")
    if pool is not None or cluster is not None:
        from seedsoil.trial.runner.crew import check_choice

        check_choice(pool, cluster)
    opened = open_study(study, patients, seed)
    if only is not None:
        return _alone(opened, only)
    out = _place(opened, study, out, fork, resume)
    folder, finished = _choose_folder(opened, study, out, resume)
    who = {"workers": workers, "executor": pool, "cluster": cluster}
    how = {"chunk": chunk, "resume": resume, "skip_failed": skip_failed} | (
        {} if patience is None else {"patience": patience}
    )
    retry = _command(study, patients, seed, folder)
    try:
        outdated = not finished and _may_change(folder)
        trial = _finished(folder, skip_failed) if finished else _carry_out(opened, folder, who, how, anyway)
        _answer(trial, report, json, outdated)
        if missing := trial.absence():
            say_faults([missing])
        return FAILED if missing else DONE
    except KeyboardInterrupt:
        say(f"Interrupted. What was done is kept. Go on with: {retry}")
        return INTERRUPTED
    except _broken_pool() as error:
        say_faults([f"those who compute broke down (killed, or out of memory): {error}"])
        say(f"What was done is kept. Go on, perhaps with fewer workers: {retry}")
        return FAILED


def _alone(study: Study, number: int) -> int:
    """Simulate one patient in plain sight: whatever goes wrong with it is not caught."""
    from seedsoil.trial.asked import check_patient
    from seedsoil.trial.runner.patients import run_patient

    plan = study.plan()
    check_patient(plan, number, ())
    say(f"Patient {number} (seed {plan.seed}), {len(plan.arms)} arms ...")
    table = run_patient(plan, number)["patients"]
    for arm, ending in zip(table["arm"], table["ending"], strict=True):
        print(f"{arm}: {ending}")
    return DONE


def _may_change(folder: Path) -> bool:
    """Whether a run in a folder that is taken up will have other rows than its report tells of."""
    from seedsoil.trial.runner.estimate import left_in
    from seedsoil.trial.runner.failures import read_failures

    return left_in(folder) != 0 or bool(read_failures(folder))


def _answer(trial: Trial, report: bool, as_json: bool, outdated: bool) -> None:
    """Print the answer as soon as it is there, then write the report; a document is printed last, and alone."""
    if not as_json:
        from seedsoil.cli.summary import print_answer

        print_answer(trial, [f"Run: {trial.out}"])
        sys.stdout.flush()
    page = _write_report(trial, outdated) if report else None
    if as_json:
        import json

        print(json.dumps(trial.answer(), indent=2, ensure_ascii=False, allow_nan=False))
    elif page is not None:
        print(f"Report: {page}")


def _place(study: Study, name: str, out: Path | None, fork: Path | None, resume: bool) -> Path | None:
    """Return the folder that was asked for, if any; say how a fork differs from the run that it comes from."""
    from seedsoil.trial.reading.again import fork_notes, place

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


def _finished(folder: Path, skip_failed: bool) -> Trial:
    from seedsoil.trial.runner.failures import read_failures, refusal
    from seedsoil.trial.trial import open_run

    failures = read_failures(folder)
    if failures and not skip_failed:
        from seedsoil.experiment.store import Store

        raise refusal(failures, Store.open(folder).patients, folder)
    say(f"{folder} holds this very run already; here is its answer.")
    return open_run(folder)


def _carry_out(study: Study, folder: Path, who: dict[str, Any], how: dict[str, Any], anyway: bool) -> Trial:
    from seedsoil.trial.run import default_workers
    from seedsoil.trial.run import run as carry_out
    from seedsoil.trial.runner.estimate import left_in, size_up

    plan = study.plan()
    workers = who["workers"] or default_workers(plan.patients)
    estimate = size_up(plan, workers, folder, left=left_in(folder), anyway=anyway)
    if estimate is not None:
        say(f"{estimate.told()}; estimated from {estimate.pilots} of them.")
    hands = (
        f"{workers} {'worker' if workers == 1 else 'workers'}"
        if who["cluster"] is None
        else f"cluster {who['cluster']}"
    )
    say(f"{plan.patients} patients, {len(plan.arms)} arms, {hands} -> {folder}")
    with progress_of("patients", _LINES_OF_PROGRESS) as progress:
        return carry_out(study, **who, **how, out=folder, anyway=True, progress=progress, tell=say)


def _write_report(trial: Trial, outdated: bool) -> Path:
    """Write the report beside the tables, unless a whole one is there that is not outdated; its files stand in the run's manifest."""
    from seedsoil.experiment.store import Store

    assert trial.out is not None
    page = trial.out / "report" / "index.html"
    if not outdated and page.is_file() and not Store.open(trial.out).verify(beside="report/"):
        return page
    say("Writing the report ...")
    from seedsoil.show.report import write_report

    with Store.amend(trial.out) as store, progress_of("pictures", _LINES_OF_A_REPORT) as progress:
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


def worker(scheduler: str, /, *, workers: int | None = None) -> int:
    """Lend this machine's cores to runs on a Dask cluster, until Ctrl-C.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler, such as tcp://node1:8786. One that goes away is waited for.
    workers
        Processes; as many as there are cores if not given.
    """
    from seedsoil.foundation.errors import StudyError
    from seedsoil.trial.runner.attach import attach
    from seedsoil.trial.runner.crew import check_choice

    check_choice(None, scheduler)
    if scheduler == "local":
        raise StudyError("a worker needs the address of a scheduler, such as tcp://node1:8786")
    if workers is not None and workers < 1:
        raise StudyError(f"--workers {workers}: at least 1 is needed.")
    attach(scheduler, workers or os.cpu_count() or 1, say)
    return INTERRUPTED
