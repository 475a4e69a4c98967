"""A tree for sampled cells of several lesions: lines followed back, day by day of the record, through clones and lesions.

Within a population (one clone in one lesion) that one cell founded, lines meet by the coalescent point process, from each recorded day
to the one before: how many cells there were on both says the growth, the site and the kind say the births. At the
population's first day one line is left; it joins the population that its founder left, which may be in another lesion.
A pool stands for many small clones of one kind: its lines meet by the same law, and each leaves for a cell of another kind at
the rate at which mutants of that kind are born there, for each cell of the pool. Whoever enters a population before the day
of sampling joins the lines that are left by then as one more cell among all that lived that day.

A piece is what a needle brings: neighbours in the row of all cells of a lesion, whatever their kinds. Its lines meet by the rates of
the lesion as a whole; the one that is left on the day of their last meeting goes on as any other cell that lived that day.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import LINEAGE, Stream, aim, mix, uniform
from seedsoil.observe.lineage.coalescent import Rates, bridged_depths, hidden_divisions, node_depths
from seedsoil.observe.lineage.migration import Migrations
from seedsoil.observe.lineage.mosaic import Mosaic, Population
from seedsoil.observe.lineage.population import FEW_CELLS, Populations, Register, Stretch
from seedsoil.observe.lineage.tree import DIVIDED, MOVED, MUTATED, ROOT, SAMPLED, CellTree, ordered

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_piece = np.uint64(1 << 45)


@dataclass(frozen=True)
class Wanted:
    """Cells to be sampled: how many, of which population, on the recorded day of which place."""

    lesion: int
    clone: int
    cells: int
    place: int


@dataclass(frozen=True)
class Piece:
    """Cells to be sampled from a piece of a lesion: how many, on the recorded day of which place, out of how many neighbours."""

    lesion: int
    cells: int
    place: int
    size: float


@dataclass
class _Line:
    """A line of descent on its way back: the node that it leads to, and the day that it has reached."""

    node: int
    day: float


def sample_cells(mosaic: Mosaic, lesion: int, place: int, count: int) -> list[Wanted]:
    """Draw cells of a lesion on a recorded day, each alike likely and none twice; all of them if there are fewer."""
    clones, cells = mosaic.of_lesion(lesion, place)
    left, stream = cells.copy(), mosaic.stream.copy()
    aim(stream, LINEAGE, np.uint64(mix(np.uint64(lesion), np.uint64(1 << 40))), place)
    found = np.zeros(clones.size, dtype=np.int64)
    for _ in range(int(min(count, left.sum()))):
        at = int(np.searchsorted(np.cumsum(left), uniform(stream) * left.sum(), side="right"))
        at = min(at, clones.size - 1)
        left[at] -= 1.0
        found[at] += 1
    return [Wanted(lesion, int(clone), int(one), place) for clone, one in zip(clones, found, strict=True) if one]


def genealogy(
    mosaic: Mosaic, register: Register, migrations: Migrations, wanted: Sequence[Wanted], pieces: Sequence[Piece] = ()
) -> CellTree:
    """Draw the tree of the wanted cells, in days since diagnosis. ModelError if there are not so many cells.

    The patient's stream is not touched: the luck is found by population and recorded day, so that a larger sample changes
    that of the populations it comes from, and no others.
    """
    faults = [
        f"lineage: {one.cells} cells of clone {one.clone} in lesion {one.lesion} are asked for, and on day "
        f"{float(mosaic.days[one.place]):g} there are {mosaic.cells_on((one.lesion, one.clone), one.place):g}"
        for one in wanted
        if one.cells < 1 or one.cells > mosaic.cells_on((one.lesion, one.clone), one.place)
    ]
    if faults or not (wanted or pieces):
        raise ModelError(faults or "lineage: no cells are asked for; sample a lesion that has some")
    sweep = _Sweep(mosaic, register, migrations)
    by_place: dict[int, list[Wanted]] = {}
    for one in wanted:
        by_place.setdefault(one.place, []).append(one)
    for place in range(max([*by_place, *(one.place for one in pieces)]), -1, -1):
        for one in by_place.get(place, []):
            for _ in range(one.cells):
                node = sweep.add(float(mosaic.days[place]), (one.lesion, one.clone), SAMPLED)
                sweep.enter((one.lesion, one.clone), _Line(node, float(mosaic.days[place])))
        for piece in pieces:
            if piece.place == place:
                sweep.cut(piece)
        sweep.step(place)
    return sweep.finish()


class _Sweep:
    """Lines on their way back, by population, and the nodes made so far."""

    def __init__(self, mosaic: Mosaic, register: Register, migrations: Migrations) -> None:
        self.mosaic, self.migrations = mosaic, migrations
        self.parent: list[int] = []
        self.day: list[float] = []
        self.lesion: list[int] = []
        self.clone: list[int] = []
        self.event: list[int] = []
        self.hidden: list[float] = []
        self.lines: dict[Population, list[_Line]] = {}
        self.roots: list[_Line] = []
        self.waiting: list[tuple[Population, _Line]] = []
        self.known = Populations(mosaic, register, migrations)
        self.stream: Stream = mosaic.stream.copy()

    def add(self, day: float, population: Population, event: int) -> int:
        """Make a node without a parent; returns its number."""
        self.parent.append(-1)
        self.day.append(day)
        self.lesion.append(population[0])
        self.clone.append(population[1])
        self.event.append(event)
        self.hidden.append(0.0)
        return len(self.parent) - 1

    def enter(self, population: Population, line: _Line) -> None:
        """Let a line go on in a population."""
        self.lines.setdefault(population, []).append(line)

    def step(self, place: int) -> None:
        """Follow all lines from a recorded day to the one before; from the first one to the beginning."""
        low = float(self.mosaic.days[place - 1]) if place > 0 else -math.inf
        high = float(self.mosaic.days[place])
        done: set[Population] = set()
        for population, line in self.waiting:
            if line.day > low:
                self.enter(population, line)
        self.waiting = [one for one in self.waiting if one[1].day <= low]
        while True:
            # Whoever began last goes first: its founder's line may enter the others in the same step.
            ready = [
                one for one, lines in self.lines.items() if one not in done and any(line.day > low for line in lines)
            ]
            if not ready:
                return
            population = max(ready, key=lambda one: (self.known.origin(one).day, self.known.origin(one).pool, one))
            done.add(population)
            aim(self.stream, LINEAGE, np.uint64(mix(np.uint64(population[0]), np.uint64(population[1]))), place)
            self.follow(population, place, low, high)

    def cut(self, piece: Piece) -> None:
        """Join the lines of a piece, which come back to the others on the day of their last meeting, or of the first record."""
        rates, days = self.known.whole(piece.lesion, piece.place), self.mosaic.days
        aim(self.stream, LINEAGE, np.uint64(mix(np.uint64(piece.lesion), _piece)), piece.place)
        depths = node_depths(self.stream, rates, piece.cells, piece.size)
        top, share = float(days[piece.place]), piece.cells / piece.size
        bottom = top - min(float(depths.max(initial=0.0)), rates.age)
        before = max(0, int(np.searchsorted(days, bottom)) - 1)
        clones, cells = self.mosaic.of_lesion(piece.lesion, before)
        if not cells.size:
            clones, cells = self.mosaic.of_lesion(piece.lesion, before + 1)
        at = int(np.searchsorted(np.cumsum(cells), uniform(self.stream) * cells.sum(), side="right"))
        population = (piece.lesion, int(clones[min(at, clones.size - 1)]))
        order = [_Line(self.add(top, population, SAMPLED), top) for _ in range(piece.cells)]

        def hidden(late: float, early: float, lines: int) -> float:
            return hidden_divisions(rates, top - late, top - early, share, lines)

        for line in self._comb(population, order, depths, hidden, (top, bottom)):
            self.waiting.append((population, line))

    def follow(self, population: Population, place: int, low: float, high: float) -> None:
        """Follow the lines of a population through a step, taking in those that enter on the way."""
        stretch = self.known.stretch(population, place, low, high)
        here = [line for line in self.lines[population] if line.day > low]
        self.lines[population] = [line for line in self.lines[population] if line.day <= low]
        here.sort(key=lambda line: -line.day)
        floor = stretch.began if stretch.began > -math.inf else low
        comers = [row for row in self.known.later.get(population, []) if floor < self.migrations.day[row] <= high]
        active: list[_Line] = []
        top = high
        while True:
            # Who enters before the population's reckoned beginning joins at it.
            while here and (here[0].day >= top or top <= floor):
                active.append(here.pop(0))
            bottom = max(
                [floor] + [line.day for line in here[:1]] + [float(self.migrations.day[row]) for row in comers[:1]]
            )
            active = self.meet(population, active, stretch, top, min(top, bottom))
            top = min(top, bottom)
            if comers and top <= self.migrations.day[comers[0]]:
                active = self._recall(population, active, stretch, comers.pop(0))
            elif not here:
                break
        self.depart(population, place, active, stretch, low)

    def _recall(self, population: Population, lines: list[_Line], stretch: Stretch, row: int) -> list[_Line]:
        """Let one line turn out to be that of a cell that came from elsewhere, if it is: one among all cells of the day."""
        day = float(self.migrations.day[row])
        at = int(uniform(self.stream) * max(stretch.cells_at(day), float(len(lines))))
        if at >= len(lines):
            return lines
        line = lines[at]
        self._cross(line, population, (int(self.migrations.origin[row]), int(self.migrations.clone[row])), day)
        return lines[:at] + lines[at + 1 :]

    def meet(
        self, population: Population, lines: list[_Line], stretch: Stretch, top: float, bottom: float
    ) -> list[_Line]:
        """Let lines of one population meet between two days; those that are left, at the earlier day."""
        span, count = top - bottom, len(lines)
        if not count:
            return []
        founding = stretch.began > -math.inf and bottom <= stretch.began
        pool = self.known.origin(population).pool
        rates = Rates((max(span, 0.0),), (stretch.birth,), (stretch.growth,))
        cells = max(stretch.cells_at(top), float(count))
        order = list(lines)
        for place in range(count - 1, 0, -1):
            other = int(uniform(self.stream) * (place + 1))
            order[place], order[other] = order[other], order[place]
        if founding:
            depths = np.minimum(node_depths(self.stream, rates, count, cells, rates.inverse_tail(span)), span)
        elif cells > FEW_CELLS or pool:
            depths = node_depths(self.stream, rates, count, cells)
        else:
            fewer = max(1, round(stretch.cells_at(bottom)))
            depths = bridged_depths(self.stream, rates, count, max(count, round(cells)), fewer)
        return self._comb(population, order, depths, stretch.hidden, (top, bottom))

    def _comb(
        self,
        population: Population,
        order: list[_Line],
        depths: Floats,
        unseen: Callable[[float, float, int], float],
        days: tuple[float, float],
    ) -> list[_Line]:
        """Join neighbours in a row at their depths below ``days[0]``; lines that are left reach ``days[1]``.

        ``unseen`` tells the divisions of so many lines between two days of which the tree shows nothing.
        """
        top, bottom = days
        block, left = list(range(len(order))), len(order)
        # Divisions that stay hidden on any one line, from the first day back to each meeting: alike for all lines.
        hidden, since = 0.0, top
        before = [0.0] * len(order)

        def find(place: int) -> int:
            while block[place] != place:
                block[place] = block[block[place]]
                place = block[place]
            return place

        for place in np.argsort(depths, kind="stable").tolist():
            day = top - float(depths[place])
            if day < bottom:
                break
            hidden += unseen(since, day, left)
            since, left = day, left - 1
            one, other = find(place), find(place + 1)
            node = self.add(day, population, DIVIDED)
            for root in (one, other):
                self.parent[order[root].node] = node
                self.hidden[order[root].node] += hidden - before[root]
            block[other] = one
            order[one], before[one] = _Line(node, day), hidden
        hidden += unseen(since, bottom, left)
        rest = [place for place in range(len(order)) if block[place] == place]
        for place in rest:
            self.hidden[order[place].node] += hidden - before[place]
            order[place].day = min(order[place].day, bottom)
        return [order[place] for place in rest]

    def depart(self, population: Population, place: int, lines: list[_Line], stretch: Stretch, low: float) -> None:
        """Lines that reach a population's beginning, or leave a pool, go on elsewhere; the others stay."""
        origin = self.known.origin(population)
        if origin.pool:
            self._leave_pool(population, place, lines, stretch, low)
            return
        for line in lines:
            if stretch.began == -math.inf or line.day > stretch.began:
                self.enter(population, line)
            elif origin.mother is None:
                self.roots.append(line)
            else:
                self._cross(line, population, origin.mother, min(origin.day, line.day))

    def _cross(self, line: _Line, population: Population, mother: Population, day: float) -> None:
        """Let a line go on in another population, with a node where it came from another lesion or kind."""
        kinds = self.mosaic.kind
        if mother[0] != population[0] or kinds[mother[1]] != kinds[population[1]]:
            node = self.add(day, mother, MOVED if mother[0] != population[0] else MUTATED)
            self.parent[line.node] = node
            line = _Line(node, day)
        self.enter(mother, _Line(line.node, min(day, line.day)))

    def _leave_pool(self, population: Population, place: int, lines: list[_Line], stretch: Stretch, low: float) -> None:
        """Let each line of a pool turn out to be of a family that began in the step; on the pool's first day, all."""
        sources, hazards = self.known.sources(population, place)
        first = self.mosaic.cells_on(population, place - 1) <= 0.0
        origin = self.known.origin(population)
        for line in lines:
            # The meetings of the step were drawn first; what is left of it is the time in which a line can leave.
            start = self.day[line.node] if self.day[line.node] < stretch.high else stretch.high
            total = float(hazards.sum()) * (start - low) if hazards.size and math.isfinite(low) else 0.0
            if not first and uniform(self.stream) >= -math.expm1(-total):
                self.enter(population, line)
                continue
            day = low + uniform(self.stream) * (start - low) if math.isfinite(low) else start
            # Divisions were counted down to the step's beginning.
            again = 2.0 * stretch.birth * (day - low) if math.isfinite(low) else 0.0
            self.hidden[line.node] = max(0.0, self.hidden[line.node] - again)
            mother = origin.mother
            assert mother is not None
            if not first or (self.mosaic.cells_on(mother, place - 1) <= 0.0 and sources):
                at = int(np.searchsorted(np.cumsum(hazards), uniform(self.stream) * hazards.sum(), side="right"))
                mother = sources[min(at, len(sources) - 1)]
            self._cross(line, population, mother, day)

    def finish(self) -> CellTree:
        """The tree: under the founding cell, or under the first of several that were put into the body."""
        left = [line for lines in self.lines.values() for line in lines] + self.roots
        day = min(line.day for line in left)
        oldest = min(left, key=lambda line: line.day)
        root = self.add(day, (self.lesion[oldest.node], self.clone[oldest.node]), ROOT)
        for line in left:
            self.parent[line.node] = root
        return ordered(self.parent, self.day, self.lesion, self.clone, self.event, self.hidden)
