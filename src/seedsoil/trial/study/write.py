"""A study written out in full: TOML with every default, which reads back as the same study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from seedsoil.catalogue.numbers import name_of, parts_of
from seedsoil.catalogue.shelf import Shelf
from seedsoil.catalogue.toml import toml_key, toml_value
from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.protocol import Ablate, Inject, Irradiate, Resect, Scan, Shunt
from seedsoil.foundation.units import write
from seedsoil.foundation.value import Quantity, Value
from seedsoil.trial.plan import LAWS, Published, Spread
from seedsoil.trial.study.courses import Give
from seedsoil.trial.study.looks.written import look_table
from seedsoil.trial.study.nouns import APART, BESIDE
from seedsoil.trial.study.reader import changed_value
from seedsoil.trial.study.rules.conditions import condition_table
from seedsoil.trial.study.together import Written

if TYPE_CHECKING:
    from seedsoil.trial.study.file import Study

__all__ = ["resolve"]


def resolve(study: Study) -> str:
    """Return a study as TOML with every default written out, what is changed most often first.

    A number equal to the catalogue's is written as a quantity and keeps the catalogue's range and source when read.
    """
    shelf = study.shelf
    host = shelf.entry("host", study.host.name)
    sections = [
        _section("study", _general(study)),
        *_own(shelf),
        _section("tumour", _noun("tumour", study.tumour, shelf)),
        _section("host", _noun("host", study.host, shelf)),
        *_transplants(study),
        _section("diagnosis", _diagnosis(study)),
        _section("vary", {path: _spread(spread) for path, spread in study.vary.items()}),
        *(_arm(name, orders) for name, orders in study.orders.items()),
        _section("endpoints", _texts({"primary": study.primary_endpoint, "secondary": study.secondary_endpoints})),
        *(_section(f"published.{toml_key(one.arm)}.{one.endpoint}", _band(one)) for one in study.published),
        *(
            _section(f"agents.{name}", _numbers(agent, shelf.entry("agent", name)))
            for name, agent in study.agents.items()
        ),
        *(_section(f"soils.{soil.name}", _numbers(soil, host.soil(soil.name))) for soil in study.host.soils),
        *(_section(f"anatomy.{name}", table) for name, table in _numbers(study.host.anatomy, host.anatomy).items()),
        _section("vessels", _noun("vessels", study.vessels, shelf)),
    ]
    return "\n".join(sections)


def _spread(spread: Spread) -> dict[str, str]:
    """Return how a number differs between patients; the law that is meant where none is given goes without saying."""
    told = {} if spread.law == LAWS[0] else {"law": toml_value(spread.law)}
    return {"cv": toml_value(spread.cv)} | told


def _section(title: str, table: Mapping[str, Any]) -> str:
    """Return a table of TOML: its lines first, then the tables in it; a table of tables only has a line for each."""
    inner = {key: item for key, item in table.items() if isinstance(item, dict)}
    if len(inner) == len(table):
        inner = {}
    lines = [f"{toml_key(key)} = {_inline(item)}" for key, item in table.items() if key not in inner]
    deeper = (f"\n{_section(f'{title}.{toml_key(key)}', item)}" for key, item in inner.items())
    return "\n".join([f"[{title}]", *lines]) + "\n" + "".join(deeper)


def _inline(item: Any) -> str:
    """Return a value that is TOML already, or a table on one line."""
    if not isinstance(item, dict):
        return str(item)
    return f"{{ {', '.join(f'{toml_key(key)} = {_inline(inner)}' for key, inner in item.items())} }}"


def _texts(table: Mapping[str, Any]) -> dict[str, str]:
    """Return plain values as TOML."""
    return {key: toml_value(value) for key, value in table.items()}


def _general(study: Study) -> dict[str, str]:
    return _texts(
        {
            "title": study.title,
            "patients": study.patients,
            "seed": study.seed,
            "until": write(study.until_days, "day"),
            "without": study.without,
        }
    )


def _own(shelf: Shelf) -> list[str]:
    """Return the user's own entries in full, as their files have them: what is written out needs no file beside it."""
    found = [_section(f"catalogue.sources.{toml_key(key)}", _texts(fields)) for key, fields in shelf.cited.items()]
    for kind, entries in shelf.own.items():
        found += [_section(f"catalogue.{kind}.{name}", _plain(own.table)) for name, own in entries.items()]
    return found


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of an entry as TOML, a number with its evidence on one line."""
    return {
        key: _plain(item) if isinstance(item, Mapping) and "value" not in item else toml_value(item)
        for key, item in table.items()
    }


def _diagnosis(study: Study) -> dict[str, str]:
    rule = study.diagnosis
    if rule.primary_diameter_mm == 0.0:
        return _texts({"primary": "none"})
    table: dict[str, Any] = {
        "primary_diameter": write(rule.primary_diameter_mm, "mm"),
        "metastases": rule.metastases,
        "metastasis_diameter": write(rule.metastasis_diameter_mm, "mm"),
    }
    if rule.screening is not None:
        table["screening"] = {"scan": rule.screening.instrument, "every": write(rule.screening.every_days, "day")}
    return _texts(table)


def _transplants(study: Study) -> list[str]:
    made = study.transplants
    found = [
        _section(f"grafts.{each.name}", _texts({"soil": each.soil, "of": each.of, "share": each.share}))
        for each in made.grafts
    ]
    return found + ([] if made.exchange is None else [_section("parabiosis", _texts({"exchange": made.exchange}))])


def _band(one: Published) -> dict[str, str]:
    return _texts({"low": write(one.low, "day"), "high": write(one.high, "day"), "source": one.source})


def _noun(kind: str, noun: Any, shelf: Shelf) -> dict[str, Any]:
    """Return a section that names an entry of the catalogue, with its numbers but for those that stand apart."""
    beside = {key: getattr(noun, key) for key in BESIDE[kind] if key != "is"}
    own = _texts({"is": noun.name} | {key: held for key, held in beside.items() if held})
    table = own | _numbers(noun, shelf.entry(kind, noun.name))
    return {key: item for key, item in table.items() if key not in APART.get(kind, ())}


def _numbers(noun: BaseModel, base: BaseModel | None) -> dict[str, Any]:
    """Return every number of a noun as TOML, in tables as deep as it lies, against the entry that it came from."""
    table: dict[str, Any] = {}
    for name, part in parts_of(type(noun)).items():
        held = getattr(noun, name)
        old = getattr(base, name) if base is not None else None
        if held is None or (part.shape != "one" and not held):
            continue
        if isinstance(part.holds, tuple):
            table[name] = toml_value(held)
        elif part.shape == "one":
            table[name] = _one(part.holds, held, old)
        else:
            olds = _named(old or {})
            made = {key: _one(part.holds, item, olds.get(key)) for key, item in _named(held).items()}
            table[name] = {key: item for key, item in made.items() if item != {}}
    return table


def _named(held: Any) -> dict[str, Any]:
    return dict(held) if isinstance(held, Mapping) else {name_of(item): item for item in held}


def _one(holds: Quantity | type[BaseModel], held: Any, old: Any) -> Any:
    """Return a number as TOML, or the table of a noun."""
    return toml_value(_number(holds, held, old)) if isinstance(holds, Quantity) else _numbers(held, old)


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


def _arm(name: str, orders: tuple[Written, ...]) -> str:
    lines = "".join(f"    {toml_value(_order(order))},\n" for order in orders)
    return f"[arms.{toml_key(name)}]\ndo = [\n{lines}]\n"


def _order(order: Written) -> dict[str, Any]:
    """Return an order as the table it is read from."""
    if isinstance(order, Give):
        return _give(order)
    if isinstance(order, Resect):
        table = {"resect": order.target, "at": write(order.at_day, "day"), "margin": order.margin}
        return table | ({"nodes": True} if order.nodes else {}) | _if(order.only_if)
    if isinstance(order, Scan):
        return _scan(order)
    if isinstance(order, Ablate):
        table = {"ablate": order.target, "at": write(order.at_day, "day"), "reach": write(order.reach_mm, "mm")}
        return table | _if(order.only_if)
    if isinstance(order, Inject):
        number = write(order.amount, "cell").replace("cell", order.what)
        return {"inject": number, "into": order.into, "at": write(order.at_day, "day")}
    if not isinstance(order, Shunt | Irradiate):
        return look_table(order)
    start = {"start": write(order.start, "day")}
    if isinstance(order, Shunt):
        lasting = {"duration": write(order.duration, "day")}
        return {"shunt": write(order.per_day, "cell/day"), "into": order.into} | start | lasting
    often = {"every": write(order.every, "day")} if order.fractions > 1 else {}
    dose = {"dose": write(order.dose_gray, "Gy"), "fractions": order.fractions}
    return {"irradiate": order.target} | dose | often | start | _if(order.only_if)


def _if(condition: Condition | None) -> dict[str, Any]:
    """Return what an order is done under."""
    return {} if condition is None else {"if": condition_table(condition)}


def _scan(order: Scan) -> dict[str, Any]:
    table: dict[str, Any] = {"scan": order.instrument, "every": write(order.every, "day")}
    table["start"] = write(order.start, "day")
    if math.isfinite(order.end):
        table["end"] = write(order.end, "day")
    if order.regions:
        table["regions"] = list(order.regions)
    return table | ({"slice": write(order.slice_mm, "mm")} if order.slice_mm > 0.0 else {})


def _give(order: Give) -> dict[str, Any]:
    course = order.course
    table: dict[str, Any] = {
        "give": course.agent,
        "dose": write(order.dose, order.dose_unit),
        "route": course.route,
        "start": write(course.start, "day"),
    }
    if course.every > 0.0:
        table["every"] = write(course.every, "day")
    if course.times is not None:
        table["times"] = course.times
    table["duration"] = write(course.duration, "day")
    if course.on > 0.0:
        table |= {"on": write(course.on, "day"), "off": write(course.off, "day")}
    if course.adaptive is not None:
        table["adaptive"] = dict(zip(("stop", "restart"), course.adaptive, strict=True))
    rules = {"until": course.until, "after": course.after, "guard": course.guard, "if": course.only_if}
    return table | {
        key: condition_table(rule) if isinstance(rule, Condition) else rule
        for key, rule in rules.items()
        if rule is not None
    }
