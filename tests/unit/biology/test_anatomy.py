"""Anatomy: a graph that the catalogue's hosts balance, and arrests that solve it."""

import numpy as np
import pytest

from seedsoil.biology.journey.anatomy import Anatomy, expected_arrests
from seedsoil.catalogue.load import entry, names
from seedsoil.foundation.errors import ModelError

HOSTS = [name for name in names("hosts")]


@pytest.mark.parametrize("name", HOSTS)
def test_flows_balance(name: str) -> None:
    """What leaves a site is all of what came, at 20 sites or more: catches a share of 1e-9 that is lost."""
    anatomy = entry("hosts", name).anatomy
    assert len(anatomy.sites) >= 20
    assert np.abs(anatomy.flow().sum(axis=1) - 1.0).max() < 1e-9


@pytest.mark.parametrize("name", HOSTS)
def test_all_blood_passes_the_lung(name: str) -> None:
    """In the steady flow the lung passes the heart's whole output once: catches a vein that bypasses the lung."""
    anatomy = entry("hosts", name).anatomy
    values, vectors = np.linalg.eig(anatomy.flow().T)
    steady = np.real(vectors[:, np.argmin(np.abs(values - 1.0))])
    steady /= steady[anatomy.index("left_heart")]
    lung, right = steady[anatomy.index("lung")], steady[anatomy.index("right_heart")]
    assert right == pytest.approx(1.0, abs=0.06)
    assert lung == pytest.approx(1.0, abs=0.06)
    assert (steady > 0.0).sum() >= 20


def test_arterial_flows_are_shares_of_the_heart() -> None:
    """Each artery's litres are its share of the adult's cardiac output: catches 0.1 % and any unit slip."""
    host = entry("hosts", "adult")
    flow, heart = host.anatomy.flow(), host.anatomy.index("left_heart")
    seen = 0
    for position, site in enumerate(host.anatomy.sites):
        if site.arterial_flow is not None:
            seen += 1
            assert float(site.arterial_flow) == pytest.approx(
                flow[heart, position] * float(host.cardiac_output), rel=1e-3
            ), site.name
    assert seen >= 12


def test_unknown_site_is_named() -> None:
    """A site that is not there gives an error with those that are: catches a bare KeyError."""
    anatomy: Anatomy = entry("hosts", "adult").anatomy
    with pytest.raises(ModelError, match=r"no site 'gills'.*sites: veins, "):
        anatomy.index("gills")


def test_parallel_vessels_add() -> None:
    """Two vessels between the same sites carry the sum: catches the last one winning."""
    anatomy: Anatomy = entry("hosts", "adult").anatomy
    half = anatomy.vessels[0].share.model_copy(update={"number": 0.5, "low": 0.0})
    vessel = anatomy.vessels[0].model_copy(update={"share": half})
    doubled = anatomy.model_copy(update={"vessels": (vessel, vessel, *anatomy.vessels[1:])})
    assert np.array_equal(doubled.flow(), anatomy.flow())


def test_a_cell_that_circulates_for_ever_is_refused() -> None:
    """A ring without filter or death: catches a division by nothing that goes on as numbers."""
    ring = np.array([[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ModelError, match="for ever"):
        expected_arrests(ring, [0.0, 0.0], 1.0)


def test_two_beds_by_hand() -> None:
    """First bed holds 0.5, second 0.2, survival 0.9 a segment: catches survival counted once too often."""
    ring = np.array([[0.0, 1.0], [1.0, 0.0]])
    found = expected_arrests(ring, [0.5, 0.2], 0.9)
    again = 1.0 / (1.0 - 0.9 * 0.5 * 0.9 * 0.8)
    assert found[0, 1] == pytest.approx(0.9 * 0.2 * again)
    assert found[0, 0] == pytest.approx(0.9 * 0.8 * 0.9 * 0.5 * again)
    assert found[1, 0] == pytest.approx(0.9 * 0.5 * again)
