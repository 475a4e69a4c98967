"""T16: circulating tumour cells: S / Q where every bed holds them, S / (k V) where none does, and the places between."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.biology.journey.transplant import great_artery
from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import entry
from seedsoil.observe.blood import bleeding_sites, density, passing, traced
from tests.properties.examples import ADULT, COLON, changed

BARE = COLON.model_copy(
    update={"adhesion": changed(COLON.adhesion, selectin=0, integrin=0, lectin=0, chemokine=0), "spread": None}
)
HELD, FREE, CLUSTERS = range(3)
OUTPUT = float(ADULT.cardiac_output)
INDEX = ADULT.anatomy.index


def _host(trap: float, lung: float) -> Host:
    """The adult with one filter in every tissue and another in the lung."""
    anatomy: Anatomy = ADULT.anatomy
    sites = tuple(
        changed(site, size_trap=lung if site.soil == "lung" else trap if site.soil else 0.0) for site in anatomy.sites
    )
    return ADULT.model_copy(update={"anatomy": anatomy.model_copy(update={"sites": sites})})


def _round(host: Host) -> float:
    """Chance not to be cleared in one round of the blood."""
    traces, blood, _ = traced(BARE, host)
    return float(np.exp(-np.log(2.0) / float(traces.clearance_half_life) * float(blood.volume) * 1e-3 / OUTPUT))


def test_where_every_bed_holds_them_it_is_what_is_shed_over_what_is_pumped() -> None:
    """10 g in the lung shed 1e7 cells a day into 9360 L: 8 in 7.5 mL, to 1e-9; catches a second pass that cannot be."""
    host = _host(1.0, 1.0)
    straight = host.anatomy.flow()[INDEX("lung"), INDEX("left_heart")]
    level = 1e7 * passing(BARE, host)[HELD][INDEX("lung")]
    assert level == pytest.approx(1e7 * straight / OUTPUT, rel=1e-9)
    assert abs(7.5e-3 * 1e7 / OUTPUT - 8.0) < 0.02


def test_where_none_does_it_is_a_pool() -> None:
    """S / (k V) for both classes and any site of shedding, to half a round (0.5 %); catches k or V left out.

    Models' figure: 1350 of 10 g in 7.5 mL for 1.5 h and 5 L.
    """
    host = _host(0.0, 0.0)
    traces, blood, _ = traced(BARE, host)
    loss = np.log(2.0) / float(traces.clearance_half_life)
    pool = 1e7 / (loss * float(blood.volume) * 1e-3)
    ways = passing(BARE, host)
    for site in ("breast", "lung", "colon"):
        assert 1e7 * ways[HELD][INDEX(site)] == pytest.approx(pool, rel=5e-3)
        assert ways[FREE][INDEX(site)] == pytest.approx(ways[HELD][INDEX(site)], rel=1e-9)
    assert 7.5e-3 * pool * (1.7 / 1.5) ** -1 * (5.3 / 5.0) == pytest.approx(1350.0, rel=0.02)


@pytest.mark.parametrize("lung", [0.9, 0.99])
def test_the_lung_lets_its_share_pass(lung: float) -> None:
    """Before it and after it, to 1e-9: catches a filter passed twice, and a needle on the wrong side of it."""
    host = _host(1.0, lung)
    flow = host.anatomy.flow()
    after = passing(BARE, host)[HELD][INDEX("breast")]
    before = passing(BARE, host, "right_heart")[HELD][INDEX("breast")]
    by_vein = flow[INDEX("breast"), INDEX("veins")]
    # All that leaves the lung's bed goes to the left heart, but for what lymph and the pleura take; bronchial arteries
    # bring a little of it round again.
    once = (1.0 - lung) * flow[INDEX("lung"), INDEX("left_heart")]
    again = once * flow[INDEX("left_heart"), INDEX("lung")] * _round(host)
    assert after * OUTPUT == pytest.approx(by_vein * once / (1.0 - again), rel=1e-9)
    assert after / before == pytest.approx(1.0 - lung, rel=0.05)
    assert 0.07 < 8.0 * after * OUTPUT < 0.81


def test_a_vein_of_the_arm_lies_behind_one_more_bed() -> None:
    """What an arm's tissue holds is missing in its vein, to 1e-9, and of the passing class nothing is; catches a bed left out."""
    host = _host(0.7, 0.9)
    artery, arm = passing(BARE, host), passing(BARE, host, "muscle")
    assert arm[HELD][INDEX("breast")] / artery[HELD][INDEX("breast")] == pytest.approx(0.3 * _round(host), rel=1e-9)
    assert arm[FREE][INDEX("breast")] / artery[FREE][INDEX("breast")] == pytest.approx(1.0, rel=0.01)


def test_portal_blood_is_rich_and_passes_two_filters() -> None:
    """A tumour of the bowel: its own vein before the liver holds most, the artery least; catches a dilution left out."""
    host = _host(0.5, 0.9)
    colon = INDEX("colon")
    portal, veins, artery = (
        passing(BARE, host, needle)[HELD][colon] for needle in ("portal_vein", "veins", "left_heart")
    )
    assert portal > 5.0 * veins > 25.0 * artery
    shares = host.anatomy.flow()[INDEX("left_heart")]
    fed = sum(shares[INDEX(name)] for name in ("colon", "small_intestine", "stomach", "spleen", "pancreas"))
    assert portal * OUTPUT * fed == pytest.approx(host.anatomy.flow()[colon, INDEX("portal_vein")], rel=0.05)


def test_a_perfect_lung_lets_nothing_pass() -> None:
    """Only a tumour of the lung itself reaches the arteries: catches blood that goes round it."""
    way = passing(BARE, _host(0.0, 1.0))
    assert way[HELD][INDEX("breast")] == way[HELD][INDEX("colon")] == 0.0
    assert way[HELD][INDEX("lung")] > 0.9 / OUTPUT
    assert great_artery(ADULT.anatomy) == "left_heart"


def test_cells_that_die_on_the_way_are_seen_all_the_same() -> None:
    """A deadly flow leaves the counts as they were: catches corpses that vanish within a minute, 1e-9."""
    host = _host(0.5, 0.9)
    assert passing(changed(BARE, transit_loss_rate=1e4), host) == pytest.approx(passing(BARE, host), rel=1e-9)


def test_lymph_is_not_blood() -> None:
    """A needle goes where blood flows, each place by the graph: catches a duct that gives blood."""
    places = bleeding_sites(ADULT.anatomy)
    assert {"veins", "right_heart", "left_heart", "portal_vein", "muscle", "liver"} <= set(places)
    assert "thoracic_duct" not in places
    assert "colon_node" not in places


def test_a_patient_with_large_metastases_has_cells_in_a_tube() -> None:
    """A tenth of a kilogram in the liver that sheds 1e6 a gram and day: one to a hundred cells in 7.5 mL.

    Most patients with metastases have some (Allard 2004: 36 % have 2 or more). Catches a filter of the wrong order.
    """
    shed = np.zeros(len(ADULT.anatomy.sites))
    shed[INDEX("liver")] = 1e8
    level = density(shed, passing(COLON, ADULT), COLON.traces, 0.03)
    assert 1.0 < 7.5e-3 * level.singles < 100.0


def test_clusters_are_a_share_of_events_until_a_filter_takes_them() -> None:
    """Aceto 2014: 2.6 % (1 to 5) of events are clusters, met before the lung; a bed later they are rarer by far.

    Cells are conserved: singles and clusters together carry all that is shed, to 1e-9.
    """
    tumour = entry("tumours", "breast_er_negative")
    shed, share = np.zeros(len(ADULT.anatomy.sites)), float(tumour.spread.cluster_share)
    shed[INDEX("breast")] = 1e7
    none_passes = tumour.traces.model_copy(
        update={"passing_share": changed(tumour.traces, passing_share=0.0).passing_share}
    )
    before, after = (
        density(shed, passing(tumour, ADULT, needle), none_passes, share) for needle in ("right_heart", "left_heart")
    )
    assert 0.01 < before.clusters / (before.singles + before.clusters) < 0.05
    assert after.clusters / (after.singles + after.clusters) < 0.01
    whole = density(shed, np.ones((3, shed.size)), none_passes, share)
    assert whole.singles + float(none_passes.cluster_cells) * whole.clusters == pytest.approx(1e7, rel=1e-9)
