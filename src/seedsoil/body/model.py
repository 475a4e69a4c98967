"""From nouns to arrays: the tables that a step reads, compiled once for a patient and an arm."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from seedsoil.biology.anatomy import expected_arrests
from seedsoil.biology.cascade import arrival_success, dormant_share
from seedsoil.biology.clone import Tumour
from seedsoil.biology.drug import Agent
from seedsoil.biology.factors import levels
from seedsoil.biology.patient import Host, Patient
from seedsoil.biology.soil import Soil, arrest_chance, match
from seedsoil.biology.vasculature import Vasculature
from seedsoil.biology.vessels import CONSTANTS
from seedsoil.body.state import (
    AGENT_COLUMNS,
    BURDEN_HAZARD,
    BURDEN_POWER,
    CEILING,
    CO_OPTION,
    CYCLE,
    DEATH,
    DIVISION,
    ESTABLISHED,
    HIT_RATE,
    HITS,
    HYPOXIA_ON,
    HYPOXIC_DEATH,
    INSTABILITY_RATE,
    LETHAL,
    MAXIMUM,
    OPENING,
    PASSAGE,
    POWER,
    REGION,
    REPLACEMENT,
    RESEEDING,
    RIM,
    SHED_GAIN,
    SHED_POWER,
    SHEDDING,
    SITE_COLUMNS,
    SLEEPERS,
    SLOW,
    SPROUTING_ON,
    SWITCH_RATE,
    TRAITS,
    WAKING,
    Floats,
    Model,
)
from seedsoil.foundation.elementary import exp, power

CELLS_PER_MILLILITRE = 1e9


def _site_row(tumour: Tumour, soil: Soil, vessels: Vasculature, without: Collection[str]) -> Floats:
    """Rates of a cell of this tumour in this soil, with full oxygen."""
    row = np.zeros(SITE_COLUMNS)
    ligands = levels(soil.ligands)
    half = float(tumour.ligand_half_saturation)
    congenial = match(levels(tumour.receptors), ligands, half)
    surviving = match(levels(tumour.survival_receptors), ligands, half)
    if "soil matching" in without:
        congenial, surviving = 1.0, 1.0
    row[DIVISION] = float(tumour.division_rate) * congenial
    row[DEATH] = float(tumour.death_rate) + float(tumour.unmatched_death_rate) * (1.0 - surviving)
    if "co-option" not in without:
        row[CO_OPTION] = float(tumour.co_option) * float(soil.vessel_density) / float(vessels.reference_density)
    row[OPENING], row[CEILING] = 0.0, -1.0
    if soil.barrier is not None:
        row[OPENING], row[CEILING] = float(soil.barrier.opening_diameter), float(soil.barrier.ceiling)
    row[LETHAL] = float(soil.lethal_volume) * CELLS_PER_MILLILITRE
    row[SLEEPERS] = 0.0 if "dormancy" in without else dormant_share(tumour, soil, row[DIVISION])
    return row


def _sites(patient: Patient, vessels: Vasculature, without: Collection[str]) -> Floats:
    host = patient.host
    table = np.zeros((len(host.anatomy.sites), SITE_COLUMNS))
    table[:, LETHAL], table[:, CEILING] = np.inf, -1.0
    for position, site in enumerate(host.anatomy.sites):
        if site.soil:
            table[position] = _site_row(patient.tumour, host.soil(site.soil), vessels, without)
    return table


def arrests(tumour: Tumour, host: Host) -> Floats:
    """Chance that a cell shed at site i, alive in the vessel, arrests at site j [sites, sites]."""
    adhesion = levels(tumour.adhesion)
    held = []
    for site in host.anatomy.sites:
        trap = float(site.size_trap)
        addressins = levels(host.soil(site.soil).addressins) if site.soil else (0.0,) * len(adhesion)
        held.append(arrest_chance(adhesion, addressins, trap))
    survival = exp(-float(tumour.transit_loss_rate) * float(tumour.transit_time))
    return expected_arrests(host.anatomy.flow(), held, float(survival))


def _emission(patient: Patient, sites: Floats, without: Collection[str]) -> Floats:
    """Chance that a competent cell, once shed at site i, founds a lesion at site j [sites, sites]."""
    tumour, host = patient.tumour, patient.host
    success = np.zeros(len(host.anatomy.sites))
    if "metastasis" not in without:
        for position, site in enumerate(host.anatomy.sites):
            if site.soil:
                success[position] = arrival_success(
                    tumour, host.soil(site.soil), sites[position, DIVISION], sites[position, DEATH], without
                )
    # C order whatever the solver gave: another layout is another type, for which all kernels are compiled again.
    return np.ascontiguousarray(arrests(tumour, host) * float(tumour.viable_when_shed) * success[None, :])


def _traits(patient: Patient, without: Collection[str]) -> Floats:
    tumour, host = patient.tumour, patient.host
    trait = np.zeros(TRAITS)
    trait[HYPOXIC_DEATH], trait[RIM] = float(tumour.hypoxic_death_rate), float(tumour.diffusion_rim)
    trait[SWITCH_RATE], trait[SHEDDING] = float(tumour.angiogenic_switch_rate), float(tumour.shedding_rate)
    trait[SHED_GAIN] = float(tumour.hypoxic_shedding_gain)
    trait[SHED_POWER] = float(tumour.hypoxic_shedding_power)
    trait[WAKING] = max(1e-12, float(tumour.wake_rate) + float(tumour.dormant_death_rate))
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
    return trait


def _agents(agents: Sequence[Agent], regions: Sequence[int], mechanisms: Sequence[str]) -> tuple[Floats, Floats]:
    masks = 1 << len(mechanisms)
    table = np.zeros((len(agents), AGENT_COLUMNS))
    half = np.ones((len(agents), masks))
    for number, agent in enumerate(agents):
        table[number, PASSAGE], table[number, REGION] = float(agent.barrier_passage), regions[number]
        if agent.kill is None:
            continue
        steepness = float(agent.kill.power)
        table[number, MAXIMUM], table[number, POWER] = float(agent.kill.maximum), steepness
        table[number, CYCLE] = float(agent.kill.cycle_specificity)
        for mask in range(masks):
            fold = 1.0
            for bit, name in enumerate(mechanisms):
                if mask >> bit & 1 and name in agent.resistance:
                    fold *= float(agent.resistance[name])
            half[number, mask] = power(float(agent.kill.half) * fold, steepness)
    return table, half


def build_model(
    patient: Patient,
    vessels: Vasculature,
    agents: Sequence[Agent] = (),
    regions: Sequence[int] = (),
    without: Collection[str] = (),
) -> Model:
    """Compile a patient and the agents of an arm.

    ``regions`` gives, for each agent, the site whose artery it may be infused into (-1: none); ``without`` names the
    mechanisms that are switched off (``biology.patient.MECHANISMS``).
    """
    tumour = patient.tumour
    mechanisms = () if "resistance" in without else tumour.mechanisms
    trait = _traits(patient, without)
    levels = int(trait[HITS]) + 1
    types = levels * 2 * (1 << len(mechanisms))
    kinds = np.arange(types)
    mask = kinds // (levels * 2)
    fitness = np.ones(types)
    for bit, mechanism in enumerate(mechanisms):
        fitness[(mask >> bit) & 1 == 1] *= 1.0 - float(mechanism.fitness_cost)
    sites = _sites(patient, vessels, without)
    emission = _emission(patient, sites, without)
    table, half = _agents(agents, regions, [mechanism.name for mechanism in mechanisms])
    return Model(
        site=sites,
        trait=trait,
        emission=emission,
        emission_total=emission.sum(axis=1),
        vessels=np.array([float(getattr(vessels, name)) for name in CONSTANTS]),
        fitness=fitness,
        instability=np.where(kinds // levels % 2 == 1, float(tumour.instability_factor), 1.0),
        competent=(kinds % levels == levels - 1).astype(np.float64),
        mask=mask.astype(np.int64),
        mechanism_rate=np.array([float(mechanism.rate) for mechanism in mechanisms]),
        agent=table,
        half_power=half,
    )
