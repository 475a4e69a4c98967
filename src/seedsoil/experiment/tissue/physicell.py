"""Positions of cells as PhysiCell reads and writes them: a CSV file of x, y, z [um] and the name of a type of cell.

Its first line names the columns, beginning with x, y, z and type; any others (volume, behaviours, ``custom:`` data) may follow. A
file without such a line has numbers of types in the fourth column. Read in PhysiCell's own source, modules/PhysiCell_geometry.cpp
(github.com/MathCancer/PhysiCell). Its cells lie anywhere; here a voxel holds one: the second of two goes to the nearest free one.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.publish import disk, unfinished
from seedsoil.foundation.errors import StoreError, did_you_mean, known_words, legible
from seedsoil.tissue.lattice import ALIVE, PARTS, VESSEL
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.snapshot import Snapshot

__all__ = ["Placed", "put_cells", "write_cells"]

_COLUMNS = ("x", "y", "z", "type")
#: Voxels along an axis within which a second cell looks for a free one.
_FAR = 5
#: So many faults are told one by one.
_MOST_FAULTS = 10


@dataclass(frozen=True)
class Placed:
    """What became of a file's cells: how many of each kind, how many were moved to a voxel nearby, and how far at most [um]."""

    cells: Mapping[str, int]
    moved: int
    farthest: float


def write_cells(shot: Snapshot, path: Path | str, kinds: Collection[str] | None = None) -> int:
    """Write the live cells of a moment, voxel by voxel, and return how many they were.

    Parameters
    ----------
    shot : Snapshot
    path : path
        Replaced, whole or not at all.
    kinds : collection of str, optional
        Names of the kinds to be written; all of them, vessels too, if not given.

    Raises
    ------
    StoreError
        A kind that the block does not have. DiskError if the disk refuses.
    """
    names = [kind.name for kind in shot.kinds]
    if kinds is not None and (unknown := [name for name in kinds if name not in names]):
        raise StoreError(
            f"kinds: no kind of cell {unknown[0]!r} here.{did_you_mean(unknown[0], names)} Known: {known_words(names)}."
        )
    wanted = np.array([False, *(kinds is None or name in kinds for name in names)])
    voxels = np.flatnonzero(wanted[shot.kind.ravel()] & (shot.condition.ravel() == ALIVE))
    path, numbers = Path(path), shot.kind.ravel()[voxels]
    with unfinished(path) as file:
        file.write(f"{','.join(_COLUMNS)}\n".encode())
        for first in range(0, voxels.size, 1 << 16):
            part = slice(first, first + (1 << 16))
            rows = zip(shot.centres(voxels[part]).tolist(), numbers[part].tolist(), strict=True)
            file.write("".join(f"{x:.10g},{y:.10g},{z:.10g},{names[kind - 1]}\n" for (x, y, z), kind in rows).encode())
    return int(voxels.size)


def put_cells(model: TissueModel, path: Path | str, names: Mapping[str, str] | None = None) -> Placed:
    """Put the cells of a file into a block.

    Positions are counted from the middle of the block [um]. Whoever was in a voxel is gone, but for vessels and sprouts; these and
    the cells of the file that come first keep their places. Further columns are not read.

    Parameters
    ----------
    model : TissueModel
    path : path
    names : mapping of str to str, optional
        The kind that a type of the file is, where they are not called alike (of a file without names: by its number).

    Returns
    -------
    Placed

    Raises
    ------
    StoreError
        One line for each fault: no such file, no such columns, a number that is none, a cell outside of the block, a type that is
        no kind of the scene or a vessel, no free voxel near a cell. The block is then as it was.
    """
    path = Path(path)
    places, types, lines = _read(path)
    kinds = _kinds_of(path, model, types, names or {})
    voxels, moved, farthest = _settle(path, model, places, lines)
    counts: dict[str, int] = {}
    for kind in dict.fromkeys(kinds):
        mine = voxels[[each == kind for each in kinds]]
        counts[kind] = model.put(kind, mine)
    return Placed(counts, moved, farthest)


def _read(path: Path) -> tuple[NDArray[np.float64], list[str], list[int]]:
    """Positions, types and numbers of lines of a file's cells."""
    with disk(path, "read"):
        content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        rows = [(number, row) for number, row in _rows(text) if any(field.strip() for field in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise StoreError(f"{path}: is no CSV text ({' '.join(str(error).split())[:80]})") from error
    if rows and rows[0][1][0].strip().casefold() == "x":
        heads = tuple(head.strip().casefold() for head in rows.pop(0)[1][:4])
        if heads != _COLUMNS:
            raise StoreError(f"{path}: the first columns must be x, y, z, type, got {legible(', '.join(heads))}")
    faults, places, types, lines = [], [], [], []
    for number, row in rows:
        place = _place(row)
        if place is None:
            given = legible(",".join(row[:4]))
            faults.append(f"{path}: line {number}: three finite numbers of um and a type are needed, got {given!r}")
            continue
        places.append(place)
        types.append(row[3].strip())
        lines.append(number)
    _refuse(faults)
    if not places:
        raise StoreError(f"{path}: no cells. A line x,y,z,type, and one for each cell, are needed.")
    return np.array(places), types, lines


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    for row in reader:
        yield reader.line_num, row


def _place(row: list[str]) -> tuple[float, float, float] | None:
    """The position of a line's cell, None if it has none."""
    if len(row) < 4 or not row[3].strip():
        return None
    try:
        x, y, z = (float(field) for field in row[:3])
    except ValueError:
        return None
    return (x, y, z) if math.isfinite(x + y + z) else None


def _refuse(faults: list[str]) -> None:
    """Raise what is wrong, if anything is; many faults are told in part."""
    if len(faults) > _MOST_FAULTS:
        faults = [*faults[:_MOST_FAULTS], f"and {len(faults) - _MOST_FAULTS} more faults like these"]
    if faults:
        raise StoreError(faults)


def _kinds_of(path: Path, model: TissueModel, types: list[str], names: Mapping[str, str]) -> list[str]:
    """The kind of each cell; what cannot be put is refused."""
    known, faults = {kind.name: kind for kind in model.kinds}, []
    loose = [name for name, kind in known.items() if kind.part not in {"vessel", "sprout"}]
    for given in dict.fromkeys(types):
        kind = known.get(names.get(given, given))
        count = f"({types.count(given):,} {'cell' if types.count(given) == 1 else 'cells'})"
        if kind is None:
            hint = did_you_mean(names.get(given, given), known)
            faults.append(
                f"{path}: type {legible(given)!r} {count} is no kind of cell of the scene.{hint} Name the kind that it is. "
                f"Known: {known_words(loose)}."
            )
        elif kind.name not in loose:
            faults.append(
                f"{path}: type {given!r} {count} is a {kind.part}: lay vessels in the scene, and leave them out here"
            )
    _refuse(faults)
    return [names.get(given, given) for given in types]


def _settle(
    path: Path, model: TissueModel, places: NDArray[np.float64], lines: list[int]
) -> tuple[NDArray[np.int64], int, float]:
    """A voxel for each cell, how many had to move aside, and how far at most [um]."""
    edge, sizes = model.setting.edge, np.array(model.setting.shape)[::-1]
    inside = places / edge + sizes / 2.0  # x, y, z in voxels from the corner
    out = np.flatnonzero(((inside < 0.0) | (inside > sizes)).any(axis=1))
    reach = " x ".join(f"{size * edge:g}" for size in sizes)
    _refuse(
        [
            f"{path}: line {lines[cell]}: ({', '.join(f'{each:g}' for each in places[cell])}) um lies outside of the block of "
            f"{reach} um about its middle"
            for cell in out.tolist()
        ]
    )
    at = np.minimum(inside.astype(np.int64), sizes - 1)
    parts = np.array([0, *(PARTS.index(kind.part) for kind in model.kinds)])
    taken = ((model.lattice.kind > 0) & (parts[model.lattice.kind] >= VESSEL)).ravel()
    voxels = (at[:, 2] * sizes[1] + at[:, 1]) * sizes[0] + at[:, 0]
    around, moved, farthest, faults = _around(), 0, 0.0, []
    for cell, voxel in enumerate(voxels.tolist()):
        if taken[voxel]:
            found, far = _nearest(inside[cell], at[cell], sizes, taken, around)
            if found < 0:
                faults.append(
                    f"{path}: line {lines[cell]}: no free voxel within {_FAR * edge:g} um; the cells lie closer than one in a "
                    f"voxel of {edge:g} um: make voxels smaller, or leave cells out"
                )
                continue
            voxels[cell], moved, farthest = found, moved + 1, max(farthest, far * edge)
        taken[voxels[cell]] = True
    _refuse(faults)
    return voxels, moved, farthest


def _around() -> NDArray[np.int64]:
    """Steps x, y, z to all voxels within reach, but to the one itself."""
    line = np.arange(-_FAR, _FAR + 1)
    steps = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
    far = (steps**2).sum(axis=1)
    found: NDArray[np.int64] = steps[(far > 0) & (far <= _FAR * _FAR)]
    return found


def _nearest(
    here: NDArray[np.float64],
    at: NDArray[np.int64],
    sizes: NDArray[np.int64],
    taken: NDArray[np.bool_],
    around: NDArray[np.int64],
) -> tuple[int, float]:
    """The free voxel whose middle is nearest to a place, and how far that is [voxels]; -1 if there is none within reach."""
    there = at + around
    there = there[((there >= 0) & (there < sizes)).all(axis=1)]
    voxels = (there[:, 2] * sizes[1] + there[:, 1]) * sizes[0] + there[:, 0]
    free = ~taken[voxels]
    if not free.any():
        return -1, 0.0
    far = np.sqrt(((there[free] + 0.5 - here) ** 2).sum(axis=1))
    # Of places alike near, the first of the block: rounding must not decide.
    best = np.lexsort((voxels[free], np.round(far, 9)))[0]
    return int(voxels[free][best]), float(far[best])
