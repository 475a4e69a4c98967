"""At the bench: how much of a label that injected cells carried is left in an organ, minutes to weeks later.

A label in the DNA stays with living cells and is shared out among their daughters; what dead cells held is washed out
within an hour. So the label tells which share of the cells that arrested, or of their descendants, is still alive.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.elementary import exp, log
from seedsoil.foundation.samplers import binomial
from seedsoil.foundation.streams import BENCH, Stream, aim
from seedsoil.foundation.value import Value

Floats = NDArray[np.float64]

#: How the label of dead cells goes.
LABEL = MappingProxyType(
    {
        "clearance_half_life": Value(
            number=0.7 / 24.0, unit="day", low=0.2 / 24.0, high=0.25, grade="assumed", source="assumed",
            note="free iodine is excreted, and organs are soaked before they are counted",
        ),
    }
)  # fmt: skip


class Sleep(NamedTuple):
    """How cells outside a vessel sleep: the share that falls asleep, and at which rates sleepers die and wake [1/day]."""

    share: float
    death: float
    waking: float


#: Nobody sleeps.
AWAKE = Sleep(0.0, 0.0, 0.0)
# Days of a step of the label's equations.
_STEP = 0.002


@lru_cache(maxsize=512)
def retained(
    days: tuple[float, ...], early: float, early_days: float, leaving: float, dying: float, death: float,
    sleep: Sleep = AWAKE,
) -> tuple[float, ...]:  # fmt: skip
    """Share of the label of the cells that arrested which is left in the organ [times].

    Law: for ``early_days`` after arrest cells die at the rate ``early``; then they leave the vessel at the rate
    ``leaving`` or die in it at ``dying``. Outside the share ``sleep.share`` falls asleep, dies at ``sleep.death`` and wakes at
    ``sleep.waking``; the others, whoever has woken, and their descendants die at ``death``. The label of the dead goes with
    `LABEL`'s half-life.

    Parameters
    ----------
    days : (times,)
        Since the arrest, rising. Kept once worked out: all mice of a study share it.
    early, leaving, dying, death : float
        Hazards [1/day].
    early_days : float
    sleep : Sleep
        Of those that have left the vessel; nobody sleeps if it is not given.
    """
    clearing = log(2.0) / float(LABEL["clearance_half_life"])
    inside, outside, asleep, dead, now = 1.0, 0.0, 0.0, 0.0, 0.0
    found = []
    for day in days:
        while now < day - 1e-12:
            step = min(_STEP, day - now)
            if now < early_days - 1e-12:
                step = min(step, early_days - now)
                lost, left = inside * (1.0 - exp(-early * step)), 0.0
            else:
                gone = inside * (1.0 - exp(-(leaving + dying) * step))
                lost = gone * dying / max(leaving + dying, 1e-300)
                left = gone - lost
            died = outside * (1.0 - exp(-death * step))
            risen = asleep * (1.0 - exp(-(sleep.death + sleep.waking) * step))
            woken = risen * sleep.waking / max(sleep.death + sleep.waking, 1e-300)
            inside -= lost + left
            outside += (1.0 - sleep.share) * left + woken - died
            asleep += sleep.share * left - risen
            dead = dead * exp(-clearing * step) + (lost + died + risen - woken) * exp(-0.5 * clearing * step)
            now += step
        found.append(inside + outside + asleep + dead)
    return tuple(found)


def count_label(stream: Stream, arrested: float, shares: Sequence[float], key: np.uint64, step: int) -> Floats:
    """Draw how many cells' worth of label is left of ``arrested`` cells at each time [times]: never more than before."""
    own, found, left, before = stream.copy(), np.zeros(len(shares)), arrested, 1.0
    aim(own, BENCH, key, step)
    for place, share in enumerate(shares):
        left = float(binomial(own, left, min(1.0, share / before))) if before > 0.0 else 0.0
        found[place], before = left, share
    return found
