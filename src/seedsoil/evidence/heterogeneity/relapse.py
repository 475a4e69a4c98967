"""E4, E8, E11: a targeted drug against many lesions: how fast each shrinks, which vanish, and what comes back."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, median, share
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
_START, _EVERY, _UNTIL = 14.0, 56.0, "30 months"
#: Cells of a lesion from which on its shrinking is followed, and days on the drug till then.
_FOLLOWED, _ON_DRUG = 1e6, 49.0

#: Share of resistant cells from which on a relapse is theirs.
_THEIRS = 0.9


#: The metastasis that makes a patient's burden that of the study's melanoma patients: 3e10 cells, their median.
_LARGEST = "36 mm"


def _under_the_drug(setting: Setting, patients: int) -> Trial:
    """Melanoma as advanced as in the study, vemurafenib, a scan every eight weeks."""
    return cohort(
        setting, animals=patients, tumour="melanoma", host="adult", until=_UNTIL,
        diagnosis={"primary_diameter": "8 mm", "metastases": 1, "metastasis_diameter": _LARGEST},
        without=("background death",),
        arms={"drug": [
            {"resect": "primary", "at": "0 days"},
            {"give": "vemurafenib", "dose": "960 mg", "every": "12 hours", "start": f"{_START:g} days"},
            {"scan": "ct", "every": f"{_EVERY:g} days", "start": "7 days"},
        ]},
    )  # fmt: skip


def _relapse(setting: Setting) -> Finding:
    """Melanoma with metastases under vemurafenib: who relapses, and with which cells."""
    patients = setting.animals(10, 22)
    trial = _under_the_drug(setting, patients)
    resistant = np.nan_to_num(column(trial, "patients", "resistant_fraction_at_end"))
    progressed = column(trial, "patients", "progressed").astype(bool)
    responded = np.isin(column(trial, "patients", "response"), ("CR", "PR"))
    days = column(trial, "patients", "progression_day")
    return Finding(
        share(int((progressed & (resistant > _THEIRS)).sum()), patients),
        patients,
        {
            "responded": share(int(responded.sum()), patients),
            "resistant share": mean(resistant),
            "months to relapse": median(days[progressed] / 30.44),
        },
        {
            "patients": {
                "progressed": progressed.tolist(),
                "resistant share": resistant.tolist(),
                "progression day": days.tolist(),
            }
        },
    )


def _durable(setting: Setting) -> Finding:
    """The same patients: how long the drug holds, and whether the lesions that vanish are the small ones."""
    patients = setting.animals(10, 22)
    trial = _under_the_drug(setting, patients)
    progressed, days = (column(trial, "patients", name) for name in ("progressed", "progression_day"))
    held = np.where(progressed, days, column(trial, "patients", "end_day")) - _START
    size, gone = _vanishing(trial)
    return Finding(
        median(held / 30.44),
        patients,
        {
            "small ones vanish": again((size, gone), _area),
            "vanished": share(int(gone.sum()), gone.size),
            "relapsed": share(int(np.sum(progressed)), patients),
        },
        {"patients": {"months held": (held / 30.44).tolist(), "progressed": progressed.tolist()},
         "lesions": {"diameter before [mm]": size.tolist(), "vanished": gone.tolist()}},
    )  # fmt: skip


def _vanishing(trial: Trial) -> tuple[Floats, Floats]:
    """Return the diameter of each lesion that the first scan showed [mm], and 1 where a later scan did not show it, else 0."""
    who, day, lesion, size = (
        column(trial, "observations", name) for name in ("patient", "day", "lesion", "diameter_mm")
    )
    looked, when = column(trial, "assessments", "patient"), column(trial, "assessments", "day")
    sizes, gone = [], []
    for patient in range(trial.plan.patients):
        scans = np.unique(when[looked == patient])
        if scans.size < 2:
            continue
        for row in np.flatnonzero((who == patient) & (day == scans[0])):
            later = np.unique(day[(who == patient) & (lesion == lesion[row]) & (day > scans[0])])
            sizes.append(float(size[row]))
            gone.append(float(later.size < scans.size - 1))
    return np.array(sizes), np.array(gone)


def _area(size: Floats, gone: Floats) -> float:
    """Return the chance that a lesion that vanished was smaller than one that stayed."""
    vanished, stayed = size[gone > 0], size[gone == 0]
    if not (vanished.size and stayed.size):
        return math.nan
    lower, level = vanished[:, None] < stayed[None, :], vanished[:, None] == stayed[None, :]
    return float((lower + 0.5 * level).mean())


def _unlike(setting: Setting) -> Finding:
    """How fast each lesion of the patients shrinks in its first seven weeks on the drug."""
    trial = _under_the_drug(setting, setting.animals(6, 22))
    rates: list[float] = []
    for number in range(trial.plan.patients):
        story = trial.patient(number, "drug")
        before, after = (
            story.cells[int(np.searchsorted(story.days, day)) - 1] for day in (_START + 1.0, _START + _ON_DRUG + 1.0)
        )
        followed = (before >= _FOLLOWED) & (after > 0.0)
        rates += (np.log(after[followed] / before[followed]) / _ON_DRUG).tolist()
    declines = -np.array(rates)
    return Finding(
        again((declines,), _spread),
        len(declines),
        {"median": median(-declines), "shrinking": share(int((declines > 0.0).sum()), declines.size)},
        {"lesions": {"net growth on the drug [1/day]": rates}},
    )


def _spread(declines: Floats) -> float:
    """Return the ratio of the tenth and the ninetieth percentile of how fast lesions shrink; infinite where some do not."""
    low, high = np.percentile(declines, (10.0, 90.0))
    return float(high / low) if low > 0.0 else math.inf


_SETUP = (
    "Melanoma with a metastasis of 36 mm or more, 3e10 cells in the median patient, as many as the study's melanoma patients had; vemurafenib "
    "960 mg twice a day, CT every eight weeks for 30 months; as many patients as the study measured in full mode."
)

CLAIMS = (
    Claim(
        id="E4",
        statement="Metastases of one patient or tumour are not alike in how they answer to a drug.",
        sources=("bozic_2013", "talmadge_1983"),
        setup=_SETUP + " Lesions of 1e6 cells or more in their first seven weeks on the drug.",
        observable="ninetieth over tenth percentile of how fast lesions shrink",
        unit="1",
        band=Band(5.0, math.inf),
        ablation=Ablation(
            "lesions alike", "every lesion has as much of the drug as any other, is as sensitive to it and divides as fast",
            ("founder sensitivity", "delivery", "barrier", "founder variation"),
        ),
        experiment=_unlike,
        checks=(
            Check("median", "median net growth on the drug", "1/day", Band(-0.07, -0.01)),
            Check("shrinking", "share of lesions that shrink", "1"),
        ),
        parameters=(
            "tumour.sensitivity_variation: from the decline of 68 lesions",
            "agents.vemurafenib.kill.maximum, agents.vemurafenib.delivery.permeability",
        ),
    ),
    Claim(
        id="E8",
        statement="Under a drug the cells that resist it have the advantage: they outgrow all others, and the patient relapses.",
        sources=("bozic_2013",),
        setup=_SETUP,
        observable="share of patients who relapse with cells of which nine in ten resist the drug",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("no resistance", "no cell comes to resist and none learns to bear the drug", ("resistance", "drug-induced tolerance")),
        experiment=_relapse,
        checks=(
            Check("responded", "share of patients with a response by RECIST", "1"),
            Check("resistant share", "share of resistant cells at the end", "1"),
            Check("months to relapse", "median time to progression of those who relapse", "month"),
        ),
        parameters=("tumour.mechanisms.target.rate", "agents.vemurafenib.kill.maximum"),
    ),
    Claim(
        id="E11",
        statement="Drugs aimed at a gene's product have seldom held a tumour for long.",
        sources=("bozic_2013", "chapman_2011"),
        setup=_SETUP,
        observable="median time to progression on the drug",
        unit="month",
        band=Band(4.0, 10.0),
        ablation=Ablation("no resistance", "no cell comes to resist and none learns to bear the drug", ("resistance", "drug-induced tolerance")),
        experiment=_durable,
        checks=(
            Check("small ones vanish", "chance that a lesion that vanished was smaller than one that stayed", "1", Band(0.8, 1.0)),
            Check("vanished", "share of lesions that a later scan did not show", "1"),
            Check("relapsed", "share of patients who progressed", "1"),
        ),
        parameters=(
            "tumour.mechanisms.target.rate", "agents.vemurafenib.kill.maximum", "tumour.division_rate", "tumour.mechanisms.persister.reversal_rate",
        ),
    ),
)  # fmt: skip
