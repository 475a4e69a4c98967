"""What happened to one patient in one arm: lesions, clones, vessels, drugs and readings, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.body.state import CELLS, CLONES, HYPOXIA, LESIONS, NOW, PERFUSION, State
from seedsoil.experiment.arm import Arm
from seedsoil.experiment.grow import watch_growth
from seedsoil.experiment.outcome import clone_cells, rows
from seedsoil.experiment.protocol import Protocol
from seedsoil.experiment.simulate import run_arm
from seedsoil.experiment.timeline import levels
from seedsoil.observe.lineage.mosaic import Mosaic, MosaicRecorder
from seedsoil.observe.lineage.result import USUAL_CELLS, USUAL_LESIONS, Lineage, lineage_of

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class History:
    """One patient in one arm, recorded on every day of the step grid from the founding cells to the end.

    ``days`` (K,), since diagnosis: negative before it; ``cells``, ``hypoxia``, ``vessels`` (K, lesions); ``clone_cells`` (K, clones); ``lesions``, ``clones``,
    ``arrivals`` and ``observations`` hold the columns of the tables of that name; ``concentrations`` maps each agent to days and
    mg/L at its effect site; ``mosaic`` holds the cells of each clone in each lesion.
    """

    patient: int
    arm: str
    days: Floats
    lesions: Columns
    cells: Floats
    hypoxia: Floats
    vessels: Floats
    clones: Columns
    clone_cells: Floats
    arrivals: Columns
    doses: tuple[tuple[float, str, float], ...]
    concentrations: Mapping[str, tuple[Floats, Floats]]
    events: tuple[Mapping[str, Any], ...]
    observations: Columns
    ending: str
    site_names: tuple[str, ...]
    mosaic: Mosaic

    def largest(self, site: str) -> int:
        """Number of the lesion that grew largest at a site; ValueError if there never was one."""
        here = np.flatnonzero(np.asarray(self.lesions["site"]) == site)
        if not here.size:
            raise ValueError(f"patient {self.patient} never had a lesion in {site!r}")
        return int(here[np.argmax(np.asarray(self.lesions["largest_cells"])[here])])

    def lineage(
        self, cells: int = USUAL_CELLS, lesions: int | Sequence[int] = USUAL_LESIONS,
        mutations_per_division: float | None = None,
    ) -> Lineage:  # fmt: skip
        """Sample cells and draw the tree that they descend by (``lineage_of``); the same each time, and nothing else changes.

        ``cells`` of each lesion; ``lesions``: how many (the primary and the largest metastases), or their numbers;
        ``mutations_per_division``: neutral mutations of each daughter in what is read, an exome's if not given. ModelError for
        what cannot be sampled.
        """
        return lineage_of(
            self.mosaic, self.lesions, self.clones, cells=cells, sampled=lesions,
            mutations_per_division=mutations_per_division, arrivals=self.arrivals,
        )  # fmt: skip


class _Recorder:
    """Copies the state on every day of the grid; days count from ``diagnosis``, a day on the engine's clock."""

    def __init__(self, diagnosis: float) -> None:
        self.diagnosis = diagnosis
        self.days: list[float] = []
        self.rows: list[tuple[Floats, Floats, Floats, Floats]] = []

    def __call__(self, state: State) -> None:
        lesion = state.lesion[: int(state.count[LESIONS])]
        row = (lesion[:, CELLS].copy(), lesion[:, HYPOXIA].copy(), lesion[:, PERFUSION].copy(), clone_cells(state))
        day = float(state.clock[NOW]) - self.diagnosis
        # A day on which something was looked at is told once; one on which something was done, before and after.
        if self.days and self.days[-1] == day and np.array_equal(self.rows[-1][0], row[0]):
            return
        self.days.append(day)
        self.rows.append(row)

    def filled(self, column: int, width: int) -> Floats:
        """One recorded quantity as an array, zero before a lesion or clone was there."""
        table = np.zeros((len(self.rows), width))
        for place, row in enumerate(self.rows):
            table[place, : row[column].size] = row[column]
        return table


def record(arm: Arm, name: str, protocol: Protocol) -> History:
    """Run an arm and keep what happened. The run itself is the same, bytes and all, as without recording."""
    recorder, mosaic = _Recorder(arm.grown.day), MosaicRecorder(arm.grown.day)

    def watch(state: State) -> None:
        recorder(state)
        mosaic(state)

    watch_growth(arm.grown, watch)
    watch(arm.state)
    run_arm(arm, protocol, lambda now: watch(now.state))
    tables = rows(arm, name)
    lesions, clones = int(arm.state.count[LESIONS]), int(arm.state.count[CLONES])
    fine = np.arange(0.0, max(arm.end_day, 1.0), 0.5)
    levelled: dict[str, tuple[Floats, Floats]] = {}
    for drug in dict.fromkeys(one.agent.name for one in arm.given):
        own = [one for one in arm.given if one.agent.name == drug]
        body, _ = levels(own, fine, arm.flows.get(drug), float(arm.grown.patient.host.weight))
        levelled[drug] = (fine, body)
    doses = sorted(
        (float(day), one.agent.name, float(amount))
        for one in arm.given
        for day, amount in zip(one.days, one.amounts, strict=True)
        if day <= arm.end_day
    )
    return History(
        patient=arm.grown.number,
        arm=name,
        # The step in which the patient died is carried to its end; nothing is told of days after the death.
        days=np.minimum(recorder.days, arm.end_day),
        lesions=tables["lesions"],
        cells=recorder.filled(0, lesions),
        hypoxia=recorder.filled(1, lesions),
        vessels=recorder.filled(2, lesions),
        clones=tables["clones"],
        clone_cells=recorder.filled(3, clones),
        arrivals=tables["arrivals"],
        doses=tuple(doses),
        concentrations=levelled,
        events=tuple(arm.events),
        observations=tables["observations"],
        ending=arm.ending,
        site_names=tuple(site.name for site in arm.grown.patient.host.anatomy.sites),
        mosaic=mosaic.mosaic(arm.state, arm.model, arm.grown.stream, arm.end_day),
    )
