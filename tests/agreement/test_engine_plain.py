"""The compiled engine and the same source as plain Python agree to the last bit, draw for draw."""

import os
import subprocess
import sys
from pathlib import Path

from tests.agreement.engine_trace import trace


def test_the_engine_is_the_same_without_compilation() -> None:
    """A treated, operated, scanned patient, and two at random: catches any draw, rounding or branch that compilation changes.

    One unit in the last place of any number of the state is caught.
    """
    root = Path(__file__).parents[2]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    plain = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.agreement.engine_trace"],
        env=environment, cwd=root, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    compiled = trace()
    assert int(compiled.split()[1]) > 3, "the example must seed, or it shows little"
    assert plain.stdout.strip() == compiled
