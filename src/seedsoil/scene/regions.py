"""Which voxels of a block a region of a scene means: all, a ball, a layer, or some that luck scatters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.streams import TISSUE_START, aim, new_stream, uniform
from seedsoil.scene.text import Region

__all__ = ["voxels_of"]


def voxels_of(region: Region, shape: tuple[int, int, int], edge: float, seed: int, number: int) -> NDArray[np.bool_]:
    """Return the mask (z, y, x) of a region in a block with voxels of an edge [um]; ``number`` says whose luck scatters."""
    return _SHAPES[region.where](shape, edge, region, seed, number)


def _everywhere(shape: tuple[int, int, int], *_: Any) -> NDArray[np.bool_]:
    return np.ones(shape, dtype=np.bool_)


def _ball(shape: tuple[int, int, int], edge: float, region: Region, *_: Any) -> NDArray[np.bool_]:
    """Voxels whose middle lies within a radius of a point."""
    assert region.radius is not None
    middle = [float(each) for each in region.at] + [0.5 * shape[0] * edge] * (3 - len(region.at))
    away = np.zeros(shape)
    for axis, centre in zip((2, 1, 0), middle, strict=True):
        along = ((np.arange(shape[axis]) + 0.5) * edge - centre) ** 2
        away += along.reshape([-1 if each == axis else 1 for each in range(3)])
    found: NDArray[np.bool_] = away <= float(region.radius) ** 2
    return found


def _layer(shape: tuple[int, int, int], edge: float, region: Region, *_: Any) -> NDArray[np.bool_]:
    """Voxels whose middle lies between two distances from the western face."""
    assert region.start is not None
    assert region.end is not None
    along = (np.arange(shape[2]) + 0.5) * edge
    return np.broadcast_to((along >= float(region.start)) & (along < float(region.end)), shape)


def _scattered(shape: tuple[int, int, int], edge: float, region: Region, seed: int, number: int) -> NDArray[np.bool_]:
    """Voxels that luck chooses, each by itself; ``number`` says whose luck."""
    assert region.share is not None
    stream, count = new_stream(seed, 0), math.prod(shape)
    aim(stream, TISSUE_START, number, 0)
    drawn = np.array([uniform(stream) for _ in range(count)])
    return (drawn < float(region.share)).reshape(shape)


_SHAPES: dict[str, Callable[..., NDArray[np.bool_]]] = {
    "everywhere": _everywhere, "ball": _ball, "layer": _layer, "scattered": _scattered,
}  # fmt: skip
