"""A4: when metastasis is found, has it happened already? Breast cancers left in place, and the day of each seed."""

from __future__ import annotations

import numpy as np

from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import median, share

_USUAL, _EARLY = "20 mm", "3 mm"


def _seeds(setting: Setting) -> Finding:
    """Breast cancers without a visible metastasis: of those who come to have metastases, in whom had a seed settled by then?"""
    patients = setting.animals(30, 400)
    trial = cohort(
        setting, animals=patients, tumour="breast_er_negative", host="adult", until="18 months",
        diagnosis={"primary_diameter": _EARLY if setting.ablated else _USUAL},
        without=("background death", "burden death", "reseeding", "lesion reseeding"), arms={"watched": [{"scan": "ct", "every": "2 years", "start": "1 day"}]},
    )  # fmt: skip
    clear = column(trial, "patients", "visible_at_diagnosis") == 0
    there = (column(trial, "lesions", "lesion") > 0) & (column(trial, "lesions", "fate") == "growing")
    who, day = column(trial, "lesions", "patient")[there], column(trial, "lesions", "arrival_day")[there]
    first = np.full(patients, np.inf)
    np.minimum.at(first, who, day)
    ever = clear & np.isfinite(first)
    before = ever & (first <= 0.0)
    return Finding(
        share(int(before.sum()), int(ever.sum())),
        int(ever.sum()),
        {
            "of all without a visible one": share(int(before.sum()), int(clear.sum())),
            "days before": median(-first[before]),
        },
        {"patients": {"first seed [day]": [float(seed) if np.isfinite(seed) else None for seed in first]}},
    )


CLAIMS = (
    Claim(
        id="A4",
        statement="In many patients metastasis has happened by the time that the cancer is found, so that to prevent it comes too late.",
        sources=("coumans_2013",),
        setup="Breast cancers without hormone receptors, found at 20 mm without a visible metastasis, left in place and watched for a year and a half; "
        "the day on which the first metastasis that grows had arrived.",
        observable="share with a metastasis by diagnosis, of those who come to have one",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("found at 3 mm", "a cancer that is found this early has had little time to seed: prevention would not be too late"),
        experiment=_seeds,
        checks=(
            Check("of all without a visible one", "the same, of all patients without a visible metastasis (kept back)", "1"),
            Check("days before", "from the first seed to diagnosis, median", "day"),
        ),
        parameters=("tumour.shedding_rate", "tumour.hits, tumour.hit_rate", "diagnosis.primary_diameter"),
    ),
)  # fmt: skip
