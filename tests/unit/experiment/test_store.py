"""The run folder keeps what was written, notices what was changed, and has one owner."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from seedsoil.experiment import publish
from seedsoil.experiment.columns import TABLES, empty
from seedsoil.experiment.publish import LOCK, DiskError
from seedsoil.experiment.store import JOURNAL, MANIFEST, Store
from seedsoil.foundation.errors import StoreError

study = '[study]\ntitle = "Seeds and soils"\n'


def value_of(kind, rng, rows):
    if kind == "str":
        return rng.choice(np.array(["", "liver", "größer", "a+b"]), rows)
    if kind == "bool":
        return rng.random(rows) < 0.5
    if kind == "float64":
        return np.where(rng.random(rows) < 0.2, np.nan, rng.lognormal(size=rows))
    return rng.integers(0, 1000, rows).astype(kind)


def tables_of(first, last, tables=tuple(TABLES)):
    """Rows that depend on the patients alone."""
    made = {}
    for name in tables:
        rows = [np.random.default_rng([patient, len(name)]) for patient in range(first, last)]
        columns = {}
        for column, spec in TABLES[name].items():
            columns[column] = np.concatenate(
                [value_of(spec.kind, rng, 1 + patient % 3) for patient, rng in enumerate(rows, first)]
            )
        columns["patient"] = np.repeat(np.arange(first, last), [1 + patient % 3 for patient in range(first, last)])
        made[name] = columns
    return made


def begin(folder, patients=23, chunk=10, identity="a" * 64):
    return Store.create(folder, study, identity, patients, chunk)


def fill(store, order=None):
    chunks = store.missing()
    for place in order or range(len(chunks)):
        store.write_chunk(tables_of(*chunks[place]), *chunks[place])


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def finished(tmp_path):
    with begin(tmp_path / "run") as store:
        fill(store)
    return tmp_path / "run"


def test_what_is_written_is_read_back(finished):
    store = Store.open(finished)
    assert store.complete
    assert store.missing() == []
    assert store.verify() == ()
    assert store.study_text() == study
    expected = tables_of(0, 23)
    for name, specs in TABLES.items():
        table = store.read(name)
        assert list(table) == list(specs)
        for column, spec in specs.items():
            assert table[column].dtype == (object if spec.kind == "str" else np.dtype(spec.kind))
            np.testing.assert_array_equal(table[column], expected[name][column])


def test_bytes_do_not_depend_on_the_order_of_chunks(finished, tmp_path):
    with begin(tmp_path / "other") as store:
        fill(store, order=[2, 0, 1])
    assert hashes(tmp_path / "other") == hashes(finished)


def test_bytes_do_not_depend_on_a_break(finished, tmp_path):
    with begin(tmp_path / "other") as store:
        store.write_chunk(tables_of(10, 20), 10, 20)
    with Store.resume(tmp_path / "other", "a" * 64) as store:
        assert store.missing() == [(0, 10), (20, 23)]
        assert not store.complete
        fill(store)
    assert hashes(tmp_path / "other") == hashes(finished)


def test_resuming_a_finished_run_changes_nothing(finished):
    before = hashes(finished)
    for _ in range(2):
        with Store.resume(finished, "a" * 64) as store:
            assert store.missing() == []
    assert hashes(finished) == before


def test_nothing_is_left_but_what_belongs(finished):
    names = set(hashes(finished))
    parts = {f"tables/{name}/part-0000{number}.parquet" for name in TABLES for number in range(3)}
    assert names == parts | {"study.toml", MANIFEST, "ro-crate-metadata.json"}


def test_another_identity_is_refused(finished):
    with pytest.raises(StoreError, match="holds another run: its identity is aaaaaaaaaaaa, this one's is bbbbbbbbbbbb"):
        Store.resume(finished, "b" * 64)


def test_a_second_run_in_the_same_folder_is_refused(finished):
    with pytest.raises(StoreError, match="already holds a run"):
        begin(finished)


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(StoreError, match=r"not empty \(it holds thesis.tex\)"):
        begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"holds no run: there is no manifest\.json"):
        Store.open(tmp_path)


def test_a_beginning_that_was_cut_can_begin_again(tmp_path):
    with begin(tmp_path / "run"):
        pass
    (tmp_path / "run" / MANIFEST).unlink()
    with begin(tmp_path / "run") as store:
        assert len(store.missing()) == 3


def damaged_unnoticed(folder):
    try:
        return Store.open(folder).complete
    except StoreError as error:
        return "damaged" not in str(error)


def test_each_flipped_or_cut_file_is_found(finished):
    """Every file, flipped in one bit at three places, and cut short by one byte: 78 damages, all found."""
    rng = np.random.default_rng(5)
    for name in hashes(finished):
        path = finished / name
        whole = path.read_bytes()
        damages = [whole[:-1]]
        for place in rng.integers(0, len(whole), 3):
            damages.append(whole[:place] + bytes([whole[place] ^ 1 << int(rng.integers(8))]) + whole[place + 1 :])
        for damaged in damages:
            path.write_bytes(damaged)
            if name == MANIFEST:
                if damaged_unnoticed(finished):  # only blanks between the words of JSON may change unnoticed
                    assert json.loads(damaged) == json.loads(whole)
            else:
                assert Store.open(finished).verify() == (f"{name} is not what was written",)
        path.write_bytes(whole)
    assert Store.open(finished).verify() == ()


def test_a_damaged_part_is_not_read(finished):
    path = finished / "tables/lesions/part-00001.parquet"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(StoreError, match=r"lesions/part-00001\.parquet is not what was written"):
        Store.open(finished).read("lesions")
    path.unlink()
    with pytest.raises(DiskError, match="cannot read"):
        Store.open(finished).read("lesions")


def test_only_the_damaged_chunk_is_done_again(finished):
    before = hashes(finished)
    (finished / "tables/events/part-00001.parquet").write_bytes(b"")
    with Store.resume(finished, "a" * 64) as store:
        assert store.redo == ((10, 20),)
        assert store.missing() == [(10, 20)]
        fill(store)
    assert hashes(finished) == before


def test_strangers_and_losses_are_named(finished):
    (finished / "tables/clones/part-00009.parquet").write_bytes(b"x")
    (finished / "tables/clones/part-00000.parquet").unlink()
    assert Store.open(finished).verify() == (
        "tables/clones/part-00000.parquet is missing",
        "tables/clones/part-00009.parquet does not belong to this run",
    )


def test_a_torn_line_of_the_journal_is_a_chunk_not_done(tmp_path):
    """The journal cut at each length: chunks of whole lines stay, and nothing else is believed."""
    with begin(tmp_path / "run") as store:
        for chunk in store.missing()[:2]:
            store.write_chunk(tables_of(*chunk), *chunk)
    journal = tmp_path / "run" / JOURNAL
    whole = journal.read_bytes()
    first_line = whole.index(b"\n")
    for length in range(0, len(whole), 7):
        journal.write_bytes(whole[:length])
        done = 3 - len(Store.open(tmp_path / "run").missing())
        assert done == (0 if length < first_line else 1 if length < len(whole) - 1 else 2)


@pytest.mark.parametrize(
    ("call", "number"), [("replace", 0), ("replace", 4), ("write", 0), *(("fsync", n) for n in (0, 1, 4, 9, 10))]
)
def test_a_disk_that_refuses_leaves_the_chunk_missing_and_the_rest_intact(tmp_path, monkeypatch, call, number):
    """One call fails once, early, midway or at the end of a chunk: the store still opens, is whole, and goes on."""
    store = begin(tmp_path)
    store.write_chunk(tables_of(0, 10), 0, 10)
    calls = {"left": number}
    real = getattr(os, call)

    def refuse(*given):
        calls["left"] -= 1
        if calls["left"] == -1:
            raise OSError(28, "No space left on device")
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(publish.os, call, refuse)
        with pytest.raises(DiskError):
            store.write_chunk(tables_of(10, 20), 10, 20)
    store.close()
    with Store.resume(tmp_path, "a" * 64) as again:
        assert (0, 10) not in again.missing()
        fill(again)
    assert Store.open(tmp_path).verify() == ()


def test_a_full_disk_is_named_with_the_file_and_its_bytes(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    with begin(tmp_path / "run") as store, monkeypatch.context() as patch:
        patch.setattr(publish.os, "fsync", refuse)
        with pytest.raises(
            DiskError, match=r"cannot write \d[\d,]* bytes to .*part-00000.parquet: No space left on device"
        ):
            store.write_chunk(tables_of(0, 10), 0, 10)


class Killed(BaseException):
    """Stands for a process that is killed: nothing of it can clean up."""


def kill_at(patch, call, number):
    """From the given call on (the number-th of its kind), nothing reaches the disk any more."""
    dead, count = [False], [0]

    def dying(name, real):
        def act(*given, **named):
            if name == call:
                dead[0] = dead[0] or count[0] == number
                count[0] += 1
            if dead[0]:
                raise Killed
            return real(*given, **named)

        return act

    for name in ("replace", "fsync", "unlink", "write", "mkdir"):
        patch.setattr(os, name, dying(name, getattr(os, name)))


def begin_or_go_on(folder):
    lock = folder / LOCK
    if lock.exists():  # the killed process had this one's number
        lock.write_text(json.dumps({**json.loads(lock.read_text()), "started": "another boot:1"}))
    there = (folder / MANIFEST).exists()
    with Store.resume(folder, "a" * 64) if there else begin(folder, patients=3, chunk=2) as store:
        fill(store)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    begin_or_go_on(folder)
    return hashes(folder)


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")
@pytest.mark.parametrize(
    ("call", "number"),
    [
        *(("replace", n) for n in (0, 1, 2, 3, 8, 12, 13)),
        *(("fsync", n) for n in range(0, 42, 8)),
        *(("unlink", n) for n in range(2)),
        *(("write", n) for n in range(2)),
        *(("mkdir", n) for n in (0, 1, 6)),
    ],
)
def test_killed_anywhere_a_run_goes_on_to_the_same_bytes(tmp_path, monkeypatch, whole_run, call, number):
    with monkeypatch.context() as patch:
        kill_at(patch, call, number)
        with pytest.raises(Killed):
            begin_or_go_on(tmp_path / "run")
    begin_or_go_on(tmp_path / "run")
    assert hashes(tmp_path / "run") == whole_run


def test_a_folder_has_one_writer(tmp_path):
    with begin(tmp_path / "run"):
        with pytest.raises(StoreError, match=rf"is being written by process {os.getpid()} on "):
            Store.resume(tmp_path / "run", "a" * 64)
        Store.open(tmp_path / "run").read("patients")  # reading needs no lock
    Store.resume(tmp_path / "run", "a" * 64).close()


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path):
    begin(tmp_path / "run").close()
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    lock = {"pid": int(done.stdout), "host": publish.platform.node(), "started": "x"}
    (tmp_path / "run" / LOCK).write_text(json.dumps(lock))
    Store.resume(tmp_path / "run", "a" * 64).close()


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")
def test_the_lock_of_a_reused_process_number_is_taken_over(tmp_path):
    begin(tmp_path / "run").close()
    lock = {"pid": os.getpid(), "host": publish.platform.node(), "started": "another boot:1"}
    (tmp_path / "run" / LOCK).write_text(json.dumps(lock))
    Store.resume(tmp_path / "run", "a" * 64).close()


@pytest.mark.parametrize("content", ['{"pid": 1, "host": "elsewhere", "started": ""}', "", "[]", '{"pid": "x"}'])
def test_a_lock_whose_owner_may_live_is_respected(tmp_path, content):
    begin(tmp_path / "run").close()
    (tmp_path / "run" / LOCK).write_text(content)
    with pytest.raises(StoreError, match=r"If that has ended, remove .*\.lock"):
        Store.resume(tmp_path / "run", "a" * 64)


def test_a_reader_cannot_write(finished):
    with pytest.raises(StoreError, match="open for reading only"):
        Store.open(finished).write_chunk({}, 0, 10)


@pytest.mark.parametrize(("first", "last"), [(5, 15), (0, 11), (20, 30), (30, 40), (-10, 0)])
def test_only_chunks_of_the_plan_are_taken(tmp_path, first, last):
    with begin(tmp_path / "run") as store, pytest.raises(StoreError, match="are no chunk of 23 in chunks of 10"):
        store.write_chunk({}, first, last)


def test_faults_of_a_table_are_told_together(tmp_path):
    table = tables_of(0, 10, ("events",))["events"]
    table["kinds"] = table.pop("kind")
    del table["detail"]
    with begin(tmp_path / "run") as store, pytest.raises(StoreError) as caught:
        store.write_chunk({"events": table}, 0, 10)
    assert caught.value.faults == (
        "table events: unknown column 'kinds'. Did you mean 'kind'?",
        "table events: column 'kind' is missing",
        "table events: column 'detail' is missing",
    )


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("patient", np.array([10]), "holds patients 10 to 10, not 0 to 9"),
        ("patient", np.array([0.0]), "should be int32, not float64"),
        ("lesion", np.array([2**31]), "does not fit into int32"),
        ("site", np.array([3]), "should hold text only"),
        ("day", np.array(["x"]), "should be float64, not <U1"),
        ("day", np.array([1.0, 2.0]), "columns differ in length"),
        ("day", np.array([[1.0]]), "has 2 dimensions instead of one"),
    ],
)
def test_columns_that_do_not_fit_are_refused(tmp_path, column, values, message):
    rows = {name: np.zeros(1, dtype=spec.kind) for name, spec in TABLES["observations"].items()}
    with begin(tmp_path / "run") as store, pytest.raises(StoreError, match=message):
        store.write_chunk({"observations": {**rows, column: values}}, 0, 10)


def test_rows_are_put_in_the_order_of_patients(tmp_path):
    rows = {name: np.zeros(4, dtype=spec.kind) for name, spec in TABLES["events"].items()}
    rows["patient"] = np.array([3, 1, 3, 1])
    rows["day"] = np.array([1.0, 2.0, 3.0, 4.0])
    with begin(tmp_path / "run") as store:
        store.write_chunk({"events": rows}, 0, 10)
        assert store.read("events", ["day"])["day"].tolist() == [2.0, 4.0, 1.0, 3.0]


def test_nan_and_zero_have_one_form(tmp_path):
    odd = np.array([-np.nan, -0.0])
    even = np.array([np.nan, 0.0])
    for name, values in (("odd", odd), ("even", even)):
        rows = {column: np.zeros(2, dtype=spec.kind) for column, spec in TABLES["events"].items()}
        with begin(tmp_path / name) as store:
            store.write_chunk({"events": {**rows, "day": values}}, 0, 10)
    assert hashes(tmp_path / "odd") == hashes(tmp_path / "even")


def test_an_unknown_table_or_column_is_named(finished):
    with pytest.raises(StoreError, match=r"no table 'lesion'. Did you mean 'lesions'\?"):
        Store.open(finished).read("lesion")
    with pytest.raises(StoreError, match="table events has no column days"):
        Store.open(finished).read("events", ["days"])


def test_files_beside_the_tables_are_kept_and_checked(finished):
    with Store.resume(finished, "a" * 64) as store:
        store.add_file("report/index.html", "<p>ok</p>")
        for name in ("../x", "/x", "tables/x", "manifest.json", "a//b", ".hidden", "a/../b", ""):
            with pytest.raises(StoreError, match="cannot be the name of a file"):
                store.add_file(name, "x")
    crate = json.loads((finished / "ro-crate-metadata.json").read_text())
    assert {"@id": "report/index.html"} in next(part for part in crate["@graph"] if part["@id"] == "./")["hasPart"]
    (finished / "report/index.html").write_text("<p>no</p>")
    assert Store.open(finished).verify() == ("report/index.html is not what was written",)


def test_crate_has_what_the_standard_asks_for(finished):
    crate = json.loads((finished / "ro-crate-metadata.json").read_text())
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    graph = {part["@id"]: part for part in crate["@graph"]}
    assert graph["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph["./"]
    assert root["name"] == "Seeds and soils"
    assert {"@type", "description", "datePublished", "license"} <= set(root)
    for part in root["hasPart"]:
        assert part["@id"] in graph
        assert (finished / part["@id"]).exists()


def test_units_travel_with_the_columns(finished):
    import pyarrow.parquet as pq

    schema = pq.read_schema(finished / "tables/lesions/part-00000.parquet")
    assert schema.metadata[b"table"] == b"lesions"
    assert schema.field("arrival_day").metadata[b"unit"] == b"day"
    assert schema.field("key").type == "uint64"


def test_files_are_the_owners_alone(finished):
    if os.name != "nt":
        assert finished.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in finished.rglob("*"))


def test_empty_table_has_its_types():
    assert empty("clones")["unstable"].dtype == np.bool_


def test_a_chunk_written_once_more_leaves_no_part_behind(tmp_path):
    with begin(tmp_path / "run") as store:
        store.write_chunk(tables_of(10, 20), 10, 20)
        store.write_chunk(tables_of(10, 20, ("events",)), 10, 20)
        assert [path.name for path in (tmp_path / "run/tables").rglob("*.parquet")] == ["part-00001.parquet"]
        assert store.verify() == ()
