"""First phase of a step: every cell draws its own luck and says what it would do, changing nothing.

A cell's luck begins with 16 bits of a draw that it shares with the seven voxels beside it in its row; they nearly always settle what happens, and
what is left of the luck, at the address (seed, voxel, step, round), is drawn only where they lie at the bound between two events. So what a cell
proposes depends on the state alone, and on no order: tiles can be asked side by side, and their answers one after another are those of the block.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.bundle import bundle
from seedsoil.foundation.compiled import inline, leaf, word_at
from seedsoil.foundation.elementary import exp, expm1
from seedsoil.foundation.streams import TISSUE_EVENT, TISSUE_GLANCE, draw_for_all, fraction
from seedsoil.tissue.cells.order import TILE, TILE_COLUMNS, TILE_LAYERS, TILE_ROWS, corner, spot
from seedsoil.tissue.cells.senses import amount
from seedsoil.tissue.lattice import ALIVE, AT_ONCE, BOUNDS_TOGETHER, DIVISION, MOVEMENT, NOTHING, PROGRAMME, UNSETTLED

#: Most rounds of a step.
MOST_ROUNDS = 64
#: Voxels that share a draw, of 16 bits each, and how many such lie in a row of a tile.
_EIGHT, _EIGHTS = 8, 8
_share, _nobody, _conditions = 1.0 / 65536.0, np.uint64(0), np.uint64(3)
_eighth, _lane = np.uint64(3), np.uint64(7)


class Proposals(NamedTuple):
    """Proposals, tile after tile: the place within the tile, in the order of memory, and what.

    Attributes
    ----------
    place : uint16 array
    action : int16 array
    """

    place: NDArray[np.uint16]
    action: NDArray[np.int16]


class Asked(NamedTuple):
    """Scratch: of a tile, eights that are not empty, what is in them and what they draw, as numbers of eight bytes and voxel by voxel.

    Then the voxels where something may happen, a cell's own luck, and bounds within that.
    """

    group: NDArray[np.int64]
    first: NDArray[np.uint16]
    kinds: NDArray[np.uint64]
    kind: NDArray[np.uint8]
    conditions: NDArray[np.uint64]
    condition: NDArray[np.uint8]
    draws: NDArray[np.uint64]
    glance: NDArray[np.uint16]
    hit: NDArray[np.uint8]
    asked: NDArray[np.uint16]
    voxel: NDArray[np.int64]
    luck: NDArray[np.uint64]
    rates: NDArray[np.float64]


bundle(Proposals)
bundle(Asked)


def proposals(room: int) -> Proposals:
    """Return room for so many proposals."""
    return Proposals(np.empty(room, np.uint16), np.empty(room, np.int16))


def asked(behaviours: int) -> Asked:
    """Return scratch for `propose`, given how many behaviours a kind has."""
    room = TILE // _EIGHT + 1
    kinds, conditions = np.empty((2, room), np.uint64)
    draws = np.empty(2 * room, np.uint64)
    return Asked(
        np.empty(room, np.int64), np.empty(room, np.uint16), kinds, kinds.view(np.uint8), conditions, conditions.view(np.uint8),
        draws, draws.view(np.uint16), np.empty(TILE + _EIGHT, np.uint8), np.empty(TILE + 1, np.uint16),
        np.empty(1, np.int64), np.empty(2, np.uint64), np.empty(behaviours),
    )  # fmt: skip


@leaf
def propose(lattice, laws, stream, days, step, turn, limits, glances, first, last, scratch, counts, found):  # type: ignore[no-untyped-def]
    """Write the proposals of one round by the cells of some tiles; returns how many.

    Parameters
    ----------
    stream : uint64 array
        The scene's; it is left as it is.
    days : float
        Length of a step.
    turn : int
        The round: 0 is everybody's, later ones those of quick kinds.
    limits : row of kinds x conditions
        Probability that anything at all happens to a cell in this round, at most.
    glances : uint32, row of kinds x conditions
        The same in 65536ths, rounded up.
    first, last : int
        Tiles: from, and behind the last.
    scratch : Asked
    counts : int64 array, tiles
        Of these tiles is written how many proposals each has.
    found : Proposals
        If there may be no room for all, -1 is returned.
    """
    moment = step * MOST_ROUNDS + turn
    count = 0
    for tile in range(first, last):
        before = count
        groups = _taken(lattice, tile, scratch)
        if groups > 0:
            draw_for_all(stream, TISSUE_GLANCE, scratch.group, groups, moment, scratch.draws)
            pending = _gather(glances, groups, scratch)
            if count + pending > found.place.shape[0]:
                return -1
            count = _ask(lattice, laws, stream, days, step, moment, limits, tile, pending, scratch, found, count)
        counts[tile] = count - before
    return count


@leaf
def _taken(lattice, tile, scratch):  # type: ignore[no-untyped-def]
    """Write the eights of a tile that are not empty: their numbers, where they begin, and what is in them; returns how many."""
    layers, rows, columns = lattice.kind.shape
    z0, y0, x0 = corner(tile, rows, columns)
    across, whole = (columns + _EIGHT - 1) // _EIGHT, min(TILE_COLUMNS, columns - x0) // _EIGHT
    count = 0
    for z in range(z0, min(z0 + TILE_LAYERS, layers)):
        for y in range(y0, min(y0 + TILE_ROWS, rows)):
            row = z * rows + y
            voxel = row * columns + x0
            if _is_bare(lattice.kind, row, voxel, whole):
                continue
            group, place = row * across + x0 // _EIGHT, ((z - z0) * TILE_ROWS + y - y0) * TILE_COLUMNS
            for eight in range(whole):
                kinds = word_at(lattice.kind, voxel + _EIGHT * eight)
                scratch.group[count], scratch.first[count] = group + eight, place + _EIGHT * eight
                scratch.kinds[count] = kinds
                scratch.conditions[count] = word_at(lattice.condition, voxel + _EIGHT * eight)
                count += kinds != _nobody
            if whole < _EIGHTS and x0 + _EIGHT * whole < columns:
                kinds = _last_of(lattice.kind, row)
                scratch.group[count], scratch.first[count] = group + whole, place + _EIGHT * whole
                scratch.kinds[count], scratch.conditions[count] = kinds, _last_of(lattice.condition, row)
                count += kinds != _nobody
    return count


@inline
def _is_bare(table, row, voxel, whole):  # type: ignore[no-untyped-def]
    """Whether a tile's voxels of a row, so many eights from one on and the end of the row, are all empty."""
    found = _nobody
    if whole == _EIGHTS:
        for eight in range(_EIGHTS):
            found |= word_at(table, voxel + _EIGHT * eight)
    else:
        for eight in range(whole):
            found |= word_at(table, voxel + _EIGHT * eight)
        found |= _last_of(table, row)
    return found == _nobody


@inline
def _last_of(table, row):  # type: ignore[no-untyped-def]
    """The last voxels of a row, fewer than eight, as bytes."""
    columns = table.shape[2]
    few = columns % _EIGHT
    if columns > _EIGHT and few > 0:
        return word_at(table, (row + 1) * columns - _EIGHT) >> np.uint64(64 - 8 * few)
    found, z = _nobody, row // table.shape[1]
    for x in range(few):
        found |= np.uint64(table[z, row - z * table.shape[1], x]) << np.uint64(8 * x)
    return found


@leaf
def _gather(glances, groups, scratch):  # type: ignore[no-untyped-def]
    """Write the voxels of a tile's eights where something may happen; returns how many. Nothing here hangs on what was found before."""
    for voxel in range(np.uint64(_EIGHT * groups)):
        hit = scratch.glance[voxel] < glances[_pair(scratch, voxel)]
        scratch.hit[voxel] = hit
    pending = 0
    for voxel in range(np.uint64(_EIGHT * groups)):
        scratch.asked[np.uint64(pending)] = voxel
        pending += 1 if scratch.hit[voxel] else 0
    return pending


@inline
def _pair(scratch, voxel):  # type: ignore[no-untyped-def]
    """Kind and condition in a voxel of the eights, as one number."""
    return _conditions * scratch.kind[voxel] + scratch.condition[voxel]


@leaf
def _ask(lattice, laws, stream, days, step, moment, limits, tile, pending, scratch, found, before):  # type: ignore[no-untyped-def]
    """Write the proposals of a tile's cells to whom something may happen behind those found so far; returns how many there are."""
    _, rows, columns = lattice.kind.shape
    z0, y0, x0 = corner(tile, rows, columns)
    count = before
    for number in range(pending):
        voxel = np.uint64(scratch.asked[number])
        place, pair = np.int64(scratch.first[voxel >> _eighth]) + np.int64(voxel & _lane), _pair(scratch, voxel)
        drawn = float(scratch.glance[voxel])
        action = _settled(laws, pair, drawn * _share, _share)
        if action == UNSETTLED:
            dz, dy, dx = spot(place)
            z, y, x = z0 + dz, y0 + dy, x0 + dx
            action = _unsettled(lattice, laws, stream, days, step, moment, limits, drawn, pair, z, y, x, scratch)
        found.place[count], found.action[count] = place, action
        count += action != NOTHING
    return count


@inline
def _settled(laws, pair, luck, margin):  # type: ignore[no-untyped-def]
    """What happens to a cell that senses nothing, with at least this luck and less than a margin more, or that it is not settled."""
    least = most = 0
    for first in range(0, laws.bounds.shape[1], BOUNDS_TOGETHER):
        for column in range(BOUNDS_TOGETHER):
            bound = laws.bounds[pair, first + column]
            least += luck >= bound
            most += luck + margin >= bound
    return laws.acts[pair, least] if least == most else np.int16(UNSETTLED)


@leaf
def _unsettled(lattice, laws, stream, days, step, moment, limits, drawn, pair, z, y, x, scratch):  # type: ignore[no-untyped-def]
    """What happens to a cell that senses something, or whose first bits lie at a bound: then what is left of its luck is drawn."""
    if laws.sensing[pair]:
        action = _sensed(lattice, laws, limits[pair], drawn * _share, _share, days, z, y, x, step, scratch.rates)
        if action != UNSETTLED:
            return action
    scratch.voxel[0] = (z * lattice.kind.shape[1] + y) * lattice.kind.shape[2] + x
    draw_for_all(stream, TISSUE_EVENT, scratch.voxel, 1, moment, scratch.luck)
    luck = (drawn + fraction(scratch.luck[0])) * _share
    if laws.sensing[pair]:
        return _sensed(lattice, laws, limits[pair], luck, 0.0, days, z, y, x, step, scratch.rates)
    return _settled(laws, pair, luck, 0.0)


@leaf
def _sensed(lattice, laws, limit, luck, margin, days, z, y, x, step, rates):  # type: ignore[no-untyped-def]
    """What happens to a cell by what it senses, with at least this luck and less than a margin more, or that it is not settled.

    Divisions and steps of a walk are no hazards among the others: they come in the mean number that their rate asks for, to cells to
    which nothing else happens; else a quick cell would go and grow more slowly than it should, and die less.
    """
    if luck >= limit:
        return NOTHING
    kind, most = lattice.kind[z, y, x], luck + margin
    first, last = laws.does_first[kind], laws.does_first[kind + 1]
    total = 0.0
    for hazard in range(first, last):
        rate = laws.does_rate[hazard]
        if rate < 0.0:
            rate = amount(kind, laws.does[hazard], z, y, x, step, lattice, laws)
        rates[hazard - first] = rate
        total += rate
    chance = -expm1(-total * (days / laws.rounds[kind]))
    if luck >= chance:
        idle = 1.0 - chance
        for behaviour in (DIVISION, MOVEMENT):
            pair = kind * laws.base.shape[1] + behaviour
            if laws.base[kind, behaviour] == 0.0 and laws.first[pair] == laws.first[pair + 1]:
                continue
            mean = amount(kind, behaviour, z, y, x, step, lattice, laws) * (days / laws.rounds[kind])
            idle *= 1.0 - min(expm1(mean) if behaviour == DIVISION else mean, 1.0)
            if luck < 1.0 - idle:
                return behaviour if margin == 0.0 or most < 1.0 - idle else UNSETTLED
        return NOTHING
    if margin > 0.0 and most >= chance:
        return UNSETTLED
    bound, share = 0.0, chance / total
    for hazard in range(first, last):
        act, width = laws.does[hazard], rates[hazard - first] * share
        cleared = bound + width * laws.at_once[kind, act]
        if luck < cleared:
            return AT_ONCE + act if margin == 0.0 or most < cleared else UNSETTLED
        bound += width
        if luck < bound:
            return act if margin == 0.0 or most < bound else UNSETTLED
    return laws.does[last - 1]


@leaf
def remember(lattice, laws, days, step, first, last):  # type: ignore[no-untyped-def]
    """Let survival programmes of some layers' cells follow for some days what their rules ask for, exactly."""
    _, rows, columns = lattice.kind.shape
    for z in range(first, last):
        for y in range(rows):
            for x in range(columns):
                kind = lattice.kind[z, y, x]
                if laws.programme_rate[kind] > 0.0 and lattice.condition[z, y, x] == ALIVE:
                    asked = min(max(amount(kind, PROGRAMME, z, y, x, step, lattice, laws), 0.0), 1.0)
                    kept = exp(-laws.programme_rate[kind] * days)
                    lattice.memory[z, y, x] = asked + (float(lattice.memory[z, y, x]) - asked) * kept
