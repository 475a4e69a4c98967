"""The tree of clones as a log of events: who arose from whom, when, where and as what, and who moved to which lesion.

A pool is not a clone: the engine lets many small clones of one kind share an entry of the register. Its parent and day are those
of the first of them; the log says so, and trees of cells do not take it for one family (``genealogy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.observe.lineage.migration import Migrations
from seedsoil.observe.lineage.population import Register

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Event:
    """One entry of the log.

    ``kind``: "origin" (the first clone), "clone" (one cell of another kind was born), "pool" (the first of many), "seeding"
    (a cell began a lesion), "reseeding" (it joined one). ``parent`` is the clone it arose from (-1: none; for a cell that moved, its
    own clone), ``origin`` the lesion that it was in (-1: none), ``lesion`` the one that it was in then.
    """

    day: float
    kind: str
    clone: int
    parent: int
    origin: int
    lesion: int
    site: str
    type: str


def register_of(clones: Columns) -> Register:
    """Where clones came from, from the columns of table ``clones``."""
    return Register(
        parent=np.asarray(clones["parent"]).astype(np.int64),
        lesion=np.asarray(clones["lesion"]).astype(np.int64),
        born=np.asarray(clones["born_day"]).astype(np.float64),
        pooled=np.asarray(clones["pooled"]).astype(bool),
    )


def type_names(clones: Columns) -> list[str]:
    """The type of each clone in words: progression mutations, instability, resistance."""
    names = []
    for hits, unstable, resistance in zip(clones["hits"], clones["unstable"], clones["resistance"], strict=True):
        words = [f"{int(hits)} {'hit' if int(hits) == 1 else 'hits'}"]
        words += ["unstable"] if unstable else []
        words += [f"resistant by {resistance}"] if resistance else []
        names.append(", ".join(words))
    return names


def event_log(lesions: Columns, clones: Columns, migrations: Migrations) -> tuple[Event, ...]:
    """All births of clones and moves between lesions, by day; of one day, births first."""
    register, types = register_of(clones), type_names(clones)
    sites = [str(site) for site in lesions["site"]]
    events = []
    for clone, type_ in enumerate(types):
        mother, lesion = int(register.parent[clone]), int(register.lesion[clone])
        kind = "origin" if mother < 0 else "pool" if register.pooled[clone] else "clone"
        origin = lesion if mother >= 0 else -1
        events.append(Event(float(register.born[clone]), kind, clone, mother, origin, lesion, sites[lesion], type_))
    for row in range(migrations.size):
        clone, target = int(migrations.clone[row]), int(migrations.target[row])
        kind = "seeding" if migrations.founded[row] else "reseeding"
        origin, day = int(migrations.origin[row]), float(migrations.day[row])
        events.append(Event(day, kind, clone, clone, origin, target, sites[target], types[clone]))
    return tuple(sorted(events, key=lambda one: (one.day, one.kind in {"seeding", "reseeding"}, one.clone, one.lesion)))
