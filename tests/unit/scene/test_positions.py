"""A scene's cells from a file of positions and back to one, by the scene's file and by commands; what cannot be read is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedsoil.cli.main import execute
from seedsoil.foundation.errors import StudyError
from seedsoil.scene.build import build, open_scene
from seedsoil.scene.explain import explain
from seedsoil.scene.run import SceneRun
from seedsoil.scene.text import read_scene

SCENE = """\
[scene]
title = "Cells from a file"
until = "2 hours"
[block]
size = ["0.2 mm", "0.2 mm"]
[sides.oxygen]
west = "40 mmHg"
[substances.oxygen]
[cells.carcinoma]
[cells.connective_tissue]
[cells.endothelium]
[[vessels]]
lines = "one"
at = ["0.05 mm", "0 mm"]
{positions}
[[place]]
cell = "connective_tissue"
where = "everywhere"
"""
CELLS = "x,y,z,type\n-5,-5,0,cancer cell\n31,50,0,cancer cell\n-90,-90,0,connective_tissue\n"
TOLD = '[[positions]]\nfile = "in/cells.csv"\nkinds = { "cancer cell" = "carcinoma" }'


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scene whose cells lie in a folder beside it, seen from elsewhere."""
    (tmp_path / "here" / "in").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "here" / "in" / "cells.csv").write_text(CELLS)
    path = tmp_path / "here" / "scene.toml"
    path.write_text(SCENE.format(positions=TOLD))
    return path


def test_cells_are_where_the_file_says_and_the_rest_is_filled(scene: Path) -> None:
    """Three cells in their voxels, everything else as `place` says but for the vessel; without the key there is none of them."""
    model = open_scene(scene)
    assert np.argwhere(model.alive("carcinoma")).tolist() == [[0, 4, 4], [0, 7, 6]]
    vessels = int(model.alive("endothelium").sum())
    assert int(model.alive("connective_tissue").sum()) == 100 - 2 - vessels
    assert "the cells of " in explain(read_scene(scene))
    scene.write_text(SCENE.format(positions=""))
    assert not open_scene(scene).alive("carcinoma").any()


def test_a_run_keeps_the_file_and_goes_on_without_it(scene: Path, tmp_path: Path) -> None:
    """Its folder holds a copy under its own name, whatever becomes of the first: what goes on has the same bytes."""
    run = SceneRun(read_scene(scene), tmp_path / "run")
    whole = run.carry_out()
    assert (tmp_path / "run" / "positions-0.csv").read_text() == CELLS
    assert 'file = "positions-0.csv"' in (tmp_path / "run" / "scene.toml").read_text()
    (scene.parent / "in" / "cells.csv").unlink()
    again = SceneRun.of_folder(tmp_path / "run")
    sorted((tmp_path / "run" / "state").iterdir())[-1].unlink()
    assert np.array_equal(again.carry_out(resume=True).lattice.kind, whole.lattice.kind)


def test_out_by_a_command_and_in_again(scene: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`export --form physicell` writes each kept moment; `tissue --positions` begins with the last of them, cell for cell."""
    run, out = tmp_path / "run", tmp_path / "out"
    assert execute(["tissue", str(scene), "--out", str(run), "--no-pictures"]) == 0
    capsys.readouterr()
    assert execute(["export", str(run), "--form", "physicell", "--out", str(out), "--json"]) == 0
    files = [Path(each) for each in json.loads(capsys.readouterr().out)["files"]]
    assert [path.parent for path in files] == [out] * len(files)
    assert len(files) == len(list((run / "state").iterdir())) > 1
    assert "endothelium" not in files[-1].read_text()
    bare = tmp_path / "bare.toml"
    bare.write_text(SCENE.format(positions=""))
    words = ["tissue", str(bare), "--positions", str(files[-1]), "--out", str(tmp_path / "next"), "--no-pictures"]
    assert execute(words) == 0
    last = list(SceneRun.of_folder(run).shots())[-1]
    first = next(SceneRun.of_folder(tmp_path / "next").shots())
    alive = (last.condition == 0) & (last.kind > 0)
    assert np.array_equal(first.kind[alive], last.kind[alive])
    capsys.readouterr()
    assert execute(["export", str(run), "--form", "physicell", "--out", str(out)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert execute(["export", str(run), "--out", str(tmp_path / "csv")]) == 2
    assert "--form physicell" in capsys.readouterr().err


def test_types_are_named_on_the_command_line(scene: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Instead of the scene's own file; what is no such word, or names no file, is refused."""
    other = tmp_path / "other.csv"
    other.write_text("x,y,z,type\n0,0,0,tumor = old\n")
    begin = ["tissue", str(scene), "--no-pictures", "--out", str(tmp_path / "run")]
    assert execute([*begin, "--positions", str(other), "--type", "tumor = old=carcinoma"]) == 0
    assert int(next(SceneRun.of_folder(tmp_path / "run").shots()).kind.ravel()[55]) == 1
    for words, said in (
        (["--type", "tumor=carcinoma"], "name the file by --positions"),
        (["--positions", str(other), "--type", "carcinoma"], "say which kind a type of the file is"),
        (["--positions", str(other)], "type 'tumor = old' (1 cell) is no kind of cell of the scene"),
        (["--positions", str(tmp_path / "none.csv")], "there is no file"),
    ):
        capsys.readouterr()
        assert execute([*begin[:-1], str(tmp_path / "refused"), *words]) == 2
        (line,) = [each for each in capsys.readouterr().err.splitlines() if each.startswith("error")]
        assert said in line
        assert not (tmp_path / "refused").exists()


BAD: dict[str, tuple[dict[str, Any], bytes, str]] = {
    "no file": ({"file": "none.csv"}, b"", "positions[0].file: there is no file"),
    "a folder": ({"file": "."}, b"", "positions[0].file: there is no file"),
    "nothing hidden": ({"file": "a\x00b"}, b"", "positions[0].file"),
    "no cells": ({}, b"x,y,z,type\n", "no cells"),
    "other columns": ({}, b"x,y,type\n1,2,a\n", "the first columns must be x, y, z, type"),
    "no numbers": ({}, b"x,y,z,type\n1,b,0,carcinoma\n", "line 2: three finite numbers"),
    "no text": ({}, b"\xff\xfe\x00\x01", "is no CSV text"),
    "a stranger": ({}, b"x,y,z,type\n0,0,0,nobody\n", "type 'nobody' (1 cell) is no kind of cell of the scene"),
    "a vessel": ({}, b"x,y,z,type\n0,0,0,endothelium\n", "lay vessels in the scene"),
    "outside": ({}, b"x,y,z,type\n500,0,0,carcinoma\n", "line 2: (500, 0, 0) um lies outside of the block"),
    "a kind that is none": (
        {"kinds": {"a": "carcinma"}},
        b"x,y,z,type\n0,0,0,a\n",
        "positions[0].kinds: no kind of cell",
    ),
    "too close": ({}, b"x,y,z,type\n" + b"0,0,0,carcinoma\n" * 90, "no free voxel within"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_told(name: str, scene: Path) -> None:
    """With the place in the scene, each fault in a line: catches a file that is taken in part, and a crash."""
    told, content, said = BAD[name]
    path = scene.parent / "in" / "bad.csv"
    path.write_bytes(content)
    table = {"file": str(path)} | told
    scene.write_text(SCENE.format(positions=""))
    with pytest.raises(StudyError) as wrong:
        build(read_scene({**_tables(scene), "positions": [table]}))
    assert said in wrong.value.faults[0]
    assert all(
        "\n" not in fault and "positions" in fault
        for fault in wrong.value.faults
        if not fault.startswith("positions[0].file: and ")
    )


def _tables(path: Path) -> dict[str, Any]:
    """A scene file as tables."""
    import tomllib

    return tomllib.loads(path.read_text())
