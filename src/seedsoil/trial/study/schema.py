"""The JSON Schema of study files, for editors that complete and check them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import BaseModel

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import MECHANISMS, Host
from seedsoil.biology.soils.soil import Soil
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.catalogue.load import STUDY_KINDS, entry, names
from seedsoil.catalogue.numbers import KEYS, Part, name_of, parts_of
from seedsoil.catalogue.shelf import OWN_NAME
from seedsoil.experiment.orders.sampling.looks import ASSAYS
from seedsoil.experiment.protocol import PROGRESSIONS, ROUTES
from seedsoil.foundation.value import Quantity
from seedsoil.observe.response import RESPONSES
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.trial.endpoints import ENDPOINTS, MEDIAN_ENDPOINTS, TIME_ENDPOINTS
from seedsoil.trial.plan import LAWS
from seedsoil.trial.study.courses import COURSE_KEYS, GUARDS, MOST_DOSES
from seedsoil.trial.study.looks.read import LOOKS, MOST_CELLS_READ, MOST_CLONES, MOST_CULTURES, MOST_ZONES, PIECES
from seedsoil.trial.study.nouns import APART
from seedsoil.trial.study.orders import MOST_FRACTIONS, ORDERS
from seedsoil.trial.study.rules.conditions import CONDITION_KEYS

__all__ = ["json_schema"]

_LIST = {"type": "array", "items": {"type": "string"}}
_QUANTITY = {"type": "string", "pattern": r"^\s*[+-]?[0-9.]"}
_SHARE = {"anyOf": [{"type": "number", "minimum": 0}, _QUANTITY]}
#: What an order cannot do without, beyond the key that names it.
_DUE = {
    "resect": ("at",), "give": ("dose",), "ablate": ("at", "reach"), "irradiate": ("dose",), "inject": ("into", "at"),
    "shunt": ("into", "duration"), "biopsy": ("at",), "culture": ("at", "against", "cells"), "count": ("at",),
}  # fmt: skip


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of study files."""
    general = {
        "title": {"type": "string", "maxLength": 200},
        "patients": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "default": 100},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "default": 1},
        "until": {**_QUANTITY, "description": "follow-up after diagnosis, such as 10 years", "default": "5 years"},
        "without": {"type": "array", "items": {"enum": list(MECHANISMS)}, "uniqueItems": True},
    }
    diagnosis = {
        "primary": {"enum": ["none"]},
        "primary_diameter": _QUANTITY,
        "metastases": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 0},
        "metastasis_diameter": {**_QUANTITY, "default": "10 mm"},
        "screening": _table({"scan": {"enum": sorted(INSTRUMENTS)}, "every": _QUANTITY}, ["scan", "every"]),
    }
    tumour = {"is": _entry("tumours"), "site": {"type": "string"}, "carries": _LIST, **_numbers(Tumour)}
    hosts = [entry("hosts", name) for name in names("hosts")]
    anatomy = _numbers(Anatomy)
    for part in ("sites", "vessels"):
        anatomy[part] |= _names({name_of(item) for host in hosts for item in getattr(host.anatomy, part)})
    soils = _named(Part("named", Soil)) | _names({soil.name for host in hosts for soil in host.soils})
    agents = _named(Part("named", Agent)) | {"propertyNames": _entry("agents")}
    entries = {
        "type": "object",
        "propertyNames": {"pattern": OWN_NAME.pattern},
        "additionalProperties": {"type": "object", "additionalProperties": {}},
    }
    spread = _table({"cv": {"type": "number", "minimum": 0, "maximum": 2}, "law": {"enum": list(LAWS)}}, ["cv"])
    graft = {"soil": {"type": "string"}, "of": {"type": "string"}, "share": _SHARE}
    extends = {"anyOf": [{"type": "string"}, _LIST]}
    arm = _table({"extends": extends, "do": {"type": "array", "items": {"oneOf": _orders()}}})
    endpoints = {
        "primary": {"enum": list(TIME_ENDPOINTS), "default": ENDPOINTS[0]},
        "secondary": {"type": "array", "items": {"enum": list(ENDPOINTS)}, "uniqueItems": True},
    }
    band = _table({"low": _QUANTITY, "high": _QUANTITY, "source": {"type": "string"}}, ["low", "high", "source"])
    sections = {
        "study": _table(general),
        "catalogue": _table({"folder": {"type": "string"}, "sources": entries} | dict.fromkeys(STUDY_KINDS, entries)),
        "tumour": _table(tumour, ["is"]),
        "host": _table({"is": _entry("hosts"), **_numbers(Host, APART["host"])}, ["is"]),
        "vessels": _table({"is": _entry("vessels"), **_numbers(Vasculature)}),
        "soils": soils,
        "anatomy": _table(anatomy),
        "agents": agents,
        "grafts": {"type": "object", "additionalProperties": _table(graft, ["soil", "of", "share"])},
        "parabiosis": _table({"exchange": _SHARE}, ["exchange"]),
        "diagnosis": _table(diagnosis) | {"anyOf": [{"required": [key]} for key in ("primary", "primary_diameter")]},
        "vary": {
            "type": "object",
            "properties": {key: {"type": "object", "additionalProperties": spread} for key in ("tumour", "host")},
            "additionalProperties": spread,
        },
        "arms": {"type": "object", "minProperties": 1, "additionalProperties": arm},
        "endpoints": _table(endpoints),
        "published": {"type": "object", "additionalProperties": _table({name: band for name in MEDIAN_ENDPOINTS})},
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "seedsoil study"}
    return head | _table(sections, ["study", "tumour", "host", "diagnosis", "arms"])


def _table(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    table: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return table | ({"required": required} if required else {})


def _entry(kind: str) -> dict[str, Any]:
    """Return the schema of an entry's name: the catalogue's to choose from, or one of a user's own."""
    return {"anyOf": [{"enum": list(names(kind))}, {"type": "string", "pattern": OWN_NAME.pattern}]}


def _orders() -> list[dict[str, Any]]:
    """Return the schema of each kind of order."""
    whole = {"type": "integer", "minimum": 1}
    kinds: dict[str, tuple[str, ...]] = {"give": COURSE_KEYS} | {
        kind: keys for kind, (keys, _) in {**ORDERS, **LOOKS}.items()
    }
    heads: dict[str, dict[str, Any]] = {
        "give": _entry("agents"),
        "scan": {"enum": sorted(INSTRUMENTS)},
        "inject": {**_QUANTITY, "description": "a number of cells or of beads"},
        "shunt": {**_QUANTITY, "description": "cells a day"},
        "draw": _QUANTITY,
        "autopsy": {"enum": ["macroscopic", "microscopic"]},
        "count": {"enum": ["label", "colonies"]},
    }
    fields: dict[str, dict[str, Any]] = {
        "margin": _SHARE,
        "into": {"type": "string"},
        "route": {"enum": list(ROUTES)},
        "times": {**whole, "maximum": MOST_DOSES},
        "fractions": {**whole, "maximum": MOST_FRACTIONS, "default": 1},
        "from": {"type": "string"},
        "against": {"type": "string"},
        "assay": {"type": "array", "items": {"enum": list(ASSAYS)}, "uniqueItems": True, "minItems": 1},
        "piece": {"enum": list(PIECES)},
        "depth": {**whole, "maximum": 10 * MOST_CELLS_READ},
        "dropout": _SHARE,
        "single_cells": {**whole, "maximum": 10_000},
        "clones": {**whole, "maximum": MOST_CLONES, "default": 10},
        "cultures": {**whole, "maximum": MOST_CULTURES, "default": 30},
        "everyone": {"type": "boolean", "default": False},
        "zone": {**whole, "maximum": MOST_ZONES},
        "zones": {**whole, "maximum": MOST_ZONES},
        "until": {"anyOf": [{"enum": list(PROGRESSIONS)}, _condition()]},
        "after": {"anyOf": [{"enum": list(PROGRESSIONS)}, _condition()]},
        "if": _condition(),
        "nodes": {"type": "boolean", "default": False},
        "regions": _LIST,
        "guard": {"enum": list(GUARDS)},
        "adaptive": _table({"stop": _SHARE, "restart": _SHARE}, ["stop", "restart"]),
    }
    times = {"anyOf": [_QUANTITY, {"type": "array", "items": _QUANTITY, "minItems": 1}]}
    own: dict[str, dict[str, Any]] = {"count": {"at": times}}
    return [
        _table(
            {
                key: heads.get(kind, {"type": "string"})
                if key == kind
                else own.get(kind, fields).get(key, fields.get(key, _QUANTITY))
                for key in keys
            },
            [kind, *(key for key in keys if key in _DUE.get(kind, ()))],
        )
        for kind, keys in kinds.items()
    ]


def _condition() -> dict[str, Any]:
    """Return the schema of a condition on what was seen."""
    bound = {"type": "string", "pattern": r"^\s*(>=|<=|>|<|=)\s*[0-9.]"}
    some = {**_LIST, "minItems": 1}
    known = dict.fromkeys(CONDITION_KEYS, bound) | dict.fromkeys(("stage", "t", "n", "m", "sites"), some)
    known["response"] = {"type": "array", "items": {"enum": list(RESPONSES)}, "minItems": 1}
    known["resistance"] = {"type": "object", "additionalProperties": bound, "minProperties": 1}
    return _table(known) | {"minProperties": 1}


def _numbers(model: type[BaseModel], apart: Collection[str] = ()) -> dict[str, Any]:
    """Return the schema of each part of a noun that holds numbers."""
    found = {name: _schema(part) for name, part in parts_of(model).items() if name not in apart}
    return {name: schema | (_names(KEYS[name]) if name in KEYS else {}) for name, schema in found.items()}


def _schema(part: Part) -> dict[str, Any]:
    if part.shape == "named":
        return _named(part)
    if isinstance(part.holds, tuple):
        return {"enum": sorted(part.holds)}
    return _quantity(part.holds) if isinstance(part.holds, Quantity) else _table(_numbers(part.holds))


def _named(part: Part) -> dict[str, Any]:
    """Return the schema of numbers or nouns that stand under names."""
    return {"type": "object", "additionalProperties": _schema(Part("one", part.holds))}


def _names(known: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the names that may stand there."""
    return {"propertyNames": {"enum": sorted(known)}}


def _quantity(quantity: Quantity) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [{"type": "string", "description": f"a quantity that can be read in {quantity.unit}"}]
    if quantity.unit == "1":
        number: dict[str, Any] = {"type": "number"}
        number |= {} if quantity.minimum is None else {"minimum": quantity.minimum}
        number |= {} if quantity.maximum is None else {"maximum": quantity.maximum}
        kinds.append(number)
    return {"anyOf": [*kinds, {"type": "object", "required": ["value", "grade", "source"]}]}
