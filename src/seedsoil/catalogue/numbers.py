"""Where the numbers of a noun stand, and under which names a file can say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from seedsoil.biology.anatomy import Vessel
from seedsoil.biology.drug import Block
from seedsoil.foundation.value import Quantity, Value

__all__ = ["Part", "key_field", "name_of", "numbers_in", "parts_of"]


@dataclass(frozen=True)
class Part:
    """A field that holds numbers: one, a list, or several under a name each; ``holds`` are numbers or nouns of a kind."""

    shape: Literal["one", "list", "named"]
    holds: Quantity | type[BaseModel]


def parts_of(model: type[BaseModel]) -> dict[str, Part]:
    """Return the fields of a kind of noun that hold numbers, in the order of the noun."""
    found = {name: _part(field.annotation, field.metadata) for name, field in model.model_fields.items()}
    return {name: part for name, part in found.items() if part is not None}


def name_of(noun: BaseModel) -> str:
    """Return the name under which a noun stands among its like: a vessel's is "left_heart -> liver"."""
    if isinstance(noun, Vessel):
        return f"{noun.source} -> {noun.target}"
    return str(getattr(noun, key_field(type(noun))))


def key_field(model: type[BaseModel]) -> str:
    """Return the field that names a noun among its like."""
    return "target" if model is Block else "name"


def numbers_in(noun: BaseModel, place: str) -> Iterator[tuple[str, Value]]:
    """Yield each number of a noun with its path, as a study file names it but for quotes, below ``place``."""
    for name, part in parts_of(type(noun)).items():
        held, here = getattr(noun, name), f"{place}.{name}"
        if held is None:
            continue
        items: Iterator[tuple[str, Any]] = iter([(here, held)])
        if part.shape == "list":
            items = ((f"{here}[{index}]", item) for index, item in enumerate(held))
        elif part.shape == "named":
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
        named = held is not None and (origin is dict or not isinstance(held.holds, Quantity))
        return Part("named" if named else "list", held.holds) if held is not None else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and parts_of(annotation):
        return Part("one", annotation)
    return None
