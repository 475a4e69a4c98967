"""Every broken study gives exactly its message, every valid one loads and resolves to itself.

A file of `invalid` stands beside a text of the same name that holds its faults, one a line.
"""

from pathlib import Path

import pytest

from seedsoil.foundation.errors import StudyError
from seedsoil.trial.study.file import Study, check

_here = Path(__file__).parent
_invalid = sorted((_here / "invalid").glob("*.toml"))
_valid = sorted((_here / "valid").glob("*.toml"))


def _name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", _invalid, ids=_name)
def test_broken_study_gives_exactly_its_faults(path: Path) -> None:
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert check(path) == expected
    with pytest.raises(StudyError) as caught:
        Study.load(path)
    assert list(caught.value.faults) == expected
    assert all(line.startswith(f"{path.name}: ") and line.isprintable() for line in expected)
    assert all(len(line) < 300 for line in expected), "a fault is one readable line"


def test_there_are_enough_broken_studies_each_with_its_text() -> None:
    assert len(_invalid) >= 60
    assert [path.stem for path in sorted((_here / "invalid").glob("*.txt"))] == [path.stem for path in _invalid]


@pytest.mark.parametrize("path", _valid, ids=_name)
def test_valid_study_loads_and_resolves_to_itself(path: Path) -> None:
    assert check(path) == []
    study = Study.load(path)
    text = study.resolve()
    again = Study.read(text, path.name)
    assert again == study, "what was written out is not what was read"
    assert again.resolve() == text
    assert study.plan().arms == again.plan().arms
    assert study.explain()
