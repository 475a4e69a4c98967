"""A line of cells under constant hazards that leaves marks: the cells at the end, and the day of every mark.

The law of ``kendall.advance_marked`` for one piece of a calendar, where a marking cell stays, at a third of its cost: a family's
age enters its law through one exponential only, which the draw of a mark's day yields by the way.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from seedsoil.body.kendall import CERTAIN, TINY, advance_unmarked, piece
from seedsoil.body.line.lone import FEW, lone
from seedsoil.foundation.compiled import kernel, leaf
from seedsoil.foundation.elementary import exp, expm1, log, log1p
from seedsoil.foundation.samplers import binomial, negative_binomial
from seedsoil.foundation.streams import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["follow"]

Line: TypeAlias = tuple[float, float, float, float, float]

MARKS = 16.0  # marks that one stretch of days is to bring


@leaf
def _line(lam: float, mu: float, theta: float) -> Line:
    """Return the constants of a line of cells that leave marks (theta > 0): first, last, marks, births, speed.

    With f = exp(-speed t) the composite of ``kendall.piece`` is delta = first + last f, beta = marks (1 - f),
    c = births (1 - f), root^2 = f: a time enters only through f, and no exponential is needed along a family.
    """
    slope = lam - mu - theta
    speed = sqrt(slope * slope + 4.0 * lam * theta)
    larger = 0.5 * (speed + abs(slope)) / speed
    smaller = lam * theta / (larger * speed * speed)
    if slope >= 0.0:
        return smaller, larger, theta / speed, lam / speed, speed
    return larger, smaller, theta / speed, lam / speed, speed


@leaf
def _rest(stream: NDArray[np.uint64], n: float, line: Line, left: float, gone: float) -> tuple[float, float, float]:
    """Draw what becomes of ``n`` cells while f falls to ``left`` (= 1 - ``gone``): families with a mark, cells in the others.

    Returns also the chance of a mark. The law of ``kendall.advance_unmarked``.
    """
    first, last, marks, births, _ = line
    delta, beta, c = first + last * left, marks * gone, births * gone
    chance = min(1.0, beta / max(delta, TINY))
    marked = binomial(stream, n, chance)
    rest = n - marked
    if rest <= 0.0:
        return marked, 0.0, chance
    unmarked = delta - beta
    alive = 1.0
    if unmarked > 0.0:
        alive = min(1.0, left / max((c + delta) * unmarked, TINY))
    if alive > CERTAIN:
        alive = 1.0
    if rest <= FEW and c > 0.0:
        per_log, survivors = -1.0 / log1p(delta / c), 0.0
        for _ in range(int(rest)):
            survivors += lone(stream, alive, per_log)
        return marked, survivors, chance
    survivors = binomial(stream, rest, alive)
    if survivors > 0.0 and c > 0.0:
        survivors += negative_binomial(stream, survivors, c / delta)
    return marked, survivors, chance


@leaf
def _size_at_mark(stream: NDArray[np.uint64], line: Line, left: float, gone: float) -> float:
    """Draw the size of a family at its first mark, the marking cell included: 1 and two geometric counts."""
    c = line[3] * gone
    if c <= 0.0:
        return 1.0
    per_log = -1.0 / log1p((line[0] + line[1] * left) / c)
    return 1.0 + np.floor(log(uniform(stream)) * per_log) + np.floor(log(uniform(stream)) * per_log)  # type: ignore[no-any-return]


@kernel
def _stretch(
    stream: NDArray[np.uint64],
    cells: float,
    line: Line,
    begun: float,
    days: float,
    marks: int,
    marked: NDArray[np.float64],
    stack: NDArray[np.float64],
) -> tuple[float, int, NDArray[np.float64], NDArray[np.float64]]:
    """Follow wild cells for some days that begin on day ``begun``, and add the day of each mutation to ``marked``.

    ``stack`` takes the families that wait for their first mark: how many, f and 1 - f where they started, chance of a
    mark since. The law of ``kendall.advance_marked``.
    """
    first, last, rate, _, speed = line
    end, over = exp(-speed * days), -expm1(-speed * days)
    waiting, total, chance = _rest(stream, cells, line, end, over)
    depth = 0
    if waiting > 0.0:
        stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = waiting, 1.0, 0.0, chance
        depth = 1
    while depth > 0:
        top = depth - 1
        since, before, y = stack[top, 1], stack[top, 2], uniform(stream) * stack[top, 3]
        stack[top, 0] -= 1.0
        if stack[top, 0] < 0.5:
            depth -= 1
        # The inverse of beta / delta: the family's own f when the chance of a mark has come to y.
        bottom = rate + y * last
        gone = min(1.0, y / bottom)
        left = max(0.0, (rate - y * first) / bottom)
        size = _size_at_mark(stream, line, left, gone)
        now = min(1.0, max(since * left, end, TINY))
        spent = min(over, before + since * gone)
        if marks == marked.shape[0]:
            longer = np.empty(2 * marks)
            longer[:marks] = marked
            marked = longer
        marked[marks] = begun + min(days, (-log1p(-spent) if spent < 0.5 else -log(now)) / speed)
        marks += 1
        rest = min(1.0, end / now)
        waiting, alive, chance = _rest(stream, size, line, rest, (over - spent) / now if now > 0.5 else 1.0 - rest)
        total += alive
        if waiting > 0.0:
            if depth == stack.shape[0]:
                deeper = np.empty((2 * depth, 4))
                deeper[:depth] = stack
                stack = deeper
            stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = waiting, now, spent, chance
            depth += 1
    return total, marks, marked, stack


@kernel
def follow(
    stream: NDArray[np.uint64],
    cells: float,
    wild: NDArray[np.float64],
    days: float,
    marked: NDArray[np.float64],
    stack: NDArray[np.float64],
) -> tuple[float, int, NDArray[np.float64], NDArray[np.float64]]:
    """Follow wild cells for some days: cells at the end, mutations, and the day of each, in no special order.

    ``marked`` and ``stack`` are returned as well, longer where they had to be. The days are cut into stretches with about
    ``MARKS`` mutations each: exact all the same, and the families of the mutating cells are then small and cheap to draw.
    """
    if wild[2] <= 0.0:
        a, beta, c, delta, root = piece(wild[0], wild[1], 0.0, days)
        return advance_unmarked(stream, cells, a, beta, c, delta, root)[1], 0, marked, stack
    line = _line(wild[0], wild[1], wild[2])
    slope, shortest = wild[0] - wild[1], 0.1 / (wild[0] + wild[1] + wild[2])
    begun, marks = 0.0, 0
    while cells > 0.0 and begun < days:
        some = MARKS / (wild[2] * cells)
        if slope > 0.0:
            some = log1p(slope * some) / slope
        some = max(some, shortest)
        if begun + 1.1 * some >= days:
            some = days - begun
        cells, marks, marked, stack = _stretch(stream, cells, line, begun, some, marks, marked, stack)
        begun = days if begun + 1.1 * some >= days else begun + some
    return cells, marks, marked, stack
