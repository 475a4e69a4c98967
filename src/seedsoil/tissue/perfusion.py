"""Which vessels carry blood: those on a way from where it enters the block to where it leaves.

A piece of vessel is a voxel; it hangs on the piece from which it grew, and its end on the one that it has joined. Blind ends are
peeled off; of what is left, a connected part with an inlet and an outlet is perfused. A loop that hangs on one piece counts
as perfused, though no pressure drives blood through it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.tissue.lattice import ALIVE, INLET, OUTLET, PERFUSED, PIECES, VESSEL, Lattice, Laws

_MOST_DRY = 65535


def living_pieces(lattice: Lattice, laws: Laws) -> NDArray[np.int64]:
    """The numbers of the pieces that are alive and in their place; those that are not are forgotten.

    A voxel that a vessel has left may hold a cell whose clone has the number of the piece, or nothing.
    """
    count = int(lattice.used[PIECES])
    voxels = lattice.piece_voxel[:count]
    numbers = np.flatnonzero(voxels >= 0)
    where = voxels[numbers]
    here = (laws.part[lattice.kind.ravel()[where]] >= VESSEL) & (lattice.clone.ravel()[where] == numbers)
    alive = here & (lattice.condition.ravel()[where] == ALIVE)
    lattice.piece_voxel[numbers[~alive]] = -1
    lattice.piece_flags[numbers[~alive]] = 0
    found: NDArray[np.int64] = numbers[alive]
    return found


def perfuse(lattice: Lattice, laws: Laws) -> NDArray[np.int64]:
    """Find out anew where blood flows, and count the searches since it did elsewhere; returns the perfused pieces."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pieces = living_pieces(lattice, laws)
    count = int(lattice.used[PIECES])
    place = np.full(count + 1, -1)
    place[pieces] = np.arange(pieces.size)
    ends = []
    for links in (lattice.piece_parent, lattice.piece_joined):
        other = place[links[pieces]]
        other[links[pieces] < 0] = -1
        ends.append(np.stack([np.flatnonzero(other >= 0), other[other >= 0]]))
    edges = np.concatenate(ends, axis=1)
    flags = lattice.piece_flags[pieces]
    edges = _without_blind_ends(edges, pieces.size, (flags & (INLET | OUTLET)) != 0)
    graph = coo_array((np.ones(edges.shape[1]), (edges[0], edges[1])), shape=(pieces.size, pieces.size))
    parts, part = connected_components(graph, directed=False)
    enters, leaves = (np.bincount(part[(flags & mark) != 0], minlength=parts) > 0 for mark in (INLET, OUTLET))
    on_edge = np.bincount(edges.ravel(), minlength=pieces.size) > 0
    flows = (enters & leaves)[part] & (on_edge | ((flags & (INLET | OUTLET)) == (INLET | OUTLET)))
    lattice.piece_flags[pieces] = np.where(flows, flags | PERFUSED, flags & np.uint8(255 - PERFUSED))
    dry = lattice.piece_dry[pieces]
    lattice.piece_dry[pieces] = np.where(flows, 0, np.minimum(dry, _MOST_DRY - 1) + 1)
    return pieces[flows]


def lengths(lattice: Lattice, pieces: NDArray[np.int64], shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """Length of vessel in the voxel of each piece [edges]: half of the way to each piece that it hangs together with.

    A diagonal way through a voxel is sqrt(2) or sqrt(3) edges long. An end, as at a face of the block, goes on for half an
    edge. Links count among ``pieces`` alone.
    """
    place = np.full(int(lattice.used[PIECES]) + 1, -1)
    place[pieces] = np.arange(pieces.size)
    at = np.stack(np.unravel_index(lattice.piece_voxel[pieces], shape), axis=1)
    found, links = np.zeros(pieces.size), np.zeros(pieces.size, np.int64)
    for table in (lattice.piece_parent, lattice.piece_joined):
        other = place[table[pieces]]
        other[table[pieces] < 0] = -1
        one = np.flatnonzero(other >= 0)
        other = other[one]
        halves = 0.5 * np.sqrt(np.sum((at[one] - at[other]) ** 2, axis=1))
        for end in (one, other):
            np.add.at(found, end, halves)
            np.add.at(links, end, 1)
    return found + 0.5 * np.maximum(2 - links, 0)


def _without_blind_ends(edges: NDArray[np.int64], pieces: int, anchored: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The links that are left when pieces with one link are taken off, again and again, but for inlets and outlets."""
    while edges.size:
        blind = (np.bincount(edges.ravel(), minlength=pieces) == 1) & ~anchored
        kept = ~(blind[edges[0]] | blind[edges[1]])
        if kept.all():
            break
        edges = edges[:, kept]
    return edges
