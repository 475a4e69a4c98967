"""I2, I3: endothelium as the target: cells without the receptor in the colon, and pancreatic cancer beside gemcitabine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, ratio, share
from seedsoil.evidence.vasculature.mice import course, four_arms, orthotopic, spread, weights

#: Cells of a metastasis that the eye sees (0.1 mm).
_SEEN = 524.0
_AEE788 = course("aee788", "50 mg/kg", "56 hours")
_PKI_166 = course("pki_166", "100 mg/kg", "1 day")
_IRINOTECAN, _GEMCITABINE = course("irinotecan", "10 mg/kg", "7 days"), course("gemcitabine", "125 mg/kg", "84 hours")
#: KM12SM without the EGF receptor, driven by the IGF receptor in its place: only its endothelium feels the blocker.
SILENT: Mapping[str, Any] = {
    "is": "km12sm",
    "receptors": {"egf": "0", "igf": "0.7"},
    "survival_receptors": {"egf": "0", "igf": "0.6"},
}


def _colon(setting: Setting) -> Finding:
    """AEE788 beside irinotecan where no tumour cell has the receptor."""
    mice = setting.animals(12, 20)
    arms = four_arms(aee788=_AEE788, irinotecan=_IRINOTECAN)
    trial = orthotopic(setting, mice, SILENT, "35 days", arms, size="1.5 mm")
    control = weights(trial, "control")
    return Finding(
        ratio(weights(trial, "both"), weights(trial, "irinotecan")),
        mice,
        {
            "both": ratio(weights(trial, "both"), control),
            "aee788": ratio(weights(trial, "aee788"), control),
            "irinotecan": ratio(weights(trial, "irinotecan"), control),
        },
        {"weights [g]": {arm: weights(trial, arm).tolist() for arm in arms}},
    )


def _pancreas(setting: Setting) -> Finding:
    """PKI-166 beside gemcitabine in pancreatic cancer, and its metastases in the liver."""
    mice = setting.animals(12, 20)
    arms = four_arms(pki_166=_PKI_166, gemcitabine=_GEMCITABINE)
    trial = orthotopic(setting, mice, "l36pl", "28 days", arms, size="1.5 mm")
    weight = {arm: weights(trial, arm) for arm in arms}
    liver = {arm: spread(trial, arm, _SEEN, "liver") for arm in arms}
    smaller = {
        arm: again((weight[arm], weight["control"]), lambda a, b: 100.0 * float(1.0 - np.median(a) / np.median(b)))
        for arm in arms
    }
    return Finding(
        smaller["both"],
        mice,
        {
            "pki_166": smaller["pki_166"],
            "gemcitabine": smaller["gemcitabine"],
            "liver": ratio(liver["both"], liver["control"]),
            "with liver metastases": share(int((liver["both"] > 0).sum()), mice),
            "with liver metastases, untreated": share(int((liver["control"] > 0).sum()), mice),
        },
        {
            "weights [g]": {arm: found.tolist() for arm, found in weight.items()},
            "liver metastases": {arm: found.tolist() for arm, found in liver.items()},
        },
    )


CLAIMS = (
    Claim(
        id="I2",
        statement="Held receptors of EGF and VEGF on endothelium let it die, and with it a colon cancer that has neither receptor.",
        sources=("sasaki_2007",),
        setup="A colon carcinoma in the colon of nude mice whose cells have no EGF receptor (KM12SM driven by the IGF receptor in "
        "its place, for SW620CE2), 1.5 mm at the start; AEE788 50 mg/kg three times a week by mouth, irinotecan 10 mg/kg a week, "
        "both, none; 5 weeks, 12 to 20 mice an arm (doses recalled).",
        observable="mean tumour weight, both over irinotecan alone",
        unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation("endothelium cannot die", "no tumour cell has the receptor, so the blocker hits nothing", ("endothelial apoptosis",)),
        experiment=_colon,
        checks=(
            Check("both", "mean weight, both over none", "1"),
            Check("aee788", "mean weight, AEE788 over none", "1"),
            Check("irinotecan", "mean weight, irinotecan over none", "1"),
        ),
        parameters=("tumour.dialogue.endothelial_support.egf", "agents.irinotecan.endothelial_kill.maximum"),
    ),
    Claim(
        id="I3",
        statement="Death of endothelium is a treatment of pancreatic cancer in its own organ.",
        sources=("bruns_2000", "solorzano_2001", "yokoi_2005"),
        setup="L3.6pl in the pancreas of nude mice, 1.5 mm at the start, seven days after 1e6 cells; PKI-166 100 mg/kg a day by mouth, "
        "gemcitabine 125 mg/kg twice a week (into a vein; into the belly in the study), both, none; 4 weeks, 12 to 20 mice an arm. "
        "Claimed is more than the 59 % that the better drug brought alone.",
        observable="fall of the median tumour volume, both against none",
        unit="%",
        band=Band(70.0, 95.0),
        direction=Direction("above", 59.0),
        ablation=Ablation(
            "endothelium cannot die and the receptor is not held",
            "PKI-166 then does nothing, gemcitabine is alone",
            ("endothelial apoptosis", "receptor blockade"),
        ),
        experiment=_pancreas,
        checks=(
            Check("pki_166", "fall of the median volume, PKI-166 alone", "%", Band(45.0, 59.0)),
            Check("gemcitabine", "fall of the median volume, gemcitabine alone", "%", Band(45.0, 59.0)),
            Check("liver", "metastases in the liver, both over none", "1", Band(0.0, 0.999)),
            Check("with liver metastases", "share of mice with metastases in the liver, both", "1"),
            Check("with liver metastases, untreated", "the same, untreated", "1"),
        ),
        parameters=("tumour.dialogue.endothelial_support.egf", "tumour.receptors.egf", "agents.pki_166.blocks.egf.half", "agents.gemcitabine.kill.maximum"),
    ),
)  # fmt: skip
