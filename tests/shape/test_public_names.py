"""The public names are few, known, lazy, and cheap to import."""

import json
import os
import statistics
import subprocess
import sys

import pytest

import seedsoil
from tests.shape.sources import package

public_names = [
    "History",
    "Protocol",
    "Study",
    "__version__",
    "check",
    "concentration",
    "open_scene",
    "run",
    "sample_mutants",
    "sample_population",
    "show",
    "simulate",
    "zoom",
]

_probe = """
import json, sys, time
start = time.perf_counter()
import seedsoil
print(json.dumps({"seconds": time.perf_counter() - start, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def _import_once() -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = subprocess.run([sys.executable, "-c", _probe], env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_public_names_snapshot() -> None:
    """A new public name is a promise: add it here, and to the README, on purpose."""
    assert sorted(seedsoil.__all__) == public_names
    assert dir(seedsoil) == public_names


@pytest.mark.parametrize("name", public_names)
def test_public_name_exists_and_is_explained(name: str) -> None:
    value = getattr(seedsoil, name)
    if name != "__version__":
        assert (value.__doc__ or "").strip(), f"seedsoil.{name} has no docstring"


def test_unknown_name_lists_what_exists() -> None:
    with pytest.raises(AttributeError, match="no public name 'simulat'.*simulate"):
        _ = seedsoil.simulat


def test_import_is_fast_and_loads_nothing_heavy() -> None:
    """The median of five imports stays under half a second, and no heavy library is touched."""
    answers = [_import_once() for _ in range(5)]
    heavy = {"matplotlib", "numba", "pandas", "scipy", "lifelines", "pint", "pyarrow", "numpy", "pydantic"}
    loaded = answers[0]["loaded"]
    assert isinstance(loaded, list)
    assert not heavy & set(loaded)
    assert statistics.median(float(str(answer["seconds"])) for answer in answers) < 0.5
