"""The study file: what a user asks for, read strictly, with every fault named at once."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedsoil.biology.clone import Tumour
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.patient import MECHANISMS, Host, Patient
from seedsoil.biology.soils.vasculature import Vasculature
from seedsoil.biology.soils.vessels import cells_of, diameter
from seedsoil.catalogue.files import file_bytes, parse
from seedsoil.catalogue.shelf import Shelf
from seedsoil.experiment.grow import Diagnosis
from seedsoil.experiment.protocol import Inject, Protocol, Shunt
from seedsoil.foundation.errors import StudyError, did_you_mean, known_words, legible, said
from seedsoil.trial.endpoints import ENDPOINTS, MEDIAN_ENDPOINTS, TIME_ENDPOINTS
from seedsoil.trial.plan import Plan, Published, Spread
from seedsoil.trial.study.arms import protocol_of, read_arms
from seedsoil.trial.study.courses import Give
from seedsoil.trial.study.explain import explain
from seedsoil.trial.study.nouns import NOUN_SECTIONS, read_nouns, read_shelf
from seedsoil.trial.study.orders import LONGEST_DAYS
from seedsoil.trial.study.reader import Reader, shown
from seedsoil.trial.study.rules.screening import read_screening
from seedsoil.trial.study.rules.setting import Setting
from seedsoil.trial.study.rules.vary import read_vary
from seedsoil.trial.study.schema import json_schema
from seedsoil.trial.study.together import Written
from seedsoil.trial.study.transplants import Transplants
from seedsoil.trial.study.write import resolve

if TYPE_CHECKING:
    from seedsoil.trial.trial import Trial

__all__ = ["Study", "check", "shipped", "shipped_names"]

#: What the tables can number; far fewer fit a machine, which is told when the run begins.
MOST_PATIENTS = 2**31 - 1
MOST_SEED = 2**63 - 1
_SECTIONS = (
    "study",
    "catalogue",
    *NOUN_SECTIONS,
    "grafts",
    "parabiosis",
    "diagnosis",
    "vary",
    "arms",
    "endpoints",
    "published",
)
#: What a file is that is read here, in the messages of its reader.
_STUDY = "a study"
_SHIPPED = Path(__file__).parents[2] / "studies"


@dataclass(frozen=True)
class Study:
    """A virtual trial as a user describes it: tumour, host, diagnosis, variation, arms and endpoints.

    Make one with ``Study.load(path)``, ``Study.read(text)`` or ``shipped(name)``. ``host`` is the body before its
    ``transplants``. ``until_days`` is counted from diagnosis; ``agents`` are those that an arm gives or the file
    describes; ``vary`` maps "tumour.division_rate" and the like to how it differs between patients; ``orders`` are what each
    arm does, inherited orders first. ``shelf`` holds the user's own entries, from files beside the study or in the folder
    that it names.
    """

    name: str
    title: str
    patients: int
    seed: int
    until_days: float
    without: tuple[str, ...]
    tumour: Tumour
    host: Host
    vessels: Vasculature
    agents: Mapping[str, Agent]
    diagnosis: Diagnosis
    vary: Mapping[str, Spread]
    orders: Mapping[str, tuple[Written, ...]]
    primary_endpoint: str
    secondary_endpoints: tuple[str, ...]
    published: tuple[Published, ...] = ()
    transplants: Transplants = field(default_factory=Transplants)
    shelf: Shelf = field(default_factory=Shelf)

    @classmethod
    def load(cls, path: str | Path) -> Study:
        """Read a study file; the bare name of a shipped study will do, if no file has it.

        Raises
        ------
        StudyError
            With one line for each fault of the file: its name, the place, what is wrong and what is allowed.
        """
        if not isinstance(path, str | Path):
            raise StudyError(
                f"the path of a study file is due, or the name of a shipped study, not {type(path).__name__}"
            )
        file = Path(path)
        if str(path) in shipped_names() and not file.exists():
            return shipped(str(path))
        name = legible(file.name)
        return cls._made(
            parse(file_bytes(file, name, _STUDY, StudyError), name, _STUDY, StudyError),
            Reader(name, Shelf(file.parent, but=file)),
        )

    @classmethod
    def read(cls, text: str | bytes, name: str = "study.toml") -> Study:
        """Read the text of a study file; ``name`` starts each fault. Raises StudyError as ``load`` does."""
        if not isinstance(text, str | bytes):
            raise StudyError(f"{name}: the text of a study is due, not {type(text).__name__}; Study.load reads a file")
        return cls.from_tables(parse(text, name, _STUDY, StudyError), name)

    @classmethod
    def from_tables(cls, table: Mapping[str, Any], name: str = "study.toml") -> Study:
        """Read a study from the tables of its file, as a program may make them. Raises StudyError as ``load`` does."""
        if not isinstance(table, Mapping):
            raise StudyError(f"{name}: a table of a study's sections is due, not {type(table).__name__}")
        return cls._made(table, Reader(name))

    @classmethod
    def _made(cls, table: Mapping[str, Any], reader: Reader) -> Study:
        study = _read(reader, dict(table))
        if reader.faults or study is None:
            raise StudyError(reader.faults)
        return study

    @property
    def arms(self) -> dict[str, Protocol]:
        """The protocol of each arm, in the order of the file."""
        return {name: protocol_of(orders) for name, orders in self.orders.items()}

    def plan(self) -> Plan:
        """Return what is carried out: plain frozen data that travels to a worker."""
        return Plan(
            title=self.title,
            patients=self.patients,
            seed=self.seed,
            until_days=self.until_days,
            without=self.without,
            patient=Patient(tumour=self.tumour, host=self.transplants.body(self.host)),
            vessels=self.vessels,
            diagnosis=self.diagnosis,
            vary=dict(self.vary),
            agents={name: self.agents[name] for name in _given(self.orders)},
            arms=self.arms,
            primary_endpoint=self.primary_endpoint,
            secondary_endpoints=self.secondary_endpoints,
            published=self.published,
        )

    def resolve(self) -> str:
        """Return the study as TOML with every default written out; reading that gives this study again."""
        return resolve(self)

    def explain(self) -> str:
        """Return in plain English what would be done, before anything runs."""
        return explain(self)

    @staticmethod
    def schema() -> dict[str, Any]:
        """Return the JSON Schema of study files."""
        return json_schema()

    def run(self, **options: Any) -> Trial:
        """Carry the study out; see ``seedsoil.run`` for the options and errors."""
        from seedsoil.trial.run import run

        return run(self, **options)

    def with_changes(self, *, patients: int | None = None, seed: int | None = None) -> Study:
        """Return the same study with another number of patients or another seed. Raises StudyError."""
        reader = Reader(self.name)
        changes: dict[str, Any] = {}
        if patients is not None:
            changes["patients"] = reader.whole(patients, "study.patients", 1, MOST_PATIENTS)
        if seed is not None:
            changes["seed"] = reader.whole(seed, "study.seed", 0, MOST_SEED)
        if reader.faults:
            raise StudyError(reader.faults)
        return dataclasses.replace(self, **changes)


def check(path: str | Path) -> list[str]:
    """Return every fault of a study file, one line each; an empty list if it can be run."""
    try:
        Study.load(path)
    except StudyError as error:
        return list(error.faults)
    return []


def shipped_names() -> tuple[str, ...]:
    """Return the names of the studies that come with seedsoil."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def shipped(name: str = "demo") -> Study:
    """Return a study that comes with seedsoil. StudyError with the known names if there is none of this name."""
    known = shipped_names()
    asked: object = name
    if not isinstance(asked, str) or asked not in known:
        hint = did_you_mean(asked[:60], known) if isinstance(asked, str) else ""
        raise StudyError(f"no shipped study {said(asked)}.{hint} Known: {known_words(known)}.")
    file = _SHIPPED / f"{name}.toml"
    return Study.read(file_bytes(file, file.name, _STUDY, StudyError), file.name)


def _read(reader: Reader, table: dict[str, Any]) -> Study | None:
    """Read all sections; None if a noun is missing, for then nothing can be built."""
    table = reader.table(table, "", _SECTIONS)
    general = _required(reader, table, "study", ("title", "patients", "seed", "until", "without"))
    title = reader.text(general.get("title", Path(reader.name).stem), "study.title")
    patients = reader.whole(general.get("patients", 100), "study.patients", 1, MOST_PATIENTS)
    seed = reader.whole(general.get("seed", 1), "study.seed", 0, MOST_SEED)
    until = reader.quantity(general.get("until", "5 years"), "study.until", "day", 1.0, LONGEST_DAYS)
    without = reader.choices(general.get("without", []), "study.without", tuple(MECHANISMS), "a mechanism")
    if not read_shelf(reader, table):
        return None
    nouns = read_nouns(reader, table)
    diagnosis = _diagnosis(reader, table, without)
    vary = read_vary(reader, table.get("vary", {}))
    primary, secondary = _endpoints(reader, table.get("endpoints", {}))
    healthy = diagnosis.primary_diameter_mm == 0.0
    setting = Setting(nouns.body, nouns.tumour, nouns.agents, healthy, until)
    orders = read_arms(reader, table.get("arms"), setting)
    if healthy and orders and not any(map(_lets_in_cells, chain(*orders.values()))):
        reader.fault("arms", 'let in no cell, and diagnosis.primary is "none"; inject or shunt cells in at least one')
    _check_reach(reader, diagnosis, nouns.tumour, without)
    published = _published(reader, table.get("published", {}), tuple(orders))
    if nouns.tumour is None or nouns.host is None or nouns.vessels is None:
        return None
    agents = {name: reader.shelf.entry("agents", name) for name in _given(orders) if name} | dict(nouns.agents)
    return Study(
        name=reader.name, title=title, patients=patients, seed=seed, until_days=until, without=without,
        tumour=nouns.tumour, host=nouns.host, vessels=nouns.vessels, agents=agents, diagnosis=diagnosis, vary=vary,
        orders=orders, primary_endpoint=primary, secondary_endpoints=secondary, published=published,
        transplants=nouns.transplants, shelf=reader.shelf,
    )  # fmt: skip


def _check_reach(reader: Reader, diagnosis: Diagnosis, tumour: Tumour | None, without: tuple[str, ...]) -> None:
    """Refuse a primary that is found at a size to which its tumour never grows."""
    if tumour is None or tumour.crowding is None or "crowding" in without:
        return
    asked, most = cells_of(diagnosis.primary_diameter_mm), float(tumour.crowding.capacity)
    if asked >= most:
        reader.fault(
            "diagnosis.primary_diameter",
            f"is that of {asked:.2g} cells, and crowding ends this tumour's growth at {most:.2g}; ask for less than "
            f"{diameter(most):.3g} mm, or raise tumour.crowding.capacity",
        )


def _given(orders: Mapping[str, tuple[Written, ...]]) -> tuple[str, ...]:
    """Return the agents that an arm gives, sorted."""
    return tuple(sorted({each.course.agent for arm in orders.values() for each in arm if isinstance(each, Give)}))


def _required(reader: Reader, table: dict[str, Any], section: str, known: tuple[str, ...]) -> dict[str, Any]:
    if section not in table:
        reader.fault(section, f"is missing; write a table [{section}]")
        return {}
    return reader.table(table[section], section, known)


def _lets_in_cells(order: Written) -> bool:
    return isinstance(order, Shunt) or (isinstance(order, Inject) and order.what == "cells")


def _diagnosis(reader: Reader, table: dict[str, Any], without: tuple[str, ...]) -> Diagnosis:
    """Read when the clock starts; a primary of 0 mm stands for none, nan for a fault."""
    keys = ("primary", "primary_diameter", "metastases", "metastasis_diameter", "screening")
    rule, size = _required(reader, table, "diagnosis", keys), math.nan
    if "primary" in rule:
        return _healthy(reader, rule, without)
    if "primary_diameter" in rule:
        size = reader.quantity(rule["primary_diameter"], "diagnosis.primary_diameter", "mm", 1.0, 200.0)
    elif "diagnosis" in table:
        reader.fault(
            "diagnosis.primary_diameter",
            'is missing; give the size that is found, for example "35 mm", or primary = "none" for a healthy host',
        )
    count = reader.whole(rule.get("metastases", 0), "diagnosis.metastases", 0, 1000)
    least = reader.quantity(rule.get("metastasis_diameter", "10 mm"), "diagnosis.metastasis_diameter", "mm", 0.1, 200.0)
    if count and "metastasis" in without:
        reader.fault("diagnosis.metastases", 'never come, for study.without switches "metastasis" off')
    screening = read_screening(reader, rule["screening"]) if "screening" in rule else None
    if screening is not None and count:
        reader.fault("diagnosis.screening", "finds a primary before its metastases show; leave it out, or metastases")
    return Diagnosis(size, count, least, screening)


def _healthy(reader: Reader, rule: dict[str, Any], without: tuple[str, ...]) -> Diagnosis:
    """Read the start of a host without a tumour."""
    given = rule["primary"]
    if given != "none":
        reader.fault(
            "diagnosis.primary",
            f'{shown(given)} is not "none", which begins with a healthy host; leave it out and give primary_diameter',
        )
        return Diagnosis(primary_diameter_mm=math.nan)
    for key in ("primary_diameter", "metastases", "metastasis_diameter", "screening"):
        if key in rule:
            reader.fault(
                f"diagnosis.{key}", 'measures what is not there, for diagnosis.primary is "none"; leave it out'
            )
    if "metastasis" in without:
        reader.fault("diagnosis.primary", 'nothing would ever grow, for study.without switches "metastasis" off')
    return Diagnosis(primary_diameter_mm=0.0)


def _endpoints(reader: Reader, given: object) -> tuple[str, tuple[str, ...]]:
    table = reader.table(given, "endpoints", ("primary", "secondary"))
    primary = reader.choice(
        table.get("primary", ENDPOINTS[0]), "endpoints.primary", TIME_ENDPOINTS, "a time to an event"
    )
    usual = [name for name in ENDPOINTS if name != primary]
    secondary = reader.choices(table.get("secondary", usual), "endpoints.secondary", ENDPOINTS, "an endpoint")
    if primary and primary in secondary:
        reader.fault("endpoints.secondary", f"{shown(primary)} is the primary endpoint already; remove it")
    return primary, secondary


def _published(reader: Reader, given: object, arms: tuple[str, ...]) -> tuple[Published, ...]:
    """Return the published medians that the answer is held against."""
    found = []
    for arm, inner in reader.table(given, "published", arms).items():
        place = reader.place("published", arm)
        for endpoint, item in reader.table(inner, place, MEDIAN_ENDPOINTS).items():
            here = f"{place}.{endpoint}"
            band = reader.table(item, here, ("low", "high", "source"))
            if isinstance(item, dict) and len(band) < 3:
                missing = next(key for key in ("low", "high", "source") if key not in band)
                reader.fault(
                    f"{here}.{missing}", 'is missing; write { low = "24 months", high = "48 months", source = "..." }'
                )
                continue
            if not band:
                continue
            low, high = (
                reader.quantity(band[key], f"{here}.{key}", "day", 0.0, LONGEST_DAYS) for key in ("low", "high")
            )
            if low > high:
                reader.fault(here, f"low {shown(band['low'])} lies above high {shown(band['high'])}; exchange them")
            found.append(Published(arm, endpoint, low, high, reader.text(band["source"], f"{here}.source")))
    return tuple(found)
