"""What may be given in a day: a dose ordered above an agent's daily limit is given at the limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.experiment.orders.regimen import Regimen
from seedsoil.experiment.protocol import ROUTE_WORDS, Course, Route

_SAME_DAY = 1e-9


def daily_limit(agent: Agent, route: Route, host: Host) -> float:
    """Most of an agent that any 24 hours may bring a host by a route [mg]; infinity where nothing bounds it."""
    limit = None if agent.toxicity is None else agent.toxicity.daily_limit.get(route)
    return math.inf if limit is None else float(limit) * float(host.body_surface)


def largest_dose(agent: Agent, course: Course, host: Host) -> float:
    """Most that one dose of a course may bring [mg]: a day's limit, or that of each day that it runs in."""
    return daily_limit(agent, course.route, host) * max(1.0, course.duration)


def limit_words(agent: Agent, route: Route) -> str:
    """Say how much may be given."""
    limit = None if agent.toxicity is None else agent.toxicity.daily_limit.get(route)
    return "" if limit is None else f"no more than {float(limit):g} mg/m^2 may be given {ROUTE_WORDS[route]} in a day"


def cut_short(courses: Sequence[Course], agents: Mapping[str, Agent], host: Host) -> list[str]:
    """Say which agents of an arm are ordered above a day's limit, and what is given then."""
    most: dict[tuple[str, Route], float] = {}
    for course in courses:
        key = (course.agent, course.route)
        # What waits for a progression need not run beside what goes on until then: each is judged alone.
        beside = 0.0 if course.after is not None else most.get(key, 0.0)
        most[key] = max(most.get(key, 0.0), beside + day_of(course))
    return [
        f"{agents[name].title}: up to {amount:.4g} mg are ordered for a day, but {limit_words(agents[name], route)}; "
        f"{limit:.4g} mg are given"
        for (name, route), amount in most.items()
        if amount > (limit := daily_limit(agents[name], route, host)) * (1.0 + _SAME_DAY)
    ]


def keeps_within(regimens: Sequence[Regimen], host: Host) -> bool:
    """Whether no 24 hours can bring more than they may, whatever the days of the courses."""
    most: dict[tuple[str, Route], float] = {}
    for one in regimens:
        key = (one.agent.name, one.course.route)
        most[key] = most.get(key, 0.0) + day_of(one.course)
    limits = {(one.agent.name, one.course.route): daily_limit(one.agent, one.course.route, host) for one in regimens}
    return all(amount <= limits[key] * (1.0 + _SAME_DAY) for key, amount in most.items())


def day_of(course: Course) -> float:
    """Most that 24 hours bring of a course as it is ordered [mg]."""
    doses = math.ceil(1.0 / course.every - _SAME_DAY) if 0.0 < course.every < 1.0 and course.times != 1 else 1
    return doses * course.amount_mg / max(1.0, course.duration)


@dataclass
class Given24:
    """What is being given: for each agent and route until which day a dose counts, and what each of its days brings."""

    host: Host
    running: dict[tuple[str, Route], list[tuple[float, float]]] = field(default_factory=dict)

    def allowed(self, agent: Agent, course: Course, day: float) -> float:
        """Most that a dose of a course may bring today [mg], besides what is running and what a day has brought."""
        key = (agent.name, course.route)
        now = [pair for pair in self.running.get(key, ()) if pair[0] > day + _SAME_DAY]
        self.running[key] = now
        left = daily_limit(agent, course.route, self.host) - math.fsum(amount for _, amount in now)
        return max(0.0, left) * max(1.0, course.duration)

    def note(self, agent: Agent, course: Course, day: float, amount: float) -> None:
        """Note a dose."""
        days = max(1.0, course.duration)
        self.running.setdefault((agent.name, course.route), []).append((day + days, amount / days))
