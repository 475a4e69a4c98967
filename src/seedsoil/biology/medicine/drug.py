"""The agent: how a drug moves through the body, what it does there, and what resists it."""

from __future__ import annotations

from typing import Literal

from seedsoil.biology.quantities import (
    Concentration,
    Days,
    Fraction,
    Litres,
    LitresPerDay,
    Noun,
    Number,
    PerConcentration,
    PerDay,
    SurfaceDose,
)
from seedsoil.biology.signals import Blocked, Raised


class Distribution(Noun):
    """One or two compartments, an oral depot if given, and an effect site that lags behind the plasma if given."""

    clearance: LitresPerDay
    volume: Litres
    intercompartmental_clearance: LitresPerDay | None = None
    peripheral_volume: Litres | None = None
    absorption_rate: PerDay | None = None
    bioavailability: Fraction | None = None
    effect_half_life: Days | None = None
    first_pass_extraction: Fraction | None = None


class Delivery(Noun):
    """Passage from blood into a tumour: wall permeability and loss in the tissue, each per tissue volume.

    ``permeability`` is that of a wall of leak 1. Permeability far above the blood's flow is limited by perfusion (small
    molecules), far below it by leak (antibodies). Levels are relative to a tumour of perfusion 1 and leak 1.
    """

    permeability: PerDay
    loss: PerDay


class Kill(Noun):
    """A hazard of death for tumour cells: maximum C^power / (half^power + C^power), by the cycling share."""

    maximum: PerDay
    half: Concentration
    power: Number
    cycle_specificity: Fraction


class EndothelialKill(Noun):
    """A hazard of death for the endothelium of lesions, as far as no signal of the tumour keeps it alive."""

    maximum: PerDay
    half: Concentration
    power: Number


class Block(Noun):
    """A signal held back: occupancy C / half adds over agents, and the share lost is (C / half) / (1 + C / half)."""

    target: Blocked
    half: Concentration


class Raise(Noun):
    """A signal raised: maximum C^power / (half^power + C^power), which adds over agents [1]."""

    target: Raised
    half: Concentration
    maximum: Number
    power: Number


class Toxicity(Noun):
    """What bounds a dose: how strongly plasma slows the making of neutrophils [L/mg], and how much may be given in a life."""

    neutrophil_slope: PerConcentration | None = None
    cumulative_limit: SurfaceDose | None = None


class Agent(Noun):
    """A drug: its kinetics, its effects, the routes it is given by, and the fold by which each mechanism resists it."""

    name: str
    title: str
    routes: tuple[Literal["iv", "oral", "hepatic_artery"], ...]
    distribution: Distribution
    delivery: Delivery | None = None
    kill: Kill | None = None
    endothelial_kill: EndothelialKill | None = None
    blocks: tuple[Block, ...] = ()
    raises: tuple[Raise, ...] = ()
    resistance: dict[str, Number] = {}
    toxicity: Toxicity | None = None
    barrier_passage: Fraction
