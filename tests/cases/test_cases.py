"""Every broken study gives exactly its message, every valid one loads, resolves to itself, and can be carried out.

A file of `invalid` stands beside a text of the same name that holds its faults, one a line. In them `{agents}` (or
tumours, hosts) stands for the names that the catalogue has, `{first agents}` for the first of them, and `{few agents}`
for the sentence that lists them while they are few, so that an entry may come without a change here.
"""

from pathlib import Path

import pytest

from seedsoil.catalogue.load import names
from seedsoil.foundation.errors import ModelError, StudyError
from seedsoil.trial.runner.patients import run_patient
from seedsoil.trial.study.file import Study, check
from seedsoil.trial.study.reader import known_or, listed

_here = Path(__file__).parent
_invalid = sorted((_here / "invalid").glob("*.toml"))
_valid = sorted((_here / "valid").glob("*.toml"))
#: Valid cases of which one patient takes several seconds.
_long = {"agents_that_saturate", "largest_numbers", "looks"}


def _name(path: Path) -> str:
    return path.stem


def _expected(path: Path) -> list[str]:
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    for kind in ("agents", "tumours", "hosts"):
        text = text.replace(f"{{{kind}}}", listed(names(kind)))
        text = text.replace(f"{{first {kind}}}", names(kind)[0])
        text = text.replace(f"{{few {kind}}}", known_or(" ", names(kind))[1:])
    return text.splitlines()


@pytest.mark.parametrize("path", _invalid, ids=_name)
def test_broken_study_gives_exactly_its_faults(path: Path) -> None:
    expected = _expected(path)
    assert check(path) == expected
    with pytest.raises(StudyError) as caught:
        Study.load(path)
    assert list(caught.value.faults) == expected
    assert all(line.startswith(f"{path.name}: ") and line.isprintable() for line in expected)
    assert all(len(line) < 300 for line in expected), "a fault is one readable line"


def test_there_are_enough_broken_studies_each_with_its_text() -> None:
    assert len(_invalid) >= 360
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


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem in _long)) for path in _valid]
)
def test_a_patient_of_a_valid_study_can_be_found_and_treated(path: Path) -> None:
    """Catches a case that is valid on paper alone: nobody diagnosed, an arm without an ending, a law that meets what it cannot bear."""
    plan = Study.load(path).plan()
    if path.stem == "smallest_numbers":  # a primary of 1 mm with a metastasis is too much to ask for
        with pytest.raises(ModelError, match=r"[1-9][0-9]* without the metastases asked for.* fewer metastases\.$"):
            run_patient(plan, 0)
        return
    patients = run_patient(plan, 0)["patients"]
    assert list(patients["arm"]) == list(plan.arms)
    assert all(patients["ending"])
