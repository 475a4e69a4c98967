"""What pictures and comparisons need of the long tables, counted where the rows lie instead of read whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.observe.response import BASELINE
from seedsoil.trial.reading.query import Tables, ask

Floats = NDArray[np.float64]

_SITES = """
select arm, site,
    count(*) filter (where diagnosed) as diagnosed,
    count(*) filter (where visible) as visible,
    count(*) filter (where remaining) as remaining
from (
    select arm, site, patient,
        bool_or(isfinite(cells_at_diagnosis) and cells_at_diagnosis > 0) as diagnosed,
        bool_or(isfinite(cells_at_diagnosis) and cells_at_diagnosis >= ?) as visible,
        bool_or(isfinite(cells_at_end) and cells_at_end > 0) as remaining
    from lesions where parent >= 0 group by arm, site, patient
) group by arm, site order by arm, site
"""

_CHANGES = """
select arm, patient, baseline, least from (
    select arm, patient,
        max(target_sum_mm) filter (where response = ?) as baseline,
        min(target_sum_mm) filter (where response <> ? and isfinite(target_sum_mm)) as least
    from assessments where line = 1 group by arm, patient
) where isfinite(baseline) and least is not null order by arm, patient
"""

_SEEN = "select arm, patient, diameter_mm from observations where instrument = ? and day >= ? and day < ?"


def patients_by_site(tables: Tables, visible_cells: float) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Return for each arm and site how many patients had a metastasis there.

    Any at diagnosis, one of at least ``visible_cells`` at diagnosis, any at the end.
    """
    found = ask(tables, _SITES, (visible_cells,))
    counts: dict[str, dict[str, tuple[int, int, int]]] = {}
    for arm, site, *three in zip(*(found[name].tolist() for name in found), strict=True):
        counts.setdefault(arm, {})[site] = (three[0], three[1], three[2])
    return counts


class Changes(NamedTuple):
    """Patients of an arm with a target lesion and a later scan that saw to all targets, up to the first progression.

    ``patients`` (n,) ascending; ``baseline`` (n,) sum of the targets' diameters on the first scan [mm]; ``best`` (n,) greatest
    fall, or least rise, of the sum since then [%].
    """

    patients: NDArray[np.int64]
    baseline: Floats
    best: Floats


def best_changes(tables: Tables) -> dict[str, Changes]:
    """Return the best change of the targets of each arm's measured patients."""
    found = ask(tables, _CHANGES, (BASELINE, BASELINE))
    arms = found["arm"]
    changes = {}
    for arm in dict.fromkeys(arms.tolist()):
        mine = arms == arm
        baseline, least = found["baseline"][mine], found["least"][mine]
        changes[arm] = Changes(found["patient"][mine].astype(np.int64), baseline, 100.0 * (least / baseline - 1.0))
    return changes


def seen_between(
    tables: Tables, instrument: str, first: float, last: float
) -> tuple[NDArray[np.object_], NDArray[np.int64], Floats]:
    """Return arm, patient and diameter [mm] of what an instrument saw on days first <= day < last, in the table's order."""
    found = ask(tables, _SEEN, (instrument, first, last))
    return found["arm"], found["patient"].astype(np.int64), found["diameter_mm"].astype(np.float64)
