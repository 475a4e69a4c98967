"""The command line in this process: help, unknown words, and which exit code belongs to which error."""

import subprocess
import sys
from pathlib import Path

import pytest

from seedsoil.cli import main as command_line
from seedsoil.cli.main import COMMANDS, execute
from seedsoil.experiment.publish import DiskError
from seedsoil.foundation.errors import ModelError, StudyError

repository = Path(__file__).resolve().parents[3]
heavy = ("cyclopts", "rich", "numpy", "numba", "pydantic", "matplotlib", "pyarrow", "lifelines")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)
    assert "not for clinical decisions" in said


def test_no_command_is_a_request_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([]) == 0
    assert "Usage: seedsoil" in capsys.readouterr().out


def test_help_loads_no_library() -> None:
    """Catches any import at the top that every command, and every worker, would pay for."""
    code = (
        "import sys; from seedsoil.cli.main import execute; execute(['--help'])\n"
        f"print('loaded:', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(repository / "src")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "loaded: []" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([name, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"seedsoil {name}" in said
    assert COMMANDS[name][1].rstrip(".").split(",")[0] in " ".join(said.split())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["rnu"], "run"),
        (["run", "--wrkers", "2"], "--workers"),
        (["run", "--patients", "many"], "many"),
        (["list", "organ"], "organ"),
        (["check"], "STUDY"),
        (["show", "a", "b"], "b"),
        (["describe", "livr"], "liver"),
        (["check", "nowhere.toml"], "nowhere.toml"),
        (["run", "dmo"], "demo"),
        (["run", "--workers", "0"], "--workers"),
        (["run", "--patients", "0"], "patients"),
        (["run", "--seed", "-1"], "seed"),
        (["show", "nowhere"], "nowhere"),
        (["grow", "dmo"], "demo"),
        (["grow", "--patient", "400"], "0 to 399"),
        (["grow", "--arm", "sed"], "seed"),
        (["grow", "--picture", "organs"], "clones"),
        (["doctor", "nowhere"], "nowhere"),
        (["run", "--resume", "--out", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(
    arguments: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert execute(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert expected in said.err
    assert said.err.startswith("error: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StudyError(["first", "second"]), 2),
        (ModelError("the model broke"), 1),
        (DiskError("cannot write x: No space left on device"), 74),
        (OSError(28, "No space left on device", "x"), 74),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 0),
    ],
)
def test_exit_codes(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: list[str]) -> int:
        raise error

    monkeypatch.setattr(command_line, "_call", fail)
    monkeypatch.setattr(command_line, "_mute", lambda stream: None)
    assert execute([]) == code
    said = capfd.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    if isinstance(error, StudyError):
        assert said.err == "error: first\nerror: second\n"
    if isinstance(error, BrokenPipeError):
        assert said.err == ""
