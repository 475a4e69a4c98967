"""A study written out in full: TOML with every default, which reads back as the same study."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Resect, Scan
from seedsoil.foundation.units import write
from seedsoil.foundation.value import Quantity, Value
from seedsoil.trial.study_arms import Give, Order
from seedsoil.trial.study_check import changed_value, numbers_of
from seedsoil.trial.study_text import toml_key, toml_value

if TYPE_CHECKING:
    from seedsoil.trial.study import Study

__all__ = ["resolve"]


def resolve(study: Study) -> str:
    """Return a study as TOML with every default written out.

    A number equal to the catalogue's is written as a quantity and keeps the catalogue's range and source when read.
    """
    sections = [
        _section("study", _general(study)),
        _section("tumour", _noun("tumour", study.tumour)),
        _section("host", _noun("host", study.host)),
        _section("vessels", _noun("vessels", study.vessels)),
        _section("diagnosis", _diagnosis(study)),
        _section("vary", {path: {"cv": spread} for path, spread in study.vary.items()}),
        *(_arm(name, orders) for name, orders in study.orders.items()),
        _section("endpoints", {"primary": study.primary_endpoint, "secondary": list(study.secondary_endpoints)}),
    ]
    return "\n".join(sections)


def _section(title: str, table: dict[str, Any]) -> str:
    lines = [f"[{title}]", *(f"{toml_key(key)} = {toml_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _general(study: Study) -> dict[str, Any]:
    return {
        "title": study.title,
        "patients": study.patients,
        "seed": study.seed,
        "until": write(study.until_days, "day"),
        "without": list(study.without),
    }


def _diagnosis(study: Study) -> dict[str, Any]:
    rule = study.diagnosis
    return {
        "primary_diameter": write(rule.primary_diameter_mm, "mm"),
        "metastases": rule.metastases,
        "metastasis_diameter": write(rule.metastasis_diameter_mm, "mm"),
    }


def _noun(kind: str, noun: Any) -> dict[str, Any]:
    """Return every number of a noun, against the catalogue entry that it came from."""
    base = entry(kind, noun.name)
    table: dict[str, Any] = {"is": noun.name}
    if kind == "tumour":
        table["site"] = noun.site
    table |= dict(_numbers(noun, base))
    if kind == "tumour":
        known = {mechanism.name: mechanism for mechanism in base.mechanisms}
        table["mechanisms"] = [
            {"name": each.name, **dict(_numbers(each, known.get(each.name)))} for each in noun.mechanisms
        ]
    return table


def _numbers(noun: BaseModel, base: BaseModel | None) -> Iterator[tuple[str, Any]]:
    for name, (quantity, is_list) in numbers_of(type(noun)).items():
        value = getattr(noun, name)
        old = getattr(base, name) if base is not None else None
        if not is_list:
            yield name, _number(quantity, value, old)
            continue
        olds = old if old is not None else [None] * len(value)
        yield name, [_number(quantity, item, each) for item, each in zip(value, olds, strict=True)]


def _number(quantity: Quantity, value: Value, base: Value | None) -> Any:
    """Return a Value as short as it can be read back: a number, a quantity, or a table with its evidence."""
    short: Any = value.number if quantity.unit == "1" else write(value.number, quantity.unit)
    if changed_value(quantity, short, base) == value:
        return short
    table: dict[str, Any] = {"value": value.number, "unit": value.unit}
    table |= {key: number for key in ("low", "high") if (number := getattr(value, key)) is not None}
    table |= {"grade": value.grade, "source": value.source}
    if value.note:
        table["note"] = value.note
    return table | ({"recalled": True} if value.recalled else {})


def _arm(name: str, orders: tuple[Order, ...]) -> str:
    lines = "".join(f"    {toml_value(_order(order))},\n" for order in orders)
    return f"[arms.{toml_key(name)}]\ndo = [\n{lines}]\n"


def _order(order: Order) -> dict[str, Any]:
    if isinstance(order, Resect):
        return {"resect": order.target, "at": write(order.at_day, "day"), "margin": order.margin}
    if isinstance(order, Scan):
        return {"scan": order.instrument, "every": write(order.every, "day"), "start": write(order.start, "day")}
    return _give(order)


def _give(order: Give) -> dict[str, Any]:
    table: dict[str, Any] = {
        "give": order.agent,
        "dose": write(order.dose, order.dose_unit),
        "route": order.route,
        "start": write(order.start, "day"),
    }
    if order.every > 0.0:
        table["every"] = write(order.every, "day")
    if order.times is not None:
        table["times"] = order.times
    table["duration"] = write(order.duration, "day")
    if order.until is not None:
        table["until"] = order.until
    return table
