"""G13, G15: lymphocytes and macrophages that are roused: what they clear, and how much of it is too much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import Order, cohort, column
from seedsoil.evidence.cascade.patients import SPREAD
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, hazard_ratio, mean, share
from seedsoil.evidence.vasculature.mice import orthotopic, spread
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
#: Shares of the patients that one stands for, and how far melanomas differ in mutations.
_CLASSES, _NINETIETH_OVER_TENTH = 20, 30.0
#: Antigen [1] up to which a melanoma outgrows the lymphocytes at its surface; of 200 with 0.07 none was ever found.
_OUTGROWN = 0.06
#: Courses of interleukin 2 at most, of two cycles each, in those whose tumours have not grown.
_COURSES = 5
#: Cells of a metastasis that the eye sees (0.1 mm).
_SEEN = 524.0


def _antigens() -> list[float]:
    """Antigen of a melanoma in twenty patients who stand for all [1]: the middles of twenty equal shares of them.

    It goes with the mutations of a melanoma, of which there are thirty times as many at the ninetieth percentile as at the
    tenth: a lognormal of as wide a spread, its mean the catalogue's, cut where tumours no longer outgrow lymphocytes.
    """
    normal, antigen = NormalDist(), entry("tumours", "melanoma").visibility
    assert antigen is not None
    width = math.log(_NINETIETH_OVER_TENTH) / (2.0 * normal.inv_cdf(0.9))
    middle = math.log(float(antigen.antigen)) - 0.5 * width * width
    patients = normal.cdf((math.log(_OUTGROWN) - middle) / width)
    return [math.exp(middle + width * normal.inv_cdf((place + 0.5) / _CLASSES * patients)) for place in range(_CLASSES)]


def _driven(setting: Setting, antigen: float, patients: int) -> Trial:
    """Melanoma of so much antigen with metastases, interleukin 2 until one grows, a scan every eight weeks."""
    courses = [
        {
            "give": "interleukin_2",
            "dose": "0.044 mg/kg",
            "every": "8 hours",
            "times": 14,
            "start": f"{start} days",
            "until": "progression",
        }
        for course in range(_COURSES)
        for start in (14 + 70 * course, 28 + 70 * course)
    ]
    return cohort(
        setting, animals=patients, tumour={"is": "melanoma", "visibility": {"antigen": antigen}}, host="adult", until="24 months",
        diagnosis={"primary_diameter": "8 mm", "metastases": 1, "metastasis_diameter": "15 mm"},
        without=("background death",),
        arms={"interleukin": [{"resect": "primary", "at": "0 days"}, *courses,
                              {"scan": "ct", "every": "56 days", "start": "7 days"}]},
    )  # fmt: skip


def _hidden(trial: Trial) -> Floats:
    """Return, for each patient, the share of all cells at the end that lymphocytes no longer see; nan without cells."""
    cells, lost = np.zeros((2, trial.plan.patients))
    number, resistance = column(trial, "clones", "cells_at_end"), column(trial, "clones", "resistance")
    who, blind = column(trial, "clones", "patient"), np.array(["antigen_loss" in str(one) for one in resistance])
    np.add.at(cells, who, number)
    np.add.at(lost, who[blind], number[blind])
    hidden: Floats = np.divide(lost, cells, out=np.full(cells.size, np.nan), where=cells > 0.0)
    return hidden


def _two_kinds(cells: Floats) -> float:
    """Return Sarle's coefficient of the logarithm of cells, (skewness^2 + 1) / kurtosis: above 5/9 there are two kinds."""
    size = np.log10(1.0 + cells)
    if np.ptp(size) == 0.0:
        return math.nan
    away = (size - size.mean()) / size.std()
    return float(((away**3).mean() ** 2 + 1.0) / (away**4).mean())


def _lymphocytes(setting: Setting) -> Finding:
    """High doses of interleukin 2 in melanoma with metastases: responses that last, and what relapses."""
    of_each = max(1, round(setting.animals(40, 140) / _CLASSES))
    trials = [
        _driven(replace(setting, seed=setting.seed + place), antigen, of_each)
        for place, antigen in enumerate(_antigens())
    ]
    response, progressed, left, hidden = (
        np.concatenate([read(trial) for trial in trials])
        for read in (
            lambda trial: column(trial, "patients", "response"),
            lambda trial: column(trial, "patients", "progressed").astype(bool),
            lambda trial: column(trial, "patients", "metastatic_cells_at_end"),
            _hidden,
        )
    )
    patients, complete, partial = len(response), response == "CR", response == "PR"
    relapsed = hidden[(complete | partial) & ~np.isnan(hidden)]
    return Finding(
        share(int((complete & ~progressed).sum()), patients),
        patients,
        {
            "complete": share(int(complete.sum()), patients),
            "partial": share(int(partial.sum()), patients),
            "two kinds": again((left,), _two_kinds),
            "antigen lost": mean(relapsed),
        },
        {
            "patients": {
                "antigen": np.repeat(_antigens(), of_each).tolist(),
                "response": [str(one) for one in response],
                "progressed": progressed.tolist(),
                "cells at the end": left.tolist(),
                "unseen share": hidden.tolist(),
            }
        },
    )


def woken_mice(setting: Setting, mice: int, size: str) -> Trial:
    """Mice whose B16-F10 primary is taken out when it has this size; liposomes that wake macrophages from day 3, or none."""
    out = {"resect": "primary", "at": "0 days"}
    woken = {"give": "mifamurtide", "dose": "2 mg/m^2", "every": "84 hours", "times": 8, "start": "3 days"}
    return orthotopic(
        setting, mice, "b16_f10", "90 days", {"none": [out], "woken": [out, woken]}, size=size, host="mouse"
    )


def free_of_metastases(trial: Trial, arm: str) -> NDArray[np.bool_]:
    """Return, for each mouse of an arm, whether the eye finds no metastasis at its end."""
    return np.asarray(spread(trial, arm, _SEEN) == 0)


def _macrophages(setting: Setting) -> Finding:
    """Liposomes that wake macrophages, after the primary is out: mice free of metastases, and patients who live."""
    mice = setting.animals(20, 40)
    free, alive = {}, {}
    for size in ("1 mm", "1.5 mm", "2 mm"):
        trial = woken_mice(setting, mice, size)
        for arm in trial.arms:
            free[size, arm] = share(int(free_of_metastases(trial, arm).sum()), mice)
            alive[size, arm] = share(int(column(trial, "patients", "alive", arm).sum()), mice)
    figure = free["1 mm", "woken"]
    checks = {
        "untreated": free["1 mm", "none"],
        "alive": alive["1 mm", "woken"],
        "alive, untreated": alive["1 mm", "none"],
        "larger": alive["1.5 mm", "woken"],
        "largest": alive["2 mm", "woken"],
        "free, 1.5 mm": free["1.5 mm", "woken"],
        "free, 2 mm": free["2 mm", "woken"],
        "falling": Figure.exact(float(_falls([free[size, "woken"].value for size in ("1 mm", "1.5 mm", "2 mm")]))),
    }
    if not setting.ablated:
        checks["trial"] = _children(setting)
    return Finding(figure, mice, checks)


def _falls(shares: Sequence[float]) -> bool:
    """Say whether no share is above the one before it, and the last is below the first."""
    return all(later <= before for before, later in pairwise(shares)) and shares[-1] < shares[0]


def _children(setting: Setting) -> Figure:
    """Hazard ratio of death in osteosarcoma after surgery and chemotherapy, with mifamurtide against without."""
    chemotherapy: list[Order] = [
        {"resect": "primary", "at": "70 days"},
        *_weekly("doxorubicin", "75 mg/m^2", 1, (0, 5, 12, 17, 22, 27)),
        *_weekly("cisplatin", "120 mg/m^2", 1, (0, 5, 12, 17)),
        *_weekly("methotrexate", "12000 mg/m^2", 2, (3, 8, 15, 20, 25, 30)),
    ]
    liposomes: list[Order] = [
        {"give": "mifamurtide", "dose": "2 mg/m^2", "every": "84 hours", "times": 24, "start": "84 days"},
        {"give": "mifamurtide", "dose": "2 mg/m^2", "every": "7 days", "times": 24, "start": "168 days"},
    ]
    trial = cohort(
        setting, animals=setting.animals(20, 331), tumour="osteosarcoma", host="adult", until="6 years", vary=SPREAD,
        diagnosis={"primary_diameter": "60 mm"}, without=("background death",),
        arms={"chemotherapy": chemotherapy, "liposomes": [*chemotherapy, *liposomes]},
    )  # fmt: skip
    table = trial.tables["patients"]
    # In fast mode there are arms in which nobody dies: Firth's likelihood has a ratio there too.
    return hazard_ratio([(*event_times(table, "liposomes"), *event_times(table, "chemotherapy"))])


def _weekly(agent: str, dose: str, times: int, weeks: Sequence[int]) -> list[Order]:
    """Return the orders that give an agent, so many times a week apart, from each of these weeks on."""
    return [
        {"give": agent, "dose": dose, "every": "7 days", "times": times, "start": f"{7 * week} days"} for week in weeks
    ]


CLAIMS = (
    Claim(
        id="G13",
        statement="Roused lymphocytes can do much against metastases in some organs.",
        sources=("rosenberg_1994", "lawrence_2013"),
        setup="Melanoma with a metastasis of 15 mm or more, the primary taken out; interleukin 2 at 720000 IU/kg every 8 hours, 14 times, "
        "and so again two weeks later, up to five such courses while nothing grows; CT every eight weeks for two years. Patients differ in "
        "antigen as melanomas do in mutations, thirtyfold from the tenth percentile to the ninetieth, in twenty classes; 140 patients in "
        "full mode.",
        observable="share of patients with a complete response that lasts for two years",
        unit="1",
        band=Band(0.03, 0.15),
        ablation=Ablation(
            "none in the depth", "lymphocytes that kill at the surface alone never clear what has grown", ("lymphocyte infiltration",)
        ),
        experiment=_lymphocytes,
        checks=(
            Check("two kinds", "Sarle's coefficient of what is left after two years", "1", Band(5.0 / 9.0, 1.0)),
            Check("antigen lost", "share of cells without antigen at the end, in those who responded", "1", Band(0.5, 1.0)),
            Check("complete", "share of patients with a complete response", "1"),
            Check("partial", "share of patients with a partial response", "1"),
        ),
        parameters=(
            "tumour.visibility.antigen", "host.cells.infiltration.entry", "host.cells.infiltration.expansion",
            "host.cells.infiltration.targets", "agents.interleukin_2.raises.infiltration.maximum",
        ),
    ),
    Claim(
        id="G15",
        statement="Liposomes with a muramyl peptide wake macrophages, and cleared what osteosarcoma had left in the lungs of children.",
        sources=("fidler_1981", "key_1982", "meyers_2008", "chou_2009"),
        setup="B16-F10 in the skin of mice, taken out at 1, 1.5 or 2 mm (there were more millimetres in the study, but here these "
        "have as many metastases); from day 3 mifamurtide 2 mg/m² twice a week for four weeks or none; 20 to 40 mice, 90 "
        "days. Osteosarcoma of 60 mm in patients who differ: doxorubicin, cisplatin and methotrexate, resection in week 10, the same "
        "three again, from week 12 on with mifamurtide twice a week for 12 weeks and weekly for 24 or without; 662 in full mode.",
        observable="share of treated mice free of visible metastases on day 90",
        unit="1",
        band=Band(0.55, 0.90),
        direction=Direction("above", 0.0),
        ablation=Ablation("macrophages do nothing", "there is nothing to be woken", ("macrophages",)),
        experiment=_macrophages,
        checks=(
            Check("untreated", "the same, untreated", "1", Band(0.0, 0.1)),
            Check("trial", "hazard ratio of death in osteosarcoma, with mifamurtide against without", "1", Band(0.52, 0.96)),
            Check("alive", "share of treated mice alive on day 90", "1"),
            Check("alive, untreated", "share of untreated mice alive on day 90", "1"),
            Check("falling", "1 if larger primaries leave no more treated mice free, and the largest leave fewer", "1", Band(1.0, 1.0)),
            Check("free, 1.5 mm", "share of treated mice free of visible metastases, primary of 1.5 mm", "1"),
            Check("free, 2 mm", "share of treated mice free of visible metastases, primary of 2 mm", "1"),
            Check("larger", "share of treated mice alive on day 90, primary of 1.5 mm", "1"),
            Check("largest", "share of treated mice alive on day 90, primary of 2 mm", "1"),
        ),
        parameters=(
            "host.cells.immunity.kill_rate of mice: fitted to Fidler 1981",
            "host.cells.immunity.macrophage_gain",
            "host.cells.immunity.half_size",
            "soils.lung.residents.macrophages",
        ),
        dispute="The review speaks of cure. The trial found longer lives (six years: 78 for 70 %), and in those with metastases the gain "
        "was within chance; survival is tested, and not cure.",
    ),
)  # fmt: skip
