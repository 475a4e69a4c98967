"""I5: first the vessels die, then what lived on them: a block of tumour, cell by cell."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean
from seedsoil.scene.build import build
from seedsoil.scene.measure import from_blood, lesion
from seedsoil.scene.text import read_scene, written

#: The scene's hours before the poison, and its days.
_BEFORE, _DAYS, _STEPS = 48, 9.0, 24.0
_SEEDS = 1_000_000
#: Half as much again of the use of oxygen [1/min], and the share of a tumour that must die for its death to have come about.
_MORE, _FEW = 16.8, 0.25


def _block(seed: int, uptake: float | None) -> tuple[Any, Any, int, float]:
    """Deaths of endothelium and tumour cells by step, tumour cells at first, and how far from flow the dead lie [um] (lowest tenth)."""
    table = written("vessel_death")[1]
    table["scene"]["seed"] = seed
    if uptake is not None:
        table["cells"]["carcinoma"]["uptake"] = {"oxygen": f"{uptake} /min"}
    model = build(read_scene(table))
    found, started = [(0, 0)], int(np.count_nonzero(model.alive("carcinoma")))
    while model.day < _DAYS - 1e-9:
        model.step()
        tallies = model.tallies()
        tumour = tallies["carcinoma"]
        found.append((tallies["endothelium"]["deaths"], tumour["deaths"] + tumour["necroses"]))
    vessels, cells = np.diff(np.array(found), axis=0).T
    away, dead = from_blood(model), lesion(model, False)
    return vessels, cells, started, math.nan if away is None or not dead.any() else float(np.quantile(away[dead], 0.1))


def _delay(vessels: Any, cells: Any, started: int) -> float:
    """Days from half of the endothelium's deaths to half of the tumour's that follow; nan if hardly more die than before."""
    usual = cells[:_BEFORE].mean()
    after, more = vessels[_BEFORE:], np.clip(cells[_BEFORE:] - usual, 0.0, None)
    if more.sum() < _FEW * started:
        return math.nan
    first, second = (float(np.searchsorted(np.cumsum(each), each.sum() / 2.0)) / _STEPS for each in (after, more))
    return second - first


def _order(setting: Setting) -> Finding:
    """A poison of endothelium in blocks of tumour on capillaries, with usual and with half as much again of the use of oxygen."""
    blocks = setting.animals(4, 12)
    seeds = [(setting.seed + number) % _SEEDS for number in range(blocks)]
    usual = [_block(seed, 0.1 if setting.ablated else None) for seed in seeds]
    delays = np.array([_delay(*one[:3]) for one in usual])
    if setting.ablated:
        return Finding(mean(delays), blocks)
    quick = np.array([_delay(*_block(seed, _MORE)[:3]) for seed in seeds])
    away = np.array([one[3] for one in usual])
    days = (np.arange(usual[0][0].size) / _STEPS).tolist()
    return Finding(
        mean(delays),
        blocks,
        {
            "distance": mean(away[np.isfinite(away)]),
            "more oxygen used": again((quick, delays), lambda a, b: float(a.mean() / b.mean())),
        },
        {"delay [day]": {"usual": delays.tolist(), "more oxygen used": quick.tolist()}},
        (
            Chart("Deaths after a poison of endothelium on day 2", "Day", "Cells that have died", {
                name: {"x": days, "y": np.cumsum(usual[0][row]).tolist()}
                for row, name in enumerate(("endothelium", "tumour"))
            }, log_y=False),
        ),
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="I5",
        statement="First the endothelium dies, then, of lost oxygen, the tumour around it.",
        sources=("fidler_kripke_2015", "uehara_2003"),
        setup="Scene vessel_death: a block of 0.8 mm of tumour on tortuous capillaries, cell by cell; on day 2 a poison that kills "
        "endothelium and no other cell; nine days, 4 to 12 blocks. The same with one and a half times the use of oxygen.",
        observable="days from half of the endothelium's deaths to half of the tumour's beyond the usual",
        unit="day",
        band=Band(1.0, 7.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("the tumour hardly uses oxygen", "a hundredth of the usual use: what is left suffices, and no more cells die"),
        experiment=_order,
        checks=(
            Check("distance", "distance from flowing blood of the nearest tenth of dead cells, where any flows", "um", Band(80.0, 1e4)),
            Check("more oxygen used", "the delay with one and a half times the use of oxygen, over the usual", "1", Band(0.0, 0.999)),
        ),
        parameters=("cells.carcinoma.uptake.oxygen", "cells.carcinoma.necrosis", "cells.endothelium"),
    ),
)  # fmt: skip
