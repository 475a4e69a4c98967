"""What drug levels and wounds make of the host's signals: rows for a lesion's vessels, and conditions of the host."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import SIGNALS
from seedsoil.biology.soils.factors import FACTORS
from seedsoil.biology.soils.vessels import (
    ANG2_BLOCKED,
    ENDOTHELIUM_KILLED,
    INTEGRIN_BLOCKED,
    PERICYTES_LOST,
    SPROUTING_RAISED,
    VEGF_BLOCKED,
    VESSEL_SIGNALS,
)
from seedsoil.body.state import GAUSS_WEIGHTS
from seedsoil.foundation.elementary import expm1_each, log1p, power_each

Floats = NDArray[np.float64]

#: Signals to vessels alone: they act continuously, so that no condition need be made for each of their levels.
_OF_VESSELS = ("vegf", "ang2", "pericyte", "sprouting")
#: Levels are told apart in so many steps from nothing to all, and in steps of a thirty-second e-fold beyond.
_STEPS = 32.0
_WEIGHTS = np.array(GAUSS_WEIGHTS)


def occupied(agents: Sequence[Agent], plasma: Floats) -> dict[str, Floats]:
    """Occupancy of each blocked signal, sum of C / half over agents, at the nodes of each piece [pieces, nodes]."""
    found: dict[str, Floats] = {}
    for number, agent in enumerate(agents):
        for block in agent.blocks:
            more = plasma[:, number] / float(block.half)
            found[block.target] = found.get(block.target, 0.0) + more
    return found


def raised(agents: Sequence[Agent], plasma: Floats) -> dict[str, Floats]:
    """How far each signal is raised, added over agents, at the nodes of each piece [pieces, nodes]."""
    found: dict[str, Floats] = {}
    for number, agent in enumerate(agents):
        for effect in agent.raises:
            level = power_each(plasma[:, number], float(effect.power))
            half = float(power_each(np.array(float(effect.half)), float(effect.power)))
            found[effect.target] = found.get(effect.target, 0.0) + float(effect.maximum) * level / (level + half)
    return found


def endothelial_kill(agents: Sequence[Agent], plasma: Floats, occupancy: dict[str, Floats], patient: Patient) -> Floats:
    """Hazard of death of a lesion's endothelium at the nodes of each piece [1/day].

    Law: sum of Hill kills, times prod_q (1 - s_q (1 - b_q)): each factor that the tumour makes keeps endothelium alive,
    as far as no agent holds its receptor. Without a dialogue the endothelium is the host's own, which lives. Assumed,
    after the review's account of doubled treatments.
    """
    total = np.zeros((plasma.shape[0], plasma.shape[2]))
    dialogue = patient.tumour.dialogue
    if dialogue is None:
        return total
    for number, agent in enumerate(agents):
        if agent.endothelial_kill is not None:
            steepness = float(agent.endothelial_kill.power)
            level = power_each(plasma[:, number], steepness)
            half = float(power_each(np.array(float(agent.endothelial_kill.half)), steepness))
            total += float(agent.endothelial_kill.maximum) * level / (level + half)
    for factor in FACTORS:
        support = float(getattr(dialogue.endothelial_support, factor))
        ratio = occupancy.get(factor, np.zeros_like(total))
        total = total * (1.0 - support / (1.0 + ratio))
    return total


def vessel_rows(agents: Sequence[Agent], plasma: Floats, patient: Patient, without: Collection[str] = ()) -> Floats:
    """Signals to a lesion's vessels, piece by piece [pieces, VESSEL_SIGNALS]."""
    rows = np.zeros((plasma.shape[0], VESSEL_SIGNALS))
    held, up = occupied(agents, plasma), raised(agents, plasma)
    if "vegf" in held:
        rows[:, VEGF_BLOCKED] = held["vegf"] @ _WEIGHTS
    for name, column in (("ang2", ANG2_BLOCKED), ("pericyte", PERICYTES_LOST), ("integrin", INTEGRIN_BLOCKED)):
        if name in held:
            rows[:, column] = _share(held[name]) @ _WEIGHTS
    if "sprouting" in up:
        rows[:, SPROUTING_RAISED] = up["sprouting"] @ _WEIGHTS
    if "pericytes" in without:
        rows[:, PERICYTES_LOST] = 0.0
    if "endothelial apoptosis" not in without:
        rows[:, ENDOTHELIUM_KILLED] = endothelial_kill(agents, plasma, held, patient) @ _WEIGHTS
    return rows


def condition_rows(agents: Sequence[Agent], plasma: Floats, wound: Floats) -> Floats:
    """Levels of the host's signals, piece by piece [pieces, SIGNALS], in steps fine enough to tell apart.

    Where a level lies between two steps it counts as the nearer one, so that an arm has tens of conditions and not as many
    as pieces: an error of at most a sixty-fourth.
    """
    rows = np.zeros((plasma.shape[0], len(SIGNALS)))
    for name, ratio in occupied(agents, plasma).items():
        if name not in _OF_VESSELS:
            rows[:, SIGNALS.index(name)] = _stepped(_share(ratio) @ _WEIGHTS)
    for name, level in raised(agents, plasma).items():
        if name not in _OF_VESSELS:
            steps = np.array([math.floor(_STEPS * log1p(float(each)) + 0.5) for each in level @ _WEIGHTS])
            rows[:, SIGNALS.index(name)] = expm1_each(steps / _STEPS)
    rows[:, SIGNALS.index("wound")] = _stepped(wound)
    return rows


def acts(agent: Agent) -> bool:
    """Whether an agent changes any signal, of vessels or of the host, or kills endothelium."""
    return bool(agent.blocks) or bool(agent.raises) or agent.endothelial_kill is not None


def _share(ratio: Floats) -> Floats:
    return ratio / (1.0 + ratio)


def _stepped(share: Floats) -> Floats:
    return np.floor(_STEPS * share + 0.5) / _STEPS
