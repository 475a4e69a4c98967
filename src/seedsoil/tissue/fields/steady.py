"""A field at rest: diffusion against loss, supplied by sources, by held voxels and through the faces of the block.

What small molecules do within seconds is at rest for cells, which take hours. So a field has no time here: it is solved for,
by multigrid cycles from where it was before (its cost then is that of what has changed). Cycles run in float32, what is not
at rest is told in float64 after each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.fields.block import FACES, Block
from seedsoil.tissue.fields.lattices import Lattices
from seedsoil.tissue.fields.sweeps import correct, gather, settle, smooth, thin_out
from seedsoil.tissue.fields.ways import advance, common, prepare, turn

Field = NDArray[np.float64] | NDArray[np.float32]
Mask = NDArray[np.bool_]

#: Sweeps there or back on the coarsest lattice.
_LAST = 40
#: A field that is not at rest after so many cycles never will be.
_MOST_CYCLES = 200
#: What holds a coarse voxel of which a part is held, as a multiple of what flows to one neighbour on each axis.
_FIRMNESS = 1.0
#: Rounding leaves a field in float32 that much from rest, as a share of the most that flows through any voxel.
_SINGLE = 5e-7


class Solved(NamedTuple):
    """How a field was found: cycles done, and the most by which a voxel is not at rest, against what flows through it [1]."""

    cycles: int
    surplus: float


class Uptake(NamedTuple):
    """Saturable uptake, ``most`` c / (half + c): the greatest of each voxel [concentration/day], and where half is reached."""

    most: Field
    half: float


class _Problem(NamedTuple):
    """What is asked of a solver: the arrays of `SteadyField.solve`."""

    c: Field
    loss: Field
    source: Field
    held: Mask | None
    most: Field | None
    half: float

    def flat(self) -> _Problem:
        """The same arrays, each as one row of numbers."""
        return _Problem(*(each.reshape(-1) if isinstance(each, np.ndarray) else each for each in self))  # type: ignore[arg-type]


class SteadyField:
    """Solves one substance's field in a block of tissue.

    Parameters
    ----------
    block : Block
        The voxels and what is held at the faces.
    diffusion : float
        Diffusion coefficient [um^2/day].
    multiplier : array of float32, optional
        How many times that each voxel lets through, above 0; a face between two lets through the harmonic mean. The array is
        kept, not copied: what it says when a field is solved counts.
    lattices : Lattices, optional
        Scratch of another field's of a block of this shape (`lattices`): fields solved in turn need it but once.

    Raises
    ------
    ModelError
        If the diffusion coefficient is not above 0, or multiplier or scratch are of another shape.
    """

    def __init__(
        self,
        block: Block,
        diffusion: float,
        multiplier: NDArray[np.float32] | None = None,
        lattices: Lattices | None = None,
    ) -> None:
        faults = []
        if not 0.0 < diffusion < np.inf:
            faults.append(f"diffusion: a coefficient in um^2/day, above 0, got {diffusion}")
        if multiplier is not None and (multiplier.shape != block.shape or multiplier.dtype != np.float32):
            faults.append(
                f"multiplier: float32 of the block's shape {block.shape}, got {multiplier.dtype} of {multiplier.shape}"
            )
        if lattices is not None and lattices.shape != block.shape:
            faults.append(f"lattices: scratch of the block's shape {block.shape}, got that of {lattices.shape}")
        if faults:
            raise ModelError(faults)
        self.block, self.diffusion, self.multiplier = block, diffusion, multiplier
        self.lattices = Lattices(block.shape) if lattices is None else lattices
        if multiplier is not None:
            self.lattices.keep_multipliers()
        self._faces = block.through_faces(diffusion)
        edges = [block.edge * np.array(level.folds) for level in self.lattices.levels]
        along = np.where(np.array(block.shape) > 1, diffusion, 0.0)
        self._weights = [
            np.where(np.array(level.shape) > 1, along / edge**2, 0.0).astype(np.float32)
            for level, edge in zip(self.lattices.levels, edges, strict=True)
        ]
        self._edges = [(along / edge**2).astype(np.float32) for edge in edges]

    @property
    def weights(self) -> NDArray[np.float64]:
        """What flows from a voxel to its neighbour along each axis, for each unit of concentration [1/day]."""
        return np.where(np.array(self.block.shape) > 1, self.diffusion / self.block.edge**2, 0.0)

    def solve(
        self,
        c: Field,
        loss: Field,
        source: Field,
        held: Mask | None = None,
        tolerance: float = 1e-8,
        cycles: int = _MOST_CYCLES,
        uptake: Uptake | None = None,
    ) -> Solved:
        """Bring a field to rest, in place.

        Parameters
        ----------
        c : array
            The field, from which the search starts; where ``held`` is set it is given [concentration]. Float32 saves memory
            and is at rest to 5e-7 of what flows at best.
        loss, source : array
            What each voxel loses of what it has [1/day], and gains [concentration/day]; float32 or float64. Without saturable
            uptake the losses may lie in the scratch (`Lattices.loss`), where they are lost: 4 bytes a voxel less.
        held : array of bool, optional
            Voxels whose concentration is given.
        tolerance : float
            The most by which a voxel may not be at rest, as a share of the most that flows through any.
        cycles : int
            Stop after so many cycles.
        uptake : Uptake, optional
            Saturable uptake, which adds to ``loss``; the field then starts, and stays, nowhere below 0.

        Raises
        ------
        ModelError
            If an array has another shape than the block, if nothing is lost and nothing supplied anywhere, or if the field
            is not at rest after 200 cycles.
        """
        asked = _Problem(c, loss, source, held, *((None, 0.0) if uptake is None else uptake))
        self._check(asked)
        if held is not None and not held.any():
            asked = asked._replace(held=None)
        scratch, weights, multiplier = self.lattices, self.weights, self.multiplier
        top = scratch.levels[0]
        aim = max(tolerance, _SINGLE) if c.dtype == np.float32 else tolerance
        flat = asked.flat()
        fixed, faces = (*flat[1:], self.block.shape, weights, self._multiplier(0)), self._faces
        gain = max(float(source.max()), -float(source.min())) + float(np.abs(self._faces[:, :, 1]).sum())
        double = 2.0 * float(weights.sum()) * (1.0 if multiplier is None else float(multiplier.max()))
        most, level = advance(flat.c, None, 0.0, *fixed, faces, top.source, scratch.row)
        stiff, guided = 0.0, asked.held is not None or uptake is not None
        for done in range(cycles + 1):
            through = gain + double * level
            if most <= aim * through or done == cycles < _MOST_CYCLES:
                return Solved(done, most / through if through > 0.0 else 0.0)
            if done == 0 or uptake is not None:
                self._prepare(flat)
                if np.may_share_memory(loss, top.loss):  # what is lost through the faces is among them now
                    faces = self._faces * np.array([0.0, 1.0])
            self._cycle(0)
            way, length = top.c, 1.0
            if guided:
                way = scratch.way
                beside = top.loss, top.shape, self._weights[0], self._multiplier(0)
                # Flexible conjugate gradients (Notay 2000): the cycle is not quite symmetric.
                share = common(top.c, way, *beside, top.row, scratch.sums) / stiff if stiff > 0.0 else 0.0
                if share == 0.0:
                    way[:] = 0.0
                along, stiff = turn(way, top.c, np.float32(share), *beside, top.source, top.row, scratch.sums)
                length = along / stiff
            before = most
            most, level = advance(flat.c, way, length, *fixed, faces, top.source, scratch.row)
            if not guided and most > 0.3 * before:
                guided = True
        raise ModelError(
            f"the field is not at rest after {_MOST_CYCLES} cycles: {most / through:.1g} of what flows is left"
        )

    def _check(self, asked: _Problem) -> None:
        """Refuse arrays of another shape, and a field that nothing determines."""
        arrays = {name: each for name, each in asked._asdict().items() if isinstance(each, np.ndarray)}
        faults = [
            f"{name}: an array of the block's shape {self.block.shape}, got {array.shape}"
            for name, array in arrays.items()
            if array.shape != self.block.shape
        ]
        faults += [
            f"{name}: an array whose numbers lie in order, got one with gaps or turned axes; np.ascontiguousarray makes it so"
            for name, array in arrays.items()
            if not array.flags.c_contiguous
        ]
        kept = [arrays[name] for name in ("held", "loss", "most") if name in arrays]
        if not faults and not (self._faces.any() or any((each > 0).any() for each in kept)):
            faults.append("loss: nothing is lost, held or supplied anywhere, so that any level would be at rest")
        if faults:
            raise ModelError(faults)

    def _prepare(self, flat: _Problem) -> None:
        """Write the losses of every lattice; those of the faces, which are nearer on a fine one, are each lattice's own."""
        levels = self.lattices.levels
        prepare(flat.c, flat.loss, flat.held, flat.most, flat.half, levels[0].loss)
        for number, coarser in enumerate(levels[1:]):
            finer = levels[number]
            firm = np.float32(_FIRMNESS * self._weights[number].sum())
            thin_out(finer.loss, finer.shape, firm, coarser.loss, coarser.shape, finer.row)
            if self.multiplier is not None:
                many = self._multiplier(number)
                thin_out(many, finer.shape, np.float32(0.0), coarser.multiplier, coarser.shape, finer.row)
        for number, (level, weights) in enumerate(zip(levels, self._edges, strict=True)):
            many = self._multiplier(number)
            for name in self.block.supplied:
                axis, place = FACES[name]
                layer = tuple(place if axis == each else slice(None) for each in range(3))
                rate = np.float32(2.0) * weights[axis]
                level.loss.reshape(level.shape)[layer] += (
                    rate if many is None else rate * many.reshape(level.shape)[layer]
                )

    def _multiplier(self, number: int) -> NDArray[np.float32] | None:
        if self.multiplier is None or number == 0:
            return None if self.multiplier is None else self.multiplier.reshape(-1)
        return self.lattices.levels[number].multiplier

    def _cycle(self, number: int) -> None:
        """One cycle from a lattice downwards: a correction that would bring most of its ``source`` to rest."""
        levels = self.lattices.levels
        level = levels[number]
        about = (level.loss, level.source, level.shape, self._weights[number], self._multiplier(number))
        if number == len(levels) - 1:
            level.c[:] = 0.0
            settle(level.c, *about, _LAST, level.row)
            return
        coarser = levels[number + 1]
        smooth(level.c, *about, level.lengths, True, level.ring, level.row)
        gather(level.c, *about, coarser.source, coarser.shape, level.row)
        self._cycle(number + 1)
        correct(coarser.c, coarser.shape, level.loss, level.c, level.shape, level.row)
        smooth(level.c, *about, level.lengths, False, level.ring, level.row)

    def through(self, c: Field, loss: Field, source: Field, held: Mask | None = None) -> dict[str, float]:
        """What a field at rest gains and loses in all [concentration x voxels/day]: the two sums are alike at rest.

        "faces" and "held" are what comes in through supplied faces and out of held voxels (negative: it leaves there),
        "source" and "loss" what free voxels gain and lose.
        """
        fixed = np.zeros(self.block.shape, dtype=np.bool_) if held is None else held
        free = ~fixed
        between = supplied = 0.0
        for axis, weight in enumerate(self.weights):
            step = np.diff(c.astype(np.float64, copy=False), axis=axis)
            if self.multiplier is not None:
                ahead, behind = (np.delete(self.multiplier, end, axis).astype(np.float64) for end in (0, -1))
                step *= 2.0 * ahead * behind / (ahead + behind)
            onwards, back = np.delete(fixed, 0, axis), np.delete(fixed, -1, axis)
            between += float(weight) * float(
                np.sum(np.where(back & ~onwards, -step, 0.0) + np.where(onwards & ~back, step, 0.0))
            )
            for side, place in enumerate((0, -1)):
                layer = tuple(place if axis == each else slice(None) for each in range(3))
                drain, supply = self._faces[axis, side]
                flows = supply - drain * c[layer].astype(np.float64)
                supplied += float(
                    np.sum((flows if self.multiplier is None else flows * self.multiplier[layer])[free[layer]])
                )
        return {
            "faces": supplied,
            "held": between,
            "source": float(np.sum(source[free], dtype=np.float64)),
            "loss": float(np.sum((loss.astype(np.float64, copy=False) * c)[free])),
        }
