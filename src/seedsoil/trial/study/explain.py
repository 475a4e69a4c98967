"""A study in plain English before anything runs, and the JSON Schema of study files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from seedsoil.biology.anatomy import Anatomy
from seedsoil.biology.clone import Tumour
from seedsoil.biology.drug import Agent
from seedsoil.biology.patient import MECHANISMS, Host
from seedsoil.biology.soil import Soil
from seedsoil.biology.vasculature import Vasculature
from seedsoil.catalogue.load import entry, names
from seedsoil.catalogue.numbers import KEYS, Part, name_of, numbers_in, parts_of
from seedsoil.experiment.protocol import ROUTES
from seedsoil.foundation.units import plain
from seedsoil.foundation.value import Quantity, Value
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.trial.endpoints import ENDPOINTS, MEDIAN_ENDPOINTS, TIME_ENDPOINTS
from seedsoil.trial.study.nouns import APART

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study

__all__ = ["explain", "json_schema"]

_LIST = {"type": "array", "items": {"type": "string"}}


def explain(study: Study) -> str:
    """Return what a study does, one statement a line."""
    rule = study.diagnosis
    found = f"its primary measures {rule.primary_diameter_mm:g} mm"
    if rule.metastases:
        found += f" and {rule.metastases} metastases measure {rule.metastasis_diameter_mm:g} mm or more"
    arms = study.arms
    lines = [
        study.title,
        "",
        f"{study.patients} virtual patients ({study.host.title.lower()}), each with one {study.tumour.title.lower()} "
        f"that starts from one cell in the {study.tumour.site.replace('_', ' ')}.",
        f"A patient is diagnosed when {found}: that is day 0. Then the patient is copied into "
        + (f"each of {len(arms)} arms" if len(arms) > 1 else "the one arm")
        + f" and followed for {plain(study.until_days)} or until death.",
    ]
    if study.vary:
        spread = ", ".join(f"{path} by {100 * share:g} %" for path, share in study.vary.items())
        lines.append(f"Patients differ in (coefficient of variation): {spread}. All differ by chance.")
    else:
        lines.append("Patients differ by chance only.")
    lines += [f"Switched off: {name} ({MECHANISMS[name]})." for name in study.without]
    changes = list(_changes(study))
    lines += ["Changed against the catalogue:", *(f"  - {change}" for change in changes)] if changes else []
    given = {course.agent for protocol in arms.values() for course in protocol.courses}
    unused = [name for name in study.agents if name not in given]
    lines += [f"Described, but given in no arm: {', '.join(unused)}."] if unused else []
    for name, protocol in arms.items():
        orders = protocol.explain().splitlines()
        lines += ["", f"Arm {name}:", *(f"  - {order}" for order in orders)]
    first, *others = arms
    lines += ["", f"The question: {_words(study.primary_endpoint)}."]
    if others:
        lines[-1] = f"The question: {_words(study.primary_endpoint)} in {', '.join(others)} against {first}."
    if study.secondary_endpoints:
        lines.append(f"Also reported: {', '.join(_words(name) for name in study.secondary_endpoints)}.")
    lines += [
        f"Held against published figures: median {_words(one.endpoint)} in {one.arm}, {plain(one.low)} to "
        f"{plain(one.high)} ({one.source})."
        for one in study.published
    ]
    lines.append(f"Seed {study.seed}: the same seed gives the same bytes.")
    return "\n".join(lines)


def _changes(study: Study) -> Iterator[str]:
    """Yield each number that is not the catalogue's, with what it was."""
    host = entry("host", study.host.name)
    pairs: list[tuple[str, BaseModel, BaseModel]] = [
        ("tumour", study.tumour, entry("tumour", study.tumour.name)),
        ("host", study.host, host),
        ("vessels", study.vessels, entry("vessels", study.vessels.name)),
        *((f"agents.{name}", agent, entry("agent", name)) for name, agent in study.agents.items()),
    ]
    for place, noun, base in pairs:
        usual = dict(numbers_in(base, place))
        for path, value in numbers_in(noun, place):
            old: Value | None = usual.get(path)
            if old is None or old.number != value.number:
                # Soils and anatomy lie in the host, but are sections of their own in a file.
                yield f"{_outside(path)}: {value}" + ("" if old is None else f" instead of {old}")


def _outside(path: str) -> str:
    _, _, inner = path.partition(".")
    return inner if inner.startswith(APART["host"]) else path


def _words(endpoint: str) -> str:
    return endpoint.replace("progression_free", "progression-free").replace("_", " ")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of study files."""
    quantity = {"type": "string", "pattern": r"^\s*[+-]?[0-9.]"}
    general = {
        "title": {"type": "string", "maxLength": 200},
        "patients": {"type": "integer", "minimum": 1, "maximum": 10_000_000, "default": 100},
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "default": 1},
        "until": {**quantity, "description": "follow-up after diagnosis, such as 10 years", "default": "5 years"},
        "without": {"type": "array", "items": {"enum": list(MECHANISMS)}, "uniqueItems": True},
    }
    diagnosis = {
        "primary_diameter": quantity,
        "metastases": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 0},
        "metastasis_diameter": {**quantity, "default": "10 mm"},
    }
    tumour = {"is": {"enum": list(names("tumours"))}, "site": {"type": "string"}, "carries": _LIST, **_numbers(Tumour)}
    hosts = [entry("hosts", name) for name in names("hosts")]
    anatomy = _numbers(Anatomy)
    for part in ("sites", "vessels"):
        anatomy[part] |= _names({name_of(item) for host in hosts for item in getattr(host.anatomy, part)})
    soils = _named(Part("named", Soil)) | _names({soil.name for host in hosts for soil in host.soils})
    agents = _named(Part("named", Agent)) | _names(names("agents"))
    spread = _table({"cv": {"type": "number", "minimum": 0, "maximum": 2}}, ["cv"])
    extends = {"anyOf": [{"type": "string"}, _LIST]}
    arm = _table({"extends": extends, "do": {"type": "array", "items": {"oneOf": _orders(quantity)}}})
    endpoints = {
        "primary": {"enum": list(TIME_ENDPOINTS), "default": ENDPOINTS[0]},
        "secondary": {"type": "array", "items": {"enum": list(ENDPOINTS)}, "uniqueItems": True},
    }
    band = _table({"low": quantity, "high": quantity, "source": {"type": "string"}}, ["low", "high", "source"])
    sections = {
        "study": _table(general),
        "tumour": _table(tumour, ["is"]),
        "host": _table({"is": {"enum": list(names("hosts"))}, **_numbers(Host, APART["host"])}, ["is"]),
        "vessels": _table({"is": {"enum": list(names("vessels"))}, **_numbers(Vasculature)}),
        "soils": soils,
        "anatomy": _table(anatomy),
        "agents": agents,
        "diagnosis": _table(diagnosis, ["primary_diameter"]),
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


def _orders(quantity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schemas of the three orders."""
    margin = {"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0}
    give = {
        "give": {"enum": list(names("agents"))},
        "dose": {**quantity, "description": "in mg, mg/kg or mg/m^2"},
        "route": {"enum": list(ROUTES)},
        "start": quantity,
        "every": quantity,
        "times": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "duration": quantity,
        "until": {"enum": ["progression"]},
    }
    return [
        _table({"resect": {"type": "string"}, "at": quantity, "margin": margin}, ["resect", "at"]),
        _table(give, ["give", "dose"]),
        _table({"scan": {"enum": sorted(INSTRUMENTS)}, "every": quantity, "start": quantity}, ["scan"]),
    ]


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
