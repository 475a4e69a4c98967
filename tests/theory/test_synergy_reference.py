"""The scores that the NCATS published for twelve real dose matrices, and the one wrong way to get them."""

import csv

import numpy as np
import pytest
from numpy.typing import NDArray

from seedsoil.biology.medicine.combination import score_matrix
from tests.reference_data import reference_folder

Floats = NDArray[np.float64]
tolerance = 3e-5  # the published figures are rounded: none is off by more than 2.3e-5


def plate(block: int) -> tuple[Floats, Floats, Floats]:
    """Return viability in per cent, doses of the rows and doses of the columns of one plate."""
    with (reference_folder("synergy") / "responses.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["block"]) == block]
    first, second = (np.unique([float(row[name]) for row in rows]) for name in ("row_conc_uM", "col_conc_uM"))
    viability = np.full((first.size, second.size), np.nan)
    for row in rows:
        place = np.searchsorted(first, float(row["row_conc_uM"])), np.searchsorted(second, float(row["col_conc_uM"]))
        viability[place] = float(row["viability_percent"])
    return viability, first, second


def published(block: int) -> tuple[float, float, float]:
    """Return the three scores of a plate: excess over the highest single agent, positive and negative Bliss sums."""
    with (reference_folder("synergy") / "expected.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if int(row["block"]) == block)
    return float(row["excess_hsa"]), float(row["bliss_sum_positive"]), float(row["bliss_sum_negative"])


@pytest.mark.parametrize("block", range(1, 13))
def test_published_scores(block: int) -> None:
    """Three scores a plate: catches 3e-5 of each."""
    found = score_matrix(*plate(block))
    scores = (found.excess_hsa, found.bliss_positive, found.bliss_negative)
    np.testing.assert_allclose(scores, published(block), rtol=0, atol=tolerance)


def test_unclipped_scores_are_wrong() -> None:
    """The same sums without clipping miss the published ones on eleven plates: the data can tell the two apart."""
    wrong = 0
    for block in range(1, 13):
        viability, first, second = plate(block)
        both = viability[np.ix_(first > 0, second > 0)]
        alone, partner = viability[first > 0][:, second == 0], viability[first == 0][:, second > 0]
        bliss = both / 100 - alone * partner / 1e4
        scores = np.sum(both - np.minimum(alone, partner)), bliss[bliss > 0].sum(), bliss[bliss < 0].sum()
        wrong += not np.allclose(scores, published(block), rtol=0, atol=tolerance)
    assert wrong == 11
