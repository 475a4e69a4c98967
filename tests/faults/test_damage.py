"""F09 to F11, F36, F37: what was cut, flipped, lost, added, renamed or swapped in a run folder is found, and only that redone."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from seedsoil.experiment.columns import TABLES
from seedsoil.experiment.folder.ledger import read_ledger
from seedsoil.experiment.publish import sha256
from seedsoil.experiment.store import JOURNAL, MANIFEST, STUDY, Store
from seedsoil.foundation.errors import StoreError
from tests.faults import ready
from tests.faults.machine import repository, run

pytestmark = pytest.mark.faults
part = "tables/clones/part-00001.parquet"
#: SHA-256 of the days on which the eight arms of the older run end.
END_DAYS = "48daa1c928b27cd806d05f40ddeb1d26ffae025cef3e59ac2908ff4218e91523"


def redone(folder: Path) -> list[int]:
    """Take the run up, and return which chunks were missing."""
    with Store.resume(folder, ready.identity) as store:
        return [first for first, _ in store.missing()]


def cuts(size: int, step: int) -> list[int]:
    """Return lengths to cut a file at: every step-th, and the ends."""
    return sorted({*range(0, size, step), 0, 1, size - 1})


@pytest.mark.parametrize("step", [97, pytest.param(1, marks=pytest.mark.slow)])
def test_f09_part_is_cut(step: int, finished: Path, whole: dict[str, str]) -> None:
    """Cut at every length: the one chunk is found and redone; fails if one length passes, or another chunk is redone."""
    content = (finished / part).read_bytes()
    for length in cuts(len(content), step):
        (finished / part).write_bytes(content[:length])
        assert Store.open(finished).verify() == (f"{part} is not what was written",)
    assert redone(finished) == [3]
    ready.fill(finished)
    assert ready.hashes(finished) == whole


@pytest.mark.parametrize("step", [997, pytest.param(3, marks=pytest.mark.slow)])
def test_f09_manifest_is_cut(step: int, finished: Path) -> None:
    content = (finished / MANIFEST).read_bytes()
    for length in cuts(len(content), step):
        (finished / MANIFEST).write_bytes(content[:length])
        if length == len(content) - 1:  # but for the last end of line, it is whole
            assert Store.open(finished).complete
            continue
        with pytest.raises(StoreError, match="manifest.json is damaged"):
            Store.open(finished)


@pytest.mark.parametrize("step", [41, pytest.param(1, marks=pytest.mark.slow)])
def test_f09_journal_is_cut(step: int, quick: Path) -> None:
    """The journal cut at every length: whole lines count, and nothing else does."""
    ready.fill(quick / "run", 2)
    content = (quick / "run" / JOURNAL).read_bytes()
    ends = [place for place, byte in enumerate(content) if byte == ord("\n")]
    for length in cuts(len(content), step):
        (quick / "run" / JOURNAL).write_bytes(content[:length])
        there = 3 - len(Store.open(quick / "run").missing())
        assert there == sum(length >= end for end in ends)


def flipped(content: bytes, luck: np.random.Generator) -> bytes:
    """Return bytes with one bit turned over."""
    place = int(luck.integers(len(content)))
    return content[:place] + bytes([content[place] ^ 1 << int(luck.integers(8))]) + content[place + 1 :]


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", [part, STUDY, "record.json", "ro-crate-metadata.json"])
def test_f10_bit_is_flipped(name: str, count: int, finished: Path) -> None:
    """Fails if one flipped bit of so many in this kind of file is not found."""
    content, luck = (finished / name).read_bytes(), np.random.default_rng(10)
    for _ in range(count):
        (finished / name).write_bytes(flipped(content, luck))
        assert Store.open(finished).verify() == (f"{name} is not what was written",)


@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_f10_bit_of_the_manifest_is_flipped(count: int, finished: Path) -> None:
    """Fails if one flip changes what is read; a blank between two words may become another blank."""
    content, luck = (finished / MANIFEST).read_bytes(), np.random.default_rng(11)
    truth, found = read_ledger(finished), 0
    for _ in range(count):
        (finished / MANIFEST).write_bytes(flipped(content, luck))
        try:
            assert read_ledger(finished) == truth
        except StoreError:
            found += 1
    assert found >= 0.99 * count


@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_f10_bit_of_the_journal_is_flipped(count: int, quick: Path) -> None:
    """A flipped line is a chunk that is not there: fails if one is believed with another content."""
    ready.fill(quick / "run", 2)
    content, luck = (quick / "run" / JOURNAL).read_bytes(), np.random.default_rng(12)
    truth, lost = read_ledger(quick / "run").chunks, 0
    for _ in range(count):
        (quick / "run" / JOURNAL).write_bytes(flipped(content, luck))
        chunks = read_ledger(quick / "run").chunks
        assert chunks.items() <= truth.items()
        lost += len(chunks) < len(truth)
    assert lost >= 0.98 * count


@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_f10_damaged_parquet_is_not_read(count: int, quick: Path) -> None:
    """A real part with a flipped bit: fails if it is read as other numbers, which Parquet alone would let happen."""
    from tests.unit.experiment.test_store import begin, fill

    with begin(quick / "run") as store:
        fill(store)
    path, luck = quick / "run/tables/lesions/part-00001.parquet", np.random.default_rng(13)
    content = path.read_bytes()
    for _ in range(count):
        path.write_bytes(flipped(content, luck))
        with pytest.raises(StoreError, match="its checksum differs"):
            Store.open(quick / "run").read("lesions")


def test_f11_lost_added_renamed_and_swapped(finished: Path, whole: dict[str, str]) -> None:
    """Each is named; repair forgets two chunks, sets the stranger aside, and the run has the same tables again."""
    tables = finished / "tables"
    (tables / "clones/part-00000.parquet").unlink()  # lost
    (tables / "events/part-00002.parquet").rename(tables / "events/part-00007.parquet")  # renamed
    (tables / "patients/notes.txt").write_text("mine")  # added
    one, two = tables / "events/part-00000.parquet", tables / "patients/part-00000.parquet"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)  # swapped
    two.write_bytes(first)
    assert set(Store.open(finished).verify()) == {
        "tables/clones/part-00000.parquet is missing",
        "tables/events/part-00000.parquet is not what was written",
        "tables/events/part-00002.parquet is missing",
        "tables/events/part-00007.parquet does not belong to this run",
        "tables/patients/notes.txt does not belong to this run",
        "tables/patients/part-00000.parquet is not what was written",
    }
    done = Store.repair(finished)
    assert done.redo == ((0, 3), (6, 7))
    assert set(done.aside) == {"set_aside/tables/events/part-00007.parquet", "set_aside/tables/patients/notes.txt"}
    assert (finished / "set_aside/tables/patients/notes.txt").read_text() == "mine"
    assert Store.open(finished).verify() == ()
    ready.fill(finished)
    found = ready.hashes(finished)
    assert {name: found[name] for name in whole if name.startswith("tables/")} == {
        name: digest for name, digest in whole.items() if name.startswith("tables/")
    }
    assert Store.repair(finished) == Store.repair(finished)
    assert not Store.repair(finished).redo


def test_f11_swapped_between_runs(quick: Path) -> None:
    """Parts and journal of another run are not this run's, however whole they are."""
    from tests.unit.experiment.test_store import begin, fill, tables_of

    with begin(quick / "one") as store:
        store.write_chunk(tables_of(0, 10), 0, 10)
    with begin(quick / "two", identity="b" * 64) as store:
        fill(store)
    with begin(quick / "three", identity="b" * 64) as store:
        store.write_chunk(tables_of(10, 20), 10, 20)
    shutil.copy(quick / "three" / JOURNAL, quick / "one" / JOURNAL)
    assert len(Store.open(quick / "one").missing()) == 3
    other = quick / "two/tables/clones/part-00001.parquet"
    other.write_bytes((quick / "two/tables/clones/part-00000.parquet").read_bytes())
    assert Store.open(quick / "two").verify() == ("tables/clones/part-00001.parquet is not what was written",)


def test_f11_a_link_is_not_followed_out_of_the_folder(finished: Path, quick: Path) -> None:
    (quick / "outside").mkdir()
    (quick / "outside/part-00000.parquet").write_bytes(b"mine")
    (finished / "tables/more").symlink_to(quick / "outside")
    assert Store.open(finished).verify() == ("tables/more does not belong to this run",)
    assert Store.repair(finished).aside == ("set_aside/tables/more",)
    assert (quick / "outside/part-00000.parquet").read_bytes() == b"mine"


@pytest.fixture
def older(quick: Path) -> Path:
    """Give a run folder that the format before this one was written in, by the version that did."""
    shutil.copytree(Path(__file__).with_name("format_3"), quick / "older")
    return quick / "older"


def test_f36_a_run_of_the_format_before_is_read(older: Path) -> None:
    """Fails if one number of an older run is read as another, or if it cannot be opened and nobody says why."""
    store = Store.open(older)
    assert store.complete
    assert store.patients == 2
    assert store.verify() == ()
    expected = {"patients": 8, "lesions": 226, "clones": 2964, "biopsies": 0}
    for table, rows in expected.items():
        try:
            columns = store.read(table)
        except StoreError as error:
            if "expected" not in str(error):  # the table has other columns today, and that is said
                raise
            continue
        assert len(columns["patient"]) == rows
    ends = store.read("patients", ["end_day"])["end_day"]
    assert sha256(np.ascontiguousarray(ends).tobytes()) == END_DAYS


def test_f36_a_run_of_the_format_before_may_get_a_report(older: Path) -> None:
    with Store.amend(older) as store:
        store.add_file("report/index.html", "<p></p>")
    assert Store.open(older).verify() == ()
    assert len(Store.open(older).listing("clones")) == 2


def test_f36_an_unknown_format_is_named(finished: Path) -> None:
    text = (finished / MANIFEST).read_text().replace("seedsoil run 4", "seedsoil run 9")
    (finished / MANIFEST).write_text(text)
    with pytest.raises(StoreError, match=r"was written as 'seedsoil run 9', which this version .* does not know"):
        Store.open(finished)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "report/\0", ""])
def test_f37_a_manifest_that_leads_outside_is_refused(name: str, finished: Path) -> None:
    """However well it is sealed: whoever sends a run folder may have made its manifest."""
    ledger = read_ledger(finished)
    ledger.files[name] = "0" * 64
    (finished / MANIFEST).write_bytes(ledger.to_bytes())
    with pytest.raises(StoreError, match="names what cannot be in a run folder"):
        Store.open(finished)


def test_f37_tables_of_a_manifest_do_not_lead_outside(finished: Path) -> None:
    ledger = read_ledger(finished)
    ledger.chunks[0]["../../up"] = "0" * 64
    (finished / MANIFEST).write_bytes(ledger.to_bytes())
    with pytest.raises(StoreError, match="names what cannot be in a run folder"):
        Store.open(finished)


def test_f37_deep_and_odd_json_is_a_damaged_manifest(finished: Path) -> None:
    for text in (
        "[" * 100_000,
        "{}",
        "[]",
        "null",
        '{"checksum": 1, "format": {}}',
        json.dumps({"format": "seedsoil run 4"}),
    ):
        (finished / MANIFEST).write_text(text)
        with pytest.raises(StoreError, match="manifest"):
            Store.open(finished)


def test_f37_no_archive_is_ever_unpacked() -> None:
    """Nothing in the package unpacks zip, tar or npz but states of a block of tissue; fails when somebody begins to.

    Those have their tests in tests/unit/experiment/tissue/test_checkpoint.py, a bomb among them; images are only written.
    """
    kept = {"experiment/tissue/checkpoint.py", "experiment/tissue/images.py"}
    for path in (repository / "src").rglob("*.py"):
        if path.relative_to(repository / "src" / "seedsoil").as_posix() in kept:
            continue
        text = path.read_text(encoding="utf-8")
        if not any(word in text for word in ("zip", "tar", "zarr", "h5py", "extractall")):
            continue
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".", maxsplit=1)[0] for name in names} & {"zipfile", "tarfile", "zarr", "h5py"}, path
            called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            assert called not in {"unpack_archive", "extractall"}, path


def test_f11_the_doctor_finds_and_repairs(finished: Path) -> None:
    """The command: fault by fault, code 1, then what was done and which command goes on."""
    (finished / part).write_bytes(b"")
    (finished / "tables/clones/stranger").write_bytes(b"x")
    looked = run(["-m", "seedsoil", "doctor", str(finished)])
    assert looked.returncode == 1
    assert f"error: {finished}: {part} is not what was written" in looked.stderr
    assert "tables/clones/stranger does not belong to this run" in looked.stderr
    assert f"seedsoil doctor {finished} --repair" in looked.stderr
    done = run(["-m", "seedsoil", "doctor", str(finished), "--repair"])
    assert done.returncode == 0, done.stderr
    assert "damaged and forgotten: patients 3 to 5" in done.stdout
    assert "set aside: set_aside/tables/clones/stranger" in done.stdout
    assert f"3 of 7 patients are to be done. Go on with: seedsoil run {finished} --resume" in done.stdout
    assert set(TABLES) == {path.name for path in (finished / "tables").iterdir()}
