"""The plain twin's formulas against SciPy's matrix exponential, and its marks against the chance that it states."""

import numpy as np
import pytest
from scipy.linalg import expm

from seedsoil.body.twin.kendall import day_of_chance, law, matrix, remaining

PIECES = [(0.5, 0.3, 0.1, 2.0), (0.2, 0.9, 0.0, 1.0), (0.4, 0.1, 0.05, 3.0)]


def test_the_matrix_is_the_exponential_of_its_generator() -> None:
    """Also where birth and death balance, and where nothing happens: relative errors above 1e-12 are caught."""
    for lam, mu, theta, days in [*PIECES, (0.3, 0.3, 0.0, 5.0), (0.0, 0.0, 0.0, 2.0), (0.0, 0.2, 0.1, 2.0)]:
        expected = expm(np.array([[lam - mu - theta, theta], [lam, 0.0]]) * days)
        found = np.reshape(matrix([(lam, mu, theta, days)]), (2, 2))
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 1.0])
def test_the_day_of_a_mark_has_its_chance(share: float) -> None:
    """Up to the day the chance of a mark is what was asked for, and the rest of the days is what is left."""
    chance = share * law(PIECES)[0]
    day, (_, beta, _, delta) = day_of_chance(PIECES, chance)
    assert beta / delta == pytest.approx(chance, rel=1e-12)
    assert sum(piece[3] for piece in remaining(PIECES, day)) == pytest.approx(6.0 - day, abs=1e-12)
