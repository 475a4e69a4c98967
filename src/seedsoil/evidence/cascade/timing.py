"""B12: the same drug before cells have settled and after: what prevents is not what treats."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import cells_of
from seedsoil.evidence.bench import Order, cohort, column, counted, lesions_of_each
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Figure, Finding, Setting
from seedsoil.evidence.estimates import again
from seedsoil.evidence.injected import MICROSCOPE
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]

#: Width of a metastasis that the eye finds [mm].
_EYE = 0.1


def _interaction(early: Floats, late: Floats, before: Floats, after: Floats) -> Figure:
    """Return log(treated/control) of a drug given early less that of the same given late, each against its own control."""

    def contrast(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
        means = [float(sample.mean()) for sample in (a, b, c, d)]
        if min(means) <= 0.0:
            return math.nan
        one, other, usual, late_usual = means
        return math.log(one / usual) - math.log(other / late_usual)

    return again((early, late, before, after), contrast)


def _times(setting: Setting) -> Finding:
    """Aspirin, batimastat and sunitinib, each before its step and after it: of how many does early treatment do more?"""
    animals = setting.animals(8, 24)
    found = {
        "aspirin": _aspirin(setting, animals),
        "batimastat": _batimastat(setting, animals),
        "sunitinib": _sunitinib(setting, animals),
    }
    signs = sum(figure.high < 0.0 for figure in found.values())
    return Finding(Figure.exact(signs), animals, found)


def _aspirin(setting: Setting, animals: int) -> Figure:
    """Lucotti 2019: aspirin around the injection of B16-F10 cells, or from two days after it; colonies of the lung."""
    let_go: list[Order] = [
        {"inject": "1e5 cells", "into": "veins", "at": "7 days"},
        {"count": "colonies", "at": "21 days", "size": MICROSCOPE},
    ]
    drug = {"give": "aspirin", "dose": "100 mg/kg", "every": "1 day"}
    trial = cohort(
        setting, animals=animals, tumour="b16_f10", host="mouse", until="22 days",
        arms={"control": let_go, "early": [*let_go, {**drug, "start": "5 days", "times": 4}],
              "late": [*let_go, {**drug, "start": "9 days", "times": 12}]},
    )  # fmt: skip
    control, early, late = (counted(trial, "colonies", arm, site="lung") for arm in ("control", "early", "late"))
    return _interaction(early, late, control, control)


def _batimastat(setting: Setting, animals: int) -> Figure:
    """Spontaneous metastases of B16 in the skin that the eye finds: an inhibitor of proteases until it is out, or from then on."""
    drug = {"give": "batimastat", "dose": "400 mg/m^2", "route": "oral", "every": "2 days"}
    out: Order = {"resect": "primary", "at": "14 days"}
    arms: dict[str, Sequence[Order]] = {
        "control": [out],
        "early": [out, {**drug, "start": "0 days", "times": 7}],
        "late": [out, {**drug, "start": "14 days", "times": 7}],
    }
    trial = cohort(
        setting, animals=animals, tumour="b16_melanoma", host="mouse", until="28 days",
        diagnosis={"primary_diameter": "2 mm"}, without=("burden death",), arms=arms,
    )  # fmt: skip
    control, early, late = (_founded(trial, arm) for arm in arms)
    return _interaction(early, late, control, control)


def _sunitinib(setting: Setting, animals: int) -> Figure:
    """Guerin 2013: the same inhibitor against a primary, and against what is left after it was taken out; cells at the end."""
    drug = {"give": "sunitinib", "dose": "28 mg/m^2", "every": "1 day", "times": 14}
    out: Order = {"resect": "primary", "at": "0 days"}
    arms: dict[str, Sequence[Order]] = {
        "left": [], "left-drug": [{**drug, "start": "0 days"}], "out": [out], "out-drug": [out, {**drug, "start": "1 day"}],
    }  # fmt: skip
    trial = cohort(
        setting, animals=animals, tumour="b16_melanoma", host="mouse", until="15 days",
        diagnosis={"primary_diameter": "6 mm"}, without=("burden death",), arms=arms,
    )  # fmt: skip
    untreated, treated = (_cells(trial, arm, primary=True) for arm in ("left", "left-drug"))
    spread, held = (_cells(trial, arm, primary=False) for arm in ("out", "out-drug"))
    return _interaction(treated, held, untreated, spread)


def _founded(trial: Trial, arm: str) -> Floats:
    """Return the metastases of each animal that grew large enough for the eye."""
    seen = column(trial, "lesions", "largest_cells", arm) >= cells_of(_EYE)
    rows = (column(trial, "lesions", "lesion", arm) > 0) & seen
    return lesions_of_each(trial, rows, arm)


def _cells(trial: Trial, arm: str, primary: bool) -> Floats:
    """Return the cells at the end of each animal's primary, or of all its metastases."""
    rows = (column(trial, "lesions", "lesion", arm) == 0) == primary
    weights = column(trial, "lesions", "cells_at_end", arm)[rows]
    who = column(trial, "lesions", "patient", arm)[rows]
    return np.bincount(who, weights=weights, minlength=trial.plan.patients).astype(np.float64)


CLAIMS = (
    Claim(
        id="B12",
        statement="Once disease has spread the early steps are over: what prevents metastasis and what treats it have to be told apart.",
        sources=("lucotti_2019", "eccles_1996", "guerin_2013"),
        setup="In mice: aspirin from two days before 1e5 B16-F10 cells are let go in a vein to two days after, or from then on, colonies after two "
        "weeks; batimastat until a B16 of the skin is taken out on day 14, or from then on, metastases of 0.1 mm on day 28; sunitinib for two weeks "
        "against a B16 of 6 mm, or against the metastases that it left, cells at the end.",
        observable="drugs, of three, that do more before their step than after it",
        unit="drug",
        band=Band(3.0, 3.0),
        ablation=Ablation("no platelets", "aspirin acts by what platelets do for cells in the blood: without them it does "
        "nothing, early or late", ("platelets",)),
        experiment=_times,
        checks=(
            Check("aspirin", "log effect of early aspirin on lung colonies less that of late aspirin", "log"),
            Check("batimastat", "the same of an inhibitor of proteases before and after surgery", "log"),
            Check("sunitinib", "log effect of an inhibitor of VEGF on the primary less that on metastases", "log"),
        ),
        parameters=("tumour.spread.platelet_cloak", "tumour.spread.protease_dependence", "agents.sunitinib"),
    ),
)  # fmt: skip
