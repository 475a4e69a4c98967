"""The state of one patient as arrays, what each axis and column means, and the tables that a step reads."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]

#: Days of a step of the fixed grid. Observations never cut it; a change of the state (surgery) does.
STEP_DAYS = 7.0
#: A step's number leaves room for the parts into which changes of the state cut it, nine seconds apart or more.
PARTS = 1 << 16

# Columns of ``lesion``. VIGOUR, OPENNESS and SENSITIVITY are logarithms, CALLED is beyond the resting level: 0 is the usual lesion.
# INSIDE are driven lymphocytes in its depth [cells]. CATCH is the share of the cells which arrest at its site that land in the
# lesion, as it was when the step began. A founder's family grows from the day BEGAN, asleep no more, and is counted from ACTIVE on.
(
    SITE, PARENT, FOUNDER, FATE, ARRIVED, ACTIVE, CELLS, IMMATURE, MATURE, SPROUTS, CLOCK, REPLACES,
    HYPOXIA, PERFUSION, LEAK, LARGEST, AT_DIAGNOSIS, DETECTED, SPRING,
    VIGOUR, OPENNESS, BORROWED_LOST, EXCITED, SHELTERED, STROMA, CALLED, CATCH, SENSITIVITY, INSIDE,
    BEGAN,
) = range(30)  # fmt: skip
LESION_COLUMNS = 30

# Values of ``lesion[:, FATE]``.
DORMANT, GROWING, EXTINCT, RESECTED = 0.0, 1.0, 2.0, 3.0
FATES = ("dormant", "growing", "extinct", "resected")

# Columns of ``clone``.
CLONE_PARENT, CLONE_LESION, CLONE_TYPE, CLONE_POOLED = range(4)

# Places of ``clock``.
NOW, HAZARD, SPENT, THRESHOLD, DEATH_DAY, CAUSE, MORTALITY, MORTALITY_SLOPE, TRACKED = range(9)
CLOCK_PLACES = 9

# Places of ``count``.
LESIONS, CLONES, PENDING, STEP, SERIAL, ARRIVALS = range(6)
COUNTS = 6

# Columns of ``pending`` (emigrants that will found a lesion, or join the one that SEED_LESION names, until the step ends).
SEED_DAY, SEED_ORIGIN, SEED_TYPE, SEED_CLONE, SEED_SITE, SEED_CONDITION, SEED_LESION = range(7)
SEED_COLUMNS = 7

# Columns of ``arrival`` (cells that joined a lesion; those that founded one stand with the lesion).
ARRIVAL_DAY, ARRIVAL_FROM, ARRIVAL_TO, ARRIVAL_CLONE = range(4)
ARRIVAL_COLUMNS = 4

# Columns of ``Model.site``: rates of the founder's kind of cell with full oxygen, and what the tissue does to a lesion.
(
    DIVISION, DEATH, CO_OPTION, OPENING, CEILING, CEILING_SPREAD, LETHAL, QUIESCENCE,
    SHELTER, FIBROBLASTS, LYMPHOCYTES, SEEN, MACROPHAGES, VEGF_OUTPUT, SWITCHING, DEPARTING, HALF_CATCH, CONFINED,
    DRIVE,
) = range(19)  # fmt: skip
SITE_COLUMNS = 19

# Places of ``Model.trait``.
(
    HYPOXIC_DEATH, RIM, SWITCH_RATE, SHEDDING, SHED_GAIN, SHED_POWER, WAKING, ESTABLISHED, REPLACEMENT, HITS,
    HIT_RATE, INSTABILITY_RATE, SLOW, BURDEN_HAZARD, BURDEN_POWER, RESEEDING, SPROUTING_ON, HYPOXIA_ON,
    FOUNDER_SPREAD, TISSUE_FLOW, KILL_RATE, HALF_SIZE, TURNOVER, RECRUITMENT, RECRUITMENT_SIZE, EXHAUSTION,
    SHELTER_FOLD, SHELTER_TIME, CONTACT_DEPTH, STROMA_TIME, RESTRAINT, HINDRANCE, FIRST_KIND, WAKES, SENSITIVITY_SPREAD,
    ENTRY, CONTACTS, EXPANSION, TARGETS, BYSTANDERS, HOLDING, EXPOSED, ONSET, CAPACITY,
) = range(44)  # fmt: skip
TRAITS = 44

# Columns of ``Model.agent``.
MAXIMUM, POWER, CYCLE, PASSAGE, REGION, PERMEABILITY, TISSUE_LOSS, USUAL_SHARE, HELD, HELD_POWER = range(10)
AGENT_COLUMNS = 10

# Columns of ``Work.piece``.
(
    PIECE_START, PIECE_DAYS, PIECE_THRIFT, PIECE_LACK, PIECE_DEPARTURE, PIECE_CONDITION, PIECE_HOST, PIECE_SEEDING,
) = range(8)  # fmt: skip
PIECE_COLUMNS = 8

#: Openings of a barrier that conditions tell apart: shut, and thirteen from a 64th to wide open (``body.drugs.barrier``).
OPENINGS = 14

#: Quadrature nodes of a drug piece: the three-point Gauss-Legendre rule on the unit interval, positions and weights.
NODES = 3
GAUSS_NODES = (0.1127016653792583, 0.5, 0.8872983346207417)
GAUSS_WEIGHTS = (5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0)
#: Most pieces into which one step is cut.
PIECES = 96
#: Cells from which a clone's step is drawn as one path, its marks together along it; and marks from which a smaller one's is.
PATH_CELLS, MARKS_LIMIT = 1e3, 100.0
#: Most of a clone's divisions that bring a mutant.
MOST_MUTANTS = 0.5
#: A clone keeps its identity while it makes up this share of its lesion.
IDENTITY_SHARE = 1e-4
#: Cells below which a lesion lives on diffusion alone and needs no vessels.
VESSEL_CELLS = 1e4

# What ``advance`` ends with.
REACHED, DIED, MORE_LESIONS, MORE_CLONES, TOO_MANY_SEEDS, MORE_ARRIVALS = range(6)


class Model(NamedTuple):
    """What a step reads of the patient: rates by site, by type of cell, by agent. Never changes within an arm.

    Types: ``hits + (HITS + 1) * (unstable + 2 * mask)``, where bit m of ``mask`` is resistance mechanism m. Conditions
    are what agents and wounds make of the host's signals, the first being none of them; a timeline says which holds when.
    """

    site: Floats  # (conditions, sites, SITE_COLUMNS)
    fitness: Floats  # (conditions, sites, masks): division of a mutant against the founder's kind
    hormone_death: Floats  # (conditions, masks): death for want of a hormone
    hormone_vegf: Floats  # (conditions, masks): share of the VEGF made with oxygen that is lost for want of a hormone
    emission: Floats  # (conditions, sites, sites): chance that a shed competent cell founds a lesion there, by origin
    emission_total: Floats  # (conditions, mothers, sites): over all sites, by the vigour of the lesion that sheds
    favour: Floats  # (mothers, sites): how often founders of a vigorous mother succeed, against those of a usual one
    landing: Floats  # (conditions, sites, sites): that it lives there a day but founds no lesion; it can join one
    shut: Integers  # (conditions,): which of them a cell meets that arrives behind a barrier
    half_power: Floats  # (conditions, agents, masks): (half of a kill * fold of resistance) ** power
    held_half_power: Floats  # (conditions, agents, masks): the same of divisions held
    trait: Floats  # (TRAITS,)
    vessels: Floats  # constants of biology.vessels
    antigen: Floats  # (masks,): what lymphocytes see of a mutant
    instability: Floats  # (types,) factor on mutation
    competent: Floats  # (types,) 0 or 1
    mask: Integers  # (types,)
    mechanism_rate: Floats  # (mechanisms,) per division
    induced_fold: Floats  # (mechanisms,) times that rate under the full strain of drugs
    reversal_rate: Floats  # (mechanisms,) per day
    agent: Floats  # (agents, AGENT_COLUMNS)


class Timeline(NamedTuple):
    """Drug levels and signals over time, cut into pieces; empty when nothing is given.

    ``signal``, ``condition`` and ``behind`` have one row more than there are pieces: the last holds when no piece does.
    """

    start: Floats  # (pieces,) day
    end: Floats  # (pieces,) day
    plasma: Floats  # (pieces, agents, NODES) mg/L at the effect site, at Gauss-Legendre nodes
    artery: Floats  # (pieces, agents, NODES) mg/L more in the infused artery
    signal: Floats  # (pieces + 1, VESSEL_SIGNALS): to a lesion's vessels
    condition: (
        Integers  # (pieces + 1,): row of the model's conditions, of the host and of tissues that no barrier shuts
    )
    behind: Integers  # (pieces + 1, OPENINGS): of a lesion behind a barrier, by how far that is open


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
    pending: Floats  # (seeds, SEED_COLUMNS)
    pending_key: Keys  # (seeds,)
    arrival: Floats  # (arrivals, ARRIVAL_COLUMNS)
    clock: Floats  # (CLOCK_PLACES,)
    count: Integers  # type: ignore[assignment]  # (COUNTS,)


class Work(NamedTuple):
    """Scratch space of a step; holds nothing between calls of ``advance``."""

    alteration: Floats  # (types, choices): chance per division of each thing that can still happen to a cell
    mutant: Integers  # (types, choices): what its daughter then is
    mutation: Floats  # (types,): all of them together
    induced: Floats  # (types, choices): what the full strain of drugs adds to each
    induction: Floats  # (types,): all of that together
    calendar: Floats  # (types, PIECES, 4): unmarked birth, death, mark, days
    tail: Floats  # (types, PIECES + 1, 6): composites from each piece to the end
    division: Floats  # (types, PIECES): divisions that the chances of ``alteration`` are of [1/day]
    leaving: Floats  # (types, PIECES): share of the marks by which a cell leaves its clone
    reverting: Floats  # (types, PIECES): share of those that lose a mechanism, and stay in the lesion
    reversal: Floats  # (types, mechanisms): rate [1/day] of losing each mechanism where no drug holds it up
    slip: Floats  # (mechanisms,): the same of one type in one piece
    restored: Integers  # (types, mechanisms): what the cell then is
    stamp: Integers  # (types,): of the calendar; two more, of what is worked out from it
    tail_stamp: Integers  # (types,)
    path_stamp: Integers  # (types,)
    quiet: Floats  # (types, 6): the step's composite without marks, who leaves being lost, and its mean growth
    late: Floats  # (types, PIECES, 2): chance to last, and odds, of a family begun in a piece's middle
    path: Floats  # (types, PIECES): cell-days that the large clones of a type live [cell day]
    climb: Floats  # (types, PIECES): the same times their growth [cell]
    lines: Floats  # (PIECES,): families of one new type expected from each piece
    piece: Floats  # (PIECES, PIECE_COLUMNS)
    kill: Floats  # (PIECES, masks): kill hazard [1/day]
    strain: Floats  # (PIECES, masks): share of the greatest kill by drugs that cells feel
    felt: Floats  # (masks,): the same of one drug
    pace: Floats  # (PIECES, masks): share of their divisions that drugs leave
    cycling: Floats  # (NODES, masks): the same at each node of a piece
    share: Floats  # (masks,)
    after: Floats  # (slots,)
    stack: Floats  # (depth, 6)
    family: Floats  # (lines, 6): of one founder's family, which may meet treatment
    burden: Floats  # (sites,)
    way: Floats  # (sites,): chances of an emigrant's ends, while one is drawn
    caught: Floats  # (sites,): share of the cells that arrest there which land in lesions


SLOTS_BEYOND_TYPES = 48


def new_state(types: int, lesions: int = 64, clones: int = 8192, seeds: int = 16384) -> State:
    """Return an empty state with room for so many lesions, clones and seeds of one step: as most patients need."""
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
        pending=room((seeds, SEED_COLUMNS)),
        pending_key=room((seeds,), np.uint64),
        arrival=np.zeros((64, ARRIVAL_COLUMNS)),
        clock=np.zeros(CLOCK_PLACES),
        count=np.zeros(COUNTS, dtype=np.int64),
    )


def room(shape: tuple[int, ...], kind: DTypeLike = np.float64) -> NDArray[Any]:
    """Return room in which anything may stand: nobody reads a row before it is in use, and written."""
    return np.empty(shape, dtype=kind)


def new_work(types: int, masks: int, sites: int, mechanisms: int) -> Work:
    """Return scratch space for a model of this size."""
    choices = 2 + mechanisms
    return Work(
        alteration=np.zeros((types, choices)),
        mutant=np.zeros((types, choices), dtype=np.int64),
        mutation=np.zeros(types),
        induced=np.zeros((types, choices)),
        induction=np.zeros(types),
        calendar=np.zeros((types, PIECES, 4)),
        tail=np.zeros((types, PIECES + 1, 6)),
        division=np.zeros((types, PIECES)),
        leaving=np.zeros((types, PIECES)),
        reverting=np.zeros((types, PIECES)),
        reversal=np.zeros((types, mechanisms)),
        slip=np.zeros(mechanisms),
        restored=np.zeros((types, mechanisms), dtype=np.int64),
        stamp=np.full(types, -1, dtype=np.int64),
        tail_stamp=np.full(types, -1, dtype=np.int64),
        path_stamp=np.full(types, -1, dtype=np.int64),
        quiet=np.zeros((types, 6)),
        late=np.zeros((types, PIECES, 2)),
        path=np.zeros((types, PIECES)),
        climb=np.zeros((types, PIECES)),
        lines=np.zeros(PIECES),
        piece=np.zeros((PIECES, PIECE_COLUMNS)),
        kill=np.zeros((PIECES, masks)),
        strain=np.zeros((PIECES, masks)),
        felt=np.zeros(masks),
        pace=np.ones((PIECES, masks)),
        cycling=np.ones((NODES, masks)),
        share=np.zeros(masks),
        after=np.zeros(types + SLOTS_BEYOND_TYPES),
        stack=room((8192, 6)),
        family=room((4096, 6)),
        burden=np.zeros(sites),
        way=np.zeros(sites),
        caught=np.zeros(sites),
    )


#: What counts the rows in use, the first ones, of arrays that have more room than that.
_COUNTED = {
    **dict.fromkeys(("lesion", "lesion_key", "cells", "kind", "clone_of", "slot_key", "used"), LESIONS),
    **dict.fromkeys(("clone", "clone_born"), CLONES),
    **dict.fromkeys(("pending", "pending_key"), PENDING),
    "arrival": ARRIVALS,
}


def in_use(state: State) -> State:
    """Return what of a state means something: of each array the rows in use."""
    return State(**{
        name: array[: state.count[_COUNTED[name]]] if name in _COUNTED else array for name, array in state._asdict().items()
    })  # fmt: skip


def copy_state(state: State) -> State:
    """Return an independent copy with the same room: arms branch from it."""
    fields: dict[str, Any] = {
        name: _with_rows(state, name, array.shape[0]) if name in _COUNTED else array.copy()
        for name, array in state._asdict().items()
    }
    return State(**fields)


def with_room(state: State, lesions: int, clones: int, arrivals: int = 0) -> State:
    """Return the same state with room for at least so many lesions, clones and arrivals."""
    asked = {LESIONS: lesions, CLONES: clones, ARRIVALS: arrivals}
    short: dict[str, Any] = {
        name: _with_rows(state, name, asked[counted])
        for name, counted in _COUNTED.items()
        if getattr(state, name).shape[0] < asked.get(counted, 0)
    }
    return state._replace(**short)


def _with_rows(state: State, name: str, rows: int) -> NDArray[np.generic]:
    """Return an array of the state with so many rows, those in use copied."""
    array, counted = getattr(state, name), _COUNTED[name]
    # A lesion's slots are few, and empty until they are used; clones and cells on their way have much room.
    copied = (np.zeros if counted == LESIONS else room)((rows, *array.shape[1:]), array.dtype)
    copied[: state.count[counted]] = array[: state.count[counted]]
    return copied
