"""`query`: an answer as a table, CSV or JSON; what cannot be answered ends with code 2 in one line."""

import csv
import io
import json
from pathlib import Path

import pytest

from seedsoil.cli.main import execute
from tests.unit.experiment.test_store import begin, fill

question = "select patient, count(*) as n, avg(end_day) as day from patients group by patient order by patient"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("finished") / "run"
    with begin(folder) as store:
        fill(store)
    return str(folder)


def test_csv_and_json_hold_every_row(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = [1 + patient % 3 for patient in range(23)]
    assert execute(["query", run, question, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [int(row["n"]) for row in rows] == expected
    assert execute(["query", run, question, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["columns"] == ["patient", "n", "day"]
    assert [row[1] for row in answer["rows"]] == expected
    # As text and as a number the same float64; nan is an empty field, and null.
    assert [None if row["day"] == "" else float(row["day"]) for row in rows] == [row[2] for row in answer["rows"]]


def test_cells_of_every_kind(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "select 'a,b' as t, true as b, NULL as n, 'nan'::double as f, 'infinity'::double as i, date '2020-01-02' as d"
    assert execute(["query", run, sql, "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == '"a,b",true,,,inf,2020-01-02'
    assert execute(["query", run, sql, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [["a,b", True, None, None, None, "2020-01-02"]]


def test_a_long_table_says_that_there_is_more(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["query", run, "select range as n from range(100)"]) == 0
    assert "There are more" not in capsys.readouterr().out
    assert execute(["query", run, "select range as n from range(101)"]) == 0
    said = capsys.readouterr().out
    assert "There are more rows than these 100" in said
    assert said.splitlines()[-2].endswith("--csv or --json for all of them.")


@pytest.mark.parametrize("sql", ["select nope from patients", "drop view patients", ""])
def test_bad_questions_end_with_2(sql: str, run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["query", run, sql]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("error: ")


def test_two_forms_at_once_are_refused(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["query", run, "select 1", "--csv", "--json"]) == 2
    assert "choose one" in capsys.readouterr().err


def test_no_run_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["query", str(tmp_path), "select 1"]) == 2
    assert "holds no run" in capsys.readouterr().err
