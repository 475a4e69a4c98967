"""Whole patients by the engine and by its plain twin: the same cells, lines, lesions and days, step by step."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from seedsoil.biology.clone import Crowding
from seedsoil.body.state import (
    BURDEN_HAZARD,
    CEILING,
    CELLS,
    FATE,
    LETHAL,
    MORTALITY,
    MORTALITY_SLOPE,
    OPENING,
    RESECTED,
    SITE,
    SLOTS_BEYOND_TYPES,
    STEP_DAYS,
    THRESHOLD,
    TRACKED,
)
from seedsoil.body.twin.drugs import felt
from seedsoil.body.twin.hazards import cut
from seedsoil.body.twin.reading import person_of
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.experiment.protocol import Course, Protocol, Resect
from seedsoil.experiment.simulate import open_arm
from tests.agreement.pair import Pair, differences, founded
from tests.agreement.people import AGENTS, HOST, VESSELS, quick_patient


def test_an_untreated_patient_grows_and_seeds(tally: Counter[str]) -> None:
    """From fifty cells to a tumour of 1e7 with a hundred lesions, some asleep and some awake again.

    A mark's day off by a hundredth, one cell more or less at a mark, or another pool shows within three steps.
    """
    pair = founded(quick_patient())
    pair.live(112.0)
    fates = Counter(lesion.fate for lesion in pair.person.lesions)
    assert fates["dormant"] > 20
    assert fates["growing"] > 1
    assert min(tally[name] for name in ("follow_path", "draw_mutant", "send", "pool_of")) > 20
    assert pair.person.lesions[0].hypoxia > 0.1


def test_long_strides() -> None:
    """Eighteen weeks by three at a time: lesions shed and established within a stride begin on their own day.

    One that began with the next stride, or a week's end that still cuts a stride, shows at once.
    """
    pair = founded(quick_patient(), 2)
    stride = 21.0
    pair.live(126.0, stride)
    growing = [one for one in pair.person.lesions[1:] if one.fate == "growing"]
    own = [one for one in growing if one.active // stride == one.arrived // stride]
    assert len(own) > 1, len(growing)
    assert pair.person.lesions[0].cells > 1e6


@pytest.mark.parametrize("off", [(), ("reseeding",)])
def test_metastases_seed_again_after_the_primary_is_out(off: tuple[str, ...]) -> None:
    """Lesions of lesions, unless that is off, and the angiogenic switch; nothing is left of the primary.

    All cells resist something, at a cost: it slows their division, and the founding of their lesions.
    """
    pair = founded(quick_patient(), 1, off)
    fitness = pair.rules.resting.sites[pair.person.lesions[0].site].fitness
    pair.state.kind[0, 0] = next(kind.number for kind in pair.rules.kinds if fitness[kind.mask] < 1.0)
    pair.reread()
    pair.live(98.0)
    pair.state.lesion[0, CELLS], pair.state.lesion[0, FATE], pair.state.used[0] = 0.0, RESECTED, 0
    pair.reread()
    pair.live(154.0)
    others = pair.person.lesions[1:]
    assert sum(lesion.parent > 0 for lesion in others) > 20 if not off else all(lesion.parent == 0 for lesion in others)
    assert any(lesion.sprouts for lesion in others)
    assert any(not lesion.replaces for lesion in others if lesion.cells > 1e3)


@pytest.mark.parametrize(
    "off",
    [
        ("sprouting", "co-option"), ("hypoxia", "founder variation"), ("resistance", "competence"),
        ("lymphocytes", "macrophages", "stroma"), ("astrocyte protection", "inflammation", "barrier", "clusters"),
    ],
)  # fmt: skip
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


POISON = Course("poison", 100.0, "iv", 3.0, 14.0, 2)
CALL = Course("call", 200.0, "iv", 3.0, 14.0, 2)
INFUSION = Course("poison", 200.0, "hepatic_artery", 5.0, duration=7.0)


def test_lesions_that_crowd() -> None:
    """From 1e5 cells on divisions slow, and cells in cycle are fewer, also under drugs.

    A share of divisions off by 1e-9, or read at a piece's start where its middle is meant, shows within the week.
    """
    patient = quick_patient(shedding_rate=5e-5)
    crowding = Crowding.model_validate({"onset": 1e5, "capacity": 1e10})
    who = patient.model_copy(update={"tumour": patient.tumour.model_copy(update={"crowding": crowding})})
    pair = founded(who, 2)
    pair.live(112.0)
    assert 1e6 < pair.person.lesions[0].cells < 1e8
    grown = grow(who, VESSELS, Diagnosis(1.0), seed=11, number=3)
    arm = open_arm(grown, VESSELS, {agent.name: agent for agent in AGENTS}, Protocol(courses=(POISON, CALL)), 70.0)
    pair = Pair(arm.state, arm.model, arm.timeline, 11, 3)
    pair.live(pair.person.today + 56.0)


def treated(
    site: str, courses: tuple[Course, ...], mechanism_rate: float, cut_out: tuple[Resect, ...] = (), number: int = 3
) -> Pair:
    """A patient on the day of diagnosis, the primary put at a site, with drugs to come and clones that resist."""
    grown = grow(quick_patient(shedding_rate=5e-5), VESSELS, Diagnosis(1.5), seed=11, number=number)
    agents = {agent.name: agent for agent in AGENTS}
    arm = open_arm(grown, VESSELS, agents, Protocol(courses=courses, resections=cut_out), 70.0)
    arm.state.lesion[0, SITE] = HOST.anatomy.index(site)
    model = arm.model._replace(mechanism_rate=np.full_like(arm.model.mechanism_rate, mechanism_rate))
    return Pair(arm.state, model, arm.timeline, 11, number)


def test_an_operated_and_treated_patient(tally: Counter[str]) -> None:
    """Drugs on all that a drug can act on, surgery within a step that leaves some cells of some clones, and a wound."""
    pair = treated("gut", (POISON, CALL, INFUSION), 1e-5, (Resect("primary", 10.0),), number=8)
    today, signal = pair.person.today, pair.timeline.signal
    assert pair.person.lesions[0].cells > 1e6
    assert all(max(signal[:, column]) > 0.05 for column in range(signal.shape[1]))
    assert len(pair.model.site) > 10
    pair.live(today + 10.0)
    left = np.floor(1e-3 * pair.state.cells[0])
    pair.state.cells[0], pair.state.lesion[0, CELLS] = left, left.sum()
    pair.reread()
    assert 0.0 < pair.person.lesions[0].cells < 1e4
    pair.live(today + 56.0)
    assert pair.person.lesions[0].cells > 1e4
    assert len(pair.person.lesions) > 20
    assert tally["send"] > 20


@pytest.mark.parametrize(("site", "course"), [("brain", POISON), ("liver", INFUSION)])
def test_a_drug_behind_a_barrier_or_in_the_artery(site: str, course: Course) -> None:
    """Where the site decides what reaches the cells: the same drug does less there than in the gut, or more."""
    pair, index = treated(site, (course,), 1e-5), HOST.anatomy.index
    # The barrier opens at about the lesion's own size, where the law of its opening matters most.
    pair.model.site[:, index("brain"), OPENING], pair.model.site[:, index("brain"), CEILING] = 1.5, 0.6
    pair = Pair(pair.state, pair.model, pair.timeline, 11, 3)
    today, killed = pair.person.today, {}
    for place in (site, "gut"):
        lesion = replace(pair.person.lesions[0], site=index(place))
        killed[place] = sum(stretch.kill[0] * stretch.days for stretch in cut(lesion, today, today + 7.0, pair.rules))
    assert killed["brain"] < 0.8 * killed["gut"] if site == "brain" else killed["liver"] > 1.5 * killed["gut"]
    pair.live(today + 28.0)


def test_signals_behind_a_barrier_that_opens() -> None:
    """All signals that an agent can act on, in a brain lesion that opens its barrier: other conditions than the host's.

    A neighbouring opening, or the host's condition where the lesion's own is meant, shows within a step.
    """
    pair = treated("brain", (CALL,), 1e-5)
    pair.model.site[:, HOST.anatomy.index("brain"), OPENING] = 1.5
    pair = Pair(pair.state, pair.model, pair.timeline, 11, 3)
    lesion, window = pair.person.lesions[0], pair.rules.windows[1]
    felt_by = [felt(lesion, cells, window) for cells in (1e2, 1e6, 2e6, 1e9)]
    assert all(one is not other for one, other in pairwise([*felt_by, window.condition]))
    pair.live(pair.person.today + 28.0)


def resistant() -> Pair:
    """A patient whose cells often learn to resist drugs that are given: many clones that are told apart."""
    pair = founded(quick_patient(), 1)
    pair.state.clock[TRACKED] = 3.0
    rates = np.array([1e-4, 2e-4, 1e-4])
    return Pair(pair.state, pair.model._replace(mechanism_rate=rates), pair.timeline, 7, 1)


def test_clones_that_resist_are_told_apart_while_there_is_room(tally: Counter[str]) -> None:
    """Mutants followed one by one and all together, until the lesion's slots are full and they share a pool."""
    pair = resistant()
    pair.live(98.0)
    assert len(pair.person.lesions[0].clones) > SLOTS_BEYOND_TYPES
    assert sum(clone.kind.mask > 0 for clone in pair.person.lesions[0].clones) > 20
    assert tally["follow_path"] > 5
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
    pair.model.site[0, site, LETHAL], pair.model.trait[BURDEN_HAZARD] = 1e5, 0.05 if cause == "burden" else 1e-5
    pair.state.clock[MORTALITY], pair.state.clock[MORTALITY_SLOPE] = 1e-3, 1e-2
    pair.state.clock[THRESHOLD] = 0.5
    pair = Pair(pair.state, pair.model, pair.timeline, 7, 0)
    assert pair.live(400.0) == "died"
    assert pair.person.cause == (site if cause == "burden" else -1)
    assert 0.0 < pair.person.today - pair.person.death_day < STEP_DAYS


def test_the_comparison_is_awake() -> None:
    """One cell, one key, a billionth of a vessel or of a niche more is seen."""
    pair = resistant()
    pair.live(28.0)
    for change in (
        lambda person: setattr(person.lesions[0].clones[3], "cells", person.lesions[0].clones[3].cells + 1.0),
        lambda person: setattr(person.lesions[0], "key", person.lesions[0].key + 1),
        lambda person: setattr(person.lesions[0], "mature", 1e-8),
        lambda person: setattr(person.lesions[0], "stroma", person.lesions[0].stroma + 1e-8),
        lambda person: person.lines.pop(),
    ):
        other = person_of(pair.state, pair.rules)
        assert not differences(other, pair.person)
        change(other)
        assert len(differences(other, pair.person)) == 1
