"""Capillaries of a host tissue: as dense, as tortuous and as random as they are asked to be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import new_stream
from seedsoil.tissue.network import capillaries


def _length(way: np.ndarray, shape: tuple[int, int, int]) -> float:
    places = np.stack(np.unravel_index(way, shape))
    return float(np.sqrt((np.diff(places, axis=1) ** 2).sum(axis=0)).sum())


@pytest.mark.parametrize("tortuosity", [1.0, 1.1, 1.4])
def test_density_and_tortuosity(tortuosity: float) -> None:
    """Length for each volume to a line's worth, over distance to six standard errors: catches 1 per cent of tortuosity."""
    shape, edge = (40, 40, 200), 20.0
    ways = capillaries(shape, edge, 200.0, tortuosity, new_stream(5, 0))
    lengths = [_length(way, shape) for way in ways]
    assert np.mean(lengths) / 199.0 == pytest.approx(tortuosity, abs=6.0 * 0.21 / math.sqrt(199.0 * len(ways)))
    found = sum(lengths) / 199.0 * 200.0 * edge * 1e-3 / (40 * 40 * 200 * (edge * 1e-3) ** 3)
    one = tortuosity / (40 * 40 * (edge * 1e-3) ** 2)
    assert abs(found - 200.0) < one + 0.01 * 200.0
    for way in ways:
        places = np.stack(np.unravel_index(way, shape))
        assert np.array_equal(places[2], np.arange(200))
        assert np.abs(np.diff(places[:2], axis=1)).sum(axis=0).max(initial=0) <= 1


@pytest.mark.parametrize("reach", [2.0, 3.0])
def test_share_of_tissue_far_from_random_lines(reach: float) -> None:
    """T24: exp(-pi rho R^2) of the tissue lies farther than R from all of them.

    By 500 networks on a plane across: catches lines that avoid or seek each other by 5 per cent of the share. What is
    counted in voxels has their number within R for pi R^2, which is told apart.
    """
    side, edge, density = 30, 20.0, 80.0
    grid = np.indices((side, side)).reshape(2, -1).T
    disc = int(((grid - side // 2) ** 2).sum(axis=1).__le__(reach**2).sum())
    inner = grid[np.all((grid >= 4) & (grid < side - 4), axis=1)]
    shares = []
    for seed in range(500):
        starts = [way[0] for way in capillaries((side, side, 1), edge, density, 1.0, new_stream(seed, 0))]
        lines = np.stack(np.unravel_index(starts, (side, side)), axis=1)
        square = ((inner[:, None] - lines[None]) ** 2).sum(axis=2).min(axis=1)
        shares.append((square > reach**2).mean())
    per_voxel = density * (edge * 1e-3) ** 2
    expected = math.exp(-per_voxel * disc)
    error = float(np.std(shares)) / math.sqrt(500.0)
    assert error < 0.01
    assert abs(np.mean(shares) - expected) < 6.0 * error + 0.005
    assert expected == pytest.approx(math.exp(-math.pi * per_voxel * reach**2), rel=0.06)


def test_regular_vessels_are_spread_evenly() -> None:
    """Sixteen in four rows of four: catches two that lie nearer than half the spacing."""
    shape = (20, 20, 3)
    ways = capillaries(shape, 20.0, 100.0, 1.0, new_stream(1, 0), regular=True)
    places = np.stack(np.unravel_index([way[0] for way in ways], shape), axis=1)[:, :2]
    assert len(ways) == 16
    gaps = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))[~np.eye(16, dtype=bool)]
    assert gaps.min() == 5.0


@pytest.mark.parametrize("shape", [(1, 9, 50), (9, 1, 50), (1, 1, 50)])
def test_a_way_stays_in_its_block(shape: tuple[int, int, int]) -> None:
    """In a plane, across a slit, along a thread: catches a step through a face."""
    area = shape[0] * shape[1] * 0.02**2
    ways = capillaries(shape, 20.0, 0.5 / 0.02**2, 1.2, new_stream(3, 0)) if area else []
    for way in ways:
        assert way.min() >= 0
        assert way.max() < np.prod(shape)
        assert np.array_equal(np.unravel_index(way, shape)[2], np.arange(50))


def test_what_cannot_be_is_told_at_once() -> None:
    """Too dense and too tortuous: two lines."""
    with pytest.raises(ModelError) as caught:
        capillaries((5, 5, 5), 20.0, 3000.0, 1.5, new_stream(1, 0))
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["density", "tortuosity"]
