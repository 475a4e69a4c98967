"""How many cells of each kind there are in a block, alive, dying and dead."""

from __future__ import annotations

from seedsoil.foundation.compiled import leaf
from seedsoil.tissue.lattice import EMPTY


@leaf
def census(eights, found):  # type: ignore[no-untyped-def]
    """Write the number of cells of each kind and condition (two tables of them in turn, which are to be added: neither waits).

    Eights that are empty are passed over.
    """
    found[...] = 0
    voxels, whole = eights.kind.shape[0], eights.kinds.shape[0]
    for number in range((voxels + 7) >> 3):
        if number == whole or eights.kinds[number] != EMPTY:
            for voxel in range(8 * number, min(8 * number + 8, voxels)):
                kind = eights.kind[voxel]
                if kind != EMPTY:
                    found[voxel & 1, kind, eights.condition[voxel]] += 1
