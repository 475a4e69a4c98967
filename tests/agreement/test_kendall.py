"""The kernel and its plain twin give the same draws."""

import numpy as np
import pytest

from seedsoil.body import kendall
from seedsoil.body.population import sample_population
from seedsoil.body.twin import kendall as reference_kendall
from seedsoil.foundation.streams import POPULATION, aim, new_stream

CALENDARS = {
    "growing": [(0.5, 0.2, 0.05, 3.0)],
    "critical": [(0.3, 0.3, 0.01, 5.0)],
    "dying": [(0.1, 0.6, 0.1, 2.0)],
    "no births": [(0.0, 0.4, 0.2, 2.0)],
    "no deaths": [(0.5, 0.0, 0.01, 4.0)],
    "no marks": [(0.4, 0.3, 0.0, 6.0)],
    "treated": [(0.5, 0.3, 0.1, 2.0), (0.2, 0.9, 0.0, 1.0), (0.4, 0.1, 0.05, 3.0)],
    "rare marks": [(0.5, 0.2, 1e-6, 10.0), (0.5, 0.4, 1e-4, 10.0)],
    "marks alone": [(0.0, 0.0, 0.3, 2.0), (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.1, 2.0)],
}


def _opened(run: int):
    stream = new_stream(2015, 7)
    aim(stream, POPULATION, np.uint64(run), 1)
    return stream


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("cells", [1.0, 2.0, 37.0, 5e3])
def test_unmarked_step_is_the_twins(name: str, cells: float) -> None:
    """Any slip in the composed law shows: probabilities that differ by 1e-3 change a draw in a few of 50."""
    pieces = CALENDARS[name]
    table = kendall.tails(np.array(pieces))
    for run in range(50):
        expected = reference_kendall.advance_unmarked(_opened(run), cells, pieces)
        assert kendall.advance_unmarked(_opened(run), cells, *table[0, :5]) == expected


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("leaves", [False, True])
def test_marked_step_is_the_twins(name: str, leaves: bool) -> None:
    """Counts are equal, and each mark falls on the same day to 1e-7: one wrong branch shifts all later draws."""
    pieces = CALENDARS[name]
    calendar = np.array(pieces)
    table = kendall.tails(calendar)
    days = np.empty(1000)
    seen = 0
    for run in range(30):
        expected, expected_days = reference_kendall.advance_marked(_opened(run), 5.0, pieces, leaves)
        cells, marks = kendall.advance_marked(_opened(run), 5.0, calendar, table, 0, 0.0, leaves, days)
        assert (cells, marks) == (expected, len(expected_days))
        np.testing.assert_allclose(days[:marks], expected_days, rtol=1e-7, atol=1e-9)
        seen += marks
    assert seen > 0 or name in {"no marks", "rare marks"}


def test_a_late_start_is_the_rest_of_the_calendar() -> None:
    """Cells that start within a piece see what is left of it; a piece too many or too few fails at once."""
    pieces = CALENDARS["treated"]
    calendar = np.array(pieces)
    table = kendall.tails(calendar)
    days = np.empty(1000)
    for run in range(6):
        expected, expected_days = reference_kendall.advance_marked(
            _opened(run), 9.0, reference_kendall.remaining(pieces, 2.25), False
        )
        cells, marks = kendall.advance_marked(_opened(run), 9.0, calendar, table, 1, 0.25, False, days)
        assert (cells, marks) == (expected, len(expected_days))
        np.testing.assert_allclose(days[:marks] - 2.25, expected_days, rtol=1e-7, atol=1e-9)


def test_composition_is_the_matrix_product() -> None:
    """Random calendars of one to four pieces against matrix exponentials (noise 1e-15): relative errors above 1e-10 are caught."""
    generator = np.random.default_rng(5)
    for _ in range(300):
        pieces = [
            (*(generator.choice([0.0, 0.2, 1.0], 3) * generator.random(3)), 5 * generator.random())
            for _ in range(generator.integers(1, 5))
        ]
        now = kendall.identity()
        for lam, mu, theta, length in pieces:
            now = kendall.compose(now, kendall.piece(lam, mu, theta, length))
        marked, alive, odds = reference_kendall.law(pieces)
        assert kendall.chance_marked(*now) == pytest.approx(marked, rel=1e-10, abs=1e-15)
        assert kendall.chance_alive(*now) == pytest.approx(alive, rel=1e-10)
        assert kendall.odds(*now) == pytest.approx(odds, rel=1e-10, abs=1e-15)
        assert kendall.chance_extinct(*now) == pytest.approx(1 - marked - alive, abs=1e-12)


@pytest.mark.parametrize("growth", [-700.0, -300.0, 300.0, 700.0])
def test_extremes_neither_overflow_nor_vanish(growth: float) -> None:
    """Growth and decline by exp(700), alone and one after the other, keep twelve digits."""
    birth, death = 1.0 + max(growth, 0.0), 1.0 + max(-growth, 0.0)
    alone = kendall.piece(birth, death, 0.0, 1.0)
    log_alive = np.log(kendall.chance_alive(*alone))
    log_odds = np.log(kendall.odds(*alone))
    expected_alive = np.log(abs(growth)) + (-np.log(birth) if growth > 0 else growth - np.log(death))
    assert log_alive == pytest.approx(expected_alive, rel=1e-12)
    assert log_odds == pytest.approx(np.log(birth / abs(growth)) + max(growth, 0.0), rel=1e-12)
    # The mean after both is 1, whichever comes first.
    both = kendall.compose(alone, kendall.piece(death, birth, 0.0, 1.0))
    log_mean = np.log(kendall.chance_alive(*both)) + np.log1p(kendall.odds(*both))
    assert log_mean == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "hazards", [(0.5, 0.2, 1e-9), (0.3, 0.3, 1e-6), (0.2, 0.5, 0.3), (0.0, 0.1, 0.2), (0.0, 0.0, 0.4)]
)
def test_time_of_chance_inverts_the_chance(hazards: tuple[float, float, float]) -> None:
    """From minutes to years the time of a mark comes back to 1e-6, wherever the chance still rises."""
    for days in (1e-3, 0.1, 1.0, 10.0, 30.0):
        chance = kendall.chance_marked(*kendall.piece(*hazards, days))
        assert kendall.time_of_chance(chance, *hazards) == pytest.approx(days, rel=1e-6)


def test_the_public_door_draws_as_the_twin() -> None:
    """A treated population, step by step: any change of order, stream or step shows in the first runs."""
    segments = [(0.3, 0.1, 4.0), (0.2, 0.8, 2.0), (0.3, 0.1, 4.0)]
    found = sample_population(12, segments, times=[4.0, 5.0, 10.0], resets=[(5.0, 30)], runs=40, seed=99)
    steps = [(*segments[0][:2], 0.0, 4.0), (0.2, 0.8, 0.0, 1.0), (0.2, 0.8, 0.0, 1.0), (*segments[2][:2], 0.0, 4.0)]
    stream = new_stream(99, 0)
    for run in range(40):
        aim(stream, POPULATION, np.uint64(run), 0)
        counts = [12.0]
        for number, step in enumerate(steps):
            start = 30.0 if number == 2 else counts[-1]
            counts.append(reference_kendall.advance_unmarked(stream, start, [step])[1] if start else 0.0)
        assert list(found[run]) == [counts[1], 30.0, counts[4]]
