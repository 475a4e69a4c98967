"""Vessels of a lesion: sprouting, maturing, borrowed from the host; and the oxygen that they leave lacking."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.elementary import exp, expm1, log

Floats = NDArray[np.float64]

#: Order of the constants in the array that the kernels read: the numeric fields of Vasculature, as declared.
CONSTANTS: tuple[str, ...] = tuple(name for name in Vasculature.model_fields if name not in ("name", "title"))

(
    SPROUTING, SPROUTING_HALF, CROWDING, MATURATION, ANG2_HALF, VEGF_HINDERS, DESTABILISATION, DESTABILISATION_HALF,
    IMMATURE_LOSS, IMMATURE_RESCUE, MATURE_LOSS, MATURE_RESCUE, MATURE_TURNOVER, IMMATURE_PERFUSION, MATURE_PERFUSION,
    MATURE_LEAK, OXYGEN_REACH, VEGF_BASAL, VEGF_HYPOXIC, ANG2_BASAL, ANG2_HYPOXIC, ANG2_PERICYTE_LOSS,
    PERICYTE_SUPPORT, HOST_SPROUTS, REFERENCE_DENSITY, VEGF_TONE, ANG2_OPENING,
    OXYGEN_EXTRACTION, QUIET_ENDOTHELIUM,
) = range(len(CONSTANTS))  # fmt: skip

CELLS_PER_CUBIC_MILLIMETRE = 1e6


@leaf
def diameter(cells: float) -> float:
    """Diameter of a compact ball of ``cells`` [mm], at 1e6 cells per mm^3."""
    if cells <= 0.0:
        return 0.0
    return exp(log(6.0 * cells / (math.pi * CELLS_PER_CUBIC_MILLIMETRE)) / 3.0)


def cells_of(width: float) -> float:
    """Cells in a compact ball of this diameter [mm]; the inverse of ``diameter``."""
    return math.pi / 6.0 * width**3 * CELLS_PER_CUBIC_MILLIMETRE


@leaf
def surface_share(radius: float, rim: float) -> float:
    """Share of a ball's volume within ``rim`` of its surface, which host tissue feeds by diffusion [1]."""
    if radius <= rim:
        return 1.0
    inner = 1.0 - rim / radius
    return 1.0 - inner * inner * inner


@leaf
def hypoxia(perfusion: float, surface: float, reach: float) -> float:
    """Share of a lesion too far from any vessel, own, borrowed or beyond its surface [1].

    Law: H = (1 - f_surface) exp(-x Q): random vessels of length density Q leave exp(-x Q) of the volume out of reach.
    """
    return (1.0 - surface) * exp(-reach * perfusion)


#: What a row of signals to a lesion's vessels holds: VEGF blocked (occupancy C / K, as ``answered`` by the vessels), Ang2
#: blocked and pericytes lost (shares), sprouting raised (added share), integrins blocked (share), endothelium killed
#: [1/day], flow raised (added share).
(
    VEGF_BLOCKED, ANG2_BLOCKED, PERICYTES_LOST, SPROUTING_RAISED, INTEGRIN_BLOCKED, ENDOTHELIUM_KILLED, FLOW_RAISED,
) = range(7)  # fmt: skip
VESSEL_SIGNALS = 7


def answered(occupancy: Floats, others: float) -> Floats:
    """Occupancy that would leave as much of a call by VEGF alone as is left where other factors make a share of the call.

    Law: of a call with the share w of others, an occupancy A of VEGF leaves (1 - w) / (1 + A) + w = 1 / (1 + A'), with
    A' = A (1 - w) / (1 + w A): however much of the antagonist there is, never more than (1 - w) / w. All of them are
    called by lack of oxygen. Source: relf_1997, casanovas_2005.
    """
    return occupancy * (1.0 - others) / (1.0 + others * occupancy)


@leaf
def vegf(hypoxic: float, output: float, blocked: float, law) -> float:  # type: ignore[no-untyped-def]
    """VEGF level of a lesion that makes ``output`` times the usual, against an antagonist's occupancy C / K [1]."""
    return output * (law[VEGF_BASAL] + law[VEGF_HYPOXIC] * hypoxic) / (1.0 + blocked)


@leaf
def tone(blocked: float, law) -> float:  # type: ignore[no-untyped-def]
    """What flows through a lesion's own vessels against what would if no VEGF were held [1].

    Law: 1 - w A / (1 + A) for an occupancy A: VEGF widens vessels by nitric oxide, and they narrow within hours of its
    loss. Vessels borrowed from the host keep the host's tone.
    """
    return 1.0 - law[VEGF_TONE] * blocked / (1.0 + blocked)


@leaf
def extracted(flow: float, law) -> float:  # type: ignore[no-untyped-def]
    """Oxygen that blood gives off at ``flow`` times its usual flow, against what it gives off at that [1].

    Law: f (1 - (1 - E)^(1 / f)) / E, where blood leaves a share E of its oxygen behind at its usual flow: the slower it
    flows, the more of it is taken. Source: crone_1963.
    """
    share = law[OXYGEN_EXTRACTION]
    if flow == 1.0 or share <= 0.0:
        return 1.0
    if share >= 1.0 or flow <= 0.0:
        return flow
    return -flow * expm1(log(1.0 - share) / flow) / share


@leaf
def ang2_level(hypoxic: float, lost: float, blocked: float, law) -> float:  # type: ignore[no-untyped-def]
    """Ang2 of a lesion that has lost a share of its pericytes, against an antagonist that holds a share of it [1]."""
    ang2 = law[ANG2_BASAL] + law[ANG2_HYPOXIC] * hypoxic + law[ANG2_PERICYTE_LOSS] * lost
    return ang2 * (1.0 - blocked)


@leaf
def ease_of_leaving(hypoxic, signal, law):  # type: ignore[no-untyped-def]
    """How easily cells enter a lesion's vessels, against what they would if nobody touched its Ang2 and pericytes [1].

    Law: (1 + g s(A)) / (1 + g s(A0)), s(A) = A / (K + A), for the Ang2 that there is and the Ang2 that the lesion's own
    hypoxia calls for: Ang2 loosens the junctions of endothelium. What it does in a lesion by itself is in the gain that
    hypoxia brings to shedding. Source: holopainen_2012, keskin_2015.
    """
    gain, half = law[ANG2_OPENING], law[DESTABILISATION_HALF]
    usual = ang2_level(hypoxic, 0.0, 0.0, law)
    found = ang2_level(hypoxic, signal[PERICYTES_LOST], signal[ANG2_BLOCKED], law)
    return (1.0 + gain * found / (half + found)) / (1.0 + gain * usual / (half + usual))


@leaf
def _relax(value: float, gain: float, loss: float, days: float) -> float:
    """Exact solution of dy/dt = gain - loss y after ``days``; loss may be negative while a lesion shrinks."""
    x = loss * days
    if abs(x) < 1e-9:
        return value + (gain - loss * value) * days
    return value * exp(-x) - gain * expm1(-x) / loss


@leaf
def vessel_rates(immature, mature, hypoxic, sprouts, output, signal, law):  # type: ignore[no-untyped-def]
    """Gain and loss terms of both pools: (gain_i, loss_i, gain_m, loss_m), each pool's loss per unit and day.

    ``sprouts`` is 1 once a lesion makes vessels of its own, ``output`` its VEGF against the usual, ``signal`` a row of
    VESSEL_SIGNALS. What kills endothelium is not in these terms: it keeps its own time.
    """
    level = vegf(hypoxic, output, signal[VEGF_BLOCKED], law)
    lost = signal[PERICYTES_LOST]
    ang2 = ang2_level(hypoxic, lost, signal[ANG2_BLOCKED], law)
    room = max(0.0, 1.0 - (immature + mature) / law[CROWDING])
    sprout = sprouts * law[SPROUTING] * level / (law[SPROUTING_HALF] + level)
    sprout *= (immature + mature + law[HOST_SPROUTS]) * room
    sprout *= (1.0 + signal[SPROUTING_RAISED]) * (1.0 - signal[INTEGRIN_BLOCKED])
    ripen = law[MATURATION] * law[ANG2_HALF] / (law[ANG2_HALF] + ang2)
    ripen *= law[VEGF_HINDERS] / (law[VEGF_HINDERS] + level) * (1.0 - law[PERICYTE_SUPPORT] * lost)
    loosen = law[DESTABILISATION] * ang2 / (law[DESTABILISATION_HALF] + ang2) * level / (law[SPROUTING_HALF] + level)
    fall_i = law[IMMATURE_LOSS] * law[IMMATURE_RESCUE] / (law[IMMATURE_RESCUE] + level)
    fall_m = law[MATURE_TURNOVER] + law[MATURE_LOSS] * law[MATURE_RESCUE] / (law[MATURE_RESCUE] + level)
    return sprout + loosen * mature, ripen + fall_i, ripen * immature, loosen + fall_m


@leaf
def vessel_step(immature, mature, hypoxic, sprouts, output, signal, growth, days, slow, law):  # type: ignore[no-untyped-def]
    """Both pools after ``days``, by the exponential midpoint rule: never negative, exact for constant terms.

    ``growth`` is the lesion's net growth [1/day], which dilutes its vessels; one that shrinks takes them along. ``slow``
    is the host's vascular time scale.
    """
    thinning = max(0.0, growth) + signal[ENDOTHELIUM_KILLED]
    gain_i, loss_i, gain_m, loss_m = vessel_rates(immature, mature, hypoxic, sprouts, output, signal, law)
    half_i = _relax(immature, gain_i / slow, loss_i / slow + thinning, 0.5 * days)
    half_m = _relax(mature, gain_m / slow, loss_m / slow + thinning, 0.5 * days)
    gain_i, loss_i, gain_m, loss_m = vessel_rates(half_i, half_m, hypoxic, sprouts, output, signal, law)
    new_immature = _relax(immature, gain_i / slow, loss_i / slow + thinning, days)
    new_mature = _relax(mature, gain_m / slow, loss_m / slow + thinning, days)
    return new_immature, new_mature


@leaf
def borrowed_lost(lost, killed, days, slow, law):  # type: ignore[no-untyped-def]
    """Share of the host's vessels in a lesion that are gone after ``days``, mended by slow turnover.

    Law: y' = q k (1 - y) - m y, where k is what kills the lesion's own endothelium [1/day]: drugs kill endothelium that
    divides, and that of the host's vessels divides q times as often.
    """
    killed *= law[QUIET_ENDOTHELIUM]
    return _relax(lost, killed, killed + law[MATURE_TURNOVER] / slow, days)
