"""The fluctuation assay of Luria and Delbrueck: parallel cultures of one clone, their resistant cells, and the rate.

A culture grows from one cell to N without drug and without deaths; each division brings a mutant with chance u, which
grows on at its own pace. So mutations are Poisson numbers of mean m = u N, and a family that began a time t before the end
has a geometric number of cells. The rate is read in two ways: from the share of cultures without a resistant cell (p0), and
by the largest likelihood of all counts under the law of Lea and Coulson, as Ma, Sandri and Sarkar compute it (MSS).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.samplers import exponential, geometric, poisson
from seedsoil.foundation.streams import CULTURE, Stream, aim

Floats = NDArray[np.float64]

#: Counts beyond this are read as "this or more": a jackpot says no more about the rate than that.
CENSORED = 300
# Limits and steps of the search for the mutations of a culture.
_LEAST, _MOST, _STEPS = 1e-4, 200.0, 60
_GOLDEN = 0.6180339887498949


class Fluctuation(NamedTuple):
    """What a fluctuation assay says: cultures without a resistant cell, the median count, and two rates per division.

    ``log_error`` is the standard error of the logarithm of ``rate_mss``: 1.225 m^-0.315 / sqrt(cultures) (Stewart 1994,
    recalled). A rate is nan where it cannot be read: no culture, or every one, without a resistant cell.
    """

    empty: int
    median: float
    rate_p0: float
    rate_mss: float
    log_error: float


@kernel
def resistant_counts(
    stream: Stream, key: np.uint64, step: int, cultures: int, cells: float, rate: float, pace: float
) -> Floats:
    """Draw the resistant cells of each culture (cultures,).

    Parameters
    ----------
    stream : uint64 (8,)
        The patient's stream; it is not touched.
    key, step
        The clone and the day: they address the luck.
    cultures : int
    cells : float
        Of a culture at its end.
    rate : float
        Mutants per division.
    pace : float
        Growth of a mutant against that of its culture, without drug.
    """
    own = stream.copy()
    aim(own, CULTURE, key, step)
    found = np.zeros(cultures)
    for culture in range(cultures):
        for _ in range(int(poisson(own, rate * cells))):
            age = exponential(own)
            if age < log(cells):
                found[culture] += 1.0 + geometric(own, exp(-pace * age))
        found[culture] = min(found[culture], cells)
    return found


@kernel
def lea_coulson(mutations: float, size: int) -> Floats:
    """Chance of 0, 1 .. size - 1 resistant cells [1]: p_0 = e^-m, p_n = (m / n) sum over i < n of p_i / (n - i + 1)."""
    chance = np.zeros(size)
    chance[0] = exp(-mutations)
    for n in range(1, size):
        total = 0.0
        for i in range(n):
            total += chance[i] / (n - i + 1.0)
        chance[n] = mutations / n * total
    return chance


def estimate(counts: Floats, cells: float) -> Fluctuation:
    """Read the mutation rate per division out of the counts of parallel cultures (cultures,)."""
    cultures, empty = counts.size, int(np.count_nonzero(counts == 0.0))
    median = float(np.median(counts))
    if empty == cultures:
        return Fluctuation(empty, median, math.nan, math.nan, math.nan)
    by_share = math.nan if empty == 0 else -log(empty / cultures) / cells
    held = np.minimum(counts, CENSORED).astype(np.int64)
    seen = np.bincount(held, minlength=CENSORED + 1)
    low, high = log(_LEAST), log(_MOST)
    inner, outer = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_inner, at_outer = _likelihood(seen, exp(inner)), _likelihood(seen, exp(outer))
    for _ in range(_STEPS):
        if at_inner < at_outer:
            low, inner, at_inner = inner, outer, at_outer
            outer = low + _GOLDEN * (high - low)
            at_outer = _likelihood(seen, exp(outer))
        else:
            high, outer, at_outer = outer, inner, at_inner
            inner = high - _GOLDEN * (high - low)
            at_inner = _likelihood(seen, exp(inner))
        if high - low < 1e-4:
            break
    mutations = exp(0.5 * (low + high))
    return Fluctuation(empty, median, by_share, mutations / cells, 1.225 * mutations**-0.315 / math.sqrt(cultures))


def _likelihood(seen: NDArray[np.int64], mutations: float) -> float:
    """Logarithm of the likelihood of so many mutations a culture; ``seen`` counts cultures by their resistant cells."""
    most = int(np.max(np.flatnonzero(seen)))
    chance = lea_coulson(mutations, min(most + 1, CENSORED))
    total = 0.0
    for count in np.flatnonzero(seen).tolist():
        share = chance[count] if count < CENSORED else 1.0 - sum(chance.tolist())
        total += float(seen[count]) * log(max(float(share), 1e-300))
    return total
