"""Seeds: who leaves a lesion and founds another or joins one, how founders differ, and where cells land."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.journey.founders import MOTHERS_BELOW, STEPS_PER_WIDTH
from seedsoil.body.state import (
    CATCH,
    CEILING,
    CELLS,
    DEATH,
    DIVISION,
    ESTABLISHED,
    EXPOSED,
    FATE,
    FOUNDER_SPREAD,
    GROWING,
    HALF_CATCH,
    LESIONS,
    PENDING,
    PERFUSION,
    QUIESCENCE,
    SEED_CLONE,
    SEED_CONDITION,
    SEED_DAY,
    SEED_LESION,
    SEED_ORIGIN,
    SEED_SITE,
    SEED_TYPE,
    SITE,
    STEP,
    VIGOUR,
    WAKES,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, log, power
from seedsoil.foundation.samplers import exponential, normal
from seedsoil.foundation.streams import SEEDING, aim, mix, uniform

#: Cells that join lesions in one step beyond which no more are told: among the 1e11 cells that shed so many they are nothing.
MOST_GUESTS = 2048
#: Founders further above the threshold or their mean than so many widths are not drawn: fewer than one in 1e9.
FASTEST = 6.0
#: ln(division / death) where nothing dies.
SURE = 1e3


@inner
def among_mothers(vigour, model):  # type: ignore[no-untyped-def]
    """Place of a lesion's vigour in the table of mothers, and how far it lies on the way to the next one [1].

    Between two mothers chances are interpolated: at most 0.7 % too high where one founder in ten can grow, and 2.1 % where
    one in 740 can; beyond the last mother they are hers.
    """
    width, last = model.trait[FOUNDER_SPREAD], model.favour.shape[0] - 1
    if width <= 0.0:
        return 0, 0.0
    spot = min(max(MOTHERS_BELOW + vigour * STEPS_PER_WIDTH / width, 0.0), float(last))
    at = min(int(spot), last - 1)
    return at, spot - at


@inner
def founding_chance(row, condition, state, model):  # type: ignore[no-untyped-def]
    """Chance that a competent cell which leaves a lesion succeeds in some tissue [1]."""
    at, share = among_mothers(state.lesion[row, VIGOUR], model)
    total = model.emission_total[condition, :, int(state.lesion[row, SITE])]
    return (1.0 - share) * total[at] + share * total[at + 1]


@inner
def joining_chance(row, condition, state, model, work):  # type: ignore[no-untyped-def]
    """Chance that a competent cell which leaves a lesion, and would fail in any tissue, lands in a lesion alive [1]."""
    origin, total = int(state.lesion[row, SITE]), 0.0
    for site in range(work.caught.shape[0]):
        if work.caught[site] > 0.0:
            total += model.landing[condition, origin, site] * work.caught[site]
    return total


@inner
def note_catches(state, model, work):  # type: ignore[no-untyped-def]
    """Write which share of the cells that arrest at its site each lesion holds, by its size and its vessels now."""
    lesion, caught = state.lesion, work.caught
    for site in range(caught.shape[0]):
        caught[site] = 0.0
    for row in range(state.count[LESIONS]):
        lesion[row, CATCH] = lesion[row, CELLS] * lesion[row, PERFUSION] if lesion[row, FATE] == GROWING else 0.0
        caught[int(lesion[row, SITE])] += lesion[row, CATCH]
    for row in range(state.count[LESIONS]):
        site = int(lesion[row, SITE])
        lesion[row, CATCH] /= model.site[0, site, HALF_CATCH] + caught[site]
    for site in range(caught.shape[0]):
        caught[site] /= model.site[0, site, HALF_CATCH] + caught[site]


@inner
def spot_at(chances, left):  # type: ignore[no-untyped-def]
    """Place of ``chances`` in which ``left``, drawn evenly from 0 to their sum, falls; what rounding leaves is the last's."""
    last = 0
    for spot in range(chances.shape[0]):
        if chances[spot] > 0.0:
            last = spot
            left -= chances[spot]
            if left < 0.0:
                break
    return last


@inner
def tissue_of(row, condition, left, state, model, work):  # type: ignore[no-untyped-def]
    """Site in whose tissue an emigrant succeeds; ``left`` is drawn evenly from 0 to `founding_chance`."""
    origin = int(state.lesion[row, SITE])
    at, share = among_mothers(state.lesion[row, VIGOUR], model)
    for site in range(work.way.shape[0]):
        worth = (1.0 - share) * model.favour[at, site] + share * model.favour[at + 1, site]
        work.way[site] = model.emission[condition, origin, site] * worth
    return spot_at(work.way, left)


@inner
def landing_of(row, condition, left, state, model, work):  # type: ignore[no-untyped-def]
    """Site of the lesion in which an emigrant lands; ``left`` is drawn evenly from 0 to `joining_chance`."""
    origin = int(state.lesion[row, SITE])
    for site in range(work.way.shape[0]):
        work.way[site] = model.landing[condition, origin, site] * work.caught[site]
    return spot_at(work.way, left)


@inner
def lesion_at(stream, site, state, work):  # type: ignore[no-untyped-def]
    """Draw the lesion of a site in which a cell lands, by what each of them holds."""
    left, last = uniform(stream) * work.caught[site], 0
    for row in range(state.count[LESIONS]):
        if int(state.lesion[row, SITE]) == site and state.lesion[row, CATCH] > 0.0:
            last = row
            left -= state.lesion[row, CATCH]
            if left < 0.0:
                break
    return last


@inner
def send(stream, state, row, slot, condition, day, ordinal, model, work):  # type: ignore[no-untyped-def]
    """Put an emigrant on its way that will found a lesion, or live on in one. False if there is no room."""
    index = state.count[PENDING]
    if index >= state.pending.shape[0]:
        return False
    founding = founding_chance(row, condition, state, model)
    left = uniform(stream) * (founding + joining_chance(row, condition, state, model, work))
    if left < founding:
        target = tissue_of(row, condition, left, state, model, work)
        joins = work.caught[target] > 0.0 and uniform(stream) < work.caught[target]
    else:
        target, joins = landing_of(row, condition, left - founding, state, model, work), True
    if joins and index >= MOST_GUESTS:
        return True
    seed = state.pending[index]
    seed[SEED_LESION] = lesion_at(stream, target, state, work) if joins else -1
    seed[SEED_DAY], seed[SEED_ORIGIN], seed[SEED_SITE] = day, row, target
    seed[SEED_TYPE], seed[SEED_CLONE] = state.kind[row, slot], state.clone_of[row, slot]
    seed[SEED_CONDITION] = condition
    state.pending_key[index] = mix(
        state.slot_key[row, slot], mix(np.uint64(state.count[STEP] + (1 << 40)), np.uint64(ordinal))
    )
    state.count[PENDING] = index + 1
    return True


@inner
def starting(division, asleep, wakes):  # type: ignore[no-untyped-def]
    """Chance that a founder divides at last, at once or once awake [1]."""
    at_once = division / (division + asleep)
    return at_once + (1.0 - at_once) * wakes


@inner
def sleepers(division, asleep, wakes):  # type: ignore[no-untyped-def]
    """Share of the founders that succeed which slept first, of those who divide at this rate [1]."""
    if division <= 0.0 or asleep <= 0.0:
        return 0.0
    at_once = division / (division + asleep)
    return (1.0 - at_once) * wakes / starting(division, asleep, wakes)


@inner
def escaping(excess, size):  # type: ignore[no-untyped-def]
    """Chance that a family reaches ``size`` cells, by how far ln(division) exceeds ln(death) [1]."""
    if excess < 1e-9:
        return 1.0 / size
    ratio = exp(-excess)
    return (1.0 - ratio) / (1.0 - power(ratio, size))


@inner
def welcome(condition, site, model):  # type: ignore[no-untyped-def]
    """Division and death of a usual founder that arrives under a condition, by which it succeeds or not [1/day].

    Where families meet treatment on the lines of their cells (`exposure.spared`), what harms them falls on these: here the
    better of the condition and of a host at rest counts. A cell that arrives behind a barrier finds it shut.
    """
    met = model.shut[condition] if model.site[condition, site, CEILING] >= 0.0 else condition
    division, death = model.site[met, site, DIVISION], model.site[met, site, DEATH] + model.hormone_death[met, 0]
    if model.trait[EXPOSED] > 0.5:
        division = max(division, model.site[0, site, DIVISION])
        death = min(death, model.site[0, site, DEATH] + model.hormone_death[0, 0])
    return division, death


@inner
def is_held_back(stream, key, vigour, condition, site, mask, model):  # type: ignore[no-untyped-def]
    """Whether a founder fails for what its mechanisms cost it: it succeeds less often than one without them, of its vigour.

    Founders come by the chance of a usual cell; these are thinned by the ratio of both chances, at their own address.
    """
    fitness = model.fitness[0, site, mask]
    if fitness >= 1.0:
        return False
    division, death = welcome(condition, site, model)
    usual = division * exp(vigour)
    if fitness * usual <= death:
        return True
    asleep, wakes, size = (
        model.site[0, site, QUIESCENCE],
        model.trait[WAKES],
        max(1.0, model.trait[ESTABLISHED]),
    )
    excess = log(usual / death) if death > 0.0 else SURE
    kept = starting(fitness * usual, asleep, wakes) * escaping(excess + log(fitness), size)
    aim(stream, SEEDING, key, 4)
    return uniform(stream) * starting(usual, asleep, wakes) * escaping(excess, size) >= kept


@inner
def founder_vigour(stream, mother, condition, site, model):  # type: ignore[no-untyped-def]
    """Draw the vigour of a founder that succeeds (log): lognormal about its mother's, weighted by its success there.

    Exact, by rejection: the normal law above the threshold of growth (in its tail by Robert's exponential proposals,
    1995), kept in proportion to the chances to start and to escape. Fast founders are thus found oftener than shed.
    """
    width = model.trait[FOUNDER_SPREAD]
    division, death = welcome(condition, site, model)
    centre = mother - 0.5 * width * width
    if width <= 0.0 or division <= 0.0:
        return mother
    asleep, wakes = model.site[0, site, QUIESCENCE], model.trait[WAKES]
    size = max(1.0, model.trait[ESTABLISHED])
    least = log(death / division) if death > 0.0 else -SURE
    most = max(least, mother) + FASTEST * width
    above, best = (least - centre) / width, starting(division * exp(most), asleep, wakes)
    steep = 0.5 * (above + (above * above + 4.0) ** 0.5)
    while True:
        if above <= 0.0:
            luck = normal(stream)
        else:
            luck = above + exponential(stream) / steep
            if uniform(stream) >= exp(-0.5 * (luck - steep) * (luck - steep)):
                continue
        vigour = centre + width * luck
        if vigour <= least or vigour > most:
            continue
        chance = starting(division * exp(vigour), asleep, wakes) * escaping(vigour - least, size)
        if uniform(stream) * best < chance:
            return vigour
