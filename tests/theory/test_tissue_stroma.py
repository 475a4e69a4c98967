"""Matrix in a block of tissue: fibroblasts lay it, it hinders what diffuses and who walks, enzymes on cells open a way (B6, H12).

What these tests catch: a rate that is off by 5 %, a hindrance by 10 %, and invasion that comes without enzymes.
"""

from typing import Any

import numpy as np
import pytest

from seedsoil.catalogue.load import entry
from seedsoil.scene.build import build
from seedsoil.scene.text import read_scene, written
from seedsoil.tissue.model import TissueModel

pytestmark = pytest.mark.theory

FACES = ("west", "east", "north", "south")
#: Where the matrix of the scene begins, and how deep in it a cell has passed it [um].
EDGE, PASSED = 200.0, 100.0


def test_fibroblasts_lay_matrix_that_stays() -> None:
    """After five days there is s / k (1 - exp(-k t)) where each fibroblast is, and nothing elsewhere."""
    scene = {
        "scene": {"title": "Fibroblasts", "until": "5 days"},
        "block": {"size": ["0.2 mm", "0.2 mm"]},
        "substances": {"matrix": {"decay": "0.2 /day"}},
        "cells": {"fibroblast": {}},
        "place": [{"cell": "fibroblast", "where": "scattered", "share": 0.3}],
    }
    model = build(read_scene(scene)).run(5.0 + 1.0 / 24.0)  # the first step begins with what is there
    there, rate = model.alive("fibroblast"), float(entry("cells", "fibroblast").secretion["matrix"]) * 1440.0
    assert there.any()
    assert model.level("matrix")[there] == pytest.approx(rate / 0.2 * (1.0 - np.exp(-0.2 * 5.0)), rel=0.01)
    assert not model.level("matrix")[~there].any()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_matrix_hinders_an_antibody(level: float) -> None:
    """It goes sqrt(D / k) deep, and in dense matrix half as deep, as it diffuses four times as slowly; within 5 %."""
    antibody = entry("substances", "bevacizumab")
    scene: dict[str, Any] = {
        "scene": {"title": "An antibody from one side", "until": "1 day", "tolerance": 1e-6},
        "block": {"size": ["1.2 mm", "0.1 mm"]},
        "sides": {"bevacizumab": {"west": "1 mg/L"}},
        "substances": {"matrix": {}, "bevacizumab": {"decay": "0.02 /min"}},
        "cells": {"connective_tissue": {}},
        "fill": [{"substance": "matrix", "level": level, "where": "everywhere"}],
    }
    model = build(read_scene(scene))
    model.settle()
    profile = model.level("bevacizumab")[0, 2].astype(np.float64)
    assert antibody.hindrance is not None
    reach = np.sqrt(float(antibody.diffusion) / 0.02 / (1.0 + level * float(antibody.hindrance)))
    slope = -np.diff(np.log(profile[2:12])).mean() / 20.0
    assert 1.0 / slope == pytest.approx(reach, rel=0.05)


def invaded(enzymes: float | None = None, **changes: Any) -> tuple[float, int]:
    """How deep the foremost cells of the rows are in the matrix after eight days [um], and how many have passed 100 um."""
    table = written("invasion")[1]
    table["scene"] |= changes.pop("head", {})
    table["sides"] |= changes.pop("sides", {})
    if not changes.pop("astrocytes", True):
        table["place"] = [each for each in table["place"] if each["cell"] != "astrocyte"]
    if enzymes is not None:
        table["cells"]["melanoma"]["uptake"] |= {"matrix": f"{enzymes} /day"}
    model = build(read_scene(table)).run(8.0)
    return _depth(model.alive("melanoma")[0])


def _depth(cells: np.ndarray) -> tuple[float, int]:
    """How deep the foremost cells of the rows are [um], and how many have passed."""
    deep = (np.arange(cells.shape[1]) + 1) * 20.0 - EDGE
    foremost = np.where(cells, deep, 0.0).max(axis=1)
    return float(foremost.mean()), int(np.count_nonzero(cells[:, deep > PASSED]))


def test_invasion_grows_with_enzymes_and_needs_them() -> None:
    """Each doubling and more of their rate leads deeper by 30 um or more; without them a tenth pass at most (B6)."""
    found = [invaded(rate, astrocytes=False) for rate in (0.0, 0.5, 1.5, 5.0)]
    depths, passed = np.array(found).T
    assert (np.diff(depths) > 30.0).all()
    assert passed[0] <= 0.1 * passed[1]
    assert depths[0] <= PASSED  # no deeper than a row of cells is pushed


def test_a_cell_that_neither_divides_nor_has_enzymes_stays_out() -> None:
    """It comes to lie two voxels within on average at most; with enzymes it goes three times as deep."""
    still = {"without": ["division", "death"]}
    none, some = (invaded(rate, astrocytes=False, head=still) for rate in (0.0, 1.5))
    assert none[0] <= 40.0
    assert none[1] == 0
    assert some[0] >= 3.0 * none[0]


def enriched(enzymes: float) -> float:
    """How many times as often as at the start cells of a second clone are among those that have passed."""
    table = written("invasion")[1]
    plain = table["cells"]["melanoma"]
    table["cells"]["invader"] = plain | {"is": "melanoma", "uptake": plain["uptake"] | {"matrix": f"{enzymes} /day"}}
    table["block"]["size"] = ["0.8 mm", "3 mm"]
    tumour = table["place"][0]
    table["place"] = [{"cell": "invader", "where": "scattered", "share": 0.3}, tumour, table["place"][2]]
    model = build(read_scene(table))
    beyond = np.arange(40) * 20.0 >= EDGE
    model.put("connective_tissue", model.alive("invader") & beyond)  # all begin before the edge
    begun = [np.count_nonzero(model.alive(name)) for name in ("invader", "melanoma")]
    model.run(8.0)
    passed = [_depth(model.alive(name)[0])[1] for name in ("invader", "melanoma")]
    return passed[0] / passed[1] / (begun[0] / begun[1])


def test_the_clone_with_more_enzymes_is_the_one_that_passes() -> None:
    """Six times the enzymes make a clone twice as frequent among those that pass (others follow by their ways); alike, it is not."""
    assert enriched(3.0) >= 2.0
    assert 0.6 <= enriched(0.5) <= 1.5


def enriched_clone(times: float, *without: str) -> float:
    """The same of a clone of the one kind that carries a trait: it has so many times the enzymes of the others."""
    table = written("invasion")[1]
    table["scene"]["without"] = list(without)
    table["block"]["size"] = ["0.8 mm", "3 mm"]
    table["cells"]["melanoma"]["uptake"] |= {"matrix": "0.5 /day"}
    trait = {"name": "enzymes", "probability": 0, "changes": {"uptake matrix": times}}
    table["cells"]["melanoma"]["mechanisms"] = [trait]
    carrying = {"cell": "melanoma", "where": "scattered", "share": 0.3, "into": ["melanoma"], "carries": ["enzymes"]}
    table["place"] = [table["place"][0], table["place"][2], carrying]
    model = build(read_scene(table))
    carries = _carry(model)
    begun = [np.count_nonzero(each) for each in (carries, model.alive("melanoma") & ~carries)]
    model.run(8.0)
    carries = _carry(model)
    passed = [_depth(each[0])[1] for each in (carries, model.alive("melanoma") & ~carries)]
    return passed[0] / passed[1] / (begun[0] / begun[1])


def _carry(model: TissueModel) -> np.ndarray:
    """Where live melanoma cells are whose clone carries the trait."""
    found: np.ndarray = model.alive("melanoma") & (model.lattice.clone_bits[model.lattice.clone] > 0)
    return found


def test_clones_of_one_kind_differ_in_enzymes() -> None:
    """Six times the enzymes make a clone twice as frequent among those that pass; without traits, or with as many, it is not."""
    assert enriched_clone(6.0) >= 2.0
    assert 0.6 <= enriched_clone(6.0, "traits") <= 1.5
    assert 0.6 <= enriched_clone(1.0) <= 1.5


def test_interleukin_23_of_astrocytes_raises_invasion_and_its_antibody_brings_it_back() -> None:
    """Astrocytes make invasion half as deep again to two and a half times as deep; with the antibody, within a tenth (H12)."""
    alone = invaded(astrocytes=False)
    beside, neutralised = invaded(), invaded(sides={"il23_antibody": dict.fromkeys(FACES, "5 mg/L")})
    assert 1.5 <= beside[0] / alone[0] <= 2.5
    assert 1.5 <= beside[1] / alone[1] <= 4.0
    assert neutralised[0] <= 1.1 * alone[0]
    assert neutralised[1] <= 1.1 * alone[1]


def test_interleukin_23_needs_enzymes() -> None:
    """The ablation: where it raises no enzyme, astrocytes raise no invasion."""
    kept = [
        rule.model_dump() for rule in entry("cells", "melanoma").rules
        if rule.signal in ("oxygen", "matrix") and "vegf" not in rule.behaviour
    ]  # fmt: skip
    table = written("invasion")[1]
    table["cells"]["melanoma"]["rules"] = kept
    beside = _depth(build(read_scene(table)).run(8.0).alive("melanoma")[0])
    assert beside[0] <= 1.1 * invaded(astrocytes=False)[0]
