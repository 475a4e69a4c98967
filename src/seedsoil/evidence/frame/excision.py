"""A5: the same patients with and without the metastases that they had: who is cured by the operation?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, column, lesions_of_each, per_patient
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Finding, Setting
from seedsoil.evidence.estimates import share
from seedsoil.trial.trial import Trial

_SOON, _LATE = "0 days", "180 days"


def _twins(setting: Setting) -> Finding:
    """A small breast cancer taken out on the day it is found, or later: with metastases and without."""
    patients = setting.animals(50, 400)
    margin = {"margin": 0.01} if setting.ablated else {}

    def operated(*without: str) -> Trial:
        return cohort(
            setting, animals=patients, tumour="breast_er_negative", host="adult", until="4 years",
            diagnosis={"primary_diameter": "10 mm"}, without=("background death", *without),
            arms={"soon": [{"resect": "primary", "at": _SOON, **margin}], "late": [{"resect": "primary", "at": _LATE, **margin}]},
        )  # fmt: skip

    cured = _free(operated("metastasis"), "soon")
    if setting.ablated:
        return Finding(share(int(cured.sum()), patients), patients)
    seeded = operated()
    free, late, had = _free(seeded, "soon"), _free(seeded, "late"), _had(seeded, "soon")
    return Finding(
        share(int(cured.sum()), patients),
        patients,
        {
            "unseeded": share(int(free[~had].sum()), int((~had).sum())),
            "seeded": share(int((~free[had]).sum()), int(had.sum())),
            "worse when later": share(int((late & ~free).sum()), patients),
        },
        {
            "patients": {
                "metastases at operation": had.tolist(),
                "free at the end": free.tolist(),
                "free if later": late.tolist(),
            }
        },
    )


def _had(trial: Trial, arm: str) -> NDArray[np.bool_]:
    """Return who had a cell settled elsewhere at the operation, asleep or not."""
    there = (column(trial, "lesions", "lesion", arm) > 0) & (column(trial, "lesions", "arrival_day", arm) <= 0.0)
    return lesions_of_each(trial, there, arm) > 0


def _free(trial: Trial, arm: str) -> NDArray[np.bool_]:
    """Return who lives without a tumour cell at the end."""
    left = per_patient(trial, "lesions", "cells_at_end", arm)
    return np.asarray((left == 0.0) & column(trial, "patients", "alive", arm).astype(bool))


CLAIMS = (
    Claim(
        id="A5",
        statement="If no cell has settled elsewhere by then, taking out the primary cures.",
        sources=("fidler_kripke_2015",),
        setup="Breast cancers of 10 mm, taken out whole on the day they are found or half a year later, no death of other causes, four "
        "years; the same patients with the same luck once more, in whom no embolus ever succeeded.",
        observable="share without a tumour cell after four years, of those without metastases",
        unit="1",
        band=Band(1.0, 1.0),
        ablation=Ablation("one cell in a hundred is left", "the operation leaves a margin: the tumour returns where it was"),
        experiment=_twins,
        checks=(
            Check("unseeded", "cured among patients who had no metastasis at the operation", "1", Band(1.0, 1.0)),
            Check("seeded", "with tumour cells after four years among those who had", "1"),
            Check("worse when later", "share of patients free after a late operation and not after an early one", "1", Band(0.0, 0.0)),
        ),
        parameters=("tumour.shedding_rate", "diagnosis.primary_diameter: how much has been shed by then"),
    ),
)  # fmt: skip
