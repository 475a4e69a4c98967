"""What the scans of a trial said of each patient: the sum of the target lesions in time, by RECIST's choice of targets."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.body.state import STEP_DAYS
from seedsoil.experiment.protocol import Scan
from seedsoil.observe.response import Follow, Reading
from seedsoil.trial.endpoints import Table, rows_of

Floats = NDArray[np.float64]

#: A look: number of the week on the patient's own grid, and the instrument.
_Look = tuple[int, str]
_Seen = dict[_Look, dict[int, tuple[str, float]]]
# Days of a patient's grid are differences, and so a little off (weeks).
_rounding = 1e-6


@dataclass(frozen=True, eq=False)
class TargetSums:
    """One patient's target lesions in time; the first look is the baseline.

    ``days`` (looks,) since diagnosis; ``sums`` (looks,) [mm], nan where the field of
    the scan leaves a target out; ``responses`` (looks,): as `observe.response` has them, "" at baseline;
    ``targets`` numbers of the target lesions, none where the baseline showed nothing measurable.
    """

    patient: int
    days: Floats
    sums: Floats
    responses: tuple[str, ...]
    targets: frozenset[int]

    @property
    def change(self) -> Floats:
        """Change of the sum since baseline (looks,) [%]; nan without targets."""
        first = float(self.sums[0]) if self.sums.size else 0.0
        return 100.0 * (self.sums / first - 1.0) if first > 0.0 else np.full(self.sums.shape, math.nan)

    @property
    def progression(self) -> int | None:
        """Place of the first look that found progression."""
        return self.responses.index("PD") if "PD" in self.responses else None

    @property
    def best_change(self) -> float:
        """Greatest fall, or least rise, of the sum up to the first progression [%]; nan without targets or later looks."""
        last = len(self.sums) if self.progression is None else self.progression + 1
        later = self.change[1:last]
        known = later[np.isfinite(later)]
        return float(known.min()) if known.size and self.targets else math.nan

    def first_day_of(self, response: str) -> float:
        """Day of the first look up to progression that was judged so; nan if there was none."""
        last = len(self.sums) if self.progression is None else self.progression + 1
        return next((float(self.days[k]) for k in range(last) if self.responses[k] == response), math.nan)


def target_sums(
    patients: Table, observations: Table, arm: str, scans: Sequence[Scan] = (), nodes: Collection[str] = ()
) -> list[TargetSums]:
    """Follow each scanned patient of an arm by RECIST, from the tables of a run.

    Parameters
    ----------
    patients, observations : tables of that name
    arm : str
    scans
        The scans that the arm plans. A scan that shows nothing leaves no row, so without them such looks are not known.
    nodes
        Names of the sites that are lymph nodes.

    Returns
    -------
    list of TargetSums
        In the order of the table; patients who were never scanned are left out.

    Raises
    ------
    StudyError
        If the table knows no such arm.
    """
    rows = rows_of(patients, arm)
    columns = ("patient", "end_day", "progressed", "progression_day", "tumour_age_days")
    people = [np.asarray(patients[name])[rows].tolist() for name in columns]
    ages = dict(zip(people[0], people[4], strict=True))
    seen = _seen(observations, arm, ages)
    found = []
    for patient, end, progressed, progression, age in zip(*people, strict=True):
        readings = seen.get(patient, {})
        looks = _looks(scans, readings, age, end, progression if progressed else math.inf)
        if looks:
            found.append(_followed(patient, age, looks, readings, nodes))
    return found


def _seen(observations: Table, arm: str, ages: dict[int, float]) -> dict[int, _Seen]:
    """Return what each look at each patient showed: lesion, site, diameter. One look twice on a step is the same look."""
    mine = np.asarray(np.asarray(observations["arm"]) == arm, dtype=np.bool_)
    rows: Iterable[tuple[Any, ...]] = zip(
        *(np.asarray(observations[name])[mine].tolist() for name in ("patient", "day", "instrument", "lesion", "site", "diameter_mm")),
        strict=True,
    )  # fmt: skip
    seen: dict[int, _Seen] = {}
    for patient, day, tool, lesion, site, diameter in rows:
        look = (round((day + ages[patient]) / STEP_DAYS), str(tool))
        seen.setdefault(patient, {}).setdefault(look, {})[lesion] = (str(site), diameter)
    return seen


def _looks(
    scans: Sequence[Scan], readings: _Seen, age: float, end: float, progression: float
) -> list[tuple[_Look, Scan | None]]:
    """Return the looks in order of time: those that were planned and took place, or else those that showed something.

    A planned look falls on the first day of the patient's weekly grid from that day on. Scans end with progression, unless
    a rule waits for more of them; then some of those that follow have shown something.
    """
    if not scans:
        return [(look, None) for look in sorted(readings)]
    last_seen = max((week for week, _ in readings), default=-1)
    stop = min(end, max(progression, last_seen * STEP_DAYS - age)) if math.isfinite(progression) else end
    planned = [((week, scan.instrument), scan) for scan in scans for week in _weeks(scan, age, stop)]
    first = dict(reversed(planned))  # two scans of one instrument on a day are one look, that of the first
    return sorted(((look, first[look]) for look, _ in dict(planned).items()), key=lambda pair: pair[0][0])


def _weeks(scan: Scan, age: float, stop: float) -> list[int]:
    """Return the weeks on the patient's grid on which a scan falls, up to a day."""
    last = min(stop, scan.end)
    days = np.arange(scan.start, last + _rounding, scan.every) if scan.every > 0.0 else np.array([scan.start])
    weeks = np.ceil((days + age) / STEP_DAYS - 1e-9)
    found: list[int] = weeks[weeks * STEP_DAYS - age <= stop + _rounding].astype(np.int64).tolist()
    return found


def _followed(
    patient: int, age: float, looks: list[tuple[_Look, Scan | None]], seen: _Seen, nodes: Collection[str]
) -> TargetSums:
    """Follow one patient from the first look to the last; after a progression each look is told as it is."""
    days = np.array([week * STEP_DAYS - age for (week, _), _ in looks])
    if not seen:  # nothing was ever seen, so nothing could be judged
        return TargetSums(patient, days, np.zeros(len(looks)), ("", *["NE"] * (len(looks) - 1)), frozenset())
    follow = Follow(nodes=nodes)
    sums: list[float] = []
    responses: list[str] = []
    for day, (look, scan) in zip(days.tolist(), looks, strict=True):
        readings: list[Reading] = [(lesion, site, size) for lesion, (site, size) in sorted(seen.get(look, {}).items())]
        if sums:
            examined = scan.regions if scan is not None and scan.regions else None
            responses.append(follow.assess(day, readings, examined))
        else:
            follow.baseline(readings, day, 0.0 if scan is None else scan.slice_mm)
            responses.append("")
        # Where the field of the scan leaves a target out, the sum is not known.
        whole = not follow.targets or follow.sums[-1][0] == day
        sums.append(sum(size for lesion, _, size in readings if lesion in follow.targets) if whole else math.nan)
    return TargetSums(patient, days, np.array(sums), tuple(responses), follow.targets)
