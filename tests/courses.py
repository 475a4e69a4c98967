"""Courses for tests of kinetics alone: given just as ordered, with nothing coming in between."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.medicine.drug import Agent
from seedsoil.experiment.orders.given import Given, dose_days
from seedsoil.experiment.protocol import Course


def as_ordered(agent: Agent, course: Course, end: float) -> Given:
    """Every dose of the course before day ``end``, each whole and on its day."""
    days = dose_days(course, end)
    return Given(agent, course, days, np.full(days.size, course.amount_mg))
