"""The fields of a block: which are due, what vessels hold or let through, and their solution from where they were."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.substance import Substance
from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.cells.flows import exchange, openings
from seedsoil.tissue.dosing import Course, Doses
from seedsoil.tissue.fields.block import Block
from seedsoil.tissue.fields.exchange import saturable, wall_exchange
from seedsoil.tissue.fields.lattices import Lattices
from seedsoil.tissue.fields.steady import SteadyField
from seedsoil.tissue.lattice import GROWN, PERFUSED, PIECES, Lattice, Laws

if TYPE_CHECKING:
    from seedsoil.tissue.laws import Vocabulary
    from seedsoil.tissue.model import Setting

_MINUTES_A_DAY = 1440.0
#: From cm/s to um/day.
_WALL = 1e4 * 86_400.0


class Supplied:
    """Solves the fields of a block when they are due.

    Raises
    ------
    ModelError
        If blood or a face is given a substance that the scene does not have.
    """

    def __init__(
        self, setting: Setting, substances: Sequence[Substance], words: Vocabulary, blood: Sequence[Doses | Course]
    ) -> None:
        faults = [
            f"sides: no substance {name!r} in the scene" for name in setting.sides if name not in words.substances
        ]
        faults += [
            f"blood: no substance {each.substance!r} in the scene"
            for each in blood
            if each.substance not in words.substances
        ]
        if faults:
            raise ModelError(faults)
        self._setting, self._substances, self._blood = setting, substances, blood
        lattices = Lattices(setting.shape)
        self._solvers = [
            SteadyField(
                Block(setting.shape, setting.edge, setting.sides.get(each.name, {})),
                float(each.diffusion) * _MINUTES_A_DAY,
                lattices=lattices,
            )
            for each in substances
        ]

    def in_blood(self, substance: int, day: float) -> float:
        """The level of a substance in perfused vessels at a time."""
        noun = self._substances[substance]
        return float(noun.in_blood) + sum(each.level(day) for each in self._blood if each.substance == noun.name)

    def settle(
        self, lattice: Lattice, laws: Laws, step: int, on_slabs: Callable[[Callable[[int, int], Any]], Any]
    ) -> None:
        """Bring the fields that are due in a step to rest."""
        for number, substance in enumerate(self._substances):
            if step % substance.every == 0:
                self._solve(number, lattice, laws, step, on_slabs)

    def _solve(self, number: int, lattice: Lattice, laws: Laws, step: int, on_slabs: Callable[..., Any]) -> None:
        """Bring one field to rest."""
        noun, shape = self._substances[number], self._setting.shape
        taken, given = np.empty(shape), np.empty(shape)
        on_slabs(lambda first, last: exchange(lattice, laws, number, step, first, last, taken, given))
        given *= float(noun.reference)
        loss = np.full(shape, float(noun.decay) * _MINUTES_A_DAY)
        held = np.zeros(shape, dtype=np.bool_)
        c = lattice.fields[number].astype(np.float64)
        self._through_walls(number, lattice, laws, step, (loss, given, held, c))
        if not (given.any() or held.any() or any(self._setting.sides.get(noun.name, {}).values())):
            lattice.fields[number] = 0.0  # nothing gives it: at rest there is none
            return
        solver, tolerance = self._solvers[number], self._setting.tolerance
        if noun.uptake_half is None:
            loss += taken
            solver.solve(c, loss, given, held, tolerance=tolerance)
        else:
            taken *= float(noun.reference)
            saturable(solver, c, taken, float(noun.uptake_half), loss, given, held, tolerance=tolerance)
        lattice.fields[number] = c

    def _through_walls(
        self, number: int, lattice: Lattice, laws: Laws, step: int, arrays: tuple[NDArray[Any], ...]
    ) -> None:
        """Add what perfused vessels do: hold their level, or let the substance through their walls."""
        noun, setting = self._substances[number], self._setting
        pieces = np.flatnonzero(lattice.piece_flags[: int(lattice.used[PIECES])] & PERFUSED)
        if noun.wall == "closed" or not pieces.size:
            return
        loss, source, held, c = (array.ravel() for array in arrays)
        voxels = lattice.piece_voxel[pieces]
        grown = (lattice.piece_flags[pieces] & GROWN) > 0
        level = self.in_blood(number, step * setting.step)
        permeability = np.full(pieces.size, math.inf)
        if noun.wall == "barrier":
            walls = (noun.permeability_closed, noun.permeability_open)
            opened = np.empty(pieces.size)
            openings(lattice, laws, step, voxels, opened)
            shut, open_wide = (float(wall or 0.0) * _WALL for wall in walls)
            permeability = shut + (open_wide - shut) * opened
        rate = np.array(
            [
                wall_exchange(
                    setting.sprout_radius if new else setting.radius,
                    wall,
                    float(noun.diffusion) * _MINUTES_A_DAY,
                    setting.edge,
                )
                for new, wall in zip(grown, permeability, strict=True)
            ]
        )
        holds = np.isinf(rate)
        held[voxels[holds]] = True
        c[voxels[holds]] = level
        loss[voxels[~holds]] += rate[~holds]
        source[voxels[~holds]] += rate[~holds] * level
