"""T32: sleepers wake by a race, so that relapse is a mixture of exponentials; a stalled lesion waits for its switch."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.journey.cascade import arrival_success, race, stages, waking
from seedsoil.biology.soils.vessels import vegf
from seedsoil.body.state import (
    ACTIVE,
    ARRIVED,
    CELLS,
    CLOCK,
    CLONES,
    DIVISION,
    HYPOXIA,
    LARGEST,
    LESIONS,
    PENDING,
    QUIESCENCE,
    SEED_LESION,
    SEED_SITE,
    SPROUTS,
    STEP_DAYS,
    WAKES,
    new_state,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import mix, new_stream
from tests.properties.examples import ONE_CLONE, lesion_of
from tests.properties.plain import (
    AT,
    HEALING,
    TUMOUR,
    agent,
    compiled,
    exposed,
    host,
    host_cells,
    soil,
    who,
    with_numbers,
)

FOUNDERS = 4000
#: Fast enough that growth to 50 cells, a day or two, is nothing beside a sleeper's rest.
FAST = {"division_rate": 10.0, "death_rate": 1.0, "unmatched_death_rate": 0.0, "hits": 0.0}


@lru_cache(maxsize=8)
def _waits(wake: float, dying: float, cue: float, without: tuple[str, ...] = ()) -> tuple[Any, Any, float]:
    """Days that founders in the lung wait before they grow, their clocks to the switch, and the share that slept."""
    body = host(lung=soil("lung", dormancy_cue=cue))
    model = compiled(who(body, wake_rate=wake, dormant_death_rate=dying, quiescence_rate=20.0, **FAST), without)
    state = new_state(model.mask.shape[0], lesions=FOUNDERS + 2)
    state.pending[:FOUNDERS] = 0.0
    state.pending[:FOUNDERS, SEED_SITE] = AT["lung"]
    state.pending[:FOUNDERS, SEED_LESION] = -1.0
    state.pending_key[:FOUNDERS] = [np.uint64(mix(np.uint64(7), np.uint64(number))) for number in range(FOUNDERS)]
    state.count[[PENDING, CLONES]] = FOUNDERS, 1
    _, state = run_until(new_stream(32, 0), state, 0.0, model, nothing(0), scratch(model))
    rows = state.lesion[: state.count[LESIONS]]
    assert len(rows) == FOUNDERS
    return rows[:, ACTIVE] - rows[:, ARRIVED], rows[:, CLOCK], _asleep(model)


def _asleep(model: Any) -> float:
    """Share of the founders in the lung that slept, by the engine's tables."""
    division, rate = model.site[0, AT["lung"], [DIVISION, QUIESCENCE]]
    at_once = division / (division + rate)
    woken = (1.0 - at_once) * model.trait[WAKES]
    return float(woken / (at_once + woken))


def _share_waiting(day: float, wake: float, dying: float, asleep: float) -> float:
    """P(T > t) = p exp(-k t) E[exp(k s)]: rest at rate k = wake + death, then Gumbel's time s to 50 cells."""
    birth, death, rate = 10.0 * 0.64, 1.0, wake + dying
    tilt = rate / (birth - death)
    return asleep * math.exp(-rate * day) * ((1.0 - death / birth) * 50.0) ** tilt * math.gamma(1.0 - tilt)


@pytest.mark.parametrize(("wake", "dying"), [(0.01, 0.01), (0.002, 0.03), (0.05, 0.0)])
def test_relapse_is_a_mixture_of_exponentials(wake: float, dying: float) -> None:
    """Founders still waiting on days 10, 30 and 60, of 4,000: catches 4 % of them in the share, 15 % in the rate."""
    waits, _, asleep = _waits(wake, dying, 0.5)
    for day in (10.0, 30.0, 60.0):
        chance = _share_waiting(day, wake, dying, asleep)
        assert abs((waits > day).mean() - chance) < 6.0 * math.sqrt(chance * (1.0 - chance) / FOUNDERS)


def test_share_of_sleepers() -> None:
    """Of the founders that succeed (1 - q) w / (q + (1 - q) w) slept: the law's and the table's, to 1e-12."""
    at_once, woken = 6.4 / (6.4 + 20.0 * 0.5), 0.01 / 0.02
    expected = (1.0 - at_once) * woken / (at_once + (1.0 - at_once) * woken)
    assert _waits(0.01, 0.01, 0.5)[2] == pytest.approx(expected, rel=1e-12)
    assert 0.1 < expected < 0.9


def test_without_a_cue_no_one_sleeps() -> None:
    """Tissue without a cue, or dormancy switched off: all grow within days: catches one sleeper of 4,000."""
    for waits, _, asleep in (_waits(0.01, 0.01, 0.0), _waits(0.01, 0.01, 0.5, ("dormancy",))):
        assert asleep == 0.0
        assert waits.max() < 5.0


def test_who_never_wakes_never_relapses() -> None:
    """At a wake rate of 0 only those who start at once succeed, and none sleeps: catches a chance for sleepers."""
    tumour, lung = with_numbers(TUMOUR, wake_rate=0.0), soil("lung")
    at_once = race(0.064, 0.2 * 0.5)
    assert float(waking(tumour)) == 0.0
    assert stages(tumour, lung, 1.0, 0.064, 0.05)["starts to divide"] == pytest.approx(float(at_once), rel=1e-12)


def test_who_never_dies_asleep_always_wakes() -> None:
    """At no death in sleep the budget is that without dormancy: late, not lost: catches a loss by sleep alone."""
    tumour, lung = with_numbers(TUMOUR, dormant_death_rate=0.0), soil("lung")
    awake = arrival_success(tumour, lung, 0.064, 0.05, ("dormancy",))
    assert arrival_success(tumour, lung, 0.064, 0.05) == pytest.approx(float(awake), rel=1e-12)


def test_clocks_to_the_switch_are_exponential() -> None:
    """4,000 founders' clocks against exp(-c): catches 0.05 in the share beyond 0.5, 1 and 2."""
    _, clocks, _ = _waits(0.01, 0.01, 0.5)
    for level in (0.5, 1.0, 2.0):
        chance = math.exp(-level)
        assert abs((clocks > level).mean() - chance) < 6.0 * math.sqrt(chance * (1.0 - chance) / FOUNDERS)


LESIONS_HELD, WEEKS = 200, 40


def _switched(levels: dict[str, float], without: tuple[str, ...] = (), cells: float = 2.9e5) -> tuple[Any, float]:
    """Share of stalled lesions that have switched, week by week, and their hypoxia; clocks stand at even quantiles."""
    body = host(host_cells(healing=HEALING))
    person = who(
        body, division_rate=0.09, death_rate=0.05, hypoxic_death_rate=0.05, unmatched_death_rate=0.0,
        angiogenic_switch_rate=4e-3,
    )  # fmt: skip
    blocker = agent("blocker", blocks={"vegf": 1.0 / 20.0})
    model, timeline = exposed(person, [blocker], [(STEP_DAYS * WEEKS, levels)], (*ONE_CLONE, *without))
    one = lesion_of(model, AT["skin"], cells)
    state = new_state(model.mask.shape[0], lesions=LESIONS_HELD + 1)
    for name in ("lesion", "lesion_key", "cells", "slot_key", "used", "kind"):
        getattr(state, name)[:LESIONS_HELD] = getattr(one, name)[0]
    for row in range(LESIONS_HELD):
        state.lesion[row, CLOCK] = -math.log((row + 0.5) / LESIONS_HELD)
        state.lesion_key[row] = mix(np.uint64(9), np.uint64(row))
        state.slot_key[row, 0] = mix(np.uint64(10), np.uint64(row))
    state.lesion[:LESIONS_HELD, LARGEST] = cells
    state.clone[0, 0], state.clock[:] = -1, one.clock
    state.count[[LESIONS, CLONES]] = LESIONS_HELD, 1
    stream, work, shares = new_stream(5, 0), scratch(model), []
    for week in range(1, WEEKS + 1):
        _, state = run_until(stream, state, STEP_DAYS * week, model, timeline, work)
        shares.append(float(state.lesion[:LESIONS_HELD, SPROUTS].mean()))
    held = state.lesion[:LESIONS_HELD]
    still = held[(held[:, SPROUTS] < 0.5) & (held[:, CELLS] > 0.0)]
    return np.array(shares), float(still[:, HYPOXIA].mean()) if len(still) else 2.0 / 7.0


def _expected(lack: float, blocked: float = 0.0, excited: float = 1.0) -> Any:
    """Share that has switched by the end of each week at the hazard k v."""
    from tests.theory.test_normalisation import LAW

    days = STEP_DAYS * np.arange(1, WEEKS + 1)
    return -np.expm1(-4e-3 * excited * vegf(lack, 1.0, blocked, LAW) * days)


def test_stalled_lesions_switch_at_a_constant_hazard() -> None:
    """Two hundred at 0.82 mm, where hypoxia is 2/7: shares by week for 40 weeks: catches 0.04 in any."""
    shares, lack = _switched({})
    assert lack == pytest.approx(2.0 / 7.0, rel=0.05)
    assert shares == pytest.approx(_expected(2.0 / 7.0), abs=0.04)
    assert 0.6 < shares[-1] < 1.0


def test_blocked_vegf_holds_the_switch() -> None:
    """VEGF / 21 lets one in twenty-one through: catches a switch that VEGF does not drive."""
    shares, _ = _switched({"blocker": 1.0})
    assert shares == pytest.approx(_expected(2.0 / 7.0, blocked=20.0), abs=0.03)
    assert shares[-1] < 0.2


def test_wounds_hurry_the_switch() -> None:
    """A healing wound of level 1 quadruples the hazard, and without wound repair nothing: catches a tenth of it."""
    shares, _ = _switched({"wound": 1.0})
    assert shares[:8] == pytest.approx(_expected(2.0 / 7.0, excited=4.0)[:8], abs=0.05)
    assert shares[7] > 1.5 * _switched({})[0][7]
    assert _switched({"wound": 1.0}, ("wound repair",))[0].tolist() == _switched({})[0].tolist()
