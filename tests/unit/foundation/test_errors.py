"""Errors name every fault, its place and what to do."""

import pickle

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from seedsoil.foundation.errors import (
    CatalogueError,
    SeedsoilError,
    StudyError,
    UnitError,
    did_you_mean,
    known_words,
    validation_faults,
)


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    flow: float


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rate: float
    sites: dict[str, Inner] = {}
    arms: tuple[Inner, ...] = ()


def test_an_error_holds_every_fault_as_a_line() -> None:
    error = StudyError(["first", "second"])
    assert error.faults == ("first", "second")
    assert str(error) == "first\nsecond"
    assert StudyError("only one").faults == ("only one",)


def test_faults_survive_the_way_back_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(CatalogueError(["a", "b"])))
    assert isinstance(error, CatalogueError)
    assert error.faults == ("a", "b")


def test_a_unit_error_is_caught_as_either_kind() -> None:
    assert issubclass(UnitError, SeedsoilError)
    assert issubclass(UnitError, ValueError)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("livr", " Did you mean 'liver'?"),
        ("Lung", " Did you mean 'lung'?"),
        ("lu", " Did you mean 'lung'?"),
        ("colon", " Did you mean 'colon_adenocarcinoma'?"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_a_near_miss_is_answered_with_the_nearest_name(name: str, answer: str) -> None:
    assert did_you_mean(name, ["liver", "lung", "colon_adenocarcinoma"]) == answer


def test_a_long_list_of_names_is_cut() -> None:
    assert known_words("cab") == "a, b, c"
    assert known_words([f"n{k:02}" for k in range(25)]).endswith("n19 and 5 more")


def test_each_fault_of_a_file_says_its_place() -> None:
    table = {"rat": 1, "rate": "fast", "sites": {"lung": {"flw": 1, "flow": 2}}, "arms": [{"flow": 1}, {}]}
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(table)
    lines = validation_faults(caught.value, Outer, "my.toml")
    assert len(lines) == 4
    assert "my.toml: sites.lung.flw: unknown key 'flw'. Did you mean 'flow'? Known: flow." in lines
    assert "my.toml: arms[1].flow: is missing" in lines
    assert any(line.startswith("my.toml: rat: unknown key 'rat'. Did you mean 'rate'?") for line in lines)
