"""The order of proposals: tile after tile by the tiles' hashes, hash after hash within, whoever found them."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.streams import TISSUE_TILE, aim, bits, new_stream
from seedsoil.tissue.cells.order import arrange, tally_tiles
from seedsoil.tissue.cells.propose import Proposals


def _found(count: int, tiles: int, keys: int) -> Proposals:
    """Proposals at random; with few keys many are equal."""
    luck = np.random.default_rng(count + tiles)
    key = luck.integers(0, keys, count, dtype=np.uint64, endpoint=True)
    tile, action = luck.integers(0, tiles, (2, count), dtype=np.int32)
    return Proposals(np.arange(count, dtype=np.int32), tile, action, key)


@pytest.mark.parametrize("count", [1, 3, 4000])
@pytest.mark.parametrize("tiles", [1, 50])
@pytest.mark.parametrize("keys", [2**64 - 1, 9])
def test_order_is_that_of_a_sort(count: int, tiles: int, keys: int) -> None:
    """By hash of the tile, hash of the proposal, voxel: catches one pair the wrong way round, lost or doubled."""
    found, stream, moment = _found(count, tiles, keys), new_stream(4, 0), 777
    counts, starts, tile_keys = np.zeros(tiles, np.int64), np.zeros(tiles, np.int64), np.zeros(tiles, np.uint64)
    tally_tiles(stream, moment, found, counts, tile_keys)
    for tile in np.unique(found.tile):
        aim(stream, TISSUE_TILE, int(tile), moment)
        assert int(tile_keys[tile]) == int(bits(stream))
    assert list(counts) == list(np.bincount(found.tile, minlength=tiles))
    voxels, actions, heads = np.empty((3, count), np.int32)
    ranked = np.argsort(tile_keys, kind="stable")
    arrange(found, counts, ranked, starts, heads, np.empty(count, np.uint64), voxels, actions)
    expected = np.lexsort((found.voxel, found.key, tile_keys[found.tile]))
    assert list(voxels) == list(found.voxel[expected])
    assert list(actions) == list(found.action[expected])
