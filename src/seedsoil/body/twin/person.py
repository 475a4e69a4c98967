"""The nouns of the plain twin: a person, the lesions, the clones, and the rules that they live by, as objects.

``rules_of`` and ``person_of`` read the engine's arrays once; from there on nothing knows a column's number. What the
engine carries for others (sizes at diagnosis, days of detection) has no place here: no law reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from seedsoil.biology.vessels import CONSTANTS
from seedsoil.body import state as at
from seedsoil.body.state import FATES, Model, State, Timeline


@dataclass(frozen=True)
class Kind:
    """A type of cell: what it carries, and what that makes of it. ``mask`` has a bit for each mechanism."""

    number: int
    hits: int
    unstable: bool
    mask: int
    fitness: float
    instability: float
    competent: float


@dataclass(frozen=True)
class Site:
    """Where a lesion may lie: rates of a cell there, its barrier, and where its emigrants found lesions."""

    division: float
    death: float
    co_option: float
    opening: float
    ceiling: float
    lethal: float
    sleepers: float
    destinations: dict[int, float]


@dataclass(frozen=True)
class Agent:
    """A drug: greatest kill [1/day], Hill power, and (half * fold) ** power [(mg/L)^power] for each mask."""

    maximum: float
    power: float
    cycle: float
    passage: float
    region: int
    half_power: tuple[float, ...]


@dataclass(frozen=True)
class Window:
    """Days over which drug levels are known: at three nodes [agents][nodes, mg/L], and what is blocked meanwhile."""

    start: float
    end: float
    plasma: list[list[float]]
    artery: list[list[float]]
    vegf: float
    ang2: float
    pericytes: float


@dataclass(frozen=True)
class Rules:
    """Everything that does not change while a person is followed. Rates per day, lengths in mm."""

    sites: list[Site]
    kinds: list[Kind]
    agents: list[Agent]
    windows: list[Window]
    vessels: dict[str, float]
    mechanisms: list[float]
    masks: int
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
    established: float
    replacement: float
    slow: float
    burden_hazard: float
    burden_power: float
    reseeding: float
    sprouting: bool
    hypoxia: float

    def alterations(self, kind: Kind) -> Iterator[tuple[float, Kind]]:
        """Give all that can still happen to a dividing cell: chance per division [1], and what the mutant is."""
        if kind.hits < self.hits:
            yield self.hit_rate * kind.instability, self.kind(kind.hits + 1, kind.unstable, kind.mask)
        if not kind.unstable:
            yield self.instability_rate * kind.instability, self.kind(kind.hits, True, kind.mask)
        for number, rate in enumerate(self.mechanisms):
            if not kind.mask & (1 << number):
                mask = kind.mask | (1 << number)
                yield rate * kind.instability, self.kind(kind.hits, kind.unstable, mask)

    def kind(self, hits: int, unstable: bool, mask: int) -> Kind:
        """Find the type that carries just this."""
        return next(k for k in self.kinds if (k.hits, k.unstable, k.mask) == (hits, unstable, mask))

    def mutation_chance(self, kind: Kind) -> float:
        """Chance that a division brings a mutant of any sort [1]."""
        return min(0.5, sum(rate for rate, _ in self.alterations(kind)))


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
    """A tumour at one site: when it came and from where, its vessels, its clones."""

    number: int
    site: int
    parent: int
    founder: int
    spring: Kind
    key: int
    fate: str
    arrived: float
    active: float
    clock: float
    replaces: bool
    sprouts: bool = False
    immature: float = 0.0
    mature: float = 0.0
    perfusion: float = 0.0
    hypoxia: float = 0.0
    leak: float = 0.0
    cells: float = 0.0
    largest: float = 0.0
    clones: list[Clone] = field(default_factory=list)


@dataclass
class Seed:
    """An emigrant on its way that will found a lesion."""

    day: float
    origin: int
    kind: Kind
    line: int
    site: int
    key: int


@dataclass
class Person:
    """One patient: lesions (the first is the primary), lines, seeds on their way, and the clock of dying."""

    today: float
    step: int
    lesions: list[Lesion]
    lines: list[Line]
    seeds: list[Seed]
    hazard: float
    spent: float
    threshold: float
    death_day: float
    cause: int
    mortality: float
    mortality_slope: float
    tracked: int


def rules_of(model: Model, timeline: Timeline) -> Rules:
    """Read the rules out of the tables of an arm."""
    trait = model.trait.tolist()
    hits = int(trait[at.HITS])
    sites = []
    for row, emission in zip(model.site.tolist(), model.emission.tolist(), strict=True):
        destinations = {site: chance for site, chance in enumerate(emission) if chance > 0.0}
        sites.append(
            Site(
                row[at.DIVISION], row[at.DEATH], row[at.CO_OPTION], row[at.OPENING], row[at.CEILING], row[at.LETHAL],
                row[at.SLEEPERS], destinations,
            )
        )  # fmt: skip
    columns = zip(model.mask.tolist(), model.fitness.tolist(), model.instability.tolist(), model.competent.tolist(),
                  strict=True)  # fmt: skip
    kinds = [Kind(n, n % (hits + 1), n // (hits + 1) % 2 == 1, *column) for n, column in enumerate(columns)]
    agents = [
        Agent(row[at.MAXIMUM], row[at.POWER], row[at.CYCLE], row[at.PASSAGE], int(row[at.REGION]), tuple(half))
        for row, half in zip(model.agent.tolist(), model.half_power.tolist(), strict=True)
    ]
    windows = [
        Window(start, end, plasma, artery, *blocked)
        for start, end, plasma, artery, blocked in zip(*(table.tolist() for table in timeline), strict=True)
    ]
    return Rules(
        sites=sites, kinds=kinds, agents=agents, windows=windows,
        vessels=dict(zip(CONSTANTS, model.vessels.tolist(), strict=True)),
        mechanisms=model.mechanism_rate.tolist(), masks=model.half_power.shape[1], hits=hits,
        hit_rate=trait[at.HIT_RATE], instability_rate=trait[at.INSTABILITY_RATE],
        hypoxic_death=trait[at.HYPOXIC_DEATH], rim=trait[at.RIM], switch_rate=trait[at.SWITCH_RATE],
        shedding=trait[at.SHEDDING], shed_gain=trait[at.SHED_GAIN], shed_power=trait[at.SHED_POWER],
        waking=trait[at.WAKING], established=max(1.0, trait[at.ESTABLISHED]), replacement=trait[at.REPLACEMENT],
        slow=trait[at.SLOW], burden_hazard=trait[at.BURDEN_HAZARD], burden_power=trait[at.BURDEN_POWER],
        reseeding=trait[at.RESEEDING], sprouting=trait[at.SPROUTING_ON] > 0.5, hypoxia=trait[at.HYPOXIA_ON],
    )  # fmt: skip


def _lesion_of(state: State, number: int, rules: Rules) -> Lesion:
    row = state.lesion[number].tolist()
    clones = [
        Clone(
            float(state.cells[number, slot]), rules.kinds[state.kind[number, slot]],
            int(state.clone_of[number, slot]), int(state.slot_key[number, slot]),
        )
        for slot in range(state.used[number])
    ]  # fmt: skip
    return Lesion(
        number=number, site=int(row[at.SITE]), parent=int(row[at.PARENT]), founder=int(row[at.FOUNDER]),
        spring=rules.kinds[int(row[at.SPRING])], key=int(state.lesion_key[number]), fate=FATES[int(row[at.FATE])],
        arrived=row[at.ARRIVED], active=row[at.ACTIVE], clock=row[at.CLOCK], replaces=row[at.REPLACES] > 0.5,
        sprouts=row[at.SPROUTS] > 0.5, immature=row[at.IMMATURE], mature=row[at.MATURE],
        perfusion=row[at.PERFUSION], hypoxia=row[at.HYPOXIA], leak=row[at.LEAK], cells=row[at.CELLS],
        largest=row[at.LARGEST], clones=clones,
    )  # fmt: skip


def person_of(state: State, rules: Rules) -> Person:
    """Read a person out of the engine's arrays, at any moment."""
    clock, count = state.clock.tolist(), state.count.tolist()
    lines = [
        Line(parent, lesion, rules.kinds[kind], bool(pooled), born)
        for (parent, lesion, kind, pooled), born in zip(
            state.clone[: count[at.CLONES]].tolist(), state.clone_born[: count[at.CLONES]].tolist(), strict=True
        )
    ]
    seeds = [
        Seed(day, int(origin), rules.kinds[int(kind)], int(line), int(site), int(key))
        for (day, origin, kind, line, site), key in zip(
            state.pending[: count[at.PENDING]].tolist(), state.pending_key[: count[at.PENDING]].tolist(), strict=True
        )
    ]
    return Person(
        today=clock[at.NOW], step=count[at.STEP],
        lesions=[_lesion_of(state, number, rules) for number in range(count[at.LESIONS])], lines=lines, seeds=seeds,
        hazard=clock[at.HAZARD], spent=clock[at.SPENT], threshold=clock[at.THRESHOLD], death_day=clock[at.DEATH_DAY],
        cause=int(clock[at.CAUSE]), mortality=clock[at.MORTALITY], mortality_slope=clock[at.MORTALITY_SLOPE],
        tracked=int(clock[at.TRACKED]),
    )  # fmt: skip
