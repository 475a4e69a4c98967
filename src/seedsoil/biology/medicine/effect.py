"""The effect of one drug: from a concentration to a hazard and back, and what resistance takes away.

A kill is a hazard (1/day) and nothing else. Resistance and protection shift the concentration of half effect. What drugs
do together is in `combination`. Every function takes numbers or arrays that broadcast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.foundation.errors import ModelError

__all__ = ["affected", "fault", "hill", "level_of", "refuse", "shifted_half"]


def hill(concentration: ArrayLike, maximum: ArrayLike, half: ArrayLike, power: ArrayLike) -> NDArray[np.float64]:
    """Return the effect ``maximum * C^power / (half^power + C^power)``, in the unit of ``maximum``.

    Parameters
    ----------
    concentration
        mg/L, at least 0.
    maximum
        The effect at endless concentration, such as a kill hazard in 1/day; at least 0.
    half
        The concentration of half effect (mg/L), above 0.
    power
        The steepness (Hill coefficient), above 0.

    Raises
    ------
    ModelError
        If a number cannot be; all faults at once.

    Notes
    -----
    Neither power overflows, however large: the smaller of C / half and half / C is raised.
    """
    level, top = np.asarray(concentration, dtype=np.float64), np.asarray(maximum, dtype=np.float64)
    middle, steepness = np.asarray(half, dtype=np.float64), np.asarray(power, dtype=np.float64)
    refuse(
        fault("concentration", level, "mg/L"),
        fault("maximum", top, "(the unit of the effect)"),
        fault("half", middle, "mg/L", above=True),
        fault("power", steepness, "(a number)", above=True),
    )
    below = level <= middle
    smaller, larger = np.where(below, level, middle), np.where(below, middle, level)
    share = (smaller / larger) ** steepness
    return np.asarray(top * np.where(below, share, 1.0) / (1.0 + share))


def level_of(effect: ArrayLike, maximum: ArrayLike, half: ArrayLike, power: ArrayLike) -> NDArray[np.float64]:
    """Return the concentration that has an effect (mg/L): the inverse of ``hill``; inf where no concentration has it.

    ``effect`` is in the unit of ``maximum``, at least 0; the rest as in ``hill``. ModelError with all faults at once.
    """
    wanted, top = np.asarray(effect, dtype=np.float64), np.asarray(maximum, dtype=np.float64)
    middle, steepness = np.asarray(half, dtype=np.float64), np.asarray(power, dtype=np.float64)
    refuse(
        fault("effect", wanted, "(the unit of the maximum)"),
        fault("maximum", top, "(the unit of the effect)"),
        fault("half", middle, "mg/L", above=True),
        fault("power", steepness, "(a number)", above=True),
    )
    reached = wanted < top
    odds = np.where(reached, wanted, 0.0) / np.where(reached, top - wanted, 1.0)
    return np.where(reached, middle * odds ** (1.0 / steepness), np.inf)


def affected(hazard: ArrayLike, days: ArrayLike) -> NDArray[np.float64]:
    """Return the fraction of cells that a constant hazard (1/day) kills in some days: ``1 - exp(-hazard * days)``."""
    rate, time = np.asarray(hazard, dtype=np.float64), np.asarray(days, dtype=np.float64)
    refuse(fault("hazard", rate, "1/day"), fault("days", time, "days"))
    return np.asarray(-np.expm1(-rate * time))


def shifted_half(
    half: ArrayLike,
    folds: ArrayLike,
    traits: ArrayLike,
    protection: ArrayLike = 0.0,
    protection_fold: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Return the concentration of half effect in a resistant, sheltered clone (mg/L).

    ``half * prod(folds ** traits) * (1 + (protection_fold - 1) * protection)``: mechanisms multiply, whatever their
    number and order.

    Parameters
    ----------
    half
        The concentration of half effect in a sensitive clone (mg/L), above 0.
    folds
        The fold by which each mechanism resists the agent, above 0; shape (mechanisms,).
    traits
        How far the clone has each mechanism, 0 to 1; shape (..., mechanisms).
    protection
        Survival programme lent by the neighbourhood (endothelin from astrocytes and endothelium), 0 to 1; shape (...).
    protection_fold
        The fold at full protection, at least 1.

    Raises
    ------
    ModelError
        If a number cannot be; all faults at once.
    """
    middle, rho = np.asarray(half, dtype=np.float64), np.asarray(folds, dtype=np.float64)
    bits, shelter = np.asarray(traits, dtype=np.float64), np.asarray(protection, dtype=np.float64)
    shelter_fold = np.asarray(protection_fold, dtype=np.float64)
    refuse(
        fault("half", middle, "mg/L", above=True),
        fault("folds", rho, "(a fold)", above=True),
        fault("traits", bits, "(a share)", high=1.0),
        fault("protection", shelter, "(a share)", high=1.0),
        fault("protection_fold", shelter_fold, "(a fold)", low=1.0),
    )
    return np.asarray(middle * np.prod(rho**bits, axis=-1) * (1.0 + (shelter_fold - 1.0) * shelter))


def fault(
    name: str,
    numbers: NDArray[np.float64],
    unit: str,
    *,
    low: float = 0.0,
    high: float = np.inf,
    above: bool = False,
) -> str:
    """Return what is wrong with the first number that is not within its bounds, or ``""``."""
    good = np.isfinite(numbers) & (numbers > low if above else numbers >= low) & (numbers <= high)
    if np.all(good):
        return ""
    bound = f"{'above' if above else 'at least'} {low:g}" + (f" and at most {high:g}" if np.isfinite(high) else "")
    return f"{name} must be finite, {bound} {unit}, not {numbers[~good].flat[0]:g}"


def refuse(*faults: str) -> None:
    """Raise all faults at once, if there are any."""
    found = [one for one in faults if one]
    if found:
        raise ModelError(found)
