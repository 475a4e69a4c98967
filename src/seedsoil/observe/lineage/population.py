"""Populations: where each clone of each lesion came from, and what its numbers on recorded days say of births and growth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.observe.lineage.coalescent import Rates, span_to
from seedsoil.observe.lineage.migration import Migrations
from seedsoil.observe.lineage.mosaic import Mosaic, Population

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
class Origin:
    """Where a population's first cell came from (None: nowhere), when, and whether others came later (a pool)."""

    mother: Population | None
    day: float
    pool: bool


@dataclass(frozen=True)
class Stretch:
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


class Populations:
    """What the record, the register and the migrations tell of each population."""

    def __init__(self, mosaic: Mosaic, register: Register, migrations: Migrations) -> None:
        self.mosaic, self.register, self.migrations = mosaic, register, migrations
        self.came, self.later = _arrivals(mosaic, migrations)
        self.origins: dict[Population, Origin] = {}

    def origin(self, population: Population) -> Origin:
        """Where a population came from: by a migration, or born where it lies."""
        if population not in self.origins:
            lesion, clone = population
            born, mother = float(self.register.born[clone]), int(self.register.parent[clone])
            here = int(self.register.lesion[clone]) == lesion
            row = self.came.get(population)
            if row is not None and not (here and born < self.migrations.day[row]):
                found = Origin((int(self.migrations.origin[row]), clone), float(self.migrations.day[row]), False)
            elif here:
                pool = bool(self.register.pooled[clone]) and mother >= 0
                found = Origin((lesion, mother) if mother >= 0 else None, born, pool)
            else:
                # Injected, or come in a way that the record does not tell: then from where the clone arose.
                first = (
                    float(self.mosaic.days[self.mosaic.paths[population][0][0]])
                    if population in self.mosaic.paths
                    else born
                )
                elsewhere = (int(self.register.lesion[clone]), clone)
                found = Origin(elsewhere if elsewhere in self.mosaic.paths and mother >= 0 else None, first, False)
            self.origins[population] = found
        return self.origins[population]

    def stretch(self, population: Population, place: int, low: float, high: float) -> Stretch:
        """What is known of a population between two recorded days."""
        before, after = (self.mosaic.cells_on(population, one) for one in (place - 1, place))
        birth = float(self.mosaic.division[population[0], self.mosaic.kind[population[1]]])
        origin = self.origin(population)
        if before > 0.0 and after > 0.0:
            slope = math.log(after / before) / (high - low) if high > low else 0.0
            # Chance rules few cells: what they gained in one week is not their growth.
            growth = slope if before > FEW_CELLS or origin.pool else self._pace(population, place - 1)
            return Stretch(high, after, slope, max(birth, growth), growth, -math.inf)
        if origin.pool or before > 0.0:
            return Stretch(high, max(before, after), 0.0, birth, 0.0, -math.inf)
        if after <= 0.0:
            # It was born and gone, or pooled, between two days of the record.
            return Stretch(high, 1.0, 0.0, birth, 0.0, min(high, origin.day))
        growth = self._pace(population, place)
        birth = max(birth, growth)
        span = span_to(after, birth, growth)
        if origin.mother is not None or not math.isfinite(span):
            span = min(span, high - origin.day)
        return Stretch(high, after, math.log(after) / span if span > 0.0 else 0.0, birth, growth, high - span)

    def whole(self, lesion: int, place: int) -> Rates:
        """Births and growth of all cells of a lesion, backwards from a recorded day to the first one with cells."""
        spans, births, growths = [0.0], [0.0], [0.0]
        _, later = self.mosaic.of_lesion(lesion, place)
        for at in range(place - 1, -1, -1):
            clones, cells = self.mosaic.of_lesion(lesion, at)
            if not cells.size:
                break
            span = float(self.mosaic.days[at + 1] - self.mosaic.days[at])
            growth = math.log(float(later.sum() / cells.sum())) / span if span > 0.0 else 0.0
            birth = float(np.average(self.mosaic.division[lesion, self.mosaic.kind[clones]], weights=cells))
            spans.append(span)
            births.append(max(birth, growth))
            growths.append(growth)
            later = cells
        return Rates(tuple(spans), tuple(births), tuple(growths))

    def _pace(self, population: Population, place: int) -> float:
        """Growth [1/day] of a population from a recorded day on, until it is ten times as large or as small."""
        places, cells = self.mosaic.paths[population]
        start = int(np.searchsorted(places, place))
        fold = np.abs(np.log(cells[start:] / cells[start]))
        far = np.flatnonzero(fold >= math.log(10.0))
        end = start + int(far[0]) if far.size else cells.size - 1
        days = float(self.mosaic.days[places[end]] - self.mosaic.days[places[start]])
        return math.log(float(cells[end] / cells[start])) / days if days > 0.0 else 0.0

    def sources(self, population: Population, place: int) -> tuple[list[Population], Floats]:
        """Populations of the same lesion whose cells turn into a pool's kind, and how many did so per cell of it and day."""
        kinds, own = self.mosaic.kind, int(self.mosaic.kind[population[1]])
        before, after = (self.mosaic.cells_on(population, one) for one in (place - 1, place))
        clones, cells = (
            self.mosaic.of_lesion(population[0], place - 1) if place > 0 else (np.zeros(0, dtype=np.int64), np.zeros(0))
        )
        found: list[Population] = []
        hazards: list[float] = []
        for clone, count in zip(clones.tolist(), cells.tolist(), strict=True):
            kind = int(kinds[clone])
            rate = float(
                self.mosaic.division[population[0], kind] * self.mosaic.alteration[kind, own]
                + self.mosaic.reversal[kind, own]
            )
            if rate > 0.0:
                later = self.mosaic.cells_on((population[0], clone), place) or count
                found.append((population[0], clone))
                hazards.append(rate * math.sqrt(count * later) / math.sqrt(max(before, 1.0) * max(after, 1.0)))
        return found, np.array(hazards)
