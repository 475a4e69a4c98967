"""What a field gains and loses: what cells take and give, by kind and rule, and what vessels let through their walls."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.tissue.cells.senses import amount
from seedsoil.tissue.lattice import ALIVE, EMPTY, OPENING, OWN_BEHAVIOURS, SUBSTANCES


@leaf
def exchange(lattice, laws, substance, step, first, last, taken, given):  # type: ignore[no-untyped-def]
    """Write what the cells of some layers take of a substance [1/day] and give [references/day]; the dead do neither."""
    _, rows, columns = lattice.kind.shape
    substances = laws.sizes[SUBSTANCES]
    gives, takes = OWN_BEHAVIOURS + substance, OWN_BEHAVIOURS + substances + substance
    for z in range(first, last):
        for y in range(rows):
            for x in range(columns):
                kind = lattice.kind[z, y, x]
                taken[z, y, x] = given[z, y, x] = 0.0
                if kind == EMPTY or lattice.condition[z, y, x] != ALIVE:
                    continue
                if laws.asks[kind, takes]:
                    taken[z, y, x] = max(amount(kind, takes, z, y, x, step, lattice, laws), 0.0)
                else:
                    taken[z, y, x] = laws.base[kind, takes]
                if laws.asks[kind, gives]:
                    given[z, y, x] = max(amount(kind, gives, z, y, x, step, lattice, laws), 0.0)
                else:
                    given[z, y, x] = laws.base[kind, gives]


@leaf
def openings(lattice, laws, step, voxels, opened):  # type: ignore[no-untyped-def]
    """Write how far the wall of each piece of vessel, given by its voxel, is open, 0 to 1."""
    _, rows, columns = lattice.kind.shape
    for number in range(voxels.shape[0]):
        voxel = voxels[number]
        z, y, x = voxel // (rows * columns), voxel // columns % rows, voxel % columns
        opened[number] = min(max(amount(lattice.kind[z, y, x], OPENING, z, y, x, step, lattice, laws), 0.0), 1.0)
