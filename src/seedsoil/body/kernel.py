"""The fast step: every lesion of a patient through the days, clone by clone, exact in law."""

from __future__ import annotations

import numpy as np

from seedsoil.body.families import advance_lesion, is_pool, new_clone
from seedsoil.body.hazards import forget
from seedsoil.body.line.alterations import fill_alterations
from seedsoil.body.line.exposure import spared
from seedsoil.body.seeding import founder_vigour, is_held_back, note_catches, sleepers
from seedsoil.body.state import (
    ACTIVE,
    ARRIVAL_CLONE,
    ARRIVAL_DAY,
    ARRIVAL_FROM,
    ARRIVAL_TO,
    ARRIVALS,
    ARRIVED,
    AT_DIAGNOSIS,
    BEGAN,
    BURDEN_HAZARD,
    BURDEN_POWER,
    CAUSE,
    CEILING_SPREAD,
    CELLS,
    CLOCK,
    CLONES,
    DEATH,
    DEATH_DAY,
    DETECTED,
    DIED,
    DIVISION,
    DORMANT,
    ESTABLISHED,
    EXCITED,
    EXTINCT,
    FATE,
    FOUNDER,
    FOUNDER_SPREAD,
    GROWING,
    HAZARD,
    IDENTITY_SHARE,
    LARGEST,
    LESIONS,
    LETHAL,
    MORE_ARRIVALS,
    MORE_CLONES,
    MORE_LESIONS,
    MORTALITY,
    MORTALITY_SLOPE,
    NOW,
    OPENNESS,
    PARENT,
    PARTS,
    PENDING,
    QUIESCENCE,
    REACHED,
    REPLACEMENT,
    REPLACES,
    SEED_CLONE,
    SEED_CONDITION,
    SEED_DAY,
    SEED_LESION,
    SEED_ORIGIN,
    SEED_SITE,
    SEED_TYPE,
    SENSITIVITY,
    SENSITIVITY_SPREAD,
    SITE,
    SPENT,
    SPRING,
    SPROUTING_ON,
    SPROUTS,
    STEP,
    STEP_DAYS,
    SWITCH_RATE,
    THRESHOLD,
    TOO_MANY_SEEDS,
    TRACKED,
    VESSEL_CELLS,
    VIGOUR,
    WAKES,
    WAKING,
    Model,
    State,
    Timeline,
    Work,
)
from seedsoil.foundation.bundle import bundle
from seedsoil.foundation.compiled import inner, leaf
from seedsoil.foundation.elementary import exp, log, power
from seedsoil.foundation.samplers import exponential, normal
from seedsoil.foundation.streams import SEEDING, aim, mix, uniform

for _arrays in (Model, State, Timeline, Work):
    bundle(_arrays)


@inner
def inherited(stream, mother, key, condition, site, model):  # type: ignore[no-untyped-def]
    """Draw a founder's vigour about its mother lesion's, and how far its barrier opens about the soil's usual (logs)."""
    vigour, openness = mother, 0.0
    spread, width = model.trait[FOUNDER_SPREAD], model.site[0, site, CEILING_SPREAD]
    if spread > 0.0 or width > 0.0:
        aim(stream, SEEDING, key, 1)
        openness = width * normal(stream)
        vigour = founder_vigour(stream, mother, condition, site, model)
    return vigour, openness


@inner
def sensitivity(stream, state, parent, key, model):  # type: ignore[no-untyped-def]
    """Logarithm of how fast drugs kill a founder's lesion: of the primary's mixture one is drawn; a metastasis hands its own on."""
    if model.trait[SENSITIVITY_SPREAD] <= 0.0:
        return 0.0
    if parent >= 0 and state.lesion[parent, PARENT] >= 0.0:
        return state.lesion[parent, SENSITIVITY]
    aim(stream, SEEDING, key, 2)
    return model.trait[SENSITIVITY_SPREAD] * normal(stream)


@inner
def add_lesion(state, site, parent, day, kind, clone, key, condition, model, stream):  # type: ignore[no-untyped-def]
    """Place one founder: how long it sleeps, how it will meet the host's vessels, when it will sprout its own; or let it fail.

    The lesion wakes with ``ESTABLISHED`` cells, less what treatment takes of them till then (`spared`): only emboli that
    succeed come here, so the time to that size is drawn from the law of a growing clone.
    Draws depend on the lesion's own key alone, and on the ``condition`` in which it left.
    """
    row = state.count[LESIONS]
    lesion = state.lesion
    vigour, openness = inherited(stream, lesion[parent, VIGOUR] if parent >= 0 else 0.0, key, condition, site, model)
    if is_held_back(stream, key, vigour, condition, site, model.mask[kind], model):
        return
    endured = sensitivity(stream, state, parent, key, model)
    aim(stream, SEEDING, key, 0)
    birth = model.site[0, site, DIVISION] * exp(vigour) * model.fitness[0, site, model.mask[kind]]
    death = model.site[0, site, DEATH]
    asleep = uniform(stream) < sleepers(birth, model.site[0, site, QUIESCENCE], model.trait[WAKES])
    rest = exponential(stream) / model.trait[WAKING] if asleep else 0.0
    size = max(1.0, model.trait[ESTABLISHED])
    rate = birth - death
    spread = log(max(1.0, (1.0 - death / birth) * size)) - log(exponential(stream)) if rate > 0.0 else 0.0
    lesion[row, :] = 0.0
    lesion[row, SITE], lesion[row, PARENT], lesion[row, FOUNDER] = site, parent, clone
    lesion[row, ARRIVED], lesion[row, BEGAN] = day, day + rest
    lesion[row, ACTIVE] = lesion[row, BEGAN] + max(0.0, spread / rate if rate > 0.0 else 0.0)
    lesion[row, FATE], lesion[row, CELLS] = DORMANT, 0.0
    lesion[row, REPLACES] = 1.0 if uniform(stream) < model.trait[REPLACEMENT] else 0.0
    lesion[row, CLOCK] = exponential(stream)
    lesion[row, DETECTED], lesion[row, AT_DIAGNOSIS], lesion[row, SPRING] = -1.0, 0.0, kind
    lesion[row, VIGOUR], lesion[row, OPENNESS], lesion[row, SENSITIVITY] = vigour, openness, endured
    state.lesion_key[row] = key
    state.used[row] = 0
    state.count[LESIONS] = row + 1


@inner
def wake(stream, state, row, model, timeline, work):  # type: ignore[no-untyped-def]
    """Turn a sleeping or establishing founder into a growing lesion, or an extinct one if treatment left nothing. True if it grows."""
    lesion = state.lesion
    size = spared(stream, state, row, model, timeline, work)
    if size <= 0.0:
        lesion[row, FATE] = EXTINCT
        return False
    kind = int(lesion[row, SPRING])
    lesion[row, FATE], lesion[row, CELLS], lesion[row, LARGEST] = GROWING, size, size
    state.cells[row, 0], state.kind[row, 0] = size, kind
    state.clone_of[row, 0] = int(lesion[row, FOUNDER])
    state.slot_key[row, 0] = mix(state.lesion_key[row], state.lesion_key[row])
    state.used[row] = 1
    return True


@inner
def seat(state, row, kind, clone, key, day, model):  # type: ignore[no-untyped-def]
    """Slot of a lesion for a cell that joins it: its clone's, if that lives here; else as for a mutant (`families.place`)."""
    used, pool = state.used[row], -1
    for slot in range(used):
        if state.clone_of[row, slot] == clone:
            return slot
        if state.kind[row, slot] == kind and pool < 0 and is_pool(state, row, slot):
            pool = slot
    told_apart = state.lesion[row, CELLS] * IDENTITY_SHARE < 1.0 or (model.mask[kind] & int(state.clock[TRACKED])) != 0
    alone = told_apart and used < state.cells.shape[1] - model.mask.shape[0]
    if not alone and pool >= 0:
        return pool
    state.kind[row, used], state.cells[row, used] = kind, 0.0
    state.clone_of[row, used] = clone if alone else new_clone(state, row, kind, clone, day, np.int64(1))
    state.slot_key[row, used] = mix(key, key) if alone else mix(state.lesion_key[row], np.uint64(kind + 1))
    state.used[row] = used + 1
    return used


@inner
def join(state, index, model):  # type: ignore[no-untyped-def]
    """Let a cell that has landed in a lesion be one of its cells from now on; if that is gone, the cell is lost."""
    seed, key = state.pending[index], state.pending_key[index]
    row, clone, day = int(seed[SEED_LESION]), int(seed[SEED_CLONE]), seed[SEED_DAY]
    if state.lesion[row, FATE] != GROWING:
        return
    slot = seat(state, row, int(seed[SEED_TYPE]), clone, key, day, model)
    state.cells[row, slot] += 1.0
    state.lesion[row, CELLS] += 1.0
    arrival = state.arrival[state.count[ARRIVALS]]
    arrival[ARRIVAL_DAY], arrival[ARRIVAL_FROM] = day, seed[SEED_ORIGIN]
    arrival[ARRIVAL_TO], arrival[ARRIVAL_CLONE] = row, clone
    state.count[ARRIVALS] += 1


@inner
def settle(state, model, stream):  # type: ignore[no-untyped-def]
    """Give every emigrant of the step its lesion. Room was checked before."""
    for index in range(state.count[PENDING]):
        if state.pending[index, SEED_LESION] >= 0.0:
            join(state, index, model)
            continue
        add_lesion(
            state, int(state.pending[index, SEED_SITE]), int(state.pending[index, SEED_ORIGIN]),
            state.pending[index, SEED_DAY], int(state.pending[index, SEED_TYPE]), int(state.pending[index, SEED_CLONE]),
            state.pending_key[index], int(state.pending[index, SEED_CONDITION]), model, stream,
        )  # fmt: skip
    state.count[PENDING] = 0


@inner
def switch_vessels(state, row, model):  # type: ignore[no-untyped-def]
    """Run down a lesion's clock to its angiogenic switch by the VEGF that it had in the step."""
    lesion = state.lesion
    if lesion[row, SPROUTS] > 0.5 or lesion[row, CELLS] < VESSEL_CELLS or model.trait[SPROUTING_ON] < 0.5:
        return
    lesion[row, CLOCK] -= model.trait[SWITCH_RATE] * lesion[row, EXCITED]
    if lesion[row, CLOCK] <= 0.0:
        lesion[row, SPROUTS] = 1.0


@inner
def hazard_of_dying(state, model, work):  # type: ignore[no-untyped-def]
    """Hazard of death today [1/day]: background by age, and each organ by its burden; also the worst organ."""
    for site in range(work.burden.shape[0]):
        work.burden[site] = 0.0
    for row in range(state.count[LESIONS]):
        work.burden[int(state.lesion[row, SITE])] += state.lesion[row, CELLS]
    background = state.clock[MORTALITY] * exp(state.clock[MORTALITY_SLOPE] * state.clock[NOW])
    total, worst, most = background, -1, background
    for site in range(work.burden.shape[0]):
        if work.burden[site] > 0.0:
            raised = power(work.burden[site] / model.site[0, site, LETHAL], model.trait[BURDEN_POWER])
            share = model.trait[BURDEN_HAZARD] * raised / (1.0 + raised)
            total += share
            if share > most:
                worst, most = site, share
    return total, worst


@inner
def live(state, days, model, work):  # type: ignore[no-untyped-def]
    """Add the hazard of a step; if it exhausts the patient's share, note the day and the cause. True while alive.

    Between the step's ends the hazard rises as an exponential: its mean is the logarithmic one.
    """
    later, worst = hazard_of_dying(state, model, work)
    before, sooner = state.clock[SPENT], state.clock[HAZARD]
    mean = 0.5 * (sooner + later)
    if sooner > 0.0 and later > 0.0 and abs(later - sooner) > 1e-3 * mean:
        mean = (later - sooner) / log(later / sooner)
    spent = before + days * mean
    state.clock[SPENT], state.clock[HAZARD] = spent, later
    if spent < state.clock[THRESHOLD]:
        return True
    share = (state.clock[THRESHOLD] - before) / max(spent - before, 1e-300)
    state.clock[DEATH_DAY] = state.clock[NOW] - days * (1.0 - share)
    state.clock[CAUSE] = worst
    return False


@inner
def room_for_all(state):  # type: ignore[no-untyped-def]
    """``REACHED`` if there is room for every emigrant, as founder or guest, else what there must be more of."""
    if state.count[LESIONS] + state.count[PENDING] + 1 > state.lesion.shape[0]:
        return MORE_LESIONS
    if state.count[ARRIVALS] + state.count[PENDING] > state.arrival.shape[0]:
        return MORE_ARRIVALS
    return REACHED


@inner
def register_full(state, end, model):  # type: ignore[no-untyped-def]
    """Whether a step until ``end`` could bring more clones than the register has room for: each lesion its free slots, and a pool
    of each type; each guest one.
    """
    types, slots = model.mask.shape[0], state.cells.shape[1]
    needed = state.count[CLONES] + state.count[PENDING] * (1 + slots + types)
    for row in range(state.count[LESIONS]):
        fate = state.lesion[row, FATE]
        if fate == GROWING or (fate == DORMANT and state.lesion[row, ACTIVE] < end):
            needed += slots - state.used[row] + types
    return needed > state.clone.shape[0]


@leaf
def advance(stream, state, until, stride, model, timeline, work):  # type: ignore[no-untyped-def]
    """Carry a patient to day ``until``, along a fixed grid of steps of ``stride`` days. Returns what it ended with.

    The same whether called once or for each step: a call may end anywhere on the grid, or cut a step where the state
    is changed from outside. The stride is a whole number of ``STEP_DAYS``. ``MORE_LESIONS``, ``MORE_ARRIVALS`` and
    ``MORE_CLONES`` ask for room; call again with it.
    """
    fill_alterations(model, work)
    forget(work)
    at = np.int64(0)
    while state.clock[NOW] < until - 1e-9:
        room = room_for_all(state)
        if room != REACHED:
            return room
        today = state.clock[NOW]
        number = int((today + 1e-9) // STEP_DAYS)
        end = min(until, ((today + 1e-9) // stride + 1.0) * stride)
        if register_full(state, end, model):
            return MORE_CLONES
        settle(state, model, stream)
        note_catches(state, model, work)
        part = (
            0 if today - number * STEP_DAYS < 1e-6 else 1 + int((today - number * STEP_DAYS) / STEP_DAYS * (PARTS - 1))
        )
        state.count[STEP] = number * PARTS + part
        while at < timeline.end.shape[0] and timeline.end[at] <= today + 1e-9:
            at += 1
        for row in range(state.count[LESIONS]):
            fate = state.lesion[row, FATE]
            start, first = today, at
            if fate == DORMANT:
                if state.lesion[row, ACTIVE] >= end:
                    continue
                start = state.lesion[row, ACTIVE]  # before today, if it was shed and established within the last step
                first = at if start >= today else np.int64(0)
                if not wake(stream, state, row, model, timeline, work):
                    continue
            elif fate != GROWING:
                continue
            if not advance_lesion(stream, state, row, start, end, first, model, timeline, work):
                return TOO_MANY_SEEDS
            switch_vessels(state, row, model)
        state.clock[NOW] = end
        if not live(state, end - today, model, work):
            return DIED
    room = room_for_all(state)
    if room != REACHED:
        return room
    if state.count[CLONES] + state.count[PENDING] > state.clone.shape[0]:
        return MORE_CLONES
    settle(state, model, stream)
    return REACHED
