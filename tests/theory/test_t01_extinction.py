"""T1: a population dies out with probability (d/b)^n at last, and xi^n by any day, under any calendar."""

import numpy as np
import pytest

from seedsoil.body.population import sample_population
from tests.theory.laws import one_cell, z_of_share

RUNS = 100_000


@pytest.mark.parametrize(("founders", "birth", "death"), [(1, 0.25, 0.18), (3, 0.5, 0.3), (10, 1.0, 0.9)])
def test_ultimate_extinction(founders: int, birth: float, death: float) -> None:
    """Catches an error of 0.01 in the probability (6 standard errors of 1e5 runs), at most."""
    days = 12.0 / (birth - death)
    found = sample_population(founders, [(birth, death, days)], times=[days], runs=RUNS, seed=11)
    assert abs(z_of_share(int((found == 0).sum()), RUNS, (death / birth) ** founders)) < 6


CALENDARS = {
    "growing": [(0.25, 0.18, 20.0)],
    "critical": [(0.2, 0.2, 10.0)],
    "dying": [(0.2, 0.3, 7.0)],
    "deaths alone": [(0.0, 0.1, 9.0)],
    "treated": [(0.3, 0.1, 5.0), (0.3, 0.9, 3.0), (0.2, 0.2, 4.0), (0.4, 0.1, 8.0)],
}


@pytest.mark.parametrize("name", CALENDARS)
def test_extinction_by_a_day(name: str) -> None:
    """Catches 0.01 in xi^n, also under hazards that change; xi of the classic formula by another road."""
    segments = CALENDARS[name]
    end = sum(days for _, _, days in segments)
    chance = float(one_cell(np.zeros(1, complex), segments)[0].real) ** 2
    found = sample_population(2, segments, times=[end], runs=RUNS, seed=12)
    assert abs(z_of_share(int((found == 0).sum()), RUNS, chance)) < 6


def test_a_smooth_pulse_cut_into_pieces() -> None:
    """An exponentially fading kill in 40 pieces against W by quadrature (Kendall): 0.01 in the probability.

    1 - xi = exp(-rho) / W, with rho the integral of death - birth and W = exp(-rho) (1 + integral of exp(rho) death).
    """
    birth, end, pieces = 0.2, 20.0, 40
    width = end / pieces

    def killed(day: np.ndarray | float) -> np.ndarray | float:
        """Integral from day 0 of a death hazard of 0.1, with 0.8 exp(-t / 3) of kill on top."""
        return 0.1 * day + 0.8 * 3.0 * (1 - np.exp(-np.asarray(day) / 3.0))

    edges = np.arange(pieces + 1) * width
    deaths = np.diff(killed(edges)) / width
    found = sample_population(4, [(birth, float(d), width) for d in deaths], times=[end], runs=RUNS, seed=13)
    day = np.linspace(0, end, 200_001)
    rho = killed(day) - birth * day
    rising = np.exp(rho) * (0.1 + 0.8 * np.exp(-day / 3.0))
    w = np.exp(-rho[-1]) * (1 + np.trapezoid(rising, day))
    chance = (1 - np.exp(-rho[-1]) / w) ** 4
    assert abs(z_of_share(int((found == 0).sum()), RUNS, float(chance))) < 6
