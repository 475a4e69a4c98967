"""H12: interleukin 23 of astrocytes, enzymes of melanoma cells, and how deep these then go."""

from __future__ import annotations

from typing import Any

import numpy as np

from seedsoil.catalogue.load import entry
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Finding, Setting
from seedsoil.evidence.estimates import mean
from seedsoil.scene.build import build
from seedsoil.scene.text import read_scene, written

_FACES = ("west", "east", "north", "south")
#: Where the scene's matrix begins, and a voxel [um]; how long cells are watched [day].
_EDGE, _VOXEL, _DAYS = 200.0, 20.0, 8.0
#: Share of its enzymes that a knock-down leaves a cell (assumed).
_LEFT = 0.1


def _depth(setting: Setting, dish: int, astrocytes: bool = True, antibody: str = "", enzymes: float = 1.0) -> float:
    """How deep the foremost cells of the rows lie in the matrix [um]."""
    table = written("invasion")[1]
    table["scene"]["seed"] = (setting.seed + dish) % 2**63
    if not astrocytes:
        table["place"] = [each for each in table["place"] if each["cell"] != "astrocyte"]
    if antibody:
        table["sides"]["il23_antibody"] = dict.fromkeys(_FACES, antibody)
    if setting.ablated:
        table["cells"]["melanoma"]["rules"] = _deaf()
    if enzymes < 1.0:
        table["cells"]["melanoma"] |= _knocked_down(enzymes)
    cells = build(read_scene(table)).run(_DAYS).alive("melanoma")[0]
    deep = (np.arange(cells.shape[1]) + 1) * _VOXEL - _EDGE
    return float(np.where(cells, deep, 0.0).max(axis=1).mean())


def _rules(*signals: str) -> list[Any]:
    """The rules of a melanoma cell that heed oxygen, matrix or further signals, and call for no vessels."""
    rules = entry("cells", "melanoma").rules
    return [each for each in rules if each.signal in ("oxygen", "matrix", *signals) and "vegf" not in each.behaviour]


def _deaf() -> list[dict[str, Any]]:
    """The rules of a melanoma cell whose enzymes do not heed interleukin 23."""
    return [each.model_dump() for each in _rules()]


def _knocked_down(left: float) -> dict[str, Any]:
    """A melanoma cell's enzymes, by themselves and as interleukin 23 calls them, with only this share of them left."""
    rules = []
    for each in _rules("il23"):
        rules.append(each.model_dump())
        if each.behaviour == "uptake matrix" and each.by is not None:
            rules[-1]["by"] = f"{left * float(each.by)} /day"  # a rate is read as of a day
    own = float(entry("cells", "melanoma").uptake["matrix"])
    return {"rules": rules, "uptake": {"oxygen": "0.5 /min", "matrix": f"{left * own} /min"}}


def _invasion(setting: Setting) -> Finding:
    """Depth beside astrocytes over that without, and with the antibody."""
    dishes = range(setting.animals(3, 8))
    alone = np.array([_depth(setting, dish, astrocytes=False) for dish in dishes])
    beside = np.array([_depth(setting, dish) for dish in dishes])
    if setting.ablated:
        return Finding(mean(beside / alone), len(dishes))
    neutral = np.array([_depth(setting, dish, antibody="5 mg/L") for dish in dishes])
    held = np.array([_depth(setting, dish, enzymes=_LEFT) for dish in dishes])
    return Finding(
        mean(beside / alone),
        len(dishes),
        {"antibody": mean(neutral / alone), "knocked down": mean(held / alone)},
        {"depth in um": {"alone": alone.tolist(), "astrocytes": beside.tolist(), "with antibody": neutral.tolist()}},
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="H12", statement="Interleukin 23 that astrocytes make drives melanoma cells into the brain's tissue.", sources=("klein_2015",),
        setup="Melanoma cells at the edge of dense matrix in the plane, with astrocytes scattered among them or without, and with an antibody "
        "against interleukin 23, and with a tenth of their enzymes, as where these are knocked down; the mean "
        "depth of the foremost cells after eight days, three dishes, in full mode eight.",
        observable="depth of invasion beside astrocytes over that without", unit="1", band=Band(1.5, 2.5),
        ablation=Ablation("enzymes that do not heed interleukin 23", "it then has nothing to act by"), experiment=_invasion,
        checks=(
            Check("antibody", "depth with the antibody over that without astrocytes", "1", Band(0.0, 1.1)),
            Check("knocked down", "depth beside astrocytes with a tenth of the enzymes over that without astrocytes", "1", Band(0.0, 1.1)),
        ),
        parameters=("cells.melanoma.rules.il23: assumed", "cells.melanoma.uptake.matrix: assumed"),
    ),
)  # fmt: skip
