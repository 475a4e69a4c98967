"""Linear pharmacokinetics: concentration as a sum of exponentials, exact for any dosing schedule.

The response of a linear body to 1 mg is a sum of exponentials; all else follows by superposition. Bodies whose clearance
saturates (5-fluorouracil, paclitaxel, cetuximab) are not linear: `saturable` follows them, and meets this law where
doses are small.

Units: mg, L, day, mg/L. Any other consistent set (mg, L, hour) works as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.biology.medicine.kinetics_doses import TOUCH_DAYS, Dose, follow, number_fault
from seedsoil.foundation.elementary import exp_each, expm1_each
from seedsoil.foundation.errors import ModelError, did_you_mean, known_words, said

__all__ = ["Dose", "Exponentials", "concentration", "regional_ratio"]

# Two rates closer than this share of their mean are drawn apart, to either side of it. The divided difference that a
# Bateman function is changes by (WIDTH r t)^2 / 24 relative, below 1e-9 up to r t = 15. Rounding adds 1e-16 / (WIDTH r t)
# relative: below 1e-9 from r t = 0.1 on, and 1e-10 of the peak before.
WIDTH = 1e-5
# Coefficients larger than this (relative to area times rate) cancel to fewer than four digits: four equal rates.
MOST_CANCELLED = 1e12


@dataclass(frozen=True, slots=True)
class Exponentials:
    """The concentration left by a bolus of 1 mg: the sum of ``coefficients[i] * exp(-rates[i] * t)``.

    Parameters
    ----------
    coefficients
        1/L. They may be negative (uptake), but never add to less than 0.
    rates
        1/day, above 0.

    Raises
    ------
    ModelError
        If a number cannot be; all faults at once.
    """

    coefficients: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "coefficients", tuple(self.coefficients))
        object.__setattr__(self, "rates", tuple(self.rates))
        faults = [number_fault(f"coefficients[{i}]", number, "1/L") for i, number in enumerate(self.coefficients)]
        faults += [number_fault(f"rates[{i}]", number, "1/day", 0.0, above=True) for i, number in enumerate(self.rates)]
        if len(self.coefficients) != len(self.rates) or not self.rates:
            faults.append(
                f"each exponential needs a coefficient and a rate, not {len(self.coefficients)} and {len(self.rates)}"
            )
        _refuse(faults)
        object.__setattr__(self, "coefficients", tuple(float(number) for number in self.coefficients))
        object.__setattr__(self, "rates", tuple(float(number) for number in self.rates))
        if math.fsum(self.coefficients) < -1e-9 * math.fsum(abs(number) for number in self.coefficients):
            raise ModelError("coefficients add to less than 0 1/L, which would be a negative concentration")

    @classmethod
    def one_compartment(cls, clearance: float, volume: float) -> Exponentials:
        """Return the body as one well-stirred volume (L), cleared at ``clearance`` (L/day)."""
        _refuse(
            [
                number_fault("clearance", clearance, "L/day", 0.0, above=True),
                number_fault("volume", volume, "L", 0.0, above=True),
            ]
        )
        return cls((1.0 / float(volume),), (float(clearance) / float(volume),))

    @classmethod
    def two_compartment(
        cls, clearance: float, volume: float, intercompartmental_clearance: float, peripheral_volume: float
    ) -> Exponentials:
        """Return a central volume (L), cleared at ``clearance`` (L/day), that exchanges with a peripheral volume (L).

        The two rates are distinct whenever the exchange (L/day) is above 0. No difference of near numbers is taken, so
        the coefficients keep full precision even if one of them is tiny.
        """
        _refuse(
            [
                number_fault("clearance", clearance, "L/day", 0.0, above=True),
                number_fault("volume", volume, "L", 0.0, above=True),
                number_fault("intercompartmental_clearance", intercompartmental_clearance, "L/day", 0.0, above=True),
                number_fault("peripheral_volume", peripheral_volume, "L", 0.0, above=True),
            ]
        )
        out = float(clearance) / float(volume)
        there = float(intercompartmental_clearance) / float(volume)
        back = float(intercompartmental_clearance) / float(peripheral_volume)
        lead = out + there - back
        gap = math.sqrt(lead * lead + 4.0 * there * back)  # alpha - beta
        alpha = (out + there + back + gap) / 2.0
        beta = out * back / alpha
        # alpha - back = (gap + lead)/2 and back - beta = (gap - lead)/2; their product is there * back.
        if lead >= 0:
            fast = (gap + lead) / 2.0
            slow = there * back / fast
        else:
            slow = (gap - lead) / 2.0
            fast = there * back / slow
        return cls((fast / gap / float(volume), slow / gap / float(volume)), (alpha, beta))

    @classmethod
    def mammillary(cls, clearance: float, volume: float, tissues: Sequence[tuple[float, float]]) -> Exponentials:
        """Return a central volume (L), cleared at ``clearance`` (L/day), amid any number of tissues.

        ``tissues`` are pairs: what goes there (L/day), and the rate at which it comes back (1/day). The rates lie one
        between each two rates of return; all coefficients are above 0, so none cancels.
        """
        faults = [
            number_fault("clearance", clearance, "L/day", 0.0, above=True),
            number_fault("volume", volume, "L", 0.0, above=True),
        ]
        for there, back in tissues:
            faults.append(number_fault("passage into a tissue", there, "L/day", 0.0, above=True))
            faults.append(number_fault("return from a tissue", back, "1/day", 0.0, above=True))
        _refuse(faults)
        merged: dict[float, float] = {}
        for there, back in tissues:
            merged[float(back)] = merged.get(float(back), 0.0) + float(there) / float(volume)
        backs = sorted(merged)
        out = float(clearance) / float(volume) + math.fsum(merged.values())

        def lacking(rate: float) -> float:
            return out - rate - math.fsum(merged[back] * back / (back - rate) for back in backs)

        rates = [
            _falling_root(lacking, low, high)
            for low, high in zip([0.0, *backs], [*backs, out + math.fsum(backs)], strict=True)
        ]
        weights = [1.0 + math.fsum(merged[back] * back / (back - rate) ** 2 for back in backs) for rate in rates]
        return cls(tuple(1.0 / (float(volume) * weight) for weight in weights), tuple(rates))

    def absorbed(self, ka: float, bioavailability: float = 1.0) -> Exponentials:
        """Return the response to 1 mg in a depot (gut, muscle) that empties into this body at ``ka`` (1/day).

        ``bioavailability`` is the share that arrives. Where ``ka`` equals a rate of the body (closer than 1e-5 relative),
        the two are drawn apart to either side of their mean, by 1e-5 in all. The error stays below 1e-9 of the value or
        1e-10 of the peak, whichever is more, for 15 time constants.
        """
        _refuse(
            [
                number_fault("ka", ka, "1/day", 0.0, above=True),
                number_fault("bioavailability", bioavailability, "(a share)", 0.0),
            ]
        )
        coefficients, rates = _through(self.coefficients, self.rates, float(ka))
        return Exponentials(tuple(float(bioavailability) * number for number in coefficients), rates)

    def effect_site(self, half_life_days: float) -> Exponentials:
        """Return the response at a site that follows this concentration with a half-life (effect compartment, ke0).

        At a constant concentration the site settles at the same value, so the area under the curve is unchanged. Equal
        rates are drawn apart as in ``absorbed``; where three coincide the error stays below 1e-4 of the peak, and four
        are refused.
        """
        _refuse([number_fault("half_life_days", half_life_days, "days", 0.0, above=True)])
        return Exponentials(*_through(self.coefficients, self.rates, math.log(2.0) / float(half_life_days)))

    @property
    def area(self) -> float:
        """Area under the concentration of 1 mg (day/L): 1 / clearance for a dose that arrives whole."""
        return math.fsum(number / rate for number, rate in zip(self.coefficients, self.rates, strict=True))

    @property
    def terminal_half_life(self) -> float:
        """Half-life of the slowest exponential (days)."""
        return math.log(2.0) / min(self.rates)


def concentration(
    model: Exponentials | Mapping[str, Exponentials], doses: Iterable[Dose], times: ArrayLike
) -> NDArray[np.float64]:
    """Return the concentration (mg/L) at the given times (days) after all doses.

    Parameters
    ----------
    model
        The response to 1 mg, for doses into the compartment ``"central"``; or one response for each compartment that can
        be dosed, such as ``{"central": plasma, "depot": plasma.absorbed(ka)}``.
    doses
        In any order. Doses at one time are taken in the order given, and a sample at that time sees them.
    times
        Days, of any shape and order. The answer has the same shape. Before the first dose it is 0.

    Raises
    ------
    ModelError
        If a time is not finite or a dose goes to a compartment that the model lacks; all faults at once.

    Notes
    -----
    Closed form for boluses, infusions, repeats, steady states and resets; agrees with NONMEM's printed output for 29
    schedules to all its digits.
    """
    responses, orders = _responses(model), _orders(doses)
    days = _days(times)
    faults = [f"times must be finite days, not {days[~np.isfinite(days)][0]}"] if not np.all(np.isfinite(days)) else []
    for name in dict.fromkeys(dose.compartment for dose in orders if dose.compartment not in responses):
        hint = did_you_mean(name, responses) or f" Known: {known_words(responses)}."
        faults.append(f"doses go to the compartment {name!r}, which the model lacks.{hint}")
    _refuse(faults)
    total = np.zeros(days.shape)
    if not orders or not days.size:
        return total
    used = {dose.compartment for dose in orders}
    responses = {name: response for name, response in responses.items() if name in used}
    trail = follow(orders, {name: response.rates for name, response in responses.items()})
    place = np.searchsorted(trail.days, days + TOUCH_DAYS, side="right") - 1
    elapsed = np.maximum(days - trail.days[place], 0.0)
    exponentials = [pair for one in responses.values() for pair in zip(one.coefficients, one.rates, strict=True)]
    for channel, (coefficient, rate) in enumerate(exponentials):
        total += coefficient * trail.contents[place, channel] * exp_each(-rate * elapsed)
        if trail.inputs[:, channel].any():
            total -= coefficient / rate * trail.inputs[place, channel] * expm1_each(-rate * elapsed)
    # Uptake and loss cancel at the moment of an oral dose; what rounding leaves may lie below 0.
    return np.where(place >= 0, np.maximum(total, 0.0), 0.0)


def _responses(model: object) -> dict[str, Exponentials]:
    """Return the response of each compartment; ModelError if they are none."""
    found = {"central": model} if isinstance(model, Exponentials) else model
    if not isinstance(found, Mapping) or not all(isinstance(each, Exponentials) for each in found.values()):
        raise ModelError(f"model must be Exponentials, or one for each compartment by its name, not {said(model)}")
    return dict(found)


def _orders(doses: object) -> list[Dose]:
    """Return doses as a list; ModelError if one is none."""
    found = list(doses) if isinstance(doses, Iterable) and not isinstance(doses, str) else [doses]
    orders = [each for each in found if isinstance(each, Dose)]
    if len(orders) < len(found):
        wrong = next(each for each in found if not isinstance(each, Dose))
        raise ModelError(f"doses must be a list of Dose, not {said(wrong)}: write [Dose(time=0.0, amount=100.0)]")
    return orders


def _days(times: ArrayLike) -> NDArray[np.float64]:
    """Return times as an array of floats; ModelError if they are no numbers."""
    try:
        found = np.asarray(times)
        if found.dtype == object and all(isinstance(each, int) for each in found.flat):  # too large for an int64
            found = np.asarray(times, dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelError(f"times must be days, as numbers, not {said(times)}") from error
    if found.size and found.dtype.kind not in "iuf":
        raise ModelError(f"times must be days, as numbers, not {said(times)}")
    return found.astype(np.float64)


def regional_ratio(total_clearance: float, artery_flow: float, extraction: float) -> float:
    """Return how much more drug an organ sees from its own artery than from a vein, relative to the rest of the body.

    ``1 + clearance / (flow (1 - extraction))`` (Collins 1984): the drug-targeting advantage of regional infusion.

    Parameters
    ----------
    total_clearance
        Clearance of the whole body (L/day), at least 0.
    artery_flow
        Flow of the artery that is infused (L/day), above 0.
    extraction
        Share that the organ removes in one passage, at least 0 and below 1.

    Raises
    ------
    ModelError
        If a number cannot be; all faults at once.
    """
    faults = [
        number_fault("total_clearance", total_clearance, "L/day", 0.0),
        number_fault("artery_flow", artery_flow, "L/day", 0.0, above=True),
        number_fault("extraction", extraction, "(a share)", 0.0),
    ]
    if not faults[-1] and extraction >= 1:
        faults.append(f"extraction must be below 1, not {extraction:g}: nothing would reach the rest of the body")
    _refuse(faults)
    return 1.0 + float(total_clearance) / (float(artery_flow) * (1.0 - float(extraction)))


def _refuse(faults: Iterable[str]) -> None:
    """Raise all faults at once, if there are any."""
    found = [fault for fault in faults if fault]
    if found:
        raise ModelError(found)


def _falling_root(law: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling law crosses 0 between two rates, to the last bit: halving, the same on every processor."""
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return middle
        low, high = (middle, high) if law(middle) > 0.0 else (low, middle)


def _through(
    coefficients: tuple[float, ...], rates: tuple[float, ...], rate: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the response behind one more first-order step: the convolution with ``rate * exp(-rate t)``."""
    close = [other for other in rates if abs(other - rate) < WIDTH * max(other, rate)]
    if len(close) > 1:
        # Two of them were drawn apart before; their large coefficients allow no second move, so the step goes between.
        rate = (min(close) + max(close)) / 2.0
    passed: list[tuple[float, float]] = []
    step = 0.0
    for number, other in zip(coefficients, rates, strict=True):
        nearest = WIDTH * max(other, rate)
        if abs(other - rate) >= (nearest / 4.0 if len(close) > 1 else nearest):
            part = number * rate / (rate - other)
            passed.append((part, other))
            step -= part
        else:
            # To either side of the mean, as a pair of its own: the step's rate stays exact for all other terms.
            middle = (other + rate) / 2.0
            part = number * rate / (middle * WIDTH)
            passed += [(part, middle * (1.0 - WIDTH / 2.0)), (-part, middle * (1.0 + WIDTH / 2.0))]
    if step:
        passed.append((step, rate))
    largest = max(abs(number) for number, _ in passed)
    area = math.fsum(number / other for number, other in zip(coefficients, rates, strict=True))
    if largest > MOST_CANCELLED * area * max(max(rates), rate):
        raise ModelError(f"four steps share the rate {rate:g} 1/day; change one of them by a thousandth")
    return tuple(number for number, _ in passed), tuple(other for _, other in passed)
