"""What the comparisons share: the peer's interpreter, its worker, alternating timings, and gates that must be passed.

A comparison alternates ours and the peer's in one run on one machine, in CPU seconds (user and system, children included), and
prints the median of the paired ratios. A gate that fails ends the run with code 1: no figure stands beside a wrong answer.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ALLOWED = 4.0  # standard errors that a gate allows
ALLOWED_DISTANCE = 1.95  # Kolmogorov's distance times the root of the runs: passed by chance in 999 of 1,000


def cpu_seconds() -> float:
    """Return user and system seconds of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def arguments(caption: str, **more: dict[str, Any]) -> argparse.Namespace:
    """Read the command line: where the peer's Python is, how many pairs, and what the script adds."""
    parser = argparse.ArgumentParser(description=caption)
    parser.add_argument("--peers-python", default=sys.executable, help="Python of an environment that holds the peer")
    parser.add_argument("--pairs", type=int, default=5, help="how often ours and the peer's are run in turn")
    for name, options in more.items():
        parser.add_argument("--" + name.replace("_", "-"), **options)
    return parser.parse_args()


def skip_without(python: str, package: str) -> None:
    """End with a message, and code 0, if that Python does not hold the peer."""
    probe = f"import importlib.metadata as m; print(m.version({package!r}))"
    found = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=False)
    if found.returncode:
        print(f"skipped: {python} has no {package}. Make an environment for it and name its Python:")
        print(
            f"  python -m venv ../peers && ../peers/bin/pip install {package}   then   --peers-python ../peers/bin/python"
        )
        raise SystemExit(0)


def heading(title: str) -> None:
    """Say what is compared, with which versions, on what."""
    print(f"== {title}")
    print(
        f"seedsoil {version('seedsoil')}, Python {platform.python_version()}, NumPy {version('numpy')}, Numba "
        f"{version('numba')}; {os.cpu_count()} cores, {platform.machine()}; load {os.getloadavg()[0]:.1f}. One core, CPU seconds."
    )


class Worker:
    """The peer in a process of its own, asked line by line."""

    def __init__(self, python: str, script: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [python, str(HERE / script)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=self.folder.name,
        )  # fmt: skip
        self.greeting = self._line()
        print(f"peer: {self.greeting['peer']}, Python {self.greeting['python']}, in a process of its own")

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the peer ended without an answer; run its worker by hand to see why")
        return dict(json.loads(line))

    def ask(self, **request: object) -> tuple[dict[str, Any], np.ndarray]:
        """Return the peer's answer and its counts, shape (runs, species, times)."""
        assert self.process.stdin is not None
        out = str(Path(self.folder.name) / "counts.npy")
        self.process.stdin.write(json.dumps({**request, "out": out}) + "\n")
        self.process.stdin.flush()
        answer = self._line()
        return answer, np.load(out)


class Gates:
    """Collects what was checked; a failed gate ends the script with code 1."""

    def __init__(self) -> None:
        self.failed = False

    def near(self, name: str, found: float, expected: float, error: float) -> None:
        """Check that a figure lies within four standard errors of the exact one."""
        self._note(
            name, abs(found - expected) <= ALLOWED * error, f"{found:.6g}, exact {expected:.6g}, s.e. {error:.2g}"
        )

    def law(self, name: str, counts: np.ndarray, cumulative: np.ndarray) -> None:
        """Check Kolmogorov's distance between counts and the exact law, given as P(N <= 0), P(N <= 1), ..."""
        shares = np.bincount(np.minimum(counts, len(cumulative) - 1), minlength=len(cumulative)).cumsum() / len(counts)
        distance = float(np.abs(shares - cumulative)[:-1].max()) * math.sqrt(len(counts))
        self._note(name, distance <= ALLOWED_DISTANCE, f"distance x root n {distance:.2f}, allowed {ALLOWED_DISTANCE}")

    def _note(self, name: str, passed: bool, text: str) -> None:
        self.failed = self.failed or not passed
        print(f"  gate {'passed' if passed else 'FAILED'}: {name}: {text}")

    def close(self) -> None:
        """End the script with code 1 if a gate failed."""
        if self.failed:
            raise SystemExit(1)


def report(name: str, ours: list[float], peers: list[float], unit: str = "trajectories/CPU s") -> None:
    """Print both rates with their ranges, and the median of the paired ratios."""
    ratios = [a / b for a, b in zip(ours, peers, strict=True)]
    for who, rates in (("seedsoil", ours), ("peer", peers)):
        print(f"  {name}, {who}: {statistics.median(rates):,.4g} {unit} [{min(rates):,.4g} - {max(rates):,.4g}]")
    print(
        f"  {name}, ratio: {statistics.median(ratios):,.0f} [{min(ratios):,.0f} - {max(ratios):,.0f}], {len(ratios)} pairs"
    )
