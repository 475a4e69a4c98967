"""Whole patients by the engine and by its plain twin: the same cells, lines, lesions and days, step by step.

Counts, types, descent, sites, fates and keys must be equal; days, vessels, hypoxia and hazards to 1e-9 of their size,
since the two compute them by different formulas. One draw more, fewer or other shows at the next step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from seedsoil.biology.patient import Patient
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    BURDEN_HAZARD,
    CEILING,
    CELLS,
    CLONES,
    DIED,
    FATE,
    GROWING,
    LARGEST,
    LESIONS,
    LETHAL,
    MORTALITY,
    MORTALITY_SLOPE,
    OPENING,
    PARENT,
    REACHED,
    RESECTED,
    SITE,
    SLOTS_BEYOND_TYPES,
    SPROUTS,
    STEP_DAYS,
    THRESHOLD,
    TRACKED,
    Model,
    State,
    Timeline,
    new_state,
)
from seedsoil.body.twin import step as reference
from seedsoil.body.twin.hazards import cut
from seedsoil.body.twin.person import person_of, rules_of
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow, run_until, scratch
from seedsoil.experiment.protocol import Course, Protocol, Resect
from seedsoil.experiment.simulate import Arm, open_arm, resect
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import new_stream

# What makes a patient small and quick: fast division, and emigrants that mostly succeed.
QUICK = {
    "division_rate": 0.3, "shedding_rate": 1e-3, "viable_when_shed": 0.5, "early_loss_rate": 0.2,
    "transit_loss_rate": 300.0, "intravascular_death_rate": 0.2,
}  # fmt: skip
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

    def live(self, until: float) -> str:
        """Carry both to a day, and compare them after each step on the way."""
        ending, day = "reached", self.person.today
        while day < until - 1e-9 and ending == "reached":
            day = min(until, (day // STEP_DAYS + 1.0) * STEP_DAYS)
            code, self.state = run_until(self.streams[0], self.state, day, self.model, self.timeline, self.work)
            ending = reference.advance(self.streams[1], self.person, day, self.rules)
            found = differences(person_of(self.state, self.rules), self.person)
            assert not found, f"day {day:g}: {len(found)} differences, first {found[:5]}"
            assert ENDINGS[code] == ending
        return ending


def quick_patient(**changes: float) -> Patient:
    """A colon cancer in an adult that does in weeks what takes years."""
    tumour = entry("tumours", "colon_adenocarcinoma")
    changed = {
        name: getattr(tumour, name).model_copy(update={"number": value}) for name, value in (QUICK | changes).items()
    }
    return Patient(tumour=tumour.model_copy(update=changed), host=entry("hosts", "adult"))


def founded(patient: Patient, number: int, without: tuple[str, ...] = ()) -> Pair:
    """A patient with a primary of fifty cells, untreated, whom nothing but the tumour can kill."""
    model = build_model(patient, entry("vessels", "two_pool"), without=without)
    state = new_state(model.mask.shape[0])
    lesion = state.lesion[0]
    lesion[SITE], lesion[PARENT], lesion[FATE] = patient.host.anatomy.index(patient.tumour.site), -1.0, GROWING
    lesion[CELLS], lesion[LARGEST], lesion[SPROUTS] = 50.0, 50.0, 0.0 if "sprouting" in without else 1.0
    state.cells[0, 0], state.used[0], state.clone[0, 0] = 50.0, 1, -1
    state.lesion_key[0], state.slot_key[0, 0] = number + 1, number + 2
    state.count[LESIONS], state.count[CLONES], state.clock[THRESHOLD] = 1, 1, np.inf
    return Pair(state, model, nothing(0), 7, number)


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what the twin goes through, so that a scenario shows what it was made for."""
    seen: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object) -> object:
            seen[name] += 1
            return function(*given)

        return call

    for name in ("bridge", "draw_mutant", "send"):
        monkeypatch.setattr(reference.LesionStep, name, counted(name, getattr(reference.LesionStep, name)))
    monkeypatch.setattr(reference, "pool_of", counted("pool_of", reference.pool_of))
    return seen


def test_an_untreated_patient_grows_and_seeds(tally: Counter[str]) -> None:
    """From fifty cells to a tumour of 8e7 with 150 lesions, some asleep and some awake again.

    A mark's day off by a hundredth, one cell more or less at a mark, or another pool shows within three steps.
    """
    pair = founded(quick_patient(wake_rate=0.05), 0)
    pair.live(112.0)
    fates = Counter(lesion.fate for lesion in pair.person.lesions)
    assert fates["dormant"] > 50
    assert fates["growing"] > 1
    assert min(tally[name] for name in ("bridge", "draw_mutant", "send", "pool_of")) > 20
    assert pair.person.lesions[0].hypoxia > 0.1


@pytest.mark.parametrize("off", [(), ("reseeding",)])
def test_metastases_seed_again_after_the_primary_is_out(off: tuple[str, ...]) -> None:
    """Lesions of lesions, unless that is off, and the angiogenic switch; nothing is left of the primary.

    All cells resist something, at a cost: it slows their division, and the founding of their lesions.
    """
    pair = founded(quick_patient(angiogenic_switch_rate=0.1), 0, off)
    pair.state.kind[0, 0] = next(kind.number for kind in pair.rules.kinds if kind.fitness < 1.0)
    pair.reread()
    pair.live(84.0)
    pair.state.lesion[0, CELLS], pair.state.lesion[0, FATE], pair.state.used[0] = 0.0, RESECTED, 0
    pair.reread()
    pair.live(140.0)
    others = pair.person.lesions[1:]
    assert sum(lesion.parent > 0 for lesion in others) > 20 if not off else all(lesion.parent == 0 for lesion in others)
    assert any(lesion.sprouts for lesion in others)
    assert any(not lesion.replaces for lesion in others if lesion.cells > 1e3)


@pytest.mark.parametrize("off", [("sprouting", "co-option"), ("hypoxia",), ("resistance", "competence")])
def test_a_patient_without_mechanisms(off: tuple[str, ...]) -> None:
    """What a study can switch off is off in both."""
    pair = founded(quick_patient(), 2, off)
    pair.live(77.0)
    assert pair.person.lesions[0].cells > 1e5


def test_a_lesion_that_dies_out() -> None:
    """Every cell dies within some weeks, and both say so on the same day, also where a change cuts the steps."""
    pair = founded(quick_patient(division_rate=0.1, death_rate=0.2), 3)
    for cut_day in (1.5, 3.0, 4.0, 6.9, 140.0):
        pair.live(cut_day)
    assert pair.person.lesions[0].fate == "extinct"
    assert not pair.person.lesions[0].clones


POISON = Course("fluorouracil", 700.0, "iv", 3.0, 14.0, 2)
ANTIBODY = Course("bevacizumab", 350.0, "iv", 3.0, 14.0, 2)
INFUSION = Course("floxuridine", 100.0, "hepatic_artery", 5.0, duration=7.0)


def treated(site: str, courses: tuple[Course, ...], mechanism_rate: float) -> tuple[Pair, Arm]:
    """A patient on the day of diagnosis, the primary put at a site, with drugs to come and clones that resist."""
    vessels = entry("vessels", "two_pool")
    agents = {name: entry("agents", name) for name in {course.agent for course in courses}}
    grown = grow(quick_patient(shedding_rate=0.01), vessels, Diagnosis(1.5), seed=11, number=3)
    arm = open_arm(grown, vessels, agents, Protocol(courses=courses), 70.0)
    arm.state.lesion[0, SITE] = grown.patient.host.anatomy.index(site)
    model = arm.model._replace(mechanism_rate=np.full_like(arm.model.mechanism_rate, mechanism_rate))
    return Pair(arm.state, model, arm.timeline, 11, 3), arm


def test_an_operated_and_treated_patient(tally: Counter[str]) -> None:
    """Three drugs, then surgery within a step that leaves some cells of some clones, and growth from those."""
    pair, arm = treated("colon", (POISON, ANTIBODY, INFUSION), 1e-5)
    today = pair.person.today
    assert pair.person.lesions[0].cells > 1e6
    assert max(window.vegf for window in pair.rules.windows) > 1.0
    pair.live(today + 10.0)
    arm.state = pair.state
    resect(arm, Resect("primary", 10.0, 1e-3))
    pair.reread()
    assert 0.0 < pair.person.lesions[0].cells < 1e4
    pair.live(today + 63.0)
    assert pair.person.lesions[0].cells > 1e4
    assert len(pair.person.lesions) > 20
    assert tally["send"] > 20


@pytest.mark.parametrize(("site", "course"), [("brain", POISON), ("liver", INFUSION)])
def test_a_drug_behind_a_barrier_or_in_the_artery(site: str, course: Course) -> None:
    """Where the site decides what reaches the cells: the same drug does less there than in the colon, or far more."""
    pair, arm = treated(site, (course,), 1e-5)
    # The barrier opens at about the lesion's own size, where the law of its opening matters most.
    barrier = pair.model.site[arm.grown.patient.host.anatomy.index("brain")]
    barrier[OPENING], barrier[CEILING] = 1.5, 0.6
    pair = Pair(pair.state, pair.model, pair.timeline, 11, 3)
    today, killed = pair.person.today, {}
    for place in (site, "colon"):
        lesion = replace(pair.person.lesions[0], site=arm.grown.patient.host.anatomy.index(place))
        killed[place] = sum(stretch.kill[0] * stretch.days for stretch in cut(lesion, today, today + 7.0, pair.rules))
    assert killed["brain"] < 0.8 * killed["colon"] if site == "brain" else killed["liver"] > 2.0 * killed["colon"]
    pair.live(today + 28.0)


def test_vessels_under_every_block() -> None:
    """VEGF, Ang2 and pericytes each blocked in part for a week: the vessels of both agree, and are not as without."""
    pair, _ = treated("colon", (ANTIBODY,), 0.0)
    bare, _ = treated("colon", (), 0.0)
    blocked = pair.timeline.blocked.copy()
    blocked[:, 1], blocked[:, 2] = 0.3, 0.5
    pair = Pair(pair.state, pair.model, pair.timeline._replace(blocked=blocked), 11, 3)
    for one in (pair, bare):
        one.live(one.person.today + 21.0)
    assert abs(pair.person.lesions[0].immature / bare.person.lesions[0].immature - 1.0) > 0.1


def resistant() -> Pair:
    """A patient whose cells often learn to resist drugs that are given: many clones that are told apart."""
    pair = founded(quick_patient(), 1)
    rates = np.array([1e-4, 2e-4])
    pair.state.clock[TRACKED] = 3.0
    return Pair(pair.state, pair.model._replace(mechanism_rate=rates), pair.timeline, 7, 1)


def test_clones_that_resist_are_told_apart_while_there_is_room(tally: Counter[str]) -> None:
    """Mutants followed one by one and all together, until the lesion's slots are full and they share a pool."""
    pair = resistant()
    pair.live(84.0)
    assert len(pair.person.lesions[0].clones) > SLOTS_BEYOND_TYPES
    assert sum(clone.kind.mask > 0 for clone in pair.person.lesions[0].clones) > 20
    assert tally["bridge"] > 5
    assert tally["draw_mutant"] > 20


def test_no_two_clones_share_their_luck() -> None:
    """A key names one clone of a lesion: clones of one key would have the same number of cells for ever."""
    pair = resistant()
    pair.live(63.0)
    keys = [clone.key for clone in pair.person.lesions[0].clones]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("cause", ["burden", "age"])
def test_death_has_the_same_day_and_cause(cause: str) -> None:
    """The burden of one site, or the background by age, uses up the patient's share of hazard within a step."""
    pair = founded(quick_patient(), 0, ("metastasis",))
    site = int(pair.state.lesion[0, SITE])
    pair.model.site[site, LETHAL], pair.model.trait[BURDEN_HAZARD] = 1e5, 0.05 if cause == "burden" else 1e-5
    pair.state.clock[MORTALITY], pair.state.clock[MORTALITY_SLOPE] = 1e-3, 1e-2
    pair.state.clock[THRESHOLD] = 0.5
    pair = Pair(pair.state, pair.model, pair.timeline, 7, 0)
    assert pair.live(400.0) == "died"
    assert pair.person.cause == (site if cause == "burden" else -1)
    assert 0.0 < pair.person.today - pair.person.death_day < STEP_DAYS


def test_the_comparison_is_awake() -> None:
    """One cell, one key or a billionth of a vessel more is seen."""
    pair = resistant()
    pair.live(28.0)
    for change in (
        lambda person: setattr(person.lesions[0].clones[3], "cells", person.lesions[0].clones[3].cells + 1.0),
        lambda person: setattr(person.lesions[0], "key", person.lesions[0].key + 1),
        lambda person: setattr(person.lesions[0], "mature", 1e-8),
        lambda person: person.lines.pop(),
    ):
        other = person_of(pair.state, pair.rules)
        assert not differences(other, pair.person)
        change(other)
        assert len(differences(other, pair.person)) == 1
