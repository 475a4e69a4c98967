"""Whatever lies in a run folder, however well it is sealed: it is read as what was written, or refused in lines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from seedsoil.experiment.columns import TABLES, decode, encode
from seedsoil.experiment.folder.ledger import read_ledger
from seedsoil.experiment.folder.parts import check_parts, parts_of
from seedsoil.experiment.publish import LOCK, drop_lock, sha256, take_lock
from seedsoil.experiment.store import JOURNAL, MANIFEST, Store
from seedsoil.foundation.errors import StoreError
from seedsoil.trial.runner.failures import FILE, Failure, read_failures, to_json
from seedsoil.trial.runner.work import Answer, Order, libraries
from tests.faults import ready
from tests.fuzz.damage import WORDS, damaged, odd, spoiled
from tests.fuzz.law import counts, taken, tried
from tests.inputs.cases import command
from tests.unit.experiment.test_store import tables_of

#: What may stand in JSON.
_plain = st.deferred(lambda: odd.filter(_is_json))


def _is_json(thing: Any) -> bool:
    try:
        json.dumps(thing).encode()
    except (TypeError, ValueError):
        return False
    return True


@pytest.fixture
def half(quick: Path) -> Path:
    """Give a run folder with two of three chunks, and a report."""
    folder = quick / "half"
    ready.fill(folder, 2)
    with Store.amend(folder) as store:
        store.add_file("report/index.html", "<p></p>")
    return folder


@pytest.fixture
def whole(quick: Path) -> Path:
    """Give a finished run folder."""
    ready.fill(quick / "whole")
    return quick / "whole"


def _looked_at(folder: Path) -> None:
    """Everything that only reads answers with something, or with a refusal."""
    names = {path.name for path in folder.iterdir()}
    store = taken(lambda: Store.open(folder))
    found = command(("doctor", str(folder)))
    assert not found.crash, found.crash
    assert found.code in ({2, 74} if store is None else {0, 1, 2, 74}), (found.code, found.lines)
    if store is not None:
        taken(store.verify)
        taken(store.differences)
        taken(store.study_text)
        assert 0 <= store.left <= store.patients
        assert store.complete == (store.left == 0)
        taken(lambda: store.read("clones"))
    assert {path.name for path in folder.iterdir()} == names


# ------------------------------------------------------------ manifest and journal


@counts(40, 5_000)
def test_any_manifest_is_believed_whole_or_refused(count: int, half: Path) -> None:
    """Bytes cut, flipped and put in: catches a seal that does not cover all, and JSON that breaks its reader."""
    content, truth = (half / MANIFEST).read_bytes(), read_ledger(half)

    def check(given: bytes) -> None:
        (half / MANIFEST).write_bytes(given)
        found = taken(lambda: read_ledger(half))
        assert found is None or found == truth

    known = [b"", b"[" * 100_000, b"\xff", content.replace(b'"patients": 7', b'"patients": ' + b"7" * 5000)]
    tried(check, damaged(content), count, known)


def _sealed(head: Any) -> bytes:
    body = json.dumps(head, indent=1).encode()[:-2]
    return body + f',\n "checksum": "{sha256(body)}"\n}}\n'.encode()


def _manifest(folder: Path) -> dict[str, Any]:
    head = json.loads((folder / MANIFEST).read_bytes())
    del head["checksum"]
    return dict(head)


@counts(12, 2_000)
def test_any_sealed_manifest_is_sound_or_refused(count: int, whole: Path) -> None:
    """As a stranger could send it, with a right checksum: catches a number, list or name of a kind that nobody expected."""
    head = _manifest(whole)

    def check(given: dict[str, Any]) -> None:
        (whole / MANIFEST).write_bytes(_sealed(given))
        _looked_at(whole)

    check(head)
    assert taken(lambda: Store.open(whole)) is not None, "the manifest as it is should be believed"
    known = [
        head | {"patients": "7"}, head | {"patients": True}, head | {"patients": 2**31 - 1, "chunk": 1, "chunks": []}, head | {"patients": 10**30, "chunk": 1},
        head | {"identity": 7}, head | {"began": None}, head | {"made_by": []}, head | {"made_by": {"sources": [1]}}, head | {"files": {"study.toml": 3}},
        head | {"chunks": [{"first": 0, "parts": []}]}, head | {"chunks": [{"first": False, "parts": {}}]}, head | {"chunks": {}}, head | {"chunk": 0}, head | {"more": 1},
    ]  # fmt: skip
    tried(check, spoiled(head, _plain), count, known)


@counts(12, 2_000)
def test_any_sealed_line_is_sound_or_refused(count: int, half: Path) -> None:
    """The same of the journal's lines, one after a good one."""
    content, ledger = (half / JOURNAL).read_bytes(), read_ledger(half)
    entry = json.loads(content.splitlines()[0])
    entry.pop("checksum")

    def check(given: Any) -> None:
        (half / JOURNAL).write_bytes(content + ledger.line(given))
        _looked_at(half)

    known = [
        {"first": 6, "parts": []},
        {"first": 6, "parts": {"clones": 1}},
        {"file": 3, "sha256": "0" * 64},
        {"file": "x"},
        {"first": [], "file": {}},
    ]
    tried(
        check,
        st.one_of(
            spoiled(entry, _plain),
            st.dictionaries(st.sampled_from(["first", "parts", "file", "sha256", *WORDS[:9]]), _plain),
        ),
        count,
        known,
    )


@counts(40, 5_000)
def test_any_journal_is_a_journal_or_a_torn_one(count: int, half: Path) -> None:
    """Catches a damaged line that is believed."""
    content, truth = (half / JOURNAL).read_bytes(), read_ledger(half)

    def check(given: bytes) -> None:
        (half / JOURNAL).write_bytes(given)
        found = taken(lambda: read_ledger(half))
        assert found is not None
        assert found.chunks.items() <= truth.chunks.items()
        assert found.files.items() <= truth.files.items()

    tried(check, damaged(content), count)


# ------------------------------------------------------------ beside the tables


@counts(60, 10_000)
def test_any_list_of_failures_is_read_or_refused(count: int, tmp_path: Path) -> None:
    """Catches a list that a traceback answers, and a patient whose number is none."""
    failures = [
        Failure(3, 5, "raised", "ZeroDivisionError: a fault"),
        Failure(4, 5, "died", "it ended its worker process, alone"),
    ]
    text = to_json(failures, tmp_path)
    lines = json.loads(text)

    def check(given: bytes) -> None:
        (tmp_path / FILE).write_bytes(given)
        found = taken(lambda: read_failures(tmp_path))
        for one in found or ():
            assert isinstance(one.patient, int)
            assert one.told(tmp_path)

    odd_lines = spoiled({"": lines}, _plain).map(lambda some: json.dumps(some.get("")).encode())
    known = [
        b"",
        b"[" * 100_000,
        b"{}",
        b"[1]",
        b"[{}]",
        b"\xff",
        b"null",
        json.dumps([lines[0] | {"patient": "3"}]).encode(),
    ]
    tried(check, st.one_of(damaged(text.encode()), odd_lines), count, known)


@counts(40, 5_000)
def test_any_lock_is_another_owner_or_none(count: int, tmp_path: Path) -> None:
    """Catches a lock that breaks whoever looks at it; a process number that no system has is one."""
    take_lock(tmp_path)
    content = (tmp_path / LOCK).read_bytes()
    owner = json.loads(content)

    def check(given: bytes) -> None:
        (tmp_path / LOCK).write_bytes(given)
        taken(lambda: take_lock(tmp_path))
        drop_lock(tmp_path)
        (tmp_path / LOCK).unlink(missing_ok=True)

    known = [
        json.dumps(owner | {"pid": 10**30}).encode(),
        json.dumps(owner | {"pid": -(2**63)}).encode(),
        b"[" * 100_000,
        b"\xff",
        b"[]",
        b"3",
    ]
    tried(
        check,
        st.one_of(damaged(content), spoiled(owner, _plain).map(lambda some: json.dumps(some).encode())),
        count,
        known,
    )


# ------------------------------------------------------------ Parquet


def _parts() -> dict[str, bytes]:
    return parts_of(tables_of(0, 10), 0, 10)


@pytest.mark.parametrize("table", ["clones", "patients"])
@counts(40, 10_000)
def test_any_part_is_a_table_or_refused(table: str, count: int) -> None:
    """Bits flipped, bytes cut out, put in or lost at the end: catches what Parquet's reader raises, and a column of another type."""
    content = _parts()[table]
    truth = decode(table, content)

    def check(given: bytes) -> None:
        taken(lambda: check_parts({table: given}, 0, 10))
        found = taken(lambda: decode(table, given))
        if found is None:
            return
        assert list(found) == list(truth)
        assert len({values.shape for values in found.values()}) == 1
        assert {name: values.dtype for name, values in found.items()} == {
            name: values.dtype for name, values in truth.items()
        }

    bits = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 7)).map(lambda at: _flipped(content, *at))
    tail = st.tuples(st.integers(max(0, len(content) - 3000), len(content) - 1), st.integers(0, 7)).map(
        lambda at: _flipped(content, *at)
    )
    ends = st.integers(0, len(content)).map(lambda end: content[:end])
    tried(
        check,
        st.one_of(damaged(content), bits, tail, ends),
        count,
        [b"", b"PAR1", b"PAR1PAR1", content[:-1], content[4:]],
    )


def _flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def test_a_part_of_other_types_or_holes_is_refused() -> None:
    """Columns of the right names and the wrong kind, which NumPy would turn into numbers, and values that are missing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def written(**changes: Any) -> bytes:
        read = pq.read_table(pa.BufferReader(_parts()["clones"]))
        for name, values in changes.items():
            read = read.set_column(read.schema.get_field_index(name), name, values)
        sink = pa.BufferOutputStream()
        pq.write_table(read, sink)
        return bytes(sink.getvalue())

    rows = len(decode("clones", written())["patient"])
    assert rows
    for changes in (
        {"born_day": pa.array(["x"] * rows)}, {"born_day": pa.array([1] * rows)}, {"arm": pa.array([1] * rows)}, {"arm": pa.array([None] * rows, pa.string())},
        {"born_day": pa.array([None] * rows, pa.float64())}, {"patient": pa.array([2**40] * rows)},
    ):  # fmt: skip
        with pytest.raises(StoreError, match="table clones: column"):
            decode("clones", written(**changes))


# ------------------------------------------------------------ what travels between processes

_ANSWER = Answer("c" * 64, (0, 1), {"clones": b"12345"}, {1: "ZeroDivisionError: x"})


def _resealed(head: Any) -> bytes:
    text = json.dumps(head).encode()
    body = len(text).to_bytes(8, "big") + text + b"12345"
    return hashlib.sha256(body).digest() + body


@counts(80, 20_000)
def test_any_answer_of_a_worker_is_read_or_refused(count: int) -> None:
    """Bytes as they come, and heads that are well sealed and odd: nothing but a damaged answer may come of them."""
    content = _ANSWER.to_bytes()
    head = json.loads(content[40 : 40 + int.from_bytes(content[32:40], "big")])

    def check(given: bytes) -> None:
        found = taken(lambda: Answer.from_bytes(given))
        assert found is None or (isinstance(found.identity, str) and set(found.parts) <= set(TABLES))

    assert Answer.from_bytes(_resealed(head)) == _ANSWER
    known = [
        _resealed(each)
        for each in (
            [],
            None,
            3,
            head | {"parts": []},
            head | {"parts": {"../x": 5}},
            head | {"parts": {"clones": "5"}},
            head | {"numbers": 3},
        )
    ]
    tried(check, st.one_of(damaged(content), spoiled(head, _plain).map(_resealed)), count, known)


@counts(40, 10_000)
def test_any_order_is_read_or_refused(count: int) -> None:
    """A worker that is sent anything else says so, and goes on."""
    content = Order("study", "c" * 64, (0, 1), libraries()).to_bytes()
    tried(lambda given: taken(lambda: Order.from_bytes(given)), damaged(content), count, [b"", b"x", content[:-1]])


def test_the_parts_of_a_chunk_are_checked_by_what_they_tell() -> None:
    """Rows of other patients, of another table, or none: catches an answer that would be written as it is."""
    parts = _parts()
    check_parts(parts, 0, 10)
    for wrong in (
        {"clones": parts["patients"]},
        {"clones": b"x"},
        {
            "events": encode(
                "events",
                {
                    name: np.zeros(0, kind.kind if kind.kind != "str" else object)
                    for name, kind in TABLES["events"].items()
                },
            )
        },
    ):
        with pytest.raises(StoreError, match="^table "):
            check_parts(wrong, 0, 10)
    with pytest.raises(StoreError, match="other patients than 1 to 9"):
        check_parts(parts, 1, 10)
