"""Courses of drugs: dose, route, rhythm, and the rules by which a course stops, pauses or is reduced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, cast

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.protocol import PROGRESSIONS, ROUTES, Course, Progression, Route
from seedsoil.foundation.errors import UnitError
from seedsoil.foundation.units import plain, read
from seedsoil.trial.study.orders import LONGEST_DAYS, SHORTEST_INTERVAL, start_of
from seedsoil.trial.study.reader import TOO_NEAR_ZERO, Reader, is_too_near_zero, plain_fault, shown
from seedsoil.trial.study.rules.conditions import read_condition
from seedsoil.trial.study.rules.setting import Setting

__all__ = ["COURSE_KEYS", "DOSE_UNITS", "GUARDS", "MOST_DOSES", "Give", "read_course"]

DOSE_UNITS = ("mg", "mg/kg", "mg/m^2")
GUARDS = ("delay", "reduce")
COURSE_KEYS = (
    "give", "dose", "route", "start", "every", "times", "duration", "until", "on", "off", "after", "adaptive", "guard", "if",
)  # fmt: skip
#: More doses than this are a slip of the pen.
MOST_DOSES = 10_000
MOST_DOSE = 1e6
#: Shares of the first scan's burden at which an adaptive course can stop and restart.
LEAST_SHARE, MOST_SHARE = 0.01, 10.0
_DOSE_EXAMPLE = 'give an amount of drug such as "400 mg", "5 mg/kg" or "400 mg/m^2"'


@dataclass(frozen=True)
class Give:
    """A course of a drug, and its dose as the study writes it: ``dose`` in ``dose_unit``."""

    course: Course
    dose: float
    dose_unit: str


def read_course(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Give:
    """Return a course; its agent is the study's own version where the study changes it."""
    name = reader.choice(table["give"], f"{place}.give", reader.shelf.names("agents"), "an agent of the catalogue")
    dose, unit = _dose(reader, table, place)
    agent: Agent | None = setting.agents.get(name, reader.shelf.entry("agents", name)) if name else None
    route = _route(reader, table.get("route"), f"{place}.route", agent, setting.host)
    start = start_of(reader, table, place, setting)
    every, times = _repeats(reader, table, place, setting, start)
    duration = reader.quantity(table.get("duration", "0 days"), f"{place}.duration", "day", 0.0, LONGEST_DAYS)
    if 0.0 < every < duration:
        reader.fault(
            f"{place}.duration", f"an infusion of {plain(duration)} is longer than the interval of {plain(every)}"
        )
    if route == "oral" and duration > 0.0:
        reader.fault(f"{place}.duration", "a drug by mouth is not infused; leave duration out")
    on, off = _rhythm(reader, table, place, every)
    ending, opening = (_at_progression(reader, table, place, key, what, setting) for key, what in _RULES)
    condition = read_condition(reader, table["if"], f"{place}.if", setting) if "if" in table else None
    if "if" in table and "after" in table:
        reader.fault(f"{place}.if", "is judged on the day of start, which after moves; put all conditions into after")
    course = Course(
        agent=name, amount_mg=_milligrams(dose, unit, setting.host), route=route, start=start, every=every, times=times,
        duration=duration, until=ending, on=on, off=off, after=opening,
        adaptive=_pauses(reader, table, place), guard=_guard(reader, table, place, agent, setting.host),
        only_if=condition,
    )  # fmt: skip
    if isinstance(ending, str) and ending != "progression" and PROGRESSIONS[ending] <= course.opens_at:
        reader.fault(
            f"{place}.until", f'the {ending} does not come after the {opening}; write "progression", the next one'
        )
    _refuse_rules_of_one_dose(reader, table, place, course)
    return Give(course, dose, unit)


_RULES = (("until", "an end"), ("after", "a beginning"))


def _milligrams(dose: float, unit: str, host: Host) -> float:
    """Return a dose in mg for a host."""
    return dose * {"mg": 1.0, "mg/kg": float(host.weight), "mg/m^2": float(host.body_surface)}[unit]


def _repeats(
    reader: Reader, table: dict[str, Any], place: str, setting: Setting, start: float
) -> tuple[float, int | None]:
    """Return the interval of doses, 0 if there is one, and how many there are, None if that is left open."""
    every = 0.0
    if "every" in table:
        every = reader.quantity(table["every"], f"{place}.every", "day", SHORTEST_INTERVAL, LONGEST_DAYS)
    times = reader.whole(table["times"], f"{place}.times", 1, MOST_DOSES) if "times" in table else None
    if "every" not in table and ("until" in table or (times or 1) > 1):
        reader.fault(f"{place}.every", 'is missing; a repeated dose needs an interval, for example "14 days"')
    if every == 0.0 and times is None:
        times = 1
    if every > 0.0 and times is None and (setting.until_days - start) / every > MOST_DOSES:
        reader.fault(
            f"{place}.every", f"makes more than {MOST_DOSES} doses; give a longer interval or a number of times"
        )
    return every, times


def _at_progression(
    reader: Reader, table: dict[str, Any], place: str, key: str, what: str, setting: Setting
) -> Progression | Condition | None:
    """Return what a course begins, or ends, with: a progression that scans show, or a condition on what is read."""
    if key not in table:
        return None
    if isinstance(table[key], dict):
        return read_condition(reader, table[key], f"{place}.{key}", setting)
    return cast(Progression, reader.choice(table[key], f"{place}.{key}", tuple(PROGRESSIONS), what)) or None


def _rhythm(reader: Reader, table: dict[str, Any], place: str, every: float) -> tuple[float, float]:
    """Return how long doses go on, and how long they rest, in turn; 0 and 0 without a rhythm."""
    if "on" not in table and "off" not in table:
        return 0.0, 0.0
    for key in ("on", "off"):
        if key not in table:
            reader.fault(
                f"{place}.{key}", 'is missing; a rhythm needs both, for example on = "14 days", off = "7 days"'
            )
            return 0.0, 0.0
    on, off = (
        reader.quantity(table[key], f"{place}.{key}", "day", SHORTEST_INTERVAL, LONGEST_DAYS) for key in ("on", "off")
    )
    if 0.0 < on <= every:
        reader.fault(
            f"{place}.on",
            f"{shown(table['on'])} holds one dose of an interval of {plain(every)}; leave on and off out "
            f"and give every {plain(on + off)}",
        )
    return on, off


def _pauses(reader: Reader, table: dict[str, Any], place: str) -> tuple[float, float] | None:
    """Return the shares of the first scan's burden below which a course stops, and at which it goes on."""
    if "adaptive" not in table:
        return None
    here = f"{place}.adaptive"
    rule = reader.table(table["adaptive"], here, ("stop", "restart"))
    if len(rule) < 2:
        if isinstance(table["adaptive"], dict):
            missing = next(key for key in ("stop", "restart") if key not in rule)
            reader.fault(f"{here}.{missing}", "is missing; write { stop = 0.5, restart = 1.0 }")
        return None
    stop, restart = (
        reader.quantity(rule[key], f"{here}.{key}", "1", LEAST_SHARE, MOST_SHARE) for key in ("stop", "restart")
    )
    if stop >= restart:
        reader.fault(
            here, f"stops below {stop:g} and restarts at {restart:g} of the first burden; restart must be above"
        )
    if "on" in table:
        reader.fault(here, "a course has a rhythm or adapts, not both; leave on and off out, or adaptive")
    return stop, restart


def _guard(
    reader: Reader, table: dict[str, Any], place: str, agent: Agent | None, host: Host
) -> Literal["reduce", "delay"] | None:
    """Return what is done when blood counts are low."""
    if "guard" not in table:
        return None
    here = f"{place}.guard"
    guard = reader.choice(table["guard"], here, GUARDS, "a way to guard blood counts")
    if agent is not None and (agent.toxicity is None or agent.toxicity.neutrophil_slope is None):
        reader.fault(
            here, f"{agent.name} does not lower blood counts (it has no toxicity.neutrophil_slope); leave guard out"
        )
    elif host.neutrophils is None:
        reader.fault(
            here, f"the {host.name} has no neutrophils whose count could fall; describe it under [host.neutrophils]"
        )
    return cast(Literal["reduce", "delay"], guard) if guard else None


def _refuse_rules_of_one_dose(reader: Reader, table: dict[str, Any], place: str, course: Course) -> None:
    """Refuse rules about later doses where there is one dose only."""
    if course.every > 0.0 and course.times != 1:
        return
    for key in ("on", "adaptive", "guard"):
        if key in table:
            reader.fault(
                f"{place}.{key}", "is a rule for repeated doses, and there is one; give every, or leave it out"
            )


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
        elif is_too_near_zero(dose):
            reader.fault(f"{place}.dose", f"{shown(given)} {TOO_NEAR_ZERO}")
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
