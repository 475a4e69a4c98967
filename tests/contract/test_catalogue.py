"""Every entry of the catalogue keeps one contract."""

import math

import numpy as np
import pytest

from seedsoil.biology.journey.anatomy import expected_arrests
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import match
from seedsoil.catalogue.describe import citations, describe
from seedsoil.catalogue.load import KINDS, entry, folder, names, sources
from seedsoil.evidence.review import claims
from seedsoil.foundation.value import GRADES, OPEN_SOURCES, values_in

ENTRIES = [(kind, name) for kind in KINDS for name in names(kind)]
HOSTS = names("hosts")
TUMOURS = names("tumours")


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_each_number_has_grade_source_and_a_range_that_holds_it(kind: str, name: str) -> None:
    noun = entry(kind, name)
    values = list(values_in(noun))
    assert values
    for place, value in values:
        assert value.grade in GRADES, place
        assert value.source in sources() or value.source in OPEN_SOURCES, place
        assert value.source != "study file", place
        assert value.low is not None, place
        assert value.high is not None, place
        assert value.low <= value.number <= value.high, place
        assert math.isfinite(value.number), place
        if value.source == "assumed":
            assert value.grade == "assumed", place
        if value.source == "recalled":
            assert value.recalled, place


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_each_entry_says_what_it_is(kind: str, name: str) -> None:
    noun = entry(kind, name)
    assert noun.name == name
    assert noun.title
    assert (folder(kind) / f"{name}.toml").read_text(encoding="utf-8").startswith("# ")
    text = describe(f"{kind}/{name}")
    assert noun.title in text
    assert "Not for clinical decisions" in text
    for line in citations(noun):
        assert line["reference"]


def test_every_source_is_used_or_cited_in_a_note() -> None:
    values = [value for kind, name in ENTRIES for _, value in values_in(entry(kind, name))]
    cited = {key for key in sources() if any(f"({key})" in value.note for value in values)}
    cited |= {key for claim in claims() for key in claim.sources}
    spare = set(sources()) - {value.source for value in values} - cited - {"hart_fidler_1980"}  # in notes, by its words
    assert not spare, f"no number and no claim rests on {sorted(spare)}"


@pytest.mark.parametrize("name", HOSTS)
def test_blood_balances(name: str) -> None:
    """Shares add to one, all blood passes the lungs, and what leaves the left heart comes back to it."""
    anatomy = entry("hosts", name).anatomy
    flow = anatomy.flow()
    assert len(anatomy.sites) >= 20
    np.testing.assert_allclose(flow.sum(axis=1), 1.0, atol=1e-9)
    weights, vectors = np.linalg.eig(flow.T)
    steady = np.real(vectors[:, np.argmin(np.abs(weights - 1.0))])
    steady /= steady[anatomy.index("left_heart")]
    assert (steady > 0).all()
    assert steady[anatomy.index("lung")] == pytest.approx(1.0, abs=0.03)
    assert steady[anatomy.index("veins")] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("name", HOSTS)
def test_the_arteries_carry_the_cardiac_output(name: str) -> None:
    host = entry("hosts", name)
    for vessel in host.anatomy.vessels:
        if vessel.source != "left_heart" or vessel.target == "lung":
            continue
        site = host.anatomy.sites[host.anatomy.index(vessel.target)]
        assert site.arterial_flow is not None, site.name
        assert float(site.arterial_flow) == pytest.approx(float(vessel.share) * float(host.cardiac_output), rel=1e-4)


@pytest.mark.parametrize("name", HOSTS)
def test_cells_end_where_the_flow_takes_them(name: str) -> None:
    """With no death on the way every cell arrests; the first bed takes most: liver from the gut, lung from the rest."""
    anatomy = entry("hosts", name).anatomy
    arrest = [float(site.size_trap) for site in anatomy.sites]
    ends = expected_arrests(anatomy.flow(), arrest, 1.0)
    np.testing.assert_allclose(ends.sum(axis=1), 1.0, atol=1e-9)
    for start, first in (("colon", "liver"), ("skin", "lung"), ("veins", "lung")):
        assert anatomy.sites[int(np.argmax(ends[anatomy.index(start)]))].name == first
    assert ends[anatomy.index("colon"), anatomy.index("colon_node")] > 0.01
    reached = ends[anatomy.index("veins")]
    held = np.array(arrest) > 0
    assert (reached[held] >= 0).all()


@pytest.mark.parametrize("name", HOSTS)
def test_each_filter_has_a_soil_and_only_filters_have(name: str) -> None:
    host = entry("hosts", name)
    for site in host.anatomy.sites:
        assert bool(site.soil) == (float(site.size_trap) > 0), site.name
        if site.soil:
            assert host.soil(site.soil).name == site.soil


def test_soils_can_be_read_by_every_seed() -> None:
    soils = [entry("organs", name) for name in names("organs")]
    assert len(soils) >= 12
    for name in TUMOURS:
        tumour = entry("tumours", name)
        for soil in soils:
            assert 0.0 <= match(levels(tumour.receptors), levels(soil.ligands), 0.3) <= 1.0
            assert all(level >= 0.0 for level in levels(soil.addressins))
        assert any(site.name == tumour.site for site in entry("hosts", "adult").anatomy.sites)


@pytest.mark.parametrize("name", TUMOURS)
def test_a_tumour_thrives_at_home_and_not_everywhere(name: str) -> None:
    """Birth exceeds death at home and in lung, and falls short of it in spleen and kidney: the threshold of a soil.

    A tumour of the kidney grows there, if slowly: its metastases in the lung grow five times as fast (oda_2001).
    """
    tumour = entry("tumours", name)

    def net(soil_name: str) -> float:
        soil = entry("organs", soil_name)
        ligands = levels(soil.ligands)
        half = float(tumour.ligand_half_saturation)
        matched = match(levels(tumour.receptors), ligands, half)
        survival = match(levels(tumour.survival_receptors), ligands, half)
        death = float(tumour.death_rate) + float(tumour.unmatched_death_rate) * (1.0 - survival)
        return float(tumour.division_rate) * matched - death

    assert net(tumour.site) > 0
    assert net("lung") > 0
    for barren in {"spleen", "kidney"} - {tumour.site}:
        assert net(barren) < 0, barren


def test_a_drugs_resistance_names_a_mechanism_that_some_tumour_has() -> None:
    known = {mechanism.name for name in TUMOURS for mechanism in entry("tumours", name).mechanisms}
    for name in names("agents"):
        agent = entry("agents", name)
        assert set(agent.resistance) <= known
        assert agent.kill is not None or agent.cytostasis is not None or agent.blocks or agent.raises


def test_bevacizumab_reaches_its_labelled_trough() -> None:
    """Steady state average of 5 mg/kg every 14 days in 70 kg: dose over clearance and interval, 121 mg/L."""
    agent = entry("agents", "bevacizumab").distribution
    assert 350 / (float(agent.clearance) * 14) == pytest.approx(121.4, abs=0.5)
