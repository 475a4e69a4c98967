"""A1: patients like the one the review opens with: liver metastases, a pump in the hepatic artery, response, regrowth."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, column, per_patient
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean, median, share
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.trial import Trial

_MONTH = 365.25 / 12.0
#: A metastasis that counts as regrown: 1e10 cells [mm]; and the days on which the liver is looked at.
_REGROWN = 26.7
_LOOKS = np.arange(28.0, 1820.0, 28.0)


def _pump(setting: Setting) -> Finding:
    """Such patients with a pump and without: when the liver holds much again, how they end, and what has grown."""
    patients = setting.animals(12, 100)
    trial = cohort(
        setting, animals=patients, tumour="colon_adenocarcinoma", host="adult", until="5 years",
        diagnosis={"primary_diameter": "35 mm", "metastases": 10, "metastasis_diameter": "5 mm"},
        vary={"tumour.division_rate": {"cv": 0.1}, "tumour.shedding_rate": {"cv": 1.0}, "tumour.hit_rate": {"cv": 0.5}},
        arms={"none": [{"resect": "primary", "at": "14 days"}],
              "pump": [{"resect": "primary", "at": "14 days"},
                       {"give": "floxuridine", "dose": "2.8 mg/kg", "route": "hepatic_artery", "start": "28 days", "every": "28 days",
                        "duration": "14 days"},
                       {"count": "colonies", "at": [f"{day:g} days" for day in _LOOKS], "size": f"{_REGROWN} mm"}]},
    )  # fmt: skip
    table = trial.tables["patients"]
    untreated, _ = event_times(table, "none")
    end, died = event_times(table, "pump")
    responded = np.isin(column(trial, "patients", "response", "pump"), ("CR", "PR"))
    day = np.where(responded, _regrowth(trial, patients), np.nan)
    again = np.isfinite(day)
    months = day[again] / _MONTH
    ending = again & died
    after = (end - day)[ending] / _MONTH
    resistant = _resisting(trial)
    low, high = (float(np.percentile(months, q)) for q in (10, 90)) if months.size else (math.nan, math.nan)
    none = Figure(math.nan, math.nan, math.nan)
    return Finding(
        median(months) if months.size else none,
        int(months.size),
        {
            "untreated": median(untreated / _MONTH),
            "nadir": median(_nadirs(trial)),
            "responded": share(int(responded.sum()), patients),
            "regrown": share(int(again.sum()), max(1, int(responded.sum()))),
            "death after regrowth": median(after) if after.size else none,
            "resistant": mean(resistant[ending]) if after.size else none,
            "36 months within": Figure.exact(float(low <= 36.0 <= high)),
        },
        {"patients": {"responded": responded.tolist(), "end [months]": (end / _MONTH).tolist(), "died": died.tolist(),
                      "resistant share in the liver": resistant.tolist()},
         "regrowth": {"months": months.tolist()}},
    )  # fmt: skip


def _regrowth(trial: Trial, patients: int) -> NDArray[np.float64]:
    """Return for each patient the first day on which the liver has a metastasis of that size after a day on which it had none; else nan."""
    who, days, numbers, sites = (column(trial, "counts", name, "pump") for name in ("patient", "day", "number", "site"))
    found = np.full(patients, math.nan)
    for patient in range(patients):
        there = (who == patient) & (sites == "liver")
        held = np.array([numbers[there & (days == day)].sum() for day in _LOOKS])
        again = np.flatnonzero((held[1:] > 0) & (np.minimum.accumulate(held)[:-1] == 0))
        if again.size:
            found[patient] = _LOOKS[1:][again[0]]
    return found


def _resisting(trial: Trial) -> NDArray[np.float64]:
    """Return how many of the cells in each liver resist at the end: those of the body, nearly all of which lie there, over the liver's."""
    share = np.nan_to_num(column(trial, "patients", "resistant_fraction_at_end", "pump"))
    body, liver = (per_patient(trial, "lesions", "cells_at_end", "pump", among) for among in (None, {"site": "liver"}))
    return np.asarray(np.minimum(1.0, share * body / np.maximum(liver, 1.0)))


def _nadirs(trial: Trial) -> list[float]:
    """Return the least volume that scans of each patient with a pump showed, over that of the first: sums of diameters, cubed."""
    who, sums = (column(trial, "assessments", name, "pump") for name in ("patient", "target_sum_mm"))
    found = []
    for patient in np.unique(who):
        seen = sums[who == patient]
        seen = seen[np.isfinite(seen)]
        if seen.size > 1 and seen[0] > 0.0:
            found.append(float((seen.min() / seen[0]) ** 3))
    return found


CLAIMS = (
    Claim(
        id="A1",
        statement="A patient whose liver metastases answered to a pump in the hepatic artery fell ill again after three years, with a tumour "
        "that resisted, and died within months.",
        sources=("fidler_kripke_2015", "stangl_1994"),
        setup="Colon cancers with ten metastases of 5 mm or more; the primary taken out, floxuridine into the hepatic artery for 14 of every 28 "
        "days, or nothing more; five years. Regrown is a liver that has a metastasis of 1e10 cells (27 mm) again; response by CT.",
        observable="time from diagnosis to regrowth, median of those who responded and regrew",
        unit="month",
        band=Band(24.0, 48.0),
        ablation=Ablation("no resistance", "nothing resists the drug and nothing learns to bear it: what responds does not "
        "come back", ("resistance", "drug-induced tolerance")),
        experiment=_pump,
        checks=(
            Check("untreated", "survival without the pump, median", "month", Band(0.0, 9.0)),
            Check("nadir", "least volume under the pump over that before, median patient", "1", Band(0.0, 0.5)),
            Check("responded", "share of patients with a response by RECIST", "1"),
            Check("regrown", "share of those who responded whose liver metastases grew again within five years", "1"),
            Check("death after regrowth", "from regrowth to death, median", "month", Band(2.0, 8.0)),
            Check("resistant", "share of the cells in the liver that resist at the death of those who regrew", "1", Band(0.9, 1.0)),
            Check("36 months within", "1 if 36 months lie in the middle 80 % of times to regrowth", "1", Band(1.0, 1.0)),
        ),
        parameters=("agents.floxuridine.kill.maximum", "tumour.mechanisms.*.rate", "host.burden_hazard"),
        dispute="In trials of such pumps half or nearly all respond, and half live 18 to 24 months: the patient of the review did better than most. The "
        "shipped study opening_patient asks when a scan first shows progression (16 months), not when 1e10 cells are back in one metastasis.",
    ),
)  # fmt: skip
