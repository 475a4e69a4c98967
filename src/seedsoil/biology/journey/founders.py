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
from seedsoil.foundation.compiled import inline, kernel
from seedsoil.foundation.elementary import exp, exp_each, log, log1p

Floats = NDArray[np.float64]

#: The five-point Gauss-Legendre rule on the unit interval: positions and weights.
_POINTS = np.array([0.04691007703066800, 0.23076534494715846, 0.5, 0.76923465505284154, 0.95308992296933200])
_SHARES = np.array(
    [0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454]
)
#: Panels for founders of one mother; widths to which the law reaches below and above her; least span above a threshold.
_PANELS, _BELOW, _ABOVE, _SPAN = 5, 6.0, 5.0, 3.0
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


def founders(width: float, threshold: Floats) -> tuple[Floats, Floats]:
    """Return paces of division against the mean, and weights that add up to the share that beats ``threshold``.

    For a mother of usual vigour; ``threshold`` of any shape, the nodes along a last axis that is added to it. The error of
    a smooth mean is below 1e-6.
    """
    start = np.maximum(_logs(threshold), -_BELOW * width)
    logs, spans = _panels(start, np.maximum(_ABOVE * width, start + _SPAN * width), _PANELS)
    density = np.empty(logs.size)
    _fill_density(np.ascontiguousarray(logs).reshape(-1), width, density)
    return exp_each(logs), spans * density.reshape(logs.shape)


def mothers(width: float) -> Floats:
    """Return logarithms of the vigour of the mothers in the table of what vigour is worth [mothers]."""
    return np.asarray(np.arange(-MOTHERS_BELOW, MOTHERS_ABOVE + 1, dtype=np.float64) * (width / STEPS_PER_WIDTH))


def founders_of_all(width: float, threshold: Floats) -> tuple[Floats, Floats]:
    """Return logarithms of paces that serve for all `mothers`, and the spans that they stand for [places, nodes]."""
    known = mothers(width)
    start = np.maximum(_logs(threshold), known[0] - _BELOW * width)
    return _panels(start, np.maximum(known[-1] + _ABOVE * width, start + _SPAN * width), 3 * _PANELS)


@kernel
def means_of_all(values: Floats, logs: Floats, spans: Floats, known: Floats, width: float) -> Floats:
    """Mean of ``values`` over the founders of each of the ``known`` mothers [places, mothers].

    ``values``, ``logs`` and ``spans`` [places, nodes] are at the nodes of `founders_of_all`; mothers are evenly spaced. Sums
    go up the nodes in order.
    """
    found = np.zeros((values.shape[0], known.size))
    step = (known[known.size - 1] - known[0]) / (width * (known.size - 1))
    # From one mother to the next the density changes by a factor that changes by a factor.
    bent = exp(-step * step)
    for place in range(values.shape[0]):
        for node in range(values.shape[1]):
            away = (logs[place, node] - known[0]) / width + 0.5 * width
            share = values[place, node] * (spans[place, node] * _density(logs[place, node] - known[0], width))
            if share <= 0.0:
                continue
            factor = exp(step * away - 0.5 * step * step)
            for mother in range(known.size):
                found[place, mother] += share
                share *= factor
                factor *= bent
    return found


def added(values: Floats) -> Floats:
    """Sum along the last axis in a fixed order: the order of NumPy's own sums is a processor's."""
    total = np.zeros(values.shape[:-1])
    for place in range(values.shape[-1]):
        total += values[..., place]
    return total


def _logs(values: Floats) -> Floats:
    found = np.empty(values.shape)
    _fill_logs(np.ascontiguousarray(values).reshape(-1), found.reshape(-1))
    return found


def _panels(start: Floats, end: Floats, panels: int) -> tuple[Floats, Floats]:
    """Return positions and weights of the rule over equal panels between two ends [..., nodes]."""
    unit = ((np.arange(panels)[:, None] + _POINTS[None, :]) / panels).reshape(-1)
    reach = (end - start)[..., None]
    return start[..., None] + reach * unit, reach * np.tile(_SHARES / panels, panels)


@inline
def _density(log_vigour: float, width: float) -> float:
    """Density of the logarithm of vigour, of a mother of usual vigour."""
    away = log_vigour / width + 0.5 * width
    return exp(-0.5 * away * away) / (width * 2.5066282746310002)


@kernel
def _fill_density(logs: Floats, width: float, found: Floats) -> None:
    for place in range(logs.size):
        found[place] = _density(logs[place], width)


@kernel
def _fill_logs(values: Floats, found: Floats) -> None:
    for place in range(values.size):
        value = values[place]
        found[place] = -np.inf if value <= 0.0 else (700.0 if value == np.inf else log(value))
