"""A Dask scheduler and workers in processes of their own, on loopback or on a host of their own behind a virtual cable."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
#: A broken connection is noticed in seconds instead of half a minute.
HASTE = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "15s",
}


def environment(source: Path = repository / "src") -> dict[str, str]:
    """Return the environment of a process that runs the package in ``source``."""
    return {**os.environ, **HASTE, "PYTHONPATH": f"{source}{os.pathsep}{repository}", "PYTHONDONTWRITEBYTECODE": "1"}


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextlib.contextmanager
def process(
    *arguments: str, log: Path, source: Path = repository / "src", before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with arguments, in a group of processes of which nothing is left."""
    with log.open("ab") as said:
        begun = subprocess.Popen(
            [*before, sys.executable, *arguments],
            env=environment(source), stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
        try:
            yield begun
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(begun.pid, signal.SIGKILL)
            begun.wait()


def scheduler(
    port: int, log: Path, host: str = "127.0.0.1"
) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """Run a scheduler."""
    return process(
        "-m", "distributed.cli.dask_scheduler", "--host", host, "--port", str(port), "--no-dashboard", log=log
    )


def workers(
    count: int, address: str, log: Path, source: Path = repository / "src", before: Sequence[str] = ()
) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """Run the command `worker`."""
    return process("-m", "seedsoil", "worker", address, "--workers", str(count), log=log, source=source, before=before)


def children(group: int) -> list[int]:
    """Return the worker processes of Dask in a group: what the group's first process began."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_bytes()
            if int(fields[2]) == group and int(entry.name) != group and b"spawn_main" in command:
                found.append(int(entry.name))
    return sorted(found)


def older_version(where: Path) -> Path:
    """Return a copy of the package in which one number of the catalogue is another."""
    shutil.copytree(repository / "src", where, ignore=shutil.ignore_patterns("__pycache__"))
    entry = where / "seedsoil/catalogue/hosts/adult.toml"
    entry.write_text(entry.read_text(encoding="utf-8") + "\n# as it was before\n", encoding="utf-8")
    return where


@contextlib.contextmanager
def cable(name: str) -> Iterator[tuple[str, str, str]]:
    """Lay a virtual cable to another host (a network namespace): yield our address, its name, and our end of the cable.

    Needs root. Pulled with ``pull``.
    """
    ours, theirs = f"{name}a", f"{name}b"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
        _ip("addr", "add", "10.203.7.1/24", "dev", ours)
        _ip("link", "set", ours, "up")
        for words in (
            ("addr", "add", "10.203.7.2/24", "dev", theirs),
            ("link", "set", theirs, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", name, *words)
        yield "10.203.7.1", name, ours
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            _ip("link", "del", ours)  # the namespace is taken down in the background, and its end of the cable with it
        _ip("netns", "del", name)
        time.sleep(0.1)


def pull(end: str) -> None:
    """Pull a cable: packets are lost without a word."""
    _ip("link", "set", end, "down")


def can_lay_cables() -> bool:
    """Whether this process may make network namespaces."""
    try:
        with cable("ssprobe"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
