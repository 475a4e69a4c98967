"""Doses as toxicity allows them: reductions, delays, a lifetime's limit, and the counts that decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.medicine.kinetics import Exponentials, concentration
from seedsoil.biology.medicine.kinetics_doses import Dose
from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.guard import CAUTION, Dosing, dosing, exposure
from seedsoil.experiment.orders.regimen import regimens
from seedsoil.experiment.protocol import Course
from seedsoil.foundation.errors import ModelError

HOST: Host = entry("hosts", "adult")
LIMIT = CAUTION * 5e8


def _agent(slope: float | None, limit: float | None = None, delay: float | None = None) -> Agent:
    def value(number: float | None, unit: str) -> dict[str, Any] | None:
        return None if number is None else {"value": number, "unit": unit, "grade": "assumed", "source": "assumed"}

    drug: Agent = entry("agents", "fluorouracil")
    toxicity = {
        "neutrophil_slope": value(slope, "L/mg"),
        "cumulative_limit": value(limit, "mg/m^2"),
        "neutrophil_delay": value(delay, "day"),
    }
    return Agent.model_validate(drug.model_dump() | {"toxicity": toxicity})


def _run(slope: float | None, end: float = 182.0, limit: float | None = None, **changes: Any) -> Dosing:
    fields: dict[str, Any] = {"agent": "fluorouracil", "amount_mg": 700.0, "route": "iv", "start": 0.0, "every": 14.0}
    return dosing(regimens([Course(**(fields | changes))], [_agent(slope, limit)]), HOST, end)


def _kinds(found: Dosing) -> list[str]:
    return [kind for _, kind, _ in found.told]


def test_a_guard_without_toxicity_is_no_guard() -> None:
    """Guarded by counts that never fall: the doses of the free course, bit for bit; catches a schedule moved by 1e-12."""
    free = _run(None, times=9)
    for guard in ("reduce", "delay"):
        held = _run(None, times=9, guard=guard)
        assert held.given[0].days.tobytes() == free.given[0].days.tobytes()
        assert held.given[0].amounts.tobytes() == free.given[0].amounts.tobytes()
        assert held.told == ()
        assert held.nadir(182.0) == (0.0, 5e9)
    assert free.nadir(182.0) is None


def test_low_counts_reduce_from_then_on() -> None:
    """Each low count takes a quarter off what is left: catches a reduction of one dose alone."""
    found = _run(12.0, guard="reduce", every=7.0)
    amounts = found.given[0].amounts
    shares = amounts / 700.0
    assert amounts[0] == 700.0
    assert "reduced" in _kinds(found)
    steps = np.round(np.log(shares) / np.log(0.75)).astype(int)
    assert np.allclose(shares, 0.75**steps, rtol=1e-12)
    assert (np.diff(steps) >= 0).all()
    assert steps[-1] == len(found.told)
    assert steps[-1] >= 2
    assert found.given[0].days.tolist() == [7.0 * k for k in range(26)]
    low = {day for day, _, _ in found.told}
    counted = {day: found.neutrophils[np.flatnonzero(found.days == day)[0]] for day in found.given[0].days}
    assert {day for day, count in counted.items() if count < LIMIT} == low
    assert found.told[0][2].startswith("5-Fluorouracil reduced to 525 mg (75 %) from now on: neutrophils ")


def test_low_counts_put_doses_off_a_week_at_a_time() -> None:
    """Never less, only later, and never on a low count: catches a dose that is left out or given too soon."""
    found = _run(12.0, guard="delay", times=6)
    given = found.given[0]
    assert (given.amounts == 700.0).all()
    gaps = np.diff(given.days)
    assert (gaps >= 14.0).all()
    assert np.allclose(gaps % 7.0, 0.0)
    assert gaps.max() > 14.0
    assert given.days[-1] == pytest.approx(70.0 + 7.0 * len(found.told))
    for day in given.days:
        assert found.neutrophils[np.flatnonzero(found.days == day)[0]] >= LIMIT
    assert set(_kinds(found)) == {"delayed"}


def test_without_a_guard_counts_fall_and_nothing_is_done() -> None:
    """The same drug unguarded: all doses on their days; catches a guard that nobody ordered."""
    found = _run(12.0)
    assert (found.given[0].amounts == 700.0).all()
    assert np.diff(found.given[0].days).max() == 14.0
    assert found.told == ()


def test_what_others_give_lowers_the_counts_too() -> None:
    """A harmless course is held back by another's toxicity: catches counts that see the guarded drug alone."""
    harmless = Course("harmless", 100.0, "iv", 0.0, 14.0, guard="reduce")
    toxic = Course("fluorouracil", 700.0, "iv", 1.0, 14.0)
    bare = _agent(None).model_copy(update={"name": "harmless"})
    alone = dosing(regimens([harmless], [bare]), HOST, 100.0)
    both = dosing(regimens([harmless, toxic], [bare, _agent(12.0)]), HOST, 100.0)
    assert (alone.given[0].amounts == 100.0).all()
    assert both.given[0].amounts[-1] < 100.0
    assert (both.given[1].amounts == 700.0).all()


def test_a_limit_for_life_ends_an_agent() -> None:
    """Four doses of 700 mg in a body of 1.8 m^2 make 1556 mg/m^2: catches a fifth, guarded or not."""
    for guard in (None, "reduce"):
        found = _run(None, limit=1600.0, guard=guard)
        assert found.given[0].days.tolist() == [0.0, 14.0, 28.0, 42.0]
        assert _kinds(found) == ["stopped"]
        assert found.told[0][0] == 56.0
        assert "1556 mg/m^2 given, 1600 may be in a life" in found.told[0][2]
    assert _run(None, limit=1556.0, end=60.0).given[0].days.size == 4  # a limit that is met is not passed


def test_the_limit_counts_all_courses_of_an_agent() -> None:
    """Two courses share what may be given: catches a limit for each."""
    drug = _agent(None, 1600.0)
    courses = [Course("fluorouracil", 700.0, "iv", start, 28.0) for start in (0.0, 7.0)]
    found = dosing(regimens(courses, [drug, drug]), HOST, 200.0)
    assert [one.days.tolist() for one in found.given] == [[0.0, 28.0], [7.0, 35.0]]


def test_a_host_without_neutrophils_cannot_be_guarded() -> None:
    """Refused in words: catches a guard that silently does nothing."""
    bare = HOST.model_copy(update={"neutrophils": None})
    course = Course("fluorouracil", 700.0, "iv", 0.0, 14.0, guard="delay")
    with pytest.raises(ModelError, match="guarded by blood counts, but host 'adult' has no neutrophils"):
        dosing(regimens([course], [_agent(12.0)]), bare, 100.0)


@pytest.mark.parametrize("duration", [0.0, 0.25, 3.0])
def test_exposure_is_the_area_under_the_level(duration: float) -> None:
    """Against fine quadrature of the level, to 1e-5 of the whole: catches an infusion that runs in at once."""
    body = Exponentials.two_compartment(20.0, 10.0, 15.0, 30.0)
    times = np.concatenate([np.linspace(0.0, 6.0, 60001), np.linspace(6.0, 40.0, 20001)[1:]])
    level = concentration(body, [Dose(0.0, 1.0, duration=duration)], times)
    area = np.concatenate([[0.0], np.cumsum(0.5 * (level[1:] + level[:-1]) * np.diff(times))])
    assert np.abs(exposure(body, duration, times) - area).max() < 1e-5 * body.area
    assert exposure(body, duration, np.array([1e4]))[0] == pytest.approx(body.area, rel=1e-9)


@pytest.mark.parametrize("name", ["fluorouracil", "docetaxel"])
def test_harm_to_earlier_cells_is_seen_later(name: str) -> None:
    """A delay of 18 days moves the lowest count by 18 days and leaves its depth, to a thousandth; one body and superposed
    doses alike. Catches a delay that shortens what is felt.
    """
    drug = _agent(12.0).model_copy(update={"distribution": entry("agents", name).distribution})
    late = _agent(12.0, delay=18.0).model_copy(update={"distribution": drug.distribution})
    course = Course("fluorouracil", 300.0, "iv", 5.0, 30.0, times=2, guard="delay")
    soon, later = (dosing(regimens([course], [agent]), HOST, 60.0).nadir(38.0) for agent in (drug, late))
    assert soon is not None
    assert later is not None
    assert later[0] - soon[0] == pytest.approx(18.0, abs=0.21)
    assert later[1] == pytest.approx(soon[1], rel=2e-3)


def test_the_marrow_sees_one_body_where_it_can_be_full() -> None:
    """Two doses at one time lower the counts as one of twice the amount, far more than superposed: catches doses felt alone."""
    agent = _agent(2.0)
    twice = [Course("fluorouracil", 700.0, "iv", 0.0, 28.0, 2, guard="delay") for _ in range(2)]
    once = [Course("fluorouracil", 1400.0, "iv", 0.0, 28.0, 2, guard="delay")]
    alone = [Course("fluorouracil", 700.0, "iv", 0.0, 28.0, 2, guard="delay")]
    found = [dosing(regimens(each, [agent] * len(each)), HOST, 25.0).nadir(25.0) for each in (twice, once, alone)]
    assert found[0] == pytest.approx(found[1], rel=1e-6)
    assert found[0][1] < 0.5 * found[2][1]
