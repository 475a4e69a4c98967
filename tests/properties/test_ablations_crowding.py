"""Crowding switched off: growth at one pace, and drugs that kill cells in cycle find more of them."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.clone import Crowding
from seedsoil.body.state import CELLS
from tests.properties.examples import ONE_CLONE
from tests.properties.plain import agent, lived, made, speed, who

STILL = (*ONE_CLONE, "hypoxia")
CROWDED = who(crowding=made(Crowding, onset=1e6, capacity=1e12))


def test_crowding() -> None:
    """Half way to its capacity a tumour grows at half its pace; off, or below the onset, as one that never crowds: to the byte."""
    free = lived(who(), [(56.0, {})], (), STILL, cells=1e9)
    assert speed(free, 1e9) == pytest.approx(0.05, rel=2e-3)
    assert lived(CROWDED, [(56.0, {})], (), (*STILL, "crowding"), cells=1e9).tobytes() == free.tobytes()
    crowded = lived(CROWDED, [(56.0, {})], (), STILL, cells=1e9)
    left = np.log(1e12 / 1e9) * np.exp(-0.05 / np.log(1e6) * 56.0)
    assert np.log(1e12 / crowded[-1, CELLS]) == pytest.approx(left, abs=2e-3)
    small = [lived(one, [(56.0, {})], (), STILL, cells=1e4).tobytes() for one in (CROWDED, who())]
    assert small[0] == small[1]


@pytest.mark.parametrize("specificity", [0.0, 1.0])
def test_few_cells_of_a_large_tumour_cycle(specificity: float) -> None:
    """At the capacity half of the usual divisions are left, and half of the kill by a drug of cells in cycle: catches 2 %.

    A day's kill is read, before the survivors have room again.
    """
    drug = agent("drug", kill=(0.3, 1e-9, 1.0, specificity))
    rows = lived(CROWDED, [(0.5, {"drug": 1.0})], [drug], STILL, cells=1e12, every=0.5)
    killed = 0.3 * (0.5 if specificity else 1.0)
    assert speed(rows, 1e12, 0.5) == pytest.approx(-killed, rel=0.02)
