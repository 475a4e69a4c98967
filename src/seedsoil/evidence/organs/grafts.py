"""D4, D5, D7: B16 in a vein of mice that bear grafts of organs, and clones of it: who grows, and where."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, counted
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, ratio, share
from seedsoil.trial.trial import Trial

#: Tissues that are grafted into muscle; muscle itself stands for the wound without a graft.
GRAFTS: dict[str, str] = {"lung": "lung", "ovary": "ovary", "kidney": "kidney", "trauma": "muscle"}
#: Part of the muscle's blood that a graft has.
_SHARE = 0.1
_SEEN = "0.05 mm"
Floats = NDArray[np.float64]


def _grafted(setting: Setting, shares: Mapping[str, float]) -> Trial:
    """Hart and Fidler 1980: grafts in muscle, labelled cells into a vein, label at once, tumours after three weeks."""
    grafts = {f"{name}_graft": {"soil": soil, "of": "muscle", "share": shares[name]} for name, soil in GRAFTS.items()}
    return cohort(
        setting, animals=setting.animals(12, 40), tumour="b16_melanoma", host="mouse", until="22 days", grafts=grafts,
        without=("burden death",),
        arms={"vein": [
            {"inject": "5e5 cells", "into": "veins", "at": "0 days"},
            {"count": "label", "at": "10 minutes"},
            {"count": "colonies", "at": "21 days", "size": _SEEN},
        ]},
    )  # fmt: skip


def _at(trial: Trial, what: str, name: str) -> Floats:
    """Return counts of each mouse in a graft."""
    return counted(trial, what, "vein", site=f"{name}_graft")


def _table(trial: Trial) -> dict[str, dict[str, list[float]]]:
    """Return arrested cells and tumours per graft, mouse by mouse, and in the organs where they belong."""
    columns: dict[str, list[float]] = {}
    for name in GRAFTS:
        columns[f"arrested, {name} graft"] = _at(trial, "label", name).tolist()
        columns[f"tumours, {name} graft"] = _at(trial, "colonies", name).tolist()
    for organ in ("lung", "ovary", "kidney"):
        columns[f"arrested, {organ} in place"] = counted(trial, "label", "vein", site=organ).tolist()
        columns[f"tumours, {organ} in place"] = counted(trial, "colonies", "vein", site=organ).tolist()
    return {"mice": columns}


def _chart(trial: Trial) -> Chart:
    names, places = list(GRAFTS), [float(place) for place in range(len(GRAFTS))]
    arrested = {name: float(_at(trial, "label", name).mean()) for name in names}
    grown = {name: float(_at(trial, "colonies", name).mean()) for name in names}
    return Chart(
        "Grafts in muscle", "Graft", "Mean per mouse",
        {"cells arrested": {"x": places, "y": list(arrested.values())},
         "tumours": {"x": places, "y": list(grown.values())}},
        "bars", log_y=True, names=names,
    )  # fmt: skip


def _where_it_grows(setting: Setting) -> Finding:
    """Tumours in grafts of lung and ovary against those of kidney."""
    trial = _grafted(setting, dict.fromkeys(GRAFTS, _SHARE))
    tumours = {name: _at(trial, "colonies", name) for name in GRAFTS}
    mice = len(tumours["lung"])
    receptive = (tumours["lung"] + tumours["ovary"]) / 2.0
    return Finding(
        again((receptive, tumours["kidney"]), lambda good, bad: float((good.mean() - bad.mean()) / (good.mean() + bad.mean()))
              if good.mean() + bad.mean() > 0 else math.nan),
        mice,
        {f"mice with tumours, {name} graft": share(int((grown > 0).sum()), mice) for name, grown in tumours.items()}
        | {f"{organ} in place": mean(counted(trial, "colonies", "vein", site=organ)) for organ in ("lung", "ovary", "kidney")},
        _table(trial),
        (_chart(trial),),
    )  # fmt: skip


def _growth_not_delivery(setting: Setting) -> Finding:
    """Cells at rest in grafts ten minutes after the injection: kidney against lung."""
    shares = dict.fromkeys(GRAFTS, _SHARE) | ({"kidney": _SHARE / 10.0} if setting.ablated else {})
    trial = _grafted(setting, shares)
    arrested, tumours = ({name: _at(trial, what, name) for name in GRAFTS} for what in ("label", "colonies"))
    per_cell = {name: 1000.0 * ratio(tumours[name], arrested[name]).value for name in GRAFTS}
    return Finding(
        ratio(arrested["kidney"], arrested["lung"]),
        len(arrested["lung"]),
        {f"tumours per cell, {name} graft": ratio(tumours[name], arrested[name]) for name in GRAFTS}
        | {"arrest, ovary over lung": ratio(arrested["ovary"], arrested["lung"])},
        _table(trial) | {"per 1000 cells arrested": {"graft": list(GRAFTS), "tumours": list(per_cell.values())}},
        (_chart(trial),),
    )


def _clones(setting: Setting) -> Finding:
    """Fidler and Kripke 1977: clones of B16, each in a mouse of its own, against portions of the uncloned line."""
    lines = setting.animals(17, 60)
    varied = {} if setting.ablated else {"vary": {"tumour": {"division_rate": {"cv": _VARIATION}}}}
    counts = {name: _colonies(setting, lines, each) for name, each in {"clones": varied, "subcultures": {}}.items()}
    clones, parts = counts["clones"], counts["subcultures"]
    return Finding(
        again((clones, parts), _variances),
        lines,
        {
            "clones, largest": again((clones,), lambda one: float(one.max())),
            "clones, smallest": again((clones,), lambda one: float(one.min())),
            "subcultures, mean": mean(parts),
        },
        {"lung colonies": {"clone": clones.tolist(), "subculture": parts.tolist()}},
    )


def _variances(one: Floats, other: Floats) -> float:
    """Return the ratio of two variances; that of counts that are all alike is taken for one colony in 1e9."""
    return float(one.var(ddof=1)) / max(float(other.var(ddof=1)), 1e-9)


#: Coefficient of variation of how fast cells of one tumour divide: the catalogue's for founders of the other mouse lines.
_VARIATION = 0.1


def _colonies(setting: Setting, lines: int, sections: Mapping[str, Any]) -> Floats:
    """Return lung colonies of 5e4 cells of each line; without ``vary`` all founders of a line differ instead."""
    tumour = {"is": "b16_melanoma", **({} if sections else {"founder_variation": _VARIATION})}
    trial = cohort(
        setting, animals=lines, tumour=tumour, host="mouse", until="22 days", without=("burden death",),
        arms={"vein": [{"inject": "5e4 cells", "into": "veins", "at": "0 days"},
                       {"count": "colonies", "at": "21 days", "size": _SEEN}]},
        **sections,
    )  # fmt: skip
    return counted(trial, "colonies", "vein", site="lung")


_SETUP = (
    "Mice with pieces of lung, ovary, kidney or nothing but the wound in their muscle, each with a tenth of its blood; 5e5 B16 cells into "
    "a vein; cells at rest after ten minutes by their label, tumours by microscope after three weeks (the label and not iodine-125 in the "
    "grafts; more cells than in mice, so that grafts receive enough to be counted)."
)

CLAIMS = (
    Claim(
        id="D4",
        statement="Melanoma cells come to grafts of lung, ovary and kidney alike, yet tumours arise in lung and ovary and never in kidney.",
        sources=("hart_fidler_1980",),
        setup=_SETUP,
        observable="tumours in grafts of lung and ovary less those in kidney, over their sum",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("all soils alike", "every soil supports division fully, kidney as well", ("soil matching",)),
        experiment=_where_it_grows,
        checks=(
            *(Check(f"mice with tumours, {name} graft", f"share of mice with tumours, {name} graft", "1") for name in GRAFTS),
            *(Check(f"{organ} in place", f"tumours in the mouse's own {organ}", "tumours") for organ in ("lung", "ovary", "kidney")),
        ),
        parameters=("tumour.receptors: fitted with guards, one of which is this experiment", "soils.kidney.ligands"),
    ),
    Claim(
        id="D5",
        statement="What tells organs apart is how cells grow there, and not how many are brought.",
        sources=("hart_fidler_1980",),
        setup=_SETUP,
        observable="cells at rest in grafts of kidney over those in grafts of lung",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("a kidney graft with a tenth of the blood", "then the grafts differ by what is brought, and the label must show it"),
        experiment=_growth_not_delivery,
        checks=(
            *(Check(f"tumours per cell, {name} graft", f"tumours per cell at rest, {name} graft", "1") for name in GRAFTS),
            Check("arrest, ovary over lung", "cells at rest in grafts of ovary over those of lung", "1"),
        ),
        parameters=("soils' addressins", "tumour.adhesion", "tumour.receptors"),
    ),
    Claim(
        id="D7",
        statement="Cells that can metastasise are in the parent tumour already: they are found there, not made on the way.",
        sources=("fidler_kripke_1977",),
        setup="5e4 cells of each of 17 clones of B16 into a vein of mice, and of as many portions of the uncloned line; lung colonies after 21 "
        "days (18 in the study), a mouse for each. Clones divide at rates that vary by a tenth, as founders of the catalogue's other mouse lines do.",
        observable="variance of lung colonies between clones over that between portions of the uncloned line",
        unit="1",
        band=Band(10.0, math.inf),
        direction=Direction("above", 1.0),
        ablation=Ablation("clones alike", "cells of the parent tumour do not differ, and clones vary as portions of it do"),
        experiment=_clones,
        checks=(
            Check("clones, largest", "most lung colonies of a clone", "colonies"),
            Check("clones, smallest", "fewest lung colonies of a clone", "colonies"),
            Check("subcultures, mean", "lung colonies of a portion of the uncloned line", "colonies"),
        ),
        parameters=("tumour.founder_variation: assumed, of other lines; it decides", "tumour.division_rate"),
    ),
)  # fmt: skip
