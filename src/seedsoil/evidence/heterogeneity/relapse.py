"""E8: what comes back after a targeted drug: the cells that resist it, chosen by it."""

from __future__ import annotations

import numpy as np

from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import mean, median, share

#: Share of resistant cells from which on a relapse is theirs.
_THEIRS = 0.9


def _relapse(setting: Setting) -> Finding:
    """Melanoma with metastases under vemurafenib: who relapses, and with which cells."""
    patients = setting.animals(10, 22)
    trial = cohort(
        setting, animals=patients, tumour="melanoma", host="adult", until="30 months",
        diagnosis={"primary_diameter": "8 mm", "metastases": 1, "metastasis_diameter": "15 mm"},
        without=("background death",),
        arms={"drug": [
            {"resect": "primary", "at": "0 days"},
            {"give": "vemurafenib", "dose": "960 mg", "every": "12 hours", "start": "14 days"},
            {"scan": "ct", "every": "56 days", "start": "7 days"},
        ]},
    )  # fmt: skip
    resistant = np.nan_to_num(column(trial, "patients", "resistant_fraction_at_end"))
    progressed = column(trial, "patients", "progressed").astype(bool)
    responded = np.isin(column(trial, "patients", "response"), ("CR", "PR"))
    days = column(trial, "patients", "progression_day")
    return Finding(
        share(int((progressed & (resistant > _THEIRS)).sum()), patients),
        patients,
        {
            "responded": share(int(responded.sum()), patients),
            "resistant share": mean(resistant),
            "months to relapse": median(days[progressed] / 30.44),
        },
        {
            "patients": {
                "progressed": progressed.tolist(),
                "resistant share": resistant.tolist(),
                "progression day": days.tolist(),
            }
        },
    )


CLAIMS = (
    Claim(
        id="E8",
        statement="Under a drug the cells that resist it have the advantage: they outgrow all others, and the patient relapses.",
        sources=("bozic_2013",),
        setup="Melanoma with a metastasis of 15 mm or more, vemurafenib 960 mg twice a day, CT every eight weeks for 30 months; as "
        "many patients as the study measured in full mode.",
        observable="share of patients who relapse with cells of which nine in ten resist the drug",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("no resistance", "no cell comes to resist and none learns to bear the drug", ("resistance", "drug-induced tolerance")),
        experiment=_relapse,
        checks=(
            Check("responded", "share of patients with a response by RECIST", "1"),
            Check("resistant share", "share of resistant cells at the end", "1"),
            Check("months to relapse", "median time to progression of those who relapse", "month"),
        ),
        parameters=("tumour.mechanisms.target.rate", "agents.vemurafenib.kill"),
    ),
)  # fmt: skip
