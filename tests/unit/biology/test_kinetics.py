"""Doses and kinetics: shapes, order, records at one time, and errors that name every fault."""

import math
import time
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import seedsoil
from seedsoil.biology.medicine.kinetics import Dose, Exponentials, concentration, regional_ratio
from seedsoil.foundation.errors import ModelError, ProtocolError

_plasma = Exponentials.one_compartment(2.0, 10.0)
_two = Exponentials.two_compartment(0.206, 2.68, 0.446, 2.42)


def test_public_door() -> None:
    """The name that users call is this function."""
    assert seedsoil.concentration is concentration


def test_shape_follows_the_times() -> None:
    """Any shape and order of times; catches an answer that is sorted or flattened."""
    doses = [Dose(1.0, 100.0, every=2.0, additional=3)]
    times = np.linspace(-1, 12, 24)
    flat = concentration(_two, doses, times)
    assert np.array_equal(concentration(_two, doses, times[::-1]), flat[::-1])
    assert np.array_equal(concentration(_two, doses, times.reshape(4, 6)), flat.reshape(4, 6))
    assert concentration(_two, doses, 3.0).shape == ()
    assert concentration(_two, doses, []).shape == (0,)
    assert np.all(flat[times < 1] == 0)


def test_no_doses_no_drug() -> None:
    """Nothing given, or only sham doses: exactly 0."""
    assert not concentration(_two, [], [0.0, 1.0]).any()
    assert not concentration(_two, [Dose(0.0, 0.0, every=1.0, additional=4)], [0.0, 1.0]).any()
    assert not concentration(_two, [Dose(0.0, 0.0, every=1.0, steady_state=1)], [0.0, 1.0]).any()


def test_a_sample_at_the_dose_sees_it() -> None:
    """Also where the repeat falls on 3 * 0.1 and the sample on 0.3: catches a missed dose by rounding."""
    doses = [Dose(0.0, 10.0, every=0.1, additional=3)]
    at, after = concentration(_plasma, doses, [0.3, 0.3 + 2e-16]), concentration(_plasma, doses, 0.3 + 1e-8)
    np.testing.assert_allclose(at, after, rtol=1e-8)
    assert concentration(_plasma, [Dose(2.0, 10.0)], 2.0) == 1.0
    assert concentration(_plasma, [Dose(2.0, 10.0)], 2.0 - 1e-6) == 0.0


def test_order_of_doses_does_not_matter() -> None:
    """Doses at different times may come in any order: the answer has the same bytes."""
    doses = [Dose(day, 10.0 + day, duration=day % 2) for day in (0.0, 1.0, 3.0, 7.0)]
    times = np.linspace(0, 20, 50)
    assert np.array_equal(concentration(_two, doses, times), concentration(_two, doses[::-1], times))


def test_a_sham_dose_changes_no_bit() -> None:
    """A dose of 0 mg at the times of others: catches one bit. At other times it may move the last bits only."""
    doses = [Dose(0.0, 10.0, every=2.0, additional=5)]
    times = np.linspace(0, 20, 50)
    sham = [Dose(0.0, 0.0, every=2.0, additional=5)]
    assert np.array_equal(concentration(_two, [*doses, *sham], times), concentration(_two, doses, times))
    odd = concentration(_two, [*doses, Dose(3.3, 0.0)], times)
    np.testing.assert_allclose(odd, concentration(_two, doses, times), rtol=1e-14)


def test_reset_empties_stops_and_cancels() -> None:
    """After a reset nothing is left, no pump runs and no repeat or lagged dose comes: exactly 0."""
    doses = [
        Dose(0.0, 10.0, every=2.0, additional=20),
        Dose(0.0, 10.0, duration=30.0),
        Dose(4.0, 10.0, lag=3.0),
        Dose(5.0, 0.0, reset=True),
    ]
    found = concentration(_plasma, doses, [4.9, 5.0, 6.0, 20.0])
    assert found[0] > 0
    assert not found[1:].any()
    again = [*doses, Dose(5.0, 20.0)]
    assert concentration(_plasma, again, 6.0) == pytest.approx(2.0 * math.exp(-0.2), rel=1e-14)
    assert concentration(_plasma, [*doses[:3], Dose(5.0, 20.0, reset=True)], 5.0) == 2.0


def test_steady_state_replaces_or_adds() -> None:
    """1 forgets what was there and cancels repeats, 2 adds to it: catches a relative error of 1e-13."""
    before = Dose(0.0, 500.0, every=3.0, additional=9)
    steady = Dose(4.0, 20.0, every=1.0, steady_state=1)
    times = np.linspace(4.0, 30.0, 40)
    alone = concentration(_two, [steady], times)
    np.testing.assert_allclose(concentration(_two, [before, steady], times), alone, rtol=1e-13)
    both = concentration(_two, [before, replace(steady, steady_state=2)], times)
    np.testing.assert_allclose(both, alone + concentration(_two, [before], times), rtol=1e-13)


def test_infusion_that_has_always_run() -> None:
    """It stands at rate / clearance and decays from its end: catches a relative error of 1e-13."""
    found = concentration(_plasma, [Dose(1.0, 0.0, rate=4.0, steady_state=1)], [1.0, 3.0])
    np.testing.assert_allclose(found, [2.0, 2.0 * math.exp(-0.4)], rtol=1e-13)


def test_rate_and_duration_differ_under_bioavailability() -> None:
    """Half of 100 mg at 10 mg/day lasts 5 days; over 10 days it runs at 5 mg/day. Catches the two mixed up."""
    by_rate, by_duration = (
        Dose(0, 100.0, rate=10.0, bioavailability=0.5),
        Dose(0, 100.0, duration=10, bioavailability=0.5),
    )
    assert (by_rate.run_in, by_duration.run_in) == (5.0, 10.0)
    assert by_rate.arriving == by_duration.arriving == 50.0
    rise = concentration(_plasma, [by_rate], 4.0) / concentration(_plasma, [by_duration], 4.0)
    assert rise == pytest.approx(2.0, rel=1e-13)


def test_a_stopped_pump_does_not_drip() -> None:
    """200 half-lives after overlapping infusions the drug has decayed too: catches a residue of 1e-17 of the rate."""
    doses = [Dose(0.1 * k, 1.0, duration=0.7 + 0.1 * k) for k in range(7)]
    late = float(concentration(_plasma, doses, 700.0))
    assert 0 < late < 1e-55


def test_oral_dose_starts_at_zero() -> None:
    """Rounding never gives a negative concentration."""
    model = {"gut": _two.absorbed(1.1).effect_site(0.4)}
    times = np.concatenate([[0.0], np.geomspace(1e-12, 1, 200)])
    found = concentration(model, [Dose(0.0, 1.0, compartment="gut")], times)
    assert found[0] == pytest.approx(0.0, abs=1e-15)
    assert np.all(found >= 0)


@settings(max_examples=60, deadline=None)
@given(
    amount=some.floats(0.01, 1000),
    # Shorter infusions end within the rounding of their date, which a shift changes.
    duration=some.just(0.0) | some.floats(1e-3, 20),
    every=some.floats(0.1, 20),
    steady=some.sampled_from([0, 1, 2]),
    factor=some.floats(0.1, 10),
    shift=some.floats(-100, 100),
)
def test_scaling_and_shifting(
    amount: float, duration: float, every: float, steady: int, factor: float, shift: float
) -> None:
    """A larger dose scales the curve, a later one shifts it: catches a relative error of 1e-9."""
    dose = Dose(0.0, amount, duration=duration, every=every, additional=3, steady_state=steady)
    times = np.linspace(0.013, 60, 40)
    found = concentration(_two, [dose], times)
    scaled = concentration(_two, [replace(dose, amount=factor * amount)], times)
    np.testing.assert_allclose(scaled, factor * found, rtol=1e-9)
    # Samples within rounding of a dose may fall on either side of it once shifted; those are left out.
    doses_at = np.arange(4) * every
    clear = np.abs(times[:, None] - doses_at[None, :]).min(axis=1) > 1e-6
    shifted = concentration(_two, [replace(dose, time=shift)], times[clear] + shift)
    np.testing.assert_allclose(shifted, found[clear], rtol=1e-9, atol=1e-12 * found.max())


def test_all_faults_of_a_dose_at_once() -> None:
    """Each bad field has a line that says what is allowed."""
    with pytest.raises(ProtocolError) as caught:
        Dose(math.nan, -5.0, duration=-1.0, lag=math.inf, bioavailability=-0.1, additional=-2, steady_state=7)
    assert len(caught.value.faults) == 7
    for word in ("time", "amount", "duration", "lag", "bioavailability", "additional", "steady_state"):
        assert word in str(caught.value)
    assert "amount must be at least 0 mg, not -5" in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"duration": 1.0, "rate": 2.0}, "either a duration or a rate"),
        ({"additional": 2}, "need an interval"),
        ({"additional": 1.5, "every": 1.0}, "whole number"),
        ({"steady_state": 1}, "needs an interval"),
        ({"amount": 0.0, "rate": 2.0}, "needs an amount"),
        ({"amount": 0.0, "rate": 2.0, "steady_state": 1, "lag": 1.0}, "neither an interval nor a lag"),
        ({"duration": 1e6, "every": 0.1, "steady_state": 1}, "more than 10000 intervals"),
        ({"compartment": ""}, "compartment must be a name"),
        ({"amount": "much"}, "must be a number in mg"),
    ],
)
def test_impossible_orders(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        Dose(**({"time": 0.0, "amount": 1.0} | fields))  # type: ignore[arg-type]


def test_faults_of_a_call_at_once() -> None:
    """Unknown compartments and times that are no numbers, together, with the nearest known name."""
    with pytest.raises(ModelError) as caught:
        concentration(
            {"central": _plasma}, [Dose(0, 1, compartment="centrl"), Dose(0, 1, compartment="depot")], [math.nan]
        )
    assert len(caught.value.faults) == 3
    assert "Did you mean 'central'" in str(caught.value)


@pytest.mark.parametrize(
    ("build", "count"),
    [
        (lambda: Exponentials((), ()), 1),
        (lambda: Exponentials((1.0, math.nan), (0.0,)), 3),
        (lambda: Exponentials((-1.0,), (1.0,)), 1),
        (lambda: Exponentials.one_compartment(-1.0, 0.0), 2),
        (lambda: Exponentials.two_compartment(math.nan, 0.0, 0.0, -1.0), 4),
        (lambda: _plasma.absorbed(0.0, -1.0), 2),
        (lambda: _plasma.effect_site(0.0), 1),
        (lambda: regional_ratio(-1.0, 0.0, 1.0), 3),
    ],
)
def test_impossible_models(build: object, count: int) -> None:
    with pytest.raises(ModelError) as caught:
        build()  # type: ignore[operator]
    assert len(caught.value.faults) == count


def test_nouns_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        _plasma.rates = (1.0,)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        Dose(0.0, 1.0).amount = 2.0  # type: ignore[misc]


def test_half_life_of_the_effect_site() -> None:
    """A site half a day behind reaches half of a constant concentration after half a day: catches 1e-12."""
    model = Exponentials.one_compartment(1e-9, 1.0).effect_site(0.5)  # a body that hardly loses anything
    assert concentration(model, [Dose(0.0, 1.0)], 0.5) == pytest.approx(0.5, rel=1e-8)
    assert _plasma.terminal_half_life == pytest.approx(math.log(2) / 0.2, rel=1e-15)


def test_a_schedule_takes_about_a_millisecond() -> None:
    """12 doses, 2 exponentials, 1,000 times: the fastest of 20 runs stays below 5 ms even on a busy machine."""
    doses, times = [Dose(14.0 * k, 350.0, duration=0.06) for k in range(12)], np.linspace(0, 200, 1000)
    spans = []
    for _ in range(20):
        start = time.perf_counter()
        concentration(_two, doses, times)
        spans.append(time.perf_counter() - start)
    assert min(spans) < 5e-3
