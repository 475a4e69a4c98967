"""A block of tissue: its voxels, and what is supplied through its faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError

#: Faces of a block, each with its axis and the place of its layer along that.
FACES: Mapping[str, tuple[int, int]] = {
    "top": (0, 0), "bottom": (0, -1), "north": (1, 0), "south": (1, -1), "west": (2, 0), "east": (2, -1),
}  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A block of voxels: how many along z, y and x (one layer: in the plane), and the edge of one [um].

    ``supplied`` gives the concentration at a face by its name (``FACES``); nothing passes the other faces, nor those of an axis
    that has one voxel.

    Raises
    ------
    ModelError
        If an axis has no voxel, the edge is not above 0, or a face is not known.
    """

    shape: tuple[int, int, int]
    edge: float
    supplied: Mapping[str, float]

    def __post_init__(self) -> None:
        faults = []
        if min(self.shape) < 1:
            faults.append(f"shape: numbers of voxels, each at least 1, got {self.shape}")
        if not 0.0 < self.edge < np.inf:
            faults.append(f"edge: the length of a voxel in um, above 0, got {self.edge}")
        if unknown := [name for name in self.supplied if name not in FACES]:
            faults.append(f"supplied: no face {unknown[0]!r}; faces: {', '.join(FACES)}")
        if faults:
            raise ModelError(faults)

    def through_faces(self, diffusion: float) -> NDArray[np.float64]:
        """By axis and side, the loss [1/day] and the source [concentration/day] that a supplied face, half an edge away, adds."""
        added = np.zeros((3, 2, 2))
        for name, concentration in self.supplied.items():
            axis, place = FACES[name]
            if self.shape[axis] > 1:
                rate = 2.0 * diffusion / self.edge**2
                added[axis, place] = rate, rate * concentration
        return added
