"""Founders fast and slow: how vigour is handed on by the lesion that seeds, and sums over all founders there are.

Vigour is the factor on a founder's division. It is lognormal about the vigour of the mother lesion, which is its mean:
ln v = ln m + w Z - w^2 / 2. All sums over founders, here and in the calibration of soils, are taken by one quadrature:
panels of the five-point Gauss-Legendre rule, from the slowest founder that can succeed upwards, so that what is
summed changes smoothly with that threshold.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.foundation.compiled import inline
from seedsoil.foundation.elementary import exp, log, log1p

Floats = NDArray[np.float64]

#: The five-point Gauss-Legendre rule on the unit interval: positions and weights.
_POINTS = np.array([0.04691007703066800, 0.23076534494715846, 0.5, 0.76923465505284154, 0.95308992296933200])
_SHARES = np.array(
    [0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454]
)
#: Widths to which the law reaches below and above a mother, and the least span above a threshold.
BELOW, ABOVE, SPAN = 6.0, 5.0, 3.0
#: Mothers in the table of what vigour is worth: by an eighth of a width, from 2 widths below the usual to 6 above.
STEPS_PER_WIDTH, MOTHERS_BELOW, MOTHERS_ABOVE = 8, 16, 48


def vigour_width(tumour: Tumour, without: Collection[str] = ()) -> float:
    """Return the standard deviation of the logarithm of founders' vigour [1]; 0 if all are alike."""
    if tumour.founder_variation is None or "founder variation" in without:
        return 0.0
    return float(np.sqrt(log1p(float(tumour.founder_variation) ** 2)))


def sensitivity_width(tumour: Tumour, without: Collection[str] = ()) -> float:
    """Return the standard deviation of the logarithm of how fast drugs kill a founder's lesion [1]; 0 if all are alike."""
    if tumour.sensitivity_variation is None or "founder sensitivity" in without:
        return 0.0
    return float(np.sqrt(log1p(float(tumour.sensitivity_variation) ** 2)))


def _panels(panels: int) -> tuple[Floats, Floats]:
    """Positions and weights of the rule over equal panels of the unit interval [nodes]."""
    return ((np.arange(panels)[:, None] + _POINTS) / panels).reshape(-1), np.tile(_SHARES / panels, panels)


#: Of founders of one mother, by which a smooth mean is met to 1e-6; and of paces that serve for all `mothers`.
NODES, WEIGHTS = _panels(5)
NODES_OF_ALL, WEIGHTS_OF_ALL = _panels(15)


def mothers(width: float) -> Floats:
    """Return logarithms of the vigour of the mothers in the table of what vigour is worth [mothers]."""
    return np.asarray(np.arange(-MOTHERS_BELOW, MOTHERS_ABOVE + 1, dtype=np.float64) * (width / STEPS_PER_WIDTH))


@inline
def start_of(division: float, death: float, slowest: float) -> float:
    """Logarithm of the slowest pace that is summed: where division makes up for death, at least ``slowest``."""
    if division <= 0.0:
        return 700.0
    if death <= 0.0:
        return slowest
    return max(log(death / division), slowest)


@inline
def density(log_vigour: float, width: float) -> float:
    """Density of the logarithm of vigour, of a mother of usual vigour."""
    away = log_vigour / width + 0.5 * width
    return exp(-0.5 * away * away) / (width * 2.5066282746310002)


def added(values: Floats) -> Floats:
    """Sum along the last axis in a fixed order: the order of NumPy's own sums is a processor's."""
    total = np.zeros(values.shape[:-1])
    for place in range(values.shape[-1]):
        total += values[..., place]
    return total
