"""Samples: pieces of lesions and tubes of blood are taken and read. Nothing that is taken is missed by the tumour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.barrier import opening_of
from seedsoil.body.state import (
    CEILING,
    CELLS,
    CLONE_PARENT,
    CLONE_POOLED,
    CLONE_TYPE,
    CLONES,
    DEPARTING,
    FOUNDER,
    HYPOXIA,
    LEAK,
    LESIONS,
    OPENING,
    OPENNESS,
    SHED_GAIN,
    SHED_POWER,
    SHEDDING,
    SITE,
    State,
)
from seedsoil.experiment.orders.operations import PRIMARY, seen_rows
from seedsoil.experiment.protocol import Biopsy, BloodDraw
from seedsoil.foundation.elementary import power
from seedsoil.observe import blood
from seedsoil.observe.biopsy import seen_in_zone, take

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm

Floats = NDArray[np.float64]


def biopsy(arm: Arm, order: Biopsy) -> None:
    """Take a piece of a lesion and tell its clones apart."""
    row = _aimed_at(arm, order.target)
    if row is None:
        arm.note(arm.today, "biopsy", f"{order.sentence()}: there is nothing to take")
        return
    state, used = arm.state, int(arm.state.used[row])
    there = _cells_in_zone(state, row, order)
    found = take(arm.grown.stream, state.slot_key[row, :used], there, arm.week, order.zone)
    for slot in np.flatnonzero(found):
        arm.biopsies.append((arm.today, row, order.zone, int(state.clone_of[row, slot]), float(found[slot])))
    clones = np.unique(state.clone_of[row, :used][found > 0.0]).size
    shown = "1 clone" if clones == 1 else f"{clones} clones"
    arm.note(arm.today, "biopsy", f"{order.sentence()}: {shown} in {found.sum():.0f} cells")


def _aimed_at(arm: Arm, target: str) -> int | None:
    """The lesion that a needle goes to: the primary, or what was last read largest in a site; None if nothing is there."""
    rows = seen_rows(arm, target)
    if target == PRIMARY or not rows:
        return rows[0] if rows else None
    last = {lesion: diameter for _, _, lesion, _, diameter in arm.observations}
    return max(rows, key=lambda row: (last[row], -row))


def _cells_in_zone(state: State, row: int, order: Biopsy) -> Floats:
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
        order.zone,
        order.zones,
    )


def draw(arm: Arm, order: BloodDraw) -> None:
    """Draw a tube of blood and count the tumour cells in it."""
    patient = arm.grown.patient
    way = ("", False, arm.condition)
    if way not in arm.ways:
        arm.ways[way] = blood.first_pass(patient.tumour, patient.host, arm.signals)
    level = blood.concentration(shed(arm), arm.ways[way], float(patient.host.cardiac_output))
    found = blood.count(arm.grown.stream, order.millilitres, level, arm.week)
    arm.blood.append((arm.today, order.millilitres, found))
    cells = "1 circulating tumour cell" if found == 1.0 else f"{found:.0f} circulating tumour cells"
    arm.note(arm.today, "blood_draw", f"{cells} in {order.millilitres:g} mL")


def shed(arm: Arm) -> Floats:
    """Cells that enter the blood a day, by site (sites,): those that will die there as well as those that will not."""
    model, host = arm.model, arm.model.site[arm.condition]
    lesion = arm.state.lesion[: int(arm.state.count[LESIONS])]
    found = np.zeros(model.site.shape[1])
    for row in lesion[lesion[:, CELLS] > 0.0]:
        site = int(row[SITE])
        gain = 1.0 + model.trait[SHED_GAIN] * power(row[HYPOXIA], model.trait[SHED_POWER])
        condition = arm.condition
        if host[site, CEILING] >= 0.0:
            place = opening_of(diameter(row[CELLS]), host[site, OPENING], host[site, CEILING], row[OPENNESS])
            condition = arm.timeline.behind[arm.piece, place]
        found[site] += model.trait[SHEDDING] * row[LEAK] * gain * model.site[condition, site, DEPARTING] * row[CELLS]
    return found
