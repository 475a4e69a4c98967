"""How faults are inflicted: programs of their own under strace, small disks, other users, and limits."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

repository = Path(__file__).resolve().parents[2]
program = Path(__file__).with_name("ready.py")

linux = pytest.mark.skipif(sys.platform != "linux", reason="uses the tools of Linux")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv"
)


def _others_may_read() -> bool:
    """Whether a user who owns nothing reaches this checkout and its Python: not in a folder that is its owner's alone."""
    paths = (Path(__file__).resolve(), Path(sys.prefix).resolve() / "bin")
    return all(folder.stat().st_mode & 0o001 for path in paths for folder in path.parents)


needs_other_user = pytest.mark.skipif(
    not _others_may_read(), reason="needs a checkout that another user may read; this one lies in a closed folder"
)


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a program of this checkout; an empty text removes a variable."""
    made = {**os.environ, "PYTHONPATH": os.pathsep.join((str(repository / "src"), str(repository)))}
    made |= {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", **more}
    made.pop("FORCE_COLOR", None)
    return {name: value for name, value in made.items() if value}


def run(
    command: Sequence[str], *, before: Sequence[str] = (), where: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with arguments, under another command if ``before`` names one."""
    return subprocess.run(
        [*before, sys.executable, *command],
        cwd=where,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        stdin=subprocess.DEVNULL,
    )


def store(
    folder: Path, what: str = "fill", before: Sequence[str] = (), **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the program that stores ready-made chunks."""
    return run([str(program), str(folder), what], before=before, **more)


def kept(done: subprocess.CompletedProcess[str]) -> list[int]:
    """Return the chunks that a program said were kept."""
    return [int(first) for first in re.findall(r"^done (\d+)$", done.stdout, flags=re.MULTILINE)]


def injected(fault: str, call: str, when: str) -> list[str]:
    """Return the strace command that injects a fault (``signal=KILL``, ``error=EIO``) at the calls of a name."""
    return ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}"]


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk of so many kilobytes on a folder; skip where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
