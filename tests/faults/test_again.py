"""F14 to F16, F22: what may be taken up is, by anybody and on any day; what has changed since is refused, and the change is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seedsoil.experiment import store as store_module
from seedsoil.experiment.folder import ledger
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, StudyError
from seedsoil.foundation.origin import sources
from seedsoil.foundation.record import identity
from seedsoil.trial.reading.again import fork_notes, is_run, place, study_of_run
from seedsoil.trial.study.file import shipped
from tests.faults import ready
from tests.faults.machine import repository, run, store

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run of the shipped study that has just begun."""
    folder = tmp_path_factory.mktemp("begun") / "run"
    study = shipped("demo").with_changes(patients=2)
    resolved = study.resolve()
    Store.create(folder, resolved, identity(resolved, study.seed), 2, 1).close()
    return folder


def refusal(folder: Path, resolved: str, seed: int) -> str:
    with pytest.raises(StoreError, match="holds another run") as caught:
        Store.resume(folder, identity(resolved + "# other\n", seed), resolved)
    return str(caught.value)


def test_f14_changed_study_is_refused_and_shown(begun: Path) -> None:
    text = Store.open(begun).study_text()
    changed = text.replace("patients = 2", "patients = 3").replace("seed = ", "seed = 9")
    said = refusal(begun, changed, 1)
    assert "study: study.patients is 2 there and 3 here" in said
    assert "study: study.seed is " in said
    assert f"seedsoil run {begun} --fork NEW_FOLDER" in said
    assert "\ncode: " not in said


def test_f14_changed_code_and_catalogue_are_refused_and_shown(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = sources()
    changed = {
        **now,
        "body/kendall.py": "0" * 16,
        "catalogue/organs/liver.toml": "0" * 16,
        "biology/new_law.py": "1" * 16,
    }
    del changed["body/hazards.py"]
    monkeypatch.setattr(store_module, "sources", lambda: changed)
    said = refusal(begun, Store.open(begun).study_text(), 1)
    for line in (
        "code: body/kendall.py has changed",
        "code: body/hazards.py is gone",
        "code: biology/new_law.py is new",
        "catalogue: catalogue/organs/liver.toml has changed",
    ):
        assert line in said
    assert "study:" not in said


def test_f14_many_changes_are_counted(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "sources", lambda: dict.fromkeys(sources(), "0" * 16))
    said = refusal(begun, Store.open(begun).study_text(), 1)
    assert said.count("\ncode: ") == 7  # six, and how many more
    assert len(said.splitlines()) < 20


@pytest.mark.slow
def test_f14_changed_code_ends_the_command(begun: Path, tmp_path: Path) -> None:
    """A copy of the package with one law and one organ changed: code 2, and both are named."""
    shutil.copytree(repository / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("trial/endpoints.py", "catalogue/organs/liver.toml"):
        path = tmp_path / "src/seedsoil" / name
        path.write_text(path.read_text() + "\n# changed\n")
    done = run(["-m", "seedsoil", "run", str(begun), "--resume"], PYTHONPATH=str(tmp_path / "src"))
    assert done.returncode == 2
    assert "code: trial/endpoints.py has changed" in done.stderr
    assert "catalogue: catalogue/organs/liver.toml has changed" in done.stderr
    assert "Traceback" not in done.stderr


def test_f14_fork_takes_the_study_of_the_old_run(begun: Path, tmp_path: Path) -> None:
    """A fork is a run of its own, in a folder of its own, of the very study that the old folder holds."""
    study = study_of_run(begun)
    assert study.resolve() == Store.open(begun).study_text()
    assert fork_notes(study, begun, tmp_path / "new") == []
    assert "study: study.patients is 2 there and 5 here" in fork_notes(
        study.with_changes(patients=5), begun, tmp_path / "new"
    )
    with pytest.raises(StoreError, match="a fork needs a folder of its own"):
        fork_notes(study, begun, begun)


def test_f14_fork_of_an_older_format(tmp_path: Path) -> None:
    older = Path(__file__).with_name("format_3")
    notes = fork_notes(study_of_run(older), older, tmp_path / "new")
    assert any("kept no list of its files" in note for note in notes)


def test_f14_where_a_run_goes(begun: Path) -> None:
    new = Path("new")
    assert is_run(begun)
    assert place(str(begun), None, None, True) == begun
    assert place(str(begun), None, new, False) == new
    assert place("demo", new, None, False) == new
    assert place("demo", None, None, False) is None
    for name, out, fork, message in (
        ("demo", None, new, "demo is no run folder"),
        (str(begun), new, new, "give one of them"),
        (str(begun), None, None, "is a run folder. To go on with it: --resume"),
    ):
        with pytest.raises(StudyError, match=message):
            place(name, out, fork, False)


def test_f15_taken_up_in_another_order(quick: Path, whole: dict[str, str]) -> None:
    """The size of a chunk is the folder's; in which order and by how many the chunks come does not matter."""
    with ready.begin_or_go_on(quick / "run") as owned:
        owned.write_parts(ready.parts(6), 6, 7)
    with ready.begin_or_go_on(quick / "run") as owned:
        assert owned.missing() == [(0, 3), (3, 6)]
        owned.write_parts(ready.parts(3), 3, 6)
    ready.fill(quick / "run")
    assert ready.hashes(quick / "run") == whole


def test_f16_taken_up_twice(finished: Path) -> None:
    """Nothing is missing, and not one file is written again."""
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}
    for _ in range(2):
        ready_again = Store.resume(finished, ready.identity)
        assert ready_again.missing() == []
        ready_again.close()
    assert {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()} == before


def test_f22_taken_up_on_another_day(quick: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, str]) -> None:
    """The clock jumps a year back in the middle of a run: it keeps the day on which it began, and its bytes."""
    ready.fill(quick / "run", 2)
    monkeypatch.setattr(store_module, "today", lambda: "2001-01-01")
    monkeypatch.setattr(ledger, "today", lambda: "2001-01-01")
    ready.fill(quick / "run")
    assert ready.hashes(quick / "run") == whole


@pytest.mark.parametrize(
    "zone",
    ["Pacific/Kiritimati", *(pytest.param(zone, marks=pytest.mark.slow) for zone in ("America/St_Johns", "nonsense"))],
)
def test_f22_time_zone(zone: str, quick: Path, whole: dict[str, str]) -> None:
    done = store(quick / "run", TZ=zone)
    assert done.returncode == 0, done.stderr
    assert ready.hashes(quick / "run") == whole
