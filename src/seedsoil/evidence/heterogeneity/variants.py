"""E2: a drug takes nine tenths of one kind of cell: how far its mixture of kinds is itself again ten generations later."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Finding, Setting
from seedsoil.evidence.estimates import mean
from seedsoil.experiment.history import History

#: Days on the drug, and from its last dose to the last look: ten generations of cells that divide every 45 days.
_ON, _AFTER = 56, 450


def _again(setting: Setting) -> Finding:
    """Melanomas of 10 mm: eight weeks of a drug, and ten generations without."""
    patients = setting.animals(6, 20)
    tumour: dict[str, Any] = {"is": "melanoma"}
    if setting.ablated:
        tumour["mechanisms"] = {"persister": {"reversal_rate": "0 /day", "fitness_cost": 0}}
    trial = cohort(
        setting, animals=patients, tumour=tumour, host="adult", until=f"{_ON + _AFTER + 14} days",
        diagnosis={"primary_diameter": "10 mm"}, without=("metastasis", "burden death", "background death"),
        arms={"drug": [{"give": "vemurafenib", "dose": "960 mg", "every": "12 hours", "start": "0 days", "times": 2 * _ON}]},
    )  # fmt: skip
    left, undone, kinds = [], [], []
    for patient in range(patients):
        story = trial.patient(patient, "drug")
        sensitive, diversity = zip(*(_mixture(story, day) for day in (0.0, _ON, _ON + _AFTER)), strict=True)
        left.append(sensitive[1] / sensitive[0])
        undone.append((diversity[1] - diversity[2]) / (diversity[1] - diversity[0]))
        kinds.append(diversity)
    return Finding(
        mean(undone),
        patients,
        {"left": mean(left), "before": mean([one[0] for one in kinds]), "under the drug": mean([one[1] for one in kinds])},
        {
            "patients": {
                "sensitive cells left": left,
                **{f"diversity {when}": [float(one[at]) for one in kinds]
                   for at, when in enumerate(("before", "after eight weeks", "ten generations later"))},
            }
        },
    )  # fmt: skip


def _mixture(story: History, day: float) -> tuple[float, float]:
    """Return the cells without any resistance on a day, and Shannon's diversity of the kinds of resistance [nat]."""
    cells = story.clone_cells[int(np.searchsorted(story.days, day))]
    kind = np.asarray(story.clones["resistance"])
    number: NDArray[np.float64] = np.array([cells[kind == one].sum() for one in np.unique(kind)])
    shares = number[number > 0.0] / number.sum()
    return float(cells[kind == ""].sum()), float(-(shares * np.log(shares)).sum())


CLAIMS = (
    Claim(
        id="E2",
        statement="Tumour cells are unstable and plastic: a mixture of kinds that was disturbed makes its variants anew.",
        sources=("poste_1981", "cifone_fidler_1981", "russo_2022"),
        setup="Melanomas of 10 mm in patients. Eight weeks of vemurafenib take some nine tenths of the sensitive cells; 450 days follow without it, ten "
        "generations. Kinds are what resists, and how; the diversity of their mixture is Shannon's. In a patient's tumour the drug is what "
        "depletes; the study took subpopulations out of mixed cultures.",
        observable="share of the change of diversity that is undone ten generations later",
        unit="1",
        band=Band(0.8, math.inf),
        ablation=Ablation("no way back", "a cell that has come to tolerate the drug stays so, at no cost"),
        experiment=_again,
        checks=(
            Check("left", "sensitive cells left by the drug", "1", Band(0.0, 0.2)),
            Check("before", "diversity before", "nat"),
            Check("under the drug", "diversity after eight weeks of the drug", "nat"),
        ),
        parameters=("tumour.mechanisms.persister.reversal_rate: recalled, and it decides", "tumour.mechanisms.persister.rate", "tumour.instability_rate"),
    ),
)  # fmt: skip
