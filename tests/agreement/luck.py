"""Patients, timelines and states drawn at random, so that no law of the step is left at rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import BLOCKED, SIGNALS
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.biology.soils.vessels import ENDOTHELIUM_KILLED, SPROUTING_RAISED, VEGF_BLOCKED, VESSEL_SIGNALS
from seedsoil.body.conditions import total_emission
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    ACTIVE,
    ARRIVED,
    BEGAN,
    BORROWED_LOST,
    CALLED,
    CEILING,
    CELLS,
    CLOCK,
    CLONE_LESION,
    CLONE_PARENT,
    CLONE_POOLED,
    CLONE_TYPE,
    CLONES,
    DEATH,
    DIVISION,
    DORMANT,
    FATE,
    GROWING,
    HALF_CATCH,
    IMMATURE,
    INSIDE,
    LARGEST,
    LESIONS,
    MATURE,
    NODES,
    OPENINGS,
    OPENNESS,
    PARENT,
    PERFUSION,
    REPLACES,
    SENSITIVITY,
    SHELTERED,
    SITE,
    SPRING,
    SPROUTS,
    STROMA,
    THRESHOLD,
    TRACKED,
    VIGOUR,
    Model,
    State,
    Timeline,
    new_state,
    with_room,
)
from tests.agreement.people import AGENTS, PATIENT, VESSELS, shaken
from tests.properties.examples import own

CONDITIONS = 4
#: Sites of the small anatomy that have a soil.
_SOILS = (0, 2, 3, 4)
#: What a study may switch off that the step feels.
_SWITCHES = (
    "sprouting", "co-option", "hypoxia", "resistance", "soil matching", "dormancy", "instability", "competence",
    "reseeding", "lesion reseeding", "delivery", "barrier", "astrocyte protection", "lymphocytes", "macrophages", "stroma", "inflammation",
    "lymphocyte infiltration", "bystander killing", "clusters", "founder variation", "founder sensitivity", "receptor blockade", "vessel tone",
    "opened junctions", "drug uptake", "oxygen extraction", "hormone withdrawal", "quiet endothelium",
)  # fmt: skip


def anyone(number: int) -> tuple[State, Model, Timeline]:
    """A patient of whom everything is drawn: numbers, what is switched off, signals, drugs, lesions, clones."""
    luck = np.random.default_rng([2015, number])
    model = any_model(luck)
    return any_state(luck, model), model, any_timeline(luck, 70.0)


def any_model(luck: np.random.Generator) -> Model:
    """The tables of a random patient under random conditions, a mechanism or two of the host switched off."""
    off = tuple(name for name in _SWITCHES if luck.random() < 0.05)
    patient = Patient(tumour=shaken(PATIENT.tumour, luck), host=shaken(PATIENT.host, luck))
    return conditioned(luck, patient, shaken(VESSELS, luck), [shaken(agent, luck) for agent in AGENTS], off)


def conditioned(
    luck: np.random.Generator, patient: Patient = PATIENT, vessels: Vasculature = VESSELS,
    agents: Sequence[Agent] = AGENTS, off: tuple[str, ...] = (),
) -> Model:  # fmt: skip
    """The tables of a patient under random conditions, each of which changes every column for itself."""
    rows = np.zeros((CONDITIONS, len(SIGNALS)))
    rows[1:] = luck.random((CONDITIONS - 1, len(SIGNALS)))
    rows[1:, len(BLOCKED) : -1] *= 2.0
    model = own(build_model(patient, vessels, agents, [3, -1, 4, -1], off, rows))
    for table in (
        model.site, model.fitness, model.hormone_death, model.half_power, model.emission, model.landing, model.held_half_power,
    ):  # fmt: skip
        table[1:] *= luck.uniform(0.7, 1.4, table[1:].shape)
    # Lesions of a million cells hold much of what comes by.
    model.site[:, :, HALF_CATCH] *= 1e-6
    model.site[:, 0, CEILING] = np.abs(model.site[:, 4, CEILING])
    return model._replace(emission_total=total_emission(model.emission, model.favour))


def any_timeline(luck: np.random.Generator, days: float) -> Timeline:
    """Pieces of a quarter of a day to four days, some with days between them, under every signal; others hold outside."""
    edges = np.cumsum(luck.choice([0.25, 0.6, 1.3, 2.0, 4.0], 200) * luck.uniform(0.9, 1.1, 200))
    edges = edges[edges < days]
    kept = luck.random(edges.size - 1) < 0.8
    start, end = edges[:-1][kept], edges[1:][kept]
    levels = np.exp(luck.normal(-1.5, 1.5, (2, start.size, len(AGENTS), NODES)))
    levels[:, luck.random(start.size) < 0.3] = 0.0
    signal = luck.random((start.size + 1, VESSEL_SIGNALS))
    signal[:, VEGF_BLOCKED] *= 10.0
    signal[:, SPROUTING_RAISED] *= 3.0
    signal[:, ENDOTHELIUM_KILLED] *= 0.3 * (luck.random(start.size + 1) < 0.7)
    condition = luck.integers(0, CONDITIONS, start.size + 1)
    behind = luck.integers(0, CONDITIONS, (start.size + 1, OPENINGS))
    return Timeline(start, end, levels[0], 10.0 * levels[1], signal, condition, behind)


def any_state(luck: np.random.Generator, model: Model, lesions: int = 7) -> State:
    """Lesions of ten to three million cells of many types, with any vessels and host cells; the last two are asleep."""
    state = new_state(model.mask.shape[0])
    for row in range(lesions):
        lesion = state.lesion[row]
        lesion[SITE], lesion[PARENT], lesion[ARRIVED] = luck.choice(_SOILS), row - 1.0 if row < 3 else 0.0, 0.0
        lesion[IMMATURE], lesion[MATURE] = luck.uniform(0.0, 0.8, 2)
        lesion[PERFUSION] = lesion[MATURE]
        lesion[SPROUTS], lesion[REPLACES] = luck.integers(0, 2, 2)
        lesion[CLOCK], lesion[VIGOUR], lesion[OPENNESS] = luck.exponential(), *luck.normal(0.0, 0.3, 2)
        lesion[SENSITIVITY] = luck.normal(0.0, 0.3)
        lesion[BORROWED_LOST], lesion[SHELTERED], lesion[STROMA] = luck.uniform(0.0, 0.8, 3)
        lesion[CALLED] = luck.uniform(-0.5, 3.0)
        lesion[INSIDE] = luck.integers(0, 2) * np.exp(luck.uniform(0.0, 7.0))
        state.lesion_key[row] = luck.integers(1, 1 << 60)
        if row >= lesions - 2:
            lesion[FATE], lesion[ACTIVE] = DORMANT, luck.uniform(0.0, 30.0)
            lesion[SPRING] = luck.integers(0, model.mask.shape[0])
            lesion[BEGAN] = lesion[ACTIVE] - (25.0 if _can_grow(lesion, model) else 0.0)
            continue
        lesion[FATE] = GROWING
        _give_clones(luck, state, row, np.exp(luck.uniform(np.log(10.0), np.log(3e6))))
    state.count[LESIONS] = lesions
    state.clock[THRESHOLD], state.clock[TRACKED] = np.inf, luck.integers(0, 8)
    return state


def any_founders(luck: np.random.Generator, state: State, model: Model, founders: int) -> State:
    """Add founders of any type at any site, whose families have grown for up to forty days when they are counted."""
    first = int(state.count[LESIONS])
    state = with_room(state, first + founders, 20000)
    for row in range(first, first + founders):
        lesion = state.lesion[row]
        lesion[SITE], lesion[FATE], lesion[ACTIVE] = luck.choice(_SOILS), DORMANT, luck.uniform(0.0, 60.0)
        lesion[VIGOUR], lesion[OPENNESS], lesion[SENSITIVITY] = luck.normal(0.0, 0.3, 3)
        lesion[SPRING], lesion[CLOCK] = luck.integers(0, model.mask.shape[0]), luck.exponential()
        lesion[BEGAN] = lesion[ACTIVE] - (luck.uniform(0.0, 40.0) if _can_grow(lesion, model) else 0.0)
        state.lesion_key[row] = luck.integers(1, 1 << 60)
    state.count[LESIONS] = first + founders
    return state


def _can_grow(lesion: NDArray[np.float64], model: Model) -> bool:
    """Whether a founder's family grows in a host at rest."""
    site, mask = int(lesion[SITE]), model.mask[int(lesion[SPRING])]
    birth = model.site[0, site, DIVISION] * np.exp(lesion[VIGOUR]) * model.fitness[0, site, mask]
    return bool(birth > model.site[0, site, DEATH])


def _give_clones(luck: np.random.Generator, state: State, row: int, cells: float) -> None:
    """Give a lesion up to twelve clones of different types, some of them pools."""
    types = state.cells.shape[1] - 48
    kinds: NDArray[np.int64] = luck.choice(types, luck.integers(1, 13), replace=False)
    shares = luck.dirichlet(np.full(kinds.size, 0.4))
    for kind, share in zip(kinds, shares, strict=True):
        slot, line = state.used[row], state.count[CLONES]
        state.cells[row, slot], state.kind[row, slot] = np.ceil(share * cells), kind
        state.clone_of[row, slot], state.slot_key[row, slot] = line, luck.integers(1, 1 << 60)
        state.clone[line, CLONE_PARENT], state.clone[line, CLONE_LESION] = -1, row
        state.clone[line, CLONE_TYPE], state.clone[line, CLONE_POOLED] = kind, luck.integers(0, 2)
        state.used[row], state.count[CLONES] = slot + 1, line + 1
    state.lesion[row, [CELLS, LARGEST]] = state.cells[row].sum()
