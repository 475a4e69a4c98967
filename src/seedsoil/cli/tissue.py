"""The commands `tissue` (a scene, carried out in a folder) and `zoom` (a lesion of a patient as such a scene)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from seedsoil.cli.terminal import DONE, INTERRUPTED, print_table, progress_of, quoted, say

if TYPE_CHECKING:
    from seedsoil.scene.run import SceneRun
    from seedsoil.scene.zoom import Zoom

_LINES = 6


def tissue(
    scene: str,
    /,
    *,
    out: Path | None = None,
    until: str | None = None,
    seed: int | None = None,
    positions: Path | None = None,
    types: Annotated[list[str] | None, Parameter(name="--type")] = None,
    threads: int = 1,
    resume: bool = False,
    json: bool = False,
    pictures: Annotated[bool, Parameter(negative="--no-pictures")] = True,
) -> int:
    """Carry out a scene of tissue: one lesion, every cell.

    Parameters
    ----------
    scene
        A scene file (TOML), the name of a shipped scene, or the folder of a run, which knows its scene.
    out
        Folder of the run; scenes/SCENE if not given.
    until
        How long it goes on, instead of the scene's time, such as "10 days".
    seed
        Seed of all luck, instead of the scene's.
    positions
        A CSV file of x, y, z [um] and type, as PhysiCell and `seedsoil export` write it: the cells to begin with, instead of those
        that the scene places.
    types
        Which kind of the scene a type of that file is, such as "cancer cell=carcinoma"; once for each that is not called alike.
    threads
        How many work on the block. The result does not depend on it.
    resume
        Go on from the last state that the folder holds.
    json
        Print the measures as one JSON document on stdout.
    pictures
        Draw the block as it was from beginning to end into OUT/pictures.
    """
    from seedsoil.foundation.errors import StudyError

    if not 1 <= threads <= 64:
        raise StudyError(f"--threads {threads}: from 1 to 64.")
    if types and positions is None:
        raise StudyError("--type: says which kind a type of a file is; name the file by --positions.")
    cells = None if positions is None else (positions, tuple(types or ()))
    run = _opened(scene, out, until, seed, cells, threads, resume)
    return _carried_out(run, resume, json, pictures, None)


def zoom(
    study: str = "demo",
    /,
    *,
    patient: int = 0,
    arm: str | None = None,
    lesion: int | None = None,
    site: str | None = None,
    day: str = "0 days",
    edge: str = "0.8 mm",
    until: str = "14 days",
    part: str | None = None,
    seed: int = 1,
    out: Path | None = None,
    threads: int = 1,
    json: bool = False,
    pictures: Annotated[bool, Parameter(negative="--no-pictures")] = True,
) -> int:
    """Carry one lesion of a patient on as a block of tissue, every cell, and hold it against the patient's own record.

    Parameters
    ----------
    study
        A study file (TOML), the name of a shipped study, or the folder of a run, which knows its study.
    patient
        Number of the patient, from 0.
    arm
        Arm in which the patient is treated; the first one of the study if not given.
    lesion
        Number of the lesion; the metastasis with most cells on the day if neither it nor a site is given.
    site
        Site of which the largest lesion is taken.
    day
        When the block begins, since diagnosis, such as "42 days".
    edge
        Edge of the block, such as "1.2 mm".
    until
        How long it goes on.
    part
        What of the lesion the block shows: whole, rim or core; the whole where it fits, else its rim.
    seed
        Seed of the block's luck; the patient's is the study's.
    out
        Folder; scenes/patient-N-ARM-lesion-L if not given. `seedsoil tissue FOLDER --resume` goes on there.
    threads
        How many work on the block. The result does not depend on it.
    json
        Print the comparison and the measures as one JSON document on stdout.
    pictures
        Draw the block as it was from beginning to end into OUT/pictures.
    """
    from seedsoil.cli.study import open_study
    from seedsoil.foundation.errors import StudyError
    from seedsoil.scene.run import SceneRun
    from seedsoil.scene.zoom import zoom as zoomed
    from seedsoil.trial.asked import check_patient
    from seedsoil.trial.trial import simulate

    if not 1 <= threads <= 64:
        raise StudyError(f"--threads {threads}: from 1 to 64.")
    if lesion is not None and site is not None:
        raise StudyError("--lesion, --site: give one of the two.")
    plan = open_study(study).plan()
    chosen = next(iter(plan.arms)) if arm is None else arm
    check_patient(plan, patient, (chosen,))
    say(f"Patient {patient} (seed {plan.seed}), arm {chosen} ...")
    seen = zoomed(
        simulate(plan, chosen, patient), lesion, site=site, day=day, edge=edge, until=until, part=part, seed=seed
    )
    for note in seen.notes:
        say(f"note: {note}")
    folder = out or Path("scenes") / f"patient-{patient}-{chosen}-lesion-{seen.lesion}"
    return _carried_out(SceneRun(seen.scene, folder, threads), False, json, pictures, seen)


def _carried_out(run: SceneRun, resume: bool, json: bool, pictures: bool, seen: Zoom | None) -> int:
    """Carry a scene out, answer, and draw it; of a zoom, hold the block against the patient's record."""
    again = f"seedsoil tissue {quoted(run.folder)} --resume"
    say(f"{run.scene.scene.title} -> {run.folder}")
    try:
        with progress_of("steps", _LINES) as tell:
            last = run.steps()
            model = run.carry_out(resume, lambda model: tell(model.steps_done, last))
    except KeyboardInterrupt:
        say(f"Interrupted. What was kept is kept. Go on with: {again}")
        return INTERRUPTED
    rows = run.measured()
    held = [] if seen is None else seen.held_against(seen.open(), model)
    if json:
        import json as text

        answer: dict[str, object] = {"scene": run.scene.scene.title, "folder": str(run.folder), "days": model.day}
        if seen is not None:
            answer |= {"lesion": seen.lesion, "site": seen.site, "part": seen.part, "notes": seen.notes, "cells": held}
        print(text.dumps(_finite(answer | {"measures": rows}), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(run, rows)
        if seen is not None:
            _print_held(seen, held)
    if pictures:
        for path in _draw(run):
            say(f"picture: {path}")
    return DONE


def _print_held(seen: Zoom, held: list[dict[str, Any]]) -> None:
    """Print what became of the lesion's cells in the patient's record and in the block."""
    start, end = (f"day {day:.4g}" for day in seen.days)
    print_table(
        f"Lesion {seen.lesion} ({seen.site}, {seen.part}): cells by what they carry",
        ("carry", f"patient, {start}", end, "of the start", "block, start", "end", "of the start"),
        (
            (
                " and ".join(row["carry"]) or "nothing" if row["carry"] is not None else "all",
                *(_told(row[name]) for name in ("patient_start", "patient_end", "patient_ratio")),
                *(_told(row[name]) for name in ("block_start", "block_end", "block_ratio")),
            )
            for row in held
        ),
    )


def _opened(
    scene: str, out: Path | None, until: str | None, seed: int | None, cells: tuple[Path, tuple[str, ...]] | None,
    threads: int, resume: bool,
) -> SceneRun:  # fmt: skip
    """Return the run that is meant: of a folder, or of a scene with what is changed of it."""
    from seedsoil.foundation.errors import StudyError
    from seedsoil.scene.positions import named
    from seedsoil.scene.run import SceneRun
    from seedsoil.scene.text import read_scene, written

    if Path(scene).is_dir():
        if any(given is not None for given in (until, seed, out, cells)):
            raise StudyError(
                "--until, --seed, --positions, --out: a folder knows its scene and how it is carried out; leave them out."
            )
        if not resume:
            raise StudyError(f"{scene}: is a folder; go on with its scene by --resume.")
        return SceneRun.of_folder(Path(scene), threads)
    name, table = written(scene)
    head = dict(table.get("scene", {})) if isinstance(table.get("scene", {}), dict) else {}
    head |= {} if until is None else {"until": until}
    head |= {} if seed is None else {"seed": seed}
    changed = table | {"scene": head}
    if cells is not None:
        changed |= {"positions": named(str(cells[0].absolute()), cells[1]), "place": []}
    folder = out or Path("scenes") / Path(name).stem
    return SceneRun(read_scene(changed, name), folder, threads)


def _print(run: SceneRun, rows: list[dict[str, float]]) -> None:
    """Print the measures at the start, in between and at the end."""
    chosen = [rows[round((len(rows) - 1) * part / 4)] for part in range(5)] if len(rows) > 5 else rows
    names = [name for name in rows[-1] if name != "day" and any(row[name] != 0.0 for row in chosen)]
    print_table(
        run.scene.scene.title,
        ("measure", *(f"day {row['day']:.4g}" for row in chosen)),
        ((name, *(_told(row[name]) for row in chosen)) for name in names),
    )
    print(f"Folder: {run.folder}")


def _told(value: float) -> str:
    """A number for people."""
    return "-" if math.isnan(value) else f"{value:.4g}" if value != round(value) else f"{value:.0f}"


def _finite(item: object) -> object:
    """The same, with null in place of what is not a number."""
    if isinstance(item, dict):
        return {key: _finite(value) for key, value in item.items()}
    if isinstance(item, list):
        return [_finite(value) for value in item]
    return None if isinstance(item, float) and not math.isfinite(item) else item


def _draw(run: SceneRun) -> list[Path]:
    """Draw the block: a layer at the end with each field, the block cut open, the moments in a row."""
    from seedsoil.show.tissue.block import block_figure
    from seedsoil.show.tissue.slice import slice_figure
    from seedsoil.show.tissue.strip import strip_figure

    shots = list(run.shots())
    folder = run.folder / "pictures"
    folder.mkdir(exist_ok=True)
    drawn = {"strip": strip_figure(shots)}
    for substance in shots[-1].substances:
        drawn[f"layer_{substance.name}"] = slice_figure(shots[-1], substance.name)
    if shots[-1].kind.shape[0] > 1:
        drawn["block"] = block_figure(shots[-1])
    paths = []
    for name, figure in drawn.items():
        paths.append(folder / f"{name}.png")
        figure.save(paths[-1])
    return paths
