"""Files of a block of tissue: positions of cells and kept states are taken, or refused in lines with the block as it was."""

from __future__ import annotations

from pathlib import Path

from seedsoil.experiment.tissue.checkpoint import load, save
from seedsoil.experiment.tissue.physicell import put_cells
from seedsoil.tissue.keeping import state_of
from seedsoil.tissue.model import Setting, TissueModel
from tests.blocks import block, kinds, substances
from tests.fuzz.damage import WORDS, damaged
from tests.fuzz.law import counts, taken, tried

_CELLS = b"x,y,z,type,volume\r\n-30,-20,0,tumour,2494\r\n30,20,0,parenchyma,\r\n1,2,-3,tumour,s\r\n"
_WORDS = (*WORDS, "x", "X", "tumour", "tumor", "endothelium", "type", "-30", "1e300", "0,0,0,tumour\n" * 80)


def _state(model: TissueModel) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in state_of(model).items()}


@counts(120, 20_000)
def test_any_positions_are_put_or_refused(count: int, tmp_path: Path) -> None:
    """Catches a traceback, cells put before a later line is refused, and two in one voxel."""
    path, model = tmp_path / "cells.csv", TissueModel(Setting((3, 3, 4)), kinds(), substances())

    def check(content: bytes) -> None:
        path.write_bytes(content)
        model.lattice.kind[:] = 0
        placed = taken(lambda: put_cells(model, path))
        there = int((model.lattice.kind > 0).sum())
        assert there == (0 if placed is None else sum(placed.cells.values()))

    tried(
        check, damaged(_CELLS, _WORDS), count, [b"\xff\xfe", b'"', b"x,y,z,type\n" + b"9" * 200_000 + b",0,0,tumour\n"]
    )


@counts(60, 10_000)
def test_any_kept_state_is_taken_or_refused(count: int, tmp_path: Path) -> None:
    """Catches a traceback, an array that is not what was written, and a block that is changed by what is refused."""
    path = tmp_path / "state.npz"
    made = block((1, 7, 9))
    made.steps_done = 5
    whole = save(made, path).read_bytes()
    right, model = _state(made), block((1, 7, 9), tree=True)
    model.put("parenchyma", model.alive("tumour"))
    before = _state(model)

    def check(content: bytes) -> None:
        path.write_bytes(content)
        mine = block((1, 7, 9))
        mine.put("parenchyma", mine.alive("tumour"))
        answer = taken(lambda: load(path, mine))
        assert _state(mine) == (before if answer is None else right)

    check(whole)
    assert before != right
    tried(check, damaged(whole), count)
