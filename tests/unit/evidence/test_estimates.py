"""Figures of animals: shares, means, medians, ratios and their intervals against known answers."""

import math

import numpy as np
import pytest

from seedsoil.evidence.estimates import again, mean, median, ratio, share


def test_wilson_interval() -> None:
    """4 of 18 (Uehara 2003): 0.090 to 0.452 by Wilson 1927; none and all stay within 0 and 1."""
    found = share(4, 18)
    assert (found.value, found.low, found.high) == pytest.approx((0.2222, 0.0900, 0.4521), abs=1e-4)
    assert share(0, 20).low == 0.0
    assert share(20, 20).high == 1.0
    assert share(0, 20).high == pytest.approx(0.1611, abs=1e-4)
    assert math.isnan(share(0, 0).value)


def test_mean_and_its_error() -> None:
    found = mean([1.0, 2.0, 3.0, 4.0])
    assert found.value == 2.5
    assert found.high - found.low == pytest.approx(2 * 1.96 * 1.290994 / 2, rel=1e-4)
    assert math.isnan(mean([]).value)


def test_drawn_again_covers() -> None:
    """The interval of a median of 40 holds the true one in 95 of 100 samples: 85 or more here."""
    draw = np.random.default_rng(3)
    held = sum(one.low <= 0.0 <= one.high for one in (median(draw.normal(size=40)) for _ in range(60)))
    assert held >= 50


def test_pairs_stay_together() -> None:
    """A ratio of animals with the same luck is known exactly, whatever the animals differ by."""
    animals = np.array([1.0, 10.0, 100.0, 1000.0])
    found = ratio(0.5 * animals, animals)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))
    assert ratio(animals[:3], animals).high > 0.1
    assert math.isnan(ratio([1.0, 2.0], [0.0, 0.0]).value)
    assert again((animals,), lambda a: float(a.max())).value == 1000.0
