"""E10: a needle in the primary, and the metastases that it does not speak for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort, column
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, share
from seedsoil.observe.lineage.result import Lineage

Floats = NDArray[np.float64]
_LARGEST = 6
#: Cells of a clone, of a thousand told apart, from which on the needle has shown it.
_SHOWN = 5.0


def _not_covered(setting: Setting) -> Finding:
    """K-1735 melanomas: is each large metastasis of a clone that a needle in the primary showed? And which differ more?"""
    mice = setting.animals(6, 20)
    trial = cohort(
        setting, animals=mice, tumour="k1735", host="mouse", until="21 days", diagnosis={"primary_diameter": "10 mm"},
        without=("burden death",),
        arms={"needle": [{"biopsy": "primary", "at": "0 days", "zone": 1, "zones": 8}, {"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip
    shown = column(trial, "biopsies", "cells") >= _SHOWN
    who, clone = column(trial, "biopsies", "patient")[shown], column(trial, "biopsies", "clone")[shown]
    missed, days, apart = [], [], []
    for number in range(mice):
        story = trial.patient(number, "needle")
        found = story.lineage(cells=4, lesions=_LARGEST + 1)
        lesions = [one.lesion for one in found.founders]
        founders = np.asarray(story.lesions["clone"])[lesions]
        missed.append(int((~np.isin(founders, clone[who == number])).sum()))
        days += np.asarray(story.lesions["arrival_day"])[lesions].tolist()
        apart += _gathered(found, lesions)
    count = np.array(missed)
    return Finding(
        share(int((count > 0).sum()), mice),
        mice,
        {
            "lesions": mean(count),
            "later ones": again((np.array(days), np.array(apart)), _ranked),
        },
        {
            "mice": {"metastases not covered": missed},
            "metastases": {"arrival day": days, "mutations at its root": apart},
        },
    )


def _gathered(found: Lineage, lesions: list[int]) -> list[float]:
    """Return the mutations between the tumour's first cell and the root of each lesion's sampled cells."""
    tree = found.tree
    gathered = []
    for lesion in lesions:
        root = tree.common_ancestor(tree.tips[tree.lesion[tree.tips] == lesion])
        gathered.append(float(np.isin(found.mutations.node, tree.ancestors(root)).sum()))
    return gathered


def _ranked(one: Floats, other: Floats) -> float:
    from scipy.stats import spearmanr

    return (
        math.nan
        if one.size < 3 or np.ptp(one) == 0.0 or np.ptp(other) == 0.0
        else float(spearmanr(one, other).statistic)
    )


CLAIMS = (
    Claim(
        id="E10",
        statement="Metastases differ from the primary and from each other, so that what the primary shows may mislead treatment.",
        sources=("yachida_2010", "fidler_kripke_2015"),
        setup="K-1735 melanomas of 10 mm in mice, a needle into one zone of eight, the primary taken out; three weeks later the six largest metastases: is the "
        "clone that founded each among those of the needle (five cells of a thousand)? Mice stand for patients.",
        observable="share of animals with a metastasis of a clone that the needle did not show",
        unit="1",
        band=Band(0.3, 1.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("no variants arise", "all cells are of the first clone, which any needle shows", ("instability", "resistance", "competence")),
        experiment=_not_covered,
        checks=(
            Check("lesions", "metastases of an animal that the needle does not cover, of six", "metastases"),
            Check("later ones", "rank correlation of a metastasis' mutations with the day it was seeded", "rho", Band(0.3, 1.0)),
        ),
        parameters=("tumour.instability_rate", "tumour.mechanisms: rates", "zones of a biopsy"),
    ),
)  # fmt: skip
