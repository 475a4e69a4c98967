"""T30: resistance and protection shift the concentration of half effect, by the product of their folds."""

import numpy as np
import pytest

from seedsoil.biology.medicine.effect import hill, shifted_half

_folds = np.array([30.0, 1.0, 4.0])


def test_one_mechanism_shifts_by_its_fold() -> None:
    """Each bit alone, none, and all: catches a relative error of 1e-14."""
    assert shifted_half(2.0, _folds, [0, 0, 0]) == 2.0
    for place, fold in enumerate(_folds):
        assert shifted_half(2.0, _folds, np.eye(3)[place]) == pytest.approx(2.0 * fold, rel=1e-14)
    assert shifted_half(2.0, _folds, [1, 1, 1]) == pytest.approx(2.0 * 120.0, rel=1e-14)


def test_mechanisms_multiply_in_any_order(generator: np.random.Generator) -> None:
    """Gaining bits one after another, in any order, gives the product: catches a relative error of 1e-13."""
    folds = generator.uniform(1, 30, 6)
    bits = generator.integers(0, 2, (200, 6))
    shifted = shifted_half(0.7, folds, bits)
    order = generator.permutation(6)
    stepwise = np.full(200, 0.7)
    for place in order:
        stepwise = np.where(bits[:, place] == 1, shifted_half(stepwise, folds[[place]], np.ones((200, 1))), stepwise)
    np.testing.assert_allclose(shifted, stepwise, rtol=1e-13)


def test_protection_shifts_by_its_fold() -> None:
    """Full protection shifts by its fold, none by nothing, half by the mean of the two: catches 1e-14."""
    shelter = np.array([0.0, 0.5, 1.0])
    found = shifted_half(2.0, [1.0], np.zeros((3, 1)), shelter, 4.0)
    np.testing.assert_allclose(found, [2.0, 5.0, 8.0], rtol=1e-14)
    both = shifted_half(2.0, _folds, [1, 0, 0], 1.0, 4.0)
    assert both == pytest.approx(2.0 * 30.0 * 4.0, rel=1e-14)


def test_shift_is_a_dilution(generator: np.random.Generator) -> None:
    """A clone of fold F sees a drug as if thinned F times: catches a relative error of 1e-12 in the kill."""
    level = generator.uniform(0, 100, 500)
    half = shifted_half(1.5, _folds, [1, 0, 1])
    np.testing.assert_allclose(hill(level, 0.5, half, 1.5), hill(level / 120.0, 0.5, 1.5, 1.5), rtol=1e-12)
    assert hill(half, 0.5, half, 1.5) == 0.25


def test_fold_of_one_and_fold_below_one() -> None:
    """A mechanism that does not concern the agent changes no bit; one below 1 is collateral sensitivity."""
    assert shifted_half(0.3, [1.0, 1.0], [1, 1], 1.0, 1.0) == 0.3
    assert shifted_half(0.3, [0.1], [1]) == pytest.approx(0.03, rel=1e-14)
