"""Mutants among growing cells: how many there are, how large their clones, on a given day or at a given size.

The two-type model of Luria and Delbrück, Iwasa, Nowak and Michor, and Haeno and Michor, drawn exactly: wild cells mutate
as they divide, mutants grow by hazards of their own, and each mutant cell may leave (to found a metastasis elsewhere).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from seedsoil.body.kendall import advance_marked, advance_unmarked, piece, tails
from seedsoil.body.line.lone import lone, lone_law
from seedsoil.body.line.marked import follow
from seedsoil.body.population import MOST_CELLS, MOST_FOUNDERS, amount, whole
from seedsoil.foundation.compiled import kernel, leaf
from seedsoil.foundation.elementary import exp, log1p
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import POPULATION, aim, new_stream, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Mutants", "sample_mutants"]

SURE = -32.0  # logarithm of the chance, per step, of passing the size unseen: 1.3e-14
SKEWED = 35.0  # cells by which a gap is shortened in the first guess of a safe leap
FEW_EVENTS = 8.0  # below this many expected events a step goes cell by cell


@dataclass(frozen=True)
class Mutants:
    """What ``sample_mutants`` found: one entry for each run, and one for each clone.

    ``wild``, ``mutants``: cells at the end (int64). ``mutations``: mutants ever born from wild cells; ``departures``:
    mutant cells that left. ``days``: when the run ended. For runs of a given number of days also the mutant clones
    alive at the end: ``clone_run``, ``clone_born`` (day) and ``clone_cells``; else these are empty.
    """

    wild: NDArray[np.int64]
    mutants: NDArray[np.int64]
    mutations: NDArray[np.int64]
    departures: NDArray[np.int64]
    days: NDArray[np.float64]
    clone_run: NDArray[np.int64]
    clone_born: NDArray[np.float64]
    clone_cells: NDArray[np.int64]


def sample_mutants(
    founders: int,
    *,
    birth: float,
    death: float,
    mutation: float,
    mutant_birth: float,
    mutant_death: float,
    departure: float = 0.0,
    days: float | None = None,
    size: int | None = None,
    runs: int,
    seed: int,
) -> Mutants:
    """Draw independent histories of wild cells and the mutants they give rise to. Exact.

    Parameters
    ----------
    founders : int
        Wild cells on day 0; there are no mutants then.
    birth, death : float
        Hazards of a wild cell per day.
    mutation : float
        Probability that a division of a wild cell yields one wild cell and one mutant.
    mutant_birth, mutant_death : float
        Hazards of a mutant cell per day.
    departure : float
        Hazard per day that a mutant cell leaves.
    days, size : float, int
        Give one: the day on which runs end, or the number of wild cells at which a run ends, on the day when this is
        first reached, or when the wild cells have died out.
    runs, seed : int
        Independent histories, and the whole number (0 to 2^64 - 1) that, with the run's number, decides each.

    Returns
    -------
    Mutants
        Counts, days, and (with ``days``) clone sizes. The cost goes with the mutations, not with the cells.

    Raises
    ------
    ModelError
        With one line for each thing that is wrong; or if a count passes 9e18 cells.
    """
    faults: list[str] = []
    whole(faults, "founders", founders, 0, MOST_FOUNDERS)
    whole(faults, "runs", runs, 1, 10**8)
    whole(faults, "seed", seed, 0, 2**64 - 1)
    hazards = {"birth": birth, "death": death, "mutant_birth": mutant_birth, "mutant_death": mutant_death}
    for name, value in {**hazards, "mutation": mutation, "departure": departure}.items():
        amount(faults, name, value)
    if not faults and mutation > 1:
        faults.append(f"mutation is a probability, at most 1, got {mutation!r}")
    _ending(faults, days, size)
    if not faults:
        _growth(faults, birth * (1 - mutation) - death, mutant_birth - mutant_death, days, size)
    if faults:
        raise ModelError(faults)
    wild = np.array([birth * (1.0 - mutation), death, birth * mutation], dtype=np.float64)
    mutant = np.array([mutant_birth, mutant_death, departure], dtype=np.float64)
    table = np.zeros((int(runs), 5))
    stream = new_stream(int(seed), 1)
    if size is not None:
        _until_size(stream, float(founders), wild, mutant, float(size), table)
        clones = np.empty((0, 3))
    else:
        assert days is not None
        clones = _until_day(stream, float(founders), wild, mutant, float(days), table)
    if float(table[:, :4].max()) > MOST_CELLS:
        raise ModelError(f"a count passed {MOST_CELLS:.0e}; use fewer days or a lower birth")
    counts = table[:, :4].astype(np.int64, order="F")
    return Mutants(
        wild=counts[:, 0],
        mutants=counts[:, 1],
        mutations=counts[:, 2],
        departures=counts[:, 3],
        days=table[:, 4].copy(),
        clone_run=clones[:, 0].astype(np.int64),
        clone_born=clones[:, 1].copy(),
        clone_cells=clones[:, 2].astype(np.int64),
    )


def _ending(faults: list[str], days: float | None, size: int | None) -> None:
    """Note a fault unless exactly one of days and size says when a run ends."""
    if (days is None) == (size is None):
        faults.append("give either days or size, and not both: when does a run end?")
    if days is not None:
        amount(faults, "days", days, positive=True)
    if size is not None:
        whole(faults, "size", size, 1, 10**12)


def _growth(faults: list[str], wild: float, mutant: float, days: float | None, size: int | None) -> None:
    """Note a fault where the numbers would leave what a count can hold, or a size might never be reached."""
    if size is not None and wild <= 0:
        faults.append("size needs growing cells: birth * (1 - mutation) must exceed death, or give days instead")
    if days is not None and max(wild, mutant) * days > 100.0:
        faults.append("days multiply the cells by more than e^100; use fewer days or a lower birth")


@leaf
def _clone(stream: NDArray[np.uint64], birth: float, death: float, days: float) -> float:
    """Draw the cells, after some days, of a clone that starts from one mutant, of which none leave."""
    a, beta, c, delta, root = piece(birth, death, 0.0, days)
    alive, per_log = lone_law(a, beta, c, delta, root)
    return lone(stream, alive, per_log)


@kernel
def _descend(stream: NDArray[np.uint64], cells: float, mutant: NDArray[np.float64], days: float) -> tuple[float, float]:
    """Follow mutant cells for some days: cells at the end, and departures."""
    if mutant[2] > 0.0:
        calendar = np.empty((1, 4))
        calendar[0, :3], calendar[0, 3] = mutant, days
        later, gone = advance_marked(stream, cells, calendar, tails(calendar), 0, 0.0, True, np.empty(0))
        return later, float(gone)
    a, beta, c, delta, root = piece(mutant[0], mutant[1], 0.0, days)
    return advance_unmarked(stream, cells, a, beta, c, delta, root)[1], 0.0


@kernel
def _clones(
    stream: NDArray[np.uint64],
    mutant: NDArray[np.float64],
    days: float,
    marks: int,
    marked: NDArray[np.float64],
    cells: NDArray[np.float64],
) -> tuple[float, float, NDArray[np.float64]]:
    """Draw the clone of each mutant, to the same day: cells in all, departures, and the array of sizes, as long as it must be."""
    if cells.shape[0] < marks:
        cells = np.empty(2 * marks)
    total = departures = 0.0
    for mark in range(marks):
        if mutant[2] > 0.0:
            cells[mark], gone = _descend(stream, 1.0, mutant, days - marked[mark])
            departures += gone
        else:
            cells[mark] = _clone(stream, mutant[0], mutant[1], days - marked[mark])
        total += cells[mark]
    return total, departures, cells


@kernel
def _until_day(
    stream: NDArray[np.uint64],
    founders: float,
    wild: NDArray[np.float64],
    mutant: NDArray[np.float64],
    days: float,
    result: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Run to a day; fill a row (wild, mutants, mutations, departures, days) for each run; return the living clones."""
    marked, stack, sizes, clones = np.empty(64), np.empty((16, 4)), np.empty(64), np.empty((1024, 3))
    living = 0
    for run in range(result.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 0)  # type: ignore[arg-type]
        later, marks, marked, stack = follow(stream, founders, wild, days, marked, stack)
        mutants, departures, sizes = _clones(stream, mutant, days, marks, marked, sizes)
        if living + marks > clones.shape[0]:
            longer = np.empty((2 * (living + marks), 3))
            longer[:living] = clones[:living]
            clones = longer
        for mark in range(marks):
            if sizes[mark] > 0.0:
                clones[living, 0], clones[living, 1], clones[living, 2] = run, marked[mark], sizes[mark]
                living += 1
        result[run, 0], result[run, 1], result[run, 2] = later, mutants, marks
        result[run, 3], result[run, 4] = departures, days
    return clones[:living]


@leaf
def _is_safe(cells: float, size: float, growth: float, odds: float) -> bool:
    """Tell whether so much growth reaches the size, at any moment before its end, with a chance below exp(SURE).

    Doob's inequality for the martingale F(s)^N, s > 1: the chance is at most F(s)^cells / s^size. Any s proves it.
    """
    gap = size - cells * growth
    if gap <= 0.0:
        return False
    spread = cells * growth * (2.0 * odds + 1.0 - growth)
    z = min(gap / (spread + 0.5 * gap + 1.0), 0.9 / max(odds, 1e-12))
    return cells * log1p(growth * z / (1.0 - odds * z)) - size * log1p(z) < SURE


@leaf
def _safe_days(cells: float, size: float, birth: float, death: float) -> float:
    """Return days in which growing cells reach the size with a chance below exp(SURE); 0 if no worthwhile number.

    The first guess is where the size lies eight standard deviations above the mean, the gap shortened for the skewness;
    ``_is_safe`` then proves it, or a part of it.
    """
    rate, turnover = birth - death, birth + death
    squared = (size - cells) * (size - cells - SKEWED)
    if size - cells <= SKEWED or squared <= 64.0 * FEW_EVENTS:
        return 0.0
    gap = sqrt(squared) / cells
    k, most = 64.0 * turnover / (rate * cells), 1.0 + gap
    s = sqrt(k * (k + 4.0 * most * gap))
    # Solves (most - growth)^2 = k growth (growth - 1) without cancellation.
    days = log1p(4.0 * (most * gap) ** 2 / ((2.0 * most * gap + k + s) * (2.0 * most - k + s))) / rate
    while days * turnover * cells > FEW_EVENTS:
        growth = exp(rate * days)
        if _is_safe(cells, size, growth, birth * (growth - 1.0) / rate):
            return days
        days *= 0.85
    return 0.0


@kernel
def _until_size(
    stream: NDArray[np.uint64],
    founders: float,
    wild: NDArray[np.float64],
    mutant: NDArray[np.float64],
    size: float,
    result: NDArray[np.float64],
) -> None:
    """Run until the wild cells first reach the size, or die out; fill the rows as ``_until_day`` does."""
    marked, stack, sizes = np.empty(64), np.empty((16, 4)), np.empty(64)
    total = wild[0] + wild[1] + wild[2]
    for run in range(result.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 0)  # type: ignore[arg-type]
        cells, mutants, mutations, departures, day = founders, 0.0, 0.0, 0.0, 0.0
        seen = 0.0  # the day on which there were so many mutants: they ask nothing of the wild cells, and may wait
        while 0.0 < cells < size:
            days = _safe_days(cells, size, wild[0], wild[1])
            marks, born = 0, 0.0
            if days > 0.0:
                cells, marks, marked, stack = follow(stream, cells, wild, days, marked, stack)
                born, gone, sizes = _clones(stream, mutant, days, marks, marked, sizes)
                departures += gone
            else:
                days = exponential(stream) / (total * cells)
                choice = uniform(stream) * total
                if choice < wild[0]:
                    cells += 1.0
                elif choice < wild[0] + wild[1]:
                    cells -= 1.0
                else:
                    marks, born = 1, 1.0
            day += days
            if marks > 0 or not 0.0 < cells < size:
                mutations += marks
                if mutants > 0.0:
                    mutants, gone = _descend(stream, mutants, mutant, day - seen)
                    departures += gone
                mutants += born
                seen = day
        result[run, 0], result[run, 1], result[run, 2] = cells, mutants, mutations
        result[run, 3], result[run, 4] = departures, day
