"""Patients of a plan, one after the other: grown once, treated in every arm, as rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.columns import TABLES, empty
from seedsoil.experiment.outcome import rows
from seedsoil.experiment.simulate import open_arm, run_arm
from seedsoil.trial.plan import Plan, enrol

Columns = dict[str, NDArray[Any]]

#: Chunks that a run is cut into, at least, so that workers share it evenly; the most patients of a chunk.
_LEAST_CHUNKS, _MOST_IN_CHUNK = 16, 50
#: A big run has about so many chunks instead, so that its files stay few; and never more patients in one.
_CHUNKS_OF_A_BIG_RUN, _MOST_OF_A_BIG_RUN = 400, 500


def chunk_of(patients: int) -> int:
    """Patients in one chunk of a run: a function of the study alone, so that files do not depend on the workers."""
    small = max(1, min(_MOST_IN_CHUNK, -(-patients // _LEAST_CHUNKS)))
    return max(small, min(_MOST_OF_A_BIG_RUN, patients // _CHUNKS_OF_A_BIG_RUN))


def run_patients(plan: Plan, first: int, last: int) -> dict[str, Columns]:
    """Rows of patients ``first`` .. ``last - 1`` in all arms, by table."""
    return joined([arm for number in range(first, last) for arm in run_arms(plan, number)])


def run_patient(plan: Plan, number: int) -> dict[str, Columns]:
    """Rows of one patient in all arms, by table."""
    return joined(run_arms(plan, number))


def run_arms(plan: Plan, number: int) -> list[dict[str, Columns]]:
    """Rows of one patient by table, arm after arm: `joined` makes one piece of those of many patients."""
    grown = enrol(plan, number)
    arms = []
    for name, protocol in plan.arms.items():
        arm = open_arm(grown, plan.vessels, plan.agents, protocol, plan.until_days, plan.without)
        arms.append(rows(run_arm(arm, protocol), name))
    return arms


def joined(pieces: Sequence[dict[str, Columns]]) -> dict[str, Columns]:
    """Rows of several patients, or of several pieces of a study, one after the other, by table."""
    return {table: _stacked(table, [piece[table] for piece in pieces]) for table in TABLES}


def _stacked(table: str, pieces: Sequence[Columns]) -> Columns:
    """Rows of one table, piece after piece; most patients have no rows in half of the tables."""
    filled = [piece for piece in pieces if piece["patient"].size]
    if not filled:
        return empty(table)
    return {column: np.concatenate([piece[column] for piece in filled]) for column in TABLES[table]}
