"""T27: the catalogue's agents against labels and papers: peaks, areas, troughs, regional advantage, marrow and kill."""

import numpy as np
import pytest

from seedsoil.biology.medicine.kinetics import Dose, Exponentials, concentration, regional_ratio
from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Course
from seedsoil.experiment.timeline import levels, response
from tests.courses import as_ordered

HOUR = 1.0 / 24.0
SURFACE = 1.8  # m^2
LIVER_ARTERY = 608.4  # L/day, the adult host's


def plasma(name: str, route: str = "iv") -> Exponentials:
    return response(entry("agents", name), route, effect_site=False)


def peak(model: Exponentials, mg: float, hours: float) -> float:
    return float(concentration(model, [Dose(0.0, mg, duration=hours * HOUR)], hours * HOUR))


def area(model: Exponentials, mg: float) -> float:
    """Area under the curve [mg h/L]."""
    return 24.0 * model.area * mg


def test_bevacizumab() -> None:
    """5 mg/kg every 14 days in 70 kg: trough 82.8 mg/L (label 80.3), accumulation 2.5 (label 2.8, 2.5 by population
    kinetics). Catches 0.5 % of clearance.
    """
    model = plasma("bevacizumab")
    trough = float(concentration(model, [Dose(0.0, 350.0, every=14.0, steady_state=1)], 14.0))
    assert trough == pytest.approx(82.6, rel=4e-3)
    assert trough == pytest.approx(80.3, rel=0.05)
    assert trough / float(concentration(model, [Dose(0.0, 350.0)], 14.0)) == pytest.approx(2.5, abs=0.01)


def test_temozolomide() -> None:
    """200 mg/m^2: area 36 mg h/L (label 35), half-life 2.1 h, and a fifth of it beyond an intact barrier."""
    model = plasma("temozolomide", "oral")
    assert area(model, 200.0 * SURFACE) == pytest.approx(36.0, rel=1e-9)
    assert area(model, 200.0 * SURFACE) == pytest.approx(35.0, rel=0.05)
    assert 24.0 * model.terminal_half_life == pytest.approx(2.1, abs=0.02)
    assert float(entry("agents", "temozolomide").barrier_passage) == 0.2


def test_gemcitabine() -> None:
    """Two half-lives of 2.9 and 19.6 min, which follow from the published volumes and flows: catches 2 %."""
    fast, slow = np.sort(np.log(2.0) / np.array(plasma("gemcitabine").rates)) * 1440.0
    assert (fast, slow) == (pytest.approx(2.9, abs=0.05), pytest.approx(19.6, abs=0.05))


def test_fluorouracil_is_linear_only_for_a_bolus() -> None:
    """Its saturable law (1390 mg/h, 5.57 mg/L) settles at 0.20 mg/L for 600 mg/m^2 in 22 h, 0.31 +- 0.11 measured.

    The catalogue's linear clearance is that of a bolus: the area of 400 mg/m^2 is within a quarter of the saturable
    law's, C0 V (Km + C0 / 2) / Vmax. For the infusion it is four times too high: this test holds the size of that error.
    """
    most, half = 1390.0, 5.57
    pump = 600.0 * SURFACE / 22.0
    settled = half * pump / (most - pump)
    assert settled == pytest.approx(0.20, abs=0.01)
    assert abs(settled - 0.31) <= 0.11
    body = entry("agents", "fluorouracil").distribution
    clearance, volume = float(body.clearance) * HOUR, float(body.volume)
    start = 400.0 * SURFACE / volume
    saturable = start * volume / most * (half + start / 2.0)
    assert area(plasma("fluorouracil"), 400.0 * SURFACE) == pytest.approx(saturable, rel=0.25)
    assert pump / clearance / settled == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(
    ("dose", "label_peak", "label_area"),
    [(175.0, 3.65, 15.007), (135.0, 2.17, 7.952)],
)
def test_paclitaxel_lies_between_its_two_labelled_doses(dose: float, label_peak: float, label_area: float) -> None:
    """3 h infusions: a linear body cannot follow kinetics that saturate; it is 11 and 19 % low at 175 mg/m^2, 16 and
    17 % high at 135. Catches a linear stand-in that is off by a fifth at either dose.
    """
    model = plasma("paclitaxel")
    assert peak(model, dose * SURFACE, 3.0) == pytest.approx(label_peak, rel=0.2)
    assert area(model, dose * SURFACE) == pytest.approx(label_area, rel=0.2)
    assert (area(model, dose * SURFACE) < label_area) == (dose == 175.0)


def test_docetaxel() -> None:
    """100 mg/m^2 in 1 h: peak 3.7 mg/L, area 4.6 mg h/L, last half-life 11.1 h, steady volume 113 L, all within 5 %."""
    model, body = plasma("docetaxel"), entry("agents", "docetaxel").distribution
    assert peak(model, 100.0 * SURFACE, 1.0) == pytest.approx(3.7, rel=0.05)
    assert area(model, 100.0 * SURFACE) == pytest.approx(4.6, rel=0.05)
    assert 24.0 * model.terminal_half_life == pytest.approx(11.1, rel=0.05)
    assert float(body.volume) + float(body.peripheral_volume) == pytest.approx(113.0, rel=0.05)


def test_cetuximab() -> None:
    """400 then 250 mg/m^2 a week: trough 55 mg/L (label 41 to 55). The peak, 198 mg/L, is 27 % above the label's 156:
    one linear clearance stands for a saturable one. Catches a trough off by 10 %.
    """
    doses = [Dose(0.0, 720.0, duration=2 * HOUR), Dose(7.0, 450.0, duration=HOUR, every=7.0, additional=9)]
    trough, top = concentration(plasma("cetuximab"), doses, [63.0 - 1e-6, 63.0 + HOUR])
    assert trough == pytest.approx(55.0, rel=0.1)
    assert top == pytest.approx(155.8, rel=0.35)


@pytest.mark.parametrize(
    ("name", "mg", "every", "expected", "within"),
    [
        ("vemurafenib", 960.0, 0.5, 61.4, 0.05),  # label
        ("sunitinib", 50.0, 1.0, 0.06, 0.2),  # the drug alone; with its metabolite 0.05 mg/L is aimed at as a trough
        ("imatinib", 400.0, 1.0, 1.2, 0.2),  # label: trough about 1 mg/L
        ("erlotinib", 150.0, 1.0, 1.28, 0.3),  # former smokers' and others' trough
    ],
)
def test_settled_levels_by_mouth(name: str, mg: float, every: float, expected: float, within: float) -> None:
    """Mean level at steady state, dose over clearance and interval, against published levels."""
    assert mg * plasma(name, "oral").area / every == pytest.approx(expected, rel=within)


def test_interleukin_2() -> None:
    """Half-lives of 12.9 and 85 min after a bolus; an infusion of 6 h settles as measured (41 units/mL for 1e6/m^2)."""
    model = plasma("interleukin_2")
    minutes = np.sort(np.log(2.0) / np.array(model.rates)) * 1440.0
    assert minutes == pytest.approx([12.9, 85.0], rel=0.01)
    settled = 1e6 * 1.75 / 0.25 * model.area / 1000.0  # units/mL, for 1.75 m^2
    assert settled == pytest.approx(41.0, rel=0.05)


def test_aspirin_outlives_itself_in_platelets() -> None:
    """81 mg a day hold at least 94 % of platelets throughout; five and a half days after the last, half as much is left."""
    agent = entry("agents", "aspirin")
    course = Course("aspirin", 81.0, "oral", 0.0, every=1.0, times=60)
    level, _ = levels(as_ordered(agent, course, 90.0), np.array([58.5, 59.4, 60.0, 65.5]), None)
    held = level / (level + float(agent.blocks[0].half))
    assert (held[:3] > 0.94).all()
    assert level[3] / level[2] == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(("name", "low", "high"), [("floxuridine", 100.0, 400.0), ("fluorouracil", 4.0, 10.0)])
def test_the_liver_gains_by_its_own_artery(name: str, low: float, high: float) -> None:
    """Collins: 1 + CL / (Q (1 - E)), 178 for floxuridine and 4.9 for fluorouracil; 100 to 400 and 5 to 10 are published.

    The levels of a month's infusion have that ratio: catches 1e-6, so any share of first passage taken twice.
    """
    agent = entry("agents", name)
    body = agent.distribution
    advantage = regional_ratio(float(body.clearance), LIVER_ARTERY, float(body.first_pass_extraction))
    assert low <= advantage <= high
    course = Course(name, 600.0, "hepatic_artery", 0.0, duration=40.0)
    rest, above = levels(as_ordered(agent, course, 40.0), np.array([39.9]), LIVER_ARTERY)
    assert float((rest + above)[0] / rest[0]) == pytest.approx(advantage, rel=1e-6)


def _nadir(slope: float, model: Exponentials, doses: list[Dose]) -> float:
    """Lowest neutrophil count [1e9/L] of Friberg's line of compartments: midpoint rule, steps of 3 min, mean level in each."""
    rate, feedback, baseline, span, parts = 4.0 / (110.0 * HOUR), 0.17, 5.0, 1.0 / 480.0, 16
    steps = int(28.0 / span)
    within = (np.arange(steps * parts) + 0.5) * span / parts
    effect = slope * concentration(model, doses, within).reshape(steps, parts).mean(axis=1)
    cells, lowest = np.ones(5), 1.0

    def change(now: np.ndarray, drug: float) -> np.ndarray:
        made = now[0] * (1.0 - drug) * now[4] ** -feedback
        return rate * np.array([made - now[0], *(now[:4] - now[1:])])

    for drug in effect:
        middle = cells + 0.5 * span * change(cells, float(drug))
        cells = cells + span * change(middle, float(drug))
        lowest = min(lowest, float(cells[4]))
    return baseline * lowest


@pytest.mark.parametrize(
    ("name", "route", "per_area", "hours", "every", "times", "stated"),
    [
        ("irinotecan", "iv", 350.0, 1.5, 21.0, 1, 1.5),
        ("gemcitabine", "iv", 1000.0, 0.5, 7.0, 3, 1.8),
        ("paclitaxel", "iv", 200.0, 3.0, 21.0, 1, 1.06),
        ("docetaxel", "iv", 100.0, 1.0, 21.0, 1, 0.42),
        ("doxorubicin", "iv", 60.0, 0.24, 21.0, 1, 1.1),
        ("cisplatin", "iv", 75.0, 1.0, 21.0, 1, 2.7),
        ("temozolomide", "oral", 200.0, 0.0, 1.0, 5, 2.4),
        ("fluorouracil", "iv", 425.0, 0.072, 1.0, 5, 1.7),
        ("oxaliplatin", "iv", 85.0, 2.0, 14.0, 1, 3.9),
    ],
)
def test_neutrophil_slopes_bring_the_stated_nadir(
    name: str, route: str, per_area: float, hours: float, every: float, times: int, stated: float
) -> None:
    """Each entry's note states the nadir of a usual dose: it follows, to 4 %. Catches a slope off by a twentieth."""
    agent = entry("agents", name)
    dose = Dose(0.0, per_area * SURFACE, duration=hours * HOUR, every=every, additional=times - 1)
    assert f"{per_area * (SURFACE if name == 'paclitaxel' else 1.0):g} mg" in agent.toxicity.neutrophil_slope.note
    assert _nadir(float(agent.toxicity.neutrophil_slope), plasma(name, route), [dose]) == pytest.approx(
        stated, rel=0.04
    )


@pytest.mark.parametrize(
    ("name", "route", "per_area", "hours", "every", "times", "days", "stated"),
    [
        ("irinotecan", "iv", 180.0, 1.5, 14.0, 1, 14.0, 0.70),
        ("gemcitabine", "iv", 1000.0, 0.5, 7.0, 3, 28.0, 0.72),
        ("paclitaxel", "iv", 175.0, 3.0, 21.0, 1, 21.0, 0.76),
        ("docetaxel", "iv", 100.0, 1.0, 21.0, 1, 21.0, 0.74),
        ("doxorubicin", "iv", 60.0, 0.24, 21.0, 1, 21.0, 0.75),
        ("cisplatin", "iv", 75.0, 1.0, 21.0, 1, 21.0, 0.71),
        ("temozolomide", "oral", 200.0, 0.0, 1.0, 5, 28.0, 0.70),
    ],
)
def test_halves_bring_the_stated_kill(
    name: str, route: str, per_area: float, hours: float, every: float, times: int, days: float, stated: float
) -> None:
    """Each entry's note states the e-folds of kill that a usual cycle brings to cells in cycle: they follow, to 1 %."""
    kill = entry("agents", name).kill
    assert f"{stated:.2f} e-folds" in kill.half.note
    dose = Dose(0.0, per_area * SURFACE, duration=hours * HOUR, every=every, additional=times - 1)
    clock = np.linspace(0.0, days, int(400 * days) + 1)
    level = concentration(response(entry("agents", name), route), [dose], clock)
    steep = (level / float(kill.half)) ** float(kill.power)
    assert np.trapezoid(float(kill.maximum) * steep / (1.0 + steep), clock) == pytest.approx(stated, rel=0.01)
