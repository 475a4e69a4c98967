"""Files for other programs: the tree in Newick, what MACHINA and MACH2 read, and the migration graph as SISTEM writes it.

Newick: one line of text, names in quotes, branch lengths in days.

MACHINA (github.com/raphael-group/machina) and MACH2 (github.com/elkebir-group/MACH2) read a tree as lines "parent child", the places of its
leaves as lines "leaf place", and colours as lines "place number" (1 to 9: Graphviz's scheme set19); no name may hold white space.
SISTEM (github.com/samsonweiner/sistem) writes a line "X-Y<tab>number" for each pair of sites, the primary being P. All four were read in
those programs' own documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.observe.lineage.migration import MigrationGraph
from seedsoil.observe.lineage.tree import SAMPLED, CellTree

Integers = NDArray[np.int64]

_colours = 9


def place_names(sites: Sequence[str]) -> list[str]:
    """A name for each lesion that all these programs can read: its site and its number."""
    return [f"{re.sub(r'[^A-Za-z0-9]+', '_', site).strip('_')}_{lesion}" for lesion, site in enumerate(sites)]


def node_names(tree: CellTree, places: Sequence[str]) -> list[str]:
    """A name for each node: the lesion and a number for sampled cells, n and its place for the others.

    ``places`` names each lesion. No name holds white space, a quote, a dash or a bracket, if no place does.
    """
    count: dict[int, int] = {}
    names = []
    for node in range(tree.size):
        if tree.event[node] == SAMPLED:
            lesion = int(tree.lesion[node])
            count[lesion] = count.get(lesion, 0) + 1
            names.append(f"{places[lesion]}.{count[lesion]}")
        else:
            names.append(f"n{node}")
    return names


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def newick(tree: CellTree, names: Sequence[str]) -> str:
    """The tree in Newick, children by their places; lengths are written so that reading gives the same number."""
    written: list[str] = [""] * tree.size
    lengths = tree.lengths
    for node in range(tree.size - 1, -1, -1):
        inside = "(" + ",".join(written[child] for child in tree.children[node]) + ")" if tree.children[node] else ""
        length = f":{float(lengths[node])!r}" if tree.parent[node] >= 0 else ""
        written[node] = inside + _quoted(names[node]) + length
        for child in tree.children[node]:
            written[child] = ""
    return written[0] + ";\n"


def collapsed(tree: CellTree) -> tuple[Integers, Integers]:
    """Take each largest clade of cells of one lesion for one leaf: parent and node of the given tree, for each node kept.

    What a labelling with the fewest migrations says of the tree does not change: within such a clade there is none.
    """
    alone = np.full(tree.size, -1)
    for node in range(tree.size - 1, -1, -1):
        under = {int(alone[child]) for child in tree.children[node]}
        alone[node] = tree.lesion[node] if not under else under.pop() if len(under) == 1 else -2
    above = np.where(tree.parent >= 0, alone[np.maximum(tree.parent, 0)], -2)
    kept = np.flatnonzero(above < 0)
    number = np.full(tree.size, -1)
    number[kept] = np.arange(kept.size)
    return np.where(tree.parent[kept] >= 0, number[np.maximum(tree.parent[kept], 0)], -1), kept


def machina_files(tree: CellTree, names: Sequence[str], places: Sequence[str]) -> dict[str, str]:
    """What MACHINA's ``pmh`` and MACH2 read, by file name; ``names`` (nodes,), ``places`` by lesion.

    ``machina.tree``, ``machina.labeling`` (leaves; MACH2's observed labelling is the same) and ``machina.coloring.txt``; and
    ``machina.truth.labeling``, where the cell of each vertex lay, which they are to find.
    """
    parent, kept = collapsed(tree)
    inner = set(parent.tolist())
    edges = [f"{names[kept[mother]]} {names[kept[node]]}" for node, mother in enumerate(parent.tolist()) if mother >= 0]
    leaves = [node for node in range(kept.size) if node not in inner]
    where = [places[int(tree.lesion[node])] for node in kept]
    # A leaf that stands for a clade lies where its sampled cells lie.
    for leaf in leaves:
        where[leaf] = places[int(tree.lesion[np.flatnonzero(tree.below(int(kept[leaf])))[-1]])]
    sites = sorted(set(where))
    return {
        "machina.tree": _lines(edges),
        "machina.labeling": _lines([f"{names[kept[leaf]]} {where[leaf]}" for leaf in leaves]),
        "machina.truth.labeling": _lines([f"{names[kept[node]]} {where[node]}" for node in range(kept.size)]),
        "machina.coloring.txt": _lines([f"{site} {place % _colours + 1}" for place, site in enumerate(sites)]),
    }


def sistem_graph(graph: MigrationGraph) -> str:
    """The migration graph in SISTEM's form; the primary is P."""
    name = {graph.primary: "P"}
    return _lines(
        [f"{name.get(one, one)}-{name.get(other, other)}\t{count}" for (one, other), count in graph.edges.items()]
    )


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
