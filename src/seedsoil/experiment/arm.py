"""One patient in one arm: the state, what is given, what was seen, and what was told."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.signals import Levels
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.body.model import build_model
from seedsoil.body.state import (
    CELLS,
    LESIONS,
    NOW,
    PENDING,
    SEED_CONDITION,
    SLOTS_BEYOND_TYPES,
    STEP_DAYS,
    TRACKED,
    Model,
    State,
    Timeline,
    copy_state,
)
from seedsoil.experiment.grow import Grown
from seedsoil.experiment.orders.chart import Chart
from seedsoil.experiment.orders.given import Given
from seedsoil.experiment.orders.guard import Dosing, dosing
from seedsoil.experiment.orders.regimen import Regimen, regimens
from seedsoil.experiment.orders.sampling.bench import Counted, Organ
from seedsoil.experiment.orders.sampling.looks import Count
from seedsoil.experiment.orders.sampling.samples import Cultured, Tube, what_samples_lack
from seedsoil.experiment.protocol import Order, Protocol
from seedsoil.experiment.timeline import build_programme
from seedsoil.foundation.errors import ModelError
from seedsoil.observe.response import Follow
from seedsoil.observe.scan import site_contrast
from seedsoil.observe.stage import nodal_sites, stager

Event = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass
class Arm:
    """One patient in one arm while it runs.

    ``regimens`` are the courses under their rules; what follows from them (``given``, ``timeline``, ``model`` ...) is
    worked out by ``retime``; ``ways`` keeps what the circulation makes of cells let go or shed.
    ``line`` is the follow-up since the last of ``progressions``, ``chart`` what instruments
    have shown, ``judged`` which orders under a condition are done, ``first_burdens`` what the first scan of each instrument
    showed [mm^3], ``released`` the cells that shunts have let go so far, ``injected`` the day, the cells and where they
    arrested for each injection of cells, ``labelled`` the counts of their label that are to come,
    ``done`` the orders that were carried out, but for drugs and autopsies, each with its day.
    """

    grown: Grown
    vessels: Vasculature
    state: State
    regimens: list[Regimen]
    end: float
    without: tuple[str, ...]
    follow: Follow
    line: Follow = field(init=False)
    chart: Chart = field(init=False)
    judged: dict[Hashable, bool] = field(default_factory=dict)
    given: list[Given] = field(init=False)
    dosing: Dosing = field(init=False)
    agents: Sequence[Agent] = ()
    flows: Mapping[str, float | None] = field(init=False)
    timeline: Timeline = field(init=False)
    conditions: Floats = field(init=False)
    model: Model = field(init=False)
    wounds: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    observations: list[tuple[float, str, int, int, float]] = field(default_factory=list)
    assessed: list[tuple[float, str, int, str, float]] = field(default_factory=list)
    biopsies: list[tuple[float, int, int, int, float]] = field(default_factory=list)
    single_cells: list[tuple[float, int, int, int]] = field(default_factory=list)
    cultured: list[Cultured] = field(default_factory=list)
    blood: list[Tube] = field(default_factory=list)
    autopsies: list[Organ] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    labelled: tuple[Count, ...] = ()
    injected: dict[int, tuple[float, float, Floats]] = field(default_factory=dict)
    contrasts: dict[str, Floats] = field(default_factory=dict)
    first_burdens: dict[str, float] = field(default_factory=dict)
    released: dict[int, tuple[Floats, int]] = field(default_factory=dict)
    ways: dict[tuple[str, bool, int], Floats] = field(default_factory=dict)
    done: list[tuple[float, Order]] = field(default_factory=list)
    progression_day: float = math.nan
    progressions: int = 0
    end_day: float = math.nan
    alive: bool = True
    followed: bool = True
    cause: str = ""
    ending: str = ""
    baseline_taken: bool = False

    def __post_init__(self) -> None:
        self.line = self.follow
        tumour, host = self.grown.patient.tumour, self.grown.patient.host
        names = tuple(site.name for site in host.anatomy.sites)
        stage = stager(tumour.staging, host, host.anatomy.index(tumour.site))
        self.chart = Chart(stage, names, nodal_sites(host))
        self.retime()

    @property
    def today(self) -> float:
        """Days since diagnosis."""
        return self.state.clock.item(NOW) - self.grown.day

    @property
    def week(self) -> int:
        """Number of today's step on the engine's grid: it addresses the luck of looking."""
        return round(self.state.clock.item(NOW) / STEP_DAYS)

    @property
    def progressed(self) -> bool:
        """Whether a scan has shown progression."""
        return not math.isnan(self.progression_day)

    @property
    def condition(self) -> int:
        """Row of the model's conditions that holds now."""
        return int(self.timeline.condition[self.piece])

    @property
    def piece(self) -> int:
        """Row of the timeline that holds now."""
        now = float(self.state.clock[NOW])
        place = int(np.searchsorted(self.timeline.start, now + 1e-9, side="right")) - 1
        return place if place >= 0 and now < self.timeline.end[place] - 1e-9 else -1

    @property
    def signals(self) -> Levels:
        """The host's signals that hold now, as the one condition there is."""
        return Levels(self.conditions[self.condition][None, :], self.without)

    @property
    def resting(self) -> Levels:
        """The host's signals at rest."""
        return Levels(self.conditions[0][None, :], self.without)

    def note(self, day: float, kind: str, detail: str) -> None:
        """Enter an event."""
        self.events.append({"day": day, "kind": kind, "detail": detail})

    def sites(self, names: Sequence[str]) -> list[int]:
        """Places of sites in the anatomy."""
        return [self.grown.patient.host.anatomy.index(name) for name in names]

    def mechanisms(self, mask: int) -> tuple[str, ...]:
        """Names of the mechanisms of resistance in a mask."""
        known = self.grown.patient.tumour.mechanisms
        return tuple(mechanism.name for bit, mechanism in enumerate(known) if mask >> bit & 1)

    def contrast(self, instrument: str) -> Floats:
        """How well lesions stand out at each site to an instrument (sites,): see `site_contrast`."""
        if instrument not in self.contrasts:
            self.contrasts[instrument] = site_contrast(self.grown.patient.host, instrument)
        return self.contrasts[instrument]

    def new_line(self) -> Follow:
        """A follow-up that has seen nothing yet."""
        return Follow(nodes=nodal_sites(self.grown.patient.host))

    def retime(self) -> None:
        """Work out anew, after rules or wounds have changed them, all doses and what the patient is exposed to."""
        patient = self.grown.patient
        self.dosing = dosing(self.regimens, patient.host, self.end)
        self.given = [one for one in self.dosing.given if one.days.size]
        known = [*self.agents, *(one.agent for one in self.given)]
        self.agents = list({agent.name: agent for agent in known}.values())
        regions, self.flows = _arteries(self.grown, self.agents)
        programme = build_programme(
            self.given, self.agents, self.flows, self.grown.day, self.end, patient, self.wounds, self.without
        )
        self.timeline, self.conditions = programme.timeline, programme.conditions
        self.model = build_model(
            patient, self.vessels, self.agents, regions, self.without, self.conditions, programme.shut
        )
        self.ways.clear()
        # Cells that were let go today and still wait meet the host as the new conditions have him.
        self.state.pending[: self.state.count[PENDING], SEED_CONDITION] = self.condition
        tracked = int(self.state.clock[TRACKED]) | _tracked(self.grown, self.given, self.without)
        self.state.clock[TRACKED] = float(tracked)


def _arteries(grown: Grown, agents: Sequence[Agent]) -> tuple[list[int], dict[str, float | None]]:
    """For each agent the site whose artery it may go into, and that artery's flow [L/day]."""
    regions: list[int] = []
    flows: dict[str, float | None] = {}
    for agent in agents:
        region, flow = -1, None
        for position, site in enumerate(grown.patient.host.anatomy.sites):
            if site.artery in agent.routes and site.arterial_flow is not None:
                region, flow = position, float(site.arterial_flow)
        regions.append(region)
        flows[agent.name] = flow
    return regions, flows


def _tracked(grown: Grown, given: Sequence[Given], without: Collection[str]) -> int:
    """Bits of the mechanisms that resist a drug of this arm: such clones keep their identity."""
    bits = 0
    if "resistance" not in without:
        for bit, mechanism in enumerate(grown.patient.tumour.mechanisms):
            if any(mechanism.name in one.agent.resistance for one in given if one.touches_cells):
                bits |= 1 << bit
    return bits


def open_arm(
    grown: Grown, vessels: Vasculature, agents: Mapping[str, Agent], protocol: Protocol, until: float,
    without: Collection[str] = (),
) -> Arm:  # fmt: skip
    """Branch an arm from the day of diagnosis.

    Raises
    ------
    ModelError
        If the patient was grown with other mechanisms, or lacks what an order needs.
    """
    if irradiated := [order for order in protocol.irradiations if grown.patient.tumour.radiosensitivity is None]:
        raise ModelError(
            f"{irradiated[0].sentence()}, but tumour {grown.patient.tumour.name!r} has no radiosensitivity: "
            "give it one, or leave the radiation out"
        )
    if lacking := what_samples_lack(protocol.draws, protocol.cultures, grown.patient):
        raise ModelError(lacking)
    courses = [one for one in protocol.courses if one.amount_mg > 0.0 and "drug effects" not in without]
    state = copy_state(grown.state)
    # The primary is taken out on the day that was planned; whether anything else is, scans decide.
    planned = [order for order in protocol.resections if order.target == "primary" and order.only_if is None]
    wounds = [order.at_day for order in planned]
    arm = Arm(
        grown, vessels, state, regimens(courses, [agents[one.agent] for one in courses]), until, tuple(without),
        Follow(nodes=nodal_sites(grown.patient.host)), wounds=wounds,
        labelled=tuple(one for one in protocol.counts if one.what == "label"),
    )  # fmt: skip
    if arm.model.mask.shape[0] + SLOTS_BEYOND_TYPES != state.cells.shape[1]:
        raise ModelError("an arm must be opened with the mechanisms that its patient was grown with: same `without`")
    growing = int(np.sum(state.lesion[1 : state.count[LESIONS], CELLS] > 0))
    arm.note(0.0, "diagnosis", f"{growing} growing {'metastasis' if growing == 1 else 'metastases'} in truth")
    for course in protocol.courses:
        if course.after is None and course.only_if is None:
            arm.note(course.start, "dose_course", course.sentence())
    return arm
