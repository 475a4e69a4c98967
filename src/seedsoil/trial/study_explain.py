"""A study in plain English before anything runs, and the JSON Schema of study files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedsoil.biology.clone import Mechanism, Tumour
from seedsoil.biology.patient import MECHANISMS, Host
from seedsoil.biology.vasculature import Vasculature
from seedsoil.catalogue.load import names
from seedsoil.experiment.protocol import ROUTES
from seedsoil.foundation.units import plain
from seedsoil.foundation.value import Quantity
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.trial.endpoints import ENDPOINTS, TIME_ENDPOINTS
from seedsoil.trial.study_check import numbers_of

if TYPE_CHECKING:
    from seedsoil.trial.study import Study

__all__ = ["explain", "json_schema"]


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
    for name, protocol in arms.items():
        orders = protocol.explain().splitlines()
        lines += ["", f"Arm {name}:", *(f"  - {order}" for order in orders)]
    first, *others = arms
    lines += ["", f"The question: {_words(study.primary_endpoint)}."]
    if others:
        lines[-1] = f"The question: {_words(study.primary_endpoint)} in {', '.join(others)} against {first}."
    if study.secondary_endpoints:
        lines.append(f"Also reported: {', '.join(_words(name) for name in study.secondary_endpoints)}.")
    lines.append(f"Seed {study.seed}: the same seed gives the same bytes.")
    return "\n".join(lines)


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
    mechanism = _table({"name": {"type": "string"}, **_numbers(Mechanism)}, ["name"])
    tumour = {"is": {"enum": list(names("tumours"))}, "site": {"type": "string"}, **_numbers(Tumour)}
    tumour["mechanisms"] = {"type": "array", "items": mechanism}
    spread = _table({"cv": {"type": "number", "minimum": 0, "maximum": 2}}, ["cv"])
    extends = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    arm = _table({"extends": extends, "do": {"type": "array", "items": {"oneOf": _orders(quantity)}}})
    endpoints = {
        "primary": {"enum": list(TIME_ENDPOINTS), "default": ENDPOINTS[0]},
        "secondary": {"type": "array", "items": {"enum": list(ENDPOINTS)}, "uniqueItems": True},
    }
    sections = {
        "study": _table(general),
        "tumour": _table(tumour, ["is"]),
        "host": _table({"is": {"enum": list(names("hosts"))}, **_numbers(Host)}, ["is"]),
        "vessels": _table({"is": {"enum": list(names("vessels"))}, **_numbers(Vasculature)}),
        "diagnosis": _table(diagnosis, ["primary_diameter"]),
        "vary": {"type": "object", "additionalProperties": spread},
        "arms": {"type": "object", "minProperties": 1, "additionalProperties": arm},
        "endpoints": _table(endpoints),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "seedsoil study"}
    return head | _table(sections, ["study", "tumour", "host", "diagnosis", "arms"])


def _table(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    table: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return table | ({"required": required} if required else {})


def _orders(quantity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schemas of the three orders."""
    margin = {"type": "number", "minimum": 0, "maximum": 1, "default": 0}
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


def _numbers(model: type[Any]) -> dict[str, Any]:
    """Return the schema of each number of a noun."""
    found: dict[str, Any] = {}
    for name, (quantity, is_list) in numbers_of(model).items():
        one = _quantity(quantity)
        found[name] = {"type": "array", "items": one} if is_list else one
    return found


def _quantity(quantity: Quantity) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [{"type": "string", "description": f"a quantity that can be read in {quantity.unit}"}]
    if quantity.unit == "1":
        number: dict[str, Any] = {"type": "number"}
        number |= {} if quantity.minimum is None else {"minimum": quantity.minimum}
        number |= {} if quantity.maximum is None else {"maximum": quantity.maximum}
        kinds.append(number)
    return {"anyOf": [*kinds, {"type": "object", "required": ["value", "grade", "source"]}]}
