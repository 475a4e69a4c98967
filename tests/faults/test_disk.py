"""F05 to F08, F25, F26: a disk that is full, limited, closed to us or failing is named, and the run goes on when it is well."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from seedsoil.experiment.store import Store
from tests.faults import ready
from tests.faults.machine import injected, kept, linux, needs_other_user, needs_root, needs_strace, small_disk, store

pytestmark = [pytest.mark.faults, linux]
nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def is_refused(done: subprocess.CompletedProcess[str], folder: Path, reason: str) -> None:
    """Fail unless a program ended by the disk's refusal, in one line with the file and the reason."""
    assert done.returncode == 74, done.stderr
    assert done.stderr.startswith("DiskError: cannot ")
    assert str(folder) in done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def goes_on(folder: Path, promised: list[int], whole: dict[str, str]) -> None:
    """Fail unless what was promised is there, and the run ends with the same bytes once the disk is well."""
    if (folder / "manifest.json").exists():
        assert not {first for first, _ in Store.open(folder).missing()} & set(promised)
    else:
        assert not promised
    ready.fill(folder)
    assert ready.hashes(folder) == whole


@needs_root
@pytest.mark.parametrize(
    ("kilobytes", "begins"),
    [
        (16, False),
        (180, True),
        (236, True),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in ((80, False), (220, True))),
    ],
)
def test_f05_disk_is_full(kilobytes: int, begins: bool, tmp_path: Path, whole: dict[str, str]) -> None:
    """Full when the run begins, in its middle, and at its last file: told with the bytes needed, and what is kept is kept."""
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        done = store(disk / "run")
        is_refused(done, disk, "No space left on device")
        assert "bytes are free there; make room, then go on" in done.stderr
        assert bool(kept(done)) is begins
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        goes_on(disk / "run", kept(done), whole)


@needs_strace
@pytest.mark.parametrize(
    "when", ["22", pytest.param("5", marks=pytest.mark.slow), pytest.param("30", marks=pytest.mark.slow)]
)
def test_f05_one_write_finds_no_space(when: str, quick: Path, whole: dict[str, str]) -> None:
    """One write in the whole run finds the disk full: fails if the program goes on as if nothing were."""
    done = store(quick / "run", before=injected("error=ENOSPC", "write", when))
    is_refused(done, quick, "No space left on device")
    goes_on(quick / "run", kept(done), whole)


@pytest.mark.parametrize(("most", "chunks"), [(8_000, 0), (50_000, 1)])
def test_f06_files_may_not_grow(most: int, chunks: int, quick: Path, whole: dict[str, str]) -> None:
    done = store(quick / "run", before=["prlimit", f"--fsize={most}"])
    is_refused(done, quick, "File too large")
    assert len(kept(done)) == chunks
    goes_on(quick / "run", kept(done), whole)


@needs_root
@needs_other_user
@pytest.mark.parametrize("begun", [False, True])
def test_f07_folder_of_another_user(begun: bool, quick: Path) -> None:
    """Refused before anything is done, and nothing is written."""
    quick.chmod(0o755)
    folder = quick / "run"
    if begun:
        ready.fill(folder, 1)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
    before = ready.hashes(quick)
    done = store(folder, before=nobody)
    is_refused(done, quick, "Permission denied")
    assert not kept(done)
    assert ready.hashes(quick) == before


@needs_root
@pytest.mark.parametrize("begun", [False, True])
def test_f07_disk_for_reading_only(begun: bool, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        if begun:
            ready.fill(disk / "run", 1)
        before = ready.hashes(disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = store(disk / "run")
        is_refused(done, disk, "Read-only file system")
        assert not kept(done)
        assert ready.hashes(disk) == before
        if begun:
            assert Store.open(disk / "run").verify() == ()  # it can be read


@needs_strace
@pytest.mark.parametrize("when", ["3", "60", *(pytest.param(when, marks=pytest.mark.slow) for when in ("45", "75"))])
def test_f08_sync_fails(when: str, quick: Path, whole: dict[str, str]) -> None:
    """One fsync fails: the program stops there and names the file; fails if it syncs once more and believes it."""
    done = store(quick / "run", before=injected("error=EIO", "fsync", when))
    is_refused(done, quick, "Input/output error")
    goes_on(quick / "run", kept(done), whole)


@needs_strace
def test_f08_part_cannot_be_read(finished: Path) -> None:
    """A read error is no proof that a chunk is damaged: fails if the chunk is thrown away and computed again."""
    before = ready.hashes(finished)
    part = finished / "tables/clones/part-00001.parquet"
    done = store(finished, before=[*injected("error=EIO", "read", "1+"), "-P", str(part)])
    is_refused(done, part, "Input/output error")
    assert ready.hashes(finished) == before


def test_f08_a_store_that_was_refused_takes_nothing_more(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seedsoil.foundation.errors import StoreError

    owned = ready.begin_or_go_on(quick / "run")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _fail)
        with pytest.raises(StoreError, match="Input/output error"):
            owned.write_parts(ready.parts(0), 0, 3)
    with pytest.raises(StoreError, match="takes nothing more until it is resumed"):
        owned.write_parts(ready.parts(3), 3, 6)
    owned.close()


def _fail(handle: int) -> None:
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize("most", [12, 64])
def test_f25_few_files_may_be_open(most: int, quick: Path, whole: dict[str, str]) -> None:
    """With 64 files it works; with 12 it may be refused by name, and goes on later."""
    done = store(quick / "run", before=["prlimit", f"--nofile={most}"])
    if most == 64:
        assert done.returncode == 0, done.stderr
    else:
        is_refused(done, quick, "Too many open files")
    goes_on(quick / "run", kept(done), whole)


@pytest.mark.parametrize("kind", ["missing", "full"])
def test_f26_folder_for_temporary_files(kind: str, tmp_path: Path, quick: Path, whole: dict[str, str]) -> None:
    """A store needs no temporary folder: what is half written lies beside what it becomes."""
    if kind == "missing":
        done = store(quick / "run", TMPDIR=str(tmp_path / "nowhere"))
    else:
        with small_disk(tmp_path / "disk", 4) as disk:
            (disk / "fill").write_bytes(b"")
            done = store(quick / "run", TMPDIR=str(disk))
    assert done.returncode == 0, done.stderr
    assert ready.hashes(quick / "run") == whole
