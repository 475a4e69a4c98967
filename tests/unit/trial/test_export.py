"""A run as CSV reads back as the same numbers, and each column of it stands in a dictionary."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from seedsoil.cli.main import execute
from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.store import Store
from seedsoil.trial.export.files import DICTIONARY, dictionary, export
from tests.unit.experiment.test_store import begin, fill, tables_of


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with begin(tmp_path / "run") as store:
        fill(store)
    return tmp_path / "run"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_value_reads_back(run: Path, tmp_path: Path) -> None:
    """To the last bit of a float64, with commas, quotes and letters beyond ASCII in text; nan is an empty field."""
    export(run, "csv", tmp_path / "out")
    expected = tables_of(0, 23)
    for name, specs in TABLES.items():
        rows = read(tmp_path / "out" / f"{name}.csv")
        assert len(rows) == expected[name]["patient"].size
        for column, spec in specs.items():
            found = [row[column] for row in rows]
            if spec.kind == "str":
                assert found == expected[name][column].tolist()
            elif spec.kind == "bool":
                assert [one == "true" for one in found] == expected[name][column].tolist()
            elif spec.kind == "float64":
                numbers = np.array([float(one) if one else np.nan for one in found])
                np.testing.assert_array_equal(numbers, expected[name][column])
            else:
                assert [int(one) for one in found] == expected[name][column].tolist()


def test_the_dictionary_names_every_column(run: Path, tmp_path: Path) -> None:
    paths = export(run, "csv", tmp_path / "out")
    told = {(row["table"], row["column"]): row for row in read(paths[-1])}
    assert paths[-1].name == DICTIONARY
    for path in paths[:-1]:
        with path.open(encoding="utf-8", newline="") as file:
            heads = next(csv.reader(file))
        for head in heads:
            spec = TABLES[path.stem][head]
            assert (told[path.stem, head]["unit"], told[path.stem, head]["meaning"]) == (spec.unit, spec.meaning)
    assert len(told) == sum(len(specs) for specs in TABLES.values())


def test_the_run_is_only_read(run: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    export(run, "csv", tmp_path / "out")
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert Store.open(run).verify() == ()


def test_an_unfinished_run_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(tmp_path / "run").close()
    assert execute(["export", str(tmp_path / "run"), "--out", str(tmp_path / "out")]) == 2
    assert "is not finished" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_unknown_form_is_one_line(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["export", str(run), "--form", "adm"]) == 2
    said = capsys.readouterr().err
    assert said == "error: --form adm: unknown. Did you mean 'adam'? Forms: csv, adam.\n"


def test_json_lists_the_files_beside_the_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["export", str(run), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [Path(name).name for name in files] == [*(f"{name}.csv" for name in TABLES), DICTIONARY]
    assert all(Path(name).parent == run.with_name("run-csv") for name in files)


def test_the_page_of_tables_is_up_to_date() -> None:
    """Made anew by: python tools/tables_page.py > docs/understand/tables.md."""
    from tools.tables_page import page

    shown = (Path(__file__).parents[3] / "docs" / "understand" / "tables.md").read_text(encoding="utf-8")
    assert shown == page()


@pytest.mark.parametrize("form", ["csv", "adam"])
def test_dictionaries_say_something_of_each_column(form: str) -> None:
    _, rows = dictionary(form)
    assert all(row[0] and row[-1 if form == "csv" else 3] for row in rows)
