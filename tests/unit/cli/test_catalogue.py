"""`list`, `describe` and the commands about a study print what a reader or a program needs, and nothing else."""

import json
import tomllib
from pathlib import Path

import pytest

from seedsoil.catalogue.load import KINDS, names
from seedsoil.cli.main import execute


@pytest.mark.parametrize("kind", KINDS)
def test_list_names_every_entry(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["list", kind]) == 0
    said = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert said == list(names(kind))


def test_list_of_everything_has_the_studies(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["list"]) == 0
    said = capsys.readouterr().out
    assert "studies:\n  demo" in said
    assert "organs:\n" in said


def test_describe_names_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["describe", "liver"]) == 0
    assert "Sources:" in capsys.readouterr().out


def test_resolved_study_is_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["resolve", "demo"]) == 0
    said = capsys.readouterr().out
    assert tomllib.loads(said)["study"]["patients"] == 400
    path = tmp_path / "again.toml"
    path.write_text(said, encoding="utf-8")
    assert execute(["check", str(path)]) == 0
    capsys.readouterr()
    assert execute(["resolve", str(path)]) == 0
    assert capsys.readouterr().out == said


def test_check_names_all_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('[study]\ntitel = "x"\npatients = -3\n', encoding="utf-8")
    assert execute(["check", str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) >= 2
    assert any("titel" in line for line in said)
    assert any("patients" in line for line in said)


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_explain_speaks_of_the_arms(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["explain", "demo"]) == 0
    assert "Arm surgery" in capsys.readouterr().out
