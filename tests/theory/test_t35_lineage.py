"""T35: trees of sampled cells against the law of their node depths, against cells simulated one by one, and the 1/f spectrum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ks_2samp, kstest

from seedsoil.foundation.streams import LINEAGE, aim, new_stream
from seedsoil.observe.lineage.clones import register_of
from seedsoil.observe.lineage.coalescent import Rates, node_depths, sampled_depths
from seedsoil.observe.lineage.genealogy import Piece, Wanted, genealogy
from seedsoil.observe.lineage.migration import migrations_of
from seedsoil.observe.lineage.mutation import draw_mutations, site_frequencies
from seedsoil.observe.lineage.tree import SAMPLED
from tests.theory.plain_births import Plain
from tests.unit.observe.lineage.examples import clone_table, lesion_table, mosaic_of

# Each comparison may raise a false alarm once in 1e9 runs of other seeds.
FALSE_ALARM = 1e-9
BIRTH, DEATH, DAYS = 0.3, 0.1, 18.0
RECORDED = [float(day) for day in range(int(DAYS) + 1)]
ALONE = migrations_of(lesion_table([-1], [0], [0.0], ["primary"]))


def colonies(
    number: int, least: int, mutation: float = 0.0, kind: int = 0, seed: int = 1
) -> list[tuple[Plain, list[tuple[int, int]]]]:
    """Colonies of one founder with ``least`` cells of a kind on the last day, and their cells of each kind on each day."""
    generator, found = np.random.default_rng(seed), []
    while len(found) < number:
        colony = Plain(BIRTH, DEATH, mutation, generator)
        record = [colony.counts()]
        for day in RECORDED[1:]:
            colony.run(day)
            record.append(colony.counts())
        if record[-1][kind] >= least:
            found.append((colony, record))
    return found


@pytest.fixture(scope="module")
def families() -> list[tuple[Plain, list[tuple[int, int]]]]:
    return colonies(700, 2)


def a_pair(colony: Plain, kind: int = 0) -> tuple[int, int]:
    alike = [cell for cell in colony.alive if colony.kind[cell] == kind]
    one, other = colony.generator.choice(len(alike), 2, replace=False)
    return alike[one], alike[other]


@pytest.mark.parametrize("share", [1.0, 0.3, 1e-6])
def test_node_depths_follow_the_published_law(share: float) -> None:
    """P(H > t) = 1/(1 + (p b/r)(exp(rt) - 1)), 8000 draws, below the age; catches a wrong p, b or r by about 4 %."""
    birth, growth, age = 0.3, 0.2, 60.0
    rates, stream = Rates((age,), (birth,), (growth,)), new_stream(11, 3)
    aim(stream, LINEAGE, 5, 0)

    def tail(t: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + share * birth / growth * np.expm1(growth * t))

    drawn = sampled_depths(stream, rates, 8000, share)
    whole = 1.0 - tail(np.array(age))
    assert kstest(drawn, lambda t: (1.0 - tail(t)) / whole).pvalue > FALSE_ALARM
    assert 1.0 / rates.inverse_tail(20.0, share) == pytest.approx(float(tail(np.array(20.0))), rel=1e-12)


def transformed(cells: int, depth: float) -> float:
    """Where a pair's depth lies in its law given the number of cells: all gaps between two of N in a row, weighed."""
    gap = np.arange(1, cells)
    rates = Rates((DAYS,), (BIRTH,), (BIRTH - DEATH,))
    ratio = (1.0 - 1.0 / rates.inverse_tail(depth)) / (1.0 - 1.0 / rates.inverse_tail(DAYS))
    return float(np.sum(2.0 * (cells - gap) / (cells * (cells - 1.0)) * ratio**gap))


def test_pairs_of_simulated_cells_meet_by_the_law(families: list[tuple[Plain, list[tuple[int, int]]]]) -> None:
    """700 colonies cell by cell, a pair each: their depths, put through the law given N and T, are uniform; catches 10 % in b."""
    places = []
    for colony, _ in families:
        met, _ = colony.met(*a_pair(colony))
        places.append(transformed(len(colony.alive), DAYS - met))
    assert kstest(places, "uniform").pvalue > FALSE_ALARM


@pytest.mark.parametrize("cells", [2, 3, 6, 10**9])
def test_pairs_drawn_meet_by_the_law(cells: int) -> None:
    """The sampler for 2 of N cells through the same law, 3000 draws; catches a gap counted one too long."""
    stream, rates = new_stream(4, 4), Rates((DAYS,), (BIRTH,), (BIRTH - DEATH,))
    aim(stream, LINEAGE, 1, 1)
    whole = rates.inverse_tail(DAYS)
    depths = [float(node_depths(stream, rates, 2, float(cells), whole)[0]) for _ in range(3000)]
    if cells < 100:
        assert kstest([transformed(cells, depth) for depth in depths], "uniform").pvalue > FALSE_ALARM
    else:
        # Two of very many are far apart, and met when there were few.
        assert min(depths) > 0.5 * DAYS


def test_lines_followed_day_by_day_meet_as_simulated_ones(families: list[tuple[Plain, list[tuple[int, int]]]]) -> None:
    """From the record of cell numbers alone: days of meeting, and divisions on a line, as in the colonies themselves.

    700 pairs each; catches meetings 1.4 days off of 18, and a line with 12 % too many or too few divisions.
    """
    true_days, drawn_days, true_lines, drawn_lines = [], [], [], []
    clones = register_of(clone_table([-1], [0], [0.0], [False]))
    for number, (colony, record) in enumerate(families):
        one, other = a_pair(colony)
        true_days.append(colony.met(one, other)[0])
        true_lines.append(len(colony.line(one)) - 1)
        mosaic = mosaic_of(RECORDED, {(0, 0): [row[0] for row in record]}, division=BIRTH, patient=number)
        tree = genealogy(mosaic, clones, ALONE, [Wanted(0, 0, 2, len(RECORDED) - 1)])
        drawn_days.append(float(tree.day[tree.common_ancestor(tree.tips)]))
        way = tree.ancestors(int(tree.tips[0]))
        drawn_lines.append(float(tree.hidden[way].sum() + tree.divisions_shown[way].sum()))
    assert ks_2samp(true_days, drawn_days).pvalue > FALSE_ALARM
    gap = np.array(true_lines) - np.array(drawn_lines)
    assert abs(gap.mean()) < 6.0 * gap.std() / math.sqrt(gap.size)


def in_row(colony: Plain) -> list[int]:
    """Living cells in a row: whatever descends from one cell stands together."""
    under: dict[int, list[int]] = {}
    for cell, mother in enumerate(colony.mother):
        under.setdefault(mother, []).append(cell)
    row, waiting, alive = [], [0], set(colony.alive)
    while waiting:
        cell = waiting.pop()
        if cell in alive:
            row.append(cell)
        waiting += under.get(cell, [])
    return row


def test_cells_of_a_piece_meet_as_simulated_neighbours(families: list[tuple[Plain, list[tuple[int, int]]]]) -> None:
    """Two of six neighbours of colonies of 24 or more: when they met, and divisions on a line, as in the colonies themselves.

    Some 540 pairs; catches meetings 1.2 days off of 18, so a piece four times too large, and a line with 12 % too many divisions.
    """
    true_days, drawn_days, true_lines, drawn_lines, wide = [], [], [], [], []
    clones = register_of(clone_table([-1], [0], [0.0], [False]))
    for number, (colony, record) in enumerate(families):
        row = in_row(colony)
        if len(row) < 24:
            continue
        start = int(colony.generator.integers(len(row) - 5))
        one, other = colony.generator.choice(row[start : start + 6], 2, replace=False).tolist()
        true_days.append(colony.met(one, other)[0])
        true_lines.append(len(colony.line(one)) - 1)
        mosaic = mosaic_of(RECORDED, {(0, 0): [row[0] for row in record]}, division=BIRTH, patient=number)
        for size, days in ((6.0, drawn_days), (24.0, wide)):
            tree = genealogy(mosaic, clones, ALONE, [], [Piece(0, 2, len(RECORDED) - 1, size)])
            days.append(float(tree.day[tree.common_ancestor(tree.tips)]))
            if size == 6.0:
                way = tree.ancestors(int(tree.tips[0]))
                drawn_lines.append(float(tree.hidden[way].sum() + tree.divisions_shown[way].sum()))
    assert ks_2samp(true_days, drawn_days).pvalue > FALSE_ALARM
    assert ks_2samp(true_days, wide).pvalue < FALSE_ALARM
    gap = np.array(true_lines) - np.array(drawn_lines)
    assert abs(gap.mean()) < 6.0 * gap.std() / math.sqrt(gap.size)


def test_lines_of_a_pool_leave_it_as_simulated_ones() -> None:
    """Mutants of many families as one pool: when two of them meet, and as what, as cell by cell; 400 colonies.

    Catches a pool that is taken for one family: then every pair would meet in it.
    """
    mutation, days = 0.08, RECORDED
    true_days, drawn_days, true_kind, drawn_kind = [], [], [], []
    for number, (colony, record) in enumerate(colonies(400, 4, mutation, kind=1, seed=2)):
        day, kind = colony.met(*a_pair(colony, 1))
        true_days.append(day)
        true_kind.append(kind)
        path = {(0, 0): [float(max(row[0], 1)) for row in record], (0, 1): [float(row[1]) for row in record]}
        first = next(day for day, row in zip(days, record, strict=True) if row[1] > 0)
        mosaic = mosaic_of(days, path, kinds=(0, 1), division=BIRTH, mutation=mutation, patient=number)
        clones = register_of(clone_table([-1, 0], [0, 0], [0.0, first - 0.5], [False, True]))
        tree = genealogy(mosaic, clones, ALONE, [Wanted(0, 1, 2, len(days) - 1)])
        top = tree.common_ancestor(tree.tips)
        drawn_days.append(float(tree.day[top]))
        drawn_kind.append(int(tree.clone[top]))
    assert ks_2samp(true_days, drawn_days).pvalue > FALSE_ALARM
    spread = math.sqrt((np.var(true_kind) + np.var(drawn_kind)) / len(true_kind))
    assert 0.1 < np.mean(true_kind) < 0.9
    assert abs(np.mean(true_kind) - np.mean(drawn_kind)) < 6.0 * spread


def test_a_cell_that_left_joins_the_others_as_a_simulated_one(
    families: list[tuple[Plain, list[tuple[int, int]]]],
) -> None:
    """A cell of day 12 and one of the last day: when their lines meet, as in the colonies; catches a join at the day of leaving."""
    left, days = 12, RECORDED
    true_days, drawn_days = [], []
    generator = np.random.default_rng(6)
    for number in range(500):
        record = [(0, 0)]
        while record[-1][0] < 2:
            colony, leaver = Plain(BIRTH, DEATH, 0.0, generator), -1
            record = [colony.counts()]
            for day in days[1:]:
                colony.run(day)
                record.append(colony.counts())
                if day == left and colony.alive:
                    leaver = colony.alive[int(generator.integers(len(colony.alive)))]
        # The cell may still be there: its line and the other's met at the latest when it left.
        other = colony.alive[int(generator.integers(len(colony.alive)))]
        true_days.append(
            float(left) if leaver in colony.line(other) else min(float(left), colony.met(leaver, other)[0])
        )
        path = {(0, 0): [float(row[0]) for row in record], (1, 0): [0.0] * left + [1.0] * (len(days) - left)}
        mosaic = mosaic_of(days, path, division=BIRTH, patient=number)
        moved = migrations_of(lesion_table([-1, 0], [0, 0], [0.0, float(left)], ["primary", "other"]))
        clones = register_of(clone_table([-1], [0], [0.0], [False]))
        last = len(days) - 1
        tree = genealogy(mosaic, clones, moved, [Wanted(0, 0, 1, last), Wanted(1, 0, 1, last)])
        drawn_days.append(float(tree.day[tree.common_ancestor(tree.tips)]))
    assert len(families) == 700
    earlier = [np.array([day for day in kind if day < left]) for kind in (true_days, drawn_days)]
    assert ks_2samp(*earlier).pvalue > FALSE_ALARM


def test_neutral_mutations_are_as_rare_as_their_frequency() -> None:
    """The spectrum of a clone that grew exponentially: 2 u (b/r) n/(k (k - 1)) mutations in k of n cells, 150 trees of 40 cells.

    From the number of mutations above a frequency, 2 u (b/r)/f. Each of k = 2 .. 9 within 6 standard errors: catches 12 %.
    """
    birth, growth, cells, rate = 0.25, 0.1, 40, 0.5
    days = [7.0 * place for place in range(1, 29)]
    seen = np.zeros((150, cells + 1))
    for number in range(150):
        path = {(0, 0): [math.floor(math.exp(growth * day)) for day in days]}
        mosaic = mosaic_of(days, path, division=birth, patient=number)
        clones = register_of(clone_table([-1], [0], [0.0], [False]))
        tree = genealogy(mosaic, clones, ALONE, [Wanted(0, 0, cells, len(days) - 1)])
        assert np.count_nonzero(tree.event == SAMPLED) == cells
        seen[number] = site_frequencies(tree, draw_mutations(tree, mosaic.stream, rate))
    k = np.arange(2, 10)
    expected = 2.0 * rate * birth / growth * cells / (k * (k - 1.0))
    mean, error = seen[:, k].mean(axis=0), seen[:, k].std(axis=0) / math.sqrt(seen.shape[0])
    assert (np.abs(mean - expected) < 6.0 * error).all(), np.round((mean - expected) / error, 1)
