"""The law of every door: what is given is taken, or refused by an error of our own; within seconds, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from seedsoil.foundation.errors import SeedsoilError, legible
from tests.inputs.cases import Overdue, deadline

Answer = TypeVar("Answer")

#: Seconds of this process in which anything must be answered.
MOST_SECONDS = 5.0
LONGEST_LINE = 5_000


def counts(quick: int, deep: int) -> pytest.MarkDecorator:
    """Give a test its number of inputs: so many in `make test`, and so many, of other luck, in `make verify`."""
    return pytest.mark.parametrize("count", [quick, pytest.param(deep, marks=pytest.mark.slow)])


def tried(check: Callable[[Any], None], inputs: st.SearchStrategy[Any], count: int, known: Iterable[Any] = ()) -> None:
    """Check inputs that were a fault once, and then so many drawn ones: the same ones in every run."""
    for one in known:
        check(one)

    @seed(count)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs)
    def each(one: Any) -> None:
        check(one)

    each()


def taken(what: Callable[[], Answer]) -> Answer | None:
    """Return what a call answers, None where it refuses what it was given; whatever else happens fails the test."""
    try:
        with deadline(MOST_SECONDS):
            return what()
    except Overdue:
        raise AssertionError(f"no answer within {MOST_SECONDS:g} s") from None
    except SeedsoilError as error:
        faults = error.faults
    assert faults, "a refusal that says nothing"
    for fault in faults:
        line = legible(" ".join(fault.split("\n")))
        assert line.strip(), "a refusal that says nothing"
        assert line.isprintable(), f"a line that cannot be read: {line[:80]!r}"
        assert len(line) <= LONGEST_LINE, f"a line of {len(line)} characters: {line[:80]!r}"
    return None
