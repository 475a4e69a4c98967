"""A tree for sampled cells of several lesions: lines followed back, day by day of the record, through clones and lesions.

Within a population (one clone in one lesion) that one cell founded, lines meet by the coalescent point process, from each recorded day
to the one before: how many cells there were on both says the growth, the site and the kind say the births. At the
population's first day one line is left; it joins the population that its founder left, which may be in another lesion.
A pool stands for many small clones of one kind: its lines meet by the same law, and each leaves for a cell of another kind at
the rate at which mutants of that kind are born there, for each cell of the pool. Whoever enters a population before the day
of sampling joins the lines that are left by then as one more cell among all that lived that day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import LINEAGE, Stream, aim, mix, uniform
from seedsoil.observe.lineage.coalescent import Rates, bridged_depths, node_depths, span_to
from seedsoil.observe.lineage.migration import Migrations
from seedsoil.observe.lineage.mosaic import Mosaic, Population
from seedsoil.observe.lineage.tree import DIVIDED, MOVED, MUTATED, ROOT, SAMPLED, CellTree, ordered

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


#: Cells up to which a population's numbers on both recorded days are heeded cell by cell; beyond, its growth tells as much.
FEW_CELLS = 1000.0


@dataclass(frozen=True)
class Register:
    """Where clones came from (clones,): parent (-1: none), lesion and day of birth, and whether it is a pool."""

    parent: Integers
    lesion: Integers
    born: Floats
    pooled: NDArray[np.bool_]


@dataclass(frozen=True)
class Wanted:
    """Cells to be sampled: how many, of which population, on the recorded day of which place."""

    lesion: int
    clone: int
    cells: int
    place: int


@dataclass
class _Line:
    """A line of descent on its way back: the node that it leads to, and the day that it has reached."""

    node: int
    day: float


@dataclass(frozen=True)
class _Origin:
    """Where a population's first cell came from (None: nowhere), when, and whether others came later (a pool)."""

    mother: Population | None
    day: float
    pool: bool


@dataclass(frozen=True)
class _Stretch:
    """A population between two recorded days.

    ``cells`` at the later day, and ``slope``, the growth that leads there; ``birth`` and ``growth``, hazards as the weeks
    around tell them; ``began``: day of the founding cell, -inf if that was before.
    """

    high: float
    cells: float
    slope: float
    birth: float
    growth: float
    began: float

    def cells_at(self, day: float) -> float:
        """Cells on a day of the stretch; never less than one."""
        return max(1.0, self.cells * math.exp(-self.slope * (self.high - day)))

    def hidden(self, late: float, early: float, lines: int) -> float:
        """Mean divisions on one of some followed lines between two days whose other daughter is on none of them.

        One that makes j cells of j - 1 lies on a line with chance 2/j, and its other daughter on another line with chance
        (lines - 1)/(j - 1). Those that only replace the dead are Poisson, given that births and deaths differ by what the
        cells gained (Skellam's law; the ratio of Bessel functions by D. E. Amos, Math. Comp. 28 (1974) 239, recalled).
        """
        many, few = self.cells_at(late), self.cells_at(early)
        mean, gain = 0.5 * (many + few), abs(many - few)
        events = 4.0 * self.birth * max(0.0, self.birth - self.growth) * (mean * (late - early)) ** 2
        replaced = 0.5 * events / (gain + 0.5 + math.sqrt(events + (gain + 1.5) ** 2))
        gained = math.log((many + 0.5) / (few + 0.5)) if many > few else 0.0
        alone = max(0.0, 1.0 - (lines - 1.0) / max(many - 1.0, 1.0))
        return 2.0 * (replaced / (mean + 1.0) + gained) * alone


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


def genealogy(mosaic: Mosaic, register: Register, migrations: Migrations, wanted: Sequence[Wanted]) -> CellTree:
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
    if faults or not wanted:
        raise ModelError(faults or "lineage: no cells are asked for; sample a lesion that has some")
    sweep = _Sweep(mosaic, register, migrations)
    by_place: dict[int, list[Wanted]] = {}
    for one in wanted:
        by_place.setdefault(one.place, []).append(one)
    for place in range(max(by_place), -1, -1):
        for one in by_place.get(place, []):
            for _ in range(one.cells):
                node = sweep.add(float(mosaic.days[place]), (one.lesion, one.clone), SAMPLED)
                sweep.enter((one.lesion, one.clone), _Line(node, float(mosaic.days[place])))
        sweep.step(place)
    return sweep.finish()


def _arrivals(mosaic: Mosaic, migrations: Migrations) -> tuple[dict[Population, int], dict[Population, list[int]]]:
    """The migration that began each population that one began, and those that came into one that was there, latest first."""
    began: dict[Population, int] = {}
    later: dict[Population, list[int]] = {}
    for row in range(migrations.size):
        target, clone = int(migrations.target[row]), int(migrations.clone[row])
        one = (target, clone)
        if one not in mosaic.paths and not migrations.founded[row]:
            # It was counted with the cells of its kind that were there.
            place = int(np.searchsorted(mosaic.days, migrations.day[row], side="right"))
            clones, cells = mosaic.of_lesion(target, min(place, mosaic.days.size - 1))
            alike = clones[mosaic.kind[clones] == mosaic.kind[clone]]
            if not alike.size:
                continue
            one = (target, int(alike[np.argmax(cells[mosaic.kind[clones] == mosaic.kind[clone]])]))
            later.setdefault(one, []).insert(0, row)
        elif one in began:
            later.setdefault(one, []).insert(0, row)
        else:
            began[one] = row
    return began, later


class _Sweep:
    """Lines on their way back, by population, and the nodes made so far."""

    def __init__(self, mosaic: Mosaic, register: Register, migrations: Migrations) -> None:
        self.mosaic, self.register, self.migrations = mosaic, register, migrations
        self.parent: list[int] = []
        self.day: list[float] = []
        self.lesion: list[int] = []
        self.clone: list[int] = []
        self.event: list[int] = []
        self.hidden: list[float] = []
        self.lines: dict[Population, list[_Line]] = {}
        self.roots: list[_Line] = []
        self.origins: dict[Population, _Origin] = {}
        self.came, self.later = _arrivals(mosaic, migrations)
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

    def origin(self, population: Population) -> _Origin:
        """Where a population came from: by a migration, or born where it lies."""
        if population not in self.origins:
            lesion, clone = population
            born, mother = float(self.register.born[clone]), int(self.register.parent[clone])
            here = int(self.register.lesion[clone]) == lesion
            row = self.came.get(population)
            if row is not None and not (here and born < self.migrations.day[row]):
                found = _Origin((int(self.migrations.origin[row]), clone), float(self.migrations.day[row]), False)
            elif here:
                pool = bool(self.register.pooled[clone]) and mother >= 0
                found = _Origin((lesion, mother) if mother >= 0 else None, born, pool)
            else:
                # Injected, or come in a way that the record does not tell: then from where the clone arose.
                first = float(self.mosaic.days[self.mosaic.paths[population][0][0]]) if population in self.mosaic.paths else born
                elsewhere = (int(self.register.lesion[clone]), clone)
                found = _Origin(elsewhere if elsewhere in self.mosaic.paths and mother >= 0 else None, first, False)
            self.origins[population] = found
        return self.origins[population]

    def step(self, place: int) -> None:
        """Follow all lines from a recorded day to the one before; from the first one to the beginning."""
        low = float(self.mosaic.days[place - 1]) if place > 0 else -math.inf
        high = float(self.mosaic.days[place])
        done: set[Population] = set()
        while True:
            # Whoever began last goes first: its founder's line may enter the others in the same step.
            ready = [
                one
                for one, lines in self.lines.items()
                if one not in done
                and any(line.day > low for line in lines)
            ]
            if not ready:
                return
            population = max(ready, key=lambda one: (self.origin(one).day, self.origin(one).pool, one))
            done.add(population)
            aim(self.stream, LINEAGE, np.uint64(mix(np.uint64(population[0]), np.uint64(population[1]))), place)
            self.follow(population, place, low, high)

    def stretch(self, population: Population, place: int, low: float, high: float) -> _Stretch:
        """What is known of a population between two recorded days."""
        before, after = (self.mosaic.cells_on(population, one) for one in (place - 1, place))
        birth = float(self.mosaic.division[population[0], self.mosaic.kind[population[1]]])
        origin = self.origin(population)
        if before > 0.0 and after > 0.0:
            slope = math.log(after / before) / (high - low) if high > low else 0.0
            # Chance rules few cells: what they gained in one week is not their growth.
            growth = slope if before > FEW_CELLS or origin.pool else self._pace(population, place - 1)
            return _Stretch(high, after, slope, max(birth, growth), growth, -math.inf)
        if origin.pool or before > 0.0:
            return _Stretch(high, max(before, after), 0.0, birth, 0.0, -math.inf)
        if after <= 0.0:
            # It was born and gone, or pooled, between two days of the record.
            return _Stretch(high, 1.0, 0.0, birth, 0.0, min(high, origin.day))
        growth = self._pace(population, place)
        birth = max(birth, growth)
        span = span_to(after, birth, growth)
        if origin.mother is not None or not math.isfinite(span):
            span = min(span, high - origin.day)
        return _Stretch(high, after, math.log(after) / span if span > 0.0 else 0.0, birth, growth, high - span)

    def _pace(self, population: Population, place: int) -> float:
        """Growth [1/day] of a population from a recorded day on, until it is ten times as large or as small."""
        places, cells = self.mosaic.paths[population]
        start = int(np.searchsorted(places, place))
        fold = np.abs(np.log(cells[start:] / cells[start]))
        far = np.flatnonzero(fold >= math.log(10.0))
        end = start + int(far[0]) if far.size else cells.size - 1
        days = float(self.mosaic.days[places[end]] - self.mosaic.days[places[start]])
        return math.log(float(cells[end] / cells[start])) / days if days > 0.0 else 0.0

    def follow(self, population: Population, place: int, low: float, high: float) -> None:
        """Follow the lines of a population through a step, taking in those that enter on the way."""
        stretch = self.stretch(population, place, low, high)
        here = [line for line in self.lines[population] if line.day > low]
        self.lines[population] = [line for line in self.lines[population] if line.day <= low]
        here.sort(key=lambda line: -line.day)
        floor = stretch.began if stretch.began > -math.inf else low
        comers = [row for row in self.later.get(population, []) if floor < self.migrations.day[row] <= high]
        active: list[_Line] = []
        top = high
        while True:
            # Who enters before the population's reckoned beginning joins at it.
            while here and (here[0].day >= top or top <= floor):
                active.append(here.pop(0))
            bottom = max([floor] + [line.day for line in here[:1]] + [float(self.migrations.day[row]) for row in comers[:1]])
            active = self.meet(population, active, stretch, top, min(top, bottom))
            top = min(top, bottom)
            if comers and top <= self.migrations.day[comers[0]]:
                active = self._recall(population, active, stretch, comers.pop(0))
            elif not here:
                break
        self.depart(population, place, active, stretch, low)

    def _recall(self, population: Population, lines: list[_Line], stretch: _Stretch, row: int) -> list[_Line]:
        """Let one line turn out to be that of a cell that came from elsewhere, if it is: one among all cells of the day."""
        day = float(self.migrations.day[row])
        at = int(uniform(self.stream) * max(stretch.cells_at(day), float(len(lines))))
        if at >= len(lines):
            return lines
        line = lines[at]
        self._cross(line, population, (int(self.migrations.origin[row]), int(self.migrations.clone[row])), day)
        return lines[:at] + lines[at + 1 :]

    def meet(self, population: Population, lines: list[_Line], stretch: _Stretch, top: float, bottom: float) -> list[_Line]:
        """Let lines of one population meet between two days; those that are left, at the earlier day."""
        span, count = top - bottom, len(lines)
        if not count:
            return []
        founding = stretch.began > -math.inf and bottom <= stretch.began
        pool = self.origin(population).pool
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
        return self._comb(population, order, depths, stretch, (top, bottom))

    def _comb(
        self, population: Population, order: list[_Line], depths: Floats, stretch: _Stretch, days: tuple[float, float]
    ) -> list[_Line]:
        """Join neighbours in a row at their depths below ``days[0]``; lines that are left reach ``days[1]``."""
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
            hidden += stretch.hidden(since, day, left)
            since, left = day, left - 1
            one, other = find(place), find(place + 1)
            node = self.add(day, population, DIVIDED)
            for root in (one, other):
                self.parent[order[root].node] = node
                self.hidden[order[root].node] += hidden - before[root]
            block[other] = one
            order[one], before[one] = _Line(node, day), hidden
        hidden += stretch.hidden(since, bottom, left)
        rest = [place for place in range(len(order)) if block[place] == place]
        for place in rest:
            self.hidden[order[place].node] += hidden - before[place]
            order[place].day = min(order[place].day, bottom)
        return [order[place] for place in rest]

    def depart(self, population: Population, place: int, lines: list[_Line], stretch: _Stretch, low: float) -> None:
        """Lines that reach a population's beginning, or leave a pool, go on elsewhere; the others stay."""
        origin = self.origin(population)
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

    def _sources(self, population: Population, place: int) -> tuple[list[Population], Floats]:
        """Populations of the same lesion whose cells turn into a pool's kind, and how many did so per cell of it and day."""
        kinds, own = self.mosaic.kind, int(self.mosaic.kind[population[1]])
        before, after = (self.mosaic.cells_on(population, one) for one in (place - 1, place))
        clones, cells = self.mosaic.of_lesion(population[0], place - 1) if place > 0 else (np.zeros(0, dtype=np.int64), np.zeros(0))
        found: list[Population] = []
        hazards: list[float] = []
        for clone, count in zip(clones.tolist(), cells.tolist(), strict=True):
            kind = int(kinds[clone])
            rate = float(self.mosaic.division[population[0], kind] * self.mosaic.alteration[kind, own] + self.mosaic.reversal[kind, own])
            if rate > 0.0:
                later = self.mosaic.cells_on((population[0], clone), place) or count
                found.append((population[0], clone))
                hazards.append(rate * math.sqrt(count * later) / math.sqrt(max(before, 1.0) * max(after, 1.0)))
        return found, np.array(hazards)

    def _leave_pool(self, population: Population, place: int, lines: list[_Line], stretch: _Stretch, low: float) -> None:
        """Let each line of a pool turn out to be of a family that began in the step; on the pool's first day, all."""
        sources, hazards = self._sources(population, place)
        first = self.mosaic.cells_on(population, place - 1) <= 0.0
        origin = self.origin(population)
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
