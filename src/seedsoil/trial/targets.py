"""What the scans of a trial said of each patient up to progression: the sum of the target lesions, and the response."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedsoil.trial.reading.tables import Table

Floats = NDArray[np.float64]

#: Columns of table ``assessments`` that `target_sums` reads.
SCANNED = ("patient", "arm", "line", "day", "response", "target_sum_mm")


@dataclass(frozen=True, eq=False)
class TargetSums:
    """One patient's scans, from the baseline to the first progression.

    ``days`` (looks,) since diagnosis; ``sums`` (looks,) of the targets' diameters [mm], nan without targets or where a scan did not see to
    all of them; ``responses`` (looks,) as table ``assessments`` has them, BASELINE first.
    """

    patient: int
    days: Floats
    sums: Floats
    responses: tuple[str, ...]

    @property
    def change(self) -> Floats:
        """Change of the sum since baseline (looks,) [%]; nan where a sum is."""
        return 100.0 * (self.sums / float(self.sums[0]) - 1.0)

    @property
    def best_change(self) -> float:
        """Greatest fall, or least rise, of the sum [%]; nan without targets or later looks that saw to all of them."""
        later = self.change[1:]
        known = later[np.isfinite(later)]
        return float(known.min()) if known.size else math.nan

    @property
    def progressed(self) -> bool:
        """Whether the last look found progression."""
        return self.responses[-1] == "PD"

    def first_day_of(self, response: str) -> float:
        """Day of the first look that was judged so; nan if there was none."""
        return next(
            (day for day, one in zip(self.days.tolist(), self.responses, strict=True) if one == response), math.nan
        )


def target_sums(assessments: Table, arm: str) -> list[TargetSums]:
    """Return what table ``assessments`` says of each scanned patient of an arm, up to the first progression."""
    mine = np.asarray(np.asarray(assessments["arm"]) == arm, dtype=np.bool_) & (np.asarray(assessments["line"]) == 1)
    patients = np.asarray(assessments["patient"])[mine]
    days, sums = (np.asarray(assessments[name], dtype=np.float64)[mine] for name in ("day", "target_sum_mm"))
    responses = np.asarray(assessments["response"])[mine].astype(str)
    edges = np.flatnonzero(np.diff(patients)) + 1
    found = []
    for rows in np.split(np.arange(patients.size), edges):
        if rows.size:
            found.append(TargetSums(int(patients[rows[0]]), days[rows], sums[rows], tuple(responses[rows].tolist())))
    return found
