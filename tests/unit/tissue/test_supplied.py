"""What diffuses, and what does not: levels that vessels hold, and matrix that stays where it is laid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from seedsoil.tissue.dosing import Doses
from seedsoil.tissue.model import Setting, TissueModel
from tests.tissue_scenes import kind, substance

SHAPE = (1, 5, 7)


def test_what_does_not_move_stays_where_it_is_made() -> None:
    """Matrix by one cell, two days: s / k (1 - exp(-kt)) to 2 per cent in its voxel, and none in any other."""
    matrix = substance("matrix", diffusion="0 um^2/min", decay="0.001 /min", time="passing")
    cell = kind("cell", "host", secretion={"matrix": "0.002 /min"})
    model = TissueModel(Setting(SHAPE), [cell], [matrix])
    model.put("cell", np.array([2 * 7 + 3]))
    for _ in range(49):  # the first step begins with what is there
        model.step()
    level = model.level("matrix")
    assert float(level[0, 2, 3]) == pytest.approx(2.0 * (1.0 - math.exp(-0.001 * 1440.0 * 2.0)), rel=0.02)
    assert np.count_nonzero(level) == 1


def test_what_is_at_rest_must_move() -> None:
    """In one line, before any block."""
    with pytest.raises(ValidationError, match="diffusion: what does not move never comes to rest"):
        substance("matrix", diffusion="0 um^2/min")


def test_vessels_hold_the_level_of_blood() -> None:
    """What blood holds and a dose of it, in an open vessel; none where no blood flows: catches a level a step late."""
    drug = substance("drug", diffusion="1000 um^2/min", decay="0.01 /min", wall="open", in_blood="1")
    model = TissueModel(
        Setting(SHAPE, perfuse_every=1),
        [kind("vessel", "vessel")],
        [drug],
        [Doses("drug", 4.0, 1.0 / 24.0, start=1 / 24)],
    )
    way = np.arange(7) + 2 * 7
    model.lay("vessel", way)
    for expected in (1.0, 5.0, 3.0, 2.0):
        model.settle()
        assert model.level("drug").ravel()[way] == pytest.approx(expected, rel=1e-6)
        assert 0.0 < model.level("drug")[0, 0, 0] < expected
        model.step()
    model.lattice.condition.ravel()[way[3]] = 2
    model.step()
    assert not model.level("drug").any()


def test_cells_feel_the_field_of_their_own_step() -> None:
    """A cell that makes a poison is put between two steps: the others die in the second. Catches a field that lags a step behind."""
    rule = {"signal": "poison", "raises": "death", "by": "1e6 /day", "half": "0.5", "power": 4}
    poison = substance("poison", diffusion="1e5 um^2/min", decay="0.001 /min")
    well, source = kind("well", "host", rules=[rule]), kind("source", "host", secretion={"poison": "100 /min"})
    model = TissueModel(Setting(SHAPE), [well, source], [poison])
    model.put("well", np.arange(7))
    deaths = []
    for _ in range(2):
        model.step()
        deaths.append(model.tallies()["well"]["deaths"])
        model.put("source", np.array([2 * 7 + 3]))
    assert deaths == [0, 7]
