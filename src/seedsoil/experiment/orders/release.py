"""Cells let go in the blood: each arrests where the circulation takes it, and a few found a lesion. Beads only arrest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.anatomy import Site, Vessel
from seedsoil.biology.journey.cascade import arrival_success
from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.journey.founders import mothers
from seedsoil.biology.patient import Host
from seedsoil.biology.signals import Levels
from seedsoil.biology.soils.factors import Addressins
from seedsoil.body.conditions import welcome
from seedsoil.body.state import (
    CEILING,
    CELLS,
    FIRST_KIND,
    FOUNDER_SPREAD,
    LESIONS,
    NOW,
    PENDING,
    SEED_CLONE,
    SEED_CONDITION,
    SEED_DAY,
    SEED_LESION,
    SEED_ORIGIN,
    SEED_SITE,
    SEED_TYPE,
    VIGOUR,
)
from seedsoil.experiment.protocol import Inject, Shunt
from seedsoil.foundation.elementary import exp
from seedsoil.foundation.samplers import binomial
from seedsoil.foundation.streams import INJECTION, Stream, aim, mix
from seedsoil.foundation.value import Value

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm

Floats = NDArray[np.float64]

#: A shunt lets its cells go in weekly amounts [day].
WEEK = 7.0
# The draws of an order: where cells arrest, and which of them succeed.
_ARREST, _SUCCEED = 0, 1
_SYRINGE = "syringe"


@dataclass(frozen=True)
class Source:
    """Cells of one clone among those let go: the lesion that they come from (-1: a culture), and their share."""

    row: int
    kind: int
    clone: int
    key: np.uint64
    share: float


def inject(arm: Arm, order: Inject, number: int) -> None:
    """Let cells or beads go at once; the event says where they arrested."""
    caught, founders = release(arm, order.amount, order.into, number, 0, order.what == "beads", _culture(arm))
    if order.what == "cells":
        arm.injected[number] = (order.at_day, np.floor(order.amount + 0.5), caught)
    founded = "" if order.what == "beads" else f"; {_outcome(founders)}"
    arm.note(order.at_day, "injection", f"{order.sentence()}: {where(arm, caught)}{founded}")


def shunt(arm: Arm, order: Shunt, number: int, week: int) -> None:
    """Let a week's cells go; the last week's event says where all of them arrested."""
    days = min(WEEK, order.duration - WEEK * week)
    caught, founders = release(arm, order.per_day * days, order.into, number, week, False, _ascites(arm))
    before = arm.released.get(number, (np.zeros(caught.size), 0))
    arm.released[number] = (before[0] + caught, before[1] + founders)
    if week == 0:
        arm.note(order.start, "shunt", order.sentence())
    if WEEK * (week + 1) >= order.duration - 1e-9:
        caught, founders = arm.released[number]
        arm.note(arm.today, "shunt", f"all cells of the shunt: {where(arm, caught)}; {_outcome(founders)}")


def release(
    arm: Arm, amount: float, into: str, number: int, part: int, beads: bool, sources: list[Source]
) -> tuple[Floats, int]:
    """Let cells go at a site or vessel; returns how many arrested at each site (sites,), and how many found a lesion.

    Law: the circulation's chances of arrest give a multinomial number for each site; each cell that is competent then
    passes the stages after arrest of the cascade, and those that succeed wait to found a lesion; none of them joins a
    lesion that is there. ``number`` and ``part`` tell the luck of orders, and of a shunt's weeks, apart.
    """
    patient, stream = arm.grown.patient, arm.grown.stream
    way = (into, beads, arm.condition)
    if way not in arm.ways:
        arm.ways[way] = entering(patient.tumour, patient.host, into, arm.signals, beads)
    chances = arm.ways[way]
    success = np.zeros(chances.size) if beads else _success(arm)
    caught, founders, left = np.zeros(chances.size), 0, np.floor(amount + 0.5)
    step = 2 * (number * 100_000 + part)
    shares = [source.share for source in sources]
    for place, source in enumerate(sources):
        aim(stream, INJECTION, _key(source.key, 0), step + _ARREST)
        rest = sum(shares[place:])
        cells = (
            left if place == len(sources) - 1 else binomial(stream, left, source.share / rest if rest > 0.0 else 0.0)
        )
        left -= cells
        found = spread(stream, cells, chances, source.key, step + _ARREST)
        caught += found
        if arm.model.competent[source.kind] > 0.0:
            takes = np.minimum(1.0, success * _worth(arm, source))
            founders += _found(arm, source, found, takes, step + _SUCCEED)
    return caught, founders


def spread(stream: Stream, cells: float, chances: Floats, key: np.uint64, step: int) -> Floats:
    """Draw how many of the cells go to each site (sites,), by its chance; the rest die on the way. Luck site by site."""
    found, left, rest = np.zeros(chances.size), cells, 1.0
    for site, chance in enumerate(chances.tolist()):
        if chance > 0.0 and left > 0.0:
            aim(stream, INJECTION, _key(key, site + 1), step)
            found[site] = binomial(stream, left, min(1.0, chance / rest))
            left -= found[site]
        rest = max(rest - chance, 1e-300)
    return found


def entering(tumour: Tumour, host: Host, into: str, signals: Levels | None = None, beads: bool = False) -> Floats:
    """Chance that a cell let go in the blood of a site arrests at each site [sites].

    A cell let go in the artery of a tissue meets its filter first; one in a great vessel goes with the flow. Beads are
    caught by size alone, and do not die.
    """
    anatomy = host.anatomy
    anatomy.index(into)
    none, all_ = _exactly(0.0), _exactly(1.0)
    needle = anatomy.model_copy(
        update={
            "sites": (*anatomy.sites, Site(name=_SYRINGE, size_trap=none)),
            "vessels": (*anatomy.vessels, Vessel(source=_SYRINGE, target=into, share=all_)),
        }
    )
    if beads:
        bare = Addressins(**{name: none for name in Addressins.model_fields})
        deathless = tumour.transit_loss_rate.model_copy(update={"number": 0.0, "low": 0.0})
        tumour = tumour.model_copy(update={"adhesion": bare, "transit_loss_rate": deathless})
    found = arrests(tumour, host.model_copy(update={"anatomy": needle}), signals)
    chances = (found if signals is None else found[0])[-1, :-1]
    # The needle is no segment of the way: nothing dies in it.
    survival = exp(-float(tumour.transit_loss_rate) * float(tumour.transit_time))
    return np.asarray(chances / survival)


def _key(entity: np.uint64, number: int) -> np.uint64:
    """Key of a part of an entity."""
    return np.uint64(mix(entity, np.uint64(number)))


def _exactly(number: float) -> Value:
    return Value(number=number, unit="1", grade="assumed", source="assumed")


def _success(arm: Arm) -> Floats:
    """Chance that a competent cell which has arrested at each site founds a lesion there today [sites]."""
    patient, shut = arm.grown.patient, arm.timeline.behind[arm.piece, 0]
    open_rates, shut_rates = arm.model.site[arm.condition], arm.model.site[shut]
    rates = np.where(open_rates[:, CEILING, None] < 0.0, open_rates, shut_rates)
    division, death = welcome(rates, arm.model.site[0], arm.without)
    chances = np.zeros(division.size)
    if "metastasis" in arm.without:
        return chances
    for place, site in enumerate(patient.host.anatomy.sites):
        if site.soil:
            soil = patient.host.soil(site.soil)
            chances[place] = arrival_success(
                patient.tumour, soil, division[place], death[place], arm.without, arm.signals
            )[0]
    return chances


def _worth(arm: Arm, source: Source) -> Floats:
    """How often cells of a source succeed at each site by the vigour of their lesion, against those of a culture [sites]."""
    width = float(arm.model.trait[FOUNDER_SPREAD])
    if source.row < 0 or width == 0.0:
        return np.ones(arm.model.favour.shape[1])
    vigour, known = float(arm.state.lesion[source.row, VIGOUR]), mothers(width)
    return np.array([np.interp(vigour, known, each) for each in arm.model.favour.T])


def _found(arm: Arm, source: Source, caught: Floats, success: Floats, step: int) -> int:
    """Put the cells that will found a lesion on their way: they settle when time goes on. Returns their number."""
    stream, number = arm.grown.stream, 0
    for site in np.flatnonzero((caught > 0.0) & (success > 0.0)):
        aim(stream, INJECTION, _key(source.key, int(site) + 1), step)
        for ordinal in range(int(binomial(stream, caught[site], success[site]))):
            index = int(arm.state.count[PENDING])
            if index >= arm.state.pending.shape[0]:
                arm.state = arm.state._replace(
                    pending=np.vstack([arm.state.pending, np.zeros_like(arm.state.pending)]),
                    pending_key=np.concatenate([arm.state.pending_key, np.zeros_like(arm.state.pending_key)]),
                )
            seed = arm.state.pending[index]
            seed[SEED_DAY], seed[SEED_ORIGIN] = arm.state.clock[NOW], source.row
            seed[SEED_TYPE], seed[SEED_CLONE], seed[SEED_SITE] = source.kind, source.clone, site
            seed[SEED_CONDITION], seed[SEED_LESION] = arm.condition, -1.0
            arm.state.pending_key[index] = _key(_key(_key(source.key, step), int(site)), ordinal)
            arm.state.count[PENDING] = index + 1
            number += 1
    return number


def _culture(arm: Arm) -> list[Source]:
    """Cells as the tumour began: its founding clone, grown outside the body."""
    return [Source(-1, int(arm.model.trait[FIRST_KIND]), 0, _key(np.uint64(INJECTION), 0), 1.0)]


def _ascites(arm: Arm) -> list[Source]:
    """Cells of the largest lesion, clone by clone; of a culture if there is none."""
    state = arm.state
    row = int(np.argmax(state.lesion[: int(state.count[LESIONS]), CELLS]))
    total = float(state.lesion[row, CELLS])
    if total <= 0.0:
        return _culture(arm)
    return [
        Source(
            row,
            int(state.kind[row, slot]),
            int(state.clone_of[row, slot]),
            state.slot_key[row, slot],
            float(state.cells[row, slot]) / total,
        )
        for slot in range(int(state.used[row]))
    ]


def where(arm: Arm, caught: Floats) -> str:
    """Say how many arrested at each site, most first."""
    names = [site.name.replace("_", " ") for site in arm.grown.patient.host.anatomy.sites]
    order = sorted(np.flatnonzero(caught > 0.0), key=lambda site: (-caught[site], site))
    return "arrested " + ", ".join(f"{names[site]} {caught[site]:,.0f}" for site in order) if order else "none arrested"


def _outcome(founders: int) -> str:
    """Say how many lesions come of it."""
    return (
        "no lesion comes of it"
        if founders == 0
        else f"{founders} {'lesion comes' if founders == 1 else 'lesions come'} of it"
    )
