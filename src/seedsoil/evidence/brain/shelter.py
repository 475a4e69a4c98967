"""H9 to H11: astrocytes that shield tumour cells by contact and endothelin, in a dish of tissue."""

from __future__ import annotations

from typing import Any

import numpy as np

from seedsoil.catalogue.load import entry
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean, ratio
from seedsoil.scene.build import build
from seedsoil.scene.measure import measures
from seedsoil.scene.text import read_scene, written
from seedsoil.tissue.lattice import ALIVE
from seedsoil.tissue.model import TissueModel

_FACES = ("west", "east", "north", "south")
#: Paclitaxel in the medium [mg/L].
_DOSES = (0.005, 0.02, 0.08, 0.32)
_DAYS = 3.0
_ALONE: list[dict[str, Any]] = [{"cell": "carcinoma", "where": "scattered", "share": 0.2}]
_FIBROBLASTS = [*_ALONE, {"cell": "fibroblast", "where": "scattered", "share": 0.3}]
_APART = [
    {"cell": "carcinoma", "where": "layer", "start": "0 um", "end": "480 um"},
    {"cell": "astrocyte", "where": "layer", "start": "520 um", "end": "1 mm"},
]
Given = dict[str, str]


def _dish(setting: Setting, dose: float, dish: int, given: Given, place: list[dict[str, Any]] | None) -> TissueModel:
    """A dish at its start: paclitaxel and what else is given at all its sides."""
    table = written("astrocyte_coculture")[1]
    table["scene"]["seed"] = (setting.seed + dish) % 2**63
    for name, level in {"paclitaxel": f"{dose} mg/L", **given}.items():
        table["sides"][name] = dict.fromkeys(_FACES, level)
        if name != "paclitaxel":
            table["substances"][name]["decay"] = "1e-6 /min"
    if place is not None:
        table["place"] = place
    return build(read_scene(table))


def _left(
    setting: Setting, dose: float, dish: int, given: Given | None = None, place: list[dict[str, Any]] | None = None
) -> float:
    """Share of tumour cells that live after three days."""
    model = _dish(setting, dose, dish, given or {}, place)
    before = np.count_nonzero(model.alive("carcinoma"))
    return float(np.count_nonzero(model.run(_DAYS).alive("carcinoma")) / before)


def _needed(
    setting: Setting, dish: int, given: Given | None = None, place: list[dict[str, Any]] | None = None
) -> float:
    """The dose that leaves a third of what no drug leaves, between doses by straight lines in logarithms [mg/L]."""
    untreated = _left(setting, 1e-9, dish, given, place)
    lost = -np.log([max(_left(setting, dose, dish, given, place), 1e-3) / untreated for dose in _DOSES])
    return float(np.exp(np.interp(np.log(3.0), lost, np.log(_DOSES))))


def _shielded(setting: Setting) -> Finding:
    """Dose needed beside astrocytes over that alone; apart, with fibroblasts, with gap junctions closed."""
    dishes = setting.animals(2, 6)
    closed = {"carbenoxolone": "10 mg/L"}
    alone = np.array([_needed(setting, dish, place=_ALONE) for dish in range(dishes)])
    # Without gap junctions nothing reaches the tumour cell: the ablation.
    beside = np.array([_needed(setting, dish, closed if setting.ablated else None) for dish in range(dishes)])
    if setting.ablated:
        return Finding(mean(beside / alone), dishes)
    others = {
        "apart": [_needed(setting, dish, place=_APART) for dish in range(dishes)],
        "fibroblasts": [_needed(setting, dish, place=_FIBROBLASTS) for dish in range(dishes)],
        "junctions": [_needed(setting, dish, closed) for dish in range(dishes)],
    }
    doses = {"alone": alone.tolist(), "astrocytes": beside.tolist(), **others}
    return Finding(
        mean(beside / alone), dishes, {name: mean(np.array(each) / alone) for name, each in others.items()},
        {"doses": doses},
    )  # fmt: skip


def _programme(setting: Setting) -> Finding:
    """By how much the programme raises the dose needed two days after contact, and how it fades after separation."""
    fold = 1.0 + _shift()
    dishes = setting.animals(2, 6)
    found, halves = [], []
    for dish in range(dishes):
        model = _dish(setting, 1e-9, dish, {}, _APART if setting.ablated else None).run(2.0)
        found.append(1.0 + (fold - 1.0) * _memory(model))
        at = _memory(model)
        model.lattice.kind[model.alive("astrocyte")] = 0
        later = _memory(model.run(3.0))
        halves.append(np.log(2.0) / np.log(at / later) if 0.0 < later < at else np.nan)
    checks = {} if setting.ablated else {"fading": mean(halves)}
    return Finding(mean(found), dishes, checks, {"dishes": {"fold": found, "half-life": halves}})


def _shift() -> float:
    """How far the programme, all on, raises the half-point of paclitaxel."""
    rules = [rule for rule in entry("cells", "carcinoma").rules if rule.signal == "paclitaxel"]
    return float(rules[0].shifted_by[0].by)


def _memory(model: TissueModel) -> float:
    """How far the programme of live tumour cells is on."""
    lattice = model.lattice
    cells = (lattice.kind == model.words.kind("carcinoma", "")) & (lattice.condition == ALIVE)
    return float(lattice.memory[cells].mean())


def _blocked(setting: Setting) -> Finding:
    """Dose needed beside astrocytes with both endothelin receptors blocked over that alone; what the antagonists do alone."""
    dishes = setting.animals(2, 6)
    # One receptor left free goes on calling the programme: the ablation.
    given = {"bq123": "1 mg/L"} | ({} if setting.ablated else {"bq788": "1 mg/L"})
    alone = np.array([_needed(setting, dish, place=_ALONE) for dish in range(dishes)])
    blocked = np.array([_needed(setting, dish, given) for dish in range(dishes)])
    figure = mean(blocked / alone)
    if setting.ablated:
        return Finding(figure, dishes)
    whole = np.array([_needed(setting, dish) for dish in range(dishes)])
    bare = np.array([_left(setting, 1e-9, dish) for dish in range(dishes)])
    only = np.array([_left(setting, 1e-9, dish, given) for dish in range(dishes)])
    dose = _DOSES[1]
    both, drug = (
        np.array([-np.log(_left(setting, dose, dish, each) / base) for dish, base in enumerate(bare)])
        for each in (given, None)
    )
    return Finding(
        figure, dishes,
        {"unblocked": mean(whole / alone), "antagonists": mean(only / bare), "kill": _over(both, drug),
         "endothelium": _of_endothelium(setting, 2 * dishes)},
        {"doses": {"alone": alone.tolist(), "astrocytes": whole.tolist(), "blocked": blocked.tolist()}},
    )  # fmt: skip


def _vessels_left(setting: Setting, dish: int, given: Given) -> float:
    """Pieces of vessel in a plane of tumour that live after three days of what blood carries at a level that stays."""
    table = written("vessel_death")[1]
    table["scene"]["seed"] = (setting.seed + dish) % 2**63
    table["substances"] = {name: {} for name in ("oxygen", "vegf", "endothelin", "paclitaxel", "macitentan")}
    table["give"] = [{"substance": name, "peak": level} for name, level in given.items()]
    return measures(build(read_scene(table)).run(_DAYS))["alive_endothelium"]


def _of_endothelium(setting: Setting, dishes: int) -> Figure:
    """Kill of endothelium by paclitaxel with macitentan over that without, as of the tumour's cells: e-folds against no drug."""
    drug = {"paclitaxel": f"{_DOSES[1]} mg/L"}
    arms: tuple[Given, ...] = ({}, drug, drug | {"macitentan": "1 mg/L"})
    none, alone, both = (np.array([_vessels_left(setting, dish, given) for dish in range(dishes)]) for given in arms)
    return ratio(-np.log(both / none), -np.log(alone / none))


def _over(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> Figure:
    return mean(one / np.maximum(other, 1e-6))


_DISH = (
    "Tumour cells among astrocytes in a dish in the plane, paclitaxel of four doses in the medium for three days; "
    "the dose that leaves a third of what no drug leaves. "
)

CLAIMS = (
    Claim(
        id="H9", statement="Astrocytes join tumour cells by gap junctions and shield them from chemotherapy.", sources=("lin_2010", "kim_2011_astrocytes"),
        setup=_DISH + "Beside astrocytes, alone, apart from them in the same medium, among fibroblasts, and with gap junctions closed.",
        observable="dose needed beside astrocytes over that alone", unit="1", band=Band(1.5, 10.0),
        ablation=Ablation("gap junctions closed", "contact then carries nothing"), experiment=_shielded,
        checks=(
            Check("apart", "dose needed apart from astrocytes over that alone", "1", Band(0.0, 1.1)),
            Check("fibroblasts", "dose needed among fibroblasts over that alone", "1", Band(0.0, 1.1)),
            Check("junctions", "dose needed with gap junctions closed over that alone", "1", Band(0.0, 1.1)),
        ),
        parameters=("cells.carcinoma.rules.paclitaxel.shifted_by: assumed", "cells.astrocyte.secretion.endothelin: assumed"),
    ),
    Claim(
        id="H10",
        statement="Endothelin of astrocytes turns a survival programme of tumour cells on, which fades once they part.",
        sources=("kim_2011_astrocytes",),
        setup="Tumour cells among astrocytes for two days; then the astrocytes are taken away. Genes are not simulated: their fold is read as "
        "the fold by which the programme raises the dose needed.",
        observable="fold of the dose needed after two days of contact", unit="1", band=Band(2.0, 5.0),
        ablation=Ablation("no contact", "in the same medium but apart, the programme stays off"), experiment=_programme,
        checks=(Check("fading", "half-life of the programme after separation", "day", Band(1.0, 3.0)),),
        parameters=("cells.carcinoma.programme_time: recalled", "cells.carcinoma.rules.endothelin"),
    ),
    Claim(
        id="H11",
        statement="Antagonists of endothelin's receptors take the programme away and give chemotherapy its effect back.",
        sources=("kim_2011_astrocytes",),
        setup=_DISH + "With both receptors of endothelin blocked (BQ123 and BQ788), with neither, and without drug. Besides, a plane of "
        "tumour on its capillaries, whose blood carries paclitaxel for three days, with macitentan or without.",
        observable="dose needed beside astrocytes with both receptors blocked over that alone", unit="1", band=Band(0.0, 1.25),
        ablation=Ablation("only one receptor blocked", "the other goes on calling the programme"), experiment=_blocked,
        checks=(
            Check("unblocked", "dose needed beside astrocytes over that alone, nothing blocked", "1"),
            Check("antagonists", "share alive with antagonists alone over that with nothing", "1", Band(0.9, 1.1)),
            Check("kill", "kill by drug and antagonists over that by the drug", "1", Band(2.0, np.inf)),
            Check("endothelium", "endothelium killed by drug and antagonist over that by the drug", "1", Band(2.0, np.inf)),
        ),
        parameters=("cells.carcinoma.rules.endothelin.shifted_by: assumed",),
        dispute="Trials of endothelin antagonists in patients were negative: here as in mice the pair acts, what patients lack is not modelled.",
    ),
)  # fmt: skip
