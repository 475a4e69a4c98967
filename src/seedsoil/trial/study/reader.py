"""One reader for all fields of a study: it goes on after a fault, so that all are named at once."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from seedsoil.catalogue.files import is_hidden
from seedsoil.catalogue.shelf import Shelf
from seedsoil.catalogue.toml import toml_key
from seedsoil.foundation.errors import SeedsoilError, UnitError, did_you_mean, known_words
from seedsoil.foundation.units import plain, read, write
from seedsoil.foundation.value import Quantity, Value

__all__ = [
    "TOO_NEAR_ZERO",
    "Reader",
    "changed_value",
    "is_too_near_zero",
    "known_or",
    "listed",
    "number",
    "shown",
    "within_limits",
]

_LONGEST_SHOWN = 40
#: More than these are no slips of the pen, but another kind of file.
_MOST_UNKNOWN = 50
_FEW, _LONGEST_LIST = 8, 140
#: Numbers of a noun that would make no sense at zero.
_POSITIVE = frozenset((
    "weight", "body_surface", "cardiac_output", "vascular_timescale", "diffusion_rim", "establishment_size",
    "transit_time", "division_rate", "ligand_half_saturation", "reference_density", "oxygen_reach",
    "lethal_volume", "arterial_flow", "alpha_beta_ratio", "programme_time", "occupancy_half", "contact_depth",
    "turnover_time", "half_size", "recruitment_size", "half_life", "tissue_flow", "baseline", "danger", "permeability",
    "cumulative_limit", "daily_limit", "clearance_half_life", "volume", "plasma_share", "free_genomes", "free_dna_half_life",
))  # fmt: skip
#: No number of biology, in the units inside, comes near this; larger ones are slips that would overflow.
_LARGEST = 1e12
#: And none but zero itself comes this near to zero; smaller ones are slips that would underflow.
_SMALLEST = 1e-30
#: Least and most of a drug's numbers, in their units: within them no level and no effect under- or overflows.
_LIMITS: dict[str, tuple[float, float]] = {
    "clearance": (1e-6, 1e6), "intercompartmental_clearance": (1e-6, 1e6), "volume": (1e-4, 1e6),
    "peripheral_volume": (1e-4, 1e6), "absorption_rate": (1e-3, 1e4), "effect_half_life": (1e-3, 1e4),
    "half": (1e-9, 1e6), "power": (0.1, 10.0), "resistance": (1e-3, 1e4), "fold": (1.0, 1e4),
    "hypoxic_protection": (1.0, 10.0), "maximum_elimination": (1e-6, 1e9), "half_elimination": (1e-9, 1e6),
    "maximum_distribution": (1e-6, 1e9), "half_distribution": (1e-9, 1e6), "return_rate": (1e-6, 1e4),
    "neutrophil_delay": (0.0, 100.0),
}  # fmt: skip
TOO_NEAR_ZERO = "is nearer to zero than any number of biology; write 0, or the number that is meant"
#: Numbers of a noun that count things.
WHOLE = frozenset({"hits"})


def shown(value: object) -> str:
    """Return a value as it stands in a TOML file, shortened, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN // 2]
        return json.dumps(short, ensure_ascii=any(not each.isprintable() for each in short)) + (
            "" if short == value else "..."
        )
    if isinstance(value, (int, float)):
        text = f"{value:.6e}" if isinstance(value, int) and abs(value) >= 10**20 and abs(value) < 10**300 else ""
        if isinstance(value, int) and abs(value) >= 10**300:
            return "a number of more than 300 digits"
        return text or repr(value)
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = str(value)  # a date, or what a program hands over
    return text if len(text) <= _LONGEST_SHOWN and text.isprintable() else json.dumps(text[:_LONGEST_SHOWN])


def listed(known: Collection[str]) -> str:
    """Return the known names, as many as one line can hold."""
    held, most = 0, 0
    for most, name in enumerate(sorted(known)):
        held += len(name) + 2
        if held > _LONGEST_LIST:
            return known_words(known, most)
    return known_words(known, most + 1)


def known_or(hint: str, known: Collection[str]) -> str:
    """Return the hint, and the known names where there is no hint or they are few: a line must stay readable."""
    return hint if hint and len(known) > _FEW else f"{hint} Known: {listed(known)}."


def is_too_near_zero(number: float) -> bool:
    """Whether a number is not zero, and nearer to it than any of biology."""
    return 0.0 < abs(number) < _SMALLEST


def _limit(number: float, unit: str) -> str:
    """Return a limit as people say it."""
    return (plain(number) if number else "0 days") if unit == "day" else write(number, unit)


class Reader:
    """Reads fields of one file and collects what is wrong with them; a faulty field reads as its fallback.

    ``shelf`` holds the entries that the file may name.
    """

    def __init__(self, name: str, shelf: Shelf | None = None) -> None:
        self.name = name
        self.shelf = Shelf() if shelf is None else shelf
        self._faults: dict[str, None] = {}

    @property
    def faults(self) -> list[str]:
        """What has been found wrong, each once, in the order of the file."""
        return list(self._faults)

    def fault(self, place: str, message: str) -> None:
        """Note one fault."""
        line = f"{self.name}: {place}: {message}" if place else f"{self.name}: {message}"
        self._faults[line] = None

    def place(self, place: str, key: str) -> str:
        """Return the place of a key inside a table."""
        short = key if len(key) <= _LONGEST_SHOWN else f"{key[: _LONGEST_SHOWN // 2]}..."
        quoted = toml_key(short) if short.isprintable() else json.dumps(short)
        return f"{place}.{quoted}" if place else quoted

    def table(self, given: object, place: str, known: Iterable[str] | None = None) -> dict[str, Any]:
        """Return a table, its unknown keys refused; empty if it is none."""
        if not isinstance(given, dict):
            self.fault(place, f"{shown(given)} is not a table")
            return {}
        if known is None:
            return given
        allowed = list(known)
        unknown = [key for key in given if key not in allowed]
        if len(unknown) > _MOST_UNKNOWN:
            self.fault(place, f"has {len(unknown)} unknown keys; the first {_MOST_UNKNOWN} are told")
        for key in unknown[:_MOST_UNKNOWN]:
            hint = did_you_mean(key, allowed) if len(key) <= _LONGEST_SHOWN else ""
            self.fault(place, f"unknown key {shown(key)}.{known_or(hint, allowed)}")
        return {key: item for key, item in given.items() if key in allowed}

    def text(self, given: object, place: str, longest: int = 200) -> str:
        """Return one line of text."""
        if not isinstance(given, str):
            self.fault(place, f"{shown(given)} is not text; put it in quotes")
        elif not given.strip():
            self.fault(place, "is empty; write a line of text")
        elif len(given) > longest:
            self.fault(place, f"{shown(given)} has {len(given)} characters; {longest} is the most allowed")
        elif any(is_hidden(character) for character in given):
            self.fault(place, f"{shown(given)} holds a control character or a line break; write one plain line")
        else:
            return given
        return ""

    def whole(self, given: object, place: str, low: int, high: int) -> int:
        """Return a whole number within limits."""
        if isinstance(given, bool) or not isinstance(given, int):
            self.fault(place, f"{shown(given)} is not a whole number; give one from {low} to {high}")
        elif not low <= given <= high:
            self.fault(place, f"{shown(given)} is outside {low} to {high}")
        else:
            return given
        return low

    def choice(self, given: object, place: str, known: Collection[str], what: str) -> str:
        """Return one of the known names, or "" after a fault."""
        if not isinstance(given, str):
            self.fault(place, f"{shown(given)} is not text; give the name of {what}: {listed(known)}")
        elif given not in known:
            hint = did_you_mean(given, known) if len(given) <= _LONGEST_SHOWN else ""
            self.fault(place, f"{shown(given)} is not the name of {what}.{known_or(hint, known)}")
        else:
            return given
        return ""

    def choices(self, given: object, place: str, known: Collection[str], what: str) -> tuple[str, ...]:
        """Return a list of known names, each once."""
        if not isinstance(given, list):
            self.fault(place, f"{shown(given)} is not a list; write, for example, [{shown(sorted(known)[0])}]")
            return ()
        if len(given) > max(_FEW, 2 * len(known)):
            self.fault(place, f"is a list of {len(given)}; there are {len(known)} to choose from, each once")
            return ()
        found: list[str] = []
        for index, item in enumerate(given):
            name = self.choice(item, f"{place}[{index}]", known, what)
            if name and name in found:
                self.fault(f"{place}[{index}]", f"{shown(name)} stands there twice")
            elif name:
                found.append(name)
        return tuple(found)

    def quantity(
        self, given: object, place: str, unit: str, low: float = 0.0, high: float = math.inf, fallback: float = math.nan
    ) -> float:
        """Return a number in ``unit`` within limits (both allowed); ``fallback`` after a fault."""
        try:
            number = read(given, unit)
        except UnitError as error:
            self.fault(place, plain_fault(error, given))
            return fallback
        if number < low:
            self.fault(place, f"{shown(given)} is below {_limit(low, unit)}, the least allowed")
        elif is_too_near_zero(number):
            self.fault(place, f"{shown(given)} {TOO_NEAR_ZERO}")
        elif number > high:
            self.fault(place, f"{shown(given)} is above {_limit(high, unit)}, the most allowed")
        else:
            return number + 0.0  # no negative zero
        return fallback


def plain_fault(error: Exception, given: object) -> str:
    """Return an error's first line, with the given value shown as it stands in the file."""
    if isinstance(error, ValidationError):
        return str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
    message = error.faults[0] if isinstance(error, SeedsoilError) else str(error)
    if isinstance(given, int) and abs(given) >= 10**300:
        return message  # it has been told in words, and is too long to look for
    return message.replace(repr(given), shown(given), 1)


def changed_value(quantity: Quantity, given: object, base: Value | None) -> Value:
    """Return the Value that a study file gives; what equals the catalogue keeps its evidence, range and source.

    A new number without a range of its own takes the catalogue's, widened to hold it.
    """
    made = quantity.value(given)
    if base is None or isinstance(given, Mapping):
        return made
    if made.number == base.number:
        return base
    low = None if base.low is None else min(base.low, made.number)
    high = None if base.high is None else max(base.high, made.number)
    return made.model_copy(update={"low": low, "high": high})


def number(
    reader: Reader, given: object, place: str, quantity: Quantity, base: Value | None, field: str
) -> Value | None:
    """Return a changed Value of a noun's field, or None after a fault."""
    try:
        if isinstance(given, str):  # said here, for a Value knows no more how it was written
            least = -math.inf if quantity.minimum is None else quantity.minimum
            most = math.inf if quantity.maximum is None else quantity.maximum
            if math.isnan(reader.quantity(given, place, quantity.unit, least, most)):
                return None
        made = changed_value(quantity, given, base)
    except (ValueError, SeedsoilError) as error:
        reader.fault(place, plain_fault(error, given))
        return None
    return made if within_limits(reader, made, shown(given), place, quantity.unit, field) else None


def within_limits(reader: Reader, made: Value, given: str, place: str, unit: str, field: str) -> bool:
    """Whether a Value of a noun's field is one that the laws can bear; notes a fault if not."""
    low, high = _LIMITS.get(field, (None, _LARGEST))
    if is_too_near_zero(made.number):
        reader.fault(place, f"{given} {TOO_NEAR_ZERO}")
    elif made.number > high:
        reader.fault(place, f"{given} is above {write(high, unit)}, the most allowed")
    elif low is not None and made.number < low:
        reader.fault(place, f"{given} is below {write(low, unit)}, the least allowed")
    elif field in _POSITIVE and made.number <= 0.0:
        reader.fault(place, f"{given} is not above zero")
    elif field in WHOLE and (made.number != int(made.number) or not 0 <= made.number <= 20):
        reader.fault(place, f"{given} is not a whole number from 0 to 20")
    else:
        return True
    return False
