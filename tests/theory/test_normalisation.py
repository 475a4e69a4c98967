"""Blocked VEGF, lost pericytes and blocked Ang2: what they do to a lesion's vessels, row by row of one table.

The figures are those of the equations that the constants were found for. They are met by the shipped constants: by the law
under an adaptive solver, by the rule that steps it, and by a lesion of the engine. Vessels keep the mouse's time.
"""

import math
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import (
    ANG2_BLOCKED,
    CONSTANTS,
    PERICYTES_LOST,
    VEGF_BLOCKED,
    VESSEL_SIGNALS,
    vessel_rates,
    vessel_step,
)
from seedsoil.body.state import CELLS, HYPOXIA, IMMATURE, MATURE
from seedsoil.catalogue.load import entry
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import AT, agent, exposed, who

Floats = NDArray[np.float64]

LAW = np.array([float(getattr(entry("vessels", "two_pool"), name)) for name in CONSTANTS])
#: Signals of each row: VEGF / 21 is an antagonist at 20 times its constant; Ang2 is blocked by nine tenths.
ROWS = {
    "none": (0.0, 0.0, 0.0), "vegf/21": (20.0, 0.0, 0.0), "vegf/6": (5.0, 0.0, 0.0), "pericytes": (0.0, 0.0, 0.7),
    "pericytes and ang2": (0.0, 0.9, 0.7), "vegf/21 and ang2": (20.0, 0.9, 0.0),
}  # fmt: skip

#: Largest relative error of the engine's perfusion, whose pieces are half a day or longer.
ENGINE_ERROR = 0.03


def _signal(row: str) -> Floats:
    signal = np.zeros(VESSEL_SIGNALS)
    signal[[VEGF_BLOCKED, ANG2_BLOCKED, PERICYTES_LOST]] = ROWS[row]
    return signal


def _perfusion(pools: Floats) -> Floats:
    return np.asarray(0.2 * pools[0] + pools[1])


def _leak(pools: Floats) -> Floats:
    return np.asarray(pools[0] + 0.1 * pools[1])


def _lack(pools: Floats) -> Floats:
    return np.exp(-2.0 * _perfusion(pools))


def _rest(signal: Floats | None = None) -> Floats:
    """Pools at rest, long after any start."""
    return _solved(np.array([0.1, 0.1]), np.zeros(VESSEL_SIGNALS) if signal is None else signal, (1000.0,))[:, 0]


def _solved(start: Floats, signal: Floats, days: tuple[float, ...]) -> Floats:
    """Both pools on some days [pools, days], by an adaptive solver on the shipped law."""
    from scipy.integrate import solve_ivp

    def slope(_day: float, pools: Floats) -> list[float]:
        gain_i, loss_i, gain_m, loss_m = vessel_rates(pools[0], pools[1], float(_lack(pools)), 1.0, 1.0, signal, LAW)
        return [gain_i - loss_i * pools[0], gain_m - loss_m * pools[1]]

    found = solve_ivp(slope, (0.0, days[-1]), start, method="LSODA", t_eval=days, rtol=1e-8, atol=1e-10)
    return np.asarray(found.y)


@lru_cache(maxsize=8)
def _course(row: str) -> tuple[Floats, Floats]:
    """Days, from 0 to 60 by tenths, and the pools then."""
    days = np.linspace(0.0, 60.0, 601)
    return days, _solved(_rest(), _signal(row), tuple(days))


def _fold(row: str, day: float, of: object = _perfusion) -> float:
    """Perfusion (or leak) on a day against that at rest."""
    days, pools = _course(row)
    value = of(pools)  # type: ignore[operator]
    return float(value[np.searchsorted(days, day - 1e-9)] / value[0])


def _closes(row: str) -> float:
    """First day on which perfusion is back at what it was; inf if not within 60."""
    days, pools = _course(row)
    later = days[1:][_perfusion(pools)[1:] < _perfusion(pools)[0]]
    return float(later[0]) if later.size else math.inf


def test_at_rest() -> None:
    """Coverage 0.28 and hypoxia 0.17: catches half of the last figure."""
    pools = _rest()
    assert pools[1] / pools.sum() == pytest.approx(0.28, abs=0.005)
    assert _lack(pools) == pytest.approx(0.17, abs=0.005)


def test_the_window_of_strong_blockade() -> None:
    """VEGF / 21: perfusion + 43 % at day 2, above rest until day 9, hypoxia 0.33 at day 30: catches 1 % and 6 hours."""
    assert _fold("vegf/21", 2.0) == pytest.approx(1.43, abs=0.01)
    assert _closes("vegf/21") == pytest.approx(9.3, abs=0.25)
    days, pools = _course("vegf/21")
    assert _lack(pools)[np.searchsorted(days, 30.0 - 1e-9)] == pytest.approx(0.33, abs=0.006)


def test_coverage_and_leak_under_strong_blockade() -> None:
    """Within the window pericytes cover 0.95 of the vessels and leak falls to a tenth: catches 0.01 of each."""
    days, pools = _course("vegf/21")
    at = np.searchsorted(days, 5.0 - 1e-9)
    assert pools[1, at] / pools[:, at].sum() == pytest.approx(0.95, abs=0.01)
    assert _fold("vegf/21", 9.0, _leak) == pytest.approx(0.10, abs=0.01)
    assert _fold("vegf/21", 30.0, _leak) == pytest.approx(0.11, abs=0.01)


def test_a_low_dose_keeps_its_window_open() -> None:
    """VEGF / 6: perfusion + 48 % at day 3, still + 18 % at day 30, never below rest: catches 1 %."""
    assert _fold("vegf/6", 3.0) == pytest.approx(1.48, abs=0.01)
    assert _fold("vegf/6", 30.0) == pytest.approx(1.18, abs=0.01)
    assert _closes("vegf/6") == math.inf


def test_lost_pericytes() -> None:
    """Pericytes less 70 %: perfusion 0.52, hypoxia 0.40, leak 1.36 of rest: catches 0.005."""
    assert _fold("pericytes", 60.0) == pytest.approx(0.52, abs=0.005)
    assert _lack(_course("pericytes")[1])[-1] == pytest.approx(0.40, abs=0.005)
    assert _fold("pericytes", 60.0, _leak) == pytest.approx(1.36, abs=0.01)


def test_blocked_ang2_makes_up_for_them() -> None:
    """The same with Ang2 blocked: perfusion 1.17, hypoxia 0.13, leak 0.87 of rest: catches 0.01."""
    assert _fold("pericytes and ang2", 60.0) == pytest.approx(1.17, abs=0.01)
    assert _lack(_course("pericytes and ang2")[1])[-1] == pytest.approx(0.13, abs=0.006)
    assert _fold("pericytes and ang2", 60.0, _leak) == pytest.approx(0.87, abs=0.01)


def test_both_blockades_make_a_longer_window() -> None:
    """VEGF / 21 with Ang2 blocked: + 61 % at day 2, above rest to about day 11: catches 1 % and half a day."""
    assert _fold("vegf/21 and ang2", 2.0) == pytest.approx(1.61, abs=0.01)
    assert _closes("vegf/21 and ang2") == pytest.approx(11.0, abs=0.5)
    assert _closes("vegf/21 and ang2") > _closes("vegf/21") + 1.5


@pytest.mark.parametrize("row", ["vegf/21", "vegf/6", "pericytes", "vegf/21 and ang2"])
def test_the_stepping_rule_keeps_to_the_law(row: str) -> None:
    """Steps of a fiftieth of a day, 30 days: catches 1 % in perfusion on days 2, 9 and 30."""
    immature, mature = _rest()
    days, pools = _course(row)
    for step in range(1, 1501):
        lack = float(_lack(np.array([immature, mature])))
        immature, mature = vessel_step(immature, mature, lack, 1.0, 1.0, _signal(row), 0.0, 0.02, 1.0, LAW)
        if step in (100, 450, 1500):
            law = _perfusion(pools[:, np.searchsorted(days, 0.02 * step - 1e-9)])
            assert _perfusion(np.array([immature, mature])) == pytest.approx(law, rel=0.01)


def _lesion(row: str, days: tuple[float, ...]) -> Floats:
    """Perfusion on some days against rest, and hypoxia, of a lesion of the engine whose cells neither divide nor die."""
    vegf, ang2, pericytes = ROWS[row]
    # A level of 1 mg/L occupies 1 / half of each; a share b is blocked where the occupancy is b / (1 - b).
    ratios = {"vegf": vegf, "ang2": ang2 / (1.0 - ang2), "pericyte": pericytes / (1.0 - pericytes)}
    given = agent("given", blocks={name: 1.0 / ratio for name, ratio in ratios.items() if ratio > 0.0})
    still = who(division_rate=0.0, death_rate=0.0, hypoxic_death_rate=0.0, unmatched_death_rate=0.0)
    # The table is that of what vessels there are, not of how wide they are.
    off = (*ONE_CLONE, "vessel tone")
    model, timeline = exposed(still, [given], [(days[-1] + 7.0, {"given": 1.0})], off)
    # So large that the host's tissue feeds less than a hundredth of it.
    state = lesion_of(model, AT["skin"], 1e12, sprouts=True, vessels=_rest())
    _, rows = follow(model, state, days[-1], every=1.0, timeline=timeline)
    assert np.ptp(rows[:, CELLS]) == 0.0
    looks = [round(day) - 1 for day in days]
    return np.array([_perfusion(rows[looks][:, [IMMATURE, MATURE]].T) / _perfusion(_rest()), rows[looks, HYPOXIA]])


def test_the_engines_lesion_stays_at_rest() -> None:
    """With nothing given, vessels at rest stay there for 30 days: catches a drift of 2 %."""
    fed, lack = _lesion("none", (2.0, 30.0))
    assert np.abs(fed - 1.0).max() < 0.02
    assert np.abs(lack - 0.17).max() < 0.006


@pytest.mark.parametrize("row", ["vegf/21", "vegf/6", "pericytes", "pericytes and ang2", "vegf/21 and ang2"])
def test_the_engines_lesion_keeps_to_the_table(row: str) -> None:
    """One lesion under the agent that does it, days 2, 9 and 30: catches what is stated there, and 0.03 in hypoxia."""
    fed, lack = _lesion(row, (2.0, 9.0, 30.0))
    for place, day in enumerate((2.0, 9.0, 30.0)):
        law = _fold(row, day)
        assert fed[place] == pytest.approx(law, rel=ENGINE_ERROR)
        assert lack[place] == pytest.approx(0.17**law, abs=0.03)


def test_the_engines_window_opens_and_closes() -> None:
    """VEGF / 21: above rest on every day from 1 to 9, below it from day 11 on; with Ang2 blocked it lasts longer."""
    days = tuple(np.arange(1.0, 21.0))
    alone, both = (_lesion(row, days)[0] for row in ("vegf/21", "vegf/21 and ang2"))
    assert alone[:9].min() > 1.0
    assert alone[10:].max() < 1.0
    assert (both > 1.0).sum() > (alone > 1.0).sum()
