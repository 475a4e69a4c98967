"""Patients, lesions and plans, small enough that a property of the engine is shown in a second."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from seedsoil.biology.patient import Patient
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    CELLS,
    CLOCK,
    CLONES,
    FATE,
    GROWING,
    IMMATURE,
    LARGEST,
    LESIONS,
    MATURE,
    PARENT,
    REACHED,
    REPLACES,
    SITE,
    SPROUTS,
    STEP_DAYS,
    THRESHOLD,
    Model,
    State,
    Timeline,
    new_state,
)
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, run_until, scratch
from seedsoil.experiment.protocol import Protocol, Resect
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import mix, new_stream
from seedsoil.trial.plan import Plan

#: The one arm of a study in which the primary is resected.
CONTROL = {"control": Protocol((Resect("primary", 14.0),))}
ADULT, TWO_POOL = entry("hosts", "adult"), entry("vessels", "two_pool")

#: With these switched off, a lesion is one clone that grows by its own supply alone.
ONE_CLONE = ("soil matching", "metastasis", "resistance", "instability", "competence", "dormancy")


def changed(noun: Any, **numbers: float) -> Any:
    """A noun with other numbers; their ranges are let go."""
    free = {"low": None, "high": None}
    update = {
        name: getattr(noun, name).model_copy(update=free | {"number": float(number)})
        for name, number in numbers.items()
    }
    return noun.model_copy(update=update)


#: A colon cancer four times as fast as the catalogue's, so that what takes decades is seen within years. It says nothing
#: to its host and hears nothing from it: tests of those laws give it what they need.
COLON = changed(
    entry("tumours", "colon_adenocarcinoma").model_copy(
        update=dict.fromkeys(("founder_variation", "spread", "visibility", "dialogue"))
    ),
    division_rate=0.12, death_rate=0.045, hypoxic_death_rate=0.05, unmatched_death_rate=0.02,
)  # fmt: skip


def patient(host: Any = ADULT, tumour: Any = COLON, **numbers: float) -> Patient:
    """A patient with the colon tumour, some of its numbers changed."""
    return Patient.model_construct(tumour=changed(tumour, **numbers), host=host)


def own(model: Model) -> Model:
    """Tables of its own, to be written to: those of `build_model` are shared."""
    return Model(*map(np.copy, model))


def model_of(who: Patient, without: Collection[str] = (), vessels: Any = TWO_POOL) -> Model:
    """The tables that a step reads."""
    return own(build_model(who, vessels, without=without))


def lesion_of(
    model: Model, site: int, cells: float, *, sprouts: bool = False, replaces: bool = False, vessels: Sequence[float] = (0.0, 0.0),
) -> State:  # fmt: skip
    """A state with one lesion of one clone; ``vessels`` are its immature and its mature ones."""
    state, key = new_state(model.mask.shape[0]), np.uint64(77)
    row = state.lesion[0]
    row[SITE], row[PARENT], row[FATE], row[CELLS], row[LARGEST] = site, -1.0, GROWING, cells, cells
    row[SPROUTS], row[REPLACES], row[CLOCK] = float(sprouts), float(replaces), np.inf
    row[IMMATURE], row[MATURE] = vessels
    state.lesion_key[0] = key
    state.cells[0, 0], state.slot_key[0, 0], state.used[0] = cells, np.uint64(mix(key, key)), 1
    state.clone[0, 0] = -1
    state.count[LESIONS], state.count[CLONES] = 1, 1
    state.clock[THRESHOLD] = np.inf
    return state


def add_clone(state: State, kind: int, cells: float) -> None:
    """Give the first lesion one more clone, of another type of cell."""
    slot, key = int(state.used[0]), np.uint64(mix(state.lesion_key[0], np.uint64(1000 + kind)))
    state.cells[0, slot], state.kind[0, slot], state.slot_key[0, slot] = cells, kind, key
    state.clone_of[0, slot] = state.count[CLONES]
    state.clone[state.count[CLONES]] = (0, 0, kind, 0)
    state.used[0] = slot + 1
    state.count[CLONES] += 1
    state.lesion[0, CELLS] += cells


def follow(
    model: Model, state: State, days: float, every: float = STEP_DAYS, seed: int = 5, timeline: Timeline | None = None
) -> tuple[State, Any]:
    """Let time pass; return the state and the primary lesion's row on each day looked at [looks, columns]."""
    stream, work = new_stream(seed, 0), scratch(model)
    timeline = nothing(model.agent.shape[0]) if timeline is None else timeline
    start, rows = float(state.clock[0]), []
    for look in range(1, round(days / every) + 1):
        ending, state = run_until(stream, state, start + look * every, model, timeline, work)
        assert ending == REACHED
        rows.append(state.lesion[0].copy())
    return state, np.array(rows)


def plan_of(arms: dict[str, Any], agents: dict[str, Any] | None = None, **changes: Any) -> Plan:
    """A study of a few patients with colon tumours of 25 mm, followed for two years."""
    fields: dict[str, Any] = {
        "title": "a test", "patients": 2, "seed": 11, "until_days": 728.0, "without": (), "patient": patient(),
        "vessels": TWO_POOL, "diagnosis": Diagnosis(25.0), "vary": {}, "agents": agents or {}, "arms": arms,
    }  # fmt: skip
    return Plan(**(fields | changes))


@lru_cache(maxsize=16)
def control_tables(without: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """All tables of eight patients whose primary is resected, with some mechanisms switched off."""
    from seedsoil.trial.runner.patients import run_patients

    return run_patients(plan_of(CONTROL, without=without, patients=8), 0, 8)


def same(one: Any, other: Any) -> bool:
    """Whether two columns hold the same, nan for nan and bit for bit."""
    if one.dtype == object or other.dtype == object:
        return bool(one.shape == other.shape and (one == other).all())
    return bool(one.dtype == other.dtype and one.tobytes() == other.tobytes())
