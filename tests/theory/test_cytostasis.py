"""Divisions that a drug holds: growth and extinction by closed form, what resists, several drugs, and what kills cells in cycle."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.body.kendall import chance_alive, piece
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
    with_room,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.foundation.streams import new_stream
from tests.properties.examples import ONE_CLONE, lesion_of, own
from tests.properties.plain import AT, agent, exposed, lived, mechanism, speed, who

pytestmark = pytest.mark.theory

BIRTH, DEATHS, FOUNDERS = 0.12, 0.05, 6000
HOLDER = agent("holder", cytostasis=(0.9, 1.0, 1.0), pump=30.0)
OTHER = agent("other", cytostasis=(0.5, 2.0, 2.0))
#: What the first drug holds at 2 mg/L, and the second at 1.
FIRST, SECOND = 0.9 * 2.0 / 3.0, 0.5 * 0.2
#: Divisions of a lesion with full oxygen, and deaths [1/day].
FAST = {"division_rate": 0.3, "death_rate": 0.02, "unmatched_death_rate": 0.0}
PLENTY = ("hypoxia", "soil matching", "metastasis", "instability", "competence", "dormancy")


@lru_cache(maxsize=4)
def _cells(level: float, days: float) -> Any:
    """Cells after some days of lesions that one cell founds under a constant level [founders]."""
    model, timeline = exposed(who(), [HOLDER], [(200.0, {"holder": level})], ONE_CLONE)
    model = own(model)
    model.site[:, :, DIVISION], model.site[:, :, DEATH], model.fitness[:] = BIRTH, DEATHS, 1.0
    model.trait[ESTABLISHED] = 1.0
    state = with_room(lesion_of(model, AT["liver"], 1.0), FOUNDERS + 2, 4 * FOUNDERS + 1000)
    rows = state.lesion[1 : FOUNDERS + 1]
    rows[:, SITE], rows[:, FATE], rows[:, BEGAN], rows[:, ACTIVE] = AT["skin"], DORMANT, 1e-7, 1e-7
    state.lesion_key[1 : FOUNDERS + 1] = np.arange(FOUNDERS, dtype=np.uint64) + np.uint64(1000)
    state.count[LESIONS] = FOUNDERS + 1
    ending, state = run_until(new_stream(3, 1), state, days, model, timeline, scratch(model))
    assert ending == REACHED
    return state.lesion[1 : FOUNDERS + 1, CELLS].copy()


@pytest.mark.parametrize("level", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("days", [21.0, 56.0])
def test_cells_grow_and_die_out_as_if_they_divided_so_much_less(level: float, days: float) -> None:
    """Kendall's law with b (1 - I) for b: chance to be alive, and mean. Six standard errors catch 4 % of the chance."""
    held = 0.9 * level / (1.0 + level)
    birth = BIRTH * (1.0 - held)
    alive, mean = chance_alive(*piece(birth, DEATHS, 0.0, days)), np.exp((birth - DEATHS) * days)
    found = _cells(level, days)
    assert abs((found > 0.0).mean() - alive) < 6.0 * np.sqrt(alive * (1.0 - alive) / FOUNDERS)
    assert abs(found.mean() - mean) < 6.0 * found.std() / np.sqrt(FOUNDERS)


def _growth(levels: dict[str, float], without: tuple[str, ...] = PLENTY, kind: int = 0, **changes: Any) -> float:
    """Net growth of a lesion of 1e8 cells and more [1/day]."""
    return speed(lived(who(**(FAST | changes)), [(28.0, levels)], [HOLDER, OTHER], without, kind=kind))


@pytest.mark.parametrize(
    ("levels", "held"),
    [({"holder": 2.0}, FIRST), ({"other": 1.0}, SECOND), ({"holder": 2.0, "other": 1.0}, 1.0 - (1.0 - FIRST) * (1.0 - SECOND))],
)  # fmt: skip
def test_each_drug_leaves_its_share_of_what_the_others_leave(levels: dict[str, float], held: float) -> None:
    """B (1 - I1) (1 - I2) - d for a large clone, to 2e-4 a day: shares that add would be off by 0.02."""
    assert _growth(levels) == pytest.approx(0.3 * (1.0 - held) - 0.02, abs=2e-4)


def test_resistance_moves_the_half_point() -> None:
    """A fold of 30 counts as a thirtieth of the level, for the drug that it concerns and no other."""
    pump = {"mechanisms": (mechanism("pump"),)}
    thinned = 0.9 * (2.0 / 30.0) / (1.0 + 2.0 / 30.0)
    assert _growth({"holder": 2.0}, kind=2, **pump) == pytest.approx(0.3 * (1.0 - thinned) - 0.02, abs=2e-4)
    assert _growth({"other": 1.0}, kind=2, **pump) == _growth({"other": 1.0}, **pump)


@pytest.mark.parametrize("specific", [0.0, 0.4, 1.0])
def test_what_kills_cells_in_cycle_spares_those_that_are_held(specific: float) -> None:
    """The kill is h (1 - I)^s, in a lesion that neither grows nor dies of itself: to 1e-3 of it."""
    still = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
    poison = agent("poison", kill=(0.01, 1.0, 1.0, specific))
    rows = lived(who(**still), [(28.0, {"poison": 1.0, "holder": 2.0})], [poison, HOLDER], PLENTY, cells=1e12)
    assert -speed(rows, 1e12) == pytest.approx(0.005 * (1.0 - FIRST) ** specific, rel=1e-3)


def test_who_does_not_divide_does_not_mutate() -> None:
    """Where all divisions are held no resistant cell is born; where none are, some hundred are."""
    stop = agent("stop", cytostasis=(1.0, 1e-12, 1.0))
    person = who(**FAST, mechanisms=(mechanism("pump", rate=1e-3),))
    for level, born in ((1.0, False), (0.0, True)):
        model, timeline = exposed(person, [stop], [(7.0, {"stop": level})], PLENTY)
        _, state = run_until(new_stream(5, 0), lesion_of(model, AT["skin"], 1e5), 7.0, model, timeline, scratch(model))
        kinds = set(state.kind[0, : state.used[0]].tolist())
        assert (kinds == {0, 2}) if born else (kinds == {0})
