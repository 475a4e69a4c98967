"""`run`: the folder it chooses, what it says when stopped, and that a finished run is not carried out again."""

import json
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

import seedsoil.trial.run as engine
from seedsoil.cli.main import execute
from seedsoil.cli.study import open_study
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.record import identity


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def stopped_by(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let the engine fail; return the options with which it will have been called."""
    options: dict[str, Any] = {}

    def fail(study: object, **given: Any) -> None:
        options.update(given)
        raise error

    monkeypatch.setattr(engine, "run", fail)
    return options


def begun(folder: Path, seed: int) -> Store:
    """Begin the run of two patients of the shipped study, and do none of them."""
    study = open_study("demo", patients=2, seed=seed)
    resolved = study.resolve()
    with Store.create(folder, resolved, identity(resolved, seed), 2, 1) as store:
        return store


def test_interruption_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    stopped_by(KeyboardInterrupt(), monkeypatch)
    assert execute(["run", "--patients", "2", "--seed", "7", "--out", "a b"]) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert "seedsoil run demo --patients 2 --seed 7 --out 'a b' --resume" in said.err


@pytest.mark.parametrize("error", [BrokenProcessPool("killed"), ModelError("no diagnosis")])
def test_a_failed_run_ends_with_1(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped_by(error, monkeypatch)
    assert execute(["run", "--patients", "2", "--json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert str(error) in said.err


def test_folder_is_named_after_study_and_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    options = stopped_by(ModelError("stop"), monkeypatch)
    execute(["run", "--patients", "2", "--seed", "7", "--workers", "3"])
    wanted = identity(open_study("demo", patients=2, seed=7).resolve(), 7)
    assert options["out"] == Path("runs") / f"demo-{wanted[:8]}"
    assert options["workers"] == 3
    assert options["resume"] is False


def test_unfinished_run_asks_for_resume(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    options = stopped_by(ModelError("stop"), monkeypatch)
    begun(Path("one"), seed=7)
    assert execute(["run", "--patients", "2", "--seed", "7", "--out", "one"]) == 2
    assert "--resume" in capsys.readouterr().err
    assert not options
    execute(["run", "--patients", "2", "--seed", "7", "--out", "one", "--resume"])
    assert options["resume"] is True


def test_another_run_is_left_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    options = stopped_by(ModelError("stop"), monkeypatch)
    begun(Path("one"), seed=7)
    assert execute(["run", "--patients", "2", "--seed", "8", "--out", "one"]) == 2
    assert "another run" in capsys.readouterr().err
    assert not options


def test_unfinished_run_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    begun(Path("one"), seed=7)
    assert execute(["show", "one"]) == 2
    assert "not finished" in capsys.readouterr().err


def test_doctor_finds_a_changed_file(capsys: pytest.CaptureFixture[str]) -> None:
    begun(Path("one"), seed=7)
    assert execute(["doctor", "one"]) == 0
    assert "2 of 2 patients are still to be done" in capsys.readouterr().out
    with Path("one/study.toml").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert execute(["doctor", "one"]) == 1
    assert "study.toml" in capsys.readouterr().err


class _Answered:
    """A trial that has run, as far as the command line looks at it."""

    out = Path("one")

    def absence(self) -> str:
        return ""

    def answer(self) -> dict[str, Any]:
        return {"study": "x", "arms": {}, "comparisons": [], "out": "one"}


def test_json_is_alone_on_stdout(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(study: object, **given: Any) -> _Answered:
        for done in range(1, 3):
            given["progress"](done, 2)
        return _Answered()

    monkeypatch.setattr(engine, "run", answer)
    assert execute(["run", "--patients", "2", "--json", "--no-report"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == _Answered().answer()
    assert "2 of 2 patients" in said.err


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")


@pytest.mark.parametrize("as_json", [False, True])
def test_answer_does_not_wait_for_the_report(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words the answer is there before the report is begun; a document is the last thing said."""
    before: list[str] = []

    def report(trial: object, outdated: bool) -> Path:
        before.append(capsys.readouterr().out)
        return Path("one/report/index.html")

    monkeypatch.setattr(engine, "run", lambda study, **given: _Answered())
    monkeypatch.setattr("seedsoil.cli.run._write_report", report)
    monkeypatch.setattr("seedsoil.cli.summary.print_answer", lambda trial, where: _say("the answer", *where))
    assert execute(["run", "--patients", "2", *(["--json"] if as_json else [])]) == 0
    said = capsys.readouterr().out
    if as_json:
        assert before == [""]
        assert json.loads(said) == _Answered().answer()
    else:
        assert before == ["the answer Run: one\n"]
        assert said == f"Report: {Path('one/report/index.html')}\n"


def test_interruption_of_the_report_keeps_the_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(trial: object, outdated: bool) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "run", lambda study, **given: _Answered())
    monkeypatch.setattr("seedsoil.cli.run._write_report", interrupted)
    monkeypatch.setattr("seedsoil.cli.summary.print_answer", lambda trial, where: _say("the answer"))
    assert execute(["run", "--patients", "2"]) == 130
    said = capsys.readouterr()
    assert said.out == "the answer\n"
    assert "--resume" in said.err
