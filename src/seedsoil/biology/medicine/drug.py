"""The agent: how a drug moves through the body, what it does there, and what resists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import model_validator

from seedsoil.biology.quantities import (
    Concentration,
    Days,
    Fraction,
    Litres,
    LitresPerDay,
    MilligramsPerDay,
    Noun,
    Number,
    PerConcentration,
    PerDay,
    SurfaceDose,
)
from seedsoil.biology.signals import Blocked, Raised


class Distribution(Noun):
    """One or two compartments, an oral depot if given, and an effect site that lags behind the plasma if given.

    Elimination is linear (``clearance``), by an enzyme that can be full (``maximum_elimination``, half of it at the level
    ``half_elimination``), or both. With ``maximum_distribution`` a further tissue takes the drug up, and can be full too.
    """

    clearance: LitresPerDay | None = None
    maximum_elimination: MilligramsPerDay | None = None
    half_elimination: Concentration | None = None
    volume: Litres
    intercompartmental_clearance: LitresPerDay | None = None
    peripheral_volume: Litres | None = None
    maximum_distribution: MilligramsPerDay | None = None
    half_distribution: Concentration | None = None
    return_rate: PerDay | None = None
    absorption_rate: PerDay | None = None
    bioavailability: Fraction | None = None
    effect_half_life: Days | None = None
    first_pass_extraction: Fraction | None = None

    @property
    def is_saturable(self) -> bool:
        """Whether something in this body can be full, so that doses do not simply add."""
        return self.maximum_elimination is not None or self.maximum_distribution is not None

    def gaps(self) -> list[str]:
        """Say what is half given, or lacking."""
        found = [
            f"{what} needs {'both ' if len(names) == 2 else ''}{', '.join(names[:-1])} and {names[-1]}"
            for what, names in _TOGETHER.items()
            if len({getattr(self, name) is None for name in names}) > 1
        ]
        if self.clearance is None and self.maximum_elimination is None:
            found.append("nothing eliminates the drug: give clearance, or maximum_elimination and half_elimination")
        return found

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if gaps := self.gaps():
            raise ValueError("; ".join(gaps))
        return self


_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "a second compartment": ("peripheral_volume", "intercompartmental_clearance"),
    "elimination that can be full": ("maximum_elimination", "half_elimination"),
    "distribution that can be full": ("maximum_distribution", "half_distribution", "return_rate"),
}


class Delivery(Noun):
    """Passage from blood into a tumour: wall permeability and loss in the tissue, each per tissue volume.

    ``permeability`` is that of a wall of leak 1. Permeability far above the blood's flow is limited by perfusion (small
    molecules), far below it by leak (antibodies). Levels are relative to a tumour of perfusion 1 and leak 1.
    """

    permeability: PerDay
    loss: PerDay


class Kill(Noun):
    """A hazard of death for tumour cells: maximum C^power / (half^power + C^power), by the cycling share.

    ``carried`` is the share of the drug that comes into cells by nucleoside carriers, of which an agent can raise more:
    uptake raised by u then counts as 1 + carried u times the level. None if left out.
    """

    maximum: PerDay
    half: Concentration
    power: Number
    cycle_specificity: Fraction
    carried: Fraction | None = None


class Cytostasis(Noun):
    """A share of tumour cells' divisions that is held: maximum C^power / (half^power + C^power).

    Cells that are held are not in cycle: what kills cycling cells spares them. Several drugs leave prod (1 - share), as if each
    held by chance apart from the others.
    """

    maximum: Fraction
    half: Concentration
    power: Number


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
    """A signal raised: maximum C^power / (half^power + C^power), which adds over agents [1].

    With ``fading_half_life`` it follows that level as slowly as it fades once the drug is gone; at once if left out.
    """

    target: Raised
    half: Concentration
    maximum: Number
    power: Number
    fading_half_life: Days | None = None


class Toxicity(Noun):
    """What bounds a dose: neutrophils, and how much of it may be given in a day, and in a life.

    Plasma slows the making of neutrophils by ``neutrophil_slope``, ``neutrophil_delay`` days later where it harms the
    cells before those that divide into them. ``daily_limit`` holds for each route: no 24 hours bring more [mg/m^2].
    """

    neutrophil_slope: PerConcentration | None = None
    neutrophil_delay: Days | None = None
    cumulative_limit: SurfaceDose | None = None
    daily_limit: dict[str, SurfaceDose] = {}


class Agent(Noun):
    """A drug: its kinetics, its effects, the routes it is given by, and the fold by which each mechanism resists it."""

    name: str
    title: str
    routes: tuple[Literal["iv", "oral", "hepatic_artery"], ...]
    distribution: Distribution
    delivery: Delivery | None = None
    kill: Kill | None = None
    cytostasis: Cytostasis | None = None
    endothelial_kill: EndothelialKill | None = None
    blocks: tuple[Block, ...] = ()
    raises: tuple[Raise, ...] = ()
    resistance: dict[str, Number] = {}
    toxicity: Toxicity | None = None
    barrier_passage: Fraction
