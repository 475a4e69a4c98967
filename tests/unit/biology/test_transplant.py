"""Grafts and joined circulations: blood goes where it went, and arrests follow the place."""

import numpy as np
import pytest

from seedsoil.biology.journey.anatomy import expected_arrests
from seedsoil.biology.journey.transplant import PARTNER, graft, great_artery, joined
from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import entry
from seedsoil.foundation.errors import ModelError

MOUSE: Host = entry("hosts", "mouse")


def _arrests(host: Host, origin: str, survival: float = 0.9) -> dict[str, float]:
    """Where cells that leave a site arrest, by its filters alone."""
    anatomy = host.anatomy
    held = [float(site.size_trap) for site in anatomy.sites]
    row = expected_arrests(anatomy.flow(), held, survival)[anatomy.index(origin)]
    return {site.name: float(chance) for site, chance in zip(anatomy.sites, row, strict=True)}


def test_a_graft_takes_its_share_and_drains_as_its_bed() -> None:
    """Shares of every site still add to one, to 1e-12: catches blood that is lost or made."""
    host = graft(MOUSE, "kidney_graft", "kidney", "muscle", 0.02)
    flow, place = host.anatomy.flow(), host.anatomy.index
    assert np.abs(flow.sum(axis=1) - 1.0).max() < 1e-9
    before = MOUSE.anatomy.flow()
    heart, muscle = place("left_heart"), place("muscle")
    assert flow[heart, place("kidney_graft")] == pytest.approx(0.02 * before[heart, muscle], rel=1e-12)
    assert flow[heart, muscle] == pytest.approx(0.98 * before[heart, muscle], rel=1e-12)
    assert (flow[place("kidney_graft"), : len(before)] == before[muscle]).all()
    whole = MOUSE.anatomy.sites[muscle].arterial_flow
    parts = [host.anatomy.sites[place(name)].arterial_flow for name in ("muscle", "kidney_graft")]
    assert sum(float(part) for part in parts) == pytest.approx(float(whole), rel=1e-12)
    assert host.anatomy.sites[-1].soil == "kidney"
    assert [site.name for site in host.anatomy.sites[:-1]] == [site.name for site in MOUSE.anatomy.sites]


def test_arrests_at_a_graft_follow_its_place_and_not_its_tissue() -> None:
    """Three tissues in three equal beds catch alike, and together what the bed caught: catches 1e-9 by tissue."""
    host = MOUSE
    for tissue in ("lung", "ovary", "kidney"):
        host = graft(host, f"{tissue}_graft", tissue, "skin", 0.1)
    caught = _arrests(host, "veins")
    # Each later graft takes a tenth of what the earlier ones left of the bed.
    expected = {"lung_graft": 0.1, "ovary_graft": 0.09, "kidney_graft": 0.081, "skin": 0.729}
    whole = _arrests(MOUSE, "veins")["skin"]
    for name, share in expected.items():
        assert caught[name] == pytest.approx(share * whole, rel=1e-9)
    others = [name for name in caught if name not in expected]
    assert all(caught[name] == pytest.approx(_arrests(MOUSE, "veins")[name], rel=1e-9) for name in others)


def test_a_graft_that_cannot_be_is_refused_with_all_faults() -> None:
    """Name, soil, bed and share at once: catches a fault that hides another."""
    with pytest.raises(ModelError) as caught:
        graft(MOUSE, "brain", "gill", "fin", 1.5)
    text = str(caught.value)
    for part in ("already has a site 'brain'", "no soil 'gill'", "no site 'fin'", "not be 1.5"):
        assert part in text


@pytest.mark.parametrize("exchange", [0.0, 0.02, 0.2, 0.5])
def test_a_partner_takes_cells_in_proportion_to_the_exchange(exchange: float) -> None:
    """First passage to the partner's tissues: catches an exchange that is lost, doubled or one way."""
    pair = joined(MOUSE, exchange)
    flow = pair.anatomy.flow()
    assert np.abs(flow.sum(axis=1) - 1.0).max() < 1e-9
    for origin in ("left_heart", PARTNER + "left_heart"):
        caught = _arrests(pair, origin)
        # Of the tissues that the great artery feeds, apart from what comes back through a lung.
        muscle, twin = caught["muscle"], caught[PARTNER + "muscle"]
        own, other = (muscle, twin) if not origin.startswith(PARTNER) else (twin, muscle)
        assert other / (own + other) == pytest.approx(exchange, abs=0.005)
        if exchange == 0.0:
            assert sum(chance for name, chance in caught.items() if name.startswith(PARTNER)) in (
                0.0,
                pytest.approx(sum(caught.values())),
            )


def test_arrests_and_deaths_of_a_pair_make_up_all_cells() -> None:
    """Without death on the way every cell arrests in one of the two: catches 1e-9 that circulates unseen."""
    caught = _arrests(joined(MOUSE, 0.3), "muscle", survival=1.0)
    assert sum(caught.values()) == pytest.approx(1.0, rel=1e-9)
    alone = _arrests(MOUSE, "muscle", survival=1.0)
    for name, chance in alone.items():
        assert caught[name] <= chance + 1e-12


def test_a_partner_has_the_same_tissues_and_no_artery_to_infuse() -> None:
    """Soil by soil: catches a partner of another kind, or a drug that goes into its liver."""
    pair = joined(MOUSE, 0.1)
    half = len(MOUSE.anatomy.sites)
    assert [site.soil for site in pair.anatomy.sites[half:]] == [site.soil for site in MOUSE.anatomy.sites]
    assert all(site.artery == "" for site in pair.anatomy.sites[half:])
    with pytest.raises(ModelError, match="already has a site"):
        joined(pair, 0.1)
    with pytest.raises(ModelError, match="a share from 0 to 1 of their flow, not 1.2"):
        joined(MOUSE, 1.2)


def test_the_great_artery_is_found_by_what_it_feeds() -> None:
    """In both hosts: catches a search that knows a name."""
    for name in ("adult", "mouse"):
        assert great_artery(entry("hosts", name).anatomy) == "left_heart"
