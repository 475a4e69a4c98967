"""A list of lesions of one's own: read, refused, and answered by the formula and by what is drawn beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seedsoil.cli.tables.resistance import resistance
from seedsoil.evidence.lesion_list import read_lesions
from seedsoil.evidence.resistance import patient_failure
from seedsoil.evidence.treated import patients, usual
from seedsoil.foundation.errors import StudyError


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_patients_in_their_order_with_all_their_lesions(tmp_path: Path) -> None:
    found = read_lesions(_file(tmp_path, "site,patient,cells", "liver,B,1e7", "lung,A,300", "liver,B,2e6"))
    assert [(one.name, one.lesions) for one in found] == [("B", (1e7, 2e6)), ("A", (300.0,))]


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (("who,cells", "A,1"), ["no column 'patient'"]),
        (("patient,cells",), ["holds no lesion"]),
        (("patient,cells", "A,1e7", ",x", "B,-5", "C"), [
            "line 3: patient is empty", "line 3: cells is 'x'; give a number from 1 to 1e+14", "line 4: cells is '-5'", "line 5: cells is ''",
        ]),
        (("patient,cells", *(f"A,{number}" for number in range(-20, 0))), ["line 2"] + ["line"] * 9 + ["and 10 more faults"]),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_line(tmp_path: Path, lines: tuple[str, ...], faults: list[str]) -> None:
    with pytest.raises(StudyError) as error:
        read_lesions(_file(tmp_path, *lines))
    assert len(error.value.faults) == len(faults)
    assert all(part in fault for part, fault in zip(faults, error.value.faults, strict=True))


def test_answer_is_the_formula_and_what_is_drawn_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two lesions drawn 1500 times each: within 6 standard errors of the formula; catches a lesion left out."""
    path = _file(tmp_path, "patient,cells", "A,1e7", "A,5e6")
    assert resistance(path, shared_sites=2.0, simulate=1500, json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    (row,) = answer["patients"]
    assert answer["rates"]["both"] == 2.0
    for name in ("one drug", "two in sequence", "two at once"):
        share = row[name]
        assert abs(row[f"{name}, drawn"] - share) < 6.0 * (share * (1.0 - share) / 1500) ** 0.5 + 1e-3


def test_without_a_file_the_published_patients(capsys: pytest.CaptureFixture[str]) -> None:
    assert resistance(json=True) == 0
    rows = json.loads(capsys.readouterr().out)["patients"]
    assert len(rows) == len(patients())
    assert rows[0]["two at once"] == patient_failure(usual(), patients()[0].lesions, "at once")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"birth_rate": 0.1}, "birth is 0.1 a day"), ({"simulate": -1}, "--simulate -1"), ({"seed": -1}, "--seed -1"),
        ({"simulate": 5}, "the largest lesion has"), ({"mutation_rate": 1.0}, "must not pass 0.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(asked: dict[str, float], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        resistance(**asked)  # type: ignore[arg-type]
