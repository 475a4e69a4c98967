"""T5: mutants in a growing culture follow Luria and Delbrück's law, as Lea and Coulson computed it."""

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants
from tests.theory.laws import FALSE_ALARM, chance_of

RUNS = 100_000


def lea_coulson(m: float, size: int) -> np.ndarray:
    """Return p_0 .. p_(size-1) for m expected mutations: p_n = (m/n) sum over i < n of p_i / (n - i + 1)."""
    p = np.zeros(size)
    p[0] = np.exp(-m)
    for n in range(1, size):
        p[n] = m / n * (p[:n] / (n - np.arange(n) + 1)).sum()
    return p


def test_the_published_numbers() -> None:
    """Two mutations expected, as printed in the literature: the recursion itself is right to all five digits."""
    np.testing.assert_allclose(lea_coulson(2.0, 6), [0.13534, 0.13534, 0.11278, 0.09022, 0.07180, 0.05752], atol=5.1e-6)


@pytest.mark.parametrize("m", [0.5, 2.0])
def test_fluctuation_test(m: float) -> None:
    """1e5 cultures grown from 1e6 to 1e13 cells: catches 1 % in m, or mutants that are born a division late."""
    growth = 1e7
    found = sample_mutants(
        10**6, birth=1.0, death=0.0, mutation=m / (1e6 * growth), mutant_birth=1.0, mutant_death=0.0,
        days=float(np.log(growth)), runs=RUNS, seed=51,
    )  # fmt: skip
    law = np.append(lea_coulson(m, 400), 0.0)
    law[-1] = 1 - law.sum()
    assert chance_of(found.mutants, law) > FALSE_ALARM
    assert abs(found.mutations.mean() - m) < 6 * np.sqrt(m / RUNS)


def test_clones_are_as_old_as_they_are_large() -> None:
    """Clone sizes of the fluctuation test fall as 1 / (k (k + 1)): 1 % of total variation is caught."""
    found = sample_mutants(
        10**6, birth=1.0, death=0.0, mutation=2e-13, mutant_birth=1.0, mutant_death=0.0,
        days=float(np.log(1e7)), runs=RUNS, seed=52,
    )  # fmt: skip
    k = np.arange(1, 1000)
    law = np.append(1 / (k * (k + 1.0)), 1 / 1000)
    assert chance_of(found.clone_cells - 1, law) > FALSE_ALARM
    # Each mutant is counted once, in its own run.
    sums = np.bincount(found.clone_run, weights=found.clone_cells, minlength=RUNS)
    np.testing.assert_array_equal(sums, found.mutants)
