"""Scratch of a solver: a block's own lattice and those half as fine, which fields of one block share."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.tissue.fields.sweeps import STRIP

Single = NDArray[np.float32]

#: Voxels an axis, at most, of the coarsest lattice.
_COARSEST = 4


class Level(NamedTuple):
    """One lattice: the correction ``c`` that is sought, for what ``source`` is not at rest, and the losses there.

    Each field is one row of numbers. ``folds`` are the edges of a voxel in those of the block, ``lengths`` those of two sweeps,
    ``ring`` three layers and ``row`` four strips to work in; ``multiplier`` is that of diffusion, empty where it is the same
    everywhere.
    """

    shape: tuple[int, int, int]
    folds: tuple[int, ...]
    lengths: Single
    loss: Single
    source: Single
    c: Single
    ring: Single
    row: Single
    multiplier: Single


class Lattices:
    """All that a solver keeps besides the arrays that it is given: 14 bytes a voxel, 18 where it searches along a way.

    Parameters
    ----------
    shape : tuple of int
        Voxels along z, y and x.
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.shape = shape
        self.levels: list[Level] = []
        self.sums = np.zeros((2, _strip(shape)))
        self.row = np.zeros((6, _strip(shape)))
        folds = (1, 1, 1)
        while True:
            self.levels.append(_level(shape, folds))
            if max(shape) <= _COARSEST:
                return
            z, y, x = (fold * (2 if count > 1 else 1) for fold, count in zip(folds, shape, strict=True))
            layers, rows, columns = (-(-count // 2) for count in shape)
            folds, shape = (z, y, x), (layers, rows, columns)

    @cached_property
    def way(self) -> Single:
        """A way of search."""
        return np.zeros(int(np.prod(self.shape)), dtype=np.float32)

    @property
    def loss(self) -> Single:
        """The losses of the finest lattice, as an array of the block."""
        return self.levels[0].loss.reshape(self.shape)

    def keep_multipliers(self) -> None:
        """Have room for the multiplier of diffusion on the coarse lattices."""
        for number, level in enumerate(self.levels):
            if number and level.multiplier.size == 0:
                self.levels[number] = level._replace(multiplier=np.ones_like(level.c))


def _level(shape: tuple[int, int, int], folds: tuple[int, ...]) -> Level:
    loss, source, c = np.zeros((3, int(np.prod(shape))), dtype=np.float32)
    ring, row = np.zeros(3 * shape[1] * shape[2], dtype=np.float32), np.zeros((4, _strip(shape)), dtype=np.float32)
    lengths, none = _lengths(sum(count > 1 for count in shape)), np.zeros(0, dtype=np.float32)
    return Level(shape, folds, lengths, loss, source, c, ring, row, none)


def _strip(shape: tuple[int, int, int]) -> int:
    """Most voxels of a strip, which are whole rows."""
    return max(STRIP // shape[2], 1) * shape[2]


def _lengths(axes: int) -> Single:
    """Chebyshev's two lengths for what a coarser lattice does not see, from 1 / axes to 2 of the diagonal, or sees badly."""
    low, high = 0.75 / max(axes, 1), 2.0
    middle, reach = 0.5 * (high + low), 0.5 * (high - low) * np.cos(np.pi / 4.0)
    return (1.0 / (middle + np.array([reach, -reach]))).astype(np.float32)
