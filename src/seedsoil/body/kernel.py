"""The fast step: every lesion of a patient through the days, clone by clone, exact in law."""

from __future__ import annotations

from seedsoil.body.families import advance_lesion
from seedsoil.body.hazards import fill_alterations
from seedsoil.body.state import (
    ACTIVE,
    ARRIVED,
    AT_DIAGNOSIS,
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
    FATE,
    FOUNDER,
    FOUNDER_SPREAD,
    GROWING,
    HAZARD,
    LARGEST,
    LESIONS,
    LETHAL,
    MORE_CLONES,
    MORE_LESIONS,
    MORTALITY,
    MORTALITY_SLOPE,
    NOW,
    OPENNESS,
    PARENT,
    PARTS,
    PENDING,
    REACHED,
    REPLACEMENT,
    REPLACES,
    SEED_CLONE,
    SEED_DAY,
    SEED_ORIGIN,
    SEED_SITE,
    SEED_TYPE,
    SITE,
    SLEEPERS,
    SPENT,
    SPRING,
    SPROUTING_ON,
    SPROUTS,
    STEP,
    STEP_DAYS,
    SWITCH_RATE,
    THRESHOLD,
    TOO_MANY_SEEDS,
    VESSEL_CELLS,
    VIGOUR,
    WAKING,
)
from seedsoil.foundation.compiled import inner, leaf
from seedsoil.foundation.elementary import exp, log, power
from seedsoil.foundation.samplers import exponential, normal
from seedsoil.foundation.streams import SEEDING, aim, mix, uniform

#: Clones for which there must be room before a step begins.
CLONE_ROOM = 4096


@inner
def inherited(stream, mother, key, site, model):  # type: ignore[no-untyped-def]
    """Draw a founder's vigour about its mother lesion's, and how far its barrier opens about the soil's usual (logs)."""
    vigour, openness = mother, 0.0
    spread, width = model.trait[FOUNDER_SPREAD], model.site[0, site, CEILING_SPREAD]
    if spread > 0.0 or width > 0.0:
        aim(stream, SEEDING, key, 1)
        vigour += spread * normal(stream) - 0.5 * spread * spread
        openness = width * normal(stream)
    return vigour, openness


@inner
def add_lesion(state, site, parent, day, kind, clone, key, sleepers, model, stream):  # type: ignore[no-untyped-def]
    """Place one founder: how long it sleeps, how it will meet the host's vessels, when it will sprout its own.

    The lesion wakes with ``ESTABLISHED`` cells: only emboli that succeed come here, so the time to that size is drawn
    from the law of a growing clone. Draws depend on the lesion's own key alone.
    """
    row = state.count[LESIONS]
    lesion = state.lesion
    vigour, openness = inherited(stream, lesion[parent, VIGOUR] if parent >= 0 else 0.0, key, site, model)
    aim(stream, SEEDING, key, 0)
    asleep = uniform(stream) < sleepers
    rest = exponential(stream) / model.trait[WAKING] if asleep else 0.0
    birth = model.site[0, site, DIVISION] * model.fitness[0, site, model.mask[kind]] * exp(vigour)
    death = model.site[0, site, DEATH]
    size = max(1.0, model.trait[ESTABLISHED])
    rate = birth - death
    spread = log(max(1.0, (1.0 - death / birth) * size)) - log(exponential(stream)) if rate > 0.0 else 0.0
    lesion[row, :] = 0.0
    lesion[row, SITE], lesion[row, PARENT], lesion[row, FOUNDER] = site, parent, clone
    lesion[row, ARRIVED] = day
    lesion[row, ACTIVE] = day + rest + max(0.0, spread / rate if rate > 0.0 else 0.0)
    lesion[row, FATE], lesion[row, CELLS] = DORMANT, 0.0
    lesion[row, REPLACES] = 1.0 if uniform(stream) < model.trait[REPLACEMENT] else 0.0
    lesion[row, CLOCK] = exponential(stream)
    lesion[row, DETECTED], lesion[row, AT_DIAGNOSIS], lesion[row, SPRING] = -1.0, 0.0, kind
    lesion[row, VIGOUR], lesion[row, OPENNESS] = vigour, openness
    state.lesion_key[row] = key
    state.used[row] = 0
    state.count[LESIONS] = row + 1
    return row


@inner
def wake(state, row, model):  # type: ignore[no-untyped-def]
    """Turn a sleeping or establishing founder into a growing lesion."""
    lesion = state.lesion
    size = max(1.0, model.trait[ESTABLISHED])
    kind = int(lesion[row, SPRING])
    lesion[row, FATE], lesion[row, CELLS], lesion[row, LARGEST] = GROWING, size, size
    state.cells[row, 0], state.kind[row, 0] = size, kind
    state.clone_of[row, 0] = int(lesion[row, FOUNDER])
    state.slot_key[row, 0] = mix(state.lesion_key[row], state.lesion_key[row])
    state.used[row] = 1


@inner
def settle(state, model, stream):  # type: ignore[no-untyped-def]
    """Give every emigrant of the step its lesion. Room was checked before."""
    for index in range(state.count[PENDING]):
        site = int(state.pending[index, SEED_SITE])
        add_lesion(
            state, site, int(state.pending[index, SEED_ORIGIN]), state.pending[index, SEED_DAY],
            int(state.pending[index, SEED_TYPE]), int(state.pending[index, SEED_CLONE]),
            state.pending_key[index], model.site[0, site, SLEEPERS], model, stream,
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
    """Add the hazard of a step; if it exhausts the patient's share, note the day and the cause. True while alive."""
    later, worst = hazard_of_dying(state, model, work)
    before = state.clock[SPENT]
    spent = before + 0.5 * days * (state.clock[HAZARD] + later)
    state.clock[SPENT], state.clock[HAZARD] = spent, later
    if spent < state.clock[THRESHOLD]:
        return True
    share = (state.clock[THRESHOLD] - before) / max(spent - before, 1e-300)
    state.clock[DEATH_DAY] = state.clock[NOW] - days * (1.0 - share)
    state.clock[CAUSE] = worst
    return False


@leaf
def advance(stream, state, until, model, timeline, work):  # type: ignore[no-untyped-def]
    """Carry a patient to day ``until``, along the fixed grid of steps. Returns what it ended with.

    The same whether called once or for each step: a call may end anywhere on the grid, or cut a step where the state
    is changed from outside. ``MORE_LESIONS`` and ``MORE_CLONES`` ask for room; call again with it.
    """
    fill_alterations(model, work)
    while state.clock[NOW] < until - 1e-9:
        if state.count[LESIONS] + state.count[PENDING] + 1 > state.lesion.shape[0]:
            return MORE_LESIONS
        if state.count[CLONES] + CLONE_ROOM > state.clone.shape[0]:
            return MORE_CLONES
        settle(state, model, stream)
        today = state.clock[NOW]
        number = int((today + 1e-9) // STEP_DAYS)
        end = min(until, (number + 1) * STEP_DAYS)
        part = (
            0 if today - number * STEP_DAYS < 1e-6 else 1 + int((today - number * STEP_DAYS) / STEP_DAYS * (PARTS - 1))
        )
        state.count[STEP] = number * PARTS + part
        for row in range(state.count[LESIONS]):
            fate = state.lesion[row, FATE]
            start = today
            if fate == DORMANT:
                if state.lesion[row, ACTIVE] >= end:
                    continue
                start = max(today, state.lesion[row, ACTIVE])
                wake(state, row, model)
            elif fate != GROWING:
                continue
            if not advance_lesion(stream, state, row, start, end, model, timeline, work):
                return TOO_MANY_SEEDS
            switch_vessels(state, row, model)
        state.clock[NOW] = end
        if not live(state, end - today, model, work):
            return DIED
    if state.count[LESIONS] + state.count[PENDING] > state.lesion.shape[0]:
        return MORE_LESIONS
    settle(state, model, stream)
    return REACHED
