"""Tables of a run folder are read as they are asked for, only by their checksums, and say the same as tables in memory."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.store import Store
from seedsoil.foundation.errors import StoreError, StudyError
from seedsoil.trial.reading import query
from seedsoil.trial.reading import tables as reading
from seedsoil.trial.reading.query import ask, asked
from seedsoil.trial.reading.summaries import best_changes, patients_by_site, seen_between
from seedsoil.trial.reading.tables import StoredTables, columns_of, open_tables, pieces_of, rows_of_patients
from seedsoil.trial.targets import target_sums
from tests.unit.experiment.test_store import begin, fill, tables_of
from tests.unit.show.examples import made_trial, scanned_trial

PATIENTS, CHUNK = 23, 10


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "run"
    with begin(folder) as store:
        fill(store)
    return folder


def opened(run: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StoredTables, list[str]]:
    """Open the tables; the list tells which part each reading was of."""
    read: list[str] = []
    original = reading.content_of

    def content_of(path: Path, digest: str) -> bytes:
        read.append(f"{path.parent.name}/{path.name}")
        return original(path, digest)

    monkeypatch.setattr(reading, "content_of", content_of)
    return open_tables(run), read


def stored(folder: Path, tables: dict[str, dict[str, np.ndarray]], patients: int, chunk: int) -> StoredTables:
    """Write tables of a made-up trial into a run folder, columns that it lacks filled with nothing, and open them."""
    nothing = {"str": "", "bool": False, "float64": np.nan, "int32": 0, "uint64": 0}
    with Store.create(folder, "", "b" * 64, patients, chunk) as store:
        for first, last in store.missing():
            parts = {}
            for name, columns in tables.items():
                mine = (columns["patient"] >= first) & (columns["patient"] < last)
                parts[name] = {
                    column: columns[column][mine]
                    if column in columns
                    else np.full(mine.sum(), nothing[spec.kind], dtype=object if spec.kind == "str" else spec.kind)
                    for column, spec in TABLES[name].items()
                }
            store.write_chunk(parts, first, last)
    return open_tables(folder)


def test_every_column_is_what_was_written(run: Path) -> None:
    """Column by column, in one pass, and part by part: catches rows out of order and a column under another's name."""
    expected, tables = tables_of(0, PATIENTS), open_tables(run)
    assert list(tables) == list(TABLES)
    for name, columns in expected.items():
        assert list(tables[name]) == list(TABLES[name])
        pieces = list(pieces_of(tables[name]))
        assert len(pieces) == 3
        for column, values in columns.items():
            np.testing.assert_array_equal(tables[name][column], values)
            np.testing.assert_array_equal(np.concatenate([piece[column] for piece in pieces]), values)
        for column, read in open_tables(run)[name].items():
            assert read.dtype == tables[name][column].dtype


def test_only_what_is_asked_for_is_read(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening reads no part; a column is read once; some patients cost their parts alone."""
    tables, read = opened(run, monkeypatch)
    assert read == []
    columns_of(tables["patients"], ("arm", "end_day"))
    _ = tables["patients"]["arm"], tables["patients"]["end_day"]
    parts = [f"patients/part-{place:05d}.parquet" for place in range(3)]
    assert read == parts
    rows = rows_of_patients(tables["lesions"], np.array([11, 12]), ["site"])
    assert read[3:] == ["lesions/part-00001.parquet"]
    assert set(rows["patient"].tolist()) == {11, 12}
    assert rows_of_patients(tables["lesions"], np.array([99]), ["site"])["site"].size == 0


def test_columns_that_are_kept_cannot_be_written_to(run: Path) -> None:
    column = open_tables(run)["patients"]["end_day"]
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1.0


def test_large_columns_are_not_kept(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_KEPT", 8)
    tables, read = opened(run, monkeypatch)
    first, second = tables["patients"]["end_day"], tables["patients"]["end_day"]
    assert len(read) == 6
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "look",
    [
        lambda tables: tables["events"]["day"],
        lambda tables: list(pieces_of(tables["events"])),
        lambda tables: rows_of_patients(tables["events"], np.array([22]), ["day"]),
        lambda tables: ask(tables, "select count(*) from events"),
        lambda tables: ask(tables, "select 1 where exists (select 1 from EVENTS)"),
    ],
)
def test_a_part_that_was_changed_is_never_believed(run: Path, tmp_path: Path, look) -> None:  # type: ignore[no-untyped-def]
    """One flipped bit in the last part; other tables can still be read."""
    shutil.copytree(run, tmp_path / "copy")
    run = tmp_path / "copy"
    path = run / "tables" / "events" / "part-00002.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    tables = open_tables(run)
    with pytest.raises(StoreError, match=r"events.part-00002\.parquet is not what was written"):
        look(tables)
    assert ask(tables, "select count(*) as n from patients")["n"].tolist() == [tables["patients"]["patient"].size]


def test_names_that_are_not_there(run: Path) -> None:
    tables = open_tables(run)
    with pytest.raises(KeyError):
        _ = tables["patient"]
    with pytest.raises(KeyError):
        _ = tables["patients"]["alife"]
    assert "alife" not in tables["patients"]
    with pytest.raises(StoreError, match="no column 'alife'. Did you mean 'alive'"):
        columns_of(tables["patients"], ["alife"])


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    begin(tmp_path / "run").close()
    with pytest.raises(StoreError, match="not finished"):
        open_tables(tmp_path / "run")


def test_a_question_is_answered_from_the_folder_and_from_memory(run: Path) -> None:
    expected = tables_of(0, PATIENTS)
    for tables in (open_tables(run), expected):
        found = ask(
            tables,
            "select patient, count(*) as n from patients where patient >= ? group by patient order by patient",
            [3],
        )
        assert found["patient"].tolist() == list(range(3, PATIENTS))
        assert found["n"].tolist() == [1 + patient % 3 for patient in range(3, PATIENTS)]
        every = ask(tables, "select * from lesions")
        assert list(every) == list(TABLES["lesions"])
        for name, values in every.items():
            np.testing.assert_array_equal(values, expected["lesions"][name])


def test_nothing_is_nan_among_floats_and_none_else(run: Path) -> None:
    found = ask(open_tables(run), "select NULL::double as a, NULL::varchar as b, 1 as c, 2 as c, NULL::int as d")
    assert np.isnan(found["a"]).all()
    assert found["b"].tolist() == found["d"].tolist() == [None]
    assert (found["c"].tolist(), found["c_2"].tolist()) == ([1], [2])


def test_a_long_answer_comes_row_by_row(run: Path) -> None:
    with asked(open_tables(run), "select range as n from range(25000)") as (names, rows):
        assert names == ["n"]
        assert [row[0] for row in rows] == list(range(25000))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "syntax error"),
        ("select nope from patients", 'column "nope" not found'),
        ("select 1 from patint", "no table 'patint'. Did you mean 'patients'"),
        ("", "one SELECT"),
        ("select 1; select 2", "one SELECT"),
        ("drop view patients", "one SELECT"),
        ("copy patients to 'stolen.csv'", "one SELECT"),
        ("attach 'stolen.db'", "one SELECT"),
        ("install httpfs", "one SELECT"),
        ("set threads = 8", "one SELECT"),
        ("with x as (insert into patients values (1) returning *) select * from x", "cannot be answered"),
        ("select * from read_csv('/etc/passwd')", "disabled by configuration"),
        ("select * from read_text('../manifest.json')", "disabled by configuration"),
        ("select * from glob('/*')", "disabled by configuration"),
        ("select * from expected", "no table 'expected'"),
        ("select ? from patients", "cannot be answered"),
    ],
)  # fmt: skip
def test_a_bad_question_is_one_line_and_changes_nothing(
    sql: str, said: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no question, or would reach beyond the tables: files, the network, other databases, Python's own variables."""
    monkeypatch.chdir(tmp_path)
    expected = {"patients": "a variable of Python's"}
    assert expected
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StudyError, match=said.replace("(", r"\(")) as found:
        ask(open_tables(run), sql)
    assert len(found.value.faults) == 1
    assert "\n" not in found.value.faults[0]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_question_that_needs_too_much_memory_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = tuple(setting.replace(query.MEMORY, "20MB") for setting in query._SETTINGS)
    monkeypatch.setattr(query, "_SETTINGS", smaller)
    with pytest.raises(StudyError, match="of memory: ask for less at a time"):
        ask(open_tables(run), "select range from range(20000000) order by hash(range)")


def test_sites_are_counted_by_patients(tmp_path: Path) -> None:
    """Of a folder and of memory the same; against sets of patients made one by one: catches lesions counted for patients."""
    trial = made_trial(60)
    lesions = trial.tables["lesions"]
    patients, sites, arms = (lesions[name].tolist() for name in ("patient", "site", "arm"))
    sets: dict[tuple[str, str], tuple[set[int], set[int], set[int]]] = {}
    for row, (patient, site, arm) in enumerate(zip(patients, sites, arms, strict=True)):
        if lesions["parent"][row] >= 0:
            three = sets.setdefault((arm, site), (set(), set(), set()))
            early, late = lesions["cells_at_diagnosis"][row], lesions["cells_at_end"][row]
            for mine, true in zip(three, (early > 0, early >= 1e6, late > 0), strict=True):
                mine.update([patient] if true else [])
    expected = {key: tuple(map(len, three)) for key, three in sets.items()}
    assert any(0 < three[1] < three[0] for three in expected.values())
    for tables in (trial.tables, stored(tmp_path / "run", trial.tables, 60, 7)):
        found = patients_by_site(tables, 1e6)
        assert {(arm, site): three for arm, those in found.items() for site, three in those.items()} == expected


def test_best_changes_are_those_of_the_targets(tmp_path: Path) -> None:
    """Bit for bit those of `TargetSums`: catches a later line's baseline, and a scan that did not see to all targets."""
    trial = scanned_trial()
    for tables in (trial.tables, stored(tmp_path / "run", trial.tables, 4, 3)):
        found = best_changes(tables)
        for arm in trial.arms:
            those = [one for one in target_sums(trial.tables["assessments"], arm) if np.isfinite(one.best_change)]
            those.sort(key=lambda one: one.patient)
            assert found[arm].patients.tolist() == [one.patient for one in those]
            assert found[arm].baseline.tolist() == [float(one.sums[0]) for one in those]
            assert found[arm].best.tolist() == [one.best_change for one in those]


def test_what_was_seen_on_some_days(tmp_path: Path) -> None:
    """The first day belongs to them, the last does not; the other instrument is left out."""
    seen = {
        "patient": np.array([0, 0, 1, 1, 2], dtype=np.int32),
        "arm": np.array(["a", "b", "a", "a", "b"], dtype=object),
        "day": np.array([7.0, 14.0, 13.9, 7.0, 6.9]),
        "instrument": np.array(["ct", "ct", "ct", "mri", "ct"], dtype=object),
        "diameter_mm": np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
    }
    for tables in ({"observations": seen}, stored(tmp_path / "run", {"observations": seen}, 3, 1)):
        arms, patients, diameters = seen_between(tables, "ct", 7.0, 14.0)
        assert (arms.tolist(), patients.tolist(), diameters.tolist()) == (["a", "a"], [0, 1], [1.0, 3.0])
