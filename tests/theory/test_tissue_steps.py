"""The law of a block of tissue hangs little on the length of its steps: births, bodies and crowding at steps of six hours."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.tissue.model import Setting, TissueModel

_QUARTER = 0.25


def _model(
    edge: int, step: float, body_time: str, division: str = "1 /day", rules: tuple[object, ...] = ()
) -> TissueModel:
    kind = CellKind.model_validate(
        {"name": "tumour", "title": "tumour", "part": "tumour", "body_time": body_time, "ghost_time": "1 day",
         "division": division, "death": "0.5 /day", "rules": rules}
    )  # fmt: skip
    return TissueModel(Setting((edge,) * 3, step=step, seed=7), [kind], [])


@pytest.mark.parametrize("by_rule", [False, True])
def test_lone_cells_grow_as_their_hazards_say(by_rule: bool) -> None:
    """64,000 cells on their own, one step of a quarter of a day: e^(births - deaths) times as many, a tenth of their bodies' places free.

    Standard errors 0.0023 and 0.004; an event a cell as hazards have it, daughters who wait for the next step, would give 0.028 less.
    """
    rule = ({"signal": "space", "raises": "division", "by": "1 /day", "half": 1e-9},)
    model = _model(120, _QUARTER, "1 day", "0 /day" if by_rule else "1 /day", rule if by_rule else ())
    founders = model.put("tumour", (np.indices((120,) * 3) % 3 == 1).all(axis=0))
    model.step()
    assert founders == 64_000
    assert model.counts()["tumour"]["alive"] / founders == pytest.approx(math.exp(0.5 * _QUARTER), abs=0.012)
    done = model.tallies()["tumour"]
    assert done["deaths"] / founders == pytest.approx(1.0 - math.exp(-0.5 * _QUARTER), abs=0.006)
    left = (1.0 - math.exp(-_QUARTER)) / _QUARTER
    assert done["cleared"] / done["deaths"] == pytest.approx(1.0 - left, abs=0.02)


def test_a_full_block_is_as_full_at_long_steps() -> None:
    """Where births wait for places, a place is taken as soon at steps of six hours as of a quarter of an hour: catches one that waits for a step."""
    shares = []
    for step in (_QUARTER, 1.0 / 96.0):
        model = _model(24, step, "1 min")
        model.put("tumour", np.ones((24,) * 3, bool))
        model.run(2.0)
        looks: list[float] = []
        while model.day < 4.0:
            model.run(model.day + _QUARTER)
            looks.append(float(model.alive("tumour").mean()))
        shares.append(float(np.mean(looks)))
    assert shares[0] == pytest.approx(shares[1], abs=0.008)
    assert shares[1] == pytest.approx(0.97, abs=0.01)
