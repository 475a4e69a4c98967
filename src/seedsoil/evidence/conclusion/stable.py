"""J2: how long a drug against the seed holds a tumour, and how long one against the soil, whose cells do not mutate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, column
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, mean, median
from seedsoil.evidence.vasculature.mice import course, orthotopic
from seedsoil.trial.trial import Trial

_UNTIL = "182 days"
_TAXANE, _BLOCKER = course("paclitaxel", "30 mg/kg", "84 hours"), course("imatinib", "50 mg/kg", "1 day")
#: Factors on which endothelium lives where the tumour has found a way past PDGF.
_PAST = {"dialogue": {"endothelial_support": {"egf": "0.95", "igf": "0.95"}}}


def _held(trial: Trial, arm: str) -> NDArray[np.float64]:
    """Days until a tumour has twice as many cells as at its least, week by week, in each mouse; all days if it never has."""
    found = []
    for mouse in range(trial.plan.patients):
        story = trial.patient(mouse, arm)
        since = story.days >= 0.0
        days, cells = story.days[since], story.cells[since, 0]
        back = np.flatnonzero(cells >= 2.0 * np.minimum.accumulate(cells))
        found.append(float(days[back[0]] if back.size else days[-1]))
    return np.array(found)


def _arm(setting: Setting, mice: int, tumour: str | Mapping[str, Any], orders: list[Order]) -> Trial:
    # Mice that cannot die and one tumour each: what is timed is its return.
    return orthotopic(
        setting, mice, tumour, _UNTIL, {"drug": orders}, size="2 mm", without=("burden death", "metastasis")
    )


def _stable(setting: Setting) -> Finding:
    """A taxane on cells that feel it, and the same with imatinib on cells that do not, so that only endothelium is hit."""
    mice = setting.animals(8, 20)
    soil_line = {"is": "pc3mm2_mdr", **(_PAST if setting.ablated else {})}
    seed = _arm(setting, mice, "pc3mm2", [_TAXANE])
    soil = _arm(setting, mice, soil_line, [_BLOCKER, _TAXANE])
    first, second = _held(seed, "drug"), _held(soil, "drug")
    resistant = column(seed, "patients", "resistant_fraction_at_end").astype(np.float64)
    return Finding(
        again((second, first), lambda a, b: float(np.median(a) / np.median(b))),
        mice,
        {
            "seed": median(first),
            "soil": median(second),
            "resistant": mean(np.nan_to_num(resistant)),
            "still held": Figure.exact(float((second >= float(soil.plan.until_days) - 7.0).mean())),
        },
        {"days": {"seed": first.tolist(), "soil": second.tolist()}},
    )


CLAIMS = (
    Claim(
        id="J2",
        statement="The seed is a target that changes, the soil one that stays.",
        sources=("cifone_fidler_1981", "bozic_2013", "uehara_2003"),
        setup="Prostate cancer of 2 mm in a bone of mice that cannot die, half a year. Seed: paclitaxel 30 mg/kg twice a week on "
        "PC-3MM2, whose divisions bring the pump once in a million. Soil: the same with imatinib on PC-3MM2-MDR, whose cells all "
        "have the pump, so that endothelium alone is hit. Time until the tumour is twice its least; 8 to 20 mice.",
        observable="median time to return under the soil's drugs over that under the seed's (at most half a year)",
        unit="1",
        band=Band(2.0, np.inf),
        direction=Direction("above", 1.0),
        ablation=Ablation("the tumour has a way past", "bypass: endothelium lives on EGF and IGF as well, which imatinib does not hold"),
        experiment=_stable,
        checks=(
            Check("seed", "median time to return under the seed's drug", "day"),
            Check("soil", "median time to return under the soil's drugs", "day"),
            Check("resistant", "share of cells that resist at the end under the seed's drug", "1"),
            Check("still held", "share of tumours that the soil's drugs hold to the end", "1"),
        ),
        parameters=("tumour.mechanisms.efflux.rate", "tumour.dialogue.endothelial_support"),
    ),
)  # fmt: skip
