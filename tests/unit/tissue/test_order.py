"""The order of proposals: tiles by their hashes, and within a tile every order as likely as another."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from seedsoil.foundation.streams import TISSUE_ORDER, TISSUE_TILE, aim, bits, new_stream, uniform
from seedsoil.tissue.cells.order import TILE, corner, draw_tiles, shuffle, spot, tiles_along


def _shuffled(tile: int, moment: int, count: int) -> list[int]:
    """The order of so many proposals of a tile."""
    order = np.full(count + 1, 9999, np.uint16)
    shuffle(new_stream(4, 0), tile, moment, count, np.zeros(count + 1, np.uint64), order)
    assert order[count] == 9999
    return [int(each) for each in order[:count]]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 4000, TILE])
def test_a_shuffle_draws_each_from_those_that_are_left(count: int) -> None:
    """From a list, the last place first, by the draws at the tile's address: catches one lost or doubled, and a draw of another."""
    stream, left, drawn = new_stream(4, 0), list(range(count)), []
    aim(stream, TISSUE_ORDER, 31, 777)
    luck = [uniform(stream) for _ in range(count)]
    while left:
        which = int(luck[len(left) - 1] * len(left))
        left[which], left[-1] = left[-1], left[which]
        drawn.append(left.pop())
    assert _shuffled(31, 777, count) == drawn[::-1]


def test_every_order_is_as_likely() -> None:
    """Of four proposals, in 24,000 rounds: catches one that comes first by 7 % more often than another."""
    seen = Counter(tuple(_shuffled(3, moment, 4)) for moment in range(24_000))
    assert chisquare([seen[order] for order in permutations(range(4))]).pvalue > 1e-3


def test_tiles_draw_their_hashes_if_they_have_proposals() -> None:
    """The first draw at the tile's address, and 0 for those without: catches another address."""
    counts, keys, stream = np.array([0, 3, 1, 0, 700]), np.ones(5, np.uint64), new_stream(4, 0)
    draw_tiles(stream, 777, counts, keys)
    for tile, count in enumerate(counts):
        aim(stream, TISSUE_TILE, tile, 777)
        assert int(keys[tile]) == (int(bits(stream)) if count else 0)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 9, 65), (17, 8, 130)])
def test_each_voxel_lies_in_one_place_of_one_tile(shape: tuple[int, int, int]) -> None:
    """Catches a tile, or a place within it, counted along the wrong axis."""
    tiles = int(np.prod(tiles_along(shape)))
    at = [np.add(corner(tile, *shape[1:]), spot(place)) for tile in range(tiles) for place in range(TILE)]
    inside = [tuple(map(int, each)) for each in at if all(each < shape)]
    assert sorted(inside) == list(np.ndindex(shape))
