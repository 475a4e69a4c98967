"""A scene carried out in a folder: measures as time passes, states to go on from, tables and images at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from seedsoil.catalogue.toml import toml_key, toml_value
from seedsoil.experiment.publish import make_folders, publish
from seedsoil.experiment.tissue.checkpoint import load, save
from seedsoil.experiment.tissue.images import image
from seedsoil.experiment.tissue.tables import cell_table, vessel_table
from seedsoil.foundation.errors import StoreError
from seedsoil.scene.build import build
from seedsoil.scene.measure import measures
from seedsoil.scene.positions import beside, write_positions
from seedsoil.scene.text import Scene, read_scene
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.snapshot import Snapshot, take

__all__ = ["SceneRun", "resolved"]

#: Moments that are kept whole, the start and the end among them, and moments at which the block is measured.
MOMENTS, _MEASURED = 6, 48
_SCENE, _MEASURES = "scene.toml", "measures.csv"


def resolved(scene: Scene) -> str:
    """Return a scene as the text of a file, with every default written out."""
    table = scene.model_dump(exclude_none=True)
    lines = [f"{name} = []" for name, content in table.items() if isinstance(content, tuple) and not content]
    for name, content in table.items():
        for item in (content,) if isinstance(content, dict) else content:
            lines += ["", f"[{name}]" if isinstance(content, dict) else f"[[{name}]]"]
            lines += [f"{toml_key(key)} = {toml_value(value)}" for key, value in item.items()]
    return "\n".join(lines) + "\n"


@dataclass
class SceneRun:
    """A scene and the folder that it is carried out in.

    Parameters
    ----------
    scene : Scene
    folder : Path
    threads : int
        How many work on the block; no byte depends on it.
    """

    scene: Scene
    folder: Path
    threads: int = 1

    @classmethod
    def of_folder(cls, folder: Path, threads: int = 1) -> SceneRun:
        """The run that a folder holds; StoreError if it holds none."""
        if not (folder / _SCENE).is_file():
            raise StoreError(f"{folder} holds no run of a scene ({_SCENE} is missing)")
        return cls(read_scene(folder / _SCENE), folder, threads)

    def steps(self) -> int:
        """How many steps the scene takes."""
        return round(float(self.scene.scene.until) / float(self.scene.scene.step))

    def carry_out(self, resume: bool = False, tell: Callable[[TissueModel], None] | None = None) -> TissueModel:
        """Carry the scene out to its end, and return the block.

        Parameters
        ----------
        resume : bool
            Go on from the last state that the folder holds.
        tell : callable, optional
            Called with the block after each step.

        Raises
        ------
        StoreError
            If the folder holds a run already and is not to be gone on with, or the disk refuses.
        """
        if not resume and self.folder.exists() and any(self.folder.iterdir()):
            raise StoreError(f"{self.folder}: is not empty; choose another folder, or go on there with --resume")
        model = build(self.scene, self.threads)  # before anything is made: a scene that cannot be leaves no folder
        self.folder.mkdir(parents=True, exist_ok=True)
        make_folders(self.folder, "state")
        rows = self._begin(model, resume)
        last = self.steps()
        kept, measured = _moments(last, MOMENTS), _moments(last, _MEASURED)
        while True:
            if model.steps_done in measured and not (rows and rows[-1]["day"] >= model.day):
                rows.append(measures(model))
            if model.steps_done in kept:
                self._keep(model, rows)
            if model.steps_done >= last:
                break
            model.step()
            if tell is not None:
                tell(model)
        self._write_out(model)
        return model

    def _write_out(self, model: TissueModel) -> None:
        """Write the moments that are kept for other programs, each read once; the last one is the block's own."""
        images = self.folder / "block.ome.zarr"
        with ExitStack() as opened:
            writers = [
                opened.enter_context(cell_table(self.folder / "cells.parquet")),
                opened.enter_context(vessel_table(self.folder / "vessels.parquet")),
            ]
            if find_spec("zarr") is not None and not images.exists():
                writers.append(opened.enter_context(image(images)))
            for shot in self.shots(model):
                for add in writers:
                    add(shot)

    def export(self, folder: Path) -> list[Path]:
        """Write where the cells were at each moment that is kept as PhysiCell reads it, a file each; returns the files."""
        if not self._states():
            raise StoreError(
                f"{self.folder}: no moment is kept yet; go on with it first: seedsoil tissue {self.folder} --resume"
            )
        return write_positions(self.shots(), folder)

    def _begin(self, model: TissueModel, resume: bool) -> list[dict[str, float]]:
        """Write the scene down, or put the last state kept into the block; returns the measures so far."""
        states = self._states()
        if resume and states:
            load(states[-1], model)
            rows = self.measured()
            return [row for row in rows if row["day"] <= model.day]
        publish(self.folder / _SCENE, resolved(beside(self.scene, self.folder)).encode())
        return []

    def _keep(self, model: TissueModel, rows: list[dict[str, float]]) -> None:
        """Write down the measures so far, then the state: a state that is there has its measures."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        publish(self.folder / _MEASURES, text.getvalue().encode())
        save(model, self.folder / "state" / f"step-{model.steps_done:09d}.npz")

    def _states(self) -> list[Path]:
        """The states that the folder holds, in order of time."""
        return sorted((self.folder / "state").glob("step-*.npz"))

    def measured(self) -> list[dict[str, float]]:
        """The measures of the run so far (``MEASURES`` of `scene.measure`), moment by moment."""
        with (self.folder / _MEASURES).open(encoding="utf-8", newline="") as file:
            return [{name: _number(value) for name, value in row.items()} for row in csv.DictReader(file)]

    def shots(self, model: TissueModel | None = None) -> Iterator[Snapshot]:
        """The moments that are kept whole, in order of time; ``model`` is a block of the scene that each may be put into."""
        model = build(self.scene, self.threads) if model is None else model
        for path in self._states():
            yield take(load(path, model))


def _number(text: str) -> float:
    """A number as it was written: a count stays one, so that going on writes the same digits."""
    return int(text) if text.isdigit() else float(text)


def _moments(last: int, count: int) -> set[int]:
    """So many steps from 0 to the last, as even as can be."""
    return {round(last * part / (count - 1)) for part in range(count)} if last else {0}
