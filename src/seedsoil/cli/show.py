"""The commands `show` (a finished run as tables, or a patient of it as a story) and `grow` (a patient without a run)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seedsoil.cli.study import open_study
from seedsoil.cli.terminal import DONE, NOTICE, print_table, say

if TYPE_CHECKING:
    from seedsoil.experiment.history import History
    from seedsoil.show.palette import Picture
    from seedsoil.trial.trial import Trial


def show(
    run: Path,
    /,
    *,
    picture: str | None = None,
    patient: int | None = None,
    arm: str | None = None,
    against: str | None = None,
    out: Path | None = None,
) -> int:
    """Show a finished run, one of its patients, or one picture.

    Parameters
    ----------
    run
        Folder of a finished run.
    picture
        Name of the only picture to save. Of all arms: survival, progression_free, pairs, causes, body, organs, swimmers,
        waterfall, spider. Of one patient: patient, lesions, clones, spread, drugs, side_by_side.
    patient
        Number of a patient, from 0: tells what happened and saves the picture.
    arm
        Arm in which the patient is shown, or that is held against another; the last one of the study if not given.
    against
        The other arm of the pictures pairs and side_by_side; the first one of the study if not given.
    out
        Folder for the pictures (PNG and SVG); RUN/report for one picture. Without a picture or a patient, the pictures of
        all arms are saved, and only if it is given.
    """
    from seedsoil.foundation.errors import StudyError

    if picture is not None:
        from seedsoil.show.pictures import known

        known(picture)
    trial = open_finished(run, again=patient is not None)
    if patient is None and picture is None:
        from seedsoil.cli.summary import print_answer

        if arm is not None:
            raise StudyError("--arm chooses how a patient is shown: give --patient as well.")
        if against is not None:
            raise StudyError("--against is the other arm of a picture: give --picture pairs or side_by_side as well.")
        print_answer(trial, [f"Picture: {path}" for path in _save_all(trial, out)] if out else [])
        return DONE
    name, drawn = _draw(trial, picture, patient, arm, against)
    print(drawn.caption)
    for path in _save(drawn, name, out) if out else _keep(drawn, name, run):
        print(f"Picture: {path}")
    print(NOTICE)
    return DONE


def grow(
    study: str = "demo",
    /,
    *,
    patient: int = 0,
    arm: str | None = None,
    picture: str | None = None,
    seed: int | None = None,
    out: Path | None = None,
) -> int:
    """Grow one patient of a study, treat it in one arm, tell what happened and draw it. No run is needed, and none is made.

    The patient is the one that a run of the study has under the same number and seed.

    Parameters
    ----------
    study
        A study file (TOML), the name of a shipped study, or the folder of a run, which knows its study.
    patient
        Number of the patient, from 0.
    arm
        Arm in which the patient is treated; the first one of the study if not given.
    picture
        Name of the picture: patient (the default), lesions, clones, spread or drugs.
    seed
        Seed of all luck, instead of the study's.
    out
        Folder for the picture (PNG and SVG); this one if not given.
    """
    from seedsoil.foundation.errors import StudyError
    from seedsoil.show.pictures import OF_PATIENTS, draw_of_patient, known
    from seedsoil.trial.asked import check_patient
    from seedsoil.trial.trial import simulate

    name = known("patient" if picture is None else picture)
    if name not in OF_PATIENTS:
        raise StudyError(f"picture {name!r} is not one of a patient in one arm. Of one: {', '.join(OF_PATIENTS)}.")
    plan = open_study(study, seed=seed).plan()
    chosen = next(iter(plan.arms)) if arm is None else arm
    check_patient(plan, patient, (chosen,))
    say(f"Patient {patient} (seed {plan.seed}), arm {chosen} ...")
    history = simulate(plan, chosen, patient)
    _tell(history)
    drawn = draw_of_patient(history, name)
    print(drawn.caption)
    for path in _save(drawn, f"{name}-{patient}-{chosen}", Path() if out is None else out):
        print(f"Picture: {path}")
    print(NOTICE)
    return DONE


def _draw(
    trial: Trial, picture: str | None, patient: int | None, arm: str | None, against: str | None
) -> tuple[str, Picture]:
    """Return a picture and the name of its file; without a picture's name, tell what happened to the patient first."""
    from seedsoil.show.pictures import OF_TRIALS, OF_TWO_ARMS, draw_of_patient, draw_of_trial
    from seedsoil.show.trial.pairs import two_arms

    if picture is None and against is None:
        assert patient is not None
        history = trial.patient(patient, arm or trial.arms[-1])
        _tell(history)
        return f"patient-{patient}-{history.arm}", draw_of_patient(history, "patient")
    # Two arms of one patient were asked for, if no more was said.
    name = picture or "side_by_side"
    drawn = draw_of_trial(trial, name, patient, arm, against)
    parts = [name] + ([] if patient is None else [str(patient)])
    if name in OF_TWO_ARMS:
        parts += two_arms(trial, arm, against)
    elif name not in OF_TRIALS:
        parts.append(arm or trial.arms[-1])
    return "-".join(parts), drawn


def open_finished(folder: Path, *, again: bool) -> Trial:
    """Open a finished run; ``again`` says that a patient of it will be simulated again."""
    from seedsoil.experiment.store import Store
    from seedsoil.foundation.errors import StoreError
    from seedsoil.trial.trial import open_run

    store = Store.open(folder)
    if not store.complete:
        raise StoreError(f"{folder} is not finished. Go on with it first: seedsoil run {folder} --resume")
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
    from seedsoil.show.pictures import OF_TRIALS, pictures_of

    return [path for name in pictures_of(trial) for path in _save(OF_TRIALS[name].draw(trial), name, folder)]


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
    with Store.amend(run) as store:
        for path, content in zip(names, (picture.png(), picture.svg()), strict=True):
            store.add_file(path, content)
    return [run / path for path in names]
