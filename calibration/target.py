"""What is fitted to what: a criterion with its published figures, and the numbers of the catalogue that may be moved for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Aim", "Free", "Target"]

#: On which scale a number is moved or compared: as it is, by its logarithm, or a share by its log-odds.
Scale = Literal["linear", "log", "odds"]


def scaled(number: float, scale: Scale) -> float:
    """Return a number on its scale. Raises ValueError where it has no logarithm."""
    if scale == "linear":
        return number
    return math.log(number) if scale == "log" else math.log(number / (1.0 - number))


def unscaled(number: float, scale: Scale) -> float:
    """Return the number that lies at a place of a scale."""
    if scale == "linear":
        return number
    return math.exp(number) if scale == "log" else 1.0 / (1.0 + math.exp(-number))


@dataclass(frozen=True)
class Free:
    """A number of the catalogue that may be moved, within its own range.

    ``path`` is the kind, the entry, and the place in it: "agents.batimastat.blocks.proteases.half". ``beside`` are paths
    that are given the same number, where one trait is written down in several entries.
    """

    path: str
    scale: Scale = "log"
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aim:
    """A published figure: its value, and its standard error on its scale."""

    value: float
    error: float
    scale: Scale = "linear"


@dataclass(frozen=True)
class Target:
    """One fit: the key of the criterion, where the figures come from, what may move, and how the laboratory gives the figures.

    Attributes
    ----------
    id : str
        Key of the criterion: "P04".
    source : str
        Key of ``sources.bib``: whose figures they are.
    words : str
        What is fitted to what, and why these numbers and no others.
    free : tuple of Free
        The numbers that may be moved; each graded assumed or fitted.
    aims : mapping of str to Aim
        Published figures by name.
    figures : function
        Without arguments, ``() -> {name: figure}`` for every aim: an experiment on whatever catalogue is open, always with
        the same luck. Defined at the top of a file, for it is run in another process.
    """

    id: str
    source: str
    words: str
    free: tuple[Free, ...]
    aims: Mapping[str, Aim]
    figures: Callable[[], Mapping[str, float]]
