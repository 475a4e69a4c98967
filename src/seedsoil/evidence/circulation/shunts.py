"""C4: a shunt that pours ascites into the veins for half a year: do its cells found lesions?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, per_patient
from seedsoil.evidence.claim import Ablation, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import mean, share
from seedsoil.trial.trial import Trial

_PER_DAY, _DAYS = 1e6, 170
_MILLION = 1e6


def _shunted(setting: Setting) -> Finding:
    """Tarin 1984: ovarian cancers with and without a shunt, all examined at death or after half a year."""
    patients = setting.animals(6, 29)
    alive = {"early_loss_rate": "0 /day"} if setting.ablated else {}
    examined = {"autopsy": "microscopic", "spacing": "5 mm", "everyone": True}
    shunt = {"shunt": f"{_PER_DAY:g} cells/day", "into": "veins", "start": "1 day", "duration": f"{_DAYS} days"}
    trial = cohort(
        setting, animals=patients, tumour={"is": "ovary_serous", **alive}, host="adult", until="180 days",
        diagnosis={"primary_diameter": "60 mm"}, without=("background death",),
        arms={"closed": [examined], "shunt": [shunt, examined]},
    )  # fmt: skip
    more = _lung(trial, "shunt") > _lung(trial, "closed")
    founded = [per_patient(trial, "arrivals", "founded", arm) for arm in ("closed", "shunt")]
    added = (founded[1] - founded[0]) / (_PER_DAY * _DAYS / _MILLION)
    return Finding(
        mean(added),
        patients,
        {
            "lesions without": mean(per_patient(trial, "autopsies", "lesions", "closed")),
            "lesions with": mean(per_patient(trial, "autopsies", "lesions", "shunt")),
            "seen in the lung": share(int(more.sum()), patients),
        },
        {"patients": {"lung without": _lung(trial, "closed").tolist(), "lung with": _lung(trial, "shunt").tolist()}},
    )


def _lung(trial: Trial, arm: str) -> NDArray[np.float64]:
    """Return the metastases seen in each patient's lung, the first bed behind the shunt."""
    return per_patient(trial, "autopsies", "lesions", arm, {"site": "lung"})


CLAIMS = (
    Claim(
        id="C4",
        statement="A shunt from the abdomen to the veins lets millions of tumour cells into the blood each day, and lesions elsewhere stay rare.",
        sources=("tarin_1984",),
        setup="Ovarian cancers of 60 mm, 1e6 cells of their clones a day into the veins for 170 days, or no shunt; autopsy of everybody at death "
        "or after 180 days, with sections every 5 mm. 29 patients in full mode.",
        observable="lesions of any size that the shunt adds for each million cells poured in",
        unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation("no loss in the first day", "of cells that have arrested the first day takes all but a few; if it "
        "took none, lesions would be the rule"),
        experiment=_shunted,
        checks=(
            Check("lesions without", "lesions seen at an autopsy without a shunt", "lesion"),
            Check("lesions with", "lesions seen at an autopsy with one", "lesion"),
            Check("seen in the lung", "share of patients in whose lung the shunt adds a lesion that an autopsy sees", "1"),
        ),
        parameters=("tumour.hits, tumour.hit_rate: competence", "tumour.early_loss_rate"),
    ),
)  # fmt: skip
