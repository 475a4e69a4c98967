"""The command `show`: a finished run as tables, or one of its patients as a story with pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seedsoil.cli.terminal import DONE, NOTICE, print_table, say

if TYPE_CHECKING:
    from seedsoil.experiment.history import History
    from seedsoil.show.palette import Picture
    from seedsoil.trial.run import Trial


def show(run: Path, /, *, patient: int | None = None, arm: str | None = None, out: Path | None = None) -> int:
    """Show a finished run, or one of its patients.

    Parameters
    ----------
    run
        Folder of a finished run.
    patient
        Number of a patient, from 0: tells what happened and saves the pictures.
    arm
        Arm in which the patient is shown; the last one of the study if not given.
    out
        Folder for the pictures (PNG and SVG); RUN/report for a patient. Without a patient, the pictures of all arms are
        saved, and only if it is given.
    """
    trial = open_finished(run, again=patient is not None)
    if patient is None:
        from seedsoil.cli.summary import print_answer

        if arm is not None:
            from seedsoil.foundation.errors import StudyError

            raise StudyError("--arm chooses how a patient is shown: give --patient as well.")
        print_answer(trial, [f"Picture: {path}" for path in _save_all(trial, out)] if out else [])
        return DONE
    from seedsoil.show.patient import patient_figure

    history = trial.patient(patient, arm or trial.arms[-1])
    _tell(history)
    name, picture = f"patient-{patient}-{history.arm}", patient_figure(history)
    for path in _save(picture, name, out) if out else _keep(picture, name, run):
        print(f"Picture: {path}")
    print(NOTICE)
    return DONE


def open_finished(folder: Path, *, again: bool) -> Trial:
    """Open a finished run; ``again`` says that a patient of it will be simulated again."""
    from seedsoil.experiment.store import Store
    from seedsoil.foundation.errors import StoreError
    from seedsoil.trial.run import open_run

    store = Store.open(folder)
    if not store.complete:
        raise StoreError(f"{folder} is not finished. Go on with it first: seedsoil run ... --out {folder} --resume")
    trial = open_run(folder)
    if again and trial.record.identity != store.identity:
        say("note: the code or the catalogue has changed since this run; the patient shown may differ from its tables.")
    return trial


def _tell(history: History) -> None:
    """Print what happened to a patient, day by day."""
    from seedsoil.foundation.units import plain

    rows = [
        (f"{float(event['day']):.0f}", str(event["kind"]).replace("_", " "), str(event.get("detail", "")))
        for event in history.events
    ]
    title = f"Patient {history.patient}, arm {history.arm} (days count from diagnosis)"
    print_table(title, ("Day", "Event", "Detail"), rows, 3)
    last = float(history.days[-1]) if len(history.days) else 0.0
    lesions = len(history.lesions["lesion"])
    print(f"{lesions} {'lesion' if lesions == 1 else 'lesions'} ever; followed for {plain(last)}.")
    print(f"How it ended: {history.ending or 'unknown'}.")


def _save_all(trial: Trial, folder: Path) -> list[Path]:
    """Save the pictures of all arms and return where they lie."""
    from seedsoil.show.report import trial_drawings

    return [path for name, _, draw in trial_drawings(trial) for path in _save(draw(), name, folder)]


def _save(picture: Picture, name: str, folder: Path) -> list[Path]:
    """Save a picture as PNG and SVG and return where it lies."""
    from seedsoil.experiment.publish import disk

    saved = []
    with disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for kind, content in (("png", picture.png()), ("svg", picture.svg())):
            path = folder / f"{name}.{kind}"
            path.write_bytes(content)
            saved.append(path)
    return saved


def _keep(picture: Picture, name: str, run: Path) -> list[Path]:
    """Add a picture to a run's report, and to the run's manifest, and return where it lies."""
    from seedsoil.experiment.store import Store

    names = [f"report/{name}.png", f"report/{name}.svg"]
    with Store.resume(run, Store.open(run).identity) as store:
        for path, content in zip(names, (picture.png(), picture.svg()), strict=True):
            store.add_file(path, content)
    return [run / path for path in names]
