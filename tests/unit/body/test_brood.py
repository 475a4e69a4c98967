"""The bound on how many families of a new type live to a step's end lies above the number that is expected."""

import numpy as np

from seedsoil.body.twin.kendall import law
from seedsoil.body.twin.marks import growth_at_most, slope_of
from seedsoil.foundation.elementary import exp


def test_no_more_families_are_expected_than_the_bound() -> None:
    """Mothers that grow or dwindle, families that do, and treatment that begins or ends later in the step: 20,000 at random.

    Without the half of a piece in the bound, or with the growth for the divisions of those that dwindle, hundreds lie above it.
    """
    generator = np.random.default_rng(11)
    nearest = 0.0
    for _ in range(20_000):
        birth, death, days = *(2.0 * generator.random(2) ** 3), 14.0 * generator.random() ** 2
        later = [
            (*(2.0 * generator.random(2) ** 3), 0.0, 5.0 * generator.random()) for _ in range(generator.integers(3))
        ]
        rise, own = 8.0 * generator.random() - 4.0, (birth - death) * days
        _, alive, _ = law([(birth, death, 0.0, 0.5 * days), *later])
        share = min(1.0, alive) * exp(0.5 * own) * slope_of(rise - own) / slope_of(rise)
        assert share <= growth_at_most(0.5 * birth * days) * (1.0 + 1e-9)
        nearest = max(nearest, share / growth_at_most(0.5 * birth * days))
    assert nearest > 0.9
