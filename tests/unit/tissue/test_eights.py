"""Blocks read eight voxels at a time, and places about a cell as bits: the same as voxel by voxel, at faces and odd ends too."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.foundation.streams import TISSUE_EVENT, TISSUE_GLANCE, aim, bits, new_stream, uniform
from seedsoil.tissue.cells.order import corner, spot
from seedsoil.tissue.cells.propose import MOST_ROUNDS
from seedsoil.tissue.cells.rounds import Rounds
from seedsoil.tissue.cells.senses import bit_behind, free_places, ones
from seedsoil.tissue.lattice import AT_ONCE, CLEARING, DEATH, DIVISION
from seedsoil.tissue.model import Setting, TissueModel

_SHAPES = [(1, 1, 1), (1, 3, 5), (1, 9, 31), (3, 5, 7), (5, 11, 29), (2, 8, 64)]


def _model(shape: tuple[int, int, int], full: float) -> TissueModel:
    """A block of two kinds at random, of which the second may take the places of the first; some are dead."""
    luck = np.random.default_rng(shape[2])
    kinds = [
        CellKind.model_validate(
            {"name": name, "title": name, "part": "tumour", "division": "8 /day", "death": "3 /day", "yields": name == "host",
             "invasion": 0.5 if name == "tumour" else 0.0, "body_time": "1 day", "ghost_time": "1 day"}
        )
        for name in ("host", "tumour")
    ]  # fmt: skip
    model = TissueModel(Setting(shape, seed=5), kinds, [])
    for kind in kinds:
        model.put(kind.name, luck.random(shape) < full / 2)
    dead = luck.random(shape) < 0.3
    model.lattice.condition[dead & (model.lattice.kind > 0)] = 1
    return model


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("full", [0.0, 0.3, 1.6])
def test_tiles_propose_what_the_block_does(shape: tuple[int, int, int], full: float) -> None:
    """Tiles asked one by one: catches one that is asked twice or not at all, and a proposal of nobody or of another's place."""
    model = _model(shape, full)
    rounds, others = (Rounds(shape, model.laws, new_stream(5, 0)) for _ in range(2))
    whole = rounds.ask(model.lattice, 1 / 24, 3, 0, lambda work, tiles: [work(0, tiles)])
    parts = others.ask(model.lattice, 1 / 24, 3, 0, lambda work, tiles: [work(tile, tile + 1) for tile in range(tiles)])
    assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))
    assert np.array_equal(rounds.counts, others.counts)
    for tile, places in enumerate(np.split(whole.place, np.cumsum(rounds.counts)[:-1])):
        assert np.all(np.diff(places.astype(int)) > 0)
        for place in places:
            assert model.lattice.kind[tuple(np.add(corner(tile, *shape[1:]), spot(place)))] > 0


@pytest.mark.parametrize("shape", [(2, 3, 70), (9, 9, 9), (1, 20, 24)])
def test_first_bits_settle_what_the_whole_luck_says(shape: tuple[int, int, int]) -> None:
    """Cell by cell by its whole luck, for hazards that nothing changes: catches a bound in the wrong place, and a luck of another."""
    model = _model(shape, 2.0)
    found = Rounds(shape, model.laws, new_stream(5, 0)).ask(
        model.lattice, 1 / 24, 3, 0, lambda work, tiles: [work(0, tiles)]
    )
    stream, done = new_stream(5, 0), Counter(found.action.tolist())
    expected: Counter[int] = Counter()
    for z, y, x in np.ndindex(shape):
        aim(stream, TISSUE_GLANCE, (z * shape[1] + y) * -(-shape[2] // 8) + x // 8, 3 * MOST_ROUNDS)
        drawn = int(bits(stream)) | int(bits(stream)) << 64
        aim(stream, TISSUE_EVENT, (z * shape[1] + y) * shape[2] + x, 3 * MOST_ROUNDS)
        luck = ((drawn >> 16 * (x % 8)) % 2**16 + uniform(stream)) / 2**16
        if model.lattice.kind[z, y, x] and model.lattice.condition[z, y, x]:
            expected[CLEARING] += luck < 1.0 - np.exp(-1.0 / 24.0)
        elif model.lattice.kind[z, y, x]:
            dies, there = 1.0 - np.exp(-3.0 / 24.0), 24.0 * (1.0 - np.exp(-1.0 / 24.0))
            expected[AT_ONCE + DEATH] += luck < dies * (1.0 - there)
            expected[DEATH] += dies * (1.0 - there) <= luck < dies
            expected[DIVISION] += dies <= luck < 1.0 - (1.0 - dies) * (2.0 - np.exp(8.0 / 24.0))
    assert sum(expected.values()) > 3
    assert {act: done[act] for act in expected} == dict(expected)


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("full", [0.0, 0.3, 1.6])
def test_census_counts_every_voxel(shape: tuple[int, int, int], full: float) -> None:
    """Against a count by mask: catches an end that is left out."""
    model = _model(shape, full)
    kind, condition = model.lattice.kind, model.lattice.condition
    for number, name in enumerate(("host", "tumour"), 1):
        assert list(model.counts()[name].values()) == [
            int(((kind == number) & (condition == c)).sum()) for c in range(3)
        ]


@pytest.mark.parametrize("shape", _SHAPES)
def test_free_places_are_those_a_kind_takes(shape: tuple[int, int, int]) -> None:
    """About every voxel of a block, place by place in the order of memory, and the first of them, the second ...: catches one bit at the wrong place, and the own one."""
    model = _model(shape, 1.2)
    kinds, takes = model.lattice.kind, model.laws.takes
    for kind in (1, 2):
        for place in np.ndindex(shape):
            expected = 0
            for bit, step in enumerate(np.ndindex(3, 3, 3)):
                there = tuple(int(at) - 1 for at in np.add(place, step))
                near = all(0 <= at < length for at, length in zip(there, shape, strict=True))
                if near and there != place and takes[kind, kinds[there]]:
                    expected |= 1 << bit
            found = free_places(kind, *place, model.lattice, model.laws)
            assert int(found) == expected
            assert int(ones(found)) == expected.bit_count()
            bits_set = [bit for bit in range(27) if expected >> bit & 1]
            assert [int(bit_behind(found, number)) for number in range(len(bits_set))] == bits_set
