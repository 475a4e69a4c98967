"""What drug levels and wounds make of the host's signals: rows for a lesion's vessels, and conditions of the host."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import BEHIND, SIGNALS, resting
from seedsoil.biology.soils.factors import FACTORS
from seedsoil.biology.soils.vessels import (
    ANG2_BLOCKED,
    ENDOTHELIUM_KILLED,
    FLOW_RAISED,
    INTEGRIN_BLOCKED,
    PERICYTES_LOST,
    SPROUTING_RAISED,
    VEGF_BLOCKED,
    VESSEL_SIGNALS,
    answered,
)
from seedsoil.body.drugs.barrier import OPENED
from seedsoil.body.state import GAUSS_WEIGHTS, OPENINGS
from seedsoil.foundation.elementary import exp_each, expm1_each, log1p, power_each

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Signals to vessels alone: they act continuously, so that no condition need be made for each of their levels.
_OF_VESSELS = ("vegf", "ang2", "pericyte", "sprouting", "flow")
#: Levels are told apart in so many steps from nothing to all, and in steps of a thirty-second e-fold beyond.
_STEPS = 32.0


def occupied(agents: Sequence[Agent], plasma: Floats) -> dict[str, Floats]:
    """Occupancy of each blocked signal, sum of C / half over agents, at the nodes of each piece [pieces, nodes]."""
    found: dict[str, Floats] = {}
    for number, agent in enumerate(agents):
        for block in agent.blocks:
            more = plasma[:, number] / float(block.half)
            found[block.target] = found.get(block.target, 0.0) + more
    return found


def raised(agents: Sequence[Agent], plasma: Floats, days: Floats | None = None) -> dict[str, Floats]:
    """How far each signal is raised, added over agents, at the nodes of each piece [pieces, nodes].

    ``days`` is how long each piece lasts, one following the other [pieces]; without it nothing lags behind a drug's level.
    """
    found: dict[str, Floats] = {}
    for number, agent in enumerate(agents):
        for effect in agent.raises:
            level = power_each(plasma[:, number], float(effect.power))
            half = float(power_each(np.array(float(effect.half)), float(effect.power)))
            share = float(effect.maximum) * level / (level + half)
            if effect.fading_half_life is not None and days is not None:
                share = np.repeat(
                    _followed(_averaged(share), days, float(effect.fading_half_life))[:, None], plasma.shape[2], axis=1
                )
            found[effect.target] = found.get(effect.target, 0.0) + share
    return found


def _followed(called: Floats, days: Floats, half_life: float) -> Floats:
    """Mean over each piece of what follows a call that is constant in it [pieces]: y' = k (c - y), from nothing."""
    rate, now = math.log(2.0) / half_life, 0.0
    left = exp_each(-rate * days)
    found = np.empty_like(called)
    for place in range(called.size):
        distance = now - called[place]
        found[place] = called[place] + distance * (1.0 - left[place]) / (rate * days[place])
        now = called[place] + distance * left[place]
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


def _averaged(values: Floats) -> Floats:
    """Average over the nodes of each piece, summed in their order: a matrix product's order is a processor's."""
    total = values[:, 0] * GAUSS_WEIGHTS[0]
    for node in range(1, len(GAUSS_WEIGHTS)):
        total = total + values[:, node] * GAUSS_WEIGHTS[node]
    return total


def vessel_rows(
    agents: Sequence[Agent], plasma: Floats, patient: Patient, without: Collection[str] = (), days: Floats | None = None
) -> Floats:
    """Signals to a lesion's vessels, piece by piece [pieces, VESSEL_SIGNALS]; ``days`` as for `raised`."""
    rows = np.zeros((plasma.shape[0], VESSEL_SIGNALS))
    held, up = occupied(agents, plasma), raised(agents, plasma, days)
    if "vegf" in held:
        rows[:, VEGF_BLOCKED] = answered(_averaged(held["vegf"]), _other_angiogenic(patient, without))
    for name, column in (("ang2", ANG2_BLOCKED), ("pericyte", PERICYTES_LOST), ("integrin", INTEGRIN_BLOCKED)):
        if name in held:
            rows[:, column] = _averaged(_share(held[name]))
    if "sprouting" in up:
        rows[:, SPROUTING_RAISED] = _averaged(up["sprouting"])
    if "flow" in up and "vessel tone" not in without:
        rows[:, FLOW_RAISED] = _averaged(up["flow"])
    if "pericytes" in without:
        rows[:, PERICYTES_LOST] = 0.0
    if "endothelial apoptosis" not in without:
        rows[:, ENDOTHELIUM_KILLED] = _averaged(endothelial_kill(agents, plasma, held, patient))
    return rows


def _other_angiogenic(patient: Patient, without: Collection[str]) -> float:
    """Share of the tumour's call for vessels that is not VEGF's [1]."""
    dialogue = patient.tumour.dialogue
    if dialogue is None or dialogue.other_angiogenic is None or "other angiogenic factors" in without:
        return 0.0
    return float(dialogue.other_angiogenic)


def condition_rows(
    agents: Sequence[Agent], plasma: Floats, wound: Floats, opened: float = 1.0, days: Floats | None = None
) -> Floats:
    """Levels of the host's signals, piece by piece [pieces, SIGNALS], in steps fine enough to tell apart.

    Behind a barrier of which a share ``opened`` is open, each agent acts on the tissue's signals at its own passage or at
    that share of its level, whichever is more; on the blood's signals at its level in blood.

    Where a level lies between two steps it counts as the nearer one, so that an arm has tens of conditions and not as many
    as pieces: an error of at most a sixty-fourth.
    """
    rows = np.zeros((plasma.shape[0], len(SIGNALS)))
    held, up = occupied(agents, plasma), raised(agents, plasma, days)
    if opened < 1.0:
        let_in = np.array([max(float(agent.barrier_passage), opened) for agent in agents])[None, :, None] * plasma
        held |= {name: ratio for name, ratio in occupied(agents, let_in).items() if name in BEHIND}
        up |= {name: level for name, level in raised(agents, let_in, days).items() if name in BEHIND}
    for name, ratio in held.items():
        if name not in _OF_VESSELS:
            rows[:, SIGNALS.index(name)] = _stepped(_averaged(_share(ratio)))
    for name, level in up.items():
        if name not in _OF_VESSELS:
            steps = np.array([math.floor(_STEPS * log1p(float(each)) + 0.5) for each in _averaged(level)])
            rows[:, SIGNALS.index(name)] = expm1_each(steps / _STEPS)
    rows[:, SIGNALS.index("wound")] = _stepped(wound)
    return rows


class Conditions(NamedTuple):
    """The different conditions of an arm, and which of them holds in each piece; the last piece is at rest.

    ``shut`` says which condition cells meet that arrive behind a barrier while each one holds, ``behind`` which one a
    lesion there is under, by how far its barrier is open.
    """

    rows: Floats  # (conditions, SIGNALS), the first at rest
    shut: Integers  # (conditions,)
    condition: Integers  # (pieces + 1,)
    behind: Integers  # (pieces + 1, OPENINGS)


def conditions(
    agents: Sequence[Agent], plasma: Floats, wound: Floats, patient: Patient, without: Collection[str] = (),
    days: Floats | None = None,
) -> Conditions:  # fmt: skip
    """Number the conditions that levels [pieces, agents, nodes] and wounds [pieces] bring to a host; ``days`` as for `raised`.

    Two pieces that are alike in the host's blood differ where a cell that arrives behind a barrier meets other levels.
    """
    told = [agent for number, agent in enumerate(agents) if plasma[:, number].any()]
    openings = OPENED if _is_behind(told, patient, without) else OPENED[-1:]
    levels = [np.vstack([condition_rows(agents, plasma, wound, opened, days), resting()]) for opened in openings]
    rows, found = _different(np.concatenate(levels))
    place = found.reshape(len(openings), -1)
    if len(openings) == 1:
        return Conditions(rows, np.arange(len(rows)), place[0], np.repeat(place[0][:, None], OPENINGS, axis=1))
    met = place.copy()
    met[-1] = place[0]
    pairs, which = np.unique(place * len(rows) + met, return_inverse=True)
    which = which.reshape(place.shape)
    # What a shut barrier lets in stands there in its own right, too.
    shut = np.searchsorted(pairs, pairs % len(rows) * (len(rows) + 1))
    return Conditions(rows[pairs // len(rows)], shut, which[-1].copy(), np.ascontiguousarray(which.T))


def acts(agent: Agent) -> bool:
    """Whether an agent changes any signal, of vessels or of the host, or kills endothelium."""
    return bool(agent.blocks) or bool(agent.raises) or agent.endothelial_kill is not None


def _is_behind(agents: Sequence[Agent], patient: Patient, without: Collection[str]) -> bool:
    """Whether a barrier of this host stands between any of the agents and a signal on which it acts."""
    if "barrier" in without or all(soil.barrier is None for soil in patient.host.soils):
        return False
    targets: list[str] = [each.target for agent in agents for each in agent.blocks]
    targets += [each.target for agent in agents for each in agent.raises]
    return not BEHIND.isdisjoint(targets)


def _share(ratio: Floats) -> Floats:
    return ratio / (1.0 + ratio)


def _stepped(share: Floats) -> Floats:
    return np.floor(_STEPS * share + 0.5) / _STEPS


def _different(rows: Floats) -> tuple[Floats, Integers]:
    """The different rows, the lowest first, and which of them each row is. Much faster than sorting whole rows."""
    place = np.zeros(rows.shape[0], dtype=np.int64)
    for column in np.flatnonzero(rows.any(axis=0)):
        values, found = np.unique(rows[:, column], return_inverse=True)
        place = np.unique(place * values.size + found.reshape(-1), return_inverse=True)[1].reshape(-1)
    firsts = np.unique(place, return_index=True)[1]
    return rows[firsts], place
