"""I1, I4: tumour cells that pump the drug out, on endothelium that does not: a blocker and a taxane together."""

from __future__ import annotations

import numpy as np

from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import median, ratio, share
from seedsoil.evidence.vasculature.mice import (
    course,
    four_arms,
    incidence,
    medians_ratio,
    orthotopic,
    spread,
    weights,
)
from seedsoil.trial.trial import Trial

#: Cells of a tumour of 2 mm, which an opened mouse shows to the eye in half of the cases (``observe.autopsy``).
_SEEN = 4.19e6
_IMATINIB, _WEEKLY_8 = course("imatinib", "50 mg/kg", "1 day"), course("paclitaxel", "8 mg/kg", "7 days")
_MACITENTAN, _WEEKLY_5 = course("macitentan", "10 mg/kg", "1 day"), course("paclitaxel", "5 mg/kg", "7 days")
_NODES = ("peripheral_node", "retroperitoneal_node", "mediastinal_node", "coeliac_node", "colon_node", "axillary_node")


def _bars(trial: Trial, title: str) -> Chart:
    found = {arm: median(weights(trial, arm)) for arm in trial.arms}
    series = {
        "median": {
            "x": [float(place) for place in range(len(found))],
            "y": [one.value for one in found.values()],
            "low": [one.low for one in found.values()],
            "high": [one.high for one in found.values()],
        }
    }
    return Chart(title, "", "Tumour [g]", series, "bars", names=list(found))


def _with_nodes(trial: Trial, arm: str) -> Figure:
    """Return the share of mice with cells in a lymph node."""
    held = np.sum([spread(trial, arm, 1.0, site) for site in _NODES], axis=0)
    return share(int((held > 0).sum()), held.size)


def in_bone(setting: Setting, mice: int) -> Trial:
    """Imatinib, paclitaxel, both or none against resistant prostate cancer in bone, in as many mice an arm."""
    arms = four_arms(imatinib=_IMATINIB, paclitaxel=_WEEKLY_8)
    return orthotopic(setting, mice, "pc3mm2_mdr", "35 days", arms)


def with_tumour(trial: Trial, arm: str) -> Figure:
    """Return the share of mice whose tumour the eye would see."""
    return incidence(trial, arm, _SEEN)


def _bone(setting: Setting) -> Finding:
    """Imatinib and paclitaxel against resistant prostate cancer in bone, and the same pair in the prostate."""
    mice = setting.animals(19, 20)
    arms = four_arms(imatinib=_IMATINIB, paclitaxel=_WEEKLY_8)
    bone = in_bone(setting, mice)
    figure = with_tumour(bone, "both")
    tables = {f"weights [g], {arm}": {"mouse": list(range(mice)), "bone": weights(bone, arm).tolist()} for arm in arms}
    if setting.ablated:
        return Finding(figure, mice, {"weight": medians_ratio(bone, "both", "control")}, tables)
    outside = orthotopic(setting, mice, {"is": "pc3mm2_mdr", "site": "prostate"}, "35 days", arms)
    cells = orthotopic(setting, mice, "pc3mm2", "35 days", arms)
    return Finding(
        figure,
        mice,
        {
            "untreated": with_tumour(bone, "control"),
            "weight": medians_ratio(bone, "both", "control"),
            "paclitaxel alone": medians_ratio(bone, "paclitaxel", "control"),
            "imatinib alone": medians_ratio(bone, "imatinib", "control"),
            "nodes": _with_nodes(bone, "both"),
            "nodes, untreated": _with_nodes(bone, "control"),
            "outside bone": medians_ratio(outside, "both", "control"),
            "sensitive line": medians_ratio(cells, "both", "control"),
            "without a cell": share(int((weights(bone, "both") == 0.0).sum()), mice),
        },
        tables,
        (_bars(bone, "PC-3MM2-MDR in bone"),),
    )


def _ovary(setting: Setting) -> Finding:
    """Macitentan and paclitaxel against resistant ovarian cancer in the peritoneum."""
    mice = setting.animals(10, 20)
    arms = four_arms(macitentan=_MACITENTAN, paclitaxel=_WEEKLY_5)
    trial = orthotopic(setting, mice, "heya8_mdr", "35 days", arms)
    checks = {arm: ratio(weights(trial, arm), weights(trial, "control")) for arm in ("paclitaxel", "macitentan")}
    if not setting.ablated:
        plain = orthotopic(setting, mice, "heya8", "35 days", arms)
        checks["sensitive line"] = ratio(weights(plain, "both"), weights(plain, "control"))
    return Finding(
        ratio(weights(trial, "both"), weights(trial, "control")),
        mice,
        checks,
        {"weights [g]": {arm: weights(trial, arm).tolist() for arm in arms}},
        (_bars(trial, "HeyA8-MDR in the peritoneum"),),
    )


CLAIMS = (
    Claim(
        id="I1",
        statement="Imatinib with a taxane kills the endothelium of prostate cancer in bone though the cancer's own cells resist the "
        "taxane: fewer and smaller tumours.",
        sources=("uehara_2003", "kim_2006", "imatinib_extraosseous", "imatinib_mri_2008"),
        setup="PC-3MM2-MDR in a bone of nude mice, 5e5 cells (2e5 put there, three days before); imatinib 50 mg/kg a day by mouth, "
        "paclitaxel 8 mg/kg a week (into a vein; into the belly in the study), both, none; 5 weeks, 19 to 20 mice an arm. A "
        "tumour counts as there if the eye would see it in an opened mouse (2 mm), for here no tumour is cured to the last cell. "
        "Further: the same in the prostate, and the line that does not resist.",
        observable="share of mice with a tumour in bone, both drugs",
        unit="1",
        band=Band(0.0, 0.45),
        direction=Direction("below", 0.95),
        ablation=Ablation("endothelium cannot die", "the tumour's cells pump the taxane out, so nothing else is left to hit", ("endothelial apoptosis",)),
        experiment=_bone,
        checks=(
            Check("untreated", "share of untreated mice with a tumour in bone", "1", Band(0.95, 1.0)),
            Check("weight", "median weight, both over none", "1", Band(0.0, 0.25)),
            Check("paclitaxel alone", "median weight, paclitaxel over none", "1", Band(0.8, 1.0)),
            Check("imatinib alone", "median weight, imatinib over none", "1"),
            Check("nodes", "share of mice with cells in a lymph node, both", "1"),
            Check("nodes, untreated", "the same, untreated", "1"),
            Check("outside bone", "median weight, both over none, tumour in the prostate", "1"),
            Check("sensitive line", "median weight, both over none, PC-3MM2 in bone", "1"),
            Check("without a cell", "share of mice without a tumour cell, both", "1"),
        ),
        parameters=(
            "tumour.dialogue.endothelial_support.pdgf, agents.paclitaxel.endothelial_kill.maximum: fitted",
            "agents.paclitaxel.resistance.efflux",
        ),
        dispute="Outside bone the pair lacked synergy in another laboratory (abstract only). Here one number says what endothelium "
        "lives on wherever the tumour lies, so that the pair does the same in the prostate. The clinical trial in men is a warning: what helps "
        "mice need not carry over, and nothing here says that it does.",
    ),
    Claim(
        id="I4",
        statement="Macitentan with a taxane is a treatment of established ovarian cancer that resists the taxane.",
        sources=("kim_2011",),
        setup="HeyA8-MDR in the peritoneum of nude mice, 5e5 cells at the start; macitentan 10 mg/kg a day by mouth, paclitaxel "
        "5 mg/kg a week (into a vein; into the belly in the study), both, none; 5 weeks, 10 mice an arm. Further HeyA8.",
        observable="mean tumour weight, both over none",
        unit="1",
        band=Band(0.0, 0.4),
        direction=Direction("below", 1.0),
        ablation=Ablation("endothelium cannot die", "the tumour's cells pump the taxane out, so nothing else is left to hit", ("endothelial apoptosis",)),
        experiment=_ovary,
        checks=(
            Check("paclitaxel", "mean weight, paclitaxel over none", "1", Band(0.8, 1.0)),
            Check("macitentan", "mean weight, macitentan over none", "1", Band(0.8, 1.0)),
            Check("sensitive line", "mean weight, both over none, HeyA8", "1"),
        ),
        parameters=("tumour.dialogue.endothelial_support.endothelin", "agents.paclitaxel.endothelial_kill.maximum"),
    ),
)  # fmt: skip
