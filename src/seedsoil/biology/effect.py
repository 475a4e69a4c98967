"""Drug effects: from a concentration to a hazard, two drugs together, and what resistance takes away.

A kill is a hazard (1/day) and nothing else. Hazards of drugs that act apart add, and that *is* Bliss independence, since
the surviving fractions exp(-hazard * days) multiply. Drugs that act on one target add as doses (Loewe). Resistance and
protection shift the concentration of half effect. Every function takes numbers or arrays that broadcast.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.foundation.errors import ModelError

__all__ = ["affected", "bliss", "highest_single", "hill", "loewe", "shifted_half"]


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
    _refuse(
        _fault("concentration", level, "mg/L"),
        _fault("maximum", top, "(the unit of the effect)"),
        _fault("half", middle, "mg/L", above=True),
        _fault("power", steepness, "(a number)", above=True),
    )
    below = level <= middle
    smaller, larger = np.where(below, level, middle), np.where(below, middle, level)
    share = (smaller / larger) ** steepness
    return np.asarray(top * np.where(below, share, 1.0) / (1.0 + share))


def affected(hazard: ArrayLike, days: ArrayLike) -> NDArray[np.float64]:
    """Return the fraction of cells that a constant hazard (1/day) kills in some days: ``1 - exp(-hazard * days)``."""
    rate, time = np.asarray(hazard, dtype=np.float64), np.asarray(days, dtype=np.float64)
    _refuse(_fault("hazard", rate, "1/day"), _fault("days", time, "days"))
    return np.asarray(-np.expm1(-rate * time))


def bliss(*fractions: ArrayLike) -> NDArray[np.float64]:
    """Return the fraction affected by several agents that act apart: ``1 - (1 - a)(1 - b)...`` (Bliss 1939).

    An agent without effect changes no bit of the answer. Equal to adding the agents' hazards.

    Raises
    ------
    ModelError
        If a fraction lies outside 0 to 1, or none is given.
    """
    shares = _shares(fractions)
    together = shares[0]
    for share in shares[1:]:
        together = together + share * (1.0 - together)
    return np.asarray(together)


def highest_single(*fractions: ArrayLike) -> NDArray[np.float64]:
    """Return the larger of the fractions affected by the agents alone (highest single agent), element by element."""
    shares = _shares(fractions)
    together = shares[0]
    for share in shares[1:]:
        together = np.maximum(together, share)
    return np.asarray(together)


def loewe(
    concentrations: Sequence[ArrayLike], halves: Sequence[ArrayLike], maximum: ArrayLike, power: ArrayLike
) -> NDArray[np.float64]:
    """Return the effect of agents that are dilutions of each other: they share target, ``maximum`` and ``power``.

    Each concentration counts as the first agent's at equal effect, ``C * half_first / half`` (Loewe 1926). Given with
    itself, an agent acts as its doubled dose.

    Parameters
    ----------
    concentrations, halves
        One for each agent, mg/L.
    maximum, power
        As in ``hill``.

    Raises
    ------
    ModelError
        If a number cannot be, or the agents' concentrations and halves differ in number.
    """
    if len(concentrations) != len(halves) or not halves:
        raise ModelError(f"each agent needs a concentration and a half, not {len(concentrations)} and {len(halves)}")
    middles = [np.asarray(half, dtype=np.float64) for half in halves]
    _refuse(*(_fault(f"halves[{i}]", middle, "mg/L", above=True) for i, middle in enumerate(middles)))
    level = np.asarray(concentrations[0], dtype=np.float64)
    for concentration, middle in zip(concentrations[1:], middles[1:], strict=True):
        level = level + np.asarray(concentration, dtype=np.float64) * (middles[0] / middle)
    return hill(level, maximum, middles[0], power)


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
    _refuse(
        _fault("half", middle, "mg/L", above=True),
        _fault("folds", rho, "(a fold)", above=True),
        _fault("traits", bits, "(a share)", high=1.0),
        _fault("protection", shelter, "(a share)", high=1.0),
        _fault("protection_fold", shelter_fold, "(a fold)", low=1.0),
    )
    return np.asarray(middle * np.prod(rho**bits, axis=-1) * (1.0 + (shelter_fold - 1.0) * shelter))


def _shares(fractions: Sequence[ArrayLike]) -> list[NDArray[np.float64]]:
    """Return checked fractions."""
    if not fractions:
        raise ModelError("a combination needs the fraction affected by at least one agent")
    shares = [np.asarray(fraction, dtype=np.float64) for fraction in fractions]
    _refuse(*(_fault(f"fraction {i + 1}", share, "(a share)", high=1.0) for i, share in enumerate(shares)))
    return shares


def _fault(
    name: str,
    numbers: NDArray[np.float64],
    unit: str,
    *,
    low: float = 0.0,
    high: float = np.inf,
    above: bool = False,
) -> str:
    """Return what is wrong with the first bad number, or ``""``."""
    good = np.isfinite(numbers) & (numbers > low if above else numbers >= low) & (numbers <= high)
    if np.all(good):
        return ""
    bound = f"{'above' if above else 'at least'} {low:g}" + (f" and at most {high:g}" if np.isfinite(high) else "")
    return f"{name} must be finite, {bound} {unit}, not {numbers[~good].flat[0]:g}"


def _refuse(*faults: str) -> None:
    """Raise all faults at once, if there are any."""
    found = [fault for fault in faults if fault]
    if found:
        raise ModelError(found)
