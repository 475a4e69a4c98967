"""Newick: a tree as one line of text, names in quotes, branch lengths in days."""

from __future__ import annotations

from collections.abc import Sequence

from seedsoil.observe.lineage.tree import SAMPLED, CellTree


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
