"""Samples: pieces of lesions and tubes of blood are taken and read. Nothing that is taken is missed by the tumour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.patient import Patient
from seedsoil.body.state import (
    CELLS,
    CLONE_PARENT,
    CLONE_POOLED,
    CLONE_TYPE,
    CLONES,
    FOUNDER,
    LESIONS,
    State,
)
from seedsoil.experiment.orders.operations import PRIMARY, seen_rows
from seedsoil.experiment.orders.sampling.fluxes import dying, released_shares, shed
from seedsoil.experiment.orders.sampling.looks import Biopsy, BloodDraw, Culture
from seedsoil.foundation.streams import mix
from seedsoil.observe import blood, plasma
from seedsoil.observe.biopsy import call_mechanisms, readable, seen_in_zone, slice_zones, take
from seedsoil.observe.culture import Fluctuation, estimate, resistant_counts

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# What tells the luck of cells taken one by one, and of those that found cultures, from that of a piece.
_ONE_BY_ONE, _PLATED = 1 << 21, 1 << 22


class Tube(NamedTuple):
    """What was read in a tube of blood: nan where nobody looked. ``resistance`` are the mechanisms found in free DNA."""

    day: float
    millilitres: float
    site: int
    cells: float = math.nan
    clusters: float = math.nan
    genomes: float = math.nan
    mutant_genomes: float = math.nan
    resistance: str = ""
    marker: float = math.nan


class Cultured(NamedTuple):
    """What a fluctuation assay of one cell's clone showed; ``reading`` is None where the cell resisted already."""

    day: float
    row: int
    cell: int
    clone: int
    against: str
    cultures: int
    cells: float
    reading: Fluctuation | None


def what_samples_lack(draws: Sequence[BloodDraw], cultures: Sequence[Culture], patient: Patient) -> list[str]:
    """Say why orders cannot be carried out on this tumour in this host; nothing if they can."""
    tumour, found = patient.tumour, []
    if draws and (tumour.traces is None or patient.host.blood is None):
        found.append(
            f"{draws[0].sentence()}, but tumour {tumour.name!r} has no traces or host {patient.host.name!r} no blood: "
            "describe them, or leave the tubes out"
        )
    elif any("marker" in order.assays for order in draws) and (tumour.traces is None or tumour.traces.marker is None):
        found.append(f"a marker is to be measured, but tumour {tumour.name!r} has none: give it one, or leave it out")
    known = [mechanism.name for mechanism in tumour.mechanisms]
    found += [
        f"{order.sentence()}, but tumour {tumour.name!r} has no mechanism of that name; it has {', '.join(known) or 'none'}"
        for order in cultures
        if order.against not in known
    ]
    return found


def biopsy(arm: Arm, order: Biopsy) -> None:
    """Take a piece of a lesion and tell its clones apart, or read the mechanisms of single cells."""
    row = _aimed_at(arm, order.target)
    if row is None:
        arm.note(arm.today, "biopsy", f"{order.sentence()}: there is nothing to take")
        return
    state, used, stream = arm.state, int(arm.state.used[row]), arm.grown.stream
    keys, there, place = state.slot_key[row, :used], _cells_in_piece(arm, row, order), _place(order)
    found = take(stream, keys, there, arm.week, place, order.depth)
    found = readable(stream, keys, found, order.dropout, arm.week, place)
    for slot in np.flatnonzero(found):
        arm.biopsies.append((arm.today, row, order.zone, int(state.clone_of[row, slot]), float(found[slot])))
    clones = np.unique(state.clone_of[row, :used][found > 0.0]).size
    shown = "1 clone" if clones == 1 else f"{clones} clones"
    told = f"{order.sentence()}: {shown} in {found.sum():.0f} cells"
    if order.single_cells:
        told += f"; {_read_singly(arm, row, order, there)}"
    arm.note(arm.today, "biopsy", told)


def _place(order: Biopsy) -> int:
    """What tells the luck of pieces of one day apart."""
    return order.zone if order.piece == "needle" else order.zones + (1 if order.piece == "slice" else 2)


def _aimed_at(arm: Arm, target: str) -> int | None:
    """The lesion that a needle goes to: the primary, or what was last read largest in a site; None if nothing is there."""
    rows = seen_rows(arm, target)
    if target == PRIMARY or not rows:
        return rows[0] if rows else None
    last = {lesion: diameter for _, _, lesion, _, diameter in arm.observations}
    return max(rows, key=lambda row: (last[row], -row))


def _cells_in_piece(arm: Arm, row: int, order: Biopsy) -> Floats:
    """Cells of each clone that the knife can meet (slots,)."""
    if order.piece == "whole":
        return np.asarray(arm.state.cells[row, : int(arm.state.used[row])].copy())
    zones = [order.zone]
    if order.piece == "slice":
        zones = slice_zones(arm.grown.stream, arm.state.lesion_key[row], arm.week, order.zones)
    return np.asarray(np.sum([_cells_in_zone(arm.state, row, zone, order.zones) for zone in zones], axis=0))


def _cells_in_zone(state: State, row: int, zone: int, zones: int) -> Floats:
    used, known = int(state.used[row]), int(state.count[CLONES])
    register = state.clone[:known]
    return seen_in_zone(
        register[:, CLONE_PARENT],
        register[:, CLONE_TYPE],
        register[:, CLONE_POOLED],
        state.clone_born[:known],
        state.clone_of[row, :used],
        state.cells[row, :used],
        int(state.lesion[row, FOUNDER]),
        zone,
        zones,
    )


def _single(arm: Arm, row: int, there: Floats, number: int, place: int) -> Integers:
    """Slots of single cells picked out of a piece (at most ``number``,), clone by clone."""
    keys = arm.state.slot_key[row, : there.size]
    picked = take(arm.grown.stream, keys, there, arm.week, place, float(number))
    return np.repeat(np.arange(there.size), picked.astype(np.int64))


def _read_singly(arm: Arm, row: int, order: Biopsy, there: Floats) -> str:
    slots = _single(arm, row, there, order.single_cells, _ONE_BY_ONE + _place(order))
    masks = arm.model.mask[arm.state.kind[row, slots]]
    known = len(arm.grown.patient.tumour.mechanisms) if arm.model.mechanism_rate.size else 0
    key = np.uint64(mix(arm.state.lesion_key[row], np.uint64(_place(order))))
    calls = call_mechanisms(arm.grown.stream, key, masks, known, order.dropout, arm.week)
    arm.single_cells += [(arm.today, row, cell, int(mask)) for cell, mask in enumerate(calls.tolist())]
    return f"{int(np.count_nonzero(calls))} of {calls.size} single cells show a mechanism of resistance"


def culture(arm: Arm, order: Culture) -> None:
    """Grow clones of single cells in parallel cultures, and count those that resist."""
    row = _aimed_at(arm, order.target)
    if row is None:
        arm.note(arm.today, "culture", f"{order.sentence()}: there is nothing to take")
        return
    names = [mechanism.name for mechanism in arm.grown.patient.tumour.mechanisms]
    bit = names.index(order.against)
    rate = float(arm.model.mechanism_rate[bit]) if arm.model.mechanism_rate.size else 0.0
    pace = 1.0 - float(arm.grown.patient.tumour.mechanisms[bit].fitness_cost)
    cells = arm.state.cells[row, : int(arm.state.used[row])]
    rates = []
    for cell, slot in enumerate(_single(arm, row, cells, order.clones, _PLATED).tolist()):
        kind, clone = int(arm.state.kind[row, slot]), int(arm.state.clone_of[row, slot])
        reading = None
        if not arm.model.mask[kind] >> bit & 1:
            key = np.uint64(mix(arm.state.slot_key[row, slot], np.uint64(cell)))
            counts = resistant_counts(
                arm.grown.stream, key, arm.week, order.cultures, order.cells, rate * arm.model.instability[kind], pace
            )
            reading = estimate(counts, order.cells)
            rates.append(reading.rate_mss)
        arm.cultured.append(Cultured(arm.today, row, cell, clone, order.against, order.cultures, order.cells, reading))
    known = [one for one in rates if not math.isnan(one)]
    shown = f"{min(known):.2g} to {max(known):.2g} per division" if known else "no rate could be read"
    arm.note(arm.today, "culture", f"{order.sentence()}: {shown}")


def draw(arm: Arm, order: BloodDraw) -> None:
    """Draw a tube of blood and read in it what was asked for."""
    patient = arm.grown.patient
    traces, body, artery = blood.traced(patient.tumour, patient.host)
    needle = order.source or artery
    site = patient.host.anatomy.index(needle)
    tube, told = Tube(arm.today, order.millilitres, site), []
    for assay in order.assays:
        if assay in blood.RECOVERY:
            level = _circulating(arm, needle)
            found = blood.count(arm.grown.stream, order.millilitres, level, traces, assay, arm.week, site)
            tube = tube._replace(cells=found[0], clusters=found[1])
            told.append("1 circulating tumour cell" if found[0] == 1.0 else f"{found[0]:.0f} circulating tumour cells")
        elif assay == "ctdna":
            tube = _sequence(arm, order, tube)
            told.append(f"{tube.mutant_genomes:.0f} of {tube.genomes:.0f} genomes mutant")
        elif traces.marker is not None:
            living = arm.state.lesion[: int(arm.state.count[LESIONS]), CELLS] * released_shares(arm)
            read = plasma.marker_level(
                arm.grown.stream, float(sum(living.tolist())), traces.marker, body, arm.week, site
            )
            tube = tube._replace(marker=read)
            told.append(f"marker {1e3 * read:.3g} ug/L")
    arm.blood.append(tube)
    arm.note(arm.today, "blood_draw", f"{', '.join(told)} in {order.millilitres:g} mL")


def _circulating(arm: Arm, needle: str) -> blood.Density:
    """Circulating tumour cells in a litre at the needle, today."""
    patient = arm.grown.patient
    way = (f"drawn from {needle}", False, arm.condition)
    if way not in arm.ways:
        arm.ways[way] = blood.passing(patient.tumour, patient.host, needle, arm.signals)
    spread = patient.tumour.spread
    clusters = 0.0 if spread is None or "clusters" in arm.without else float(spread.cluster_share)
    traces, _, _ = blood.traced(patient.tumour, patient.host)
    return blood.density(shed(arm), arm.ways[way], traces, clusters)


def _sequence(arm: Arm, order: BloodDraw, tube: Tube) -> Tube:
    """Read the free DNA of a tube, at a truncal mutation and at every mechanism of resistance."""
    patient = arm.grown.patient
    traces, body, _ = blood.traced(patient.tumour, patient.host)
    flux = dying(arm) * released_shares(arm)[:, None]
    deaths = float(sum(flux.ravel().tolist()))
    mechanisms = patient.tumour.mechanisms if arm.model.mechanism_rate.size else ()
    masks = np.arange(flux.shape[1])
    bearing = np.array(
        [
            float(sum(flux[:, masks >> bit & 1 == 1].ravel().tolist())) / deaths if deaths > 0.0 else 0.0
            for bit in range(len(mechanisms))
        ]
    )
    genomes, mutants, found = plasma.read_genomes(
        arm.grown.stream, order.millilitres, plasma.tumour_genomes(deaths, traces, body), body, bearing, order.depth,
        arm.week, tube.site,
    )  # fmt: skip
    shown = [one.name for one, count in zip(mechanisms, found.tolist(), strict=True) if plasma.called(genomes, count)]
    return tube._replace(genomes=genomes, mutant_genomes=mutants, resistance="+".join(shown))
