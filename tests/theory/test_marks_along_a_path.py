"""Large clones are drawn as one path with their marks along it: as many mutants and emigrants as one by one, as scattered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.body.state import (
    CLONES,
    LESIONS,
    PATH_CELLS,
    REACHED,
    State,
    copy_state,
    with_room,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import mix, new_stream
from tests.properties.examples import lesion_of
from tests.properties.plain import AT, compiled, mechanism, who

BIRTH, DEATH, MUTATION = 0.15, 0.1, 1e-3
#: Nothing but growth, one mechanism that arises, and cells that leave and found lesions which do nothing yet.
OFF = ("instability", "competence", "hypoxia", "reseeding", "lesion reseeding", "founder variation", "soil matching")
#: A lesion large enough to shed, as clones that are followed mark by mark, and as clones each of which is a path.
CELLS_IN_ALL = 27_000
RUNS = 3_000
#: Columns of what is counted: wild cells, mutant cells, emigrants.
WILD, MUTANT, GONE = range(3)


def _lesion(model: Any, clones: int) -> State:
    """One lesion of equal clones of the founder's type, without vessels of its own but fed and leaky."""
    state = with_room(lesion_of(model, AT["skin"], float(CELLS_IN_ALL), vessels=(0.5, 0.5)), 400, 1024)
    for slot in range(clones):
        state.cells[0, slot], state.clone_of[0, slot] = CELLS_IN_ALL / clones, slot
        state.slot_key[0, slot] = np.uint64(mix(np.uint64(901), np.uint64(slot)))
        state.clone[slot] = (-1, 0, 0, 0)
    state.used[0] = state.count[CLONES] = clones
    return state


@lru_cache(maxsize=8)
def _counts(clones: int, days: float, runs: int = RUNS) -> Any:
    """Cells and emigrants after one step of so many days [runs, 3]."""
    model = compiled(
        who(
            mechanisms=(mechanism("one", MUTATION),), division_rate=BIRTH, death_rate=DEATH, unmatched_death_rate=0.0,
            shedding_rate=0.3 / days,
        ),
        OFF,
    )  # fmt: skip
    start, work, timeline = _lesion(model, clones), scratch(model), nothing(0)
    found = np.zeros((runs, 3))
    for run in range(runs):
        ending, state = run_until(new_stream(16, run), copy_state(start), days, model, timeline, work, days)
        assert ending == REACHED
        used = int(state.used[0])
        resists = model.mask[state.kind[0, :used]] > 0
        cells = state.cells[0, :used]
        found[run] = cells[~resists].sum(), cells[resists].sum(), state.count[LESIONS] - 1
    return found


def _z_of_means(one: Any, other: Any) -> Any:
    return (one.mean(axis=0) - other.mean(axis=0)) / np.sqrt((one.var(axis=0) + other.var(axis=0)) / len(one))


def _z_of_variances(one: Any, other: Any) -> Any:
    squares = [(each - each.mean(axis=0)) ** 2 for each in (one, other)]
    return _z_of_means(*squares)


@pytest.mark.parametrize("days", [7.0, 28.0])
@pytest.mark.parametrize("clones", [27, 6])
def test_a_path_has_the_marks_of_cells_followed_one_by_one(clones: int, days: float) -> None:
    """Clones of 1,000 and of 4,500 cells, drawn as paths, against thirty of 900 in a lesion of the same size: 3,000 runs.

    Means and variances of wild cells, mutant cells and emigrants within six standard errors of each other: catches
    0.2 % of the wild cells, 4 % of the mutants after 7 days and 2.1 % after 28, 2.5 and 3.5 % of the emigrants, and 25 % of a variance.
    """
    assert CELLS_IN_ALL / 30 < PATH_CELLS <= CELLS_IN_ALL / clones
    exact, path = _counts(30, days), _counts(clones, days)
    assert (exact.mean(axis=0) > [1e4, 20.0, 10.0]).all()
    assert np.abs(_z_of_means(path, exact)).max() < 6.0
    assert np.abs(_z_of_variances(path, exact)).max() < 6.0


@pytest.mark.parametrize("days", [7.0, 28.0])
def test_mutants_of_a_path_go_with_its_end(days: float) -> None:
    """Where a clone by luck ends larger, its mutants are more: correlations within six standard errors, catches 0.15."""
    exact, path = (np.corrcoef(_counts(clones, days)[:, [WILD, MUTANT]].T)[0, 1] for clones in (30, 27))
    assert abs(np.arctanh(path) - np.arctanh(exact)) < 6.0 * np.sqrt(2.0 / (RUNS - 3))
