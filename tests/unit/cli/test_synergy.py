"""`synergy`: what it prints, and that arms it does not know end with code 2 and one line each."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seedsoil.trial.trial as engine
from seedsoil.cli.main import execute
from tests.unit.trial.synergy_examples import cohort, trial_of

asked = ["synergy", "run", "--both", "both", "--alone", "seed", "--alone", "soil", "--control", "surgery"]


@pytest.fixture(autouse=True)
def _a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    death, volume, benefit = cohort(60)
    trial: Any = trial_of(np.array([death, death * benefit, death, 3 * death]), np.tile(volume, (4, 1)))
    monkeypatch.setattr(engine, "open_run", lambda folder: trial)


def test_it_tells_each_definition(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(asked) == 0
    said = capsys.readouterr().out
    for words in ("Independent action", "Bliss on hazards", "Bliss on tumour volume", "Highest single agent"):
        assert words in said
    assert "not for clinical decisions" in said


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([*asked, "--json", "--day", "84"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["landmark_day"] == 84.0
    assert {row["definition"] for row in answer["measures"]} >= {"independent action", "Bliss, hazards"}


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        (["--both", "bth"], ["no arm 'bth'. Did you mean 'both'?"]),
        (["--control", "seed"], ["arm 'seed' cannot be the control of itself"]),
        (["--alone", "both"], ["--alone: two arms are needed, one for each agent, and 3 are given"]),
        (["--day", "100"], ["day 100: not all four arms plan a scan on that day"]),
    ],
)
def test_bad_arms_end_with_code_2(changed: list[str], lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    arguments = list(asked)
    if changed[0] in arguments and changed[0] != "--alone":
        arguments[arguments.index(changed[0]) + 1] = changed[1]
    else:
        arguments += changed
    assert execute(arguments) == 2
    said = capsys.readouterr().err
    assert all(line in said for line in lines)
    assert said.count("\n") == len(lines)


def test_a_folder_that_holds_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert execute(["synergy", str(tmp_path), *asked[2:]]) == 2
