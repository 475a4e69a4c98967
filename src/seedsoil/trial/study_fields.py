"""The fields of a study file: each read strictly, each refusal one line that says what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from seedsoil.biology.patient import MECHANISMS
from seedsoil.foundation.errors import UnitError, did_you_mean, known_words
from seedsoil.foundation.toml import Place, dotted, shown
from seedsoil.foundation.units import read, write
from seedsoil.trial.endpoints import ENDPOINTS

_MOST_PATIENTS = 10_000_000
_LONGEST_DAYS = 100 * 365.25


class Faults:
    """Everything that is wrong with a file, each once, in the order in which it was found."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lines: dict[str, None] = {}

    def add(self, place: Place, message: str) -> None:
        """Enter one fault."""
        where = f"{dotted(place)}: " if place else ""
        self._lines[f"{self.name}: {where}{message}"] = None

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each fault."""
        return tuple(self._lines)


class Field:
    """The type of a field: how it is read (a function that raises ValueError) and how JSON Schema describes it."""

    def __init__(self, read_it: Callable[[object], Any], schema: Mapping[str, Any]) -> None:
        self._read, self._schema = read_it, dict(schema)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema: a plain function, so that nothing is turned into something else on the way."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the JSON Schema."""
        return dict(self._schema)


class Section(BaseModel):
    """A table of a study file: frozen, and refusing keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySection = TypeVar("AnySection", bound=Section)


def read_section(model: type[AnySection], table: object, place: Place, faults: Faults) -> AnySection | None:
    """Return a table as a section, or None with every fault entered."""
    if not isinstance(table, dict):
        faults.add(place, f"expected a table with {known_words(model.model_fields)}, got {shown(table)}")
        return None
    try:
        return model.model_validate(table)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            key = str(fault["loc"][0])
            if fault["type"] == "extra_forbidden":
                unknown_key((*place, key), model.model_fields, faults)
            elif fault["type"] == "missing":
                faults.add(place, f"{key} is missing; add, for example, {_example(model, key)}")
            else:
                for line in str(fault["msg"]).removeprefix("Value error, ").splitlines():
                    faults.add((*place, key), line)
        return None


def unknown_key(place: Place, known: Any, faults: Faults) -> None:
    """Enter a key that does not exist, with the closest that does."""
    names = [str(name) for name in known]
    faults.add(place, f"unknown key.{did_you_mean(str(place[-1]), names)} Known: {known_words(names)}.")


def _example(model: type[Section], key: str) -> str:
    extra = model.model_fields[key].description
    return f"{key} = {extra}" if extra else key


def text(most: int = 200) -> Field:
    """A line of text without control or invisible characters."""

    def read_it(given: object) -> str:
        if not isinstance(given, str):
            raise ValueError(f"expected text in quotes, got {shown(given)}")
        if not given.strip():
            raise ValueError("is empty; write some text")
        if len(given) > most:
            raise ValueError(f"has {len(given)} characters; at most {most} are allowed")
        if not given.isprintable():
            bad = next(letter for letter in given if not letter.isprintable())
            raise ValueError(f"holds the invisible character U+{ord(bad):04X}; write one line of plain text")
        return given

    return Field(read_it, {"type": "string", "minLength": 1, "maxLength": most})


def whole(minimum: int, maximum: int, example: int) -> Field:
    """A whole number; true, 1.0 and "1" are none."""

    def read_it(given: object) -> int:
        if isinstance(given, bool) or not isinstance(given, int):
            raise ValueError(f"{shown(given)} is not a whole number; write, for example, {example}")
        if not minimum <= given <= maximum:
            raise ValueError(f"{shown(given)} is outside {minimum} to {maximum}; write, for example, {example}")
        return given

    return Field(read_it, {"type": "integer", "minimum": minimum, "maximum": maximum})


def measure(unit: str, least: str, most: str, example: str, above: bool = False) -> Field:
    """A quantity with its unit, between two others; ``above``: the lower one itself is not allowed."""
    low, high = read(least, unit), read(most, unit)

    def read_it(given: object) -> float:
        number = quantity(given, unit, example)
        if number < low or number > high or (above and number == low):
            bound = f"above {least}" if above else f"at least {least}"
            raise ValueError(f"{shown(given)} is not {bound} and at most {most}; write, for example, {shown(example)}")
        return number

    return Field(read_it, {"type": "string", "description": f"a quantity such as {example}, {least} to {most}"})


def quantity(given: object, unit: str, example: str) -> float:
    """Return a quantity in ``unit``; ValueError says what was expected, with an example that fits the field."""
    if not isinstance(given, str) and unit != "1":
        kind = "has no unit" if isinstance(given, (int, float)) and not isinstance(given, bool) else "is no quantity"
        raise ValueError(f"{shown(given)} {kind}; write, for example, {shown(example)}")
    try:
        return read(given, unit) + 0.0  # minus zero is zero
    except UnitError as error:
        message = str(error).splitlines()[0]
        quoted = f"{given!r}"
        if message.startswith(quoted):
            message = shown(given) + message[len(quoted) :]
        for usual in (": expected, for example,", ", for example "):
            message = message.partition(usual)[0]
        raise ValueError(f"{message.rstrip('.')}; write, for example, {shown(example)}") from None


def fraction(maximum: float, below: bool) -> Field:
    """A share, as a number or a percentage, from 0 to ``maximum`` (``below``: that itself is not allowed)."""

    def read_it(given: object) -> float:
        number = quantity(given, "1", "0.1 %")
        if not 0.0 <= number <= maximum or (below and number == maximum):
            end = f"less than {maximum:g}" if below else f"at most {maximum:g}"
            raise ValueError(f'{shown(given)} is not at least 0 and {end}; write, for example, 0.001 or "0.1 %"')
        return number

    return Field(read_it, {"type": ["number", "string"], "minimum": 0, "description": f"a share below {maximum:g}"})


def one_of(known: tuple[str, ...]) -> Field:
    """One word out of a few."""

    def read_it(given: object) -> str:
        if not isinstance(given, str) or given not in known:
            raise ValueError(
                f"{shown(given)} is unknown.{did_you_mean(str(given), known)} Known: {known_words(known)}."
            )
        return given

    return Field(read_it, {"enum": list(known)})


def several_of(known: tuple[str, ...]) -> Field:
    """A list of different words out of a few."""

    def read_it(given: object) -> tuple[str, ...]:
        if not isinstance(given, list):
            raise ValueError(f"expected a list such as [{shown(known[0])}], got {shown(given)}")
        lines = []
        for place, item in enumerate(given):
            if not isinstance(item, str) or item not in known:
                hint = did_you_mean(str(item), known)
                lines.append(f"{shown(item)} is unknown.{hint} Known: {known_words(known)}.")
            elif item in given[:place]:
                lines.append(f"{shown(item)} stands there more than once; keep one")
        if lines:
            raise ValueError("\n".join(dict.fromkeys(lines)))
        return tuple(sorted(given, key=known.index))

    return Field(read_it, {"type": "array", "items": {"enum": list(known)}, "uniqueItems": True})


def _described(example: str) -> Any:
    from pydantic import Field as PydanticField

    return PydanticField(description=example)


class StudySection(Section):
    """[study]: what is asked, of how many, with which luck, for how long, without which mechanisms."""

    title: Annotated[str, text()] = _described('"Seed or soil?"')
    patients: Annotated[int, whole(1, _MOST_PATIENTS, 400)] = _described("400")
    until: Annotated[float, measure("day", "0 days", "100 years", "10 years", above=True)] = _described('"10 years"')
    seed: Annotated[int, whole(0, 2**63 - 1, 20150527)] = 20150527
    without: Annotated[tuple[str, ...], several_of(tuple(MECHANISMS))] = ()

    def table(self) -> dict[str, Any]:
        """Return the section as TOML holds it."""
        return {
            "title": self.title,
            "patients": self.patients,
            "seed": self.seed,
            "until": write(self.until, "day"),
            "without": list(self.without),
        }


class DiagnosisSection(Section):
    """[diagnosis]: how large the primary is, and how many metastases show, when the clock of the trial starts."""

    primary_diameter: Annotated[float, measure("mm", "0 mm", "300 mm", "35 mm", above=True)] = _described('"35 mm"')
    metastases: Annotated[int, whole(0, 1000, 5)] = 0
    metastasis_diameter: Annotated[float, measure("mm", "0 mm", "300 mm", "10 mm", above=True)] = 10.0

    def table(self) -> dict[str, Any]:
        """Return the section as TOML holds it."""
        return {
            "primary_diameter": write(self.primary_diameter, "mm"),
            "metastases": self.metastases,
            "metastasis_diameter": write(self.metastasis_diameter, "mm"),
        }


class EndpointsSection(Section):
    """[endpoints]: what the arms are judged by."""

    primary: Annotated[str, one_of(ENDPOINTS)] = "overall_survival"
    secondary: Annotated[tuple[str, ...], several_of(ENDPOINTS)] = ("progression_free_survival", "response", "lesions")

    def table(self) -> dict[str, Any]:
        """Return the section as TOML holds it."""
        return {"primary": self.primary, "secondary": [name for name in self.secondary if name != self.primary]}


class SpreadSection(Section):
    """One line of [vary]: how much a number differs between patients."""

    cv: Annotated[float, Field(lambda given: _spread(given), {"type": "number", "minimum": 0, "maximum": 3})] = (
        _described("0.2")
    )


def _spread(given: object) -> float:
    number = quantity(given, "1", "0.2")
    if not 0.0 <= number <= 3.0:
        raise ValueError(f"{shown(given)} is not between 0 and 3; write, for example, 0.2")
    return number
