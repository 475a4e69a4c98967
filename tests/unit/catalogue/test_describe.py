"""An entry is described in plain words, with its evidence."""

import pytest

from seedsoil.catalogue.describe import citations, describe, reference
from seedsoil.catalogue.load import entry
from seedsoil.foundation.errors import CatalogueError
from seedsoil.foundation.value import Value


def test_a_number_stands_with_unit_range_grade_and_source() -> None:
    text = describe("bevacizumab")
    assert "distribution clearance: 0.206 L/day (0.12 to 0.37) [human, han_2016]" in text
    assert "han_2016: Han, K. et al." in text


def test_a_part_is_called_by_its_name() -> None:
    assert "mechanisms target rate" in describe("colon_adenocarcinoma")
    assert "veins -> right_heart: 1" in describe("adult")


def test_an_unknown_name_is_answered() -> None:
    with pytest.raises(CatalogueError, match="Did you mean 'liver'"):
        describe("livr")
    with pytest.raises(CatalogueError, match="no entry 'hosts/liver'"):
        describe("hosts/liver")


def test_citations_count_what_rests_on_each_source() -> None:
    values = [Value(number=1, unit="1", grade="human", source="icrp_2002", recalled=True)] * 2
    values.append(Value(number=1, unit="1", grade="assumed", source="study file"))
    lines = citations(values)
    assert [(line["key"], line["values"], line["recalled"]) for line in lines] == [
        ("icrp_2002", 2, 2),
        ("study file", 1, 0),
    ]
    assert sum(int(str(line["values"])) for line in citations(entry("hosts", "adult"))) > 100


def test_a_reference_reads_like_one() -> None:
    assert reference("cifone_fidler_1981").startswith("Cifone, M. A.; Fidler, I. J.. Increasing") is False
    assert "78:6949. 1981" in reference("cifone_fidler_1981")
