"""The state of one patient as arrays, what each axis and column means, and the tables that a step reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]

#: Days of a step of the fixed grid. Observations never cut it; a change of the state (surgery) does.
STEP_DAYS = 7.0
#: A step's number leaves room for the parts into which changes of the state cut it, nine seconds apart or more.
PARTS = 1 << 16

# Columns of ``lesion``.
(
    SITE, PARENT, FOUNDER, FATE, ARRIVED, ACTIVE, CELLS, IMMATURE, MATURE, SPROUTS, CLOCK, REPLACES,
    HYPOXIA, PERFUSION, LEAK, LARGEST, AT_DIAGNOSIS, DETECTED, SPRING,
) = range(19)  # fmt: skip
LESION_COLUMNS = 19

# Values of ``lesion[:, FATE]``.
DORMANT, GROWING, EXTINCT, RESECTED = 0.0, 1.0, 2.0, 3.0
FATES = ("dormant", "growing", "extinct", "resected")

# Columns of ``clone``.
CLONE_PARENT, CLONE_LESION, CLONE_TYPE, CLONE_POOLED = range(4)

# Places of ``clock``.
NOW, HAZARD, SPENT, THRESHOLD, DEATH_DAY, CAUSE, MORTALITY, MORTALITY_SLOPE, TRACKED = range(9)
CLOCK_PLACES = 9

# Places of ``count``.
LESIONS, CLONES, PENDING, STEP, SERIAL = range(5)

# Columns of ``pending`` (emigrants that will found a lesion, until the step ends).
SEED_DAY, SEED_ORIGIN, SEED_TYPE, SEED_CLONE, SEED_SITE = range(5)

# Columns of ``Model.site``.
(
    DIVISION, DEATH, CO_OPTION, OPENING, CEILING, LETHAL, SLEEPERS,
) = range(7)  # fmt: skip
SITE_COLUMNS = 7

# Places of ``Model.trait``.
(
    HYPOXIC_DEATH, RIM, SWITCH_RATE, SHEDDING, SHED_GAIN, SHED_POWER, WAKING, ESTABLISHED, REPLACEMENT, HITS,
    HIT_RATE, INSTABILITY_RATE, SLOW, BURDEN_HAZARD, BURDEN_POWER, RESEEDING, SPROUTING_ON, HYPOXIA_ON,
) = range(18)  # fmt: skip
TRAITS = 18

# Columns of ``Model.agent``.
MAXIMUM, POWER, CYCLE, PASSAGE, REGION = range(5)
AGENT_COLUMNS = 5

#: Quadrature nodes of a drug piece: the three-point Gauss-Legendre rule on the unit interval, positions and weights.
NODES = 3
GAUSS_NODES = (0.1127016653792583, 0.5, 0.8872983346207417)
GAUSS_WEIGHTS = (5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0)
#: Most pieces into which one step is cut.
PIECES = 96
#: Marks of one clone in one step above which they are drawn together, not one by one.
MARKS_LIMIT = 100.0
#: Most of a clone's divisions that bring a mutant.
MOST_MUTANTS = 0.5
#: A clone keeps its identity while it makes up this share of its lesion.
IDENTITY_SHARE = 1e-4
#: Cells below which a lesion lives on diffusion alone and needs no vessels.
VESSEL_CELLS = 1e4

# What ``advance`` ends with.
REACHED, DIED, MORE_LESIONS, MORE_CLONES, TOO_MANY_SEEDS = range(5)


class Model(NamedTuple):
    """What a step reads of the patient: rates by site, by type of cell, by agent. Never changes within an arm.

    Types: ``hits + (HITS + 1) * (unstable + 2 * mask)``, where bit m of ``mask`` is resistance mechanism m.
    """

    site: Floats  # (sites, SITE_COLUMNS)
    trait: Floats  # (TRAITS,)
    emission: Floats  # (sites, sites): chance that a shed competent cell founds a lesion there, by origin
    emission_total: Floats  # (sites,)
    vessels: Floats  # constants of biology.vessels
    fitness: Floats  # (types,) factor on division
    instability: Floats  # (types,) factor on mutation
    competent: Floats  # (types,) 0 or 1
    mask: Integers  # (types,)
    mechanism_rate: Floats  # (mechanisms,) per division
    agent: Floats  # (agents, 5)
    half_power: Floats  # (agents, masks): (half * fold of resistance) ** power


class Timeline(NamedTuple):
    """Drug levels over time, cut into pieces; empty when no drug is given."""

    start: Floats  # (pieces,) day
    end: Floats  # (pieces,) day
    plasma: Floats  # (pieces, agents, NODES) mg/L at the effect site, at Gauss-Legendre nodes
    artery: Floats  # (pieces, agents, NODES) mg/L more in the infused artery
    blocked: Floats  # (pieces, 3): occupancy of VEGF, of Ang2, pericytes lost


class State(NamedTuple):
    """Everything that changes. Rows are lesions (row 0: the primary), slots are clones within a lesion."""

    lesion: Floats  # (lesions, LESION_COLUMNS)
    lesion_key: Keys  # (lesions,) identity for the random stream, the same in every arm
    cells: Floats  # (lesions, slots) whole numbers
    kind: Integers  # (lesions, slots) type of cell
    clone_of: Integers  # (lesions, slots) row of ``clone``
    slot_key: Keys  # (lesions, slots)
    used: Integers  # (lesions,) slots in use
    clone: Integers  # (clones, 4)
    clone_born: Floats  # (clones,) day
    pending: Floats  # (seeds, 5)
    pending_key: Keys  # (seeds,)
    clock: Floats  # (CLOCK_PLACES,)
    count: Integers  # type: ignore[assignment]  # (5,)


class Work(NamedTuple):
    """Scratch space of a step; holds nothing between calls of ``advance``."""

    alteration: Floats  # (types, choices): chance per division of each thing that can still happen to a cell
    mutant: Integers  # (types, choices): what its daughter then is
    mutation: Floats  # (types,): all of them together
    calendar: Floats  # (types, PIECES, 4): unmarked birth, death, mark, days
    tail: Floats  # (types, PIECES + 1, 6): composites from each piece to the end
    leaving: Floats  # (types, PIECES): share of the marks that are emigrations
    stamp: Integers  # (types,)
    piece: Floats  # (PIECES, 4): start, days, hypoxia, shedding factor
    kill: Floats  # (PIECES, masks): kill hazard [1/day]
    share: Floats  # (masks,)
    after: Floats  # (slots,)
    stack: Floats  # (depth, 6)
    burden: Floats  # (sites,)


SLOTS_BEYOND_TYPES = 48


def new_state(types: int, lesions: int = 32, clones: int = 256, seeds: int = 4096) -> State:
    """Return an empty state with room for so many lesions, clones and seeds of one step."""
    slots = types + SLOTS_BEYOND_TYPES
    return State(
        lesion=np.zeros((lesions, LESION_COLUMNS)),
        lesion_key=np.zeros(lesions, dtype=np.uint64),
        cells=np.zeros((lesions, slots)),
        kind=np.zeros((lesions, slots), dtype=np.int64),
        clone_of=np.zeros((lesions, slots), dtype=np.int64),
        slot_key=np.zeros((lesions, slots), dtype=np.uint64),
        used=np.zeros(lesions, dtype=np.int64),
        clone=np.zeros((clones, 4), dtype=np.int64),
        clone_born=np.zeros(clones),
        pending=np.zeros((seeds, 5)),
        pending_key=np.zeros(seeds, dtype=np.uint64),
        clock=np.zeros(CLOCK_PLACES),
        count=np.zeros(5, dtype=np.int64),
    )


def new_work(types: int, masks: int, sites: int, mechanisms: int) -> Work:
    """Return scratch space for a model of this size."""
    choices = 2 + mechanisms
    return Work(
        alteration=np.zeros((types, choices)),
        mutant=np.zeros((types, choices), dtype=np.int64),
        mutation=np.zeros(types),
        calendar=np.zeros((types, PIECES, 4)),
        tail=np.zeros((types, PIECES + 1, 6)),
        leaving=np.zeros((types, PIECES)),
        stamp=np.full(types, -1, dtype=np.int64),
        piece=np.zeros((PIECES, 4)),
        kill=np.zeros((PIECES, masks)),
        share=np.zeros(masks),
        after=np.zeros(types + SLOTS_BEYOND_TYPES),
        stack=np.zeros((8192, 6)),
        burden=np.zeros(sites),
    )


def copy_state(state: State) -> State:
    """Return an independent copy: arms branch from it."""
    return State(*(array.copy() for array in state))  # type: ignore[arg-type]


def _longer(array: NDArray[np.generic], rows: int) -> NDArray[np.generic]:
    grown = np.zeros((rows, *array.shape[1:]), dtype=array.dtype)
    grown[: array.shape[0]] = array
    return grown


def with_room(state: State, lesions: int, clones: int) -> State:
    """Return the same state with room for at least so many lesions and clones."""
    by_lesion = ("lesion", "lesion_key", "cells", "kind", "clone_of", "slot_key", "used")
    by_clone = ("clone", "clone_born")
    fields = state._asdict()
    for name in by_lesion:
        if fields[name].shape[0] < lesions:
            fields[name] = _longer(fields[name], lesions)
    for name in by_clone:
        if fields[name].shape[0] < clones:
            fields[name] = _longer(fields[name], clones)
    return State(**fields)
