"""G13, G15: lymphocytes and macrophages that are roused: what they clear, and how much of it is too much."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import Order, cohort, column
from seedsoil.evidence.cascade.patients import SPREAD
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean, share
from seedsoil.evidence.vasculature.mice import orthotopic, spread
from seedsoil.trial.trial import Trial

#: Cells of a metastasis that the eye sees (0.1 mm).
_SEEN = 524.0


def _lymphocytes(setting: Setting) -> Finding:
    """High doses of interleukin 2 in melanoma with metastases: complete responses, and what relapses."""
    patients = setting.animals(20, 134)
    courses = [
        {"give": "interleukin_2", "dose": "0.044 mg/kg", "every": "8 hours", "times": 14, "start": start}
        for start in ("14 days", "28 days", "84 days", "98 days")
    ]
    trial = cohort(
        setting, animals=patients, tumour="melanoma", host="adult", until="12 months",
        diagnosis={"primary_diameter": "8 mm", "metastases": 1, "metastasis_diameter": "15 mm"},
        without=("background death",),
        arms={"interleukin": [{"resect": "primary", "at": "0 days"}, *courses,
                              {"scan": "ct", "every": "56 days", "start": "7 days"}]},
    )  # fmt: skip
    response = column(trial, "patients", "response")
    complete, partial = response == "CR", response == "PR"
    return Finding(
        share(int(complete.sum()), patients),
        patients,
        {
            "partial": share(int(partial.sum()), patients),
            "antigen lost": mean(np.nan_to_num(column(trial, "patients", "resistant_fraction_at_end"))),
        },
        {"patients": {"response": [str(one) for one in response]}},
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
    }
    if not setting.ablated:
        checks["trial"] = _children(setting)
    return Finding(figure, mice, checks)


def _children(setting: Setting) -> Figure:
    """Hazard ratio of death in osteosarcoma after surgery and chemotherapy, with mifamurtide against without."""
    chemotherapy: list[Order] = [
        {"resect": "primary", "at": "0 days"},
        {"give": "doxorubicin", "dose": "75 mg/m^2", "every": "35 days", "times": 6, "start": "14 days"},
        {"give": "cisplatin", "dose": "120 mg/m^2", "every": "35 days", "times": 4, "start": "14 days"},
    ]
    liposomes: list[Order] = [
        {"give": "mifamurtide", "dose": "2 mg/m^2", "every": "84 hours", "times": 24, "start": "14 days"},
        {"give": "mifamurtide", "dose": "2 mg/m^2", "every": "7 days", "times": 24, "start": "98 days"},
    ]
    trial = cohort(
        setting, animals=setting.animals(20, 331), tumour="osteosarcoma", host="adult", until="6 years", vary=SPREAD,
        diagnosis={"primary_diameter": "60 mm"}, without=("background death",),
        arms={"chemotherapy": chemotherapy, "liposomes": [*chemotherapy, *liposomes]},
    )  # fmt: skip
    found = trial.compare("liposomes", "chemotherapy")
    return Figure(found.hazard_ratio, found.low, found.high)


CLAIMS = (
    Claim(
        id="G13",
        statement="Roused lymphocytes can do much against metastases in some organs.",
        sources=("rosenberg_1994",),
        setup="Melanoma with a metastasis of 15 mm or more, the primary taken out; interleukin 2 at 720000 IU/kg every 8 hours, 14 "
        "times, two weeks apart, twice; CT every eight weeks for a year; 134 patients in full mode.",
        observable="share of patients with a complete response",
        unit="1",
        band=Band(0.03, 0.15),
        ablation=Ablation("no lymphocyte kills", "there is nothing to be roused", ("lymphocytes",)),
        experiment=_lymphocytes,
        checks=(
            Check("partial", "share of patients with a partial response", "1"),
            Check("antigen lost", "share of resistant cells at the end", "1"),
        ),
        parameters=("tumour.visibility.antigen", "host.cells.immunity.kill_rate", "agents.interleukin_2.raises.lymphocyte.maximum"),
    ),
    Claim(
        id="G15",
        statement="Liposomes with a muramyl peptide wake macrophages, and cleared what osteosarcoma had left in the lungs of children.",
        sources=("fidler_1981", "key_1982", "meyers_2008", "chou_2009"),
        setup="B16-F10 in the skin of mice, taken out at 1, 1.5 or 2 mm (there were more millimetres in the study, but here these "
        "have as many metastases); from day 3 mifamurtide 2 mg/m2 twice a week for four weeks or none; 20 to 40 mice, 90 "
        "days. Osteosarcoma of 60 mm in patients who differ, resected, doxorubicin and cisplatin, with mifamurtide twice a week for "
        "12 weeks and weekly for 24 or without; 662 patients in full mode.",
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
