"""Where data of others lie, if they are at hand: reference results of test suites, and published evidence."""

import os
from pathlib import Path

import pytest

_here = Path(__file__).resolve().parent


def reference_folder(name: str) -> Path:
    """Return the folder `name` of the reference data, or skip the test that asks.

    Looked for in the folder that SEEDSOIL_REFERENCE names, else in `shared/reference` beside or above the repository.
    """
    return _found("reference", "SEEDSOIL_REFERENCE", name)


def evidence_file(name: str) -> Path:
    """Return the file `name` of the published evidence, or skip the test that asks.

    Looked for in the folder that SEEDSOIL_EVIDENCE names, else in `shared/evidence` beside or above the repository.
    """
    return _found("evidence", "SEEDSOIL_EVIDENCE", name)


def _found(kind: str, variable: str, name: str) -> Path:
    named = os.environ.get(variable)
    places = [Path(named)] if named else [above / "shared" / kind for above in _here.parents]
    for place in places:
        if (place / name).exists():
            return place / name
    pytest.skip(f"{kind} {name!r} not found; set {variable} to the folder that holds it")
