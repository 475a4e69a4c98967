"""B16-F1 cells into the portal vein of mice, counted step by step in the liver: the experiment of Luzzi 1998."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, cohort, counted, per_patient
from seedsoil.evidence.claim import Setting
from seedsoil.evidence.injected import EYE
from seedsoil.trial.trial import Trial

__all__ = ["CELLS", "Steps", "label", "let_go", "portal", "steps_of"]

Floats = NDArray[np.float64]

CELLS = 3e5
#: Organs are looked at on days of the grid of steps: cells that are let go on day 1 are 13 days old on day 14.
_START, _END = 1.0, 14.0
_MINUTE = 1.0 / 1440.0
#: Any family that grows, however small.
_ANY = "0.01 mm"


class Steps(NamedTuple):
    """Of each mouse: cells let go, in the liver on day 3, families that grow and such as the eye sees on day 13, sleepers.

    ``seen`` are those that the eye sees anywhere. Sleepers are what is left of the label on day 13: families have shared theirs out, and lost it cell by cell.
    """

    injected: Floats
    inside: Floats
    begun: Floats
    large: Floats
    asleep: Floats
    seen: Floats


def let_go(into: str) -> list[Order]:
    """Orders: cells let go, their label a minute, three and 13 days later, growing families and large ones on day 13."""
    return [
        {"inject": f"{CELLS:g} cells", "into": into, "at": f"{_START:g} day"},
        {"count": "label", "at": [f"{_START + _MINUTE:.6f} days", f"{_START + 3.0:g} days", f"{_END:g} days"]},
        {"count": "colonies", "at": f"{_END:g} days", "size": _ANY},
        {"count": "colonies", "at": f"{_END:g} days", "size": EYE},
    ]


def portal(
    setting: Setting, animals: int, changes: Mapping[str, Any] | None = None, anatomy: Mapping[str, Any] | None = None
) -> Steps:
    """Carry the experiment out, with some traits of the line and of the mouse's circulation changed."""
    trial = cohort(
        setting, animals=animals, tumour={"is": "b16_f1", **(changes or {})}, host="mouse", until=f"{_END + 1.0:g} days",
        arms={"liver": let_go("portal_vein")}, anatomy=anatomy or {},
    )  # fmt: skip
    return steps_of(trial)


def steps_of(trial: Trial) -> Steps:
    """Read the steps in the livers of a trial's arm "liver"."""
    begun, large = (counted(trial, "colonies", "liver", order, "liver", 2) for order in (0, 1))
    inside, asleep = (label(trial, "liver", days) for days in (3.0, _END - _START))
    seen = counted(trial, "colonies", "liver", 1, of=2)
    return Steps(np.full(trial.plan.patients, CELLS), inside, begun, large, asleep, seen)


def label(trial: Trial, site: str, days: float = _MINUTE, everywhere: bool = False) -> Floats:
    """Return the label of each mouse in the arm named for a site, so many days after: there, or in the whole body."""
    among = {"what": "label", "day": _START + days} | ({} if everywhere else {"site": site})
    return per_patient(trial, "counts", "number", site, among)
