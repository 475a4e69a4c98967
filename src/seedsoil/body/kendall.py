"""Clones divide, die and leave marks: the exact law of a birth-death population over any stretch of days.

A piece is a stretch of days with constant hazards per cell and day: birth ``lam`` (unmarked), death ``mu`` and mark
``theta`` (a mutation, or the departure of a cell that will found a metastasis). With y = 1 - E[s^N 1{no mark}] the
backward equation y' = theta + p y - lam y^2, p = lam - mu - theta, is solved by a Moebius map, y -> (a y + beta) /
(c y + delta), and stretches compose as 2 x 2 matrices, the earlier one on the left (Kendall 1948; marks: derived in
models.md 2.3). Everything that a step draws is read off the composed matrix:

    at least one mark     g = beta / delta                   from one cell at the start
    alive and unmarked    root^2 / ((c + delta) delta)
    number if alive       1 + Geometric with odds c / delta  so K survivors make K + Poisson(Gamma(K) c / delta)

A composite is the tuple (a, beta, c, delta, root), where root is the square root of the determinant. The root, not the
determinant, is carried because it scales as the entries do: it neither under- nor overflows before they do, which is
beyond growth or decline by exp(700). All entries are sums of products of non-negative numbers, so nothing cancels.

A calendar is a float64 array with one row (lam, mu, theta, days) for each piece, in time's order. Hazards that change
within a step are cut into pieces by the caller. Counts are float64. Nothing here knows a unit: days stand for any time.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from seedsoil.foundation.compiled import kernel, leaf
from seedsoil.foundation.elementary import exp, expm1, log, log1p
from seedsoil.foundation.samplers import binomial, negative_binomial
from seedsoil.foundation.streams import uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "advance_marked",
    "advance_unmarked",
    "chance_alive",
    "chance_extinct",
    "chance_marked",
    "compose",
    "fill_tails",
    "identity",
    "mark_time",
    "odds",
    "path_end",
    "piece",
    "size_at_mark",
    "suffix",
    "tails",
    "time_of_chance",
]

Composite: TypeAlias = tuple[float, float, float, float, float]

TINY = 1e-307  # stands for no chance at all where something is divided by it
CERTAIN = 1.0 - 1e-14  # closer to 1 is the rounding of a 1: without death nobody dies
DOOMED = 1e-4  # cells: where the mean path of a clone ends below it, its own ends below its last cell
MOST = 700.0  # growth or decline of one piece beyond exp(700) is taken as exp(700)


@leaf
def identity() -> Composite:
    """Return the composite of no time at all."""
    return 1.0, 0.0, 0.0, 1.0, 1.0


@leaf
def piece(lam: float, mu: float, theta: float, days: float) -> Composite:
    """Return the composite of one stretch of ``days`` with constant hazards per day: birth, death, mark."""
    slope = lam - mu - theta
    # Without marks the roots are known, to the last bit.
    speed, larger, smaller = abs(slope), 1.0, 0.0
    if theta != 0.0:
        speed = sqrt(slope * slope + 4.0 * lam * theta)
    if speed < 1e-150:
        # Nothing turns over, or birth and death balance: the limit of no speed.
        return 1.0, theta * days, lam * days, 1.0, 1.0
    if theta != 0.0:
        larger = 0.5 * (speed + abs(slope)) / speed
        smaller = lam * theta / (larger * speed * speed)
    turns = min(speed * days, MOST)
    if turns > 1.0:
        root = exp(-0.5 * turns)
        faded = root * root
        reach = (1.0 - faded) / speed
    else:
        # 1 - root^2 from 1 - root: one exponential gives both to the last bit or two.
        fall = -expm1(-0.5 * turns)
        root = 1.0 - fall
        faded = root * root
        reach = fall * (2.0 - fall) / speed
    if slope >= 0.0:
        return larger + smaller * faded, theta * reach, lam * reach, smaller + larger * faded, root
    return smaller + larger * faded, theta * reach, lam * reach, larger + smaller * faded, root


@leaf
def compose(earlier: Composite, later: Composite) -> Composite:
    """Return the composite of two stretches, the earlier one first, scaled so that its largest entry is 1."""
    a = earlier[0] * later[0] + earlier[1] * later[2]
    beta = earlier[0] * later[1] + earlier[1] * later[3]
    c = earlier[2] * later[0] + earlier[3] * later[2]
    delta = earlier[2] * later[1] + earlier[3] * later[3]
    scale = 1.0 / max(max(a, beta), max(c, delta), TINY)
    return a * scale, beta * scale, c * scale, delta * scale, earlier[4] * later[4] * scale


@leaf
def chance_marked(a: float, beta: float, c: float, delta: float, root: float) -> float:
    """Return the probability that one cell's family leaves at least one mark."""
    return min(1.0, beta / max(delta, TINY))


@leaf
def chance_alive(a: float, beta: float, c: float, delta: float, root: float) -> float:
    """Return the probability that one cell's family is alive at the end and has left no mark."""
    return min(1.0, (root / max(c + delta, TINY)) * (root / max(delta, TINY)))


@leaf
def chance_extinct(a: float, beta: float, c: float, delta: float, root: float) -> float:
    """Return the probability that one cell's family is extinct at the end and has left no mark."""
    return max(0.0, ((c - a) + (delta - beta)) / max(c + delta, TINY))


@leaf
def odds(a: float, beta: float, c: float, delta: float, root: float) -> float:
    """Return the mean number of cells, beyond the first, of a family that is alive and unmarked."""
    return c / max(delta, TINY)


@leaf
def advance_unmarked(
    stream: NDArray[np.uint64], n: float, a: float, beta: float, c: float, delta: float, root: float
) -> tuple[float, float]:
    """Draw what becomes of ``n`` cells over a composite stretch.

    Returns the number of the n cells whose families leave at least one mark (their later fate is not yet drawn: see
    ``mark_time``), and the number of cells at the end in all families without a mark. Exact for any n.
    """
    marked = 0.0
    if beta > 0.0:
        marked = binomial(stream, n, min(1.0, beta / max(delta, TINY)))
    rest = n - marked
    if rest <= 0.0:
        return marked, 0.0
    unmarked = delta - beta
    chance = 1.0
    if unmarked > 0.0:
        chance = (root / max(c + delta, TINY)) * (root / unmarked)
        if chance > CERTAIN:
            chance = 1.0
    survivors = binomial(stream, rest, chance)
    if survivors > 0.0 and c > 0.0:
        survivors += negative_binomial(stream, survivors, c / max(delta, TINY))
    return marked, survivors


@leaf
def path_end(cells: float, later: float, growth: float) -> float:
    """Where the path of a clone ends that has ``later`` cells after a step of mean ``growth`` (a logarithm) [cells].

    One that has died out is led to its last cell; where it was bound to die, to no more than ``DOOMED`` allows it above its
    mean: led to one cell all the same, it would first grow by many e-folds if what kills it comes late in the step.
    """
    if later >= 1.0:
        return later
    return max(TINY, min(1.0, cells * exp(growth) / DOOMED))


@leaf
def time_of_chance(y: float, lam: float, mu: float, theta: float) -> float:
    """Return the days by which a family has left a mark with probability ``y``, under constant hazards.

    ``y`` must lie between 0 and the probability after endless time, theta must be positive. The inverse of beta/delta.
    """
    slope = lam - mu - theta
    speed = sqrt(slope * slope + 4.0 * lam * theta)
    larger = speed + abs(slope)
    smaller = 0.0 if larger <= 0.0 else 4.0 * lam * theta / larger
    plus, minus = (larger, smaller) if slope >= 0.0 else (smaller, larger)
    bottom = 2.0 * theta + y * plus
    early = 2.0 * y / bottom
    gone = speed * early  # 1 - exp(-speed days): accurate while small
    if speed < 1e-150:
        return early
    if gone < 0.5:
        return -log1p(-gone) / speed
    return -log(max((2.0 * theta - y * minus) / bottom, TINY)) / speed


@leaf
def fill_tails(calendar: NDArray[np.float64], table: NDArray[np.float64], pieces: int) -> None:
    """Write what ``tails`` returns for the first ``pieces`` rows of a calendar, where there is room for it already."""
    now = identity()
    for row in range(pieces, -1, -1):
        if row < pieces:
            now = compose(piece(calendar[row, 0], calendar[row, 1], calendar[row, 2], calendar[row, 3]), now)
        table[row, 0], table[row, 1], table[row, 2], table[row, 3], table[row, 4] = now
    table[0, 5] = 0.0
    for row in range(pieces):
        table[row + 1, 5] = table[row, 5] + calendar[row, 3]


@kernel
def tails(calendar: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each piece, the composite from its start to the end of the calendar, and the day it starts.

    Shape (pieces + 1, 6): columns a, beta, c, delta, root, start. The last row is the end of the calendar.
    """
    table = np.empty((calendar.shape[0] + 1, 6))
    fill_tails(calendar, table, calendar.shape[0])
    return table


@leaf
def suffix(calendar: NDArray[np.float64], table: NDArray[np.float64], at: int, spent: float) -> Composite:
    """Return the composite from ``spent`` days into piece ``at`` to the end; ``table`` comes from ``tails``."""
    after = (table[at + 1, 0], table[at + 1, 1], table[at + 1, 2], table[at + 1, 3], table[at + 1, 4])
    left = max(0.0, calendar[at, 3] - spent)
    return compose(piece(calendar[at, 0], calendar[at, 1], calendar[at, 2], left), after)


@leaf
def mark_time(
    calendar: NDArray[np.float64], at: int, spent: float, chance: float
) -> tuple[int, float, float, float, float, float, float]:
    """Find when a family, started ``spent`` days into piece ``at``, has left its first mark with this probability.

    With ``chance`` = U g, where U is uniform and g the probability of a mark by the end, this is the time of the first
    mark of a family that leaves one. Returns the piece, the days into that piece, and the composite (a, beta, c,
    delta, root) from the family's start to the mark, for ``size_at_mark``.
    """
    before = identity()
    found, lower, whole, left = at, before, before, 0.0
    for row in range(at, calendar.shape[0]):
        days = max(0.0, calendar[row, 3] - spent) if row == at else calendar[row, 3]
        now = piece(calendar[row, 0], calendar[row, 1], calendar[row, 2], days)
        if row == at or calendar[row, 2] > 0.0:
            found, lower, whole, left = row, before, now, days
        before = compose(before, now)
        if before[1] >= chance * before[3]:
            break
    lam, mu, theta = calendar[found, 0], calendar[found, 1], calendar[found, 2]
    start = spent if found == at else 0.0
    most = whole[1] / max(whole[3], TINY)
    bottom = lower[0] - lower[2] * chance
    y = most
    if bottom > 0.0:
        y = min(most, max(0.0, (lower[3] * chance - lower[1]) / bottom))
    days = min(left, time_of_chance(y, lam, mu, theta)) if theta > 0.0 else left
    now = compose(lower, piece(lam, mu, theta, days))
    return found, start + days, now[0], now[1], now[2], now[3], now[4]


@leaf
def size_at_mark(stream: NDArray[np.uint64], a: float, beta: float, c: float, delta: float, root: float) -> float:
    """Draw the size of a family at the moment of its first mark, the marking cell included: geometric, size-biased."""
    if c <= 0.0:
        return 1.0
    return 1.0 + negative_binomial(stream, 2.0, c / max(delta, TINY))


@kernel
def advance_marked(
    stream: NDArray[np.uint64],
    n: float,
    calendar: NDArray[np.float64],
    table: NDArray[np.float64],
    at: int,
    spent: float,
    leaves: bool,
    days: NDArray[np.float64],
) -> tuple[float, int]:
    """Draw the number of cells at the end of the calendar, and the day of every mark on the way. Exact.

    The ``n`` cells start ``spent`` days into piece ``at``; ``table`` comes from ``tails``. ``leaves``: the marking cell
    goes away (emigration) or stays (a birth that yields one mutant beside it). The day of each mark, from the start of
    the calendar, is written to ``days`` (in no special order) until that is full. Returns the cells at the end and the
    number of marks: if this is more than ``days`` holds, put the stream back and repeat with a longer array, which
    replays the same draws. Costs a time proportional to the marks, not to the cells.
    """
    marks = 0
    a, beta, c, delta, root = suffix(calendar, table, at, spent)
    marked, total = advance_unmarked(stream, n, a, beta, c, delta, root)
    if marked <= 0.0:
        return total, marks
    # Families that wait for their first mark: how many, piece and days where they started, chance of a mark since.
    stack = np.empty((16, 4))
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = marked, float(at), spent, beta / max(delta, TINY)
    depth = 1
    while depth > 0:
        top = depth - 1
        begun, since, reach = int(stack[top, 1]), stack[top, 2], min(1.0, stack[top, 3])
        stack[top, 0] -= 1.0
        if stack[top, 0] < 0.5:
            depth -= 1
        row, into, a, beta, c, delta, root = mark_time(calendar, begun, since, uniform(stream) * reach)
        cells = size_at_mark(stream, a, beta, c, delta, root)
        if marks < days.shape[0]:
            days[marks] = table[row, 5] + into
        marks += 1
        if leaves:
            cells -= 1.0
        if cells <= 0.0:
            continue
        a, beta, c, delta, root = suffix(calendar, table, row, into)
        marked, alive = advance_unmarked(stream, cells, a, beta, c, delta, root)
        total += alive
        if marked > 0.0:
            if depth == stack.shape[0]:
                longer = np.empty((2 * depth, 4))
                longer[:depth] = stack
                stack = longer
            stack[depth, 0], stack[depth, 1], stack[depth, 2] = marked, float(row), into
            stack[depth, 3] = beta / max(delta, TINY)
            depth += 1
    return total, marks
