"""A number that says where it comes from: unit, range, grade and source travel with it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from seedsoil.foundation.errors import UnitError, did_you_mean
from seedsoil.foundation.units import read, read_number, write

__all__ = ["GRADES", "OPEN_SOURCES", "Grade", "Quantity", "Value", "quantity", "values_in"]

Grade = Literal["human", "animal", "cells", "fitted", "assumed"]

#: Grades from the strongest to the weakest evidence.
GRADES: tuple[str, ...] = ("human", "animal", "cells", "fitted", "assumed")

#: Sources that need no entry in sources.bib: a design choice, and the user's own word.
OPEN_SOURCES: frozenset[str] = frozenset({"assumed", "study file"})

_TABLE_KEYS = ("value", "unit", "low", "high", "grade", "source", "note", "recalled")


class Value(BaseModel):
    """A measured, fitted or assumed number.

    ``low`` and ``high`` bound what is credible: they are the support of priors and the bounds of sensitivity studies.
    ``source`` is a key of the catalogue's sources.bib, or "assumed", or "study file". ``recalled`` marks a number
    that was written down from memory and not yet read again at its source. ``float(value)`` is the number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    number: float
    unit: str
    low: float | None = None
    high: float | None = None
    grade: Grade
    source: str
    note: str = ""
    recalled: bool = False

    @model_validator(mode="after")
    def _inside_its_range(self) -> Self:
        """A default outside its own range is a slip of the pen in one of the three numbers."""
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if low > high:
            raise ValueError(f"the range runs backwards: low {low:g} is above high {high:g}")
        if not low <= self.number <= high:
            raise ValueError(f"{self.number:g} {self.unit} lies outside its own range {low:g} to {high:g}")
        if not self.source.strip():
            raise ValueError('source is empty: name a key of sources.bib, or write "assumed"')
        return self

    def __float__(self) -> float:
        return self.number

    def __str__(self) -> str:
        return write(self.number, self.unit)


class Quantity:
    """The pydantic type of a field that holds a Value in a fixed unit.

    Use it as a type, ``division_rate: quantity("1/day")``, or, where a type checker reads along, as
    ``division_rate: Annotated[Value, quantity("1/day")]``.
    """

    def __init__(self, unit: str, minimum: float | None = None, maximum: float | None = None) -> None:
        read_number(1.0, unit, unit)  # an unknown unit in the code fails when the module is imported
        self.unit, self.minimum, self.maximum = unit, minimum, maximum

    def __repr__(self) -> str:
        return f"quantity({self.unit!r}, minimum={self.minimum}, maximum={self.maximum})"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema: anything that can be read becomes a Value in this unit."""
        return core_schema.no_info_plain_validator_function(
            self.value,
            serialization=core_schema.plain_serializer_function_ser_schema(_dump, when_used="always"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the JSON Schema: a quantity as text, or a table with its evidence."""
        number: dict[str, Any] = {"type": "number"}
        if self.minimum is not None:
            number["minimum"] = self.minimum
        if self.maximum is not None:
            number["maximum"] = self.maximum
        fields: dict[str, Any] = {"value": {"type": "number"}, "low": {"type": "number"}, "high": {"type": "number"}}
        fields |= {"unit": {"type": "string"}, "grade": {"enum": list(GRADES)}, "source": {"type": "string"}}
        fields |= {"note": {"type": "string"}, "recalled": {"type": "boolean"}}
        table = {
            "type": "object",
            "properties": fields,
            "required": ["value", "grade", "source"],
            "additionalProperties": False,
        }
        text = {"type": "string", "description": f"a quantity that can be read in {self.unit}"}
        return {"anyOf": [text, *([number] if self.unit == "1" else []), table]}

    def value(self, given: object) -> Value:
        """Return what was given as a Value in this field's unit; ValueError (or UnitError) says what is wrong."""
        if isinstance(given, Value):
            made = self._from_table(given.model_dump(exclude_none=True))
        elif isinstance(given, Mapping):
            made = self._from_table(given)
        else:
            made = Value(number=read(given, self.unit), unit=self.unit, grade="assumed", source="study file")
        self._check(made)
        return made

    def _from_table(self, given: Mapping[str, Any]) -> Value:
        """Return the Value of a TOML table, its number and range converted to this field's unit."""
        table = {("value" if key == "number" else key): item for key, item in given.items()}
        faults = [
            f"unknown key {key!r}.{did_you_mean(str(key), _TABLE_KEYS)} Known: {', '.join(_TABLE_KEYS)}."
            for key in table
            if key not in _TABLE_KEYS
        ]
        faults += [f"{key!r} is missing" for key in ("value", "grade", "source") if key not in table]
        if faults:
            raise ValueError("; ".join(faults))
        unit = table.get("unit", "1")
        if "unit" not in table and self.unit != "1":
            raise UnitError(f"'unit' is missing: {self.unit!r} is due here")
        numbers: dict[str, Any] = {key: table[key] for key in ("value", "low", "high") if key in table}
        for key, number in numbers.items():
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise ValueError(f"{key} = {str(number)[:40]!r} is not a finite number")
            if not abs(number) <= sys.float_info.max:  # asked so, for no float holds a whole number of 400 digits
                raise ValueError(f"{key} is not a finite number")
        scaled = {key: read_number(number, str(unit), self.unit) for key, number in numbers.items()}
        if table["grade"] not in GRADES:
            raise ValueError(f"grade = {table['grade']!r} is none of {', '.join(GRADES)}")
        for key, kind in (("source", str), ("note", str), ("recalled", bool)):
            if not isinstance(table.get(key, kind()), kind):
                raise ValueError(f"{key} = {table[key]!r} is not a {'text' if kind is str else 'true or false'}")
        return Value(
            number=scaled["value"],
            unit=self.unit,
            low=scaled.get("low"),
            high=scaled.get("high"),
            grade=table["grade"],
            source=table["source"],
            note=table.get("note", ""),
            recalled=table.get("recalled", False),
        )

    def _check(self, made: Value) -> None:
        """Refuse a number, or a range, outside what the field can mean."""
        for name, number in (("", made.number), ("low = ", made.low), ("high = ", made.high)):
            if number is None:
                continue
            shown = f"{name}{write(number, self.unit)}"
            if self.minimum is not None and number < self.minimum:
                raise ValueError(f"{shown} is below {write(self.minimum, self.unit)}, the least allowed")
            if self.maximum is not None and number > self.maximum:
                raise ValueError(f"{shown} is above {write(self.maximum, self.unit)}, the most allowed")


def quantity(unit: str, minimum: float | None = None, maximum: float | None = None) -> Any:
    """Return the pydantic type of a field that holds a Value in ``unit``.

    It accepts a TOML table ``{ value, unit, low, high, grade, source, note, recalled }``, converted to ``unit``, and,
    from a study file, a text such as ``"0.2 /day"`` (graded "assumed", source "study file"). ``minimum`` and
    ``maximum`` bound what the number can mean (both allowed), in ``unit``.
    """
    return Quantity(unit, minimum, maximum)


def values_in(thing: object, path: str = "") -> Iterator[tuple[str, Value]]:
    """Yield each Value inside a noun, with its dotted path, in the order of its fields."""
    if isinstance(thing, Value):
        yield path, thing
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            yield from values_in(getattr(thing, name), f"{path}.{name}" if path else name)
    elif isinstance(thing, Mapping):
        for name, item in thing.items():
            yield from values_in(item, f"{path}.{name}" if path else str(name))
    elif isinstance(thing, (tuple, list)):
        for index, item in enumerate(thing):
            yield from values_in(item, f"{path}[{index}]")


def _dump(value: Value) -> dict[str, Any]:
    """Return a Value as the table it is read from."""
    table: dict[str, Any] = {"value": value.number, "unit": value.unit}
    if value.low is not None:
        table["low"] = value.low
    if value.high is not None:
        table["high"] = value.high
    table |= {"grade": value.grade, "source": value.source}
    if value.note:
        table["note"] = value.note
    if value.recalled:
        table["recalled"] = True
    return table
