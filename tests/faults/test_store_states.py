"""F03, F09, F11, F13, F16 in any order: the store against a plain model of what it promised to keep."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from seedsoil.experiment.publish import LOCK
from seedsoil.experiment.store import JOURNAL, MANIFEST, Store
from tests.faults import ready

pytestmark = pytest.mark.faults
firsts = tuple(range(0, ready.patients, ready.chunk))


class StoreMachine(RuleBasedStateMachine):
    """A run folder in the hands of users, killers and cosmic rays; ``kept`` and ``hurt`` are what the model knows."""

    def __init__(self) -> None:
        super().__init__()
        memory = Path("/dev/shm")
        self.root = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.folder = self.root / "run"
        self.owned: Store | None = None
        self.kept: set[int] = set()  # chunks that the store said it kept
        self.hurt: set[int] = set()  # chunks of which a file was damaged since
        self.strangers = 0

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @precondition(lambda self: self.owned is None)
    @rule()
    def take(self) -> None:
        """Begin the run or take it up: what was hurt is missing again, and nothing else."""
        self.owned = ready.begin_or_go_on(self.folder)
        assert {first for first, _ in self.owned.redo} == self.hurt
        self.kept -= self.hurt
        self.hurt.clear()
        assert {first for first, _ in self.owned.missing()} == set(firsts) - self.kept

    @precondition(lambda self: self.owned is not None)
    @rule(first=st.sampled_from(firsts))
    def write(self, first: int) -> None:
        """Store a chunk, perhaps once more."""
        assert self.owned is not None
        self.owned.write_parts(ready.parts(first), first, min(first + ready.chunk, ready.patients))
        self.kept.add(first)
        self.hurt.discard(first)

    @precondition(lambda self: self.owned is not None)
    @rule()
    def report(self) -> None:
        """Add a file beside the tables."""
        assert self.owned is not None
        self.owned.add_file("report/index.html", "<p></p>")

    @precondition(lambda self: self.owned is not None)
    @rule()
    def close(self) -> None:
        """End in peace."""
        assert self.owned is not None
        with self.owned:
            pass
        self.owned = None

    @precondition(lambda self: self.owned is not None)
    @rule(first=st.sampled_from(firsts), parts=st.integers(0, 3), torn=st.integers(0, 200))
    def kill(self, first: int, parts: int, torn: int) -> None:
        """Die in the middle of a chunk: some parts have their names, and the journal's last line is torn."""
        self.owned = None
        lock = self.folder / LOCK
        lock.write_text(json.dumps({**json.loads(lock.read_text()), "started": "another boot:1"}))
        ledger = Store.open(self.folder)._ledger
        for table, content in [*ready.parts(first).items()][:parts]:
            if first not in self.kept:
                (self.folder / ledger.part(table, first)).write_bytes(content)
        (self.folder / "tables/events/.part-00000.parquet.x.unfinished").write_bytes(b"half")
        line = ledger.line({"first": first, "parts": {"events": "0" * 64}})
        with (self.folder / JOURNAL).open("ab") as journal:
            journal.write(line[: min(torn, len(line) - 3)])

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), table=st.sampled_from(ready.filled), how=st.sampled_from(["cut", "flip", "remove"]))
    def damage(self, data: st.DataObject, table: str, how: str) -> None:
        """Cut, flip or remove a part of a chunk that is kept."""
        first = data.draw(st.sampled_from(sorted(self.kept)))
        path = self.folder / Store.open(self.folder)._ledger.part(table, first)
        if how == "remove":
            path.unlink(missing_ok=True)
        elif path.exists():
            content = ready.part(table, first)
            path.write_bytes(content[:-1] if how == "cut" else bytes([content[0] ^ 1]) + content[1:])
        self.hurt.add(first)

    @precondition(lambda self: (self.folder / MANIFEST).exists())
    @rule()
    def stranger(self) -> None:
        """Put a file among the tables that nobody knows."""
        self.strangers += 1
        (self.folder / f"tables/clones/notes-{self.strangers}.txt").write_text("mine")

    @precondition(lambda self: self.owned is None and (self.folder / MANIFEST).exists())
    @rule()
    def repair(self) -> None:
        """Repair: exactly what was hurt is forgotten, no stranger is lost, and all is well."""
        done = Store.repair(self.folder)
        assert {first for first, _ in done.redo} == self.hurt
        self.kept -= self.hurt
        self.hurt.clear()
        assert Store.open(self.folder).verify() == ()
        assert len(list(self.folder.rglob("notes-*.txt"))) == self.strangers

    @invariant()
    def nothing_is_lost(self) -> None:
        """What was kept stands in the books, and each damage is found, and no other."""
        if not (self.folder / MANIFEST).exists():
            assert not self.kept
            return
        store = Store.open(self.folder)
        assert {first for first, _ in store.missing()} == set(firsts) - self.kept
        found = {fault for fault in store.verify() if fault.startswith("tables/") and "not belong" not in fault}
        numbers = {firsts[int(fault.split("part-")[1][:5])] for fault in found}
        assert numbers == self.hurt


@pytest.mark.parametrize("examples", [12, pytest.param(400, marks=pytest.mark.slow)])
def test_f03_any_history_of_a_store(examples: int) -> None:
    """Fails at the shortest history after which the store knows more, or less, than what it promised."""
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
