"""Sequencing: reads of bulk samples, with depth and purity; genotypes of single cells, with what is lost or false.

All loci are diploid and mutations heterozygous: copy-number changes are not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.samplers import binomial, poisson
from seedsoil.foundation.streams import LINEAGE, Stream, aim, mix, uniform
from seedsoil.foundation.value import Value
from seedsoil.observe.lineage.mutation import Mutations, cancer_cell_fractions, carried
from seedsoil.observe.lineage.tree import CellTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: What sequencing can do.
SEQUENCING = MappingProxyType(
    {
        "depth": Value(
            number=100.0, unit="1", low=30.0, high=2000.0, grade="assumed", source="assumed",
            note="mean reads of a base in a bulk sample; exomes are read to 60 to 200, panels to 500 and more",
        ),
        "purity": Value(
            number=0.7, unit="1", low=0.2, high=1.0, grade="assumed", source="assumed",
            note="share of the cells of a bulk sample that are tumour cells",
        ),
        "error": Value(
            number=1e-3, unit="1", low=1e-5, high=1e-2, grade="assumed", source="assumed",
            note="chance that a read shows the other base",
        ),
        "dropout": Value(
            number=0.2, unit="1", low=0.02, high=0.5, grade="assumed", source="assumed",
            note="chance that one of the two copies of a locus of a single cell is not amplified",
        ),
        "false_positive": Value(
            number=1e-3, unit="1", low=1e-6, high=1e-2, grade="assumed", source="assumed",
            note="chance that a locus of a single cell without the mutation is called to have it",
        ),
    }
)  # fmt: skip
_bulk, _single = np.uint64(1 << 42), np.uint64(1 << 43)


@dataclass(frozen=True)
class Bulk:
    """Reads of bulk samples: ``lesions`` (L,), and for each and each mutation ``reads`` and ``alternate`` ones (L, mutations)."""

    lesions: Integers
    reads: Integers
    alternate: Integers

    @property
    def fraction(self) -> Floats:
        """Variant allele fraction; nan where nothing was read."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.alternate / np.where(self.reads > 0, self.reads, np.nan))


def _shares(**given: float) -> None:
    """ModelError for all that is no share."""
    faults = [
        f"sequencing: {name} is {share!r}; give a number from 0 to 1"
        for name, share in given.items()
        if not 0 <= share <= 1
    ]
    if faults:
        raise ModelError(faults)


def sequence_bulk(
    tree: CellTree, mutations: Mutations, stream: Stream, depth: float | None = None, purity: float | None = None,
    error: float | None = None,
) -> Bulk:  # fmt: skip
    """Read the sampled cells of each lesion as one sample. The patient's stream is not touched.

    Reads are Poisson of mean ``depth``; each shows the mutation with chance v (1 - error) + (1 - v) error, where v is purity
    times the cancer cell fraction, halved. ModelError for numbers that cannot be.
    """
    deep = float(SEQUENCING["depth"]) if depth is None else depth
    pure = float(SEQUENCING["purity"]) if purity is None else purity
    false = float(SEQUENCING["error"]) if error is None else error
    _shares(purity=pure, error=false)
    if not deep >= 0.0:
        raise ModelError(f"sequencing: depth is {deep!r}; give a number of 0 or more")
    lesions, shares = cancer_cell_fractions(tree, mutations)
    own, reads, alternate = stream.copy(), np.zeros(shares.shape), np.zeros(shares.shape)
    for row, lesion in enumerate(lesions.tolist()):
        aim(own, LINEAGE, np.uint64(mix(_bulk, np.uint64(lesion))), 0)
        for place, share in enumerate(shares[row].tolist()):
            shown = 0.5 * pure * share
            reads[row, place] = poisson(own, deep)
            alternate[row, place] = binomial(
                own, float(reads[row, place]), shown * (1.0 - false) + (1.0 - shown) * false
            )
    return Bulk(lesions, reads.astype(np.int64), alternate.astype(np.int64))


def sequence_cells(
    tree: CellTree,
    mutations: Mutations,
    stream: Stream,
    dropout: float | None = None,
    false_positive: float | None = None,
) -> Integers:
    """Call each mutation in each sampled cell (tips, mutations): 1 there, 0 not, -1 unknown, for neither copy was amplified.

    Either copy is lost with chance ``dropout``; the mutation is on one of them. Where it is not, it is called falsely with chance
    ``false_positive``. The patient's stream is not touched. ModelError for numbers that cannot be.
    """
    lost = float(SEQUENCING["dropout"]) if dropout is None else dropout
    false = float(SEQUENCING["false_positive"]) if false_positive is None else false_positive
    _shares(dropout=lost, false_positive=false)
    truth, own = carried(tree, mutations), stream.copy()
    called = np.zeros(truth.shape, dtype=np.int64)
    for row in range(truth.shape[0]):
        aim(own, LINEAGE, np.uint64(mix(_single, np.uint64(row))), 0)
        for place in range(truth.shape[1]):
            mine, other, wrong = uniform(own) >= lost, uniform(own) >= lost, uniform(own) < false
            shown = mine if truth[row, place] else wrong
            called[row, place] = int(shown) if mine or other else -1
    return called
