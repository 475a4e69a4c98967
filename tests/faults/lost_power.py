"""A disk whose power fails: the calls of a program, recorded, and what is left of them if nothing is sure but what was synced.

POSIX promises that little: a file's content is on the disk after its fsync, a name after the fsync of its folder. Before
that, any part of it may be there: the content not at all, in part, or as zeros; each name or not.
"""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from tests.faults.machine import environment, program

_call = re.compile(rb"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_text = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')
_traced = "openat,write,fsync,rename,unlink,mkdir,close"


@dataclass
class _File:
    content: bytes = b""
    synced: bytes = b""


@dataclass
class Disk:
    """What is on a disk, and what is sure to be: names of files and folders (a file of None is a folder), and contents."""

    root: str
    calls: list[tuple[str, list[str | bytes], int]] = field(default_factory=list)
    names: dict[str, _File | None] = field(default_factory=dict)
    sure: dict[str, _File | None] = field(default_factory=dict)
    handles: dict[int, str | _File] = field(default_factory=dict)
    promised: list[int] = field(default_factory=list)

    @property
    def length(self) -> int:
        """How many calls were recorded."""
        return len(self.calls)

    def after(self, count: int) -> Disk:
        """Return the disk after so many calls."""
        disk = Disk(self.root)
        for name, given, result in self.calls[:count]:
            disk._act(name, given, result)
        return disk

    def _act(self, name: str, given: list[str | bytes], result: int) -> None:
        first = given[0]
        if name == "openat":
            path, flags = str(first), str(given[1])
            if "O_CREAT" in flags:
                self.names.setdefault(path, _File())
            file = self.names.get(path)
            self.handles[result] = path if file is None else file
        elif name == "close":
            self.handles.pop(int(str(first)), None)
        elif name == "write":
            handle, content = int(str(first)), given[1]
            assert isinstance(content, bytes)
            if handle == 1:
                self.promised += [int(number) for number in re.findall(rb"done (\d+)\n", content)]
            held = self.handles.get(handle)
            if isinstance(held, _File):
                held.content += content[:result]
        elif name == "fsync":
            held = self.handles.get(int(str(first)))
            if isinstance(held, _File):
                held.synced = held.content
            elif held is not None:
                self._sync_names(held)
        elif name == "rename":
            self.names[str(given[1])] = self.names.pop(str(first))
        elif name == "unlink":
            self.names.pop(str(first), None)
        elif name == "mkdir":
            self.names[str(first)] = None

    def _sync_names(self, folder: str) -> None:
        for name in {*self.names, *self.sure}:
            if str(PurePosixPath(name).parent) == folder:
                if name in self.names:
                    self.sure[name] = self.names[name]
                else:
                    self.sure.pop(name, None)

    def left_behind(self, folder: Path, luck: np.random.Generator, all_lost: bool) -> list[int]:
        """Make on a real folder what the power left of this disk, and return the chunks that were said to be kept."""
        names = dict(self.sure)
        for name in sorted({*self.names, *self.sure}):
            if self.names.get(name) is not self.sure.get(name) or (name in self.names) != (name in self.sure):
                if all_lost or luck.random() < 0.5:
                    continue
                if name in self.names:
                    names[name] = self.names[name]
                else:
                    names.pop(name, None)
        folder.mkdir(parents=True)
        for name in sorted(names):
            parents = [str(parent) for parent in PurePosixPath(name).parents if str(parent).startswith(self.root + "/")]
            if any(parent not in names for parent in parents):
                continue
            goal = folder / name.removeprefix(self.root).lstrip("/")
            file = names[name]
            if file is None:
                goal.mkdir(exist_ok=True)
            else:
                goal.write_bytes(_part_of(file, luck, all_lost))
        return self.promised


def _part_of(file: _File, luck: np.random.Generator, all_lost: bool) -> bytes:
    """Return what is on the disk of a file: what was synced, and any part of the rest, or zeros in its place."""
    rest = file.content[len(file.synced) :]
    kind = 0 if all_lost else int(luck.integers(4))
    if kind == 1:
        rest = rest[: int(luck.integers(len(rest) + 1))]
    elif kind == 2:
        rest = bytes(len(rest))
    return file.synced + (b"" if kind == 0 else rest)


def recorded(folder: Path) -> Disk:
    """Run the program that stores ready-made chunks, and return the calls by which it changed the disk."""
    log = folder.parent / "calls"
    command = ["strace", "-f", "-qq", "-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={_traced}"]
    subprocess.run(
        [*command, sys.executable, str(program), str(folder), "fill"],
        env=environment(),
        check=True,
        capture_output=True,
    )
    disk = Disk(str(folder))
    handles: set[int] = {1}
    for line in log.read_bytes().splitlines():
        found = _call.match(line)
        if found is None or int(found[3]) < 0:
            continue
        name, result = found[1].decode(), int(found[3])
        texts = [bytes.fromhex(text.replace(b"\\x", b"").decode()) for text in _text.findall(found[2])]
        numbers = found[2].split(b",")[0].decode()
        if name == "openat":
            path = texts[0].decode()
            if not path.startswith(str(folder)):
                handles.discard(result)
                continue
            handles.add(result)
            given: list[str | bytes] = [path, found[2].rsplit(b'"', 1)[1].decode()]
        elif name in {"write", "fsync", "close"}:
            if int(numbers) not in handles:
                continue
            given = [numbers, *texts]
        else:
            given = [text.decode() for text in texts]
            if not str(given[0]).startswith(str(folder)):
                continue
        disk.calls.append((name, copy.copy(given), result))
    return disk
