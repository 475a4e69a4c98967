"""A tube of blood: counts are Poisson, by volume and concentration, and touch nothing."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.streams import new_stream
from seedsoil.observe.blood import ASSAY, concentration, count

DETECTION = float(ASSAY["detection"])


@pytest.mark.parametrize("mean", [0.2, 5.0, 300.0])
def test_counts_are_poisson(mean: float) -> None:
    """8000 tubes: mean within 6 standard errors (3 % at 5 cells), dispersion 1 within 0.1: catches a volume in litres."""
    per_litre = mean / (7.5e-3 * DETECTION)
    found = np.array([count(new_stream(1, patient), 7.5, per_litre, 4) for patient in range(8000)])
    assert abs(found.mean() - mean) < 6.0 * np.sqrt(mean / 8000)
    assert abs(found.var(ddof=1) / mean - 1.0) < 6.0 * np.sqrt((2.0 + 1.0 / mean) / 8000)
    assert (found == np.floor(found)).all()


def test_twice_the_blood_holds_twice_the_cells() -> None:
    """Means of 4000 tubes: catches a volume that is not used (|z| < 6: 7 %)."""
    small, large = (
        np.mean([count(new_stream(2, patient), volume, 1000.0, 1) for patient in range(4000)]) for volume in (5.0, 10.0)
    )
    assert abs(large / small - 2.0) < 6.0 * np.sqrt(2.0 * 3.0 / (4000 * small))


def test_no_cells_no_count_and_an_untouched_stream() -> None:
    """Nothing shed, nothing found; the same day the same count: catches a draw from the patient's own stream."""
    stream = new_stream(5, 6)
    before = stream.copy()
    assert count(stream, 7.5, 0.0, 3) == 0.0
    assert count(stream, 7.5, 5e3, 3) == count(stream, 7.5, 5e3, 3)
    assert (stream == before).all()


def test_concentration_adds_over_sites() -> None:
    """S p / Q by hand: catches a pass that is left out."""
    assert concentration(np.array([1e7, 0.0, 2e6]), np.array([0.1, 1.0, 0.5]), 9360.0) == pytest.approx(2e6 / 9360.0)
