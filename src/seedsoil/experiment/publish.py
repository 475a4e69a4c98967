"""Files that appear whole or not at all, and the lock that gives a run folder one owner at a time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from seedsoil.foundation.errors import StoreError

#: Ending of files that are being written; what a killed process leaves is removed by the next owner.
UNFINISHED = ".unfinished"
LOCK = ".lock"


class DiskError(StoreError):
    """The disk refused: full, read-only, failing. The run folder is left as it was."""


@contextlib.contextmanager
def disk(path: Path, task: str = "write") -> Iterator[None]:
    """Turn what the operating system refuses into a DiskError that names the file."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        room = _room(path.parent) if full else ""
        raise DiskError(f"cannot {task} {path}: {error.strerror or error}{room}") from error


def _room(folder: Path) -> str:
    try:
        return f" ({shutil.disk_usage(folder).free:,} bytes are free there; make room, then go on)"
    except OSError:
        return ""


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; systems without folder handles do it by themselves."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(root: Path, inside: str) -> None:
    """Make the folders of a path inside a run folder, for the owner's eyes only, and make their names durable."""
    folder = root
    for name in filter(None, inside.split("/")):
        with disk(folder / name, "make"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder)
        folder /= name


def publish(path: Path, content: bytes) -> None:
    """Write a file so that, whatever happens, its name means the old content or the new one, complete.

    Temporary name in the same folder, fsync, rename, fsync of the folder. DiskError if any of it fails.
    """
    publish_all({path: content})


def publish_all(files: Mapping[Path, bytes]) -> None:
    """Write several files as `publish` does; all are written before the first is made durable, which saves waiting.

    DiskError names the file that failed; some of the others may then have been published.
    """
    written: dict[Path, tuple[int, str]] = {}
    try:
        for path, content in files.items():
            with disk(path, f"write {len(content):,} bytes to"):
                written[path] = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED)
                _write(written[path][0], content)
        for path, (handle, _) in written.items():
            with disk(path, f"write {len(files[path]):,} bytes to"):
                os.fsync(handle)
        for path, (_, name) in written.items():
            with disk(path, "give its name to"):
                os.replace(name, path)
    except BaseException:
        for _, name in written.values():
            with contextlib.suppress(OSError):
                os.unlink(name)
        raise
    finally:
        for handle, _ in written.values():
            os.close(handle)
    for folder in dict.fromkeys(path.parent for path in files):
        with disk(folder, "make durable the names in"):
            sync_folder(folder)


def _write(handle: int, content: bytes) -> None:
    """Write all of it, however little the disk takes at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def append(path: Path, content: bytes) -> None:
    """Add a line to a file and make it durable. A torn line is for the reader to notice."""
    with disk(path, f"add {len(content):,} bytes to"):
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            _write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            sync_folder(path.parent)


@contextlib.contextmanager
def unfinished(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be written as `publish` does: it has its name, durably, when the block ends; if that fails, never.

    DiskError if the disk refuses.
    """
    with disk(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        sync_folder(path.parent)


def publish_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file as `publish` does, piece by piece, so that no more than one is ever held."""
    with unfinished(path) as file:
        file.writelines(pieces)


def _started(pid: int) -> str:
    """Return when a process began (which boot, which tick), so that a reused number is noticed; "" if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The command's name, in brackets, may itself hold blanks and brackets.
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{boot}:{ticks}"


def _processes() -> str:
    """Return in which numbering of processes this one counts: containers may share a machine's name, but not this."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _this_process() -> dict[str, object]:
    pid = os.getpid()
    return {"pid": pid, "host": platform.node(), "processes": _processes(), "started": _started(pid)}


def _is_gone(owner: dict[str, object]) -> bool:
    """Whether the owner of a lock has provably ended: same machine, and its process is no more."""
    pid = owner.get("pid")
    if owner.get("host") != platform.node() or owner.get("processes", _processes()) != _processes():
        return False
    if not isinstance(pid, int) or os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OverflowError:  # no process has this number: whoever wrote it is not to be believed
        return False
    except PermissionError:
        pass
    began = _started(pid)
    return bool(began and owner.get("started")) and began != owner["started"]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time look at and take the lock; the kernel lets go of this when a process dies."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _owner_of(lock: Path) -> dict[str, object] | None:
    """Return what a lock says of its owner, {} if nothing that can be read; None if there is no lock.

    It is read at once, not looked for first: its owner may give it up at any moment.
    """
    try:
        owner = json.loads(lock.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        return {}
    return owner if isinstance(owner, dict) else {}


def take_lock(folder: Path) -> None:
    """Make this process the owner of a run folder; StoreError if another one is, or may be.

    A lock whose process has provably ended, on this machine, is taken over.
    """
    lock = folder / LOCK
    with disk(lock), _alone(folder):
        owner = _owner_of(lock)
        if owner is not None and not _is_gone(owner):
            who = f"process {owner.get('pid', '?')} on {owner.get('host', '?')}"
            raise StoreError(f"{folder} is being written by {who}. If that has ended, remove {lock} and try again.")
        publish(lock, json.dumps(_this_process()).encode())


def drop_lock(folder: Path) -> None:
    """Give up the lock if this very process owns it (a forked child does not)."""
    lock = folder / LOCK
    with contextlib.suppress(OSError):
        if _owner_of(lock) == _this_process():
            lock.unlink()
