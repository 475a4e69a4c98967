"""What every test gets: marks from its path, a seeded generator, one thread, and no screen."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop(
    "COLUMNS", None
)  # processes that test side by side are given a screen's width: here everything goes to a pipe
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

repository = Path(__file__).resolve().parent.parent
_marked_folders = ("theory", "faults", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test after the folder that it lies in."""
    for item in items:
        parts = item.path.relative_to(repository).parts
        for folder in _marked_folders:
            if folder in parts:
                item.add_marker(folder)


@pytest.fixture
def generator() -> np.random.Generator:
    """Give a generator that is the same in every run."""
    return np.random.default_rng(20150527)


# A verdict is a function of the code alone: hypothesis draws the same examples on every run.
settings.register_profile("fixed", derandomize=True, database=None)
settings.load_profile("fixed")
