"""What a study does to its host's body before anything grows: pieces of tissue grafted, a partner joined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seedsoil.biology.journey.transplant import graft, joined
from seedsoil.biology.patient import Host
from seedsoil.foundation.errors import did_you_mean
from seedsoil.trial.study.reader import Reader, shown

__all__ = ["Graft", "Transplants", "read_transplants"]

#: More grafts than this are a slip of the pen.
MOST_GRAFTS = 20
LEAST_SHARE, MOST_SHARE = 1e-6, 0.9
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}$")
_EXAMPLE = 'write { soil = "ovary", of = "skin", share = 0.1 }'


@dataclass(frozen=True)
class Graft:
    """A piece of tissue of some soil that takes a share of what flows to a site."""

    name: str
    soil: str
    of: str
    share: float


@dataclass(frozen=True)
class Transplants:
    """The grafts of a study, in order, and the share of flow that a joined partner exchanges, None without one."""

    grafts: tuple[Graft, ...] = ()
    exchange: float | None = None

    def body(self, host: Host) -> Host:
        """Return the host with its partner joined and then the pieces grafted, so that the partner has none."""
        made = host if self.exchange is None else joined(host, self.exchange)
        for each in self.grafts:
            made = graft(made, each.name, each.soil, each.of, each.share)
        return made


def read_transplants(reader: Reader, table: Mapping[str, Any], host: Host) -> Transplants:
    """Read the sections ``grafts`` and ``parabiosis``; what is faulty is left out."""
    exchange = _exchange(reader, table["parabiosis"]) if "parabiosis" in table else None
    body = Transplants((), exchange).body(host)
    given = reader.table(table.get("grafts", {}), "grafts")
    if len(given) > MOST_GRAFTS:
        reader.fault("grafts", f"are {len(given)}; {MOST_GRAFTS} are the most allowed")
        return Transplants((), exchange)
    grafts = [_graft(reader, item, name, body) for name, item in given.items()]
    return Transplants(tuple(each for each in grafts if each is not None), exchange)


def _exchange(reader: Reader, given: object) -> float | None:
    rule = reader.table(given, "parabiosis", ("exchange",))
    if "exchange" not in rule:
        if isinstance(given, dict):
            reader.fault("parabiosis.exchange", "is missing; give the share of blood exchanged, for example 0.01")
        return None
    before = len(reader.faults)
    share = reader.quantity(rule["exchange"], "parabiosis.exchange", "1", 0.0, 1.0)
    return share if len(reader.faults) == before else None


def _graft(reader: Reader, given: object, name: str, body: Host) -> Graft | None:
    place, before = reader.place("grafts", name), len(reader.faults)
    if not isinstance(given, dict):
        reader.fault(place, f"{shown(given)} is not a table; {_EXAMPLE}")
        return None
    if not _NAME.match(name):
        reader.fault(place, "is no name for a site; start with a letter, then up to 39 letters, digits or _")
    elif name in {site.name for site in body.anatomy.sites}:
        reader.fault(place, f"the {body.name} has a site of this name; choose another")
    table = reader.table(given, place, ("soil", "of", "share"))
    for key in ("soil", "of", "share"):
        if key not in table:
            reader.fault(f"{place}.{key}", f"is missing; {_EXAMPLE}")
    soils = [soil.name for soil in body.soils]
    soil = reader.choice(table["soil"], f"{place}.soil", soils, f"a soil of the {body.name}") if "soil" in table else ""
    beside = _organ(reader, table["of"], f"{place}.of", body) if "of" in table else ""
    share = reader.quantity(table.get("share", 0.1), f"{place}.share", "1", LEAST_SHARE, MOST_SHARE)
    return Graft(name, soil, beside, share) if len(reader.faults) == before else None


def _organ(reader: Reader, given: object, place: str, body: Host) -> str:
    """Return a site that has tissue, and so a bed of vessels that a graft can share."""
    organs = [site.name for site in body.anatomy.sites if site.soil]
    if isinstance(given, str) and given in organs:
        return given
    hint = did_you_mean(given, organs) if isinstance(given, str) and len(given) < 60 else ""
    reader.fault(place, f"{shown(given)} is no organ of the {body.name} whose vessels a graft could share.{hint}")
    return ""
