"""The marked birth-death step again, plainly: what the kernel must agree with, draw for draw.

Written from the theory by another road, to be read and not to be fast. With y = 1 - E[s^N 1{no mark}] = u / v the
backward equation becomes linear, u' = p u + theta v, v' = lam u, p = lam - mu - theta; so a stretch of days is the
matrix exponential of its generator, several stretches are their product, and the time of a mark is found by bisection.
Beyond growth or decline by exp(300) in one stretch the numbers overflow here: the kernel has no such end.
The samplers are the engine's own, which have their tests: here it is the law that is at stake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

from seedsoil.foundation.elementary import exp, expm1
from seedsoil.foundation.samplers import binomial, negative_binomial
from seedsoil.foundation.streams import uniform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Piece", "advance_marked", "advance_unmarked", "first_mark", "law", "matrix", "remaining"]

# Birth, death and mark per cell and day, and the days that these hold.
Piece = tuple[float, float, float, float]
# Rows (a, beta) and (c, delta) of a 2 x 2 matrix, one after the other.
Matrix = tuple[float, float, float, float]


@lru_cache(maxsize=4096)
def exponential_of(lam: float, mu: float, theta: float, days: float) -> Matrix:
    """Return exp(A days) of the generator A = ((p, theta), (lam, 0)), by the theorem of Cayley and Hamilton.

    With s the distance of A's two eigenvalues: e^(p days / 2) (cosh(s days / 2) + sinh(s days / 2) (2 A - p) / s).
    """
    slope = lam - mu - theta
    apart = sqrt(slope * slope + 4.0 * lam * theta)
    half = 0.5 * apart * days
    even = 0.5 * (exp(half) + exp(-half))
    odd = 0.5 * (expm1(half) - expm1(-half)) / apart if apart > 0.0 else 0.5 * days
    scale = exp(0.5 * slope * days)
    return (
        scale * (even + slope * odd),
        scale * 2.0 * theta * odd,
        scale * 2.0 * lam * odd,
        scale * (even - slope * odd),
    )


def product(earlier: Matrix, later: Matrix) -> Matrix:
    """Return the matrix product."""
    (a, b, c, d), (e, f, g, h) = earlier, later
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def matrix(pieces: Sequence[Piece]) -> Matrix:
    """Return the Moebius matrix of pieces in time's order, acting on y at their end."""
    whole: Matrix = (1.0, 0.0, 0.0, 1.0)
    for piece in pieces:
        whole = product(whole, exponential_of(*piece))
    return whole


def law(pieces: Sequence[Piece]) -> tuple[float, float, float]:
    """Return, for one cell: P(a mark), P(alive and unmarked), and the odds of the geometric number beyond the first."""
    _, beta, c, delta = matrix(pieces)
    # The trace of the generators gives the determinant without subtracting.
    determinant = exp(sum((lam - mu - theta) * days for lam, mu, theta, days in pieces))
    return beta / delta, determinant / ((c + delta) * delta), c / delta


def remaining(pieces: Sequence[Piece], day: float) -> list[Piece]:
    """Return the pieces that are left after ``day``."""
    left: list[Piece] = []
    for lam, mu, theta, days in pieces:
        if day < days:
            left.append((lam, mu, theta, days - max(day, 0.0)))
        day -= days
    return left


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


def day_of_chance(pieces: Sequence[Piece], chance: float) -> tuple[float, Matrix]:
    """Return the day by which one cell's family has left a mark with this probability, and the matrix up to then."""
    before: Matrix = (1.0, 0.0, 0.0, 1.0)
    day = 0.0
    for number, (lam, mu, theta, days) in enumerate(pieces):
        after = product(before, exponential_of(lam, mu, theta, days))
        if after[1] / after[3] >= chance or not any(piece[2] > 0.0 for piece in pieces[number + 1 :]):
            break
        before, day = after, day + days

    def until(here: float) -> Matrix:
        return product(before, exponential_of.__wrapped__(lam, mu, theta, here))

    def marked(here: float) -> float:
        now = until(here)
        return now[1] / now[3]

    since = bisect(marked, chance, 0.0, days)
    return day + since, until(since)


def first_mark(stream: NDArray[np.uint64], pieces: Sequence[Piece]) -> tuple[float, float]:
    """Draw the day of the first mark of one cell's family that leaves one, and the family's size then.

    The size counts the marking cell. Any of the family's cells may be the one, so it is geometric weighted by size:
    1 + the sum of two geometric numbers.
    """
    since, (_, _, c, delta) = day_of_chance(pieces, uniform(stream) * law(pieces)[0])
    return since, 1.0 + (negative_binomial(stream, 2.0, c / delta) if c > 0.0 else 0.0)


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
        since, size = first_mark(stream, remaining(pieces, begun))
        size -= 1.0 if leaves else 0.0
        days.append(begun + since)
        if size > 0:
            marked, alive = advance_unmarked(stream, size, remaining(pieces, begun + since))
            total += alive
            if marked > 0:
                waiting.append((marked, begun + since))
    return total, days
