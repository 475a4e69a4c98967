"""A rule of behaviour: what a cell senses raises or lowers what it does, by how much, and from which level on.

Rates that are raised add up, as hazards do; what is lowered is multiplied. So rules have no order. Half-points and powers are
those of Hill's law; the wording follows the cell behaviour grammar of Johnson and others (recalled: Cell 2025, 188, 4711).
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from seedsoil.biology.lesion.substance import LEVEL_UNITS, Level
from seedsoil.biology.quantities import Noun
from seedsoil.foundation.value import Quantity, Value

SignalLevel = Annotated[Value, Level(*LEVEL_UNITS, "day")]
#: How much a rule adds to a behaviour: a rate of events, of a substance's flow, a speed; a share, a weight.
Amount = Annotated[Value, Level("1", "1/day", "um/min")]
Power = Annotated[Value, Quantity("1", minimum=0.25, maximum=20.0)]

#: What a cell can sense besides levels of substances ("oxygen") and neighbours of a kind ("contact astrocyte").
SENSES: dict[str, str] = {
    "space": "share of the voxels about it that it could take [1]",
    "programme": "how far its survival programme is on, 0 to 1 [1]",
    "age": "time since its last division or arrival [day]",
    "perfused": "whether blood flows in this piece of vessel, 0 or 1 [1]",
    "covered": "whether pericytes cover this piece of vessel, 0 or 1 [1]",
    "native": "whether this piece of vessel is the organ's own and did not grow for the tumour, 0 or 1 [1]",
    "crowding": "share of the voxels within the spacing of tips that hold live vessel [1]",
}
#: What a cell can do, and the unit of how much.
BEHAVIOURS: dict[str, str] = {
    "division": "1/day",
    "death": "1/day",
    "necrosis": "1/day",
    "movement": "um/min",
    "change": "1/day",
    "attack": "1/day",
    "programme": "1",
    "sprouting": "1/day",
    "covering": "1/day",
    "uncovering": "1/day",
    "pruning": "1/day",
    "opening": "1",
    "visibility": "1",
    "mutation": "1",
    "vessel_affinity": "1",
}
#: What a cell can do to a substance or about it, by name ("secretion vegf"), and what a vessel can let in ("admission macrophage").
BEHAVIOURS_OF: dict[str, str] = {"secretion": "1/min", "uptake": "1/min", "attraction": "1", "admission": "1/day"}


class Need(Noun):
    """A second thing that a rule needs: its response is multiplied by x / (x + half) of it."""

    signal: str
    half: SignalLevel

    @model_validator(mode="after")
    def _some(self) -> Self:
        """A half-point is above 0: without any of the signal there is no response."""
        if not self.half.number > 0.0:
            raise ValueError(f"half: a level above 0, got {self.half}")
        return self


class Shift(Noun):
    """What makes a cell less sensitive: the half-point is multiplied by 1 + ``by`` times this signal's level."""

    signal: str
    by: Annotated[Value, Quantity("1", minimum=0.0)]


def _several(given: object) -> object:
    """One shift, told without a list, as several of which there is one; none as none of them."""
    if given is None:
        return ()
    return (given,) if isinstance(given, dict | Shift) else given


class Rule(Noun):
    """One rule: ``signal`` raises or lowers a behaviour.

    Attributes
    ----------
    signal : str
        A substance, "contact KIND" (share of the voxels about a cell that hold that kind), or one of ``SENSES``.
    raises, lowers : str
        The behaviour, of which one is given: of ``BEHAVIOURS``, or of ``BEHAVIOURS_OF`` with a name behind.
    by : Value, optional
        What a signal without end adds to the behaviour (in its unit), or the share of it that it takes away (1: all).
    half, power : Value
        Level of half effect, and Hill's power.
    needs : Need, optional
        A second signal without which the first does nothing.
    shifted_by : Shift, or several
        Signals that move the half-point up: antagonists, or a survival programme. Several that compete for one receptor
        move it by 1 + the sum of what each does (Gaddum).
    """

    signal: str
    raises: str = ""
    lowers: str = ""
    by: Amount | None = None
    half: SignalLevel
    power: Power = Value(number=1.0, unit="1", low=1.0, high=4.0, grade="assumed", source="assumed")
    needs: Need | None = None
    shifted_by: Annotated[tuple[Shift, ...], BeforeValidator(_several)] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """A rule raises or lowers one thing; what is raised says by how much; what is lowered loses a share."""
        if bool(self.raises) == bool(self.lowers):
            raise ValueError("raises, lowers: name one behaviour in one of the two")
        if self.raises and self.by is None:
            raise ValueError(f"by: say how much a strong signal adds to {self.raises!r}")
        if self.lowers and self.by is not None and (self.by.unit != "1" or self.by.number > 1.0):
            raise ValueError(f"by: the share of {self.lowers!r} that is taken away, from 0 to 1, got {self.by}")
        if not self.half.number > 0.0:
            raise ValueError(f"half: a level above 0, got {self.half}")
        return self

    @property
    def behaviour(self) -> str:
        """The behaviour that the rule acts on."""
        return self.raises or self.lowers
