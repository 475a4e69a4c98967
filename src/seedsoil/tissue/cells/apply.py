"""Second phase of a step: proposals come true one after another, each in what those before have left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.bundle import bundle
from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.streams import TISSUE_PLACE, aim, aim_behind, draw_for_all, fraction, uniform
from seedsoil.tissue.cells.order import TILE, TILE_COLUMNS, TILE_LAYERS, TILE_ROWS, corner, shuffle, spot
from seedsoil.tissue.cells.places import (
    FREE,
    SOFT,
    carry,
    choose,
    enter,
    gives_way,
    holds_on,
    place_of,
    push,
    replace,
    vacate,
)
from seedsoil.tissue.cells.propose import MOST_ROUNDS
from seedsoil.tissue.cells.pull import pull
from seedsoil.tissue.cells.senses import about, amount
from seedsoil.tissue.cells.sprouts import admit, lead, sprout
from seedsoil.tissue.lattice import (
    ALIVE,
    AT_ONCE,
    ATTACK,
    BODY,
    CHANGE,
    CHANGES,
    CLEARED,
    CLEARING,
    CLONES,
    COVERED,
    COVERING,
    DEATH,
    DEATHS,
    DIVISION,
    DIVISIONS,
    EMPTY,
    GHOST,
    KEEPS_TREE,
    KILLS,
    MOVEMENT,
    MOVES,
    MUTATION,
    NECROSES,
    NECROSIS,
    OWN_BEHAVIOURS,
    PRUNING,
    SPROUT,
    SPROUTING,
    SUBSTANCES,
    UNCOVERING,
    VESSEL,
    VISIBILITY,
)

#: Proposals of a tile that make it worth while to read it whole.
_MANY = 64
#: Clones in a line of memory, which is what a processor reads at once.
_LINE = 16


class Places(NamedTuple):
    """Scratch for a tile: the order of its proposals, and draws for those who look for a place.

    Attributes
    ----------
    order : uint16 array
    voxel : int64 array
    draws : uint64 array
    """

    order: NDArray[np.uint16]
    voxel: NDArray[np.int64]
    draws: NDArray[np.uint64]


bundle(Places)


def room_for_a_tile() -> Places:
    """Return scratch for `apply`."""
    return Places(np.empty(TILE, np.uint16), np.empty(TILE + 1, np.int64), np.empty(2 * TILE + 2, np.uint64))


@leaf
def apply(lattice, laws, stream, step, turn, counts, starts, ranked, found, voxels, scratch):  # type: ignore[no-untyped-def]
    """Carry out the proposals of a round in their order; a cell that another has moved proposes from where it is now.

    Its luck stays that of the place where it proposed: two cells that change places must not share theirs. ``voxels`` is scratch where
    cells can move: where each that proposes is now. The arrays of clones, pieces of vessel and genealogy must have room
    for what the proposals could make. ``counts`` are the proposals of each tile, ``starts`` the first of them, ``ranked`` the tiles in their
    order. What is returned means nothing.
    """
    _, rows, columns = lattice.kind.shape
    moment, seen = step * MOST_ROUNDS + turn, 0
    follows = lattice.slot.size > 1
    if follows:
        _mark(lattice, counts, starts, found, voxels)
    for tile in ranked:
        count, start = counts[tile], starts[tile]
        if count == 0:
            continue
        seen += _fetch(lattice, laws, tile, start, count, found)
        z0, y0, x0 = corner(tile, rows, columns)
        shuffle(stream, tile, moment, count, scratch.draws, scratch.order)
        _draw_places(stream, moment, rows, columns, tile, start, count, found, scratch)
        divisions = 0
        for rank in range(count):
            number = start + np.int64(scratch.order[rank])
            dz, dy, dx = spot(found.place[number])
            z, y, x = z0 + dz, y0 + dy, x0 + dx
            origin, action, drawn = (z * rows + y) * columns + x, found.action[number], divisions
            divisions += action == DIVISION
            if follows:
                z, y, x = place_of(voxels[number], rows, columns)
                if lattice.slot[z, y, x] != number:
                    continue  # it is no more
                lattice.slot[z, y, x] = -1
            if action == DIVISION:
                aim_behind(stream, TISSUE_PLACE, origin, moment, scratch.draws[2 * drawn + 1])
                _divide(lattice, laws, stream, fraction(scratch.draws[2 * drawn]), step, z, y, x, voxels)
            else:
                _do(lattice, laws, stream, step, moment, origin, z, y, x, action, voxels)
    return seen


@leaf
def _mark(lattice, counts, starts, found, voxels):  # type: ignore[no-untyped-def]
    """Note at each cell that proposes the number of its proposal, and with that where the cell is."""
    _, rows, columns = lattice.kind.shape
    for tile in range(counts.shape[0]):
        z0, y0, x0 = corner(tile, rows, columns)
        for number in range(starts[tile], starts[tile] + counts[tile]):
            dz, dy, dx = spot(found.place[number])
            voxels[number] = ((z0 + dz) * rows + y0 + dy) * columns + x0 + dx
            lattice.slot[z0 + dz, y0 + dy, x0 + dx] = number


@leaf
def _draw_places(stream, moment, rows, columns, tile, start, count, found, scratch):  # type: ignore[no-untyped-def]
    """Draw for all of a tile who would divide, in the order in which they do."""
    z0, y0, x0 = corner(tile, rows, columns)
    divisions = 0
    for rank in range(count):
        number = start + np.int64(scratch.order[rank])
        dz, dy, dx = spot(found.place[number])
        scratch.voxel[divisions] = ((z0 + dz) * rows + y0 + dy) * columns + x0 + dx
        divisions += found.action[number] == DIVISION
    draw_for_all(stream, TISSUE_PLACE, scratch.voxel, divisions, moment, scratch.draws)


@leaf
def _fetch(lattice, laws, tile, start, count, found):  # type: ignore[no-untyped-def]
    """Read what is in a tile, line by line of memory, so that it is at hand; in the order of proposals each line would be waited for.

    The same of the genealogy's lines of those who would die: they lie far and wide, and waited for together take a fifth of one by one.
    """
    layers, rows, columns = lattice.kind.shape
    z, y, x = corner(tile, rows, columns)
    seen = 0
    if count > _MANY:
        x1 = min(x + TILE_COLUMNS, columns)
        for i in range(z, min(z + TILE_LAYERS, layers)):
            for j in range(y, min(y + TILE_ROWS, rows)):
                seen += int(lattice.kind[i, j, x]) + int(lattice.kind[i, j, x1 - 1])
                seen += int(lattice.condition[i, j, x]) + int(lattice.condition[i, j, x1 - 1])
                for k in range(x, x1, _LINE):
                    seen += int(lattice.clone[i, j, k]) + int(lattice.born[i, j, k])
                    if lattice.cell.size > 1:
                        seen += int(lattice.cell[i, j, k])
    if laws.sizes[KEEPS_TREE]:
        for number in range(start, start + count):
            action = found.action[number]
            if action in (DEATH, NECROSIS) or action >= AT_ONCE:
                dz, dy, dx = spot(found.place[number])
                seen += lattice.tree_died[lattice.cell[z + dz, y + dy, x + dx]]
    return seen


@leaf
def _do(lattice, laws, stream, step, moment, origin, z, y, x, action, voxels):  # type: ignore[no-untyped-def]
    """Let one cell do what it proposed, but for a division, if it still can; its draws are those of the place where it proposed."""
    kind, condition = lattice.kind[z, y, x], lattice.condition[z, y, x]
    if action == CLEARING:
        if kind != EMPTY and condition != ALIVE:
            aim(stream, TISSUE_PLACE, origin, moment)
            _clear(lattice, laws, stream, kind, z, y, x, voxels)
    elif kind != EMPTY and condition == ALIVE:
        death = action - AT_ONCE if action >= AT_ONCE else action
        if death in (DEATH, NECROSIS, PRUNING):
            die(lattice, laws, step, z, y, x, GHOST if death == NECROSIS else BODY)
            lattice.tally[kind, NECROSES if death == NECROSIS else DEATHS] += 1
            if action >= AT_ONCE:
                aim(stream, TISSUE_PLACE, origin, moment)
                _clear(lattice, laws, stream, kind, z, y, x, voxels)
        else:
            aim(stream, TISSUE_PLACE, origin, moment)
            _act(lattice, laws, stream, step, kind, z, y, x, action, voxels)


@leaf
def _act(lattice, laws, stream, step, kind, z, y, x, action, voxels):  # type: ignore[no-untyped-def]
    """Let a live cell walk, change, attack, or do what vessels do."""
    if action == MOVEMENT:
        if laws.part[kind] == SPROUT:
            lead(lattice, laws, stream, step, z, y, x, voxels)
        else:
            _walk(lattice, laws, stream, step, z, y, x, voxels)
    elif action == CHANGE:
        lattice.kind[z, y, x] = laws.becomes[kind]
        lattice.tally[kind, CHANGES] += 1
    elif action == ATTACK:
        _attack(lattice, laws, stream, step, z, y, x, voxels)
    elif action == SPROUTING:
        sprout(lattice, laws, stream, step, z, y, x, voxels)
    elif action == COVERING:
        lattice.piece_flags[lattice.clone[z, y, x]] |= np.uint8(COVERED)
    elif action == UNCOVERING:
        lattice.piece_flags[lattice.clone[z, y, x]] &= np.uint8(255 - COVERED)
    else:
        guest = action - OWN_BEHAVIOURS - 3 * laws.sizes[SUBSTANCES] + 1
        admit(lattice, laws, stream, step, np.uint8(guest), z, y, x)


@leaf
def _clear(lattice, laws, stream, kind, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Let the place of a dead cell come free, and be closed up if its kind is one that draws others into it."""
    lattice.tally[kind, CLEARED] += 1
    vacate(lattice, z, y, x)
    if laws.pulls[kind] > 0:
        pull(lattice, laws, stream, kind, z, y, x, voxels)


@inline
def die(lattice, laws, step, z, y, x, condition):  # type: ignore[no-untyped-def]
    """Let a cell die, by its own programme or of want; its place stays taken until that is cleared."""
    lattice.condition[z, y, x] = condition
    if laws.sizes[KEEPS_TREE] and laws.part[lattice.kind[z, y, x]] < VESSEL:
        lattice.tree_died[lattice.cell[z, y, x]] = step


@inline
def _divide(lattice, laws, stream, luck, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Put a daughter beside a cell that lives, by a draw: in a place that it can take, or in that of a row that it pushes aside; else none."""
    kind = lattice.kind[z, y, x]
    if kind == EMPTY or lattice.condition[z, y, x] != ALIVE:
        return
    i, j, k = choose(lattice, laws, luck, kind, z, y, x, step, FREE)
    if i >= 0 and not gives_way(lattice, laws, stream, kind, i, j, k):
        return
    if i < 0 and laws.pushes[kind] > 0:
        i, j, k = push(lattice, laws, stream, kind, z, y, x, step, voxels)
    if i < 0:
        return
    replace(lattice, laws, step, i, j, k)
    lattice.kind[i, j, k] = kind
    lattice.condition[i, j, k] = ALIVE
    lattice.clone[i, j, k] = _inherited(lattice, laws, stream, step, kind, z, y, x)
    lattice.born[i, j, k] = lattice.born[z, y, x] = step & 0xFFFF
    if lattice.memory.size > 1:
        lattice.memory[i, j, k] = lattice.memory[z, y, x]
    if lattice.slot.size > 1:
        lattice.slot[i, j, k] = -1
    if laws.sizes[KEEPS_TREE]:
        enter(lattice, lattice.cell[z, y, x], step, i, j, k)
    lattice.tally[kind, DIVISIONS] += 1


@inline
def _inherited(lattice, laws, stream, step, kind, z, y, x):  # type: ignore[no-untyped-def]
    """The clone of a daughter: her mother's, or a new one with a neutral change or one more mechanism."""
    clone, genes, often = lattice.clone[z, y, x], laws.gene_chance.shape[1], 1.0
    total = laws.variation[kind]
    for gene in range(genes):
        total += laws.gene_chance[kind, gene]
    if total <= 0.0:
        return clone
    if laws.asks[kind, MUTATION]:
        often = min(max(amount(kind, MUTATION, z, y, x, step, lattice, laws), 0.0), 1.0 / total)
    luck = uniform(stream)
    if luck >= total * often:
        return clone
    carried = lattice.clone_bits[clone]
    luck -= laws.variation[kind] * often
    gene = 0
    while luck >= 0.0 and gene < genes:
        luck -= laws.gene_chance[kind, gene] * often
        if luck < 0.0:
            carried |= np.uint32(1 << gene)
        gene += 1
    new = lattice.used[CLONES]
    lattice.clone_parent[new], lattice.clone_bits[new], lattice.clone_step[new] = clone, carried, step
    lattice.used[CLONES] = new + 1
    return new


@leaf
def _walk(lattice, laws, stream, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Let a cell go to a place beside it; whoever was there is then where it was."""
    kind = lattice.kind[z, y, x]
    i, j, k = choose(lattice, laws, uniform(stream), kind, z, y, x, step, SOFT if laws.swaps[kind] else FREE)
    if i < 0 or not (laws.swaps[kind] or gives_way(lattice, laws, stream, kind, i, j, k)):
        return
    if laws.cohesion[kind] > 0.0 and holds_on(lattice, laws, stream, kind, z, y, x, i, j, k):
        return
    lattice.tally[kind, MOVES] += 1
    _exchange(lattice.kind, z, y, x, i, j, k)
    _exchange(lattice.condition, z, y, x, i, j, k)
    _exchange(lattice.clone, z, y, x, i, j, k)
    _exchange(lattice.born, z, y, x, i, j, k)
    if lattice.memory.size > 1:
        _exchange(lattice.memory, z, y, x, i, j, k)
    if lattice.cell.size > 1:
        _exchange(lattice.cell, z, y, x, i, j, k)
    if lattice.slot.size > 1:
        here, there = lattice.slot[z, y, x], lattice.slot[i, j, k]
        carry(lattice, there, z, y, x, voxels)
        carry(lattice, here, i, j, k, voxels)


@inline
def _exchange(table, z, y, x, i, j, k):  # type: ignore[no-untyped-def]
    """Exchange two entries of an array of the block."""
    kept = table[z, y, x]
    table[z, y, x] = table[i, j, k]
    table[i, j, k] = kept


@leaf
def _attack(lattice, laws, stream, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Let a cell kill one live neighbour of its targets, each as likely as another."""
    kind = lattice.kind[z, y, x]
    layers, rows, columns = lattice.kind.shape
    z0, z1 = about(z, layers)
    y0, y1 = about(y, rows)
    x0, x1 = about(x, columns)
    found = 0
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                other = laws.targets[kind, lattice.kind[i, j, k]] and lattice.condition[i, j, k] == ALIVE
                if other and (i != z or j != y or k != x):
                    found += 1
    if found == 0:
        return
    left = int(uniform(stream) * found)
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                other = laws.targets[kind, lattice.kind[i, j, k]] and lattice.condition[i, j, k] == ALIVE
                if other and (i != z or j != y or k != x):
                    if left == 0:
                        if not laws.by_antigen[kind] or _is_seen(lattice, laws, stream, step, i, j, k):
                            _kill(lattice, laws, stream, step, i, j, k, voxels)
                            lattice.tally[kind, KILLS] += 1
                        return
                    left -= 1


@leaf
def _is_seen(lattice, laws, stream, step, z, y, x):  # type: ignore[no-untyped-def]
    """Whether a blow that goes by antigen comes true; where a cell shows all of it, nothing is drawn."""
    shown = amount(lattice.kind[z, y, x], VISIBILITY, z, y, x, step, lattice, laws)
    return shown >= 1.0 or uniform(stream) < shown


@leaf
def _kill(lattice, laws, stream, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Let a cell die of another; whatever it has proposed does not come true."""
    kind = lattice.kind[z, y, x]
    die(lattice, laws, step, z, y, x, BODY)
    lattice.slot[z, y, x] = -1
    if uniform(stream) < laws.at_once[kind, DEATH]:
        _clear(lattice, laws, stream, kind, z, y, x, voxels)
