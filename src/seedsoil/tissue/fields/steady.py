"""A field at rest: diffusion against loss, supplied by sources, by held voxels and through the faces of the block.

What small molecules do within seconds is at rest for cells, which take hours. So a field has no time here: it is solved for,
by multigrid cycles from where it was before (its cost then is that of what has changed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.fields.sweeps import advance_along, correct, gather, product, relax, thin_out, turn, unrest

Field = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Faces of a block, each with its axis and the place of its layer along that.
FACES: Mapping[str, tuple[int, int]] = {
    "top": (0, 0), "bottom": (0, -1), "north": (1, 0), "south": (1, -1), "west": (2, 0), "east": (2, -1),
}  # fmt: skip
#: Sweeps of both colours before a correction and after it; sweeps of the coarsest lattice, of so many voxels an axis at most.
_BEFORE, _AFTER, _LAST, _COARSEST = 2, 2, 10, 4
#: A field that is not at rest after so many cycles never will be.
_MOST_CYCLES = 200
#: What holds a coarse voxel of which a part is held, as a multiple of what flows to one neighbour on each axis.
_FIRMNESS = 1.0


class Solved(NamedTuple):
    """How a field was found: cycles done, and the most by which a voxel is not at rest, against what flows through it [1]."""

    cycles: int
    surplus: float


@dataclass(frozen=True)
class Block:
    """A block of voxels: how many along z, y and x (one layer: in the plane), and the edge of one [um].

    ``supplied`` gives the concentration at a face by its name (``FACES``); nothing passes the other faces.

    Raises
    ------
    ModelError
        If an axis has no voxel, the edge is not above 0, or a face is not known.
    """

    shape: tuple[int, int, int]
    edge: float
    supplied: Mapping[str, float]

    def __post_init__(self) -> None:
        faults = []
        if min(self.shape) < 1:
            faults.append(f"shape: numbers of voxels, each at least 1, got {self.shape}")
        if not 0.0 < self.edge < np.inf:
            faults.append(f"edge: the length of a voxel in um, above 0, got {self.edge}")
        if unknown := [name for name in self.supplied if name not in FACES]:
            faults.append(f"supplied: no face {unknown[0]!r}; faces: {', '.join(FACES)}")
        if faults:
            raise ModelError(faults)

    def through_faces(self, weights: Field) -> tuple[Field, Field]:
        """Loss [1/day] and source [concentration/day] that the supplied faces, half an edge away, add to the voxels there."""
        loss, source = np.zeros(self.shape), np.zeros(self.shape)
        for name, concentration in self.supplied.items():
            axis, place = FACES[name]
            layer = tuple(place if axis == each else slice(None) for each in range(3))
            loss[layer] += 2.0 * weights[axis]
            source[layer] += 2.0 * weights[axis] * concentration
        return loss, source


class _Level(NamedTuple):
    """One lattice of the cycle; ``loss`` is that of the bulk and through the faces, ``c`` and ``source`` the correction sought."""

    weights: Field
    faces: Field
    bulk: Field
    loss: Field
    held: Mask
    c: Field
    source: Field


class SteadyField:
    """Solves one substance's field in a block of tissue.

    Parameters
    ----------
    block : Block
        The voxels and what is held at the faces.
    diffusion : float
        Diffusion coefficient [um^2/day].

    Raises
    ------
    ModelError
        If the diffusion coefficient is not above 0.
    """

    def __init__(self, block: Block, diffusion: float) -> None:
        if not 0.0 < diffusion < np.inf:
            raise ModelError(f"diffusion: a coefficient in um^2/day, above 0, got {diffusion}")
        self.block, self.diffusion = block, diffusion
        self._levels = _levels(block, diffusion)
        self._supply = block.through_faces(self.weights)[1]

    @property
    def weights(self) -> Field:
        """What flows from a voxel to its neighbour along each axis, for each unit of concentration [1/day]."""
        return self._levels[0].weights

    def solve(
        self,
        c: Field,
        loss: Field,
        source: Field,
        held: Mask | None = None,
        tolerance: float = 1e-8,
        cycles: int = _MOST_CYCLES,
    ) -> Solved:
        """Bring a field to rest, in place.

        Parameters
        ----------
        c : array
            The field, from which the search starts; where ``held`` is set it is given [concentration].
        loss, source : array
            What each voxel loses of what it has [1/day], and gains [concentration/day].
        held : array of bool, optional
            Voxels whose concentration is given.
        tolerance : float
            The most by which a voxel may not be at rest, as a share of the most that flows through any.
        cycles : int
            Stop after so many cycles.

        Raises
        ------
        ModelError
            If an array has another shape than the block, if nothing is lost and nothing supplied anywhere, or if the field
            is not at rest after 200 cycles.
        """
        fixed = np.zeros(self.block.shape, dtype=np.bool_) if held is None else held
        self._check(c, loss, source, fixed)
        self._prepare(loss, fixed)
        top, whole = self._levels[0], source + self._supply
        left, pull = np.empty((2, *self.block.shape))
        way, nothing = np.zeros((2, *self.block.shape))
        most = unrest(c, top.loss, whole, fixed, top.weights, left)
        known = share = length = 0.0
        for done in range(cycles + 1):
            through = float(np.max(np.abs(whole))) + 2.0 * float(self.weights.sum()) * float(np.max(np.abs(c)))
            if most <= tolerance * through or done == cycles < _MOST_CYCLES:
                return Solved(done, most / through if through > 0.0 else 0.0)
            top.c[:] = 0.0
            self._cycle(0, top.c, left)
            if done:
                # Flexible conjugate gradients (Notay 2000): the cycle is not quite symmetric.
                share = length * product(top.c, pull) / known
            known = product(top.c, left)
            turn(way, top.c, share)
            unrest(way, top.loss, nothing, fixed, top.weights, pull)
            length = product(way, left) / -product(way, pull)
            most = advance_along(way, pull, length, c, left)
        raise ModelError(
            f"the field is not at rest after {_MOST_CYCLES} cycles: {most / through:.1g} of what flows is left"
        )

    def _check(self, *arrays: NDArray[np.generic]) -> None:
        """Refuse arrays of another shape, and a field that nothing determines."""
        names = ("c", "loss", "source", "held")
        faults = [
            f"{name}: an array of the block's shape {self.block.shape}, got {array.shape}"
            for name, array in zip(names, arrays, strict=True)
            if array.shape != self.block.shape
        ]
        if not faults and not (self.block.supplied or arrays[3].any() or (arrays[1] > 0.0).any()):  # type: ignore[operator]
            faults.append("loss: nothing is lost, held or supplied anywhere, so that any level would be at rest")
        if faults:
            raise ModelError(faults)

    def _prepare(self, loss: Field, held: Mask) -> None:
        """Write the losses of every lattice; those of the faces, which are nearer on a fine one, are each lattice's own."""
        for number, level in enumerate(self._levels):
            if number == 0:
                level.bulk[:], level.held[:] = loss, held
            else:
                finer = self._levels[number - 1]
                thin_out(finer.bulk, finer.held, _FIRMNESS * float(finer.weights.sum()), level.bulk)
            np.add(level.bulk, level.faces, out=level.loss)

    def _cycle(self, number: int, c: Field, source: Field) -> None:
        """One cycle from a lattice downwards: a correction that would bring most of ``source`` to rest."""
        level = self._levels[number]
        about = (level.loss, source, level.held, level.weights)
        if number == len(self._levels) - 1:
            for colour in (0, 1, 1, 0) * _LAST:
                relax(c, *about, colour)
            return
        for colour in (0, 1) * _BEFORE:
            relax(c, *about, colour)
        coarser = self._levels[number + 1]
        gather(c, *about, coarser.source)
        coarser.c[:] = 0.0
        self._cycle(number + 1, coarser.c, coarser.source)
        correct(coarser.c, level.held, c)
        for colour in (1, 0) * _AFTER:
            relax(c, *about, colour)

    def through(self, c: Field, loss: Field, source: Field, held: Mask | None = None) -> dict[str, float]:
        """What a field at rest gains and loses in all [concentration x voxels/day]: the two sums are alike at rest.

        "faces" and "held" are what comes in through supplied faces and out of held voxels (negative: it leaves there),
        "source" and "loss" what free voxels gain and lose.
        """
        fixed = np.zeros(self.block.shape, dtype=np.bool_) if held is None else held
        free = ~fixed
        between = 0.0
        for axis, weight in enumerate(self.weights):
            step = np.diff(c, axis=axis)
            ahead, behind = np.delete(fixed, 0, axis), np.delete(fixed, -1, axis)
            between += float(weight) * float(
                np.sum(np.where(behind & ~ahead, -step, 0.0) + np.where(ahead & ~behind, step, 0.0))
            )
        return {
            "faces": float(np.sum((self._supply - self._levels[0].faces * c)[free])),
            "held": between,
            "source": float(np.sum(source[free])),
            "loss": float(np.sum((loss * c)[free])),
        }


def _levels(block: Block, diffusion: float) -> list[_Level]:
    """The lattices of a cycle, from the block's own to one of a few voxels; a short axis stays as it is."""
    levels: list[_Level] = []
    shape, edges = block.shape, np.full(3, block.edge)
    while True:
        weights = np.where(np.array(shape) > 1, diffusion / edges**2, 0.0)
        here = Block(shape, block.edge, dict.fromkeys(block.supplied, 0.0))
        bulk, loss, c, source = np.zeros((4, *shape))
        held = np.zeros(shape, dtype=np.bool_)
        levels.append(_Level(weights, here.through_faces(weights)[0], bulk, loss, held, c, source))
        if max(shape) <= _COARSEST:
            return levels
        layers, rows, columns = (count if count <= 2 else -(-count // 2) for count in shape)
        edges = edges * np.where(np.array(shape) > 2, 2.0, 1.0)
        shape = (layers, rows, columns)
