"""H1 and H2: how far oxygen reaches and cells live, in three geometries by one set of numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from seedsoil.catalogue.load import entry
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean
from seedsoil.scene.build import build
from seedsoil.scene.measure import from_blood, lesion
from seedsoil.scene.text import read_scene, written

#: The level at which want of oxygen kills at half its rate [mmHg], and a voxel's edge [um].
_DEADLY, _VOXEL = 0.7, 20.0
#: Uptake is told at the level of blood and is a quarter in the ablation, so that all distances double.
_QUARTER = 0.25


def _scene(name: str, setting: Setting) -> dict[str, Any]:
    """A shipped scene with the experiment's luck; in the ablation cells take a quarter of the oxygen."""
    table = written(name)[1]
    table["scene"]["seed"] = setting.seed
    if setting.ablated:
        uptake = float(entry("cells", "carcinoma").uptake["oxygen"])
        table["cells"]["carcinoma"]["uptake"] = {"oxygen": f"{_QUARTER * uptake} /min"}
    return table


def _cord(setting: Setting) -> float:
    """The radius from which on a cord fed from outside lacks oxygen in its middle [um], to half a voxel."""
    for radius in np.arange(120.0, 480.0, 0.5 * _VOXEL):
        table = _scene("cord", setting)
        table["block"]["size"] = ["1.2 mm", "1.2 mm"]
        table["vessels"][0] |= {"keep_out": f"{radius + 12.0} um", "density": "1200 mm/mm^3"}
        table["place"][0] |= {"radius": f"{radius} um", "at": ["0.6 mm", "0.6 mm"]}
        table["cells"]["connective_tissue"]["uptake"] = {"oxygen": "0 /min"}
        model = build(read_scene(table))
        model.settle()
        if model.level("oxygen").min() < _DEADLY:
            return float(radius)
    return math.nan


def _slab(setting: Setting) -> float:
    """The depth to which cells of a slab live that is fed from one side, after ten days [um]."""
    table = _scene("slab", setting)
    table["block"]["size"] = ["0.6 mm", "0.2 mm"]
    model = build(read_scene(table)).run(10.0)
    return float(np.count_nonzero(lesion(model, True)) * _VOXEL**2 / 200.0)


def _voxel(value: float) -> Figure:
    """A distance on the lattice, known to a voxel."""
    return Figure(value, value - 0.5 * _VOXEL, value + 0.5 * _VOXEL)


def _diffusion(setting: Setting) -> Finding:
    """The cord's radius and the slab's depth."""
    cord, slab = _cord(setting), _slab(setting)
    return Finding(
        _voxel(cord), 2, {"slab": _voxel(slab)},
        {"geometries": {"geometry": ["cord", "slab"], "um": [cord, slab]}},
        (Chart("Where oxygen ends", "", "Distance [µm]", {"seen": {"x": [0.0, 1.0], "y": [cord, slab]}}, kind="bars", names=("cord, radius", "slab, depth")),),
    )  # fmt: skip


def _around_a_capillary(setting: Setting) -> Finding:
    """How far from one capillary half of the cells live after ten days, block by block, and where the dead lie."""
    blocks = setting.animals(4, 12)
    shells = np.arange(0.0, 300.0, _VOXEL)
    alive, dead = np.zeros((blocks, shells.size)), np.zeros(blocks)
    for number in range(blocks):
        table = _scene("single_capillary", setting)
        table["scene"]["seed"] = (setting.seed + number) % 2**63
        table["block"]["size"] = ["0.74 mm", "0.74 mm"]
        table["vessels"][0]["at"] = ["0.37 mm", "0.37 mm"]
        model = build(read_scene(table)).run(10.0)
        living, away = lesion(model, True), from_blood(model)
        assert away is not None
        dead[number] = np.median(away[lesion(model, False)])
        alive[number] = [living[(away > near) & (away <= near + _VOXEL)].mean() for near in shells]
    middles = shells + 0.5 * _VOXEL
    halves = [float(np.interp(-0.5, -np.minimum.accumulate(shares), middles)) for shares in alive]
    shares = alive.mean(axis=0).tolist()
    return Finding(
        mean(halves), blocks, {"dead": mean(dead)}, {"shells": {"um": middles.tolist(), "alive": shares}},
        (Chart("Cells about one capillary, day 10", "Distance from the capillary [µm]", "Share alive", {"cells": {"x": middles.tolist(), "y": shares}}),),
    )  # fmt: skip


_ABLATION = Ablation(
    "a quarter of the uptake", "distances go as the root of what is taken: all double, and leave their bands"
)
_SOURCES = ("recalled",)

CLAIMS = (
    Claim(
        id="H1", statement="Oxygen goes some 150 to 200 micrometres from blood before cells have used it up.", sources=_SOURCES,
        setup="A cord of tumour fed from all sides and a slab fed from one, oxygen at 40 mmHg, uptake 0.01 mol/m^3/s, on a lattice of 20 um; "
        "the radius from which the cord's middle has none, and the depth to which the slab's cells live after ten days.",
        observable="radius of a cord whose middle just lacks oxygen", unit="um", band=Band(160.0, 230.0), ablation=_ABLATION, experiment=_diffusion,
        checks=(Check("slab", "depth to which a slab lives", "um", Band(140.0, 200.0)),),
        parameters=("cells.carcinoma.uptake.oxygen: recalled", "substances.oxygen.diffusion"),
    ),
    Claim(
        id="H2", statement="In brain metastases cells live within about 100 micrometres of a capillary and die beyond.", sources=_SOURCES,
        setup="Tumour cells about one capillary seen end on, with the same oxygen and uptake as H1, for ten days; four blocks, in full mode twelve.",
        observable="distance from the capillary at which half of the cells live", unit="um",
        band=Band(75.0, 110.0), ablation=_ABLATION, experiment=_around_a_capillary,
        checks=(Check("dead", "middle distance of the dead from the capillary", "um", Band(100.0, math.inf)),),
        parameters=("cells.carcinoma.uptake.oxygen: recalled", "substances.oxygen.diffusion"),
    ),
)  # fmt: skip
