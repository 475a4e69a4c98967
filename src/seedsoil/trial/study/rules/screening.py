"""Screening of people without symptoms, read from a study file: { scan = "ct", every = "1 year" }."""

from __future__ import annotations

from seedsoil.experiment.grow import Screening
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.trial.study.reader import Reader, shown

__all__ = ["read_screening"]

_EXAMPLE = '{ scan = "ct", every = "1 year" }'
#: Looks are on the engine's grid of weeks; rarer ones than once in twenty years find nobody.
SHORTEST_DAYS, LONGEST_DAYS = 28.0, 20 * 365.25


def read_screening(reader: Reader, given: object) -> Screening | None:
    """Return with what, and how often, everybody is looked at; None after a fault."""
    before, place = len(reader.faults), "diagnosis.screening"
    if not isinstance(given, dict):
        reader.fault(place, f"{shown(given)} is not a table; write {_EXAMPLE}")
        return None
    table = reader.table(given, place, ("scan", "every"))
    for key in ("scan", "every"):
        if key not in table:
            reader.fault(f"{place}.{key}", f"is missing; write {_EXAMPLE}")
    if len(table) < 2:
        return None
    tool = reader.choice(table["scan"], f"{place}.scan", sorted(INSTRUMENTS), "an instrument")
    every = reader.quantity(table["every"], f"{place}.every", "day", SHORTEST_DAYS, LONGEST_DAYS)
    return Screening(tool, every) if len(reader.faults) == before else None
