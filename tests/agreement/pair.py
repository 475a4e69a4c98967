"""A patient twice, by the engine and by its plain twin, and what tells the two apart.

Counts, types, descent, sites, fates and keys must be equal; days, vessels, hypoxia, host cells and hazards to 1e-9 of
their size, since the two compute them by different formulas. One draw more, fewer or other shows at the next step.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from seedsoil.biology.patient import Patient
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    CELLS,
    CLONES,
    DIED,
    FATE,
    FIRST_KIND,
    GROWING,
    LARGEST,
    LESIONS,
    PARENT,
    REACHED,
    SITE,
    SPROUTS,
    STEP_DAYS,
    THRESHOLD,
    Model,
    State,
    Timeline,
    new_state,
)
from seedsoil.body.twin.reading import person_of, rules_of
from seedsoil.body.twin.step import advance
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import new_stream
from tests.agreement.people import PATIENT, VESSELS
from tests.properties.examples import own

EXACT = {"cells", "largest"}
ENDINGS = {REACHED: "reached", DIED: "died"}


def differences(engine: object, twin: object, path: str = "") -> list[str]:
    """Name every place where two trees of objects differ: floats by more than 1e-9, all else at all."""
    if is_dataclass(engine):
        names = [one.name for one in fields(engine) if one.compare]
        pairs = [(getattr(engine, name), getattr(twin, name), f"{path}.{name}") for name in names]
        return [line for pair in pairs for line in differences(*pair)]
    if isinstance(engine, list):
        assert isinstance(twin, list)
        found = [] if len(engine) == len(twin) else [f"{path}: {len(engine)} and {len(twin)} of them"]
        for number, (one, other) in enumerate(zip(engine, twin, strict=False)):
            found += differences(one, other, f"{path}[{number}]")
        return found
    near = isinstance(engine, float) and path.rpartition(".")[2] not in EXACT
    same = engine == pytest.approx(twin, rel=1e-9, abs=1e-12) if near else engine == twin
    return [] if same else [f"{path}: engine {engine!r}, twin {twin!r}"]


class Pair:
    """A patient twice: the engine's state and the twin's person, carried along together."""

    def __init__(self, state: State, model: Model, timeline: Timeline, seed: int, number: int) -> None:
        self.state, self.model, self.timeline, self.work = state, model, timeline, scratch(model)
        self.rules = rules_of(model, timeline)
        self.person = person_of(state, self.rules)
        self.streams = new_stream(seed, number), new_stream(seed, number)

    def reread(self) -> None:
        """Let the twin see what was done to the engine's state from outside."""
        self.person = person_of(self.state, self.rules)

    def live(self, until: float, stride: float = STEP_DAYS) -> str:
        """Carry both to a day by steps of ``stride`` days, and compare them after each on the way."""
        ending, day = "reached", self.person.today
        while day < until - 1e-9 and ending == "reached":
            day = min(until, (day // stride + 1.0) * stride)
            code, self.state = run_until(self.streams[0], self.state, day, self.model, self.timeline, self.work, stride)
            ending = advance(self.streams[1], self.person, day, self.rules, stride)
            assert ENDINGS.get(code) == ending, f"day {day:g}: the engine ended with {code}, the twin has {ending}"
            found = differences(person_of(self.state, self.rules), self.person)
            assert not found, f"day {day:g}: {len(found)} differences, first {found[:5]}"
        return ending


def alone(
    model: Model, timeline: Timeline, site: int, cells: float, kind: int, number: int = 0, sprouts: bool = True
) -> Pair:
    """A patient with one lesion of one clone, without vessels, whom nothing but the tumour can kill."""
    state = new_state(model.mask.shape[0])
    lesion = state.lesion[0]
    lesion[SITE], lesion[PARENT], lesion[FATE] = site, -1.0, GROWING
    lesion[CELLS], lesion[LARGEST], lesion[SPROUTS] = cells, cells, float(sprouts)
    state.cells[0, 0], state.kind[0, 0], state.used[0], state.clone[0, 0] = cells, kind, 1, -1
    state.lesion_key[0], state.slot_key[0, 0] = number + 1, number + 2
    state.count[LESIONS], state.count[CLONES], state.clock[THRESHOLD] = 1, 1, np.inf
    return Pair(state, model, timeline, 7, number)


def founded(patient: Patient = PATIENT, number: int = 0, without: tuple[str, ...] = (), cells: float = 50.0) -> Pair:
    """A patient with a primary of a few cells, untreated."""
    model = own(build_model(patient, VESSELS, without=without))
    home, first = patient.host.anatomy.index(patient.tumour.site), int(model.trait[FIRST_KIND])
    return alone(model, nothing(0), home, cells, first, number, "sprouting" not in without)
