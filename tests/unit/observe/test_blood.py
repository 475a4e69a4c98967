"""A tube of blood: single cells are Poisson numbers, clusters make them wilder, and nothing is touched."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.catalogue.load import entry
from seedsoil.foundation.streams import new_stream
from seedsoil.observe.blood import RECOVERY, Density, cluster_recoveries, count
from tests.properties.examples import changed

TRACES = changed(entry("tumours", "colon_adenocarcinoma").traces, epithelial_share=0.8)
SHOWN = float(RECOVERY["ctc"]) * 0.8


def _tubes(level: Density, tubes: int, millilitres: float = 7.5, assay: str = "ctc", seed: int = 1) -> np.ndarray:
    return np.array([count(new_stream(seed, who), millilitres, level, TRACES, assay, 4) for who in range(tubes)])


@pytest.mark.parametrize("mean", [0.2, 5.0, 300.0])
def test_single_cells_are_poisson(mean: float) -> None:
    """8000 tubes: mean within 6 standard errors (3 % at 5 cells), dispersion 1 within 0.1: catches a volume in litres."""
    found = _tubes(Density(mean / (7.5e-3 * SHOWN), 0.0), 8000)[:, 0]
    assert abs(found.mean() - mean) < 6.0 * np.sqrt(mean / 8000)
    assert abs(found.var(ddof=1) / mean - 1.0) < 6.0 * np.sqrt((2.0 + 1.0 / mean) / 8000)
    assert (found == np.floor(found)).all()


def test_clusters_disperse_the_count() -> None:
    """4000 tubes of clusters alone: mean and variance of the compound Poisson law, and those seen as clusters, to 6 errors.

    Clusters of 4 cells of which 0.56 are shown: catches a cluster caught whole (mean 1.8 times, variance 3 times).
    """
    mean = 3.0
    found = _tubes(Density(0.0, mean / 7.5e-3), 4000)
    chance = cluster_recoveries(4.0, SHOWN)
    sizes = np.arange(chance.size)
    assert chance.sum() == pytest.approx(1.0, abs=1e-9)
    assert chance @ sizes == pytest.approx(4.0 * SHOWN, rel=1e-9)
    # Size 2 + G, G geometric of mean 2: E[n(n - 1)] = 2 + 4 G + 2 G^2 + ... = E[n^2] - E[n].
    more = 2.0
    square = (more * (1.0 + more)) + 4.0**2 - 4.0
    assert chance @ (sizes * (sizes - 1)) == pytest.approx(SHOWN**2 * square, rel=1e-9)
    variance = mean * float(chance @ sizes**2)
    assert abs(found[:, 0].mean() - mean * 4.0 * SHOWN) < 6.0 * np.sqrt(variance / 4000)
    fourth = mean * float(chance @ sizes**4) + 2.0 * variance**2
    assert abs(found[:, 0].var(ddof=1) - variance) < 6.0 * np.sqrt(fourth / 4000)
    assert variance > 2.0 * mean * 4.0 * SHOWN
    seen = mean * chance[2:].sum()
    assert abs(found[:, 1].mean() - seen) < 6.0 * np.sqrt(seen / 4000)


def test_twice_the_blood_holds_twice_the_cells() -> None:
    """Means of 4000 tubes: catches a volume that is not used (|z| < 6: 7 %)."""
    small, large = (_tubes(Density(1000.0, 0.0), 4000, volume, seed=2)[:, 0].mean() for volume in (5.0, 10.0))
    assert abs(large / small - 2.0) < 6.0 * np.sqrt(2.0 * 3.0 / (4000 * small))


def test_an_antibody_catches_none_without_its_antigen() -> None:
    """A sarcoma's cells are seen by their size alone: catches an assay that asks for nothing."""
    level, bare = Density(1e5, 1e3), changed(TRACES, epithelial_share=0.0)
    assert count(new_stream(1, 1), 7.5, level, bare, "ctc", 3) == (0.0, 0.0)
    assert count(new_stream(1, 1), 7.5, level, bare, "ctc_size", 3)[0] > 100.0


def test_no_cells_no_count_and_an_untouched_stream() -> None:
    """Nothing shed, nothing found; the same day and place the same count: catches a draw from the patient's own stream."""
    stream, level = new_stream(5, 6), Density(5e3, 1e3)
    before = stream.copy()
    assert count(stream, 7.5, Density(0.0, 0.0), TRACES, "ctc", 3) == (0.0, 0.0)
    assert count(stream, 7.5, level, TRACES, "ctc", 3) == count(stream, 7.5, level, TRACES, "ctc", 3)
    assert count(stream, 7.5, level, TRACES, "ctc", 3) != count(stream, 7.5, level, TRACES, "ctc", 3, entity=2)
    assert (stream == before).all()
