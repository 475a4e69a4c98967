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
from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import exp, expm1
from seedsoil.foundation.streams import TISSUE_EVENT, TISSUE_GLANCE, draw_for_all, fraction
from seedsoil.tissue.cells.places import has_room
from seedsoil.tissue.cells.senses import amount
from seedsoil.tissue.lattice import ALIVE, DIVISION, EMPTY, MOVEMENT, PROGRAMME

#: Most rounds of a step.
MOST_ROUNDS = 64
#: What a dead cell proposes: that its place be free. Behaviours are proposed by their own numbers, admissions behind them.
CLEARING = 1000
#: Layers, rows and columns of a tile, whose proposals come true one after another: long where memory is.
TILE_LAYERS, TILE_ROWS, TILE_COLUMNS = 8, 8, 64
#: Cells that draw their luck together.
_TOGETHER = 1024
_glance, _share = np.uint64(0xFFFF), 1.0 / 65536.0


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
    """Scratch: the draws that voxels of a row share, and the cells to whom something may happen, with their luck."""

    group: NDArray[np.int64]
    early: NDArray[np.uint64]
    late: NDArray[np.uint64]
    lane: NDArray[np.int32]
    voxel: NDArray[np.int64]
    place: NDArray[np.int32]
    glance: NDArray[np.int32]
    limit: NDArray[np.float64]
    luck: NDArray[np.uint64]
    key: NDArray[np.uint64]
    rates: NDArray[np.float64]


bundle(Proposals)
bundle(Asked)


def proposals(room: int) -> Proposals:
    """Return room for so many proposals."""
    voxel, tile, action = np.empty((3, room), np.int32)
    return Proposals(voxel, tile, action, np.empty(room, np.uint64))


def asked(columns: int, behaviours: int) -> Asked:
    """Return scratch for `propose`, given the voxels along x and how many behaviours a kind has."""
    room, groups = _TOGETHER + columns, columns // 8 + 2
    (early, late), (luck, key) = np.empty((2, groups), np.uint64), np.empty((2, room), np.uint64)
    place, glance = np.empty((2, room), np.int32)
    return Asked(
        np.empty(groups, np.int64), early, late, np.empty(8 * groups, np.int32), np.empty(room, np.int64), place, glance,
        np.empty(room), luck, key, np.empty(behaviours),
    )  # fmt: skip


@leaf
def propose(lattice, laws, stream, days, step, turn, limits, glances, first, last, scratch, found):  # type: ignore[no-untyped-def]
    """Write the proposals of one round by the cells of some layers, in the order of voxels; returns how many.

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
    glances : int32, row of kinds x conditions
        The same in 65536ths, rounded up.
    first, last : int
        Layers: from, and behind the last.
    scratch : Asked
    found : Proposals
        If there is no room for all, -1 is returned.
    """
    rows = lattice.kind.shape[1]
    moment = step * MOST_ROUNDS + turn
    count, pending = 0, 0
    for z in range(first, last):
        for y in range(rows):
            pending = _gather(lattice, limits, glances, stream, moment, z, y, scratch, pending)
            if pending >= _TOGETHER or (y == rows - 1 and pending > 0):
                draw_for_all(stream, TISSUE_EVENT, scratch.voxel, pending, moment, scratch.luck, scratch.key)
                count = _ask(lattice, laws, days, step, z, scratch, pending, found, count)
                pending = 0
                if count < 0:
                    return -1
    return count


@leaf
def _gather(lattice, limits, glances, stream, moment, z, y, scratch, pending):  # type: ignore[no-untyped-def]
    """Add the cells of a row to whom something may happen to those that wait for their luck; returns how many these are then."""
    kinds, conditions = lattice.kind, lattice.condition
    groups, early, late, lanes = scratch.group, scratch.early, scratch.late, scratch.lane
    _, rows, columns = kinds.shape
    anybody = 0
    for x in range(columns):
        anybody |= kinds[z, y, x]
    if anybody == EMPTY:
        return pending
    start = (z * rows + y) * columns
    first = start >> 3
    count = ((start + columns - 1) >> 3) - first + 1
    for number in range(count):
        groups[number] = first + number
    draw_for_all(stream, TISSUE_GLANCE, groups, count, moment, early, late)
    for number in range(count):
        for lane in range(4):
            shift = np.uint64(16 * lane)
            lanes[8 * number + lane] = (early[number] >> shift) & _glance
            lanes[8 * number + 4 + lane] = (late[number] >> shift) & _glance
    before = start & 7
    for x in range(columns):
        which = 3 * np.uint64(kinds[z, y, x]) + np.uint64(conditions[z, y, x])
        if lanes[np.uint64(before + x)] < glances[which]:
            scratch.voxel[pending], scratch.place[pending] = start + x, x
            scratch.glance[pending], scratch.limit[pending] = lanes[before + x], limits[which]
            pending += 1
    return pending


@leaf
def _ask(lattice, laws, days, step, z, scratch, pending, found, count):  # type: ignore[no-untyped-def]
    """Write the proposals of those who have drawn their luck behind the ones found so far; returns how many there are, or -1."""
    _, rows, columns = lattice.kind.shape
    wide = (columns + TILE_COLUMNS - 1) // TILE_COLUMNS
    layer_of_tiles = z // TILE_LAYERS * ((rows + TILE_ROWS - 1) // TILE_ROWS)
    for number in range(pending):
        luck = (scratch.glance[number] + fraction(scratch.luck[number])) * _share
        if luck >= scratch.limit[number]:
            continue
        voxel, x = scratch.voxel[number], scratch.place[number]
        y = (voxel - x) // columns - z * rows
        action = CLEARING
        if lattice.condition[z, y, x] == ALIVE:
            action = _event(lattice, laws, luck, days, z, y, x, step, scratch.rates)
            if action < 0 or (action == DIVISION and not has_room(lattice, laws, lattice.kind[z, y, x], z, y, x)):
                continue
        if count == found.voxel.shape[0]:
            return -1
        found.voxel[count], found.action[count], found.key[count] = voxel, action, scratch.key[number]
        found.tile[count] = (layer_of_tiles + y // TILE_ROWS) * wide + x // TILE_COLUMNS
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
    if total >= 0.0:
        rates = laws.does_rate[first:last]
    else:
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
        left -= rates[hazard - first]
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
