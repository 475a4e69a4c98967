"""E1: eight regions of one primary by the tree of its cells: which mutations are everywhere, and which are not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.evidence.bench import cohort
from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Finding, Setting
from seedsoil.evidence.estimates import mean
from seedsoil.observe.lineage.mutation import carried
from seedsoil.observe.lineage.tree import SAMPLED, CellTree

_REGIONS, _CELLS = 8, 20
#: Share of a region's cells from which on an exome of usual depth shows a mutation.
_READ = 0.1


def _not_everywhere(setting: Setting) -> Finding:
    """Renal cancers of 70 mm: mutations of eight regions, neighbours on the tree being neighbours in the tumour."""
    patients = setting.animals(6, 30)
    trial = cohort(
        setting, animals=patients, tumour="kidney_clear_cell", host="adult", until="1 day",
        diagnosis={"primary_diameter": "70 mm"}, without=("metastasis",), arms={"found": [{"resect": "primary", "at": "0 days"}]},
    )  # fmt: skip
    draw = np.random.default_rng(setting.seed)
    apart, number = [], []
    for patient in range(patients):
        found = trial.patient(patient, "found").lineage(cells=_REGIONS * _CELLS, lesions=[0])
        row = {int(tip): place for place, tip in enumerate(found.tree.tips)}
        order = np.array([row[tip] for tip in neighbours(found.tree)])
        if setting.ablated:
            order = draw.permutation(order)
        marks = carried(found.tree, found.mutations)[order].reshape(_REGIONS, _CELLS, -1)
        seen = marks.mean(axis=1) >= _READ
        read = seen[:, seen.any(axis=0)]
        apart.append(1.0 - float(read.all(axis=0).mean()))
        number.append(read.shape[1])
    return Finding(
        mean(apart),
        patients,
        {"mutations": mean(number)},
        {"patients": {"not in every region": apart, "mutations read": number}},
    )


def neighbours(tree: CellTree) -> list[int]:
    """Return the sampled cells as they stand along the tree: what descends together lies together."""
    order: list[int] = []
    waiting = [int(np.flatnonzero(tree.parent < 0)[0])]
    children: tuple[tuple[int, ...], ...] = tree.children
    sampled: NDArray[np.bool_] = tree.event == SAMPLED
    while waiting:
        node = waiting.pop()
        if sampled[node]:
            order.append(node)
        waiting += children[node]
    return order


CLAIMS = (
    Claim(
        id="E1",
        statement="A primary is made of parts that differ in many traits, down to their mutations.",
        sources=("gerlinger_2012",),
        setup="Clear-cell renal cancers of 70 mm: 160 cells by the tree that they descend by, cut into eight regions of neighbours on that tree, each read "
        "as an exome that shows what a tenth of its cells carry. The first cell brings what its tissue had gathered.",
        observable="share of the mutations read in any region that some region lacks",
        unit="1",
        band=Band(0.5, 0.75),
        ablation=Ablation("cells dealt anew among the regions", "as if the tumour were stirred: what one region shows all show"),
        experiment=_not_everywhere,
        checks=(Check("mutations", "mutations read in all regions together", "mutations"),),
        parameters=("mutations per division", "bases that are read: an exome", "tumour.division_rate and death_rate: turnover"),
    ),
)  # fmt: skip
