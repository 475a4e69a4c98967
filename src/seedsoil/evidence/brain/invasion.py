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


def _depth(setting: Setting, dish: int, astrocytes: bool = True, antibody: str = "") -> float:
    """How deep the foremost cells of the rows lie in the matrix [um]."""
    table = written("invasion")[1]
    table["scene"]["seed"] = (setting.seed + dish) % 2**63
    if not astrocytes:
        table["place"] = [each for each in table["place"] if each["cell"] != "astrocyte"]
    if antibody:
        table["sides"]["il23_antibody"] = dict.fromkeys(_FACES, antibody)
    if setting.ablated:
        table["cells"]["melanoma"]["rules"] = _deaf()
    cells = build(read_scene(table)).run(_DAYS).alive("melanoma")[0]
    deep = (np.arange(cells.shape[1]) + 1) * _VOXEL - _EDGE
    return float(np.where(cells, deep, 0.0).max(axis=1).mean())


def _deaf() -> list[dict[str, Any]]:
    """The rules of a melanoma cell whose enzymes do not heed interleukin 23."""
    rules = entry("cells", "melanoma").rules
    return [each.model_dump() for each in rules if each.signal in ("oxygen", "matrix") and "vegf" not in each.behaviour]


def _invasion(setting: Setting) -> Finding:
    """Depth beside astrocytes over that without, and with the antibody."""
    dishes = range(setting.animals(3, 8))
    alone = np.array([_depth(setting, dish, astrocytes=False) for dish in dishes])
    beside = np.array([_depth(setting, dish) for dish in dishes])
    if setting.ablated:
        return Finding(mean(beside / alone), len(dishes))
    neutral = np.array([_depth(setting, dish, antibody="5 mg/L") for dish in dishes])
    return Finding(
        mean(beside / alone), len(dishes), {"antibody": mean(neutral / alone)},
        {"depth in um": {"alone": alone.tolist(), "astrocytes": beside.tolist(), "with antibody": neutral.tolist()}},
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="H12", statement="Interleukin 23 that astrocytes make drives melanoma cells into the brain's tissue.", sources=("klein_2015",),
        setup="Melanoma cells at the edge of dense matrix in the plane, with astrocytes scattered among them or without, and with an antibody "
        "against interleukin 23; the mean depth of the foremost cells after eight days, three dishes, in full mode eight.",
        observable="depth of invasion beside astrocytes over that without", unit="1", band=Band(1.5, 2.5),
        ablation=Ablation("enzymes that do not heed interleukin 23", "it then has nothing to act by"), experiment=_invasion,
        checks=(Check("antibody", "depth with the antibody over that without astrocytes", "1", Band(0.0, 1.1)),),
        parameters=("cells.melanoma.rules.il23: assumed", "cells.melanoma.uptake.matrix: assumed"),
    ),
)  # fmt: skip
