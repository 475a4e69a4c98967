"""F1, F6, F10: agents against spread, before cells leave and after, and what is left to prevent once a tumour is found."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import diameter
from seedsoil.evidence.bench import Order, cohort, column, counted, lesions_of_each, per_patient
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, ratio
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
#: Doses of these mice are above the daily limit of patients.
_FREE = {"toxicity": {"daily_limit": {"oral": "5 g/m^2"}}}
_BATIMASTAT = {"give": "batimastat", "dose": "30 mg/kg", "every": "1 day"}
#: Metastases from which on a dissection of a mouse finds them, and the eye those of a patient [mm].
_FOUND, _SEEN = 0.5, 2.0
#: What is read as far more: the criterion gives no number for it.
_FAR_MORE = 2.0


def colon_mice(setting: Setting, animals: int, until: str, *without: str) -> Trial:
    """Wang 1994: human colon cancer in the colon of nude mice, batimastat early, late or not at all."""
    arms: dict[str, list[Order]] = {
        "control": [],
        "early": [_BATIMASTAT],
        "late": [_BATIMASTAT | {"start": "21 days"}],
    }
    return cohort(
        setting, animals=animals, tumour="km12sm", host="nude_mouse", until=until, without=without,
        diagnosis={"primary_diameter": "1 mm"}, agents={"batimastat": _FREE},
        arms={name: [*orders, {"scan": "mri", "every": "500 days"}] for name, orders in arms.items()},
    )  # fmt: skip


def _protease(setting: Setting) -> Finding:
    """Primaries, metastases and lives under batimastat, early, late or not at all."""
    animals = setting.animals(20, 60)
    weighed, followed = (
        colon_mice(setting, animals, "28 days", "burden death"),
        colon_mice(setting, animals, "200 days"),
    )
    arms = tuple(weighed.arms)
    weight = {name: _primary(weighed, name) for name in arms}
    spread = {name: _with_metastases(weighed, name) for name in arms}
    lived = {name: column(followed, "patients", "end_day", name) for name in arms}
    return Finding(
        ratio(weight["early"], weight["control"]),
        len(weight["control"]),
        {
            "metastasis": again((spread["early"], spread["control"]), _odds_ratio),
            "metastasis, late start": again((spread["late"], spread["control"]), _odds_ratio),
            "survival": again((lived["early"], lived["control"]), _medians),
            "survival, late start": again((lived["late"], lived["control"]), _medians),
            "early over late, metastasis": again(
                (spread["early"], spread["late"], spread["control"]),
                lambda early, late, none: _times(-math.log(_odds_ratio(early, none)), -math.log(_odds_ratio(late, none))),
            ),
            "early over late, survival": again(
                (lived["early"], lived["late"], lived["control"]),
                lambda early, late, none: _times(_medians(early, none) - 1.0, _medians(late, none) - 1.0),
            ),
        },
        {"mice": {f"{what}, {name}": values[name].tolist() for what, values in
                  (("primary cells", weight), ("metastasis", spread), ("days lived", lived)) for name in arms}},
    )  # fmt: skip


def _primary(trial: Trial, arm: str) -> Floats:
    """Return the cells of each animal's primary at the end."""
    first = column(trial, "lesions", "lesion", arm) == 0
    return np.asarray(column(trial, "lesions", "cells_at_end", arm)[first], dtype=np.float64)


def _with_metastases(trial: Trial, arm: str) -> Floats:
    """Return 1 for each animal in which dissection would find a metastasis, else 0."""
    cells, number = column(trial, "lesions", "cells_at_end", arm), column(trial, "lesions", "lesion", arm)
    large = (np.array([diameter(float(one)) for one in cells]) >= _FOUND) & (number > 0)
    return (lesions_of_each(trial, large, arm) > 0).astype(np.float64)


def _odds_ratio(treated: Floats, control: Floats) -> float:
    """Return the odds ratio of two samples of 0 and 1; half an animal is added to each count."""
    odds = [(one.sum() + 0.5) / ((1.0 - one).sum() + 0.5) for one in (treated, control)]
    return float(odds[0] / odds[1])


def _medians(one: Floats, other: Floats) -> float:
    return float(np.median(one) / np.median(other))


def _times(early: float, late: float) -> float:
    """Return how many times what a late start does an early one does; infinite where a late one does nothing, or harm."""
    return math.inf if late <= 0.0 < early else early / late if late > 0.0 else math.nan


def _conditioned(setting: Setting) -> Finding:
    """Ebos 2009: sunitinib for a week before or after cells are put into a vein."""
    drug = {"give": "sunitinib", "dose": "120 mg/kg", "every": "1 day", "times": 7}
    arms: dict[str, list[Order]] = {"control": [], "before": [drug], "after": [drug | {"start": "8 days"}]}
    trial = cohort(
        setting, animals=setting.animals(20, 60), tumour="pc3mm2", host="nude_mouse", until="36 days",
        agents={"sunitinib": _FREE}, without=("burden death",),
        arms={name: [*orders, {"inject": "1e5 cells", "into": "veins", "at": "7 days"},
                     {"count": "colonies", "at": "35 days", "size": "0.05 mm"}] for name, orders in arms.items()},
    )  # fmt: skip
    number = {name: counted(trial, "colonies", name) for name in arms}
    burden = {name: per_patient(trial, "lesions", "cells_at_end", name) for name in arms}
    return Finding(
        ratio(number["before"], number["control"]),
        len(number["control"]),
        {
            "after": ratio(number["after"], number["control"]),
            "burden, before": ratio(burden["before"], burden["control"]),
            "burden, after": ratio(burden["after"], burden["control"]),
        },
        {"mice": {f"{what}, {name}": values[name].tolist() for what, values in (("colonies", number), ("cells", burden))
                  for name in arms}},
    )  # fmt: skip


def _too_late(setting: Setting) -> Finding:
    """Metastases that were there when the primary was found, and those that metastases shed after."""
    sources: dict[str, Floats] = {}
    checks: dict[str, Figure] = {}
    patients = setting.animals(12, 60)
    for name in ("breast_er_negative", "colon_adenocarcinoma", "melanoma"):
        usual, held = (_excised(setting, name, patients, *without) for without in ((), ("reseeding",)))
        sources[name] = _ledger(usual)
        old = [_from_primary(trial) for trial in (usual, held)]
        checks[f"{name}"] = _secondary(sources[name])
        checks[f"{name}, unchanged"] = Figure.exact(float(old[0].keys() == old[1].keys()))
    joined = np.concatenate(list(sources.values()))
    return Finding(
        _secondary(joined),
        len(joined),
        checks,
        {name: {"metastases of the primary": rows[:, 0].tolist(), "metastases of metastases": rows[:, 1].tolist()}
         for name, rows in sources.items()},
    )  # fmt: skip


def _excised(setting: Setting, tumour: str, patients: int, *without: str) -> Trial:
    """Take primaries out on the day they are found, and follow the patients for six years."""
    return cohort(
        setting, animals=patients, tumour=tumour, host="adult", until="6 years", without=("background death", *without),
        diagnosis={"primary_diameter": "8 mm" if tumour == "melanoma" else "20 mm"},
        arms={"excised": [{"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip


def _ledger(trial: Trial) -> Floats:
    """Return for each patient the visible metastases that the primary shed and those that metastases shed [patients, 2]."""
    cells, mother = column(trial, "lesions", "largest_cells"), column(trial, "lesions", "parent")
    large = np.array([diameter(float(one)) >= _SEEN for one in cells])
    who, rows = column(trial, "lesions", "patient"), trial.plan.patients
    return np.stack([np.bincount(who[large & chosen], minlength=rows) for chosen in (mother == 0, mother > 0)], axis=1)


def _secondary(ledger: Floats) -> Figure:
    """Return the share of metastases that metastases shed."""
    return again((ledger,), lambda one: float(one[:, 1].sum() / one.sum()) if one.sum() > 0 else math.nan)


def _from_primary(trial: Trial) -> dict[tuple[int, int], float]:
    """Return the day on which each lesion of the primary came, by patient and the lesion's identity."""
    mine: Any = (column(trial, "lesions", "parent") == 0) & (column(trial, "lesions", "lesion") > 0)
    who, key = column(trial, "lesions", "patient")[mine], column(trial, "lesions", "key")[mine]
    day = column(trial, "lesions", "arrival_day")[mine]
    return {(int(a), int(b)): float(c) for a, b, c in zip(who, key, day, strict=True)}


CLAIMS = (
    Claim(
        id="F1",
        statement="Agents that block matrix proteases can hinder invasion, and metastasis with it.",
        sources=("wang_1994", "chirivi_1994", "eccles_1996"),
        setup="KM12SM colon carcinoma of 1 mm in the colon of nude mice, batimastat 30 mg/kg a day from then on or from three weeks later; primary "
        "and metastases of 0.5 mm or more after four weeks, and the days that mice live. A tumour of the catalogue stands for that of the study.",
        observable="weight of the primary after four weeks, batimastat over control",
        unit="1",
        band=Band(0.35, 0.65),
        direction=Direction("below", 1.0),
        ablation=Ablation("no cell needs proteases", "batimastat then holds neither growth nor departures", ("proteases",)),
        experiment=_protease,
        checks=(
            Check("metastasis", "odds ratio of a metastasis, batimastat early", "1", Band(0.0, 0.5)),
            Check("metastasis, late start", "the same from three weeks later", "1"),
            Check("survival", "median survival, batimastat early over control", "1"),
            Check("survival, late start", "the same from three weeks later, metastases being there", "1", Band(0.85, 1.15)),
            Check("early over late, metastasis", "fall of the logarithm of the odds of a metastasis, early start over late", "1", Band(_FAR_MORE, math.inf)),
            Check("early over late, survival", "gain in median survival, early start over late", "1", Band(_FAR_MORE, math.inf)),
        ),
        parameters=(
            "tumour.spread.protease_growth: fitted to this study",
            "tumour.spread.protease_dependence",
            "agents.batimastat.blocks.protease.half",
        ),
    ),
    Claim(
        id="F6",
        statement="In some experiments agents against VEGF made metastasis faster.",
        sources=("ebos_2009",),
        setup="Sunitinib 120 mg/kg a day by mouth for seven days to nude mice, 1e5 PC-3MM2 cells into a vein a day after the last dose, or a day before "
        "the first; colonies by microscope four weeks later. The catalogue has no line of the study (a breast cancer).",
        observable="colonies with sunitinib before the cells over those without",
        unit="1",
        direction=Direction("above", 1.0),
        ablation=Ablation("no conditioning of the host", "the agent leaves the walls of other vessels as they are", ("host conditioning",)),
        experiment=_conditioned,
        checks=(
            Check("after", "colonies with sunitinib after the cells over those without", "1"),
            Check("burden, before", "tumour cells, sunitinib before the cells over without", "1"),
            Check("burden, after", "tumour cells, sunitinib after the cells over without", "1"),
        ),
        parameters=(
            "agents.sunitinib.raises.conditioning.maximum: assumed", "agents.sunitinib.raises.conditioning.fading_half_life: assumed",
            "agents.sunitinib.distribution, scaled to the mouse",
        ),
    ),
    Claim(
        id="F10",
        statement="Who prevents metastasis once a cancer is found can at best keep metastases from seeding further ones.",
        sources=("stackpole_1991", "fidler_kripke_2015"),
        setup="Breast and colon cancers of 20 mm and melanomas of 8 mm, taken out on the day they are found, six years without a drug: which metastases "
        "that grew to 2 mm came from the primary, and which from metastases; the same patients with metastases that shed nothing.",
        observable="share of the metastases that metastases shed",
        unit="1",
        band=Band(0.10, 0.60),
        ablation=Ablation("metastases do not seed", "then nothing is left to prevent once the primary is out", ("reseeding",)),
        experiment=_too_late,
        checks=tuple(
            check
            for name in ("breast_er_negative", "colon_adenocarcinoma", "melanoma")
            for check in (
                Check(name, f"the same, {name.replace('_', ' ')}", "1"),
                Check(f"{name}, unchanged", f"1 if the primary's are the same without metastases of metastases, {name.replace('_', ' ')}", "1", Band(1.0, 1.0)),
            )
        ),
        parameters=("tumour.shedding_rate of metastases: the primary's", "tumour.viable_when_shed", "diagnosis.primary_diameter"),
    ),
)  # fmt: skip
