"""T29: the MuSyC surface has the single Hill curves at its edges, Bliss and Loewe inside it, and no hidden order."""

import numpy as np
import pytest

from seedsoil.biology.medicine.combination import Musyc, bliss, loewe_index
from seedsoil.biology.medicine.effect import hill

first, second = np.meshgrid(np.geomspace(1e-3, 1e3, 25), np.geomspace(1e-3, 1e3, 23), indexing="ij")


def surfaces(generator: np.random.Generator, number: int) -> list[Musyc]:
    """Return surfaces with any parameters, over two decades of each fold."""
    folds = 10.0 ** generator.uniform(-1, 1, (number, 4))
    effects = generator.uniform(-1, 1, (number, 4))
    halves, powers = 10.0 ** generator.uniform(-1, 1, (number, 2)), generator.uniform(0.5, 3, (number, 2))
    return [
        Musyc(tuple(effects[i]), tuple(halves[i]), tuple(powers[i]), *folds[i].tolist())  # type: ignore[arg-type]
        for i in range(number)
    ]


def test_one_drug_alone_is_its_hill_curve(generator: np.random.Generator) -> None:
    """Whatever the interaction is: catches 1e-14 of the effect."""
    dose = np.geomspace(1e-4, 1e4, 50)
    for surface in surfaces(generator, 20):
        (e0, e1, e2, _), (c1, c2), (h1, h2) = surface.effects, surface.halves, surface.powers
        np.testing.assert_allclose(surface.effect(dose, 0.0), e0 + (e1 - e0) * hill(dose, 1.0, c1, h1), atol=1e-14)
        np.testing.assert_allclose(surface.effect(0.0, dose), e0 + (e2 - e0) * hill(dose, 1.0, c2, h2), atol=1e-14)


def test_shares_are_the_steady_state(generator: np.random.Generator) -> None:
    """No net flow into any of the four states, by the rates as published: catches 1e-12 of the shares.

    Solved here as a linear system; the surface itself uses spanning trees.
    """
    for surface in surfaces(generator, 20):
        (c1, c2), (h1, h2) = surface.halves, surface.powers
        for x, y in generator.uniform(0.1, 5, (10, 2)):
            rates = np.zeros((4, 4))  # rates[to, from]
            rates[1, 0], rates[2, 0] = (x / c1) ** h1, (y / c2) ** h2
            rates[3, 1] = (surface.alpha12 * y / c2) ** (h2 * surface.gamma12)
            rates[3, 2] = (surface.alpha21 * x / c1) ** (h1 * surface.gamma21)
            rates[0, 1] = rates[0, 2] = rates[1, 3] = rates[2, 3] = 1.0
            flow = rates - np.diag(rates.sum(axis=0))
            flow[0] = 1.0
            np.testing.assert_allclose(surface.shares(x, y), np.linalg.solve(flow, [1, 0, 0, 0]), atol=1e-12)


def test_without_interaction_it_is_bliss(generator: np.random.Generator) -> None:
    """Folds of 1 and a pair that leaves the product of what either leaves: catches 1e-14 of the cells."""
    for reach1, reach2 in generator.uniform(0.1, 1, (20, 2)):
        surface = Musyc((1.0, 1 - reach1, 1 - reach2, (1 - reach1) * (1 - reach2)), (0.7, 3.0), (1.4, 2.2))
        expected = bliss(hill(first, reach1, 0.7, 1.4), hill(second, reach2, 3.0, 2.2))
        np.testing.assert_allclose(1.0 - surface.effect(first, second), expected, atol=1e-14)


def test_with_interaction_it_is_not_bliss() -> None:
    """Each of the five ways to interact moves the surface by more than 0.05, potency in the direction of its name."""
    null = Musyc((1.0, 0.4, 0.5, 0.2), (0.7, 3.0), (1.4, 2.2))
    effect = null.effect(first, second)
    for name, fold, sign in (("alpha12", 5.0, -1), ("alpha21", 5.0, -1), ("alpha12", 0.2, 1), ("alpha21", 0.2, 1)):
        moved = Musyc(null.effects, null.halves, null.powers, **{name: fold}).effect(first, second) - effect
        assert np.abs(moved).max() > 0.05
        assert np.all(sign * moved > -1e-15)
    for name in ("gamma12", "gamma21"):
        moved = Musyc(null.effects, null.halves, null.powers, **{name: 5.0}).effect(first, second) - effect
        assert np.abs(moved).max() > 0.05
    assert Musyc((1.0, 0.4, 0.5, 0.0), null.halves, null.powers).beta == pytest.approx(2 / 3)
    assert Musyc((1.0, 0.4, 0.5, 0.4), null.halves, null.powers).beta == 0.0


def test_potency_beside_endless_partner(generator: np.random.Generator) -> None:
    """Beside endless first drug, the second acts as a Hill curve of alpha12 times the dose and gamma12 times the power.

    Catches 1e-9 of the effect; a swap of the two alphas, or of the two gammas, is off by far more.
    """
    dose = np.geomspace(1e-3, 1e3, 30)
    for surface in surfaces(generator, 20):
        _, e1, e2, e3 = surface.effects
        (c1, c2), (h1, h2) = surface.halves, surface.powers
        beside1 = e1 + (e3 - e1) * hill(surface.alpha12 * dose, 1.0, c2, h2 * surface.gamma12)
        beside2 = e2 + (e3 - e2) * hill(surface.alpha21 * dose, 1.0, c1, h1 * surface.gamma21)
        np.testing.assert_allclose(surface.effect(1e300, dose), beside1, atol=1e-9)
        np.testing.assert_allclose(surface.effect(dose, 1e300), beside2, atol=1e-9)


def test_drugs_that_exclude_each_other_add_as_doses() -> None:
    """Folds of 0 and powers of 1: Loewe's index is 1 for any two drugs; a drug with itself is its doubled dose.

    Catches 1e-9 of the index (reaches may differ) and 1e-14 of the effect.
    """
    same = Musyc((0.0, 0.8, 0.8, 0.3), (2.0, 2.0), (1.0, 1.0), alpha12=0.0, alpha21=0.0)
    np.testing.assert_allclose(same.effect(first, second), hill(first + second, 0.8, 2.0, 1.0), atol=1e-14)
    other = Musyc((0.0, 0.8, 0.6, 0.3), (2.0, 0.5), (1.0, 1.0), alpha12=0.0, alpha21=0.0)
    effect = other.effect(first, second)
    inside = effect < 0.599
    index = loewe_index(effect, [first, second], [0.8, 0.6], [2.0, 0.5], [1.0, 1.0])
    assert inside.mean() > 0.3
    np.testing.assert_allclose(index[inside], 1.0, rtol=1e-9)


def test_swapping_the_drugs_changes_nothing(generator: np.random.Generator) -> None:
    """Which drug is called the first: catches 1e-13 of the effect."""
    for surface in surfaces(generator, 20):
        e0, e1, e2, e3 = surface.effects
        swapped = Musyc(
            (e0, e2, e1, e3), surface.halves[::-1], surface.powers[::-1],
            surface.alpha21, surface.alpha12, surface.gamma21, surface.gamma12,
        )  # fmt: skip
        np.testing.assert_allclose(swapped.effect(second, first), surface.effect(first, second), atol=1e-13)
        assert swapped.beta == surface.beta
