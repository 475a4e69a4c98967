"""Vessels that grow, and what they let in: sprouts that leave a vessel, lead a new one, and join another."""

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.streams import uniform
from seedsoil.tissue.cells.places import FREE, SOFT, choose, enter, make_way, replace
from seedsoil.tissue.cells.senses import about
from seedsoil.tissue.lattice import (
    ALIVE,
    ARRIVALS,
    EMPTY,
    GROWN,
    KEEPS_TREE,
    MOVES,
    NO_PIECE,
    PERFUSED,
    PIECES,
    SPROUT,
    SPROUT_KIND,
    SPROUTS,
    TIP_SPACING,
    VESSEL,
    VESSEL_KIND,
)

#: A tip joins no piece to which it is linked by so few pieces: it lies beside it because it has just come from there.
_OWN_TAIL = 4


@leaf
def sprout(lattice, laws, stream, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Let a tip leave a perfused vessel, unless another is near (lateral inhibition)."""
    piece, tip = lattice.clone[z, y, x], np.uint8(laws.sizes[SPROUT_KIND])
    if tip == EMPTY or not lattice.piece_flags[piece] & PERFUSED or _tip_within(lattice, laws, z, y, x):
        return
    i, j, k = choose(lattice, laws, uniform(stream), tip, z, y, x, step, SOFT)
    if i >= 0:
        make_way(lattice, laws, stream, tip, i, j, k, step, voxels)
        _settle(lattice, laws, tip, piece, i, j, k, step)
        lattice.tally[lattice.kind[z, y, x], SPROUTS] += 1


@leaf
def _tip_within(lattice, laws, z, y, x):  # type: ignore[no-untyped-def]
    """Whether a live tip lies within the spacing of tips."""
    layers, rows, columns = lattice.kind.shape
    far = laws.sizes[TIP_SPACING]
    for i in range(max(z - far, 0), min(z + far + 1, layers)):
        for j in range(max(y - far, 0), min(y + far + 1, rows)):
            for k in range(max(x - far, 0), min(x + far + 1, columns)):
                is_tip = laws.part[lattice.kind[i, j, k]] == SPROUT and lattice.condition[i, j, k] == ALIVE
                if is_tip and (i - z) ** 2 + (j - y) ** 2 + (k - x) ** 2 <= far * far:
                    return True
    return False


@inline
def _settle(lattice, laws, kind, parent, z, y, x, step):  # type: ignore[no-untyped-def]
    """Make a new piece of vessel in a place; whoever was there has given way. Returns its number."""
    replace(lattice, laws, step, z, y, x)
    new = lattice.used[PIECES]
    lattice.piece_voxel[new] = (z * lattice.kind.shape[1] + y) * lattice.kind.shape[2] + x
    lattice.piece_parent[new], lattice.piece_joined[new] = parent, NO_PIECE
    lattice.piece_flags[new], lattice.piece_dry[new] = GROWN, 0
    lattice.used[PIECES] = new + 1
    _put(lattice, kind, new, z, y, x, step)
    return new


@inline
def _put(lattice, kind, clone, z, y, x, step):  # type: ignore[no-untyped-def]
    """Put a live cell in a place, without a past."""
    lattice.kind[z, y, x], lattice.condition[z, y, x] = kind, ALIVE
    lattice.clone[z, y, x], lattice.born[z, y, x] = clone, step & 0xFFFF
    if lattice.memory.size > 1:
        lattice.memory[z, y, x] = 0.0
    if lattice.cell.size > 1:
        lattice.cell[z, y, x] = 0
    if lattice.slot.size > 1:
        lattice.slot[z, y, x] = NO_PIECE


@leaf
def lead(lattice, laws, stream, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Let a tip go on: a piece of vessel stays where it was, and where it touches another vessel it joins that."""
    tip, stalk = lattice.kind[z, y, x], laws.sizes[VESSEL_KIND]
    piece = lattice.clone[z, y, x]
    i, j, k = choose(lattice, laws, uniform(stream), tip, z, y, x, step, SOFT)
    if i < 0:
        return
    make_way(lattice, laws, stream, tip, i, j, k, step, voxels)
    new = _settle(lattice, laws, tip, piece, i, j, k, step)
    lattice.kind[z, y, x] = stalk
    lattice.tally[tip, MOVES] += 1
    joined = _vessel_beside(lattice, laws, new, i, j, k)
    if joined >= 0:
        lattice.piece_joined[new] = joined
        lattice.kind[i, j, k] = stalk


@leaf
def _vessel_beside(lattice, laws, piece, z, y, x):  # type: ignore[no-untyped-def]
    """A live piece of vessel or sprout beside one, but for those from which it has just come; -1 if there is none."""
    layers, rows, columns = lattice.kind.shape
    z0, z1 = about(z, layers)
    y0, y1 = about(y, rows)
    x0, x1 = about(x, columns)
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                kind = lattice.kind[i, j, k]
                if kind != EMPTY and laws.part[kind] >= VESSEL and lattice.condition[i, j, k] == ALIVE:
                    other = lattice.clone[i, j, k]
                    if not _close_kin(lattice, piece, other):
                        return other
    return NO_PIECE


@leaf
def _close_kin(lattice, piece, other):  # type: ignore[no-untyped-def]
    """Whether two pieces grew from one another or from a third, with at most a tail's length of links between them.

    What a vessel grew before and behind the place that a tip has left counts alike.
    """
    for up in range(_OWN_TAIL + 1):
        if piece < 0:
            return False
        kin = other
        for _ in range(_OWN_TAIL + 1 - up):
            if kin == piece:
                return True
            if kin < 0:
                break
            kin = lattice.piece_parent[kin]
        piece = lattice.piece_parent[piece]
    return False


@leaf
def admit(lattice, laws, stream, step, guest, z, y, x):  # type: ignore[no-untyped-def]
    """Let a cell of a kind come out of a perfused vessel, into a place beside it that it can take."""
    if not lattice.piece_flags[lattice.clone[z, y, x]] & PERFUSED:
        return
    i, j, k = choose(lattice, laws, uniform(stream), guest, z, y, x, step, FREE)
    if i >= 0:
        replace(lattice, laws, step, i, j, k)
        _put(lattice, guest, 0, i, j, k, step)
        if laws.sizes[KEEPS_TREE]:
            enter(lattice, 0, step, i, j, k)
        lattice.tally[guest, ARRIVALS] += 1
