"""The pages of the handbook: what an entry of each kind says of itself, section by section."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from pydantic import BaseModel

from seedsoil.biology.clone import Mechanism, Tumour
from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.biology.medicine.delivery import tissue_share
from seedsoil.biology.medicine.drug import Agent, Cytostasis, Delivery, Kill, Toxicity
from seedsoil.biology.patient import Host, Patient
from seedsoil.biology.signals import BLOCKED, RAISED, Levels, resting
from seedsoil.biology.soils.soil import Soil
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.biology.staging import Staging
from seedsoil.catalogue import lesion_pages
from seedsoil.catalogue.load import entry, names
from seedsoil.catalogue.sections import Row, Section, computed, numbers, row, short
from seedsoil.catalogue.words import FAMILIES, ROUTES
from seedsoil.foundation.errors import known_words
from seedsoil.foundation.units import plain

__all__ = ["sections"]

_ACTION = ("maximum", "half", "power")
_GROWTH = (
    "division_rate", "death_rate", "hypoxic_death_rate", "unmatched_death_rate", "ligand_half_saturation",
    "establishment_size",
)  # fmt: skip
_SUPPLY = ("diffusion_rim", "co_option", "replacement_share", "primary_sprouts", "angiogenic_switch_rate")
_LEAVING = (
    "shedding_rate", "hypoxic_shedding_gain", "hypoxic_shedding_power", "viable_when_shed", "transit_loss_rate",
    "transit_time",
)  # fmt: skip
_ARRIVING = (
    "early_loss_rate", "early_loss_time", "extravasation_rate", "intravascular_death_rate", "quiescence_rate",
    "dormancy_sensitivity", "wake_rate", "dormant_death_rate",
)  # fmt: skip
_HERITABLE = (
    "hits",
    "hit_rate",
    "instability_rate",
    "instability_factor",
    "founder_variation",
    "sensitivity_variation",
    "premalignant_time",
)
#: Groups of a tumour that an entry may leave out, and what is then silent.
_GROUPS: Mapping[str, str] = {
    "spread": "How it travels",
    "visibility": "What lymphocytes see",
    "dialogue": "What it says to its host, and hears",
    "endocrine": "The hormone that it lives on",
    "radiosensitivity": "Radiation: exp(-alpha D (1 + D / ratio)) survive a dose D",
    "traces": "What it leaves in the blood",
}
_LAWS: Mapping[str, str] = {
    "immunity": "Lymphocytes and macrophages",
    "infiltration": "Driven lymphocytes in the depth of lesions",
    "protection": "Protection by astrocytes",
    "stroma": "Fibroblasts",
    "inflammation": "Inflammation",
    "healing": "Healing of surgical wounds",
}


def sections(noun: BaseModel) -> Iterator[Section]:
    """Yield the sections of an entry, those without content left out."""
    for section in _PAGES[type(noun)](noun):
        if section.rows or section.sentences:
            yield section


def _agent(agent: Agent) -> Iterator[Section]:
    ways = " or ".join(ROUTES[route] for route in agent.routes)
    yield Section(f"In the body of a person of 70 kg, given {ways} [distribution]", (), _kinetics(agent))
    yield Section(
        "From blood to tumour [delivery]", _passage(agent.delivery), (*numbers(agent), *numbers(agent.delivery))
    )
    if agent.kill is not None:
        yield Section("Kills tumour cells [kill]", (_cycling(agent.kill),), numbers(agent.kill))
    yield Section("Slows division of tumour cells [cytostasis]", _holding(agent.cytostasis), numbers(agent.cytostasis))
    yield Section("Kills the endothelium of lesions [endothelial_kill]", (), numbers(agent.endothelial_kill))
    blocks = tuple(row(f"{each.target}: half lost at", each.half) for each in agent.blocks)
    lost = tuple(f"{each.target}, and so {BLOCKED[each.target]}" for each in agent.blocks)
    yield Section("Holds back [blocks]", lost, blocks)
    for each in agent.raises:
        yield Section(
            f"Raises: {each.target} [raises.{each.target}]",
            (RAISED[each.target],),
            numbers(each, (*_ACTION, "fading_half_life")),
        )
    folds = tuple(row(name, fold) for name, fold in agent.resistance.items())
    told = ("A cell that has the mechanism needs so many times the level.",) if folds else ()
    yield Section("What resists it [resistance]", told, folds)
    yield Section("What bounds the dose [toxicity]", *_bounds(agent.toxicity))


def _bounds(toxicity: Toxicity | None) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return what is done about too large a dose, and the numbers that bound it."""
    if toxicity is None:
        return (), ()
    rows = numbers(toxicity)
    if toxicity.neutrophil_slope is not None and float(toxicity.neutrophil_slope):
        rows = (*rows, computed("no neutrophil is made at", short(1.0 / float(toxicity.neutrophil_slope), "mg/L")))
    limits = toxicity.daily_limit.items()
    rows += tuple(row(f"most in a day, {ROUTES[way]}", limit, f"daily_limit.{way}") for way, limit in limits)
    told = "A dose that would bring more in any 24 hours is given at the limit, and the events say so."
    return (told,) if toxicity.daily_limit else (), rows


def _kinetics(agent: Agent) -> tuple[Row, ...]:
    """Return the numbers of distribution, and the half-lives that follow from them."""
    from seedsoil.experiment.timeline import response

    rates = sorted(response(agent, "iv", effect_site=False).rates, reverse=True)
    times = ", then ".join(plain(math.log(2.0) / rate) for rate in rates)
    body, when = agent.distribution, " of small doses" if agent.distribution.is_saturable else ""
    what = "half-life in plasma" if len(rates) == 1 else "half-lives"
    found = [*numbers(body), computed(f"{what}{when}", times)]
    if body.maximum_elimination is not None and body.half_elimination is not None:
        linear = 0.0 if body.clearance is None else float(body.clearance)
        small = linear + float(body.maximum_elimination) / float(body.half_elimination)
        found.append(computed(f"clearance{when}; less of larger ones", short(small / 24.0, "L/h")))
    uptake = agent.distribution.absorption_rate
    if uptake is not None and float(uptake) > 0.0:
        found.append(computed("half of a dose by mouth is absorbed in", plain(math.log(2.0) / float(uptake))))
    return tuple(found)


def _passage(delivery: Delivery | None) -> tuple[str, ...]:
    """Return in words what limits the way into a tumour, beside the blood flow of the first host that tells it."""
    flows = (host.cells for host in map(_host, names("hosts")) if host.cells is not None)
    cells = next(flows, None)
    if delivery is None or cells is None:
        return ()
    flow, wall, loss = float(cells.tissue_flow), float(delivery.permeability), float(delivery.loss)
    limit = "by blood flow and by the vessel wall alike"
    if wall > 3.0 * flow:
        limit = "by blood flow: it follows perfusion"
    elif wall < flow / 3.0:
        limit = "by the vessel wall: it follows leak"
    share = f"{100.0 * tissue_share(flow, wall, loss):.2g}\N{NO-BREAK SPACE}%"
    return (f"Uptake is limited {limit}. With usual flow and leak the level in tissue is {share} of that in plasma.",)


def _cycling(kill: Kill) -> str:
    share = float(kill.cycle_specificity)
    if share == 1.0:
        return "Only cells that divide."
    if share == 0.0:
        return "Whether they divide or not."
    return f"Cells that divide, and others with {short(100.0 * (1.0 - share))} % of the effect."


def _holding(cytostasis: Cytostasis | None) -> tuple[str, ...]:
    if cytostasis is None:
        return ()
    return ("It kills no cell. Cells that it holds do not mutate, and agents that kill dividing cells spare them.",)


def _tumour(tumour: Tumour) -> Iterator[Section]:
    home = tumour.site.replace("_", " ")
    net = float(tumour.division_rate) - float(tumour.death_rate)
    rows = numbers(tumour, _GROWTH)
    if net > 0.0:
        rows = (*rows, computed("doubles, where every receptor is met, in", plain(math.log(2.0) / net)))
    yield Section(f"Growth; the primary lies in the {home}", (), rows)
    if tumour.crowding is not None:
        yield Section(
            "Crowding: beyond a size it divides the less, the larger it is [crowding]", (), numbers(tumour.crowding)
        )
    yield Section("Soils", tuple(_soils_of(tumour)))
    yield Section("Receptors for growth, 1 being the fullest [receptors]", (), numbers(tumour.receptors))
    yield Section("Receptors for survival [survival_receptors]", (), numbers(tumour.survival_receptors))
    yield Section("Vessels", (), numbers(tumour, _SUPPLY))
    yield Section("Leaving and travelling", (), numbers(tumour, _LEAVING))
    yield Section("Held by vessel walls [adhesion]", (), numbers(tumour.adhesion))
    yield Section("Arriving and sleeping", (), numbers(tumour, _ARRIVING))
    yield Section("Heritable change", (), numbers(tumour, _HERITABLE))
    for field, heading in _GROUPS.items():
        told = (f"{tumour.endocrine.hormone}.".capitalize(),) if field == "endocrine" and tumour.endocrine else ()
        yield Section(f"{heading} [{field}]", told, numbers(getattr(tumour, field)))
    if tumour.dialogue is not None:
        yield Section(
            "Factors that its endothelium lives on [dialogue.endothelial_support]",
            (),
            numbers(tumour.dialogue.endothelial_support),
        )
    if tumour.traces is not None:
        yield Section("A marker in serum [traces.marker]", (), numbers(tumour.traces.marker))
    for mechanism in tumour.mechanisms:
        yield _mechanism(mechanism, mechanism.name in tumour.carries)
    if tumour.staging is not None:
        yield _staging(tumour.staging)
    silent = [field for field in _GROUPS if getattr(tumour, field) is None]
    if silent:
        yield Section("Left out", (f"{', '.join(silent)}: conversations that it does not have with its host.",))


def _staging(rules: Staging) -> Section:
    sizes = tuple(row(f"{band.name}: up to", band.up_to) for band in rules.sizes if band.up_to is not None)
    nodes = [row(f"{band.name}: nodes from", band.least) for band in rules.nodes]
    nodes += [
        row(f"{band.name}: counted from station", band.station) for band in rules.nodes if band.station is not None
    ]
    groups = ", ".join(dict.fromkeys(group.stage for group in rules.groups))
    told = (f"By {rules.edition}: the primary's diameter, regional nodes, and distant metastases that were seen.",)
    return Section("Stage [staging]", (*told, f"Stages: {groups}."), (*sizes, *nodes, *numbers(rules)))


def _mechanism(mechanism: Mechanism, carried: bool) -> Section:
    told = []
    if carried:
        told.append("The first cell has it already.")
    if mechanism.reversed_by:
        told.append(f"Taken away by blocking {mechanism.reversed_by}: {BLOCKED[mechanism.reversed_by]}.")  # type: ignore[index]
    kept = [row(f"left of its receptors for {FAMILIES[name]}", v) for name, v in mechanism.receptors_kept.items()]
    kept += [row(f"heard of {FAMILIES[name]} though held", v) for name, v in mechanism.receptors_freed.items()]
    return Section(
        f"Mechanism: {mechanism.name} [mechanisms.{mechanism.name}]", tuple(told), (*numbers(mechanism), *kept)
    )


def _soils_of(tumour: Tumour) -> Iterator[str]:
    """Yield in which soils a tumour grows at rest with all the oxygen it needs, and in which not.

    A host whose soils add nothing to what has been told is left out.
    """
    told: set[tuple[str, str]] = set()
    for name in names("hosts"):
        if tumour.site not in {site.name for site in _host(name).anatomy.sites}:
            continue
        net = _net_growth(tumour.name, name)
        pace = {soil: plain(math.log(2.0) / rate) if rate > 0.0 else "" for soil, rate in net.items()}
        if set(pace.items()) <= told:
            continue
        told |= set(pace.items())
        good = sorted((soil for soil in net if net[soil] > 0.0), key=lambda soil: -net[soil])
        grows = ", ".join(f"{soil} ({pace[soil]})" for soil in good).replace("_", " ")
        shrinks = ", ".join(sorted(soil for soil in net if net[soil] <= 0.0)).replace("_", " ")
        yield f"In the {name} it doubles in: {grows or 'none'}."
        yield f"It shrinks in: {shrinks or 'none'}."


@lru_cache(maxsize=256)
def _net_growth(tumour: str, host: str) -> Mapping[str, float]:
    """Return division less death [1/day] of a tumour in each soil of a host, at rest and with oxygen."""
    from seedsoil.body.conditions import site_tables
    from seedsoil.body.state import DEATH, DIVISION

    body = _host(host)
    patient = Patient.model_construct(tumour=entry("tumours", tumour), host=body)
    vessels: Vasculature = entry("vessels", names("vessels")[0])
    table, _, _, _ = site_tables(patient, vessels, (), Levels(resting()), ())
    net = table[0, :, DIVISION] - table[0, :, DEATH]
    return {site.soil: float(net[place]) for place, site in enumerate(body.anatomy.sites) if site.soil}


def _host(name: str) -> Host:
    return entry("hosts", name)


def _soil(soil: Soil) -> Iterator[Section]:
    told = ["A lymph node: instruments read it by the rules for nodes."] if soil.nodal else []
    homes = [name for name in names("hosts") if soil.name in {each.name for each in _host(name).soils}]
    told.append(f"Lies in: {', '.join(homes) or 'no host'}.")
    yield Section("As a soil", tuple(told), numbers(soil))
    for name in homes[:1]:
        net = {tumour: _net_growth(tumour, name)[soil.name] for tumour in names("tumours")}
        seeds = sorted((tumour for tumour in net if net[tumour] > 0.0), key=lambda tumour: -net[tumour])
        barren = sorted(tumour for tumour in net if net[tumour] <= 0.0)
        grows = ", ".join(f"{tumour} ({plain(math.log(2.0) / net[tumour])})" for tumour in seeds)
        yield Section(
            "Seeds",
            (f"In the {name} these double in it: {grows or 'none'}.", f"These shrink: {', '.join(barren) or 'none'}."),
        )
    yield Section("Growth and survival factors, 1 being the richest tissue [ligands]", (), numbers(soil.ligands))
    yield Section("What its vessel walls hold cells by [addressins]", (), numbers(soil.addressins))
    yield Section("Host cells, 1 being the tissue richest in them [residents]", (), numbers(soil.residents))
    yield Section("A barrier that keeps drugs out [barrier]", (), numbers(soil.barrier))
    yield Section(
        "How well lesions are seen here [contrast]",
        ("Diameter needed, as a multiple of what is needed elsewhere.",) if soil.contrast else (),
        tuple(row(name.upper(), value) for name, value in soil.contrast.items()),
    )


def _body(host: Host) -> Iterator[Section]:
    yield Section("The body", (), numbers(host))
    yield Section("Neutrophils [neutrophils]", (), numbers(host.neutrophils))
    yield Section("Blood [blood]", (), numbers(host.blood))
    yield Section("Host cells [cells]", (), numbers(host.cells))
    for field, heading in _LAWS.items():
        yield Section(f"{heading} [cells.{field}]", (), numbers(getattr(host.cells, field, None)))
    sites = host.anatomy.sites
    filters = tuple(
        row(site.name if site.name == site.soil else f"{site.name} ({site.soil})", site.size_trap)
        for site in sites
        if site.soil
    )
    yield Section(
        "Filters [size_trap of anatomy.sites.NAME]", ("Share of single cells caught by size in one pass.",), filters
    )
    arteries = tuple(
        row(site.name + (f", by its {site.artery}" if site.artery else ""), site.arterial_flow)
        for site in sites
        if site.arterial_flow is not None
    )
    yield Section("Arterial flow [arterial_flow of anatomy.sites.NAME]", (), arteries)
    passages = tuple(
        Row(f"{each.source} -> {each.target}: {float(each.share):.6g}", "lymph" if each.lymphatic else "")
        for each in host.anatomy.vessels
    )
    yield Section(
        "Blood and lymph [share of anatomy.vessels]",
        ("Share of what leaves the one that goes to the other.",),
        passages,
    )
    yield Section("Soils", (known_words((soil.name for soil in host.soils), 60) + ".",))


def _vessels(law: Vasculature) -> Iterator[Section]:
    yield Section("Constants, host tissue being 1", (), numbers(law))


_PAGES: Mapping[type[BaseModel], Callable[..., Iterator[Section]]] = {
    Agent: _agent, Tumour: _tumour, Soil: _soil, Host: _body, Vasculature: _vessels,
    Substance: lesion_pages.substance, CellKind: lesion_pages.cell,
}  # fmt: skip
