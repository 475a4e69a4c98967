"""T14: vessels that a lesion borrows, makes, or loses decide how far it grows, and what blocked VEGF does to it."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.soils.vessels import cells_of, diameter
from seedsoil.body.state import CELLS, HYPOXIA, IMMATURE, MATURE
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import AT, agent, exposed, host, soil, who, with_numbers

#: Of a tumour with G b0 = 0.09, d = 0.05 and 0.05 a day more in full hypoxia.
BIRTH, DEATH, HYPOXIC = 0.09, 0.05, 0.05
#: Co-option 0.3 of a tissue with four times the reference's vessels: a perfusion of 1.2.
BORROWED = 0.3 * 400.0 / 100.0
RICH = host(liver=soil("liver", vessel_density=400.0))
BLOCKER = agent("blocker", blocks={"vegf": 1.0 / 20.0})


def _rate(lack: float) -> float:
    return BIRTH * (1.0 - lack) - DEATH - HYPOXIC * lack


@lru_cache(maxsize=8)
def _grown(cells: float, days: float, *, replaces: bool = False, sprouts: bool = False, blocked: bool = False,
           pushed: bool = True, vessels: tuple[float, float] = (0.0, 0.0)) -> Any:  # fmt: skip
    """Rows of a lesion in the rich tissue, looked at each week."""
    rates = {"division_rate": BIRTH, "death_rate": DEATH, "hypoxic_death_rate": HYPOXIC, "unmatched_death_rate": 0.0}
    person = who(RICH, co_option=0.3 if pushed or replaces else 0.0, **rates)
    level = {"blocker": 1.0} if blocked else {}
    # These are laws of what vessels there are; how wide they are is another one.
    model, timeline = exposed(person, [BLOCKER], [(days, level)], (*ONE_CLONE, "vessel tone"))
    state = lesion_of(model, AT["liver"], cells, replaces=replaces, sprouts=sprouts, vessels=vessels)
    return follow(model, state, days, timeline=timeline)[1]


def test_replacement_grows_without_limit() -> None:
    """H = exp(-2 x 1.2) = 0.09, doubling in 25 days from 2 cm on: catches 2 % in the doubling time."""
    rows = _grown(cells_of(20.0), 24 * 7.0, replaces=True)
    lack = math.exp(-2.0 * BORROWED)
    assert rows[-1, HYPOXIA] == pytest.approx(lack, rel=0.05)
    days = math.log(2.0) / (math.log(rows[-1, CELLS] / rows[0, CELLS]) / (23 * 7.0))
    assert days == pytest.approx(math.log(2.0) / _rate(lack), rel=0.02)
    assert days == pytest.approx(25.0, abs=0.7)


def test_blocked_vegf_does_not_touch_replacement() -> None:
    """The same lesion with its VEGF divided by 21, from 1 to 5 mm: catches 0.1 % in its size."""
    alone, blocked = (_grown(cells_of(1.0), 26 * 7.0, replaces=True, blocked=it)[-1, CELLS] for it in (False, True))
    assert blocked == pytest.approx(alone, rel=1e-3)
    assert diameter(blocked) > 4.5


def _stall() -> float:
    """Diameter at which (1 - f) exp(-2 x 1.2 f) = (b - d) / (b + d_hyp), f being the share within 0.14 mm of the edge."""
    from scipy.optimize import brentq

    def excess(width: float) -> float:
        surface = 1.0 - (1.0 - 0.14 / (0.5 * width)) ** 3
        return (1.0 - surface) * math.exp(-2.0 * BORROWED * surface) - (BIRTH - DEATH) / (BIRTH + HYPOXIC)

    return float(brentq(excess, 0.3, 10.0))


@pytest.mark.parametrize("start", [1.2, 3.5])
def test_pushing_growth_stalls(start: float) -> None:
    """Among the same vessels it comes to rest at 2.1 mm from below and from above: catches 5 % in the diameter."""
    assert _stall() == pytest.approx(2.1, abs=0.05)
    rows = _grown(cells_of(start), 200 * 7.0)
    late = np.array([diameter(float(cells)) for cells in rows[-20:, CELLS]])
    assert late == pytest.approx(_stall(), rel=0.05)


@pytest.mark.parametrize(("timescale", "passing", "looks"), [
    (1.0, 170.0, ((0.2, 17.0), (9.0, 43.0), (19.0, 52.0))), (2.0, None, ((10.0, 57.0),)),
])  # fmt: skip
def test_sprouting_lesions_slow_down(timescale: float, passing: float | None, looks: Any) -> None:
    """From 1e3 cells past 1 mm by day 170, doubling in 17, 43 and 52 days at 0.2, 9 and 19 mm: catches 10 %.

    Where vessels take twice the time: 10 mm by day 540, doubling in 57 days.
    """
    days, widths, rate = _sprouting(timescale)
    if passing is not None:
        assert days[np.argmax(widths > 1.0)] == pytest.approx(passing, abs=20.0)
    else:
        assert days[np.argmax(widths > 10.0)] == pytest.approx(540.0, abs=40.0)
    for width, doubling in looks:
        near = np.abs(np.log(widths / width)) < 0.15
        assert math.log(2.0) / rate[near].mean() == pytest.approx(doubling, rel=0.1)


@lru_cache(maxsize=2)
def _sprouting(timescale: float) -> tuple[Any, Any, Any]:
    """Days, diameters and growth rates of a lesion that begins with 1e3 cells and sprouts."""
    rates = {"division_rate": BIRTH, "death_rate": DEATH, "hypoxic_death_rate": HYPOXIC, "unmatched_death_rate": 0.0}
    person = who(with_numbers(RICH, vascular_timescale=timescale), **rates)
    model, _ = exposed(person, [], [(7.0, {})], ONE_CLONE)
    rows = follow(model, lesion_of(model, AT["liver"], 1e3, sprouts=True), 900.0 // 7 * 7)[1]
    days = 7.0 * np.arange(1, len(rows) + 1)
    return (
        days,
        np.array([diameter(float(cells)) for cells in rows[:, CELLS]]),
        np.gradient(np.log(rows[:, CELLS]), 7.0),
    )


def test_sprouting_lesions_regress_when_vegf_is_blocked_for_good() -> None:
    """From 3.6 mm, VEGF / 21 for a year: hypoxia rises to about 0.31, and -0.003 a day follows growth before it."""
    before = _grown(cells_of(1.0), 40 * 7.0, sprouts=True, pushed=False)
    width = np.array([diameter(float(cells)) for cells in before[:, CELLS]])
    start = int(np.argmin(np.abs(width - 3.6)))
    speed = math.log(before[start + 1, CELLS] / before[start, CELLS]) / 7.0
    assert speed > 0.01
    assert before[start, HYPOXIA] == pytest.approx(0.12, abs=0.02)
    pools = tuple(before[start, [IMMATURE, MATURE]])
    rows = _grown(float(before[start, CELLS]), 52 * 7.0, sprouts=True, pushed=False, blocked=True, vessels=pools)
    late = rows[20:, CELLS]
    assert math.log(late[-1] / late[0]) / (7.0 * (len(late) - 1)) == pytest.approx(-0.003, abs=0.0015)
    assert rows[20:, HYPOXIA].mean() == pytest.approx(0.31, abs=0.02)


def test_borrowed_vessels_keep_a_sprouting_lesion_growing() -> None:
    """Both kinds of vessels: VEGF / 21 slows growth from 0.038 to 0.028 a day and does not stop it."""
    speeds = []
    for blocked in (False, True):
        rows = _grown(cells_of(3.6), 26 * 7.0, replaces=True, sprouts=True, blocked=blocked, vessels=(1.5, 0.6))
        speeds.append(math.log(rows[-1, CELLS] / rows[-14, CELLS]) / (13 * 7.0))
    assert speeds[0] == pytest.approx(0.038, abs=0.002)
    assert speeds[1] == pytest.approx(0.028, abs=0.002)
