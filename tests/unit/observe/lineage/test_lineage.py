"""A patient's lineage from a record: one tree of cells from several lesions, its mutations, and what sequencing shows."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import new_stream
from seedsoil.observe.lineage.coalescent import Rates, bridged_depths, places_in_row
from seedsoil.observe.lineage.mutation import Mutations, cancer_cell_fractions, carried, draw_mutations
from seedsoil.observe.lineage.result import Lineage, lineage_of
from seedsoil.observe.lineage.sequencing import sequence_bulk, sequence_cells
from seedsoil.observe.lineage.tree import DIVIDED, MOVED, ROOT, SAMPLED, CellTree
from tests.unit.observe.lineage.examples import patient


@pytest.fixture(scope="module")
def chain() -> Lineage:
    """The primary seeded a, a seeded b."""
    mosaic, lesions, clones = patient([0, 1], [80.0, 190.0], ["p", "a", "b"])
    return lineage_of(mosaic, lesions, clones, cells=8, sampled=[0, 1, 2])


def test_one_rooted_tree_in_time(chain: Lineage) -> None:
    """One root, 8 cells of each lesion, no child older than its parent, all meetings but for the root's: n - 1."""
    tree = chain.tree
    assert np.count_nonzero(tree.parent < 0) == 1
    assert np.bincount(tree.lesion[tree.tips]).tolist() == [8, 8, 8]
    assert (tree.lengths >= 0.0).all()
    assert (tree.parent < np.arange(tree.size)).all()
    assert np.count_nonzero(tree.event == DIVIDED) == 23
    assert tree.size == 24 + 23 + 2 + 1
    assert sorted(len(under) for under in tree.children) == [0] * 24 + [1] * 3 + [2] * 23


def test_lesions_meet_where_and_when_they_were_seeded(chain: Lineage) -> None:
    """Cells of b go back to a on its day, and with it to the primary: catches a lesion joined to the wrong one."""
    tree = chain.tree
    moved = [
        (float(tree.day[node]), int(tree.lesion[node]), int(tree.lesion[tree.children[node][0]]))
        for node in np.flatnonzero(tree.event == MOVED)
    ]
    assert moved == [(80.0, 0, 1), (190.0, 1, 2)]
    a, b = (tree.tips[tree.lesion[tree.tips] == lesion] for lesion in (1, 2))
    assert tree.day[tree.common_ancestor(b)] > 190.0
    assert 80.0 < tree.day[tree.common_ancestor(np.concatenate([a, b]))] < 190.0
    assert [(one.clonality, one.sources) for one in chain.founders] == [("monoclonal", (0,)), ("monoclonal", (1,))]
    assert chain.founders[0].phyly == "paraphyletic"
    assert chain.founders[1].phyly == "monophyletic"
    assert chain.graph.name == "mS"
    assert chain.metastases_one_clade is True


def test_sampling_is_the_same_each_time_and_touches_nothing() -> None:
    """Same seed, same tree; another patient, another; the record and its stream stay: catches a draw from the run's luck."""
    made = [patient([0, 1], [80.0, 190.0], ["p", "a", "b"], seed=seed) for seed in (1, 1, 2)]
    before = made[0][0].stream.copy()
    one, again, other = (lineage_of(*parts, cells=8, sampled=[0, 1, 2]) for parts in made)
    assert (made[0][0].stream == before).all()
    assert (one.tree.day == again.tree.day).all()
    assert (one.mutations.node == again.mutations.node).all()
    assert (one.genotypes() == again.genotypes()).all()
    assert one.tree.size != other.tree.size or (one.tree.day != other.tree.day).any()


def test_what_cannot_be_sampled_is_said_at_once() -> None:
    """Every fault in one go, each with what is allowed: catches a traceback."""
    mosaic, lesions, clones = patient([0], [400.0], ["p", "a"])
    with pytest.raises(ModelError) as caught:
        lineage_of(mosaic, lesions, clones, cells=0, sampled=[1, 9])
    assert len(caught.value.faults) == 3
    assert "give 1 to 500" in caught.value.faults[0]
    assert "lesion 1 never grew" in caught.value.faults[1]
    assert "lesions 0 to 1" in caught.value.faults[2]


def test_a_needle_brings_relatives_and_leaves_the_others_alone() -> None:
    """Eight cells of a piece of 1000 of 3e9 met within its last 200 days; a sample of all, in the first 140; what a metastasis shows stays."""
    mosaic, lesions, clones = patient([0], [80.0], ["p", "a"])
    needle = lineage_of(mosaic, lesions, clones, cells=8, sampled=[0, 1], pieces={0: 1000.0}).tree
    spread = lineage_of(mosaic, lesions, clones, cells=8, sampled=[0, 1]).tree
    met = [float(one.day[one.common_ancestor(one.tips[one.lesion[one.tips] == 0])]) for one in (needle, spread)]
    assert met[0] > 158.0
    assert met[1] < 140.0
    inner = [one.day[(one.lesion == 1) & (one.event == DIVIDED)].tolist() for one in (needle, spread)]
    assert inner[0] == inner[1]
    # The line that is left goes on with the others: one root, and as many meetings as join sixteen cells.
    assert np.count_nonzero(needle.parent < 0) == 1
    assert np.count_nonzero(needle.event == DIVIDED) == 15
    assert (needle.lengths >= 0.0).all()


def test_a_piece_that_cannot_be_is_told() -> None:
    """Too few cells, more than there are, a lesion that is not sampled: one line each; catches a needle that brings what is not there."""
    mosaic, lesions, clones = patient([0], [80.0], ["p", "a"])
    with pytest.raises(ModelError) as caught:
        lineage_of(mosaic, lesions, clones, cells=8, sampled=[0], pieces={0: 4.0, 1: 100.0})
    assert "at least the 8 that are sampled" in caught.value.faults[0]
    assert "lesion 1, of which nothing is sampled" in caught.value.faults[1]
    with pytest.raises(ModelError, match="at most the"):
        lineage_of(mosaic, lesions, clones, cells=8, sampled=[0], pieces={0: 1e15})


@pytest.mark.parametrize("cells", [5, 6, 40, 10**12])
def test_places_in_a_row(cells: int) -> None:
    """All of them where all are asked for; never one twice, never one outside; and each alike likely (2000 draws, 6 errors)."""
    stream = new_stream(5, 5)
    drawn = np.array([places_in_row(stream, 5, float(cells)) for _ in range(2000 if cells < 10**6 else 50)])
    assert (np.diff(drawn, axis=1) >= 1.0).all()
    assert drawn.min() >= 0
    assert drawn.max() < cells
    if cells <= 40:
        counts = np.bincount(drawn.astype(int).ravel(), minlength=cells) / drawn.shape[0]
        share = 5.0 / cells
        assert (np.abs(counts - share) <= 6.0 * np.sqrt(share * (1.0 - share) / drawn.shape[0])).all()


def test_depths_between_two_counts() -> None:
    """Nine of nine cells that were four: five meet within at the least; of those that were one, all; catches families of none."""
    rates, stream = Rates((2.0,), (0.5,), (0.4,)), new_stream(6, 6)
    assert all(np.isfinite(bridged_depths(stream, rates, 9, 9, 4)).sum() >= 5 for _ in range(50))
    assert np.isfinite(bridged_depths(stream, rates, 9, 9, 1)).all()
    # Without deaths all four have descendants: three cuts, each time.
    pure = Rates((2.0,), (0.4,), (0.4,))
    assert all(np.isfinite(bridged_depths(stream, pure, 9, 9, 4)).sum() == 5 for _ in range(50))


def test_rates_in_pieces() -> None:
    """W of two pieces against the integral by a million steps, and the depth back from W; a faulty piece is refused."""
    rates = Rates((10.0, 30.0), (0.3, 0.2), (-0.05, 0.15))
    t = (np.arange(10**6) + 0.5) * 40e-6
    birth = np.where(t < 10.0, 0.3, 0.2)
    total = np.where(t < 10.0, -0.05 * t, -0.5 + 0.15 * (t - 10.0))
    assert rates.inverse_tail(40.0) == pytest.approx(1.0 + float(np.sum(birth * np.exp(total)) * 40e-6), rel=1e-8)
    for depth in (0.0, 3.0, 10.0, 25.0, 40.0):
        assert rates.depth_at(rates.inverse_tail(depth)) == pytest.approx(depth, abs=1e-9)
    assert rates.depth_at(1e9) == np.inf
    with pytest.raises(ModelError, match="growth of at most the birth"):
        Rates((1.0,), (0.1,), (0.2,))


def fork() -> CellTree:
    """Root, a division, two cells of lesion 0 under one branch and one of lesion 1 on the other."""
    event = np.array([ROOT, DIVIDED, DIVIDED, MOVED, SAMPLED, SAMPLED, SAMPLED])
    return CellTree(
        np.array([-1, 0, 1, 1, 2, 2, 3]), np.array([0.0, 10.0, 40.0, 50.0, 100.0, 100.0, 100.0]),
        np.array([0, 0, 0, 0, 0, 0, 1]), np.zeros(7, dtype=int), event, np.array([0.0, 4.0, 2.0, 3.0, 5.0, 6.0, 1.0]),
    )  # fmt: skip


def test_mutations_by_branch() -> None:
    """400 draws: per branch u times hidden and shown divisions, and the variance of both chances; catches a division too many."""
    tree, rate = fork(), 2.0
    assert tree.divisions_shown.tolist() == [0, 0, 1, 1, 1, 1, 0]
    counts = np.array(
        [np.bincount(draw_mutations(tree, new_stream(1, one), rate).node, minlength=7) for one in range(400)]
    )
    mean = rate * (tree.hidden + tree.divisions_shown)
    spread = mean + rate**2 * tree.hidden
    assert (np.abs(counts.mean(axis=0) - mean)[1:] < 6.0 * np.sqrt(spread / 400)[1:]).all()
    assert (np.abs(counts.var(axis=0) / np.maximum(spread, 1e-9) - 1.0)[1:] < 6.0 * np.sqrt(2.6 / 400)).all()
    with pytest.raises(ModelError, match="lower the mutations"):
        draw_mutations(tree, new_stream(1, 1), 1e6)


def test_first_cell_brings_mutations_along() -> None:
    """400 draws of mean 30 at the root, Poisson within 6 errors, carried by every cell; the others stay what they were."""
    tree = fork()
    drawn = [draw_mutations(tree, new_stream(1, one), 2.0, 30.0) for one in range(400)]
    trunk = np.array([np.count_nonzero(one.node == 0) for one in drawn])
    assert abs(trunk.mean() - 30.0) < 6.0 * np.sqrt(30.0 / 400)
    assert abs(trunk.var() / 30.0 - 1.0) < 6.0 * np.sqrt(2.1 / 400)
    assert carried(tree, drawn[0])[:, : trunk[0]].all()
    assert drawn[0].node[trunk[0] :].tolist() == draw_mutations(tree, new_stream(1, 0), 2.0).node.tolist()
    with pytest.raises(ModelError, match="before the first cell"):
        draw_mutations(tree, new_stream(1, 1), 2.0, -1.0)


def test_who_carries_what() -> None:
    """A mutation of each branch: carriers and cancer cell fractions by hand."""
    tree = fork()
    mutations = Mutations(np.array([1, 2, 3, 4, 6, 6]))
    assert carried(tree, mutations).astype(int).tolist() == [[1, 1, 0, 1, 0, 0], [1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 1, 1]]
    lesions, shares = cancer_cell_fractions(tree, mutations)
    assert lesions.tolist() == [0, 1]
    assert shares.tolist() == [[1.0, 1.0, 0.0, 0.5, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]]
    assert carried(tree, Mutations(np.zeros(0, dtype=int))).shape == (3, 0)


def test_bulk_reads() -> None:
    """2000 mutations of all cells at purity 0.6: fraction 0.3 within 6 errors; none carry: the error; catches purity not halved."""
    tree = fork()
    mutations = Mutations(np.repeat([1, 4], 2000))
    seen = sequence_bulk(tree, mutations, new_stream(2, 2), depth=80.0, purity=0.6, error=0.01)
    reads = seen.reads.mean()
    assert abs(reads - 80.0) < 6.0 * np.sqrt(80.0 / seen.reads.size)
    for row, place, share in (
        (0, slice(0, 2000), 0.3),
        (1, slice(0, 2000), 0.3),
        (0, slice(2000, 4000), 0.15),
        (1, slice(2000, 4000), 0.0),
    ):
        chance = share * 0.99 + (1.0 - share) * 0.01
        found = seen.alternate[row, place].sum() / seen.reads[row, place].sum()
        assert abs(found - chance) < 6.0 * np.sqrt(chance * (1 - chance) / seen.reads[row, place].sum())
    with pytest.raises(ModelError) as caught:
        sequence_bulk(tree, mutations, new_stream(2, 2), purity=1.2, error=-1.0)
    assert len(caught.value.faults) == 2


def test_single_cells_lose_copies() -> None:
    """4000 loci: carriers are seen with 1 - d, unknown with d^2, others falsely with a; catches both copies lost called absent."""
    tree, lost, false = fork(), 0.3, 0.02
    called = sequence_cells(
        tree, Mutations(np.repeat([1, 6], 4000)), new_stream(3, 3), dropout=lost, false_positive=false
    )
    there, absent = called[0, :4000], called[0, 4000:]

    def near(found: float, chance: float) -> bool:
        return abs(found - chance) < 6.0 * np.sqrt(chance * (1.0 - chance) / 4000)

    assert near(float(np.mean(there == 1)), 1.0 - lost)
    assert near(float(np.mean(there == -1)), lost**2)
    assert near(float(np.mean(absent == 1)), false * (1.0 - lost**2))
    assert near(float(np.mean(absent == -1)), lost**2)
