"""Figures of animals: shares, means, medians, ratios and their intervals against known answers."""

import math

import numpy as np
import pytest

from seedsoil.evidence.estimates import Lives, again, hazard_ratio, mean, median, ratio, share
from seedsoil.trial.compare import compare_arms


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


def test_one_pair_has_a_ratio_by_firth() -> None:
    """Of two animals the treated one dies last: p^(1/2) (1 - p)^(3/2) is greatest at a quarter, so the ratio is a third; n pairs: 1 / (2 n + 1)."""
    one: Lives = ([2.0], [True], [1.0], [True])
    assert hazard_ratio([one]).value == pytest.approx(1.0 / 3.0)
    assert hazard_ratio([one] * 10).value == pytest.approx(1.0 / 21.0)


def test_arms_that_part_wholly_have_a_bounded_ratio_on_the_right_side() -> None:
    """All eight of one arm die before any of the other: Cox's ratio has no bound, Firth's has, and the interval leaves 1 out."""
    happened, early, late = np.ones(8, bool), np.arange(1.0, 9.0), np.arange(10.0, 18.0)
    found, turned = hazard_ratio([(late, happened, early, happened)]), hazard_ratio([(early, happened, late, happened)])
    assert 0.0 < found.low < found.value < found.high < 1.0
    assert (turned.value, turned.low, turned.high) == pytest.approx((1 / found.value, 1 / found.high, 1 / found.low))


def test_many_animals_have_coxs_ratio() -> None:
    """Of 2 x 2000 the penalty moves the ratio by less than a thousandth of itself, and the interval as little."""
    draw = np.random.default_rng(11)
    days, other, happened = draw.exponential(2.0, 2000), draw.exponential(1.0, 2000), draw.random(2000) < 0.8
    found, plain = hazard_ratio([(days, happened, other, happened)]), compare_arms(days, happened, other, happened)
    assert (found.value, found.low, found.high) == pytest.approx((plain.hazard_ratio, plain.low, plain.high), rel=2e-3)


def test_strata_have_hazards_of_their_own() -> None:
    """Two strata of which one lives ten times as long: one ratio of a half for both, which pooling animals would miss."""
    draw = np.random.default_rng(12)
    happened = np.ones(1000, bool)
    strata: list[Lives] = [
        (scale * draw.exponential(2.0, 1000), happened, scale * draw.exponential(1.0, 1000), happened)
        for scale in (1.0, 10.0)
    ]
    found = hazard_ratio(strata)
    assert found.low < 0.5 < found.high
    assert math.log(found.high / found.low) < 0.2


def test_nobody_to_be_held_against_has_no_ratio() -> None:
    assert math.isnan(hazard_ratio([([1.0], [True], [], [])]).value)
