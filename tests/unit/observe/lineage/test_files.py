"""What is written is read back by others: Newick by DendroPy, tables by tskit, and migrations by MACH2 and by trying all."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.observe.lineage.exchange import (
    collapsed,
    machina_files,
    newick,
    node_names,
    place_names,
    sistem_graph,
)
from seedsoil.observe.lineage.migration import migration_graph
from seedsoil.observe.lineage.result import Lineage, lineage_of
from tests.unit.observe.lineage.examples import patient

#: Sources of lesions 1, 2 ... , their days of arrival, and the pattern: all metastases from the primary, a chain, both.
STORIES = {
    "PS": ([0, 0], [90.0, 130.0]),
    "S": ([0, 1], [80.0, 190.0]),
    "S of three": ([0, 1, 1], [70.0, 170.0, 200.0]),
}


def drawn(story: str, seed: int = 2, cells: int = 4) -> Lineage:
    sources, arrivals = STORIES[story]
    sites = ["p", *"abc"[: len(sources)]]
    mosaic, lesions, clones = patient(sources, arrivals, sites, seed=seed)
    return lineage_of(mosaic, lesions, clones, cells=cells, sampled=list(range(len(sites))))


@pytest.fixture(scope="module")
def lineage() -> Lineage:
    return drawn("S")


def test_newick_is_read_back_by_dendropy(lineage: Lineage) -> None:
    """Topology, names with quotes and blanks in them, and every length to the last bit."""
    dendropy = pytest.importorskip("dendropy", reason="DendroPy is not installed (make setup-dev)")
    small = lineage.tree.simplified()
    names = [f"{name} 'x'" for name in node_names(small, lineage.places)]
    read = dendropy.Tree.get(data=newick(small, names), schema="newick", suppress_internal_node_taxa=True)
    number = {name: node for node, name in enumerate(names)}
    found = 0
    for node in read.preorder_node_iter():
        label = node.taxon.label if node.is_leaf() else node.label
        mine = number[label]
        found += 1
        if node.parent_node is None:
            assert small.parent[mine] == -1
            continue
        assert number[node.parent_node.label] == small.parent[mine]
        assert node.edge.length == float(small.lengths[mine])
    assert found == small.size


def test_simplified_tree_keeps_tips_meetings_and_divisions(lineage: Lineage) -> None:
    """Nodes of one child go, their divisions stay: catches hidden divisions lost with a node."""
    tree, small = lineage.tree, lineage.tree.simplified()
    assert sorted(small.day[small.tips].tolist()) == sorted(tree.day[tree.tips].tolist())
    assert sorted(len(under) for under in small.children)[: tree.tips.size] == [0] * tree.tips.size
    assert sum(len(under) == 1 for under in small.children) <= 1
    total = tree.hidden[1:].sum() + tree.divisions_shown.sum()
    assert small.hidden[1:].sum() + small.divisions_shown.sum() == pytest.approx(total)


def test_tree_sequence_is_the_tree(lineage: Lineage, tmp_path: Path) -> None:
    """Written, loaded: parents, times, common ancestors and carriers of mutations are ours."""
    tskit = pytest.importorskip("tskit", reason="tskit is not installed: pip install 'seedsoil[lineage]'")
    lineage.tree_sequence().dump(tmp_path / "tree.trees")
    read = tskit.load(tmp_path / "tree.trees")
    mine, theirs = lineage.tree, read.first()
    assert read.num_trees == 1
    assert read.time_units == "days"
    assert [theirs.parent(node) for node in range(mine.size)] == mine.parent.tolist()
    assert np.allclose(read.nodes_time, mine.day.max() - mine.day, rtol=0.0, atol=1e-9)
    assert read.samples().tolist() == mine.tips.tolist()
    for one, other in itertools.combinations(mine.tips[::3].tolist(), 2):
        assert theirs.mrca(one, other) == mine.common_ancestor(np.array([one, other]))
    from seedsoil.observe.lineage.mutation import carried

    assert (carried(mine, lineage.mutations) == read.genotype_matrix().T).all()
    assert read.population(2).metadata == {"name": "b_2"}
    assert read.node(int(mine.tips[0])).metadata["name"] == lineage.names[int(mine.tips[0])]


def test_without_tskit_the_message_names_the_extra(lineage: Lineage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tskit", None)
    with pytest.raises(ModelError, match=r"seedsoil\[lineage\]"):
        lineage.tree_sequence()


def parse(files: dict[str, str]) -> tuple[list[int], list[str | None], list[str]]:
    """The tree of MACHINA's files: parent and known place of each vertex, and all places."""
    edges = [line.split() for line in files["machina.tree"].splitlines()]
    names = list(dict.fromkeys(name for edge in edges for name in edge))
    above = {child: mother for mother, child in edges}
    leaf = dict(line.split() for line in files["machina.labeling"].splitlines())
    assert set(leaf) == set(names) - set(above.values())
    parent = [names.index(above[name]) if name in above else -1 for name in names]
    return parent, [leaf.get(name) for name in names], sorted(set(leaf.values()))


def most_parsimonious(files: dict[str, str], primary: str) -> list[dict[tuple[str, str], int]]:
    """Try every labelling: the graphs with the fewest migrations, then comigrations, then seeding sites."""
    parent, known, places = parse(files)
    free = [node for node in range(len(parent)) if known[node] is None and parent[node] >= 0]
    assert len(places) ** len(free) <= 20_000, "too large to try all"
    best: list[dict[tuple[str, str], int]] = []
    least = (math.inf, math.inf, math.inf)
    for chosen in itertools.product(places, repeat=len(free)):
        labels = [place or primary for place in known]
        for node, place in zip(free, chosen, strict=True):
            labels[node] = place
        graph = migration_graph(parent, labels)
        score = (graph.migrations, graph.comigrations, graph.seeding_sites)
        if score < least:
            best, least = [], score
        if score == least and dict(graph.edges) not in best:
            best.append(dict(graph.edges))
    return best


@pytest.mark.parametrize("story", list(STORIES))
def test_the_fewest_migrations_are_the_true_ones(story: str) -> None:
    """Of all labellings of the written tree those with the fewest migrations give the true graph, alone: catches a leaf misplaced."""
    lineage = drawn(story)
    assert most_parsimonious(lineage.machina(), lineage.places[0]) == [dict(lineage.graph.edges)]


def test_true_labelling_and_colours(lineage: Lineage) -> None:
    """Every vertex has its place, every place a colour of 1 to 9, no name a blank."""
    files = lineage.machina()
    parent, _, places = parse(files)
    truth = dict(line.split() for line in files["machina.truth.labeling"].splitlines())
    assert len(truth) == len(parent)
    assert all(
        truth[name] == place for name, place in (line.split() for line in files["machina.labeling"].splitlines())
    )
    colours = dict(line.split() for line in files["machina.coloring.txt"].splitlines())
    assert set(places) <= set(colours)
    assert all(1 <= int(colour) <= 9 for colour in colours.values())
    assert place_names(["lymph node", "bone-marrow"]) == ["lymph_node_0", "bone_marrow_1"]


def test_collapsing_keeps_one_leaf_for_each_clade_of_a_lesion(lineage: Lineage) -> None:
    """Each leaf's clade is of one lesion and its parent's is not; catches a clade cut too low."""
    tree = lineage.tree.simplified()
    parent, kept = collapsed(tree)
    inner = set(parent.tolist())
    for place, node in enumerate(kept.tolist()):
        lesions = set(tree.lesion[tree.tips[tree.below(node)[tree.tips]]].tolist())
        assert (len(lesions) == 1) == (place not in inner)
    assert len(machina_files(tree, node_names(tree, lineage.places), lineage.places)) == 4


def test_sistem_graph(lineage: Lineage) -> None:
    assert sorted(sistem_graph(lineage.graph).splitlines()) == ["P-a_1\t1", "a_1-b_2\t1"]


@pytest.mark.parametrize("story", ["PS", "S"])
def test_mach2_finds_the_true_graph(story: str, tmp_path: Path) -> None:
    """MACH2 reads our files, and the graph of all its solutions is the true one (trees small enough for Gurobi's free size)."""
    pytest.importorskip("gurobipy", reason="MACH2 needs Gurobi's solver (gurobipy), which is not free software")
    pytest.importorskip(
        "mach2",
        reason="MACH2 is not installed: pip install --group mach2 (Python 3.11: pip install --no-deps mach2==1.0.0)",
    )
    from mach2.mach2 import MACH2
    from mach2.tree import MultiLabeledTree

    lineage = drawn(story, cells=3)
    for name, text in lineage.machina().items():
        (tmp_path / name).write_text(text)
    tree = MultiLabeledTree.from_files(str(tmp_path / "machina.tree"), str(tmp_path / "machina.labeling"))
    found = MACH2(tree, primary_location=lineage.places[0], criteria_ordering="MC")
    solved = found.solve(logfile="", max_solutions=50, threads=1)
    graphs = [dict(one.migration_graph().get_each_migration()) for one in solved]
    assert graphs
    assert all(graph == dict(lineage.graph.edges) for graph in graphs)
