"""B6, B7, B9: cells on their way out of a tumour and out of the blood: proteases, clusters, and capillary beds."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, column, lesions_of_each
from seedsoil.evidence.cascade.portal import label, let_go, steps_of
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, mean, ratio
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]

_INHIBITOR_DOSES = (0.0, 1.0, 10.0, 100.0, 1350.0)


def _proteases(setting: Setting) -> Finding:
    """Cells in the blood that leaves a mammary tumour, after a week with more and more of an inhibitor of proteases."""
    animals = setting.animals(6, 20)
    tube = {"draw": "1 mL", "from": "breast", "assay": ["ctc_size"], "start": "7 days"}
    free = {"spread": {"protease_dependence": "0"}} if setting.ablated else {}
    trial = cohort(
        setting, animals=animals, tumour={"is": "breast_er_negative", **free}, host="mouse", until="8 days",
        diagnosis={"primary_diameter": "10 mm"}, without=("burden death", "metastasis"),
        arms={f"dose-{dose:g}": [*([{"give": "batimastat", "dose": f"{dose:g} mg/m^2", "route": "oral", "every": "1 day", "times": 7}] if dose else []), tube]
              for dose in _INHIBITOR_DOSES},
    )  # fmt: skip
    cells = {dose: column(trial, "blood", "cells", f"dose-{dose:g}") for dose in _INHIBITOR_DOSES}
    means = [float(cells[dose].mean()) for dose in _INHIBITOR_DOSES]
    falls = all(later <= before for before, later in pairwise(means))
    return Finding(
        again((cells[_INHIBITOR_DOSES[-1]], cells[0.0]), lambda held, usual: float(1.0 - held.mean() / usual.mean())),
        animals,
        {"monotone": Figure.exact(float(falls))},
        {"means": {"dose [mg/m^2]": list(_INHIBITOR_DOSES), "cells in 1 mL": means}},
    )


def _clusters(setting: Setting) -> Finding:
    """Aceto 2014: lung metastases of mammary tumours that shed clusters and of such that cannot, and clusters in a tube."""
    animals = setting.animals(6, 20)

    def mice(*without: str) -> Trial:
        return cohort(
            setting, animals=animals, tumour={"is": "breast_er_negative", "viable_when_shed": "1"}, host="mouse",
            until="1 day", diagnosis={"primary_diameter": "16 mm"}, without=("burden death", "competence", "reseeding", *without),
            arms={"tube": [{"draw": "1 mL", "from": "right_heart", "assay": ["ctc_size"], "start": "0 days"}]},
        )  # fmt: skip

    usual, single = mice(), mice("clusters")
    many, few = (_in_lung(trial) for trial in (usual, single))
    part = float(usual.plan.patient.tumour.spread.cluster_share)  # type: ignore[union-attr]
    events = column(usual, "blood", "cells") - 2.0 * column(usual, "blood", "clusters")
    return Finding(
        again((many, few), lambda a, b: _potential(a, b, part)),
        animals,
        {
            "fall without": again(
                (few, many), lambda b, a: float(1.0 - b.mean() / a.mean()) if a.mean() > 0 else math.nan
            ),
            "clusters among events": ratio(column(usual, "blood", "clusters"), events),
        },
        {"mice": {"lung metastases": many.tolist(), "without clusters": few.tolist()}},
    )


def _potential(many: Floats, few: Floats, part: float) -> float:
    """Return how much more an event does that is a cluster, by metastases with clusters and without; nan if there are none."""
    if few.mean() == 0.0:
        return math.nan
    return round(float((many.mean() / few.mean() - (1.0 - part)) / part), 6)


def _in_lung(trial: Trial) -> Floats:
    """Return the metastases in the lung of each mouse, of any size."""
    rows = (column(trial, "lesions", "site") == "lung") & (column(trial, "lesions", "lesion") > 0)
    return lesions_of_each(trial, rows)


def _arrest(setting: Setting) -> Finding:
    """B16-F1 cells into the portal vein or a vein of the tail: caught at once, alive in the tissue, begun to grow."""
    animals = setting.animals(6, 20)
    loose = {"adhesion": dict.fromkeys(("selectin", "integrin", "lectin", "chemokine"), "0")} if setting.ablated else {}
    wide: dict[str, Any] = {"liver": {"size_trap": "0"}, "lung": {"size_trap": "0"}} if setting.ablated else {}
    trial = cohort(
        setting, animals=animals, tumour={"is": "b16_f1", **loose}, host="mouse", until="15 days",
        arms={"liver": let_go("portal_vein"), "lung": let_go("veins")[:2]},
        anatomy={"sites": wide},
    )  # fmt: skip
    first = {site: label(trial, site) / label(trial, site, everywhere=True) for site in ("liver", "lung")}
    found = steps_of(trial)
    return Finding(
        mean(first["liver"]),
        animals,
        {
            "lung": mean(first["lung"]),
            "extravasated": mean(found.inside / found.injected),
            "begun": ratio(found.begun, found.inside),
        },
        {"mice": {"liver": first["liver"].tolist(), "lung": first["lung"].tolist()}},
    )


CLAIMS = (
    Claim(
        id="B6",
        statement="Cells invade because their enzymes, collagenase among them, open the tissue.",
        sources=("liotta_1980",),
        setup="Mammary tumours of 10 mm in mice; batimastat from none to 1350 mg/m² a day, and after a week the cells in a mL of the blood that leaves "
        "the tumour: of invasion only the way into vessels is told at the scale of the body.",
        observable="fall of cells that enter vessels while proteases are held",
        unit="1",
        band=Band(0.7, 1.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("no cell needs proteases", "holding them then changes nothing"),
        experiment=_proteases,
        checks=(Check("monotone", "1 if more of the inhibitor never lets more cells in", "1", Band(1.0, 1.0)),),
        parameters=("tumour.spread.protease_dependence", "agents.batimastat.blocks.protease.half"),
    ),
    Claim(
        id="B7",
        statement="Cells that have come into vessels leave singly or in clumps, and a clump does far more.",
        sources=("aceto_2014",),
        setup="Mammary tumours of 16 mm in mice, all cells viable and able to settle so that there are enough to count, "
        "lung metastases of any size; the same tumours without clusters, as "
        "without plakoglobin; clusters in 1 mL from the right heart.",
        observable="metastases of a cluster over those of a single cell",
        unit="fold",
        band=Band(23.0, 50.0),
        direction=Direction("above", 1.0),
        ablation=Ablation("no clusters", "cells leave one by one: nothing is left that does more than a cell", ("clusters",)),
        experiment=_clusters,
        checks=(
            Check("fall without", "fall of lung metastases without clusters", "1", Band(0.5, 1.0)),
            Check("clusters among events", "share of what is caught in a tube that is a cluster", "1", Band(0.01, 0.05)),
        ),
        parameters=("tumour.spread.cluster_gain: an input", "tumour.spread.cluster_share"),
    ),
    Claim(
        id="B9",
        statement="Cells are caught in capillary beds, leave the vessels, and in part grow to micrometastases.",
        sources=("luzzi_1998", "koop_1995", "weiss_1988"),
        setup="3e5 B16-F1 cells into the portal vein, or a vein of the tail; label by organ after a minute and three days, lesions that grow "
        "on day 13.",
        observable="share of what has been caught after a minute that lies in the liver, the first bed",
        unit="1",
        band=Band(0.9, 1.0),
        ablation=Ablation("beds hold nothing", "without adhesion and with wide vessels in liver and lung cells pass on"),
        experiment=_arrest,
        checks=(
            Check("lung", "the same of the lung, after injection into a vein", "1", Band(0.9, 1.0)),
            Check("extravasated", "share of cells let go that live in the liver on day 3", "1", Band(0.7, 0.9)),
            Check("begun", "share of those that began to grow", "1", Band(0.015, 0.04)),
        ),
        parameters=("host.anatomy.sites.size_trap", "tumour.adhesion", "soils.liver.vessel_loss: and what else is fitted to P04: the last two checks"),
    ),
)  # fmt: skip
