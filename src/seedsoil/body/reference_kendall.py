"""The marked birth-death step again, plainly: what the kernel must agree with, draw for draw.

Written from the theory by another road, to be read and not to be fast. With y = 1 - E[s^N 1{no mark}] = u / v the
backward equation becomes linear, u' = p u + theta v, v' = lam u, p = lam - mu - theta; so a stretch of days is the
matrix exponential of its generator, several stretches are their product, and the time of a mark is found by bisection.
The samplers are the engine's own, which have their tests: here it is the law that is at stake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from seedsoil.foundation.samplers import binomial, negative_binomial
from seedsoil.foundation.streams import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Piece", "advance_marked", "advance_unmarked", "law", "remaining"]

# Birth, death and mark per cell and day, and the days that these hold.
Piece = tuple[float, float, float, float]


def matrix(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    """Return the Moebius matrix of pieces in time's order, acting on y at their end."""
    from scipy.linalg import expm

    product = np.eye(2)
    for lam, mu, theta, days in pieces:
        generator = np.array([[lam - mu - theta, theta], [lam, 0.0]])
        product = product @ expm(generator * days)
    return product


def law(pieces: Sequence[Piece]) -> tuple[float, float, float]:
    """Return, for one cell: P(a mark), P(alive and unmarked), and the odds of the geometric number beyond the first."""
    (_, beta), (c, delta) = matrix(pieces)
    # The trace of the generators gives the determinant without subtracting.
    determinant = np.exp(sum((lam - mu - theta) * days for lam, mu, theta, days in pieces))
    return float(beta / delta), float(determinant / ((c + delta) * delta)), float(c / delta)


def total_days(pieces: Sequence[Piece]) -> float:
    """Return how long the pieces last."""
    return sum(days for _, _, _, days in pieces)


def remaining(pieces: Sequence[Piece], day: float) -> list[Piece]:
    """Return the pieces that are left after ``day``."""
    left: list[Piece] = []
    for lam, mu, theta, days in pieces:
        if day < days:
            left.append((lam, mu, theta, days - max(day, 0.0)))
        day -= days
    return left


def until(pieces: Sequence[Piece], day: float) -> list[Piece]:
    """Return the pieces up to ``day``."""
    past: list[Piece] = []
    for lam, mu, theta, days in pieces:
        if day > 0.0:
            past.append((lam, mu, theta, min(days, day)))
        day -= days
    return past


def advance_unmarked(stream: NDArray[np.uint64], n: float, pieces: Sequence[Piece]) -> tuple[float, float]:
    """Draw how many of n cells found a family with a mark, and the cells at the end in families without."""
    marked_chance, alive_chance, odds = law(pieces)
    marked = binomial(stream, n, marked_chance) if marked_chance > 0 else 0.0
    if n - marked <= 0:
        return marked, 0.0
    share = alive_chance / (1.0 - marked_chance)
    # What is left of a 1 after rounding is a 1: without death nobody dies.
    survivors = binomial(stream, n - marked, share) if share <= 1.0 - 1e-14 else n - marked
    if survivors > 0 and odds > 0:
        survivors += negative_binomial(stream, survivors, odds)
    return marked, survivors


def bisect(function: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Return where a rising function reaches the target, to the last bit."""
    while low < (middle := 0.5 * (low + high)) < high:
        if function(middle) < target:
            low = middle
        else:
            high = middle
    return high


def advance_marked(
    stream: NDArray[np.uint64], n: float, pieces: Sequence[Piece], leaves: bool
) -> tuple[float, list[float]]:
    """Draw the cells at the end, and the day of each mark; the marking cell leaves or stays.

    Families wait on a stack for their first mark, the youngest group first, as in the kernel.
    """
    days: list[float] = []
    marked, total = advance_unmarked(stream, n, pieces)
    waiting = [(marked, 0.0)] if marked > 0 else []
    while waiting:
        families, begun = waiting.pop()
        if families > 1:
            waiting.append((families - 1, begun))
        here = remaining(pieces, begun)
        chance = uniform(stream) * law(here)[0]
        since = bisect(lambda day, here=here: law(until(here, day))[0], chance, 0.0, total_days(here))  # type: ignore[misc]
        odds = law(until(here, since))[2]
        size = 1.0 + (negative_binomial(stream, 2.0, odds) if odds > 0 else 0.0) - (1.0 if leaves else 0.0)
        days.append(begun + since)
        if size > 0:
            marked, alive = advance_unmarked(stream, size, remaining(pieces, begun + since))
            total += alive
            if marked > 0:
                waiting.append((marked, begun + since))
    return total, days
