"""How many cells of each kind there are in a block, alive, dying and dead."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.tissue.lattice import EMPTY


@leaf
def census(lattice, found):  # type: ignore[no-untyped-def]
    """Write the number of cells of each kind and condition (two tables of them in turn, which are to be added: neither waits)."""
    kinds, conditions = lattice.kind, lattice.condition
    layers, rows, columns = kinds.shape
    found[...] = 0
    for z in range(layers):
        for y in range(rows):
            for x in range(columns):
                kind = kinds[z, y, x]
                if kind != EMPTY:
                    found[x & 1, kind, conditions[z, y, x]] += 1
