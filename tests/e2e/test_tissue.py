"""`seedsoil tissue`: shipped scenes, a folder and its resumption, one document, and bad scenes told in lines."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from seedsoil.cli.main import execute
from seedsoil.foundation.errors import StudyError
from seedsoil.scene.build import build
from seedsoil.scene.measure import lesion
from seedsoil.scene.run import resolved
from seedsoil.scene.text import read_scene, shipped_scenes, written

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("name", shipped_scenes())
def test_shipped_scene_is_read_written_out_and_built(name: str) -> None:
    """Every shipped scene says the same when its defaults are written out, and stands for a block with a tumour in it."""
    scene = read_scene(name)
    assert resolved(read_scene(tomllib.loads(resolved(scene)))) == resolved(scene)
    model = build(scene)
    assert lesion(model, True).any()


def test_a_scene_is_carried_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One command: measures in one document, tables, states and pictures in the folder; the same again by two threads."""
    assert execute(["tissue", "slab", "--out", str(tmp_path / "one"), "--until", "2 days", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["days"] == 2.0
    assert answer["measures"][-1]["alive_carcinoma"] < answer["measures"][0]["alive_carcinoma"]
    made = {path.name for path in (tmp_path / "one").iterdir()}
    assert made >= {"scene.toml", "measures.csv", "cells.parquet", "vessels.parquet", "state", "pictures"}
    assert (
        execute(
            ["tissue", "slab", "--out", str(tmp_path / "two"), "--until", "2 days", "--threads", "2", "--no-pictures"]
        )
        == 0
    )
    for name in ("measures.csv", "cells.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_goes_on_and_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second run into a folder is refused; what is left of a run that lost its last state is done again, to the byte."""
    where = tmp_path / "run"
    command = ["tissue", "slab", "--out", str(where), "--until", "2 days", "--no-pictures"]
    assert execute(command) == 0
    whole = (where / "measures.csv").read_bytes()
    assert execute(command) == 2
    assert "--resume" in capsys.readouterr().err
    states = sorted((where / "state").iterdir())
    states[-1].unlink()
    assert execute(["tissue", str(where), "--resume", "--no-pictures"]) == 0
    assert (where / "measures.csv").read_bytes() == whole


def changed(**tables: Any) -> dict[str, Any]:
    """The slab with tables added or changed."""
    return written("slab")[1] | tables


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"substances": {"oxigen": {}}}, "no 'oxigen'.*oxygen"),
        ({"cells": {"carcinoma": {"division": "0.7"}}}, "cells.carcinoma.division.*unit"),
        ({"cells": {"carcinoma": {"pushes": 21}}}, "pushes: a number of cells from 0 to 20, got 21"),
        ({"cells": {"carcinoma": {"more_rules": [{"signal": "oxygen", "raises": "death", "half": "5 mmHg"}]}}}, "by: say how much"),
        ({"cells": {"carcinoma": {"more_rules": [{"signal": "oxigen", "lowers": "death", "half": "5 mmHg"}]}}}, "no signal 'oxigen'"),
        ({"cells": {"carcinoma": {"more_rules": [{"signal": "oxygen", "lowers": "death", "half": "5 mg/L"}]}}}, "not in the unit"),
        ({"sides": {"oxygen": {"left": "40 mmHg"}}}, "left"),
        ({"sides": {"oxygen": {"west": "40 mg/L"}}}, "sides.oxygen.west.*mmHg"),
        ({"block": {"size": ["1 mm"]}}, "two edges"),
        ({"block": {"size": ["1 m", "1 m", "1 m"]}}, "2\\^30 voxels"),
        ({"place": [{"cell": "carcinoma", "where": "ball"}]}, "at: what is placed 'ball' needs it"),
        ({"place": [{"cell": "sarcoma", "where": "everywhere"}]}, "no kind of cell 'sarcoma'"),
        ({"give": [{"substance": "paclitaxel", "peak": "1 mg/L"}]}, "no substance 'paclitaxel'"),
        ({"vessels": [{"lines": "one", "at": ["1 mm", "1 mm"]}]}, "endothelium|outside"),
        ({"scene": {"title": "x", "until": "1 day", "without": ["sprouts"]}}, "nothing is called 'sprouts'.*sprouting"),
        ({"scene": {"title": "x", "until": "1 day", "sed": 4}}, "seed"),
    ],
)  # fmt: skip
def test_bad_scenes_are_told(tables: dict[str, Any], words: str) -> None:
    """Each fault is one line that names the place and what is allowed."""
    with pytest.raises(StudyError, match=words) as told:
        build(read_scene(changed(**tables)))
    assert all("\n" not in fault for fault in told.value.faults)


def test_all_faults_at_once() -> None:
    """Faults of substances, cells and doses come together."""
    with pytest.raises(StudyError) as told:
        build(read_scene(changed(
            cells={"carcinoma": {"death": "2"}, "hepatocite": {}}, give=[{"substance": "nothing", "peak": 1}],
        )))  # fmt: skip
    assert len(told.value.faults) >= 3


def test_unknown_scene(capsys: pytest.CaptureFixture[str]) -> None:
    """A scene that is not there is answered with those that are, and exit code 2."""
    assert execute(["tissue", "slap"]) == 2
    assert "slab" in capsys.readouterr().err


def test_a_lesion_of_a_patient_is_carried_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`seedsoil zoom`: one command from a study to a block, the record beside it, and a folder that can be gone on with."""
    where = tmp_path / "zoom"
    words = [
        "--patient",
        "0",
        "--arm",
        "both",
        "--site",
        "liver",
        "--day",
        "42 days",
        "--until",
        "1 day",
        "--edge",
        "0.3 mm",
    ]
    assert execute(["zoom", "demo", *words, "--out", str(where), "--json", "--no-pictures"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["site"], answer["part"]) == ("liver", "rim")
    assert answer["cells"][0]["block_end"] < answer["cells"][0]["block_start"]
    assert answer["measures"][-1]["level_fluorouracil"] > 0.0
    assert execute(["tissue", str(where), "--resume", "--no-pictures"]) == 0
    assert execute(["zoom", "demo", *words, "--lesion", "1", "--out", str(tmp_path / "no")]) == 2
    assert "--lesion, --site: give one of the two." in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
