"""Filling a block: whom one puts where, and what is refused before a kernel reads past an array."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.lattice import CELLS
from seedsoil.tissue.model import Setting, TissueModel
from tests.tissue_scenes import block, kind

SHAPE = (1, 4, 5)


def _model() -> TissueModel:
    kinds = [kind("tumour", programme_time="1 day"), kind("vessel", "vessel"), kind("tip", "sprout")]
    return block(SHAPE, kinds, tree=True)


REFUSED: dict[str, tuple[Callable[[TissueModel], object], str]] = {
    "a name": (lambda model: model.put("tumor", np.array([1])), "put: no kind of cell 'tumor' here. Did you mean"),
    "a vessel put": (lambda model: model.put("vessel", np.array([1])), "put: 'vessel' is a vessel; lay a vessel"),
    "a tip put": (lambda model: model.put("tip", np.array([1])), "put: 'tip' is a sprout; lay a vessel"),
    "a cell laid": (lambda model: model.lay("tumour", np.array([1])), "lay: 'tumour' is no vessel; put it"),
    "another mask": (lambda model: model.put("tumour", np.ones((4, 5), bool)), "a mask of the block's shape (1, 4, 5)"),
    "behind the last": (lambda model: model.put("tumour", np.array([20])), "whole numbers from 0 to 19"),
    "before the first": (lambda model: model.lay("vessel", np.array([3, -1])), "whole numbers from 0 to 19"),
    "half a voxel": (lambda model: model.put("tumour", np.array([1.5])), "whole numbers from 0 to 19"),
    "no such clone": (lambda model: model.put("tumour", np.array([1]), clone=7), "put: no clone 7 yet"),
    "no such parent": (lambda model: model.new_clone(parent=7), "new_clone: no clone 7 yet"),
    "no such mechanism": (lambda model: model.new_clone("pump"), "new_clone: no mechanism 'pump' here; known: none"),
    "a day too far": (lambda model: model.run(1e9), "are more than"),
    "a level": (lambda model: model.level("oxygen"), "level: no substance 'oxygen' here"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_filled_is_told(name: str) -> None:
    """In one line, and nothing is changed: catches a write outside the block."""
    wrong, said = REFUSED[name]
    model = _model()
    before = {name: array.tobytes() for name, array in model.lattice._asdict().items()}
    with pytest.raises(ModelError) as caught:
        wrong(model)
    assert said in str(caught.value)
    assert {name: array.tobytes() for name, array in model.lattice._asdict().items()} == before


def test_a_setting_that_cannot_be_is_told_at_once() -> None:
    """Six numbers: six lines."""
    with pytest.raises(ModelError) as caught:
        Setting((0, 5, 5), edge=-1.0, step=float("nan"), tip_spacing=float("inf"), ceiling=1.5, perfuse_every=0)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "shape",
        "edge",
        "step",
        "tip_spacing",
        "ceiling",
        "perfuse_every",
    ]


def test_who_is_put_where_another_was_begins_anew() -> None:
    """Its own number and birth, no programme; the other's life has ended: catches a past that is inherited."""
    model = _model()
    model.put("tumour", np.arange(10))
    model.lattice.memory[...] = 0.5
    model.steps_done = 3
    clone = model.new_clone()
    assert model.put("tumour", np.array([4, 12]), clone=clone) == 2
    model.lay("vessel", np.array([0, 1, 2, 3]))
    lattice = model.lattice
    assert int(lattice.used[CELLS]) == 13
    assert list(lattice.tree_died[1:13]) == [3, 3, 3, 3, 3, -1, -1, -1, -1, -1, -1, -1]
    assert list(lattice.tree_born[1:13]) == [0] * 10 + [3, 3]
    assert list(lattice.cell.ravel()[:6]) == [0, 0, 0, 0, 11, 6]
    assert list(lattice.memory.ravel()[:6]) == [0.0, 0.0, 0.0, 0.0, 0.0, 0.5]
    assert list(lattice.born.ravel()[[0, 4, 5]]) == [3, 3, 0]
    assert model.counts()["tumour"]["alive"] == 7
    assert int(lattice.clone.ravel()[4]) == clone
