"""Second phase of a step: proposals come true one after another, each in what those before have left."""

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.streams import TISSUE_PLACE, aim, uniform
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
from seedsoil.tissue.cells.propose import CLEARING, MOST_ROUNDS, TILE_COLUMNS, TILE_LAYERS, TILE_ROWS
from seedsoil.tissue.cells.pull import pull
from seedsoil.tissue.cells.senses import about
from seedsoil.tissue.cells.sprouts import admit, lead, sprout
from seedsoil.tissue.lattice import (
    ALIVE,
    ATTACK,
    BODY,
    CHANGE,
    CHANGES,
    CLEARED,
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
    NECROSES,
    NECROSIS,
    OWN_BEHAVIOURS,
    PRUNING,
    SPROUT,
    SPROUTING,
    SUBSTANCES,
    UNCOVERING,
    VESSEL,
)

#: Proposals of a tile that make it worth while to read it whole.
_MANY = 64
#: Clones in a line of memory, which is what a processor reads at once.
_LINE = 16


@leaf
def apply(lattice, laws, stream, step, turn, counts, ranked, origins, voxels, actions):  # type: ignore[no-untyped-def]
    """Carry out the proposals of a round in their order; a cell that another has moved proposes from where it is now.

    Its luck stays that of the place where it proposed (``origins``): two cells that change places must not share theirs.
    ``voxels`` begins as a copy of that, and is changed. The arrays of clones, pieces of vessel and genealogy must have room
    for one more each for every proposal. ``counts`` are the proposals of each tile, ``ranked`` the tiles in their order. What is
    returned means nothing.
    """
    _, rows, columns = lattice.kind.shape
    follows = lattice.slot.size > 1
    if follows:
        for number in range(voxels.shape[0]):
            z, y, x = place_of(voxels[number], rows, columns)
            lattice.slot[z, y, x] = number
    first, seen = 0, 0
    for tile in ranked:
        last = first + counts[tile]
        if last - first > _MANY:
            seen += _fetch(lattice, tile)
        if laws.sizes[KEEPS_TREE]:
            seen += _fetch_lives(lattice, origins, actions, first, last)
        for number in range(first, last):
            z, y, x = place_of(voxels[number], rows, columns)
            if follows:
                if lattice.slot[z, y, x] != number:
                    continue  # it is no more
                lattice.slot[z, y, x] = -1
            aim(stream, TISSUE_PLACE, origins[number], step * MOST_ROUNDS + turn)
            _do(lattice, laws, stream, step, z, y, x, actions[number], voxels)
        first = last
    return seen


@leaf
def _fetch(lattice, tile):  # type: ignore[no-untyped-def]
    """Read what is in a tile, line by line of memory, so that it is at hand; in the order of hashes each line would be waited for."""
    layers, rows, columns = lattice.kind.shape
    wide, high = (columns + TILE_COLUMNS - 1) // TILE_COLUMNS, (rows + TILE_ROWS - 1) // TILE_ROWS
    z, y, x = tile // (wide * high) * TILE_LAYERS, tile // wide % high * TILE_ROWS, tile % wide * TILE_COLUMNS
    x1 = min(x + TILE_COLUMNS, columns)
    seen = 0
    for i in range(z, min(z + TILE_LAYERS, layers)):
        for j in range(y, min(y + TILE_ROWS, rows)):
            seen += int(lattice.kind[i, j, x]) + int(lattice.kind[i, j, x1 - 1])
            seen += int(lattice.condition[i, j, x]) + int(lattice.condition[i, j, x1 - 1])
            for k in range(x, x1, _LINE):
                seen += int(lattice.clone[i, j, k]) + int(lattice.born[i, j, k])
                if lattice.cell.size > 1:
                    seen += int(lattice.cell[i, j, k])
    return seen


@leaf
def _fetch_lives(lattice, origins, actions, first, last):  # type: ignore[no-untyped-def]
    """Read what the genealogy has of those who would die: it lies far and wide, and waited for together takes a fifth of one by one."""
    _, rows, columns = lattice.kind.shape
    seen = 0
    for number in range(first, last):
        if actions[number] == DEATH or actions[number] == NECROSIS:
            z, y, x = place_of(origins[number], rows, columns)
            seen += lattice.tree_died[lattice.cell[z, y, x]]
    return seen


@leaf
def _do(lattice, laws, stream, step, z, y, x, action, voxels):  # type: ignore[no-untyped-def]
    """Let one cell do what it proposed, if it still can."""
    kind = lattice.kind[z, y, x]
    if action == CLEARING:
        if kind != EMPTY and lattice.condition[z, y, x] != ALIVE:
            lattice.tally[kind, CLEARED] += 1
            vacate(lattice, z, y, x)
            if laws.pulls[kind] > 0:
                pull(lattice, laws, stream, kind, z, y, x, voxels)
        return
    if kind == EMPTY or lattice.condition[z, y, x] != ALIVE:
        return
    if action == DIVISION:
        _divide(lattice, laws, stream, step, z, y, x, voxels)
    elif action in (DEATH, NECROSIS, PRUNING):
        die(lattice, laws, step, z, y, x, GHOST if action == NECROSIS else BODY)
        lattice.tally[kind, NECROSES if action == NECROSIS else DEATHS] += 1
    elif action == MOVEMENT:
        if laws.part[kind] == SPROUT:
            lead(lattice, laws, stream, step, z, y, x, voxels)
        else:
            _walk(lattice, laws, stream, step, z, y, x, voxels)
    elif action == CHANGE:
        lattice.kind[z, y, x] = laws.becomes[kind]
        lattice.tally[kind, CHANGES] += 1
    elif action == ATTACK:
        _attack(lattice, laws, stream, step, z, y, x)
    elif action == SPROUTING:
        sprout(lattice, laws, stream, step, z, y, x, voxels)
    elif action == COVERING:
        lattice.piece_flags[lattice.clone[z, y, x]] |= np.uint8(COVERED)
    elif action == UNCOVERING:
        lattice.piece_flags[lattice.clone[z, y, x]] &= np.uint8(255 - COVERED)
    else:
        guest = action - OWN_BEHAVIOURS - 3 * laws.sizes[SUBSTANCES] + 1
        admit(lattice, laws, stream, step, guest, z, y, x)


@leaf
def die(lattice, laws, step, z, y, x, condition):  # type: ignore[no-untyped-def]
    """Let a cell die, by its own programme or of want; its place stays taken until it is cleared."""
    lattice.condition[z, y, x] = condition
    if laws.sizes[KEEPS_TREE] and laws.part[lattice.kind[z, y, x]] < VESSEL:
        lattice.tree_died[lattice.cell[z, y, x]] = step


@leaf
def _divide(lattice, laws, stream, step, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Put a daughter beside a cell: in a place that it can take, or in that of a row that it pushes aside; else none."""
    kind = lattice.kind[z, y, x]
    i, j, k = choose(lattice, laws, stream, kind, z, y, x, step, FREE)
    if i >= 0 and not gives_way(lattice, laws, stream, kind, i, j, k):
        return
    if i < 0 and laws.pushes[kind] > 0:
        i, j, k = push(lattice, laws, stream, kind, z, y, x, step, voxels)
    if i < 0:
        return
    replace(lattice, laws, step, i, j, k)
    lattice.kind[i, j, k] = kind
    lattice.condition[i, j, k] = ALIVE
    lattice.clone[i, j, k] = _inherited(lattice, laws, stream, step, kind, lattice.clone[z, y, x])
    lattice.born[i, j, k] = lattice.born[z, y, x] = step & 0xFFFF
    if lattice.memory.size > 1:
        lattice.memory[i, j, k] = lattice.memory[z, y, x]
    if lattice.slot.size > 1:
        lattice.slot[i, j, k] = -1
    if laws.sizes[KEEPS_TREE]:
        enter(lattice, lattice.cell[z, y, x], step, i, j, k)
    lattice.tally[kind, DIVISIONS] += 1


@leaf
def _inherited(lattice, laws, stream, step, kind, clone):  # type: ignore[no-untyped-def]
    """The clone of a daughter: her mother's, or a new one with a neutral change or one more mechanism."""
    genes = laws.gene_chance.shape[1]
    total = laws.variation[kind]
    for gene in range(genes):
        total += laws.gene_chance[kind, gene]
    if total <= 0.0:
        return clone
    luck = uniform(stream)
    if luck >= total:
        return clone
    carried = lattice.clone_bits[clone]
    luck -= laws.variation[kind]
    gene = 0
    while luck >= 0.0 and gene < genes:
        luck -= laws.gene_chance[kind, gene]
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
    i, j, k = choose(lattice, laws, stream, kind, z, y, x, step, SOFT if laws.swaps[kind] else FREE)
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
def _attack(lattice, laws, stream, step, z, y, x):  # type: ignore[no-untyped-def]
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
                        die(lattice, laws, step, i, j, k, BODY)
                        lattice.tally[kind, KILLS] += 1
                    left -= 1
