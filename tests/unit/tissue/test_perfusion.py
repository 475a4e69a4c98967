"""Where blood flows: through what leads from an inlet to an outlet, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.tissue.lattice import BODY, COVERED, GROWN, INLET, NO_PIECE, OUTLET, PERFUSED, PIECES
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.perfusion import perfuse
from tests.tissue_scenes import block, kind

ROW = 12


def _model() -> TissueModel:
    return block((1, ROW, ROW), [kind("vessel", "vessel"), kind("tip", "sprout"), kind("host", "host")])


def _branch(model: TissueModel, voxels: list[int], parent: int, joined: int = NO_PIECE) -> list[int]:
    """A vessel that has grown from a piece, with its end on another or on none."""
    first = int(model.lattice.used[PIECES])
    model.lay("vessel", np.array(voxels), grown=True)
    lattice, pieces = model.lattice, list(range(first, first + len(voxels)))
    lattice.piece_flags[pieces] = GROWN
    lattice.piece_parent[first], lattice.piece_joined[pieces[-1]] = parent, joined
    return pieces


def _flowing(model: TissueModel) -> set[int]:
    perfused = set(perfuse(model.lattice, model.laws).tolist())
    flags = model.lattice.piece_flags[: model.lattice.used[PIECES]]
    assert perfused == set(np.flatnonzero(flags & PERFUSED).tolist())
    return perfused


def _row(number: int, first: int = 0, last: int = ROW) -> np.ndarray:
    return np.arange(number * ROW + first, number * ROW + last)


def test_a_line_flows_and_a_blind_end_does_not() -> None:
    """Twelve pieces in a row and a branch of three that ends in tissue."""
    model = _model()
    model.lay("vessel", _row(2))
    blind = _branch(model, [3 * ROW + 4, 4 * ROW + 4, 5 * ROW + 4], parent=4)
    assert _flowing(model) == set(range(12))
    assert list(model.lattice.piece_dry[blind]) == [1, 1, 1]
    _flowing(model)
    assert list(model.lattice.piece_dry[blind]) == [2, 2, 2]
    assert not model.lattice.piece_dry[:12].any()


def test_a_loop_flows() -> None:
    """A branch that joins the line again farther on, or another line."""
    model = _model()
    model.lay("vessel", _row(2))
    model.lay("vessel", _row(6))
    loop = _branch(model, [1 * ROW + 3, 1 * ROW + 4, 1 * ROW + 5], parent=2, joined=6)
    bridge = _branch(model, [3 * ROW + 8, 4 * ROW + 8, 5 * ROW + 8], parent=8, joined=12 + 8)
    assert _flowing(model) == set(range(24)) | set(loop) | set(bridge)


@pytest.mark.parametrize("way", ["dead", "gone", "taken"])
def test_a_cut_vessel_is_dry_on_both_sides_until_a_bypass_grows(way: str) -> None:
    """By a piece that is dead, whose place is empty, or holds a cell whose clone has the piece's number."""
    model = _model()
    model.lay("vessel", _row(2))
    assert len(_flowing(model)) == 12
    lattice = model.lattice
    if way == "dead":
        lattice.condition.ravel()[2 * ROW + 5] = BODY
    else:
        lattice.kind.ravel()[2 * ROW + 5] = 0 if way == "gone" else 3
        lattice.clone.ravel()[2 * ROW + 5] = 0 if way == "gone" else 5
    assert _flowing(model) == set()
    assert lattice.piece_voxel[5] == -1
    bypass = _branch(model, [3 * ROW + 4, 3 * ROW + 5, 3 * ROW + 6], parent=4, joined=6)
    assert _flowing(model) == (set(range(12)) - {5}) | set(bypass)


def test_the_first_piece_can_go() -> None:
    """An empty voxel has clone 0, and so has the first piece: catches an inlet that lives for ever."""
    model = _model()
    model.lay("vessel", _row(2))
    model.lattice.kind.ravel()[2 * ROW] = 0
    assert _flowing(model) == set()
    assert model.lattice.piece_flags[0] == 0


def test_two_inlets_and_no_outlet_do_not_flow() -> None:
    """Two lines whose outlets are gone, joined by a bridge; with one outlet back, both inlets feed it."""
    model = _model()
    model.lay("vessel", _row(2))
    model.lay("vessel", _row(6))
    _branch(model, [3 * ROW + 8, 4 * ROW + 8, 5 * ROW + 8], parent=8, joined=12 + 8)
    flags = model.lattice.piece_flags
    flags[[11, 23]] &= np.uint8(255 - OUTLET)
    assert _flowing(model) == set()
    flags[23] |= np.uint8(OUTLET)
    assert _flowing(model) == set(range(9)) | set(range(12, 27))


def test_a_vessel_of_one_voxel_flows() -> None:
    """It is inlet and outlet: a capillary across the plane."""
    model = _model()
    model.lay("vessel", np.array([5 * ROW + 5]))
    assert _flowing(model) == {0}
    assert model.lattice.piece_flags[0] == INLET | OUTLET | COVERED | PERFUSED
