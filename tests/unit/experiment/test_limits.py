"""A day's limit: what is given at most, what counts towards it, and that it is told once."""

from __future__ import annotations

from typing import Any

import pytest

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.guard import Dosing, dosing
from seedsoil.experiment.orders.limits import cut_short, day_of, keeps_within
from seedsoil.experiment.orders.regimen import regimens
from seedsoil.experiment.protocol import Course

HOST: Host = entry("hosts", "adult")


def _agent(**limits: float) -> Agent:
    rows = {
        way: {"value": most, "unit": "mg/m^2", "grade": "assumed", "source": "assumed"} for way, most in limits.items()
    }
    drug: Agent = entry("agents", "floxuridine")
    return Agent.model_validate(drug.model_dump() | {"toxicity": {"daily_limit": rows}})


def _course(amount: float, **changes: Any) -> Course:
    return Course(**({"agent": "floxuridine", "amount_mg": amount, "route": "iv", "start": 0.0} | changes))


def _run(*courses: Course, end: float = 100.0, **limits: float) -> Dosing:
    return dosing(regimens(courses, [_agent(**limits)] * len(courses)), HOST, end)


def test_a_dose_above_the_limit_is_given_at_it() -> None:
    """100 mg/m^2 are 180 mg in 1.8 m^2: catches mg taken for mg/m^2, and a dose at the limit that is cut."""
    assert _run(_course(1800.0), iv=100.0).given[0].amounts == pytest.approx([180.0], rel=1e-12)
    found = _run(_course(180.0, every=7.0), iv=100.0)
    assert (found.given[0].amounts == 180.0).all()
    assert found.told == ()


def test_twelve_hours_apart_two_doses_share_a_day() -> None:
    """The first whole, the second what is left, and so on, told once: catches a limit of each dose, and one of calendar days."""
    found = _run(_course(120.0, every=0.5, times=6), iv=100.0)
    assert found.given[0].amounts == pytest.approx([120.0, 60.0] * 3, rel=1e-12)
    assert [(day, kind) for day, kind, _ in found.told] == [(0.5, "reduced")]
    assert found.told[0][2] == "Floxuridine reduced to 60 mg: no more than 100 mg/m^2 may be given into a vein in a day"


def test_an_infusion_counts_by_its_days() -> None:
    """14 days may bring 14 times a day's limit, and what is injected meanwhile finds the day full; after it, it is whole."""
    pump = _course(14.0 * 180.0, duration=14.0)
    found = _run(pump, _course(90.0, start=5.0, every=10.0, times=2), iv=100.0)
    assert found.given[0].amounts == pytest.approx([14.0 * 180.0], rel=1e-12)
    assert found.given[1].amounts == pytest.approx([0.0, 90.0], abs=1e-9)
    assert _run(_course(5000.0, duration=14.0), iv=100.0).given[0].amounts == pytest.approx([14.0 * 180.0], rel=1e-12)
    half = _run(_course(500.0, duration=0.5), iv=100.0)
    assert half.given[0].amounts == pytest.approx([180.0], rel=1e-12)


def test_each_route_has_its_own_limit() -> None:
    """Two routes at once are both given, each at its limit; one without a limit is given whole."""
    artery = _course(500.0, route="hepatic_artery")
    both = _run(_course(500.0), artery, iv=100.0, hepatic_artery=20.0)
    assert [one.amounts[0] for one in both.given] == pytest.approx([180.0, 36.0], rel=1e-12)
    assert _run(artery, iv=100.0).given[0].amounts[0] == 500.0


def test_courses_of_one_agent_share_a_day() -> None:
    """Two of three quarters each: the later one gets the last quarter; catches a limit of each course."""
    found = _run(_course(135.0, every=7.0, times=2), _course(135.0, start=0.25, every=7.0, times=2), iv=100.0)
    assert [one.amounts.tolist() for one in found.given] == [pytest.approx([135.0] * 2), pytest.approx([45.0] * 2)]


def test_low_counts_take_a_quarter_of_what_may_be_given() -> None:
    """Ordered at ten times the limit and guarded: the counts' quarter is taken from the limit, not from the order."""
    slope = {"value": 40.0, "unit": "L/mg", "grade": "assumed", "source": "assumed"}
    limits = {"iv": {"value": 100.0, "unit": "mg/m^2", "grade": "assumed", "source": "assumed"}}
    toxicity = {"neutrophil_slope": slope, "daily_limit": limits}
    drug = Agent.model_validate(entry("agents", "floxuridine").model_dump() | {"toxicity": toxicity})
    found = dosing(regimens([_course(1800.0, every=7.0, times=8, guard="reduce")], [drug]), HOST, 100.0)
    shares = found.given[0].amounts / 180.0
    assert shares[0] == pytest.approx(1.0, rel=1e-12)
    assert shares[-1] <= 0.75 + 1e-9
    told = [words for _, kind, words in found.told if kind == "reduced" and "neutrophils" in words]
    assert told[0].startswith("Floxuridine reduced to 135 mg (75 %)")


def test_what_keeps_within_is_left_alone() -> None:
    """The quick way and the dose-by-dose way say the same: catches a bound that lets too much pass."""
    for amount, every in ((180.0, 1.0), (90.0, 0.5), (60.0, 1.0 / 3.0)):
        course = _course(amount, every=every, times=30)
        assert day_of(course) == pytest.approx(180.0)
        assert keeps_within(regimens([course], [_agent(iv=100.0)]), HOST)
        more = _course(1.01 * amount, every=every, times=30)
        assert not keeps_within(regimens([more], [_agent(iv=100.0)]), HOST)
        assert _run(more, iv=100.0).told
        # The same doses under a limit for life that is far off are worked out one by one.
        slow = _agent(iv=100.0)
        bound = {"value": 1e6, "unit": "mg/m^2", "grade": "assumed", "source": "assumed"}
        slow = Agent.model_validate(
            slow.model_dump() | {"toxicity": slow.toxicity.model_dump() | {"cumulative_limit": bound}}
        )
        by_one = dosing(regimens([course], [slow]), HOST, 100.0)
        assert by_one.told == ()
        assert by_one.given[0].amounts == pytest.approx(_run(course, iv=100.0).given[0].amounts, rel=1e-12)


def test_a_study_is_told_beforehand() -> None:
    """What is ordered, what may be given, and what is given; nothing where all is within."""
    agents = {"floxuridine": _agent(iv=100.0)}
    told = cut_short([_course(1800.0), _course(20.0, after="progression")], agents, HOST)
    assert told == [
        "Floxuridine: up to 1800 mg are ordered for a day, but no more than 100 mg/m^2 may be given into a vein in a day; "
        "180 mg are given"
    ]
    assert cut_short([_course(100.0), _course(100.0, after="progression")], agents, HOST) == []
