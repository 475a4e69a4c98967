"""Rows of the tables of what was taken and counted: pieces, tubes, cells, cultures, organs and counts."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.body.state import CLONE_TYPE, HITS, SITE
from seedsoil.experiment.columns import Columns, empty, text, who

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm

Integers = NDArray[np.int64]
Text = NDArray[Any]


def resistance_of(mask: int, arm: Arm) -> str:
    """Names of the mechanisms in a mask, joined by +."""
    return "+".join(arm.mechanisms(mask))


def resistances(arm: Arm, kinds: Integers) -> Text:
    """The same for types of cell, as a column of text."""
    return _joined(tuple(one.name for one in arm.grown.patient.tumour.mechanisms))[arm.model.mask[kinds]]


@lru_cache(maxsize=8)
def _joined(names: tuple[str, ...]) -> Text:
    """Names of the mechanisms in each mask, joined by +."""
    return text(
        ["+".join(name for bit, name in enumerate(names) if mask >> bit & 1) for mask in range(1 << len(names))]
    )


def sampled_rows(arm: Arm, name: str) -> dict[str, Columns]:
    """All rows of what was taken of one patient in one arm, by table; most patients have nothing taken."""
    return {
        "biopsies": _biopsies(arm, name) if arm.biopsies else empty("biopsies"),
        "single_cells": _single_cells(arm, name) if arm.single_cells else empty("single_cells"),
        "cultures": _cultures(arm, name) if arm.cultured else empty("cultures"),
        "blood": _blood(arm, name) if arm.blood else empty("blood"),
        "autopsies": _autopsies(arm, name) if arm.autopsies else empty("autopsies"),
        "counts": _counts(arm, name) if arm.counted else empty("counts"),
    }


def _sites(arm: Arm) -> list[str]:
    return [site.name for site in arm.grown.patient.host.anatomy.sites]


def _lies_in(arm: Arm, rows: list[int]) -> list[str]:
    """Where lesions lie."""
    sites = _sites(arm)
    return [sites[int(arm.state.lesion[row, SITE])] for row in rows]


def _biopsies(arm: Arm, name: str) -> Columns:
    taken, state = arm.biopsies, arm.state
    levels = int(arm.model.trait[HITS]) + 1
    kind = state.clone[np.array([one[3] for one in taken], dtype=np.int64), CLONE_TYPE]
    return who(arm.grown.number, name, len(taken)) | {
        "day": np.array([one[0] for one in taken], dtype=np.float64),
        "lesion": np.array([one[1] for one in taken], dtype=np.int32),
        "site": text(_lies_in(arm, [one[1] for one in taken])),
        "zone": np.array([one[2] for one in taken], dtype=np.int32),
        "clone": np.array([one[3] for one in taken], dtype=np.int32),
        "unstable": kind // levels % 2 == 1,
        "resistance": resistances(arm, kind),
        "cells": np.array([one[4] for one in taken], dtype=np.float64),
    }


def _single_cells(arm: Arm, name: str) -> Columns:
    read = arm.single_cells
    return who(arm.grown.number, name, len(read)) | {
        "day": np.array([one[0] for one in read], dtype=np.float64),
        "lesion": np.array([one[1] for one in read], dtype=np.int32),
        "site": text(_lies_in(arm, [one[1] for one in read])),
        "cell": np.array([one[2] for one in read], dtype=np.int32),
        "resistance": text([resistance_of(one[3], arm) for one in read]),
    }


def _cultures(arm: Arm, name: str) -> Columns:
    grown = arm.cultured
    levels = int(arm.model.trait[HITS]) + 1
    kind = arm.state.clone[np.array([one.clone for one in grown], dtype=np.int64), CLONE_TYPE]
    readings = [one.reading for one in grown]
    return who(arm.grown.number, name, len(grown)) | {
        "day": np.array([one.day for one in grown], dtype=np.float64),
        "lesion": np.array([one.row for one in grown], dtype=np.int32),
        "site": text(_lies_in(arm, [one.row for one in grown])),
        "cell": np.array([one.cell for one in grown], dtype=np.int32),
        "unstable": kind // levels % 2 == 1,
        "against": text([one.against for one in grown]),
        "cultures": np.array([one.cultures for one in grown], dtype=np.int32),
        "cells": np.array([one.cells for one in grown], dtype=np.float64),
        "without_resistant": np.array([0 if one is None else one.empty for one in readings], dtype=np.int32),
        "median_resistant": np.array([math.nan if one is None else one.median for one in readings], dtype=np.float64),
        "rate_p0": np.array([math.nan if one is None else one.rate_p0 for one in readings], dtype=np.float64),
        "rate_mss": np.array([math.nan if one is None else one.rate_mss for one in readings], dtype=np.float64),
        "log_error": np.array([math.nan if one is None else one.log_error for one in readings], dtype=np.float64),
    }


def _blood(arm: Arm, name: str) -> Columns:
    tubes, sites = arm.blood, _sites(arm)
    genomes = np.array([one.genomes for one in tubes], dtype=np.float64)
    mutants = np.array([one.mutant_genomes for one in tubes], dtype=np.float64)
    return who(arm.grown.number, name, len(tubes)) | {
        "day": np.array([one.day for one in tubes], dtype=np.float64),
        "millilitres": np.array([one.millilitres for one in tubes], dtype=np.float64),
        "site": text([sites[one.site] for one in tubes]),
        "cells": np.array([one.cells for one in tubes], dtype=np.float64),
        "clusters": np.array([one.clusters for one in tubes], dtype=np.float64),
        "genomes": genomes,
        "mutant_genomes": mutants,
        "allele_fraction": np.divide(mutants, genomes, out=np.full(genomes.size, math.nan), where=genomes > 0.0),
        "resistance": text([one.resistance for one in tubes]),
        "marker": np.array([one.marker for one in tubes], dtype=np.float64),
    }


def _autopsies(arm: Arm, name: str) -> Columns:
    organs, sites = arm.autopsies, _sites(arm)
    return who(arm.grown.number, name, len(organs)) | {
        "day": np.array([one.day for one in organs], dtype=np.float64),
        "site": text([sites[one.site] for one in organs]),
        "lesions": np.array([one.lesions for one in organs], dtype=np.int32),
        "largest_mm": np.array([one.largest_mm for one in organs], dtype=np.float64),
    }


def _counts(arm: Arm, name: str) -> Columns:
    counted, sites = arm.counted, _sites(arm)
    return who(arm.grown.number, name, len(counted)) | {
        "day": np.array([one.day for one in counted], dtype=np.float64),
        "what": text([one.what for one in counted]),
        "site": text([sites[one.site] for one in counted]),
        "number": np.array([one.number for one in counted], dtype=np.float64),
        "share": np.array([one.share for one in counted], dtype=np.float64),
    }
