"""Host cells, signals, delivery and persisters by the engine and by its plain twin: the same lesions, draw for draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from seedsoil.body.conditions import total_emission
from seedsoil.body.state import (
    CELLS,
    CLONES,
    HIT_RATE,
    IMMATURE,
    INSTABILITY_RATE,
    KILL_RATE,
    LARGEST,
    LYMPHOCYTES,
    MACROPHAGES,
    MATURE,
    MAXIMUM,
    SEEN,
    SHEDDING,
    STEP_DAYS,
    VIGOUR,
    Model,
)
from seedsoil.body.twin.hazards import cut
from seedsoil.body.twin.person import Person
from seedsoil.experiment.timeline import nothing
from tests.agreement.luck import any_timeline, anyone, conditioned
from tests.agreement.pair import Pair, alone, founded
from tests.agreement.people import TUMOUR, quick_patient

#: What a lesion has of each law beyond the resting state.
_FELT = (
    "borrowed_lost",
    "excited",
    "sheltered",
    "stroma",
    "called",
    "inside",
    "vigour",
    "openness",
    "perfusion",
    "leak",
)
GUT, LIVER, BRAIN = 2, 3, 4


def too_large(person: Person) -> bool:
    """Whether a person has more than the plain twin carries in a second."""
    return len(person.lesions) > 40 or sum(lesion.cells for lesion in person.lesions) > 1e7


@pytest.mark.parametrize("first", [4, 16, 32])
def test_anyone_at_all(first: int, tally: Counter[str]) -> None:
    """Four patients of whom all is drawn: numbers, mechanisms that are off, signals, drugs, lesions, clones.

    Every column of every lesion agrees to 1e-9 after each week, and every count to the cell.
    """
    felt: Counter[str] = Counter()
    for number in range(first, first + 4):
        pair = Pair(*anyone(number), 3, number)
        while pair.person.today < 35.0 and not too_large(pair.person):
            pair.live(pair.person.today + STEP_DAYS)
            for lesion in pair.person.lesions:
                felt.update(name for name in _FELT if lesion.fate == "growing" and getattr(lesion, name) != 0.0)
    assert all(felt[name] > 10 for name in _FELT), felt
    assert min(tally[name] for name in ("follow_path", "draw_mutant", "draw_loss", "send", "inherited")) > 3, tally


def without_drugs(model: Model, number: int, clones: int = 1, cells: float = 2e4) -> Pair:
    """A vascular lesion of competent persisters in the liver, in so many clones, under signals of which each holds some days."""
    timeline = any_timeline(np.random.default_rng(number), 35.0)
    timeline.plasma[:], timeline.artery[:] = 0.0, 0.0
    pair = founded()
    kind = next(k.number for k in pair.rules.kinds if k.mask == 0b110 and k.hits == pair.rules.hits)
    pair = alone(model, timeline, LIVER, cells, kind, number)
    pair.state.lesion[0, IMMATURE], pair.state.lesion[0, MATURE] = 0.5, 0.5
    for slot in range(1, clones):
        pair.state.cells[0, slot], pair.state.kind[0, slot] = cells, kind
        pair.state.slot_key[0, slot], pair.state.clone_of[0, slot] = 1000 + slot, slot
        pair.state.clone[slot] = (-1, 0, kind, 0)
    pair.state.used[0] = pair.state.count[CLONES] = clones
    pair.state.lesion[0, [CELLS, LARGEST]] = clones * cells
    pair.reread()
    return pair


#: Clones whose marks are followed one by one, in a lesion large enough to have vessels and to shed; and one drawn as a path.
SMALL, LARGE = (12, 900.0), (1, 2e4)


@pytest.mark.parametrize(("rate", "clones"), [(3e-4, SMALL), (1e-2, LARGE)])
def test_three_sorts_of_mark(rate: float, clones: tuple[int, float], tally: Counter[str]) -> None:
    """Cells mutate, depart and lose a mechanism in one step: one by one in small clones, all together in a large one.

    The three share one law of marks, whose shares differ from condition to condition. A sort that is taken for another,
    or a cell that is not taken from its clone, shows in the first week.
    """
    model = conditioned(np.random.default_rng(1))
    model.trait[SHEDDING] = 3.0 * rate / model.emission[:, LIVER].sum(axis=1).max()
    model = model._replace(mechanism_rate=np.full(3, 3.0 * rate), reversal_rate=np.array([0.0, rate, 2.0 * rate]))
    pair = without_drugs(model, 5, *clones)
    pair.live(STEP_DAYS)
    if clones == SMALL:
        assert tally["follow_path"] == 0
        assert min(tally[name] for name in ("draw_mutant", "draw_loss", "send")) >= 3
    else:
        assert tally["follow_path"] == 1
        assert tally["send"] > 50
        masks = {clone.kind.mask for clone in pair.person.lesions[0].clones if clone.cells > 50.0}
        assert {0b010, 0b100, 0b111} <= masks
    pair.live(3.0 * STEP_DAYS)


def test_nothing_returns_where_nothing_is_reversible(tally: Counter[str]) -> None:
    """A rate of none draws nothing: no cell has fewer mechanisms than its founder, and those that leave all depart."""
    model = conditioned(np.random.default_rng(1))
    model.trait[SHEDDING] = 1e-3 / model.emission[:, LIVER].sum(axis=1).max()
    pair = without_drugs(model._replace(reversal_rate=np.zeros(3)), 5)
    pair.live(2.0 * STEP_DAYS)
    assert tally["send"] > 3
    assert all(clone.kind.mask & 0b110 == 0b110 for clone in pair.person.lesions[0].clones)
    assert not tally["draw_loss"]


@pytest.mark.parametrize(("cells", "way"), [(12.0, "draw_mutant"), (1e6, "follow_path")])
def test_no_more_than_half_of_all_divisions_bring_a_mutant(cells: float, way: str, tally: Counter[str]) -> None:
    """Where mechanisms come so often that their chances add to more than 1, the other half still has none."""
    model = founded().model._replace(mechanism_rate=np.full(3, 0.5))
    pair = alone(model, nothing(0), LIVER, cells, 0)
    assert pair.rules.mutation_chance(pair.rules.kinds[0], 0.0) == 0.5
    pair.live(14.0)
    assert tally[way] > (20 if way == "draw_mutant" else 1)


@pytest.mark.parametrize(("cells", "way"), [(300.0, "draw_mutant"), (3e6, "follow_path")])
def test_drugs_bring_tolerance_about(cells: float, way: str, tally: Counter[str]) -> None:
    """Under two drugs persisters come oftener than their rate has it, one by one and all together, and alike in both.

    The other mechanisms do not: a drug's strain that is another's, or an earlier day's, shows in the first weeks.
    """
    found = {}
    for fold in (1.0, 10.0):
        model = conditioned(np.random.default_rng(2))._replace(induced_fold=np.array([1.0, fold, 1.0]))
        model = model._replace(mechanism_rate=np.array([3e-4, 1e-3, 3e-4]) * (3e6 / cells) ** 0.2)
        model.trait[[SHEDDING, HIT_RATE, INSTABILITY_RATE, KILL_RATE]] = 0.0
        model.agent[:, MAXIMUM] *= 0.1  # strain without loss
        timeline = any_timeline(np.random.default_rng(4), 35.0)
        pair = alone(model, timeline, LIVER, cells, 0)
        pair.live(21.0)
        clones = pair.person.lesions[0].clones
        found[fold] = sum(clone.cells for clone in clones if clone.kind.mask == 0b010)
    assert tally[way] > (20 if way == "draw_mutant" else 1)
    assert found[10.0] > 1.5 * found[1.0] > 0.0


@pytest.mark.parametrize("condition", [1, 2, 3])
@pytest.mark.parametrize(("rate", "clones"), [(1.5e-2, SMALL), (6e-2, LARGE)])
def test_departures_follow_the_condition(
    condition: int, rate: float, clones: tuple[int, float], tally: Counter[str]
) -> None:
    """Emigrants go where the condition of the day has it, one by one and all together; the other tables are not heard."""
    model = conditioned(np.random.default_rng(condition))
    model.emission[:] = 0.0
    model.emission[:, :, GUT] = 0.5
    model.emission[condition, :, GUT] = 0.0
    model.emission[condition, :, LIVER], model.emission[condition, :, BRAIN] = 0.1, 0.05
    model.trait[SHEDDING], model.fitness[:] = rate, 1.0
    model = model._replace(
        emission_total=total_emission(model.emission, model.favour),
        mechanism_rate=np.zeros(3),
        reversal_rate=np.zeros(3),
    )
    pair = without_drugs(model, condition, *clones)
    pair.timeline.condition[:] = condition
    pair = Pair(pair.state, model, pair.timeline, 7, condition)
    pair.live(STEP_DAYS)
    seen = Counter(lesion.site for lesion in pair.person.lesions[1:])
    assert set(seen) == {LIVER, BRAIN}
    assert min(seen.values()) > 1
    assert tally["follow_path"] == (clones == LARGE)


def test_what_holds_outside_the_pieces() -> None:
    """Between two pieces, and after the last, the timeline's last row holds: with it the lesion fares as with one piece."""
    model = conditioned(np.random.default_rng(3))
    timeline = any_timeline(np.random.default_rng(3), 20.0)
    still = timeline._replace(
        start=np.zeros(0), end=np.zeros(0), plasma=timeline.plasma[:0], artery=timeline.artery[:0],
        signal=timeline.signal[-1:], condition=np.array([2]), behind=timeline.behind[-1:],
    )  # fmt: skip
    whole = still._replace(
        start=np.zeros(1), end=np.full(1, 28.0), plasma=0.0 * timeline.plasma[:1], artery=0.0 * timeline.artery[:1],
        signal=np.repeat(timeline.signal[-1:], 2, axis=0), condition=np.array([2, 0]),
        behind=np.repeat(timeline.behind[-1:], 2, axis=0),
    )  # fmt: skip
    pairs = [alone(model, one, BRAIN, 3e5, 0) for one in (still, whole)]
    for pair in pairs:
        pair.live(28.0)
    assert pairs[0].person.lesions[0] == pairs[1].person.lesions[0]
    assert pairs[0].person.lesions[0].mature > 0.0


def test_effector_cells_shorten_the_stretches_in_which_they_kill() -> None:
    """Small lesions are cut where they shrink by half an e-fold; where nobody kills, a week is one stretch.

    Macrophages kill all cells alike, lymphocytes those of which they see more, and none that hides wholly.
    """
    model = founded().model
    model.trait[KILL_RATE], model.site[:, :, LYMPHOCYTES] = 2.0, 0.0
    calm = alone(model, nothing(0), LIVER, 500.0, 0)
    assert len(cut(replace(calm.person.lesions[0]), 0.0, 7.0, calm.rules)) == 1
    kills = {}
    for hunter, level in ((LYMPHOCYTES, 2.0), (MACROPHAGES, 5.0)):
        model.site[:, :, hunter] = level
        pair = alone(model, nothing(0), LIVER, 500.0, 0)
        stretches = cut(replace(pair.person.lesions[0]), 0.0, 7.0, pair.rules)
        assert 2 < len(stretches) <= 14
        kills[hunter] = stretches[0].kill
        pair.live(14.0)
        model.site[:, :, hunter] = 0.0
    seen, blind = kills[LYMPHOCYTES], kills[MACROPHAGES]
    assert seen[0b100] < 0.5 * seen[0]
    assert blind == pytest.approx([blind[0]] * len(blind))
    model.site[:, :, LYMPHOCYTES], model.site[:, :, SEEN] = 2.0, 0.0
    hidden = alone(model, nothing(0), LIVER, 500.0, 0)
    assert len(cut(replace(hidden.person.lesions[0]), 0.0, 7.0, hidden.rules)) == 1
    hidden.live(14.0)


@pytest.mark.parametrize("variation", [0.3, None])
def test_founders_inherit_their_mothers_vigour(variation: float | None) -> None:
    """Lesions of a vigorous one are about as vigorous, or just so, and their barriers open each in its own way."""
    pair = founded(quick_patient(shedding_rate=5e-6, founder_variation=variation), cells=2e6)
    pair.state.lesion[0, [IMMATURE, MATURE]] = 0.5
    pair.state.lesion[0, VIGOUR] = 0.4
    pair.state.kind[0, 0] = next(k.number for k in pair.rules.kinds if k.competent and not k.mask)
    pair.reread()
    pair.live(14.0)
    found = pair.person.lesions[1:]
    vigour = np.array([lesion.vigour for lesion in found])
    openness = {lesion.openness for lesion in found if lesion.site == BRAIN}
    assert len(found) > 30
    # A variation of 0.3 is a lognormal of spread 0.294 about the mother's mean; the fast are found oftener than shed.
    spread = 0.294 if variation else 0.0
    lead = 0.04 if variation else 0.0
    assert vigour.mean() == pytest.approx(0.4 + lead, rel=1e-9, abs=6.0 * spread / np.sqrt(len(found)))
    assert 0.5 * spread <= vigour.std() <= 2.0 * spread + 1e-9
    assert len(openness) > 5
    assert all(lesion.openness == 0.0 for lesion in found if lesion.site != BRAIN)


def test_a_tumour_that_carries_a_mechanism_from_its_first_cell() -> None:
    """All cells of its clones have the mechanism; what can lose it does."""
    patient = quick_patient()
    patient = patient.model_copy(update={"tumour": TUMOUR.model_copy(update={"carries": ("pump", "mask")})})
    pair = founded(patient)
    first = pair.person.lesions[0].clones[0].kind
    assert (first.hits, first.unstable, first.mask) == (0, False, 0b101)
    pair.live(63.0)
    masks = {clone.kind.mask for clone in pair.person.lesions[0].clones}
    assert {0b101, 0b001} <= masks
    assert all(mask & 0b001 for mask in masks)
