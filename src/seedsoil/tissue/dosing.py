"""What blood carries: the level of each substance in perfused vessels, from doses by the clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError

_LN2 = math.log(2.0)


@dataclass(frozen=True)
class Doses:
    """Doses of one substance: each adds ``peak`` at once, which halves in ``half_life`` (infinite: it stays).

    ``start`` is the day of the first, ``every`` the days between two, ``times`` how many.

    Raises
    ------
    ModelError
        If a number is not what it must be.
    """

    substance: str
    peak: float
    half_life: float
    start: float = 0.0
    every: float = math.inf
    times: int = 1

    def __post_init__(self) -> None:
        given = {"peak": self.peak, "half_life": self.half_life, "every": self.every}
        faults = [] if math.isfinite(self.start) else [f"start: a day, got {self.start}"]
        faults += [f"{name}: a number above 0, got {value}" for name, value in given.items() if not value > 0.0]
        if self.times < 1:
            faults.append(f"times: at least one dose, got {self.times}")
        if faults:
            raise ModelError([f"doses of {self.substance}: {fault}" for fault in faults])

    def level(self, day: float) -> float:
        """The level that these doses add in blood at a time."""
        found = 0.0
        for number in range(self.times):
            given = self.start + (number * self.every if number else 0.0)
            if given > day + 1e-12:
                break
            found += self.peak * math.exp(-_LN2 * (day - given) / self.half_life)
        return found


@dataclass(frozen=True)
class Course:
    """The level of one substance in blood as a line through points, as a patient's plasma gives them.

    Attributes
    ----------
    substance : str
    days, levels : arrays of the same length
        Times, rising, and the level at each; constant before the first and behind the last.

    Raises
    ------
    ModelError
        If there is no point, the days do not rise, or a level is below 0.
    """

    substance: str
    days: NDArray[np.float64]
    levels: NDArray[np.float64]

    def __post_init__(self) -> None:
        days, levels = np.asarray(self.days, dtype=np.float64), np.asarray(self.levels, dtype=np.float64)
        faults = []
        if days.ndim != 1 or days.shape != levels.shape or not days.size:
            faults.append(f"days, levels: as many levels as days, at least one, got {days.shape} and {levels.shape}")
        if not (np.isfinite(days).all() and (np.diff(days.ravel()) > 0.0).all()):
            faults.append("days: numbers that rise")
        if not (np.isfinite(levels).all() and (levels >= 0.0).all()):
            faults.append("levels: numbers not below 0")
        if faults:
            raise ModelError([f"course of {self.substance}: {fault}" for fault in faults])

    def level(self, day: float) -> float:
        """The level in blood at a time."""
        return float(np.interp(day, self.days, self.levels))
