"""Martin 1990: who answers to floxuridine in the liver's artery, and who to fluorouracil by vein."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calibration.target import Aim, Free, Target
from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Setting

__all__ = ["TARGETS"]

_PATIENTS = 60


def _responses() -> Mapping[str, float]:
    """Return the share of patients with liver metastases who respond, by drug and way."""
    primary = {"resect": "primary", "at": "14 days"}
    trial = cohort(
        Setting("fast", 49), animals=_PATIENTS, tumour="colon_adenocarcinoma", host="adult", until="3 years",
        diagnosis={"primary_diameter": "35 mm", "metastases": 3, "metastasis_diameter": "20 mm"},
        vary={"tumour.division_rate": {"cv": 0.1}, "tumour.shedding_rate": {"cv": 1.0}, "tumour.hit_rate": {"cv": 0.5}},
        arms={
            "artery": [primary, {"give": "floxuridine", "dose": "4.2 mg/kg", "route": "hepatic_artery", "start": "28 days",
                                 "every": "28 days", "duration": "14 days", "until": "progression"}],
            "vein": [primary, {"give": "fluorouracil", "dose": "500 mg/m^2", "route": "iv", "start": "28 days", "every": "1 day",
                               "on": "5 days", "off": "30 days", "until": "progression"}],
        },
    )  # fmt: skip
    return {
        arm: float(np.isin(column(trial, "patients", "response", arm), ("CR", "PR")).mean())
        for arm in ("artery", "vein")
    }


TARGETS = (
    Target(
        id="E13",
        source="martin_1990",
        words="Colon cancers in the liver: the share that responds to fluorouracil by vein, 500 mg/m2 on five days of 35, and to floxuridine in the "
        "hepatic artery, 0.3 mg/kg a day for 14 days of 28. The level at which each has half of its kill; the greatest kill, of which "
        "cultures say more, stays. How long the liver is held, and lives, are not fitted",
        free=(Free("agents.fluorouracil.kill.half"), Free("agents.floxuridine.kill.half")),
        aims={"vein": Aim(0.21, 0.41, "odds"), "artery": Aim(0.48, 0.35, "odds")},
        figures=_responses,
    ),
)
