"""Neutrophils: how they are made, what drugs leave of them, and how their lack calls for more.

Friberg et al., J Clin Oncol 2002;20:4713. A pool P of dividing cells, three steps of ripening T and the blood C, each
left at the rate k = 4 / transit time:

    P' = k P (1 - E) (C0 / C)^g - k P,   T1' = k (P - T1),   T2' = k (T1 - T2),   T3' = k (T2 - T3),   C' = k (T3 - C)

where E, the slope times the plasma level, is the drug's effect, C0 the usual count and g the feedback.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.host_cells import Neutrophils
from seedsoil.foundation.compiled import kernel
from seedsoil.foundation.elementary import exp, power

Floats = NDArray[np.float64]

#: Longest step [day]; steps end where a dose begins or ends.
STEP_DAYS = 0.1
_STAGES = 4.0
# A count of zero would call for infinitely much; this share of the usual is below one cell in a drop of blood.
_FEWEST = 1e-6
_RESTED = (0.0, 1.0, 1.0, 1.0, 1.0)


def rested() -> Floats:
    """Return a line of cells that nothing disturbs (5,).

    The logarithm of the dividing pool, three steps of ripening, and the blood: each against its usual content. The pool
    is a logarithm so that an effect far above 1, as in the minutes after a dose, asks for no shorter steps.
    """
    return np.array(_RESTED)


@kernel
def fill_slopes(line: Floats, effect: float, rate: float, feedback: float, slopes: Floats) -> None:
    """Write the change of the line a day under the drugs' effect E."""
    called = power(max(line[4], _FEWEST), -feedback)
    slopes[0] = rate * ((1.0 - effect) * called - 1.0)
    slopes[1] = rate * (exp(line[0]) - line[1])
    for place in range(2, 5):
        slopes[place] = rate * (line[place - 1] - line[place])


@kernel
def follow_line(line: Floats, times: Floats, effects: Floats, rate: float, feedback: float) -> Floats:
    """Carry the line (5,), in place, over the steps between ``times`` (T,); return the blood at each time (T,).

    One step of Runge-Kutta's fourth order for each, under its mean effect (T - 1,).
    """
    blood = np.empty(times.shape[0])
    blood[0] = line[4]
    slopes = np.empty((4, line.shape[0]))
    for place in range(effects.shape[0]):
        days, effect = times[place + 1] - times[place], effects[place]
        fill_slopes(line, effect, rate, feedback, slopes[0])
        fill_slopes(line + 0.5 * days * slopes[0], effect, rate, feedback, slopes[1])
        fill_slopes(line + 0.5 * days * slopes[1], effect, rate, feedback, slopes[2])
        fill_slopes(line + days * slopes[2], effect, rate, feedback, slopes[3])
        for cell in range(line.shape[0]):
            middle = slopes[1, cell] + slopes[2, cell]
            line[cell] += days / 6.0 * (slopes[0, cell] + 2.0 * middle + slopes[3, cell])
        blood[place + 1] = line[4]
    return blood


def counts(law: Neutrophils, line: Floats, times: Floats, effects: Floats) -> Floats:
    """Neutrophils [1/L] at each of ``times`` (T,); ``line`` (5,), the state at the first, is carried to the last.

    ``times`` [day] rise by no more than about ``STEP_DAYS``; ``effects`` (T - 1,) [1] are the mean effect E of all drugs
    together in each step.
    """
    rate = _STAGES / float(law.transit_time)
    return follow_line(line, times, effects, rate, float(law.feedback)) * float(law.baseline)
