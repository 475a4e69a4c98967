"""Mutants among growing cells: how many there are, how large their clones, on a given day or at a given size.

The two-type model of Luria and Delbrück, Iwasa, Nowak and Michor, and Haeno and Michor, drawn exactly: wild cells mutate
as they divide, mutants grow by hazards of their own, and each mutant cell may leave (to found a metastasis elsewhere).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from seedsoil.body.kendall import advance_marked, advance_unmarked, suffix, tails
from seedsoil.body.population import MOST_CELLS, MOST_FOUNDERS, amount, whole
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.elementary import exp, log, log1p
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.samplers import exponential
from seedsoil.foundation.streams import POPULATION, aim, new_stream, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Mutants", "sample_mutants"]

SURE = -32.0  # logarithm of the chance, per step, of passing the size unseen: 1.3e-14
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
        # The first pass counts the clones, the second draws the same again and keeps them.
        count = _until_day(stream, float(founders), wild, mutant, float(days), table, np.empty((0, 3)))
        clones = np.empty((count, 3))
        _until_day(stream, float(founders), wild, mutant, float(days), table, clones)
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


@kernel
def _descend(
    stream: NDArray[np.uint64],
    cells: float,
    calendar: NDArray[np.float64],
    table: NDArray[np.float64],
    spent: float,
    scrap: NDArray[np.float64],
) -> tuple[float, float]:
    """Follow mutant cells from ``spent`` days on to the end of the calendar: cells there, and departures."""
    if calendar[0, 2] > 0.0:
        later, gone = advance_marked(stream, cells, calendar, table, 0, spent, True, scrap)
        return later, float(gone)
    a, beta, c, delta, root = suffix(calendar, table, 0, spent)
    return advance_unmarked(stream, cells, a, beta, c, delta, root)[1], 0.0


@kernel
def _one_piece(hazards: NDArray[np.float64], days: float) -> NDArray[np.float64]:
    """Return the calendar of constant hazards."""
    calendar = np.empty((1, 4))
    calendar[0, :3] = hazards
    calendar[0, 3] = days
    return calendar


@kernel
def _marks(
    stream: NDArray[np.uint64],
    cells: float,
    calendar: NDArray[np.float64],
    table: NDArray[np.float64],
    marked: NDArray[np.float64],
) -> tuple[float, int, NDArray[np.float64]]:
    """Follow wild cells: cells at the end, mutations, and an array with the day of each, as long as it must be."""
    before = stream.copy()
    while True:
        later, marks = advance_marked(stream, cells, calendar, table, 0, 0.0, False, marked)
        if marks <= marked.shape[0]:
            return later, marks, marked
        marked = np.empty(2 * marks)
        stream[:] = before


@kernel
def _until_day(
    stream: NDArray[np.uint64],
    founders: float,
    wild: NDArray[np.float64],
    mutant: NDArray[np.float64],
    days: float,
    result: NDArray[np.float64],
    clones: NDArray[np.float64],
) -> int:
    """Run to a day; fill a row (wild, mutants, mutations, departures, days) for each run; return the living clones."""
    calendar, other = _one_piece(wild, days), _one_piece(mutant, days)
    table, ahead = tails(calendar), tails(other)
    marked, scrap = np.empty(64), np.empty(0)
    living = 0
    for run in range(result.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 0)  # type: ignore[arg-type]
        later, marks, marked = _marks(stream, founders, calendar, table, marked)
        mutants = departures = 0.0
        for mark in range(marks):
            cells, gone = _descend(stream, 1.0, other, ahead, marked[mark], scrap)
            mutants += cells
            departures += gone
            if cells > 0.0:
                if living < clones.shape[0]:
                    clones[living, 0], clones[living, 1], clones[living, 2] = run, marked[mark], cells
                living += 1
        result[run, 0], result[run, 1], result[run, 2] = later, mutants, marks
        result[run, 3], result[run, 4] = departures, days
    return living


@kernel
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


@kernel
def _safe_days(cells: float, size: float, birth: float, death: float) -> float:
    """Return days in which growing cells reach the size with a chance below exp(SURE); 0 if no worthwhile number."""
    rate, turnover = birth - death, birth + death
    steep, spread = rate * cells, 8.0 * sqrt(turnover * cells)
    root = (sqrt(spread * spread + 4.0 * steep * (size - cells)) - spread) / (2.0 * steep)
    days = min(root * root, log(size / cells) / rate)
    while days * turnover * cells > FEW_EVENTS:
        growth = exp(rate * days)
        if _is_safe(cells, size, growth, birth * (growth - 1.0) / rate):
            return days
        days *= 0.7
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
    marked, scrap = np.empty(64), np.empty(0)
    total = wild[0] + wild[1] + wild[2]
    for run in range(result.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 0)  # type: ignore[arg-type]
        cells, mutants, mutations, departures, day = founders, 0.0, 0.0, 0.0, 0.0
        while 0.0 < cells < size:
            days = _safe_days(cells, size, wild[0], wild[1])
            leap = days > 0.0
            if not leap:
                days = exponential(stream) / (total * cells)
            other = _one_piece(mutant, days)
            ahead = tails(other)
            if mutants > 0.0:
                mutants, gone = _descend(stream, mutants, other, ahead, 0.0, scrap)
                departures += gone
            if leap:
                calendar = _one_piece(wild, days)
                cells, marks, marked = _marks(stream, cells, calendar, tails(calendar), marked)
                mutations += marks
                for mark in range(marks):
                    born, gone = _descend(stream, 1.0, other, ahead, marked[mark], scrap)
                    mutants += born
                    departures += gone
            else:
                choice = uniform(stream) * total
                if choice < wild[0]:
                    cells += 1.0
                elif choice < wild[0] + wild[1]:
                    cells -= 1.0
                else:
                    mutants += 1.0
                    mutations += 1.0
            day += days
        result[run, 0], result[run, 1], result[run, 2] = cells, mutants, mutations
        result[run, 3], result[run, 4] = departures, day
