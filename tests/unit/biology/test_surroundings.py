"""What tissues offer and do under changed signals: inflammation, stroma, ligands, receptors and shelter, level by level."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.signals import SIGNALS, Levels, resting
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.surroundings import inflammation, ligands, receptors, recruited, residents, sheltering
from tests.properties.plain import (
    DIALOGUE,
    HEALING,
    INFLAMMATION,
    PROTECTION,
    STROMA,
    TUMOUR,
    factors,
    host_cells,
    soil,
    with_numbers,
)
from tests.properties.plain import residents as living_in

TALKING = with_numbers(TUMOUR, dialogue=with_numbers(DIALOGUE, gap_junctions=0.5))
ALL = host_cells(
    protection=with_numbers(PROTECTION, occupancy_half=0.25), stroma=STROMA, inflammation=INFLAMMATION, healing=HEALING
)
#: A tissue with every kind of host cell, and one that describes none.
SOILS = (
    soil("full", ligands=factors(egf=0.5, endothelin=0.75), residents=living_in(
        astrocytes=0.4, macrophages=0.6, fibroblasts=0.8, inflammation=0.1, natural_killers=0.2)),
    soil("bare"),
)  # fmt: skip
LIVING = residents(SOILS)


def _told(without: tuple[str, ...] = (), **each: float) -> Levels:
    """A resting condition, and one with these signals."""
    rows = np.vstack([resting(), resting()])
    for name, level in each.items():
        rows[1, SIGNALS.index(name)] = level
    return Levels(rows, without)


def test_residents_by_soil() -> None:
    """Each kind in the tissue's order, none where a tissue describes none: catches rows and columns exchanged."""
    assert LIVING["macrophages"].tolist() == [0.6, 0.0]
    assert LIVING["natural_killers"].tolist() == [0.2, 0.0]
    assert set(LIVING) == set(type(SOILS[0].residents).model_fields)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("signals", "level"),
    [({}, 0.1 + 0.5 * 0.6 + 0.4), ({"macrophage": 0.5}, 0.1 + 0.15 + 0.4), ({"macrophage": 7.0}, 0.5),
     ({"il23": 1.0}, 0.4), ({"il23": 0.5}, 0.6), ({"inflammation": 0.75}, 0.2), ({"inflammation": 1.0}, 0.0)],
)  # fmt: skip
def test_inflammation(signals: dict[str, float], level: float) -> None:
    """I + w M (1 - a) + A (1 - b_IL23), less what is blocked, none in the bare tissue: catches 1e-12 in each term."""
    found = inflammation(ALL, LIVING, _told(**signals))
    assert found[:, 0] == pytest.approx([0.8, level], rel=1e-12)
    assert (found[:, 1] == 0.0).all()


def test_inflammation_is_whole_at_most() -> None:
    """More cells than make up 1 leave it at 1: catches a supply without bound."""
    crowded = (soil("crowded", residents=living_in(astrocytes=0.9, macrophages=1.0, inflammation=0.9)),)
    assert inflammation(ALL, residents(crowded), _told())[0, 0] == 1.0


def test_inflammation_without_a_law_or_its_cells() -> None:
    """No law or switched off: none; without macrophages: theirs is missing alone: catches another term taken."""
    assert not inflammation(host_cells(), LIVING, _told()).any()
    assert not inflammation(ALL, LIVING, _told(), ("inflammation",)).any()
    assert inflammation(ALL, LIVING, _told(), ("macrophages",))[0, 0] == pytest.approx(0.5)


def test_fibroblasts_that_come() -> None:
    """Recruitment times who lives there, less what is blocked; none to a tumour that does not talk: catches a factor."""
    calling = with_numbers(TUMOUR, dialogue=with_numbers(DIALOGUE, stroma_recruitment=0.5))
    found = recruited(calling, ALL, LIVING, _told(stroma=0.25))
    assert found == pytest.approx(np.array([[0.4, 0.0], [0.3, 0.0]]), rel=1e-12)
    for tumour, cells, without in ((TUMOUR, ALL, ()), (calling, host_cells(), ()), (calling, ALL, ("stroma",))):
        assert not recruited(tumour, cells, LIVING, _told(), without).any()


def _supply(tumour: object = TALKING, **signals: float) -> np.ndarray:  # type: ignore[type-arg]
    told = _told(**signals)
    inflamed = np.array([[0.8, 0.0], [0.2, 0.0]])
    return ligands(tumour, ALL, SOILS, inflamed, np.array([[0.4, 0.0], [0.4, 0.0]]), told)  # type: ignore[arg-type]


def test_ligands_of_each_source() -> None:
    """EGF and chemokine by inflammation, HGF by stroma, EGF and PDGF by wounds; all others the tissue's own."""
    own = np.array([levels(each.ligands) for each in SOILS])
    more = _supply(wound=1.0) - own[None]
    place = FACTORS.index
    assert more[0, 0, [place("egf"), place("chemokine"), place("hgf")]] == pytest.approx([0.4, 0.4, 0.2], rel=1e-12)
    assert more[1, 0, [place("egf"), place("chemokine")]] == pytest.approx([0.1 + 0.5, 0.1], rel=1e-12)
    assert more[1, :, place("pdgf")].tolist() == [0.5, 0.5]
    assert more[0, 1].tolist() == [0.0] * len(FACTORS)
    quiet = [place(name) for name in ("igf", "endothelin", "iron", "bmp_antagonist")]
    assert not more[:, :, quiet].any()


def test_who_does_not_depend_on_inflammation_gains_nothing_by_it() -> None:
    """Dependence 0, or no dialogue: the inflamed tissue's EGF is its own: catches supply to every tumour."""
    aloof = with_numbers(TUMOUR, dialogue=with_numbers(DIALOGUE, inflammation_dependence=0.0))
    for tumour in (aloof, TUMOUR):
        assert _supply(tumour)[0, 0, FACTORS.index("egf")] == 0.5


def test_receptors_that_are_free() -> None:
    """Each of five receptors loses what is held, the others nothing: catches a name at another factor's place."""
    held = levels(factors(egf=0.8, igf=0.5, endothelin=0.6, iron=0.3))
    free = receptors(held, _told(egf=0.25, endothelin=1.0))
    assert free[0].tolist() == list(held)
    assert free[1, FACTORS.index("egf")] == pytest.approx(0.6)
    assert free[1, FACTORS.index("endothelin")] == 0.6, "endothelin's receptors protect; they do not drive division"
    assert free[1, FACTORS.index("igf")] == 0.5


@pytest.mark.parametrize(
    ("signals", "level"),
    [({}, 0.75 * 0.5 * 0.4), ({"endothelin": 1.0}, 0.0), ({"gap_junction": 1.0}, 0.0),
     ({"endothelin": 0.5}, 0.375 * 0.5 * 0.4), ({"gap_junction": 0.5}, 0.75 * 0.25 * 0.4)],
)  # fmt: skip
def test_shelter_is_a_chain(signals: dict[str, float], level: float) -> None:
    """Occupancy 0.75, gap junctions 0.5 and 0.4 of astrocytes, each link cut or halved: catches 1e-12."""
    found = sheltering(TALKING, ALL, SOILS, LIVING, _told(**signals))
    assert found[1, 0] == pytest.approx(level, rel=1e-12, abs=1e-15)
    assert (found[:, 1] == 0.0).all()


def test_no_shelter_without_its_laws() -> None:
    """No law, no dialogue, or switched off: none at all."""
    for tumour, cells, without in (
        (TALKING, host_cells(), ()),
        (TUMOUR, ALL, ()),
        (TALKING, ALL, ("astrocyte protection",)),
    ):
        assert not sheltering(tumour, cells, SOILS, LIVING, _told(), without).any()
