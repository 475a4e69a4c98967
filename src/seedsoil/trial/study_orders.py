"""The orders of an arm as a study file writes them, and what they become for a host."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from seedsoil.biology.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.experiment.protocol import ROUTES, Course, Protocol, Resect, Scan
from seedsoil.foundation.errors import UnitError, did_you_mean
from seedsoil.foundation.toml import Place, dotted, shown
from seedsoil.foundation.units import plain, read, write
from seedsoil.trial.study_fields import (
    Faults,
    Field,
    Section,
    _described,
    fraction,
    measure,
    one_of,
    read_section,
    text,
    whole,
)

#: Instruments that a study may name.
INSTRUMENTS = ("ct", "mri", "pet")
#: Days between scans where an arm orders none: twelve weeks, as in trials of advanced disease.
USUAL_SCANS_DAYS = 84.0
#: Most doses of one course.
MOST_DOSES = 10_000
_DOSE_UNITS = ("mg", "mg/kg", "mg/m^2")
_LARGEST_DOSE = 1e6
_DOSE_EXAMPLE = 'write, for example, "400 mg/m^2", "5 mg/kg" or "100 mg"'


@dataclass(frozen=True)
class Dose:
    """An amount of drug: absolute, or for each kg or m^2 of the host."""

    number: float
    unit: str

    def milligrams(self, host: Host) -> float:
        """Amount for a host [mg]."""
        scale = {"mg": 1.0, "mg/kg": float(host.weight), "mg/m^2": float(host.body_surface)}
        return self.number * scale[self.unit]


def _read_dose(given: object) -> Dose:
    if not isinstance(given, str):
        has = "has no unit" if isinstance(given, (int, float)) and not isinstance(given, bool) else "is no dose"
        raise ValueError(f"{shown(given)} {has}; a dose is an amount of drug: {_DOSE_EXAMPLE}")
    found, reason = None, f"{shown(given)} is no dose"
    for unit in _DOSE_UNITS:
        try:
            found = Dose(read(given, unit) + 0.0, unit)
            break
        except UnitError as error:
            message = str(error)
            if message.startswith(repr(given)) and unit == "mg":
                reason = shown(given) + message[len(repr(given)) :].partition(", but ")[0].partition(": expected")[0]
                reason = reason.partition(" Expected, for example")[0].rstrip(".")
    if found is None:
        raise ValueError(f"{reason}; a dose is an amount of drug: {_DOSE_EXAMPLE}")
    if not 0.0 <= found.number <= _LARGEST_DOSE:
        raise ValueError(f"{shown(given)} is not between 0 and {_LARGEST_DOSE:g} {found.unit}; {_DOSE_EXAMPLE}")
    return found


def _read_end(given: object) -> float | Literal["progression"]:
    if given == "progression":
        return "progression"
    if isinstance(given, str) and given.strip()[:1].isalpha():
        hint = did_you_mean(given, ["progression"])
        raise ValueError(f'{shown(given)} is no end.{hint} Write "progression", or a day such as "180 days"')
    reader = measure("day", "0 days", "100 years", "180 days")
    return float(reader._read(given))


_span = measure("day", "0 days", "100 years", "14 days")


class ResectOrder(Section):
    """Surgery: what is taken out, when, and the share of cells left behind."""

    resect: Annotated[str, text(60)] = _described('"primary"')
    at: Annotated[float, _span] = _described('"14 days"')
    margin: Annotated[float, fraction(1.0, below=True)] = 0.0

    @property
    def begins(self) -> float:
        """Day of surgery."""
        return self.at

    def table(self) -> dict[str, Any]:
        """Return the order as TOML holds it."""
        return {"resect": self.resect, "at": write(self.at, "day"), "margin": self.margin}


class GiveOrder(Section):
    """A drug: how much, by which route, from when on, how often, until when."""

    give: Annotated[str, text(60)] = _described('"fluorouracil"')
    dose: Annotated[Dose, Field(_read_dose, {"type": "string", "description": "mg, mg/kg or mg/m^2"})] = _described(
        '"400 mg/m^2"'
    )
    route: Annotated[str, one_of(ROUTES)] = ""
    start: Annotated[float, _span] = 0.0
    every: Annotated[float, measure("day", "1 hour", "10 years", "14 days")] | None = None
    times: Annotated[int, whole(1, MOST_DOSES, 12)] | None = None
    duration: Annotated[float, measure("day", "0 hours", "1 year", "46 hours")] = 0.0
    until: (
        Annotated[float | str, Field(_read_end, {"type": "string", "description": '"progression" or a day'})] | None
    ) = None

    @property
    def begins(self) -> float:
        """Day of the first dose."""
        return self.start

    @property
    def doses(self) -> float:
        """How many doses are ordered; infinite if nothing but progression or the end of the study ends them."""
        if self.every is None:
            return 1
        most: float = math.inf if self.times is None else self.times
        if isinstance(self.until, float):
            most = min(most, max(1, math.ceil((self.until - self.start) / self.every - 1e-9)))
        return most

    @property
    def ends(self) -> float:
        """Day on which the last interval is over; infinite for a course without an end of its own."""
        if self.every is None:
            return self.start + self.duration
        return self.start + max(self.every, self.duration) * self.doses

    def table(self) -> dict[str, Any]:
        """Return the order as TOML holds it, without what was left open."""
        table: dict[str, Any] = {
            "give": self.give,
            "dose": write(self.dose.number, self.dose.unit),
            "route": self.route,
        }
        table |= {"start": write(self.start, "day")}
        if self.every is not None:
            table["every"] = write(self.every, "day")
        if self.times is not None:
            table["times"] = self.times
        table["duration"] = write(self.duration, "day")
        if self.until is not None:
            table["until"] = self.until if isinstance(self.until, str) else write(self.until, "day")
        return table


class ScanOrder(Section):
    """A look at the patient, once or again and again."""

    scan: Annotated[str, one_of(INSTRUMENTS)] = _described('"ct"')
    start: Annotated[float, _span] = 0.0
    every: Annotated[float, measure("day", "1 day", "10 years", "84 days")] | None = None

    @property
    def begins(self) -> float:
        """Day of the first scan."""
        return self.start

    def table(self) -> dict[str, Any]:
        """Return the order as TOML holds it."""
        every = {} if self.every is None else {"every": write(self.every, "day")}
        return {"scan": self.scan, "start": write(self.start, "day"), **every}


Order = ResectOrder | GiveOrder | ScanOrder
KINDS: dict[str, type[ResectOrder] | type[GiveOrder] | type[ScanOrder]] = {
    "resect": ResectOrder,
    "give": GiveOrder,
    "scan": ScanOrder,
}
USUAL_SCANS = ScanOrder.model_validate({"scan": "ct", "every": f"{USUAL_SCANS_DAYS:g} days"})


def read_order(item: object, place: Place, faults: Faults) -> Order | None:
    """Return one entry of ``do`` as an order, or None with every fault entered."""
    if not isinstance(item, dict):
        faults.add(place, f'expected a table such as {{ resect = "primary", at = "14 days" }}, got {shown(item)}')
        return None
    kinds = [kind for kind in KINDS if kind in item]
    if len(kinds) != 1:
        what = f"says {' and '.join(kinds)} at once" if kinds else "says neither resect, give nor scan"
        hint = next((hint for key in item if (hint := did_you_mean(key, KINDS))), "") if not kinds else ""
        faults.add(place, f"{what}.{hint} Each order is one of the three")
        return None
    return read_section(KINDS[kinds[0]], item, place, faults)


def protocol(orders: Sequence[Order], host: Host, agents: Mapping[str, Agent]) -> Protocol:
    """Return the orders of an arm for a host, each kind in order of time."""
    resections = [Resect(order.resect, order.at, order.margin) for order in orders if isinstance(order, ResectOrder)]
    courses = [_course(order, host) for order in orders if isinstance(order, GiveOrder)]
    scans = [
        Scan(0.0 if order.every is None else order.every, order.start, order.scan)
        for order in orders
        if isinstance(order, ScanOrder)
    ]
    return Protocol(
        tuple(sorted(resections, key=lambda order: order.at_day)),
        tuple(sorted(courses, key=lambda course: (course.start, course.agent))),
        tuple(sorted(scans, key=lambda scan: scan.start)),
    )


def _course(order: GiveOrder, host: Host) -> Course:
    doses = order.doses
    return Course(
        agent=order.give,
        amount_mg=order.dose.milligrams(host),
        route=next(route for route in ROUTES if route == order.route),
        start=order.start,
        every=0.0 if order.every is None else order.every,
        times=None if math.isinf(doses) else int(doses),
        duration=order.duration,
        until="progression" if order.until == "progression" else None,
    )


def check_order(
    order: Order, place: Place, until: float, host: Host | None, agents: Mapping[str, Agent], faults: Faults
) -> None:
    """Enter what is wrong with one order against the study's length, its host and its drugs."""
    key = "at" if isinstance(order, ResectOrder) else "start"
    if order.begins >= until > 0.0:
        faults.add(
            (*place, key), f"{plain(order.begins)} is not before the end of the study ({plain(until)}); begin earlier"
        )
    if isinstance(order, GiveOrder):
        _check_give(order, place, until, faults)
        if host is not None and order.give in agents:
            _check_route(order, place, host, agents[order.give], faults)
    if isinstance(order, ResectOrder) and host is not None:
        _check_target(order, place, host, faults)


def _check_give(order: GiveOrder, place: Place, until: float, faults: Faults) -> None:
    if order.every is None:
        for key in ("times", "until"):
            given = getattr(order, key)
            if given is not None and given != 1:
                faults.add((*place, key), 'means nothing without an interval; add, for example, every = "14 days"')
    elif order.duration > order.every:
        faults.add(
            (*place, "duration"),
            f"an infusion of {plain(order.duration)} is longer than the interval of {plain(order.every)}; shorten it",
        )
    if isinstance(order.until, float) and order.until <= order.start:
        faults.add(
            (*place, "until"), f"the course ends on day {order.until:g}, before its start on day {order.start:g}"
        )
    if isinstance(order.until, float) and order.every is not None and order.times is not None:
        faults.add((*place, "times"), "a number of doses and a day of the end are both given; keep one")
    if order.every is not None:
        doses = min(order.doses, math.ceil((until - order.start) / order.every)) if until > order.start else 0
        if doses > MOST_DOSES:
            faults.add(
                (*place, "every"), f"makes {doses} doses; at most {MOST_DOSES} are allowed: lengthen the interval"
            )


def _check_route(order: GiveOrder, place: Place, host: Host, agent: Agent, faults: Faults) -> None:
    if order.route and order.route not in agent.routes:
        known = ", ".join(agent.routes)
        faults.add((*place, "route"), f"{shown(order.route)} is no route of {order.give}; it is given by: {known}")
    if order.route == "hepatic_artery":
        liver = [site for site in host.anatomy.sites if site.soil == "liver" and site.arterial_flow is not None]
        if not liver:
            faults.add(
                (*place, "route"),
                f"host {host.name!r} has no hepatic artery (a liver with an arterial_flow); give it by iv",
            )


def _check_target(order: ResectOrder, place: Place, host: Host, faults: Faults) -> None:
    if order.resect in ("primary", "visible metastases"):
        return
    soils = [site.name for site in host.anatomy.sites if site.soil]
    if order.resect not in soils:
        hint = did_you_mean(order.resect, ["primary", "visible metastases", *soils])
        passes = any(site.name == order.resect for site in host.anatomy.sites)
        why = "holds no lesion: cells only pass through it" if passes else "is no target of surgery"
        faults.add(
            (*place, "resect"),
            f'{shown(order.resect)} {why}.{hint} Write "primary", "visible metastases" or an organ with a soil',
        )


def where(place: Place) -> str:
    """Return a place as a message names it."""
    return dotted(place)
