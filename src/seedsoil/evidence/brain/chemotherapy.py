"""H7: what a drug kills of metastases in the brain, and of those elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, per_patient
from seedsoil.evidence.claim import Ablation, Chart, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean

#: Where cells are put, where they grow, and the day of the first dose, by which metastases are as large in both.
_PLACES = {"brain": ("brain", 26), "lung": ("veins", 14)}
_AFTER = 8
_DOSES = {"paclitaxel": "20 mg/kg", "temozolomide": "100 mg/kg"}

_Mice = NDArray[np.float64]


def _killed(setting: Setting, site: str, drug: str = "paclitaxel", without: tuple[str, ...] = ()) -> _Mice:
    """How far two doses have thrown back the metastases of an organ eight days after the first, mouse by mouse [e-fold]."""
    into, day = _PLACES[site]
    put = {"inject": "1e5 cells", "into": into, "at": "0 days"}
    dose = {"give": drug, "dose": _DOSES[drug], "start": f"{day} days", "every": "3 days", "times": 2}
    trial = cohort(
        setting, animals=setting.animals(8, 20), tumour="km12sm", host="nude_mouse", until=f"{day + _AFTER} days",
        arms={"control": [put], "drug": [put, dose]}, without=("resistance", "burden death", *without),
    )  # fmt: skip
    untreated, treated = (
        per_patient(trial, "lesions", "cells_at_end", arm, {"site": site}) for arm in ("control", "drug")
    )
    both: _Mice = np.log(np.maximum(untreated, 1.0) / np.maximum(treated, 1.0))
    return both


def _brain(setting: Setting) -> Finding:
    """Kill in the brain over that in the lung, and what each of the brain's two defences does to it."""
    away, inside = _killed(setting, "lung"), _killed(setting, "brain")
    alone = {name: _killed(setting, "brain", without=(name,)) for name in ("barrier", "astrocyte protection")}
    passing = [_killed(setting, site, "temozolomide") for site in ("brain", "lung")]
    names = ["lung", "brain", "brain, no barrier", "brain, no astrocytes"]
    kills = [away, inside, *alone.values()]
    return Finding(
        again((inside, away), _over),
        len(inside),
        {
            "lung": mean(away),
            "no barrier": again((alone["barrier"], away), _over),
            "no astrocytes": again((alone["astrocyte protection"], away), _over),
            "temozolomide": again(passing, _over),
        },
        {"e-folds": {name: kill.tolist() for name, kill in zip(names, kills, strict=True)}},
        (Chart("Two doses of paclitaxel", "", "Kill [e-folds]",
               {"mean": {"x": [float(place) for place in range(len(names))], "y": [float(kill.mean()) for kill in kills]}},
               "bars", names=names),),
    )  # fmt: skip


def _over(inside: _Mice, away: _Mice) -> float:
    return float(inside.mean() / away.mean())


CLAIMS = (
    Claim(
        id="H7", statement="Metastases in the brain withstand chemotherapy although their vessels leak.", sources=("lockman_2010",),
        setup="1e5 cells of KM12SM, for want of a breast line that grows in mice, into the artery of the brain or a vein of nude mice; paclitaxel "
        "20 mg/kg twice, three days apart, once metastases of brain and of lung have like sizes (days 26 and 14); cells eight days later "
        "against the same mice without, 8 mice an organ and arm, in full mode 20. Drug in a lesion has no read-out: its kill stands for it.",
        observable="e-folds of kill in metastases of the brain over those in the lung", unit="1", direction=Direction("below", 1.0),
        ablation=Ablation(
            "no barrier, and no shelter by astrocytes", "nothing else sets the brain apart for a drug",
            without=("astrocyte protection", "barrier"),
        ),
        experiment=_brain,
        checks=(
            Check("lung", "kill in the lung", "e-fold"),
            Check("no barrier", "kill in the brain over the lung's, if the brain has no barrier", "1"),
            Check("no astrocytes", "the same, if astrocytes do not shelter", "1"),
            Check("temozolomide", "the same under temozolomide, which passes a shut barrier better", "1"),
        ),
        parameters=("soils.brain.barrier.ceiling", "agents.paclitaxel.barrier_passage: assumed", "host.cells.protection.fold: assumed"),
    ),
)  # fmt: skip
