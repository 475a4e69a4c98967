"""M15: every cell is accounted for, lesion by lesion and step by step, as far as a patient's state tells of it.

The engine draws where a step ends, and counts neither births nor deaths on the way. So they are switched off in turn: what is
left must then add up to the cell.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.body.kernel import advance
from seedsoil.body.state import (
    ARRIVAL_DAY,
    ARRIVAL_FROM,
    ARRIVAL_TO,
    ARRIVALS,
    ARRIVED,
    CELLS,
    CLONES,
    DEATH,
    DIVISION,
    HALF_CATCH,
    IMMATURE,
    LESIONS,
    MATURE,
    MORE_LESIONS,
    PARENT,
    PENDING,
    PERFUSION,
    REACHED,
    SEED_DAY,
    SEED_LESION,
    SEED_ORIGIN,
    SEED_SITE,
    SITE,
    STEP_DAYS,
    Model,
    State,
    copy_state,
    with_room,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.bundle import typed_once
from seedsoil.foundation.streams import mix, new_stream
from seedsoil.trial.study.file import shipped
from seedsoil.trial.trial import simulate
from tests.properties.examples import TWO_POOL, add_clone, changed, lesion_of
from tests.properties.plain import AT, compiled, factors, host, mechanism, soil, who

#: What makes other cells of cells, besides a mechanism that comes and goes.
QUIET = ("instability", "competence", "dormancy", "sprouting")
#: Where cells do what: neither divide nor die, only divide, only die.
STILL, BIRTHS, DEATHS = "skin", "lung", "brain"


#: Vessels that stay as they are, of which the ripe ones let no cell out.
TIGHT = changed(
    TWO_POOL, sprouting=0.0, maturation=0.0, destabilisation=0.0, immature_loss=0.0, mature_loss=0.0, mature_turnover=0.0,
    mature_leak=0.0,
)  # fmt: skip


@lru_cache(maxsize=4)
def _model(shedding: float = 0.0, reversal: float = 0.0, mutation: float = 0.0) -> Model:
    """A body in whose organs cells are still, are born, or die; each at 0.15 a day or more."""
    body = host(
        lung=soil("lung", ligands=factors(egf=1.0, iron=1.0)), skin=soil("skin", ligands=factors(iron=1.0)),
        liver=soil("liver", ligands=factors(iron=1.0)), brain=soil("brain", ligands=factors()),
    )  # fmt: skip
    person = who(
        body, division_rate=0.3, death_rate=0.0, unmatched_death_rate=0.2, hypoxic_death_rate=0.0,
        ligand_half_saturation=0.0, receptors=factors(egf=0.8), survival_receptors=factors(iron=1.0),
        shedding_rate=shedding, hypoxic_shedding_gain=0.0,
        mechanisms=(mechanism("sleep", mutation, reversal_rate=reversal),),
    )  # fmt: skip
    model = compiled(person, QUIET if shedding else (*QUIET, "metastasis"), TIGHT)
    rates = {name: model.site[0, AT[name], [DIVISION, DEATH]].tolist() for name in (STILL, BIRTHS, DEATHS)}
    assert rates[STILL] == [0.0, 0.0]
    assert rates[BIRTHS][0] > 0.15
    assert rates[BIRTHS][1] == rates[DEATHS][0] == 0.0
    assert rates[DEATHS][1] > 0.15
    return model


def _steps(model: Model, state: State, steps: int, seed: int = 5) -> list[State]:
    """The state as it was, and after each step."""
    stream, work, found = new_stream(seed, 0), scratch(model), [copy_state(state)]
    for step in range(1, steps + 1):
        ending, state = run_until(stream, state, step * STEP_DAYS, model, nothing(0), work)
        assert ending == REACHED
        found.append(copy_state(state))
    return found


def _cells(states: list[State], row: int = 0) -> Any:
    return np.array([state.lesion[row, CELLS] for state in states])


def _clones_add(states: list[State]) -> bool:
    """Whether the clones of each lesion add to its cells, exactly, in every state."""
    for state in states:
        for row in range(int(state.count[LESIONS])):
            if state.cells[row, : state.used[row]].sum() != state.lesion[row, CELLS]:
                return False
    return True


@pytest.mark.parametrize("cells", [1.0, 900.0, 1e7, 1e12])
@pytest.mark.parametrize("place", [STILL, BIRTHS, DEATHS])
def test_cells_come_and_go_by_birth_and_death_alone(place: str, cells: float) -> None:
    """Weeks: without either the same cells, of each clone; without deaths never fewer, without births never more.

    Two clones, some of whose daughters are of the other. Catches one cell of 1e12 that comes from nowhere or is lost.
    """
    model = _model(mutation=0.05)
    state = lesion_of(model, AT[place], cells)
    add_clone(state, 2, cells)
    states = _steps(model, state, 3 if place == BIRTHS else 20)  # counts are exact below 2^53
    change = np.diff(_cells(states))
    assert _clones_add(states)
    if place == STILL:
        assert (change == 0.0).all()
        assert all((each.cells[0, :2] == cells).all() for each in states)
    else:
        assert ((change >= 0.0) if place == BIRTHS else (change <= 0.0)).all()
        assert change.any()


def test_cells_that_lose_a_mechanism_stay_in_their_lesion() -> None:
    """900 persisters go back one by one, and none is born or dies: 900 cells at every step, of two kinds in the end."""
    model = _model(reversal=0.01)
    state = lesion_of(model, AT[STILL], 900.0)
    state.kind[0, 0] = 2
    states = _steps(model, state, 30)
    assert (_cells(states) == 900.0).all()
    assert _clones_add(states)
    back = [each.cells[0, : each.used[0]][each.kind[0, : each.used[0]] == 0].sum() for each in states]
    assert 0.0 < back[1] < back[5] < back[-1] <= 900.0
    assert np.all(np.diff(back) >= 0.0)


#: Cells of a primary that sheds, and lesions for which there is room.
PRIMARY, ROOM = 27_000.0, 4000


def _shedding() -> tuple[Model, State]:
    """A still primary that sheds some hundred cells a week, and a large still lesion that lets none out and holds guests.

    Lesions below ten thousand cells have no vessels of their own to shed into: the primary is thirty clones of 900.
    """
    model = _model(shedding=0.01)
    model.site[:, :, HALF_CATCH] = 1e9
    state = with_room(lesion_of(model, AT[STILL], PRIMARY, vessels=(1.0, 0.0)), ROOM, 9000, 2 * ROOM)
    for slot in range(30):
        state.cells[0, slot], state.clone_of[0, slot], state.clone[slot] = 900.0, slot, (-1, 0, 0, 0)
        state.slot_key[0, slot] = np.uint64(mix(np.uint64(901), np.uint64(slot)))
    state.used[0] = state.count[CLONES] = 30
    state.lesion[1] = state.lesion[0]
    state.lesion[1, SITE], state.lesion[1, CELLS], state.lesion[1, PARENT] = AT["liver"], 1e9, 0.0
    state.lesion[1, IMMATURE], state.lesion[1, MATURE], state.lesion[1, PERFUSION] = 0.0, 1.0, 1.0
    state.lesion_key[1], state.slot_key[1, 0] = np.uint64(78), np.uint64(79)
    state.cells[1, 0], state.clone_of[1, 0], state.used[1] = 1e9, 30, 1
    state.clone[30], state.count[CLONES] = (-1, 1, 0, 0), 31
    state.count[LESIONS] = 2
    return model, state


def test_who_leaves_a_lesion_founds_another_or_joins_one() -> None:
    """27,000 cells of which none is born or dies: those still there, founders and guests are 27,000 after each step.

    Catches an emigrant that is left in its lesion, one that comes twice, and one that is lost.
    """
    model, start = _shedding()
    states = _steps(model, start, 12)
    assert _clones_add(states)
    for state in states:
        founded = np.count_nonzero(state.lesion[2 : state.count[LESIONS], PARENT] == 0.0)
        arrivals = state.arrival[: state.count[ARRIVALS]]
        assert (arrivals[:, ARRIVAL_FROM] == 0.0).all()
        joined = np.count_nonzero(arrivals[:, ARRIVAL_TO] == 1.0)
        assert state.lesion[0, CELLS] + founded + len(arrivals) == PRIMARY
        assert state.lesion[1, CELLS] == 1e9 + joined
    assert founded > 50
    assert joined > 20


def test_who_is_on_the_way_arrives() -> None:
    """A step that ends without room tells who is on the way; given room, each founds the lesion that was told, or joins it.

    Catches one that goes astray, with another day, or without being counted where it joins.
    """
    model, state = _shedding()
    state = State(*(array[: 3 if array.shape[0] == ROOM else None].copy() for array in state))
    ending = typed_once(advance)(new_stream(5, 0), state, STEP_DAYS, STEP_DAYS, model, nothing(0), scratch(model))
    assert ending == MORE_LESIONS
    told, keys = (array[: state.count[PENDING]].copy() for array in (state.pending, state.pending_key))
    assert state.lesion[0, CELLS] + len(told) == PRIMARY
    before = state.lesion[:2, CELLS].copy()
    ending, state = run_until(new_stream(5, 0), state, STEP_DAYS, model, nothing(0), scratch(model))
    assert ending == REACHED
    founders = told[:, SEED_LESION] < 0.0
    assert founders.sum() > 5
    assert (~founders).sum() > 2
    rows = slice(2, int(state.count[LESIONS]))
    assert (state.lesion_key[rows] == keys[founders]).all()
    assert (
        state.lesion[rows][:, [SITE, PARENT, ARRIVED]] == told[founders][:, [SEED_SITE, SEED_ORIGIN, SEED_DAY]]
    ).all()
    arrivals = state.arrival[: state.count[ARRIVALS]]
    assert (
        arrivals[:, [ARRIVAL_TO, ARRIVAL_FROM, ARRIVAL_DAY]] == told[~founders][:, [SEED_LESION, SEED_ORIGIN, SEED_DAY]]
    ).all()
    gained = np.bincount(arrivals[:, ARRIVAL_TO].astype(int), minlength=2)
    assert (state.lesion[:2, CELLS] == before + gained).all()


@pytest.mark.parametrize("number", [2, 5])
def test_clones_add_to_their_lesion_on_every_day(number: int) -> None:
    """A treated patient of the shipped study, from the founding cell on: each lesion, and each clone, on each recorded day.

    Catches a slot that is not in use, and a clone that is counted in two lesions or none.
    """
    history = simulate(shipped("demo").plan(), "surgery", number)
    mosaic = history.mosaic
    assert (np.diff(mosaic.days) >= 0.0).all()
    lesions, clones = (
        np.zeros((mosaic.days.size, width)) for width in (history.cells.shape[1], history.clone_cells.shape[1])
    )
    day = np.repeat(np.arange(mosaic.days.size), np.diff(mosaic.first))
    np.add.at(lesions, (day, mosaic.lesion), mosaic.cells)
    np.add.at(clones, (day, mosaic.clone), mosaic.cells)
    told = {(one, cells.tobytes()) for one, cells in zip(history.days, history.cells, strict=True)}
    assert {(one, cells.tobytes()) for one, cells in zip(mosaic.days, lesions, strict=True)} == told
    told = {(one, cells.tobytes()) for one, cells in zip(history.days, history.clone_cells, strict=True)}
    assert {(one, cells.tobytes()) for one, cells in zip(mosaic.days, clones, strict=True)} == told
    assert len(told) > 100
