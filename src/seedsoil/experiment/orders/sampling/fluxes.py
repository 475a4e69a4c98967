"""What tumours give to the blood today: cells that enter it, cells that die, and what living ones secrete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.drugs.barrier import opening_of
from seedsoil.body.state import (
    CEILING,
    CELLS,
    CLONES,
    DEPARTING,
    EXTINCT,
    FATE,
    GROWING,
    HYPOXIA,
    LEAK,
    LESIONS,
    NOW,
    OPENING,
    OPENNESS,
    PENDING,
    SHED_GAIN,
    SHED_POWER,
    SHEDDING,
    SITE,
    STEP_DAYS,
    THRESHOLD,
    copy_state,
)
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.foundation.elementary import power

if TYPE_CHECKING:
    from seedsoil.experiment.arm import Arm

Floats = NDArray[np.float64]

# Columns of the engine's calendar.
_DEATH, _DAYS = 1, 3


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


def dying(arm: Arm) -> Floats:
    """Cells that die a day in each lesion, by their set of mechanisms [lesions, masks].

    They are today's cells at the mean hazard of the step that begins today: lack of oxygen, host cells and all drugs of
    the coming week included. The hazards are the engine's own, read off its calendar after a step on a copy.
    """
    count = int(arm.state.count[LESIONS])
    found = np.zeros((count, 1 << arm.model.mechanism_rate.size))
    state, work, stream = copy_state(arm.state), scratch(arm.model), arm.grown.stream.copy()
    now, clones = float(state.clock[NOW]), int(state.count[CLONES])
    end = (np.floor((now + 1e-6) / STEP_DAYS) + 1.0) * STEP_DAYS
    state.clock[THRESHOLD], state.count[PENDING] = np.inf, 0
    growing = np.flatnonzero(state.lesion[:count, FATE] == GROWING)
    state.lesion[:, FATE] = EXTINCT
    for row in growing:
        work.calendar[:] = 0.0
        state.lesion[row, FATE] = GROWING
        _, state = run_until(stream, state, end, arm.model, arm.timeline, work)
        # Back to today, with whatever the step has founded forgotten.
        state.clock[NOW], state.count[LESIONS], state.count[CLONES], state.count[PENDING] = now, count, clones, 0
        state.lesion[row, FATE] = EXTINCT
        for slot in range(int(arm.state.used[row])):
            kind = int(arm.state.kind[row, slot])
            days = work.calendar[kind, :, _DAYS]
            rate = float(sum((work.calendar[kind, :, _DEATH] * days).tolist())) / max(float(sum(days.tolist())), 1e-12)
            found[row, arm.model.mask[kind]] += rate * float(arm.state.cells[row, slot])
    return found


def released_shares(arm: Arm) -> Floats:
    """Share of what each lesion lets go that reaches the blood (lesions,): a barrier keeps most of it."""
    host, count = arm.grown.patient.host, int(arm.state.count[LESIONS])
    shares = np.ones(len(host.anatomy.sites))
    for place, site in enumerate(host.anatomy.sites):
        share = host.soil(site.soil).released_share if site.soil else None
        shares[place] = 1.0 if share is None else float(share)
    return np.asarray(shares[arm.state.lesion[:count, SITE].astype(np.int64)])
