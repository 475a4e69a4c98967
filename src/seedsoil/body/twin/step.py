"""The whole step again, plainly: what the engine must agree with, draw for draw, from a person to a person.

Objects for arrays, names for columns, formulas from the theory for the kernels' own: written to be read and compared,
never to be fast. It shares with the engine the samplers and streams (the draws must be the same) and the numbers in
``state``. Unlike the engine it has no limits of room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from seedsoil.body.state import IDENTITY_SHARE, PARTS, SLOTS_BEYOND_TYPES, STEP_DAYS, VESSEL_CELLS
from seedsoil.body.twin.exposure import spared
from seedsoil.body.twin.hazards import cut
from seedsoil.body.twin.marks import LesionStep, key_of, new_line, pool_of
from seedsoil.body.twin.person import Arrival, Clone, Lesion, Person, Rules, Seed
from seedsoil.body.twin.seeding import founder_vigour, note_catches, succeeds
from seedsoil.foundation.elementary import exp, log, power
from seedsoil.foundation.samplers import exponential, normal
from seedsoil.foundation.streams import SEEDING, aim, uniform

if TYPE_CHECKING:
    from seedsoil.foundation.streams import Stream

Ending = Literal["reached", "died"]


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
                wake(stream, lesion, rules)
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
            lesion = founded(stream, seed, person.lesions[seed.origin], len(person.lesions), rules)
            person.lesions += [lesion] if lesion else []
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


def founded(stream: Stream, seed: Seed, mother: Lesion, number: int, rules: Rules) -> Lesion | None:
    """Draw a new lesion's sleep, the time in which it is established, how it meets vessels, and its switch's clock; none if it fails.

    Only successful founders come here, so the time to the established size M is that of a clone which does not die
    out: (ln((1 - d/b) M) - ln Exp(1)) / (b - d) (models.md 2.4), at the rates of a host whom nobody touches.
    """
    site = rules.resting.sites[seed.site]
    vigour, openness = inherited(stream, seed, mother, rules)
    if not succeeds(stream, seed, vigour, rules):
        return None
    sensitivity = felt(stream, seed, mother, rules)
    aim(stream, SEEDING, np.uint64(seed.key), 0)
    birth, death, delay = site.division * exp(vigour) * site.fitness[seed.kind.mask], site.death, 0.0
    woken = rules.wakes * site.quiescence
    sleep = exponential(stream) / rules.waking if uniform(stream) * (birth + woken) < woken else 0.0
    if birth > death:
        lead = log(max(1.0, (1.0 - death / birth) * rules.established))
        delay = max(0.0, (lead - log(exponential(stream))) / (birth - death))
    replaces = uniform(stream) < rules.replacement
    return Lesion(
        number=number, site=seed.site, parent=seed.origin, founder=seed.line, spring=seed.kind, key=seed.key,
        fate="dormant", arrived=seed.day, began=seed.day + sleep, active=seed.day + sleep + delay, clock=exponential(stream), replaces=replaces,
        vigour=vigour, openness=openness, sensitivity=sensitivity,
    )  # fmt: skip


def inherited(stream: Stream, seed: Seed, mother: Lesion, rules: Rules) -> tuple[float, float]:
    """Draw a founder's vigour and how far its barrier will open, whose median is usual, as logarithms."""
    width = rules.resting.sites[seed.site].ceiling_spread
    if rules.founder_spread == 0.0 and width == 0.0:
        return mother.vigour, 0.0
    aim(stream, SEEDING, np.uint64(seed.key), 1)
    openness = width * normal(stream)
    return founder_vigour(stream, seed, mother.vigour, rules), openness


def felt(stream: Stream, seed: Seed, mother: Lesion, rules: Rules) -> float:
    """Draw how fast drugs will kill a founder's lesion, as a logarithm about the usual; from a metastasis it is the mother's."""
    if rules.sensitivity_spread == 0.0 or mother.parent >= 0:
        return mother.sensitivity if rules.sensitivity_spread > 0.0 else 0.0
    aim(stream, SEEDING, np.uint64(seed.key), 2)
    return rules.sensitivity_spread * normal(stream)


def wake(stream: Stream, lesion: Lesion, rules: Rules) -> None:
    """Turn a sleeping or establishing founder into a growing clone of the established size, as far as treatment has let it."""
    cells = spared(stream, lesion, rules)
    if cells <= 0.0:
        lesion.fate = "extinct"
        return
    lesion.fate, lesion.cells, lesion.largest = "growing", cells, cells
    lesion.clones = [Clone(cells, lesion.spring, lesion.founder, key_of(lesion.key, lesion.key))]


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
