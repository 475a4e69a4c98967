"""Strides: growth far from diagnosis goes by many weeks at once, and nothing that is asked later can tell."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.body.state import (
    ACTIVE,
    ARRIVED,
    BURDEN_HAZARD,
    BURDEN_POWER,
    CELLS,
    DEATH,
    DIVISION,
    DORMANT,
    ESTABLISHED,
    FATE,
    HAZARD,
    LESIONS,
    LETHAL,
    NOW,
    PARENT,
    REACHED,
    SITE,
    SPENT,
    with_room,
)
from seedsoil.experiment import grow as growth
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import mix, new_stream
from tests.properties.examples import TWO_POOL, lesion_of
from tests.properties.plain import AT, compiled, mechanism, who

PATIENTS = 300
#: A tumour that grows by 1.2 % a day: it strides four weeks at a time.
SLOW = {"division_rate": 0.0495, "death_rate": 0.0375, "unmatched_death_rate": 0.0, "hypoxic_death_rate": 0.0}


SHEDDING = 3e-8
#: All soils are alike, so that tumours grow at the rates that stand here.
EVEN = ("soil matching",)


@lru_cache(maxsize=2)
def _grown(longest: float) -> Any:
    """Of each patient: age of the tumour, lesions, cells in them (log), cells that resist (log) [patients, 4]."""
    person = who(mechanisms=(mechanism("one", 1e-7),), viable_when_shed=1.0, shedding_rate=SHEDDING, **SLOW)
    found = np.zeros((PATIENTS, 4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growth, "LONGEST_STRIDE", longest)
        for number in range(PATIENTS):
            grown = growth.grow(person, TWO_POOL, growth.Diagnosis(8.0), 20 + int(longest), number, EVEN)
            state, lesions = grown.state, int(grown.state.count[LESIONS])
            resistant = (state.kind[0, : state.used[0]] > 0) * state.cells[0, : state.used[0]]
            spread = state.lesion[1:lesions, CELLS].sum()
            found[number] = grown.day, lesions - 1, np.log1p(spread), np.log1p(resistant.sum())
    return found


def test_strides_leave_the_day_of_diagnosis_and_all_that_is_found_then() -> None:
    """300 slow tumours by strides of four weeks, and 300 week by week: age at diagnosis, metastases, resistant cells.

    Means and spreads of all four within six standard errors of their difference: catches 14 days of 1,600,
    8 % of the metastases, and a factor of 1.5 in the cells that resist; in the squares of the spreads 70 %.
    """
    month, week = _grown(growth.LONGEST_STRIDE), _grown(growth.STEP_DAYS)
    for one, other in ((month, week), *[tuple((e - e.mean(axis=0)) ** 2 for e in (month, week))]):
        error = np.sqrt((one.var(axis=0) + other.var(axis=0)) / PATIENTS)
        assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) < 6.0 * error).all()
    assert week[:, 1].mean() > 3.0
    assert (week[:, 3] > 0.0).mean() > 0.5


def test_slow_tumours_stride() -> None:
    """The slow tumour above goes four weeks at a time while it is small, and by weeks in the end; a fast one by weeks only."""
    gaps = {}
    for name, rates in (("slow", SLOW), ("fast", SLOW | {"division_rate": 0.15})):
        grown = growth.grow(who(**rates), TWO_POOL, growth.Diagnosis(8.0), 1, 1, (*EVEN, "metastasis"))
        days: list[float] = []
        growth.watch_growth(grown, lambda state, days=days: days.append(float(state.clock[NOW])))
        gaps[name] = np.diff([*days, grown.day])
    assert set(gaps["slow"]) == {7.0, 28.0}
    assert gaps["slow"][0] == 28.0
    assert gaps["slow"][-1] == 7.0
    assert (gaps["slow"] == 28.0).sum() > 20
    assert set(gaps["fast"]) == {7.0}


def _sleepers(lesions: int, active: float, now: float) -> Any:
    """A patient on some day with founders that were established before it, while the last step went on; and the model."""
    model = compiled(who(shedding_rate=0.0, **(SLOW | {"division_rate": 0.1})), (*EVEN, "metastasis", "resistance"))
    state = with_room(lesion_of(model, AT["skin"], 1e3), lesions + 1, lesions + 1)
    state.clock[NOW] = now
    for row in range(1, lesions + 1):
        state.lesion[row, [SITE, PARENT, FATE]] = AT["lung"], 0.0, DORMANT
        state.lesion[row, [ARRIVED, ACTIVE]] = active - 5.0, active
        state.lesion_key[row] = np.uint64(mix(np.uint64(31), np.uint64(row)))
    state.count[LESIONS] = lesions + 1
    return state, model


@pytest.mark.parametrize("active", [3.0, 28.0, 40.0])
def test_a_lesion_established_within_a_stride_begins_on_its_own_day(active: float) -> None:
    """600 founders established before, on and after the day from which the stride of four weeks goes: mean cells at its end.

    Within six standard errors of M exp(r t) from their own day: catches four days of growth.
    """
    state, model = _sleepers(600, active, 28.0)
    ending, state = growth.run_until(new_stream(4, 4), state, 56.0, model, nothing(0), growth.scratch(model), 28.0)
    assert ending == REACHED
    cells = state.lesion[1:601, CELLS]
    rate = model.site[0, AT["lung"], DIVISION] - model.site[0, AT["lung"], DEATH]
    truth = model.trait[ESTABLISHED] * np.exp(rate * (56.0 - active))
    error = cells.std() / np.sqrt(len(cells))
    assert 6.0 * error < truth * np.expm1(rate * 4.0)
    assert abs(cells.mean() - truth) < 6.0 * error


@pytest.mark.parametrize("days", [7.0, 28.0, 84.0])
def test_the_hazard_of_a_stride_is_that_of_exponential_growth(days: float) -> None:
    """One step of a lesion that grows steadily, the hazard as its volume squared: the integral to 0.2 %.

    The mean of the two ends' hazards would be 2.5 % too high after a week at this pace, and more than double after twelve.
    """
    model = compiled(
        who(shedding_rate=0.0, **(SLOW | {"division_rate": 0.0775})), (*EVEN, "metastasis", "resistance", "hypoxia")
    )
    place, cells, power = AT["skin"], 1e9, 2.0
    model.trait[BURDEN_HAZARD], model.trait[BURDEN_POWER], model.site[0, place, LETHAL] = 1e-2, power, 1e13
    state = lesion_of(model, place, cells)
    first = 1e-2 * (cells / 1e13) ** power
    state.clock[HAZARD] = first
    ending, state = growth.run_until(new_stream(4, 5), state, days, model, nothing(0), growth.scratch(model), days)
    assert ending == REACHED
    rise = np.log(state.lesion[0, CELLS] / cells) * power
    assert rise == pytest.approx(power * 0.04 * days, rel=0.02)
    assert state.clock[SPENT] == pytest.approx(first * days * np.expm1(rise) / rise, rel=2e-3)
