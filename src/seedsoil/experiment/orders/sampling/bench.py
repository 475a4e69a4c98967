"""After death and at the bench: organs are examined, labels and colonies are counted. Nothing of it changes the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.cascade import early_hazard, harshness, leaving, race
from seedsoil.biology.soils.vessels import cells_of
from seedsoil.body.state import CELLS, DEATH, DIVISION, LESIONS, QUIESCENCE, SITE
from seedsoil.experiment.orders.sampling.looks import Autopsy, Count
from seedsoil.foundation.streams import mix
from seedsoil.observe.autopsy import examine
from seedsoil.observe.bench import Sleep, count_label, retained

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm


class Organ(NamedTuple):
    """What an autopsy showed in one organ: metastases, and the diameter of the largest [mm]."""

    day: float
    site: int
    lesions: int
    largest_mm: float


class Counted(NamedTuple):
    """What was counted in one organ; ``share`` is that of all cells injected before."""

    day: float
    what: str
    site: int
    number: float
    share: float


def autopsy(arm: Arm, order: Autopsy) -> None:
    """Examine a body, organ by organ; the primary is no metastasis. Who lives on is left alone unless all are examined."""
    if not arm.followed or (arm.alive and not order.everyone):
        return
    day, count = arm.end if arm.alive else arm.end_day, int(arm.state.count[LESIONS])
    lesion = arm.state.lesion[1:count]
    seen = examine(arm.grown.stream, arm.state.lesion_key[1:count], lesion[:, CELLS], order.spacing_mm)
    sites, found = arm.grown.patient.host.anatomy.sites, []
    for place, site in enumerate(sites):
        if site.soil:
            here = seen[(lesion[:, SITE] == place) & (seen > 0.0)]
            arm.autopsies.append(Organ(day, place, here.size, float(here.max()) if here.size else 0.0))
            found += [site.name.replace("_", " ")] if here.size else []
    arm.note(day, "autopsy", f"metastases in {', '.join(found)}" if found else "no metastasis found")


def count(arm: Arm, order: Count, part: int) -> None:
    """Count in each organ what an order asks for, on one of its days."""
    day = order.days[part]
    injected = sum(amount for when, amount, _ in arm.injected.values() if when <= day + 1e-9)
    numbers = _label(arm, day) if order.what == "label" else _colonies(arm, order.size_mm)
    sites, told = arm.grown.patient.host.anatomy.sites, []
    for place in sorted(range(len(sites)), key=lambda place: (-numbers[place], place)):
        if sites[place].soil:
            share = numbers[place] / injected if injected > 0.0 else 0.0
            arm.counted.append(Counted(day, order.what, place, numbers[place], share))
            if numbers[place] > 0.0:
                told.append(f"{sites[place].name.replace('_', ' ')} {numbers[place]:,.0f}")
    what = "cells' worth of label" if order.what == "label" else f"colonies of {order.size_mm:g} mm or more"
    arm.note(arm.today, "count", f"{what}: {', '.join(told) if told else 'none'}")


def _label(arm: Arm, day: float) -> list[float]:
    """Cells' worth of label by site: of every injection so far, at the hazards of the cascade without agents' change."""
    patient, rates = arm.grown.patient, arm.model.site[0]
    tumour, host = patient.tumour, patient.host
    found = [0.0] * len(host.anatomy.sites)
    days = sorted({when for order in arm.labelled for when in order.days} | {day})
    for number, (when, _, caught) in arm.injected.items():
        if when > day:
            continue
        since = tuple(later - when for later in days if later >= when)
        at = since.index(day - when)
        for place, site in enumerate(host.anatomy.sites):
            if site.soil and caught[place] > 0.0:
                soil = host.soil(site.soil)
                early = float(early_hazard(tumour, [soil], arm.resting, arm.without)[0, 0])
                leaves = float(leaving(tumour, [soil], arm.resting, arm.without)[0, 0])
                shares = retained(
                    since, early, float(tumour.early_loss_time), leaves,
                    float(tumour.intravascular_death_rate) * harshness(soil, arm.without), float(rates[place, DEATH]),
                    _sleep(tumour, float(rates[place, DIVISION]), float(rates[place, QUIESCENCE])),
                )  # fmt: skip
                key = np.uint64(mix(np.uint64(number), np.uint64(place)))
                found[place] += float(count_label(arm.grown.stream, float(caught[place]), shares, key, 0)[at])
    return found


def _sleep(tumour: Tumour, division: float, asleep: float) -> Sleep:
    """How a tumour's cells sleep in a tissue in which they divide and fall asleep at these rates [1/day]."""
    share = 1.0 - float(race(division, asleep)) if division + asleep > 0.0 else 0.0
    return Sleep(share, float(tumour.dormant_death_rate), float(tumour.wake_rate))


def _colonies(arm: Arm, size_mm: float) -> list[float]:
    lesion = arm.state.lesion[1 : int(arm.state.count[LESIONS])]
    large = lesion[lesion[:, CELLS] >= max(1.0, cells_of(size_mm))]
    here = np.bincount(large[:, SITE].astype(np.int64), minlength=len(arm.grown.patient.host.anatomy.sites))
    return [float(number) for number in here]
