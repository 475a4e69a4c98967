"""First phase of a step: every cell draws its own luck and says what it would do, changing nothing.

A cell's luck has the address (seed, voxel, step, round); its first 16 bits are those of a draw that it shares with the cells of
seven voxels beside it, and most need no more to know that nothing happens. So what a cell proposes depends on the state alone, and on no order:
slabs of layers can be asked side by side, and their answers one after another are those of the whole block.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.bundle import bundle
from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.elementary import exp, expm1
from seedsoil.foundation.streams import TISSUE_EVENT, TISSUE_GLANCE, draw_for_all, fraction
from seedsoil.tissue.cells.places import has_room, place_of
from seedsoil.tissue.cells.senses import amount
from seedsoil.tissue.lattice import ALIVE, DIVISION, MOVEMENT, PROGRAMME

#: Most rounds of a step.
MOST_ROUNDS = 64
#: What a dead cell proposes: that its place be free. Behaviours are proposed by their own numbers, admissions behind them.
CLEARING = 1000
#: Layers, rows and columns of a tile, whose proposals come true one after another: long where memory is.
TILE_LAYERS, TILE_ROWS, TILE_COLUMNS = 8, 8, 64
#: Cells that draw their luck together; eights that draw together what their cells share.
_TOGETHER, _GROUPS = 1024, 256
#: Voxels that share a draw, of 16 bits each.
_EIGHT = 8
_glance, _share, _nobody = np.uint64(0xFFFF), 1.0 / 65536.0, np.uint64(0)
_shift_1, _shift_2, _shift_3 = np.uint64(16), np.uint64(32), np.uint64(48)


class Proposals(NamedTuple):
    """Proposals one after another: voxel, number of the tile in which that lies, what, and a hash of its own.

    Attributes
    ----------
    voxel, tile, action : int32 arrays
    key : uint64 array
    """

    voxel: NDArray[np.int32]
    tile: NDArray[np.int32]
    action: NDArray[np.int32]
    key: NDArray[np.uint64]


class Asked(NamedTuple):
    """Scratch: eights that are not empty, what they share and the least of it, and cells to whom something may happen, with their luck."""

    group: NDArray[np.int64]
    early: NDArray[np.uint64]
    late: NDArray[np.uint64]
    least: NDArray[np.uint64]
    voxel: NDArray[np.int64]
    glance: NDArray[np.int32]
    luck: NDArray[np.uint64]
    key: NDArray[np.uint64]
    rates: NDArray[np.float64]


bundle(Proposals)
bundle(Asked)


def proposals(room: int) -> Proposals:
    """Return room for so many proposals."""
    voxel, tile, action = np.empty((3, room), np.int32)
    return Proposals(voxel, tile, action, np.empty(room, np.uint64))


def asked(behaviours: int) -> Asked:
    """Return scratch for `propose`, given how many behaviours a kind has."""
    room = _TOGETHER + _EIGHT * _GROUPS + 1
    early, late, least = np.empty((3, _GROUPS), np.uint64)
    luck, key = np.empty((2, room), np.uint64)
    return Asked(
        np.empty(_GROUPS + 1, np.int64), early, late, least, np.empty(room, np.int64), np.empty(room, np.int32),
        luck, key, np.empty(behaviours),
    )  # fmt: skip


@leaf
def propose(lattice, eights, laws, stream, days, step, turn, limits, glances, first, last, scratch, found):  # type: ignore[no-untyped-def]
    """Write the proposals of one round by the cells of some layers, in the order of voxels; returns how many.

    Parameters
    ----------
    eights : Eights
        Of the lattice.
    stream : uint64 array
        The scene's; it is left as it is.
    days : float
        Length of a step.
    turn : int
        The round: 0 is everybody's, later ones those of quick kinds.
    limits : row of kinds x conditions
        Probability that anything at all happens to a cell in this round, at most.
    glances : int32, row of kinds x conditions
        The same in 65536ths, rounded up.
    first, last : int
        Layers: from, and behind the last.
    scratch : Asked
    found : Proposals
        If there is no room for all, -1 is returned.
    """
    layer = lattice.kind.shape[1] * lattice.kind.shape[2]
    start, end = first * layer, last * layer
    moment = step * MOST_ROUNDS + turn
    behind = (end + 7) >> 3
    count, pending = 0, 0
    for group in range(start >> 3, behind, _GROUPS):
        until = min(group + _GROUPS, behind)
        groups = _taken(eights, group, until, scratch)
        draw_for_all(stream, TISSUE_GLANCE, scratch.group, groups, moment, scratch.early, scratch.late)
        pending = _gather(eights, glances, start, end, groups, scratch, pending)
        if pending >= _TOGETHER or (until == behind and pending > 0):
            draw_for_all(stream, TISSUE_EVENT, scratch.voxel, pending, moment, scratch.luck, scratch.key)
            count = _ask(lattice, laws, days, step, limits, scratch, pending, found, count)
            pending = 0
            if count < 0:
                return -1
    return count


@leaf
def _taken(eights, first, last, scratch):  # type: ignore[no-untyped-def]
    """Write the numbers of the eights from one to another that are not empty; returns how many."""
    kinds, groups = eights.kinds, scratch.group
    whole = min(last, kinds.shape[0])
    count = 0
    for start in range(first, whole, _EIGHT):
        end = min(start + _EIGHT, whole)
        anybody = _nobody
        for group in range(np.uint64(start), np.uint64(end)):
            anybody |= kinds[group]
        if anybody != _nobody:
            for group in range(np.uint64(start), np.uint64(end)):
                groups[count] = group
                count += kinds[group] != _nobody
    if last > whole:  # the last few voxels of the block
        groups[count] = whole
        count += 1
    return count


@leaf
def _gather(eights, glances, start, end, groups, scratch, pending):  # type: ignore[no-untyped-def]
    """Add the cells of some eights to whom something may happen to those that wait for their luck; returns how many these are then.

    Where nobody is dead, and the least that any of the eight has drawn is too much for every kind, no cell need be looked at.
    """
    most = 0
    for which in range(ALIVE, glances.shape[0], 3):
        most = max(most, glances[which])
    early, late, least = scratch.early, scratch.late, scratch.least
    for number in range(groups):
        least[number] = min(_least(early[number]), _least(late[number]))
    for number in range(groups):
        group = scratch.group[number]
        voxel = _EIGHT * group
        if voxel < start or voxel + _EIGHT > end:  # at the faces of a slab
            for lane in range(max(start - voxel, 0), min(end - voxel, _EIGHT)):
                pending = _glance_at(eights, glances, voxel, lane, early[number], late[number], scratch, pending)
        elif least[number] < most or eights.conditions[group] != ALIVE:
            for lane in range(_EIGHT):
                pending = _glance_at(eights, glances, voxel, lane, early[number], late[number], scratch, pending)
    return pending


@inline
def _least(word):  # type: ignore[no-untyped-def]
    """The least of the four numbers of 16 bits in a word."""
    return min(min(word & _glance, (word >> _shift_1) & _glance), min((word >> _shift_2) & _glance, word >> _shift_3))


@inline
def _glance_at(eights, glances, first, lane, early, late, scratch, pending):  # type: ignore[no-untyped-def]
    """Write one of eight cells behind those that wait; it is one of them, counted in what is returned, if something may happen to it."""
    voxel = np.uint64(first + lane)
    drawn = ((early if lane < 4 else late) >> np.uint64(16 * (lane & 3))) & _glance
    which = 3 * np.uint64(eights.kind[voxel]) + np.uint64(eights.condition[voxel])
    place = np.uint64(pending)
    scratch.voxel[place], scratch.glance[place] = voxel, drawn
    return pending + (np.int32(drawn) < glances[which])


@leaf
def _ask(lattice, laws, days, step, limits, scratch, pending, found, count):  # type: ignore[no-untyped-def]
    """Write the proposals of those who have drawn their luck behind the ones found so far; returns how many there are, or -1."""
    _, rows, columns = lattice.kind.shape
    wide, high = (columns + TILE_COLUMNS - 1) // TILE_COLUMNS, (rows + TILE_ROWS - 1) // TILE_ROWS
    z, y, start, tiles = 0, 0, -columns, 0
    for number in range(pending):
        voxel = scratch.voxel[number]
        if voxel >= start + columns:  # another row
            z, y, x = place_of(voxel, rows, columns)
            start, tiles = voxel - x, (z // TILE_LAYERS * high + y // TILE_ROWS) * wide
        x = voxel - start
        kind, condition = lattice.kind[z, y, x], lattice.condition[z, y, x]
        luck = (scratch.glance[number] + fraction(scratch.luck[number])) * _share
        if luck >= limits[3 * np.int64(kind) + condition]:
            continue
        action = CLEARING
        if condition == ALIVE:
            action = _event(lattice, laws, luck, days, z, y, x, step, scratch.rates)
            if action < 0 or (action == DIVISION and not has_room(lattice, laws, kind, z, y, x)):
                continue
        if count == found.voxel.shape[0]:
            return -1
        found.voxel[count], found.action[count], found.key[count] = voxel, action, scratch.key[number]
        found.tile[count] = tiles + x // TILE_COLUMNS
        count += 1
    return count


@leaf
def _event(lattice, laws, luck, days, z, y, x, step, rates):  # type: ignore[no-untyped-def]
    """What a cell with this luck does in some days: a behaviour, or -1 for nothing. At most one thing happens.

    Steps of a walk are no hazard among the others: they come in the mean number that its speed asks for, to cells to which
    nothing else happens; else a quick cell would go more slowly than it should, and divide and die less.
    """
    kind = lattice.kind[z, y, x]
    first, last = laws.does_first[kind], laws.does_first[kind + 1]
    total, chance = laws.does_total[kind], laws.does_chance[kind]
    known = total >= 0.0
    if not known:
        total = 0.0
        for hazard in range(first, last):
            rate = laws.does_rate[hazard]
            if rate < 0.0:
                rate = amount(kind, laws.does[hazard], z, y, x, step, lattice, laws)
            rates[hazard - first] = rate
            total += rate
        chance = -expm1(-total * (days / laws.rounds[kind]))
    if luck >= chance:
        pair = kind * laws.base.shape[1] + MOVEMENT
        if laws.base[kind, MOVEMENT] == 0.0 and laws.first[pair] == laws.first[pair + 1]:
            return -1
        hops = min(amount(kind, MOVEMENT, z, y, x, step, lattice, laws) * (days / laws.rounds[kind]), 1.0)
        return MOVEMENT if luck < chance + (1.0 - chance) * hops else -1
    left = luck / chance * total
    for hazard in range(first, last):
        left -= laws.does_rate[hazard] if known else rates[hazard - first]
        if left < 0.0:
            return laws.does[hazard]
    return -1


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
