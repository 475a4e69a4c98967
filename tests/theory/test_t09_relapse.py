"""T9: after a resection S(t) = exp(-int nu n(s) (1 - xi) eta^(M - 1) (t - s) ds): no lesion of M cells by day t."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.journey.cascade import establishment
from seedsoil.body.state import (
    CELLS,
    DEATH,
    DIVISION,
    FATE,
    LESIONS,
    RESECTED,
    SHED_GAIN,
    SHEDDING,
    State,
    copy_state,
    with_room,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import new_stream
from tests.properties.examples import TWO_POOL, changed, lesion_of
from tests.properties.plain import AT, ORGANS, compiled, factors, host, soil, who

#: Cells of the primary, which neither divide nor die; day of its resection; size at which a relapse shows.
PRIMARY, RESECTION, SHOWS = 1e6, 28.0, 2000.0
LOOKS = (49.0, 56.0, 70.0, 140.0)
#: Vessels that stay as they are.
FIXED = changed(
    TWO_POOL,
    sprouting=0.0,
    maturation=0.0,
    destabilisation=0.0,
    immature_loss=0.0,
    mature_loss=0.0,
    mature_turnover=0.0,
)
VESSELS = (1.0, 0.0)


@lru_cache(maxsize=4)
def _model(shedding: float) -> Any:
    """Only the lung lets cells divide (at 0.24, dying at 0.1 a day); in skin, where the primary lies, nobody dies."""
    body = host(
        lung=soil("lung", ligands=factors(egf=1.0)), skin=soil("skin", ligands=factors(iron=1.0)),
        liver=soil("liver", ligands=factors(iron=1.0)), brain=soil("brain", ligands=factors(iron=1.0)),
    )  # fmt: skip
    person = who(
        body, division_rate=0.3, death_rate=0.0, unmatched_death_rate=0.2, hypoxic_death_rate=0.0,
        ligand_half_saturation=0.0, receptors=factors(egf=0.8), survival_receptors=factors(egf=0.5, iron=1.0),
        shedding_rate=shedding, hypoxic_shedding_gain=0.0,
    )  # fmt: skip
    model = compiled(person, ("resistance", "instability", "competence", "dormancy", "sprouting"), FIXED)
    assert model.site[0, AT["skin"], [DIVISION, DEATH]].tolist() == [0.0, 0.0]
    assert model.emission_total[0, 0, AT["skin"]] == model.emission[0, AT["skin"], AT["lung"]] > 0.0
    assert (model.trait[SHEDDING], model.trait[SHED_GAIN]) == (shedding, 0.0)
    return model


def _law(shedding: float, day: float) -> float:
    """Lesions of at least ``SHOWS`` cells expected on a day."""
    model = _model(shedding)
    birth, death = model.site[0, AT["lung"], [DIVISION, DEATH]]
    rate = birth - death
    seeds = PRIMARY * shedding * VESSELS[0] * model.emission_total[0, 0, AT["skin"]]
    seeds /= float(establishment(birth, death, 50.0))  # the law's families may die out on the way
    nodes, weights = np.polynomial.legendre.leggauss(40)
    age = day - 0.5 * RESECTION * (1.0 + nodes)
    gone = np.exp(-rate * age)
    lost, ratio = death * (1.0 - gone) / (birth - death * gone), birth * (1.0 - gone) / (birth - death * gone)
    return float(0.5 * RESECTION * (weights * (1.0 - lost) * ratio ** (SHOWS - 1.0)).sum() * seeds)


def _shown(model: Any, seed: int, start: State) -> list[int]:
    """Lesions that show on each day looked at, of one patient."""
    stream, work, state = new_stream(seed, 0), scratch(model), copy_state(start)
    _, state = run_until(stream, state, RESECTION, model, nothing(0), work)
    state.lesion[0, CELLS], state.lesion[0, FATE], state.used[0] = 0.0, RESECTED, 0
    found = []
    for day in LOOKS:
        _, state = run_until(stream, state, day, model, nothing(0), work)
        found.append(int((state.lesion[1 : state.count[LESIONS], CELLS] >= SHOWS).sum()))
    return found


def _start(model: Any, lesions: int) -> State:
    return with_room(lesion_of(model, AT["skin"], PRIMARY, vessels=VESSELS), lesions, 5000)


def test_expected_relapses() -> None:
    """Two thousand lesions of one patient: how many show on each day: catches 15 % on each."""
    shedding = 2e-3
    shown = _shown(_model(shedding), 9, _start(_model(shedding), 4000))
    assert shown[-1] > 1500
    for seen, day in zip(shown, LOOKS, strict=True):
        mean = _law(shedding, day)
        assert abs(seen - mean) < 6.0 * math.sqrt(mean) + 0.02 * mean


def test_survival_without_relapse() -> None:
    """Two thousand patients with a seed or two each: the share without a relapse by each day: catches 0.07 of them."""
    shedding, runs = 1.2e-6, 2000
    model = _model(shedding)
    start = _start(model, 32)
    free = (np.array([_shown(model, seed, start) for seed in range(runs)]) == 0).mean(axis=0)
    for share, day in zip(free, LOOKS, strict=True):
        law = math.exp(-_law(shedding, day))
        assert abs(share - law) < 6.0 * math.sqrt(law * (1.0 - law) / runs) + 0.002
    assert 0.2 < free[-1] < free[-2] < free[0] < 0.98


def test_an_earlier_resection_leaves_fewer() -> None:
    """None on the first day, all by the last: relapse-free for ever is exp(-nu N T) with all that would show."""
    assert _law(1e-6, LOOKS[0]) < _law(1e-6, LOOKS[-1])
    model = _model(1e-6)
    seeds = PRIMARY * 1e-6 * VESSELS[0] * model.emission_total[0, 0, AT["skin"]] * RESECTION
    assert _law(1e-6, 1000.0) == pytest.approx(seeds, rel=1e-6)
    assert [name for name in ORGANS if model.emission[0, AT["skin"], AT[name]] > 0.0] == ["lung"]
