"""T6: the chance of resistance when a tumour is found (Iwasa, Nowak and Michor 2006)."""

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants
from tests.theory.laws import z_of_share


def exponent(birth: float, death: float, other_birth: float, other_death: float) -> float:
    """Return the expected number of surviving mutant lines per M u, in a tumour of M cells."""
    if death == 0.0 and other_death == 0.0:
        return 1.0
    nodes, weights = np.polynomial.legendre.leggauss(200)
    y = 0.5 * (1 + nodes)
    alpha = (other_birth - other_death) / (birth - death)
    integral = (0.5 * weights / (1 - other_death / other_birth * y**alpha)).sum()
    return float((1 - other_death / other_birth) / (1 - death / birth) * integral)


CASES = {
    "neutral": (0.25, 0.18, 0.25, 0.18),
    "no death": (0.25, 0.0, 0.25, 0.0),
    "costly": (0.25, 0.15, 0.22, 0.15),
    "favoured": (0.25, 0.18, 0.25, 0.12),
    "high turnover": (0.25, 0.225, 0.25, 0.225),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("expected", [0.5, 1.5])
def test_probability_of_resistance(name: str, expected: float) -> None:
    """First reaching 1e5 cells, 6,000 tumours or more: catches 0.04 in the probability, at 0.39 and at 0.78."""
    birth, death, other_birth, other_death = CASES[name]
    size = 100_000
    per = exponent(*CASES[name])
    mutation = expected / (size * per)
    runs = int(6_500 / (1 - death / birth))
    found = sample_mutants(
        1, birth=birth, death=death, mutation=mutation, mutant_birth=other_birth, mutant_death=other_death,
        size=size, runs=runs, seed=61,
    )  # fmt: skip
    reached = found.wild == size
    assert reached.sum() > 6_000
    resistant = int((found.mutants[reached] > 0).sum())
    assert abs(z_of_share(resistant, int(reached.sum()), 1 - np.exp(-expected))) < 6


def test_the_neutral_formula() -> None:
    """Of the integral, the printed special case (b/d) ln(b/(b - d)) comes out to nine digits."""
    assert exponent(0.25, 0.18, 0.25, 0.18) == pytest.approx(0.25 / 0.18 * np.log(0.25 / 0.07), rel=1e-9)


def test_mutations_ever() -> None:
    """To reach M cells takes M / (1 - d/b) divisions: 3 % in the number of mutations is caught."""
    size = 100_000
    found = sample_mutants(
        1, birth=0.25, death=0.18, mutation=1e-5, mutant_birth=0.25, mutant_death=0.18, size=size, runs=20_000, seed=62
    )
    mutations = found.mutations[found.wild == size]
    mean = 1e-5 * size * 0.25 / 0.07
    assert abs(mutations.mean() - mean) < 6 * mutations.std() / np.sqrt(len(mutations)) + 1e-3 * mean
