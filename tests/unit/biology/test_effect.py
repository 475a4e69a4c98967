"""Effects: limits, extremes that must not overflow, and errors that name every fault."""

import numpy as np
import pytest

from seedsoil.biology.medicine.effect import affected, hill, level_of, shifted_half
from seedsoil.foundation.errors import ModelError


def test_hill_limits() -> None:
    """Nothing at 0, half at half, all at endless dose, as printed in between: catches 1e-14."""
    assert hill(0.0, 0.9, 2.0, 1.5) == 0.0
    assert hill(2.0, 0.9, 2.0, 1.5) == 0.45
    assert hill(1e300, 0.9, 1e-300, 40.0) == 0.9
    assert hill(1e-300, 0.9, 1e300, 40.0) == 0.0
    level = np.geomspace(1e-3, 1e3, 50)
    np.testing.assert_allclose(hill(level, 0.9, 2.0, 1.5), 0.9 * level**1.5 / (2.0**1.5 + level**1.5), rtol=1e-14)


def test_hill_rises_and_broadcasts() -> None:
    """More drug never kills less, in any clone: catches one bit."""
    level = np.geomspace(1e-6, 1e6, 4000)
    effect = hill(level, 0.5, np.array([[0.1], [3.0]]), np.array([[0.8], [4.0]]))
    assert effect.shape == (2, 4000)
    assert np.all(np.diff(effect, axis=1) >= -1e-16)


def test_affected_keeps_small_hazards() -> None:
    """A hazard of 1e-18 is not lost: catches a difference taken of near numbers."""
    assert affected(1e-18, 1.0) == 1e-18
    assert affected(0.0, 5.0) == 0.0


def test_level_of_inverts_hill() -> None:
    """From a millionth of the effect to all but a millionth: catches a relative error of 1e-9 of the concentration."""
    effect = 0.9 * np.array([1e-6, 0.01, 0.3, 0.5, 0.9, 1.0 - 1e-6])
    for power in (0.5, 1.0, 3.0):
        np.testing.assert_allclose(hill(level_of(effect, 0.9, 2.0, power), 0.9, 2.0, power), effect, rtol=1e-9)
    assert level_of(0.0, 0.9, 2.0, 1.5) == 0.0
    assert level_of(0.45, 0.9, 2.0, 1.5) == 2.0
    assert np.all(np.isposinf(level_of([0.9, 1.0], 0.9, 2.0, 1.5)))


def test_all_faults_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        hill(-1.0, np.nan, 0.0, 0.0)
    assert len(caught.value.faults) == 4
    with pytest.raises(ModelError) as caught:
        shifted_half(0.0, [0.0], [2.0], -0.1, 0.5)
    assert len(caught.value.faults) == 5


@pytest.mark.parametrize("call", [lambda: affected(-1.0, 1.0), lambda: level_of(-0.1, 0.9, 2.0, 1.5)])
def test_impossible_arguments(call: object) -> None:
    with pytest.raises(ModelError):
        call()  # type: ignore[operator]
