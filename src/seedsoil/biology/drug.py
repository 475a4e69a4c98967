"""The agent: how a drug moves through the body, what it does there, and what resists it."""

from __future__ import annotations

from typing import Literal

from seedsoil.biology.quantities import Concentration, Days, Fraction, Litres, LitresPerDay, Noun, Number, PerDay


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


class Kill(Noun):
    """A hazard of death for tumour cells: maximum C^power / (half^power + C^power), by the cycling share."""

    maximum: PerDay
    half: Concentration
    power: Number
    cycle_specificity: Fraction


class Block(Noun):
    """Occupancy C / half of a signal that vessels live on."""

    target: Literal["vegf", "ang2", "pericyte"]
    half: Concentration


class Agent(Noun):
    """A drug: its kinetics, its effects, the routes it is given by, and the fold by which each mechanism resists it."""

    name: str
    title: str
    routes: tuple[Literal["iv", "oral", "hepatic_artery"], ...]
    distribution: Distribution
    kill: Kill | None = None
    blocks: tuple[Block, ...] = ()
    resistance: dict[str, Number] = {}
    barrier_passage: Fraction
