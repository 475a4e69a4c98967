"""Made-up records of patients, small enough that what their trees must show is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seedsoil.foundation.streams import new_stream
from seedsoil.observe.lineage.mosaic import Mosaic, Population


def mosaic_of(
    days: Sequence[float], cells: Mapping[Population, Sequence[float]], *, kinds: Sequence[int] = (0,),
    division: float = 0.2, mutation: float = 0.0, seed: int = 1, patient: int = 0,
) -> Mosaic:  # fmt: skip
    """A record with these cells of each population on each day; kind 0 turns into kind 1 at ``mutation`` per division."""
    lesions = 1 + max(lesion for lesion, _ in cells)
    first, rows = [0], []
    for place in range(len(days)):
        rows += [(lesion, clone, path[place]) for (lesion, clone), path in cells.items() if path[place] > 0]
        first.append(len(rows))
    alteration = np.zeros((2, 2))
    alteration[0, 1] = mutation
    return Mosaic(
        days=np.array(days, dtype=float),
        first=np.array(first),
        lesion=np.array([row[0] for row in rows], dtype=np.int64),
        clone=np.array([row[1] for row in rows], dtype=np.int64),
        cells=np.array([row[2] for row in rows], dtype=float),
        kind=np.array(kinds, dtype=np.int64),
        division=np.full((lesions, 2), division),
        death=np.zeros(lesions),
        alteration=alteration,
        reversal=np.zeros((2, 2)),
        stream=new_stream(seed, patient),
    )


def clone_table(
    parent: Sequence[int], lesion: Sequence[int], born: Sequence[float], pooled: Sequence[bool]
) -> dict[str, Any]:
    """The columns of table ``clones`` that a lineage reads."""
    return {
        "clone": np.arange(len(parent)),
        "parent": np.array(parent),
        "lesion": np.array(lesion),
        "born_day": np.array(born, dtype=float),
        "pooled": np.array(pooled),
        "hits": np.zeros(len(parent), dtype=int),
        "unstable": np.zeros(len(parent), dtype=bool),
        "resistance": np.array([""] * len(parent), dtype=object),
    }


def lesion_table(
    parent: Sequence[int], clone: Sequence[int], arrival: Sequence[float], sites: Sequence[str]
) -> dict[str, Any]:
    """The columns of table ``lesions`` that a lineage reads."""
    return {
        "lesion": np.arange(len(parent)),
        "parent": np.array(parent),
        "clone": np.array(clone),
        "arrival_day": np.array(arrival, dtype=float),
        "site": np.array(sites, dtype=object),
        "fate": np.array(["growing"] * len(parent), dtype=object),
    }


def grown(days: Sequence[float], start: float, rate: float) -> list[float]:
    """Cells of a clone that one cell founded on a day, without chance; 0 before."""
    return [float(np.floor(np.exp(rate * (day - start)))) if day > start else 0.0 for day in days]


def patient(
    sources: Sequence[int], arrivals: Sequence[float], sites: Sequence[str], seed: int = 1
) -> tuple[Mosaic, dict[str, Any], dict[str, Any]]:
    """One clone that grew in a primary from day 0 and founded lesions from given lesions on given days: record and tables."""
    days = [float(day) for day in range(0, 365, 7)]
    starts = [-0.5, *arrivals]
    mosaic = mosaic_of(days, {(lesion, 0): grown(days, start, 0.06) for lesion, start in enumerate(starts)}, seed=seed)
    lesions = lesion_table([-1, *sources], [0] * len(starts), [0.0, *arrivals], sites)
    return mosaic, lesions, clone_table([-1], [0], [-0.5], [False])
