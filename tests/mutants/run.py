"""Try the wrong simulators: `python -m tests.mutants.run [NAME ...]` prints how many of them are caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants.simulators import WRONG, Wrong

#: How fast compiled code is says nothing of plain Python.
_UNTIMED = ("-k", "not millisecond")
REPOSITORY = Path(__file__).parents[2]


def caught(one: Wrong) -> str:
    """Run the tests of a wrong simulator on a copy of the package that has it; "" if an assertion fails, else what happened.

    The copy runs without compilation: what is wrong is wrong in plain Python too.
    """
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "src"
        shutil.copytree(REPOSITORY / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        path = source / "seedsoil" / one.file
        text = path.read_text(encoding="utf-8")
        if text.count(one.right) != 1:
            return f"{one.file} holds {one.right!r} {text.count(one.right)} times, not once: renew the patch"
        path.write_text(text.replace(one.right, one.wrong), encoding="utf-8")
        found = run_tests(one.tests, source)
    said = found.stdout
    if found.returncode == 1 and ("AssertionError" in said or "assert " in said or "DID NOT RAISE" in said):
        return ""
    return f"pytest ended with {found.returncode}: {said[-300:]}"


def run_tests(tests: str, source: Path) -> subprocess.CompletedProcess[str]:
    """Run tests of this repository on the package in a folder, up to the first that fails."""
    first, *rest = tests.split(" ")
    paths = f"pythonpath={REPOSITORY} {source} {REPOSITORY / 'tests'}"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        paths,
        f"tests/{first}",
        *(rest or _UNTIMED),
    ]
    setting = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": f"{source}{os.pathsep}{REPOSITORY}"}
    return subprocess.run(
        command, cwd=REPOSITORY, env=setting, capture_output=True, text=True, check=False, timeout=600
    )


def main() -> int:
    """Try all, or those that are named, and print each that is not caught; 1 if there is one."""
    chosen = [one for one in WRONG if len(sys.argv) < 2 or one.name in sys.argv[1:]]
    missed = 0
    for one in chosen:
        said = caught(one)
        missed += bool(said)
        sys.stdout.write(f"{'MISSED' if said else 'caught'}  {one.name}{': ' + said if said else ''}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - missed} of {len(chosen)} wrong simulators caught\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
