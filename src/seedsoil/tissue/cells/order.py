"""The order in which proposals come true: tile after tile, and within a tile hash after hash.

A tile's place among the tiles is drawn anew in each round, so that none comes first more often than another. Neighbours in the
block are then neighbours in time, and in memory: in the order of hashes alone each proposal had to be fetched from afar.
"""

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.streams import TISSUE_TILE, aim, bits

_upper = np.uint64(32)


@leaf
def tally_tiles(stream, moment, found, counts, keys):  # type: ignore[no-untyped-def]
    """Count each tile's proposals, and draw the hash of every tile that has some; that of the others is 0."""
    counts[:] = 0
    for number in range(found.tile.shape[0]):
        counts[found.tile[number]] += 1
    for tile in range(counts.shape[0]):
        keys[tile] = 0
        if counts[tile]:
            aim(stream, TISSUE_TILE, tile, moment)
            keys[tile] = bits(stream)


@leaf
def arrange(found, counts, ranked, starts, heads, keys, voxels, actions):  # type: ignore[no-untyped-def]
    """Write the proposals in their order.

    Hashes are spread evenly: as many pigeonholes as there are proposals hold one each on average, and what shares one is sorted by
    insertion. Equal hashes keep the order of voxels.

    Parameters
    ----------
    found : Proposals
    counts, ranked : int64 arrays, tiles
        How many proposals each has, and the tiles in their order.
    starts : int64 array, tiles; heads : int32 array, proposals; keys : uint64 array, proposals
        Scratch.
    voxels, actions : int32 arrays, proposals
        Written.
    """
    heads[:] = 0
    before = 0
    for tile in ranked:
        starts[tile] = before
        before += counts[tile]
    for number in range(heads.shape[0]):
        heads[_hole(found, counts, starts, number)] += 1
    before = 0
    for hole in range(heads.shape[0]):
        here = heads[hole]
        heads[hole] = before
        before += here
    for number in range(heads.shape[0]):
        hole = _hole(found, counts, starts, number)
        place = heads[hole]
        heads[hole] = place + 1
        keys[place], voxels[place], actions[place] = found.key[number], found.voxel[number], found.action[number]
    for tile in ranked:
        _insert(keys, voxels, actions, starts[tile], starts[tile] + counts[tile])


@leaf
def _hole(found, counts, starts, number):  # type: ignore[no-untyped-def]
    """The pigeonhole of a proposal: among those of its tile by the size of its hash."""
    tile = found.tile[number]
    return starts[tile] + np.int64(((found.key[number] >> _upper) * np.uint64(counts[tile])) >> _upper)


@leaf
def _insert(keys, voxels, actions, first, last):  # type: ignore[no-untyped-def]
    """Sort some neighbours by their keys; they are nearly in order."""
    for number in range(first + 1, last):
        key, voxel, action = keys[number], voxels[number], actions[number]
        place = number
        while place > first and keys[place - 1] > key:
            keys[place], voxels[place], actions[place] = keys[place - 1], voxels[place - 1], actions[place - 1]
            place -= 1
        keys[place], voxels[place], actions[place] = key, voxel, action
