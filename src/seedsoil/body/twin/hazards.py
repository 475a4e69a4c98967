"""What each cell risks, plainly: vessels, oxygen and drugs of one lesion through one step, for the twin to draw from.

Written from models.md 5 and the data sheets of the agents, not from the kernels. A step is cut into stretches of
nearly constant hazard; within it the lesion follows its mean path.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from seedsoil.body.hazards import ARTERIAL_DIAMETER, SHORTEST_PIECE, VESSEL_CHANGE
from seedsoil.body.state import GAUSS_WEIGHTS, PIECES, VESSEL_CELLS
from seedsoil.body.twin.person import Agent, Kind, Lesion, Rules, Site, Window
from seedsoil.foundation.elementary import exp, expm1, power

NOTHING = Window(-math.inf, -math.inf, [], [], 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Stretch:
    """Days of nearly constant hazard: share without oxygen, shedding against normal [1], kill by mask [1/day]."""

    days: float
    lack: float
    shedding: float
    kill: list[float]


@dataclass(frozen=True)
class Hazard:
    """What a cell of one type risks over some days [1/day]: division without a mutant, death, mutation, departure."""

    birth: float
    death: float
    mutation: float
    departure: float
    days: float

    @property
    def departures(self) -> float:
        """Share of the marks that are departures [1]."""
        return self.departure / (self.mutation + self.departure) if self.mutation + self.departure > 0.0 else 0.0

    @property
    def marked(self) -> tuple[float, float, float, float]:
        """As a piece of the marked birth-death law."""
        return self.birth, self.death, self.mutation + self.departure, self.days

    @property
    def unmarked(self) -> tuple[float, float, float, float]:
        """As a piece of the law without marks, where who departs is lost and mutants are counted elsewhere."""
        return self.birth, self.death + self.departure, 0.0, self.days


def hazards(kind: Kind, lesion: Lesion, stretches: list[Stretch], rules: Rules) -> list[Hazard]:
    """Return what a cell of this type risks in this lesion, stretch by stretch."""
    site = rules.sites[lesion.site]
    chance = rules.mutation_chance(kind)
    # Only cells that will found a lesion count as leaving; a metastasis may be kept from seeding again.
    success = kind.competent * sum(site.destinations.values()) * (1.0 if lesion.number == 0 else rules.reseeding)
    return [
        Hazard(
            birth=site.division * kind.fitness * (1.0 - stretch.lack) * (1.0 - chance),
            death=site.death + rules.hypoxic_death * stretch.lack + stretch.kill[kind.mask],
            mutation=site.division * kind.fitness * (1.0 - stretch.lack) * chance,
            departure=rules.shedding * stretch.shedding * success,
            days=stretch.days,
        )
        for stretch in stretches
    ]


def ball(cells: float) -> float:
    """Return the diameter of a ball of cells [mm], a million in each cubic millimetre."""
    return power(6.0 * cells / (math.pi * 1e6), 1.0 / 3.0)


@dataclass
class Vessels:
    """The vessels of a lesion at one moment, and what they bring."""

    perfusion: float
    lack: float
    leak: float


def supply(lesion: Lesion, cells: float, rules: Rules) -> Vessels:
    """Return perfusion, hypoxic share and leak from the lesion's own vessels, the host's, and its surface (5.3)."""
    law = rules.vessels
    radius = 0.5 * ball(cells)
    surface = 1.0 if radius <= rules.rim else 1.0 - (1.0 - rules.rim / radius) ** 3
    host = rules.sites[lesion.site].co_option * (1.0 if lesion.replaces else surface)
    perfusion = law["immature_perfusion"] * lesion.immature + law["mature_perfusion"] * lesion.mature + host
    lack = (1.0 - surface) * exp(-law["oxygen_reach"] * perfusion) * rules.hypoxia
    return Vessels(perfusion, lack, lesion.immature + law["mature_leak"] * (lesion.mature + host))


@dataclass
class Turnover:
    """Vessels won [1/day], and lost for each that is there [1/day], in both pools."""

    won_immature: float
    lost_immature: float
    won_mature: float
    lost_mature: float


def turnover(lesion: Lesion, lack: float, window: Window, growth: float, rules: Rules) -> Turnover:
    """Return how the two pools change: sprouting, ripening, loosening, falling (5.2), and thinning by growth."""
    law = rules.vessels
    total = lesion.immature + lesion.mature
    vegf = (law["vegf_basal"] + law["vegf_hypoxic"] * lack) / (1.0 + window.vegf)
    ang2 = law["ang2_basal"] + law["ang2_hypoxic"] * lack + law["ang2_pericyte_loss"] * window.pericytes
    ang2 *= 1.0 - window.ang2
    excited = vegf / (law["sprouting_half"] + vegf)
    sprouting = 0.0
    if lesion.sprouts and total < law["crowding"]:
        sprouting = law["sprouting"] * excited * (total + law["host_sprouts"]) * (1.0 - total / law["crowding"])
    ripening = law["maturation"] * law["ang2_half"] / (law["ang2_half"] + ang2)
    ripening *= law["vegf_hinders_maturation"] / (law["vegf_hinders_maturation"] + vegf)
    ripening *= 1.0 - law["pericyte_support"] * window.pericytes
    loosening = law["destabilisation"] * ang2 / (law["destabilisation_half"] + ang2) * excited
    falling = law["immature_loss"] * law["immature_rescue"] / (law["immature_rescue"] + vegf)
    fading = law["mature_turnover"] + law["mature_loss"] * law["mature_rescue"] / (law["mature_rescue"] + vegf)
    slow = rules.slow
    return Turnover(
        won_immature=(sprouting + loosening * lesion.mature) / slow,
        lost_immature=(ripening + falling) / slow + growth,
        won_mature=ripening * lesion.immature / slow,
        lost_mature=(loosening + fading) / slow + growth,
    )


def relaxed(value: float, won: float, lost: float, days: float) -> float:
    """Return the solution of y' = won - lost y after some days."""
    x = lost * days
    share = -expm1(-x) / x if x != 0.0 else 1.0
    return value * exp(-x) + won * days * share


def steady_days(lesion: Lesion, change: Turnover, rules: Rules) -> float:
    """Return the days in which the vessels change by a twentieth of what there is, at their speed now."""
    speed = abs(change.won_immature - change.lost_immature * lesion.immature)
    speed += abs(change.won_mature - change.lost_mature * lesion.mature)
    room = VESSEL_CHANGE * (lesion.immature + lesion.mature + rules.vessels["host_sprouts"])
    return max(SHORTEST_PIECE, room / speed if speed > 1e-12 else room * 1e12)


def passage(size: float, intact: float, site: Site) -> float:
    """Return tissue against plasma behind a barrier that opens as the lesion grows beyond ``site.opening`` mm [1]."""
    if site.ceiling < 0.0:
        return 1.0
    if site.ceiling <= intact or size <= 0.0:
        return intact
    return intact + (site.ceiling - intact) * size**6 / (size**6 + site.opening**6)


def kill_rate(agent: Agent, plasma: list[float], artery: list[float], mask: int, size: float, lack: float,
              site: Site, here: bool) -> float:  # fmt: skip
    """Return the mean kill [1/day] of one agent: Hill's law of its level, averaged over the window's nodes.

    ``here`` says that the lesion lies where the agent may be infused into the artery.
    """
    fed_by_artery = size**4 / (size**4 + ARTERIAL_DIAMETER**4) if here else 0.0
    mean = 0.0
    for weight, body, more in zip(GAUSS_WEIGHTS, plasma, artery, strict=True):
        level = passage(size, agent.passage, site) * (body + fed_by_artery * more)
        if level > 0.0:
            mean += weight / (1.0 + agent.half_power[mask] / power(level, agent.power))
    return agent.maximum * mean * power(1.0 - lack, agent.cycle)


def kills(lesion: Lesion, window: Window, cells: float, lack: float, rules: Rules) -> list[float]:
    """Return the kill of all agents together [1/day], for each mask of resistance."""
    if not window.plasma:
        return [0.0] * rules.masks
    return [
        sum(
            kill_rate(agent, plasma, artery, mask, ball(cells), lack, rules.sites[lesion.site],
                      agent.region == lesion.site)
            for agent, plasma, artery in zip(rules.agents, window.plasma, window.artery, strict=True)
            if agent.maximum > 0.0
        )
        for mask in range(rules.masks)
    ]  # fmt: skip


def window_at(day: float, end: float, rules: Rules) -> tuple[Window, float]:
    """Return the drug levels from ``day`` on, and until when they hold, at most ``end``."""
    for window in rules.windows:
        if window.end > day + 1e-9:
            if window.start <= day + 1e-9:
                return window, min(end, window.end)
            return NOTHING, min(end, window.start)
    return NOTHING, end


def cut(lesion: Lesion, start: float, end: float, rules: Rules) -> list[Stretch]:
    """Cut a step into stretches, and carry the lesion's vessels, hypoxia and leak through them to its end."""
    site = rules.sites[lesion.site]
    shares = [0.0] * rules.masks
    for clone in lesion.clones:
        shares[clone.kind.mask] += clone.cells / lesion.cells
    cells, today = lesion.cells, start
    stretches: list[Stretch] = []
    while today < end - 1e-9 and len(stretches) < PIECES:
        window, until = window_at(today, end, rules)
        vascular = cells >= VESSEL_CELLS  # below that, diffusion does
        now = supply(lesion, cells, rules) if vascular else Vessels(0.0, 0.0, 0.0)
        kill = kills(lesion, window, cells, now.lack, rules)
        growth = site.division * (1.0 - now.lack) - site.death - rules.hypoxic_death * now.lack
        growth -= sum(share * rate for share, rate in zip(shares, kill, strict=True))
        days = until - today
        if vascular:
            change = turnover(lesion, now.lack, window, growth, rules)
            if len(stretches) < PIECES - 1:
                days = min(days, steady_days(lesion, change, rules))
            lesion.immature, lesion.mature = (
                relaxed(lesion.immature, change.won_immature, change.lost_immature, days),
                relaxed(lesion.mature, change.won_mature, change.lost_mature, days),
            )
        cells *= exp(growth * days)
        if vascular:
            later = supply(lesion, cells, rules)
            now = Vessels(later.perfusion, 0.5 * (now.lack + later.lack), later.leak)
        lesion.perfusion, lesion.hypoxia, lesion.leak = now.perfusion, now.lack, now.leak
        shedding = now.leak * (1.0 + rules.shed_gain * power(now.lack, rules.shed_power))
        stretches.append(Stretch(days, now.lack, shedding, kill))
        today += days
    return stretches
