"""A Value carries its evidence and refuses nonsense."""

import math
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ValidationError

from seedsoil.foundation.value import Quantity, Value, quantity, values_in


class Clone(BaseModel):
    rate: Annotated[Value, Quantity("1/day", minimum=0.0)]
    share: Annotated[Value, Quantity("1", minimum=0.0, maximum=1.0)] = Value(
        number=0.5, unit="1", grade="assumed", source="assumed"
    )
    sizes: tuple[Annotated[Value, Quantity("mm")], ...] = ()


TABLE: dict[str, Any] = {
    "value": 0.2,
    "unit": "1/day",
    "low": 0.1,
    "high": 0.3,
    "grade": "human",
    "source": "bozic_2013",
}


def test_a_table_is_read() -> None:
    rate = Clone(rate=TABLE).rate  # type: ignore[arg-type]
    assert (float(rate), rate.low, rate.high, rate.grade, rate.source) == (0.2, 0.1, 0.3, "human", "bozic_2013")
    assert str(rate) == "0.2 /day"


def test_number_and_range_are_converted_to_the_fields_unit() -> None:
    rate = Clone(rate={**TABLE, "value": 1.4, "low": 0.7, "high": 2.1, "unit": "1/week"}).rate  # type: ignore[arg-type]
    assert rate.unit == "1/day"
    assert (float(rate), rate.low, rate.high) == pytest.approx((0.2, 0.1, 0.3))


def test_a_text_from_a_study_file_is_graded_assumed() -> None:
    rate = Clone(rate="0.2 /day").rate  # type: ignore[arg-type]
    assert (float(rate), rate.grade, rate.source) == (0.2, "assumed", "study file")


def test_a_noun_survives_writing_and_reading() -> None:
    clone = Clone(rate={**TABLE, "note": "n", "recalled": True}, sizes=["1 mm", "2 cm"])  # type: ignore[arg-type, list-item]
    assert Clone.model_validate(clone.model_dump()) == clone
    assert Clone.model_validate_json(clone.model_dump_json()) == clone


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (0.2, "has no unit"),
        ("-1 /day", "below 0 /day"),
        ("3 mm", "is a length, but a rate is due"),
        ({**TABLE, "value": 0.5}, "outside its own range"),
        ({**TABLE, "low": 0.4, "high": 0.1}, "runs backwards"),
        ({**TABLE, "low": -0.1}, "low = -0.1 /day is below"),
        ({**TABLE, "value": math.nan}, "not a finite number"),
        ({**TABLE, "value": "0.2"}, "not a finite number"),
        ({**TABLE, "value": True}, "not a finite number"),
        ({**TABLE, "unit": "day"}, "is a time, but a rate is due"),
        ({**TABLE, "grade": "sure"}, "none of human, animal"),
        ({**TABLE, "source": ""}, "source is empty"),
        ({**TABLE, "source": 3}, "not a text"),
        ({**TABLE, "recalled": "yes"}, "not a true or false"),
        ({**TABLE, "hihg": 3}, "Did you mean 'high'?"),
        ({"value": 0.2}, "'grade' is missing; 'source' is missing"),
        ({"value": 0.2, "grade": "human", "source": "x"}, "'unit' is missing"),
        (None, "expected a quantity"),
    ],
)
def test_nonsense_is_refused_in_plain_words(given: object, words: str) -> None:
    with pytest.raises(ValidationError, match=None) as caught:
        Clone(rate=given)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_a_share_stays_between_none_and_all() -> None:
    with pytest.raises(ValidationError, match="above 1, the most allowed"):
        Clone(rate="1 /day", share=1.5)  # type: ignore[arg-type]


def test_an_unknown_unit_in_the_code_fails_at_once() -> None:
    with pytest.raises(ValueError, match="unknown unit"):
        quantity("blorp")


def test_a_value_is_immutable() -> None:
    value = Value(number=1, unit="1", grade="assumed", source="assumed")
    with pytest.raises(ValidationError, match="frozen"):
        value.number = 2  # type: ignore[misc]


def test_all_values_of_a_noun_are_found_with_their_places() -> None:
    clone = Clone(rate="1 /day", sizes=["1 mm", "2 mm"])  # type: ignore[arg-type, list-item]
    assert [place for place, _ in values_in(clone)] == ["rate", "share", "sizes[0]", "sizes[1]"]


def test_the_json_schema_allows_text_and_table() -> None:
    schema = Clone.model_json_schema()["properties"]
    assert [kind["type"] for kind in schema["rate"]["anyOf"]] == ["string", "object"]
    assert [kind["type"] for kind in schema["share"]["anyOf"]] == ["string", "number", "object"]
