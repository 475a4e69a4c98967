"""Doses as toxicity allows them: a day's limit, counts of neutrophils at each dose, and a lifetime's limit.

Counts follow from doses alone, not from the tumour, so that all of it is known as soon as the courses are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.medicine.kinetics import Exponentials
from seedsoil.biology.medicine.neutrophils import STEP_DAYS, counts, rested
from seedsoil.biology.medicine.saturable import Followed
from seedsoil.biology.patient import Host
from seedsoil.experiment.orders.given import Given, dose_days
from seedsoil.experiment.orders.limits import Given24, keeps_within, largest_dose, limit_words
from seedsoil.experiment.orders.regimen import Regimen
from seedsoil.experiment.timeline import arriving, response, saturable
from seedsoil.foundation.elementary import exp_each
from seedsoil.foundation.errors import ModelError

Floats = NDArray[np.float64]

#: A dose is held back below so many times the count of grade 4: that is grade 3.
CAUTION = 2.0
#: What a reduction leaves of a dose, and for how long a dose is put off [day].
REDUCED, PUT_OFF = 0.75, 7.0
#: Counts are followed for so many transit times after the last dose, and plasma for so many of its slowest half-lives.
_RECOVERY, _WASH_OUT = 4.0, 10.0
_SAME_DAY = 1e-9


@dataclass(frozen=True)
class Dosing:
    """What is really given, what was decided on the way (day, kind, words), and the counts [1/L] that decided."""

    given: tuple[Given, ...]
    told: tuple[tuple[float, str, str], ...] = ()
    days: Floats = field(default_factory=lambda: np.zeros(0))
    neutrophils: Floats = field(default_factory=lambda: np.zeros(0))

    def nadir(self, until: float) -> tuple[float, float] | None:
        """Day and value of the lowest count up to a day; None where counts were not followed."""
        seen = self.days <= until
        if not seen.any():
            return None
        lowest = int(np.argmin(self.neutrophils[seen]))
        return float(self.days[seen][lowest]), float(self.neutrophils[seen][lowest])


@dataclass
class _Schedule:
    """The doses of one course that are still to come, as its rules and delays have left them."""

    regimen: Regimen
    spans: list[Floats]
    shift: float = 0.0
    share: float = 1.0
    days: list[float] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)
    place: int = 0
    most: float = np.inf
    cut_to: float = np.nan

    @property
    def amount(self) -> float:
        """What counts leave of a dose that may be given [mg]."""
        return self.share * min(self.regimen.course.amount_mg, self.most)

    def next_day(self, end: float) -> float:
        """Day of the next dose; infinity if there is none."""
        course, spans = self.regimen.course, self.regimen.spans
        while self.spans and (course.times is None or len(self.days) < course.times):
            if self.place < self.spans[0].size:
                day = float(self.spans[0][self.place]) + self.shift
                if day < min(end, spans[len(spans) - len(self.spans)].until) - _SAME_DAY:
                    return day
            self.spans, self.place, self.shift = self.spans[1:], 0, 0.0
        return np.inf

    def given(self) -> Given:
        """What was given of it."""
        return Given(self.regimen.agent, self.regimen.course, np.array(self.days), np.array(self.amounts))


def dosing(regimens: Sequence[Regimen], host: Host, end: float) -> Dosing:
    """Work out every dose before day ``end``.

    At each dose of a guarded course the count decides: below ``CAUTION`` times ``neutrophils.danger`` it is reduced from then
    on, or put off by a week at a time. Guarded or not, no 24 hours bring more of an agent than its daily limit, and an
    agent whose next dose would bring the sum above its cumulative limit is given no more.

    Raises
    ------
    ModelError
        If a course is guarded and the host has no neutrophils.
    """
    guarded = [one.course.agent for one in regimens if one.course.guard is not None]
    if guarded and host.neutrophils is None:
        raise ModelError(
            f"the course of {guarded[0]} is guarded by blood counts, but host {host.name!r} has no neutrophils: "
            "describe them, or leave the guard out"
        )
    if not guarded and all(_limit(one.agent) is None for one in regimens) and keeps_within(regimens, host):
        return Dosing(tuple(_as_ordered(one, end) for one in regimens))
    schedules = [_Schedule(one, _planned(one, end), most=largest_dose(one.agent, one.course, host)) for one in regimens]
    blood = _Blood(host, [one.agent for one in regimens]) if guarded else None
    told: list[tuple[float, str, str]] = []
    spent: dict[str, float] = {}
    recent = Given24(host)
    while True:
        days = [schedule.next_day(end) for schedule in schedules]
        place = int(np.argmin(days)) if days else 0
        if not days or np.isinf(days[place]):
            break
        day, schedule = days[place], schedules[place]
        if blood is not None:
            blood.advance(day)
        if schedule.regimen.course.guard is not None and blood is not None and blood.is_low:
            told.append((day, *_hold_back(schedule, blood.count)))
            if schedule.regimen.course.guard == "delay":
                continue
        _give(schedule, schedules, day, recent, spent, told)
        if blood is not None and schedule.days and schedule.days[-1] == day:
            blood.give(schedule.regimen, day, schedule.amounts[-1])
    given = tuple(schedule.given() for schedule in schedules)
    if blood is None:
        return Dosing(given, tuple(told))
    blood.recover(end)
    return Dosing(given, tuple(told), np.concatenate(blood.days), np.concatenate(blood.counts))


def _limit(agent: Agent) -> float | None:
    """How much of an agent may be given in a life [mg/m^2]; None where nothing bounds it."""
    limit = None if agent.toxicity is None else agent.toxicity.cumulative_limit
    return None if limit is None else float(limit)


def _planned(regimen: Regimen, end: float) -> list[Floats]:
    """Days of the doses of each stretch of a course, by its own rhythm."""
    return [dose_days(regimen.course, min(end, span.until), span.clock) for span in regimen.spans]


def _as_ordered(regimen: Regimen, end: float) -> Given:
    """A course that no toxicity bounds."""
    days = np.concatenate([np.zeros(0), *_planned(regimen, end)])[: regimen.course.times]
    return Given(regimen.agent, regimen.course, days, np.full(days.size, regimen.course.amount_mg))


def _hold_back(schedule: _Schedule, count: float) -> tuple[str, str]:
    """Reduce a course, or put its next doses off; say so."""
    title = schedule.regimen.agent.title
    low = f"neutrophils {count / 1e9:.2g}e9/L"
    if schedule.regimen.course.guard == "delay":
        schedule.shift += PUT_OFF
        return "delayed", f"{title} put off by a week: {low}"
    schedule.share *= REDUCED
    return "reduced", f"{title} reduced to {schedule.amount:.4g} mg ({100.0 * schedule.share:.3g} %) from now on: {low}"


def _give(
    schedule: _Schedule, schedules: Sequence[_Schedule], day: float, recent: Given24, spent: dict[str, float],
    told: list[tuple[float, str, str]],
) -> None:  # fmt: skip
    """Give a dose, as far as a day's limit lets it, unless it would bring its agent above what may be given in a life."""
    agent, course, amount = schedule.regimen.agent, schedule.regimen.course, schedule.amount
    allowed = recent.allowed(agent, course, day)
    cut = amount > allowed * (1.0 + _SAME_DAY)
    amount = allowed if cut else amount
    limit = _limit(agent)
    if limit is not None:
        before = spent.get(agent.name, 0.0)
        after = before + amount / float(recent.host.body_surface)
        if after > limit * (1.0 + _SAME_DAY):
            told.append((day, "stopped", f"{agent.title} ended: {before:.0f} mg/m^2 given, {limit:g} may be in a life"))
            for one in schedules:
                if one.regimen.agent.name == agent.name:
                    one.spans = []
            return
        spent[agent.name] = after
    bound = cut or (schedule.share == 1.0 and amount < course.amount_mg)
    if bound and amount != schedule.cut_to:
        # A dose like the last one is told once.
        told.append((day, "reduced", f"{agent.title} reduced to {amount:.4g} mg: {limit_words(agent, course.route)}"))
        schedule.cut_to = amount
    recent.note(agent, course, day, amount)
    schedule.days.append(day)
    schedule.amounts.append(amount)
    schedule.place += 1


class _Blood:
    """Neutrophils of a host, carried from dose to dose under all agents that slow their making."""

    def __init__(self, host: Host, agents: Sequence[Agent]) -> None:
        if host.neutrophils is None:
            raise ModelError(f"host {host.name!r} has no neutrophils to follow")
        self.law, self.line, self.today = host.neutrophils, rested(), 0.0
        self.count, self.weight = float(host.neutrophils.baseline), float(host.weight)
        self.slopes = {
            agent.name: float(agent.toxicity.neutrophil_slope)
            for agent in agents
            if agent.toxicity is not None and agent.toxicity.neutrophil_slope is not None
        }
        self.delays = {
            agent.name: float(agent.toxicity.neutrophil_delay)
            for agent in agents
            if agent.toxicity is not None and agent.toxicity.neutrophil_delay is not None
        }
        self.doses: list[_Felt] = []
        self.shared: dict[str, Followed] = {}
        self.days: list[Floats] = [np.zeros(1)]
        self.counts: list[Floats] = [np.array([self.count])]

    @property
    def is_low(self) -> bool:
        """Whether a guarded dose is held back today."""
        return self.count < CAUTION * float(self.law.danger)

    def give(self, regimen: Regimen, day: float, amount: float) -> None:
        """Note a dose: its plasma level slows their making, from now on or some days later."""
        agent, course = regimen.agent, regimen.course
        slope, delay = self.slopes.get(agent.name, 0.0), self.delays.get(agent.name, 0.0)
        if slope <= 0.0 or amount <= 0.0:
            return
        if agent.distribution.is_saturable:
            # All doses of this agent share one body.
            if agent.name not in self.shared:
                self.shared[agent.name] = Followed(saturable(agent, self.weight))
            amount_in = amount * arriving(agent, course.route)
            self.shared[agent.name].give(day, amount_in, course.duration, course.route == "oral")
        share = arriving(agent, course.route) if course.route == "hepatic_artery" else 1.0
        plasma = response(agent, course.route, effect_site=False, weight=self.weight)
        self.doses.append(_Felt(agent.name, day + delay, course.duration, slope * amount * share, plasma))

    def advance(self, day: float) -> None:
        """Carry the counts to a day."""
        if day <= self.today:
            return
        steps = max(1, int(np.ceil((day - self.today) / STEP_DAYS - _SAME_DAY)))
        times = self.today + (day - self.today) * np.arange(steps + 1) / steps
        times[-1] = day
        area = np.zeros(times.size)
        self.doses = [
            dose for dose in self.doses if self.today < dose.last + _WASH_OUT * dose.plasma.terminal_half_life
        ]
        for dose in self.doses:
            if dose.agent not in self.shared:
                area += dose.amount * exposure(dose.plasma, dose.duration, np.maximum(times - dose.day, 0.0))
        for name, own in self.shared.items():
            own.advance(day)
            area += self.slopes[name] * own.read(times - self.delays.get(name, 0.0))[2]
        found = counts(self.law, self.line, times, np.diff(area) / np.diff(times))
        self.days.append(times[1:])
        self.counts.append(found[1:])
        self.today, self.count = day, float(found[-1])

    def recover(self, end: float) -> None:
        """Carry the counts on until they have come back from the last dose."""
        last = max((dose.last for dose in self.doses), default=self.today)
        self.advance(min(end, last + _RECOVERY * float(self.law.transit_time)))


@dataclass(frozen=True)
class _Felt:
    """A dose as the marrow feels it: from which day on, for how long it runs in, slope times mg, and the plasma's answer."""

    agent: str
    day: float
    duration: float
    amount: float
    plasma: Exponentials

    @property
    def last(self) -> float:
        """The day on which all of it has run in."""
        return self.day + self.duration


def exposure(plasma: Exponentials, duration: float, ages: Floats) -> Floats:
    """Area under the plasma level of 1 mg [day mg/L], up to so many days after its giving began.

    Parameters
    ----------
    plasma
        Answer to a bolus of 1 mg.
    duration
        Days over which it runs in; 0 for a bolus.
    ages : (times,) day
        At least 0.
    """
    area = np.zeros(ages.shape)
    for coefficient, rate in zip(plasma.coefficients, plasma.rates, strict=True):
        gone = exp_each(-rate * ages)
        if duration <= 0.0:
            area += coefficient / rate * (1.0 - gone)
            continue
        since = np.maximum(ages - duration, 0.0)
        running = np.minimum(ages, duration) - (exp_each(-rate * since) - gone) / rate
        area += coefficient / rate * running / duration
    return area
