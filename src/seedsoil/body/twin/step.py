"""The whole step again, plainly: what the engine must agree with, draw for draw, from a person to a person.

Objects for arrays, names for columns, formulas from the theory for the kernels' own: written to be read and compared,
never to be fast. It shares with the engine the samplers and streams (the draws must be the same) and the numbers in
``state``. Unlike the engine it has no limits of room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from seedsoil.body.families import BROOD, MOST_APART
from seedsoil.body.state import (
    IDENTITY_SHARE,
    MARKS_LIMIT,
    PARTS,
    PATH_CELLS,
    SLOTS_BEYOND_TYPES,
    STEP_DAYS,
    VESSEL_CELLS,
)
from seedsoil.body.twin.hazards import Hazard, Stretch, cut, hazards
from seedsoil.body.twin.kendall import Piece, advance_unmarked, first_mark, law, remaining
from seedsoil.body.twin.person import Arrival, Clone, Kind, Lesion, Line, Person, Rules, Seed
from seedsoil.body.twin.seeding import catches, departing_chance, destinations, founder_vigour, note_catches
from seedsoil.foundation.elementary import exp, expm1, log, power
from seedsoil.foundation.samplers import binomial, exponential, negative_binomial, normal, poisson
from seedsoil.foundation.streams import POPULATION, SEEDING, aim, mix, uniform

if TYPE_CHECKING:
    from seedsoil.foundation.streams import Stream

Ending = Literal["reached", "died"]
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


def advance(stream: Stream, person: Person, until: float, rules: Rules, stride: float = STEP_DAYS) -> Ending:
    """Carry a person to day ``until`` along a grid of steps, or to death. Changes the person in place."""
    while person.today < until - 1e-9:
        settle(stream, person, rules)
        note_catches(person, rules)
        start = person.today
        week, into = divmod(start + 1e-9, STEP_DAYS)
        part = 0 if into < 1e-6 else 1 + int(into / STEP_DAYS * (PARTS - 1))
        person.step = int(week) * PARTS + part
        end = min(until, ((start + 1e-9) // stride + 1) * stride)
        for lesion in person.lesions:
            since = start
            if lesion.fate == "dormant" and lesion.active < end:
                since = lesion.active
                wake(lesion, rules)
            if lesion.fate == "growing":
                advance_lesion(stream, person, lesion, since, end, rules)
                run_down_switch(lesion, rules)
        person.today = end
        if not survives(person, end - start, rules):
            return "died"
    settle(stream, person, rules)
    return "reached"


def settle(stream: Stream, person: Person, rules: Rules) -> None:
    """Let every emigrant of the step found its lesion, or join one."""
    for seed in person.seeds:
        if seed.lesion >= 0:
            joined(person, seed)
        else:
            person.lesions.append(founded(stream, seed, person.lesions[seed.origin], len(person.lesions), rules))
    person.seeds = []


def joined(person: Person, seed: Seed) -> None:
    """Let a cell live on in a lesion: in its own clone, in one of its own, or in the pool of its type (see `place`)."""
    lesion = person.lesions[seed.lesion]
    if lesion.fate != "growing":
        return
    alone = lesion.cells < 1.0 / IDENTITY_SHARE or seed.kind.mask & person.tracked != 0
    clone = next((one for one in lesion.clones if one.line == seed.line), None)
    if not clone and not (alone and len(lesion.clones) < SLOTS_BEYOND_TYPES):
        clone = pool_of(seed.kind, lesion.clones, person)
        if not clone:
            line = new_line(person, lesion, seed.kind, seed.line, seed.day, pooled=True)
            clone = Clone(0.0, seed.kind, line, key_of(lesion.key, seed.kind.number + 1))
            lesion.clones.append(clone)
    if not clone:
        clone = Clone(0.0, seed.kind, seed.line, key_of(seed.key, seed.key))
        lesion.clones.append(clone)
    clone.cells += 1.0
    lesion.cells += 1.0
    person.arrivals.append(Arrival(seed.day, seed.origin, seed.lesion, seed.line))


def founded(stream: Stream, seed: Seed, mother: Lesion, number: int, rules: Rules) -> Lesion:
    """Draw a new lesion's sleep, the time in which it is established, how it meets vessels, and its switch's clock.

    Only successful founders come here, so the time to the established size M is that of a clone which does not die
    out: (ln((1 - d/b) M) - ln Exp(1)) / (b - d) (models.md 2.4), at the rates of a host whom nobody touches.
    """
    site = rules.resting.sites[seed.site]
    vigour, openness = inherited(stream, seed, mother, rules)
    aim(stream, SEEDING, np.uint64(seed.key), 0)
    pace, death, delay = site.division * exp(vigour), site.death, 0.0
    woken = rules.wakes * site.quiescence
    sleep = exponential(stream) / rules.waking if uniform(stream) * (pace + woken) < woken else 0.0
    birth = pace * site.fitness[seed.kind.mask]
    if birth > death:
        lead = log(max(1.0, (1.0 - death / birth) * rules.established))
        delay = max(0.0, (lead - log(exponential(stream))) / (birth - death))
    replaces = uniform(stream) < rules.replacement
    return Lesion(
        number=number, site=seed.site, parent=seed.origin, founder=seed.line, spring=seed.kind, key=seed.key,
        fate="dormant", arrived=seed.day, active=seed.day + sleep + delay, clock=exponential(stream), replaces=replaces,
        vigour=vigour, openness=openness,
    )  # fmt: skip


def inherited(stream: Stream, seed: Seed, mother: Lesion, rules: Rules) -> tuple[float, float]:
    """Draw a founder's vigour and how far its barrier will open, whose median is usual, as logarithms."""
    width = rules.resting.sites[seed.site].ceiling_spread
    if rules.founder_spread == 0.0 and width == 0.0:
        return mother.vigour, 0.0
    aim(stream, SEEDING, np.uint64(seed.key), 1)
    openness = width * normal(stream)
    site = seed.condition.sites[seed.site]
    if site.ceiling >= 0.0:  # behind a barrier, which it finds shut
        site = rules.conditions[seed.condition.shut].sites[seed.site]
    return founder_vigour(stream, mother.vigour, site, rules), openness


def wake(lesion: Lesion, rules: Rules) -> None:
    """Turn a sleeping or establishing founder into a growing clone of the established size."""
    lesion.fate, lesion.cells, lesion.largest = "growing", rules.established, rules.established
    lesion.clones = [Clone(rules.established, lesion.spring, lesion.founder, key_of(lesion.key, lesion.key))]


def run_down_switch(lesion: Lesion, rules: Rules) -> None:
    """Use up the hazard that a lesion has left before it sprouts vessels, by the VEGF-days of the step."""
    if rules.sprouting and not lesion.sprouts and lesion.cells >= VESSEL_CELLS:
        lesion.clock -= rules.switch_rate * lesion.excited
        lesion.sprouts = lesion.clock <= 0.0


def death_hazards(person: Person, rules: Rules) -> dict[int, float]:
    """Return today's hazard of death [1/day] by cause: a site's burden, or -1 for the background by age."""
    risks = {-1: person.mortality * exp(person.mortality_slope * person.today)}
    for number, site in enumerate(rules.resting.sites):
        burden = sum(lesion.cells for lesion in person.lesions if lesion.site == number)
        if burden > 0.0:
            risks[number] = rules.burden_hazard / (1.0 + power(site.lethal / burden, rules.burden_power))
    return risks


def survives(person: Person, days: float, rules: Rules) -> bool:
    """Add the hazard of a step, which rises as an exponential; where it exceeds the share, note day and cause."""
    risks = death_hazards(person, rules)
    mean = mean_of(person.hazard, sum(risks.values()))
    left = person.threshold - person.spent
    person.hazard = sum(risks.values())
    person.spent += mean * days
    if person.spent < person.threshold:
        return True
    person.death_day = person.today - days + left / mean
    person.cause = max(risks, key=lambda cause: risks[cause])
    return False


def mean_of(first: float, last: float) -> float:
    """Return the mean of an exponential course between two values; of a straight one if they hardly differ or one is 0."""
    straight = 0.5 * (first + last)
    if min(first, last) <= 0.0 or abs(last - first) <= 1e-3 * straight:
        return straight
    return (last - first) / (log(last) - log(first))


def advance_lesion(stream: Stream, person: Person, lesion: Lesion, start: float, end: float, rules: Rules) -> None:
    """Carry one lesion from ``start`` to ``end``: each of its clones draws what becomes of it."""
    step = LesionStep(stream, person, lesion, start, cut(lesion, start, end, rules), rules)
    for clone in lesion.clones:
        clone.after = 0.0
    for clone in list(lesion.clones):
        step.advance_clone(clone)
    for kind in rules.kinds:
        step.bear(kind)
    for clone in lesion.clones:
        clone.cells = clone.after
    tidy(person, lesion)


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
                    changed = self.draw_loss(clone.kind)
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

    def draw_loss(self, kind: Kind) -> Kind:
        """Draw what a cell is that has lost a mechanism of resistance."""
        return one_of(self.stream, [(rate, restored) for rate, restored in self.rules.losses(kind) if rate > 0.0])

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
        bend = (log(max(later, 1.0) / clone.cells) - mean) / sum(risk.days for risk in risks)
        height, begun, leavers, path = clone.cells, 0.0, 0, []
        for risk in risks:
            rise = (risk.growth + bend) * risk.days
            cell_days = height * risk.days * (expm1(rise) / rise if abs(rise) > 1e-6 else 1.0)
            path.append((cell_days, (risk.growth + bend) * cell_days))
            for _ in range(int(poisson(self.stream, risk.departure * cell_days))):
                leavers += 1
                self.send(clone, risk, begun + uniform(self.stream) * risk.days, leavers)
            height *= exp(rise)
            begun += risk.days
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
        for rate, other in self.rules.losses(kind):
            self.bear_type(kind, other, [rate * days for days, _ in lived], lived)

    def bear_type(self, mother: Kind, kind: Kind, founded: list[float], lived: list[tuple[float, float]]) -> None:
        """Add the families of a new type that live to the step's end, as if each came in the middle of its stretch.

        So many are expected to be founded in each, in proportion to their mothers. The number is corrected for the
        middle's being taken for the whole. Who leaves them is lost; their mutants wait for the next step.
        """
        if sum(founded) <= 0.0:
            return
        lasting, odds, day = [], [], 0.0
        for risk, expected, (days, gain) in zip(self.hazards(kind), founded, lived, strict=True):
            rest = remaining([one.unmarked for one in self.hazards(kind)], day + 0.5 * risk.days)
            _, alive, odd = law(rest)
            rise, own = gain / days * risk.days, risk.growth * risk.days
            # From founding in proportion to exp(rise t) to the stretch's end at t = 1, against all at t = 1/2.
            lasting.append(expected * min(1.0, alive) * exp(0.5 * own) * slope_of(rise - own) / slope_of(rise))
            odds.append(odd)
            day += risk.days
        families, day = poisson(self.stream, sum(lasting)), 0.0
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


def tidy(person: Person, lesion: Lesion) -> None:
    """Count the lesion, drop what is extinct, and let clones too small to tell apart join the pool of their type."""
    lesion.cells = sum(clone.cells for clone in lesion.clones)
    lesion.largest = max(lesion.largest, lesion.cells)
    floor = IDENTITY_SHARE * lesion.cells if IDENTITY_SHARE * lesion.cells >= 1.0 else 0.0
    alive = [clone for clone in lesion.clones if clone.cells > 0.0]
    kept: list[Clone] = []
    for number, clone in enumerate(alive):
        told_apart = clone.cells >= floor or clone.kind.mask & person.tracked != 0
        if not told_apart and not person.lines[clone.line].pooled:
            if pool := pool_of(clone.kind, kept + alive[number + 1 :], person):
                pool.cells += clone.cells
                continue
            born = person.lines[clone.line].born
            clone.line = new_line(person, lesion, clone.kind, clone.line, born, pooled=True)
            clone.key = key_of(lesion.key, clone.kind.number + 1)
        kept.append(clone)
    lesion.clones = kept
    if lesion.cells <= 0.0:
        lesion.fate = "extinct"
