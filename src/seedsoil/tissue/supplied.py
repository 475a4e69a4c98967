"""The fields of a block: which are due, what vessels hold or let through, and their solution from where they were."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.substance import Substance
from seedsoil.biology.medicine.delivery import past_barrier
from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.cells.flows import exchange, openings
from seedsoil.tissue.dosing import Course, Doses
from seedsoil.tissue.fields.block import Block
from seedsoil.tissue.fields.exchange import saturable, wall_exchange
from seedsoil.tissue.fields.lattices import Lattices
from seedsoil.tissue.fields.steady import SteadyField
from seedsoil.tissue.fields.transient import TransientField
from seedsoil.tissue.lattice import EMPTY, GROWN, PERFUSED, PIECES, Lattice, Laws
from seedsoil.tissue.perfusion import lengths

if TYPE_CHECKING:
    from seedsoil.tissue.laws import Vocabulary
    from seedsoil.tissue.model import Setting

_MINUTES_A_DAY = 1440.0
#: From cm/s to um/day.
_WALL = 1e4 * 86_400.0


class Supplied:
    """Solves the fields of a block when they are due. All fields share their scratch: 4 bytes a voxel, 12 with saturable uptake, and the solver's.

    Raises
    ------
    ModelError
        If blood or a face is given a substance that the scene does not have, or one is hindered by another that it lacks.
    """

    def __init__(
        self, setting: Setting, substances: Sequence[Substance], words: Vocabulary, blood: Sequence[Doses | Course]
    ) -> None:
        known = words.substances
        faults = [f"sides: no substance {name!r} in the scene" for name in setting.sides if name not in known]
        faults += [f"medium: no substance {name!r} in the scene" for name in setting.medium if name not in known]
        faults += [
            f"blood: no substance {each.substance!r} in the scene" for each in blood if each.substance not in known
        ]
        faults += [
            f"{each.name}.hindered_by: no substance {each.hindered_by!r} in the scene"
            for each in substances if each.hindered_by not in ("", *known)
        ]  # fmt: skip
        if faults:
            raise ModelError(faults)
        self._setting, self._substances, self._words, self._blood = setting, substances, words, blood
        lattices = Lattices(setting.shape)
        self._multipliers = [np.ones(setting.shape, np.float32) if each.hindered_by else None for each in substances]
        self._solvers = [
            self._solver(each, multiplier, lattices)
            for each, multiplier in zip(substances, self._multipliers, strict=True)
        ]
        saturates = any(each.uptake_half is not None for each in substances)
        self._source = np.zeros(setting.shape, np.float32)
        #: The solver's own, which it may then change, unless it needs them again in each cycle.
        self._loss = np.zeros(setting.shape, np.float32) if saturates else lattices.loss
        #: What would be taken at high levels; uptake in proportion is a loss at once.
        self._taken = np.zeros(setting.shape if saturates else (1, 1, 1), np.float32)

    def _solver(
        self, noun: Substance, multiplier: NDArray[np.float32] | None, lattices: Lattices
    ) -> SteadyField | TransientField:
        """What solves for one substance: at rest, or as time passes."""
        setting, diffusion = self._setting, float(noun.diffusion) * _MINUTES_A_DAY
        block = Block(setting.shape, setting.edge, setting.sides.get(noun.name, {}))
        if noun.time == "at rest":
            return SteadyField(block, diffusion, multiplier, lattices)
        decay = float(noun.decay) * _MINUTES_A_DAY
        return TransientField(block, diffusion, setting.step * noun.every, decay, multiplier)

    def in_blood(self, substance: int, day: float) -> float:
        """The level of a substance in perfused vessels at a time."""
        noun = self._substances[substance]
        return float(noun.in_blood) + sum(each.level(day) for each in self._blood if each.substance == noun.name)

    def settle(
        self, lattice: Lattice, laws: Laws, step: int, on_slabs: Callable[[Callable[[int, int], Any]], Any]
    ) -> None:
        """Bring the fields that are due in a step to rest, or through the time since they were."""
        for number, substance in enumerate(self._substances):
            if step % substance.every == 0:
                self._solve(number, lattice, laws, step, on_slabs)

    def _solve(self, number: int, lattice: Lattice, laws: Laws, step: int, on_slabs: Callable[..., Any]) -> None:
        """Solve for one field."""
        noun, solver = self._substances[number], self._solvers[number]
        half, loss, source = noun.uptake_half, self._loss, self._source
        taken = loss if half is None else self._taken
        on_slabs(lambda first, last: exchange(lattice, laws, number, step, first, last, taken, source))
        source *= np.float32(noun.reference)
        decay = np.float32(float(noun.decay) * _MINUTES_A_DAY if isinstance(solver, SteadyField) else 0.0)
        if half is None:
            loss += decay
        else:
            loss[...] = decay
            taken *= np.float32(noun.reference)
        c = lattice.fields[number]
        held = self._in_the_open(number, lattice, self._through_walls(number, lattice, laws, step, loss, source))
        hinders = self._multipliers[number]
        if hinders is not None and noun.hindrance is not None:
            there = lattice.fields[self._words.substance(noun.hindered_by, "hindered_by")]
            np.divide(np.float32(1.0), np.float32(1.0) + np.float32(noun.hindrance) * there, out=hinders)
        if isinstance(solver, TransientField):
            if half is not None:
                loss += taken / (np.float32(half) + c)  # by the level before the step
            if step:
                solver.step(c, loss, source, held)
            return
        holds = held is not None and c[held].any()
        if not (source.any() or holds or any(self._setting.sides.get(noun.name, {}).values())):
            c[...] = 0.0  # nothing gives it: at rest there is none
        elif half is None:
            solver.solve(c, loss, source, held, tolerance=self._setting.tolerance)
        else:
            saturable(solver, c, taken, float(half), loss, source, held, tolerance=self._setting.tolerance)

    def _through_walls(
        self,
        number: int,
        lattice: Lattice,
        laws: Laws,
        step: int,
        loss: NDArray[np.float32],
        source: NDArray[np.float32],
    ) -> NDArray[np.bool_] | None:
        """Add what perfused vessels let through their walls; returns where these hold a level, None if nowhere.

        Without a barrier it is that of blood. One holds the share of it that `past_barrier` tells, each piece of wall by how
        far VEGF has opened it.
        """
        noun, setting = self._substances[number], self._setting
        pieces = np.flatnonzero(lattice.piece_flags[: int(lattice.used[PIECES])] & PERFUSED)
        if noun.wall == "closed" or not pieces.size:
            return None
        voxels = lattice.piece_voxel[pieces]
        kept_out = setting.ceiling is not None and noun.barrier_passage is not None
        opened = np.zeros(pieces.size)
        if kept_out or noun.wall == "leaky":
            openings(lattice, laws, step, voxels, opened)
        level = np.full(pieces.size, self.in_blood(number, step * setting.step))
        if kept_out:
            shut, wide = float(noun.barrier_passage or 0.0), float(setting.ceiling or 0.0)
            level *= [past_barrier(each, shut, wide) for each in opened.tolist()]
        rate = self._wall_rates(noun, lattice, pieces, opened, noun.wall == "leaky" and not kept_out)
        holds = np.isinf(rate)
        loss.reshape(-1)[voxels[~holds]] += rate[~holds].astype(np.float32)
        source.reshape(-1)[voxels[~holds]] += (rate[~holds] * level[~holds]).astype(np.float32)
        if not holds.any():
            return None
        held = np.zeros(setting.shape, dtype=np.bool_)
        held.reshape(-1)[voxels[holds]] = True
        lattice.fields[number].reshape(-1)[voxels[holds]] = level[holds]
        return held

    def _in_the_open(self, number: int, lattice: Lattice, held: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """Add to where a level is held what a stirred medium fills: the open that reaches a face of the block."""
        from scipy.ndimage import label

        level = self._setting.medium.get(self._substances[number].name)
        if level is None:
            return held
        parts, _ = label(lattice.kind == EMPTY)
        inner = tuple(slice(1, -1) if size > 1 else slice(None) for size in parts.shape)
        faces = np.ones(parts.shape, dtype=np.bool_)
        faces[inner] = False
        reached = np.zeros(int(parts.max()) + 1, dtype=np.bool_)
        reached[parts[faces]] = True
        reached[0] = False
        found: NDArray[np.bool_] = reached[parts]
        lattice.fields[number][found] = level
        return found if held is None else found | held

    def _wall_rates(
        self, noun: Substance, lattice: Lattice, pieces: NDArray[np.int64], opened: NDArray[np.float64], leaks: bool
    ) -> NDArray[np.float64]:
        """The rate at which the voxel of each piece comes to its wall's level [1/day]; infinite: it is held there."""
        setting, diffusion = self._setting, float(noun.diffusion) * _MINUTES_A_DAY
        permeability = np.full(pieces.size, math.inf)
        length = np.full(pieces.size, setting.edge)
        if leaks:
            length *= lengths(lattice, pieces, setting.shape)
            shut, wide = (float(wall or 0.0) * _WALL for wall in (noun.permeability_closed, noun.permeability_open))
            permeability = shut + (wide - shut) * opened
        radius = np.where(lattice.piece_flags[pieces] & GROWN, setting.sprout_radius, setting.radius)
        # Pieces are many, but few differ: walls that are shut are alike, and so are those wholly open.
        each, which = np.unique(np.stack([radius, permeability, length]), axis=1, return_inverse=True)
        rates = [wall_exchange(r, max(p, 1e-300), diffusion, setting.edge, l) for r, p, l in each.T.tolist()]
        found: NDArray[np.float64] = np.array(rates)[which.reshape(-1)]
        return found
