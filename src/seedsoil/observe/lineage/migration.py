"""Who seeded whom: the migrations of a patient, the migration graph, its numbers and its pattern.

The definitions are those of MACHINA (M. El-Kebir, G. Satas and B. J. Raphael, Nat. Genet. 50 (2018) 718), read in its program's
source: the migration graph has a vertex for each anatomical site and an edge for each branch of the labelled tree whose ends lie in
different sites. Migration number: its edges. Comigration number: for each ordered pair of sites, the most edges between
them on any way from the root to a tip (as many times must cells have travelled there, if others may travel along), added up.
Seeding sites: vertices with an edge out. Patterns: PS (parallel single-source: one seeding site), S (single-source: one
source for each site, no cycle), M (multi-source: no cycle), R (reseeding: a cycle); before it m (monoclonal: no pair of sites has
more than one edge) or p (polyclonal).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.observe.lineage.tree import MOVED, CellTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Columns = Mapping[str, NDArray[Any]]

PATTERNS = {
    "PS": "parallel single-source seeding",
    "S": "single-source seeding",
    "M": "multi-source seeding",
    "R": "reseeding",
}


@dataclass(frozen=True)
class Migrations:
    """Cells that came to a lesion and stayed, one entry each, by day.

    ``origin`` and ``target`` are lesions, ``clone`` what the cell was of, ``founded`` whether the lesion began with it.
    """

    origin: Integers
    target: Integers
    day: Floats
    clone: Integers
    founded: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.origin.size)


def migrations_of(lesions: Columns, arrivals: Columns | None = None) -> Migrations:
    """The migrations that founded lesions (table ``lesions``), and those into lesions that were there.

    ``arrivals`` has columns ``from_lesion``, ``to_lesion``, ``day``, ``clone`` and ``founded`` (the table of that name); of it
    only arrivals that founded nothing are taken, for the table of lesions holds the others. ModelError if it names a lesion
    that there is not.
    """
    seeded = np.flatnonzero(np.asarray(lesions["parent"]) >= 0)
    columns = [
        np.asarray(lesions["parent"])[seeded], np.asarray(lesions["lesion"])[seeded],
        np.asarray(lesions["arrival_day"])[seeded], np.asarray(lesions["clone"])[seeded], np.ones(seeded.size, dtype=bool),
    ]  # fmt: skip
    if arrivals is not None:
        later = ~np.asarray(arrivals["founded"], dtype=bool)
        more = [np.asarray(arrivals[name])[later] for name in ("from_lesion", "to_lesion", "day", "clone", "founded")]
        known = set(np.asarray(lesions["lesion"]).tolist())
        if lost := sorted((set(more[0].tolist()) | set(more[1].tolist())) - known):
            raise ModelError(f"arrivals name lesion {lost[0]}, but the patient has lesions 0 to {len(known) - 1}")
        columns = [np.concatenate([one, other]) for one, other in zip(columns, more, strict=True)]
    order = np.lexsort((columns[1], columns[2]))
    origin, target, day, clone, founded = (column[order] for column in columns)
    return Migrations(
        origin.astype(np.int64), target.astype(np.int64), day.astype(np.float64), clone.astype(np.int64),
        founded.astype(bool),
    )  # fmt: skip


def migration_tree(migrations: Migrations, clone_parent: Integers) -> Integers:
    """For each migration the one by which the travelling cell's line had come to where it left; -1 for the primary's own.

    It is the arrival there of the nearest clone on the way up the register, among those before; of two of one clone, which
    cannot be told apart, the first.
    """
    found = np.full(migrations.size, -1)
    for row in range(migrations.size):
        here = (migrations.target == migrations.origin[row]) & (migrations.day < migrations.day[row])
        came = np.flatnonzero(here)
        clone = int(migrations.clone[row])
        while clone >= 0 and came.size:
            if (fits := came[migrations.clone[came] == clone]).size:
                found[row] = fits[0]
                break
            clone = int(clone_parent[clone])
        else:
            found[row] = came[migrations.founded[came]][0] if migrations.founded[came].any() else -1
    return found


@dataclass(frozen=True)
class MigrationGraph:
    """A migration graph and its numbers; ``edges`` counts the migrations of each ordered pair of places that has any."""

    primary: str
    edges: Mapping[tuple[str, str], int]
    comigrations: int

    @property
    def migrations(self) -> int:
        """Migration number: edges, counted each."""
        return sum(self.edges.values())

    @property
    def seeding_sites(self) -> int:
        """Places that sent cells elsewhere."""
        return len({origin for origin, _ in self.edges})

    @property
    def monoclonal(self) -> bool:
        """Whether no pair of places has more than one migration."""
        return all(count == 1 for count in self.edges.values())

    @property
    def pattern(self) -> str:
        """PS, S, M or R; empty without migrations."""
        if not self.edges:
            return ""
        if self.seeding_sites == 1:
            return "PS"
        if _cyclic(self.edges):
            return "R"
        sources = Counter(target for _, target in self.edges)
        return "S" if max(sources.values()) == 1 else "M"

    @property
    def name(self) -> str:
        """The pattern with m or p before it, as MACHINA writes it; empty without migrations."""
        return ("m" if self.monoclonal else "p") + self.pattern if self.edges else ""


def _cyclic(edges: Mapping[tuple[str, str], int]) -> bool:
    """Whether a walk along the edges can come back (vertices without an edge in are taken off, until none is left)."""
    left = set(edges)
    while left:
        reached = {target for _, target in left}
        rest = {(origin, target) for origin, target in left if origin in reached}
        if rest == left:
            return True
        left = rest
    return False


def migration_graph(parent: Sequence[int] | Integers, labels: Sequence[str]) -> MigrationGraph:
    """The migration graph of a tree with a place for each node.

    ``parent`` (nodes,): -1 for the root, which lies in the primary; any order. ModelError without exactly one root.
    """
    mothers = np.asarray(parent, dtype=np.int64)
    roots = np.flatnonzero(mothers < 0)
    if roots.size != 1 or len(labels) != mothers.size:
        raise ModelError(f"a migration graph needs one root and a place for each node; got {roots.size} roots")
    edges: Counter[tuple[str, str]] = Counter()
    most: Counter[tuple[str, str]] = Counter()
    travelled: dict[int, Counter[tuple[str, str]]] = {int(roots[0]): Counter()}
    under: dict[int, list[int]] = {}
    for node, mother in enumerate(mothers.tolist()):
        under.setdefault(mother, []).append(node)
    waiting = [int(roots[0])]
    while waiting:
        node = waiting.pop()
        way = travelled.pop(node)
        for child in under.get(node, []):
            pair = (labels[node], labels[child])
            mine = way
            if pair[0] != pair[1]:
                edges[pair] += 1
                mine = way + Counter([pair])
                most[pair] = max(most[pair], mine[pair])
            travelled[child] = mine
            waiting.append(child)
    return MigrationGraph(labels[int(roots[0])], dict(sorted(edges.items())), sum(most.values()))


def graph_of_migrations(
    migrations: Migrations, clone_parent: Integers, places: Sequence[str], primary: int = 0
) -> MigrationGraph:
    """The graph of all migrations of a patient, sampled or not; ``places`` names each lesion: by itself, or by its site.

    Migrations between lesions of one name are no edges.
    """
    above = migration_tree(migrations, clone_parent)
    parent, labels = [-1], [places[primary]]
    for row in range(migrations.size):
        # A migration is a node where the cell arrived; from which lesion it came is the branch above it.
        leaving = len(parent)
        parent.append(0 if above[row] < 0 else 2 * int(above[row]) + 2)
        labels.append(places[int(migrations.origin[row])])
        parent.append(leaving)
        labels.append(places[int(migrations.target[row])])
    return migration_graph(parent, labels)


@dataclass(frozen=True)
class Founders:
    """How a lesion began, as far as its sampled cells tell.

    ``lines``: cells that came to it and have descendants in the sample. ``clonality``: "monoclonal" for one, else
    "polyclonal". ``phyly``: "monophyletic" if its sampled cells are a clade of the tree, "paraphyletic" if they go back to one
    cell that came, whose line left for other lesions too, else "polyphyletic" (J. G. Reiter and others, Nat. Genet. 52 (2020)
    692, ask this of all metastases of a kind: ``is_clade``). ``sources``: lesions that the cells came from.
    """

    lesion: int
    cells: int
    lines: int
    clonality: str
    phyly: str
    sources: tuple[int, ...]


def is_clade(tree: CellTree, tips: Integers) -> bool:
    """Whether some sampled cells, and no others, descend from their latest common ancestor."""
    return int(tree.tips_below[tree.common_ancestor(tips)]) == tips.size


def founders(tree: CellTree, primary: int = 0) -> tuple[Founders, ...]:
    """How each sampled lesion but the primary began, by lesion."""
    found = []
    for lesion in sorted(set(tree.lesion[tree.tips].tolist()) - {primary}):
        tips = tree.tips[tree.lesion[tree.tips] == lesion]
        came = {_arrival(tree, int(tip)) for tip in tips}
        phyly = "monophyletic" if is_clade(tree, tips) else "paraphyletic" if len(came) == 1 else "polyphyletic"
        sources = tuple(sorted({int(tree.lesion[node]) for node in came if tree.event[node] == MOVED}))
        clonality = "monoclonal" if len(came) == 1 else "polyclonal"
        found.append(Founders(lesion, tips.size, len(came), clonality, phyly, sources))
    return tuple(found)


def _arrival(tree: CellTree, tip: int) -> int:
    """The node at which a sampled cell's line last came to its lesion; the root if it always lay there."""
    for node in tree.ancestors(tip)[1:]:
        if tree.event[node] == MOVED:
            return node
    return 0
