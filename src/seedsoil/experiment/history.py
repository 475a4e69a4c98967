"""What happened to one patient in one arm: lesions, clones, vessels, drugs and readings, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Patient
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.body.drugs.barrier import ceiling_of
from seedsoil.body.state import (
    CEILING,
    CELLS,
    CLONES,
    HYPOXIA,
    IMMATURE,
    LEAK,
    LESIONS,
    NOW,
    OPENNESS,
    PERFUSION,
    SITE,
    State,
)
from seedsoil.experiment.arm import Arm
from seedsoil.experiment.grow import Grown, watch_growth
from seedsoil.experiment.outcome import clone_cells, rows
from seedsoil.experiment.protocol import Order, Protocol
from seedsoil.experiment.simulate import run_arm
from seedsoil.experiment.timeline import levels
from seedsoil.observe.lineage.mosaic import Mosaic, MosaicRecorder
from seedsoil.observe.lineage.mutation import YEAR, gathered, gathered_dividing, usual_rate
from seedsoil.observe.lineage.result import USUAL_CELLS, USUAL_LESIONS, Lineage, lineage_of

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]

#: Levels are kept so long after each dose, besides every half day [day].
_SOON = (0.0, 0.01, 0.03, 0.06, 0.12, 0.25)


@dataclass(frozen=True)
class History:
    """One patient in one arm, recorded on every day of the step grid from the founding cells to the end.

    ``days`` (K,), since diagnosis: negative before it; ``cells``, ``hypoxia``, ``vessels`` (perfusion, host tissue: 1),
    ``young_vessels`` (what of it immature vessels bring while VEGF keeps them wide) and ``leak`` (the same vessels, bare ones:
    1) (K, lesions); ``clone_cells`` (K, clones); ``lesions``, ``clones``,
    ``arrivals`` and ``observations`` hold the columns of the tables of that name; ``concentrations`` maps each agent to days and
    mg/L at its effect site in the body, ``arteries`` each agent given into an artery to the site that it feeds, days, and mg/L
    there; ``ceilings`` (lesions,) how far each lesion's own barrier opens at last, nan without one; ``titles`` maps agents to
    their titles, with which events begin that tell of them. ``done`` are the orders carried out, but for drugs and autopsies,
    each with its day: a scan is one, and so is a fraction of radiation. ``mosaic`` holds the cells of each clone in each
    lesion. ``subject`` is the tumour in its host, ``vasculature`` the law of its vessels, ``agents`` what was given, by name,
    ``without`` what was switched off.
    """

    patient: int
    arm: str
    days: Floats
    lesions: Columns
    cells: Floats
    hypoxia: Floats
    vessels: Floats
    young_vessels: Floats
    leak: Floats
    clones: Columns
    clone_cells: Floats
    arrivals: Columns
    doses: tuple[tuple[float, str, float], ...]
    concentrations: Mapping[str, tuple[Floats, Floats]]
    arteries: Mapping[str, tuple[str, Floats, Floats]]
    ceilings: Floats
    titles: Mapping[str, str]
    events: tuple[Mapping[str, Any], ...]
    done: tuple[tuple[float, Order], ...]
    observations: Columns
    ending: str
    site_names: tuple[str, ...]
    mosaic: Mosaic
    subject: Patient
    vasculature: Vasculature
    agents: Mapping[str, Agent]
    without: tuple[str, ...]

    def largest(self, site: str) -> int:
        """Number of the lesion that grew largest at a site; ValueError if there never was one."""
        here = np.flatnonzero(np.asarray(self.lesions["site"]) == site)
        if not here.size:
            raise ValueError(f"patient {self.patient} never had a lesion in {site!r}")
        return int(here[np.argmax(np.asarray(self.lesions["largest_cells"])[here])])

    def lineage(
        self, cells: int = USUAL_CELLS, lesions: int | Sequence[int] = USUAL_LESIONS,
        mutations_per_division: float | None = None, mutations_before: float | None = None,
        pieces: Mapping[int, float] | None = None,
    ) -> Lineage:  # fmt: skip
        """Sample cells and draw the tree that they descend by (``lineage_of``); the same each time, and nothing else changes.

        ``cells`` of each lesion; ``lesions``: how many (the primary and the largest metastases), or their numbers;
        ``mutations_per_division``: neutral mutations of each daughter in what is read, an exome's if not given;
        ``mutations_before``: those that the first cell brings along, as ``brought_along`` says if not given. ``pieces``:
        lesions of which the cells come from one piece, as a needle brings it, and how many cells that holds. ModelError for what cannot be sampled.
        """
        if mutations_before is None:
            mutations_before = self.brought_along(mutations_per_division)
        return lineage_of(
            self.mosaic, self.lesions, self.clones, cells=cells, sampled=lesions,
            mutations_per_division=mutations_per_division, mutations_before=mutations_before, arrivals=self.arrivals,
            pieces=pieces,
        )  # fmt: skip

    def brought_along(self, mutations_per_division: float | None = None) -> float:
        """Mean mutations of the tumour's first cell in what is read: its tissue's, and those of its line while that was premalignant."""
        tumour, host = self.subject.tumour, self.subject.host
        age = max(0.0, float(host.age) + float(self.days[0]) / YEAR)
        early = None if "premalignant phase" in self.without else tumour.premalignant_time
        years = 0.0 if early is None else min(float(early), age)
        tissue = 0.0 if host.tissue_mutation_rate is None else float(host.tissue_mutation_rate)
        rate = usual_rate() if mutations_per_division is None else mutations_per_division
        pace = float(self.mosaic.division[0, self.mosaic.kind[0]]) if years > 0.0 else 0.0
        return gathered(tissue, age - years) + gathered_dividing(rate, pace, years)


class Recorder:
    """Copies the state on every day of the grid; days count from ``diagnosis``, a day on the engine's clock."""

    def __init__(self, diagnosis: float) -> None:
        self.diagnosis = diagnosis
        self.mosaic = MosaicRecorder(diagnosis)
        self.days: list[float] = []
        self.rows: list[tuple[Floats, ...]] = []

    def __call__(self, state: State) -> None:
        """Keep the state of today, unless it is the last one told, on the same day."""
        self.mosaic(state)
        lesion = state.lesion[: int(state.count[LESIONS])]
        columns = (CELLS, HYPOXIA, PERFUSION, IMMATURE, LEAK)
        row = (*(lesion[:, column].copy() for column in columns), clone_cells(state))
        day = float(state.clock[NOW]) - self.diagnosis
        # A day on which something was looked at is told once; one on which something was done, before and after.
        if self.days and self.days[-1] == day and np.array_equal(self.rows[-1][0], row[0]):
            return
        self.days.append(day)
        self.rows.append(row)

    def copy(self) -> Recorder:
        """Return a recorder that goes on from here."""
        other = Recorder(self.diagnosis)
        other.days, other.rows = [*self.days], [*self.rows]
        other.mosaic.days, other.mosaic.rows = [*self.mosaic.days], [*self.mosaic.rows]
        return other

    def filled(self, column: int, width: int) -> Floats:
        """One recorded quantity as an array, zero before a lesion or clone was there."""
        table = np.zeros((len(self.rows), width))
        for place, row in enumerate(self.rows):
            table[place, : row[column].size] = row[column]
        return table


def record_growth(grown: Grown) -> Recorder:
    """Keep what happened before the diagnosis; every arm of the patient goes on from it."""
    recorder = Recorder(grown.day)
    watch_growth(grown, recorder)
    return recorder


def record(arm: Arm, name: str, protocol: Protocol, growth: Recorder | None = None) -> History:
    """Run an arm and keep what happened. The run itself is the same, bytes and all, as without recording.

    ``growth`` is what `record_growth` kept of this patient, if that was done already; it is left as it is.
    """
    recorder = (growth or record_growth(arm.grown)).copy()
    recorder(arm.state)
    run_arm(arm, protocol, lambda now: recorder(now.state))
    tables = rows(arm, name)
    lesions, clones = int(arm.state.count[LESIONS]), int(arm.state.count[CLONES])
    concentrations, arteries = _levels(arm)
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
        young_vessels=recorder.filled(3, lesions) * float(arm.vessels.immature_perfusion),
        clones=tables["clones"],
        leak=recorder.filled(4, lesions),
        clone_cells=recorder.filled(5, clones),
        arrivals=tables["arrivals"],
        doses=tuple(doses),
        concentrations=concentrations,
        arteries=arteries,
        ceilings=_ceilings(arm, lesions),
        titles={one.agent.name: one.agent.title for one in arm.given},
        events=tuple(arm.events),
        done=tuple(one for one in arm.done if one[0] <= arm.end_day),
        observations=tables["observations"],
        ending=arm.ending,
        site_names=tuple(site.name for site in arm.grown.patient.host.anatomy.sites),
        mosaic=recorder.mosaic.mosaic(arm.state, arm.model, arm.grown.stream, arm.end_day),
        subject=arm.grown.patient,
        vasculature=arm.vessels,
        agents={one.agent.name: one.agent for one in arm.given},
        without=arm.without,
    )


def _ceilings(arm: Arm, lesions: int) -> Floats:
    """How far the barrier of each lesion opens at last [1]; nan where there is none."""
    rows = arm.state.lesion[:lesions]
    usual = arm.model.site[0, rows[:, SITE].astype(np.int64), CEILING]
    own = [ceiling_of(each, luck) for each, luck in zip(usual.tolist(), rows[:, OPENNESS].tolist(), strict=True)]
    return np.where(usual < 0.0, np.nan, own)


def _levels(arm: Arm) -> tuple[dict[str, tuple[Floats, Floats]], dict[str, tuple[str, Floats, Floats]]]:
    """Level of each agent in the body, and of those given into an artery also there, on the days of `_fine` [mg/L]."""
    days = _fine(arm)
    bodies: dict[str, tuple[Floats, Floats]] = {}
    more: dict[str, tuple[str, Floats]] = {}
    for name in dict.fromkeys(one.agent.name for one in arm.given):
        own = [one for one in arm.given if one.agent.name == name]
        body, region = levels(own, days, arm.flows.get(name), float(arm.grown.patient.host.weight))
        bodies[name] = (days, body)
        routes = {one.course.route for one in own}
        fed = [site.name for site in arm.grown.patient.host.anatomy.sites if site.artery in routes]
        if fed and region.any():
            more[name] = (fed[-1], region)
    return bodies, {name: (site, days, bodies[name][1] + extra) for name, (site, extra) in more.items()}


def _fine(arm: Arm) -> Floats:
    """Days on which levels are kept: every half day, and soon after each dose begins and ends, where the peaks are."""
    given = [np.concatenate([one.days, one.days + one.course.duration]) for one in arm.given]
    soon = (np.concatenate([np.zeros(0), *given])[:, None] + np.array(_SOON)[None, :]).ravel()
    last = max(arm.end_day, 1.0)
    return np.unique(np.concatenate([np.arange(0.0, last, 0.5), soon[soon < last]]))
