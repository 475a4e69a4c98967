"""T11: the day of detection is Gumbel: T = (ln((1 - d/b) M) - ln Exp(1)) / r."""

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants


@pytest.mark.parametrize(("birth", "death"), [(0.25, 0.18), (0.4, 0.1)])
def test_day_of_reaching_a_million_cells(birth: float, death: float) -> None:
    """Kolmogorov and Smirnov's distance of 6,000 days: catches 0.045, that is 0.15 / r days in the median."""
    from scipy.stats import kstest

    size, rate = 1_000_000, birth - death
    runs = int(7_000 / (1 - death / birth))
    found = sample_mutants(
        1, birth=birth, death=death, mutation=0.0, mutant_birth=0.0, mutant_death=0.0, size=size, runs=runs, seed=111
    )
    days = found.days[found.wild == size]
    assert len(days) > 6_000
    scale = (1 - death / birth) * size

    def law(day: np.ndarray) -> np.ndarray:
        return np.exp(-scale * np.exp(-rate * np.asarray(day)))

    assert kstest(days, law).pvalue > 1e-9
    median = (np.log(scale) - np.log(np.log(2))) / rate
    assert abs(np.median(days) - median) < 6 * 0.5 / np.sqrt(len(days)) / (rate * np.log(2) * 0.5)
