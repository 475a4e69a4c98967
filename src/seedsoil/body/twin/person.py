"""The nouns of the plain twin: a person, the lesions, the clones, and the rules that they live by, as objects.

What the engine carries for others (sizes at diagnosis, days of detection) has no place here: no law reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """A type of cell: what it carries. ``mask`` has a bit for each mechanism of resistance."""

    number: int
    hits: int
    unstable: bool
    mask: int
    instability: float
    competent: float


@dataclass(frozen=True)
class Site:
    """Where a lesion may lie, as a condition leaves it: rates of a cell, its barrier, host cells, and ways out.

    ``fitness`` is the division of each mask against the founder's; ``destinations`` says where emigrants found lesions,
    ``landings`` where they live a day without founding one, so that a lesion could have them.
    """

    division: float
    death: float
    co_option: float
    opening: float
    ceiling: float
    ceiling_spread: float
    lethal: float
    quiescence: float
    shelter: float
    fibroblasts: float
    lymphocytes: float
    seen: float
    macrophages: float
    vegf_output: float
    switching: float
    departing: float
    half_catch: float
    confined: float
    drive: float
    fitness: tuple[float, ...]
    destinations: dict[int, float]
    landings: dict[int, float]


@dataclass(frozen=True)
class Condition:
    """What agents and wounds make of the host for a while: its sites, and (half * fold) ** power of kills and of divisions held [agents][masks].

    ``starved`` dies for want of a hormone [1/day], and ``muted`` is the share of VEGF with oxygen not made for want of it [masks].
    ``shut`` is the number of the condition that a cell meets which arrives behind a barrier.
    """

    sites: list[Site]
    starved: list[float]
    muted: list[float]
    half_power: list[list[float]]
    held_half_power: list[list[float]]
    shut: int


@dataclass(frozen=True)
class Agent:
    """A drug: greatest kill [1/day] and its Hill power, share of divisions held at most and its own, and how it passes from blood to a cell."""

    maximum: float
    power: float
    cycle: float
    passage: float
    region: int
    permeability: float
    loss: float
    held: float
    held_power: float


@dataclass(frozen=True)
class Window:
    """Days over which all is known: drug levels at three nodes [agents][nodes, mg/L], the host, signals to vessels.

    ``behind``: what lesions behind a barrier feel instead, from shut (first) to wide open (last).
    """

    start: float
    end: float
    plasma: list[list[float]]
    artery: list[list[float]]
    condition: Condition
    behind: list[Condition]
    vegf_blocked: float
    ang2_blocked: float
    pericytes_lost: float
    sprouting_raised: float
    integrins_blocked: float
    endothelium_killed: float
    flow_raised: float


@dataclass(frozen=True)
class Rules:
    """Everything that does not change while a person is followed. Rates per day, lengths in mm.

    ``otherwise`` holds outside all windows, the first of the conditions is the host whom nobody touches (``resting``). ``favour`` says for each site, and
    for mothers by an eighth of a founder's width, how often their founders succeed against those of a usual one.
    """

    conditions: list[Condition]
    otherwise: Window
    windows: list[Window]
    favour: list[list[float]]
    kinds: list[Kind]
    agents: list[Agent]
    vessels: dict[str, float]
    mechanisms: list[float]
    folds: list[float]
    reversals: list[float]
    antigen: list[float]
    hits: int
    hit_rate: float
    instability_rate: float
    hypoxic_death: float
    rim: float
    switch_rate: float
    shedding: float
    shed_gain: float
    shed_power: float
    waking: float
    wakes: float
    established: float
    replacement: float
    slow: float
    burden_hazard: float
    burden_power: float
    reseeding: float
    sprouting: float
    hypoxia: float
    founder_spread: float
    sensitivity_spread: float
    flow: float
    immune_kill: float
    half_size: float
    turnover: float
    recruitment: float
    recruitment_size: float
    exhaustion: float
    entry: float
    contacts: float
    expansion: float
    targets: float
    bystanders: float
    shelter_fold: float
    shelter_time: float
    contact_depth: float
    stroma_time: float
    restraint: float
    hindrance: float
    holding: float
    exposed: float
    onset: float
    capacity: float

    @property
    def resting(self) -> Condition:
        """The host whom nobody touches."""
        return self.conditions[0]

    def alterations(self, kind: Kind, strain: float) -> Iterator[tuple[float, Kind]]:
        """Give all that can still happen to a dividing cell: chance per division [1], and what the mutant is.

        Under strain by drugs (1: they kill with all their might) those mechanisms come oftener that drugs bring about.
        """
        if kind.hits < self.hits:
            yield self.hit_rate * kind.instability, self.kind(kind.hits + 1, kind.unstable, kind.mask)
        if not kind.unstable:
            yield self.instability_rate * kind.instability, self.kind(kind.hits, True, kind.mask)
        for number, (rate, fold) in enumerate(zip(self.mechanisms, self.folds, strict=True)):
            if not kind.mask & (1 << number):
                mask = kind.mask | (1 << number)
                often = rate * (1.0 - strain + fold * strain)
                yield often * kind.instability, self.kind(kind.hits, kind.unstable, mask)

    def losses(self, kind: Kind, strain: list[float]) -> Iterator[tuple[float, Kind]]:
        """Give the mechanisms that a cell can lose again: rate [1/day], and what it then is.

        Under strain by drugs, which is told for each mask, they last: as far as the cell would be strained without them.
        """
        for number, rate in enumerate(self.reversals):
            if kind.mask & (1 << number):
                bare = kind.mask ^ (1 << number)
                yield rate * (1.0 - self.holding * strain[bare]), self.kind(kind.hits, kind.unstable, bare)

    def kind(self, hits: int, unstable: bool, mask: int) -> Kind:
        """Find the type that carries just this."""
        return next(k for k in self.kinds if (k.hits, k.unstable, k.mask) == (hits, unstable, mask))

    def mutation_chance(self, kind: Kind, strain: float) -> float:
        """Chance that a division brings a mutant of any sort [1]."""
        return min(0.5, sum(rate for rate, _ in self.alterations(kind, strain)))


@dataclass
class Line:
    """A clone's entry in the register of descent: from which line, in which lesion, of what type, since when."""

    parent: int
    lesion: int
    kind: Kind
    pooled: bool
    born: float


@dataclass
class Clone:
    """The cells of one line in one lesion; ``after`` gathers those of the step's end while the step is drawn."""

    cells: float
    kind: Kind
    line: int
    key: int
    after: float = field(default=0.0, compare=False)


@dataclass
class Lesion:
    """A tumour at one site: when it came and from where, its vessels, the host cells about it, its clones.

    Its family grows from the day ``began``, and is counted from ``active`` on.
    ``vigour``, ``openness`` and ``sensitivity`` are logarithms, ``called`` counts lymphocytes beyond those at rest, ``inside`` those
    that were driven into its depth.
    """

    number: int
    site: int
    parent: int
    founder: int
    spring: Kind
    key: int
    fate: str
    arrived: float
    began: float
    active: float
    clock: float
    replaces: bool
    vigour: float
    openness: float
    sensitivity: float = 0.0
    sprouts: bool = False
    immature: float = 0.0
    mature: float = 0.0
    perfusion: float = 0.0
    hypoxia: float = 0.0
    leak: float = 0.0
    borrowed_lost: float = 0.0
    excited: float = 0.0
    sheltered: float = 0.0
    stroma: float = 0.0
    called: float = 0.0
    inside: float = 0.0
    catch: float = 0.0
    cells: float = 0.0
    largest: float = 0.0
    clones: list[Clone] = field(default_factory=list)


@dataclass
class Seed:
    """An emigrant on its way that left under a condition, and will found a lesion, or join one (``lesion``, -1: none)."""

    day: float
    origin: int
    kind: Kind
    line: int
    site: int
    key: int
    condition: Condition = field(compare=False)
    lesion: int


@dataclass
class Arrival:
    """A cell that joined a lesion."""

    day: float
    origin: int
    lesion: int
    line: int


@dataclass
class Person:
    """One patient: lesions (the first is the primary), lines, seeds on their way, and the clock of dying."""

    today: float
    step: int
    lesions: list[Lesion]
    lines: list[Line]
    seeds: list[Seed]
    arrivals: list[Arrival]
    hazard: float
    spent: float
    threshold: float
    death_day: float
    cause: int
    mortality: float
    mortality_slope: float
    tracked: int
