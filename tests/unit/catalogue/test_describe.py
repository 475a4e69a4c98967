"""An entry is described in plain words, with its evidence."""

import math

import pytest

from seedsoil.catalogue.describe import citations, describe, reference
from seedsoil.catalogue.load import entry, names
from seedsoil.catalogue.pages import sections
from seedsoil.catalogue.sections import short
from seedsoil.catalogue.words import MEANINGS
from seedsoil.foundation.errors import CatalogueError
from seedsoil.foundation.value import Value, values_in


def test_a_number_stands_with_unit_range_grade_and_source() -> None:
    text = describe("bevacizumab")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "clearance 0.206 L/day 0.12 to 0.37 in people, han_2016" in lines
    assert "volume of the first compartment 2.68 L 1.9 to 3.8 in people, han_2016 [volume]" in lines
    assert "han_2016: Han, K. et al." in text
    assert "A study changes a number under [agents.bevacizumab]" in text


def test_an_agent_says_what_it_does() -> None:
    """Its own sentence, its route, half-lives that follow from its kinetics, and what each signal is for."""
    text = describe("bevacizumab")
    assert text.splitlines()[1].startswith("An antibody against VEGF")
    assert "given into a vein" in text
    assert "vegf, and so sprouting, leak and the survival of vessels" in text
    (line,) = (line for line in text.splitlines() if "half-lives" in line)
    body = entry("agents", "bevacizumab").distribution
    kinetics = (body.clearance, body.volume, body.intercompartmental_clearance, body.peripheral_volume)
    slow = math.log(2.0) / min(_rates(*map(float, kinetics)))
    assert f"then {slow:.0f} days" in line
    assert line.endswith("computed")


def _rates(clearance: float, volume: float, exchange: float, second: float) -> tuple[float, float]:
    """The two rates of a two-compartment model, as roots of its characteristic polynomial."""
    total = clearance / volume + exchange / volume + exchange / second
    product = clearance / volume * exchange / second
    spread = math.sqrt(total**2 - 4.0 * product)
    return (total + spread) / 2.0, (total - spread) / 2.0


def test_a_toxic_agent_says_what_bounds_its_dose() -> None:
    text = describe("paclitaxel")
    slope = entry("agents", "paclitaxel").toxicity.neutrophil_slope
    assert f"{1.0 / float(slope):.4g} mg/L" in text.partition("no neutrophil is made at")[2].splitlines()[0]
    assert "Only cells that divide." in text
    assert "limited by blood flow" in text
    assert "is given at the limit" in text
    assert "most in a day, into a vein" in text
    assert "225 mg/m^2" in text.partition("most in a day, into a vein")[2].splitlines()[0]


def test_an_agent_that_saturates_says_so() -> None:
    """Its half-lives and clearance are told as those of small doses: catches a linear agent's page."""
    text = describe("fluorouracil")
    for words in (
        "eliminated at most",
        "half-life in plasma of small doses",
        "clearance of small doses; less of larger ones",
    ):
        assert words in text
    assert "249.6 L/h" in text
    assert "of small doses" not in describe("bevacizumab")


def test_a_tumour_says_where_it_grows_and_what_is_left_out() -> None:
    text = describe("b16_melanoma")
    grows = text.partition("doubles in:")[2].partition("It shrinks in:")
    assert "lung (" in grows[0]
    assert "kidney" in grows[2].splitlines()[0]
    for group in ("spread", "visibility", "dialogue", "radiosensitivity"):
        assert (getattr(entry("tumours", "b16_melanoma"), group) is None) == (f"[{group}]" not in text), group


def test_an_organ_names_the_seeds_that_grow_in_it() -> None:
    said = describe("organs/kidney").partition("these double in it:")[2]
    assert "b16_melanoma" in said.partition("These shrink:")[2].partition(".")[0]


def test_every_number_of_an_entry_stands_on_its_page() -> None:
    """Each Value gives one row: none is dropped when a noun gets a field."""
    for kind in ("agents", "tumours", "organs", "vessels"):
        for name in names(kind):
            noun = entry(kind, name)
            rows = [row for section in sections(noun) for row in section.rows if row.evidence != "computed"]
            assert len(rows) == sum(1 for _ in values_in(noun)), f"{kind}/{name}"


def test_meanings_are_of_fields_that_there_are() -> None:
    for model, words in MEANINGS.items():
        assert set(words) <= set(model.model_fields), model.__name__
        assert all(len(each) <= 55 for each in words.values())


def test_times_and_large_numbers_read_as_people_write_them() -> None:
    assert short(2.0 / 86400.0, "day") == "2 seconds"
    assert short(14.0, "day") == "14 days"
    assert (short(5e9, "1/L"), short(10_000.0), short(3e-5), short(0.5, "1/day")) == (
        "5e9 /L",
        "10000",
        "3e-5",
        "0.5 /day",
    )


def test_a_part_is_called_by_its_name() -> None:
    assert "Mechanism: target [mechanisms.target]" in describe("colon_adenocarcinoma")
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
