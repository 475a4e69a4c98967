"""Exact laws to compare samples with, by generating functions: another road than the engine's.

With y = 1 - E[s^N] a stretch of births b, deaths d and t days is y -> R y / (1 + o y), where R = exp((b - d) t) and
o = b (R - 1) / (b - d) (Kendall 1948). A generating function on the unit circle gives the probabilities by one FFT.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Segment = tuple[float, float, float]
Circle = NDArray[np.complex128]

# Each comparison may raise a false alarm once in 1e9 runs (of other seeds: ours are fixed).
FALSE_ALARM = 1e-9


def one_cell(s: Circle, segments: Sequence[Segment]) -> Circle:
    """Return E[s^N] at the end of the segments from one cell."""
    y = 1 - s
    for birth, death, days in reversed(segments):
        rate = birth - death
        growth = np.exp(rate * days)
        odds = birth * (np.expm1(rate * days) / rate if rate else days)
        y = growth * y / (1 + odds * y)
    return 1 - y


def left_after(segments: Sequence[Segment], day: float) -> list[Segment]:
    """Return what is left of the segments after a day."""
    left = []
    for birth, death, days in segments:
        if day < days:
            left.append((birth, death, days - max(day, 0.0)))
        day -= days
    return left


def arrivals(s: Circle, segments: Sequence[Segment], rate: float, batch: int = 1) -> Circle:
    """Return E[s^N] of all families whose founders arrive at a constant rate, by Gauss-Legendre quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    end = sum(days for _, _, days in segments)
    fastest = max(max(birth + death for birth, death, _ in segments), 1.0 / end)
    edges = np.cumsum([0.0] + [days for _, _, days in segments])
    cuts = np.unique(np.concatenate([edges, np.arange(0, end, 0.5 / fastest)]))
    total = np.zeros_like(s)
    for low, high in pairwise(cuts):
        for node, weight in zip(nodes, weights, strict=True):
            day = low + 0.5 * (high - low) * (1 + node)
            total += 0.5 * (high - low) * weight * (one_cell(s, left_after(segments, day)) ** batch - 1)
    return np.exp(rate * total)


def probabilities(function: Callable[[Circle], Circle], size: int) -> NDArray[np.float64]:
    """Return P(0), P(1), ..., P(size - 1) from a generating function; the tail beyond folds back."""
    circle = np.exp(-2j * np.pi * np.arange(size) / size)
    return np.maximum(np.fft.ifft(function(circle)).real, 0.0)


def population(founders: int, segments: Sequence[Segment], size: int) -> NDArray[np.float64]:
    """Return the law of the number of cells at the end of the segments."""
    return probabilities(lambda s: one_cell(s, segments) ** founders, size)


def chance_of(sample: NDArray[np.int64], law: NDArray[np.float64], least: float = 20.0) -> float:
    """Return the p-value of Pearson's chi-square: a sample against a law, cells pooled to an expectation >= least."""
    from scipy.stats import chi2

    seen = np.bincount(np.minimum(sample, len(law) - 1), minlength=len(law)).astype(float)
    expected = law / law.sum() * len(sample)
    # Pool neighbours from the left; what remains at the end joins the last cell.
    cells: list[list[float]] = []
    have = [0.0, 0.0]
    for number, mean in zip(seen, expected, strict=True):
        have = [have[0] + number, have[1] + mean]
        if have[1] >= least:
            cells.append(have)
            have = [0.0, 0.0]
    if cells:
        cells[-1] = [cells[-1][0] + have[0], cells[-1][1] + have[1]]
    table = np.array(cells)
    assert len(table) > 1, "the law has one cell only: nothing is tested"
    return float(chi2.sf(((table[:, 0] - table[:, 1]) ** 2 / table[:, 1]).sum(), len(table) - 1))


def moments(law: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return mean, variance and fourth central moment."""
    n = np.arange(len(law), dtype=float)
    mean = float(law @ n)
    return mean, float(law @ (n - mean) ** 2), float(law @ (n - mean) ** 4)


def z_of_share(hits: int, tries: int, chance: float) -> float:
    """Return by how many standard errors a share differs from its probability."""
    return float((hits / tries - chance) / np.sqrt(chance * (1 - chance) / tries))
