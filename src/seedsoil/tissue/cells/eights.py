"""Eight voxels read at once: an empty stretch, or one without any dead, is passed over at a glance.

The eights are those of the whole block in the order of memory, which are also those that share a draw.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.bundle import bundle
from seedsoil.tissue.lattice import Lattice


class Eights(NamedTuple):
    """Kinds and conditions of a block's voxels in the order of memory, one by one and as numbers of eight bytes.

    Attributes
    ----------
    kind, condition : uint8 arrays, voxels
    kinds, conditions : uint64 arrays, voxels // 8
        The last few voxels, which make no eight, are in none.
    """

    kind: NDArray[np.uint8]
    condition: NDArray[np.uint8]
    kinds: NDArray[np.uint64]
    conditions: NDArray[np.uint64]


bundle(Eights)


def eights(lattice: Lattice) -> Eights:
    """Return views of a block; they show what is in it at any time."""
    kind, condition = lattice.kind.reshape(-1), lattice.condition.reshape(-1)
    whole = kind.size // 8 * 8
    return Eights(kind, condition, kind[:whole].view(np.uint64), condition[:whole].view(np.uint64))
