"""T27: concentrations equal NONMEM's, numerical integration's and the textbook's, and labels of real drugs."""

import csv
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from seedsoil.biology.medicine.kinetics import Dose, Exponentials, concentration, regional_ratio
from seedsoil.foundation.errors import ModelError
from tests.reference_data import reference_folder
from tests.theory.numerical_doses import Body, integrated, random_body, random_schedule

_bevacizumab = Exponentials.two_compartment(0.206, 2.68, 0.446, 2.42)  # a woman of 70 kg; L and L/day


def _rows(name: str, **only: float) -> list[dict[str, float]]:
    with (reference_folder("pk") / name).open(encoding="utf-8") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    return [row for row in rows if all(row[key] == value for key, value in only.items())]


def _nonmem_dose(row: dict[str, float]) -> Dose:
    """Return a NONMEM record as a dose; rate -1 and -2 ask for the modelled rate and duration."""
    central = row["cmt"] == 2
    return Dose(
        time=row["time_h"],
        amount=row["amt_mg"],
        duration=row["dur2_h"] if row["rate_mg_per_h"] == -2 else 0.0,
        rate=row["rat2_mg_per_h"] if row["rate_mg_per_h"] == -1 else max(row["rate_mg_per_h"], 0.0),
        lag=row["lag_h"] if central else 0.0,  # lag and bioavailability are the central compartment's
        bioavailability=row["bioav"] if central else 1.0,
        every=row["ii_h"],
        additional=int(row["addl"]),
        steady_state=int(row["ss"]),
        compartment="central" if central else "depot",
        reset=row["evid"] in (3, 4),
    )


@pytest.mark.parametrize("scenario", range(1, 30))
def test_nonmem_schedules(scenario: int) -> None:
    """All printed digits agree: catches a relative error of 5e-5, and any dose late by 1e-3 h."""
    rows = _rows("dosing_expected.csv", scenario=scenario)
    times = np.array([row["time_h"] for row in rows])
    expected = np.array([row["cp_ug_per_L"] for row in rows])
    plasma = Exponentials.one_compartment(1.1, 20.0)
    doses = [_nonmem_dose(row) for row in _rows("dosing_events.csv", scenario=scenario)]
    found = 1000.0 * concentration({"central": plasma, "depot": plasma.absorbed(1.5)}, doses, times)
    assert np.all(np.abs(found - expected) <= 5e-5 * expected)


def test_nonmem_time_varying_clearance() -> None:
    """Clearance that changes at each record, carried over as amounts: catches 5e-5, or a covariate one record late."""
    rows = _rows("time_varying.csv")
    volume, ka = 20.0, 1.5
    central = depot = 0.0
    worst = 0.0
    given = [row for row in rows if row["evid"] == 1]
    for before, row in pairwise(rows):
        if any(
            before["time_h"] == dose["time_h"] + k * dose["ii_h"]
            for dose in given
            for k in range(int(dose["addl"]) + 1)
        ):
            depot += given[0]["amt_mg"] if row["time_h"] > before["time_h"] else 0.0
        span = row["time_h"] - before["time_h"]
        # The covariate of a record holds over the interval that ends there.
        plasma = Exponentials.one_compartment(1.1 * (row["weight_kg"] / 70.0) ** 0.75, volume)
        doses = [Dose(0.0, central), Dose(0.0, depot, compartment="depot")]
        now = float(concentration({"central": plasma, "depot": plasma.absorbed(ka)}, doses, span))
        central, depot = now * volume, depot * np.exp(-ka * span)
        if row["cp_ug_per_L"] > 0:
            worst = max(worst, abs(1000.0 * now / row["cp_ug_per_L"] - 1.0))
    assert worst <= 5e-5


def test_random_schedules_against_numerical_integration() -> None:
    """200 schedules with every feature at once: catches a relative error of 1e-8 wherever 0.1 % of the peak is left."""
    generator = np.random.default_rng(27)
    bodies = [random_body(generator) for _ in range(200)]
    schedules = [random_schedule(generator, body) for body in bodies]
    samples = [np.sort(generator.uniform(0, 60, 8)) for _ in bodies]
    for body, doses, times, expected in zip(
        bodies, schedules, samples, integrated(bodies, schedules, samples), strict=True
    ):
        found = concentration(body.model(), doses, times)
        error = np.abs(found - expected) / np.maximum(expected, 1e-3 * expected.max() + 1e-300)
        assert error.max() < 1e-8, (body, doses)


def test_textbook_forms() -> None:
    """Bolus, infusion, Bateman and two compartments as printed: catches a relative error of 1e-12."""
    dose, clearance, volume, ka, length = 100.0, 5.0, 20.0, 3.0, 0.5
    k = clearance / volume
    times = np.linspace(0.0, 20.0, 201)
    plasma = Exponentials.one_compartment(clearance, volume)
    bolus = dose / volume * np.exp(-k * times)
    np.testing.assert_allclose(concentration(plasma, [Dose(0, dose)], times), bolus, rtol=1e-12)
    rising = dose / length / clearance * (1 - np.exp(-k * np.minimum(times, length)))
    infusion = rising * np.exp(-k * np.maximum(times - length, 0))
    np.testing.assert_allclose(concentration(plasma, [Dose(0, dose, duration=length)], times), infusion, rtol=1e-12)
    bateman = 0.6 * dose * ka / (volume * (ka - k)) * (np.exp(-k * times) - np.exp(-ka * times))
    oral = concentration({"gut": plasma.absorbed(ka, 0.6)}, [Dose(0, dose, compartment="gut")], times)
    np.testing.assert_allclose(oral, bateman, rtol=1e-12, atol=1e-14)
    q, v2 = 2.0, 40.0
    k12, k21 = q / volume, q / v2
    alpha, beta = -np.sort(-np.roots([1.0, -(k + k12 + k21), k * k21]))
    a = dose / volume * (alpha - k21) / (alpha - beta)
    b = dose / volume * (k21 - beta) / (alpha - beta)
    two = concentration(Exponentials.two_compartment(clearance, volume, q, v2), [Dose(0, dose)], times)
    np.testing.assert_allclose(two, a * np.exp(-alpha * times) + b * np.exp(-beta * times), rtol=1e-12)


@pytest.mark.parametrize("length", [0.0, 0.5, 3.0])
def test_area_is_dose_over_clearance(length: float) -> None:
    """Quadrature of the curve, to 40 terminal half-lives: catches 1e-10 of the dose lost or doubled."""
    cases = {"central": _bevacizumab, "depot": _bevacizumab.absorbed(1.2), "site": _bevacizumab.effect_site(3.0)}
    for name, model in cases.items():
        dose = Dose(0.0, 350.0, duration=length, compartment=name)
        knots = np.concatenate([[0.0, length], length + np.geomspace(0.01, 40 * model.terminal_half_life, 120)])
        nodes, weights = np.polynomial.legendre.leggauss(12)
        area = 0.0
        for start, stop in pairwise(knots):
            half = (stop - start) / 2
            area += half * float(weights @ concentration({name: model}, [dose], start + half * (nodes + 1)))
        assert area == pytest.approx(350.0 / 0.206, rel=1e-10)
        assert model.area == pytest.approx(1 / 0.206, rel=1e-12)


def test_accumulation() -> None:
    """Repeated boluses rise to 1/(1 - exp(-k tau)) of the first, and steady state is their limit: catches 1e-12."""
    k, tau = 0.3, 2.0
    plasma = Exponentials.one_compartment(k * 10.0, 10.0)
    many = concentration(plasma, [Dose(0, 50.0, every=tau, additional=100)], 100 * tau)
    steady = concentration(plasma, [Dose(0, 50.0, every=tau, steady_state=1)], 0.0)
    expected = 5.0 / (1 - np.exp(-k * tau))
    assert many == pytest.approx(expected, rel=1e-12)
    assert steady == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("length", [0.0, 0.3, 2.0, 5.1, 48.0])
@pytest.mark.parametrize("lag", [0.0, 0.7, 4.5])
def test_steady_state_is_the_limit_of_repeats(length: float, lag: float) -> None:
    """Also where infusions outlast the interval and lags span several: catches a relative error of 1e-11."""
    tau, past = 2.0, 400
    model = Exponentials.two_compartment(3.0, 10.0, 2.0, 8.0)
    times = np.linspace(0.0, 60.0, 121)
    shape = {"duration": length, "lag": lag, "every": tau}
    steady = concentration(model, [Dose(0.0, 80.0, additional=3, steady_state=1, **shape)], times)
    repeats = concentration(model, [Dose(-past * tau, 80.0, additional=past + 3, **shape)], times)
    np.testing.assert_allclose(steady, repeats, rtol=1e-11)


def test_superposition(generator: np.random.Generator) -> None:
    """Two orders together are the sum of each alone, half a dose is half the curve: catches 1e-13 of the peak."""
    times = np.linspace(0.0, 60.0, 200)
    for _ in range(20):
        start, size = generator.uniform(0, 20, 4), generator.uniform(1, 100, 4)
        doses = [Dose(a, b, duration=generator.choice([0.0, 3.0])) for a, b in zip(start, size, strict=True)]
        together = concentration(_bevacizumab, doses, times)
        apart = sum(concentration(_bevacizumab, [dose], times) for dose in doses)
        np.testing.assert_allclose(together, apart, rtol=1e-12, atol=1e-13 * together.max())
        halves = [Dose(dose.time, dose.amount / 2, duration=dose.duration) for dose in doses for _ in range(2)]
        np.testing.assert_allclose(
            concentration(_bevacizumab, halves, times), together, rtol=1e-12, atol=1e-13 * together.max()
        )


@pytest.mark.parametrize("nearness", [0.0, 1e-14, 1e-9, 1e-7, 3e-6, 9.9e-6, 1.1e-5, 1e-3])
def test_uptake_as_fast_as_loss(nearness: float) -> None:
    """Where ka meets k, Bateman's curve is k t exp(-k t): catches 1e-9 of the value or 1e-10 of the peak."""
    k = 0.7
    ka = k * (1 + nearness)
    times = np.linspace(0.01, 15.0, 400) / k
    middle, half = (k + ka) / 2 * times, (ka - k) / 2 * times
    expected = ka * np.exp(-middle) * times * (np.sinh(half) / half if nearness else 1.0) / 20.0
    model = Exponentials.one_compartment(20.0 * k, 20.0).absorbed(ka)
    found = concentration({"gut": model}, [Dose(0.0, 1.0, compartment="gut")], times)
    assert np.all(np.abs(found - expected) <= np.maximum(1e-9 * expected, 1e-10 * expected.max()))


@pytest.mark.parametrize("nearness", [0.0, 3e-6, 7e-6, 1.6e-5])
def test_three_equal_rates(nearness: float) -> None:
    """Uptake, loss and effect site at one rate: (k t)^2/2 exp(-k t) to 1e-4 of its peak; a fourth is refused."""
    k = 0.7
    model = Exponentials.one_compartment(20.0 * k, 20.0).absorbed(k * (1 + nearness)).effect_site(np.log(2.0) / k)
    times = np.linspace(0.0, 12.0, 200) / k
    expected = (k * times) ** 2 / 2 * np.exp(-k * times) / 20.0
    found = concentration({"gut": model}, [Dose(0.0, 1.0, compartment="gut")], times)
    assert np.abs(found - expected).max() < 1e-4 * expected.max()
    with pytest.raises(ModelError, match="four steps share the rate"):
        model.effect_site(np.log(2.0) / k)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("nearness", [0.0, 1e-7])
def test_equal_rates_in_two_compartments(which: int, nearness: float) -> None:
    """Uptake as fast as one of two rates, then also an effect site: equal to integration, to 1e-8 and 1e-4 of the peak."""
    ka = _bevacizumab.rates[which] * (1 + nearness)
    body = Body(clearance=0.206, volume=2.68, exchange=0.446, peripheral=2.42, ka=ka, ke0=0.0)
    times = np.linspace(0.5, 40.0, 9)
    doses = [Dose(0.0, 350.0, compartment="depot"), Dose(3.0, 100.0, duration=2.0, compartment="depot")]
    for ke0, tolerance in ((0.0, 1e-8), (ka, 1e-4)):
        body = replace(body, ke0=ke0)
        found = concentration(body.model(), doses, times)
        expected = integrated([body], [doses], [times])[0]
        assert np.abs(found - expected).max() < tolerance * expected.max()


def test_label_of_bevacizumab() -> None:
    """5 mg/kg every 2 weeks, 70 kg: trough 82.6 mg/L at first quoted, 82.84 from these rounded parameters, 80.3 on the label.

    Accumulation 2.5 (label 2.8). Catches 0.5 % of clearance, and a trough taken after the dose instead of before it.
    """
    regimen = Dose(0.0, 350.0, every=14.0, steady_state=1)
    trough = float(concentration(_bevacizumab, [regimen], 14.0))
    assert trough == pytest.approx(82.6, rel=4e-3)
    assert trough == pytest.approx(80.3, rel=0.05)
    first = float(concentration(_bevacizumab, [Dose(0.0, 350.0)], 14.0))
    assert trough / first == pytest.approx(2.5, abs=0.01)


def test_label_of_temozolomide() -> None:
    """200 mg/m2 for 1.8 m2, clearance 10 L/h: area 36 mg h/L (label 35): catches a relative error of 1e-9."""
    plasma = Exponentials.one_compartment(240.0, 30.3)
    hours = 24.0 * plasma.absorbed(24 * 5.8).area * 360.0
    assert hours == pytest.approx(36.0, rel=1e-9)
    assert hours == pytest.approx(35.0, rel=0.05)


def test_half_lives_of_gemcitabine() -> None:
    """Clearance 2.7 L/min, two volumes of 15 L, exchange 0.7 L/min: 2.9 and 19.6 min; catches 2 %."""
    model = Exponentials.two_compartment(2.7, 15.0, 0.7, 15.0)
    fast, slow = np.log(2.0) / np.array(model.rates)
    assert (fast, slow) == (pytest.approx(2.9, abs=0.05), pytest.approx(19.6, abs=0.05))


def test_regional_advantage() -> None:
    """Collins's ratio follows from the balance of flows at a constant infusion: catches a relative error of 1e-12."""
    clearance, flow, extraction, rate = 1500.0, 430.0, 0.95, 20.0
    by_vein = rate / clearance  # the organ's artery and the body see the same
    escaped = rate * (1 - extraction)  # of an arterial infusion, the rest of the body sees what escapes first passage
    body = escaped / clearance
    organ = rate / flow + body
    advantage = (organ / body) / (by_vein / by_vein)
    assert regional_ratio(clearance, flow, extraction) == pytest.approx(advantage, rel=1e-12)
    assert regional_ratio(0.0, flow, extraction) == 1.0
