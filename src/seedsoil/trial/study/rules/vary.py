"""How patients differ, as a study file says it: which numbers, how widely, and by which law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from seedsoil.biology.clone import Tumour
from seedsoil.biology.patient import Host
from seedsoil.catalogue.numbers import parts_of
from seedsoil.foundation.errors import did_you_mean
from seedsoil.foundation.value import Quantity
from seedsoil.trial.plan import LAWS, Spread
from seedsoil.trial.study.nouns import NOUN_SECTIONS
from seedsoil.trial.study.reader import WHOLE, Reader

__all__ = ["read_vary"]

MOST_VARIATION = 2.0


def read_vary(reader: Reader, given: object) -> dict[str, Spread]:
    """Return how each number that is named differs between patients."""
    paths = {
        f"{noun}.{name}"
        for noun, model in (("tumour", Tumour), ("host", Host))
        for name, part in parts_of(model).items()
        if part.shape == "one" and isinstance(part.holds, Quantity) and name not in WHOLE
    }
    varied: dict[str, Spread] = {}
    for path, item in _flat(reader.table(given, "vary")).items():
        place = reader.place("vary", path)
        if path not in paths:
            reader.fault(place, _not_varied(path, paths))
            continue
        table = reader.table(item, place, ("cv", "law"))
        if isinstance(item, dict) and "cv" not in item:
            reader.fault(f"{place}.cv", "is missing; write { cv = 0.2 }")
        elif "cv" in table:
            cv = reader.quantity(table["cv"], f"{place}.cv", "1", 0.0, MOST_VARIATION, fallback=0.0)
            law = reader.choice(table.get("law", LAWS[0]), f"{place}.law", LAWS, "a law by which patients differ")
            varied[path] = Spread(cv, law)
    return varied


def _not_varied(path: str, paths: Iterable[str]) -> str:
    """Say why a path cannot vary, and what may be meant."""
    section, _, inner = path.partition(".")
    noun, _, name = path.rpartition(".")
    models: dict[str, type[BaseModel]] = {"tumour": Tumour, "host": Host}
    if section in NOUN_SECTIONS and (
        section not in models or ("." in inner and inner.split(".")[0] in models[section].model_fields)
    ):
        return f"does not vary, only single numbers of the tumour and host do; change it for all, under [{section}]"
    if noun in models and name in models[noun].model_fields:
        return "is not one number with a spread; vary another, such as tumour.division_rate"
    tails = {each.partition(".")[2]: each for each in paths if noun not in models or each.startswith(f"{noun}.")}
    hint = did_you_mean(name[:40], tails)
    for tail, each in tails.items():
        hint = hint.replace(f"'{tail}'", f"'{each}'")
    return f"is no number of the tumour or host that can vary.{hint}"


def _flat(table: dict[str, Any]) -> dict[str, Any]:
    """Return paths that were written without quotes, which TOML reads as tables in tables, as one key each."""
    flat: dict[str, Any] = {}
    for key, item in table.items():
        if key in NOUN_SECTIONS and isinstance(item, dict):
            flat |= _paths(key, item)
        else:
            flat[key] = item
    return flat


def _paths(start: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return the tables inside a table as one key each, down to those that hold no table."""
    found: dict[str, Any] = {}
    for key, item in table.items():
        path = f"{start}.{key}"
        deeper = isinstance(item, dict) and item and all(isinstance(each, dict) for each in item.values())
        found |= _paths(path, item) if deeper else {path: item}
    return found
