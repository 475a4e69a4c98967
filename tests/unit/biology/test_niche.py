"""The neighbourhood of a lesion: how protection builds up, what endothelin and gap junctions give of it."""

import math

import pytest

from seedsoil.biology.soils.niche import approach, occupancy, shelter


def test_approach_is_exponential() -> None:
    """From 0.2 towards 0.8 in one and in two time constants: catches a linear path."""
    assert approach(0.2, 0.8, 2.0, 2.0) == pytest.approx(0.8 - 0.6 * math.exp(-1.0))
    assert approach(0.2, 0.8, 0.0, 2.0) == pytest.approx(0.2, rel=1e-14)
    assert approach(0.2, 0.8, 1e6, 2.0) == 0.8
    assert approach(0.9, 0.0, 4.0, 2.0) == pytest.approx(0.9 * math.exp(-2.0))


def test_approach_in_parts_is_approach_at_once() -> None:
    """Ten tenths of a day are a day: catches a rule whose answer depends on the step, to 1e-14."""
    value = 0.1
    for _ in range(10):
        value = approach(value, 0.7, 0.1, 2.0)
    assert value == pytest.approx(approach(0.1, 0.7, 1.0, 2.0), rel=1e-14)


def test_occupancy_saturates() -> None:
    """R ET / (ET + K), half of R at K, less what is blocked; no ligand, nothing: catches 0 / 0."""
    assert occupancy(0.25, 0.8, 0.25, 0.0) == pytest.approx(0.4)
    assert occupancy(1e9, 0.8, 0.25, 0.0) == pytest.approx(0.8)
    assert occupancy(0.25, 0.8, 0.25, 0.75) == pytest.approx(0.1)
    assert occupancy(0.0, 0.8, 0.0, 0.0) == 0.0


def test_shelter_is_a_chain() -> None:
    """A o J (1 - b): each link is needed, and to cut one undoes it all: catches either link taken for enough."""
    assert shelter(1.0, 0.5, 0.0, 0.0) == 0.0
    assert shelter(1.0, 0.0, 0.5, 0.0) == 0.0
    assert shelter(1.0, 0.5, 0.5, 0.0) == pytest.approx(0.25)
    assert shelter(0.5, 0.5, 0.8, 0.0) == pytest.approx(0.2)
    assert shelter(1.0, 0.3, 0.8, 1.0) == 0.0


def test_no_astrocytes_no_shelter() -> None:
    """Endothelin in a tissue without astrocytes protects no one: catches protection without contact."""
    assert shelter(0.0, 1.0, 1.0, 0.0) == 0.0
