"""A3: a drug against cells that differ, in every measured patient: does the tumour escape?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seedsoil.evidence.claim import Ablation, Chart, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, share
from seedsoil.evidence.resistance import by_formula, drawn
from seedsoil.evidence.treated import failures, patients, usual

#: Lesions that are drawn cell line by cell line, to hold the formula to [cells].
_DRAWN = 10_000_000


def _escape(setting: Setting) -> Finding:
    """Failure of one drug in the measured patients by formula, and in small lesions drawn by the engine's law."""
    model = usual()
    model = replace(model, mutation=0.0) if setting.ablated else model
    who = patients()
    found = failures(model, who)
    runs = setting.animals(400, 4000)
    lost = int(drawn(model, _DRAWN, "one", runs, setting.seed).sum()) if not setting.ablated else 0
    sizes = np.geomspace(1e5, 1e12, 60)
    curves = {
        name: {"x": sizes.tolist(), "y": [by_formula(model, size, course) for size in sizes]}
        for name, course in (("one drug", "one"), ("two in sequence", "in sequence"), ("two at once", "at once"))
    }
    return Finding(
        again((found["one drug"],), lambda one: float(one.mean())),
        len(who),
        {
            "drawn": share(lost, runs),
            "formula": Figure.exact(by_formula(model, _DRAWN, "one")),
            "small lesion": Figure.exact(by_formula(model, 1e6, "one")),
        },
        {"patients": {"patient": [one.name for one in who], "lesions": [len(one.lesions) for one in who],
                      "cells": [sum(one.lesions) for one in who], **found}},
        (Chart("Chance that treatment fails in a lesion", "Cells of the lesion", "Chance", curves, log_x=True),),
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="A3",
        statement="Targeted drugs are better borne and more effective than those before, and yet metastases escape them in the end.",
        sources=("bozic_2013",),
        setup="22 patients whose metastases were all measured (1 to 30 each), cells that divide at 0.14 and die at "
        "0.13 a day, 1e-9 mutations per base pair, 50 sites of resistance; one drug shrinks what it holds by 3 % a day. "
        "Failure by the branching process's formula; 400 lesions of 1e7 cells drawn line by line against it.",
        observable="share of patients in whom one drug fails",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("no mutation", "cells that never mutate hold no resistant line, and the drug cures"),
        experiment=_escape,
        checks=(
            Check("drawn", "share of drawn lesions of 1e7 cells that escape", "1"),
            Check("formula", "the same by formula", "1"),
            Check("small lesion", "a lesion of 1e6 cells, by formula", "1"),
        ),
        parameters=("mutation rate per base pair", "sites of resistance", "cells of all lesions"),
    ),
)  # fmt: skip
