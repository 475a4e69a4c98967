"""Orders but for courses of drugs: what is done, to what and when, read one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from seedsoil.experiment.orders.condition import Condition
from seedsoil.experiment.orders.sampling.looks import Autopsy, Biopsy, BloodDraw, Count, Culture
from seedsoil.experiment.protocol import Ablate, Inject, Irradiate, Resect, Scan, Shunt
from seedsoil.foundation.errors import UnitError, did_you_mean
from seedsoil.foundation.units import plain, read
from seedsoil.observe.scan import INSTRUMENTS
from seedsoil.trial.study.reader import Reader, shown
from seedsoil.trial.study.rules.conditions import read_condition
from seedsoil.trial.study.rules.setting import Setting

__all__ = [
    "DEFAULT_SCAN",
    "LONGEST_DAYS",
    "ORDERS",
    "SHORTEST_INTERVAL",
    "TARGETS",
    "Deed",
    "complete",
    "interval_of",
    "lesion_of",
    "start_of",
    "time_of",
]

#: An order that gives no drug.
Deed: TypeAlias = Resect | Scan | Ablate | Irradiate | Inject | Shunt | Biopsy | BloodDraw | Culture | Autopsy | Count
DEFAULT_SCAN = Scan(every=56.0, start=28.0, instrument="ct")
TARGETS = ("primary", "visible metastases")
LONGEST_DAYS = 100 * 365.25
SHORTEST_INTERVAL = 1 / 24
#: More than these are a slip of the pen.
MOST_CELLS, MOST_FRACTIONS, MOST_GRAY, MOST_REACH_MM, MOST_SLICE_MM = 1e10, 100, 100.0, 100.0, 20.0
_MOST = f"{MOST_CELLS:.0e}".replace("+", "")
_MISSING = {
    "at": 'say when, for example "14 days"',
    "reach": 'say how far from its centre a lesion is destroyed, for example "15 mm"',
    "dose": 'give the dose of one fraction, for example "2 Gy"',
    "into": "name the vessel or organ whose blood it enters",
    "duration": 'say for how long, for example "30 days"',
    "against": "name the mechanism of resistance that is looked for",
    "cells": 'say how many cells a culture has at its end, for example "1e6 cells"',
    "spacing": 'say how far sections lie apart, for example "5 mm"',
    "size": 'say how large a colony must be to be seen, for example "0.5 mm"',
}


def time_of(reader: Reader, given: object, place: str, setting: Setting) -> float:
    """Return a day since diagnosis within the study."""
    day = reader.quantity(given, place, "day")
    if math.isfinite(setting.until_days) and day >= setting.until_days:
        reader.fault(place, f"{shown(given)} is not before the end of the study ({plain(setting.until_days)})")
    return day


def start_of(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> float:
    """Return the day on which an order begins, by default the first."""
    return time_of(reader, table.get("start", "0 days"), f"{place}.start", setting)


def complete(reader: Reader, table: dict[str, Any], place: str, *keys: str) -> bool:
    """Whether an order says all that it must; each key that is missing is a fault."""
    missing = [key for key in keys if key not in table]
    for key in missing:
        reader.fault(f"{place}.{key}", f"is missing; {_MISSING[key]}")
    return not missing


def _aim(reader: Reader, given: object, place: str, setting: Setting, known: tuple[str, ...], done: str) -> str:
    """Return what an order is aimed at: one of ``known``, or an organ; "" after a fault."""
    if given == "primary" and setting.healthy:
        reader.fault(place, 'there is no primary, for diagnosis.primary is "none"; name an organ')
    elif isinstance(given, str) and given in (*known, *setting.organs):
        return given
    else:
        hint = did_you_mean(given, (*known, *setting.organs)) if isinstance(given, str) and len(given) < 60 else ""
        words, host = ", ".join(shown(each) for each in known), setting.host.name
        reader.fault(
            place,
            f"{shown(given)} is nothing that can be {done}; write {words} or an organ of the {host}"
            + (f".{hint}" if hint else f", which `seedsoil describe {host}` lists"),
        )
    return ""


def lesion_of(reader: Reader, given: object, place: str, setting: Setting, known: tuple[str, ...], done: str) -> str:
    """Return what an order is aimed at, refusing the site of the primary, whose metastases alone it would mean."""
    target = _aim(reader, given, place, setting, known, done)
    if target and target == setting.primary:
        others = ', or "visible metastases"' if len(known) > 1 else ""
        reader.fault(
            place,
            f'{shown(target)} is where the primary lies, which such an order would leave; write "primary"{others}',
        )
    return target


def _resect(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    target = lesion_of(reader, table["resect"], f"{place}.resect", setting, TARGETS, "resected")
    if not complete(reader, table, place, "at"):
        return None
    day = time_of(reader, table["at"], f"{place}.at", setting)
    margin = reader.quantity(table.get("margin", 0.0), f"{place}.margin", "1", 0.0, 1.0)
    if margin == 1.0:
        reader.fault(f"{place}.margin", f"{shown(table['margin'])} leaves all cells behind; give a share below 1")
    nodes = table.get("nodes", False)
    if not isinstance(nodes, bool):
        reader.fault(f"{place}.nodes", f"{shown(nodes)} is neither true nor false")
    elif nodes and target != TARGETS[0]:
        reader.fault(f"{place}.nodes", "are those of the primary, and it is not what is resected; leave nodes out")
    return Resect(target, day, margin, nodes is True, _only_if(reader, table, place, setting))


def _ablate(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    target = lesion_of(reader, table["ablate"], f"{place}.ablate", setting, TARGETS, "ablated")
    if not complete(reader, table, place, "at", "reach"):
        return None
    day = time_of(reader, table["at"], f"{place}.at", setting)
    reach = reader.quantity(table["reach"], f"{place}.reach", "mm", 1.0, MOST_REACH_MM)
    return Ablate(target, day, reach, _only_if(reader, table, place, setting))


def _irradiate(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    """Radiation reaches a whole site, its primary too, so that here no site is refused."""
    target = _aim(reader, table["irradiate"], f"{place}.irradiate", setting, TARGETS, "irradiated")
    tumour = setting.tumour
    if tumour is not None and tumour.radiosensitivity is None:
        reader.fault(
            f"{place}.irradiate",
            f"the tumour {tumour.name} has no radiosensitivity; give it one, [tumour.radiosensitivity] with alpha, "
            "alpha_beta_ratio and hypoxic_protection",
        )
    if not complete(reader, table, place, "dose"):
        return None
    dose = reader.quantity(table["dose"], f"{place}.dose", "Gy", 0.1, MOST_GRAY)
    fractions = reader.whole(table.get("fractions", 1), f"{place}.fractions", 1, MOST_FRACTIONS)
    every = interval_of(reader, table, place, 1.0)
    if fractions > 1 and "every" not in table:
        reader.fault(f"{place}.every", 'is missing; fractions need an interval, for example "1 day"')
    elif table.get("fractions", 1) == 1 and "every" in table:
        reader.fault(f"{place}.every", "is the interval of fractions, and there is one; leave it out or give fractions")
    start, condition = start_of(reader, table, place, setting), _only_if(reader, table, place, setting)
    return Irradiate(target, start, dose, fractions, every, condition)


def _inject(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    amount, what = _counted(reader, table["inject"], f"{place}.inject")
    if not complete(reader, table, place, "into", "at"):
        return None
    into = _vessel(reader, table["into"], f"{place}.into", setting)
    return Inject(amount, into, time_of(reader, table["at"], f"{place}.at", setting), what)


def _counted(reader: Reader, given: object, place: str) -> tuple[float, Literal["cells", "beads"]]:
    """Return how many cells, or how many beads."""
    beads = isinstance(given, str) and given.rstrip().endswith(("bead", "beads"))
    try:
        number = read(given.rpartition("bead")[0] + "cells" if beads and isinstance(given, str) else given, "cell")
    except UnitError:
        reader.fault(place, f'{shown(given)} is no number of cells or beads; write "1e6 cells" or "1e5 beads"')
        return math.nan, "cells"
    if not 1.0 <= number <= MOST_CELLS:
        reader.fault(place, f"{shown(given)} is outside 1 to {_MOST} {'beads' if beads else 'cells'}")
    return number, "beads" if beads else "cells"


def _vessel(reader: Reader, given: object, place: str, setting: Setting) -> str:
    """Return a site of the circulation: a great vessel, or an organ for its artery."""
    sites = [site.name for site in setting.host.anatomy.sites]
    return reader.choice(given, place, sites, f"a site of the {setting.host.name}")


def _shunt(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    given, number = table["shunt"], math.nan
    try:
        number = read(given, "cell/day")
    except UnitError:
        reader.fault(f"{place}.shunt", f'{shown(given)} is no number of cells a day; write "1e7 cells/day"')
    if number < 1.0 or number > MOST_CELLS:
        reader.fault(f"{place}.shunt", f"{shown(given)} is outside 1 to {_MOST} cells a day")
    if not complete(reader, table, place, "into", "duration"):
        return None
    into = _vessel(reader, table["into"], f"{place}.into", setting)
    days = reader.quantity(table["duration"], f"{place}.duration", "day", SHORTEST_INTERVAL, LONGEST_DAYS)
    return Shunt(number, into, start_of(reader, table, place, setting), days)


def _scan(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Deed | None:
    tool = reader.choice(table["scan"], f"{place}.scan", sorted(INSTRUMENTS), "an instrument")
    usual, every = DEFAULT_SCAN, DEFAULT_SCAN.every
    if "every" in table:
        every = reader.quantity(table["every"], f"{place}.every", "day", 1.0, LONGEST_DAYS)
    start = start_of(reader, table, place, setting) if "start" in table else usual.start
    end = math.inf
    if "end" in table:
        end = reader.quantity(table["end"], f"{place}.end", "day", 0.0, LONGEST_DAYS)
        if end < start:
            reader.fault(f"{place}.end", f"{shown(table['end'])} is before the first scan on day {start:g}")
    regions: tuple[str, ...] = ()
    if "regions" in table:
        regions = reader.choices(
            table["regions"], f"{place}.regions", setting.organs, f"an organ of the {setting.host.name}"
        )
        if table["regions"] == []:
            reader.fault(f"{place}.regions", "is empty; name what is scanned, or leave it out for the whole body")
    thick = 0.0
    if "slice" in table:
        thick = reader.quantity(table["slice"], f"{place}.slice", "mm", 0.5, MOST_SLICE_MM)
    return Scan(every, start, tool, end, regions, thick)


def _only_if(reader: Reader, table: dict[str, Any], place: str, setting: Setting) -> Condition | None:
    """Return what must have been seen by the day of an order; None if nothing must."""
    return read_condition(reader, table["if"], f"{place}.if", setting) if "if" in table else None


def interval_of(reader: Reader, table: dict[str, Any], place: str, usual: float) -> float:
    """Return the interval of something that is repeated."""
    if "every" not in table:
        return usual
    return reader.quantity(table["every"], f"{place}.every", "day", SHORTEST_INTERVAL, LONGEST_DAYS)


#: The keys of each kind of order that acts, and of a scan; the one that names it first, and what reads it.
ORDERS: Mapping[str, tuple[tuple[str, ...], Callable[[Reader, dict[str, Any], str, Setting], Deed | None]]] = {
    "resect": (("resect", "at", "margin", "nodes", "if"), _resect),
    "scan": (("scan", "every", "start", "end", "regions", "slice"), _scan),
    "ablate": (("ablate", "at", "reach", "if"), _ablate),
    "irradiate": (("irradiate", "dose", "fractions", "every", "start", "if"), _irradiate),
    "inject": (("inject", "into", "at"), _inject),
    "shunt": (("shunt", "into", "start", "duration"), _shunt),
}
