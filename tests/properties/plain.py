"""A tumour, a host and agents written out in round numbers: properties of the engine that owe nothing to the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args

import numpy as np

from seedsoil.biology.clone import Dialogue, Mechanism, Spread, Tumour, Visibility
from seedsoil.biology.journey.anatomy import Anatomy, Site, Vessel
from seedsoil.biology.medicine.drug import (
    Agent,
    Block,
    Cytostasis,
    Delivery,
    Distribution,
    EndothelialKill,
    Kill,
    Raise,
)
from seedsoil.biology.patient import Host, Patient
from seedsoil.biology.signals import SIGNALS, resting
from seedsoil.biology.soils.factors import Addressins, Factors
from seedsoil.biology.soils.host_cells import (
    Healing,
    HostCells,
    Immunity,
    Infiltration,
    Inflammation,
    Protection,
    Stroma,
)
from seedsoil.biology.soils.soil import Barrier, Residents, Soil
from seedsoil.body.model import build_model
from seedsoil.body.state import CELLS, LESIONS, NODES, STEP_DAYS, VIGOUR, Model, Timeline, with_room
from seedsoil.experiment.signalling import conditions, vessel_rows
from seedsoil.foundation.value import Quantity, Value
from tests.properties.examples import TWO_POOL, follow, lesion_of, own


def valued(number: float, unit: str = "1") -> Value:
    """A number that a test assumes."""
    return Value(number=float(number), unit=unit, grade="assumed", source="assumed")


def made(kind: Any, **given: Any) -> Any:
    """A noun; numbers become Values in the unit of their field."""
    fields = {name: _valued(kind.model_fields[name], item) for name, item in given.items()}
    return kind(**fields)


def _valued(field: Any, item: Any) -> Any:
    if not isinstance(item, int | float) or isinstance(item, bool):
        return item
    marks = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in get_args(part))]
    unit = next((mark.unit for mark in marks if isinstance(mark, Quantity)), "1")
    return valued(item, unit)


def _levels(kind: Any, given: Mapping[str, float]) -> Any:
    return made(kind, **{name: given.get(name, 0.0) for name in kind.model_fields})


def factors(**given: float) -> Factors:
    """Growth factors or their receptors; those not named are 0."""
    found: Factors = _levels(Factors, given)
    return found


def residents(**given: float) -> Residents:
    """Host cells of a tissue; those not named are 0."""
    found: Residents = _levels(Residents, given)
    return found


def with_numbers(noun: Any, **given: Any) -> Any:
    """A noun with other fields; numbers become Values."""
    fields = type(noun).model_fields
    return noun.model_copy(update={name: _valued(fields[name], item) for name, item in given.items()})


#: Grows at 0.1 and dies at 0.05 a day where it gets all it needs. No group of the host's cells concerns it.
TUMOUR: Tumour = made(
    Tumour, name="plain", title="Plain tumour", site="skin",
    division_rate=0.1, death_rate=0.05, hypoxic_death_rate=0.05, unmatched_death_rate=0.02,
    receptors=factors(egf=0.6, igf=0.6), survival_receptors=factors(egf=0.6, igf=0.6), ligand_half_saturation=0.25,
    adhesion=_levels(Addressins, {"selectin": 0.4, "integrin": 0.4, "chemokine": 0.4}),
    diffusion_rim=0.14, co_option=0.0, replacement_share=0.0, primary_sprouts=1.0, angiogenic_switch_rate=1e-3,
    shedding_rate=3e-4, hypoxic_shedding_gain=4.0, hypoxic_shedding_power=2.0, viable_when_shed=0.5,
    transit_loss_rate=100.0, transit_time=1e-3, early_loss_rate=1.0, early_loss_time=1.0, extravasation_rate=1.0,
    intravascular_death_rate=1.0, quiescence_rate=0.2, dormancy_sensitivity=1.0, wake_rate=0.01,
    dormant_death_rate=0.01, establishment_size=50.0, hits=0.0, hit_rate=0.0, instability_rate=0.0,
    instability_factor=5.0,
)  # fmt: skip

SPREAD: Spread = made(
    Spread, protease_dependence=0.8, cluster_share=0.1, cluster_size_trap=0.95, cluster_gain=20.0,
    platelet_cloak=0.9, platelet_grip=0.5, natural_killer_loss_rate=2.0,
)  # fmt: skip
VISIBILITY: Visibility = made(Visibility, antigen=1.0, checkpoint=0.0)
DIALOGUE: Dialogue = made(
    Dialogue, vegf_output=1.0, endothelial_support=factors(), endothelin_receptors=1.0, gap_junctions=1.0,
    stroma_recruitment=1.0, inflammation_dependence=1.0,
)  # fmt: skip

IMMUNITY: Immunity = made(
    Immunity, kill_rate=0.3, half_size=1e6, turnover=0.04, recruitment=0.0, recruitment_size=2e7, exhaustion=0.0,
    macrophage_gain=1.0,
)  # fmt: skip
INFILTRATION: Infiltration = made(Infiltration, entry=0.001, contacts=200.0, expansion=0.5, targets=4.0, bystanders=0.5)
PROTECTION: Protection = made(Protection, fold=4.0, programme_time=2.0, occupancy_half=0.0, contact_depth=0.05)
STROMA: Stroma = made(Stroma, turnover_time=10.0, supply=0.5, restraint=0.2, hindrance=3.0)
INFLAMMATION: Inflammation = made(Inflammation, macrophage_share=0.5, supply=0.5, vegf=1.0, shedding=1.0)
HEALING: Healing = made(Healing, half_life=7.0, supply=0.5, switch_gain=3.0)


def soil(name: str, **changes: Any) -> Soil:
    """A tissue that offers half of each common factor, with the reference's vessels and no host cells."""
    plain: Soil = made(
        Soil, name=name, title=name.capitalize(), ligands=factors(egf=0.5, igf=0.5),
        addressins=_levels(Addressins, {"selectin": 0.5, "integrin": 0.5, "chemokine": 0.5}),
        dormancy_cue=0.5, vessel_density=100.0, lethal_volume=1e6,
    )  # fmt: skip
    found: Soil = with_numbers(plain, **changes)
    return found


def barrier(opening: float = 0.25, ceiling: float = 0.12, **changes: Any) -> Barrier:
    """A barrier that is the same about every lesion."""
    found: Barrier = made(Barrier, opening_diameter=opening, ceiling=ceiling, **changes)
    return found


_SITES, _HELD = ("veins", "lung", "arteries", "liver", "brain", "skin"), 0.5
_WAYS = (("veins", "lung", 1.0), ("lung", "arteries", 1.0), ("arteries", "liver", 0.3), ("arteries", "brain", 0.2),
         ("arteries", "skin", 0.5), ("liver", "veins", 1.0), ("brain", "veins", 1.0), ("skin", "veins", 1.0))  # fmt: skip
ORGANS = ("lung", "liver", "brain", "skin")
#: Where each site stands in the tables.
AT = {name: place for place, name in enumerate(_SITES)}

ANATOMY: Anatomy = Anatomy(
    name="plain",
    sites=tuple(
        made(Site, name=name, soil=name if name in ORGANS else "", size_trap=_HELD if name in ORGANS else 0.0)
        for name in _SITES
    ),
    vessels=tuple(made(Vessel, source=source, target=target, share=share) for source, target, share in _WAYS),
)


def host(cells: Any = None, **soils: Any) -> Host:
    """A body of four organs in which vessels keep the mouse's time and nobody dies; ``soils`` replace its own."""
    found: Host = made(
        Host, name="plain", title="Plain host", weight=0.025, body_surface=0.0075, age=0.2, cardiac_output=20.0,
        anatomy=ANATOMY, soils=tuple(soils.get(name, soil(name)) for name in ORGANS), vascular_timescale=1.0,
        burden_hazard=0.0, burden_power=2.0, mortality_at_fifty=0.0, mortality_slope=0.0, cells=cells,
    )  # fmt: skip
    return found


def host_cells(**laws: Any) -> HostCells:
    """The laws of host cells that are named; blood flows through tissue 500 times its volume a day."""
    found: HostCells = made(HostCells, tissue_flow=500.0, **laws)
    return found


def who(body: Host | None = None, **changes: Any) -> Patient:
    """A patient with the plain tumour, some of its fields changed."""
    return Patient(tumour=with_numbers(TUMOUR, **changes), host=host() if body is None else body)


def mechanism(name: str, rate: float = 0.0, **changes: Any) -> Mechanism:
    """A heritable change that costs nothing."""
    found: Mechanism = made(Mechanism, name=name, rate=rate, fitness_cost=0.0, **changes)
    return found


def agent(
    name: str, *, kill: Sequence[float] = (), cytostasis: Sequence[float] = (), endothelial: Sequence[float] = (),
    blocks: Mapping[str, float] | None = None,
    raises: Mapping[str, Sequence[float]] | None = None, delivery: Sequence[float] = (), passage: float = 1.0,
    **resistance: float,
) -> Agent:  # fmt: skip
    """An agent by what it does.

    ``kill``: maximum, half, power, cycle specificity; ``cytostasis`` and ``endothelial``: maximum, half, power; ``blocks``: half by signal;
    ``raises``: half, maximum and power by signal; ``delivery``: permeability and loss; the rest: fold by mechanism.
    """
    kinds = {
        "kill": (Kill, ("maximum", "half", "power", "cycle_specificity"), kill),
        "endothelial_kill": (EndothelialKill, ("maximum", "half", "power"), endothelial),
        "cytostasis": (Cytostasis, ("maximum", "half", "power"), cytostasis),
        "delivery": (Delivery, ("permeability", "loss"), delivery),
    }
    effects = {
        field: made(kind, **dict(zip(names, numbers, strict=True)))
        for field, (kind, names, numbers) in kinds.items()
        if numbers
    }
    found: Agent = made(
        Agent, name=name, title=name.capitalize(), routes=("iv",), distribution=made(Distribution, clearance=1.0, volume=1.0),
        blocks=tuple(made(Block, target=target, half=half) for target, half in (blocks or {}).items()),
        raises=tuple(
            made(Raise, target=target, half=half, maximum=most, power=power)
            for target, (half, most, power) in (raises or {}).items()
        ),
        resistance={name: valued(fold) for name, fold in resistance.items()},
        barrier_passage=passage, **effects,
    )  # fmt: skip
    return found


def compiled(person: Patient, without: Collection[str] = (), vessels: Any = TWO_POOL, **levels: float) -> Model:
    """The tables of a patient at rest and, as a second condition, with some signals at these levels."""
    rows = resting()
    if levels:
        rows = np.repeat(rows, 2, axis=0)
        for name, level in levels.items():
            rows[1, SIGNALS.index(name)] = level
    return own(build_model(person, vessels, without=without, conditions=rows))


#: A stretch of days with the level of each agent [mg/L] in it; "wound" stands for a wound's level of healing.
Period = tuple[float, Mapping[str, float]]


def exposed(
    person: Patient, agents: Sequence[Agent], periods: Sequence[Period], without: Collection[str] = (),
) -> tuple[Model, Timeline]:  # fmt: skip
    """Model and timeline of a patient under constant levels, one period after the other from day 0 on."""
    levels = np.array([[period.get(each.name, 0.0) for each in agents] for _, period in periods]).reshape(
        len(periods), -1
    )
    plasma = np.ascontiguousarray(np.repeat(levels[:, :, None], NODES, axis=2))
    wound = np.array([period.get("wound", 0.0) for _, period in periods])
    told = conditions(agents, plasma, wound, person, without)
    ends = np.cumsum([days for days, _ in periods], dtype=np.float64)
    signal = vessel_rows(agents, plasma, person, without)
    timeline = Timeline(
        start=np.append(0.0, ends[:-1]), end=ends, plasma=plasma, artery=np.zeros_like(plasma),
        signal=np.vstack([signal, np.zeros((1, signal.shape[1]))]),
        condition=told.condition, behind=told.behind,
    )  # fmt: skip
    return build_model(person, TWO_POOL, agents, [-1] * len(agents), without, told.rows, told.shut), timeline


def lived(
    person: Patient, periods: Sequence[Period], agents: Sequence[Agent] = (), without: Collection[str] = (), *,
    site: str = "skin", cells: float = 1e8, kind: int = 0, every: float = STEP_DAYS, **lesion: Any,
) -> Any:  # fmt: skip
    """Rows of one lesion, looked at ``every`` so many days, while the periods last [looks, columns]."""
    model, timeline = exposed(person, agents, periods, without)
    state = lesion_of(model, AT[site], cells, **lesion)
    state.kind[0, 0] = kind
    return follow(model, state, sum(days for days, _ in periods), every=every, timeline=timeline)[1]


def speed(rows: Any, cells: float = 1e8, every: float = STEP_DAYS) -> float:
    """Net growth from the start to the last look [1/day]."""
    return float(np.log(rows[-1, CELLS] / cells) / (every * len(rows)))


def seeded(
    person: Patient, agents: Sequence[Agent] = (), levels: Mapping[str, float] | None = None, without: Collection[str] = (), *,
    site: str = "skin", vigour: float = 0.0,
) -> Any:  # fmt: skip
    """Lesions that one vascular lesion of 1e8 cells founds in a week under constant levels [lesions, columns]."""
    model, timeline = exposed(person, agents, [(STEP_DAYS, levels or {})], without)
    state = with_room(lesion_of(model, AT[site], 1e8, vessels=(1.5, 0.6)), 10000, 0)
    state.lesion[0, VIGOUR] = vigour
    state, _ = follow(model, state, STEP_DAYS, timeline=timeline)
    return state.lesion[1 : state.count[LESIONS]]


def differing(one: Model, other: Model) -> set[str | int]:
    """What differs between two models: columns of ``site`` by their number, other tables by their name."""
    columns = range(one.site.shape[2])
    found: set[str | int] = {
        place for place in columns if not np.array_equal(one.site[..., place], other.site[..., place])
    }
    names = set(one._fields) - {"site"}
    return found | {name for name in names if not np.array_equal(getattr(one, name), getattr(other, name))}
