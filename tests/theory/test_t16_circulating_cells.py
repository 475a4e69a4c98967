"""T16: circulating tumour cells: shed over the heart's output without filters, and what a first pass leaves with them."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.biology.journey.transplant import great_artery
from seedsoil.biology.patient import Host
from seedsoil.observe.blood import concentration, first_pass
from tests.properties.examples import ADULT, COLON, changed

BARE = COLON.model_copy(
    update={"adhesion": changed(COLON.adhesion, selectin=0, integrin=0, lectin=0, chemokine=0), "spread": None}
)


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
    passing = first_pass(BARE, host)
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
    passing = first_pass(BARE, host)
    # What leaves the lung by lymph and not by its veins, the duct brings to the veins and so through the lung again.
    place = host.anatomy.index
    by_vein = host.anatomy.flow()[place("lung"), place("left_heart")]
    straight = (1.0 - lung) * by_vein
    assert passing[place("breast")] == pytest.approx(straight / (1.0 - (1.0 - lung) * (1.0 - by_vein)), rel=1e-9)
    assert 0.07 < 8.0 * passing[place("breast")] < 0.81


def test_portal_blood_passes_two_filters() -> None:
    """A tumour of the bowel sheds through liver and lung, one of the breast through the lung: catches either left out."""
    host = _host(0.5, 0.9)
    passing, place = first_pass(BARE, host), host.anatomy.index
    assert passing[place("colon")] < 0.55 * passing[place("breast")]
    assert passing[place("lung")] > 9.0 * passing[place("breast")]
    assert passing[place("liver")] == pytest.approx(passing[place("breast")], rel=0.02)


def test_a_perfect_lung_lets_nothing_pass() -> None:
    """Only a tumour of the lung itself reaches the arteries: catches blood that goes round it."""
    host = _host(0.0, 1.0)
    passing, place = first_pass(BARE, host), host.anatomy.index
    assert passing[place("breast")] == passing[place("colon")] == 0.0
    assert passing[place("lung")] == pytest.approx(host.anatomy.flow()[place("lung"), place("left_heart")], rel=1e-9)
    assert great_artery(host.anatomy) == "left_heart"


def test_cells_that_die_on_the_way_are_seen_all_the_same() -> None:
    """A deadly flow leaves the counts as they were: catches corpses that vanish within a minute, 1e-9."""
    host = _host(0.5, 0.9)
    assert first_pass(changed(BARE, transit_loss_rate=1e4), host) == pytest.approx(first_pass(BARE, host), rel=1e-9)


def test_a_patient_with_large_metastases_has_cells_in_a_tube() -> None:
    """A tenth of a kilogram in the liver that sheds 1e6 a gram and day: one to a hundred cells in 7.5 mL.

    Most patients with metastases have some (Allard 2004: 36 % have 2 or more). Catches a filter of the wrong order.
    """
    shed = np.zeros(len(ADULT.anatomy.sites))
    shed[ADULT.anatomy.index("liver")] = 1e8
    level = concentration(shed, first_pass(COLON, ADULT), float(ADULT.cardiac_output))
    assert 1.0 < 7.5e-3 * level < 100.0
