"""What each cell risks, plainly: division, death and departure in one lesion through one step, for the twin to draw from.

Written from models.md 5 to 10 and the data sheets of the agents, not from the kernels. A step is cut into stretches of
nearly constant hazard; within it the lesion follows its mean path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from seedsoil.body.hazards import SHORTEST_PIECE, SIZE_CHANGE
from seedsoil.body.state import PIECES, VESSEL_CELLS
from seedsoil.body.twin.drugs import dosed, felt
from seedsoil.body.twin.niche import called_after, hunted, inside_after, move_niche, thrift, uncrowded
from seedsoil.body.twin.person import Condition, Kind, Lesion, Rules, Site, Window
from seedsoil.body.twin.vessels import Supply, ease, move_vessels, steady_days, supply, turnover, vegf_of, vegf_output
from seedsoil.foundation.elementary import exp, power


@dataclass(frozen=True)
class Stretch:
    """Days of nearly constant hazard in one lesion, its site as it then is, and the host whom those meet who leave.

    ``thrift`` and ``departing`` are division and departures against the usual [1], ``lack`` is the share without oxygen,
    ``kill`` the hazard of each mask [1/day], ``strain`` the share of the greatest kill by drugs that it feels and ``pace`` the
    share of its divisions that they leave [1].
    """

    days: float
    site: Site
    thrift: float
    lack: float
    departing: float
    kill: list[float]
    strain: list[float]
    pace: list[float]
    host: Condition


@dataclass(frozen=True)
class Hazard:
    """What a cell of one type risks over some days [1/day]: division without a mutant, death, and three marks.

    The marks: a mutant is born; the cell departs, for where the host's condition lets it live; it loses a mechanism of
    resistance. What the mutant is depends on the strain by drugs; ``losses`` are the rates of each loss, and what it leaves.
    """

    birth: float
    death: float
    mutation: float
    departure: float
    losses: list[tuple[float, Kind]]
    days: float
    host: Condition
    strain: float

    @property
    def loss(self) -> float:
        """Rate at which a cell loses a mechanism of resistance, whichever."""
        return sum(rate for rate, _ in self.losses)

    @property
    def leaving(self) -> float:
        """Rate at which a cell leaves its clone, for another place or another type."""
        return self.departure + self.loss

    @property
    def marked(self) -> tuple[float, float, float, float]:
        """As a piece of the marked birth-death law."""
        return self.birth, self.death, self.mutation + self.leaving, self.days

    @property
    def unmarked(self) -> tuple[float, float, float, float]:
        """As a piece of the law without marks, where who leaves is lost and mutants are counted elsewhere."""
        return self.birth, self.death + self.leaving, 0.0, self.days

    @property
    def growth(self) -> float:
        """Mean rate at which the clone grows."""
        return self.birth - self.death - self.leaving


def hazards(kind: Kind, lesion: Lesion, stretches: list[Stretch], chances: list[float], rules: Rules) -> list[Hazard]:
    """Return what a cell of this type risks in this lesion, stretch by stretch.

    ``chances`` are those of a competent cell, once it leaves, to found a lesion or to join one.
    """
    # A metastasis may be kept from seeding again.
    shedding = rules.shedding * kind.competent * (1.0 if lesion.number == 0 else rules.reseeding)
    found = []
    for stretch, chance_elsewhere in zip(stretches, chances, strict=True):
        site = stretch.site
        division = site.division * site.fitness[kind.mask] * stretch.thrift * (1.0 - stretch.lack)
        division *= stretch.pace[kind.mask]
        # Only cells that will live on elsewhere count as leaving.
        departure = shedding * stretch.departing * chance_elsewhere
        death = site.death + rules.hypoxic_death * stretch.lack + stretch.kill[kind.mask]
        strain = stretch.strain[kind.mask]
        chance = rules.mutation_chance(kind, strain)
        birth, mutation = division * (1.0 - chance), division * chance
        losses = list(rules.losses(kind, stretch.strain))
        found.append(Hazard(birth, death, mutation, departure, losses, stretch.days, stretch.host, strain))
    return found


def window_at(day: float, end: float, rules: Rules) -> tuple[Window, float]:
    """Return what holds from ``day`` on, and until when, at most ``end``."""
    for window in rules.windows:
        if window.end > day + 1e-9:
            if window.start <= day + 1e-9:
                return window, min(end, window.end)
            return rules.otherwise, min(end, window.start)
    return rules.otherwise, end


def cut(lesion: Lesion, start: float, end: float, rules: Rules) -> list[Stretch]:
    """Cut a step into stretches, and carry the lesion's vessels and host cells through them to its end."""
    shares = [0.0] * len(rules.antigen)
    for clone in lesion.clones:
        shares[clone.kind.mask] += clone.cells / lesion.cells
    cells, today = lesion.cells, start
    lesion.excited = 0.0
    stretches: list[Stretch] = []
    while today < end - 1e-9 and len(stretches) < PIECES:
        window, until = window_at(today, end, rules)
        stretch, cells = lived(lesion, cells, shares, window, until - today, len(stretches) == PIECES - 1, rules)
        stretches.append(stretch)
        today += stretch.days
    return stretches


def lived(
    lesion: Lesion, cells: float, shares: list[float], window: Window, most: float, last: bool, rules: Rules
) -> tuple[Stretch, float]:
    """Carry a lesion of so many cells through one stretch of at most so many days; return it, and the cells after it.

    ``shares`` are those of the masks. All but the last stretch that there is room for end where vessels have changed by
    a twentieth or, where its size matters, the lesion by half an e-fold. What these kill is taken at the middle.
    """
    here = felt(lesion, cells, window)
    site = here.sites[lesion.site]
    vascular = cells >= VESSEL_CELLS  # below that, diffusion does
    now = supply(lesion, cells, site, window, rules) if vascular else Supply(0.0, 0.0, 0.0, 1.0)
    site = replace(site, vegf_output=vegf_output(now.lack, site, mean(shares, here.muted), rules))
    zeal = thrift(lesion, site, now.surface, rules)
    room = uncrowded(lesion, cells, rules)
    drugs = dosed(lesion, window, here, cells, now, room, rules)
    poisoned = [starved + drug for starved, drug in zip(here.starved, drugs.kill, strict=True)]
    divided = site.division * zeal * (1.0 - now.lack) * mean(shares, drugs.pace)
    lost = site.death + rules.hypoxic_death * now.lack + mean(shares, poisoned)
    free = divided * room - lost
    antigen, reach = mean(shares, rules.antigen), now.surface + (1.0 - now.surface) * now.perfusion
    prey = mean(shares, hunted(site, cells, antigen, lesion.called, lesion.inside, rules))
    days = most
    if not last and (prey > 0.0 or cells * exp(max(0.0, free - prey) * most) >= min(VESSEL_CELLS, rules.onset)):
        days = min(days, max(SHORTEST_PIECE, SIZE_CHANGE / max(abs(free - prey), 1e-12)))
    if site.drive > 0.0 and not last:
        days = min(days, max(SHORTEST_PIECE, SIZE_CHANGE / max(rules.expansion * site.drive, 1e-12)))
    change = turnover(lesion, (lesion.immature, lesion.mature), now.lack, site, window, free - prey, rules)
    if vascular and not last:
        days = min(days, steady_days(lesion, change, rules))
    middle = cells * exp((free - prey) * days / 2.0)
    if cells * exp(max(0.0, free - prey) * days) > rules.onset:
        room = uncrowded(lesion, middle, rules)
        free = divided * room - lost
        middle = cells * exp((free - prey) * days / 2.0)
    called = called_after(lesion, site, middle, antigen, days / 2.0, rules)
    inside = inside_after(lesion, site, middle, antigen, reach, days / 2.0, rules) if prey > 0.0 else 0.0
    bites = hunted(site, middle, antigen, called, inside, rules)
    growth = free - mean(shares, bites)
    move_niche(lesion, site, cells * exp(growth * days / 2.0), antigen, reach, days, rules)
    if vascular:
        change = turnover(lesion, (lesion.immature, lesion.mature), now.lack, site, window, growth, rules)
        lesion.excited += vegf_of(now.lack, site, window, rules) * site.switching * days
        move_vessels(lesion, change, now.lack, site, window, growth, days, rules)
    cells *= exp(growth * days)
    later = supply(lesion, cells, site, window, rules) if vascular else now
    lack = 0.5 * (now.lack + later.lack)
    lesion.perfusion, lesion.hypoxia, lesion.leak = later.perfusion, lack, later.leak * ease(lack, window, rules)
    departing = lesion.leak * (1.0 + rules.shed_gain * power(lack, rules.shed_power)) * site.departing
    kill = [drug + bite for drug, bite in zip(poisoned, bites, strict=True)]
    # What they meet on their way and where they arrive is the host's, not what is felt behind a barrier.
    return Stretch(days, site, zeal * room, lack, departing, kill, drugs.strain, drugs.pace, window.condition), cells


def mean(shares: list[float], each: list[float]) -> float:
    """Return the mean over a lesion's cells of what each mask has."""
    return sum(share * one for share, one in zip(shares, each, strict=True))
