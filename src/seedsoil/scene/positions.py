"""Cells whose positions a file tells, as PhysiCell writes them; such files kept beside a run, and written out of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seedsoil.experiment.publish import disk, publish
from seedsoil.experiment.tissue.physicell import put_cells, write_cells
from seedsoil.foundation.errors import SeedsoilError, StoreError, StudyError, given
from seedsoil.scene.text import Positions, Scene
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.snapshot import Snapshot

__all__ = ["beside", "named", "put_positions", "write_positions"]


def put_positions(model: TissueModel, positions: Positions, index: int) -> None:
    """Put the cells of a file into a block, each in the voxel of its place or the nearest free one.

    Raises
    ------
    StudyError
        With a line, which begins with the place in the scene, for each fault: no such file, or one that PhysiCell could not read;
        a type that is no kind of the scene, or a vessel; a cell outside of the block, or too close to others.
    """
    where, path = f"positions[{index}].file", Path(positions.file)
    if not path.is_file():
        raise StudyError(
            f"{where}: there is no file {given(positions.file)}; a path counts from the scene's own folder"
        )
    known = {kind.name for kind in model.kinds}
    if strange := [kind for kind in positions.kinds.values() if kind not in known]:
        raise StudyError(f"positions[{index}].kinds: no kind of cell {given(strange[0])} in the scene")
    try:
        put_cells(model, path, positions.kinds)
    except SeedsoilError as error:
        raise StudyError([f"{where}: {fault}" for fault in error.faults]) from error


def beside(scene: Scene, folder: Path) -> Scene:
    """Copy the files that a scene's cells come from into a folder; returns the scene of a file there, which names the copies.

    Raises
    ------
    DiskError
        If the disk refuses.
    """
    kept = []
    for index, each in enumerate(scene.positions):
        path, copy = Path(each.file), f"positions-{index}.csv"
        with disk(path, "read"):
            content = path.read_bytes()
        publish(folder / copy, content)
        kept.append(each.model_copy(update={"file": copy}))
    return scene.model_copy(update={"positions": tuple(kept)})


def named(file: str, types: Iterable[str]) -> list[dict[str, Any]]:
    """The tables of a scene whose cells come from a file; ``types`` say which kind a type is, as "cancer cell=carcinoma".

    Raises
    ------
    StudyError
        With a line for each that says nothing of the sort.
    """
    kinds, faults = {}, []
    for told in types:
        name, sign, kind = told.rpartition("=")
        if not (sign and name.strip() and kind.strip()):
            faults.append(f"--type {given(told)}: say which kind a type of the file is, as 'cancer cell=carcinoma'")
        kinds[name.strip()] = kind.strip()
    if faults:
        raise StudyError(faults)
    return [{"file": file, "kinds": kinds}]


def write_positions(shots: Iterable[Snapshot], folder: Path) -> list[Path]:
    """Write the live cells of moments, a file each, and return the files; vessels are left out, for points do not join.

    Raises
    ------
    StoreError
        If something is in the folder already. DiskError if the disk refuses.
    """
    with disk(folder, "make"):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StoreError(f"{folder}: is not empty; choose another folder by --out")
    written = []
    for shot in shots:
        loose = [kind.name for kind in shot.kinds if kind.part in ("tumour", "host")]
        written.append(folder / f"cells-step-{shot.step:09d}.csv")
        write_cells(shot, written[-1], loose)
    return written
