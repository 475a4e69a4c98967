"""What fuzzing has in common with the faults: a folder in memory, where a sync costs nothing."""

from tests.faults.conftest import quick

__all__ = ["quick"]
