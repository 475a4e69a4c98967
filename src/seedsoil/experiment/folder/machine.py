"""What this machine has left: cores, memory and disk that are free, and how a number of bytes is told."""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path

__all__ = ["cores", "free_disk", "free_memory", "size"]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_disk(folder: Path | None) -> float:
    """Return the bytes that are free where a folder is or will be; infinite if that cannot be known, or for no folder."""
    if folder is None:
        return math.inf
    there = next((place for place in (folder, *folder.absolute().parents) if place.exists()), Path())
    try:
        return float(shutil.disk_usage(there).free)
    except OSError:
        return math.inf


def free_memory() -> float:
    """Return the bytes of memory that are free, within the limit of this process's group; infinite if not known."""
    free = math.inf
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
        group = Path("/sys/fs/cgroup")
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        if limit != "max":
            free = min(free, float(limit) - float((group / "memory.current").read_text(encoding="ascii")))
    except (OSError, ValueError, StopIteration):
        pass
    return free


def size(count: float) -> str:
    """Return a number of bytes in the unit that suits it."""
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count / 1e3:.3g} kB"
