"""Numbers, figures, bands and units of claims in words, as pages and the terminal tell them."""

from __future__ import annotations

import math
import re

from seedsoil.evidence.claim import Band, Figure
from seedsoil.show.palette import in_powers

__all__ = ["banded", "least_of", "number", "printed", "told"]

#: An open band that begins below this asks for more than none, whatever the unit.
_hardly_any = 1e-6
#: Numbers from here on are multiples of a power of ten.
_powers_from = 1e6
_raised = {"^2": "²", "^3": "³"}


def number(value: float) -> str:
    """Return a number as a reader wants it: four digits, "-" for what is none."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else "∞" if value > 0 else "-∞"
    written = f"{value:.4g}"
    if "e" not in written:
        return written
    return (
        f"{float(written):,.0f}"
        if 1.0 < abs(value) < _powers_from
        else in_powers(value, int(written.partition("e")[2]))
    )


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
        return f"{number(band.low)} or more" if band.low == least_of(band) else "above 0"
    return f"{number(band.high)} or less" if math.isinf(band.low) else f"{number(band.low)} to {number(band.high)}"


def least_of(band: Band) -> float:
    """Return where a band begins to the eye: at 0 if it is open and asks for no more than that there is any."""
    return 0.0 if math.isinf(band.high) and 0.0 < band.low < _hardly_any else band.low


def printed(text: str) -> str:
    """Return a text that holds units and numbers as it is printed: "um" as "µm", "m^2" as "m²", "3e5" as "3×10⁵"."""
    for power, written in _raised.items():
        text = text.replace(power, written)
    text = re.sub(r"\bum\b", "µm", text)
    return re.sub(r"\b(\d+(?:\.\d+)?)e(-?\d+)\b", lambda found: _power(found[1], int(found[2])), text)


def _power(times: str, power: int) -> str:
    """Return so many times a power of ten; once it goes without saying."""
    return in_powers(float(times) * 10.0**power, power).removeprefix("1×" if float(times) == 1.0 else "")
