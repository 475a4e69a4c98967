"""How well a pattern of metastases agrees with autopsies: the rank of organs, and the fold by which shares differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seedsoil.evidence.organs.autopsies import Count, Row, scored_sites
from seedsoil.evidence.organs.prediction import Floats

#: The best that can be had: so well do two series of autopsies agree with each other.
CEILING = {"correlation": 0.80, "fold": 1.7}


@dataclass(frozen=True)
class Score:
    """Rank correlation over sites, and the median fold between predicted and observed shares."""

    correlation: float
    fold: float


def ranked(one: Sequence[float] | Floats, other: Sequence[float] | Floats) -> float:
    """Return the rank correlation of two vectors; 0 where one of them ranks nothing."""
    from scipy.stats import spearmanr

    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    return 0.0 if np.ptp(a) == 0.0 or np.ptp(b) == 0.0 else float(spearmanr(a, b).statistic)


def score(row: Row, counts: Mapping[str, Count], predicted: Floats) -> Score:
    """Return how well a pattern agrees with the counts; half a patient is added to each count, as none is seen by luck."""
    sites = scored_sites(row)
    found = np.array([counts[site].found for site in sites], dtype=np.float64)
    patients = np.array([counts[site].patients for site in sites], dtype=np.float64)
    folds = np.abs(np.log((predicted * patients + 0.5) / (found + 0.5)))
    return Score(ranked(found / patients, predicted), float(np.exp(np.median(folds))))
