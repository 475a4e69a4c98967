"""A run folder knows its study: the run is taken up from it, or its study begun anew in another folder (a fork)."""

from __future__ import annotations

from pathlib import Path

from seedsoil.experiment.store import MANIFEST, Store
from seedsoil.foundation.errors import StoreError, StudyError
from seedsoil.foundation.record import identity
from seedsoil.trial.study.file import Study, shipped_names


def is_run(name: str | Path) -> bool:
    """Whether a study's name means a run folder; a shipped name wins over a folder that is called so."""
    return str(name) not in shipped_names() and (Path(name) / MANIFEST).is_file()


def study_of_run(folder: str | Path) -> Study:
    """Return the study that a run folder holds, with every default as it was written out when the run began.

    Raises
    ------
    StoreError
        No run, or its study was changed after the run began.
    StudyError
        This version of seedsoil reads the study no more: each fault, and what to do.
    """
    store = Store.open(folder)
    try:
        return Study.read(store.study_text(), str(folder))
    except StudyError as error:
        advice = f"{folder} was made by other code ({', '.join(store.differences()[:3])}). Correct a copy of its study.toml and run that."
        raise StudyError([*error.faults, advice]) from error


def place(name: str, out: Path | None, fork: Path | None, resume: bool) -> Path | None:
    """Return the folder of a run that was asked for; None if it is to be named after the study.

    Parameters
    ----------
    name
        What the user calls the study: a file, a shipped name, or a run folder.
    out, fork, resume
        Folder of the run; folder of a new run of the old one's study; whether the run is taken up.

    Raises
    ------
    StudyError
        These do not go together; it says what does.
    """
    if fork is not None and not is_run(name):
        raise StudyError(
            f"--fork begins the study of an old run anew: seedsoil run OLD_RUN --fork NEW_FOLDER; {name} is no run folder."
        )
    if fork is not None and out is not None:
        raise StudyError("--fork and --out both name the folder of the new run: give one of them.")
    if fork is None and out is None and is_run(name):
        if not resume:
            raise StudyError(
                f"{name} is a run folder. To go on with it: --resume; to begin its study anew in another folder: --fork NEW_FOLDER; "
                f"to look at it: seedsoil show {name}"
            )
        return Path(name)
    return fork if fork is not None else out


def fork_notes(study: Study, old: str | Path, new: Path) -> list[str]:
    """Say how a new run of an old run's study differs from that run: line by line, nothing if it does not differ.

    The new run is one of its own: no patient is taken over from the old one, which stays as it is.

    Raises
    ------
    StoreError
        ``old`` holds no run, or ``new`` is the same folder.
    """
    store = Store.open(old)
    if new.resolve() == Path(old).resolve():
        raise StoreError(
            f"--fork {new} is the run itself; a fork needs a folder of its own. To go on with it: --resume"
        )
    resolved = study.resolve()
    wanted = identity(resolved, study.plan().seed)
    return [] if store.identity == wanted else store.differences(resolved)
