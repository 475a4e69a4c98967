"""Saturable pharmacokinetics: enzymes and tissues that fill up, so that twice the dose is more than twice the level.

A central volume V with the level C = A / V [mg/L] loses drug to an enzyme and to a tissue that can both be full, beside
the paths of a linear body (Michaelis and Menten; the frame that Gianni et al. 1995 found for paclitaxel):

    A' = input + ka D + k B + Q P / W - (CL + Q) C - Vmax C / (Km + C) - Tmax C / (Kt + C)
    B' = Tmax C / (Kt + C) - k B,   P' = Q (C - P / W),   D' = -ka D,   E' = ke (C - E),   S' = C

with B bound in the tissue, P in the peripheral volume W, D in the depot of the gut [mg], E the level at the effect site
and S the area under the level. Far below Km and Kt all is linear again. Superposition does not hold: all doses of one drug
must be followed together (`Followed`), and what follows an empty body is the same each time, so stretches are kept.

Steps are those of Dormand and Prince, of order 5 (4), with their interpolant of order 4, at a relative tolerance of
1e-10 of what the body holds. They are written here, of + - * / and powers from `foundation.elementary`, since a level decides counts
of cells: a library's solver may differ in its last bit between machines, and in its steps between versions.

Units: mg, L, day, mg/L.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import astuple, dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.kinetics_doses import number_fault
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.elementary import exp, power
from seedsoil.foundation.errors import ModelError

__all__ = ["Followed", "Saturable", "Stretch", "stretch"]

Floats = NDArray[np.float64]

#: Amounts [mg], and the level [mg/L] at the effect site and area [mg day/L] that are read beside the plasma's.
CENTRAL, BOUND, PERIPHERAL, DEPOT, EFFECT, AREA = range(6)
_AMOUNTS, _STATES = 4, 6
#: Relative error of a step, of an amount plus this share of all that the body holds.
_TOLERANCE, _SHARE = 1e-10, 1e-3
#: The body counts as empty once it holds so little of what it held when its last dose was in.
_EMPTY = 1e-12
#: Stretches kept: those of a few regimens, for repeated doses soon find the body as the last one did.
_KEPT = 128
#: Lengths of stretches are multiples of this [day], a third of a microsecond: 2 hours are as long on each day.
_GRAIN = 2.0**-38
# Dormand and Prince 1980: nodes' weights, the difference to the embedded order 4, and the interpolant (Shampine 1986).
_WEIGHTS = np.array([
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
    [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
    [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
])  # fmt: skip
_ERROR = np.array([-71 / 57600, 0.0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40])
_BETWEEN = np.array([
    [1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
    [0.0, 0.0, 0.0, 0.0],
    [0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
    [0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
    [0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
    [0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
    [0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
])  # fmt: skip
_STAGES, _ORDER = 7, 4
#: Plasma level, effect-site level and area: what is read between steps.
_READ = 3


@dataclass(frozen=True, slots=True)
class Saturable:
    """A body whose elimination, and distribution into one tissue if given, can be full.

    Parameters
    ----------
    volume
        Central volume [L].
    maximum_elimination, half_elimination
        Most that the enzyme takes [mg/day], and the level at which it takes half of it [mg/L].
    clearance
        What is cleared beside the enzyme, without limit [L/day].
    maximum_distribution, half_distribution, return_rate
        Most that goes into the tissue [mg/day], the level of half of it [mg/L], and the way back [1/day].
    intercompartmental_clearance, peripheral_volume
        Exchange with a tissue that never fills [L/day, L].
    absorption_rate
        From the depot into the central volume [1/day].
    effect_rate
        At which the effect site follows the plasma [1/day]; 0 if it does at once.

    Raises
    ------
    ModelError
        If a number cannot be; all faults at once.
    """

    volume: float
    maximum_elimination: float
    half_elimination: float
    clearance: float = 0.0
    maximum_distribution: float = 0.0
    half_distribution: float = 1.0
    return_rate: float = 0.0
    intercompartmental_clearance: float = 0.0
    peripheral_volume: float = 1.0
    absorption_rate: float = 0.0
    effect_rate: float = 0.0

    def __post_init__(self) -> None:
        above = ("volume", "half_elimination", "half_distribution", "peripheral_volume")
        faults = [
            number_fault(name, getattr(self, name), "its unit", 0.0, above=name in above) for name in self.__slots__
        ]
        if any(faults):
            raise ModelError([fault for fault in faults if fault])

    @property
    def numbers(self) -> Floats:
        """All numbers in their order, as the kernel reads them."""
        return np.array(astuple(self))


@kernel
def fill_changes(state: Floats, body: Floats, inflow: float, changes: Floats) -> None:
    """Write the change of each part of the state (6,) a day."""
    level = state[0] / body[0]
    enzyme = body[1] * level / (body[2] + level)
    tissue = body[4] * level / (body[5] + level) - body[6] * state[1]
    exchange = body[7] * (level - state[2] / body[8])
    absorbed = body[9] * state[3]
    changes[0] = inflow + absorbed - enzyme - body[3] * level - tissue - exchange
    changes[1] = tissue
    changes[2] = exchange
    changes[3] = -absorbed
    changes[4] = body[10] * (level - state[4])
    changes[5] = level


@kernel
def try_step(state: Floats, body: Floats, inflow: float, days: float, slopes: Floats, after: Floats) -> float:
    """Take one step; ``slopes`` (7, 6) holds the first slope and takes the others. Returns its error by the tolerance."""
    for stage in range(1, _STAGES):
        for part in range(_STATES):
            moved = 0.0
            for earlier in range(stage):
                moved += _WEIGHTS[stage, earlier] * slopes[earlier, part]
            after[part] = state[part] + days * moved
        fill_changes(after, body, inflow, slopes[stage])
    held = 0.0
    for part in range(_AMOUNTS):
        held += max(abs(state[part]), abs(after[part]))
    worst = 0.0
    for part in range(_AMOUNTS + 1):  # the area follows the level
        error = 0.0
        for stage in range(_STAGES):
            error += _ERROR[stage] * slopes[stage, part]
        scale = abs(after[part]) + _SHARE * (held if part < _AMOUNTS else held / body[0])
        worst = max(worst, abs(days * error) / scale)
    return worst / _TOLERANCE


@kernel
def _carry_over(knots: Floats, shapes: Floats, longer: Floats, more: Floats) -> None:
    # Number by number: to assign one array to another takes seconds to compile.
    for place in range(knots.size):
        longer[place] = knots[place]
    for place in range(shapes.shape[0]):
        for which in range(_READ):
            for degree in range(_ORDER + 1):
                more[place, which, degree] = shapes[place, which, degree]


@kernel
def walk(state: Floats, body: Floats, inflow: float, days: float) -> tuple[Floats, Floats]:
    """Carry the state (6,), in place, over some days of constant inflow [mg/day], or until the body is empty.

    Returns the days on which steps begin, and the last end (steps + 1,); and for plasma level, effect-site level and area
    a polynomial in the share of each step that has passed (steps, 3, 5).
    """
    room = 64
    knots, shapes = np.zeros(room + 1), np.zeros((room, _READ, _ORDER + 1))
    slopes, after = np.zeros((_STAGES, _STATES)), np.zeros(_STATES)
    fill_changes(state, body, inflow, slopes[0])
    fastest = (body[3] + body[1] / body[2] + body[4] / body[5] + body[7]) / body[0]
    fastest += body[6] + body[7] / body[8] + body[9] + body[10]
    at_first = state[0] + state[1] + state[2] + state[3]
    step, now, steps = 1e-3 / fastest, 0.0, 0
    while now < days:
        step = min(step, days - now)
        error = try_step(state, body, inflow, step, slopes, after)
        better = 0.9 * power(max(error, 1e-5), -0.2)
        if error > 1.0:
            step *= max(0.2, better)
            continue
        if steps == room:
            room *= 2
            longer, more = np.zeros(room + 1), np.zeros((room, _READ, _ORDER + 1))
            _carry_over(knots, shapes, longer, more)
            knots, shapes = longer, more
        for place in range(_READ):
            part = 0 if place == 0 else place + 3
            unit = body[0] if place == 0 else 1.0
            shapes[steps, place, 0] = state[part] / unit
            for degree in range(_ORDER):
                total = 0.0
                for stage in range(_STAGES):
                    total += slopes[stage, part] * _BETWEEN[stage, degree]
                shapes[steps, place, degree + 1] = step * total / unit
        now = days if step == days - now else now + step
        steps += 1
        knots[steps] = now
        for part in range(_STATES):
            state[part], slopes[0, part] = after[part], slopes[_STAGES - 1, part]
        step *= min(5.0, better)
        held = state[0] + state[1] + state[2] + state[3]
        if inflow == 0.0 and held <= _EMPTY * at_first:
            state[:_AMOUNTS] = 0.0
            break
    return knots[: steps + 1].copy(), shapes[:steps].copy()


@kernel
def read_levels(
    ages: Floats, knots: Floats, shapes: Floats, ends: Floats, effect: float, effect_rate: float, out: Floats
) -> None:
    """Write plasma level, effect-site level and area (3, times) at ``ages`` (times,) that rise, since a stretch began.

    ``ends`` (2,) are effect and area after its last step, when the plasma is empty; ``effect`` is what the site held at
    its start.
    """
    steps, place = shapes.shape[0], 0
    for time in range(ages.shape[0]):
        age = ages[time]
        while place < steps and knots[place + 1] < age:
            place += 1
        fading = exp(-effect_rate * age) * effect
        if place == steps:
            out[0, time] = 0.0
            out[1, time] = fading + ends[0] * exp(-effect_rate * (age - knots[steps]))
            out[2, time] = ends[1]
            continue
        share = (age - knots[place]) / (knots[place + 1] - knots[place])
        for which in range(_READ):
            shape = shapes[place, which]
            value = shape[0] + share * (shape[1] + share * (shape[2] + share * (shape[3] + share * shape[4])))
            out[which, time] = max(value, 0.0)
        out[1, time] += fading


class Stretch(NamedTuple):
    """What happens between two events, the effect site and the area at 0 when it begins.

    ``knots`` (steps + 1,), ``shapes`` (steps, 3, 5); then what the body holds at the end [mg], and the effect-site level
    and the area there.
    """

    knots: Floats
    shapes: Floats
    content: tuple[float, float, float, float]
    ends: Floats


@lru_cache(maxsize=_KEPT)
def stretch(body: Saturable, content: tuple[float, float, float, float], inflow: float, days: float) -> Stretch:
    """Follow a body that holds ``content`` [mg] for some days of constant inflow [mg/day]; kept for the next who asks."""
    if inflow == 0.0 and not any(content):
        return Stretch(np.zeros(1), np.zeros((0, _READ, _ORDER + 1)), content, np.zeros(2))
    state = np.array([*content, 0.0, 0.0])
    knots, shapes = walk(state, body.numbers, inflow, days)
    held = (float(state[0]), float(state[1]), float(state[2]), float(state[3]))
    return Stretch(knots, shapes, held, state[_AMOUNTS:].copy())


@dataclass
class Followed:
    """One body under all doses of a drug, given in order of time.

    ``content`` is what it holds on ``day`` [mg], ``effect`` the level at its effect site, ``area`` the area under the
    plasma's level so far; nothing was given before the first dose. ``pieces`` are the stretches so far, each with its
    day (``begun``), and effect and area there.
    """

    body: Saturable
    day: float = -math.inf
    content: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    effect: float = 0.0
    area: float = 0.0
    pumps: list[tuple[float, float]] = field(default_factory=list)
    pieces: list[tuple[float, float, float, Stretch]] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)

    def give(self, day: float, amount: float, duration: float = 0.0, by_mouth: bool = False) -> None:
        """Give a dose [mg] on a day that is not before the last: at once, over some days, or into the depot."""
        self.advance(day)
        if duration > 0.0:
            self.pumps.append((day + duration, amount / duration))
            return
        held = list(self.content)
        held[DEPOT if by_mouth else CENTRAL] += amount
        self.content = (held[0], held[1], held[2], held[3])

    def advance(self, day: float) -> None:
        """Carry the body to a day; infinity carries it until it is empty."""
        while self.pumps and min(self.pumps)[0] <= day:
            first = min(self.pumps)
            self._pass(first[0])
            self.pumps.remove(first)
        self._pass(day)

    def _pass(self, day: float) -> None:
        """Carry the body to a day on which the pumps change, or a dose is given."""
        if day <= self.day:
            return
        if not math.isinf(self.day):
            # Summed anew, so that no rounding of a stopped pump drips on for ever.
            inflow = math.fsum(rate for _, rate in self.pumps)
            span = day - self.day
            length = span if math.isinf(span) else max(round(span / _GRAIN), 1) * _GRAIN
            found = stretch(self.body, self.content, inflow, length)
            self.pieces.append((self.day, self.effect, self.area, found))
            self.begun.append(self.day)
            self.content = found.content
            self.area += float(found.ends[1])
            after = max(0.0, span - float(found.knots[-1]))
            fading = self.effect * exp(-self.body.effect_rate * span)
            self.effect = fading + float(found.ends[0]) * exp(-self.body.effect_rate * after)
        self.day = day

    def read(self, times: Floats) -> Floats:
        """Plasma level, effect-site level [mg/L] and area under the plasma's level [mg day/L] (3, *times).

        ``times`` [day] of any shape and order, none beyond the day to which the body was carried.
        """
        flat = times.ravel()
        order = np.argsort(flat, kind="stable") if np.any(np.diff(flat) < 0.0) else None
        days = flat if order is None else flat[order]
        out = np.zeros((_READ, days.size))
        if not days.size or not self.pieces or days[-1] < self.begun[0]:
            return out.reshape(_READ, *times.shape)
        first = max(bisect_right(self.begun, days[0]) - 1, 0)
        last = bisect_right(self.begun, days[-1])
        bounds = np.searchsorted(days, self.begun[first:last])
        stops = [*bounds[1:], days.size]
        for (begun, effect, area, part), start, stop in zip(self.pieces[first:last], bounds, stops, strict=True):
            if stop > start:
                found = out[:, start:stop]
                read_levels(days[start:stop] - begun, *part[:2], part.ends, effect, self.body.effect_rate, found)
                found[2] += area
        if self.body.effect_rate <= 0.0:
            out[1] = out[0]
        if order is not None:
            sorted_out, out = out, np.empty_like(out)
            out[:, order] = sorted_out
        return out.reshape(_READ, *times.shape)
