"""The tumour, host, vessels and agents of a study: the catalogue's, with every number that the study changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from pydantic import BaseModel

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.biology.soils.soil import Soil
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.catalogue.files import is_hidden
from seedsoil.catalogue.load import STUDY_KINDS, unbalanced
from seedsoil.catalogue.numbers import KEYS, Part, key_field, name_of, parts_of
from seedsoil.experiment.timeline import response
from seedsoil.foundation.errors import CatalogueError, ModelError, did_you_mean
from seedsoil.foundation.units import write
from seedsoil.foundation.value import Quantity, values_in
from seedsoil.trial.study.reader import Reader, listed, number, shown, within_limits
from seedsoil.trial.study.transplants import Transplants, read_transplants

__all__ = ["APART", "BESIDE", "NOUN_SECTIONS", "Nouns", "read_nouns", "read_shelf"]

NOUN_SECTIONS = ("tumour", "host", "vessels", "soils", "anatomy", "agents")
#: Keys of a section beside what `parts_of` its noun names, and parts of a noun that are sections of their own.
BESIDE: Mapping[str, tuple[str, ...]] = {"tumour": ("is", "site", "carries"), "host": ("is",), "vessels": ("is",)}
APART: Mapping[str, tuple[str, ...]] = {"host": ("soils", "anatomy")}
#: Each way to resist doubles the number of kinds of cell.
MOST_MECHANISMS = 6
_ARTICLE = {"tumour": "a tumour", "host": "a host", "vessels": "a vessel law"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}$")
#: Numbers of an agent that act by one route only.
_BY_ROUTE = {"absorption_rate": "oral", "bioavailability": "oral", "first_pass_extraction": "hepatic_artery"}
#: A cell arrests at most once; beyond the rounding of a matrix of this size, something circulates for ever.
_ROUNDING = 1e-6
#: A share lost on each way that no rounding can hide.
_SURE_LOSS = 1e-4


@dataclass(frozen=True)
class Nouns:
    """What a study is about: ``body`` is the host with its ``transplants``, the adult's where no host is named.

    ``agents`` are those that the file describes, whether an arm gives them or not.
    """

    tumour: Tumour | None
    host: Host | None
    vessels: Vasculature | None
    agents: Mapping[str, Agent]
    transplants: Transplants
    body: Host


def read_shelf(reader: Reader, table: Mapping[str, Any]) -> bool:
    """Take the user's own entries that a study names, from files or as they are written out in it; False after a fault."""
    before, shelf = len(reader.faults), reader.shelf
    given = reader.table(table.get("catalogue", {}), "catalogue", ("folder", "sources", *STUDY_KINDS))
    if "folder" in given:
        _choose_folder(reader, given["folder"])
    for key, fields in reader.table(given.get("sources", {}), "catalogue.sources").items():
        place = reader.place("catalogue.sources", key)
        named = reader.table(fields, place).items()
        shelf.cited[key] = {name: reader.text(text, reader.place(place, name), 1000) for name, text in named}
    for kind in STUDY_KINDS:
        for name, item in reader.table(given.get(kind, {}), f"catalogue.{kind}").items():
            place = reader.place(f"catalogue.{kind}", name)
            _take(reader, kind, name, shelf.put, reader.table(item, place), reader.place(kind, name))
    for kind, name in _wanted(table):
        _take(reader, kind, name, shelf.want)
    return len(reader.faults) == before


def _choose_folder(reader: Reader, given: object) -> None:
    """Look for own entries in a folder that the study names, seen from where its file lies."""
    name, home = reader.text(given, "catalogue.folder"), reader.shelf.folder
    if home is None:
        reader.fault(
            "catalogue.folder", "is seen from the study's file, and this is none; write entries out under [catalogue]"
        )
    elif name and not (home / name).is_dir():
        reader.fault(
            "catalogue.folder", f"{shown(given)} is no folder beside the study; name the one that holds your entries"
        )
    reader.shelf.folder, reader.shelf.chosen = None if home is None else home / name, True


def _take(reader: Reader, kind: str, name: str, take: Callable[..., None], *what: Any) -> None:
    """Take an own entry, if there is one, and check its texts and numbers as those of a study are checked."""
    try:
        take(kind, name, *what)
    except CatalogueError as error:
        for fault in error.faults:
            reader.fault("catalogue", fault)
        return
    own = reader.shelf.own.get(kind, {}).get(name)
    if own is None:
        return
    place = f"catalogue.{kind}.{name}"
    for text in _texts(own.table):
        if any(is_hidden(character) for character in text):
            reader.fault(place, f"{shown(text)} holds a control character or a line break; write one plain line")
    for path, value in values_in(own.noun):
        field = path.rpartition(".")[2]
        within_limits(reader, value, write(value.number, value.unit), f"{place}.{path}", value.unit, field)


def _texts(given: object) -> Iterator[str]:
    """Yield every text in a table, at any depth."""
    if isinstance(given, str):
        yield given
    inside = given.values() if isinstance(given, Mapping) else given if isinstance(given, list | tuple) else ()
    for item in inside:
        yield from _texts(item)


def _wanted(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the kind and name of each entry that a study names, whatever else is wrong with it."""
    for section, kind in (("tumour", "tumours"), ("host", "hosts"), ("vessels", "vessels")):
        given = table.get(section)
        if isinstance(given, dict) and isinstance(given.get("is"), str):
            yield kind, given["is"]
    agents, arms = table.get("agents"), table.get("arms")
    named = list(agents) if isinstance(agents, dict) else []
    for arm in arms.values() if isinstance(arms, dict) else ():
        orders = arm.get("do") if isinstance(arm, dict) else None
        for order in orders if isinstance(orders, list) else ():
            if isinstance(order, dict) and isinstance(order.get("give"), str):
                named.append(order["give"])
    for name in dict.fromkeys(named):
        yield "agents", name


def read_nouns(reader: Reader, table: Mapping[str, Any]) -> Nouns:
    """Read all sections that describe nouns; one that is not named, or not known, is None."""
    tumour: Tumour | None = _entry(reader, table.get("tumour"), "tumour", addable={"mechanisms": None})
    host: Host | None = _entry(reader, table.get("host"), "host")
    vessels: Vasculature | None = _entry(reader, table.get("vessels"), "vessels", default="two_pool")
    whole = _whole_host(reader, table, host if host is not None else reader.shelf.entry("hosts", "adult"))
    transplants = read_transplants(reader, table, whole)
    body = transplants.body(whole)
    if tumour is not None:
        tumour = _whole_tumour(reader, table["tumour"], tumour, body)
        if not reader.faults:
            _check_circulation(reader, tumour, body)
    agents = _agents(reader, table.get("agents", {}), tumour)
    return Nouns(tumour, whole if host is not None else None, vessels, agents, transplants, body)


def _entry(
    reader: Reader,
    given: object,
    kind: str,
    default: str = "",
    addable: Mapping[str, Collection[str] | None] | None = None,
) -> Any:
    """Return the catalogue's entry that a section names, with its changes; None if it names none."""
    known = reader.shelf.names(kind)
    table = reader.table({} if given is None else given, kind)
    name = table.get("is", default)
    if "is" not in table and not default:
        reader.fault(f"{kind}.is", f"is missing; name {_ARTICLE[kind]} of the catalogue: {listed(known)}")
        return None
    chosen = reader.choice(name, f"{kind}.is", known, f"{_ARTICLE[kind]} of the catalogue")
    if not chosen:
        return None
    apart = APART.get(kind, ())
    for key in apart:
        if key in table:
            reader.fault(f"{kind}.{key}", f"is a table of its own; write [{key}]")
    base: BaseModel = reader.shelf.entry(kind, chosen)
    table = {key: item for key, item in table.items() if key not in apart}
    beside = BESIDE[kind]
    parts = {key: part for key, part in parts_of(type(base)).items() if key not in apart}
    reader.table(table, kind, [*beside, *parts])
    own = {key: item for key, item in table.items() if key in parts}
    return _noun(reader, own, kind, type(base), base, addable or {})


def _noun(
    reader: Reader,
    given: object,
    place: str,
    model: type[BaseModel],
    base: BaseModel | None,
    addable: Mapping[str, Collection[str] | None],
    hint: str = "",
) -> Any:
    """Return a noun with the numbers of a table; without a base to change, all that it needs must stand there."""
    parts = parts_of(model)
    if not isinstance(given, dict):
        reader.fault(place, f"{shown(given)} is not a table; give its numbers by name: {listed(parts)}")
        return base
    table = reader.table(given, place, parts)
    changes: dict[str, Any] = {}
    for name, part in parts.items():
        field = model.model_fields[name]
        if name in table:
            old = getattr(base, name) if base is not None else None if field.is_required() else field.default
            new = _held(reader, table[name], reader.place(place, name), part, old, name, addable)
            changes |= {} if new is None else {name: new}
        elif base is None and field.is_required():
            reader.fault(reader.place(place, name), f"is missing, and the catalogue has none to keep{hint}")
    if base is not None:
        return base.model_copy(update=changes) if changes else base
    whole = all(name in changes for name in parts if model.model_fields[name].is_required())
    return model.model_construct(**changes) if whole else None


def _held(
    reader: Reader,
    given: object,
    place: str,
    part: Part,
    old: Any,
    field: str,
    addable: Mapping[str, Collection[str] | None],
) -> Any:
    """Return what a part of a noun holds after a change; None if nothing may change."""
    if part.shape == "named":
        return _named(reader, given, place, part, old, field, addable)
    if isinstance(part.holds, tuple):
        return reader.choice(given, place, part.holds, part.what) or None
    if isinstance(part.holds, Quantity):
        return number(reader, given, place, part.holds, old, field)
    return _noun(reader, given, place, part.holds, old, addable)


def _named(
    reader: Reader,
    given: object,
    place: str,
    part: Part,
    old: Any,
    field: str,
    addable: Mapping[str, Collection[str] | None],
) -> Any:
    """Return numbers or nouns that stand under names: those of the catalogue, changed, then those that are new.

    ``addable`` says which names a study may add to a field beyond those of ``KEYS``; None stands for any.
    """
    held: dict[str, Any] = dict(old) if isinstance(old, Mapping) else {name_of(item): item for item in old}
    if not isinstance(given, dict):
        first = next(iter(held), "NAME")
        reader.fault(place, f"{shown(given)} is not a table; write each under its name, [{reader.place(place, first)}]")
        return None
    may = addable.get(field, KEYS.get(field, ()))
    table = reader.table(given, place, None if may is None else {**held, **dict.fromkeys(may)})
    for key, item in table.items():
        here, base = reader.place(place, key), held.get(key)
        if base is None and not _NAME.match(key):
            reader.fault(here, "is no name; start with a letter, then up to 39 letters, digits, _ or -")
        elif isinstance(part.holds, Quantity):
            new = number(reader, item, here, part.holds, base, field)
            held |= {} if new is None else {key: new}
        elif isinstance(part.holds, type):
            new = _noun(reader, item, here, part.holds, base, addable, _hint(key, held))
            if new is not None and base is None:
                new = new.model_copy(update={key_field(part.holds): key})
            held |= {} if new is None else {key: new}
    return held if isinstance(old, Mapping) else tuple(held.values())


def _hint(key: str, known: Collection[str]) -> str:
    meant = did_you_mean(key, known)
    return f".{meant}" if meant else ""


def _whole_tumour(reader: Reader, table: Mapping[str, Any], tumour: Tumour, host: Host) -> Tumour:
    """Return the tumour at its site, checked as a whole."""
    if "site" in table or tumour.site not in {site.name for site in host.anatomy.sites}:
        sites = [site.name for site in host.anatomy.sites if site.soil]
        site = reader.choice(table.get("site", tumour.site), "tumour.site", sites, f"a site of the {host.name}")
        tumour = tumour.model_copy(update={"site": site})
    if float(tumour.death_rate) >= float(tumour.division_rate):
        reader.fault(
            "tumour.death_rate",
            f"{write(float(tumour.death_rate), '1/day')} is not below the division rate of "
            f"{write(float(tumour.division_rate), '1/day')}; such a tumour is never diagnosed",
        )
    if tumour.crowding is not None:
        for field, gap in tumour.crowding.gaps(float(tumour.establishment_size)).items():
            reader.fault(f"tumour.crowding.{field}", gap)
    if "carries" in table:
        known = [mechanism.name for mechanism in tumour.mechanisms]
        carried = _carried(reader, table["carries"], known)
        tumour = tumour.model_copy(update={"carries": carried})
    if len(tumour.mechanisms) > MOST_MECHANISMS:
        reader.fault("tumour.mechanisms", f"are {len(tumour.mechanisms)}; {MOST_MECHANISMS} are the most allowed")
    return tumour


def _carried(reader: Reader, given: object, known: list[str]) -> tuple[str, ...]:
    """Return the mechanisms that the first cell has already."""
    if known:
        return reader.choices(given, "tumour.carries", known, "a mechanism of the tumour")
    if given != []:
        reader.fault("tumour.carries", "names mechanisms, but this tumour has none; add them under [tumour.mechanisms]")
    return ()


def _whole_host(reader: Reader, table: Mapping[str, Any], host: Host) -> Host:
    """Return the host with its soils and its anatomy, whose outflows must still add to one."""
    soils = _named(reader, table.get("soils", {}), "soils", Part("named", Soil), host.soils, "soils", {})
    anatomy = _noun(reader, table.get("anatomy", {}), "anatomy", type(host.anatomy), host.anatomy, {})
    for name, total in unbalanced(anatomy):
        reader.fault(
            "anatomy.vessels", f"the shares that leave {shown(name)} add to {total:.9g}, not to 1; change another too"
        )
    neutrophils = host.neutrophils
    if neutrophils is not None and float(neutrophils.danger) >= float(neutrophils.baseline):
        reader.fault(
            "host.neutrophils.danger", "is not below the baseline; give the count at which blood is dangerously thin"
        )
    return host.model_copy(update={"soils": host.soils if soils is None else soils, "anatomy": anatomy})


def _check_circulation(reader: Reader, tumour: Tumour, host: Host) -> None:
    """Refuse a body in which a shed cell neither stops nor dies."""
    if float(tumour.transit_loss_rate) * float(tumour.transit_time) > _SURE_LOSS:
        return  # some die on each way: none goes round for ever, whatever the filters; and no kernel need be loaded to know
    try:
        ends = arrests(tumour, host).sum(axis=1)
    except ModelError:
        ends = np.array([np.inf])
    if not np.all(ends <= 1.0 + _ROUNDING):
        reader.fault(
            "anatomy.sites", "a shed cell could circulate for ever; give a site on each way round a size_trap above 0"
        )


def _agents(reader: Reader, given: object, tumour: Tumour | None) -> dict[str, Agent]:
    """Return the agents that a study describes, each changed and checked as a whole."""
    addable: dict[str, Collection[str] | None] = {
        "resistance": None if tumour is None else [mechanism.name for mechanism in tumour.mechanisms],
    }
    known = tuple(reader.shelf.entry("agents", name) for name in reader.shelf.names("agents"))
    changed = _named(reader, given, "agents", Part("named", Agent), known, "agents", addable)
    named = given if isinstance(given, dict) else {}
    agents = {agent.name: agent for agent in cast(tuple[Agent, ...], changed or ()) if agent.name in named}
    own = {name: each.noun for name, each in reader.shelf.own.get("agents", {}).items() if name not in agents}
    for agent in (own | agents).values():
        _check_agent(reader, agent)
    return agents


def _check_agent(reader: Reader, agent: Agent) -> None:
    """Refuse kinetics that are half given, that no route of the agent uses, or that cannot be."""
    body, place, usual = (
        agent.distribution,
        f"agents.{agent.name}.distribution",
        reader.shelf.entry("agents", agent.name),
    )
    before = len(reader.faults)
    for gap in body.gaps():
        reader.fault(place, gap)
    for field, route in _BY_ROUTE.items():
        new = getattr(body, field) is not None and getattr(usual.distribution, field) is None
        if new and route not in agent.routes:
            ways = ", ".join(agent.routes)
            reader.fault(f"{place}.{field}", f"does nothing, for {agent.name} is given by {ways} only; leave it out")
    for route in () if agent.toxicity is None else agent.toxicity.daily_limit:
        if route not in agent.routes:
            ways = ", ".join(agent.routes)
            reader.fault(
                f"agents.{agent.name}.toxicity.daily_limit.{route}",
                f"does nothing, for {agent.name} is given by {ways} only; leave it out",
            )
    if len(reader.faults) > before:
        return
    try:
        for each in agent.routes:
            response(agent, each)
    except ModelError as error:
        reader.fault(place, f"no concentrations follow from it: {error.faults[0]}")
