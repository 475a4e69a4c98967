"""Cells divide, die and arrive: many exact histories of one population, the simplest door to the engine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np

from seedsoil.body.kendall import advance_unmarked, piece
from seedsoil.body.line.lone import FEW, SELDOM, first_uniforms, lone, lone_law, lone_of
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.elementary import expm1
from seedsoil.foundation.errors import ModelError, said
from seedsoil.foundation.samplers import gamma, poisson
from seedsoil.foundation.streams import POPULATION, aim, new_stream, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["amount", "sample_population", "whole"]

MOST_CELLS = 9.0e18  # what a signed count of 64 bits holds
MOST_WHOLE = 10**300  # beyond it a whole number is no float, nor meant
MOST_FOUNDERS = 9_007_199_254_740_992  # beyond 2^53 a float no longer holds every whole number
MOST_BATCHES = 1e7  # batches that one run follows one by one
MOST_NUMBERS = 5e8  # counts in one answer: 4 GB
STEADY_SHAPE = 1e15  # a gamma of this shape is its mean to one part in 3e7: births beside arrivals are negligible


def sample_population(
    founders: int,
    segments: Sequence[tuple[float, float, float]],
    *,
    immigration: float = 0.0,
    batch: int = 1,
    resets: Iterable[tuple[float, int]] = (),
    times: Sequence[float],
    runs: int,
    seed: int,
) -> NDArray[np.int64]:
    """Draw independent histories of a population in which each cell divides and dies by constant hazards.

    The law is exact at any size (Kendall 1948): no time step, no approximation below 1e12 cells, and a cost that does
    not depend on the number of cells.

    Parameters
    ----------
    founders : int
        Cells on day 0.
    segments : sequence of (birth, death, days)
        Hazards per cell and day, and how many days they hold, one after the other. A drug's pulse is a segment.
    immigration : float
        Batches that arrive per day, at random moments, throughout.
    batch : int
        Cells in each batch that arrives.
    resets : iterable of (day, cells)
        On that day the count is set to this number; an output on the same day shows it after the reset.
    times : sequence of float
        Days to report, rising, from 0 to the end of the segments.
    runs : int
        Independent histories.
    seed : int
        Whole number from 0 to 2^64 - 1. Run k depends on the seed and on k only: more runs begin with the same ones.

    Returns
    -------
    int64 array of shape (runs, len(times))
        Cells in each run on each day of ``times``.

    Raises
    ------
    ModelError
        With one line for each thing that is wrong; or if a population passes 9e18 cells, which no int64 holds.
    """
    faults: list[str] = []
    whole(faults, "founders", founders, 0, MOST_FOUNDERS)
    whole(faults, "runs", runs, 1, 10**9)
    whole(faults, "seed", seed, 0, 2**64 - 1)
    whole(faults, "batch", batch, 1, 10**12)
    amount(faults, "immigration", immigration)
    ends = _segment_ends(faults, segments)
    marks = _resets(faults, resets, ends[-1] if ends else math.inf)
    days = _times(faults, times, ends[-1] if ends else math.inf)
    if not faults and runs * len(days) > MOST_NUMBERS:
        faults.append(
            f"{runs} runs of {len(days)} times are more than {MOST_NUMBERS:.0e} numbers; ask for fewer at once"
        )
    if faults:
        raise ModelError(faults)
    if batch > 1 and immigration * days[-1] > MOST_BATCHES:
        raise ModelError(
            f"immigration brings {immigration * days[-1]:.3g} batches in a run; at most {MOST_BATCHES:.0e} are "
            "followed one by one. Use fewer days, or single cells (batch=1), which cost nothing."
        )
    plan = _plan(segments, ends, float(immigration), int(batch), marks, days)
    cells = np.empty((int(runs), len(days)), dtype=np.int64)
    stream = new_stream(int(seed), 0)
    outgrown = _fill(stream, float(founders), plan, float(batch), cells)
    if outgrown >= 0:
        day = days[outgrown]
        raise ModelError(f"a population passed {MOST_CELLS:.0e} cells by day {day:g}; use fewer days or a lower birth")
    return cells


def _fill(stream: NDArray[np.uint64], founders: float, plan: _Plan, batch: float, cells: NDArray[np.int64]) -> int:
    """Draw all runs; return the first column that holds a count beyond ``MOST_CELLS``, or -1."""
    if (
        founders == 1.0
        and len(plan.steps) == 1
        and cells.shape[1] == 1
        and plan.steps[0, 3] == 0.0
        and plan.resets.max() < 0.0
    ):
        alive, per_log = _law_of_one(float(plan.steps[0, 0]), float(plan.steps[0, 1]), float(plan.steps[0, 2]))
        if alive >= SELDOM:
            return _lone_founders(stream, alive, per_log, cells)
    return _histories(stream, founders, plan.steps, plan.resets, plan.columns, batch, cells)


@dataclass(frozen=True)
class _Plan:
    """What every run does: steps of constant hazards between the days on which something is set or reported."""

    steps: NDArray[np.float64]  # per step: birth, death, days, batches per day, mean and gamma shape of lone arrivals
    resets: NDArray[np.float64]  # per day: the count to set, or -1
    columns: NDArray[np.int64]  # per day: the output column, or -1


def _plan(
    segments: Sequence[tuple[float, float, float]],
    ends: list[float],
    immigration: float,
    batch: int,
    resets: dict[float, float],
    times: list[float],
) -> _Plan:
    """Cut the calendar at every segment's end, reset and output."""
    last = times[-1]
    days = sorted({0.0, *(day for day in (*ends, *resets) if day <= last), *times})
    steps = np.zeros((len(days) - 1, 6))
    for row, (start, end) in enumerate(pairwise(days)):
        middle = 0.5 * (start + end)
        here = next((k for k, until in enumerate(ends) if middle <= until), len(ends) - 1)
        birth, death = float(segments[here][0]), float(segments[here][1])
        growth = (birth - death) * (end - start)
        mean = immigration * (end - start)
        if growth != 0.0:
            mean *= expm1(growth) / growth
        shape = immigration / birth if birth > 0.0 else math.inf
        steps[row] = birth, death, end - start, immigration, mean if batch == 1 else 0.0, shape
    column = {day: index for index, day in enumerate(times)}
    return _Plan(
        steps,
        np.array([resets.get(day, -1.0) for day in days]),
        np.array([column.get(day, -1) for day in days], dtype=np.int64),
    )


@kernel
def _law_of_one(birth: float, death: float, days: float) -> tuple[float, float]:
    """Return ``lone_law`` of one stretch of constant hazards."""
    a, beta, c, delta, root = piece(birth, death, 0.0, days)
    return lone_law(a, beta, c, delta, root)


@kernel
def _lone_founders(stream: NDArray[np.uint64], alive: float, per_log: float, cells: NDArray[np.int64]) -> int:
    """Fill ``cells`` (runs, 1) with the families of one founder each, as ``_histories`` does, in a tenth of its time."""
    numbers = np.empty(512)
    outgrown = -1
    for first in range(0, cells.shape[0], numbers.shape[0]):
        some = min(numbers.shape[0], cells.shape[0] - first)
        first_uniforms(stream, first, numbers[:some])
        for place in range(some):
            n = lone_of(numbers[place], alive, per_log)
            if n > MOST_CELLS:
                outgrown = 0
            else:
                cells[first + place, 0] = np.int64(n)
    return outgrown


@kernel
def _arrivals(stream: NDArray[np.uint64], step: NDArray[np.float64], batch: float) -> float:
    """Draw the cells, at the end of a step, in all families that arrived during it."""
    birth, death, days, rate, mean, shape = step[0], step[1], step[2], step[3], step[4], step[5]
    if batch == 1.0:
        # Births among steady arrivals of single cells: negative binomial, a Poisson count with a gamma mean.
        if shape < STEADY_SHAPE:
            mean *= gamma(stream, shape) / shape
        return poisson(stream, mean)
    cells = 0.0
    for _ in range(int(poisson(stream, rate * days))):
        a, beta, c, delta, root = piece(birth, death, 0.0, days * uniform(stream))
        cells += advance_unmarked(stream, batch, a, beta, c, delta, root)[1]
    return cells


@kernel
def _histories(
    stream: NDArray[np.uint64],
    founders: float,
    steps: NDArray[np.float64],
    resets: NDArray[np.float64],
    columns: NDArray[np.int64],
    batch: float,
    cells: NDArray[np.int64],
) -> int:
    """Fill ``cells`` (runs, times); return the first column that holds a count beyond ``MOST_CELLS``, or -1."""
    moves = np.empty((steps.shape[0], 7))
    for row in range(steps.shape[0]):
        a, beta, c, delta, root = piece(steps[row, 0], steps[row, 1], 0.0, steps[row, 2])
        moves[row, 0], moves[row, 1], moves[row, 2], moves[row, 3], moves[row, 4] = a, beta, c, delta, root
        moves[row, 5], moves[row, 6] = lone_law(a, beta, c, delta, root)
    outgrown = cells.shape[1]
    for run in range(cells.shape[0]):
        aim(stream, POPULATION, np.uint64(run), 0)  # type: ignore[arg-type]
        n = founders
        for day in range(resets.shape[0]):
            if day > 0:
                m = moves[day - 1]
                if n <= FEW:
                    # One draw for each is quicker than three for all.
                    before, n = int(n), 0.0
                    for _ in range(before):
                        n += lone(stream, m[5], m[6])
                else:
                    n = advance_unmarked(stream, n, m[0], m[1], m[2], m[3], m[4])[1]
                if steps[day - 1, 3] > 0.0:
                    n += _arrivals(stream, steps[day - 1], batch)
            if resets[day] >= 0.0:
                n = resets[day]
            column = columns[day]
            if column >= 0:
                if n > MOST_CELLS:
                    outgrown = min(outgrown, column)
                else:
                    cells[run, column] = np.int64(n)
    return outgrown if outgrown < cells.shape[1] else -1


def whole(faults: list[str], name: str, value: object, least: int, most: int) -> None:
    """Note a fault unless ``value`` is a whole number from ``least`` to ``most`` (2.0 counts, True does not)."""
    number = _number(value)
    if number is None or number != math.floor(number):
        faults.append(f"{name} must be a whole number, got {said(value)}")
    elif not least <= number <= most:
        faults.append(f"{name} must be from {least} to {most}, got {said(value)}")


def amount(faults: list[str], name: str, value: object, *, positive: bool = False) -> None:
    """Note a fault unless ``value`` is a finite number, 0 or more (or above 0, if it must be positive)."""
    number = _number(value)
    if number is None:
        faults.append(f"{name} must be a finite number, got {said(value)}")
    elif number < 0 or (positive and number == 0):
        faults.append(f"{name} must be {'above 0' if positive else '0 or more'}, got {said(value)}")


def _number(value: object) -> int | float | None:
    """Return a finite number (whole ones without loss), or nothing if the value is none."""
    if isinstance(value, np.bool_ | bool) or not isinstance(value, Real):
        return None
    if isinstance(value, Integral):
        return int(value) if abs(int(value)) < MOST_WHOLE else None
    return float(value) if math.isfinite(value) else None


def _said(value: object) -> str:
    """Return a value as its writer knows it: NumPy's numbers without their type."""
    return said(value)


def _rows(faults: list[str], name: str, rows: object, parts: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Return a list of tuples, noting a fault for each row that has not the right number of parts."""
    if isinstance(rows, str) or not isinstance(rows, Iterable):
        faults.append(f"{name} must be a list of ({', '.join(parts)}), got {said(rows)}")
        return []
    good = []
    for index, row in enumerate(rows):
        if isinstance(row, str) or not isinstance(row, Iterable) or len(found := tuple(row)) != len(parts):
            faults.append(f"{name}[{index}] must be ({', '.join(parts)}), got {said(row)}")
        else:
            good.append(found)
    return good


def _segment_ends(faults: list[str], segments: object) -> list[float]:
    """Return the day on which each segment ends, or nothing where the segments are faulty."""
    before = len(faults)
    rows = _rows(faults, "segments", segments, ("birth", "death", "days"))
    for index, (birth, death, days) in enumerate(rows):
        amount(faults, f"segments[{index}] birth", birth)
        amount(faults, f"segments[{index}] death", death)
        amount(faults, f"segments[{index}] days", days, positive=True)
    if not rows and len(faults) == before:
        faults.append("segments must hold at least one (birth, death, days)")
    if len(faults) > before:
        return []
    lengths = [float(row[2]) for row in rows]  # type: ignore[arg-type]
    for index, (birth, death, days) in enumerate(rows):
        if (birth - death) * days > 100.0:  # type: ignore[operator]
            faults.append(f"segments[{index}] multiplies the cells by more than e^100; use fewer days or a lower birth")
    return [math.fsum(lengths[: k + 1]) for k in range(len(lengths))]


def _resets(faults: list[str], resets: object, end: float) -> dict[float, float]:
    """Return the count to set on each day of a reset."""
    found: dict[float, float] = {}
    for index, (day, cells) in enumerate(_rows(faults, "resets", resets, ("day", "cells"))):
        before = len(faults)
        amount(faults, f"resets[{index}] day", day)
        whole(faults, f"resets[{index}] cells", cells, 0, MOST_FOUNDERS)
        if len(faults) > before:
            continue
        if day > end * (1 + 1e-9):  # type: ignore[operator]
            faults.append(f"resets[{index}] day {day!r} lies beyond the end of the segments, day {end:g}")
        elif day in found:
            faults.append(f"resets[{index}] sets day {day!r} a second time")
        else:
            found[min(float(day), end)] = float(cells)  # type: ignore[arg-type]
    return found


def _times(faults: list[str], times: object, end: float) -> list[float]:
    """Return the days to report."""
    if isinstance(times, str) or not isinstance(times, Iterable):
        faults.append(f"times must be a list of days, got {said(times)}")
        return []
    before = len(faults)
    days = list(times)
    for index, day in enumerate(days):
        amount(faults, f"times[{index}]", day)
    if not days:
        faults.append("times must hold at least one day")
    if len(faults) > before:
        return []
    for index, (earlier, later) in enumerate(pairwise(days), 1):
        if not later > earlier:
            faults.append(f"times must rise: times[{index}] = {later!r} follows {earlier!r}")
    if days[-1] > end * (1 + 1e-9):
        faults.append(f"times[{len(days) - 1}] = {days[-1]!r} lies beyond the end of the segments, day {end:g}")
    return [min(float(day), end) for day in days]
