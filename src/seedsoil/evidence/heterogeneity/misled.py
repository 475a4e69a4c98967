"""E10: a needle in the primary, and the metastases that it does not speak for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, share
from seedsoil.evidence.heterogeneity.regions import neighbours
from seedsoil.observe.lineage.mutation import carried
from seedsoil.observe.lineage.result import Lineage

Floats = NDArray[np.float64]
_LARGEST, _CELLS = 4, 40
#: Cells that a needle brings: an eighth of the primary's, neighbours on the tree.
_NEEDLE = 5


def _not_covered(setting: Setting) -> Finding:
    """Pancreatic cancers: do the metastases carry what all cells of a needle in the primary carry? And which differ more?"""
    patients = setting.animals(14, 40)
    trial = cohort(
        setting, animals=patients, tumour="pancreas_adenocarcinoma", host="adult", until="1 year",
        diagnosis={"primary_diameter": "25 mm"}, without=("burden death", "background death"),
        arms={"excised": [{"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip
    draw, worst = np.random.default_rng(setting.seed), []
    days: list[float] = []
    apart: list[float] = []
    for number in range(patients):
        story = trial.patient(number, "excised")
        found = story.lineage(cells=_CELLS, lesions=_LARGEST + 1)
        lesions = [one.lesion for one in found.founders]
        if not lesions:
            continue
        worst.append(max(_lacking(found, lesions, draw if setting.ablated else None)))
        days += np.asarray(story.lesions["arrival_day"])[lesions].tolist()
        apart += _gathered(found, lesions)
    misled = np.array(worst) >= 0.5
    return Finding(
        share(int(misled.sum()), len(worst)),
        len(worst),
        {
            "least covered": mean(worst),
            "later ones": again((np.array(days), np.array(apart)), _ranked),
        },
        {"patients": {"targets that the least covered metastasis lacks": worst},
         "metastases": {"arrival day": days, "mutations at its root": apart}},
    )  # fmt: skip


def _lacking(found: Lineage, lesions: list[int], draw: np.random.Generator | None) -> list[float]:
    """Return, for each lesion, the share of the needle's targets that most of its cells lack; 0 where the needle shows none.

    A target is a mutation that all cells of the needle carry. With ``draw`` the needle takes cells from all over.
    """
    tree = found.tree
    row = {int(tip): place for place, tip in enumerate(tree.tips)}
    cells = [row[tip] for tip in neighbours(tree) if tree.lesion[tip] == 0]
    needle = cells[:_NEEDLE] if draw is None else draw.choice(cells, _NEEDLE, replace=False).tolist()
    marks = carried(tree, found.mutations)
    targets = marks[needle].all(axis=0)
    if not targets.any():
        return [0.0] * len(lesions)
    of = tree.lesion[tree.tips]
    return [float((marks[of == lesion][:, targets].mean(axis=0) < 0.5).mean()) for lesion in lesions]


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
        setup="Pancreatic cancers of 25 mm, taken out; a needle brings five of 40 cells, neighbours on the tree, and what all five carry are targets. A year "
        "later 40 cells of each of the four largest metastases of 1 mm³ or more are read for the targets.",
        observable="share of patients with a metastasis that lacks half of the needle's targets or more",
        unit="1",
        band=Band(0.3, 1.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("a needle of the whole primary", "its cells come from all over, and what they all carry every metastasis carries too"),
        experiment=_not_covered,
        checks=(
            Check("least covered", "share of the targets that a patient's least covered metastasis lacks", "1"),
            Check("later ones", "rank correlation of a metastasis' mutations with the day it was seeded", "rho", Band(0.3, 1.0)),
        ),
        parameters=("mutations per division", "neighbours on the tree stand for neighbours in the tumour", "tumour.shedding_rate: when seeded"),
    ),
)  # fmt: skip
