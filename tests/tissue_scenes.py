"""Small blocks of tissue for tests: nouns in a line each, and fields that are given instead of solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.tissue.model import Setting, TissueModel

HALF_DAY = {"body_time": "3 hours", "ghost_time": "6 hours"}
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


def slope(shape: tuple[int, int, int], substances: int = 1, turns: bool = False) -> Levels:
    """Levels that rise along x (along y, both) to about 2, and turn round every five steps if asked to."""
    rise = np.broadcast_to(np.linspace(0.1, 2.0, shape[2]), shape).astype(np.float32)
    across = np.broadcast_to(np.linspace(1.5, 0.05, shape[1])[:, None], shape).astype(np.float32)
    forth = np.stack([rise, across, rise * across][:substances])
    back = np.ascontiguousarray(forth[..., ::-1])
    return lambda step: back if turns and step // 5 % 2 else forth


#: The kinds of `vascular`, as they are written.
VASCULAR: dict[str, dict[str, Any]] = {
    "tumour": {
        "division": "1 /day", "death": "0.2 /day", "necrosis": "0.1 /day", "pushes": 3, "vessel_affinity": 4.0,
        "invasion": 0.8, "variation": 0.2, "change": "0.05 /day", "becomes": "guest", "programme_time": "1 day",
        "mechanisms": [{"name": "pump", "probability": 0.1, "against": {"factor": 5.0}, "cost": 0.1}],
        "rules": [{"signal": "factor", "raises": "programme", "by": 1.0, "half": "1"}],
    },
    "host": {"part": "host", "yields": True},
    "vessel": {
        "part": "vessel", "death": "0.05 /day", "pruning": "0.1 /day", "covering": "0.1 /day", "uncovering": "0.05 /day",
        "programme_time": "0.5 day",
        "rules": [
            {"signal": "factor", "raises": "sprouting", "by": "3 /day", "half": "0.5"},
            {"signal": "covered", "lowers": "sprouting", "half": "0.01", "by": 0.5},
            {"signal": "factor", "raises": "uncovering", "by": "2 /day", "half": "0.5"},
            {"signal": "perfused", "raises": "covering", "by": "1 /day", "half": "0.5"},
            {"signal": "covered", "lowers": "pruning", "half": "0.1", "by": 0.9},
            {"signal": "crowding", "lowers": "sprouting", "half": "0.3", "by": 0.9},
            {"signal": "native", "lowers": "uncovering", "half": "0.5", "by": 0.6},
            {"signal": "perfused", "lowers": "death", "half": "0.1"},
            {"signal": "factor", "raises": "programme", "by": 1.0, "half": "1"},
            {"signal": "factor", "raises": "opening", "by": 1.5, "half": "0.5", "power": 2},
            {"signal": "factor", "raises": "admission guest", "by": "3 /day", "half": "1"},
        ],
    },
    "tip": {"part": "sprout", "pushes": 2, "movement": "0.5 um/min", "death": "0.2 /day", "attraction": {"factor": 5.0}},
    "guest": {
        "part": "host", "death": "0.5 /day", "invasion": 1.0, "movement": "0.4 um/min", "attack": "1.5 /day",
        "targets": ("vessel",),
    },
}  # fmt: skip


def vascular(
    shape: tuple[int, int, int], kinds: dict[str, dict[str, Any]] | None = None, threads: int = 1, seed: int = 7
) -> TissueModel:
    """Two vessels through host tissue: they sprout, are covered and pruned, die, and let cells in; a tumour between them."""
    nouns = [kind(name, **(HALF_DAY | traits)) for name, traits in (kinds or VASCULAR).items()]
    model = block(
        shape, nouns, [substance("factor")], slope(shape), threads=threads, tree=True, seed=seed, tip_spacing=45.0,
        perfuse_every=3,
    )  # fmt: skip
    model.put("host", np.ones(shape, bool))
    along = np.arange(shape[2])
    for row in (1, shape[1] - 3):
        model.lay("vessel", (shape[0] // 2 * shape[1] + row) * shape[2] + along)
    model.put("tumour", ball(shape, 2.3) & (model.lattice.kind == 2))
    return model
