"""Seconds from a shell prompt to a first answer: cold (nothing compiled) and warm.

Cold means an empty folder for compiled kernels; libraries are installed with their byte code. Aims: `seedsoil run --patients 8` within
20 s cold and 3 s warm; `seedsoil --help` and `import seedsoil` within half a second. Prints a table.

    python benchmarks/cold_start.py
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 3


def seconds(arguments: list[str], cache: str) -> float:
    """Return the wall-clock time of one command; it must succeed."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    # With byte code switched off every start is slow, which says nothing about seedsoil.
    for name in ("NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    start = time.perf_counter()
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return taken


def main() -> None:
    """Print the table."""
    command = [sys.executable, "-m", "seedsoil"]
    print(f"{'command':46s} {'seconds':>8s}")
    with tempfile.TemporaryDirectory() as folder:
        small = [[sys.executable, "-c", "import seedsoil"], [*command, "--help"]]
        for arguments, title in zip(small, ("import seedsoil", "seedsoil --help"), strict=True):
            taken = statistics.median(seconds(arguments, folder) for _ in range(REPEATS))
            print(f"{title:46s} {taken:8.2f}")
        first = seconds([*command, "run", "--patients", "8", "--out", str(Path(folder) / "cold")], folder)
        print(f"{'seedsoil run --patients 8, cold':46s} {first:8.2f}")
        later = [
            seconds([*command, "run", "--patients", "8", "--out", str(Path(folder) / f"warm{k}")], folder)
            for k in range(REPEATS)
        ]
        print(f"{'seedsoil run --patients 8, warm':46s} {statistics.median(later):8.2f}")


if __name__ == "__main__":
    main()
