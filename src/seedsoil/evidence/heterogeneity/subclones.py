"""E12: cells that resist a drug are there before it is given: how many lines of them, and how large."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from seedsoil.body.mutants import sample_mutants
from seedsoil.evidence.claim import Ablation, Band, Chart, Check, Claim, Finding, Setting
from seedsoil.evidence.estimates import mean
from seedsoil.evidence.treated import usual

#: Cells of a lesion that is seen, and cells from which on it is followed: earlier mutants are one lesion in thousands.
_CELLS, _FROM = 1e9, 1000


def _lines(setting: Setting) -> Finding:
    """Resistant lines in lesions of 1e9 cells that no drug has met, drawn exactly."""
    model = usual()
    if setting.ablated:
        model = replace(model, mutation=0.01 * model.mutation)
    lesions = setting.animals(60, 400)
    made = sample_mutants(
        _FROM, birth=model.birth, death=model.death, mutation=model.mutation * model.first, mutant_birth=model.birth,
        mutant_death=model.death, days=math.log(_CELLS / _FROM) / model.growth, runs=lesions, seed=setting.seed,
    )  # fmt: skip
    number = np.bincount(made.clone_run, minlength=lesions).astype(np.float64)
    largest = np.zeros(lesions)
    np.maximum.at(largest, made.clone_run, made.clone_cells.astype(np.float64))
    resistant = np.bincount(made.clone_run, weights=made.clone_cells, minlength=lesions)
    there = resistant > 0
    part = largest[there] / resistant[there]
    ranked = np.sort(made.clone_cells)[::-1]
    return Finding(
        mean(number),
        lesions,
        {
            "largest": mean(part),
            "resistant cells": mean(resistant),
            "wild cells": mean(made.wild),
        },
        {"lesions": {"lines": number.tolist(), "resistant cells": resistant.tolist(), "largest line": largest.tolist()}},
        (
            Chart(
                "Resistant lines of all lesions before treatment", "Rank of the line", "Cells of the line",
                {"line": {"x": [float(place + 1) for place in range(len(ranked))], "y": ranked.astype(float).tolist()}},
                "points", log_x=True, log_y=True,
            ),
        ),
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="E12",
        statement="Cells that resist a drug do not come of the drug: they are there before it is given.",
        sources=("bozic_nowak_2014", "bozic_2013"),
        setup="Lesions of 1e9 cells that divide at 0.14 and die at 0.13 a day, 1e-9 mutations per base pair and 50 sites of resistance that "
        "costs nothing; each resistant line is followed by the exact law until the day the lesion would be seen.",
        observable="lines of resistant cells alive in a lesion of 1e9 cells",
        unit="lines",
        band=Band(10.0, math.inf),
        ablation=Ablation("mutations a hundred times rarer", "fewer than one line is due in a lesion, and most lesions hold none"),
        experiment=_lines,
        checks=(
            Check("largest", "share of the resistant cells that the largest line has", "1", Band(0.0, 0.5)),
            Check("resistant cells", "resistant cells of a lesion", "cells"),
            Check("wild cells", "other cells of a lesion", "cells"),
        ),
        parameters=("mutation rate per base pair", "sites of resistance", "deaths over births"),
    ),
)  # fmt: skip
