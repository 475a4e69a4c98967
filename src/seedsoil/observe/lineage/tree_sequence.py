"""The tree as a tree sequence of tskit: dated nodes, a population for each lesion, mutations as sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seedsoil.foundation.errors import ModelError
from seedsoil.observe.lineage.mutation import Mutations
from seedsoil.observe.lineage.tree import SAMPLED, CellTree


def tree_sequence(tree: CellTree, mutations: Mutations, places: Sequence[str], names: Sequence[str]) -> Any:
    """Return a ``tskit.TreeSequence``; ``places`` by lesion, ``names`` by node (kept in the nodes' metadata).

    Node i is node i of the tree. tskit wants a parent older than its child: where both are of one day, the parent is
    older by as little as a number can tell. Each mutation is a site of its own, from "0" to "1". ModelError if tskit is missing.
    """
    try:
        import tskit
    except ImportError:
        raise ModelError(
            "a tree sequence needs the package tskit, which is not installed: pip install 'seedsoil[lineage]'"
        ) from None
    tables = tskit.TableCollection(sequence_length=float(max(1, mutations.size)))
    tables.time_units = "days"
    for table in (tables.populations, tables.nodes):
        table.metadata_schema = tskit.MetadataSchema({"codec": "json"})
    for place in places:
        tables.populations.add_row(metadata={"name": place})
    time = tree.day.max() - tree.day
    for node in range(tree.size - 1, 0, -1):
        mother = int(tree.parent[node])
        time[mother] = max(time[mother], np.nextafter(time[node], np.inf))
    for node in range(tree.size):
        tables.nodes.add_row(
            flags=tskit.NODE_IS_SAMPLE if tree.event[node] == SAMPLED else 0,
            time=float(time[node]),
            population=int(tree.lesion[node]),
            metadata={"name": names[node], "clone": int(tree.clone[node])},
        )
    for mother, child in tree.edges.tolist():
        tables.edges.add_row(0.0, tables.sequence_length, mother, child)
    for site, node in enumerate(mutations.node.tolist()):
        tables.sites.add_row(position=float(site), ancestral_state="0")
        tables.mutations.add_row(site=site, node=node, derived_state="1")
    tables.sort()
    return tables.tree_sequence()
