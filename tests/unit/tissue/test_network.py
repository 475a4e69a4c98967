"""Capillaries of a host tissue: as dense, as tortuous and as random as they are asked to be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import new_stream
from seedsoil.scene.build import build
from seedsoil.scene.text import read_scene
from seedsoil.tissue.lattice import INLET, OUTLET, PERFUSED, PIECES
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.network import capillaries
from seedsoil.tissue.perfusion import lengths


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


def net(*without: str, **lines: Any) -> TissueModel:
    """A block of 0.5 mm with nothing but vessels."""
    told = {"lines": "regular", "density": "400 mm/mm^3", "links": "60 um"} | lines
    return build(
        read_scene(
            {
                "scene": {"title": "A net", "until": "1 day", "without": list(without)},
                "block": {"size": ["0.5 mm"] * 3},
                "substances": {"oxygen": {}},
                "cells": {"endothelium": {}},
                "vessels": [told],
            }
        )
    )


def _perfused(model: TissueModel) -> np.ndarray:
    """Which pieces of vessel carry blood."""
    model.settle()
    found: np.ndarray = (model.lattice.piece_flags[: int(model.lattice.used[PIECES])] & PERFUSED) > 0
    return found


@pytest.mark.parametrize("lines", ["regular", "random"])
@pytest.mark.parametrize("links", [60, 120, 300])
def test_a_net_is_as_dense_as_lines_were_to_be(lines: str, links: int) -> None:
    """Lines and branches together, within 15 %, and all of it carries blood: catches branches that come on top, which add half."""
    model = net(lines=lines, links=f"{links} um")
    pieces = np.arange(int(model.lattice.used[PIECES]))
    found = lengths(model.lattice, pieces, model.setting.shape).sum() * 0.02 / 0.5**3
    assert found == pytest.approx(400.0, rel=0.15)
    assert _perfused(model).all()
    flags = model.lattice.piece_flags[pieces]
    assert np.count_nonzero(flags & INLET) == np.count_nonzero(flags & OUTLET) < 0.1 * pieces.size


@pytest.mark.parametrize("along", ["x", "y", "z"])
def test_blood_goes_round_a_cut_in_a_net(along: str) -> None:
    """All vessels cut out of a ball in the middle: nine tenths of the others carry blood still; without branches those lines are dry."""
    left = []
    for without in ((), ("anastomoses",)):
        model = net(*without, along=along)
        assert _perfused(model).all()
        away = sum((axis - 12.0) ** 2 for axis in np.indices(model.setting.shape))
        gone = (away <= 36.0) & (model.lattice.kind > 0)
        model._clear(np.flatnonzero(gone))
        model.lattice.kind[gone] = 0
        model._fresh = False
        left.append(_perfused(model).sum() / (model.lattice.kind > 0).sum())
    assert left[0] > 0.9
    assert left[1] < 0.85


def test_branches_keep_out_where_lines_do() -> None:
    """None comes nearer to the middle than lines may: catches a branch across."""
    model = net(keep_out="100 um")
    z, y, _ = np.nonzero(model.lattice.kind)
    assert (np.hypot(z - 12.0, y - 12.0) * 20.0).min() >= 100.0
    assert int(model.lattice.used[PIECES]) > int(
        net("anastomoses", keep_out="100 um", density="200 mm/mm^3").lattice.used[PIECES]
    )
