"""T7: two steps to a metastasis: a mutation first, then a mutant that leaves (Haeno and Michor 2010)."""

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants


def chance_left(birth: float, death: float, theta: float, days: np.ndarray) -> np.ndarray:
    """Return the probability that a line of one cell has sent out a cell: roots of the Riccati equation."""
    total = birth + death + theta
    spread = np.sqrt(total**2 - 4 * birth * death)
    low, high = (total - spread) / (2 * birth), (total + spread) / (2 * birth)
    faded = np.exp(-birth * (high - low) * days)
    # F(s = 1, t) = 1 - g solves F' = birth (F - low) (F - high), F(0) = 1.
    ratio = (1 - low) / (high - 1) * faded
    return 1 - (low + high * ratio) / (1 + ratio)


@pytest.mark.parametrize(("mutation", "theta"), [(1e-3, 1e-4), (2e-5, 1e-2), (5e-3, 1e-5)])
def test_no_metastasis_by_a_size(mutation: float, theta: float) -> None:
    """P(none by M cells) = exp(-(u/(1 - d/b)) integral over x of g(ln(M/x)/r)): 6 % in the probability is caught.

    Much of that is the formula's own error, since it takes the growth to M for certain; the limit of M without end is
    exact.
    """
    birth, death, size = 0.25, 0.15, 30_000
    rate = birth - death
    x = np.geomspace(1, size, 20_001)
    g = chance_left(birth, death, theta, np.log(size / x) / rate)
    none = np.exp(-mutation / (1 - death / birth) * np.trapezoid(g, x))
    found = sample_mutants(
        1, birth=birth, death=death, mutation=mutation, mutant_birth=birth, mutant_death=death, departure=theta,
        size=size, runs=25_000, seed=71,
    )  # fmt: skip
    reached = found.wild == size
    share = (found.departures[reached] == 0).mean()
    assert 0.05 < none < 0.95
    assert reached.sum() > 9_000
    assert share == pytest.approx(none, rel=0.06)
