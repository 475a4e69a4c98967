"""Where a cell of the twin goes: places by their weight, and rows that are pushed aside."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.foundation.streams import Stream, uniform
from seedsoil.tissue.twin.block import Block, Cell, Place, shifted
from seedsoil.tissue.twin.rules import amount, takes


def weight(block: Block, kind: CellKind, origin: Cell, there: Place, soft: bool) -> float:
    """How much a place beside a cell draws a kind; 0 where it cannot go. ``soft``: others than vessels make way too."""
    other = block.cells.get(there)
    if not (takes(kind, other) or (soft and other is not None and not other.of_vessels)):
        return 0.0
    found = 1.0
    if any(each.alive and each.kind.part == "vessel" for each in block.neighbours(there)):
        found += amount(block, kind, "vessel_affinity", origin)
    for name, substance in block.substances.items():
        here = block.level(name, origin.place)
        if (rise := block.level(name, there) - here) > 0.0:
            drawn = amount(block, kind, f"attraction {name}", origin)
            found += drawn * rise / (here + float(substance.reference))
    own = sum(each.alive and each.kind is kind for each in block.neighbours(there))
    return found * math.exp(float(kind.cohesion) * own / len(block.ways))


def choose(block: Block, stream: Stream, kind: CellKind, origin: Cell, soft: bool) -> Place | None:
    """A place beside a cell for a kind, by weight and a draw; None if it can go nowhere."""
    luck, places = uniform(stream), block.about(origin.place)
    heights = list(accumulate(weight(block, kind, origin, there, soft) for there in places))
    if not heights or heights[-1] <= 0.0:
        return None
    mark = luck * heights[-1]
    return next(there for there, height in zip(places, heights, strict=True) if mark < height)


def gives_way(block: Block, stream: Stream, kind: CellKind, place: Place) -> bool:
    """Whether a place is empty, or whoever is there gives way this time."""
    chance = float(kind.invasion)
    return place not in block.cells or chance >= 1.0 or uniform(stream) < chance


def holds_on(block: Block, stream: Stream, cell: Cell, there: Place) -> bool:
    """Whether a cell rather stays among its own kind."""
    if float(cell.kind.cohesion) <= 0.0:
        return False
    here, away = (
        sum(each.alive and each.kind is cell.kind and each is not cell for each in block.neighbours(place))
        for place in (cell.place, there)
    )
    return uniform(stream) >= math.exp(min(float(cell.kind.cohesion) * (away - here) / len(block.ways), 0.0))


def rows_to_push(block: Block, cell: Cell, ways: Sequence[Place]) -> Iterator[tuple[Place, list[Cell], Place]]:
    """The rows that a cell can push one place on, way by way: the way, who is in the row, and the place at its end."""
    for way in ways if cell.kind.pushes else ():
        row: list[Cell] = []
        end = shifted(cell.place, way)
        while block.inside(end) and not takes(cell.kind, block.cells.get(end)) and len(row) < cell.kind.pushes:
            row.append(block.cells[end])
            end = shifted(end, way)
        if block.inside(end) and takes(cell.kind, block.cells.get(end)) and not any(each.of_vessels for each in row):
            yield way, row, end


def push(block: Block, stream: Stream, cell: Cell) -> Place | None:
    """Push a row of cells one place on, in the first way from a random one on where that goes; the place that is free then."""
    start = int(uniform(stream) * len(block.ways))
    for way, row, end in rows_to_push(block, cell, block.ways[start:] + block.ways[:start]):
        if not gives_way(block, stream, cell.kind, end):
            return None
        block.replace(end)
        for each in row:
            del block.cells[each.place]
        for each in row:
            each.place = shifted(each.place, way)
            block.cells[each.place] = each
        return shifted(cell.place, way)
    return None


#: Rays that are looked along for what sticks out farthest.
_RAYS = 8


def pull(block: Block, stream: Stream, kind: CellKind, hole: Place) -> None:
    """Draw what lies on a ray one place on, on the one of some at random that reaches farthest; in the open, nothing."""
    best: tuple[int, list[Place]] = (0, [])
    for _ in range(_RAYS):
        ray = _ray(block, stream, hole)
        walls = (number for number, place in enumerate(ray) if place in block.cells and block.cells[place].of_vessels)
        wall = next(walls, len(ray))
        held = [number for number, place in enumerate(ray[:wall]) if number and place in block.cells]
        if not held and wall == len(ray):
            return
        if not held:
            continue
        row = ray[: held[-1] + 1]
        away = sum((a - b) ** 2 for a, b in zip(row[-1], hole, strict=True))
        if held[-1] <= kind.pulls and away > best[0]:
            best = (away, row)
    for to, place in pairwise(best[1]):
        if place in block.cells:
            block.cells[to] = block.cells.pop(place)
            block.cells[to].place = to


def _ray(block: Block, stream: Stream, hole: Place) -> list[Place]:
    """A place and those behind it on a way at random, to a face of the block."""
    slopes = [2.0 * uniform(stream) - 1.0 if size > 1 or axis else 0.0 for axis, size in enumerate(block.setting.shape)]
    longest = max(map(abs, slopes))
    found: list[Place] = []
    there = hole
    while block.inside(there):
        found.append(there)
        z, y, x = (
            at + math.floor(len(found) * (slope / longest) + 0.5) for at, slope in zip(hole, slopes, strict=True)
        )
        there = (z, y, x)
    return found
