"""Doses: what is given, when and how fast, and the trail that they leave in a linear body.

A linear compartment remembers each milligram with a sum of exponentials. For one exponential of rate ``r`` the memory is
the content ``A(t)``, the integral of the input times ``exp(-r (t - s))``. Between two events the input is constant, so

    A(t) = A(t0) exp(-r (t - t0)) + R (1 - exp(-r (t - t0))) / r

is exact for any schedule: this is superposition, carried forward. Steady states enter as geometric sums. Records mean what
they mean in NONMEM (PREDPP guide, chapter V): ``reset`` is EVID 3 (amount 0) or 4, ``steady_state`` is SS, ``every`` is II,
``additional`` is ADDL.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.elementary import exp, expm1
from seedsoil.foundation.errors import ProtocolError, said

__all__ = ["TOUCH_DAYS", "Dose", "Trail", "follow", "number_fault"]

TOUCH_DAYS = 1e-9
"""Times closer than this (0.1 ms) count as the same, so that 3 * 0.1 days and 0.3 days are one time."""

MOST_ADDITIONAL = 1_000_000
"""Repeats of one dose; more are a slip of the pen, and would take minutes."""

MOST_OVERLAPPING = 10_000
"""Steady-state infusions that may run at once; more than this is a mistyped interval."""


def number_fault(name: str, value: object, unit: str, low: float = -math.inf, *, above: bool = False) -> str:
    """Return what is wrong with a number in one line, or ``""`` if it is finite and at least (or above) ``low``."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        return f"{name} must be a number in {unit}, not {said(value)}"
    try:
        number = float(value)
    except OverflowError:
        return f"{name} must be a finite number in {unit}, not one of more than 300 digits"
    if not math.isfinite(number):
        return f"{name} must be a finite number in {unit}, not {number}"
    if number < low or (above and number == low):
        return f"{name} must be {'above' if above else 'at least'} {low:g} {unit}, not {number:g}"
    return ""


@dataclass(frozen=True, slots=True)
class Dose:
    """One order to give a drug, with its repeats.

    A dose is a bolus unless ``duration`` or ``rate`` makes it an infusion. The two differ when bioavailability is not 1:
    with ``duration`` the amount that arrives is spread over that time, with ``rate`` the pump's rate is kept and the
    infusion lasts ``bioavailability * amount / rate``.

    Parameters
    ----------
    time
        Day on which the order takes effect. A sample drawn at that time sees the dose.
    amount
        mg. 0 is allowed: a sham dose, or with ``reset`` an emptying without a dose.
    duration
        Days over which the dose runs in.
    rate
        mg/day at which the dose runs in. With ``steady_state`` and ``amount = 0``: an infusion that has always run
        at this rate and stops at ``time``.
    lag
        Days between giving and arriving.
    bioavailability
        Share of the amount that arrives; above 1 is allowed, as in NONMEM.
    every
        Days between repeats.
    additional
        Number of repeats after the first.
    steady_state
        0: no. 1: the body is as if this dose had been given every ``every`` days for ever, and all else is forgotten
        (earlier amounts, running infusions, pending repeats). 2: the same, added to what is there.
        The past doses arrived at ``time + lag - every``, ``time + lag - 2 every``, ...
    compartment
        Name of the compartment that takes the dose up.
    reset
        Empty the whole body, stop infusions and cancel pending doses first.

    Raises
    ------
    ProtocolError
        If a field cannot be; all faults of the dose at once.
    """

    time: float
    amount: float
    duration: float = 0.0
    rate: float = 0.0
    lag: float = 0.0
    bioavailability: float = 1.0
    every: float = 0.0
    additional: int = 0
    steady_state: int = 0
    compartment: str = "central"
    reset: bool = False

    def __post_init__(self) -> None:
        faults = [fault for fault in self._number_faults() if fault]
        if self.steady_state not in (0, 1, 2):
            faults.append(f"steady_state must be 0 (no), 1 (replaces) or 2 (adds), not {self.steady_state!r}")
        name: object = self.compartment
        if not isinstance(name, str) or not name:
            faults.append(f"compartment must be a name such as 'central' or 'depot', not {self.compartment!r}")
        if not faults:  # the numbers can be compared only once they are numbers
            faults.extend(self._schedule_faults())
        if faults:
            raise ProtocolError([f"dose at day {said(self.time)}: {fault}" for fault in faults])

    def _number_faults(self) -> list[str]:
        faults = [
            number_fault("time", self.time, "days"),
            number_fault("amount", self.amount, "mg", 0.0),
            number_fault("duration", self.duration, "days", 0.0),
            number_fault("rate", self.rate, "mg/day", 0.0),
            number_fault("lag", self.lag, "days", 0.0),
            number_fault("bioavailability", self.bioavailability, "(a share)", 0.0),
            number_fault("every", self.every, "days", 0.0),
            number_fault("additional", self.additional, "doses", 0.0),
        ]
        if not faults[-1] and self.additional != int(self.additional):
            faults.append(f"additional must be a whole number of doses, not {self.additional!r}")
        elif not faults[-1] and self.additional > MOST_ADDITIONAL:
            faults.append(f"additional must be at most {MOST_ADDITIONAL} doses, not {self.additional:.6g}")
        return faults

    def _schedule_faults(self) -> list[str]:
        faults = []
        if self.duration > 0 and self.rate > 0:
            faults.append("give either a duration or a rate, not both: one follows from the other")
        if self.additional > 0 and self.every <= 0:
            faults.append(f"{self.additional} additional doses need an interval: set every to the days between doses")
        if self.amount == 0 and self.rate > 0:
            if not self.steady_state:
                faults.append("an infusion at a rate needs an amount (amount 0 is for an infusion at steady state)")
            elif self.every > 0 or self.lag > 0:
                faults.append("an infusion that has always run (amount 0) has neither an interval nor a lag")
        elif self.steady_state and self.every <= 0:
            faults.append("a steady state needs an interval: set every to the days between doses")
        elif self.steady_state and (self.lag + self.run_in) / self.every > MOST_OVERLAPPING:
            faults.append(f"lag and duration span more than {MOST_OVERLAPPING} intervals of {self.every:g} days")
        return faults

    @property
    def arriving(self) -> float:
        """The amount that arrives (mg)."""
        return self.bioavailability * self.amount

    @property
    def run_in(self) -> float:
        """Days that the dose takes to run in; 0 for a bolus."""
        days = self.arriving / self.rate if self.rate > 0 else self.duration
        return days if days >= TOUCH_DAYS else 0.0


class Trail(NamedTuple):
    """The memory of all doses at each event: between two events it decays or fills in closed form.

    ``days`` (K,); ``contents`` (K, channels) in mg, just after the event; ``inputs`` (K, channels) in mg/day, until the
    next event. A channel is one exponential of one compartment, in the order in which they were asked for.
    """

    days: NDArray[np.float64]
    contents: NDArray[np.float64]
    inputs: NDArray[np.float64]


class _Kind(IntEnum):
    """What happens at an event."""

    CLEAR = 0
    JUMP = 1
    BOLUS = 2
    START = 3
    STOP = 4


class _Event(NamedTuple):
    """One thing that happens; sorted by day, then by the record that ordered it, then as ordered."""

    day: float
    record: int
    turn: int
    kind: _Kind
    compartment: str
    number: float
    jump: tuple[float, ...]


def follow(doses: Iterable[Dose], rates: Mapping[str, Sequence[float]]) -> Trail:
    """Carry the contents of every exponential through all doses.

    Parameters
    ----------
    doses
        In any order; those at one time are taken in the order given.
    rates
        For each compartment that can be dosed the rates (1/day) of its exponentials.

    Notes
    -----
    Exact but for rounding. The cost grows with the number of doses plus their repeats, not with the number of samples.
    """
    events: list[_Event] = []
    for record, dose in enumerate(sorted(doses, key=lambda dose: dose.time)):
        events.extend(_events(record, dose, rates[dose.compartment]))
    events.sort(key=lambda event: event[:3])

    slices: dict[str, range] = {}
    every_rate: list[float] = []
    for name, its_rates in rates.items():
        slices[name] = range(len(every_rate), len(every_rate) + len(its_rates))
        every_rate.extend(its_rates)
    contents, inputs = [0.0] * len(every_rate), [0.0] * len(every_rate)
    running: dict[str, list[float]] = {name: [] for name in rates}
    days: list[float] = []
    trail_contents: list[list[float]] = []
    trail_inputs: list[list[float]] = []
    fading: dict[float, tuple[tuple[float, float], ...]] = {}
    oldest = 0  # records before this one were cancelled by a reset
    for event in events:
        if event.record < oldest:
            continue
        if not days or event.day > days[-1]:
            if days:
                wait = event.day - days[-1]
                if wait not in fading:  # most doses are as far apart as those before
                    fading[wait] = tuple((exp(-rate * wait), expm1(-rate * wait)) for rate in every_rate)
                contents = _pass(contents, inputs, every_rate, fading[wait])
            days.append(event.day)
            trail_contents.append(contents)
            trail_inputs.append(inputs)
        if event.kind is _Kind.CLEAR:
            oldest = event.record
            contents, inputs = [0.0] * len(every_rate), [0.0] * len(every_rate)
            running = {name: [] for name in rates}
        elif event.kind in (_Kind.JUMP, _Kind.BOLUS):
            contents = list(contents)
            for place, channel in enumerate(slices[event.compartment]):
                contents[channel] += event.jump[place] if event.kind is _Kind.JUMP else event.number
        else:
            pumps = running[event.compartment]
            if event.kind is _Kind.START:
                pumps.append(event.number)
            else:
                pumps.remove(event.number)
            inputs = list(inputs)
            for channel in slices[event.compartment]:
                # Summed anew, so that no rounding of a stopped pump drips on for ever.
                inputs[channel] = math.fsum(pumps)
        trail_contents[-1], trail_inputs[-1] = contents, inputs
    shape = (len(days), len(every_rate))
    return Trail(np.array(days), np.array(trail_contents).reshape(shape), np.array(trail_inputs).reshape(shape))


def _pass(
    contents: list[float], inputs: list[float], rates: list[float], fading: Sequence[tuple[float, float]]
) -> list[float]:
    """Return the contents after some days of constant input; ``fading`` are e^-kt and e^-kt - 1 of each rate k and those days."""
    return [
        content * left - amount * lost / rate if amount else content * left
        for content, amount, rate, (left, lost) in zip(contents, inputs, rates, fading, strict=True)
    ]


def _events(record: int, dose: Dose, rates: Sequence[float]) -> list[_Event]:
    """Return what one record makes happen."""
    events: list[_Event] = []

    def add(day: float, kind: _Kind, number: float = 0.0, jump: tuple[float, ...] = ()) -> None:
        events.append(_Event(day, record, len(events), kind, dose.compartment, number, jump))

    def give(day: float, arriving: float, pump: float, days: float) -> None:
        if days > 0:
            add(day, _Kind.START, pump)
            add(day + days, _Kind.STOP, pump)
        else:
            add(day, _Kind.BOLUS, arriving)

    if dose.reset or dose.steady_state == 1:
        add(dose.time, _Kind.CLEAR)
    arriving, days = dose.arriving, dose.run_in
    if dose.steady_state and dose.amount == 0 and dose.rate > 0:
        add(dose.time, _Kind.JUMP, jump=tuple(dose.rate / rate for rate in rates))
        return events
    pump = arriving / days if days > 0 else 0.0
    if dose.steady_state:
        jump, unfinished = _past(dose, rates)
        add(dose.time, _Kind.JUMP, jump=jump)
        for start, stop in unfinished:
            give(dose.time + start, arriving, pump, stop - start)
    for repeat in range(int(dose.additional) + 1):
        give(dose.time + dose.lag + repeat * dose.every, arriving, pump, days)
    return events


def _past(dose: Dose, rates: Sequence[float]) -> tuple[tuple[float, ...], list[tuple[float, float]]]:
    """Return what an endless past of doses left at the record's time, and those that have yet to run in.

    The n-th past dose (n = 1, 2, ...) ran from ``lag - n every`` for ``run_in`` days, on a clock that is 0 at the record.
    All that ended by then is a geometric series; the few others are taken one by one.
    """
    days, every = dose.run_in, dose.every
    end = dose.lag + days
    first_done = max(1, math.ceil(end / every))
    starts = [dose.lag - past * every for past in range(1, first_done)]
    unfinished = [(max(start, 0.0), start + days) for start in starts]
    jump = []
    for rate in rates:
        each = dose.arriving * (-expm1(-rate * days) / (rate * days) if days > 0 else 1.0)
        content = each * exp(-rate * (first_done * every - end)) / -expm1(-rate * every)
        if days > 0:
            pump = dose.arriving / days
            content += sum(-pump * expm1(rate * start) / rate for start in starts if start < 0)
        jump.append(content)
    return tuple(jump), unfinished
