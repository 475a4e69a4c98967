"""T23 for vessels that run aslant: what a wall lets through goes by its length, and a held voxel stands for a thinner vessel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seedsoil.tissue.fields.block import Block
from seedsoil.tissue.fields.exchange import HELD_RADIUS
from seedsoil.tissue.fields.steady import SteadyField
from seedsoil.tissue.lattice import PERFUSED
from seedsoil.tissue.model import Setting, TissueModel
from seedsoil.tissue.perfusion import lengths
from tests.tissue_scenes import kind, substance

pytestmark = pytest.mark.theory

SIDE, EDGE, RADIUS, WALL, LOSS = 12, 20.0, 4.0, 1e-6, 1e-3  # voxels, um, um, cm/s, 1/min
ALONG = np.arange(SIDE)
WAYS: dict[str, tuple[NDArray[np.int64], float]] = {
    "along an edge": (np.stack([ALONG * 0 + 6, ALONG * 0 + 6, ALONG]), SIDE),
    "across a face": (np.stack([ALONG * 0 + 6, ALONG, ALONG]), (SIDE - 1) * np.sqrt(2.0) + 1.0),
    "through the block": (np.stack([ALONG, ALONG, ALONG]), (SIDE - 1) * np.sqrt(3.0) + 1.0),
    "zigzag": (np.stack([ALONG * 0 + 6, 6 + ALONG % 2, ALONG]), (SIDE - 1) * np.sqrt(2.0) + 1.0),
}


def _vessel(name: str) -> TissueModel:
    """A cube with one vessel that leaks, and a drug that spreads so fast that it is as good as stirred."""
    drug = substance(
        "drug", diffusion="1e5 um^2/min", decay=f"{LOSS} /min", in_blood="1", wall="leaky",
        permeability_closed=f"{WALL} cm/s", permeability_open=f"{WALL} cm/s",
    )  # fmt: skip
    setting = Setting((SIDE, SIDE, SIDE), edge=EDGE, radius=RADIUS, tolerance=1e-8)
    model = TissueModel(setting, [kind("vessel", "vessel")], [drug])
    model.lay("vessel", np.ravel_multi_index(tuple(WAYS[name][0]), (SIDE,) * 3))
    model.settle()
    return model


@pytest.mark.parametrize("name", WAYS)
def test_a_leaking_wall_counts_by_its_length(name: str) -> None:
    """R = PS / (PS + kV), S = 2 pi r L with the vessel's own length, to 1 %: catches an edge for each voxel, whichever way it runs."""
    long = float(WAYS[name][1]) * EDGE
    supply = 2.0 * np.pi * RADIUS * long * WALL * 1e4 * 60.0  # um^3/min
    share = supply / (supply + LOSS * (SIDE * EDGE) ** 3)
    assert float(_vessel(name).level("drug").mean()) == pytest.approx(share, rel=0.01)


@pytest.mark.parametrize("name", WAYS)
def test_pieces_are_as_long_as_their_way(name: str) -> None:
    """Together, and with an end of half an edge at both faces; without a piece in the middle two vessels with ends of their own."""
    model = _vessel(name)
    pieces = np.flatnonzero(model.lattice.piece_flags & PERFUSED)
    each = lengths(model.lattice, pieces, (SIDE,) * 3)
    assert float(each.sum()) == pytest.approx(float(WAYS[name][1]), rel=1e-12)
    cut = np.delete(pieces, SIDE // 2)
    step = (float(WAYS[name][1]) - 1.0) / (SIDE - 1)
    assert float(lengths(model.lattice, cut, (SIDE,) * 3).sum()) == pytest.approx(
        each.sum() - 2.0 * step + 1.0, rel=1e-12
    )


@pytest.mark.parametrize(("aslant", "radius"), [(False, HELD_RADIUS), (True, HELD_RADIUS * np.sqrt(0.75))])
def test_held_voxels_stand_for_a_thinner_vessel_across_a_face(aslant: bool, radius: float) -> None:
    """By the potential about the middle of a long line: 0.1985 edges, and 0.1719 along a diagonal, to 5 %."""
    layers, wide = 33, 65
    faces = dict.fromkeys(("top", "bottom", "north", "south", "west", "east"), 0.0)
    field = SteadyField(Block((layers, wide, wide), 1.0, faces), 1.0)
    c = np.zeros((layers, wide, wide))
    held = np.zeros(c.shape, np.bool_)
    along, middle = np.arange(wide), (layers // 2, wide // 2, wide // 2)
    held[layers // 2, along if aslant else wide // 2, along] = True
    c[held] = 1.0
    none = np.zeros(c.shape)
    field.solve(c, none, none, held, tolerance=1e-9)
    z, y, x = middle
    about = [c[z + 1, y, x], c[z - 1, y, x], c[z, y + 1, x], c[z, y - 1, x], c[z, y, x + 1], c[z, y, x - 1]]
    off = (6.0 - sum(map(float, about))) / (np.sqrt(2.0) if aslant else 1.0)
    away = 4
    found = away / np.exp(2.0 * np.pi * (1.0 - float(c[z + away, y, x])) / off)
    assert found == pytest.approx(radius, rel=0.05)
