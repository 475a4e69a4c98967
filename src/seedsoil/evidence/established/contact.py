"""G14: macrophages that are awake among tumour cells and normal ones, in a dish: whom they lyse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again
from seedsoil.scene.build import build
from seedsoil.scene.text import read_scene

_SEEDS = 1_000_000
_FACES = ("west", "east", "north", "south")
#: Nobody divides, dies of itself or is cleared: only contact kills.
_STILL = {"body_time": "1000 days", "death": "0 /day", "division": "0 /day"}
_MACROPHAGES, _TARGETS = 0.05, 0.15
_PUMP = {"mechanisms": [{"name": "pump", "probability": 0, "against": {"activator": 50}}]}
#: Tumour cells that differ: their kind, what they are like, and what they carry.
_KINDS: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    "carcinoma": ("carcinoma", {}, {}),
    "melanoma": ("melanoma", {}, {}),
    "resistant": ("carcinoma", _PUMP, {"carries": ["pump"]}),
}


def _lysed(
    seed: int, setting: Setting, tumour: str, traits: Mapping[str, Any], carried: Mapping[str, Any]
) -> tuple[float, float]:
    """Shares of tumour cells and of as many fibroblasts that macrophages lyse in a day; half a cell is added to each count."""
    macrophage: dict[str, Any] = _STILL | {"movement": "3 um/min"}
    if setting.ablated:
        macrophage["targets"] = [tumour, "fibroblast"]
    scene = {
        "scene": {"title": "A mixed culture", "seed": seed, "until": "2 days", "without": ["necrosis"]},
        "block": {"size": ["1.2 mm", "1.2 mm"]},
        "sides": {"activator": dict.fromkeys(_FACES, "0.1 mg/L")},
        "substances": {"activator": {"decay": "1e-6 /min", "wall": "closed"}},
        "cells": {
            "macrophage": macrophage,
            tumour: _STILL | {"movement": "0 um/min"} | dict(traits),
            "fibroblast": _STILL | {"movement": "0 um/min"},
        },
        # One after the other: each share is of what the ones before it left.
        "place": [
            {"cell": "macrophage", "where": "scattered", "share": _MACROPHAGES},
            {"cell": tumour, "where": "scattered", "share": _TARGETS / (1.0 - _MACROPHAGES), **carried},
            {"cell": "fibroblast", "where": "scattered", "share": _TARGETS / (1.0 - _MACROPHAGES - _TARGETS)},
        ],
    }
    model = build(read_scene(scene))
    kinds = (tumour, "fibroblast")
    before = [np.count_nonzero(model.alive(kind)) for kind in kinds]
    model.run(1.0)
    lost = [start - np.count_nonzero(model.alive(kind)) for start, kind in zip(before, kinds, strict=True)]
    first, second = ((gone + 0.5) / start for gone, start in zip(lost, before, strict=True))
    return first, second


def _spared(setting: Setting) -> Finding:
    """Dishes with each kind of tumour cell and fibroblasts: how much more of the first is lysed, and how alike the kinds are."""
    dishes = setting.animals(3, 10)
    found = {
        name: np.array([_lysed((setting.seed + 100 * place + dish) % _SEEDS, setting, *kind) for dish in range(dishes)])
        for place, (name, kind) in enumerate(_KINDS.items())
    }
    whole = np.concatenate(list(found.values()))
    tumour = [shares[:, 0] for shares in found.values()]
    return Finding(
        again((whole,), lambda one: float(one[:, 0].sum() / one[:, 1].sum())),
        len(whole),
        {"spread": again(tumour, _variation), "lysed": Figure.exact(float(whole[:, 0].mean()))},
        {f"lysed, {name}": {"tumour": shares[:, 0].tolist(), "normal": shares[:, 1].tolist()} for name, shares in found.items()},
    )  # fmt: skip


def _variation(*kinds: Any) -> float:
    """Return the coefficient of variation between kinds of what is lysed of each."""
    means = np.array([kind.mean() for kind in kinds])
    return float(means.std() / means.mean())


CLAIMS = (
    Claim(
        id="G14",
        statement="Macrophages that are awake kill tumour cells, whatever these look like or resist, and leave normal cells alone.",
        sources=("kleinerman_1983", "fidler_1981"),
        setup="Dishes of 1.2 mm in which macrophages, awake by an activator at their half-point, wander for a day among as many tumour cells as "
        "fibroblasts, three of each to one of them: carcinoma, melanoma, or carcinoma that pumps drugs out; 9 to 30 dishes. Half a cell is added "
        "to each count. That macrophages know what to kill is written in their entry: the dish tells that they meet both alike.",
        observable="share of tumour cells lysed over share of fibroblasts",
        unit="1",
        band=Band(10.0, float("inf")),
        direction=Direction("above", 1.0),
        ablation=Ablation("they tell no cells apart", "fibroblasts are targets too: of both as many are lysed"),
        experiment=_spared,
        checks=(
            Check("spread", "coefficient of variation of the share lysed between the kinds of tumour cells", "1", Band(0.0, 0.25)),
            Check("lysed", "share of tumour cells lysed in a day", "1"),
        ),
        parameters=("cells.macrophage.targets", "cells.macrophage.attack"),
    ),
)  # fmt: skip
