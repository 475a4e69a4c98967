"""The coalescent point process: the tree of cells sampled from a clone that grew by births and deaths.

Cells that live on one day are set in a row; the lines of two neighbours meet at a depth H before that day, and all these depths
are independent and of one law. For births b and growth r = b - d, alike over time or not, with W(t) = 1 + the integral over depths up
to t of b times the growth from there to the day of sampling: P(H > t) = 1 / W(t); if each cell is sampled with chance p,
P(H > t) = 1 / (1 - p + p W(t)), for constant rates 1 / (1 + (p b / r)(exp(r t) - 1)). Given that one cell founded the clone T days
before, H is below T. Cells that stand g places apart meet at the largest of g depths, so that a sample of k of N cells
needs k - 1 numbers only.

Sources: A. Lambert and T. Stadler, Theor. Popul. Biol. 90 (2013) 113 (the law; recalled); A. Lambert, Theor. Popul. Biol. 122 (2018)
30 (samples of k cells; abstract read).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import Stream, uniform

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Rates:
    """Births and growth of a clone, piece by piece backwards from the day of sampling.

    ``spans`` [day], ``birth`` and ``growth`` [1/day] (pieces,): the first piece is the latest. ModelError if a span or a birth is
    negative, or the deaths (birth - growth) are.
    """

    spans: tuple[float, ...]
    birth: tuple[float, ...]
    growth: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.spans) == len(self.birth) == len(self.growth) > 0:
            raise ModelError("rates of a clone: spans, birth and growth must have the same length, at least one")
        for span, birth, growth in zip(self.spans, self.birth, self.growth, strict=True):
            if not (span >= 0.0 and birth >= 0.0 and growth <= birth * (1.0 + 1e-12)):
                raise ModelError(
                    f"rates of a clone: span {span:g} days, birth {birth:g} and growth {growth:g} per day; "
                    "give a span and a birth of 0 or more, and a growth of at most the birth"
                )

    @property
    def age(self) -> float:
        """Days that the pieces cover."""
        return math.fsum(self.spans)

    @cached_property
    def _edges(self) -> list[tuple[float, float, float]]:
        """Depth, W and growth factor at the near end of each piece, and at the far end of the last."""
        edges = [(0.0, 1.0, 1.0)]
        for span, birth, growth in zip(self.spans, self.birth, self.growth, strict=True):
            depth, tail, factor = edges[-1]
            edges.append((depth + span, tail + birth * factor * _grown(growth, span), factor * math.exp(growth * span)))
        return edges

    def inverse_tail(self, depth: float, share: float = 1.0) -> float:
        """1 / P(H > depth) if each cell is sampled with chance ``share``; beyond the age, what it is at the age."""
        for edge, birth, growth, span in zip(self._edges, self.birth, self.growth, self.spans, strict=False):
            if depth <= edge[0] + span:
                whole = edge[1] + birth * edge[2] * _grown(growth, max(0.0, depth - edge[0]))
                return 1.0 - share + share * whole
        return 1.0 - share + share * self._edges[-1][1]

    def depth_at(self, inverse_tail: float) -> float:
        """The depth with this W = 1 / P(H > depth), all cells sampled; infinity beyond the age."""
        for place, (span, birth, growth) in enumerate(zip(self.spans, self.birth, self.growth, strict=True)):
            near, far = self._edges[place], self._edges[place + 1]
            if inverse_tail < far[1] or (inverse_tail == far[1] and place == len(self.spans) - 1):
                rise = (inverse_tail - near[1]) / (birth * near[2])
                inside = math.log1p(growth * rise) / growth if abs(growth) * span > 1e-12 else rise
                return near[0] + min(max(inside, 0.0), span)
        return math.inf


def hidden_divisions(rates: Rates, late: float, early: float, share: float, lines: int) -> float:
    """Mean divisions between two depths, on one of some lines side by side, whose other daughter left no sampled cell.

    Each cell of the row between them is sampled with chance p, ``share``. A line divides 2 b a day, its other daughter to either
    side; towards another line that daughter is seen at the rate d ln (1 - p + p W) / dt, b times its chance to be sampled.
    """
    births = 0.0
    for edge, birth, span in zip(rates._edges, rates.birth, rates.spans, strict=False):
        births += birth * max(0.0, min(early, edge[0] + span) - max(late, edge[0]))
    seen = math.log(rates.inverse_tail(early, share) / rates.inverse_tail(late, share))
    return max(0.0, 2.0 * (births - seen * (lines - 1.0) / lines))


def _grown(growth: float, span: float) -> float:
    """The integral of exp(growth t) over a span."""
    return math.expm1(growth * span) / growth if abs(growth) * span > 1e-12 else span


def span_to(cells: float, birth: float, growth: float) -> float:
    """Days after which one cell has ``cells`` descendants, on average if it has any, at constant rates; infinity if never."""
    if cells <= 1.0:
        return 0.0
    if birth <= 0.0:
        return math.inf
    rise = (cells - 1.0) / birth
    if abs(growth) * rise < 1e-12:
        return rise
    return math.log1p(growth * rise) / growth if 1.0 + growth * rise > 0.0 else math.inf


def places_in_row(stream: Stream, count: int, cells: float) -> Floats:
    """Draw which ``count`` of so many cells in a row are sampled, each set alike: sorted places (count,), from 0 (R. Floyd)."""
    whole = max(float(count), math.floor(cells))
    chosen: set[float] = set()
    for place in range(count):
        top = whole - count + place
        drawn = math.floor(uniform(stream) * (top + 1.0))
        chosen.add(top if drawn in chosen else drawn)
    return np.array(sorted(chosen), dtype=np.float64)


def node_depths(stream: Stream, rates: Rates, count: int, cells: float, founded: float | None = None) -> Floats:
    """Draw the depths at which neighbours of a sample meet (count - 1,) [day]; infinity where it is before the rates begin.

    Parameters
    ----------
    stream : uint64 (8,)
        Aimed by the caller.
    rates : Rates
        Births and growth, backwards.
    count : int
        Cells sampled, all alike likely.
    cells : float
        Cells that there are. As many as are sampled: the whole tree.
    founded : float, optional
        W at the depth at which one cell founded them all: no depth lies beyond. None: no such condition.
    """
    gaps = np.diff(places_in_row(stream, count, cells))
    none = -math.inf if founded is not None and founded <= 1.0 else 0.0
    least = math.log1p(-1.0 / founded) if founded is not None and founded > 1.0 else none
    depths = np.zeros(max(count - 1, 0))
    for place, gap in enumerate(gaps.tolist()):
        below = least + math.log(uniform(stream)) / gap
        depths[place] = rates.depth_at(-1.0 / math.expm1(below)) if below > -math.inf else 0.0
    return depths


def bridged_depths(stream: Stream, rates: Rates, count: int, cells: int, before: int) -> Floats:
    """Draw depths as ``node_depths`` does, given that there were ``before`` cells at the beginning of the rates too.

    Of those, K have descendants: as many chances as there are ways to choose them, and to cut the row of cells into K families,
    every cut alike likely (sizes are geometric): C(n0, K) C(n1 - 1, K - 1) a^K (1 - a)^(n0 - K) f^(n1 - K) (1 - f)^K with chance a of
    having any and f = 1 - 1 / W. Neighbours on two sides of a cut met before. The cost goes with the cells.
    """
    whole, factor = rates.inverse_tail(rates.age), rates._edges[-1][2]
    lasting, fall = min(factor / whole, 1.0), 1.0 - 1.0 / whole
    most = min(before, cells)
    families = _families(stream, most, before, cells, lasting, fall) if 0.0 < lasting < 1.0 and fall > 0.0 else most
    places = places_in_row(stream, count, float(cells))
    depths, at, cuts = np.zeros(max(count - 1, 0)), 0, families - 1
    for place in range(count - 1):
        while at < places[place]:
            cuts -= uniform(stream) * (cells - 1 - at) < cuts
            at += 1
        kept = cuts
        while at < places[place + 1]:
            cuts -= uniform(stream) * (cells - 1 - at) < cuts
            at += 1
        gap = float(places[place + 1] - places[place])
        below = math.log1p(-1.0 / whole) + math.log(uniform(stream)) / gap if fall > 0.0 else -math.inf
        met = rates.depth_at(-1.0 / math.expm1(below)) if below > -math.inf else 0.0
        depths[place] = met if cuts == kept else math.inf
    return depths


def _families(stream: Stream, most: int, before: int, cells: int, lasting: float, fall: float) -> int:
    """Draw how many of the cells that there were have descendants among those that there are."""
    k = np.arange(1, most + 1)
    ways = [
        -math.lgamma(one + 1) - math.lgamma(before - one + 1) - math.lgamma(one) - math.lgamma(cells - one + 1)
        for one in k.tolist()
    ]
    chance = np.array(ways) + k * (math.log(lasting) - math.log1p(-lasting) + math.log1p(-fall) - math.log(fall))
    total = np.cumsum(np.exp(chance - chance.max()))
    return 1 + min(int(np.searchsorted(total, uniform(stream) * total[-1], side="right")), most - 1)


def sampled_depths(stream: Stream, rates: Rates, count: int, share: float) -> Floats:
    """Draw ``count`` depths of the law for cells sampled each with chance ``share``, below the age of the rates [day]."""
    founded = rates.inverse_tail(rates.age, share)
    depths = np.zeros(count)
    for place in range(count):
        below = uniform(stream) * (1.0 - 1.0 / founded)
        depths[place] = rates.depth_at(1.0 + (1.0 / (1.0 - below) - 1.0) / share)
    return depths
