"""A scene says whose barrier its vessels have, or how far it opens; what it says is what is built, or refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from seedsoil.catalogue.load import entry
from seedsoil.foundation.errors import StudyError
from seedsoil.scene.build import build
from seedsoil.scene.explain import explain
from seedsoil.scene.text import read_scene, written


def _scene(*without: str, **walls: Any) -> dict[str, Any]:
    """The capillary of the catalogue's scene, with walls of another kind."""
    table = written("single_capillary")[1]
    table["scene"]["without"] = list(without)
    return table | {"walls": walls}


@pytest.mark.parametrize(
    ("walls", "ceiling"),
    [
        ({}, None),
        ({"organ": "liver"}, None),
        ({"organ": "brain"}, float(entry("organs", "brain").barrier.ceiling)),
        ({"ceiling": 0.3}, 0.3),
        ({"ceiling": 0}, 0.0),
    ],
)
def test_the_barrier_is_an_organs_or_as_told(walls: dict[str, Any], ceiling: float | None) -> None:
    """Catches a ceiling of 0 that is taken for none; switched off there is none, whoever named it."""
    assert build(read_scene(_scene(**walls))).setting.ceiling == ceiling
    assert build(read_scene(_scene("barrier", **walls))).setting.ceiling is None
    told = "Vessels have a barrier that VEGF opens, at most to" in explain(read_scene(_scene(**walls)))
    assert told == (ceiling is not None)


@pytest.mark.parametrize(
    ("walls", "said"),
    [
        ({"organ": "brian"}, "walls.organ: the catalogue has no 'brian' among its organs. Did you mean 'brain'?"),
        (
            {"organ": "brain", "ceiling": 0.2},
            "walls: organ, ceiling: of one barrier; name the organ that has it, or say",
        ),
        ({"ceiling": 1.2}, "walls.ceiling: 1.2 is above 1, the most allowed"),
    ],
)
def test_a_barrier_that_cannot_be_is_told(walls: dict[str, Any], said: str) -> None:
    """In one line each."""
    with pytest.raises(StudyError) as told:
        build(read_scene(_scene(**walls)))
    (fault,) = told.value.faults
    assert said in fault
