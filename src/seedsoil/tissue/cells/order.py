"""The order in which proposals come true: tile after tile, and within a tile as they are shuffled.

A tile's place among the tiles is drawn anew in each round, so that none comes first more often than another. Neighbours in the
block are then neighbours in time, and in memory: in one order of the whole block each proposal had to be fetched from afar.
"""

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.streams import TISSUE_ORDER, TISSUE_TILE, aim, bits, draw_row, fraction

#: Layers, rows and columns of a tile (powers of two, which `spot` knows), whose proposals come true one after another: long where memory is.
TILE_LAYERS, TILE_ROWS, TILE_COLUMNS = 8, 8, 64
TILE = TILE_LAYERS * TILE_ROWS * TILE_COLUMNS


def tiles_along(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """How many tiles a block has along z, y and x."""
    layers, rows, columns = shape
    return -(-layers // TILE_LAYERS), -(-rows // TILE_ROWS), -(-columns // TILE_COLUMNS)


@inline
def corner(tile, rows, columns):  # type: ignore[no-untyped-def]
    """The first layer, row and column of a tile."""
    wide, high = (columns + TILE_COLUMNS - 1) // TILE_COLUMNS, (rows + TILE_ROWS - 1) // TILE_ROWS
    return tile // (wide * high) * TILE_LAYERS, tile // wide % high * TILE_ROWS, tile % wide * TILE_COLUMNS


@inline
def spot(place):  # type: ignore[no-untyped-def]
    """Layer, row and column within a tile of one of its places, which are numbered in the order of memory."""
    number = np.int64(place)
    return number >> 9, (number >> 6) & 7, number & 63


@leaf
def draw_tiles(stream, moment, counts, keys):  # type: ignore[no-untyped-def]
    """Draw the hash of every tile that has proposals; that of the others is 0."""
    for tile in range(counts.shape[0]):
        keys[tile] = 0
        if counts[tile]:
            aim(stream, TISSUE_TILE, tile, moment)
            keys[tile] = bits(stream)


@leaf
def shuffle(stream, tile, moment, count, draws, order):  # type: ignore[no-untyped-def]
    """Write the numbers below a count in an order at random, each of all orders as likely as another (Fisher and Yates).

    Parameters
    ----------
    stream : uint64 array
        It is left as it is; the tile and the moment are the address of the draws.
    draws : uint64 array
        Scratch, one more than the count.
    order : uint16 array
        Written.
    """
    draw_row(stream, TISSUE_ORDER, tile, moment, count, draws)
    for number in range(count):
        order[number] = number
    for left in range(count, 1, -1):
        drawn = int(fraction(draws[left - 1]) * left)
        last = order[left - 1]
        order[left - 1] = order[drawn]
        order[drawn] = last
