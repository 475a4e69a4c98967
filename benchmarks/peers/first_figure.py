"""A newcomer's way to a first figure, from an empty environment: seedsoil beside MetaSpread's quick start.

Each is installed into a new virtual environment without a download cache; then run headless by its documented commands until pictures lie
on disk: MetaSpread "run 300 30" and "postprocess all"; seedsoil "grow", one patient of the demo from the founding cell to the end, with
lesions, treatment and clones in time, nothing compiled before. Ours runs a second time, compiled, with the same seed: gate, the
same bytes in both files of the picture. MetaSpread's command takes no seed. Not the same work: MetaSpread simulates every
cell of a millimetre-sized tumour and its vessels in the plane, for hours of tissue time in which none divides; seedsoil
a whole patient over years, by counts of cells and without places.

    python benchmarks/peers/first_figure.py [--only seedsoil|metaspread]
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pairs import arguments, cpu_seconds, heading

ROOT = Path(__file__).parents[2]
PEER = "metaspread==2024.0.6"
IMAGES = ("*.png", "*.mp4")


class Clock:
    """Runs commands and says what each cost."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "MPLBACKEND": "Agg"}
        for name in ("NUMBA_CACHE_DIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "DISPLAY"):
            self.environment.pop(name, None)

    def run(self, title: str, *commands: list[str], at: Path) -> bool:
        """Run commands one after the other; print CPU and wall seconds; tell whether all ended well."""
        cpu, wall = cpu_seconds(), time.perf_counter()
        for command in commands:
            done = subprocess.run(command, cwd=at, env=self.environment, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"  {title}: FAILED, {' '.join(command)}\n{done.stderr[-1500:]}")
                return False
        print(f"  {title}: {cpu_seconds() - cpu:.1f} CPU s, {time.perf_counter() - wall:.1f} s")
        return True


def megabytes(folder: Path) -> float:
    """Return what lies under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every picture in a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def find_uv() -> str | None:
    """Return the uv of this environment, or of the path."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def seedsoil(folder: Path) -> bool:
    """Install, make a figure cold, make it again; tell whether all went well and repeated byte for byte."""
    clock, venv = Clock(folder), folder / "venv"
    python, uv = str(venv / "bin" / "python"), find_uv()
    if uv:
        start = [uv, "pip", "install", "-q", "--no-cache", "--python", python, "--compile-bytecode"]
        make = [uv, "venv", "-q", "--no-cache", "--python", sys.executable, str(venv)]
    else:
        start = [python, "-m", "pip", "install", "-q", "--no-cache-dir"]
        make = [sys.executable, "-m", "venv", str(venv)]
    locked = [*start, "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.lock")]
    if not clock.run(
        f"install with {'uv' if uv else 'pip'}", make, locked, [*start, "--no-deps", str(ROOT)], at=folder
    ):
        return False
    print(f"  size of the environment: {megabytes(venv):.0f} MB")
    found = []
    for name, title in (("cold", "nothing compiled"), ("warm", "compiled before")):
        out = folder / name
        command = [python, "-m", "seedsoil", "grow", "demo", "--seed", "3", "--out", str(out)]
        if not clock.run(f"grow, {title}", command, at=folder):
            return False
        found.append(digests(out))
    same = found[0] == found[1] and len(found[0]) == 2
    print(
        f"  gate {'passed' if same else 'FAILED'}: the same seed, {len(found[0])} files of the picture, the same bytes"
    )
    return same


def metaspread(folder: Path) -> bool:
    """Install and follow the quick start of its documentation."""
    clock, venv = Clock(folder), folder / "venv"
    python = str(venv / "bin" / "python")
    make = [sys.executable, "-m", "venv", str(venv)]
    if not clock.run(
        "install with pip", make, [python, "-m", "pip", "install", "-q", "--no-cache-dir", PEER], at=folder
    ):
        print("skipped: MetaSpread cannot be installed here (no registry, or no Python 3.10 to 3.12)")
        return True
    print(f"  size of the environment: {megabytes(venv):.0f} MB")
    if not clock.run("run 300 30", [python, "-m", "metaspread", "run", "300", "30"], at=folder):
        return False
    results = next(folder.glob("Simulations/*"))
    done = clock.run(
        "postprocess all", [python, "-m", "metaspread", "postprocess", "all", results.name, "10", "1"], at=folder
    )
    print(f"  pictures and films: {sum(len(list(folder.rglob(kind))) for kind in IMAGES)}")
    return done


def main() -> None:
    """Both ways, one after the other."""
    asked = arguments(
        __doc__ or "",
        only=dict(choices=("seedsoil", "metaspread"), help="only one of the two"),
    )
    heading("T10: from an empty environment to a first figure")
    good = True
    with tempfile.TemporaryDirectory() as name:
        for who in ("seedsoil", "metaspread"):
            if asked.only in (None, who):
                folder = Path(name) / who
                folder.mkdir()
                print(who if who == "seedsoil" else PEER)
                good = (seedsoil(folder) if who == "seedsoil" else metaspread(folder)) and good
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
