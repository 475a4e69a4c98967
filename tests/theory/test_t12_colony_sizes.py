"""T12: colony sizes of metastases: #(size > x) falls as a power of x, the ratio of growth rates (Iwata 2000)."""

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants


@pytest.mark.parametrize(("rate", "other_rate"), [(0.07, 0.07), (0.06, 0.12), (0.1, 0.06)])
def test_power_law_and_number(rate: float, other_rate: float) -> None:
    """Colonies that only grow, seeded by a primary that grows by exp(5): catches 3 % in the number above any size.

    The expected number above x is the integral of s n(t) P(a colony of age T - t exceeds x); far from both ends it
    falls as x^(-r / r'), Iwata's law: 0.1 in the slope is caught.
    """
    founders, days, seeding, runs = 100_000, 5.0 / rate, 2e-5, 100
    found = sample_mutants(
        founders, birth=rate, death=0.0, mutation=seeding / rate, mutant_birth=other_rate, mutant_death=0.0,
        days=days, runs=runs, seed=121,
    )  # fmt: skip
    growth = rate - seeding
    age = np.linspace(0, days, 200_001)
    primary = founders * np.exp(growth * (days - age))

    def above(x: int) -> float:
        return runs * float(np.trapezoid(seeding * primary * (1 - np.exp(-other_rate * age)) ** x, age))

    def seen(x: int) -> int:
        return int((found.clone_cells > x).sum())

    for x in (1, 2, 5, 12, 30):
        # The primaries' own luck adds little: 100 runs of 1e5 founders each.
        assert abs(seen(x) - above(x)) < 6.4 * np.sqrt(above(x)) + 1e-3 * above(x)
    slope = np.log(seen(12) / seen(3)) / np.log(12.5 / 3.5)
    assert slope == pytest.approx(-rate / other_rate, abs=0.1)
