"""Bodies that can be full: against an exact answer, another solver, the linear law where doses are small, and balance."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from seedsoil.biology.medicine.kinetics import Dose, Exponentials, concentration
from seedsoil.biology.medicine.saturable import Followed, Saturable, stretch
from seedsoil.foundation.errors import ModelError

Floats = NDArray[np.float64]
PLAIN = Saturable(volume=17.0, maximum_elimination=33360.0, half_elimination=5.57)
#: Every part at once: an enzyme and a linear path, a tissue that fills and one that does not, a depot, and a lag.
WHOLE = Saturable(
    volume=10.8, maximum_elimination=735.6, half_elimination=0.57, clearance=60.0, maximum_distribution=3585.6,
    half_distribution=1.23, return_rate=26.9, intercompartmental_clearance=403.0, peripheral_volume=301.0,
    absorption_rate=20.0, effect_rate=0.7,
)  # fmt: skip
#: Day, mg, days that it runs in, and whether it goes into the depot.
DOSES = [(0.0, 300.0, 0.125, False), (0.05, 80.0, 0.0, True), (0.4, 200.0, 0.0, False), (0.9, 100.0, 0.5, False)]


def _follow(body: Saturable, doses: list[tuple[float, float, float, bool]]) -> Followed:
    found = Followed(body)
    for dose in doses:
        found.give(*dose)
    found.advance(math.inf)
    return found


def _by_another_solver(body: Saturable, times: Floats) -> Floats:
    """Plasma level, effect-site level and area at ``times`` after ``DOSES``, by the equations written out once more."""

    def change(day: float, now: Floats) -> list[float]:
        central, bound, peripheral, depot, effect, _ = now
        level = central / body.volume
        inflow = sum(mg / run for start, mg, run, _ in DOSES if run > 0.0 and start <= day < start + run)
        enzyme = body.maximum_elimination * level / (body.half_elimination + level)
        there = body.maximum_distribution * level / (body.half_distribution + level)
        exchange = body.intercompartmental_clearance * (level - peripheral / body.peripheral_volume)
        gained = inflow + body.absorption_rate * depot + body.return_rate * bound
        return [
            gained - enzyme - body.clearance * level - there - exchange,
            there - body.return_rate * bound,
            exchange,
            -body.absorption_rate * depot,
            body.effect_rate * (level - effect),
            level,
        ]

    cuts = sorted({0.0, float(times[-1]), *(day for start, _, run, _ in DOSES for day in (start, start + run))})
    now, found = np.zeros(6), np.zeros((3, times.size))
    for start, stop in pairwise(cuts):
        for day, mg, run, by_mouth in DOSES:
            if day == start and run == 0.0:
                now[3 if by_mouth else 0] += mg
        inside = (times >= start) & (times <= stop)
        # A hair within the piece, so that the solver never evaluates the pump of the next one.
        span = (start, stop - 1e-13)
        solved = solve_ivp(
            change, span, now, method="DOP853", rtol=1e-11, atol=1e-12, t_eval=np.clip(times[inside], *span)
        )
        found[:, inside] = solved.y[[0, 4, 5]]
        now = solve_ivp(change, span, now, method="DOP853", rtol=1e-11, atol=1e-12).y[:, -1]
    found[0] /= body.volume
    return found


def test_one_compartment_keeps_its_integral() -> None:
    """Km ln(C0 / C) + C0 - C = Vmax t / V is exact: kept to 1e-9 of C0 over a fall by six decades; catches any wrong weight."""
    first = 720.0 / 17.0
    times = np.linspace(0.0, 0.05, 400)
    level = _follow(PLAIN, [(0.0, 720.0, 0.0, False)]).read(times)[0]
    assert level[0] == pytest.approx(first, rel=1e-15)
    assert level[-1] < 1e-3 * first
    kept = 5.57 * np.log(first / level) + first - level
    assert np.abs(kept - 33360.0 / 17.0 * times).max() < 1e-9 * first


def test_against_another_solver() -> None:
    """All parts at once under boluses, overlapping infusions and a depot: to 2e-8 of each peak, against an eighth-order
    method at a tolerance of 1e-11. Catches any path left out, and an error of step or of interpolant above that.
    """
    times = np.unique(np.concatenate([np.linspace(0.0, 3.0, 601), [day for day, _, _, _ in DOSES[1:]]]))
    times = times[(times != 0.05) & (times != 0.4)]  # a jump has two values
    found, other = _follow(WHOLE, DOSES).read(times), _by_another_solver(WHOLE, times)
    for here, there in zip(found, other, strict=True):
        assert np.abs(here - there).max() < 2e-8 * there.max()


@pytest.mark.parametrize("effect_rate", [0.0, 0.7])
def test_small_doses_meet_the_linear_law(effect_rate: float) -> None:
    """Doses of 1e-10 of what fills the body: superposed exponentials, to 1e-9 of the peak. Catches a wrong limit of either
    saturable path, and a tolerance that is not relative.
    """
    body = replace(WHOLE, effect_rate=effect_rate)
    plasma = Exponentials.mammillary(60.0 + 735.6 / 0.57, 10.8, [(3585.6 / 1.23, 26.9), (403.0, 403.0 / 301.0)])
    small = [(day, 1e-10 * mg, run, by_mouth) for day, mg, run, by_mouth in DOSES]
    times = np.linspace(0.0, 5.0, 501)
    found = _follow(body, small).read(times)
    responses = [plasma] if effect_rate == 0.0 else [plasma, plasma.effect_site(math.log(2.0) / effect_rate)]
    for which, model in enumerate(responses):
        doses = [Dose(d, mg, duration=run, compartment="depot" if oral else "central") for d, mg, run, oral in small]
        linear = concentration({"central": model, "depot": model.absorbed(20.0)}, doses, times)
        assert np.abs(found[which] - linear).max() < 1e-9 * linear.max()
    assert (effect_rate > 0.0) == bool(np.any(found[0] != found[1]))
    total = sum(mg for _, mg, _, _ in small)
    assert _follow(body, small).area == pytest.approx(total * plasma.area, rel=1e-9)


@pytest.mark.parametrize("tissues", [[], [(9.0, 2.0)], [(9.0, 2.0), (4.0, 0.1)], [(9.0, 2.0), (4.0, 2.0), (1e-6, 7.0)]])
def test_mammillary_bodies(tissues: list[tuple[float, float]]) -> None:
    """Their whole area is 1 / CL, their first level 1 / V and its fall (CL + exchange) / V^2, to 1e-12; with one tissue
    they are the two-compartment law. Catches a root or a weight off by that.
    """
    model = Exponentials.mammillary(3.0, 5.0, tissues)
    assert model.area == pytest.approx(1.0 / 3.0, rel=1e-12)
    assert math.fsum(model.coefficients) == pytest.approx(0.2, rel=1e-12)
    fall = math.fsum(a * rate for a, rate in zip(model.coefficients, model.rates, strict=True))
    assert fall == pytest.approx((3.0 + sum(there for there, _ in tissues)) / 25.0, rel=1e-12)
    if len(tissues) == 1:
        known = Exponentials.two_compartment(3.0, 5.0, 9.0, 4.5)
        assert sorted(model.rates) == pytest.approx(sorted(known.rates), rel=1e-12)


def test_nothing_is_lost() -> None:
    """What was given less what both paths have taken, by quadrature of the level, is what the body holds: to 1e-7 of it."""
    found = Followed(WHOLE)
    for dose in DOSES:
        found.give(*dose)
    found.advance(2.0)
    edges = np.unique(np.concatenate([np.linspace(0.0, 2.0, 4001), [0.05, 0.125, 0.4, 0.9, 1.4]]))
    nodes, weights = np.polynomial.legendre.leggauss(4)
    width = np.diff(edges)[:, None]
    level = found.read(edges[:-1, None] + width * (nodes + 1.0) / 2.0)[0]
    taken = 735.6 * level / (0.57 + level) + 60.0 * level
    given = sum(mg for _, mg, _, _ in DOSES)
    assert given - float(np.sum(taken * width * weights / 2.0)) == pytest.approx(sum(found.content), abs=1e-7 * given)
    found.advance(math.inf)
    assert found.content == (0.0, 0.0, 0.0, 0.0)


def test_doses_share_the_enzyme() -> None:
    """Two doses at once leave more than twice what one leaves, and a later one finds the enzyme busy: catches superposition."""
    one, two = (_follow(PLAIN, [(0.0, 720.0, 0.0, False)] * count) for count in (1, 2))
    assert two.area > 3.0 * one.area
    later = _follow(PLAIN, [(0.0, 720.0, 0.0, False), (0.01, 720.0, 0.0, False)])
    assert 2.2 * one.area < later.area < two.area


def test_before_the_first_dose_there_is_nothing() -> None:
    """Asked only about days before anything was given, as a count of blood cells with a delay does: zero, not a fault."""
    found = _follow(PLAIN, [(1.0, 720.0, 0.0, False)])
    assert not found.read(np.array([-1.0, 0.0, 0.999])).any()


def test_what_is_asked_changes_nothing() -> None:
    """The bytes of an answer do not depend on what was asked before, on the order of times, or on other samples."""
    times = np.linspace(-1.0, 3.0, 401)
    found = _follow(WHOLE, DOSES).read(times)
    assert not found[:, times < 0.0].any()
    assert (found >= 0.0).all()
    stretch.cache_clear()
    again = _follow(WHOLE, DOSES)
    assert again.read(times[::-1].copy())[:, ::-1].tobytes() == found.tobytes()
    assert again.read(times.reshape(1, -1)).shape == (3, 1, 401)
    assert again.read(times[200:201])[:, 0].tobytes() == found[:, 200].tobytes()


def test_doses_far_apart_are_followed_once() -> None:
    """Twelve bolus doses, each into an empty body, cost one; infusions of two hours too, whatever the day is written as."""
    stretch.cache_clear()
    found = _follow(PLAIN, [(14.0 * cycle, 720.0, 0.0, False) for cycle in range(13)])
    assert stretch.cache_info().misses == 2  # the last is followed until the body is empty
    assert found.area == pytest.approx(13.0 * 720.0 / 33360.0 * (5.57 + 720.0 / 34.0), rel=1e-9)
    stretch.cache_clear()
    _follow(PLAIN, [(14.1 * cycle, 720.0, 2.0 / 24.0, False) for cycle in range(13)])
    assert stretch.cache_info().misses <= 6


def test_impossible_bodies_are_refused() -> None:
    """All faults at once, by name: catches one that would divide by zero on the way."""
    with pytest.raises(ModelError) as caught:
        Saturable(volume=0.0, maximum_elimination=-1.0, half_elimination=math.nan)
    assert [fault.split()[0] for fault in caught.value.faults] == ["volume", "maximum_elimination", "half_elimination"]
