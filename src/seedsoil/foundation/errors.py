"""Errors that say what is wrong, where, what is allowed and what to do; all faults at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

__all__ = [
    "CatalogueError",
    "ModelError",
    "ProtocolError",
    "SeedsoilError",
    "StoreError",
    "StudyError",
    "UnitError",
    "did_you_mean",
    "given",
    "known_words",
    "legible",
    "said",
    "validation_faults",
]


#: No path is a word of more characters.
_LONG_WORD = re.compile(r"\S{301,}")


class SeedsoilError(Exception):
    """The family of all errors that seedsoil raises on purpose.

    ``faults`` holds one line for each thing that is wrong; ``str(error)`` joins them with newlines.
    A single string counts as one fault.
    """

    faults: tuple[str, ...]

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))

    def __reduce__(self) -> tuple[type[SeedsoilError], tuple[tuple[str, ...]]]:
        # Workers hand errors back through a pipe: all faults must arrive, not only the joined text.
        return (type(self), (self.faults,))


class StudyError(SeedsoilError):
    """A study file asks for something that cannot be run."""


class CatalogueError(SeedsoilError):
    """A catalogue entry is missing or faulty."""


class UnitError(SeedsoilError, ValueError):
    """A quantity has no unit, a wrong unit or no number.

    It is a ValueError too, so that pydantic collects it with the other faults of a file.
    """


class ProtocolError(SeedsoilError):
    """A protocol orders something that cannot be done."""


class StoreError(SeedsoilError):
    """A run folder cannot be read or written."""


class ModelError(SeedsoilError):
    """The model reached a state that it must never reach, or was asked for one."""


def legible(text: str) -> str:
    """Return a text on one line in which nothing is hidden or moves the cursor, and no word is longer than a path."""
    seen = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return _LONG_WORD.sub(lambda word: f"{word[0][:40]}...", seen)


def said(value: object, longest: int = 60) -> str:
    """Return what a program handed over in a few words on one line, whatever it is; NumPy's numbers without their type."""
    plain: Any = value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 else value  # type: ignore[attr-defined]
    if isinstance(plain, int) and abs(plain) >= 10**40:
        return f"a number of more than {'300' if abs(plain) >= 10**300 else '40'} digits"
    text = legible(repr(plain))
    return text if len(text) <= longest else f"{text[: longest - 20]}..."


def given(value: object) -> str:
    """Return a value of a file in a few words: lists and tables by their name, times as TOML writes them."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else said(value)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the known name closest to ``name``, or ``""`` if none is close."""
    names = {candidate.casefold(): candidate for candidate in known}
    asked = name.casefold()
    if asked in names:
        return f" Did you mean {names[asked]!r}?"
    close = difflib.get_close_matches(asked, list(names), n=1, cutoff=0.6)
    if close:
        return f" Did you mean {names[close[0]]!r}?"
    inside = sorted((text for text in names if len(asked) >= 3 and (asked in text or text in asked)), key=len)
    return f" Did you mean {names[inside[0]]!r}?" if inside else ""


def known_words(known: Iterable[str], most: int = 20) -> str:
    """Return the known names as one readable list, shortened after ``most`` names."""
    names = sorted(known)
    if len(names) <= most:
        return ", ".join(names)
    return ", ".join(names[:most]) + f" and {len(names) - most} more"


def validation_faults(error: ValidationError, model: type[BaseModel], where: str = "") -> tuple[str, ...]:
    """Turn a pydantic error into one plain line for each fault, with the place in the file.

    ``model`` is the noun that was being read: an unknown key is answered with the keys that exist there.
    ``where`` (a file or entry name) starts each line.
    """
    lines = []
    for fault in error.errors(include_url=False):
        place = _place(fault["loc"])
        start = ": ".join(part for part in (where, place) if part)
        lines.append(f"{start}: {_plain(fault, model)}" if start else _plain(fault, model))
    return tuple(lines)


def _place(location: Sequence[str | int]) -> str:
    """Return a pydantic location as it reads in TOML: sites.lung.flow, do[2].at."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif "[" in part or "(" in part:
            continue  # the name of a validator, which no file contains
        else:
            text += f".{part}" if text else part
    return text


#: What is due, by how pydantic calls it that it is not there.
_DUE = {
    "int": "a whole number", "float": "a number", "bool": "true or false", "string": "text; put it in quotes", "tuple": "a list",
    "list": "a list", "dict": "a table", "model": "a table",
}  # fmt: skip


def _plain(fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    """Return one fault in plain words."""
    kind, location = fault["type"], fault["loc"]
    if kind == "extra_forbidden":
        name = str(location[-1])
        known = _keys_at(model, location[:-1])
        return f"unknown key {name!r}.{did_you_mean(name, known)}" + (f" Known: {known_words(known)}." if known else "")
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(fault["ctx"]["expected"]))
        word = fault["input"]
        hint = did_you_mean(word, words) if isinstance(word, str) and len(word) <= 60 else ""
        return f"{given(word)} is none of the words that may stand here.{hint} Known: {known_words(words, 40)}."
    context = fault.get("ctx", {})
    for name, way in (("ge", "below"), ("gt", "not above"), ("le", "above"), ("lt", "not below")):
        if name in context:
            return f"{given(fault['input'])} is {way} {context[name]}"
    due = next((words for start, words in _DUE.items() if kind.startswith(start)), None)
    if due is not None:
        return f"{given(fault['input']) if fault['input'] != '' else 'an empty text'} is not {due}"
    message = str(fault["msg"])
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")


def _keys_at(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Return the keys that the model allows at a location, or nothing if the location leads to no model."""
    here: Any = model
    for part in location:
        fields = getattr(here, "model_fields", {})
        if isinstance(part, str) and part in fields:
            here = _inner_model(fields[part].annotation)
    fields = getattr(here, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _inner_model(annotation: Any) -> Any:
    """Return the model inside an annotation such as tuple[Site, ...] or dict[str, Site]."""
    if hasattr(annotation, "model_fields"):
        return annotation
    for inner in reversed(get_args(annotation)):
        found = _inner_model(inner)
        if found is not None:
            return found
    return None
