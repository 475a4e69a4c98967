"""Commands about a file before anything runs, a study's or a scene's: check, explain, resolve, schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seedsoil.cli.terminal import BAD_INPUT, DONE, say_faults

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study


def check(study: str, /) -> int:
    """Name every fault of a study or scene file, and every dose that is above what may be given.

    Parameters
    ----------
    study
        A study or scene file (TOML), or the name of a shipped study or scene.
    """
    if _is_scene(study):
        return _check_scene(study)
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
    """Say in plain English what a study or scene will do, before anything runs.

    Parameters
    ----------
    study
        A study or scene file (TOML), or the name of a shipped study or scene.
    """
    if _is_scene(study):
        from seedsoil.scene.explain import explain as words_of
        from seedsoil.scene.text import read_scene

        print(words_of(read_scene(study)))
        return DONE
    print(open_study(study).explain().rstrip("\n"))
    return DONE


def resolve(study: str, /) -> int:
    """Print a study or scene with every default written out; the result is such a file itself.

    Parameters
    ----------
    study
        A study or scene file (TOML), or the name of a shipped study or scene.
    """
    if _is_scene(study):
        from seedsoil.scene.run import resolved
        from seedsoil.scene.text import read_scene

        sys.stdout.write(resolved(read_scene(study)))
        return DONE
    sys.stdout.write(open_study(study).resolve())
    return DONE


def schema(of: Literal["study", "scene"] = "study", /) -> int:
    """Print the JSON Schema of study or scene files, for editors that complete and check TOML.

    Parameters
    ----------
    of
        study, or scene.
    """
    from seedsoil.scene.schema import json_schema
    from seedsoil.trial.study.file import Study

    print(json.dumps(Study.schema() if of == "study" else json_schema(), indent=2, ensure_ascii=False))
    return DONE


def _check_scene(name: str) -> int:
    """Name every fault of a scene, and what may not be meant in it."""
    from seedsoil.foundation.errors import StudyError
    from seedsoil.scene.build import build
    from seedsoil.scene.explain import notes
    from seedsoil.scene.text import read_scene

    try:
        scene = read_scene(name)
        model = build(scene)
    except StudyError as error:
        say_faults(error.faults)
        return BAD_INPUT
    print(f"{name}: no faults")
    for note in notes(scene, model):
        print(f"{name}: note: {note}")
    return DONE


def open_study(name: str, patients: int | None = None, seed: int | None = None) -> Study:
    """Return the study in a file, of a run folder or of a shipped name, with another number of patients or seed if given.

    Raises
    ------
    StudyError
        No such file or shipped study, or with every fault of the file.
    """
    from seedsoil.foundation.errors import StudyError, did_you_mean
    from seedsoil.scene.text import shipped_scenes
    from seedsoil.trial.reading.again import is_run, study_of_run
    from seedsoil.trial.study.file import Study, shipped, shipped_names

    known = tuple(shipped_names())
    if is_run(name):
        study = study_of_run(name)
    elif _is_file(name):
        study = Study.load(Path(name))
    else:
        if name not in known:
            hint = did_you_mean(name, (*known, *shipped_scenes()))
            raise StudyError(
                f"{name}: there is no such file, nor a shipped study of this name.{hint} "
                f"Shipped studies: {', '.join(known)}. Scenes of tissue: seedsoil list scenes."
            )
        study = shipped(name)
    if patients is None and seed is None:
        return study
    return study.with_changes(patients=patients, seed=seed)


def _is_scene(name: str) -> bool:
    """Whether a word means a scene, and no study of the same name."""
    from seedsoil.scene.text import is_scene
    from seedsoil.trial.study.file import shipped_names

    return name not in shipped_names() and is_scene(name)


def _is_file(name: str) -> bool:
    """Whether a study's name means a file; a shipped name wins over a folder of that name."""
    path = Path(name)
    return path.is_file() or path.suffix == ".toml" or "/" in name or "\\" in name
