"""What treatment leaves of a founder's family before it is counted: the law of a treated family, and cells one by one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import geom

from seedsoil.body.kendall import chance_alive, compose, identity, piece
from seedsoil.body.state import (
    ACTIVE,
    BEGAN,
    CELLS,
    DEATH,
    DIVISION,
    DORMANT,
    ESTABLISHED,
    FATE,
    LESIONS,
    REACHED,
    SITE,
    STEP_DAYS,
    with_room,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.foundation.streams import new_stream
from tests.properties.examples import ONE_CLONE, lesion_of, own
from tests.properties.plain import AT, agent, exposed, who

pytestmark = pytest.mark.theory

BIRTH, DEATHS, READY, FOUNDERS = 0.12, 0.05, 4 * STEP_DAYS, 3000
DRUG = agent("drug", kill=(0.2, 1.0, 1.0, 0.0))
HOLD = agent("hold", blocks={"egf": 1.0})
STASIS = agent("stasis", cytostasis=(0.9, 1.0, 1.0))

#: Days, level of the drug that kills 0.2 L / (1 + L) a day, and whether divisions are held at 0.4 of their rate.
Course = tuple[tuple[float, float, bool], ...]
COURSES: dict[str, Course] = {
    "early": ((4.0, 0.0, False), (6.0, 9.0, False)),
    "late": ((18.0, 0.0, False), (8.0, 9.0, False)),
    "steady": ((60.0, 0.25, False),),
    "held": ((8.0, 0.0, False), (14.0, 0.0, True)),
    "both": ((5.0, 0.0, True), (7.0, 1.0, True), (9.0, 0.0, False), (10.0, 0.5, True)),
}
KEPT = 0.4


@lru_cache(maxsize=8)
def _tables(course: Course, by: str = "hold") -> tuple[Any, Any]:
    """Model and timeline of a patient whose founders divide and die at plain rates, at rest and with divisions held.

    They are held by a blockade, or ``by`` the drug "stasis": at 2 mg/L it leaves as many.
    """
    periods = [(days, {"drug": level, by: (1.0 + (by == "stasis")) * held}) for days, level, held in course]
    model, timeline = exposed(who(), [DRUG, HOLD, STASIS], periods, ONE_CLONE)
    model = own(model)
    model.site[:, :, DIVISION], model.site[:, :, DEATH], model.fitness[:] = BIRTH, DEATHS, 1.0
    model.site[1:, :, DIVISION] *= KEPT
    return model, timeline


def _woken(course: Course, size: int, began: float = 0.0, founders: int = FOUNDERS, by: str = "hold") -> Any:
    """Cells on day ``READY`` in families that would be of a size then, and began to grow on a day [founders]."""
    model, timeline = _tables(course, by)
    model.trait[ESTABLISHED] = size
    state = with_room(lesion_of(model, AT["liver"], 1.0), founders + 2, 4 * founders + 1000)
    rows = state.lesion[1 : founders + 1]
    rows[:, SITE], rows[:, FATE], rows[:, BEGAN], rows[:, ACTIVE] = AT["skin"], DORMANT, began, READY - 1e-7
    state.lesion_key[1 : founders + 1] = np.arange(founders, dtype=np.uint64) + np.uint64(100_000 * size)
    state.count[LESIONS] = founders + 1
    ending, state = run_until(new_stream(3, 1), state, READY, model, timeline, scratch(model))
    assert ending == REACHED
    return state.lesion[1 : founders + 1, CELLS].copy()


def _law(course: Course, span: float) -> tuple[float, float]:
    """Chance to be alive, and mean cells, of a family of one cell that grows through all of a course, in ``span`` days."""
    now, mean, left = identity(), 1.0, span
    for days, level, held in (*course, (span, 0.0, False)):
        here = min(left, days)
        birth, death = BIRTH * (KEPT if held else 1.0), DEATHS + 0.2 * level / (1.0 + level)
        now, mean, left = (
            compose(now, piece(birth, death, 0.0, here)),
            mean * np.exp((birth - death) * here),
            left - here,
        )
    return chance_alive(*now), float(mean)


@pytest.mark.parametrize("name", list(COURSES))
def test_families_of_every_size_make_up_the_law_of_a_treated_one(name: str) -> None:
    """Sizes drawn as an untreated family of 28 days has them, each thinned: alive as often, and as large, as one under treatment.

    The treated law is Kendall's, in closed form. Within six standard errors; catches 3 % of the chance and of the mean.
    """
    course = COURSES[name]
    alive, mean = _law((), READY)
    sizes = np.arange(1, 100)
    weights = alive * geom(alive / mean).pmf(sizes)
    assert weights.sum() == pytest.approx(alive, rel=1e-3)
    lived, cells, errors = 0.0, 0.0, np.zeros(2)
    for size, weight in zip(sizes.tolist(), weights.tolist(), strict=True):
        left = _woken(course, size, founders=1000 if weight < 0.01 else 4000)
        lived += weight * (left > 0.0).mean()
        cells += weight * left.mean()
        errors += weight**2 * np.array([(left > 0.0).var(), left.var()]) / left.size
    law = _law(course, READY)
    assert law[0] < 0.9 * alive
    spread = 6.0 * np.sqrt(errors)
    assert abs(lived - law[0]) < spread[0] + 1e-3 * law[0], (lived, law[0], spread[0])
    assert abs(cells - law[1]) < spread[1] + 4e-3 * law[1], (cells, law[1], spread[1])
    assert (spread < 0.04 * np.array(law)).all(), spread / law


def _plain(course: Course, luck: np.random.Generator) -> tuple[int, int]:
    """One family cell by cell: how many there would be, and how many are there whose line no kill and no held division met."""
    ends, cells, now = np.cumsum([days for days, _, _ in course]), [True], 0.0
    while cells:
        now += luck.exponential(1.0 / ((BIRTH + DEATHS + 0.2) * len(cells)))
        if now > READY:
            break
        at, which = int(np.searchsorted(ends, now)), int(luck.integers(len(cells)))
        _, level, held = course[at] if at < len(course) else (0.0, 0.0, False)
        chance = luck.random() * (BIRTH + DEATHS + 0.2)
        if chance < BIRTH:
            cells.append(cells[which] and luck.random() < (KEPT if held else 1.0))
        elif chance < BIRTH + DEATHS:
            cells.pop(which)
        elif chance < BIRTH + DEATHS + 0.2 * level / (1.0 + level):
            cells[which] = False
    return len(cells), sum(cells)


@pytest.mark.parametrize("name", ["early", "both"])
def test_a_family_cell_by_cell(name: str) -> None:
    """Families that have six cells untreated: how many have 0, 1, ... 6 under treatment, as in histories cell by cell.

    Within six standard errors of 700 histories and more; a family killed or spared whole would show.
    """
    luck = np.random.default_rng(5)
    plain = np.array(
        [left for all_of_them, left in (_plain(COURSES[name], luck) for _ in range(24000)) if all_of_them == 6]
    )
    found = _woken(COURSES[name], 6)
    assert plain.size > 700
    for cells in range(7):
        ours, theirs = (found == cells).mean(), (plain == cells).mean()
        assert abs(ours - theirs) < 6.0 * np.sqrt(max(theirs, 0.01) * (1.0 / plain.size + 1.0 / found.size)), cells
    assert 0.1 < (found == 0).mean() < 0.9
    assert ((found > 0) & (found < 6)).mean() > 0.02


@pytest.mark.parametrize("name", ["held", "both"])
def test_a_family_held_by_a_drug_is_one_held_by_a_blockade(name: str) -> None:
    """Divisions held at one share leave the same families whatever holds them; the law of these is tested above."""
    assert pytest.approx(1.0 - 0.9 * 2.0 / 3.0, rel=1e-12) == KEPT
    found, expected = (_woken(COURSES[name], 20, by=by) for by in ("stasis", "hold"))
    assert (found == expected).all()
    assert (found < 20.0).mean() > 0.1


def test_who_sleeps_is_spared() -> None:
    """A course that is over when a family begins to grow takes nothing from it, nor does one that has no effect.

    The same kill takes more families whole while these are few: it is stronger early than late.
    """
    course = COURSES["early"]
    assert (_woken(course, 50, began=10.0) == 50.0).all()
    assert (_woken(((60.0, 0.0, False),), 50) == 50.0).all()
    gone = {day: (_woken(((day, 0.0, False), (6.0, 9.0, False)), 50) == 0.0).mean() for day in (0.0001, 8.0, 20.0)}
    assert gone[0.0001] > gone[8.0] + 0.2 > gone[20.0] + 0.25
