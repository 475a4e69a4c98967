"""How fast tumours grow and shrink, from sums of diameters: growth rate per month, and Stein's two rates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: Days in a month: a twelfth of 365.25.
MONTH_DAYS = 30.4375
#: Fewest sums from which rates of growth and regression are read: one more than there are rates.
FEWEST_SUMS = 3


def tumour_growth_rate(first_mm: float, second_mm: float, days: float) -> float:
    """Return the tumour growth rate between two scans, in per cent of volume a month; nan where there is none.

    Law: TG = 3 ln(D2 / D1) / months, TGR = 100 (exp(TG) - 1), D being the sums of the targets' diameters.

    Source: Ferte et al., Clin Cancer Res 2014;20:246 (recalled).
    """
    if not (first_mm > 0.0 and second_mm > 0.0 and days > 0.0):
        return float("nan")
    per_month = 3.0 * np.log(second_mm / first_mm) * MONTH_DAYS / days
    return float(100.0 * np.expm1(per_month))


def growth_and_regression(days: Sequence[float], sums_mm: Sequence[float]) -> tuple[float, float]:
    """Fit the rates at which a tumour's resistant part grows and its sensitive part vanishes; returns (g, d) [1/day].

    Law: f(t) = exp(-d t) + exp(g t) - 1, the sum of diameters as a share of the first one; g and d at least 0. Least
    squares of f. A tumour that only grows has d = 0, one that only shrinks g = 0.

    Source: Stein et al., Oncologist 2008;13:1046 (recalled).

    Raises
    ------
    ValueError
        With fewer than three sums, a first sum of 0, or days that do not rise.
    """
    from scipy.optimize import least_squares

    time, size = np.asarray(days, dtype=np.float64), np.asarray(sums_mm, dtype=np.float64)
    if time.size < FEWEST_SUMS or time.size != size.size:
        raise ValueError(f"{time.size} days and {size.size} sums; give the same number of both, at least {FEWEST_SUMS}")
    if size[0] <= 0.0 or np.any(np.diff(time) <= 0.0):
        raise ValueError("the first sum must be above 0 mm, and days must rise")
    since, share = time - time[0], size / size[0]

    def misses(logs: np.ndarray) -> np.ndarray:
        growth, regression = np.exp(logs)
        return np.asarray(np.exp(-regression * since) + np.exp(growth * since) - 1.0 - share)

    # Rates that are nothing lie at the lower bound; several beginnings, since the fit of two exponentials has valleys.
    begins = [np.log([first, second]) for first in (1e-4, 1e-2) for second in (1e-4, 1e-2)]
    bounds = (np.log(1e-8), np.log(10.0 / since[-1] + 0.5))
    fits = [least_squares(misses, begin, bounds=bounds, xtol=1e-12, ftol=1e-12, gtol=1e-12) for begin in begins]
    growth, regression = np.exp(min(fits, key=lambda fit: float(fit.cost)).x)
    return float(growth), float(regression)
