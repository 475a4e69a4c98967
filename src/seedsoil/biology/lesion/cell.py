"""A kind of cell in a block of tissue: what it does unasked, what it takes and gives, and its rules."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from seedsoil.biology.lesion.rule import Rule
from seedsoil.biology.lesion.substance import PerMinute
from seedsoil.biology.quantities import Days, Fraction, Noun, Number, PerDay, Truth, Whole
from seedsoil.foundation.value import Quantity, Value

Speed = Annotated[Value, Quantity("um/min", minimum=0.0)]

_none_a_day, _none, _at_rest = (
    Value(number=0.0, unit=unit, low=0.0, high=0.0, grade="assumed", source="assumed")
    for unit in ("1/day", "1", "um/min")
)


class Mechanism(Noun):
    """A heritable trait by which clones differ: mutants arise at ``probability`` a division and divide less by ``cost``.

    ``against`` names the substances that it is good against, each with the fold of its level that a mutant needs. ``changes``
    names behaviours, each with the number by which a mutant's is multiplied: ``{"uptake matrix" = 6}`` are more enzymes,
    ``{visibility = 0.1}`` is lost antigen, ``{mutation = 20}`` is instability.
    """

    name: str
    probability: Fraction
    against: dict[str, Number] = Field(default_factory=dict)
    cost: Fraction = _none
    changes: dict[str, Number] = Field(default_factory=dict)


class CellKind(Noun):
    """A kind of cell, which fills a voxel.

    Attributes
    ----------
    part : {"tumour", "host", "vessel", "sprout"}
        What it is part of. Vessels carry blood and stand still; sprouts lead new vessels and leave them behind.
    division, death, necrosis, change, attack : Value
        Hazards without any signal [1/day]: ``change`` makes it the kind ``becomes``, ``attack`` kills a neighbour of ``targets``.
    sprouting, covering, uncovering, pruning : Value
        Those of a vessel: a tip leaves it, pericytes come to a piece of it, or go, a piece regresses [1/day].
    movement : Value
        Speed of its walk [um/min].
    uptake, secretion : dict of Value
        By substance [1/min]: a share of its level; an amount against its reference.
    attraction : dict of Value
        By substance: how much its walk follows a level that rises [1]; the weight of a neighbouring place is 1 + this
        times the rise over the level here and the half-point (the reference).
    vessel_affinity : Value
        Added weight of places that touch a vessel, in walk and division (co-option) [1].
    pushes : int
        Cells that a dividing one, or the tip of a sprout, can push aside in a row, 0 to 20.
    pulls : int
        Cells in a row that are drawn into the place of a dead one of this kind, 0 to 250: cohesion keeps a nodule whole, and it
        shrinks by what it clears.
    invasion : Value
        Probability that it takes the place of a cell that yields, in division or walk, when it has chosen that place [1].
    yields : bool
        Whether it gives way to kinds that invade.
    cohesion : Value
        How much it holds on to its own kind, as energy of a place among them alone against that of its random motion: the
        weight of a place is exp(cohesion x share of its neighbours that are of the kind), and so is the odds of leaving one [1].
    swaps : bool
        Whether its walk exchanges places with other cells, or needs an empty one.
    programme_time : Value, optional
        Time in which its survival programme follows what the rules ask for [day].
    body_time, ghost_time : Value
        Mean time until the place of an apoptotic or a necrotic cell is free [day].
    variation : Value
        Probability a division of a neutral mutation, by which clones are told apart [1].
    visibility : Value, optional
        Probability that a blow of a killer that goes by antigen comes true: antigen shown, less what checkpoints stay [1]; left
        out: 1.
    by_antigen : bool
        Whether its attack is such a blow; else it kills whatever of its targets it strikes.
    mechanisms : tuple of Mechanism
        Traits that its mutants find, and by which its clones differ.
    """

    name: str
    title: str
    part: Literal["tumour", "host", "vessel", "sprout"] = "host"
    division: PerDay = _none_a_day
    death: PerDay = _none_a_day
    necrosis: PerDay = _none_a_day
    change: PerDay = _none_a_day
    attack: PerDay = _none_a_day
    sprouting: PerDay = _none_a_day
    covering: PerDay = _none_a_day
    uncovering: PerDay = _none_a_day
    pruning: PerDay = _none_a_day
    movement: Speed = _at_rest
    becomes: str = ""
    targets: tuple[str, ...] = ()
    uptake: dict[str, PerMinute] = Field(default_factory=dict)
    secretion: dict[str, PerMinute] = Field(default_factory=dict)
    attraction: dict[str, Number] = Field(default_factory=dict)
    vessel_affinity: Number = _none
    pushes: Whole = 0
    pulls: Whole = 0
    invasion: Fraction = _none
    cohesion: Number = _none
    yields: Truth = False
    swaps: Truth = False
    programme_time: Days | None = None
    body_time: Days
    ghost_time: Days
    variation: Fraction = _none
    visibility: Fraction | None = None
    by_antigen: Truth = False
    mechanisms: tuple[Mechanism, ...] = ()
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Who changes has something to become, who attacks has targets; a row that is pushed has three cells at most."""
        changes = float(self.change) > 0.0 or any(rule.raises == "change" for rule in self.rules)
        attacks = float(self.attack) > 0.0 or any(rule.raises == "attack" for rule in self.rules)
        if changes and not self.becomes:
            raise ValueError("becomes: name the kind that a cell of this kind changes into")
        if attacks and not self.targets:
            raise ValueError("targets: name the kinds that a cell of this kind attacks")
        if not 0 <= self.pushes <= 20:
            raise ValueError(f"pushes: a number of cells from 0 to 20, got {self.pushes}")
        if not 0 <= self.pulls <= 250:
            raise ValueError(f"pulls: a number of cells from 0 to 250, got {self.pulls}")
        for name in ("body_time", "ghost_time"):
            if not float(getattr(self, name)) > 0.0:
                raise ValueError(f"{name}: a time above 0 days, got {getattr(self, name)}")
        if self.programme_time is not None and not float(self.programme_time) > 0.0:
            raise ValueError(f"programme_time: a time above 0 days, got {self.programme_time}")
        return self
