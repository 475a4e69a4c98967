"""Operations: lesions are cut out, burnt or irradiated, and of each clone a binomial share is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from seedsoil.biology.medicine.radiation import surviving
from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.state import (
    ARRIVED,
    CELLS,
    DETECTED,
    DORMANT,
    EXTINCT,
    FATE,
    GROWING,
    HYPOXIA,
    LESIONS,
    NOW,
    RESECTED,
    SITE,
    SPRING,
)
from seedsoil.experiment.protocol import Ablate, Irradiate, Resect
from seedsoil.foundation.samplers import thin
from seedsoil.foundation.streams import ABLATION, RADIATION, SURGERY, aim, uniform

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm

#: Targets that are no site.
PRIMARY, VISIBLE = "primary", "visible metastases"
#: Fractions of one course of radiation, at most: those of the next course have other luck.
_MOST_FRACTIONS = 10_000
_SAME_DAY = 1e-6


def resect(arm: Arm, order: Resect) -> None:
    """Take lesions out; a margin leaves a binomial share of each clone behind, and the lesion grows on from that."""
    rows = seen_rows(arm, order.target)
    if order.target == PRIMARY and rows:
        rows = rows + _dissected(arm, order)
    for row in rows:
        margin = order.margin if row == rows[0] or order.target != PRIMARY else 0.0
        _thin(arm, row, margin, SURGERY, int(arm.today) + 1, RESECTED)
    if rows and not any(abs(day - arm.today) < _SAME_DAY for day in arm.wounds):
        arm.wounds.append(arm.today)
        arm.retime()
    arm.note(arm.today, "resection", f"{order.sentence()} ({lesions(len(rows))})")


def _dissected(arm: Arm, order: Resect) -> list[int]:
    """Tell a pathologist's reading of the primary, and of the lymph nodes that come out with it; return the nodes' lesions.

    Founders that sleep in a node go with it, unseen.
    """
    state, regional = arm.state, arm.chart.stager.regional
    size = diameter(float(state.lesion[0, CELLS]))
    if not order.nodes:
        arm.chart.stager.pathology(arm.today, size, None)
        return []
    lesion = state.lesion[: int(state.count[LESIONS])]
    there = np.isin(lesion[:, SITE].astype(int), list(regional)) & (lesion[:, ARRIVED] <= state.clock[NOW])
    asleep = np.flatnonzero(there & (lesion[:, FATE] == DORMANT))
    lesion[asleep, FATE] = RESECTED
    rows = [int(row) for row in np.flatnonzero(there & (lesion[:, FATE] == GROWING))]
    found = [(row, int(lesion[row, SITE]), diameter(float(lesion[row, CELLS]))) for row in rows]
    arm.chart.stager.pathology(arm.today, size, found)
    return rows


def ablate(arm: Arm, order: Ablate, number: int) -> None:
    """Kill what lies within reach of the centre of each lesion seen, by heat or cold.

    Law: of a ball of radius R, heat of reach r leaves the share 1 - (r / R)^3, and nothing where r >= R. Clones lie
    everywhere in a lesion alike.
    """
    rows = seen_rows(arm, order.target)
    for row in rows:
        kept = left_by_heat(float(arm.state.lesion[row, CELLS]), order.reach_mm)
        _thin(arm, row, kept, ABLATION, number, EXTINCT)
    arm.note(arm.today, "ablation", f"{order.sentence()} ({lesions(len(rows))})")


def left_by_heat(cells: float, reach_mm: float) -> float:
    """Share of a lesion's cells beyond the reach of heat or cold from its centre [1]."""
    radius = 0.5 * diameter(cells)
    return max(0.0, 1.0 - (reach_mm / radius) ** 3) if radius > 0.0 else 0.0


def irradiate(arm: Arm, order: Irradiate, number: int, fraction: int) -> None:
    """Give one fraction of radiation: of each clone the linear-quadratic share is left.

    A site is hit whole: every lesion there, seen or not, and founders that sleep, each as one cell that has its oxygen.
    """
    state, tumour = arm.state, arm.grown.patient.tumour
    cell = tumour.radiosensitivity
    rows = _irradiated_rows(arm, order.target)
    if fraction == 0:
        arm.note(arm.today, "irradiation", f"{order.sentence()} ({lesions(len(rows))})")
    if cell is None or not has_effect(arm, order):
        return
    step = number * _MOST_FRACTIONS + fraction

    def left(kind: float, hypoxic: float) -> float:
        return surviving(cell, order.dose_gray, hypoxic, int(arm.model.mask[int(kind)]), tumour.mechanisms)

    for row in rows:
        lesion = state.lesion[row]
        if lesion[FATE] == DORMANT:
            aim(arm.grown.stream, RADIATION, state.lesion_key[row], step)
            if uniform(arm.grown.stream) >= left(lesion[SPRING], 0.0):
                lesion[FATE] = EXTINCT
        else:
            kinds, hypoxic = state.kind[row, : state.used[row]], float(lesion[HYPOXIA])
            _thin(arm, row, [left(kind, hypoxic) for kind in kinds], RADIATION, step, EXTINCT)


def has_effect(arm: Arm, order: Irradiate) -> bool:
    """Whether radiation can kill a cell of this tumour: if not, it must not even cut a step."""
    cell = arm.grown.patient.tumour.radiosensitivity
    return cell is not None and float(cell.alpha) > 0.0 and order.dose_gray > 0.0


def _thin(arm: Arm, row: int, share: float | list[float], purpose: int, step: int, gone: float) -> None:
    """Leave a binomial share of each clone of a lesion, one for all or one for each; a lesion without cells has the fate ``gone``."""
    state, used = arm.state, int(arm.state.used[row])
    shares, keys = np.full(used, share, dtype=np.float64), state.slot_key[row, :used]
    total = thin(arm.grown.stream, state.cells[row, :used], shares, purpose, keys, step)
    state.lesion[row, CELLS] = total
    if total <= 0.0:
        state.lesion[row, FATE] = gone
        state.used[row] = 0


def seen_rows(arm: Arm, target: str) -> list[int]:
    """Lesions that an operation on what scans have shown can aim at; the primary need not have been scanned."""
    state = arm.state
    growing = [row for row in range(int(state.count[LESIONS])) if state.lesion[row, FATE] == GROWING]
    if target == PRIMARY:
        return [0] if 0 in growing else []
    seen = [row for row in growing if row > 0 and state.lesion[row, DETECTED] >= 0.0]
    if target == VISIBLE:
        return seen
    site = arm.grown.patient.host.anatomy.index(target)
    return [row for row in seen if int(state.lesion[row, SITE]) == site]


def _irradiated_rows(arm: Arm, target: str) -> list[int]:
    """Lesions in the field: what was seen, or all that lies in a site."""
    if target in (PRIMARY, VISIBLE):
        return seen_rows(arm, target)
    site, lesion = arm.grown.patient.host.anatomy.index(target), arm.state.lesion
    there = lesion[: int(arm.state.count[LESIONS])]
    living = (there[:, FATE] == GROWING) | ((there[:, FATE] == DORMANT) & (there[:, ARRIVED] <= arm.state.clock[NOW]))
    return [int(row) for row in np.flatnonzero(living & (there[:, SITE] == site))]


def lesions(count: int) -> str:
    """Say a number of lesions."""
    return "1 lesion" if count == 1 else f"{count} lesions"
