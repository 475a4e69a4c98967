"""Vessels of a host tissue: lines of capillaries through a block, as dense and as tortuous as its organ's are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import TISSUE_START, Stream, aim, uniform

_UM_A_MM = 1000.0


def capillaries(
    shape: tuple[int, int, int], edge: float, density: float, tortuosity: float, stream: Stream, regular: bool = False
) -> list[NDArray[np.int64]]:
    """Return the ways of capillaries through a block, along x, as voxels from where blood enters to where it leaves.

    Parameters
    ----------
    shape : tuple of int
        Voxels along z, y and x.
    edge : float
        A voxel's [um].
    density : float
        Length of vessels for each volume [mm/mm^3].
    tortuosity : float
        Length of a vessel over the distance that it covers, 1 or more [1].
    stream : uint64 array
        Whose luck it is.
    regular : bool
        A lattice of vessels, or (the default) lines at random places, which leave exp(-pi density R^2) of the tissue farther
        than R from any.

    Raises
    ------
    ModelError
        If the density would fill more than half of all voxels, or the tortuosity is not in 1 to 1.4.
    """
    faults = []
    area = shape[0] * shape[1] * (edge / _UM_A_MM) ** 2
    share = density / max(tortuosity, 1.0) * (edge / _UM_A_MM) ** 2
    if not 0.0 <= share <= 0.5:
        faults.append(f"density: vessels for at most half of all voxels of {edge:g} um, got {density:.7g} mm/mm^3")
    if not 1.0 <= tortuosity <= 1.4:
        faults.append(f"tortuosity: length over distance from 1 to 1.4, got {tortuosity:.7g}")
    if faults:
        raise ModelError(faults)
    aim(stream, TISSUE_START, 1, 0)
    count = density / tortuosity * area
    lines = math.floor(count) + (uniform(stream) < count - math.floor(count))
    starts = _grid(shape, lines) if regular else [
        (int(uniform(stream) * shape[0]), int(uniform(stream) * shape[1])) for _ in range(lines)
    ]  # fmt: skip
    # A step aside lengthens the way of a voxel from 1 to sqrt(2).
    aside = (tortuosity - 1.0) / (math.sqrt(2.0) - 1.0)
    return [_way(shape, start, aside, stream) for start in starts]


def _grid(shape: tuple[int, int, int], lines: int) -> list[tuple[int, int]]:
    """So many places on a plane, in rows and columns as even as can be."""
    if lines == 0:
        return []
    rows = max(1, min(shape[0], round(math.sqrt(lines * shape[0] / shape[1]))))
    places = []
    for row in range(rows):
        columns = lines // rows + (row < lines % rows)
        z = int((row + 0.5) * shape[0] / rows)
        places += [(z, int((column + 0.5) * shape[1] / columns)) for column in range(columns)]
    return places


def _way(shape: tuple[int, int, int], start: tuple[int, int], aside: float, stream: Stream) -> NDArray[np.int64]:
    """One capillary: a walk along x that steps aside with a probability in each voxel, and turns at the faces."""
    z, y = start
    places = []
    for x in range(shape[2]):
        places.append((z * shape[1] + y) * shape[2] + x)
        if shape[0] * shape[1] > 1 and uniform(stream) < aside:
            way = 1 if uniform(stream) < 0.5 else -1
            if shape[1] == 1 or (shape[0] > 1 and uniform(stream) < 0.5):
                z += way if 0 <= z + way < shape[0] else -way
            else:
                y += way if 0 <= y + way < shape[1] else -way
    return np.array(places, dtype=np.int64)
