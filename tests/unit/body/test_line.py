"""Quick draws for lone families and marked lines follow the laws of `body/kendall.py`."""

import numpy as np
import pytest

from seedsoil.body.kendall import advance_marked, chance_alive, odds, piece, tails
from seedsoil.body.line.lone import SELDOM, lone, lone_law
from seedsoil.body.line.marked import follow
from seedsoil.body.population import sample_population
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.streams import POPULATION, aim, new_stream


@kernel
def lone_families(stream, alive: float, per_log: float, sizes) -> None:  # type: ignore[no-untyped-def]
    for run in range(sizes.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 7)
        sizes[run] = lone(stream, alive, per_log)


@kernel
def marks_of(stream, cells: float, wild, days: float, quick: bool, found) -> None:  # type: ignore[no-untyped-def]
    """Fill rows (cells, marks, mean day of a mark, mean square) of runs by `follow` or by `advance_marked`."""
    calendar = np.empty((1, 4))
    calendar[0, :3], calendar[0, 3] = wild, days
    table, marked, stack = tails(calendar), np.empty(4096), np.empty((1, 4))
    for run in range(found.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 8)
        if quick:
            later, marks, marked, stack = follow(stream, cells, wild, days, marked, stack)
        else:
            later, marks = advance_marked(stream, cells, calendar, table, 0, 0.0, False, marked)
        found[run, 0], found[run, 1] = later, marks
        found[run, 2], found[run, 3] = marked[:marks].sum(), (marked[:marks] ** 2).sum()


@pytest.mark.parametrize(
    ("birth", "death", "days"), [(0.25, 0.18, 60.0), (0.3, 0.3, 5.0), (0.5, 0.0, 6.0), (0.0, 0.3, 2.0), (0.3, 1.2, 9.0)]
)
def test_a_lone_family_has_kendalls_law(birth: float, death: float, days: float) -> None:
    """Chance to be alive, mean and second moment of 200,000 families: 1 % in the chance, 2 % in the mean are caught.

    The last case is alive once in 4,000: one number for life and size would still do there, so its two numbers must agree.
    """
    law = piece(birth, death, 0.0, days)
    alive, per_log = lone_law(*law)
    assert alive == pytest.approx(chance_alive(*law), rel=1e-12)
    assert (alive < SELDOM) == (death == 1.2)
    sizes = np.empty(200_000)
    lone_families(new_stream(3, 3), alive, per_log, sizes)
    living = sizes[sizes > 0]
    assert abs(len(living) - alive * len(sizes)) <= 6 * np.sqrt(alive * (1 - alive) * len(sizes))
    more = odds(*law)
    spread = np.sqrt(more * (1 + more))
    assert abs(living.mean() - 1 - more) <= 6 * spread / np.sqrt(len(living)) + 1e-12
    second = (living - 1) ** 2
    assert abs(second.mean() - more * (1 + 2 * more)) <= 6 * second.std() / np.sqrt(len(living)) + 1e-12


def test_the_quick_way_for_lone_founders_gives_the_same_runs() -> None:
    """One report and no reset go a way of their own; with a report on day 0 the same runs go the common way."""
    asked = dict(segments=[(0.25, 0.18, 60.0)], seed=5)
    quick = sample_population(1, times=[60.0], runs=1_300, **asked)
    common = sample_population(1, times=[0.0, 60.0], runs=1_300, **asked)
    assert (quick[:, 0] == common[:, 1]).all()
    assert (quick[:300] == sample_population(1, times=[60.0], runs=300, **asked)).all()
    assert (quick > 0).sum() > 300


def test_rare_survivors_of_lone_founders() -> None:
    """A founder whose family is alive once in 3,000 takes the common way too: its mean, 0.0012 cells, to 20 %."""
    found = sample_population(1, [(0.5, 1.0, 13.4)], times=[13.4], runs=1_000_000, seed=6)
    assert abs(found.mean() - np.exp(-6.7)) < 6 * found.std() / 1e3


@pytest.mark.parametrize(
    ("cells", "wild", "days"),
    [
        (500.0, (0.25, 0.18, 0.01), 20.0),  # many stretches
        (3.0, (0.6, 0.1, 0.2), 4.0),  # marks upon marks
        (20.0, (0.1, 0.6, 0.1), 3.0),
        (20.0, (0.0, 0.2, 0.3), 4.0),
        (1.0, (0.3, 0.301, 0.001), 30.0),
    ],
)
def test_a_marked_line_has_the_law_of_the_calendar(cells: float, wild: tuple[float, ...], days: float) -> None:
    """4,000 runs each way: means and spreads of cells, marks and their days agree; 3 % to 10 % of the spread is caught."""
    one, other = np.empty((4_000, 4)), np.empty((4_000, 4))
    marks_of(new_stream(4, 1), cells, np.array(wild), days, True, one)
    marks_of(new_stream(4, 2), cells, np.array(wild), days, False, other)
    for column in range(4):
        a, b = one[:, column], other[:, column]
        error = np.sqrt((a.var() + b.var()) / len(a))
        assert abs(a.mean() - b.mean()) < 6 * error
        square_a, square_b = (a - b.mean()) ** 2, (b - b.mean()) ** 2
        assert abs(square_a.mean() - square_b.mean()) < 6 * np.sqrt((square_a.var() + square_b.var()) / len(a))
    # Cells and marks go together: a family that grows leaves more of both.
    a, b = (np.corrcoef(found[:, 0], found[:, 1])[0, 1] for found in (one, other))
    assert abs(a - b) < 6 * np.sqrt(2 / 4_000)


def test_steady_growth_spreads_marks_as_its_cells() -> None:
    """A million cells that double thrice: the days of 40,000 marks against the closed form; 2.5 % anywhere is caught."""
    from scipy.stats import kstest

    wild, days, rate = np.array([0.3, 0.1, 0.0012]), 10.0, 0.2
    marked, stack = np.empty(64), np.empty((16, 4))
    stream = new_stream(4, 3)
    aim(stream, POPULATION, np.uint64(0), 9)
    _, marks, marked, _ = follow(stream, 1e6, wild, days, marked, stack)
    expected = 1e6 * wild[2] * np.expm1(rate * days) / rate
    assert abs(marks - expected) < 6 * np.sqrt(expected)
    assert kstest(marked[:marks], lambda day: np.expm1(rate * np.asarray(day)) / np.expm1(rate * days)).pvalue > 1e-9
