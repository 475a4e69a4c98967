"""B12: the same drug before cells have settled and after: what prevents is not what treats."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, cohort, column, counted
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again
from seedsoil.evidence.injected import MICROSCOPE
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]


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
    """Aspirin, batimastat and sunitinib, each before its step and after it."""
    animals = setting.animals(8, 24)
    aspirin = _aspirin(setting, animals)
    if setting.ablated:
        return Finding(aspirin, animals)
    return Finding(
        aspirin, animals, {"batimastat": _batimastat(setting, animals), "sunitinib": _sunitinib(setting, animals)}
    )


def _aspirin(setting: Setting, animals: int) -> Figure:
    """Lucotti 2019: aspirin around the injection of B16-F10 cells, or from two days after it; colonies of the lung."""
    let_go: list[Order] = [
        {"inject": "1e5 cells", "into": "veins", "at": "2 days"},
        {"count": "colonies", "at": "16 days", "size": MICROSCOPE},
    ]
    drug = {"give": "aspirin", "dose": "100 mg/kg", "every": "1 day"}
    trial = cohort(
        setting, animals=animals, tumour="b16_f10", host="mouse", until="17 days",
        arms={"control": let_go, "early": [*let_go, {**drug, "start": "0 days", "times": 4}],
              "late": [*let_go, {**drug, "start": "4 days", "times": 12}]},
    )  # fmt: skip
    control, early, late = (counted(trial, "colonies", arm, site="lung") for arm in ("control", "early", "late"))
    return _interaction(early, late, control, control)


def _batimastat(setting: Setting, animals: int) -> Figure:
    """Spontaneous metastases of B16 in the skin: an inhibitor of proteases until the primary is out, or from then on."""
    drug = {"give": "batimastat", "dose": "400 mg/m^2", "route": "oral", "every": "2 days"}
    out: Order = {"resect": "primary", "at": "8 days"}
    arms: dict[str, Sequence[Order]] = {
        "control": [out],
        "early": [out, {**drug, "start": "0 days", "times": 4}],
        "late": [out, {**drug, "start": "8 days", "times": 6}],
    }
    trial = cohort(
        setting, animals=animals, tumour="b16_melanoma", host="mouse", until="22 days",
        diagnosis={"primary_diameter": "4 mm"}, without=("burden death",), arms=arms,
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
    """Return the metastases of each animal that arrived once treatment could have begun."""
    rows = (column(trial, "lesions", "lesion", arm) > 0) & (column(trial, "lesions", "arrival_day", arm) > 0.0)
    return np.bincount(column(trial, "lesions", "patient", arm)[rows], minlength=trial.plan.patients).astype(np.float64)


def _cells(trial: Trial, arm: str, primary: bool) -> Floats:
    """Return the cells at the end of each animal's primary, or of all its metastases."""
    rows = (column(trial, "lesions", "lesion", arm) == 0) == primary
    weights = column(trial, "lesions", "cells_at_end", arm)[rows]
    return np.bincount(column(trial, "lesions", "patient", arm)[rows], weights=weights, minlength=trial.plan.patients)


_SIGN = Band(-math.inf, 0.0)

CLAIMS = (
    Claim(
        id="B12",
        statement="Once disease has spread the early steps are over: what prevents metastasis and what treats it have to be told apart.",
        sources=("lucotti_2019", "eccles_1996", "guerin_2013"),
        setup="In mice: aspirin from two days before 1e5 B16-F10 cells are let go in a vein to two days after, or from then on, colonies after two "
        "weeks; batimastat until a B16 of the skin is taken out, or from then on, metastases founded meanwhile; sunitinib for two weeks "
        "against a B16 of 6 mm, or against the metastases that it left, cells at the end.",
        observable="log effect of early aspirin on lung colonies less that of late aspirin",
        unit="log",
        band=_SIGN,
        direction=Direction("below", 0.0),
        ablation=Ablation("no platelets", "aspirin acts by what platelets do for cells in the blood: without them it does nothing, early or late", ("platelets",)),
        experiment=_times,
        checks=(
            Check("batimastat", "the same of an inhibitor of proteases before and after surgery", "log", _SIGN),
            Check("sunitinib", "log effect of an inhibitor of VEGF on the primary less that on metastases", "log", _SIGN),
        ),
        parameters=("tumour.spread.platelet_cloak", "tumour.spread.protease_dependence", "agents.sunitinib"),
    ),
)  # fmt: skip
