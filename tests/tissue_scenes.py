"""Small blocks of tissue for tests: nouns in a line each, and fields that are given instead of solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.tissue.model import Setting, TissueModel

Levels = Callable[[int], NDArray[np.float32]]


def kind(name: str, part: str = "tumour", **traits: Any) -> CellKind:
    """A kind of cell; its dead go within hours unless a test says otherwise."""
    given = {"name": name, "title": name, "part": part, "body_time": "8 hours", "ghost_time": "20 hours"}
    return CellKind.model_validate(given | traits)


def substance(name: str, unit: str = "1", **traits: Any) -> Substance:
    """A substance with a reference of one; how it moves is of no interest where its level is given."""
    given = {"name": name, "title": name, "unit": unit, "diffusion": "1 um^2/min", "decay": "0 /min"}
    return Substance.model_validate(given | {"reference": f"1 {unit}", "in_blood": f"0 {unit}"} | traits)


class Given:
    """Stands for the solver: the fields of each step are what a test says."""

    def __init__(self, levels: Levels) -> None:
        self.levels = levels

    def settle(self, lattice: Any, laws: Any, step: int, on_slabs: Any) -> None:
        """Write the fields of a step."""
        lattice.fields[...] = self.levels(step)


def without_fields(shape: tuple[int, int, int], substances: int) -> Levels:
    """Levels that are 0 everywhere."""
    nothing = np.zeros((substances, *shape), np.float32)
    return lambda _: nothing


def block(
    shape: tuple[int, int, int], kinds: Sequence[CellKind], substances: Sequence[Substance] = (),
    levels: Levels | None = None, threads: int = 1, **setting: Any,
) -> TissueModel:  # fmt: skip
    """A block whose fields are given."""
    model = TissueModel(Setting(shape, **setting), kinds, substances, threads=threads)
    model.supplied = Given(levels or without_fields(shape, len(substances)))  # type: ignore[assignment]
    return model


def ball(shape: tuple[int, int, int], radius: float) -> NDArray[np.bool_]:
    """The voxels of the middle of a block."""
    grid = np.indices(shape)
    return sum((axis - (length - 1) / 2) ** 2 for axis, length in zip(grid, shape, strict=True)) <= radius**2
