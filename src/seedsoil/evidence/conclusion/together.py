"""J4: two drugs at once or one after the other: the branching process in every measured patient."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from seedsoil.evidence.claim import Ablation, Chart, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, share
from seedsoil.evidence.resistance import Resistance, by_formula, drawn
from seedsoil.evidence.treated import failures, patients, usual

#: A lesion small and mutable enough for both courses to fail now and then, drawn line by line [cells].
_CELLS = 100_000
_QUICK = Resistance(0.25, 0.15, 0.35, 2e-6, 50.0, 50.0)


def _together(setting: Setting) -> Finding:
    """Failure of two drugs at once over two in sequence."""
    model, quick = usual(), _QUICK
    if setting.ablated:
        model, quick = (replace(one, first=0.0, second=0.0, both=one.first) for one in (model, quick))
    who = patients()
    found = failures(model, who)
    runs = setting.animals(1500, 10_000)
    lost = {course: drawn(quick, _CELLS, course, runs, setting.seed) for course in ("in sequence", "at once")}
    crossed = [0.0, 1.0, 5.0, 20.0, 50.0]
    shares = {
        course: {"x": crossed, "y": [by_formula(replace(usual(), both=sites), 1e9, course) for sites in crossed]}
        for course in ("in sequence", "at once")
    }
    return Finding(
        again((found["two at once"], found["two in sequence"]), lambda a, b: float(a.mean() / b.mean())),
        len(who),
        {
            "drawn at once": share(int(lost["at once"].sum()), runs),
            "drawn in sequence": share(int(lost["in sequence"].sum()), runs),
            "with one shared site": again((found["two at once, one shared site"],), lambda one: float(np.mean(one))),
        },
        {"patients": {"patient": [one.name for one in who], "cells": [sum(one.lesions) for one in who], **found}},
        (
            Chart(
                "A lesion of 1 cm³ under two drugs",
                "Sites that bring resistance to both",
                "Chance that both fail",
                shares,
            ),
        ),
    )


CLAIMS = (
    Claim(
        id="J4",
        statement="To go for several targets at the same time promises more than to go for tumour cells alone, or one after the other.",
        sources=("bozic_2013",),
        setup="The 22 measured patients (list recalled) under two drugs that share no site of resistance: at once, or the second when "
        "the tumour held by the first has come back. Failure by formula; lesions of 1e5 fast cells drawn line by line.",
        observable="failure of two drugs at once over failure of two in sequence",
        unit="1",
        direction=Direction("below", 1.0),
        ablation=Ablation(
            "all sites are shared",
            "every mutation brings resistance to both drugs, and giving them at once gains nothing",
        ),
        experiment=_together,
        checks=(
            Check("drawn at once", "share of drawn lesions in which two at once fail", "1"),
            Check("drawn in sequence", "share of drawn lesions in which two in sequence fail", "1"),
            Check("with one shared site", "failure of two at once in the patients, if one site in 50 is shared", "1"),
        ),
        parameters=("sites that bring resistance to both drugs", "mutation rate per base pair"),
    ),
)
