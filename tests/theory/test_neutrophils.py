"""The marrow's line of cells: an independent solver, its steady state, and what its feedback must and must not do."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from seedsoil.biology.medicine.neutrophils import STEP_DAYS, counts, rested
from seedsoil.biology.soils.host_cells import Neutrophils


def _marrow(hours: float = 110.0, feedback: float = 0.17, baseline: float = 5e9) -> Neutrophils:
    def value(number: float, unit: str = "1") -> dict[str, object]:
        return {"value": number, "unit": unit, "grade": "assumed", "source": "assumed"}

    return Neutrophils.model_validate(
        {
            "transit_time": value(hours, "h"), "feedback": value(feedback), "baseline": value(baseline, "1/L"),
            "danger": value(5e8, "1/L"),
        }
    )  # fmt: skip


def _friberg(marrow: Neutrophils, effect, days: float, at: np.ndarray) -> np.ndarray:  # type: ignore[no-untyped-def,type-arg]
    """Counts by scipy's solver, from the equations as published."""
    rate, usual = 4.0 / float(marrow.transit_time), float(marrow.baseline)

    def change(day: float, y: np.ndarray) -> list[float]:  # type: ignore[type-arg]
        pool, one, two, three, blood = y
        made = rate * pool * (1.0 - effect(day)) * (usual / blood) ** float(marrow.feedback)
        return [
            made - rate * pool,
            rate * (pool - one),
            rate * (one - two),
            rate * (two - three),
            rate * (three - blood),
        ]

    found = solve_ivp(change, (0.0, days), [usual] * 5, "LSODA", at, rtol=1e-10, atol=1e-3, max_step=0.02)
    return np.asarray(found.y[4])


@pytest.mark.parametrize(("peak", "decay"), [(1.0, 0.3), (4.0, 1.5), (40.0, 20.0), (400.0, 100.0)])
def test_a_dose_gives_the_counts_of_another_solver(peak: float, decay: float) -> None:
    """Effects that last days to minutes: 0.5 % of the usual count at each step of 60 days, nadir to 1 %.

    Catches a compartment too many (nadir a day late), a feedback on the wrong count, and steps too long by half.
    """
    marrow = _marrow()
    times = np.arange(0.0, 60.0 + STEP_DAYS / 2, STEP_DAYS)
    area = peak / decay * -np.diff(np.exp(-decay * times))
    found = counts(marrow, rested(), times, area / STEP_DAYS)
    known = _friberg(marrow, lambda day: peak * np.exp(-decay * day), 60.0, times)
    assert np.abs(found - known).max() < 0.005 * 5e9
    assert found.min() == pytest.approx(known.min(), rel=0.01)
    assert found.min() < 4.6e9
    assert abs(times[found.argmin()] - times[known.argmin()]) < 0.25


def test_nothing_given_nothing_changes() -> None:
    """A year without drugs: catches a drift of one part in 1e12."""
    times = np.arange(0.0, 365.0, STEP_DAYS)
    assert np.abs(counts(_marrow(), rested(), times, np.zeros(times.size - 1)) / 5e9 - 1.0).max() < 1e-12


@pytest.mark.parametrize("effect", [0.1, 0.3, 0.6])
def test_a_constant_effect_settles_where_feedback_balances_it(effect: float) -> None:
    """C / C0 = (1 - E)^(1/g) after five years, to 1e-6: catches a feedback of another power."""
    times = np.arange(0.0, 1826.0, STEP_DAYS)
    found = counts(_marrow(feedback=0.3), rested(), times, np.full(times.size - 1, effect))[-1]
    assert found / 5e9 == pytest.approx((1.0 - effect) ** (1.0 / 0.3), rel=1e-6)


def test_without_feedback_the_pool_falls_for_ever() -> None:
    """No feedback: after the transit the count follows exp(-k E t), to 1e-4: catches feedback that cannot be left out."""
    times, effect, rate = np.arange(0.0, 80.0, STEP_DAYS), 0.2, 4.0 / (110.0 / 24.0)
    found = counts(_marrow(feedback=0.0), rested(), times, np.full(times.size - 1, effect))
    fallen = np.log(found[-1] / found[-201]) / (times[-1] - times[-201])
    assert fallen == pytest.approx(-rate * effect, rel=1e-4)


def test_followed_in_parts_is_followed_at_once() -> None:
    """The line that is handed on holds all there is: catches a state that is not carried, bit for bit."""
    times = np.arange(0.0, 40.0, STEP_DAYS)
    effects = 3.0 * np.exp(-times[:-1])
    whole = counts(_marrow(), rested(), times, effects)
    line = rested()
    first = counts(_marrow(), line, times[:151], effects[:150])
    second = counts(_marrow(), line, times[150:], effects[150:])
    assert (np.concatenate([first[:-1], second]) == whole).all()
