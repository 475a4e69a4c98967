"""From TOML to nouns: read an entry of the catalogue once, name all its faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, overload

from pydantic import BaseModel, ValidationError

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.anatomy import Anatomy
from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import Host
from seedsoil.biology.signals import BLOCKED, HORMONES
from seedsoil.biology.soils.factors import FACTORS
from seedsoil.biology.soils.soil import Soil
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.catalogue.files import file_bytes, parse
from seedsoil.foundation.errors import CatalogueError, did_you_mean, known_words, validation_faults
from seedsoil.foundation.value import OPEN_SOURCES, values_in

__all__ = [
    "KINDS",
    "STUDY_KINDS",
    "bibliography",
    "entry",
    "entry_table",
    "folder",
    "made_entry",
    "names",
    "read_entry",
    "sources",
    "unbalanced",
]

#: The kinds of entry, each a folder of the catalogue, and the noun that an entry of it fills.
KINDS: dict[str, type[BaseModel]] = {
    "organs": Soil,
    "tumours": Tumour,
    "agents": Agent,
    "hosts": Host,
    "vessels": Vasculature,
    "substances": Substance,
    "cells": CellKind,
}
#: The kinds that a study is made of; the others are those of a block of tissue.
STUDY_KINDS: tuple[str, ...] = ("organs", "tumours", "agents", "hosts", "vessels")

#: What a file is that is read here, in the messages of its reader.
_ENTRY = "an entry"
_HOME = Path(__file__).parent
_BALANCE = 1e-9  # shares of an outflow must add to one within the rounding of their decimals


@overload
def entry(kind: Literal["organs", "organ"], name: str) -> Soil: ...
@overload
def entry(kind: Literal["tumours", "tumour"], name: str) -> Tumour: ...
@overload
def entry(kind: Literal["agents", "agent"], name: str) -> Agent: ...
@overload
def entry(kind: Literal["hosts", "host"], name: str) -> Host: ...
@overload
def entry(kind: Literal["vessels"], name: str) -> Vasculature: ...
@overload
def entry(kind: Literal["substances", "substance"], name: str) -> Substance: ...
@overload
def entry(kind: Literal["cells", "cell"], name: str) -> CellKind: ...
@overload
def entry(kind: str, name: str) -> Any: ...
def entry(kind: str, name: str) -> Any:
    """Return an entry of the catalogue as a frozen noun; the second time from memory.

    ``kind`` is "organs", "tumours", "agents", "hosts", "substances", "cells" (or the singular) or "vessels".

    Raises
    ------
    CatalogueError
        If there is no such kind or entry (with the names that exist), or with every fault of the entry.
    """
    return _entry(folder(kind).name, name)


def names(kind: str) -> tuple[str, ...]:
    """Return the names of all entries of a kind, sorted."""
    return tuple(sorted(path.stem for path in folder(kind).glob("*.toml")))


def folder(kind: str) -> Path:
    """Return the folder that holds a kind of entry; CatalogueError if there is no such kind."""
    plural = kind if kind in KINDS else f"{kind}s"
    if plural not in KINDS:
        raise CatalogueError(f"the catalogue has no {kind!r}.{did_you_mean(kind, KINDS)} Kinds: {known_words(KINDS)}.")
    return _HOME / plural


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, str]]:
    """Return the catalogue's sources: the fields (author, title, year, note, ...) of each key of sources.bib."""
    return bibliography((_HOME / "sources.bib").read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def _entry(kind: str, name: str) -> BaseModel:
    """Return one shipped entry, cached: nouns are frozen, so all callers can share it."""
    known = names(kind)
    if name not in known:
        raise CatalogueError(
            f"no {kind.removesuffix('s')} named {name!r} in the catalogue.{did_you_mean(name, known)} "
            f"Known {kind}: {known_words(known)}."
        )
    return read_entry(kind, _HOME / kind / f"{name}.toml")


def read_entry(kind: str, path: Path) -> BaseModel:
    """Read one TOML file as an entry of a kind, which names nothing outside the catalogue.

    Raises
    ------
    CatalogueError
        With one line for each fault: the file, the place in it, what is wrong and what is allowed.
    """
    where = f"{folder(kind).name}/{path.name}"
    return made_entry(kind, entry_table(path, where), where, path.stem)


def entry_table(path: Path, where: str) -> dict[str, Any]:
    """Return the tables of an entry's file; CatalogueError, which begins with ``where``, if it is not readable TOML."""
    return parse(file_bytes(path, where, _ENTRY, CatalogueError), where, _ENTRY, CatalogueError)


def made_entry(
    kind: str, table: dict[str, Any], where: str, name: str, organ: Callable[[str], Soil] | None = None,
    cited: Mapping[str, Mapping[str, str]] | None = None,
) -> BaseModel:  # fmt: skip
    """Make an entry of a kind from the tables of its file, and check it as all entries are checked.

    ``where`` begins each fault, ``name`` is the name it must have; ``organ`` finds the soils that a host names, and
    ``cited`` holds the sources that numbers may name: the catalogue's, if they are not given.

    Raises
    ------
    CatalogueError
        With one line for each fault.
    """
    plural = folder(kind).name
    faults: list[str] = []
    if plural == "hosts":
        table, faults = _with_soils(table, where, organ or (lambda each: entry("organs", each)))
    model = KINDS[plural]
    try:
        noun = model.model_validate(table)
    except ValidationError as error:
        raise CatalogueError((*faults, *validation_faults(error, model, where))) from error
    faults += [f"{where}: {fault}" for fault in _faults_of(noun, name, sources() if cited is None else cited)]
    if faults:
        raise CatalogueError(faults)
    return noun


def _with_soils(table: dict[str, Any], where: str, find: Callable[[str], Soil]) -> tuple[dict[str, Any], list[str]]:
    """Return a host's table with its soils, named in the file, replaced by the organs' entries, and the faults."""
    soils, faults = [], []
    for item in table.get("soils", []):
        change = {"is": item} if isinstance(item, str) else dict(item) if isinstance(item, Mapping) else {}
        if "is" not in change:
            soils.append(item)  # a soil written out in full
            continue
        try:
            organ = find(str(change.pop("is")))
        except CatalogueError as error:
            faults += [f"{where}: soils: {fault}" for fault in error.faults]
            continue
        # Unchanged soils are shared, not read again; changed ones are checked anew.
        soils.append({**{key: getattr(organ, key) for key in Soil.model_fields}, **change} if change else organ)
    return {**table, "soils": soils}, faults


def _faults_of(noun: BaseModel, stem: str, known: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what is wrong with an entry beyond the form of its fields."""
    faults = []
    if getattr(noun, "name", stem) != stem:
        faults.append(f"name: {noun.name!r} differs from the file's name {stem!r}")  # type: ignore[attr-defined]
    unknown: dict[str, str] = {}
    for place, value in values_in(noun):
        if value.source not in known and value.source not in OPEN_SOURCES:
            unknown.setdefault(value.source, place)
    for source, place in unknown.items():
        faults.append(
            f"{place}: source {source!r} is no key of sources.bib.{did_you_mean(source, known)} "
            'Write "assumed" where there is none.'
        )
    if isinstance(noun, Host):
        faults += _anatomy_faults(noun)
    if isinstance(noun, Tumour):
        faults += _tumour_faults(noun)
    if isinstance(noun, Agent):
        faults += _agent_faults(noun)
    return faults


def _anatomy_faults(host: Host) -> list[str]:
    """Return what keeps blood from flowing: unknown sites, soils that no one has, outflows that do not add to one."""
    sites = [site.name for site in host.anatomy.sites]
    soils = [soil.name for soil in host.soils]
    faults = [f"anatomy.sites: {name!r} stands there more than once" for name in _twice(sites)]
    faults += [f"soils: {name!r} stands there more than once" for name in _twice(soils)]
    for site in host.anatomy.sites:
        if site.soil and site.soil not in soils:
            hint = did_you_mean(site.soil, soils)
            faults.append(f"anatomy.sites: {site.name!r} lies in soil {site.soil!r}, which soils lacks.{hint}")
    for vessel in host.anatomy.vessels:
        for end in (vessel.source, vessel.target):
            if end not in sites:
                faults.append(f"anatomy.vessels: unknown site {end!r}.{did_you_mean(end, sites)}")
    for name, total in unbalanced(host.anatomy):
        faults.append(f"anatomy.vessels: the shares that leave {name!r} add to {total:.9g}, not to 1")
    return faults


def unbalanced(anatomy: Anatomy) -> Iterator[tuple[str, float]]:
    """Yield each site whose outflow does not add to one, with the sum of its shares."""
    leaving = {site.name: 0.0 for site in anatomy.sites}
    for vessel in anatomy.vessels:
        if vessel.source in leaving:
            leaving[vessel.source] += float(vessel.share)
    for name, total in leaving.items():
        if abs(total - 1.0) > _BALANCE:
            yield name, total


def _tumour_faults(tumour: Tumour) -> list[str]:
    """Return names in a tumour's mechanisms that nothing bears, or that more than one bears."""
    known = [mechanism.name for mechanism in tumour.mechanisms]
    faults = [f"mechanisms: {name!r} stands there more than once" for name in _twice(known)]
    for name in tumour.carries:
        if name not in known:
            faults.append(f"carries: {name!r} is none of the tumour's mechanisms.{did_you_mean(name, known)}")
    if tumour.crowding is not None:
        gaps = tumour.crowding.gaps(float(tumour.establishment_size))
        faults += [f"crowding.{field}: {gap}." for field, gap in gaps.items()]
    if tumour.endocrine is not None and (hormone := tumour.endocrine.hormone) not in HORMONES:
        faults.append(
            f"endocrine.hormone: {hormone!r} is no hormone.{did_you_mean(hormone, HORMONES)} "
            f"Hormones: {known_words(HORMONES)}."
        )
    for mechanism in tumour.mechanisms:
        place = f"mechanisms.{mechanism.name}"
        for field in ("receptors_kept", "receptors_freed"):
            for name in getattr(mechanism, field):
                if name not in FACTORS:
                    faults.append(
                        f"{place}.{field}: {name!r} is no factor.{did_you_mean(name, FACTORS)} "
                        f"Factors: {known_words(FACTORS)}."
                    )
        signal = mechanism.reversed_by
        if signal and signal not in BLOCKED:
            faults.append(
                f"{place}.reversed_by: {signal!r} is no signal that can be blocked.{did_you_mean(signal, BLOCKED)} "
                f"Signals: {known_words(BLOCKED)}."
            )
    return faults


def _agent_faults(agent: Agent) -> list[str]:
    """Return signals that an agent blocks or raises more than once, and what is wrong with its routes."""
    faults = [f"blocks: {name!r} stands there more than once" for name in _twice(each.target for each in agent.blocks)]
    faults += [f"raises: {name!r} stands there more than once" for name in _twice(each.target for each in agent.raises)]
    faults += [f"routes: {name!r} stands there more than once" for name in _twice(agent.routes)]
    if not agent.routes:
        faults.append("routes: is empty; name at least one way to give it")
    return faults


def _twice(items: Any) -> list[str]:
    """Return the items that occur more than once."""
    seen: set[str] = set()
    again = []
    for item in items:
        if item in seen:
            again.append(item)
        seen.add(item)
    return again


def bibliography(text: str) -> dict[str, dict[str, str]]:
    """Return the entries of a BibTeX file of the plain kind: @type{key, field = {text}, ...}."""
    entries: dict[str, dict[str, str]] = {}
    for block in text.split("\n@")[1:]:
        head, _, body = block.partition("{")
        key, _, rest = body.partition(",")
        fields = {"type": head.strip().lower()}
        for line in rest.splitlines():
            name, equals, content = line.partition("=")
            if equals:
                plain = content.strip().rstrip(",").strip()
                fields[name.strip().lower()] = plain.replace("{", "").replace("}", "").replace("\\", "")
        entries[key.strip()] = fields
    return entries
