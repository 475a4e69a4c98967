"""T16: circulating tumour cells: shed over the heart's output without filters, and what a first pass leaves with them."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.anatomy import Anatomy
from seedsoil.biology.patient import Host
from seedsoil.biology.transplant import great_artery
from seedsoil.observe.blood import concentration, first_pass
from tests.properties.examples import ADULT, COLON, changed

BARE = COLON.model_copy(
    update={"adhesion": changed(COLON.adhesion, selectin=0, integrin=0, lectin=0, chemokine=0), "spread": None}
)
DEATHLESS = changed(BARE, transit_loss_rate=0.0)


def _host(trap: float, lung: float) -> Host:
    """The adult with one filter in every tissue and another in the lung."""
    anatomy: Anatomy = ADULT.anatomy
    sites = tuple(
        changed(site, size_trap=lung if site.soil == "lung" else trap if site.soil else 0.0) for site in anatomy.sites
    )
    return ADULT.model_copy(update={"anatomy": anatomy.model_copy(update={"sites": sites})})


def test_without_filters_it_is_what_is_shed_over_what_is_pumped() -> None:
    """Models' figure: 10 g shed 1e7 cells a day into 9360 L: 8 in 7.5 mL, to 1e-9; catches a filter that is always on."""
    host = _host(0.0, 0.0)
    passing = first_pass(DEATHLESS, host)
    assert passing == pytest.approx(np.ones(len(host.anatomy.sites)), rel=1e-9)
    shed = np.zeros(passing.size)
    shed[host.anatomy.index("breast")] = 1e7
    level = concentration(shed, passing, float(host.cardiac_output))
    assert level == pytest.approx(1e7 / 9360.0, rel=1e-9)
    assert 7.5e-3 * level == pytest.approx(8.0, abs=0.02)


@pytest.mark.parametrize("lung", [0.9, 0.99])
def test_the_lung_lets_its_share_pass(lung: float) -> None:
    """0.08 to 0.8 cells in 7.5 mL after a lung that lets 1 to 10 % pass: catches a filter passed twice (1 %)."""
    host = _host(0.0, lung)
    passing = first_pass(DEATHLESS, host)
    # Of 1 % that leaves the lung by lymph, the duct brings most to the veins and so through the lung again.
    straight = (1.0 - lung) * 0.99
    assert passing[host.anatomy.index("breast")] == pytest.approx(straight / (1.0 - (1.0 - lung) * 0.01), rel=1e-9)
    assert 0.07 < 8.0 * passing[host.anatomy.index("breast")] < 0.81


def test_portal_blood_passes_two_filters() -> None:
    """A tumour of the bowel sheds through liver and lung, one of the breast through the lung: catches either left out."""
    host = _host(0.5, 0.9)
    passing, place = first_pass(DEATHLESS, host), host.anatomy.index
    assert passing[place("colon")] < 0.55 * passing[place("breast")]
    assert passing[place("lung")] > 9.0 * passing[place("breast")]
    assert passing[place("liver")] == pytest.approx(passing[place("breast")], rel=0.02)


def test_a_perfect_lung_lets_nothing_pass() -> None:
    """Only a tumour of the lung itself reaches the arteries: catches blood that goes round it."""
    host = _host(0.0, 1.0)
    passing, place = first_pass(DEATHLESS, host), host.anatomy.index
    assert passing[place("breast")] == passing[place("colon")] == 0.0
    assert passing[place("lung")] == pytest.approx(0.99, rel=1e-9)
    assert great_artery(host.anatomy) == "left_heart"


def test_cells_that_die_on_the_way_are_not_found() -> None:
    """Two segments through the lung, survival e^-1 each: catches a way that is one segment longer."""
    mortal = changed(BARE, transit_loss_rate=1.0, transit_time=1.0)
    passing = first_pass(mortal, _host(0.0, 0.0))
    way = {"lung": 1, "right_heart": 2, "veins": 3, "brain": 4}
    for name, segments in way.items():
        expected = (0.99 if name != "left_heart" else 1.0) * np.exp(-segments)
        # The last hundredth comes by lymph, three or four segments later.
        assert passing[ADULT.anatomy.index(name)] == pytest.approx(expected, rel=0.002), name
