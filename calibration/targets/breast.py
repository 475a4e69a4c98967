"""P12: how many breast cancers of a size have a metastasis, and how large they are when half do (Koscielny 1984)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calibration.target import Aim, Free, Target
from seedsoil.evidence.cascade.patients import first_width, plan_of
from seedsoil.evidence.cascade.sizes import KOSCIELNY
from seedsoil.evidence.claim import Setting

__all__ = ["TARGETS"]

_PATIENTS = 600
#: Points by which a class of some hundred women lies off a smooth curve.
_CLASS_ERROR = 4.0


def _sizes() -> Mapping[str, float]:
    """Return the diameter at which half have a metastasis [cm], and the percentage that has one in each class of size."""
    early, late = (plan_of(Setting("fast", 12), width, _PATIENTS) for width in (30.0, 95.0))
    first = np.array([first_width(early, late, patient) for patient in range(_PATIENTS)])
    shares = {f"{width:g} mm": 100.0 * float((first <= width).mean()) for width, _ in KOSCIELNY}
    return {"half": float(np.median(np.minimum(first, 100.0))) / 10.0} | shares


TARGETS = (
    Target(
        id="P12",
        source="koscielny_1984",
        words="Breast cancers of patients who differ: the diameter at which half have a metastasis in their lives, and the share that has one in each "
        "class of size. One constant of survival, the loss in the first day; what is shed was measured.",
        free=(Free("tumours.breast_er_positive.early_loss_rate"),),
        aims={"half": Aim(3.56, 0.08, "log")}
        | {f"{width:g} mm": Aim(percent, _CLASS_ERROR) for width, percent in KOSCIELNY},
        figures=_sizes,
    ),
)
