"""The arms of a study: orders read one by one, inherited, and refused where they contradict each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, cast

from seedsoil.biology.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.body.state import STEP_DAYS
from seedsoil.catalogue.load import entry, names
from seedsoil.experiment.protocol import ROUTES, Course, Protocol, Resect, Route, Scan
from seedsoil.foundation.errors import UnitError, did_you_mean, known_words
from seedsoil.foundation.units import plain, read
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.trial.study.reader import Reader, plain_fault, shown

__all__ = ["DOSE_UNITS", "Give", "Order", "protocol_of", "read_arms"]

DOSE_UNITS = ("mg", "mg/kg", "mg/m^2")
DEFAULT_SCAN = Scan(every=56.0, start=28.0, instrument="ct")
#: More doses or arms than this are a slip of the pen.
MOST_DOSES, MOST_ARMS = 10_000, 50
MOST_DOSE = 1e6
LONGEST_DAYS = 100 * 365.25
_SHORTEST_INTERVAL = 1 / 24
_DOSE_EXAMPLE = 'give an amount of drug such as "400 mg", "5 mg/kg" or "400 mg/m^2"'
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}$")
# Names that some systems keep for devices: a table or picture could not be named after such an arm.
_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))
_TARGETS = ("primary", "visible metastases")
_KEYS = {
    "resect": ("resect", "at", "margin"),
    "give": ("give", "dose", "route", "start", "every", "times", "duration", "until"),
    "scan": ("scan", "every", "start"),
}


@dataclass(frozen=True)
class Give:
    """A course of a drug, and its dose as the study writes it: ``dose`` in ``dose_unit``."""

    course: Course
    dose: float
    dose_unit: str


Order = Resect | Scan | Give


@dataclass(frozen=True)
class Setting:
    """What orders are read against; ``primary`` is the site of the primary."""

    host: Host
    primary: str
    until_days: float

    def milligrams(self, dose: float, unit: str) -> float:
        """Return a dose in mg for this host."""
        return dose * {"mg": 1.0, "mg/kg": float(self.host.weight), "mg/m^2": float(self.host.body_surface)}[unit]


def protocol_of(orders: Iterable[Order]) -> Protocol:
    """Return the protocol of an arm."""
    listed = tuple(orders)
    return Protocol(
        resections=tuple(order for order in listed if isinstance(order, Resect)),
        courses=tuple(order.course for order in listed if isinstance(order, Give)),
        scans=tuple(order for order in listed if isinstance(order, Scan)),
    )


def read_arms(reader: Reader, given: object, setting: Setting) -> dict[str, tuple[Order, ...]]:
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
    own: dict[str, tuple[Order, ...]] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for name, arm in arms.items():
        place = reader.place("arms", name)
        table = reader.table(arm, place, ("extends", "do"))
        if arm == {}:
            reader.fault(place, "is empty; say what is done, or write do = [] if nothing is")
        own[name] = _read_orders(reader, table.get("do", []), f"{place}.do", setting)
        parents[name] = _read_parents(reader, table.get("extends"), f"{place}.extends", name, list(arms))
    whole: dict[str, tuple[Order, ...]] = {}
    for name in arms:
        _inherit(reader, name, own, parents, whole, ())
    usual = replace(DEFAULT_SCAN, start=min(DEFAULT_SCAN.start, 0.5 * setting.until_days))
    scanned = {
        name: orders if any(isinstance(order, Scan) for order in orders) else (*orders, usual)
        for name, orders in whole.items()
    }
    for name, orders in scanned.items():
        before = [scanned.get(parent, ()) for parent in parents[name]]
        _check_together(reader, reader.place("arms", name), orders, before, setting)
        _check_seen(reader, reader.place("arms", name), orders, before)
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
    own: dict[str, tuple[Order, ...]],
    parents: dict[str, tuple[str, ...]],
    whole: dict[str, tuple[Order, ...]],
    path: tuple[str, ...],
) -> tuple[Order, ...]:
    """Fill ``whole`` for an arm: its parents' orders, each once, then its own."""
    if name in whole:
        return whole[name]
    if name in path:
        circle = " -> ".join((*path[path.index(name) :], name))
        reader.fault(f"{reader.place('arms', path[-1])}.extends", f"goes in a circle: {circle}")
        return ()
    orders: dict[Order, None] = {}
    for parent in parents[name]:
        orders.update(dict.fromkeys(_inherit(reader, parent, own, parents, whole, (*path, name))))
    orders.update(dict.fromkeys(own[name]))
    return whole.setdefault(name, tuple(orders))


def _read_orders(reader: Reader, given: object, place: str, setting: Setting) -> tuple[Order, ...]:
    if not isinstance(given, list):
        reader.fault(place, f'{shown(given)} is not a list of orders; write do = [ {{ resect = "primary", ... }} ]')
        return ()
    orders: list[Order] = []
    for index, item in enumerate(given):
        before = len(reader.faults)
        order = _read_order(reader, item, f"{place}[{index}]", setting)
        if order is None or len(reader.faults) > before:
            continue
        if order in orders:
            reader.fault(f"{place}[{index}]", "repeats an earlier order; remove one")
        orders.append(order)
    return tuple(orders)


def _read_order(reader: Reader, given: object, place: str, setting: Setting) -> Order | None:
    table = reader.table(given, place)
    if not isinstance(given, dict):
        return None
    kinds = [kind for kind in _KEYS if kind in table]
    if len(kinds) != 1:
        what = f"both {' and '.join(kinds)}" if kinds else "none of resect, give, scan"
        hint = "" if kinds else next((word for key in table if (word := did_you_mean(key[:60], _KEYS))), "")
        reader.fault(place, f"has {what}; an order is one of them.{hint}")
        return None
    table = reader.table(given, place, _KEYS[kinds[0]])
    return {"resect": _read_resect, "give": _read_give, "scan": _read_scan}[kinds[0]](reader, table, place, setting)


def _read_resect(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Order | None:
    sites = [site.name for site in setting.host.anatomy.sites if site.soil]
    target = reader.choice(table["resect"], f"{place}.resect", (*_TARGETS, *sites), "something that can be resected")
    if target and target == setting.primary:
        reader.fault(
            f"{place}.resect",
            f'{shown(target)} is where the primary lies, which such an order would leave; write "primary", '
            'or "visible metastases"',
        )
    if "at" not in table:
        reader.fault(f"{place}.at", 'is missing; say when, for example "14 days"')
        return None
    day = _time(reader, table["at"], f"{place}.at", setting)
    margin = reader.quantity(table.get("margin", 0.0), f"{place}.margin", "1", 0.0, 1.0)
    if margin == 1.0:
        reader.fault(f"{place}.margin", f"{shown(table['margin'])} leaves all cells behind; give a share below 1")
    return Resect(target=target, at_day=day, margin=margin)


def _read_scan(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Order | None:
    tool = reader.choice(table["scan"], f"{place}.scan", sorted(INSTRUMENTS), "an instrument")
    every = (
        reader.quantity(table["every"], f"{place}.every", "day", 1.0, LONGEST_DAYS)
        if "every" in table
        else DEFAULT_SCAN.every
    )
    start = _time(reader, table["start"], f"{place}.start", setting) if "start" in table else DEFAULT_SCAN.start
    return Scan(every=every, start=start, instrument=tool)


def _read_give(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Order | None:
    name = reader.choice(table["give"], f"{place}.give", names("agents"), "an agent of the catalogue")
    dose, unit = _dose(reader, table, place)
    agent: Agent | None = entry("agents", name) if name else None
    route = _route(reader, table.get("route"), f"{place}.route", agent, setting.host)
    start = _time(reader, table.get("start", "0 days"), f"{place}.start", setting)
    every = (
        reader.quantity(table["every"], f"{place}.every", "day", _SHORTEST_INTERVAL, LONGEST_DAYS)
        if "every" in table
        else 0.0
    )
    times = reader.whole(table["times"], f"{place}.times", 1, MOST_DOSES) if "times" in table else None
    duration = reader.quantity(table.get("duration", "0 days"), f"{place}.duration", "day", 0.0, LONGEST_DAYS)
    until = reader.choice(table["until"], f"{place}.until", ("progression",), "an end") if "until" in table else None
    if "every" not in table and (until is not None or (times or 1) > 1):
        reader.fault(f"{place}.every", 'is missing; a repeated dose needs an interval, for example "14 days"')
    if every == 0.0 and times is None:
        times = 1
    if 0.0 < every < duration:
        reader.fault(
            f"{place}.duration", f"an infusion of {plain(duration)} is longer than the interval of {plain(every)}"
        )
    if route == "oral" and duration > 0.0:
        reader.fault(f"{place}.duration", "a drug by mouth is not infused; leave duration out")
    if every > 0.0 and times is None and (setting.until_days - start) / every > MOST_DOSES:
        reader.fault(
            f"{place}.every", f"makes more than {MOST_DOSES} doses; give a longer interval or a number of times"
        )
    course = Course(
        agent=name, amount_mg=setting.milligrams(dose, unit), route=route, start=start, every=every, times=times,
        duration=duration, until="progression" if until else None,
    )  # fmt: skip
    return Give(course, dose, unit)


def _dose(reader: Reader, table: dict[str, Any], place: str) -> tuple[float, str]:
    """Return the dose and its unit: mg, mg per kg of weight or mg per square metre of body surface."""
    if "dose" not in table:
        reader.fault(f"{place}.dose", f"is missing; {_DOSE_EXAMPLE}")
        return 0.0, "mg"
    given, fault = table["dose"], ""
    for unit in DOSE_UNITS:
        try:
            dose = read(given, unit)
        except UnitError as error:
            fault = fault or plain_fault(error, given)
            continue
        if not 0.0 <= dose <= MOST_DOSE:
            reader.fault(f"{place}.dose", f"{shown(given)} is outside 0 to {MOST_DOSE:.0f} {unit}")
        return dose + 0.0, unit
    if not isinstance(given, str):
        fault = f"{shown(given)} has no unit" if type(given) in (int, float) else f"{shown(given)} is no dose"
    fault = re.split(r", but |: expected|: write| Expected", fault)[0].rstrip(".")
    example = f" G{_DOSE_EXAMPLE[1:]}" if fault.endswith("?") else f"; {_DOSE_EXAMPLE}"
    reader.fault(f"{place}.dose", f"{fault}{example}")
    return 0.0, "mg"


def _route(reader: Reader, given: object, place: str, agent: Agent | None, host: Host) -> Route:
    if given is None:
        return agent.routes[0] if agent is not None else "iv"
    route = reader.choice(given, place, ROUTES, "a route")
    if route and agent is not None and route not in agent.routes:
        reader.fault(place, f"{agent.name} is not given by {shown(route)}; its routes: {', '.join(agent.routes)}")
    elif route not in ("", "iv", "oral") and not any(
        site.artery == route and site.arterial_flow is not None for site in host.anatomy.sites
    ):
        reader.fault(place, f"the host {host.name} has no {route} that could be infused")
    return cast(Route, route or "iv")


def _time(reader: Reader, given: object, place: str, setting: Setting) -> float:
    """Return a day since diagnosis within the study."""
    day = reader.quantity(given, place, "day")
    if math.isfinite(setting.until_days) and day >= setting.until_days:
        reader.fault(place, f"{shown(given)} is not before the end of the study ({plain(setting.until_days)})")
    return day


def _check_together(
    reader: Reader, place: str, orders: tuple[Order, ...], parents: list[tuple[Order, ...]], setting: Setting
) -> None:
    """Refuse orders of one arm that cannot both be carried out; a parent's own faults are the parent's."""
    for first, second in combinations(orders, 2):
        if any(first in parent and second in parent for parent in parents):
            continue
        if isinstance(first, Resect) and isinstance(second, Resect) and first.target == second.target == "primary":
            reader.fault(place, f"the primary is resected twice, on day {first.at_day:g} and on day {second.at_day:g}")
        if not isinstance(first, Give) or not isinstance(second, Give):
            continue
        one, other, end = first.course, second.course, setting.until_days
        if (one.agent, one.route) == (other.agent, other.route) and (
            one.start <= other.last_day(end) and other.start <= one.last_day(end)
        ):
            reader.fault(
                place,
                f"two courses of {one.agent} by {one.route} overlap "
                f"(they start on day {one.start:g} and on day {other.start:g})",
            )


def _check_seen(reader: Reader, place: str, orders: tuple[Order, ...], parents: list[tuple[Order, ...]]) -> None:
    """Refuse to take out what no scan can have shown; a parent's own faults are the parent's."""
    for order in _unseen(orders):
        if any(order in _unseen(parent) for parent in parents):
            continue
        first = min(scan.start for scan in orders if isinstance(scan, Scan))
        what = "visible metastases" if order.target == _TARGETS[1] else f"metastases of the {order.target}"
        reader.fault(
            place,
            f"{what} are resected on day {order.at_day:g}, when no scan has shown any; operate on day "
            f"{first + STEP_DAYS:g} or later (scans begin on day {first:g} and are read within {plain(STEP_DAYS)}), "
            "or scan earlier",
        )


def _unseen(orders: Iterable[Order]) -> tuple[Resect, ...]:
    """Return the operations on metastases that come before the first scan has been read."""
    listed = tuple(orders)
    first = min((order.start for order in listed if isinstance(order, Scan)), default=math.inf)
    return tuple(
        order
        for order in listed
        if isinstance(order, Resect) and order.target != "primary" and order.at_day < first + STEP_DAYS
    )
