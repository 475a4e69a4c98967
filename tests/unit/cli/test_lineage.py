"""`lineage`: what it tells, what it writes, and that a patient or a folder it does not know ends with code 2."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import seedsoil.cli.show as finished
from seedsoil.cli.main import execute
from seedsoil.foundation.errors import StudyError
from seedsoil.observe.lineage.result import lineage_of
from tests.unit.observe.lineage.examples import patient as made_up

written = {
    "tree.nwk", "events.csv", "migrations.csv", "migration_graph.tsv", "machina.tree", "machina.labeling",
    "machina.truth.labeling", "machina.coloring.txt", "fractions.csv", "reads.csv", "genotypes.csv",
}  # fmt: skip


class MadeUp:
    arms = ("control",)

    def patient(self, number: int, arm: str) -> SimpleNamespace:
        if number:
            raise StudyError(f"no patient {number}: the study has patients 0 to 0.")
        mosaic, lesions, clones = made_up([0, 1], [60.0, 120.0], ["colon", "liver", "lung"])

        def lineage(cells: int, sampled: int, mutations: float | None) -> object:
            return lineage_of(mosaic, lesions, clones, cells=cells, sampled=sampled, mutations_per_division=mutations)

        return SimpleNamespace(patient=number, arm=arm, lineage=lineage)


@pytest.fixture(autouse=True)
def _a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished, "open_finished", lambda folder, again: MadeUp())


def test_it_tells_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["lineage", "run", "--patient", "0", "--cells", "5", "--out", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    for words in (
        "liver_1",
        "colon_0",
        "monoclonal, paraphyletic",
        "2 cells seeded lesions, from 2 lesions (mS)",
        "Site by site",
    ):
        assert words in said
    assert "not for clinical decisions" in said
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names - {"tree.trees"} == written
    assert ("tree.trees" in names) != ("pip install 'seedsoil[lineage]'" in said)
    moves = (tmp_path / "new" / "migrations.csv").read_text().splitlines()
    assert moves == ["day,from,to,clone,founded", "60.0,colon_0,liver_1,0,True", "120.0,liver_1,lung_2,0,True"]
    calls = (tmp_path / "new" / "genotypes.csv").read_text().splitlines()
    assert len(calls[0].split(",")) == 16


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["lineage", "run", "--patient", "0", "--json", "--out", str(tmp_path), "--mutations", "0.5"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["cells"], answer["pattern"], answer["migrations"]) == (30, "mS", 2)
    assert [one["clonality"] for one in answer["lesions"]] == ["monoclonal", "monoclonal"]
    assert len(answer["files"]) >= len(written)


@pytest.mark.parametrize(
    ("arguments", "line", "code"),
    [
        (["--patient", "3"], "no patient 3", 2),
        (["--patient", "0", "--cells", "0"], "0 cells of each lesion; give 1 to 500", 2),
        (["--patient", "0", "--mutations", "-1"], "not a number of 0 or more", 2),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], line: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["lineage", "run", *arguments, "--out", str(tmp_path)]) == code
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1
