"""Which voxels a region of a scene means (all, a ball, a layer, some by luck), and what is put or filled in there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.substance import Substance
from seedsoil.foundation.errors import StudyError, did_you_mean
from seedsoil.foundation.streams import TISSUE_START, aim, new_stream, uniform
from seedsoil.scene.text import Fill, Place, Region, Scene
from seedsoil.tissue.model import TissueModel

__all__ = ["fill_in", "put", "voxels_of", "wrong_fill"]


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


def put(model: TissueModel, scene: Scene, place: Place, index: int) -> None:
    """Put the cells of one order: into empty voxels, and those of the kinds that it may take the place of."""
    shape, edge = model.setting.shape, model.setting.edge
    lattice = model.lattice
    free = lattice.kind == 0
    for name in place.into:
        free |= model.alive(name)
    wanted = voxels_of(place, shape, edge, scene.scene.seed, 1000 + index)
    clone = model.new_clone(*place.carries) if place.carries else 0
    # Whether luck scatters a rare cell into a block is not the file's fault.
    lucky = place.where == "scattered" and free.any()
    if not model.put(place.cell, free & wanted, clone) and not lucky:
        raise StudyError(
            f"place[{index}]: no voxel {place.told()} is empty or holds a kind that `into` names; none was put"
        )


def wrong_fill(fill: Fill, where: str, known: dict[str, Substance]) -> list[str]:
    """What is wrong with what a substance is to be filled in."""
    noun = known.get(fill.substance)
    if noun is None:
        return [
            f"{where}.substance: no substance {fill.substance!r} in the scene.{did_you_mean(fill.substance, known)}"
        ]
    if noun.time == "at rest":
        return [f"{where}.substance: {noun.name} comes to rest with cells at once; only what is passing has a start"]
    if fill.level.unit != noun.unit:
        return [f"{where}.level: {fill.level} is not in the substance's unit, {noun.unit!r}"]
    return []


def fill_in(model: TissueModel, scene: Scene, fill: Fill, index: int) -> None:
    """Fill a substance in."""
    region = voxels_of(fill, model.setting.shape, model.setting.edge, scene.scene.seed, 2000 + index)
    if not region.any():
        raise StudyError(f"fill[{index}]: no voxel lies {fill.told()}")
    model.level(fill.substance)[region] = float(fill.level)
