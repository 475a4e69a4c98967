"""Units are read here, at the door, and are plain floats inside.

Inside, time is in days, counts in cells, lengths in mm, drug amounts in mg, concentrations in mg/L, flows in L/day.
A small table covers what medicine uses; pint is imported only for a unit that the table lacks.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import Any

from seedsoil.foundation.errors import UnitError, did_you_mean, given, said

__all__ = ["plain", "read", "read_number", "write"]

# Dimensions: time, length, mass, cells, body mass (what a dose is counted against), pressure, amount of substance,
# absorbed radiation (which the SI counts as energy per mass, and nobody writes so).
_Dimension = tuple[int, int, int, int, int, int, int, int]
_NONE: _Dimension = (0, 0, 0, 0, 0, 0, 0, 0)
_TIME: _Dimension = (1, 0, 0, 0, 0, 0, 0, 0)
_LENGTH: _Dimension = (0, 1, 0, 0, 0, 0, 0, 0)
_VOLUME: _Dimension = (0, 3, 0, 0, 0, 0, 0, 0)
_MASS: _Dimension = (0, 0, 1, 0, 0, 0, 0, 0)
_CELLS: _Dimension = (0, 0, 0, 1, 0, 0, 0, 0)
_PRESSURE: _Dimension = (0, 0, 0, 0, 0, 1, 0, 0)
_AMOUNT: _Dimension = (0, 0, 0, 0, 0, 0, 1, 0)
_RADIATION: _Dimension = (0, 0, 0, 0, 0, 0, 0, 1)
_BODY_AXIS, _MASS_AXIS = 4, 2
_LONGEST = 80  # characters: no quantity needs more, and a hostile one gets no further

_DAY, _YEAR = 1.0, 365.25
# Each group: how many base units (day, mm, mg, cell, mmHg, mol, Gy) the first name is worth, its dimension, its names.
_GROUPS: tuple[tuple[float, _Dimension, str], ...] = (
    (_DAY, _TIME, "day days d"),
    (1 / 24, _TIME, "hour hours hr h"),
    (1 / 1440, _TIME, "minute minutes min mins"),
    (1 / 86400, _TIME, "second seconds sec s"),
    (7.0, _TIME, "week weeks wk"),
    (_YEAR / 12, _TIME, "month months"),
    (_YEAR, _TIME, "year years yr a"),
    (1.0, _LENGTH, "mm millimetre millimetres millimeter"),
    (10.0, _LENGTH, "cm centimetre centimetres centimeter"),
    (1000.0, _LENGTH, "m metre metres meter"),
    (1e-3, _LENGTH, "um µm μm micrometre micrometres micron microns"),
    (1e-6, _LENGTH, "nm"),
    (1e6, _VOLUME, "L l litre litres liter liters"),
    (1e3, _VOLUME, "mL ml millilitre millilitres milliliter"),
    (1e5, _VOLUME, "dL dl"),
    (1.0, _VOLUME, "uL ul µL μL"),
    (1.0, _MASS, "mg milligram milligrams"),
    (1e3, _MASS, "g gram grams"),
    (1e6, _MASS, "kg kilogram kilograms"),
    (1e-3, _MASS, "ug µg μg mcg"),
    (1e-6, _MASS, "ng"),
    (1e-9, _MASS, "pg"),
    (1.0, _CELLS, "cell cells"),
    (1.0, _PRESSURE, "mmHg"),
    (7.500617, _PRESSURE, "kPa"),
    (1.0, _AMOUNT, "mol"),
    (1e-3, _AMOUNT, "mmol"),
    (1e-6, _AMOUNT, "umol µmol"),
    (1e-9, _AMOUNT, "nmol"),
    (1e-12, _AMOUNT, "pmol"),
    (1.0, _RADIATION, "Gy gray"),
    (0.01, _RADIATION, "cGy"),
    (1.0, _NONE, "1 fold x times"),
    (0.01, _NONE, "% percent"),
)
_TABLE: dict[str, tuple[float, _Dimension]] = {
    name: (factor, dimension) for factor, dimension, names in _GROUPS for name in names.split()
}

_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)\s*(.*?)\s*$", re.DOTALL)
_SYMBOL = re.compile(r"([A-Za-zµμ%]+|1)(?:\^|\*\*)?(-?[1-9])?$")
#: A unit that pint may be asked for: names, each to the power of one digit. It would work out powers of powers for ever.
_RARE = re.compile(
    r"(?=.{1,40}$)(?:1|(?:per\s+|1?\s*/\s*)?{0}(?:(?:\s*[/*·]\s*|\s+per\s+|\s+){0})*)".replace(
        "{0}", r"[A-Za-zµμ%][A-Za-z_0-9µμ%]*(?:(?:\^|\*\*)-?[1-9])?"
    )
)
#: Unicode's control, format and line-breaking characters: a number and its unit stand on one line, and all is seen.
_HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
#: A whole number that no float holds.
_NO_FLOAT = 10**308
_EXAMPLES = {
    "day": "14 days", "1/day": "0.2 /day", "mm": "35 mm", "mg": "100 mg", "mg/L": "4 mg/L", "L": "3 L", "L/day": "0.2 L/day",
    "mg/kg": "5 mg/kg", "mg/m^2": "85 mg/m^2", "1": "0.5", "cell": "1e6 cells", "mL": "30 mL", "Gy": "2 Gy",
}  # fmt: skip


class _UnknownUnitError(UnitError):
    """A unit symbol that the table lacks."""

    def __init__(self, symbol: str) -> None:
        super().__init__(f"unknown unit {symbol!r}")
        self.symbol = symbol


def read(text: object, unit: str) -> float:
    """Return the number that ``text`` holds, in ``unit``.

    ``text`` is a quantity such as ``"0.2 /day"``, ``"85 mg/m^2"`` or ``"3 weeks"``; where ``unit`` is ``"1"``
    a bare number or a percentage will do. Years have 365.25 days and months a twelfth of that.

    Raises UnitError if a unit is due and missing, if it measures something else, or if the number is not finite.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise UnitError(f"expected a quantity such as {_example(unit)}, got {given(text)}")
    if not isinstance(text, str):
        if isinstance(text, int) and abs(text) >= _NO_FLOAT:
            raise UnitError(f"{said(text)} is not a finite number: expected, for example, {_example(unit)}")
        if unit != "1":
            raise UnitError(f"{text!r} has no unit: write it as text with a unit, for example {_example(unit)}")
        return _finite(float(text), text, unit)
    number, symbols = _split(text, unit)
    if symbols == "" and unit != "1":
        raise UnitError(f"{text!r} has no unit: expected, for example, {_example(unit)}")
    return _finite(number * _scale(symbols or "1", unit, text), text, unit)


def read_number(number: float, given: str, unit: str) -> float:
    """Return ``number``, stated in the unit ``given``, in ``unit``. Raises UnitError as ``read`` does."""
    shown = f"{number!r} {given}"
    return _finite(float(number) * _scale(given.strip() or "1", unit, shown), shown, unit)


def write(number: float, unit: str) -> str:
    """Return a quantity as text that ``read`` turns back into exactly the same number."""
    digits = repr(float(number)).removesuffix(".0")
    if unit == "1":
        return digits
    return f"{digits} {unit.removeprefix('1') if unit.startswith('1/') else unit}"


def plain(days: float) -> str:
    """Return a time in days as people say it: "40 minutes", "9 hours", "14 days", "7.5 months", "3.2 years"."""
    size = abs(days)
    if not math.isfinite(days):
        return "never" if days > 0 else "unknown"
    for limit, length, name in (
        (1 / 24, 1 / 1440, "minute"),
        (1.0, 1 / 24, "hour"),
        (90.0, 1.0, "day"),
        (2 * _YEAR, _YEAR / 12, "month"),
        (math.inf, _YEAR, "year"),
    ):
        if size < limit:
            number = days / length
            digits = f"{number:.0f}" if abs(number) >= 10 else f"{number:.1f}".removesuffix(".0")
            return f"{digits} {name}" + ("" if digits in ("1", "-1") else "s")
    return f"{days} days"


def _split(text: str, unit: str) -> tuple[float, str]:
    """Return the number and the unit symbols of a quantity."""
    if len(text) > _LONGEST:
        raise UnitError(f"{text[:20]!r}... is too long for a quantity: expected, for example, {_example(unit)}")
    hidden = next((each for each in text if unicodedata.category(each) in _HIDDEN and each != "\t"), None)
    if hidden is not None:
        raise UnitError(
            f"{text!r} holds the invisible character U+{ord(hidden):04X}: write, for example, {_example(unit)}"
        )
    foreign = next((each for each in text if each.isdecimal() and not each.isascii()), None)
    if foreign is not None:
        raise UnitError(
            f"{text!r} has the digit {foreign!r}, which is none of 0 to 9: write, for example, {_example(unit)}"
        )
    match = _NUMBER.match(text)
    if match is None:
        raise UnitError(f"{text!r} does not start with a finite number: expected, for example, {_example(unit)}")
    return float(match.group(1)), match.group(2)


def _scale(symbols: str, unit: str, text: str) -> float:
    """Return how many ``unit`` one of the given units is."""
    want, due = _parse(unit)
    try:
        have, given = _parse(symbols)
    except _UnknownUnitError as unknown:
        return _by_pint(symbols, unit, text, unknown.symbol)
    if given != due:
        raise UnitError(f"{text!r} is {_kind(given)}, but {_kind(due)} is due here, for example {_example(unit)}")
    return have / want


@lru_cache(maxsize=512)
def _parse(symbols: str) -> tuple[float, _Dimension]:
    """Return the factor to base units and the dimension of a unit such as "mg/m^2" or "per day"."""
    factor, dimension = 1.0, list(_NONE)
    text = re.sub(r"\bper\b", "/", symbols).replace("²", "^2").replace("³", "^3").replace("·", "*").replace("**", "^")
    below = False
    for part in re.findall(r"/|[^/\s*]+", text):
        if part == "/":
            if below:
                raise _UnknownUnitError("//")
            below = True
            continue
        match = _SYMBOL.match(part)
        if match is None or match.group(1) not in _TABLE:
            raise _UnknownUnitError(match.group(1) if match else part)
        each, axes = _TABLE[match.group(1)]
        power = int(match.group(2) or 1)
        if power < 0 and below:
            raise _UnknownUnitError(part)
        power = -power if below else power
        factor *= each**power
        for axis, count in enumerate(axes):
            # "per kg" counts against the mass of a body, which is not the mass of a drug: mg/kg is no plain ratio.
            dimension[_BODY_AXIS if axis == _MASS_AXIS and power < 0 else axis] += count * power
        below = False
    if below:
        raise _UnknownUnitError("/")
    return factor, tuple(dimension)  # type: ignore[return-value]


def _by_pint(symbols: str, unit: str, text: str, unknown: str) -> float:
    """Return the scale by asking pint, which knows rare units; refuse what it does not know either."""
    hint = did_you_mean(unknown, [name for name in _TABLE if len(name) > 1])
    refusal = f"{text!r}: unknown unit {unknown!r}.{hint} Expected, for example, {_example(unit)}"
    if not _RARE.fullmatch(symbols) or "cell" in unit or unit == "1":
        raise UnitError(refusal)
    try:
        registry = _pint_registry()
    except ImportError:
        raise UnitError(refusal) from None
    target = unit.removeprefix("1/") if unit.startswith("1/") else unit
    given = "1" + symbols if symbols.startswith("/") else symbols
    try:
        quantity = registry.Quantity(1.0, given)
        wanted = f"1/{target}" if unit.startswith("1/") else target
        return float(quantity.to(wanted).magnitude)
    except Exception:
        # pint reports a wrong spelling in a dozen ways (attribute, tokenise, dimension errors): to a user they are one.
        raise UnitError(refusal) from None


@lru_cache(maxsize=1)
def _pint_registry() -> Any:
    """Return pint's unit registry, built once: building takes a good part of a second."""
    import pint

    return pint.UnitRegistry()


def _finite(number: float, text: object, unit: str) -> float:
    """Return the number if it is finite."""
    if not math.isfinite(number):
        raise UnitError(f"{text!r} is not a finite number: expected, for example, {_example(unit)}")
    return number


def _example(unit: str) -> str:
    """Return a quantity in this unit, as an example in a message."""
    return f'"{_EXAMPLES.get(unit, write(1.0, unit))}"'


def _kind(dimension: _Dimension) -> str:
    """Return a dimension in words."""
    if dimension == _NONE:
        return "a pure number"
    for name, known in (
        ("a time", "day"), ("a rate", "1/day"), ("a length", "mm"), ("an area", "mm^2"), ("a volume", "L"), ("an amount", "mg"),
        ("a concentration", "mg/L"), ("a flow", "L/day"), ("a dose per body mass", "mg/kg"),
        ("a dose per body surface", "mg/m^2"), ("a number of cells", "cell"), ("a length density", "mm/mm^3"),
        ("a pressure", "mmHg"), ("an infusion rate", "mg/day"), ("a dose of radiation", "Gy"), ("a response per dose of radiation", "1/Gy"),
        ("an effect per concentration", "L/mg"), ("a number per volume", "1/L"), ("cells over time", "cell/day"),
    ):  # fmt: skip
        if _parse(known)[1] == dimension:
            return name
    axes = ("day", "mm", "mg", "cell", "kg", "mmHg", "mol", "Gy")
    return "in " + " ".join(f"{axis}^{power}" for axis, power in zip(axes, dimension, strict=True) if power)
