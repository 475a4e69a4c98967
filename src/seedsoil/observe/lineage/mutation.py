"""Neutral mutations on a tree: a Poisson number by daughter of a division, some with the first cell; who carries them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.samplers import poisson
from seedsoil.foundation.streams import LINEAGE, Stream, aim, mix
from seedsoil.foundation.value import Value
from seedsoil.observe.lineage.tree import CellTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: What is read of the genome, and how often it changes.
GENOME = MappingProxyType(
    {
        "point_mutation": Value(
            number=1e-9, unit="1", low=1e-10, high=1e-8, grade="human", source="bozic_2013",
            note="new point mutations per base, division and daughter",
        ),
        "bases": Value(
            number=6e7, unit="1", low=1e6, high=6e9, grade="assumed", source="assumed",
            note="bases that are read: both copies of an exome of 30 million; both copies of the genome are 6e9",
        ),
    }
)  # fmt: skip
#: Days.
YEAR = 365.25
#: Mutations of one tree beyond which a table of cells by mutations would not fit.
MOST_MUTATIONS = 1_000_000
_entity, _trunk = np.uint64(1 << 41), np.uint64(1 << 44)


@dataclass(frozen=True)
class Mutations:
    """Mutations of a tree, each new (infinitely many sites): ``node`` (mutations,) is the one below the branch of each, rising."""

    node: Integers

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.node.size)


def usual_rate() -> float:
    """Mutations per division and daughter in what is read."""
    return float(GENOME["point_mutation"]) * float(GENOME["bases"])


def gathered(per_year: float, years: float) -> float:
    """Mutations that a cell has gathered in what is read before it became a tumour's first, at its tissue's rate per base and year."""
    return per_year * float(GENOME["bases"]) * max(0.0, years)


def gathered_dividing(per_division: float, division_rate: float, years: float) -> float:
    """Mutations that a line gathers in what is read while cells divide at a rate [1/day]: either daughter goes on, so it divides twice as often."""
    return 2.0 * per_division * division_rate * YEAR * years


def draw_mutations(tree: CellTree, stream: Stream, per_division: float, before: float = 0.0) -> Mutations:
    """Draw the mutations of a tree; the patient's stream is not touched.

    Divisions of a branch: one if a division stands at its upper end, and a Poisson number of those of which the tree shows
    nothing; each brings a Poisson number of mean ``per_division``. The first cell has a Poisson number of mean ``before`` at
    the tree's root: every cell carries them. ModelError if a mean is negative or they become too many.
    """
    for name, given in (("per division", per_division), ("before the first cell", before)):
        if not given >= 0.0:
            raise ModelError(f"mutations {name}: {given!r} is not a number of 0 or more")
    own, shown = stream.copy(), tree.divisions_shown
    if (expected := before + per_division * float(tree.hidden[1:].sum() + shown.sum())) > MOST_MUTATIONS:
        raise ModelError(
            f"mutations: about {expected:.0f} are due on this tree, more than {MOST_MUTATIONS}; lower the mutations per "
            f"division ({per_division:g}) or before the first cell ({before:g}), or sample fewer cells"
        )
    counts = np.zeros(tree.size, dtype=np.int64)
    aim(own, LINEAGE, _trunk, 0)
    counts[0] = int(poisson(own, before))
    for node in range(1, tree.size):
        aim(own, LINEAGE, np.uint64(mix(_entity, np.uint64(node))), 0)
        divisions = poisson(own, float(tree.hidden[node])) + float(shown[node])
        counts[node] = int(poisson(own, per_division * divisions))
    return Mutations(np.repeat(np.arange(tree.size), counts))


def carried(tree: CellTree, mutations: Mutations) -> Flags:
    """Whether each sampled cell carries each mutation (tips, mutations)."""
    branches, place = np.unique(mutations.node, return_inverse=True)
    under = np.array([tree.below(int(node))[tree.tips] for node in branches]).reshape(branches.size, tree.tips.size)
    return np.asarray(under[place].T)


def site_frequencies(tree: CellTree, mutations: Mutations) -> Integers:
    """Mutations carried by 0, 1, 2 ... all sampled cells (tips + 1,)."""
    return np.bincount(tree.tips_below[mutations.node], minlength=tree.tips.size + 1).astype(np.int64)


def cancer_cell_fractions(tree: CellTree, mutations: Mutations) -> tuple[Integers, Floats]:
    """Lesions sampled (lesions,), and the share of the sampled cells of each that carry each mutation (lesions, mutations)."""
    where, carriers = tree.lesion[tree.tips], carried(tree, mutations)
    lesions = np.unique(where)
    shares = np.array([carriers[where == lesion].mean(axis=0) for lesion in lesions])
    return lesions, shares.reshape(lesions.size, mutations.size)
