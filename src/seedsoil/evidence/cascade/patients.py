"""Breast cancers of patients who differ, followed as they grow: what each has shed and founded by a size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.state import ACTIVE, ARRIVED, CELLS, FATE, GROWING, HYPOXIA, LESIONS, NOW, PARENT, State
from seedsoil.evidence.bench import study
from seedsoil.evidence.claim import Setting
from seedsoil.experiment.grow import watch_growth
from seedsoil.trial.plan import Plan, enrol

__all__ = ["SPREAD", "Grown", "first_width", "followed", "plan_of"]

Floats = NDArray[np.float64]

#: How patients with one cancer differ in what their tumours shed and how many of those cells live: together by a standard
#: deviation of 3.1 in the logarithm of cells shed successfully, as was fitted to autopsies of all primaries
#: (facts/organ_patterns.toml).
SPREAD: Mapping[str, Mapping[str, Any]] = {
    "tumour.shedding_rate": {"cv": 2.0},
    "tumour.viable_when_shed": {"cv": 2.0},
    "tumour.early_loss_rate": {"cv": 0.4, "law": "normal"},
    "tumour.hit_rate": {"cv": 0.5},
}
#: Primaries that push their tissue aside rest at 2 cm: of those that are found wider nearly all replace it. Nothing is lost
#: if fewer of the others are grown in vain.
_FOUND = {"is": "breast_er_positive", "replacement_share": "0.9"}
#: What grows within so many days after diagnosis has shown itself in the patient's life.
_LIFE = 20.0 * 365.25
#: The metastases of metastases are nobody's question here.
_WITHOUT = ("background death", "burden death", "lesion reseeding", "reseeding")


class Grown(NamedTuple):
    """A patient by the time of diagnosis: cells shed, metastases founded, and the primary's width at each that will show [mm]."""

    shed: float
    founded: int
    widths: Floats


def plan_of(
    setting: Setting, width: float, patients: int, vary: Mapping[str, Any] = SPREAD, without: tuple[str, ...] = ()
) -> Plan:
    """Return the plan of patients whose breast cancers are followed to a width [mm]."""
    return study(
        setting, animals=patients, tumour=_FOUND, host="adult", until="1 day", arms={"found": []},
        diagnosis={"primary_diameter": f"{width:g} mm"}, without=(*_WITHOUT, *without), vary=vary,
    ).plan()  # fmt: skip


def followed(plan: Plan, number: int) -> Grown:
    """Grow one patient's tumour to diagnosis, and once more to see its size on every day of the grid."""
    grown, path = enrol(plan, number), []

    def watch(state: State) -> None:
        path.append((float(state.clock[NOW]), float(state.lesion[0, CELLS]), float(state.lesion[0, HYPOXIA])))

    watch_growth(grown, watch)
    watch(grown.state)
    tumour, (days, cells, lack) = grown.patient.tumour, np.array(path).T
    gain = 1.0 + float(tumour.hypoxic_shedding_gain) * lack ** float(tumour.hypoxic_shedding_power)
    lesion = grown.state.lesion[1 : int(grown.state.count[LESIONS])]
    shown = (lesion[:, FATE] == GROWING) | (lesion[:, ACTIVE] <= days[-1] + _LIFE)
    sizes = np.interp(lesion[shown, ARRIVED], days, cells)
    return Grown(
        float(np.trapezoid(float(tumour.shedding_rate) * gain * cells, days)),
        int((lesion[:, PARENT] == 0).sum()),
        np.array([diameter(float(size)) for size in sizes]),
    )


def first_width(early: Plan, late: Plan, number: int) -> float:
    """Return the primary's width at a patient's first metastasis that will show [mm]; infinite if there is none.

    ``late`` follows the same patients, with the same luck, to where ``early`` does not: those who have no metastasis by then.
    """
    found = followed(early, number)
    if not found.widths.size:
        found = followed(late, number)
    return float(found.widths.min()) if found.widths.size else np.inf
