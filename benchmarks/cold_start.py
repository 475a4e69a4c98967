"""Seconds from a shell prompt to a first answer: cold (nothing compiled) and warm.

Cold means an empty folder for compiled kernels; libraries are installed with their byte code. Aims: the answer of `seedsoil run --patients 8`
within 20 s cold and 3 s warm; `seedsoil --help` and `import seedsoil` within half a second. Prints a table.

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


def seconds(arguments: list[str], cache: str) -> tuple[float, float]:
    """Return the wall-clock time of one command until its table of arms stands there, and until its end."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    # With byte code switched off every start is slow, which says nothing about seedsoil.
    for name in ("NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    start = time.perf_counter()
    answered = 0.0
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not answered and line.startswith(" Arm "):
                answered = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}; run it to see why")
    return answered, time.perf_counter() - start


def main() -> None:
    """Print the table."""
    command = [sys.executable, "-m", "seedsoil"]
    print(f"{'command':46s} {'answer':>8s} {'end':>8s}   seconds")
    with tempfile.TemporaryDirectory() as folder:
        small = [[sys.executable, "-c", "import seedsoil"], [*command, "--help"]]
        for arguments, title in zip(small, ("import seedsoil", "seedsoil --help"), strict=True):
            taken = statistics.median(seconds(arguments, folder)[1] for _ in range(REPEATS))
            print(f"{title:46s} {'':8s} {taken:8.2f}")
        first = seconds([*command, "run", "--patients", "8", "--out", str(Path(folder) / "cold")], folder)
        print(f"{'seedsoil run --patients 8, cold':46s} {first[0]:8.2f} {first[1]:8.2f}")
        later = [
            seconds([*command, "run", "--patients", "8", "--out", str(Path(folder) / f"warm{k}")], folder)
            for k in range(REPEATS)
        ]
        answer, end = (statistics.median(column) for column in zip(*later, strict=True))
        print(f"{'seedsoil run --patients 8, warm':46s} {answer:8.2f} {end:8.2f}")


if __name__ == "__main__":
    main()
