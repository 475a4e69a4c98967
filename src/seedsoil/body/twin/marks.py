"""One lesion's step in the plain twin: its clones' families and paths, their mutants, and who departs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from seedsoil.body.families import BROOD, MOST_APART
from seedsoil.body.kendall import DOOMED, TINY
from seedsoil.body.line.brood import RARE
from seedsoil.body.state import IDENTITY_SHARE, MARKS_LIMIT, PATH_CELLS, SLOTS_BEYOND_TYPES
from seedsoil.body.twin.hazards import Hazard, Stretch, hazards
from seedsoil.body.twin.kendall import Piece, advance_unmarked, first_mark, law, remaining
from seedsoil.body.twin.person import Clone, Kind, Lesion, Line, Person, Rules, Seed
from seedsoil.body.twin.seeding import catches, departing_chance, destinations
from seedsoil.foundation.elementary import exp, expm1, log
from seedsoil.foundation.samplers import binomial, negative_binomial, poisson
from seedsoil.foundation.streams import POPULATION, aim, mix, uniform

if TYPE_CHECKING:
    from seedsoil.foundation.streams import Stream

Thing = TypeVar("Thing")

#: What keeps the keys of emigrants apart from those of mutants.
LEAVING = 1 << 40


def key_of(parent: int, number: int) -> int:
    """Return the identity of what is the ``number``-th of its parent, for the random stream."""
    return int(mix(np.uint64(parent), np.uint64(number)))


def one_of(stream: Stream, things: Sequence[tuple[float, Thing]]) -> Thing:
    """Draw one of some things, each in proportion to its chance."""
    left = uniform(stream) * sum(chance for chance, _ in things)
    for chance, thing in things:
        left -= chance
        if left < 0.0:
            return thing
    return things[-1][1]


class LesionStep:
    """One lesion's step while it is drawn: the stretches, and what each type of cell risks in them."""

    def __init__(
        self, stream: Stream, person: Person, lesion: Lesion, start: float, stretches: list[Stretch], rules: Rules
    ) -> None:
        self.stream, self.person, self.lesion, self.rules = stream, person, lesion, rules
        self.start, self.stretches = start, stretches
        self.chances = [
            departing_chance(stretch.host.sites[lesion.site], lesion, person, rules) for stretch in stretches
        ]
        self._hazards: dict[Kind, list[Hazard]] = {}
        #: For each type the mean paths of its large clones: by stretch, cell-days and cells gained.
        self.paths: dict[Kind, list[list[tuple[float, float]]]] = {}

    def hazards(self, kind: Kind) -> list[Hazard]:
        """Return what a cell of this type risks, stretch by stretch."""
        if kind not in self._hazards:
            self._hazards[kind] = hazards(kind, self.lesion, self.stretches, self.chances, self.rules)
        return self._hazards[kind]

    def pieces(self, kind: Kind, day: float = 0.0) -> list[Piece]:
        """Return the marked birth-death law of this type from ``day`` of the step to its end."""
        return remaining([hazard.marked for hazard in self.hazards(kind)], day)

    def hazard_at(self, kind: Kind, day: float) -> Hazard:
        """Return what a cell of this type risks on a day of the step."""
        for hazard in self.hazards(kind):
            if day <= hazard.days:
                break
            day -= hazard.days
        return hazard

    def advance_clone(self, clone: Clone) -> None:
        """Draw a clone's step. Each family that leaves a mark is followed, unless the clone is large or they are many."""
        aim(self.stream, POPULATION, np.uint64(clone.key), self.person.step)
        pieces = self.pieces(clone.kind)
        if clone.cells >= PATH_CELLS or clone.cells * law(pieces)[0] > MARKS_LIMIT:
            self.follow_path(clone)
            return
        marked, alive = advance_unmarked(self.stream, clone.cells, pieces)
        clone.after += alive
        self.follow(clone, marked)

    def follow(self, clone: Clone, marked: float) -> None:
        """Follow families that leave a mark, one by one: the day, the family's size, the mutant or emigrant, the rest.

        The youngest group goes first. An emigrant is one cell less; a mutant is one cell more, its mother stays.
        """
        marks = 0
        waiting = [(marked, clone, 0.0)] if marked > 0.0 else []
        while waiting:
            families, clone, begun = waiting.pop()
            if families > 1.0:
                waiting.append((families - 1.0, clone, begun))
            since, family = first_mark(self.stream, self.pieces(clone.kind, begun))
            day = begun + since
            marks += 1
            risk = self.hazard_at(clone.kind, day)
            changed = None
            if uniform(self.stream) * (risk.mutation + risk.leaving) < risk.leaving:
                family -= 1.0
                if risk.loss > 0.0 and uniform(self.stream) * risk.leaving < risk.loss:
                    changed = self.draw_loss(risk)
                else:
                    self.send(clone, risk, day, marks)
            else:
                changed = self.draw_mutant(clone.kind, risk.strain)
            if changed is not None:
                again, alive = advance_unmarked(self.stream, 1.0, self.pieces(changed, day))
                if alive > 0.0 or again > 0.0:
                    mutant = self.place(changed, clone, day, marks)
                    mutant.after += alive
                    waiting += [(again, mutant, day)] if again > 0.0 else []
            if family > 0.0:
                again, alive = advance_unmarked(self.stream, family, self.pieces(clone.kind, day))
                clone.after += alive
                waiting += [(again, clone, day)] if again > 0.0 else []

    def draw_mutant(self, kind: Kind, strain: float) -> Kind:
        """Draw what a mutant is, by what can happen to its mother under this strain by drugs."""
        chances = self.rules.alterations(kind, strain)
        return one_of(self.stream, [(rate, mutant) for rate, mutant in chances if rate > 0.0])

    def draw_loss(self, risk: Hazard) -> Kind:
        """Draw what a cell is that has lost a mechanism of resistance."""
        return one_of(self.stream, [(rate, restored) for rate, restored in risk.losses if rate > 0.0])

    def send(self, clone: Clone, risk: Hazard, day: float, number: int) -> None:
        """Send an emigrant to a tissue in which it will succeed, or to a lesion that lies there or elsewhere."""
        person, stream, site = self.person, self.stream, risk.host.sites[self.lesion.site]
        caught = catches(person)
        ways = [(chance, (place, False)) for place, chance in destinations(site, self.lesion, self.rules)]
        ways += [(chance * caught[place], (place, True)) for place, chance in site.landings.items() if place in caught]
        place, joins = one_of(stream, ways)
        joins = joins or (place in caught and uniform(stream) < caught[place])
        holding = [(one.catch, one.number) for one in person.lesions if one.site == place and one.catch > 0.0]
        lesion = one_of(stream, holding) if joins else -1
        key = key_of(clone.key, key_of(person.step + LEAVING, number))
        person.seeds.append(
            Seed(self.start + day, self.lesion.number, clone.kind, clone.line, place, key, risk.host, lesion)
        )

    def place(self, kind: Kind, mother: Clone, day: float, number: int) -> Clone:
        """Find a mutant's clone: one of its own while it can be told apart, else the pool of its type.

        Told apart are clones of small lesions, and those that resist a drug which is given, while there is room.
        """
        lesion, person = self.lesion, self.person
        alone = lesion.cells < 1.0 / IDENTITY_SHARE or kind.mask & person.tracked != 0
        alone = alone and len(lesion.clones) < SLOTS_BEYOND_TYPES
        if not alone and (pool := pool_of(kind, lesion.clones, person)):
            return pool
        key = key_of(mother.key, key_of(person.step, number)) if alone else key_of(lesion.key, kind.number + 1)
        line = new_line(person, lesion, kind, mother.line, self.start + day, pooled=not alone)
        lesion.clones.append(Clone(0.0, kind, line, key))
        return lesion.clones[-1]

    def follow_path(self, clone: Clone) -> None:
        """Draw a large clone: its end first, then who departs along the path to it; its mutants wait for `bear`.

        The path is the mean one, bent to meet the end by the same extra growth on each day; marks are Poisson along it.
        """
        risks = self.hazards(clone.kind)
        _, later = advance_unmarked(self.stream, clone.cells, [risk.unmarked for risk in risks])
        clone.after += later
        mean = sum(risk.growth * risk.days for risk in risks)
        # A dead clone ends at its last cell, or at so many times its mean, where that is less.
        end = later if later > 0.0 else max(TINY, min(1.0, clone.cells * exp(mean) / DOOMED))
        bend = (log(end / clone.cells) - mean) / sum(risk.days for risk in risks)
        height, begun, path, leaving = clone.cells, 0.0, [], []
        for risk in risks:
            rise = (risk.growth + bend) * risk.days
            cell_days = height * risk.days * (expm1(rise) / rise if abs(rise) > 1e-6 else 1.0)
            path.append((cell_days, (risk.growth + bend) * cell_days))
            leaving.append((risk.departure * cell_days, (risk, begun)))
            height *= exp(rise)
            begun += risk.days
        for number in range(int(poisson(self.stream, sum(expected for expected, _ in leaving)))):
            risk, begun = one_of(self.stream, leaving)
            self.send(clone, risk, begun + uniform(self.stream) * risk.days, number + 1)
        self.paths.setdefault(clone.kind, []).append(path)

    def bear(self, kind: Kind) -> None:
        """Draw what the large clones of a type bring forth along their paths: mutants, then cells that lose a mechanism."""
        if kind not in self.paths:
            return
        lived = [
            (sum(days for days, _ in part), sum(gain for _, gain in part))
            for part in zip(*self.paths[kind], strict=True)
        ]
        aim(self.stream, POPULATION, np.uint64(key_of(self.lesion.key, BROOD + kind.number)), self.person.step)
        ways: list[list[float]] = []
        for risk, (days, _) in zip(self.hazards(kind), lived, strict=True):
            chances = [rate for rate, _ in self.rules.alterations(kind, risk.strain)]
            ways.append([risk.mutation * days * rate / max(sum(chances), 1e-300) for rate in chances])
        for place, (_, other) in enumerate(self.rules.alterations(kind, 0.0)):
            self.bear_type(kind, other, [way[place] for way in ways], lived)
        for ways_back in zip(*(risk.losses for risk in self.hazards(kind)), strict=True):
            rates = [rate * days for (rate, _), (days, _) in zip(ways_back, lived, strict=True)]
            self.bear_type(kind, ways_back[0][1], rates, lived)

    def bear_type(self, mother: Kind, kind: Kind, founded: list[float], lived: list[tuple[float, float]]) -> None:
        """Add the families of a new type that live to the step's end, as if each came in the middle of its stretch.

        So many are expected to be founded in each, in proportion to their mothers. The number is corrected for the
        middle's being taken for the whole. Who leaves them is lost; their mutants wait for the next step.
        """
        if sum(founded) <= 0.0:
            return
        lasting, odds, most, day = [], [], 0.0, 0.0
        for risk, expected, (days, gain) in zip(self.hazards(kind), founded, lived, strict=True):
            rest = remaining([one.unmarked for one in self.hazards(kind)], day + 0.5 * risk.days)
            _, alive, odd = law(rest)
            rise, own = gain / days * risk.days, risk.growth * risk.days
            # From founding in proportion to exp(rise t) to the stretch's end at t = 1, against all at t = 1/2.
            lasting.append(expected * min(1.0, alive) * exp(0.5 * own) * slope_of(rise - own) / slope_of(rise))
            odds.append(odd)
            most += expected * growth_at_most(0.5 * (risk.birth + risk.mutation) * risk.days)
            day += risk.days
        if most < RARE:
            families = binomial(self.stream, poisson(self.stream, most), min(1.0, sum(lasting) / most))
        else:
            families = poisson(self.stream, sum(lasting))
        day = 0.0
        for number, risk in enumerate(self.hazards(kind)):
            rest_of_all = sum(lasting[number:])
            last = number == len(lasting) - 1
            here = (
                families
                if last or families <= 0.0
                else binomial(self.stream, families, min(1.0, lasting[number] / rest_of_all))
            )
            families -= here
            self.found(mother, kind, here, number, day, odds[number])
            day += risk.days

    def found(self, mother: Kind, kind: Kind, families: float, number: int, begun: float, odds: float) -> None:
        """Give so many families of a new type a clone each, if they are few and told apart by their resistance; else one."""
        if families <= 0.0:
            return
        days, stream = self.stretches[number].days, self.stream
        ordinal = (1 << 32) + (number << 16) + kind.number
        mothers = [(clone.cells, clone) for clone in self.lesion.clones if clone.kind == mother]
        told_apart = self.lesion.cells < 1.0 / IDENTITY_SHARE or kind.mask & self.person.tracked != 0
        if not told_apart or families > MOST_APART:
            largest = max(mothers, key=lambda one: one[0])[1]
            pool = self.place(kind, largest, begun + 0.5 * days, ordinal)
            pool.after += families + negative_binomial(stream, families, odds)
            return
        for line in range(int(families)):
            parent = one_of(stream, mothers)
            own = self.place(kind, parent, begun + uniform(stream) * days, ordinal + (line << 40))
            own.after += 1.0 + negative_binomial(stream, 1.0, odds)


def growth_at_most(rise: float) -> float:
    """Return no less than exp(rise), rise >= 0: a simple bound while the rise is small."""
    return 1.0 + rise + rise * rise if rise < 1.0 else exp(rise)


def slope_of(rise: float) -> float:
    """Return the mean of exp(rise t) over t from 0 to 1."""
    return expm1(rise) / rise if abs(rise) > 1e-9 else 1.0


def pool_of(kind: Kind, clones: list[Clone], person: Person) -> Clone | None:
    """Return the clone in which this type's small families are counted together, if there is one."""
    return next((clone for clone in clones if clone.kind == kind and person.lines[clone.line].pooled), None)


def new_line(person: Person, lesion: Lesion, kind: Kind, parent: int, born: float, pooled: bool) -> int:
    """Enter a line in the register of descent; return its place there."""
    person.lines.append(Line(parent, lesion.number, kind, pooled, born))
    return len(person.lines) - 1
