"""A course as it is given: the days and amounts of its doses, by the clock and as far as rules let it go on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.medicine.kinetics import Dose
from seedsoil.experiment.protocol import Course

Floats = NDArray[np.float64]

#: Days nearer than this are one day.
_SAME_DAY = 1e-9


@dataclass(frozen=True)
class Given:
    """A course as it is really given: its agent, and the day and the amount [mg] of each of its doses (doses,)."""

    agent: Agent
    course: Course
    days: Floats
    amounts: Floats

    @property
    def touches_cells(self) -> bool:
        """Whether it kills tumour cells or holds their divisions: a drug that does neither must equal no drug, byte for byte."""
        effects = (self.agent.kill, self.agent.cytostasis)
        return any(effect is not None and float(effect.maximum) > 0.0 for effect in effects)

    def doses(self, share: float = 1.0) -> list[Dose]:
        """Dose records of ``share`` of each amount: one for each run of equal doses at the course's interval."""
        runs: list[Dose] = []
        first, every = 0, self.course.every
        days, amounts = self.days.tolist(), self.amounts.tolist()
        for place in range(1, len(days) + 1):
            if (
                place < len(days)
                and every > 0.0
                and abs(days[place] - days[place - 1] - every) < _SAME_DAY
                and amounts[place] == amounts[first]
            ):
                continue
            repeats = place - first - 1
            runs.append(
                Dose(
                    days[first],
                    amounts[first] * share,
                    duration=self.course.duration,
                    every=every if repeats else 0.0,
                    additional=repeats,
                )
            )
            first = place
        return runs


def dose_days(course: Course, end: float, opening: float = 0.0) -> Floats:
    """Days on which a course whose clock starts on day ``opening`` gives a dose by its own rhythm, before ``end``.

    With ``on`` and ``off`` each round begins with a dose; ``times`` counts the doses of all rounds.
    """
    first = opening + course.start
    if first >= end - _SAME_DAY:
        return np.zeros(0)
    if course.every <= 0.0 or course.times == 1:
        return np.array([first])
    if course.on <= 0.0:
        most = int(np.ceil((end - first) / course.every - _SAME_DAY))
        return first + course.every * np.arange(most, dtype=np.float64)[: course.times]
    rounds = first + (course.on + course.off) * np.arange(np.ceil((end - first) / (course.on + course.off)))
    within = course.every * np.arange(np.ceil(course.on / course.every - _SAME_DAY))
    days = (rounds[:, None] + within).ravel()
    return days[days < end - _SAME_DAY][: course.times]
