"""Bad input is refused in one line that names the field and the value; nothing is written, nothing is silently taken.

The cases are made by a generator that knows of each field what it may hold, and knows nothing of the loader. `make test`
takes one in so many of each door, `make verify` all of them; `python -m tests.inputs.count` counts them.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.inputs.cases import Case, Overdue, answer, command, deadline, fault
from tests.inputs.commands import command_cases
from tests.inputs.count import warm_up
from tests.inputs.doors import door_cases
from tests.inputs.fields import BASE, STUDY, fields
from tests.inputs.files import file_cases
from tests.inputs.kinds import study_cases
from tests.inputs.scenes import APART, SCENE, scene_cases, scene_fields

#: One in so many cases is tried in `make test`: a prime, so that each field and each kind has its turn.
_SAMPLED = {"fields": 131, "scenes": 97, "files": 11, "doors": 1, "commands": 11}


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Load what every command needs, so that each case is timed alone."""
    warm_up()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty folder to work in, and hold that it is as empty afterwards, but for the study file."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert {each.name for each in tmp_path.iterdir()} <= {"study.toml"}


def _cases(door: str, folder: Path) -> list[Case]:
    made = {"fields": study_cases, "scenes": scene_cases, "files": file_cases}
    if door in made:
        return list(made[door]())
    return list(door_cases(folder) if door == "doors" else command_cases(folder))


def _faults(cases: list[Case], folder: Path) -> list[str]:
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for case in cases:
            wrong = fault(case, answer(case, folder))
            if wrong:
                found.append(f"{case}: {wrong}")
    return found


@pytest.mark.parametrize("door", _SAMPLED)
def test_sampled_inputs_are_taken_as_the_generator_says(door: str, folder: Path) -> None:
    """Every so manieth case: catches a check that is lost for a field, a traceback, a line without its value."""
    assert _faults(_cases(door, folder)[:: _SAMPLED[door]], folder) == []


@pytest.mark.slow
@pytest.mark.parametrize("door", _SAMPLED)
def test_all_inputs_are_taken_as_the_generator_says(door: str, folder: Path) -> None:
    """All of them, some ten thousand: catches one that is silently accepted."""
    assert _faults(_cases(door, folder), folder) == []


def test_there_are_enough_cases_and_every_field_has_them(tmp_path: Path) -> None:
    """A hundred fields by fifty kinds, and a thousand cases of other doors: catches a generator that runs dry."""
    known = list(study_cases())
    assert len(fields()) >= 100
    assert len({case.kind for case in known}) >= 50
    assert all(sum(case.place == field.place for case in known) >= 40 for field in fields())
    assert len(known) >= 5000
    assert len(_cases("doors", tmp_path)) + len(_cases("commands", tmp_path)) + len(_cases("files", tmp_path)) >= 1500


def test_the_base_study_has_no_fault_and_all_its_fields_are_spoiled(folder: Path) -> None:
    """Each line with a value is a field: catches a key added to the base and never spoiled."""
    (folder / "study.toml").write_text(BASE, encoding="utf-8")
    assert command(("check", "study.toml")).code == 0
    assert set(STUDY.lines()) - {field.place for field in fields()} == {"arms.base.do", "arms.acts.do[5].every"}


def test_the_base_scene_has_no_fault_and_all_its_fields_are_spoiled(folder: Path) -> None:
    """Each line with a value is a field, or a list of its own cases: catches a key added to the base and never spoiled."""
    (folder / "study.toml").write_text(SCENE.text, encoding="utf-8")
    assert command(("check", "study.toml")).code == 0
    assert set(SCENE.lines()) - {field.place for field in scene_fields()} <= {*APART, "place[1].into", "place[2].into"}
    assert len(list(scene_cases())) >= 4000


def test_the_verdict_finds_what_is_wrong(folder: Path) -> None:
    """Silence, a crash, a wrong place and a value that is not shown are each told: catches a judge that sleeps."""
    good = Case("study file", "study.seed", "good", BASE, False, ("study.seed",), ("3",))
    assert fault(good, answer(good, folder)) == "silently accepted"
    bad = BASE.replace("seed = 3", "seed = -3")
    elsewhere = Case("study file", "study.seed", "bad", bad, False, ("study.patients",))
    assert fault(elsewhere, answer(elsewhere, folder)).startswith("no line names study.patients")
    unseen = Case("study file", "study.seed", "bad", bad, False, ("study.seed",), ("17",))
    assert fault(unseen, answer(unseen, folder)).startswith("the line shows none of")
    crash = Case("call", "x", "bad", lambda: {}[0])
    assert fault(crash, answer(crash, folder)).startswith("traceback: KeyError")
    assert fault(Case("study file", "study.seed", "bad", bad, True), answer(elsewhere, folder)).startswith(
        "refused though legal"
    )
    with pytest.raises(Overdue), deadline(0.05):
        sum(1 for _ in itertools.count())
