"""Patients of a plan, one after the other: grown once, treated in every arm, as rows of tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.outcome import rows
from seedsoil.experiment.simulate import open_arm, run_arm
from seedsoil.trial.plan import Plan, enrol

Columns = dict[str, NDArray[Any]]

#: Chunks that a run is cut into, at least, so that workers share it evenly; the most patients of a chunk.
_LEAST_CHUNKS, _MOST_IN_CHUNK = 16, 50


def chunk_of(patients: int) -> int:
    """Patients in one chunk of a run: a function of the study alone, so that bytes do not depend on the workers."""
    return max(1, min(_MOST_IN_CHUNK, -(-patients // _LEAST_CHUNKS)))


def run_patients(plan: Plan, first: int, last: int) -> dict[str, Columns]:
    """Rows of patients ``first`` .. ``last - 1`` in all arms, by table."""
    parts: dict[str, list[Columns]] = {name: [] for name in TABLES}
    for number in range(first, last):
        grown = enrol(plan, number)
        for name, protocol in plan.arms.items():
            arm = open_arm(grown, plan.vessels, plan.agents, protocol, plan.until_days, plan.without)
            for table, columns in rows(run_arm(arm, protocol), name).items():
                parts[table].append(columns)
    return {
        table: {column: np.concatenate([part[column] for part in pieces]) for column in pieces[0]}
        for table, pieces in parts.items()
    }
