"""T2: the mean is n exp(rt), the variance n (b + d)/r exp(rt) (exp(rt) - 1)."""

import numpy as np
import pytest

from seedsoil.body.population import sample_population
from tests.theory.laws import moments, population

RUNS = 100_000


@pytest.mark.parametrize(
    ("founders", "birth", "death", "days"),
    [(1, 0.25, 0.18, 20.0), (50, 0.3, 0.3, 6.0), (1000, 0.2, 0.3, 5.0), (10, 1.0, 0.0, 2.0), (10_000, 0.12, 0.1, 3.0)],
)
def test_mean_and_variance(founders: int, birth: float, death: float, days: float) -> None:
    """Catches 6 standard errors: 2 % of a standard deviation in the mean, about 3 to 6 % in the variance."""
    rate = birth - death
    growth = np.exp(rate * days)
    mean = founders * growth
    variance = founders * (birth + death) * growth * (np.expm1(rate * days) / rate if rate else days)
    law = population(founders, [(birth, death, days)], 1 << 15)
    exact_mean, exact_variance, fourth = moments(law)
    assert exact_mean == pytest.approx(mean, rel=1e-6)
    assert exact_variance == pytest.approx(variance, rel=1e-6)
    found = sample_population(founders, [(birth, death, days)], times=[days], runs=RUNS, seed=21)[:, 0]
    assert abs(found.mean() - mean) < 6 * np.sqrt(variance / RUNS)
    assert abs(found.var() - variance) < 6 * np.sqrt((fourth - variance**2) / RUNS)


def test_mean_and_variance_of_a_billion_cells() -> None:
    """Beyond all tables: at 1e9 cells the standard deviation is still right to 6 %, the mean to 2 % of it."""
    founders, birth, death, days, runs = 10**9, 0.2, 0.15, 10.0, 20_000
    growth = np.exp(0.05 * days)
    variance = founders * 0.35 / 0.05 * growth * (growth - 1)
    found = sample_population(founders, [(birth, death, days)], times=[days], runs=runs, seed=22)[:, 0].astype(float)
    assert abs(found.mean() - founders * growth) < 6 * np.sqrt(variance / runs)
    assert abs(found.var() / variance - 1) < 6 * np.sqrt(2 / runs)
