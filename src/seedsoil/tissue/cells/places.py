"""Places beside a cell: which it can take, which it chooses, and how a row of cells is pushed aside."""

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.elementary import exp
from seedsoil.foundation.streams import uniform
from seedsoil.tissue.cells.senses import about, amount, bit_behind, contact, free_places, neighbours, ones, takes
from seedsoil.tissue.lattice import (
    AFFINITY,
    ALIVE,
    CELLS,
    EMPTY,
    KEEPS_TREE,
    OWN_BEHAVIOURS,
    REPLACED,
    SUBSTANCES,
    VESSEL,
)

_none = np.uint64(0)
#: Which places will do: those that a cell can take, or any but vessels and their sprouts. Not Python's own numbers, for each of which
#: Numba would compile what takes them anew.
FREE, SOFT = np.int64(0), np.int64(1)


@inline
def place_of(voxel, rows, columns):  # type: ignore[no-untyped-def]
    """Layer, row and column of a voxel."""
    row = voxel // columns
    z = row // rows
    return z, row - z * rows, voxel - row * columns


@inline
def direction(number, layers):  # type: ignore[no-untyped-def]
    """One of the 26 directions, or of the 8 in the plane."""
    if layers == 1:
        within = number if number < 4 else number + 1
        return 0, within // 3 - 1, within % 3 - 1
    within = number if number < 13 else number + 1
    return within // 9 - 1, within // 3 % 3 - 1, within % 3 - 1


@leaf
def _weight(lattice, laws, kind, z, y, x, i, j, k, step, mode):  # type: ignore[no-untyped-def]
    """How much a place draws a cell of a kind; 0 where it cannot go."""
    other = lattice.kind[i, j, k]
    if not (takes(kind, other, laws) or (mode == SOFT and laws.part[other] < VESSEL)):
        return 0.0
    if not laws.guided[kind]:
        return 1.0
    found = 1.0
    follows = laws.base[kind, AFFINITY] > 0.0 or laws.asks[kind, AFFINITY]
    if follows and _touches_vessel(lattice, laws, i, j, k):
        found += amount(kind, AFFINITY, z, y, x, step, lattice, laws)
    substances = laws.sizes[SUBSTANCES]
    for substance in range(substances):
        behaviour = OWN_BEHAVIOURS + 2 * substances + substance
        pair = kind * laws.base.shape[1] + behaviour
        if laws.base[kind, behaviour] > 0.0 or laws.first[pair] < laws.first[pair + 1]:
            here, there = float(lattice.fields[substance, z, y, x]), float(lattice.fields[substance, i, j, k])
            if there > here:
                drawn = amount(kind, behaviour, z, y, x, step, lattice, laws)
                found += drawn * (there - here) / (here + laws.reference[substance])
    if laws.cohesion[kind] > 0.0:
        found *= exp(laws.cohesion[kind] * contact(kind, i, j, k, lattice))
    return found


@leaf
def _touches_vessel(lattice, laws, z, y, x):  # type: ignore[no-untyped-def]
    """Whether a live vessel lies beside a voxel."""
    layers, rows, columns = lattice.kind.shape
    z0, z1 = about(z, layers)
    y0, y1 = about(y, rows)
    x0, x1 = about(x, columns)
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                kind = lattice.kind[i, j, k]
                if kind != EMPTY and laws.part[kind] == VESSEL and lattice.condition[i, j, k] == ALIVE:
                    return True
    return False


@inline
def _any_free(lattice, laws, luck, kind, z, y, x):  # type: ignore[no-untyped-def]
    """One of the places that a cell can take, each as likely as another."""
    places = free_places(kind, z, y, x, lattice, laws)
    if places == _none:
        return -1, -1, -1
    which = bit_behind(places, int(luck * ones(places)))
    return z + which // 9 - 1, y + which // 3 % 3 - 1, x + which % 3 - 1


@leaf
def choose(lattice, laws, luck, kind, z, y, x, step, mode):  # type: ignore[no-untyped-def]
    """Choose a place beside a voxel for a cell of a kind by the places' weights, with a draw; -1 thrice if there is none."""
    if mode == FREE and not laws.guided[kind]:
        return _any_free(lattice, laws, luck, kind, z, y, x)
    layers, rows, columns = lattice.kind.shape
    z0, z1 = about(z, layers)
    y0, y1 = about(y, rows)
    x0, x1 = about(x, columns)
    total = 0.0
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                if i != z or j != y or k != x:
                    total += _weight(lattice, laws, kind, z, y, x, i, j, k, step, mode)
    if total <= 0.0:
        return -1, -1, -1
    left = luck * total
    last = (-1, -1, -1)
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                if i != z or j != y or k != x:
                    weight = _weight(lattice, laws, kind, z, y, x, i, j, k, step, mode)
                    if weight > 0.0:
                        last = (i, j, k)
                        left -= weight
                        if left < 0.0:
                            return i, j, k
    return last


@inline
def gives_way(lattice, laws, stream, kind, z, y, x):  # type: ignore[no-untyped-def]
    """Whether who is in a place gives way this time to a cell that invades it; an empty place always does."""
    chance = laws.invasion[kind]
    return lattice.kind[z, y, x] == EMPTY or chance >= 1.0 or uniform(stream) < chance


@leaf
def holds_on(lattice, laws, stream, kind, z, y, x, i, j, k):  # type: ignore[no-untyped-def]
    """Whether a cell stays with its own kind instead of going to a place with fewer of them (Metropolis)."""
    itself = 1.0 / neighbours(lattice.kind.shape[0])
    gain = contact(kind, i, j, k, lattice) - itself - contact(kind, z, y, x, lattice)
    return uniform(stream) >= exp(min(laws.cohesion[kind] * gain, 0.0))


@leaf
def row_end(lattice, laws, kind, z, y, x, way):  # type: ignore[no-untyped-def]
    """How far along one of the directions the place lies that ends the row that a cell can push; 0 if it can push none.

    Vessels and sprouts stay.
    """
    layers, rows, columns = lattice.kind.shape
    dz, dy, dx = direction(way, layers)
    for far in range(1, laws.pushes[kind] + 2):
        i, j, k = z + far * dz, y + far * dy, x + far * dx
        if not (0 <= i < layers and 0 <= j < rows and 0 <= k < columns):
            return 0
        other = lattice.kind[i, j, k]
        if takes(kind, other, laws):
            return far
        if laws.part[other] >= VESSEL:
            return 0
    return 0


@leaf
def push(lattice, laws, stream, kind, z, y, x, step, voxels):  # type: ignore[no-untyped-def]
    """Push a row of cells aside, in the first of the directions, from a random one on, where that can be done.

    Returns the place beside the cell that is free now, -1 thrice if no row can be pushed or what yields at its end does not
    give way.
    """
    layers = lattice.kind.shape[0]
    ways = 26 if layers > 1 else 8
    start = int(uniform(stream) * ways)
    for turn in range(ways):
        way = (start + turn) % ways
        far = row_end(lattice, laws, kind, z, y, x, way)
        if far > 0:
            dz, dy, dx = direction(way, layers)
            i, j, k = z + far * dz, y + far * dy, x + far * dx
            if not gives_way(lattice, laws, stream, kind, i, j, k):
                return -1, -1, -1
            replace(lattice, laws, step, i, j, k)
            for back in range(far, 1, -1):
                shift(lattice, z + (back - 1) * dz, y + (back - 1) * dy, x + (back - 1) * dx, dz, dy, dx, voxels)
            vacate(lattice, z + dz, y + dy, x + dx)
            return z + dz, y + dy, x + dx
    return -1, -1, -1


@leaf
def shift(lattice, z, y, x, dz, dy, dx, voxels):  # type: ignore[no-untyped-def]
    """Copy a voxel's cell one place on, and what it has proposed with it."""
    i, j, k = z + dz, y + dy, x + dx
    lattice.kind[i, j, k] = lattice.kind[z, y, x]
    lattice.condition[i, j, k] = lattice.condition[z, y, x]
    lattice.clone[i, j, k] = lattice.clone[z, y, x]
    lattice.born[i, j, k] = lattice.born[z, y, x]
    if lattice.memory.size > 1:
        lattice.memory[i, j, k] = lattice.memory[z, y, x]
    if lattice.cell.size > 1:
        lattice.cell[i, j, k] = lattice.cell[z, y, x]
    carry(lattice, lattice.slot[z, y, x], i, j, k, voxels)
    lattice.slot[z, y, x] = -1


@leaf
def make_way(lattice, laws, stream, kind, z, y, x, step, voxels):  # type: ignore[no-untyped-def]
    """Push who is in a place that a tip enters aside, if its kind pushes and there is room; else it stays, to be replaced."""
    if lattice.kind[z, y, x] == EMPTY or laws.pushes[kind] == 0:
        return
    i, j, k = push(lattice, laws, stream, kind, z, y, x, step, voxels)
    if i >= 0:
        shift(lattice, z, y, x, i - z, j - y, k - x, voxels)
        vacate(lattice, z, y, x)


@inline
def carry(lattice, number, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Note where the cell of a proposal is now."""
    lattice.slot[z, y, x] = number
    if number >= 0:
        voxels[number] = (z * lattice.kind.shape[1] + y) * lattice.kind.shape[2] + x


@inline
def replace(lattice, laws, step, z, y, x):  # type: ignore[no-untyped-def]
    """Tally whom a cell or vessel replaces, if there is one, and note its end in the genealogy."""
    other = lattice.kind[z, y, x]
    if other != EMPTY:
        lattice.tally[other, REPLACED] += 1
        if laws.sizes[KEEPS_TREE] and laws.part[other] < VESSEL and lattice.condition[z, y, x] == ALIVE:
            lattice.tree_died[lattice.cell[z, y, x]] = step


@inline
def enter(lattice, mother, step, z, y, x):  # type: ignore[no-untyped-def]
    """Enter a new cell into the genealogy."""
    born = lattice.used[CELLS]
    lattice.cell[z, y, x] = born
    lattice.tree_parent[born], lattice.tree_born[born], lattice.tree_died[born] = mother, step, -1
    lattice.used[CELLS] = born + 1


@inline
def vacate(lattice, z, y, x):  # type: ignore[no-untyped-def]
    """Leave a voxel empty."""
    lattice.kind[z, y, x] = EMPTY
    lattice.condition[z, y, x] = ALIVE
    lattice.clone[z, y, x] = 0
    if lattice.memory.size > 1:
        lattice.memory[z, y, x] = 0.0
    if lattice.cell.size > 1:
        lattice.cell[z, y, x] = 0
