"""E3, E5, E6: trees of single cells from a primary and its metastases: who descends from whom, and how they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.estimates import again, mean, share
from seedsoil.experiment.history import History
from seedsoil.observe.lineage.migration import is_clade
from seedsoil.observe.lineage.mutation import cancer_cell_fractions, carried
from seedsoil.observe.lineage.result import Lineage
from seedsoil.observe.lineage.tree import MOVED, CellTree
from seedsoil.trial.trial import Trial

Floats = NDArray[np.float64]
#: Share of a lesion's sampled cells from which on a mutation is read, and from which on it is called clonal.
_READ, _CLONAL = 0.1, 0.95


@lru_cache(maxsize=1)
def _bearing(setting: Setting, mice: int) -> Trial:
    """K-1735 melanomas of 10 mm taken out, and three weeks for their metastases to grow."""
    return cohort(
        setting, animals=mice, tumour="k1735", host="mouse", until="21 days",
        diagnosis={"primary_diameter": "10 mm"}, without=("burden death",),
        arms={"excised": [{"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip


def _trees(trial: Trial, arm: str, cells: int, lesions: int) -> Iterator[tuple[History, Lineage]]:
    """Yield each animal's history with the tree of cells sampled from its primary and largest metastases."""
    for number in range(trial.plan.patients):
        history = trial.patient(number, arm)
        tree = history.lineage(cells=cells, lesions=lesions)
        if tree.founders:
            yield history, tree


def _lesions_apart(setting: Setting) -> Finding:
    """Pairs of cells of one metastasis and of two: how many mutations tell them apart."""
    trial = _bearing(Setting(setting.budget, setting.seed), setting.animals(5, 16))
    rows = []
    ages: list[float] = []
    inner: list[float] = []
    for history, found in _trees(trial, "excised", 8, 7):
        (_, where), told = _labels(setting, found), carried(found.tree, found.mutations)
        where, told = where[where != 0], told[where != 0]
        if len(set(where.tolist())) < 2:
            continue
        within, between, own = _differences(where, told)
        rows.append((within, between))
        arrival = np.asarray(history.lesions["arrival_day"])
        ages += [float(-arrival[lesion]) for lesion in own]
        inner += list(own.values())
    pairs = np.array(rows).reshape(-1, 2)
    return Finding(
        again((pairs,), lambda one: float(one[:, 1].mean() / one[:, 0].mean())),
        len(pairs),
        {
            "within": mean(pairs[:, 0]),
            "between lesions (Fst)": again((pairs,), lambda one: float(1.0 - one[:, 0].mean() / one[:, 1].mean())),
            "diversity by age": again((np.array(ages), np.array(inner)), _ranked),
        },
        {"mice": {"within": pairs[:, 0].tolist(), "between": pairs[:, 1].tolist()},
         "lesions": {"age at excision [days]": ages, "differences within": inner}},
    )  # fmt: skip


def _differences(where: NDArray[np.int64], told: NDArray[np.bool_]) -> tuple[float, float, dict[int, float]]:
    """Return the mean mutations that tell two cells of one lesion apart, of two lesions, and the former by lesion."""
    marks = told.astype(np.int64)
    apart = (marks[:, None, :] != marks[None, :, :]).sum(axis=2)
    upper = np.triu(np.ones_like(apart, dtype=bool), 1)
    same = where[:, None] == where[None, :]
    own = {int(lesion): float(apart[upper & (where[:, None] == lesion) & same].mean()) for lesion in np.unique(where)
           if (where == lesion).sum() > 1}  # fmt: skip
    return float(apart[upper & same].mean()), float(apart[upper & ~same].mean()), own


def _ranked(one: Floats, other: Floats) -> float:
    from scipy.stats import spearmanr

    return math.nan if np.ptp(one) == 0.0 or np.ptp(other) == 0.0 else float(spearmanr(one, other).statistic)


def _one_cell(setting: Setting) -> Finding:
    """Share of metastases of which all sampled cells go back to one cell that came."""
    trial = _bearing(Setting(setting.budget, setting.seed), setting.animals(5, 16))
    came: list[int] = []
    single: list[bool] = []
    for _, found in _trees(trial, "excised", 10, 7):
        tips, where = _labels(setting, found)
        entries = np.array([_entry(found.tree, int(tip)) for tip in tips])
        for lesion in sorted(set(where.tolist()) - {0}):
            came.append(len(np.unique(entries[where == lesion])))
            single.append(is_clade(found.tree, tips[where == lesion]))
    return Finding(
        share(sum(one == 1 for one in came), len(came)),
        len(came),
        {"cells that came": mean(came), "branches": share(sum(single), len(single))},
        {"metastases": {"cells that came": came, "one branch of the tree": single}},
    )


def _labels(setting: Setting, found: Lineage) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sampled cells and the lesion of each; dealt anew among the cells if the setting is ablated."""
    tips = found.tree.tips
    where = found.tree.lesion[tips]
    return tips, np.random.default_rng(setting.seed).permutation(where) if setting.ablated else where


def _entry(tree: CellTree, tip: int) -> int:
    """Return the node at which a cell's line last came into a lesion; -1 if it never left the first."""
    return next((node for node in tree.ancestors(tip) if tree.event[node] == MOVED), -1)


@lru_cache(maxsize=1)
def _patients(setting: Setting, patients: int) -> Trial:
    """Breast cancers taken out, and two years for their metastases to grow."""
    return cohort(
        setting, animals=patients, tumour="breast_er_negative", host="adult", until="2 years",
        diagnosis={"primary_diameter": "22 mm"}, without=("burden death", "background death"),
        arms={"excised": [{"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip


def _hundred_nuclei(setting: Setting) -> Finding:
    """Navin 2011: fifty cells of a breast cancer and fifty of its metastasis; is the latter one branch of the tree?"""
    trial = _patients(Setting(setting.budget, setting.seed), setting.animals(6, 30))
    branches, parts = [], []
    for _, found in _trees(trial, "excised", 50, 2):
        tips, where = _labels(setting, found)
        branches += [is_clade(found.tree, tips[where == lesion]) for lesion in sorted(set(where.tolist()) - {0})]
        lesions, shares = cancer_cell_fractions(found.tree, found.mutations)
        clonal = {int(lesion): _clonal(row) for lesion, row in zip(lesions, shares, strict=True)}
        parts.append((clonal.pop(0), float(np.mean(list(clonal.values())))))
    pairs = np.array(parts).reshape(-1, 2)
    return Finding(
        share(sum(branches), len(branches)),
        len(branches),
        {
            "clonal fraction": again((pairs,), _metastasis_over_primary)
            if len(pairs)
            else Figure(math.nan, math.nan, math.nan)
        },
        {"clonal share of mutations": {"primary": pairs[:, 0].tolist(), "metastasis": pairs[:, 1].tolist()}},
    )


def _metastasis_over_primary(pairs: Floats) -> float:
    return float(np.median(pairs[:, 1]) / np.median(pairs[:, 0])) if np.median(pairs[:, 0]) > 0 else math.nan


def _clonal(shares: Floats) -> float:
    """Return the share of the mutations read in a lesion that nearly all of its cells have."""
    read = shares >= _READ
    return float((shares[read] >= _CLONAL).mean()) if read.any() else math.nan


CLAIMS = (
    Claim(
        id="E3",
        statement="Metastases differ from one another, and the cells of one metastasis differ among themselves.",
        sources=("fidler_talmadge_1986", "yachida_2010"),
        setup="K-1735 melanomas of 10 mm in mice, taken out; three weeks later eight cells of each of the six largest metastases are read: "
        "mutations of an exome on the tree by which they descend. Pairs of cells of two lesions against pairs of one.",
        observable="mutations that tell two metastases' cells apart over those between cells of one",
        unit="1",
        band=Band(1.0, math.inf),
        direction=Direction("above", 1.0),
        ablation=Ablation("cells dealt anew among the lesions", "as if lesions exchanged all their cells: a lesion is no family any more"),
        experiment=_lesions_apart,
        checks=(
            Check("within", "mutations that tell two cells of one metastasis apart", "mutations", Band(1e-9, math.inf)),
            Check("between lesions (Fst)", "share of the differences that lies between lesions", "1", Band(0.0, 1.0)),
            Check("diversity by age", "rank correlation of differences within with the age of the lesion", "rho", Band(0.0, 1.0)),
        ),
        parameters=("mutations per division", "tumour.division_rate and death_rate: turnover"),
    ),
    Claim(
        id="E5",
        statement="A metastasis is a clone: one cell is enough to begin it.",
        sources=("fidler_talmadge_1986", "talmadge_1982", "aceto_2014"),
        setup="K-1735 melanomas of 10 mm in mice, taken out; three weeks later ten cells of each of the six largest metastases are traced back. "
        "Cells leave alone and in clusters. Spontaneous metastases with a true tree stand for mixed aggregates of lines with marked "
        "karyotypes, which cannot be injected here.",
        observable="share of metastases of which all sampled cells go back to one cell that came",
        unit="1",
        direction=Direction("above", 0.5),
        ablation=Ablation("cells dealt anew among the lesions", "as if lesions exchanged all their cells: a lesion is no family any more"),
        experiment=_one_cell,
        checks=(
            Check("cells that came", "cells that came to a metastasis and have descendants in the sample", "cells"),
            Check("branches", "share of metastases whose cells are one branch of the tree", "1"),
        ),
        parameters=("tumour.spread.lesion_attraction", "tumour.spread.cluster_share"),
        dispute="Karyotypes speak for one cell, clusters in blood for several. Here a cluster founds a lesion at most once and by one of its "
        "cells, so that oligoclonal beginnings come of later arrivals alone.",
    ),
    Claim(
        id="E6",
        statement="Sequences of single cells agree: a metastasis is a branch of the primary's tree.",
        sources=("navin_2011",),
        setup="Breast cancers of 22 mm, taken out; fifty cells of the primary on that day and fifty of the largest metastasis two years later, by the "
        "tree that they descend by; clonal share of the mutations that a tenth of a lesion's cells carry.",
        observable="share of metastases whose cells are one branch of the tree",
        unit="1",
        band=Band(0.8, 1.0),
        direction=Direction("above", 0.5),
        ablation=Ablation("cells dealt anew among the lesions", "as if lesions exchanged all their cells: a lesion is no family any more"),
        experiment=_hundred_nuclei,
        checks=(Check("clonal fraction", "clonal share of mutations, metastasis over primary", "1", Band(1.0, 1.3)),),
        parameters=("tumour.spread.lesion_attraction", "mutations per division"),
    ),
)  # fmt: skip
