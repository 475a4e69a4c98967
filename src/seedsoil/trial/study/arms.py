"""The arms of a study: what each does, the orders that it inherits, and those that it adds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from seedsoil.experiment.orders.sampling.looks import Autopsy, Biopsy, BloodDraw, Count, Culture
from seedsoil.experiment.protocol import (
    Ablate,
    Course,
    Inject,
    Irradiate,
    Order,
    Protocol,
    Resect,
    Scan,
    Shunt,
)
from seedsoil.foundation.errors import did_you_mean, known_words
from seedsoil.trial.study.courses import COURSE_KEYS, Give, read_course
from seedsoil.trial.study.looks.read import LOOKS
from seedsoil.trial.study.orders import DEFAULT_SCAN, ORDERS
from seedsoil.trial.study.reader import Reader, shown
from seedsoil.trial.study.rules.setting import Setting
from seedsoil.trial.study.together import Written, check_together

__all__ = ["protocol_of", "read_arms"]

#: More arms than this are a slip of the pen.
MOST_ARMS = 50
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}$")
# Names that some systems keep for devices: a table or picture could not be named after such an arm.
_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
_Kind = TypeVar("_Kind", bound=Order)
_READ = {**ORDERS, **LOOKS}
_KINDS = ("resect", "give", *(kind for kind in _READ if kind != "resect"))


def protocol_of(orders: Iterable[Written]) -> Protocol:
    """Return the protocol of an arm."""
    given = [order.course if isinstance(order, Give) else order for order in orders]
    return Protocol(
        _of(given, Resect), _of(given, Course), _of(given, Scan), _of(given, Ablate), _of(given, Irradiate),
        _of(given, Inject), _of(given, Shunt), _of(given, Biopsy), _of(given, BloodDraw),
        _of(given, Culture), _of(given, Autopsy), _of(given, Count),
    )  # fmt: skip


def _of(orders: Iterable[Order], kind: type[_Kind]) -> tuple[_Kind, ...]:
    """Return the orders of a kind."""
    return tuple(order for order in orders if isinstance(order, kind))


def read_arms(reader: Reader, given: object, setting: Setting) -> dict[str, tuple[Written, ...]]:
    """Return the orders of each arm, inherited ones first, with the default scan where an arm has none."""
    if given is None:
        reader.fault("arms", "is missing; write at least one arm, such as [arms.control] with do = []")
        return {}
    arms = reader.table(given, "arms")
    if isinstance(given, dict) and not arms:
        reader.fault("arms", "is empty; write at least one arm, such as [arms.control] with do = []")
    if len(arms) > MOST_ARMS:
        reader.fault("arms", f"has {len(arms)} arms; {MOST_ARMS} are the most allowed")
        return {}
    _check_names(reader, arms)
    own: dict[str, tuple[Written, ...]] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for name, arm in arms.items():
        place = reader.place("arms", name)
        table = reader.table(arm, place, ("extends", "do"))
        if arm == {}:
            reader.fault(place, "is empty; say what is done, or write do = [] if nothing is")
        own[name] = _read_orders(reader, table.get("do", []), f"{place}.do", setting)
        parents[name] = _read_parents(reader, table.get("extends"), f"{place}.extends", name, list(arms))
    whole: dict[str, tuple[Written, ...]] = {}
    for name in arms:
        _inherit(reader, name, own, parents, whole, ())
    usual = replace(DEFAULT_SCAN, start=min(DEFAULT_SCAN.start, 0.5 * setting.until_days))
    scanned = {
        name: orders if any(isinstance(order, Scan) for order in orders) else (*orders, usual)
        for name, orders in whole.items()
    }
    for name, orders in scanned.items():
        before = [scanned.get(parent, ()) for parent in parents[name]]
        check_together(reader, reader.place("arms", name), orders, before, setting)
    return {name: scanned[name] for name in arms if name in scanned}


def _check_names(reader: Reader, arms: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in arms:
        place = reader.place("arms", name)
        if not _NAME.match(name):
            reader.fault(place, "is no name for an arm; start with a letter, then up to 39 letters, digits, _ or -")
        elif name.lower() in _DEVICES:
            reader.fault(place, "is a name that some systems keep for a device; choose another")
        elif name.lower() in seen:
            reader.fault(place, f"differs from {shown(seen[name.lower()])} by capitals only; choose another name")
        seen.setdefault(name.lower(), name)


def _read_parents(reader: Reader, given: object, place: str, name: str, arms: list[str]) -> tuple[str, ...]:
    if given is None:
        return ()
    others = [other for other in arms if other != name]
    listed = [given] if isinstance(given, str) else given
    if given == name or (isinstance(given, list) and name in given):
        reader.fault(place, f"goes in a circle: {name} -> {name}")
        return ()
    if not isinstance(listed, list):
        reader.fault(place, f'{shown(given)} is not the name of an arm; write extends = "name" or a list of names')
        return ()
    found: list[str] = []
    for index, parent in enumerate(listed):
        here = place if isinstance(given, str) else f"{place}[{index}]"
        if not isinstance(parent, str):
            reader.fault(here, f"{shown(parent)} is not text; give the name of an arm")
        elif parent not in others:
            known = f" Arms: {known_words(others)}." if others else " There is no other arm."
            reader.fault(here, f"there is no arm {shown(parent)}.{did_you_mean(parent[:60], others)}{known}")
        elif parent in found:
            reader.fault(here, f"{shown(parent)} stands there twice")
        else:
            found.append(parent)
    return tuple(found)


def _inherit(
    reader: Reader,
    name: str,
    own: dict[str, tuple[Written, ...]],
    parents: dict[str, tuple[str, ...]],
    whole: dict[str, tuple[Written, ...]],
    path: tuple[str, ...],
) -> tuple[Written, ...]:
    """Fill ``whole`` for an arm: its parents' orders, each once, then its own."""
    if name in whole:
        return whole[name]
    if name in path:
        circle = " -> ".join((*path[path.index(name) :], name))
        reader.fault(f"{reader.place('arms', path[-1])}.extends", f"goes in a circle: {circle}")
        return ()
    orders: dict[Written, None] = {}
    for parent in parents[name]:
        orders.update(dict.fromkeys(_inherit(reader, parent, own, parents, whole, (*path, name))))
    orders.update(dict.fromkeys(own[name]))
    return whole.setdefault(name, tuple(orders))


def _read_orders(reader: Reader, given: object, place: str, setting: Setting) -> tuple[Written, ...]:
    if not isinstance(given, list):
        reader.fault(place, f'{shown(given)} is not a list of orders; write do = [ {{ resect = "primary", ... }} ]')
        return ()
    orders: list[Written] = []
    for index, item in enumerate(given):
        before = len(reader.faults)
        order = _read_order(reader, item, f"{place}[{index}]", setting)
        if order is None or len(reader.faults) > before:
            continue
        if order in orders:
            reader.fault(f"{place}[{index}]", "repeats an earlier order; remove one")
        orders.append(order)
    return tuple(orders)


def _read_order(reader: Reader, given: object, place: str, setting: Setting) -> Written | None:
    table = reader.table(given, place)
    if not isinstance(given, dict):
        return None
    kinds = [kind for kind in _KINDS if kind in table]
    if len(kinds) != 1:
        what = f"both {' and '.join(kinds)}" if kinds else f"none of {', '.join(_KINDS)}"
        hint = "" if kinds else next((word for key in table if (word := did_you_mean(key[:60], _KINDS))), "")
        reader.fault(place, f"has {what}; an order is one of them.{hint}")
        return None
    if kinds[0] == "give":
        return read_course(reader, reader.table(given, place, COURSE_KEYS), place, setting)
    known, read = _READ[kinds[0]]
    return read(reader, reader.table(given, place, known), place, setting)
