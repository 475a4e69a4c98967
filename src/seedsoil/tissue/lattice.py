"""The state of a block of tissue as arrays, and the laws of its cells as tables: what the kernels of this room take.

A voxel holds one cell, or nothing (kind 0). Kinds, substances, behaviours and signals are numbers here; `laws.py` gives them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.bundle import bundle

EMPTY = 0
#: Conditions of a cell: alive, dying of its own (an apoptotic body), dead of want (a necrotic ghost).
ALIVE, BODY, GHOST = range(3)
#: Parts that a kind can be.
PARTS: tuple[str, ...] = ("tumour", "host", "vessel", "sprout")
TUMOUR, HOST, VESSEL, SPROUT = range(4)
#: Flags of a piece of vessel: blood flows in it, pericytes cover it, it grew here, blood enters or leaves the block at it.
PERFUSED, COVERED, GROWN, INLET, OUTLET = 1, 2, 4, 8, 16
#: What a piece of vessel without another stands for in ``parent`` and ``joined``.
NO_PIECE = -1

#: What a step tallies, kind by kind.
TALLIES: tuple[str, ...] = (
    "divisions", "deaths", "necroses", "changes", "kills", "moves", "cleared", "replaced", "arrivals", "sprouts",
)  # fmt: skip
DIVISIONS, DEATHS, NECROSES, CHANGES, KILLS, MOVES, CLEARED, REPLACED, ARRIVALS, SPROUTS = range(len(TALLIES))
#: Places in `Lattice.used`: clones, pieces of vessel and cells of the genealogy so far.
CLONES, PIECES, CELLS = range(3)


class Lattice(NamedTuple):
    """The state. Arrays of the block have axes z, y, x; those that a scene does not need have one voxel.

    Attributes
    ----------
    kind, condition : uint8 arrays of the block
    clone : uint32 array of the block
        The clone of a tumour cell; the piece of a vessel or sprout.
    born : uint16 array of the block
        Step of the last division or arrival, modulo 2^16.
    memory : float32 array of the block, or of one voxel
        How far the survival programme is on.
    cell : uint32 array of the block, or of one voxel
        The cell's number in the genealogy.
    slot : int32 array of the block, or of one voxel
        Scratch: which proposal of the step a voxel's cell has made, -1 without one.
    fields : float32 array, substances x block
    piece_voxel, piece_parent, piece_joined : int32 arrays; piece_flags : uint8 array
        Pieces of vessel: where each lies (-1: gone), from which it grew, to which its end has joined.
    piece_dry : uint16 array
        Searches for where blood flows since it flowed in it.
    clone_parent, clone_bits : uint32 arrays; clone_step : int32 array
        Clones: from which each came, the mechanisms that it carries, when.
    tree_parent : uint32 array; tree_born, tree_died : int32 arrays
        The genealogy: cell by cell the mother, and the steps of birth and death (-1: lives).
    used : int64 array of 3
        How many clones, pieces and cells of the genealogy there are.
    tally : int64 array, kinds x tallies
    """

    kind: NDArray[np.uint8]
    condition: NDArray[np.uint8]
    clone: NDArray[np.uint32]
    born: NDArray[np.uint16]
    memory: NDArray[np.float32]
    cell: NDArray[np.uint32]
    slot: NDArray[np.int32]
    fields: NDArray[np.float32]
    piece_voxel: NDArray[np.int32]
    piece_parent: NDArray[np.int32]
    piece_joined: NDArray[np.int32]
    piece_flags: NDArray[np.uint8]
    piece_dry: NDArray[np.uint16]
    clone_parent: NDArray[np.uint32]
    clone_bits: NDArray[np.uint32]
    clone_step: NDArray[np.int32]
    tree_parent: NDArray[np.uint32]
    tree_born: NDArray[np.int32]
    tree_died: NDArray[np.int32]
    used: NDArray[np.int64]
    tally: NDArray[np.int64]


class Laws(NamedTuple):
    """What cells do, as tables by kind (0: an empty voxel) and behaviour; rates per day, distances in um.

    Attributes
    ----------
    base : kinds x behaviours
        Each behaviour without a signal.
    first : int32, kinds x behaviours + 1
        The rules of (kind, behaviour) are ``first[k * behaviours + b]`` and on, up to the next pair's.
    signal, need : int32, rules
        What a rule senses and needs (-1: nothing).
    half, power, by, need_half : rules
    shift_first : int32, rules + 1
        The shifts of a rule's half-point are ``shift_first[rule]`` and on, up to the next rule's.
    shift : int32; shift_by : shifts
        What shifts a half-point, and by how much.
    raises : uint8, rules
    does, does_first : int32
        The behaviours of which a kind does one at most in a round, in the order in which its luck is shared out; those of kind k
        are ``does[does_first[k] : does_first[k + 1]]``. Those that it can never do are left out.
    does_rate : those hazards [1/day], -1 where it hangs on what a cell senses or carries
    sensing : uint8, kinds x conditions in a row
        Whether what happens hangs on what a cell senses or carries.
    bounds : kinds x conditions in a row, events
        Where nothing is sensed: the luck from which on the next event happens; infinite behind the last.
    acts : int16, kinds x conditions in a row, events + 1
        What happens below the first bound, between the first and the second ...; where something is sensed, nothing is settled.
    chance : kinds
        Probability that anything at all happens to a cell in one of its rounds, at most.
    rounds : int32, kinds
        Rounds a step, so that a quick cell goes one voxel in each.
    part, pushes, pulls, yields, swaps, guided, by_antigen : uint8, kinds
        ``guided``: its places are weighted, by attraction, affinity or cohesion.
    becomes : int32, kinds
    targets, takes : uint8, kinds x kinds
        Whom a kind kills, and whose place it can take (an empty one always).
    invasion, cohesion, programme_rate, variation : kinds
    cleared : kinds x conditions
        Probability that a dead cell's place comes free in a step.
    at_once : kinds x behaviours
        Probability that the place of one that dies of a behaviour comes free before the step in which it dies is over; 0 for all others.
    gene_chance : kinds x mechanisms; fold : mechanisms x substances
    change : mechanisms x behaviours
        By how much a clone that carries one does a behaviour more or less; what it costs in divisions is in it.
    clonal : uint8, behaviours
        Whether a mechanism changes it.
    asks : uint8, kinds x behaviours
        Whether how much a kind does of it hangs on what a cell senses or carries.
    reference : substances
        The level at which a slope is told.
    sizes : int64 array of 9
        Substances, kinds (without empty), behaviours, spacing of tips in voxels, whether the genealogy is kept, the
        length of a step in millionths of a day, the kinds of vessel and of sprout (0: none), mechanisms of resistance.
    """

    base: NDArray[np.float64]
    first: NDArray[np.int32]
    signal: NDArray[np.int32]
    need: NDArray[np.int32]
    shift_first: NDArray[np.int32]
    shift: NDArray[np.int32]
    half: NDArray[np.float64]
    power: NDArray[np.float64]
    by: NDArray[np.float64]
    need_half: NDArray[np.float64]
    shift_by: NDArray[np.float64]
    raises: NDArray[np.uint8]
    does: NDArray[np.int32]
    does_first: NDArray[np.int32]
    does_rate: NDArray[np.float64]
    sensing: NDArray[np.uint8]
    bounds: NDArray[np.float64]
    acts: NDArray[np.int16]
    chance: NDArray[np.float64]
    rounds: NDArray[np.int32]
    part: NDArray[np.uint8]
    pushes: NDArray[np.uint8]
    pulls: NDArray[np.uint8]
    yields: NDArray[np.uint8]
    swaps: NDArray[np.uint8]
    guided: NDArray[np.uint8]
    by_antigen: NDArray[np.uint8]
    becomes: NDArray[np.int32]
    targets: NDArray[np.uint8]
    takes: NDArray[np.uint8]
    invasion: NDArray[np.float64]
    cohesion: NDArray[np.float64]
    programme_rate: NDArray[np.float64]
    variation: NDArray[np.float64]
    cleared: NDArray[np.float64]
    at_once: NDArray[np.float64]
    gene_chance: NDArray[np.float64]
    fold: NDArray[np.float64]
    change: NDArray[np.float64]
    clonal: NDArray[np.uint8]
    asks: NDArray[np.uint8]
    reference: NDArray[np.float64]
    sizes: NDArray[np.int64]


#: Places in `Laws.sizes`.
SUBSTANCES, KINDS, ALL_BEHAVIOURS, TIP_SPACING, KEEPS_TREE, STEP_LENGTH, VESSEL_KIND, SPROUT_KIND, MECHANISMS = range(9)

bundle(Lattice)
bundle(Laws)

#: Behaviours that every kind has, in the order of the table; those of a substance or a kind stand behind them.
BEHAVIOURS: tuple[str, ...] = (
    "division", "death", "necrosis", "movement", "change", "attack", "sprouting", "covering", "uncovering",
    "pruning", "programme", "opening", "visibility", "mutation", "vessel_affinity",
)  # fmt: skip
DIVISION, DEATH, NECROSIS, MOVEMENT, CHANGE, ATTACK, SPROUTING, COVERING, UNCOVERING, PRUNING = range(10)
PROGRAMME, OPENING, VISIBILITY, MUTATION, AFFINITY = range(10, 15)
#: Events: behaviours that are hazards, of which a cell does one at most in a round; admission of a kind follows.
HAZARDS = 10
OWN_BEHAVIOURS = len(BEHAVIOURS)
#: What a dead cell proposes, that its place be free; that nothing happens; that what is known so far does not say. Behaviours are
#: proposed by their own numbers, admissions behind them.
CLEARING, NOTHING, UNSETTLED = 1000, -1, -2
#: Added to a death whose place comes free before the step is over.
AT_ONCE = 2000
#: Bounds in a luck that are compared at once: of these there are whole sets.
BOUNDS_TOGETHER = 4
#: Signals behind substances and contacts (with empty voxels first), in this order.
SENSES: tuple[str, ...] = ("space", "programme", "age", "perfused", "covered", "native", "crowding")
SPACE, MEMORY, AGE, FLOW, COVER, NATIVE, CROWDING = range(7)


def empty(
    shape: tuple[int, int, int], substances: int, kinds: int, remembers: bool, tree: bool, moves: bool
) -> Lattice:
    """Return a block without a cell, all levels 0; the arrays that are not asked for have one voxel."""
    one = (1, 1, 1)
    small: dict[str, Any] = {
        "piece_voxel": np.int32, "piece_parent": np.int32, "piece_joined": np.int32, "piece_flags": np.uint8,
        "piece_dry": np.uint16, "clone_parent": np.uint32, "clone_bits": np.uint32, "clone_step": np.int32,
        "tree_parent": np.uint32, "tree_born": np.int32, "tree_died": np.int32,
    }  # fmt: skip
    return Lattice(
        kind=np.zeros(shape, np.uint8),
        condition=np.zeros(shape, np.uint8),
        clone=np.zeros(shape, np.uint32),
        born=np.zeros(shape, np.uint16),
        memory=np.zeros(shape if remembers else one, np.float32),
        cell=np.zeros(shape if tree else one, np.uint32),
        slot=np.full(shape if moves else one, -1, np.int32),
        fields=np.zeros((substances, *shape), np.float32),
        used=np.zeros(3, np.int64),
        tally=np.zeros((kinds + 1, len(TALLIES)), np.int64),
        **{name: np.zeros(64, kind) for name, kind in small.items()},
    )
