"""First phase of a step: every cell draws its own luck and says what it would do, changing nothing.

A cell's luck has the address (seed, voxel, step, round). So what a cell proposes depends on the state alone, and on no order:
slabs of layers can be asked side by side, and their answers one after another are those of the whole block.
"""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import exp, expm1
from seedsoil.foundation.streams import TISSUE_EVENT, aim, bits, uniform
from seedsoil.tissue.cells.senses import amount
from seedsoil.tissue.lattice import (
    ALIVE,
    HAZARDS,
    KINDS,
    MOVEMENT,
    OWN_BEHAVIOURS,
    PROGRAMME,
    SUBSTANCES,
    VESSEL,
)

#: Most rounds of a step.
MOST_ROUNDS = 64
#: What a dead cell proposes: that its place be free. Behaviours are proposed by their own numbers, admissions behind them.
CLEARING = 1000


@leaf
def propose(lattice, laws, stream, days, step, turn, first, last, voxels, actions, keys):  # type: ignore[no-untyped-def]
    """Write the proposals of one round by the cells of some layers, in the order of voxels; returns how many.

    Parameters
    ----------
    stream : uint64 array
        The scene's, a copy for whoever asks.
    days : float
        Length of a step.
    turn : int
        The round: 0 is everybody's, later ones those of quick kinds.
    first, last : int
        Layers: from, and behind the last.
    voxels, actions, keys : int64, int32, uint64 arrays
        Where, what, and the hash by which proposals are put in order. If there is no room for all, -1 is returned.
    """
    _, rows, columns = lattice.kind.shape
    found, room = 0, voxels.shape[0]
    moment = step * MOST_ROUNDS + turn
    for z in range(first, last):
        for y in range(rows):
            for x in range(columns):
                kind = lattice.kind[z, y, x]
                if kind == 0 or turn >= laws.rounds[kind]:
                    continue
                condition = lattice.condition[z, y, x]
                alive = condition == ALIVE
                limit = laws.chance[kind] if alive else laws.cleared[kind, condition]
                if limit <= 0.0 or (not alive and turn > 0):
                    continue
                voxel = (z * rows + y) * columns + x
                aim(stream, TISSUE_EVENT, voxel, moment)
                luck = uniform(stream)
                if luck >= limit:
                    continue
                action = CLEARING
                if alive:
                    action = _event(lattice, laws, luck, days / laws.rounds[kind], z, y, x, step)
                if action >= 0:
                    if found == room:
                        return -1
                    voxels[found], actions[found], keys[found] = voxel, action, bits(stream)
                    found += 1
    return found


@leaf
def _event(lattice, laws, luck, days, z, y, x, step):  # type: ignore[no-untyped-def]
    """What a cell with this luck does in some days: a behaviour, or -1 for nothing. At most one thing happens.

    Steps of a walk are no hazard among the others: they come in the mean number that its speed asks for, to cells to which
    nothing else happens; else a quick cell would go more slowly than it should, and divide and die less.
    """
    kind = lattice.kind[z, y, x]
    total = 0.0
    for behaviour in range(HAZARDS):
        if behaviour != MOVEMENT:
            total += _rate(lattice, laws, kind, behaviour, z, y, x, step)
    admissions = OWN_BEHAVIOURS + 3 * laws.sizes[SUBSTANCES]
    lets_in = laws.part[kind] == VESSEL
    if lets_in:
        for guest in range(1, laws.sizes[KINDS] + 1):
            total += _rate(lattice, laws, kind, admissions + guest - 1, z, y, x, step)
    chance = -expm1(-total * days)
    if luck >= chance:
        hops = min(_rate(lattice, laws, kind, MOVEMENT, z, y, x, step) * days, 1.0)
        return MOVEMENT if luck < chance + (1.0 - chance) * hops else -1
    left = luck / chance * total
    for behaviour in range(HAZARDS):
        if behaviour != MOVEMENT:
            left -= _rate(lattice, laws, kind, behaviour, z, y, x, step)
            if left < 0.0:
                return behaviour
    if lets_in:
        for guest in range(1, laws.sizes[KINDS] + 1):
            left -= _rate(lattice, laws, kind, admissions + guest - 1, z, y, x, step)
            if left < 0.0:
                return admissions + guest - 1
    return -1


@leaf
def _rate(lattice, laws, kind, behaviour, z, y, x, step):  # type: ignore[no-untyped-def]
    """The hazard of one behaviour of a cell [1/day]."""
    pair = kind * laws.base.shape[1] + behaviour
    if laws.base[kind, behaviour] == 0.0 and laws.first[pair] == laws.first[pair + 1]:
        return 0.0
    return amount(kind, behaviour, z, y, x, step, lattice, laws)


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
