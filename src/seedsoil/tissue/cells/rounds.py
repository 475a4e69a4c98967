"""Rounds of a step: all cells propose, the proposals are put in order, and come true one after another."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from seedsoil.foundation.streams import Stream
from seedsoil.tissue.cells.apply import apply, room_for_a_tile
from seedsoil.tissue.cells.order import draw_tiles, tiles_along
from seedsoil.tissue.cells.propose import MOST_ROUNDS, Asked, Proposals, asked, proposals, propose
from seedsoil.tissue.lattice import ALIVE, Lattice, Laws

#: Room for proposals of some tiles at first; it grows by half when they are more.
_ROOM = 4096

#: Does something with so many things, by parts, each given by its first and the one behind the last; returns what came of each part.
InParts = Callable[[Callable[[int, int], Proposals], int], list[Proposals]]


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
        tiles = prod(tiles_along(shape))
        #: How many proposals each tile has.
        self.counts = np.zeros(tiles, np.int64)
        self._tile_keys = np.zeros(tiles, np.uint64)
        self._parts: dict[int, tuple[Asked, Proposals]] = {}
        self._voxels, self._scratch = np.empty(0, np.int32), room_for_a_tile()

    def ask(self, lattice: Lattice, days: float, step: int, turn: int, in_parts: InParts) -> Proposals:
        """Return the proposals of one round, tile after tile; they hold until the next."""
        laws, most = self._laws, np.zeros((self._laws.chance.size, 3))
        most[:, ALIVE] = np.where(laws.rounds > turn, laws.chance, 0.0)
        if turn == 0:
            most[:, 1:] = laws.cleared[:, 1:]  # the dead wait for a whole step
        limits = most.ravel()
        glances = np.ceil(limits * 65536.0).astype(np.uint32)

        def one(first: int, last: int) -> Proposals:
            scratch, found = self._parts.get(first) or (asked(laws.base.shape[1]), proposals(_ROOM))
            while (
                count := propose(
                    lattice,
                    laws,
                    self._stream,
                    days,
                    step,
                    turn,
                    limits,
                    glances,
                    first,
                    last,
                    scratch,
                    self.counts,
                    found,
                )
            ) < 0:
                found = proposals(found.place.size * 3 // 2)
            self._parts[first] = scratch, found
            return Proposals(found.place[:count], found.action[:count])

        parts = in_parts(one, self.counts.size)
        return parts[0] if len(parts) == 1 else Proposals(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def carry_out(self, lattice: Lattice, step: int, turn: int, found: Proposals) -> None:
        """Let the proposals of a round come true; the lattice must have room for what each could make."""
        count, follows = found.place.size, lattice.slot.size > 1
        if follows and self._voxels.size < count:
            self._voxels = np.empty(count + count // 2, np.int32)
        draw_tiles(self._stream, step * MOST_ROUNDS + turn, self.counts, self._tile_keys)
        ranked = np.argsort(self._tile_keys, kind="stable")
        starts = np.cumsum(self.counts) - self.counts
        apply(
            lattice,
            self._laws,
            self._stream,
            step,
            turn,
            self.counts,
            starts,
            ranked,
            found,
            self._voxels,
            self._scratch,
        )
