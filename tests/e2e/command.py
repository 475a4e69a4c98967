"""The installed command, run in a process of its own as a user would."""

import os
import re
import subprocess
import sys
from pathlib import Path

repository = Path(__file__).resolve().parents[2]


def seedsoil(*arguments: str, where: Path, timeout: float = 300.0) -> subprocess.CompletedProcess[str]:
    """Run `seedsoil ARGUMENTS` in the folder `where` and return what it said and how it ended."""
    return python("-m", "seedsoil", *arguments, where=where, timeout=timeout)


def python(*arguments: str, where: Path, timeout: float = 300.0) -> subprocess.CompletedProcess[str]:
    """Run this Python with the package of this checkout."""
    environment = {**os.environ, "PYTHONPATH": str(repository / "src"), "NO_COLOR": "1", "COLUMNS": "200"}
    environment.pop("FORCE_COLOR", None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def readme_blocks(language: str) -> list[str]:
    """Return the fenced blocks of the README in one language."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def tables(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every table of a run folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("tables/**/*.parquet"))}
