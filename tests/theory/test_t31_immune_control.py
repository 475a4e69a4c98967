"""T31: effector cells reach the surface only: below N_c = N50 (E (k / r - 1))^(3/2) a lesion shrinks, above it grows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.patient import Patient
from seedsoil.biology.soils.immunity import surface_kill
from seedsoil.body.state import CALLED, CELLS
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import (
    AT,
    IMMUNITY,
    VISIBILITY,
    agent,
    exposed,
    host,
    host_cells,
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


@pytest.mark.parametrize(("every", "error"), [(1.0, 0.02), (7.0, 0.1)])
def test_called_lymphocytes_and_their_lesion_follow_the_equations(every: float, error: float) -> None:
    """Both unknowns for 16 weeks by an adaptive solver: catches 2 % in either where steps are days, 10 % where weeks.

    A step's kill is that of its first day, so that effectors who come in numbers act some days late.
    """
    from scipy.integrate import solve_ivp

    days, cells = 112.0, 3e8
    law = with_numbers(IMMUNITY, recruitment=0.1245, recruitment_size=2.02e7, exhaustion=3.42e-10, turnover=0.0412)

    def slope(_day: float, now: Any) -> list[float]:
        size, level = now
        gain = 0.1245 * size / (2.02e7 + size) - 3.42e-10 * size - 0.0412
        kill = KILL * level / (level + (size / HALF) ** (2.0 / 3.0))
        return [(RATE - kill) * size, 0.0412 + gain * level]

    looks = np.arange(every, days + 0.5 * every, every)
    truth = solve_ivp(slope, (0.0, days), [cells, 1.0], t_eval=looks, rtol=1e-9, atol=1e-9).y
    _, rows = _followed(_hunted("lymphocytes", law), cells, days, every)
    assert truth[0].min() < 0.8 * cells
    assert truth[1].max() > 2.0
    assert rows[:, CELLS] == pytest.approx(truth[0], rel=error)
    assert 1.0 + rows[:, CALLED] == pytest.approx(truth[1], rel=error)
