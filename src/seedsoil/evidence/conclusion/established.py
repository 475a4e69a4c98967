"""J3: the soil as a target when the lesion is there already and has vessels of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from seedsoil.evidence.bench import Order
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, ratio
from seedsoil.evidence.vasculature.endothelium import SILENT
from seedsoil.evidence.vasculature.mice import course, orthotopic, weights

_LESIONS: dict[str, tuple[str | Mapping[str, Any], Order, Order]] = {
    "prostate in bone": (
        "pc3mm2_mdr",
        course("paclitaxel", "8 mg/kg", "7 days"),
        course("imatinib", "50 mg/kg", "1 day"),
    ),
    "ovary in the peritoneum": (
        "heya8_mdr",
        course("paclitaxel", "5 mg/kg", "7 days"),
        course("macitentan", "10 mg/kg", "1 day"),
    ),
    "colon in the liver": (
        {**SILENT, "site": "liver"},
        course("irinotecan", "10 mg/kg", "7 days"),
        course("aee788", "50 mg/kg", "56 hours"),
    ),
}


def _established(setting: Setting) -> Finding:
    """Chemotherapy with and without a drug for the soil, from lesions of 2 mm on."""
    mice = setting.animals(12, 20)
    left: dict[str, list[float]] = {"chemotherapy": [], "both": []}
    checks = {}
    for name, (tumour, chemotherapy, soil) in _LESIONS.items():
        arms = {"chemotherapy": [chemotherapy], "both": [chemotherapy, soil]}
        trial = orthotopic(setting, mice, tumour, "28 days", arms, size="2 mm")
        usual = float(weights(trial, "chemotherapy").mean())
        for arm in arms:
            # Each lesion counts alike: weights are told in those under chemotherapy of its kind.
            left[arm].extend((weights(trial, arm) / usual).tolist())
        checks[name] = ratio(weights(trial, "both"), weights(trial, "chemotherapy"))
    return Finding(
        again((left["both"], left["chemotherapy"]), lambda a, b: 100.0 * float(1.0 - np.mean(a) / np.mean(b))),
        mice * len(_LESIONS),
        checks,
        {"weight over the mean under chemotherapy": left},
    )


CLAIMS = (
    Claim(
        id="J3",
        statement="To change the soil can help even when metastases are established.",
        sources=("uehara_2003", "kim_2011", "sasaki_2007"),
        setup="Lesions of 2 mm in mice: PC-3MM2-MDR in bone, HeyA8-MDR in the peritoneum, a colon carcinoma without the EGF "
        "receptor in the liver; chemotherapy alone (paclitaxel, paclitaxel, irinotecan) or, in the same doses, with imatinib, "
        "macitentan or AEE788; four weeks, 12 to 20 mice an arm.",
        observable="fall of the tumour's weight by the soil drug, at the same dose of chemotherapy",
        unit="%",
        band=Band(30.0, 100.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("endothelium cannot die", "in all three lesions the soil drug acts on endothelium alone", ("endothelial apoptosis",)),
        experiment=_established,
        checks=tuple(Check(name, f"mean weight, both over chemotherapy, {name}", "1") for name in _LESIONS),
        parameters=("tumour.dialogue.endothelial_support", "agents.paclitaxel.endothelial_kill.maximum"),
    ),
)  # fmt: skip
