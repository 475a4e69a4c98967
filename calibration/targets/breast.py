"""P12: how large breast cancers are when half of the patients have a metastasis (Koscielny 1984)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calibration.target import Aim, Free, Target
from seedsoil.evidence.cascade.patients import first_width, plan_of
from seedsoil.evidence.claim import Setting

__all__ = ["TARGETS"]

_PATIENTS = 200


def _half() -> Mapping[str, float]:
    """Return the diameter at which half have a metastasis [cm], among patients of the claims' own experiment."""
    early, late = (plan_of(Setting("fast", 12), width, _PATIENTS) for width in (30.0, 95.0))
    widths = [first_width(early, late, patient) for patient in range(_PATIENTS)]
    return {"half": float(np.median(np.minimum(widths, 100.0))) / 10.0}


TARGETS = (
    Target(
        id="P12",
        source="koscielny_1984",
        words="Breast cancers of patients who differ: the diameter at which half have a metastasis in their lives. One constant of survival, the loss in "
        "the first day.",
        free=(Free("tumours.breast_er_positive.early_loss_rate"),),
        aims={"half": Aim(3.56, 0.08, "log")},
        figures=_half,
    ),
)
