"""Units are read at the door, and nothing without a unit comes in."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedsoil.foundation.errors import UnitError
from seedsoil.foundation.units import plain, read, read_number, write


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("0.2 /day", "1/day", 0.2),
        ("0.2 1/day", "1/day", 0.2),
        ("0.2 per day", "1/day", 0.2),
        ("1 /week", "1/day", 1 / 7),
        ("3 weeks", "day", 21),
        ("10 years", "day", 3652.5),
        ("12 months", "day", 365.25),
        ("36 h", "day", 1.5),
        ("3weeks", "day", 21),
        ("35 mm", "mm", 35),
        ("3.5 cm", "mm", 35),
        ("100 um", "mm", 0.1),
        ("85 mg/m^2", "mg/m^2", 85),
        ("85 mg/m2", "mg/m^2", 85),
        ("0.085 g/m²", "mg/m^2", 85),
        ("5 mg/kg", "mg/kg", 5),
        ("5 mg/kg/day", "mg/kg/day", 5),
        ("4 ug/mL", "mg/L", 4),
        ("9.01 mL/h", "L/day", 0.21624),
        ("6.5 L/min", "L/day", 9360),
        ("30 mL", "L", 0.03),
        ("1 L", "mm^3", 1e6),
        ("400 mm/mm^3", "mm/mm^3", 400),
        ("1e6 cells/g/day", "cell/g/day", 1e6),
        ("1e9 cells", "cell", 1e9),
        ("20 %", "1", 0.2),
        ("0.2", "1", 0.2),
        (0.2, "1", 0.2),
        (3, "1", 3),
        ("5 kPa", "mmHg", 37.503085),
        ("2 fortnights", "day", 28),
        ("-3 days", "day", -3),
    ],
)
def test_a_quantity_is_read(text: object, unit: str, number: float) -> None:
    assert read(text, unit) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        (0.2, "1/day", "has no unit"),
        ("0.2", "1/day", "has no unit"),
        ("nan day", "day", "finite"),
        ("inf day", "day", "finite"),
        ("1e999 day", "day", "finite"),
        (math.nan, "1", "finite"),
        (math.inf, "1", "finite"),
        ("3 mm", "day", "is a length, but a time is due"),
        ("5 mg/kg", "1", "is a dose per body mass, but a pure number is due"),
        ("5 mg/kg", "mg", "but an amount is due"),
        ("3 weks", "day", "Did you mean 'weeks'?"),
        ("3 blorps", "day", "unknown unit 'blorps'"),
        ("3 day/", "day", "unknown unit '/'"),
        ("3 mg//L", "mg/L", "unknown unit"),
        ("1,5 days", "day", "unknown unit"),
        ("__import__('os')", "day", "does not start"),
        ("3 __import__('os')", "day", "unknown unit"),
        ("9" * 200 + " day", "day", "too long"),
        ("٣ days", "day", "has the digit '٣', which is none of 0 to 9"),
        ("3.１ days", "day", "has the digit '１', which is none of 0 to 9"),
        ("1e１ days", "day", "has the digit '１', which is none of 0 to 9"),
        ("²", "1", "does not start"),
        ("", "day", "does not start"),
        (True, "1", "expected a quantity"),
        (None, "day", "expected a quantity"),
        ([1], "day", "expected a quantity"),
    ],
)
def test_anything_else_is_refused_in_one_line(text: object, unit: str, words: str) -> None:
    with pytest.raises(UnitError) as caught:
        read(text, unit)
    assert words in str(caught.value)
    assert len(caught.value.faults) == 1
    assert "\n" not in str(caught.value)


def test_a_number_with_its_unit_apart_is_read() -> None:
    assert read_number(30, "mL", "L") == pytest.approx(0.03)
    with pytest.raises(UnitError):
        read_number(30, "mL", "day")


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["day", "1/day", "mg/L", "mg/m^2", "1", "cell", "L/day"]),
)
def test_what_is_written_is_read_back_to_the_last_bit(number: float, unit: str) -> None:
    assert read(write(number, unit), unit) == number


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.5 / 24, "30 minutes"),
        (0.25, "6 hours"),
        (1, "1 day"),
        (14, "14 days"),
        (228, "7.5 months"),
        (3.2 * 365.25, "3.2 years"),
        (3652.5, "10 years"),
        (math.inf, "never"),
    ],
)
def test_a_time_is_said_as_people_say_it(days: float, words: str) -> None:
    assert plain(days) == words
