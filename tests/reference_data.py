"""Where the reference data of other people's test suites lie, if they are at hand."""

import os
from pathlib import Path

import pytest

_here = Path(__file__).resolve().parent


def reference_folder(name: str) -> Path:
    """Return the folder `name` of the reference data, or skip the test that asks.

    Looked for in the folder that SEEDSOIL_REFERENCE names, else in `shared/reference` beside or above the repository.
    """
    named = os.environ.get("SEEDSOIL_REFERENCE")
    places = [Path(named)] if named else [above / "shared" / "reference" for above in _here.parents]
    for place in places:
        if (place / name).is_dir():
            return place / name
    pytest.skip(f"reference data {name!r} not found; set SEEDSOIL_REFERENCE to the folder that holds it")
