"""Seeds, plainly: how many lesions hold of what arrests, where emigrants succeed, and how vigorous founders are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seedsoil.biology.journey.founders import MOTHERS_BELOW, STEPS_PER_WIDTH
from seedsoil.body.seeding import FASTEST, SURE
from seedsoil.body.twin.person import Lesion, Person, Rules, Seed, Site
from seedsoil.foundation.elementary import exp, expm1, log
from seedsoil.foundation.samplers import exponential, normal
from seedsoil.foundation.streams import SEEDING, aim, uniform

if TYPE_CHECKING:
    from seedsoil.foundation.streams import Stream


def note_catches(person: Person, rules: Rules) -> None:
    """Write what share of the cells that arrest at its site each lesion holds: n p / (H + sum n p)."""
    fed = [lesion.cells * lesion.perfusion if lesion.fate == "growing" else 0.0 for lesion in person.lesions]
    here: dict[int, float] = {}
    for lesion, cells in zip(person.lesions, fed, strict=True):
        here[lesion.site] = here.get(lesion.site, 0.0) + cells
    for lesion, cells in zip(person.lesions, fed, strict=True):
        lesion.catch = cells / (rules.resting.sites[lesion.site].half_catch + here[lesion.site])


def catches(person: Person) -> dict[int, float]:
    """Return the share that all lesions of a site hold, where they hold any."""
    found: dict[int, float] = {}
    for lesion in person.lesions:
        if lesion.catch > 0.0:
            found[lesion.site] = found.get(lesion.site, 0.0) + lesion.catch
    return found


def worth(site: int, vigour: float, rules: Rules) -> float:
    """How often founders of a mother with this vigour succeed at a site, against those of a usual one [1]."""
    if rules.founder_spread == 0.0:
        return 1.0
    row = rules.favour[site]
    spot = min(max(MOTHERS_BELOW + STEPS_PER_WIDTH * vigour / rules.founder_spread, 0.0), len(row) - 1.0)
    at = min(int(spot), len(row) - 2)
    return row[at] + (spot - at) * (row[at + 1] - row[at])


def destinations(site: Site, lesion: Lesion, rules: Rules) -> list[tuple[int, float]]:
    """Return where cells that leave a lesion, which lies at a site as the condition has it, succeed in tissue: place, chance."""
    return [(place, chance * worth(place, lesion.vigour, rules)) for place, chance in site.destinations.items()]


def departing_chance(site: Site, lesion: Lesion, person: Person, rules: Rules) -> float:
    """Chance that a competent cell which leaves a lesion succeeds in tissue, or lands in a lesion that has it [1]."""
    caught = catches(person)
    founding = sum(chance for _, chance in destinations(site, lesion, rules))
    return founding + sum(chance * caught.get(place, 0.0) for place, chance in site.landings.items())


def rates_met(seed: Seed, rules: Rules) -> tuple[float, float]:
    """Return division and death by which a usual founder succeeds [1/day]: what it meets, or what it would at rest if that is kinder."""
    here = seed.condition
    if here.sites[seed.site].ceiling >= 0.0:  # behind a barrier, which it finds shut
        here = rules.conditions[here.shut]
    hosts = [here, rules.resting] if rules.exposed else [here]
    divisions = [host.sites[seed.site].division for host in hosts]
    return max(divisions), min(host.sites[seed.site].death + host.starved[0] for host in hosts)


def succeeds(stream: Stream, seed: Seed, vigour: float, rules: Rules) -> bool:
    """Draw whether a founder does, whom mechanisms cost a share of its divisions, given that it would without them."""
    site = rules.resting.sites[seed.site]
    left = site.fitness[seed.kind.mask]
    if left >= 1.0:
        return True
    division, death = rates_met(seed, rules)
    pace = division * exp(vigour)
    if left * pace <= death:
        return False
    lead = log(pace / death) if death > 0.0 else SURE
    own = starting(left * pace, site, rules) * escape(lead + log(left), rules)
    aim(stream, SEEDING, np.uint64(seed.key), 4)
    return uniform(stream) * starting(pace, site, rules) * escape(lead, rules) < own


def founder_vigour(stream: Stream, seed: Seed, mother: float, rules: Rules) -> float:
    """Draw a founder's vigour, given that it succeeds: normal about ln m - w^2/2, weighted by its chances to start and escape.

    Proposals beat the threshold ln(d / b): any normal deviate that does, or, where the threshold lies above the mean,
    one of its tail (Robert 1995). Kept with the chance of success against that of the fastest that is drawn.
    """
    width, site = rules.founder_spread, rules.resting.sites[seed.site]
    division, death = rates_met(seed, rules)
    if width == 0.0 or division <= 0.0:
        return mother
    least = log(death / division) if death > 0.0 else -SURE
    most = max(least, mother) + FASTEST * width
    threshold = (least - mother) / width + 0.5 * width
    slope = 0.5 * (threshold + (threshold**2 + 4.0) ** 0.5)
    best = starting(division * exp(most), site, rules)
    while True:
        luck = normal(stream) if threshold <= 0.0 else threshold + exponential(stream) / slope
        if threshold > 0.0 and uniform(stream) >= exp(-0.5 * (luck - slope) ** 2):
            continue
        vigour = mother + width * (luck - 0.5 * width)
        if not least < vigour <= most:
            continue
        if uniform(stream) * best < starting(division * exp(vigour), site, rules) * escape(vigour - least, rules):
            return vigour


def starting(pace: float, site: Site, rules: Rules) -> float:
    """Chance that a founder with this pace of division divides at last: at once, or once awake."""
    return (pace + rules.wakes * site.quiescence) / (pace + site.quiescence)


def escape(lead: float, rules: Rules) -> float:
    """Chance that a family reaches the established size, by ln(division / death)."""
    return 1.0 / rules.established if lead < 1e-9 else expm1(-lead) / expm1(-rules.established * lead)
