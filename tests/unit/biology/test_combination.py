"""Combinations: certain death, a matrix that can be added up by hand, and arguments that cannot be."""

import numpy as np
import pytest

from seedsoil.biology.medicine.combination import Musyc, bliss, highest_single, loewe, loewe_index, score_matrix
from seedsoil.foundation.errors import ModelError

surface = Musyc((1.0, 0.4, 0.5, 0.1), (1.0, 2.0), (1.5, 1.0))


def test_combinations_of_certain_death() -> None:
    assert bliss(1.0, 0.3) == 1.0
    assert bliss(0.3) == 0.3
    assert highest_single(0.2, 0.9, 0.4) == 0.9


def test_a_matrix_scored_by_hand() -> None:
    """One pair: alone 50 % and 40 % survive, together 10 %. Bliss expects 20 %, the better agent 40 %."""
    found = score_matrix([[100, 40], [50, 10]], [0, 1], [0, 1])
    assert found.excess_hsa == pytest.approx(-30.0)
    assert found.bliss_negative == pytest.approx(-0.1)
    assert found.bliss_positive == 0.0


def test_noise_of_wells_is_no_synergy() -> None:
    """Readings below 0 and above 100 per cent are clipped: unclipped, these null matrices score -28, -0.28 and -0.02."""
    dead = score_matrix([[100, 30], [0, -28]], [0, 1], [0, 1])
    assert (dead.excess_hsa, dead.bliss_negative) == (0.0, 0.0)
    thriving = score_matrix([[100, 120], [10, 10]], [0, 1], [0, 1])
    assert thriving.bliss_negative == pytest.approx(0.0, abs=1e-15)


def test_the_order_of_doses_does_not_matter(generator: np.random.Generator) -> None:
    """Plates come with the highest dose first or last: catches 1e-12 of a score."""
    viability = generator.uniform(-10, 110, (4, 5))
    first, second = np.arange(4.0), np.arange(5.0)
    there, back = score_matrix(viability, first, second), score_matrix(viability[::-1, ::-1], first[::-1], second[::-1])
    assert there.excess_hsa == pytest.approx(back.excess_hsa, rel=1e-12)
    assert there.bliss_positive == pytest.approx(back.bliss_positive, rel=1e-12)


def test_no_dose_has_no_index() -> None:
    assert np.isnan(loewe_index(0.0, [0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]))


def test_endless_doses_do_not_overflow() -> None:
    assert surface.effect(1e300, 0.0) == 0.4
    assert surface.effect(0.0, 1e300) == pytest.approx(0.5, rel=1e-15)
    assert surface.effect(1e300, 1e300) == pytest.approx(0.1, rel=1e-12)
    assert surface.effect(np.zeros((2, 1)), np.zeros(3)).shape == (2, 3)


@pytest.mark.parametrize(
    "call",
    [
        bliss,
        lambda: bliss(0.5, 1.5),
        lambda: highest_single(-0.1),
        lambda: loewe([1.0], [1.0, 2.0], 1.0, 1.0),
        lambda: loewe([], [], 1.0, 1.0),
        lambda: loewe([1.0, 1.0], [1.0, 0.0], 1.0, 1.0),
        lambda: loewe_index(0.5, [1.0, 1.0], [1.0], [1.0], [1.0]),
        lambda: loewe_index(0.5, [-1.0], [1.0], [1.0], [1.0]),
        lambda: score_matrix([[100, 40], [50, 10]], [1, 2], [0, 1]),
        lambda: score_matrix([[100, 40], [50, np.nan]], [0, 1], [0, 1]),
        lambda: score_matrix([[100, 40]], [0, 1], [0, 1]),
        lambda: surface.effect(-1.0, 0.0),
    ],
)
def test_impossible_arguments(call: object) -> None:
    with pytest.raises(ModelError):
        call()  # type: ignore[operator]


def test_all_faults_of_a_surface_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        Musyc((1.0, np.nan, 0.0, 0.0), (0.0, 1.0), (1.0, -1.0), alpha12=-1.0, gamma21=0.0)
    assert len(caught.value.faults) == 5
