"""One lesion through one step: families of cells, their mutants, and the emigrants that will found lesions."""

from __future__ import annotations

import numpy as np

from seedsoil.body.hazards import cut_pieces, prepare
from seedsoil.body.kendall import (
    advance_unmarked,
    chance_alive,
    compose,
    identity,
    mark_time,
    odds,
    piece,
    size_at_mark,
    suffix,
)
from seedsoil.body.seeding import send, spot_at
from seedsoil.body.state import (
    CELLS,
    CLONE_LESION,
    CLONE_PARENT,
    CLONE_POOLED,
    CLONE_TYPE,
    CLONES,
    EXTINCT,
    FATE,
    IDENTITY_SHARE,
    LARGEST,
    MARKS_LIMIT,
    MOST_MUTANTS,
    PIECE_HOST,
    SERIAL,
    STEP,
    TRACKED,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.samplers import negative_binomial, poisson
from seedsoil.foundation.streams import POPULATION, aim, mix, uniform


@inner
def choose(stream, chances, total):  # type: ignore[no-untyped-def]
    """Draw a place of ``chances`` in proportion to what stands there; ``total`` is their sum."""
    return spot_at(chances, uniform(stream) * total)


@inner
def draw_mutant(stream, kind, strain, work):  # type: ignore[no-untyped-def]
    """Draw what a mutant is, by what can happen to its mother under this strain by drugs."""
    left = uniform(stream) * (work.mutation[kind] + work.induction[kind] * strain)
    last = 0
    for choice in range(work.alteration.shape[1]):
        chance = work.alteration[kind, choice] + work.induced[kind, choice] * strain
        if chance > 0.0:
            last = choice
            left -= chance
            if left < 0.0:
                break
    return work.mutant[kind, last]


@inner
def new_clone(state, row, kind, parent, day, pooled):  # type: ignore[no-untyped-def]
    """Enter a clone in the register; when that is full, the parent's entry stands for it."""
    number = state.count[CLONES]
    if number >= state.clone.shape[0]:
        return parent
    state.clone[number, CLONE_PARENT], state.clone[number, CLONE_LESION] = parent, row
    state.clone[number, CLONE_TYPE], state.clone[number, CLONE_POOLED] = kind, pooled
    state.clone_born[number] = day
    state.count[CLONES] = number + 1
    return number


@inner
def place(state, row, kind, parent_slot, day, ordinal, work, model):  # type: ignore[no-untyped-def]
    """Slot for a mutant: its own while it can be told apart, else the pool of its type.

    Clones are told apart in small lesions, and where a mechanism resists a drug that is being given.
    """
    types = model.mask.shape[0]
    used = state.used[row]
    small = state.lesion[row, CELLS] * IDENTITY_SHARE < 1.0
    tracked = (model.mask[kind] & int(state.clock[TRACKED])) != 0
    room = used < state.cells.shape[1] - types
    alone = (small or tracked) and room
    if not alone:
        for slot in range(used):
            if state.kind[row, slot] == kind and state.clone[state.clone_of[row, slot], CLONE_POOLED] == 1:
                return slot
    mother = state.slot_key[row, parent_slot]
    if alone:
        state.slot_key[row, used] = mix(mother, mix(np.uint64(state.count[STEP]), np.uint64(ordinal)))
    else:
        state.slot_key[row, used] = mix(state.lesion_key[row], np.uint64(kind + 1))
    state.kind[row, used] = kind
    state.cells[row, used] = 0.0
    work.after[used] = 0.0
    parent = state.clone_of[row, parent_slot]
    state.clone_of[row, used] = new_clone(state, row, kind, parent, day, np.int64(0 if alone else 1))
    state.used[row] = used + 1
    return used


@inner
def follow_marks(stream, state, row, slot, marked, start, pieces, model, work):  # type: ignore[no-untyped-def]
    """Follow, one by one, every family that leaves a mark: its size then, who leaves or is born, and what comes after.

    Exact: the first mark's day by inversion, the family's size by its size-biased law, the rest by the composite from
    that day on. Each row of the stack: families waiting, slot, piece and days into it where they began, chance.
    """
    stack = work.stack
    kind = state.kind[row, slot]
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = marked, slot, 0.0, 0.0
    stack[0, 4] = work.tail[kind, 0, 1] / max(work.tail[kind, 0, 3], 1e-300)
    depth, ordinal = 1, np.int64(0)
    while depth > 0:
        top = depth - 1
        slot = int(stack[top, 1])
        kind = state.kind[row, slot]
        stack[top, 0] -= 1.0
        begun, into, reach = int(stack[top, 2]), stack[top, 3], stack[top, 4]
        if stack[top, 0] < 0.5:
            depth -= 1
        calendar, table = work.calendar[kind, :pieces], work.tail[kind, : pieces + 1]
        at, spent, a, beta, c, delta, root = mark_time(calendar, begun, into, uniform(stream) * min(1.0, reach))
        family = size_at_mark(stream, a, beta, c, delta, root)
        day = start + table[at, 5] + spent
        ordinal += 1
        other = np.int64(-1)
        if uniform(stream) < work.leaving[kind, at]:
            family -= 1.0
            if work.reverting[kind, at] > 0.0 and uniform(stream) < work.reverting[kind, at]:
                other = work.restored[kind, choose(stream, work.reversal[kind], work.reversal[kind].sum())]
            elif not send(stream, state, row, slot, int(work.piece[at, PIECE_HOST]), day, ordinal, model, work):
                return False
        else:
            other = draw_mutant(stream, kind, work.strain[at, model.mask[kind]], work)
        if other >= 0:
            depth = follow(stream, state, row, slot, -1.0, other, at, spent, day, ordinal, depth, pieces, model, work)
        if family > 0.0 and depth >= 0:
            depth = follow(stream, state, row, slot, family, kind, at, spent, day, ordinal, depth, pieces, model, work)
        if depth < 0:
            return False
    return True


@inner
def follow(stream, state, row, slot, family, kind, at, spent, day, ordinal, depth, pieces, model, work):  # type: ignore[no-untyped-def]
    """Draw the rest of the step for ``family`` cells of a type (a negative number: one new mutant); new stack depth."""
    mutant = family < 0.0
    prepare(kind, row, pieces, state, model, work)
    calendar, table = work.calendar[kind, :pieces], work.tail[kind, : pieces + 1]
    a, beta, c, delta, root = suffix(calendar, table, at, spent)
    waiting, alive = advance_unmarked(stream, 1.0 if mutant else family, a, beta, c, delta, root)
    if alive <= 0.0 and waiting <= 0.0:
        return depth
    if mutant:
        slot = place(state, row, kind, slot, day, ordinal, work, model)
    work.after[slot] += alive
    if waiting > 0.0:
        if depth >= work.stack.shape[0]:
            return -1
        work.stack[depth, 0], work.stack[depth, 1] = waiting, slot
        work.stack[depth, 2], work.stack[depth, 3] = at, spent
        work.stack[depth, 4] = beta / max(delta, 1e-300)
        depth += 1
    return depth


@inner
def bridge(stream, state, row, slot, start, pieces, model, work):  # type: ignore[no-untyped-def]
    """Draw a large family's step with its marks all together: Poisson along the path between its two ends.

    Relative error 1/sqrt(marks), for more than ``MARKS_LIMIT`` of them. Mutants of one type and piece are one clone, or
    join the pool of their type.
    """
    kind = state.kind[row, slot]
    cells = state.cells[row, slot]
    calendar = work.calendar[kind]
    now, mean = identity(), 0.0
    for at in range(pieces):
        gone = calendar[at, 2] * work.leaving[kind, at]
        now = compose(now, piece(calendar[at, 0], calendar[at, 1] + gone, 0.0, calendar[at, 3]))
        mean += (calendar[at, 0] - calendar[at, 1] - gone) * calendar[at, 3]
    _, later = advance_unmarked(stream, cells, now[0], now[1], now[2], now[3], now[4])
    work.after[slot] += later
    total = work.tail[kind, pieces, 5]
    drift = (log(max(later, 1.0) / cells) - mean) / max(total, 1e-12)
    height, ordinal = cells, np.int64(0)
    for at in range(pieces):
        days, gone = calendar[at, 3], calendar[at, 2] * work.leaving[kind, at]
        rate = (calendar[at, 0] - calendar[at, 1] - gone) + drift
        grown = height * exp(rate * days)
        path = days * (grown - height) / (rate * days) if abs(rate * days) > 1e-6 else days * height
        leavers = poisson(stream, gone * (1.0 - work.reverting[kind, at]) * path)
        while leavers > 0.0:
            ordinal += 1
            day = start + work.tail[kind, at, 5] + uniform(stream) * days
            if not send(stream, state, row, slot, int(work.piece[at, PIECE_HOST]), day, ordinal, model, work):
                return False
            leavers -= 1.0
        pool_changed(stream, state, row, slot, path, rate, at, start, pieces, model, work)
        height = grown
    return True


@inner
def pool_changed(stream, state, row, slot, path, rate, at, start, pieces, model, work):  # type: ignore[no-untyped-def]
    """Add the mutants of one piece, type by type, from its divisions; and who lost a mechanism, from the days lived.

    ``path`` are the cell-days of the piece, in which the clone grows by ``rate`` [1/day].
    """
    kind = state.kind[row, slot]
    strain = work.strain[at, model.mask[kind]]
    total = work.mutation[kind] + work.induction[kind] * strain
    chance = min(MOST_MUTANTS, total)
    if total > 0.0:
        # Chances that add to more than the most are lowered alike, as where mutants are drawn one by one.
        divisions = work.calendar[kind, at, 0] / (1.0 - chance) * path * (chance / total)
        for choice in range(work.alteration.shape[1]):
            mean = (work.alteration[kind, choice] + work.induced[kind, choice] * strain) * divisions
            if mean > 0.0:
                other = work.mutant[kind, choice]
                pool_type(stream, state, row, slot, other, mean, rate, at, start, pieces, model, work)
    for choice in range(work.reversal.shape[1]):
        mean = work.reversal[kind, choice] * path
        if mean > 0.0:
            other = work.restored[kind, choice]
            pool_type(stream, state, row, slot, other, mean, rate, at, start, pieces, model, work)


@inner
def spread_out(change):  # type: ignore[no-untyped-def]
    """sinh(z) / z of half a logarithmic change: the mean of an exponential's course against its middle [1]."""
    z = min(0.5 * abs(change), 700.0)
    return 0.5 * (exp(z) - exp(-z)) / z if z > 1e-3 else 1.0 + z * z / 6.0


@inner
def pool_type(stream, state, row, slot, other, mean, rate, at, start, pieces, model, work):  # type: ignore[no-untyped-def]
    """Add the families of one new type, ``mean`` of which begin in a piece, that live to the step's end.

    They all begin in its middle; how many do is corrected so that their mean at its end is that of families which begin
    as the mother clone goes, by ``rate`` [1/day]. Cells that leave them again are lost, and their own mutants are not
    drawn: shares of second order.
    """
    prepare(other, row, pieces, state, model, work)
    whole = work.calendar[other, at, 3]
    half, own = 0.5 * whole, 0.0
    rest = identity()
    for later in range(at, pieces):
        calendar = work.calendar[other, later]
        gone = calendar[2] * work.leaving[other, later]
        if later == at:
            own = calendar[0] - calendar[1] - gone
        rest = compose(rest, piece(calendar[0], calendar[1] + gone, 0.0, half if later == at else calendar[3]))
    a, beta, c, delta, root = rest
    lasting = chance_alive(a, beta, c, delta, root)
    mean *= spread_out((rate - own) * whole) / spread_out(rate * whole)
    lines = poisson(stream, mean * min(1.0, lasting))
    if lines <= 0.0:
        return
    day = start + work.tail[other, at, 5] + half
    # Ordinals of a range of their own: one that was used twice would give two clones the same luck for ever.
    ordinal = np.int64((1 << 32) + (at << 16) + other)
    target = place(state, row, other, slot, day, ordinal, work, model)
    work.after[target] += lines + negative_binomial(stream, lines, odds(a, beta, c, delta, root))


@inner
def tidy(state, row, model):  # type: ignore[no-untyped-def]
    """Drop extinct clones, let clones too small to tell apart join the pool of their type, and count the lesion."""
    total = 0.0
    for slot in range(state.used[row]):
        total += state.cells[row, slot]
    state.lesion[row, CELLS] = total
    state.lesion[row, LARGEST] = max(state.lesion[row, LARGEST], total)
    kept = 0
    floor = IDENTITY_SHARE * total if total * IDENTITY_SHARE >= 1.0 else 0.0
    tracked = int(state.clock[TRACKED])
    for slot in range(state.used[row]):
        cells = state.cells[row, slot]
        if cells <= 0.0:
            continue
        kind, clone = state.kind[row, slot], state.clone_of[row, slot]
        if cells < floor and state.clone[clone, CLONE_POOLED] == 0 and (model.mask[kind] & tracked) == 0:
            pool = -1
            for other in range(state.used[row]):
                alike = state.kind[row, other] == kind and other != slot
                alike = alike and (other < kept or other > slot) and state.cells[row, other] > 0.0
                if alike and state.clone[state.clone_of[row, other], CLONE_POOLED] == 1:
                    pool = other
                    break
            if pool >= 0:
                state.cells[row, pool] += cells
                continue
            state.clone_of[row, slot] = new_clone(state, row, kind, clone, state.clone_born[clone], np.int64(1))
            state.slot_key[row, slot] = mix(state.lesion_key[row], np.uint64(kind + 1))
        state.cells[row, kept], state.kind[row, kept] = cells, kind
        state.clone_of[row, kept], state.slot_key[row, kept] = state.clone_of[row, slot], state.slot_key[row, slot]
        kept += 1
    state.used[row] = kept
    if total <= 0.0:
        state.lesion[row, FATE] = EXTINCT


@inner
def advance_lesion(stream, state, row, start, end, model, timeline, work):  # type: ignore[no-untyped-def]
    """Carry one lesion through one step. False if it sends out more emigrants than there is room for."""
    total = state.lesion[row, CELLS]
    for mask in range(work.share.shape[0]):
        work.share[mask] = 0.0
    present = state.used[row]
    for slot in range(present):
        work.share[model.mask[state.kind[row, slot]]] += state.cells[row, slot] / total
        work.after[slot] = 0.0
    pieces = cut_pieces(state, row, start, end, model, timeline, work)
    state.count[SERIAL] += 1
    fits = True
    for slot in range(present):
        kind = state.kind[row, slot]
        prepare(kind, row, pieces, state, model, work)
        aim(stream, POPULATION, state.slot_key[row, slot], state.count[STEP])
        table = work.tail[kind]
        cells = state.cells[row, slot]
        chance = table[0, 1] / max(table[0, 3], 1e-300)
        if cells * min(1.0, chance) > MARKS_LIMIT:
            fits = bridge(stream, state, row, slot, start, pieces, model, work) and fits
            continue
        marked, alive = advance_unmarked(stream, cells, table[0, 0], table[0, 1], table[0, 2], table[0, 3], table[0, 4])
        work.after[slot] += alive
        if marked > 0.0:
            fits = follow_marks(stream, state, row, slot, marked, start, pieces, model, work) and fits
    for slot in range(state.used[row]):
        state.cells[row, slot] = work.after[slot]
    tidy(state, row, model)
    return fits
