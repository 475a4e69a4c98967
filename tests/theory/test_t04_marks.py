"""T4: cells and marks together have their exact joint law, whether the marking cell stays or leaves."""

import numpy as np
import pytest

from seedsoil.body.kendall import advance_marked, tails
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import TEACHING, aim, new_stream, uniform
from tests.theory.laws import FALSE_ALARM
from tests.theory.marked_runs import marked_runs

RUNS = 200_000
MOST_CELLS, MOST_MARKS = 14, 6

CALENDARS = {
    "growing": [(0.5, 0.25, 0.08, 3.0)],
    "critical": [(0.4, 0.4, 0.1, 4.0)],
    "dying": [(0.2, 0.6, 0.3, 2.5)],
    "treated": [(0.5, 0.3, 0.1, 2.0), (0.2, 0.8, 0.0, 1.0), (0.4, 0.1, 0.05, 3.0)],
}


@kernel
def _event_by_event(stream, cells, calendar, leaves, found):  # type: ignore[no-untyped-def]
    """Gillespie's direct method."""
    for run in range(found.shape[0]):
        aim(stream, TEACHING, np.uint64(run), 1)
        n, marks = cells, 0
        for row in range(calendar.shape[0]):
            lam, mu, theta = calendar[row, 0], calendar[row, 1], calendar[row, 2]
            day = 0.0
            while n > 0.0:
                day += exponential(stream) / (n * (lam + mu + theta))
                if day > calendar[row, 3]:
                    break
                choice = uniform(stream) * (lam + mu + theta)
                if choice < lam:
                    n += 1.0
                elif choice < lam + mu:
                    n -= 1.0
                else:
                    marks += 1
                    if leaves:
                        n -= 1.0
        found[run, 0], found[run, 1] = n, marks


def _exact(cells: int, pieces: list, leaves: bool) -> np.ndarray:
    """Return the joint law of cells and marks by a two-dimensional FFT.

    With F = E[s^N z^marks] the backward equation is F' = lam F^2 - (lam + mu + theta) F + mu + theta z (F or 1).
    """
    size = 256, 32
    s = np.exp(-2j * np.pi * np.arange(size[0]) / size[0])[:, None]
    z = np.exp(-2j * np.pi * np.arange(size[1]) / size[1])[None, :]
    f = s * np.ones_like(z)
    for lam, mu, theta, days in reversed(pieces):
        total = lam + mu + theta
        linear = -total + (0 if leaves else theta * z) + 0 * s
        constant = mu + (theta * z if leaves else 0) + 0 * s
        # F = u / v with u' = linear/2 u + constant v, v' = -lam u - linear/2 v: a matrix exponential by hand.
        w = 0.5 * np.sqrt(linear**2 - 4 * lam * constant)
        still = np.abs(w) < 1e-9
        shape = np.where(still, days, np.sinh(w * days) / np.where(still, 1.0, w))
        up, down = np.cosh(w * days) + 0.5 * linear * shape, np.cosh(w * days) - 0.5 * linear * shape
        f = (f * up + constant * shape) / (down - lam * f * shape)
    return np.maximum(np.fft.ifft2(f**cells).real, 0.0)


def _table(found: np.ndarray) -> np.ndarray:
    counts = np.zeros((MOST_CELLS + 1, MOST_MARKS + 1))
    np.add.at(
        counts,
        (np.minimum(found[:, 0], MOST_CELLS).astype(int), np.minimum(found[:, 1], MOST_MARKS).astype(int)),
        1.0,
    )
    return counts.ravel()


def _pooled(law: np.ndarray) -> np.ndarray:
    rows = np.vstack([law[:MOST_CELLS], law[MOST_CELLS:].sum(axis=0)])
    return np.hstack([rows[:, :MOST_MARKS], rows[:, MOST_MARKS:].sum(axis=1, keepdims=True)]).ravel()


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize("name", CALENDARS)
def test_joint_law(name: str, leaves: bool) -> None:
    """Chi-square of 2e5 runs over up to 105 cells: catches 0.7 % of total variation.

    A plain geometric size at the mark, in place of the size-biased one, moves 10 %.
    """
    from scipy.stats import chi2, chi2_contingency

    calendar = np.array(CALENDARS[name])
    drawn, plain = np.empty((RUNS, 1, 2)), np.empty((RUNS, 2))
    marked_runs(new_stream(41, int(leaves)), 3.0, calendar, leaves, drawn)
    engine = drawn[:, 0]
    _event_by_event(new_stream(41, int(leaves)), 3.0, calendar, leaves, plain)
    expected = _pooled(_exact(3, CALENDARS[name], leaves)) * RUNS
    assert expected.sum() == pytest.approx(RUNS, rel=1e-9)
    well = expected > 20
    for sample in (engine, plain):
        seen = _table(sample)
        rest = expected[~well].sum(), seen[~well].sum()
        statistic = ((seen - expected)[well] ** 2 / expected[well]).sum() + (rest[1] - rest[0]) ** 2 / rest[0]
        assert chi2.sf(statistic, well.sum()) > FALSE_ALARM
    both = np.array([_table(engine)[well], _table(plain)[well]])
    assert chi2_contingency(both)[1] > FALSE_ALARM


def test_marks_come_at_the_right_time() -> None:
    """The expected number of marks by day t is n theta (exp(rt) - 1) / r: 2 % at any of ten days is caught."""
    runs, rate, theta, end = 20_000, 0.25, 0.08, 6.0
    calendar = np.array([[0.5, 0.25, theta, 2.0], [0.5, 0.25, theta, 4.0]])
    table = tails(calendar)
    stream, days = new_stream(42, 0), np.empty(4000)
    seen = []
    for run in range(runs):
        aim(stream, TEACHING, np.uint64(run), 2)
        _, marks = advance_marked(stream, 10.0, calendar, table, 0, 0.0, False, days)
        seen.append(np.histogram(days[:marks], bins=np.linspace(0, end, 11))[0].cumsum())
    counts = np.array(seen)
    edges = np.linspace(0, end, 11)[1:]
    expected = 10 * theta * np.expm1(rate * edges) / rate
    z = (counts.mean(axis=0) - expected) / (counts.std(axis=0) / np.sqrt(runs))
    assert np.abs(z).max() < 6.4
