"""Host cells of the catalogue: where they live, and what their constants amount to in the laws they feed."""

from math import erf, log, sqrt

import pytest

from seedsoil.biology.clone import Tumour
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.host_cells import HostCells
from seedsoil.biology.soils.immunity import surface_kill
from seedsoil.biology.soils.niche import occupancy, shelter
from seedsoil.biology.soils.soil import Soil, match
from seedsoil.catalogue.load import entry, names

HOSTS = names("hosts")
LINES = ("b16_melanoma", "k1735", "uv2237", "km12sm", "l36pl", "pc3mm2", "skov3ip1", "heya8")


def cells_of(host: str) -> HostCells:
    """The host's laws, all of them there."""
    cells = entry("hosts", host).cells
    assert cells is not None
    return cells


def net(tumour: Tumour, soil: Soil, added: dict[str, float], restraint: float = 0.0) -> float:
    """Division less death in a soil to whose ligands something is added [1/day]."""
    ligands = [
        min(1.0, level + added.get(name, 0.0)) for name, level in zip(FACTORS, levels(soil.ligands), strict=True)
    ]
    half = float(tumour.ligand_half_saturation)
    survival = float(match(levels(tumour.survival_receptors), ligands, half))
    division = float(tumour.division_rate) * float(match(levels(tumour.receptors), ligands, half)) * (1.0 - restraint)
    return division - float(tumour.death_rate) - float(tumour.unmatched_death_rate) * (1.0 - survival)


@pytest.mark.parametrize("kind", ["astrocytes", "macrophages", "lymphocytes", "natural_killers", "fibroblasts"])
def test_the_tissue_richest_in_a_kind_of_cell_has_one(kind: str) -> None:
    shares = [float(getattr(entry("organs", name).residents, kind)) for name in names("organs")]
    assert max(shares) == 1.0
    assert min(shares) < 0.8


def test_astrocytes_live_in_the_brain_alone() -> None:
    for name in names("organs"):
        residents = entry("organs", name).residents
        assert residents is not None
        assert (float(residents.astrocytes) > 0.0) == (name == "brain")


@pytest.mark.parametrize("host", HOSTS)
def test_immunity_clears_what_is_small(host: str) -> None:
    """N50 (k/r - 1)^(3/2) cells at r = 0.0075 a day and effectors of 1, 2.4e8 in people: catches a surface law of another power."""
    immunity = cells_of(host).immunity
    assert immunity is not None
    kill, half = float(immunity.kill_rate), float(immunity.half_size)
    control = half * (kill / 0.0075 - 1.0) ** 1.5
    if host == "adult":
        assert control == pytest.approx(2.4e8, rel=0.05)
    assert surface_kill(control, 1.0, 0.0, kill, half) == pytest.approx(0.0075)


@pytest.mark.parametrize("name", ["k1735", "b16_melanoma"])
def test_astrocytes_protect_and_an_endothelin_antagonist_undoes_it(name: str) -> None:
    """Half concentrations rise 1.5 to 10 times in contact; with endothelin blocked no more than 1.25 times."""
    protection = cells_of("mouse").protection
    assert protection is not None
    brain, dialogue = entry("organs", "brain"), entry("tumours", name).dialogue
    assert brain.residents is not None
    assert dialogue is not None
    astrocytes = float(brain.residents.astrocytes)

    def fold(blocked: float) -> float:
        level = occupancy(
            float(brain.ligands.endothelin), float(dialogue.endothelin_receptors),
            float(protection.occupancy_half), blocked,
        )  # fmt: skip
        held = shelter(astrocytes, level, float(dialogue.gap_junctions), 0.0)
        return 1.0 + (float(protection.fold) - 1.0) * held

    assert 1.5 < fold(0.0) < 10.0
    assert fold(1.0) <= 1.25


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", LINES)
def test_neither_wound_nor_inflammation_makes_a_barren_soil_congenial(host: str, name: str) -> None:
    """Kidney and spleen stay barren with all that a fresh wound and the organ's own inflammation supply."""
    cells, tumour = cells_of(host), entry("tumours", name)
    assert cells.healing is not None
    assert cells.inflammation is not None
    assert tumour.dialogue is not None
    for soil in (entry("organs", "kidney"), entry("organs", "spleen")):
        assert soil.residents is not None
        level = float(soil.residents.inflammation)
        level += float(cells.inflammation.macrophage_share) * float(soil.residents.macrophages)
        fed = float(cells.inflammation.supply) * min(1.0, level) * float(tumour.dialogue.inflammation_dependence)
        wound = float(cells.healing.supply)
        assert net(tumour, soil, {"egf": fed + wound, "pdgf": wound, "chemokine": fed}) < 0.0


@pytest.mark.parametrize("host", HOSTS)
def test_dense_stroma_restrains_and_shields(host: str) -> None:
    """L3.6pl in the pancreas grows slower with its stroma and meets about half of a drug: losing it cuts both ways."""
    stroma, tumour, soil = cells_of(host).stroma, entry("tumours", "l36pl"), entry("organs", "pancreas")
    assert stroma is not None
    assert soil.residents is not None
    assert tumour.dialogue is not None
    full = float(soil.residents.fibroblasts) * float(tumour.dialogue.stroma_recruitment)
    held = net(tumour, soil, {"hgf": float(stroma.supply) * full}, float(stroma.restraint) * full)
    assert 0.0 < held < net(tumour, soil, {})
    assert 1.5 < 1.0 + float(stroma.hindrance) * full < 2.5


def test_about_one_brain_lesion_in_ten_lets_enough_drug_in() -> None:
    """Share of lesions whose barrier opens to 0.35 of plasma or more, for a lognormal ceiling: 5 to 15 %."""
    barrier = entry("organs", "brain").barrier
    assert barrier is not None
    assert barrier.ceiling_variation is not None
    sigma = sqrt(log(1.0 + float(barrier.ceiling_variation) ** 2))
    share = 0.5 * (1.0 - erf(log(0.35 / float(barrier.ceiling)) / (sigma * sqrt(2.0))))
    assert 0.05 < share < 0.15


@pytest.mark.parametrize("host", HOSTS)
def test_neutrophils_at_rest_are_far_from_danger(host: str) -> None:
    line = entry("hosts", host).neutrophils
    assert line is not None
    assert 5.0 <= float(line.baseline) / float(line.danger) <= 20.0
    assert 1.0 < float(line.transit_time) < 6.0
    assert 0.1 < float(line.feedback) < 0.25
