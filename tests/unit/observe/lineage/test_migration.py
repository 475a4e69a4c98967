"""Migration graphs by the published definitions, on trees small enough to count by hand; and founders of lesions."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.observe.lineage.clones import event_log
from seedsoil.observe.lineage.migration import (
    Migrations,
    founders,
    graph_of_migrations,
    is_clade,
    migration_graph,
    migrations_of,
)
from seedsoil.observe.lineage.tree import DIVIDED, MOVED, ROOT, SAMPLED, CellTree
from tests.unit.observe.lineage.examples import clone_table, lesion_table


def moves(*rows: tuple[int, int, float, int]) -> Migrations:
    origin, target, day, clone = (np.array(column) for column in zip(*rows, strict=True))
    first = np.array(
        [row[1] not in [other[1] for other in rows[:place]] and row[1] != 0 for place, row in enumerate(rows)]
    )
    return Migrations(origin, target, day.astype(float), clone, first)


@pytest.mark.parametrize(
    ("parent", "places", "numbers"),
    [
        # One metastasis, one cell.
        ([-1, 0, 0], "PPA", ("mPS", 1, 1, 1)),
        # Two cells on two branches may have travelled together: two migrations, one comigration.
        ([-1, 0, 0], "PAA", ("pPS", 2, 1, 1)),
        # Primary to A to B.
        ([-1, 0, 1], "PAB", ("mS", 2, 2, 2)),
        # B from the primary and from A.
        ([-1, 0, 1, 0], "PABB", ("mM", 3, 3, 2)),
        # A sends cells back, which go to A again: on one way, so that they cannot have gone together.
        ([-1, 0, 1, 2], "PAPA", ("pR", 3, 3, 2)),
        # The same number of migrations, on two branches.
        ([-1, 0, 1, 0], "PAPA", ("pR", 3, 2, 2)),
        # Two metastases seed each other.
        ([-1, 0, 1, 2], "PABA", ("mR", 3, 3, 3)),
        ([-1, 0], "PP", ("", 0, 0, 0)),
    ],
)
def test_patterns_and_numbers(parent: list[int], places: str, numbers: tuple[str, int, int, int]) -> None:
    """Pattern, migration, comigration and seeding-site number: catches comigrations taken for pairs of sites."""
    graph = migration_graph(parent, list(places))
    assert (graph.name, graph.migrations, graph.comigrations, graph.seeding_sites) == numbers


def test_order_of_nodes_does_not_matter_and_one_root_is_needed() -> None:
    """Children before parents give the same graph; two roots are refused."""
    assert migration_graph([1, -1, 1], ["A", "P", "P"]).edges == {("P", "A"): 1}
    with pytest.raises(ModelError, match="one root"):
        migration_graph([-1, -1], ["P", "P"])


def test_truth_of_a_patient_by_lesion_and_by_site() -> None:
    """Two lesions of one site are two vertices, or one: catches cells that go from one to the other counted as edges."""
    truth = moves((0, 1, 10.0, 0), (1, 2, 20.0, 0), (0, 3, 30.0, 0))
    by_lesion = graph_of_migrations(truth, np.array([-1]), ["p", "a1", "a2", "b"])
    assert (by_lesion.name, by_lesion.migrations) == ("mS", 3)
    by_site = graph_of_migrations(truth, np.array([-1]), ["p", "a", "a", "b"])
    assert (by_site.name, by_site.edges) == ("mPS", {("p", "a"): 1, ("p", "b"): 1})


def test_a_cell_that_comes_back_makes_a_cycle() -> None:
    """Arrivals in lesions that were there: catches reseeding read as a new lesion, and the founding ones counted twice."""
    lesions = lesion_table([-1, 0], [0, 0], [0.0, 10.0], ["p", "a"])
    arrivals = {
        "from_lesion": np.array([0, 1, 0]), "to_lesion": np.array([1, 0, 1]), "day": np.array([10.0, 30.0, 50.0]),
        "clone": np.array([0, 0, 0]), "founded": np.array([True, False, False]),
    }  # fmt: skip
    all_of_them = migrations_of(lesions, arrivals)
    assert all_of_them.day.tolist() == [10.0, 30.0, 50.0]
    graph = graph_of_migrations(all_of_them, np.array([-1]), ["p", "a"])
    assert graph.edges == {("p", "a"): 2, ("a", "p"): 1}
    assert graph.name == "pR"
    arrivals["to_lesion"] = np.array([1, 7, 1])
    with pytest.raises(ModelError, match="lesion 7.*0 to 1"):
        migrations_of(lesions, arrivals)


def test_the_line_of_a_second_arrival_is_told_by_its_clone() -> None:
    """A clone that came into a lesion later, and went on from there, has the later arrival above it: three on one way."""
    truth = Migrations(
        np.array([0, 0, 1, 2]), np.array([1, 2, 2, 1]), np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1]),
        np.array([True, True, False, False]),
    )  # fmt: skip
    graph = graph_of_migrations(truth, np.array([-1, 0]), ["p", "a", "b"])
    # Clone 1 arose in a, went to b, and back to a: p-a, a-b, b-a on one way; p-b beside.
    assert graph.edges == {("p", "a"): 1, ("p", "b"): 1, ("a", "b"): 1, ("b", "a"): 1}
    assert graph.comigrations == 4


def tree_of(rows: list[tuple[int, int, int]]) -> CellTree:
    """A tree from (parent, lesion, event) of each node."""
    parent, lesion, event = (np.array(column) for column in zip(*rows, strict=True))
    size = len(rows)
    return CellTree(parent, np.arange(size, dtype=float), lesion, np.zeros(size, dtype=int), event, np.zeros(size))


def test_founders() -> None:
    """One line, one line that left again, two lines: catches a metastasis that seeded others called polyclonal."""
    rows = [
        (-1, 0, ROOT), (0, 0, DIVIDED), (1, 0, SAMPLED), (1, 0, MOVED), (3, 1, DIVIDED), (4, 1, SAMPLED), (4, 1, DIVIDED),
        (6, 1, SAMPLED), (6, 1, MOVED), (8, 2, SAMPLED), (0, 0, MOVED), (10, 2, SAMPLED),
    ]  # fmt: skip
    tree = tree_of(rows)
    one, two = founders(tree)
    assert (one.lesion, one.cells, one.lines, one.clonality, one.phyly, one.sources) == (
        1,
        2,
        1,
        "monoclonal",
        "paraphyletic",
        (0,),
    )
    assert (two.lesion, two.lines, two.clonality, two.phyly, two.sources) == (
        2,
        2,
        "polyclonal",
        "polyphyletic",
        (0, 1),
    )
    assert is_clade(tree, np.array([5, 7, 9]))
    assert not is_clade(tree, np.array([5, 7]))


def test_the_log_tells_births_and_moves_by_day() -> None:
    """Pools are called pools, a move names both lesions: catches a pool told as one clone."""
    lesions = lesion_table([-1, 0], [0, 1], [0.0, 25.0], ["p", "a"])
    clones = clone_table([-1, 0, 1], [0, 0, 1], [0.0, 20.0, 40.0], [False, False, True])
    log = event_log(lesions, clones, migrations_of(lesions))
    assert [(one.day, one.kind, one.clone, one.parent, one.origin, one.lesion) for one in log] == [
        (0.0, "origin", 0, -1, -1, 0), (20.0, "clone", 1, 0, 0, 0), (25.0, "seeding", 1, 1, 0, 1), (40.0, "pool", 2, 1, 1, 1),
    ]  # fmt: skip
    assert log[2].site == "a"
