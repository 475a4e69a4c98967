"""The tree of sampled cells, in days: where lines met, and where one changed its kind of cell or its lesion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Events at a node: a sampled cell; two lines meet in a division; a daughter of another kind; a cell moves to another
#: lesion; lines whose meeting was before the record join.
SAMPLED, DIVIDED, MUTATED, MOVED, ROOT = range(5)
EVENTS = ("sampled", "divided", "mutated", "moved", "root")


@dataclass(frozen=True)
class CellTree:
    """A rooted tree; every array has one entry for each node, and a node stands before its children.

    ``parent`` (-1: the root), ``day`` since diagnosis, ``lesion`` and ``clone`` in which the node's cell lived (at a node of
    event ``MOVED`` or ``MUTATED``: before the event), ``event``, and ``hidden``: mean number of divisions on the branch above the
    node of which the tree shows nothing. Nodes of events ``MOVED`` and ``MUTATED`` have one child.
    """

    parent: Integers
    day: Floats
    lesion: Integers
    clone: Integers
    event: Integers
    hidden: Floats

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.parent.size)

    @cached_property
    def tips(self) -> Integers:
        """The sampled cells."""
        return np.flatnonzero(self.event == SAMPLED)

    @cached_property
    def edges(self) -> Integers:
        """Parent and child of each branch (branches, 2)."""
        child = np.flatnonzero(self.parent >= 0)
        return np.column_stack([self.parent[child], child])

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """Children of each node."""
        found: list[list[int]] = [[] for _ in range(self.size)]
        for node, mother in enumerate(self.parent.tolist()):
            if mother >= 0:
                found[mother].append(node)
        return tuple(tuple(one) for one in found)

    @property
    def lengths(self) -> Floats:
        """Days of the branch above each node, 0 for the root (nodes,)."""
        known = self.parent >= 0
        above = self.day[np.where(known, self.parent, 0)]
        return np.asarray(np.where(known, self.day - above, 0.0))

    @property
    def divisions_shown(self) -> Floats:
        """Divisions that the tree shows at the upper end of each node's branch, 0 or 1 (nodes,)."""
        known = self.parent >= 0
        above = self.event[np.where(known, self.parent, 0)]
        return np.asarray((known & ((above == DIVIDED) | (above == MUTATED))).astype(np.float64))

    def ancestors(self, node: int) -> list[int]:
        """The node and all above it, up to the root."""
        way = [node]
        while self.parent[way[-1]] >= 0:
            way.append(int(self.parent[way[-1]]))
        return way

    def common_ancestor(self, nodes: Integers) -> int:
        """The latest common ancestor of some nodes."""
        ways = [self.ancestors(int(node))[::-1] for node in nodes]
        last = ways[0][0]
        for step in zip(*ways, strict=False):
            if len(set(step)) > 1:
                break
            last = step[0]
        return last

    @cached_property
    def tips_below(self) -> Integers:
        """Sampled cells that descend from each node, itself among them (nodes,)."""
        count: Integers = np.where(self.event == SAMPLED, 1, 0)
        for node in range(self.size - 1, 0, -1):
            if self.parent[node] >= 0:
                count[self.parent[node]] += count[node]
        return count

    def below(self, node: int) -> NDArray[np.bool_]:
        """Whether each node descends from this one, itself among them (nodes,)."""
        found = np.zeros(self.size, dtype=bool)
        found[node] = True
        for later in range(node + 1, self.size):
            found[later] = self.parent[later] >= 0 and found[self.parent[later]]
        return found

    def simplified(self) -> CellTree:
        """The same tree without nodes of one child (the root stays): what the joined branches hid or showed, the new one hides."""
        shown, keep = self.divisions_shown, np.zeros(self.size, dtype=bool)
        top, hidden = np.full(self.size, -1), np.zeros(self.size)
        for node, under in enumerate(self.children):
            keep[node] = len(under) != 1 or self.parent[node] < 0
        number = np.cumsum(keep) - 1
        for node in np.flatnonzero(keep).tolist():
            total, at = float(self.hidden[node]), int(self.parent[node])
            last = node
            while at >= 0 and not keep[at]:
                total += float(shown[last]) + float(self.hidden[at])
                last, at = at, int(self.parent[at])
            hidden[node] = total
            top[node] = number[at] if at >= 0 else -1
        return CellTree(top[keep], self.day[keep], self.lesion[keep], self.clone[keep], self.event[keep], hidden[keep])


def ordered(
    parent: list[int], day: list[float], lesion: list[int], clone: list[int], event: list[int], hidden: list[float]
) -> CellTree:
    """A CellTree from nodes in any order: each then stands before its children, older nodes first."""
    mothers = np.array(parent, dtype=np.int64)
    depth = np.zeros(mothers.size, dtype=np.int64)
    under: list[list[int]] = [[] for _ in parent]
    for node, mother in enumerate(parent):
        if mother >= 0:
            under[mother].append(node)
    waiting = [node for node, mother in enumerate(parent) if mother < 0]
    while waiting:
        node = waiting.pop()
        for child in under[node]:
            depth[child] = depth[node] + 1
            waiting.append(child)
    order = np.lexsort((np.arange(mothers.size), depth, np.array(day)))
    # On one and the same day the depth decides, so that a node never stands before its parent.
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return CellTree(
        parent=np.where(mothers[order] >= 0, place[mothers[order]], -1),
        day=np.array(day, dtype=np.float64)[order],
        lesion=np.array(lesion, dtype=np.int64)[order],
        clone=np.array(clone, dtype=np.int64)[order],
        event=np.array(event, dtype=np.int64)[order],
        hidden=np.array(hidden, dtype=np.float64)[order],
    )
