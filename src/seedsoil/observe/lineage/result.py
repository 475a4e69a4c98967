"""The lineage of a patient: one tree of cells from its lesions, the migrations in truth, and what sequencing would show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import Stream
from seedsoil.observe.lineage.clones import Event, event_log, register_of
from seedsoil.observe.lineage.exchange import machina_files, newick, node_names, place_names, sistem_graph
from seedsoil.observe.lineage.genealogy import Piece, Wanted, genealogy, sample_cells
from seedsoil.observe.lineage.migration import (
    Founders,
    MigrationGraph,
    Migrations,
    founders,
    graph_of_migrations,
    is_clade,
    migrations_of,
)
from seedsoil.observe.lineage.mosaic import Mosaic
from seedsoil.observe.lineage.mutation import Mutations, draw_mutations, usual_rate
from seedsoil.observe.lineage.sequencing import Bulk, sequence_bulk, sequence_cells
from seedsoil.observe.lineage.tree import CellTree
from seedsoil.observe.lineage.tree_sequence import tree_sequence

Columns = Mapping[str, NDArray[Any]]
Integers = NDArray[np.int64]

#: Lesions and cells of each that are sampled unless said otherwise, and the cells below which a lesion is not chosen: 1 mm³.
USUAL_LESIONS, USUAL_CELLS, LEAST_LESION = 8, 10, 1e6
#: Most cells of one lesion: the tree's cost goes with their number.
MOST_CELLS = 500


@dataclass(frozen=True)
class Lineage:
    """What a patient's lesions descend from.

    ``tree`` has the nodes (day, lesion, clone, event) and edges of the sampled cells' tree; ``sites`` and ``places`` name each lesion of the
    patient, by site and by site and number; ``events`` is the log of clones and moves; ``migrations`` and the graphs are the truth,
    ``graph`` with a vertex for each lesion, ``site_graph`` for each site; ``founders`` tells each sampled metastasis.
    """

    tree: CellTree
    sites: tuple[str, ...]
    places: tuple[str, ...]
    events: tuple[Event, ...]
    migrations: Migrations
    graph: MigrationGraph
    site_graph: MigrationGraph
    founders: tuple[Founders, ...]
    mutations: Mutations
    stream: Stream

    @property
    def lesions(self) -> list[int]:
        """Lesions that were sampled."""
        return sorted(set(self.tree.lesion[self.tree.tips].tolist()))

    @cached_property
    def names(self) -> list[str]:
        """A name for each node of the tree."""
        return node_names(self.tree, self.places)

    @property
    def metastases_one_clade(self) -> bool | None:
        """Whether the sampled cells of all metastases together are a clade; None where no primary or no metastasis was sampled."""
        tips = self.tree.tips
        outside = tips[self.tree.lesion[tips] != 0]
        return is_clade(self.tree, outside) if 0 < outside.size < tips.size else None

    def bulk(self, **numbers: float) -> Bulk:
        """Bulk sequencing of each sampled lesion (``sequence_bulk``: depth, purity, error)."""
        return sequence_bulk(self.tree, self.mutations, self.stream, **numbers)

    def genotypes(self, **numbers: float) -> Integers:
        """Single-cell sequencing of the sampled cells (``sequence_cells``: dropout, false_positive)."""
        return sequence_cells(self.tree, self.mutations, self.stream, **numbers)

    def newick(self) -> str:
        """The tree in Newick, nodes with one child left out."""
        small = self.tree.simplified()
        return newick(small, node_names(small, self.places))

    def machina(self) -> dict[str, str]:
        """Files for MACHINA and MACH2, by name."""
        small = self.tree.simplified()
        return machina_files(small, node_names(small, self.places), self.places)

    def sistem(self) -> str:
        """The migration graph between lesions as SISTEM writes it."""
        return sistem_graph(self.graph)

    def tree_sequence(self) -> Any:
        """A ``tskit.TreeSequence`` of all nodes, with the mutations."""
        return tree_sequence(self.tree, self.mutations, self.places, self.names)


def chosen_lesions(mosaic: Mosaic, lesions: Columns, most: int) -> list[int]:
    """The primary, and the largest metastases of 1 mm³ or more on the last day on which they had cells, ``most`` in all."""
    last = [mosaic.last_place(lesion) for lesion in range(len(lesions["lesion"]))]
    size = np.array([mosaic.of_lesion(one, place)[1].sum() if place >= 0 else 0.0 for one, place in enumerate(last)])
    gone = np.asarray(lesions["fate"]) == "extinct"
    fit = np.flatnonzero((size >= LEAST_LESION) & ~gone & (np.asarray(lesions["lesion"]) > 0))
    largest = fit[np.argsort(-size[fit], kind="stable")][: max(0, most - 1)].tolist()
    return sorted(([0] if size[0] > 0.0 else []) + [int(one) for one in largest])


def _faulty_pieces(mosaic: Mosaic, pieces: Mapping[int, float], which: Sequence[int], cells: int) -> list[str]:
    """What is wrong with the pieces, one line each."""
    faults = []
    for lesion, size in pieces.items():
        there = mosaic.of_lesion(lesion, mosaic.last_place(lesion))[1].sum() if lesion in which else 0.0
        if lesion not in which:
            faults.append(
                f"lineage: a piece of lesion {lesion}, of which nothing is sampled; leave it out, or sample it"
            )
        elif not cells <= size <= there:
            faults.append(
                f"lineage: a piece of {size:g} cells of lesion {lesion}; give at least the {cells} that are sampled, and at "
                f"most the {there:g} that there are"
            )
    return faults


def lineage_of(
    mosaic: Mosaic, lesions: Columns, clones: Columns, *, cells: int = USUAL_CELLS,
    sampled: int | Sequence[int] = USUAL_LESIONS, mutations_per_division: float | None = None,
    mutations_before: float = 0.0, arrivals: Columns | None = None, pieces: Mapping[int, float] | None = None,
) -> Lineage:  # fmt: skip
    """Sample cells of a patient's lesions and draw their tree and mutations.

    Parameters
    ----------
    mosaic : Mosaic
        The record.
    lesions, clones : columns
        The tables of those names, of this patient.
    cells : int
        Cells of each lesion, on the last recorded day on which it had any: of what was cut out, the day of surgery.
    sampled : int or sequence of int
        How many lesions, the primary and the largest metastases; or which.
    mutations_per_division : float, optional
        Neutral mutations of each daughter in what is read; an exome's if not given.
    mutations_before : float
        Mean number of mutations that the tumour's first cell brings along, in what is read.
    arrivals : columns, optional
        Cells that came into lesions that were there (``migrations_of``).
    pieces : mapping of int to float, optional
        Sampled lesions whose cells are taken from one piece, and how many neighbouring cells it holds: a needle's, say. What descends
        together lies together. Cells of a piece are told as of the clone of their last common ancestor.

    Raises
    ------
    ModelError
        For all that cannot be: lesions that are not there or never had cells, too many cells, or none.
    """
    known = len(lesions["lesion"])
    faults = [] if 1 <= cells <= MOST_CELLS else [f"lineage: {cells} cells of each lesion; give 1 to {MOST_CELLS}"]
    if isinstance(sampled, int):
        faults += [] if sampled >= 1 else [f"lineage: {sampled} lesions; give 1 or more"]
        which = chosen_lesions(mosaic, lesions, sampled)
    else:
        which = sorted(set(sampled))
        for lesion in which:
            if not 0 <= lesion < known:
                faults.append(f"lineage: no lesion {lesion}; the patient has lesions 0 to {known - 1}")
            elif mosaic.last_place(lesion) < 0:
                faults.append(f"lineage: lesion {lesion} never grew, so it has no cells to sample; leave it out")
    pieces = dict(pieces or {})
    faults += _faulty_pieces(mosaic, pieces, which, cells)
    if faults:
        raise ModelError(faults)
    migrations, register = migrations_of(lesions, arrivals), register_of(clones)
    wanted: list[Wanted] = []
    for lesion in which:
        if lesion not in pieces:
            wanted += sample_cells(mosaic, lesion, mosaic.last_place(lesion), cells)
    cut = [Piece(lesion, cells, mosaic.last_place(lesion), size) for lesion, size in sorted(pieces.items())]
    tree = genealogy(mosaic, register, migrations, wanted, cut)
    rate = usual_rate() if mutations_per_division is None else mutations_per_division
    sites = tuple(str(site) for site in lesions["site"])
    places = tuple(place_names(sites))
    return Lineage(
        tree=tree,
        sites=sites,
        places=places,
        events=event_log(lesions, clones, migrations),
        migrations=migrations,
        graph=graph_of_migrations(migrations, register.parent, places),
        site_graph=graph_of_migrations(migrations, register.parent, sites),
        founders=founders(tree),
        mutations=draw_mutations(tree, mosaic.stream, rate, mutations_before),
        stream=mosaic.stream,
    )
