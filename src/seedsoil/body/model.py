"""A patient compiled: the laws of biology turned into the tables that a step reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

import numpy as np

from seedsoil.biology.clone import Mechanism, Tumour
from seedsoil.biology.journey.cascade import waking
from seedsoil.biology.journey.founders import sensitivity_width, vigour_width
from seedsoil.biology.medicine.delivery import tissue_share
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import Levels, resting
from seedsoil.biology.soils.host_cells import HostCells
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.biology.soils.vessels import CONSTANTS
from seedsoil.body.conditions import condition_tables
from seedsoil.body.state import (
    AGENT_COLUMNS,
    BURDEN_HAZARD,
    BURDEN_POWER,
    BYSTANDERS,
    CAPACITY,
    CONTACT_DEPTH,
    CONTACTS,
    CYCLE,
    ENTRY,
    ESTABLISHED,
    EXHAUSTION,
    EXPANSION,
    EXPOSED,
    FIRST_KIND,
    FOUNDER_SPREAD,
    HALF_SIZE,
    HELD,
    HELD_POWER,
    HINDRANCE,
    HIT_RATE,
    HITS,
    HOLDING,
    HYPOXIA_ON,
    HYPOXIC_DEATH,
    INSTABILITY_RATE,
    KILL_RATE,
    MAXIMUM,
    ONSET,
    PASSAGE,
    PERMEABILITY,
    POWER,
    RECRUITMENT,
    RECRUITMENT_SIZE,
    REGION,
    REPLACEMENT,
    RESEEDING,
    RESTRAINT,
    RIM,
    SENSITIVITY_SPREAD,
    SHED_GAIN,
    SHED_POWER,
    SHEDDING,
    SHELTER_FOLD,
    SHELTER_TIME,
    SLOW,
    SPROUTING_ON,
    STROMA_TIME,
    SWITCH_RATE,
    TARGETS,
    TISSUE_FLOW,
    TISSUE_LOSS,
    TRAITS,
    TURNOVER,
    USUAL_SHARE,
    WAKES,
    WAKING,
    Floats,
    Integers,
    Model,
)
from seedsoil.foundation.elementary import power
from seedsoil.foundation.kept import Kept

#: What was worked out for the last few patients and hangs on nothing that is done to them.
_recent: Kept[dict[str, Any]] = Kept(8)


def _traits(patient: Patient, without: Collection[str]) -> Floats:
    tumour, host = patient.tumour, patient.host
    trait = np.zeros(TRAITS)
    trait[HYPOXIC_DEATH], trait[RIM] = float(tumour.hypoxic_death_rate), float(tumour.diffusion_rim)
    trait[SWITCH_RATE], trait[SHEDDING] = float(tumour.angiogenic_switch_rate), float(tumour.shedding_rate)
    trait[SHED_GAIN] = float(tumour.hypoxic_shedding_gain)
    trait[SHED_POWER] = float(tumour.hypoxic_shedding_power)
    trait[WAKING] = max(1e-12, float(tumour.wake_rate) + float(tumour.dormant_death_rate))
    trait[WAKES] = float(waking(tumour))
    trait[ESTABLISHED] = float(tumour.establishment_size)
    trait[REPLACEMENT] = float(tumour.replacement_share)
    trait[HITS] = 0.0 if "competence" in without else float(tumour.hits)
    trait[HIT_RATE] = float(tumour.hit_rate)
    trait[INSTABILITY_RATE] = 0.0 if "instability" in without else float(tumour.instability_rate)
    trait[SLOW] = float(host.vascular_timescale)
    trait[BURDEN_HAZARD] = 0.0 if "burden death" in without else float(host.burden_hazard)
    trait[BURDEN_POWER] = float(host.burden_power)
    trait[RESEEDING] = 0.0 if "reseeding" in without else 1.0
    trait[SPROUTING_ON] = 0.0 if "sprouting" in without else 1.0
    trait[HYPOXIA_ON] = 0.0 if "hypoxia" in without else 1.0
    trait[HOLDING] = 0.0 if "held tolerance" in without else 1.0
    trait[EXPOSED] = 0.0 if "treated founders" in without else 1.0
    trait[FOUNDER_SPREAD] = vigour_width(tumour, without)
    trait[SENSITIVITY_SPREAD] = sensitivity_width(tumour, without)
    # Times and sizes of laws that are off must not divide by nothing.
    trait[HALF_SIZE] = trait[RECRUITMENT_SIZE] = trait[SHELTER_FOLD] = trait[SHELTER_TIME] = trait[STROMA_TIME] = 1.0
    trait[CONTACTS] = 1.0
    trait[ONSET], trait[CAPACITY] = np.inf, np.inf
    if tumour.crowding is not None and "crowding" not in without:
        trait[ONSET], trait[CAPACITY] = float(tumour.crowding.onset), float(tumour.crowding.capacity)
    if host.cells is not None:
        _fill_host_traits(trait, host.cells, without)
    return trait


def _fill_host_traits(trait: Floats, cells: HostCells, without: Collection[str]) -> None:
    """Write the constants of the host cells' laws."""
    trait[TISSUE_FLOW] = float(cells.tissue_flow)
    if cells.immunity is not None:
        law = cells.immunity
        trait[KILL_RATE], trait[HALF_SIZE] = float(law.kill_rate), float(law.half_size)
        trait[TURNOVER], trait[RECRUITMENT] = float(law.turnover), float(law.recruitment)
        trait[RECRUITMENT_SIZE], trait[EXHAUSTION] = float(law.recruitment_size), float(law.exhaustion)
    if cells.infiltration is not None:
        inside = cells.infiltration
        trait[ENTRY], trait[CONTACTS] = float(inside.entry), float(inside.contacts)
        trait[EXPANSION], trait[TARGETS] = float(inside.expansion), float(inside.targets)
        trait[BYSTANDERS] = 0.0 if "bystander killing" in without else float(inside.bystanders)
    if cells.protection is not None:
        trait[SHELTER_FOLD] = float(cells.protection.fold)
        trait[SHELTER_TIME] = float(cells.protection.programme_time)
        trait[CONTACT_DEPTH] = float(cells.protection.contact_depth)
    if cells.stroma is not None:
        trait[STROMA_TIME] = float(cells.stroma.turnover_time)
        trait[RESTRAINT], trait[HINDRANCE] = float(cells.stroma.restraint), float(cells.stroma.hindrance)


def _agents(agents: Sequence[Agent], regions: Sequence[int], flow: float, holding: bool) -> Floats:
    """What the kernel reads of each agent; its passage into tissue only where the host's blood flow is known.

    ``holding``: whether those that can hold divisions do.
    """
    table = np.zeros((len(agents), AGENT_COLUMNS))
    for number, agent in enumerate(agents):
        table[number, PASSAGE], table[number, REGION] = float(agent.barrier_passage), regions[number]
        table[number, USUAL_SHARE] = 1.0
        if agent.delivery is not None and flow > 0.0:
            permeability, loss = float(agent.delivery.permeability), float(agent.delivery.loss)
            table[number, PERMEABILITY], table[number, TISSUE_LOSS] = permeability, loss
            table[number, USUAL_SHARE] = tissue_share(flow, permeability, loss)
        if agent.kill is not None:
            table[number, MAXIMUM], table[number, POWER] = float(agent.kill.maximum), float(agent.kill.power)
            table[number, CYCLE] = float(agent.kill.cycle_specificity)
        if agent.cytostasis is not None and holding:
            table[number, HELD] = float(agent.cytostasis.maximum)
            table[number, HELD_POWER] = float(agent.cytostasis.power)
    return table


def _half_power(
    agents: Sequence[Agent], mechanisms: Sequence[Mechanism], signals: Levels, effect: Literal["kill", "cytostasis"]
) -> Floats:
    """Level of half an effect on tumour cells, raised to the Hill power [conditions, agents, masks].

    A blocked pump gives its fold back; uptake raised by u divides the level by 1 + c u, for a drug of which carriers
    bring a share c into cells.
    """
    table = np.ones((len(signals), len(agents), 1 << len(mechanisms)))
    laws = [agent.kill if effect == "kill" else agent.cytostasis for agent in agents]
    if not any(laws):
        return table
    left = np.ones((len(signals), len(mechanisms)))
    for bit, mechanism in enumerate(mechanisms):
        if mechanism.reversed_by:
            left[:, bit] -= signals[mechanism.reversed_by]
    for number, agent in enumerate(agents):
        law = laws[number]
        if law is None:
            continue
        half, steepness = float(law.half), float(law.power)
        folds = [float(agent.resistance.get(mechanism.name, 1.0)) for mechanism in mechanisms]
        carried = agent.kill.carried if effect == "kill" and agent.kill is not None else None
        taken_up = 1.0 + (0.0 if carried is None else float(carried)) * signals["uptake"]
        # Most conditions block the same pumps.
        alike: dict[tuple[bytes, float], int] = {}
        for row in range(len(signals)):
            more = float(taken_up[row])
            first = alike.setdefault((left[row].tobytes(), more), row)
            if first < row:
                table[row, number] = table[first, number]
            else:
                table[row, number] = _raised(half / more, steepness, folds, left[row])
    return table


def _raised(half: float, steepness: float, folds: Sequence[float], left: Floats) -> list[float]:
    """Level of half effect of one agent, raised to the Hill power, for each mask; ``left`` is what is left of each pump."""
    levels = []
    for mask in range(1 << len(folds)):
        level = half
        for bit, fold in enumerate(folds):
            if mask >> bit & 1:
                level *= 1.0 + (fold - 1.0) * left[bit]
        levels.append(power(level, steepness))
    return levels


def _antigen(tumour: Tumour, mechanisms: Sequence[Mechanism]) -> Floats:
    """What lymphocytes see of a cell with each set of mechanisms [masks]."""
    masks = np.arange(1 << len(mechanisms))
    seen = np.full(masks.size, 0.0 if tumour.visibility is None else float(tumour.visibility.antigen))
    for bit, mechanism in enumerate(mechanisms):
        if mechanism.antigen_kept is not None:
            seen[(masks >> bit) & 1 == 1] *= float(mechanism.antigen_kept)
    return seen


def _induced_folds(mechanisms: Sequence[Mechanism], without: Collection[str]) -> Floats:
    """How many times as often a division brings each mechanism while drugs kill with all their might [mechanisms]."""
    folds = [1.0 if one.induced_fold is None else float(one.induced_fold) for one in mechanisms]
    return np.ones(len(folds)) if "drug-induced tolerance" in without else np.array(folds)


def _vessels(law: Vasculature, without: Collection[str]) -> Floats:
    """The constants of vessels, without what hangs on a mechanism that is switched off [CONSTANTS]."""
    off = {
        "vegf_tone": ("vessel tone", 0.0),
        "ang2_opening": ("opened junctions", 0.0),
        "oxygen_extraction": ("oxygen extraction", 1.0),
        "quiet_endothelium": ("quiet endothelium", 1.0),
    }
    gone = {name: number for name, (mechanism, number) in off.items() if mechanism in without}
    return np.array([gone.get(name, float(getattr(law, name))) for name in CONSTANTS])


def _constants(
    patient: Patient, vessels: Vasculature, mechanisms: Sequence[Mechanism], without: Collection[str]
) -> dict[str, Any]:
    """What is the same in every arm: the constants of the laws, and what each type of cell is."""
    tumour, trait = patient.tumour, _traits(patient, without)
    levels = int(trait[HITS]) + 1
    carried = sum(1 << bit for bit, mechanism in enumerate(mechanisms) if mechanism.name in tumour.carries)
    trait[FIRST_KIND] = carried * 2 * levels
    kinds: Integers = np.arange(levels * 2 * (1 << len(mechanisms)))
    return {
        "trait": trait,
        "vessels": _vessels(vessels, without),
        "antigen": _antigen(tumour, mechanisms),
        "instability": np.where(kinds // levels % 2 == 1, float(tumour.instability_factor), 1.0),
        "competent": (kinds % levels == levels - 1).astype(np.float64),
        "mask": (kinds // (levels * 2)).astype(np.int64),
        "mechanism_rate": np.array([float(mechanism.rate) for mechanism in mechanisms]),
        "induced_fold": _induced_folds(mechanisms, without),
        "reversal_rate": np.array([float(mechanism.reversal_rate or 0.0) for mechanism in mechanisms]),
    }


def build_model(
    patient: Patient,
    vessels: Vasculature,
    agents: Sequence[Agent] = (),
    regions: Sequence[int] = (),
    without: Collection[str] = (),
    conditions: Floats | None = None,
    shut: Integers | None = None,
) -> Model:
    """Compile a patient and the agents of an arm.

    ``regions`` gives, for each agent, the site whose artery it may be infused into (-1: none); ``without`` names the
    mechanisms that are switched off (``biology.patient.MECHANISMS``); ``conditions`` are what agents and wounds make of
    the signals [conditions, SIGNALS], the first being none of them, and ``shut`` which of them cells meet that arrive
    behind a barrier while each one holds [conditions]: by default the same. Arms share most tables: they are read, never
    written.
    """
    tumour = patient.tumour
    mechanisms = () if "resistance" in without else tumour.mechanisms
    rows = resting() if conditions is None else conditions
    shut_in = np.arange(rows.shape[0]) if shut is None else shut
    signals = Levels(rows, without)
    constants = _recent.get(
        (patient, vessels), frozenset(without), lambda: _constants(patient, vessels, mechanisms, without)
    )
    return Model(
        **condition_tables(patient, vessels, rows, shut_in, without)._asdict(),
        **constants,
        shut=np.asarray(shut_in, dtype=np.int64),
        half_power=_half_power(agents, mechanisms, signals, "kill"),
        held_half_power=_half_power(agents, mechanisms, signals, "cytostasis"),
        agent=_agents(
            agents,
            regions,
            0.0 if "delivery" in without else constants["trait"][TISSUE_FLOW],
            "cytostasis" not in without,
        ),
    )
