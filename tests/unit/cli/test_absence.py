"""A run from which patients are missing says so wherever its rows are looked at; and the doctor tells two runs apart."""

import dataclasses
from pathlib import Path

import pytest

from seedsoil.cli.main import execute
from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.store import Store
from seedsoil.trial.reading.digest import digests
from seedsoil.trial.runner.failures import FILE, Failure, absence, to_json
from tests.unit.experiment.test_store import begin, fill

_FAILURES = [Failure(number, 5, "raised", "ZeroDivisionError: x") for number in (21, 4)]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with begin(tmp_path / "run") as store:
        fill(store)
    return tmp_path / "run"


@pytest.mark.parametrize("words", [("query", "select count(*) from patients"), ("doctor",)])
def test_who_is_missing_is_said(words: tuple[str, ...], run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before nobody, then both by number, in order, with the file that has the commands: catches a silent lack."""
    command = [words[0], str(run), *words[1:]]
    assert execute(command) == 0
    said = capsys.readouterr()
    assert "could not be simulated" not in said.out + said.err
    with Store.amend(run) as store:
        store.add_file(FILE, to_json(_FAILURES, run))
    assert execute(command) == 0
    said = capsys.readouterr()
    where = said.err if words[0] == "query" else said.out
    assert "2 of 23 patients could not be simulated" in where
    assert f"in all arms: 4, 21. Why, and the command that repeats each: {run / FILE}" in where
    (run / FILE).write_text("[3]")
    assert execute(["query", str(run), "select 1"]) == 2
    assert "failures.json is damaged" in capsys.readouterr().err


def test_many_who_are_missing_are_counted() -> None:
    many = [dataclasses.replace(_FAILURES[0], patient=number) for number in range(30)]
    assert "30 of 40 patients" in absence(many, 40, None)
    assert "7, 8, 9 and 20 more" in absence(many, 40, None)
    assert absence([], 40, None) == ""


def test_doctor_prints_the_digests(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each table, the same however the run was cut into chunks: catches a digest of files instead of rows."""
    assert execute(["doctor", str(run)]) == 0
    lines = capsys.readouterr().out.splitlines()[-len(TABLES) :]
    assert lines == [f"{digest}  {name}" for name, digest in digests(run).items()]
    with begin(tmp_path / "other", chunk=23) as store:
        fill(store)
    assert execute(["doctor", str(tmp_path / "other")]) == 0
    assert capsys.readouterr().out.splitlines()[-len(TABLES) :] == lines
