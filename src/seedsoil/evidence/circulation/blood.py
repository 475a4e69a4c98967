"""C1, C2, C3, C8: how many cells a tumour gives to the blood, how long they are there, and what a tube of blood foretells."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.journey.anatomy import blood_flow
from seedsoil.biology.patient import Host
from seedsoil.catalogue.load import entry
from seedsoil.evidence.bench import Order, cohort, column
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import mean, ratio, share
from seedsoil.observe.blood import RECOVERY, passing, traced
from seedsoil.trial.compare import compare_arms
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]

#: Cells of a gram, and seconds and hours of a day.
_GRAM, _SECONDS, _HOURS = 1e9, 86400.0, 24.0
#: How patients of one cancer differ, as in the shipped study.
_VARY = {"tumour.division_rate": {"cv": 0.1}, "tumour.shedding_rate": {"cv": 1.0}}
_CLASS = "tumour.traces.passing_share: cells that no bed holds"
#: A rodent's tumour that lives on a hormone, as the woman's does but that its cells die without (kyprianou_1990: half in two
#: weeks), and the end of the hormone: ten times the dose that takes 95 % of it from a woman.
_DEPENDENT = {"hormone": "oestrogen", "division": "0.92", "death": "0.03 /day", "vegf": "0.5"}
_WITHDRAWN: Order = {"give": "letrozole", "dose": "2.5 mg/kg", "every": "1 day", "start": "0 days"}


def _rats(setting: Setting, animals: int, size: str, orders: Sequence[Order]) -> Trial:
    """Animals with a mammary carcinoma of this size that lives on a hormone, over the two weeks in which it halves without."""
    bare = ("hypoxia",) if setting.ablated else ()
    return cohort(
        setting, animals=animals, tumour={"is": "breast_er_negative", "endocrine": dict(_DEPENDENT)}, host="mouse", until="14.1 days",
        diagnosis={"primary_diameter": size}, without=("burden death", "metastasis", *bare), arms={"rats": list(orders)},
    )  # fmt: skip


def _shed(setting: Setting) -> Finding:
    """Butler and Gullino 1975: cells in a mL of blood that leaves a mammary tumour, times its flow, over the tumour's mass."""
    animals = setting.animals(8, 20)
    tube = {"draw": "1 mL", "from": "breast", "assay": ["ctc_size"]}
    trial = _rats(setting, animals, "17 mm", [{**tube, "start": "0 days"}])
    growing = _per_gram(trial, column(trial, "lesions", "cells_at_diagnosis"))
    if setting.ablated:
        return Finding(mean(growing), animals)
    shrunk = _rats(setting, animals, "20 mm", [_WITHDRAWN, {**tube, "start": "14 days"}])
    left = column(shrunk, "lesions", "cells_at_end")
    regressing = _per_gram(shrunk, left)
    stories = [trial.patient(animal, "rats") for animal in range(min(animals, 3))]
    lack = float(np.mean([story.hypoxia[story.days <= 0.0, 0][-1] for story in stories]))
    tumour = trial.plan.patient.tumour
    dying = float(tumour.death_rate) + float(tumour.hypoxic_death_rate) * lack
    leaving = growing / _GRAM
    return Finding(
        mean(growing),
        animals,
        {
            "regressing over growing": ratio(regressing, growing),
            "share of cell loss": mean(leaving / (leaving + dying)),
            "cells left": ratio(left, column(shrunk, "lesions", "cells_at_diagnosis")),
        },
        {"animals": {"growing [cells/g/day]": growing.tolist(), "regressing [cells/g/day]": regressing.tolist()}},
    )


def _per_gram(trial: Trial, cells: Floats) -> Floats:
    """Return the cells that leave a gram in a day, by the tube from the tumour's vein [animals]."""
    host: Host = trial.plan.patient.host
    flow = blood_flow(host.anatomy, "left_heart", float(host.cardiac_output))[host.anatomy.index("breast")]
    caught = column(trial, "blood", "cells")
    return np.asarray(caught * 1e3 * flow / float(RECOVERY["ctc_size"]) / (cells / _GRAM))


def _foretell(setting: Setting) -> Finding:
    """Cristofanilli 2004 and Meng 2004: a tube before treatment of metastases, and one years after a mastectomy."""
    patients = setting.animals(30, 177)
    tube = {"draw": "7.5 mL", "from": "muscle", "assay": ["ctc"]}
    ill = cohort(
        setting, animals=patients, tumour="breast_er_negative", host="adult", until="15 months", vary=_VARY,
        diagnosis={"primary_diameter": "25 mm", "metastases": 1, "metastasis_diameter": "10 mm"},
        without=("background death",), arms={"tube": [{**tube, "start": "0 days"}]},
    )  # fmt: skip
    cells = column(ill, "blood", "cells")
    many = cells >= 5.0
    days, died = event_times(ill.tables["patients"], "tube")
    hazard = _hazard(days, died, many)
    if setting.ablated:
        return Finding(hazard, patients)
    well = setting.animals(12, 60)
    quiet = cohort(
        setting, animals=well, tumour="breast_er_positive", host="adult", until="12 years", vary=_VARY,
        diagnosis={"primary_diameter": "20 mm"}, without=("background death",),
        arms={"tube": [{"resect": "primary", "at": "14 days"}, {**tube, "start": "8 years"}]},
    )  # fmt: skip
    dormant = np.flatnonzero(~column(quiet, "patients", "progressed").astype(bool))
    theirs = np.isin(column(quiet, "blood", "patient"), dormant)
    found = column(quiet, "blood", "cells")[theirs] >= 1.0
    return Finding(
        hazard,
        patients,
        {
            "two or more": share(int((cells >= 2.0).sum()), patients),
            "five or more": share(int(many.sum()), patients),
            "dormant with cells": share(int(found.sum()), int(found.size)),
        },
        {"patients": {"cells in 7.5 mL": cells.tolist(), "days": days.tolist(), "died": died.tolist()}},
    )


def _hazard(days: Floats, died: NDArray[np.bool_], many: NDArray[np.bool_]) -> Figure:
    """Return the hazard ratio of those with many cells; nan where a group is empty or nobody died."""
    if not many.any() or many.all():
        return Figure(math.nan, math.nan, math.nan)
    found = compare_arms(
        days[many], died[many], days[~many], died[~many], arm="many", versus="few", endpoint="survival"
    )
    return Figure(found.hazard_ratio, found.low, found.high)


def _benign(setting: Setting) -> Finding:
    """Pantel 2012: adenomas of 10 mm in inflamed bowels, whose cells cannot settle, and two assays of a tube from the arm."""
    patients = setting.animals(80, 212)
    held = {"traces": {"passing_share": "0"}} if setting.ablated else {}
    trial = cohort(
        setting, animals=patients, tumour={"is": "colon_adenocarcinoma", **held}, host="adult", until="1 day", vary=_VARY,
        soils={"colon": {"residents": {"inflammation": "1"}}}, diagnosis={"primary_diameter": "10 mm"}, without=("metastasis", "background death"),
        arms={assay: [{"draw": "7.5 mL", "from": "muscle", "assay": [assay], "start": "0 days"}] for assay in ("ctc", "ctc_size")},
    )  # fmt: skip
    antibody, size = (column(trial, "blood", "cells", assay) >= 1.0 for assay in ("ctc", "ctc_size"))
    founded = int((column(trial, "lesions", "lesion") > 0).sum())
    return Finding(
        share(int(antibody.sum()), patients),
        patients,
        {"second assay": share(int(size.sum()), patients), "metastases": Figure.exact(founded)},
        {"patients": {"by antibody": antibody.tolist(), "by size": size.tolist()}},
    )


def _clearance(setting: Setting) -> Finding:
    """Two half-lives of one circulation: tubes from the arm after surgery, and cells in the blood over cells shed."""
    hours = np.array([1.0, 2.0, 4.0])
    slope = _after_surgery(setting.ablated, hours)
    mouse, _, present = _present("mouse", "breast_er_negative", setting.ablated)
    _, efferent, arterial = _present("adult", "breast_er_positive", setting.ablated)
    return Finding(
        Figure.exact(slope),
        1,
        {
            "exchange in mice": Figure.exact(math.log(2.0) * present * mouse * _SECONDS),
            "vein over artery": Figure.exact(efferent / arterial),
        },
    )


def _present(host_name: str, tumour_name: str, held: bool) -> tuple[float, float, float]:
    """Return the blood's volume [L], and cells in a litre for one shed a day, in the tumour's vein and the great artery [day/L]."""
    host, tumour = entry("hosts", host_name), entry("tumours", tumour_name)
    traces, blood, _ = traced(tumour, host)
    slips = 0.0 if held else float(traces.passing_share)
    home = host.anatomy.index("breast")
    both = [passing(tumour, host, needle)[:, home] for needle in ("breast", "")]
    vein, artery = ((1.0 - slips) * float(ways[0]) + slips * float(ways[1]) for ways in both)
    return float(blood.volume) * 1e-3, vein, artery


def _after_surgery(held: bool, hours: Floats) -> float:
    """Return the half-life by tubes of an arm vein some hours after the tumour is out [h]; nan if they hold nothing.

    By then what beds hold is gone, for it lives for one round of the blood; what slips through is cleared.
    """
    host, tumour = entry("hosts", "adult"), entry("tumours", "breast_er_positive")
    traces, blood, _ = traced(tumour, host)
    slips = 0.0 if held else float(traces.passing_share)
    home, rounds = (
        host.anatomy.index("breast"),
        hours / _HOURS / (float(blood.volume) * 1e-3 / float(host.cardiac_output)),
    )
    ways = passing(tumour, host, "muscle")[:, home]
    kept = (1.0 - slips) * ways[0] * np.exp(-rounds)
    level = kept + slips * ways[1] * np.exp(-math.log(2.0) * hours / _HOURS / float(traces.clearance_half_life))
    if level[0] < 1e-12:
        return math.nan
    return float(-math.log(2.0) / np.polyfit(hours, np.log(level), 1)[0])


CLAIMS = (
    Claim(
        id="C1",
        statement="A gram of tumour can give more than a million cells to the blood in a day.",
        sources=("butler_gullino_1975",),
        setup="Mammary carcinomas of 17 mm (2.6 g) in mice, for rats are not in the catalogue, that live on oestrogen (for mammotropin); "
        "1 mL of the blood that leaves the tumour's organ, cells by size over what the assay shows, times the flow. The same of "
        "tumours of 20 mm (4.2 g) after two weeks without the hormone (letrozole), when half is left: both within the 2 to 4 g of the study.",
        observable="cells that a growing tumour sheds",
        unit="/g/day",
        band=Band(1e6, 6e6),
        ablation=Ablation("no vessels", "a tumour that lives without vessels, for lack of oxygen does nothing to it, has no "
        "way into the blood", ("sprouting", "co-option")),
        experiment=_shed,
        checks=(
            Check("regressing over growing", "the same of tumours that shrink over those that grow", "1", Band(0.8, 1.6)),
            Check("share of cell loss", "share of all cells lost that the blood takes", "1", Band(0.0, 0.05)),
            Check("cells left", "cells after treatment over cells before", "1"),
        ),
        parameters=("tumour.shedding_rate: measured in these tumours", "tumour.endocrine.vegf", "vessels.mature_leak, and the density of immature vessels"),
    ),
    Claim(
        id="C2",
        statement="Many patients have circulating tumour cells; what these foretell is not settled.",
        sources=("cristofanilli_2004", "allard_2004", "meng_2004"),
        setup="Breast cancer with a metastasis of 10 mm or more, 7.5 mL from an arm on the day of diagnosis, five cells or more against fewer, "
        "followed for 15 months (177 patients in full mode); women free of disease eight years after a mastectomy and ever after, one cell "
        "or more.",
        observable="hazard of death with five cells or more over fewer",
        unit="1",
        band=Band(1.5, 3.0),
        direction=Direction("above", 1.0),
        ablation=Ablation("tumour does not kill", "cells in a tube tell of a burden: where nobody dies of that, they tell nothing", ("burden death",)),
        experiment=_foretell,
        checks=(
            Check("two or more", "share of metastatic patients with two cells or more", "1"),
            Check("five or more", "share of metastatic patients with five cells or more", "1"),
            Check("dormant with cells", "share with a cell of women who never relapse", "1", Band(0.25, 1.0)),
        ),
        parameters=(_CLASS, "tumour.traces.epithelial_share"),
    ),
    Claim(
        id="C3",
        statement="Cells that pass for circulating tumour cells are found in benign disease of the colon.",
        sources=("pantel_2012",),
        setup="A source that sheds and cannot settle, 10 mm wide (an adenoma, for which the catalogue's carcinoma stands), in a colon that is "
        "inflamed, as where the study found cells most often; 7.5 mL "
        "from an arm, one cell or more, by an antibody and, for the second assay, by size; 80 patients, in full mode 212.",
        observable="share of patients with a cell by the antibody",
        unit="1",
        band=Band(0.043, 0.23),
        direction=Direction("above", 0.0),
        ablation=Ablation("all cells are held", "no cell slips through capillary beds, and those that beds hold do not come to an arm"),
        experiment=_benign,
        checks=(
            Check("second assay", "share with a cell by the second assay", "1", Band(0.094, 0.32)),
            Check("metastases", "metastases of all patients", "lesion", Band(0.0, 0.0)),
        ),
        parameters=(_CLASS, "diagnosis.primary_diameter: published patients had all kinds of benign disease"),
    ),
    Claim(
        id="C8",
        statement="Cells in the blood do not foretell metastasis, for they are cleared within hours.",
        sources=("meng_2004", "butler_gullino_1975", "hamza_2021"),
        setup="By the law of the circulation: tubes from an arm 1, 2 and 4 h after a breast cancer is out; in mice, cells in the arteries over "
        "cells shed, which is what an exchange of blood between two animals measures.",
        observable="half-life of circulating cells in patients",
        unit="h",
        band=Band(1.0, 2.4),
        direction=Direction("below", 24.0),
        ablation=Ablation("all cells are held", "no cell slips through capillary beds: an hour after surgery there is none"),
        experiment=_clearance,
        checks=(
            Check("exchange in mice", "half-life by exchange of blood in mice, against 40 to 260 s that were measured", "s"),
            Check("vein over artery", "cells in the tumour's vein over those in arteries, in patients", "1"),
        ),
        parameters=("tumour.traces.clearance_half_life: an input", _CLASS),
        dispute="Hours after surgery in patients, 40 to 260 s by exchange of blood in mice: two definitions, which one rate cannot meet. What "
        "surgery leaves for hours are the few cells that slip through all beds; an exchange sees all cells, most of which live for one round. "
        "Of these the model makes seconds, for it has no class of cells that lives for minutes: the figure in mice is reported, and not judged.",
    ),
)  # fmt: skip
