"""The family of one cell after a stretch of days: one uniform number decides whether it lives and how large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seedsoil.body.kendall import CERTAIN
from seedsoil.foundation.compiled import inline, leaf
from seedsoil.foundation.elementary import log, log1p
from seedsoil.foundation.streams import POPULATION, aim, philox4x32, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FEW", "SELDOM", "first_uniforms", "lone", "lone_law", "lone_of"]

FEW = 4.0  # up to so many cells it is quicker to draw the family of each on its own
SELDOM = 2.0**-10  # below this chance to be alive, life and size take a uniform number each
HALF = np.uint64(32)
LOW_HALF = np.uint64(0xFFFFFFFF)


@inline
def lone_law(a: float, beta: float, c: float, delta: float, root: float) -> tuple[float, float]:
    """Return what ``lone`` needs of a composite without marks: the chance to be alive, and 1 / ln of the geometric ratio.

    A family that is alive has k cells or more with probability (c / (c + delta))^(k - 1); without births this is none.
    """
    alive = (root / (c + delta)) * (root / delta)
    if alive > CERTAIN:
        alive = 1.0
    return alive, -1.0 / log1p(delta / c) if c > 0.0 else -0.0


@inline
def lone_of(u: float, alive: float, per_log: float) -> float:
    """Return the size of the family that this uniform number stands for."""
    if u >= alive:
        return 0.0
    return 1.0 + max(0.0, np.floor(log(u / alive) * per_log))  # type: ignore[no-any-return]


@inline
def lone(stream: NDArray[np.uint64], alive: float, per_log: float) -> float:
    """Draw the family of one cell by inverting its law: one uniform number decides whether it lives and how large it is."""
    u = uniform(stream)
    if u < alive < SELDOM:
        # So few of the uniform numbers are left that large families would be missing: take a new one.
        u = alive * uniform(stream)
    return lone_of(u, alive, per_log)


@leaf
def first_uniforms(stream: NDArray[np.uint64], first: int, numbers: NDArray[np.float64]) -> None:
    """Fill in the uniform number that each run, from number ``first`` on, draws first: what ``aim`` and ``uniform`` give.

    Without a step that reads what an earlier one has written, so that the processor makes several at once.
    """
    aim(stream, POPULATION, np.uint64(0), 0)  # type: ignore[arg-type]
    key_0, key_1, low, high, zero = stream[0], stream[1], stream[4], stream[5], stream[2]
    for place in range(numbers.shape[0]):
        run = np.uint64(first + place)
        w0, w1, _, _ = philox4x32(zero, zero, (run & LOW_HALF) ^ low, (run >> HALF) ^ high, key_0, key_1)
        numbers[place] = (np.float64(np.int64((w0 | (w1 << HALF)) >> np.uint64(12))) + 0.5) * 2.220446049250313e-16
