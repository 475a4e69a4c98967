"""Tumour volumes at a landmark: what one scan, planned in several arms, showed of the same patients in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seedsoil.body.state import STEP_DAYS
from seedsoil.foundation.errors import StudyError
from seedsoil.trial.endpoints import rows_of
from seedsoil.trial.reading.query import Tables
from seedsoil.trial.reading.summaries import seen_between
from seedsoil.trial.reading.tables import columns_of

if TYPE_CHECKING:
    from seedsoil.experiment.protocol import Protocol

Floats = NDArray[np.float64]

#: Days of treatment after which a first response can be read.
_TREATED_DAYS = 42.0
# Days of a patient's grid are differences, and so a little off (days).
_rounding = 1e-6


def shared_scan(protocols: Sequence[Protocol], until: float, day: float | None) -> tuple[float, str]:
    """Return day and instrument of a scan that all arms plan, the combination's protocol the last of them.

    That of ``day``, StudyError if there is none; without ``day`` the first that comes 6 weeks or more after the
    combination's first dose, (nan, "") if there is none. Days since diagnosis.
    """
    planned = [
        {
            (float(when), scan.instrument)
            for scan in protocol.scans
            for when in (np.arange(scan.start, until, scan.every) if scan.every > 0 else [scan.start])
            if when + STEP_DAYS <= until
        }
        for protocol in protocols
    ]
    shared = sorted(set.intersection(*planned))
    if day is not None:
        fitting = [one for one in shared if abs(one[0] - day) < 0.5]
        if not fitting:
            days = ", ".join(f"{when:g}" for when, _ in shared[:12]) or "none"
            raise StudyError(f"day {day:g}: not all four arms plan a scan on that day. Days on which they do: {days}.")
        return fitting[0]
    begin = min((course.start for course in protocols[-1].courses), default=0.0) + _TREATED_DAYS
    return next((one for one in shared if one[0] >= begin), (math.nan, ""))


def volumes_at(tables: Tables, names: Sequence[str], landmark: float, tool: str) -> Floats:
    """Return the tumour volume of each patient that a scan showed at the landmark [mm^3]; (arms, n), the control first.

    nan for patients who, in any of the arms, were not scanned then (dead, or progressed before), or who had nothing
    to see in the control arm. A scan falls on the first day of the patient's weekly grid from the planned day on.
    """
    patients = columns_of(tables["patients"], ("patient", "arm", "end_day", "progression_day"))
    day = landmark - _rounding
    arms, who, diameters = seen_between(tables, tool, day, day + STEP_DAYS)
    volumes = []
    for name in names:
        rows = rows_of(patients, name)
        numbers = np.asarray(patients["patient"])[rows]
        inside = arms == name
        cubes = diameters[inside] ** 3 * (np.pi / 6.0)
        place = np.searchsorted(numbers, who[inside])
        volume = np.bincount(place, weights=cubes, minlength=numbers.size)
        gone = np.asarray(patients["end_day"])[rows] < day + STEP_DAYS
        gone |= np.asarray(patients["progression_day"])[rows] < day
        volumes.append(np.where(gone, np.nan, volume))
    found = np.array(volumes)
    usable = np.isfinite(found).all(axis=0) & (found[0] > 0.0) & math.isfinite(landmark)
    return np.where(usable, found, np.nan)
