"""Commands about a study file before anything runs: check, explain, resolve, schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seedsoil.cli.terminal import BAD_INPUT, DONE, say_faults

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study


def check(study: str, /) -> int:
    """Name every fault of a study file, and every dose that is above what may be given.

    Parameters
    ----------
    study
        A study file (TOML), or the name of a shipped study.
    """
    from seedsoil.trial.study.explain import cuts
    from seedsoil.trial.study.file import check as faults_of

    faults = faults_of(Path(study)) if _is_file(study) else []
    say_faults(faults)
    if faults:
        return BAD_INPUT
    notes = cuts(open_study(study))
    print(f"{study}: no faults")
    for note in notes:
        print(f"{study}: note: {note}")
    return DONE


def explain(study: str, /) -> int:
    """Say in plain English what a study will do, before anything runs.

    Parameters
    ----------
    study
        A study file (TOML), or the name of a shipped study.
    """
    print(open_study(study).explain().rstrip("\n"))
    return DONE


def resolve(study: str, /) -> int:
    """Print a study with every default written out; the result is a study file itself.

    Parameters
    ----------
    study
        A study file (TOML), or the name of a shipped study.
    """
    sys.stdout.write(open_study(study).resolve())
    return DONE


def schema() -> int:
    """Print the JSON Schema of study files, for editors that complete and check TOML."""
    from seedsoil.trial.study.file import Study

    print(json.dumps(Study.schema(), indent=2, ensure_ascii=False))
    return DONE


def open_study(name: str, patients: int | None = None, seed: int | None = None) -> Study:
    """Return the study in a file, of a run folder or of a shipped name, with another number of patients or seed if given.

    Raises
    ------
    StudyError
        No such file or shipped study, or with every fault of the file.
    """
    from seedsoil.foundation.errors import StudyError, did_you_mean
    from seedsoil.trial.reading.again import is_run, study_of_run
    from seedsoil.trial.study.file import Study, shipped, shipped_names

    known = tuple(shipped_names())
    if is_run(name):
        study = study_of_run(name)
    elif _is_file(name):
        study = Study.load(Path(name))
    else:
        if name not in known:
            raise StudyError(
                f"{name}: there is no such file, nor a shipped study of this name.{did_you_mean(name, known)} "
                f"Shipped studies: {', '.join(known)}."
            )
        study = shipped(name)
    if patients is None and seed is None:
        return study
    return study.with_changes(patients=patients, seed=seed)


def _is_file(name: str) -> bool:
    """Whether a study's name means a file; a shipped name wins over a folder of that name."""
    path = Path(name)
    return path.is_file() or path.suffix == ".toml" or "/" in name or "\\" in name
