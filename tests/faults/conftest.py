"""What the faults have in common: a folder in memory, where a sync costs nothing, and an undisturbed run to compare with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import ready


@pytest.fixture
def quick() -> Iterator[Path]:
    """Give an empty folder, in memory where there is such a thing."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="seedsoil-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the SHA-256 of each file of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    ready.fill(folder)
    return ready.hashes(folder)


@pytest.fixture
def finished(quick: Path) -> Path:
    """Give the folder of a finished run."""
    ready.fill(quick / "run")
    return quick / "run"
