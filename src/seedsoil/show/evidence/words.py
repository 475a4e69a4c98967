"""Numbers, figures and bands of claims in words, as pages and the terminal tell them."""

from __future__ import annotations

import math

from seedsoil.evidence.claim import Band, Figure

__all__ = ["banded", "number", "told"]


def number(value: float) -> str:
    """Return a number as a reader wants it: four digits, "-" for what is none."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else "∞" if value > 0 else "-∞"
    return f"{value:.4g}"


def told(figure: Figure) -> str:
    """Return a figure with its interval; an exact one alone."""
    if figure.low == figure.high == figure.value or not math.isfinite(figure.low):
        return number(figure.value)
    return f"{number(figure.value)} ({number(figure.low)} to {number(figure.high)})"


def banded(band: Band | None) -> str:
    """Return a band in words."""
    if band is None:
        return "not given"
    if band.low == band.high:
        return number(band.low)
    if math.isinf(band.high):
        return f"{number(band.low)} or more"
    return f"{number(band.high)} or less" if math.isinf(band.low) else f"{number(band.low)} to {number(band.high)}"
