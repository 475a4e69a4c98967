"""Cells that join lesions, by the engine and by its plain twin: who holds them, where they sit, and what is told of it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from seedsoil.body.state import HALF_CATCH, IMMATURE, MATURE, TRACKED
from tests.agreement.pair import Pair, founded
from tests.agreement.people import quick_patient


def visited(number: int, tracked: float, without: tuple[str, ...] = ()) -> Pair:
    """A vascular primary of a million cells in a host where lesions of 30,000 hold half of all that arrests."""
    pair = founded(quick_patient(shedding_rate=1.5e-7), number, without, cells=1e6)
    pair.state.lesion[0, [IMMATURE, MATURE]] = 0.5
    pair.state.kind[0, 0] = next(kind.number for kind in pair.rules.kinds if kind.competent and not kind.mask)
    pair.state.clock[TRACKED] = tracked
    if "lesion reseeding" not in without:
        pair.model.site[:, :, HALF_CATCH] = 3e4
    pair.model.landing[:] *= 3.0
    return Pair(pair.state, pair.model._replace(mechanism_rate=np.full(3, 1e-3)), pair.timeline, 7, number)


@pytest.mark.parametrize("tracked", [0.0, 7.0])
def test_lesions_are_joined(tracked: float, tally: Counter[str]) -> None:
    """Self-seeding, primary to metastasis and back, until guests sit in their own slots, in their clone's, and in pools.

    One guest more, another lesion that holds him, or a seat that differs shows at the next step.
    """
    pair = visited(1, tracked)
    pair.live(63.0)
    ways = Counter((one.origin > 0, one.lesion > 0) for one in pair.person.arrivals)
    assert tally["joined"] >= len(pair.person.arrivals) > 40
    assert min(ways[False, False], ways[False, True]) > 5, ways
    foreign = [
        (lesion.number, clone.line)
        for lesion in pair.person.lesions
        for clone in lesion.clones
        if pair.person.lines[clone.line].lesion != lesion.number and clone.line != lesion.founder
    ]
    assert bool(foreign) == bool(tracked)


def test_no_guest_without_lesion_reseeding(tally: Counter[str]) -> None:
    """Switched off, nobody joins, and lesions are founded all the same."""
    pair = visited(1, 0.0, ("lesion reseeding",))
    pair.live(42.0)
    assert not pair.person.arrivals
    assert not tally["joined"]
    assert len(pair.person.lesions) > 5
