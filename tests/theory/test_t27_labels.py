"""T27: the catalogue's agents against labels and papers: peaks, areas, troughs, regional advantage, marrow and kill."""

from dataclasses import replace

import numpy as np
import pytest

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.medicine.kinetics import Dose, Exponentials, concentration, regional_ratio
from seedsoil.biology.medicine.saturable import Followed
from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.given import Given
from seedsoil.experiment.protocol import Course
from seedsoil.experiment.timeline import levels, response, saturable
from tests.courses import as_ordered

HOUR = 1.0 / 24.0
SURFACE = 1.8  # m^2
LIVER_ARTERY = 608.4  # L/day, the adult host's


def body(name: str, doses: list[tuple[float, float, float]]) -> Followed:
    """One body under doses: day, mg, hours that each runs in; followed until it is empty."""
    found = Followed(saturable(entry("agents", name)))
    for day, amount, hours in doses:
        found.give(day, amount, hours * HOUR)
    found.advance(np.inf)
    return found


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


def test_fluorouracil_clears_a_pump_and_not_a_bolus() -> None:
    """600 mg/m^2 in 22 h settle at 0.20 mg/L by the law, 0.31 +- 0.11 measured; the area of a bolus of 400 mg/m^2 is
    C0 V (Km + C0 / 2) / Vmax, 13.9 mg h/L. Catches 1e-6 of either, so a linear clearance, which misses one fourfold.
    """
    most, half = 1390.0, 5.57
    pump = 600.0 * SURFACE / 22.0
    settled = body("fluorouracil", [(0.0, 600.0 * SURFACE, 22.0)]).read(np.array([21.9 * HOUR]))[0, 0]
    assert settled == pytest.approx(half * pump / (most - pump), rel=1e-6)
    assert settled == pytest.approx(0.20, abs=0.01)
    assert abs(settled - 0.31) <= 0.11
    volume = float(entry("agents", "fluorouracil").distribution.volume)
    start = 400.0 * SURFACE / volume
    whole = body("fluorouracil", [(0.0, 400.0 * SURFACE, 0.0)]).area
    assert 24.0 * whole == pytest.approx(start * volume / most * (half + start / 2.0), rel=1e-9)


def test_fluorouracil_falls_more_slowly_from_a_larger_bolus() -> None:
    """From a half to a quarter of the first level in 8 to 20 min, as labels have it; and from twice the dose nearly twice
    as long: 6 and 12 min were measured for 7.5 and 15 mg/kg. Catches a volume or maximum off by a half.
    """
    times = {}
    for per_kg in (7.5, 15.0):
        amount = per_kg * 70.0
        fine = np.linspace(0.0, 2.0 * HOUR, 40001)
        level = body("fluorouracil", [(0.0, amount, 0.0)]).read(fine)[0]
        first = float(entry("agents", "fluorouracil").distribution.volume)
        spots = [fine[np.argmax(level < share * amount / first)] for share in (0.5, 0.25)]
        times[per_kg] = (spots[1] - spots[0]) * 1440.0
    assert 6.0 <= times[7.5] <= 12.0
    assert 8.0 <= times[15.0] <= 20.0
    assert times[15.0] / times[7.5] == pytest.approx(1.7, abs=0.3)


@pytest.mark.parametrize(
    ("dose", "hours", "label_peak", "label_area"),
    [(175.0, 3.0, 3.65, 15.007), (135.0, 3.0, 2.17, 7.952), (175.0, 24.0, 0.365, 7.993), (135.0, 24.0, 0.195, 6.3)],
)
def test_paclitaxel_saturates_as_on_the_label(dose: float, hours: float, label_peak: float, label_area: float) -> None:
    """Four infusions of 2 to 7 patients each, all within a fifth: a linear body that fits one misses another twofold."""
    found = body("paclitaxel", [(0.0, dose * SURFACE, hours)])
    assert found.read(np.array([hours * HOUR]))[0, 0] == pytest.approx(label_peak, rel=0.2)
    assert 24.0 * found.area == pytest.approx(label_area, rel=0.2)


def test_paclitaxel_3_h_at_the_usual_dose() -> None:
    """175 mg/m^2: peak 3.86 mg/L and area 14.3 mg h/L, 6 % above and 5 % below the label; catches 2 % of its largest
    numbers. A third more dose makes four fifths more area on the label, and half more here, where a linear body has a third.
    """
    usual, less = (body("paclitaxel", [(0.0, dose * SURFACE, 3.0)]) for dose in (175.0, 135.0))
    assert usual.read(np.array([3.0 * HOUR]))[0, 0] == pytest.approx(3.86, rel=0.01)
    assert 24.0 * usual.area == pytest.approx(14.33, rel=0.01)
    assert usual.area / less.area == pytest.approx(1.51, abs=0.02)


def test_docetaxel() -> None:
    """100 mg/m^2 in 1 h: peak 3.7 mg/L, area 4.6 mg h/L, last half-life 11.1 h, steady volume 113 L, all within 5 %."""
    model, body = plasma("docetaxel"), entry("agents", "docetaxel").distribution
    assert peak(model, 100.0 * SURFACE, 1.0) == pytest.approx(3.7, rel=0.05)
    assert area(model, 100.0 * SURFACE) == pytest.approx(4.6, rel=0.05)
    assert 24.0 * model.terminal_half_life == pytest.approx(11.1, rel=0.05)
    assert float(body.volume) + float(body.peripheral_volume) == pytest.approx(113.0, rel=0.05)


def test_cetuximab() -> None:
    """400 then 250 mg/m^2 a week: trough 61 to 76 mg/L and peak 209 to 220 from week 3 on, within 41 to 85 and 168 to 235
    over studies. One study (SmPC) has 41 to 55 and 152 to 156. Catches a maximum or a half off by a tenth.
    """
    doses = [(0.0, 720.0, 2.0), *((7.0 * week, 450.0, 1.0) for week in range(1, 11))]
    days = np.array([14.0 - 1e-6, 21.0 + HOUR, 63.0 - 1e-6, 63.0 + HOUR])
    found = body("cetuximab", doses).read(days)[0]
    assert found == pytest.approx([60.7, 209.3, 75.9, 219.9], rel=3e-3)
    assert all(41.0 <= trough <= 85.0 for trough in found[::2])
    assert all(168.0 <= peak <= 235.0 for peak in found[1::2])


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
    level, _ = levels([as_ordered(agent, course, 90.0)], np.array([58.5, 59.4, 60.0, 65.5]), None)
    held = level / (level + float(agent.blocks[0].half))
    assert (held[:3] > 0.94).all()
    assert level[3] / level[2] == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(("name", "low", "high"), [("floxuridine", 100.0, 400.0), ("fluorouracil", 16.0, 18.0)])
def test_the_liver_gains_by_its_own_artery(name: str, low: float, high: float) -> None:
    """Collins: 1 + CL / (Q (1 - E)), 178 for floxuridine, where 100 to 400 are published; 17 for a slow pump of fluorouracil,
    where 5 to 10 are published, by clearances of half as much, as larger doses have.

    The levels of a month's infusion have that ratio: catches 1e-6 (1e-5 where clearance saturates), so any share of first
    passage taken twice.
    """
    agent = entry("agents", name)
    law = agent.distribution
    clearance = 1.0 / response(agent, "iv", effect_site=False).area
    advantage = regional_ratio(clearance, LIVER_ARTERY, float(law.first_pass_extraction))
    assert low <= advantage <= high
    course = Course(name, 0.6, "hepatic_artery", 0.0, duration=40.0)
    rest, above = levels([as_ordered(agent, course, 40.0)], np.array([39.9]), LIVER_ARTERY)
    assert float((rest + above)[0] / rest[0]) == pytest.approx(advantage, rel=1e-5 if law.is_saturable else 1e-6)


def _course(name: str, route: str, per_area: float, hours: float, every: float, times: int) -> Given:
    amount = per_area * SURFACE
    return as_ordered(entry("agents", name), Course(name, amount, route, 0.0, every, times, hours * HOUR), 40.0)


def _nadir(agent: Agent, given: Given) -> tuple[float, float]:
    """Lowest neutrophil count [1e9/L] of Friberg's line of compartments, and its day: midpoint rule, steps of 3 min, mean
    level in each.
    """
    rate, feedback, baseline, span, parts = 4.0 / (110.0 * HOUR), 0.17, 5.0, 1.0 / 480.0, 16
    steps = int(40.0 / span)
    within = (np.arange(steps * parts) + 0.5) * span / parts
    bare = agent.model_copy(update={"distribution": agent.distribution.model_copy(update={"effect_half_life": None})})
    level, _ = levels([replace(given, agent=bare)], within, None)
    effect = float(agent.toxicity.neutrophil_slope) * level.reshape(steps, parts).mean(axis=1)
    if agent.toxicity.neutrophil_delay is not None:
        effect = np.concatenate([np.zeros(round(float(agent.toxicity.neutrophil_delay) / span)), effect])[:steps]
    cells, lowest, day = np.ones(5), 1.0, 0.0

    def change(now: np.ndarray, drug: float) -> np.ndarray:
        made = now[0] * (1.0 - drug) * now[4] ** -feedback
        return rate * np.array([made - now[0], *(now[:4] - now[1:])])

    for step, drug in enumerate(effect):
        middle = cells + 0.5 * span * change(cells, float(drug))
        cells = cells + span * change(middle, float(drug))
        if cells[4] < lowest:
            lowest, day = float(cells[4]), step * span
    return baseline * lowest, day


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
        ("methotrexate", "iv", 12000.0, 4.0, 7.0, 1, 4.08),
    ],
)
def test_neutrophil_slopes_bring_the_stated_nadir(
    name: str, route: str, per_area: float, hours: float, every: float, times: int, stated: float
) -> None:
    """Each entry's note states the nadir of a usual dose: it follows, to 4 %, and on day 28 for temozolomide. Catches a slope off by a
    twentieth.
    """
    agent = entry("agents", name)
    assert f"{per_area * (SURFACE if name == 'paclitaxel' else 1.0):g} mg" in agent.toxicity.neutrophil_slope.note
    lowest, day = _nadir(agent, _course(name, route, per_area, hours, every, times))
    assert lowest == pytest.approx(stated, rel=0.04)
    assert name != "temozolomide" or day == pytest.approx(28.0, abs=1.0)


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
        ("fluorouracil", "iv", 400.0, 0.0, 14.0, 1, 14.0, 0.73),
        ("methotrexate", "iv", 12000.0, 4.0, 7.0, 1, 7.0, 0.72),
    ],
)
def test_halves_bring_the_stated_kill(
    name: str, route: str, per_area: float, hours: float, every: float, times: int, days: float, stated: float
) -> None:
    """Each entry's note states the e-folds of kill that a usual cycle brings to cells in cycle: they follow, to 1 %."""
    kill = entry("agents", name).kill
    assert f"{stated:.2f} e-folds" in kill.half.note
    clock = np.linspace(0.0, days, int(400 * days) + 1)
    level, _ = levels([_course(name, route, per_area, hours, every, times)], clock, None)
    steep = (level / float(kill.half)) ** float(kill.power)
    assert np.trapezoid(float(kill.maximum) * steep / (1.0 + steep), clock) == pytest.approx(stated, rel=0.01)
