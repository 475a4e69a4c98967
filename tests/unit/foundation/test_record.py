"""A record names what made a result, and says what it is not for."""

import json
from pathlib import Path

import pytest

from seedsoil.foundation import origin
from seedsoil.foundation.record import identity, make_record, versions
from seedsoil.foundation.value import Value

VALUES = [
    Value(number=1, unit="1", grade="human", source="recalled", recalled=True),
    Value(number=1, unit="1", grade="assumed", source="assumed"),
]


def test_the_identity_hangs_on_study_and_seed_alone() -> None:
    first = identity("a = 1\n", 7)
    assert len(first) == 64
    assert first == identity("a = 1\r\n\r\n", 7) == identity("a = 1  \n", 7)
    assert first != identity("a = 2\n", 7)
    assert first != identity("a = 1\n", 8)
    assert first != identity("  a = 1\n", 7)


@pytest.mark.parametrize(
    ("room", "counts"), [("body", True), ("catalogue/organs", True), ("show", False), ("cli", False)]
)
def test_code_counts_where_it_makes_results(
    room: str, counts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed law or number gives another identity; a changed picture or message does not."""
    file = tmp_path / room / "one.py"
    file.parent.mkdir(parents=True)
    monkeypatch.setattr(origin, "_PACKAGE", tmp_path)
    found = []
    for text in ("a = 1\n", "a = 2\n"):
        file.write_text(text)
        origin.package_hash.cache_clear()
        found.append(identity("study", 1))
    origin.package_hash.cache_clear()
    assert (found[0] != found[1]) is counts


def test_a_record_is_one_json_document_with_everything() -> None:
    record = make_record("a = 1\n", 7, VALUES, [{"key": "recalled", "values": 1}])
    text = record.to_json()
    assert text == make_record("a = 1\n", 7, VALUES, [{"key": "recalled", "values": 1}]).to_json()
    held = json.loads(text)
    assert held["resolved"] == "a = 1\n"
    assert held["seed"] == 7
    assert held["identity"] == identity("a = 1\n", 7)
    assert held["grades"] == {"human": 1, "animal": 0, "cells": 0, "fitted": 0, "assumed": 1}
    assert set(held["versions"]) == {"python", "numpy", "numba", "pyarrow", "seedsoil"}
    assert held["citations"] == [{"key": "recalled", "values": 1}]


def test_the_card_is_frank() -> None:
    card = make_record("", 1, VALUES).card
    assert "Not for clinical decisions" in card
    assert "Assumed: 1 numbers" in card
    assert "1 of all numbers were recalled" in card


def test_versions_are_those_that_run() -> None:
    import numpy as np

    assert versions()["numpy"] == np.__version__
