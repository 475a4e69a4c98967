"""Positions of cells go out and come back to the same voxels; what has no place is refused by line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment.publish import DiskError
from seedsoil.experiment.tissue.physicell import put_cells, write_cells
from seedsoil.foundation.errors import StoreError
from seedsoil.tissue.model import Setting, TissueModel
from seedsoil.tissue.snapshot import take
from tests.blocks import block, kinds, substances


def _bare(shape: tuple[int, int, int] = (3, 5, 7)) -> TissueModel:
    return TissueModel(Setting(shape), kinds(), substances())


@pytest.mark.parametrize("shape", [(1, 15, 21), (4, 15, 20)])
def test_out_and_in_is_the_same_place(shape: tuple[int, int, int], tmp_path: Path) -> None:
    """Even and odd sizes, each axis its own: catches axes exchanged and an origin half a voxel off."""
    model = block(shape)
    model.lattice.condition[model.alive("tumour")] = np.where(np.arange(model.alive("tumour").sum()) % 5 == 0, 2, 0)
    shot = take(model)
    written = write_cells(shot, tmp_path / "cells.csv", ["tumour", "parenchyma"])
    fresh = _bare(shape)
    placed = put_cells(fresh, tmp_path / "cells.csv")
    assert placed.cells == {name: count for name, count in shot.counts().items() if name in {"tumour", "parenchyma"}}
    assert (placed.moved, placed.farthest, sum(placed.cells.values())) == (0, 0.0, written)
    for name in placed.cells:
        assert np.array_equal(fresh.alive(name), model.alive(name))


def test_the_file_is_as_physicell_reads_it(tmp_path: Path) -> None:
    """The first letter of the first line is x, by which PhysiCell knows that types are names; then numbers by strtod."""
    model = _bare((1, 3, 4))
    model.put("tumour", np.array([0, 11]))
    assert write_cells(take(model), tmp_path / "cells.csv") == 2
    assert (tmp_path / "cells.csv").read_bytes() == b"x,y,z,type\n-30,-20,0,tumour\n30,20,0,tumour\n"


@pytest.mark.parametrize(
    "text",
    [
        "x,y,z,type\n-30,-20,0,tumour\n9.9,1,-2,parenchyma\n",
        "X,Y,Z,Type,volume,cycle entry,custom:oncoprotein\r\n-30,-20,0,tumour,2494,s,\r\n9.9,1,-2,parenchyma,1,2,3\r\n",
        "\ufeffx, y, z, type\n\n-30.0,-2e1,0,tumour\n 9.9,1,-2 , parenchyma\n\n",
    ],
)
def test_what_physicell_takes_is_taken(text: str, tmp_path: Path) -> None:
    """Further columns, other line ends, blanks, a byte order mark and empty lines."""
    (tmp_path / "cells.csv").write_bytes(text.encode())
    model = _bare((1, 3, 4))
    assert put_cells(model, tmp_path / "cells.csv").cells == {"tumour": 1, "parenchyma": 1}
    assert np.flatnonzero(model.alive("tumour")).tolist() == [0]
    assert np.flatnonzero(model.alive("parenchyma")).tolist() == [6]


def test_a_file_without_a_head_has_numbers_of_types(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("-30,-20,0,0\n10,0,0,3\n")
    assert put_cells(_bare((1, 3, 4)), tmp_path / "cells.csv", {"0": "tumour", "3": "parenchyma"}).cells == {
        "tumour": 1, "parenchyma": 1,
    }  # fmt: skip
    with pytest.raises(StoreError, match=r"type '0' \(1 cell\) is no kind of cell of the scene"):
        put_cells(_bare((1, 3, 4)), tmp_path / "cells.csv", {"3": "parenchyma"})


def test_the_second_of_two_goes_to_the_nearest_free_voxel(tmp_path: Path) -> None:
    """The first stays; the second goes where its own place points to; vessels keep theirs."""
    (tmp_path / "cells.csv").write_text(
        "x,y,z,type\n1,0,0,tumour\n6,1,0,parenchyma\n-6,0,0,parenchyma\n0,-20,0,tumour\n"
    )
    model = _bare((1, 5, 7))
    model.lay("endothelium", np.arange(7) + 7)  # row 1, which is y = -20
    placed = put_cells(model, tmp_path / "cells.csv")
    assert placed.cells == {"tumour": 2, "parenchyma": 2}
    assert placed.moved == 3
    assert np.argwhere(model.alive("parenchyma")).tolist() == [[0, 2, 2], [0, 2, 4]]
    assert np.argwhere(model.alive("tumour")).tolist() == [[0, 0, 3], [0, 2, 3]]
    assert placed.farthest == pytest.approx(20.0)
    assert model.alive("endothelium").sum() == 7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no cells"),
        ("x,y,z,type\n", "no cells"),
        ("x,y,type,z\n1,2,3,tumour\n", "first columns must be x, y, z, type"),
        ("x,y,z,type\n1,2,three,tumour\n", "line 2: three finite numbers"),
        ("x,y,z,type\n1,2,nan,tumour\n", "line 2: three finite numbers"),
        ("x,y,z,type\n1,2\n", "line 2: three finite numbers"),
        ("x,y,z,type\n0,0,0,tumor\n", r"type 'tumor' \(1 cell\).*Did you mean 'tumour'"),
        ("x,y,z,type\n0,0,0,endothelium\n", "is a vessel: lay vessels in the scene"),
        (
            "x,y,z,type\n0,0,0,tumour\n0,90,0,tumour\n",
            r"line 3: \(0, 90, 0\) um lies outside of the block of 140 x 100 x 60 um",
        ),
        ("x,y,z,type\n" + "0,0,0,tumour\n" * 106, "line 107: no free voxel within 100 um"),
        ("\x00\x01\xff", "line 1|no cells|no CSV"),
    ],
)
def test_what_has_no_place_is_refused_and_changes_nothing(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text(text, encoding="latin-1")
    model = _bare()
    with pytest.raises(StoreError, match=told):
        put_cells(model, tmp_path / "cells.csv")
    assert not model.lattice.kind.any()


def test_many_faults_are_told_in_part(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("x,y,z,type\n" + "1,2,x,tumour\n" * 50)
    with pytest.raises(StoreError, match="and 40 more faults") as told:
        put_cells(_bare(), tmp_path / "cells.csv")
    assert len(told.value.faults) == 11


def test_no_file_and_no_kind(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="cannot read"):
        put_cells(_bare(), tmp_path / "none.csv")
    with pytest.raises(StoreError, match="no kind of cell 'tumor' here. Did you mean 'tumour'"):
        write_cells(take(block()), tmp_path / "cells.csv", ["tumor"])
