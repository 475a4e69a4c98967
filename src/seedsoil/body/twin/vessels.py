"""The vessels of one lesion, plainly: what they bring, and how they come, ripen, loosen, fall and are killed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from seedsoil.body.hazards import SHORTEST_PIECE, VESSEL_CHANGE
from seedsoil.body.twin.person import Lesion, Rules, Site, Window
from seedsoil.foundation.elementary import exp, expm1, power


def ball(cells: float) -> float:
    """Return the diameter of a ball of cells [mm], a million in each cubic millimetre."""
    return power(6.0 * cells / (math.pi * 1e6), 1.0 / 3.0)


def shell(cells: float, depth: float) -> float:
    """Return the share of a ball of cells that lies within ``depth`` mm of its surface [1]."""
    radius = 0.5 * ball(cells)
    return 1.0 if radius <= depth else 1.0 - ((radius - depth) / radius) ** 3


def relaxed(value: float, won: float, lost: float, days: float) -> float:
    """Return the solution of y' = won - lost y after some days."""
    x = lost * days
    share = -expm1(-x) / x if x != 0.0 else 1.0
    return value * exp(-x) + won * days * share


@dataclass
class Supply:
    """What reaches a lesion: perfusion and leak (host tissue = 1), share without oxygen, share fed from outside [1]."""

    perfusion: float
    lack: float
    leak: float
    surface: float


def oxygen(flow: float, taken: float) -> float:
    """Return the oxygen that blood gives off at a flow, against that at its usual flow, of which it takes a share then [1]."""
    if flow == 1.0 or taken <= 0.0:
        return 1.0
    if taken >= 1.0 or flow <= 0.0:
        return flow
    return flow * (1.0 - power(1.0 - taken, 1.0 / flow)) / taken


def supply(lesion: Lesion, cells: float, site: Site, window: Window, rules: Rules) -> Supply:
    """Return what the lesion's own vessels, the host's that are left, and its surface bring (5.3)."""
    law, surface = rules.vessels, shell(cells, rules.rim)
    host = (1.0 - lesion.borrowed_lost) * site.co_option * (1.0 if lesion.replaces else surface)
    held = window.vegf_blocked / (1.0 + window.vegf_blocked)
    own = law["immature_perfusion"] * lesion.immature + law["mature_perfusion"] * lesion.mature
    wide = 1.0 + window.flow_raised
    flow, taken = wide * (1.0 - law["vegf_tone"] * held), law["oxygen_extraction"]
    lack = (
        (1.0 - surface)
        * exp(-law["oxygen_reach"] * (own * oxygen(flow, taken) + host * oxygen(wide, taken)))
        * rules.hypoxia
    )
    return Supply(
        own * flow + host * wide, lack, lesion.immature + law["mature_leak"] * (lesion.mature + host), surface
    )


def vegf_of(lack: float, site: Site, window: Window, rules: Rules) -> float:
    """Return a lesion's free VEGF [1]: a base, more where oxygen lacks, by how much it makes and what is held."""
    made = rules.vessels["vegf_basal"] + rules.vessels["vegf_hypoxic"] * lack
    return made * site.vegf_output / (1.0 + window.vegf_blocked)


def vegf_output(lack: float, site: Site, muted: float, rules: Rules) -> float:
    """Return how much VEGF a lesion makes [1] where cells lack a hormone: of what they make with oxygen the share ``muted`` less."""
    made = rules.vessels["vegf_basal"] + rules.vessels["vegf_hypoxic"] * lack
    return site.vegf_output * (made - muted * rules.vessels["vegf_basal"]) / made if made > 0.0 else site.vegf_output


def ang2_of(lack: float, lost: float, blocked: float, rules: Rules) -> float:
    """Return a lesion's Ang2 [1]: a base, more where oxygen or pericytes lack, less what is held."""
    law = rules.vessels
    return (1.0 - blocked) * (law["ang2_basal"] + law["ang2_hypoxic"] * lack + law["ang2_pericyte_loss"] * lost)


def ease(lack: float, window: Window, rules: Rules) -> float:
    """Return how easily cells enter vessels [1]: by the Ang2 that there is, against that of the lesion left alone."""
    level = ang2_of(lack, window.pericytes_lost, window.ang2_blocked, rules)
    usual = ang2_of(lack, 0.0, 0.0, rules)
    half, gain = rules.vessels["destabilisation_half"], rules.vessels["ang2_opening"]
    return (half + (1.0 + gain) * level) / (half + level) * (half + usual) / (half + (1.0 + gain) * usual)


@dataclass
class Turnover:
    """Vessels won [1/day], and lost for each that is there [1/day], in both pools."""

    won_immature: float
    lost_immature: float
    won_mature: float
    lost_mature: float


def turnover(
    lesion: Lesion, pools: tuple[float, float], lack: float, site: Site, window: Window, growth: float, rules: Rules
) -> Turnover:
    """Return how the two pools change: sprouting, ripening, loosening, falling (5.2), thinning by growth, and killing.

    ``pools`` are the immature and the mature. The host's time scale slows all but the last two. A lesion that shrinks
    takes its vessels along.
    """
    law, vegf, slow = rules.vessels, vegf_of(lack, site, window, rules), rules.slow
    immature, mature = pools
    total = immature + mature
    ang2 = ang2_of(lack, window.pericytes_lost, window.ang2_blocked, rules)
    excited = vegf / (law["sprouting_half"] + vegf)
    sprouting = 0.0
    if lesion.sprouts and total < law["crowding"]:
        sprouting = law["sprouting"] * excited * (total + law["host_sprouts"]) * (1.0 - total / law["crowding"])
        sprouting *= (1.0 - window.integrins_blocked) * (1.0 + window.sprouting_raised)
    ripening = law["maturation"] * law["ang2_half"] / (law["ang2_half"] + ang2)
    ripening *= law["vegf_hinders_maturation"] / (law["vegf_hinders_maturation"] + vegf)
    ripening *= 1.0 - law["pericyte_support"] * window.pericytes_lost
    loosening = law["destabilisation"] * ang2 / (law["destabilisation_half"] + ang2) * excited
    falling = law["immature_loss"] * law["immature_rescue"] / (law["immature_rescue"] + vegf)
    fading = law["mature_turnover"] + law["mature_loss"] * law["mature_rescue"] / (law["mature_rescue"] + vegf)
    thinning = window.endothelium_killed + (growth if growth > 0.0 else 0.0)
    return Turnover(
        won_immature=(sprouting + loosening * mature) / slow,
        lost_immature=(ripening + falling) / slow + thinning,
        won_mature=ripening * immature / slow,
        lost_mature=(loosening + fading) / slow + thinning,
    )


def steady_days(lesion: Lesion, change: Turnover, rules: Rules) -> float:
    """Return the days in which the vessels change by a twentieth of what there is, at their speed now."""
    speed = abs(change.won_immature - change.lost_immature * lesion.immature)
    speed += abs(change.won_mature - change.lost_mature * lesion.mature)
    room = VESSEL_CHANGE * (lesion.immature + lesion.mature + rules.vessels["host_sprouts"])
    return max(SHORTEST_PIECE, room / speed if speed > 1e-12 else room * 1e12)


def moved(lesion: Lesion, change: Turnover, days: float) -> tuple[float, float]:
    """Return both pools after some days in which gain and loss stay as they are."""
    immature = relaxed(lesion.immature, change.won_immature, change.lost_immature, days)
    return immature, relaxed(lesion.mature, change.won_mature, change.lost_mature, days)


def move_vessels(
    lesion: Lesion, change: Turnover, lack: float, site: Site, window: Window, growth: float, days: float, rules: Rules
) -> None:
    """Carry both pools, and the share of the host's vessels that is gone, through some days.

    By the midpoint rule: ``change`` is that of the beginning. The host's vessels are killed as the lesion's own, but more
    slowly, and mended as slowly as mature ones turn over.
    """
    middle = turnover(lesion, moved(lesion, change, days / 2.0), lack, site, window, growth, rules)
    lesion.immature, lesion.mature = moved(lesion, middle, days)
    killed = rules.vessels["quiet_endothelium"] * window.endothelium_killed
    mended = rules.vessels["mature_turnover"] / rules.slow
    lesion.borrowed_lost = relaxed(lesion.borrowed_lost, killed, killed + mended, days)
