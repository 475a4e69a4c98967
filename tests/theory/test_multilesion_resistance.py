"""One drug, two in sequence, two at once: the formula against lesions drawn by the engine's law, and limits of both."""

import math
from dataclasses import replace

import numpy as np
import pytest

from seedsoil.evidence.resistance import COURSES, Resistance, by_formula, drawn, patient_failure
from seedsoil.evidence.treated import failures, patients, usual
from seedsoil.foundation.errors import ModelError
from tests.theory.laws import z_of_share

pytestmark = pytest.mark.theory

#: Cells that mutate often, so that lesions small enough to be drawn fail now and then.
QUICK = Resistance(0.25, 0.15, 0.40, 2e-6, 50.0, 20.0, 0.0)
CROSSED = replace(QUICK, both=1.0)
RUNS = 5000


@pytest.mark.parametrize(
    ("model", "cells", "course", "seed"),
    [
        (QUICK, 8000, "one", 1),
        (QUICK, 16_000, "in sequence", 2),
        (replace(QUICK, mutation=5e-6), 100_000, "at once", 3),
        (CROSSED, 50_000, "at once", 4),
        (CROSSED, 10_000, "in sequence", 5),
    ],
)
def test_formula_and_drawn_lesions_agree(model: Resistance, cells: int, course: str, seed: int) -> None:
    """5,000 lesions: catches 0.04 in a chance between 0.1 and 0.9, so mutation under treatment left out (a third of it),
    a cell's line that need not live on (2.5-fold), and a second mutation counted by the mean of first ones.
    """
    chance = by_formula(model, cells, course)
    assert 0.1 < chance < 0.9
    lost = int(drawn(model, cells, course, RUNS, seed).sum())
    assert abs(z_of_share(lost, RUNS, chance)) < 6


def test_one_drug_in_closed_form() -> None:
    """1 - exp(-M u n (1 + s / s')), for lines that live on: exact to 1e-12, and additive over a patient's lesions."""
    model = usual()
    lines = 1e7 * 1e-9 * 50 * (1 + 0.01 / 0.03)
    assert by_formula(model, 1e7, "one") == pytest.approx(-math.expm1(-lines), rel=1e-12)
    assert patient_failure(model, [4e6, 6e6], "one") == pytest.approx(-math.expm1(-lines), rel=1e-12)
    assert patient_failure(model, [1e5] * 100, "at once") == pytest.approx(by_formula(model, 1e7, "at once"), rel=1e-6)


def test_second_mutations_by_brute_force() -> None:
    """Two steps: the closed Riccati solution against its equation integrated step by step, to 1e-4."""
    model, second = QUICK, QUICK.mutation * QUICK.second
    b, d, held, lives = model.birth, model.death, model.treated_death, model.lives
    chance, step = 0.0, 0.01
    for _ in range(20_000):  # under treatment, to its rest
        chance += step * _gain(chance, b, held, second, lives)
    under, total, time = chance, 0.0, 0.0
    for _ in range(40_000):
        middle = chance + 0.5 * step * _gain(chance, b, d, second, lives)
        total += step * math.exp(-model.growth * (time + 0.5 * step)) * middle
        chance += step * _gain(middle, b, d, second, lives)
        time += step
    one_way = b * model.mutation * model.first * (total + under / model.decline)
    alone = replace(model, both=0.0)
    both_ways = -math.log1p(-by_formula(alone, 1e5, "at once")) / 1e5
    swapped = replace(alone, first=alone.second, second=alone.first)
    assert both_ways == pytest.approx(-math.log1p(-by_formula(swapped, 1e5, "at once")) / 1e5, rel=1e-12)
    assert one_way < both_ways < 3.0 * one_way
    # With nothing to gain the other way round, one way is all.
    from seedsoil.evidence.resistance import _by_one

    assert _by_one(model, model.first, model.second) == pytest.approx(one_way, rel=1e-4)


def _gain(q: float, birth: float, death: float, second: float, lives: float) -> float:
    """Change a day of the chance to escape: f' = b (1 - v) f^2 + b v f (1 - w) + d - (b + d) f, for f = 1 - q."""
    f = 1.0 - q
    return -(birth * (1 - second) * f * f + birth * second * f * (1 - lives) + death - (birth + death) * f)


def test_orders_that_must_hold() -> None:
    """At once is never worse than in sequence, which is never worse than one; a shared site and more cells are never better."""
    for model in (usual(), QUICK, CROSSED):
        for cells in (1e4, 1e6, 1e8, 1e10):
            one, sequence, once = (by_formula(model, cells, course) for course in COURSES)
            assert once <= sequence + 1e-12
            assert sequence <= one + 1e-12
            assert by_formula(model, 2 * cells, "at once") >= once
    assert by_formula(usual(1.0), 1e9, "at once") > 10 * by_formula(usual(), 1e9, "at once")
    every_site = replace(usual(), first=0.0, second=0.0, both=50.0)
    assert by_formula(every_site, 1e8, "at once") == pytest.approx(by_formula(usual(), 1e8, "one"), rel=1e-12)


def test_patients() -> None:
    """22 of them; a row for each, chances between 0 and 1, larger burdens worse."""
    who = patients()
    found = failures(usual(), who)
    assert len(who) == 22
    for chances in found.values():
        assert len(chances) == 22
        assert all(0.0 <= chance <= 1.0 for chance in chances)
    burden = np.array([sum(one.lesions) for one in who])
    assert (np.diff(np.array(found["two at once"])[np.argsort(burden)]) >= -1e-9).all()


def test_bad_numbers_are_refused_all_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        Resistance(-1.0, math.nan, 0.4, 1e-9, 50, 50)
    assert len(caught.value.faults) == 2
    with pytest.raises(ModelError, match="birth is .* it must exceed death"):
        Resistance(0.1, 0.2, 0.4, 1e-9, 50, 50)
    with pytest.raises(ModelError, match=r"0\.1 per division"):
        Resistance(0.2, 0.1, 0.4, 1e-2, 50, 50)
    with pytest.raises(ModelError, match="in sequence"):
        by_formula(QUICK, 1e5, "together")
