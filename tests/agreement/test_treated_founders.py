"""Founders' families under any treatment, by the engine and by its plain twin: as many cells of each are there."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.body.state import CELLS, EXPOSED, EXTINCT, FATE, LESIONS, PARENT, SHEDDING
from seedsoil.body.twin import step
from tests.agreement.luck import any_founders, anyone
from tests.agreement.pair import Pair


@pytest.mark.parametrize("number", [2, 8, 11])
@pytest.mark.parametrize("exposed", [True, False])
def test_families_of_anyone(number: int, exposed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty founders of all sorts through 63 days of drugs and signals: whole, fewer, or none, the same in both.

    A line that leaves another, a risk off by 1e-3 or a draw out of turn shows in the first family that is counted.
    """
    state, model, timeline = anyone(number)
    model.trait[EXPOSED], model.trait[SHEDDING] = float(exposed), 0.0
    state.count[LESIONS], state.used[0], state.lesion[0, [CELLS, FATE]] = 1, 0, (0.0, EXTINCT)
    state = any_founders(np.random.default_rng(number), state, model, 60)
    state.lesion[1:61, PARENT] = 0.0
    counted: list[float] = []

    def spared(*given: object) -> float:
        counted.append(_spared(*given))  # type: ignore[arg-type]
        return counted[-1]

    _spared = step.spared
    monkeypatch.setattr(step, "spared", spared)
    pair = Pair(state, model, timeline, 3, number)
    pair.live(63.0)
    assert len(counted) >= 55
    whole = [cells == pair.rules.established for cells in counted]
    if not exposed:
        assert all(whole)
        return
    assert counted.count(0.0) > 5
    assert sum(not each and cells > 0.0 for each, cells in zip(whole, counted, strict=True)) > 5
