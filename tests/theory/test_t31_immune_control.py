"""T31: effector cells reach the surface only: below N_c = N50 (E (k / r - 1))^(3/2) a lesion shrinks, above it grows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.patient import Patient
from seedsoil.biology.soils.immunity import called, surface_kill
from seedsoil.body.state import CALLED, CELLS
from tests.properties.examples import ONE_CLONE, add_clone, follow, lesion_of
from tests.properties.plain import (
    AT,
    IMMUNITY,
    VISIBILITY,
    agent,
    exposed,
    host,
    host_cells,
    mechanism,
    residents,
    soil,
    who,
    with_numbers,
)

KILL, HALF, RATE = 0.3, 1e6, 0.0075
FREE = (*ONE_CLONE, "hypoxia")
#: Macrophages of level 1 where the agent is at 1 mg/L, and none that kill without it.
ACTIVATOR = agent("activator", raises={"macrophage": (1.0, 2.0, 1.0)})


def _control(level: float) -> float:
    return float(HALF * (level * (KILL / RATE - 1.0)) ** 1.5)


@pytest.mark.parametrize(("level", "size"), [(0.3, 4e7), (1.0, 2.4e8), (5.0, 2.7e9)])
def test_control_size(level: float, size: float) -> None:
    """The three sizes of the design, and the law's kill equal to growth there: catches 2 % and 1e-12."""
    assert _control(level) == pytest.approx(size, rel=0.02)
    assert surface_kill(_control(level), level, 0.0, KILL, HALF) == pytest.approx(RATE, rel=1e-12)


def _hunted(effector: str, law: Any = IMMUNITY) -> Patient:
    """A tumour that grows by 0.0075 a day in a lung where one kind of effector cell lives at level 1."""
    living = residents(lymphocytes=1.0) if effector == "lymphocytes" else residents(macrophages=1.0)
    body = host(host_cells(immunity=law), lung=soil("lung", residents=living))
    return who(body, division_rate=0.05 + RATE, death_rate=0.05, visibility=VISIBILITY)


def _followed(person: Patient, cells: float, days: float, every: float = 7.0) -> Any:
    model, timeline = exposed(person, [ACTIVATOR], [(days, {"activator": 1.0})], FREE)
    return follow(model, lesion_of(model, AT["lung"], cells), days, every=every, timeline=timeline)


@pytest.mark.parametrize("effector", ["lymphocytes", "macrophages"])
@pytest.mark.parametrize("share", [0.5, 0.8, 1.25, 2.0])
def test_the_engine_turns_at_the_control_size(effector: str, share: float) -> None:
    """Half, 0.8, 1.25 and 2 of N_c: the first week's rate is the law's: catches 2e-4 a day and a wrong sign."""
    cells = share * _control(1.0)
    _, rows = _followed(_hunted(effector), cells, 7.0)
    rate = float(np.log(rows[0, CELLS] / cells) / 7.0)
    assert rate == pytest.approx(RATE - KILL / (1.0 + (cells / HALF) ** (2.0 / 3.0)), abs=2e-4)
    assert (rate > 0.0) == (share > 1.0)


@pytest.mark.parametrize("effector", ["lymphocytes", "macrophages"])
def test_below_it_is_cleared_and_above_it_escapes(effector: str) -> None:
    """A year from 0.7 of N_c, and from 1.4: the one dies out, the other is larger: catches control at any size."""
    below, _ = _followed(_hunted(effector), 0.7 * _control(1.0), 728.0)
    above, _ = _followed(_hunted(effector), 1.4 * _control(1.0), 364.0)
    assert below.lesion[0, CELLS] == 0.0
    assert above.lesion[0, CELLS] > 2.0 * 1.4 * _control(1.0)


#: Lymphocytes that are called and tire; numbers a thousandfold, so that the luck of single cells is not seen.
CROWD = 1e3
CALLABLE = with_numbers(
    IMMUNITY, half_size=CROWD * HALF, recruitment=0.1245, recruitment_size=CROWD * 2.02e7, exhaustion=3.42e-10 / CROWD,
    turnover=0.0412,
)  # fmt: skip


def _equations(days: float, looks: Any, cells: float) -> Any:
    """Cells, and lymphocytes against those at rest, by an adaptive solver [2, looks]."""
    from scipy.integrate import solve_ivp

    def slope(_day: float, now: Any) -> list[float]:
        size, level = now
        gain = 0.1245 * size / (CROWD * 2.02e7 + size) - 3.42e-10 / CROWD * size - 0.0412
        kill = KILL * level / (level + (size / (CROWD * HALF)) ** (2.0 / 3.0))
        return [(RATE - kill) * size, 0.0412 + gain * level]

    return solve_ivp(slope, (0.0, days), [cells, 1.0], t_eval=looks, rtol=1e-9, atol=1e-9).y


@pytest.mark.parametrize(("every", "error"), [(7.0, 0.02), (3.5, 0.006), (1.75, 0.002)])
def test_called_lymphocytes_and_their_lesion_follow_the_equations(every: float, error: float) -> None:
    """Both unknowns for 20 weeks in which lymphocytes come and the lesion turns: catches 2 % by weeks, 0.6 % by halves.

    Half the step has a quarter of the error. Were a step's kill that of its first day, effectors would act days late, and
    the lesion were 37 % too large by weeks and 20 % by halves.
    """
    days, cells = 140.0, CROWD * 3e8
    truth = _equations(days, np.arange(every, days + 0.5 * every, every), cells)
    _, rows = _followed(_hunted("lymphocytes", CALLABLE), cells, days, every)
    assert truth[0].min() < 0.5 * cells
    assert truth[1].max() > 4.0
    assert rows[:, CELLS] == pytest.approx(truth[0], rel=error)
    assert 1.0 + rows[:, CALLED] == pytest.approx(truth[1], rel=error)


@pytest.mark.parametrize(("shown", "hidden", "seen"), [(1.0, 0.0, 1.0), (0.0, 1.0, 0.0), (0.5, 0.5, 0.5)])
def test_who_hides_calls_no_one(shown: float, hidden: float, seen: float) -> None:
    """Lymphocytes are called by what they see of all cells of a lesion: catches one that reads the founder's kind alone.

    Nobody kills or tires here, so that the number called is the law's for a lesion of that size: catches 1e-3.
    """
    law, cells = with_numbers(CALLABLE, kill_rate=0.0, exhaustion=0.0), CROWD * 3e8
    person = with_numbers(_hunted("lymphocytes", law).tumour, mechanisms=(mechanism("hidden", antigen_kept=0.0),))
    still = with_numbers(person, division_rate=0.0, death_rate=0.0, unmatched_death_rate=0.0)
    model, timeline = exposed(
        Patient(tumour=still, host=_hunted("lymphocytes", law).host), [], [(28.0, {})],
        tuple(name for name in FREE if name != "resistance"),
    )  # fmt: skip
    state = lesion_of(model, AT["lung"], shown * cells)
    add_clone(state, 2, hidden * cells)
    _, rows = follow(model, state, 28.0, timeline=timeline)
    level = called(1.0, cells, seen, 28.0, 0.0412, 0.1245, CROWD * 2.02e7, 0.0)
    assert 1.0 + rows[-1, CALLED] == pytest.approx(level, rel=1e-3)
    assert (level > 6.0) == (seen == 1.0)
    assert (abs(level - 1.0) < 1e-9) == (seen == 0.0)
