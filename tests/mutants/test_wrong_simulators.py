"""Thirty wrong simulators are each found out by a test: what the tests are worth, tested."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.run import REPOSITORY, caught, run_tests
from tests.mutants.simulators import WRONG, Wrong

#: Tried in `make test`: quick ones, of three rooms.
_QUICK = ("RECIST's nadir is the baseline", "censoring counted as an event", "Hill's power upside down")


def _name(one: Wrong) -> str:
    return one.name


def test_every_patch_still_fits() -> None:
    """Thirty or more, each with its place: catches a patch whose lines have gone, which would catch nothing."""
    assert len({one.name for one in WRONG}) == len(WRONG) >= 30
    for one in WRONG:
        text = (REPOSITORY / "src" / "seedsoil" / one.file).read_text(encoding="utf-8")
        assert text.count(one.right) == 1, one.name
        assert (REPOSITORY / "tests" / one.tests.split(" ")[0]).is_file()
        ast.parse(text.replace(one.right, one.wrong))


@pytest.mark.parametrize("one", [one for one in WRONG if one.name in _QUICK], ids=_name)
def test_some_wrong_simulators_are_caught(one: Wrong) -> None:
    """Catches tests that no longer look."""
    assert caught(one) == ""


@pytest.mark.slow
@pytest.mark.parametrize("one", [one for one in WRONG if one.name not in _QUICK], ids=_name)
def test_every_wrong_simulator_is_caught(one: Wrong) -> None:
    """Catches tests that no longer look."""
    assert caught(one) == ""


@pytest.mark.slow
@pytest.mark.parametrize("tests", sorted({one.tests for one in WRONG}))
def test_what_is_not_wrong_passes(tests: str) -> None:
    """The same tests, the same way, on the package as it is: catches a test that fails without any slip."""
    found = run_tests(tests, Path(REPOSITORY / "src"))
    assert found.returncode == 0, found.stdout[-500:]
