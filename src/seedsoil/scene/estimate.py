"""What a scene takes before anything of it is laid out: memory by its arrays, and time by what a step has cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.experiment.folder.machine import size
from seedsoil.foundation.units import plain
from seedsoil.scene.text import Scene

__all__ = ["Estimate", "size_up", "unfed"]

#: Bytes a voxel: kind, condition, clone and age; each field; what one field at a time is solved with; proposals in hand.
_STATE, _FIELD, _SOLVER, _PROPOSALS = 8, 4, 30, 14
#: Bytes of tables that do not depend on the block's size.
_TABLES = 0.3e6
#: Python, the libraries and what is compiled.
_BESIDE = 250e6
#: Seconds of one core (benchmarks/README.md, and the shipped scenes): a voxel and step, with each field that is solved in
#: it, with each round of the quickest kind; a field and step, however small the block.
_VOXEL, _ROUND, _CALL = 0.1e-6, 0.07e-6, 0.2e-3
_SOLVED = {"plane": 0.15e-6, "space": 0.35e-6}


@dataclass(frozen=True)
class Estimate:
    """What a scene takes: voxels, steps, seconds of one core (within a factor of four), bytes of memory."""

    voxels: int
    steps: int
    seconds: float
    memory_bytes: float

    def told(self) -> str:
        """Return the estimate in a sentence."""
        long = plain(self.seconds / 86_400.0) if self.seconds >= 60.0 else f"{max(self.seconds, 1.0):.0f} s"
        return (
            f"takes about {long} of one core once compiled (within a factor of four), and "
            f"{size(self.memory_bytes + _BESIDE)} of memory with Python's own"
        )


def size_up(scene: Scene, kinds: Sequence[CellKind], substances: Sequence[Substance], rounds: int = 1) -> Estimate:
    """Estimate a scene whose nouns are known; ``rounds`` of its quickest kind a step."""
    voxels, steps = math.prod(scene.block.shape), round(float(scene.scene.until) / float(scene.scene.step))
    remembers = any(kind.programme_time is not None for kind in kinds)
    arrays = [remembers, scene.scene.genealogy, True, any(each.uptake_half is not None for each in substances)]
    arrays += [bool(each.hindered_by) for each in substances]
    each = _STATE + _SOLVER + _PROPOSALS + _FIELD * (sum(arrays) + len(substances))
    idle = unfed(scene, kinds, substances)
    solved = sum(1.0 / substance.every for substance in substances if substance.name not in idle)
    a_field = _SOLVED["plane" if scene.block.shape[0] == 1 else "space"]
    a_step = voxels * (_VOXEL + _ROUND * rounds + a_field * solved) + _CALL * solved
    return Estimate(voxels, steps, steps * a_step, _TABLES + voxels * each)


def unfed(scene: Scene, kinds: Sequence[CellKind], substances: Sequence[Substance]) -> list[str]:
    """Return the substances of which there is never any: neither blood nor a side, a cell or the start gives it."""
    given = (
        {order.substance for order in scene.give}
        | {fill.substance for fill in scene.fill}
        | {line.substance for line in scene.plasma}
        | set(scene.sides)
        | set(scene.medium)
    )
    given |= {name for kind in kinds for name, rate in kind.secretion.items() if float(rate) > 0.0}
    given |= {rule.raises.removeprefix("secretion ") for kind in kinds for rule in kind.rules}
    return [
        noun.name for noun in substances
        if noun.name not in given and (noun.wall == "closed" or float(noun.in_blood) == 0.0)
    ]  # fmt: skip
