"""From the engine's arrays to the twin's objects: read once, and from there on nothing knows a column's number."""

from __future__ import annotations

import math

from seedsoil.biology.soils.vessels import (
    ANG2_BLOCKED,
    CONSTANTS,
    ENDOTHELIUM_KILLED,
    FLOW_RAISED,
    INTEGRIN_BLOCKED,
    PERICYTES_LOST,
    SPROUTING_RAISED,
    VEGF_BLOCKED,
)
from seedsoil.body import state as at
from seedsoil.body.state import FATES, NODES, Model, State, Timeline
from seedsoil.body.twin.person import (
    Agent,
    Arrival,
    Clone,
    Condition,
    Kind,
    Lesion,
    Line,
    Person,
    Rules,
    Seed,
    Site,
    Window,
)

#: Where the engine's tables keep what here has a name.
_SITE = {
    "division": at.DIVISION, "death": at.DEATH, "co_option": at.CO_OPTION, "opening": at.OPENING,
    "ceiling": at.CEILING, "ceiling_spread": at.CEILING_SPREAD, "lethal": at.LETHAL, "quiescence": at.QUIESCENCE,
    "shelter": at.SHELTER, "fibroblasts": at.FIBROBLASTS, "lymphocytes": at.LYMPHOCYTES, "seen": at.SEEN,
    "macrophages": at.MACROPHAGES, "vegf_output": at.VEGF_OUTPUT, "switching": at.SWITCHING,
    "departing": at.DEPARTING, "half_catch": at.HALF_CATCH, "confined": at.CONFINED, "drive": at.DRIVE,
}  # fmt: skip
_TRAIT = {
    "hit_rate": at.HIT_RATE, "instability_rate": at.INSTABILITY_RATE, "hypoxic_death": at.HYPOXIC_DEATH,
    "rim": at.RIM, "switch_rate": at.SWITCH_RATE, "shedding": at.SHEDDING, "shed_gain": at.SHED_GAIN,
    "shed_power": at.SHED_POWER, "waking": at.WAKING, "wakes": at.WAKES, "replacement": at.REPLACEMENT, "slow": at.SLOW,
    "burden_hazard": at.BURDEN_HAZARD, "burden_power": at.BURDEN_POWER, "reseeding": at.RESEEDING,
    "sprouting": at.SPROUTING_ON, "hypoxia": at.HYPOXIA_ON, "founder_spread": at.FOUNDER_SPREAD,
    "sensitivity_spread": at.SENSITIVITY_SPREAD,
    "flow": at.TISSUE_FLOW, "immune_kill": at.KILL_RATE, "half_size": at.HALF_SIZE, "turnover": at.TURNOVER,
    "recruitment": at.RECRUITMENT, "recruitment_size": at.RECRUITMENT_SIZE, "exhaustion": at.EXHAUSTION, "entry": at.ENTRY, "contacts": at.CONTACTS,
    "expansion": at.EXPANSION, "targets": at.TARGETS, "bystanders": at.BYSTANDERS,
    "shelter_fold": at.SHELTER_FOLD, "shelter_time": at.SHELTER_TIME, "contact_depth": at.CONTACT_DEPTH,
    "stroma_time": at.STROMA_TIME, "restraint": at.RESTRAINT, "hindrance": at.HINDRANCE,
    "holding": at.HOLDING, "exposed": at.EXPOSED, "onset": at.ONSET, "capacity": at.CAPACITY,
}  # fmt: skip
_AGENT = {
    "maximum": at.MAXIMUM, "power": at.POWER, "cycle": at.CYCLE, "passage": at.PASSAGE,
    "permeability": at.PERMEABILITY, "loss": at.TISSUE_LOSS, "held": at.HELD, "held_power": at.HELD_POWER,
}  # fmt: skip
_SIGNAL = {
    "vegf_blocked": VEGF_BLOCKED, "ang2_blocked": ANG2_BLOCKED, "pericytes_lost": PERICYTES_LOST,
    "sprouting_raised": SPROUTING_RAISED, "integrins_blocked": INTEGRIN_BLOCKED,
    "endothelium_killed": ENDOTHELIUM_KILLED, "flow_raised": FLOW_RAISED,
}  # fmt: skip


def _named(row: list[float], places: dict[str, int]) -> dict[str, float]:
    return {name: row[place] for name, place in places.items()}


def _conditions_of(model: Model) -> list[Condition]:
    """Read what each condition makes of every site, and of every agent's half effect."""
    conditions = []
    read = (
        model.site, model.fitness, model.hormone_death, model.hormone_vegf, model.emission, model.landing,
        model.half_power, model.held_half_power, model.shut,
    )  # fmt: skip
    for site, fitness, starved, muted, emission, landing, half_power, held_half_power, shut in zip(
        *(each.tolist() for each in read), strict=True
    ):
        sites = [
            Site(
                **_named(row, _SITE),
                fitness=tuple(fit),
                destinations={place: chance for place, chance in enumerate(arriving) if chance > 0.0},
                landings={place: chance for place, chance in enumerate(landed) if chance > 0.0},
            )
            for row, fit, arriving, landed in zip(site, fitness, emission, landing, strict=True)
        ]
        conditions.append(Condition(sites, starved, muted, half_power, held_half_power, shut))
    return conditions


def rules_of(model: Model, timeline: Timeline) -> Rules:
    """Read the rules out of the tables of an arm."""
    trait, conditions = model.trait.tolist(), _conditions_of(model)
    hits = int(trait[at.HITS])
    columns = zip(model.mask.tolist(), model.instability.tolist(), model.competent.tolist(), strict=True)
    kinds = [Kind(n, n % (hits + 1), n // (hits + 1) % 2 == 1, *column) for n, column in enumerate(columns)]
    agents = [Agent(**_named(row, _AGENT), region=int(row[at.REGION])) for row in model.agent.tolist()]
    silence = [[0.0] * NODES for _ in agents]
    windows = [
        Window(
            start, end, plasma, artery, conditions[condition], [conditions[each] for each in behind],
            **_named(signal, _SIGNAL),
        )
        for start, end, plasma, artery, signal, condition, behind in zip(
            [*timeline.start.tolist(), -math.inf], [*timeline.end.tolist(), -math.inf],
            [*timeline.plasma.tolist(), silence], [*timeline.artery.tolist(), silence],
            timeline.signal.tolist(), timeline.condition.tolist(), timeline.behind.tolist(), strict=True,
        )
    ]  # fmt: skip
    return Rules(
        conditions=conditions, otherwise=windows.pop(), windows=windows, kinds=kinds, agents=agents,
        vessels=dict(zip(CONSTANTS, model.vessels.tolist(), strict=True)),
        mechanisms=model.mechanism_rate.tolist(), folds=model.induced_fold.tolist(), reversals=model.reversal_rate.tolist(),
        antigen=model.antigen.tolist(), favour=model.favour.T.tolist(), hits=hits,
        established=max(1.0, trait[at.ESTABLISHED]),
        **_named(trait, _TRAIT),
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
        arrived=row[at.ARRIVED], began=row[at.BEGAN], active=row[at.ACTIVE], clock=row[at.CLOCK], replaces=row[at.REPLACES] > 0.5,
        vigour=row[at.VIGOUR], openness=row[at.OPENNESS], sensitivity=row[at.SENSITIVITY],
        sprouts=row[at.SPROUTS] > 0.5, immature=row[at.IMMATURE], mature=row[at.MATURE],
        perfusion=row[at.PERFUSION], hypoxia=row[at.HYPOXIA], leak=row[at.LEAK],
        borrowed_lost=row[at.BORROWED_LOST], excited=row[at.EXCITED], sheltered=row[at.SHELTERED],
        stroma=row[at.STROMA], called=row[at.CALLED], inside=row[at.INSIDE], catch=row[at.CATCH], cells=row[at.CELLS], largest=row[at.LARGEST], clones=clones,
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
        Seed(
            day,
            int(origin),
            rules.kinds[int(kind)],
            int(line),
            int(site),
            int(key),
            rules.conditions[int(condition)],
            int(lesion),
        )
        for (day, origin, kind, line, site, condition, lesion), key in zip(
            state.pending[: count[at.PENDING]].tolist(), state.pending_key[: count[at.PENDING]].tolist(), strict=True
        )
    ]
    arrivals = [
        Arrival(day, int(origin), int(lesion), int(line))
        for day, origin, lesion, line in state.arrival[: count[at.ARRIVALS]].tolist()
    ]
    return Person(
        today=clock[at.NOW], step=count[at.STEP],
        lesions=[_lesion_of(state, number, rules) for number in range(count[at.LESIONS])], lines=lines, seeds=seeds, arrivals=arrivals,
        hazard=clock[at.HAZARD], spent=clock[at.SPENT], threshold=clock[at.THRESHOLD], death_day=clock[at.DEATH_DAY],
        cause=int(clock[at.CAUSE]), mortality=clock[at.MORTALITY], mortality_slope=clock[at.MORTALITY_SLOPE],
        tracked=int(clock[at.TRACKED]),
    )  # fmt: skip
