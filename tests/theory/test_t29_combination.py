"""T29: independent kills multiply, a drug with itself is its doubled dose, and a sham partner changes nothing."""

import numpy as np
import pytest

from seedsoil.biology.medicine.combination import bliss, highest_single, loewe, loewe_index
from seedsoil.biology.medicine.effect import affected, hill


def test_bliss_is_additive_hazards(generator: np.random.Generator) -> None:
    """Killing by the sum of hazards is Bliss independence, for two to five drugs: catches 1e-15 of the cells."""
    for drugs in range(2, 6):
        hazards = generator.uniform(0, 2, (drugs, 1000))
        days = generator.uniform(0, 3, 1000)
        together = affected(hazards.sum(axis=0), days)
        assert np.abs(bliss(*affected(hazards, days)) - together).max() < 2e-15


def test_bliss_holds_for_changing_hazards(generator: np.random.Generator) -> None:
    """Survival over many short steps multiplies drug by drug and step by step: catches 1e-13 of the log survival."""
    levels = generator.uniform(0, 5, (2, 300))
    kill = hill(levels, np.array([[0.5], [0.8]]), np.array([[1.0], [2.0]]), np.array([[1.5], [3.0]]))
    both = np.sum(np.log1p(-affected(kill.sum(axis=0), 0.1)))
    alone = np.log1p(-affected(kill, 0.1)).sum(axis=1)
    assert both == pytest.approx(alone.sum(), rel=1e-13)


def test_loewe_with_itself_is_the_doubled_dose(generator: np.random.Generator) -> None:
    """Also where the dose is split over three vials and a tenfold dilution: catches a relative error of 1e-13."""
    level, half, power = generator.uniform(0, 10, (3, 500))
    maximum = generator.uniform(0.1, 2, 500)
    half, power = half + 0.1, power + 0.5
    doubled = hill(2 * level, maximum, half, power)
    np.testing.assert_allclose(loewe([level, level], [half, half], maximum, power), doubled, rtol=1e-13)
    split = loewe([0.5 * level, level, 5 * level], [half, half, 10 * half], maximum, power)
    np.testing.assert_allclose(split, doubled, rtol=1e-13)


def test_loewe_is_symmetric(generator: np.random.Generator) -> None:
    """Which agent counts as the first does not matter: catches a relative error of 1e-12."""
    a, b = generator.uniform(0, 10, (2, 500))
    np.testing.assert_allclose(loewe([a, b], [0.3, 4.0], 1.2, 2.5), loewe([b, a], [4.0, 0.3], 1.2, 2.5), rtol=1e-12)


def test_highest_single_agent_is_a_lower_bound(generator: np.random.Generator) -> None:
    """Neither Bliss nor Loewe falls below the better agent alone, not by one bit, and Bliss never above the sum."""
    a, b = generator.uniform(0, 1, (2, 10_000))
    assert np.all(bliss(a, b) >= highest_single(a, b))
    assert np.all(bliss(a, b) <= np.minimum(a + b, 1.0) + 1e-15)
    x, y = generator.uniform(0, 10, (2, 10_000))
    single = np.maximum(hill(x, 0.9, 1.0, 1.7), hill(y, 0.9, 3.0, 1.7))
    assert np.all(loewe([x, y], [1.0, 3.0], 0.9, 1.7) >= single * (1 - 1e-14))


def test_a_sham_partner_changes_no_bit(generator: np.random.Generator) -> None:
    """A dose of 0, or an agent without effect, has no synergy by any definition: catches one bit."""
    level = generator.uniform(0, 10, 1000)
    alone = hill(level, 0.9, 1.0, 1.7)
    nothing = np.zeros(1000)
    for partner in (hill(nothing, 0.9, 2.0, 1.7), hill(level, 0.0, 2.0, 1.7)):
        assert np.array_equal(bliss(alone, partner), alone)
        assert np.array_equal(bliss(partner, alone), alone)
        assert np.array_equal(highest_single(alone, partner), alone)
    assert np.array_equal(loewe([level, nothing], [1.0, 2.0], 0.9, 1.7), alone)


def test_self_combination_is_no_bliss_null() -> None:
    """The definitions differ as they should: a steep drug with itself seems synergistic to Bliss, a shallow one not."""
    level = 0.5
    for power, sign in ((4.0, 1.0), (0.5, -1.0)):
        single = hill(level, 1.0, 1.0, power)
        excess = loewe([level, level], [1.0, 1.0], 1.0, power) - bliss(single, single)
        assert np.sign(excess) == sign
        assert abs(excess) > 0.05


def test_a_drug_with_itself_has_loewe_index_one(generator: np.random.Generator) -> None:
    """At any dose, steepness and split, also as a dilution: catches a relative error of 1e-9 of the index.

    Doses are kept where the curve still rises; near its ceiling an effect says little about a dose.
    """
    first, second = generator.uniform(0.05, 3, (2, 500))
    half, power, dilution = generator.uniform(0.5, 2, (3, 500))
    effect = hill(first + second / dilution, 0.8, half, power)
    halves, powers = [half, half * dilution], [power, power]
    index = loewe_index(effect, [first, second], [0.8, 0.8], halves, powers)
    np.testing.assert_allclose(index, 1.0, rtol=1e-9)


def test_loewe_index_tells_the_sign(generator: np.random.Generator) -> None:
    """A tenth more effect than the doubled dose has gives an index below 1, a tenth less one above, never equal."""
    level = generator.uniform(0.1, 2, 200)
    doubled = hill(2 * level, 0.8, 1.0, 2.0)
    for factor, sign in ((1.1, -1.0), (0.9, 1.0)):
        index = loewe_index(np.minimum(factor * doubled, 0.799), [level, level], [0.8, 0.8], [1.0, 1.0], [2.0, 2.0])
        assert np.all(np.sign(index - 1.0) == sign)


def test_a_sham_partner_leaves_the_loewe_index_at_one(generator: np.random.Generator) -> None:
    """A partner that was not given, or that has no effect at any dose: catches a relative error of 1e-9."""
    level = generator.uniform(0.1, 3, 200)
    alone = hill(level, 0.9, 1.0, 1.7)
    for partner_dose, partner_maximum in ((0.0, 0.5), (level, 0.0)):
        index = loewe_index(alone, [level, partner_dose], [0.9, partner_maximum], [1.0, 2.0], [1.7, 1.0])
        np.testing.assert_allclose(index, 1.0, rtol=1e-9)
