"""Where the numbers and words of a noun stand, and under which names a file can say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from seedsoil.biology.journey.anatomy import Vessel
from seedsoil.biology.medicine.drug import Block, Raise
from seedsoil.biology.signals import BLOCKED, HORMONES, RAISED
from seedsoil.biology.soils.factors import FACTORS
from seedsoil.experiment.protocol import ROUTES
from seedsoil.foundation.value import Quantity, Value
from seedsoil.observe.scan import INSTRUMENTS

__all__ = ["KEYS", "WORDS", "Part", "key_field", "name_of", "numbers_in", "parts_of"]

#: Fields that hold a word of a list: what it names, and the words.
WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reversed_by": ("a signal that can be blocked", tuple(BLOCKED)), "hormone": ("a hormone", HORMONES),
}  # fmt: skip
#: Fields whose tables have keys out of a list, and the keys.
KEYS: Mapping[str, tuple[str, ...]] = {
    "blocks": tuple(BLOCKED), "raises": tuple(RAISED), "receptors_kept": FACTORS,
    "receptors_freed": FACTORS,
    "contrast": tuple(INSTRUMENTS),
    "daily_limit": ROUTES,
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A field that a file can set: a number or noun, several under a name each, or a word of a list.

    ``holds`` are numbers or nouns of a kind, or the words; ``what`` says what a word names.
    """

    shape: Literal["one", "named", "word"]
    holds: Quantity | type[BaseModel] | tuple[str, ...]
    what: str = ""


def parts_of(model: type[BaseModel]) -> dict[str, Part]:
    """Return the fields of a kind of noun that a file can set, in the order of the noun."""
    found = {
        name: Part("word", WORDS[name][1], WORDS[name][0]) if name in WORDS else _part(field.annotation, field.metadata)
        for name, field in model.model_fields.items()
    }
    return {name: part for name, part in found.items() if part is not None}


def name_of(noun: BaseModel) -> str:
    """Return the name under which a noun stands among its like: a vessel's is "left_heart -> liver"."""
    if isinstance(noun, Vessel):
        return f"{noun.source} -> {noun.target}"
    return str(getattr(noun, key_field(type(noun))))


def key_field(model: type[BaseModel]) -> str:
    """Return the field that names a noun among its like."""
    return "target" if model in (Block, Raise) else "name"


def numbers_in(noun: BaseModel, place: str) -> Iterator[tuple[str, Value]]:
    """Yield each number of a noun with its path, as a study file names it but for quotes, below ``place``."""
    for name, part in parts_of(type(noun)).items():
        held, here = getattr(noun, name), f"{place}.{name}"
        if held is None or part.shape == "word":
            continue
        items: Iterator[tuple[str, Any]] = iter([(here, held)])
        if part.shape == "named":
            named = held.items() if isinstance(held, Mapping) else ((name_of(item), item) for item in held)
            items = ((f"{here}.{key}", item) for key, item in named)
        for path, item in items:
            if isinstance(item, Value):
                yield path, item
            else:
                yield from numbers_in(item, path)


def _part(annotation: Any, metadata: Any = ()) -> Part | None:
    """Return what a field's type holds; None if that is no number."""
    quantity = next((each for each in metadata if isinstance(each, Quantity)), None)
    if quantity is not None:
        return Part("one", quantity)
    origin = get_origin(annotation)
    inner = [each for each in get_args(annotation) if each not in (NoneType, Ellipsis)]
    if origin is Annotated:
        return _part(inner[0], annotation.__metadata__)
    if origin in (Union, UnionType):
        return _part(inner[0])
    if origin in (tuple, dict):
        held = _part(inner[-1])
        return Part("named", held.holds) if held is not None else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and parts_of(annotation):
        return Part("one", annotation)
    return None
