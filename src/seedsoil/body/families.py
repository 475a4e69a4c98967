"""One lesion through one step: families of cells, their mutants, and the emigrants that will found lesions."""

from __future__ import annotations

import numpy as np

from seedsoil.body.hazards import cut_pieces, prepare, prepare_path, prepare_tails
from seedsoil.body.kendall import TINY, advance_unmarked, mark_time, path_end, size_at_mark, suffix
from seedsoil.body.line.alterations import slips
from seedsoil.body.line.brood import RARE, expect_lines, most_lines
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
    PATH_CELLS,
    PIECE_DAYS,
    PIECE_HOST,
    PIECE_START,
    SERIAL,
    STEP,
    TRACKED,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.samplers import binomial, negative_binomial, poisson
from seedsoil.foundation.streams import POPULATION, aim, mix, uniform

#: Families of one new type and piece up to which each is a clone of its own, where clones are told apart.
MOST_APART = 64.0
#: What keeps the streams of a type's mutants apart from those of a lesion's pools.
BROOD = 1 << 20


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
    """Enter a clone in the register, which was given room for all that a step can bring."""
    number = state.count[CLONES]
    state.clone[number, CLONE_PARENT], state.clone[number, CLONE_LESION] = parent, row
    state.clone[number, CLONE_TYPE], state.clone[number, CLONE_POOLED] = kind, pooled
    state.clone_born[number] = day
    state.count[CLONES] = number + 1
    return number


@inner
def is_pool(state, row, slot):  # type: ignore[no-untyped-def]
    """Whether a slot holds the pool of its type."""
    return state.clone[state.clone_of[row, slot], CLONE_POOLED] == 1


@inner
def told_apart(state, row, kind, model):  # type: ignore[no-untyped-def]
    """Whether new clones of a type are told apart: in small lesions, and where it resists a drug that is being given."""
    return state.lesion[row, CELLS] * IDENTITY_SHARE < 1.0 or (model.mask[kind] & int(state.clock[TRACKED])) != 0


@inner
def place(state, row, kind, parent_slot, day, ordinal, work, model):  # type: ignore[no-untyped-def]
    """Slot for a mutant: its own where it is told apart and there is room, else the pool of its type."""
    types = model.mask.shape[0]
    used = state.used[row]
    alone = told_apart(state, row, kind, model) and used < state.cells.shape[1] - types
    if not alone:
        for slot in range(used):
            if state.kind[row, slot] == kind and is_pool(state, row, slot):
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
                total = slips(kind, at, model, work)
                other = work.restored[kind, choose(stream, work.slip, total)]
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
    prepare_tails(kind, pieces, work)
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
def follow_path(stream, state, row, slot, span, pieces, model, work):  # type: ignore[no-untyped-def]
    """Draw a large clone's step as one path: its end by the exact law, and who leaves it, Poisson along the path.

    The path is the mean one, bent to meet the end by the same extra growth on each day. Its mutants are drawn with those
    of all large clones of its type (`bear`): here its cell-days are added to theirs. ``span`` is the step's length [day].
    """
    kind, cells, leavers = state.kind[row, slot], state.cells[row, slot], 0.0
    prepare_path(kind, pieces, work)
    calendar, quiet = work.calendar[kind], work.quiet[kind]
    _, later = advance_unmarked(stream, cells, quiet[0], quiet[1], quiet[2], quiet[3], quiet[4])
    work.after[slot] += later
    end = path_end(cells, later, quiet[5])
    bend = (log(end / cells) - quiet[5]) / span
    height = cells
    for at in range(pieces):
        days, gone = calendar[at, 3], calendar[at, 2] * work.leaving[kind, at]
        rate = (calendar[at, 0] - calendar[at, 1] - gone) + bend
        rise = rate * days
        grown = height * exp(rise) if at < pieces - 1 else end
        path = days * (grown - height) / rise if abs(rise) > 1e-6 else days * height
        work.path[kind, at] += path
        work.climb[kind, at] += rate * path
        work.lines[at] = gone * (1.0 - work.reverting[kind, at]) * path
        leavers += work.lines[at]
        height = grown
    return depart(stream, state, row, slot, leavers, pieces, model, work)


@inner
def depart(stream, state, row, slot, expected, pieces, model, work):  # type: ignore[no-untyped-def]
    """Send those on their way who leave a large clone, Poisson in number, each on a day of its own. False if there is no room.

    ``work.lines`` says how many of them are expected from each piece.
    """
    for ordinal in range(int(poisson(stream, expected))):
        at = choose(stream, work.lines[:pieces], expected)
        day = work.piece[at, PIECE_START] + uniform(stream) * work.piece[at, PIECE_DAYS]
        if not send(stream, state, row, slot, int(work.piece[at, PIECE_HOST]), day, ordinal + 1, model, work):
            return False
    return True


@inner
def mother_of(stream, state, row, kind, largest):  # type: ignore[no-untyped-def]
    """Slot of the clone of a type that a new family comes from: the largest, or one drawn by their sizes."""
    total, mother, most = 0.0, 0, 0.0
    for slot in range(state.used[row]):
        if state.kind[row, slot] == kind:
            total += state.cells[row, slot]
            if state.cells[row, slot] > most:
                mother, most = slot, state.cells[row, slot]
    if largest:
        return mother
    left = uniform(stream) * total
    for slot in range(state.used[row]):
        if state.kind[row, slot] == kind and state.cells[row, slot] > 0.0:
            mother = slot
            left -= state.cells[row, slot]
            if left < 0.0:
                break
    return mother


@inner
def bear_lines(stream, state, row, kind, other, at, lines, pool, work, model):  # type: ignore[no-untyped-def]
    """Give the families of a new type that begin in one piece their place: few that are told apart one each, else one.

    ``pool`` is where those of earlier pieces went that are not told apart (-1: none have come). Returns it for the next ones.
    """
    begin, days, odd = work.piece[at, PIECE_START], work.piece[at, PIECE_DAYS], work.late[other, at, 1]
    # Ordinals of a range of their own: one that was used twice would give two clones the same luck for ever.
    ordinal = np.int64((1 << 32) + (at << 16) + other)
    is_apart = told_apart(state, row, other, model)
    if not is_apart or lines > MOST_APART:
        target = pool
        if target < 0:
            mother = mother_of(stream, state, row, kind, True)
            target = place(state, row, other, mother, begin + 0.5 * days, ordinal, work, model)
        work.after[target] += lines + negative_binomial(stream, lines, odd)
        return pool if is_apart else target
    for line in range(int(lines)):
        mother = mother_of(stream, state, row, kind, False)
        day = begin + uniform(stream) * days
        target = place(state, row, other, mother, day, ordinal + (np.int64(line) << 40), work, model)
        work.after[target] += 1.0 + negative_binomial(stream, 1.0, odd)
    return pool


@inner
def bear(stream, state, row, kind, pieces, model, work):  # type: ignore[no-untyped-def]
    """Draw the mutants of all large clones of one type, Poisson along their paths, and who of them lost a mechanism.

    Where hardly any are expected, as many are drawn as there may be at most, and of these those that there are.
    """
    aim(stream, POPULATION, mix(state.lesion_key[row], np.uint64(kind + BROOD)), state.count[STEP])
    changes = work.alteration.shape[1]
    for choice in range(changes + work.reversal.shape[1]):
        if choice < changes:
            often, other = work.alteration[kind, choice], work.mutant[kind, choice]
        else:
            often, other = work.reversal[kind, choice - changes], work.restored[kind, choice - changes]
        if often <= 0.0:
            continue
        most = most_lines(kind, choice, other, row, pieces, state, model, work)
        lines = poisson(stream, most) if most < RARE else 1.0
        if lines <= 0.0:
            continue
        total = expect_lines(kind, other, row, pieces, state, model, work)
        lines = binomial(stream, lines, min(1.0, total / most)) if most < RARE else poisson(stream, total)
        pool = np.int64(-1)
        for at in range(pieces):
            if lines <= 0.0:
                break
            here = lines
            if at < pieces - 1:
                here = binomial(stream, lines, min(1.0, work.lines[at] / max(total, TINY)))
            total -= work.lines[at]
            lines -= here
            if here > 0.0:
                pool = bear_lines(stream, state, row, kind, other, at, here, pool, work, model)


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
        if cells < floor and not is_pool(state, row, slot) and (model.mask[kind] & tracked) == 0:
            pool = -1
            for other in range(state.used[row]):
                alike = state.kind[row, other] == kind and other != slot
                alike = alike and (other < kept or other > slot) and state.cells[row, other] > 0.0
                if alike and is_pool(state, row, other):
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
def is_large(kind, cells, pieces, work):  # type: ignore[no-untyped-def]
    """Whether a clone's step is drawn as one path: it is large, or leaves so many marks; else its tails are filled."""
    if cells >= PATH_CELLS:
        return True
    prepare_tails(kind, pieces, work)
    return cells * min(1.0, work.tail[kind, 0, 1] / max(work.tail[kind, 0, 3], TINY)) > MARKS_LIMIT


@inner
def advance_lesion(stream, state, row, start, end, at, model, timeline, work):  # type: ignore[no-untyped-def]
    """Carry one lesion through one step. False if it sends out more emigrants than there is room for.

    ``at`` is a piece of the timeline before which all are over on day ``start``.
    """
    total = state.lesion[row, CELLS]
    for mask in range(work.share.shape[0]):
        work.share[mask] = 0.0
    present = state.used[row]
    for slot in range(present):
        work.share[model.mask[state.kind[row, slot]]] += state.cells[row, slot] / total
        work.after[slot] = 0.0
    pieces = cut_pieces(state, row, start, end, at, model, timeline, work)
    state.count[SERIAL] += 1
    fits = True
    for slot in range(present):
        kind, cells = state.kind[row, slot], state.cells[row, slot]
        prepare(kind, row, pieces, state, model, work)
        aim(stream, POPULATION, state.slot_key[row, slot], state.count[STEP])
        if is_large(kind, cells, pieces, work):
            fits = follow_path(stream, state, row, slot, end - start, pieces, model, work) and fits
            continue
        table = work.tail[kind]
        marked, alive = advance_unmarked(stream, cells, table[0, 0], table[0, 1], table[0, 2], table[0, 3], table[0, 4])
        work.after[slot] += alive
        if marked > 0.0:
            fits = follow_marks(stream, state, row, slot, marked, start, pieces, model, work) and fits
    for kind in range(work.stamp.shape[0]):
        if work.stamp[kind] == state.count[SERIAL] and work.path[kind, 0] > 0.0:
            bear(stream, state, row, kind, pieces, model, work)
    for slot in range(state.used[row]):
        state.cells[row, slot] = work.after[slot]
    tidy(state, row, model)
    return fits
