"""Blocks read eight voxels at a time, and places about a cell as bits: the same as voxel by voxel, at faces and odd ends too."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.foundation.streams import new_stream
from seedsoil.tissue.cells.rounds import Rounds
from seedsoil.tissue.cells.senses import free_places, ones
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
def test_slabs_propose_what_the_block_does(shape: tuple[int, int, int], full: float) -> None:
    """Layers asked one by one, whose bounds lie within eights: catches a cell of a shared eight asked twice, or not at all."""
    model = _model(shape, full)
    rounds = Rounds(shape, model.laws, new_stream(5, 0))
    whole = rounds.ask(model.lattice, 1 / 24, 3, 0, lambda work: [work(0, shape[0])])
    whole = tuple(each.copy() for each in whole)
    parts = Rounds(shape, model.laws, new_stream(5, 0)).ask(
        model.lattice, 1 / 24, 3, 0, lambda work: [work(layer, layer + 1) for layer in range(shape[0])]
    )
    assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))
    assert np.all(np.diff(whole[0]) > 0)
    assert np.all(model.lattice.kind.ravel()[whole[0]] > 0)


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
    """About every voxel of a block, place by place in the order of memory: catches one bit at the wrong place, and the own one."""
    model = _model(shape, 1.2)
    kinds, takes = model.lattice.kind, model.laws.takes
    for kind in (1, 2):
        for place in np.ndindex(shape):
            first = [max(at - 1, 0) for at in place]
            expected = 0
            for bit, step in enumerate(np.ndindex(3, 3, 3)):
                there = tuple(int(at) for at in np.add(first, step))
                near = all(
                    at < length and abs(at - own) <= 1 for at, length, own in zip(there, shape, place, strict=True)
                )
                if near and there != place and takes[kind, kinds[there]]:
                    expected |= 1 << bit
            found = free_places(kind, *place, model.lattice, model.laws)
            assert int(found) == expected
            assert int(ones(found)) == expected.bit_count()
