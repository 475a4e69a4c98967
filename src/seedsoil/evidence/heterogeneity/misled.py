"""E10: a needle in the primary, and the metastases that it does not speak for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Finding, Setting
from seedsoil.evidence.estimates import again, mean, share
from seedsoil.observe.lineage.mutation import carried
from seedsoil.observe.lineage.result import Lineage

Floats = NDArray[np.float64]
_LARGEST, _CELLS = 4, 40
#: Cells that a needle brings: a core 10 mm long out of a needle of 22 gauge (0.41 mm wide inside), 1.3 mm³ of tumour.
_NEEDLE = 1.3e6


def _not_covered(setting: Setting) -> Finding:
    """Pancreatic cancers: do the metastases carry what all cells of a needle in the primary carry? And which differ more?"""
    patients = setting.animals(14, 40)
    trial = cohort(
        setting, animals=patients, tumour="pancreas_adenocarcinoma", host="adult", until="1 year",
        diagnosis={"primary_diameter": "25 mm"}, without=("burden death", "background death"),
        arms={"excised": [{"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip
    misled, half = [], []
    days: list[float] = []
    apart: list[float] = []
    for number in range(patients):
        story = trial.patient(number, "excised")
        found = story.lineage(cells=_CELLS, lesions=_LARGEST + 1, pieces=None if setting.ablated else {0: _NEEDLE})
        lesions = [one.lesion for one in found.founders]
        if not lesions:
            continue
        lacking = _lacking(found, lesions)
        misled.append(float(lacking.any(axis=0).mean()) if lacking.size else 0.0)
        half.append(bool(lacking.size and (lacking.mean(axis=1) >= 0.5).any()))
        days += np.asarray(story.lesions["arrival_day"])[lesions].tolist()
        apart += _gathered(found, lesions)
    return Finding(
        mean(misled),
        len(misled),
        {
            "half of the targets": share(sum(half), len(half)),
            "later ones": again((np.array(days), np.array(apart)), _ranked),
        },
        {"patients": {"targets that a metastasis lacks": misled},
         "metastases": {"arrival day": days, "mutations at its root": apart}},
    )  # fmt: skip


def _lacking(found: Lineage, lesions: list[int]) -> NDArray[np.bool_]:
    """Return whether most cells of each lesion lack each target (lesions, targets).

    A target is a mutation that all cells of the primary that were read carry.
    """
    marks, of = carried(found.tree, found.mutations), found.tree.lesion[found.tree.tips]
    targets = marks[of == 0].all(axis=0)
    return np.array([marks[of == lesion][:, targets].mean(axis=0) < 0.5 for lesion in lesions])


def _gathered(found: Lineage, lesions: list[int]) -> list[float]:
    """Return the mutations between the tumour's first cell, which brought its own, and the root of each lesion's cells."""
    tree = found.tree
    gathered = []
    for lesion in lesions:
        root = tree.common_ancestor(tree.tips[tree.lesion[tree.tips] == lesion])
        since = [node for node in tree.ancestors(root) if tree.parent[node] >= 0]
        gathered.append(float(np.isin(found.mutations.node, since).sum()))
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
        setup="Pancreatic cancers of 25 mm, taken out; a fine needle brings 1.3 mm³ of each, cells that descend by neighbouring lines, and what all "
        "40 cells read carry may be made a target. A year later 40 cells of each of the four largest metastases of 1 mm³ or more are read "
        "for it: one that lacks it is not covered.",
        observable="share of patients with a metastasis that lacks the target, one of all that the needle shows, each alike likely",
        unit="1",
        band=Band(0.3, 1.0),
        direction=Direction("above", 0.0),
        ablation=Ablation("a needle of the whole primary", "its cells come from all over, and what they all carry every metastasis carries too"),
        experiment=_not_covered,
        checks=(
            Check("half of the targets", "share of patients with a metastasis that lacks half of them or more", "1"),
            Check("later ones", "rank correlation of a metastasis' mutations with the day it was seeded", "rho", Band(0.3, 1.0)),
        ),
        parameters=("mutations per division", "needle: neighbours are kin", "tumour.premalignant_time", "tumour.shedding_rate: when seeded"),
    ),
)  # fmt: skip
