"""Vessels of a host tissue: lines of capillaries through a block, and the branches that make a net of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import TISSUE_START, Stream, aim, uniform
from seedsoil.tissue.lattice import NO_PIECE

_UM_A_MM = 1000.0
#: Ways across lines in which a branch may leave one, layers and rows; in a plane there are only rows.
_WAYS = ((0, 1), (0, -1), (1, 0), (-1, 0))
#: In the place of a piece: a voxel through which no branch may go.
BARRED = -2
#: A branch reaches so many spacings of the lines.
_REACH = 2.2


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


def unbranched(density: float, links: float) -> float:
    """Return how dense lines must be that with a branch for every ``links`` of each have a density [mm/mm^3].

    Law: d + d s / l = density, s = 1 / sqrt(d) being the way to the next line [mm] and l ``links`` [um]; branches that find no
    line in their way make it up to a tenth less.
    """
    half = 0.5 * _UM_A_MM / links
    return (math.sqrt(half * half + density) - half) ** 2


def branches(
    pieces: NDArray[np.int64], line: NDArray[np.int64], holder: NDArray[np.int64], shape: tuple[int, int, int], every: int,
    spacing: float, stream: Stream,
) -> list[tuple[NDArray[np.int64], int, int]]:  # fmt: skip
    """Return branches between lines along x, so that blood finds a way round where one is cut.

    Parameters
    ----------
    pieces, line : arrays
        Voxels of the pieces of the lines, and which line each belongs to; its pieces follow one another.
    holder : array of the block, flat
        The number of the piece of vessel in each voxel, -1 in others, or `BARRED`; new pieces are written into it, numbered on.
    shape : tuple of int
    every : int
        Pieces of a line from one that sends a branch out to the next; the first is drawn.
    spacing : float
        Of the lines [voxels].
    stream : uint64 array
        Whose luck it is.

    Returns
    -------
    list of (way, start, end)
        Voxels between two pieces, in order, and the numbers of these pieces. A branch goes to the nearest line on one of four
        ways (in a plane two), or where there is none on the opposite one, and ends where it meets a vessel.
    """
    at = np.stack(np.unravel_index(pieces, shape), axis=1).astype(np.int64)
    ways = _WAYS if shape[0] > 1 else _WAYS[:2]
    found, new = [], int(holder.max()) + 1
    aim(stream, TISSUE_START, 2, 0)
    for each in np.unique(line):
        mine = np.flatnonzero(line == each)
        for piece in mine[int(uniform(stream) * every) :: every].tolist():
            way = np.array(ways[int(uniform(stream) * len(ways))])
            other = _across(at, piece, line != each, way, _REACH * spacing)
            if other < 0 and (other := _across(at, piece, line != each, -way, _REACH * spacing)) < 0:
                continue
            start, end, between = int(holder[pieces[piece]]), int(holder[pieces[other]]), []
            for place in _straight(at[piece], at[other]):
                voxel = (place[0] * shape[1] + place[1]) * shape[2] + place[2]
                if holder[voxel] != NO_PIECE:
                    end = int(holder[voxel])
                    break
                between.append(voxel)
            if end in (start, BARRED):
                continue
            holder[between] = np.arange(new, new + len(between))
            new += len(between)
            found.append((np.array(between, dtype=np.int64), start, end))
    return found


def _across(at: NDArray[np.int64], piece: int, others: NDArray[np.bool_], way: NDArray[np.int64], reach: float) -> int:
    """The nearest piece of another line on a way across, within 45 degrees of it and a voxel along; -1 if none is in reach."""
    off = at - at[piece]
    across, along = off[:, :2], np.abs(off[:, 2])
    square, toward = (across**2).sum(axis=1), across @ way
    near = others & (along <= 1) & (square > 0) & (square <= reach * reach) & (toward > 0)
    near &= 2 * toward**2 >= square * int((way**2).sum())
    found = np.flatnonzero(near)
    return int(found[np.argmin(2 * square[found] + along[found])]) if found.size else -1


def _straight(start: NDArray[np.int64], end: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """The voxels between two on a straight way."""
    steps = int(np.abs(end - start).max())
    return [tuple((start + (2 * (end - start) * step + steps) // (2 * steps)).tolist()) for step in range(1, steps)]
