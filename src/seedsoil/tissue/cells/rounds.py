"""Rounds of a step: all cells propose, the proposals are put in order, and come true one after another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seedsoil.foundation.streams import Stream
from seedsoil.tissue.cells.apply import apply
from seedsoil.tissue.cells.eights import eights
from seedsoil.tissue.cells.order import arrange, tally_tiles
from seedsoil.tissue.cells.propose import (
    MOST_ROUNDS,
    TILE_COLUMNS,
    TILE_LAYERS,
    TILE_ROWS,
    Asked,
    Proposals,
    asked,
    proposals,
    propose,
)
from seedsoil.tissue.lattice import ALIVE, Lattice, Laws

#: Room for proposals of a slab at first; it grows by half when they are more.
_ROOM = 4096

#: Does something with slabs of layers, given by the first and the one behind the last; returns what came of each.
Slabs = Callable[[Callable[[int, int], Proposals]], list[Proposals]]


class Rounds:
    """Carries out the rounds of a block, and keeps room for their proposals from one to the next.

    Parameters
    ----------
    shape : tuple of int
        Voxels of the block along z, y and x.
    laws : Laws
    stream : uint64 array
        The block's.
    """

    def __init__(self, shape: tuple[int, int, int], laws: Laws, stream: Stream) -> None:
        self._laws, self._stream = laws, stream
        tiles = int(
            np.prod(
                [-(-voxels // side) for voxels, side in zip(shape, (TILE_LAYERS, TILE_ROWS, TILE_COLUMNS), strict=True)]
            )
        )
        self._counts, self._starts = np.zeros((2, tiles), np.int64)
        self._tile_keys = np.zeros(tiles, np.uint64)
        self._slabs: dict[int, tuple[Asked, Proposals]] = {}
        self._heads, self._keys = np.empty(0, np.int32), np.empty(0, np.uint64)
        self._order = np.empty((3, 0), np.int32)

    def ask(self, lattice: Lattice, days: float, step: int, turn: int, on_slabs: Slabs) -> Proposals:
        """Return the proposals of one round in the order of voxels; they hold until the next."""
        laws, most = self._laws, np.zeros((self._laws.chance.size, 3))
        most[:, ALIVE] = np.where(laws.rounds > turn, laws.chance, 0.0)
        if turn == 0:
            most[:, 1:] = laws.cleared[:, 1:]  # the dead wait for a whole step
        limits = most.ravel()
        glances = np.ceil(limits * 65536.0).astype(np.int32)

        read = eights(lattice)

        def one(first: int, last: int) -> Proposals:
            scratch, found = self._slabs.get(first) or (asked(laws.base.shape[1]), proposals(_ROOM))
            while (
                count := propose(
                    lattice, read, laws, self._stream, days, step, turn, limits, glances, first, last, scratch, found
                )
            ) < 0:
                found = proposals(found.voxel.size * 3 // 2)
            self._slabs[first] = scratch, found
            return Proposals(found.voxel[:count], found.tile[:count], found.action[:count], found.key[:count])

        slabs = on_slabs(one)
        if len(slabs) == 1:
            return slabs[0]
        voxel, tile, action, key = (np.concatenate(parts) for parts in zip(*slabs, strict=True))
        return Proposals(voxel, tile, action, key)

    def carry_out(self, lattice: Lattice, step: int, turn: int, found: Proposals) -> None:
        """Let the proposals of a round come true; the lattice must have room for what each could make."""
        count = found.voxel.size
        tally_tiles(self._stream, step * MOST_ROUNDS + turn, found, self._counts, self._tile_keys)
        if self._heads.size < count:
            room = count + count // 2
            self._heads, self._keys = np.empty(room, np.int32), np.empty(room, np.uint64)
            self._order = np.empty((3, room), np.int32)
        ranked = np.argsort(self._tile_keys, kind="stable")
        origins, voxels, actions = (each[:count] for each in self._order)
        arrange(found, self._counts, ranked, self._starts, self._heads[:count], self._keys[:count], origins, actions)
        voxels[...] = origins
        apply(lattice, self._laws, self._stream, step, turn, self._counts, ranked, origins, voxels, actions)
