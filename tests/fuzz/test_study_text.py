"""Quantities, studies, orders, conditions and a user's own entries: any text is read, or refused in lines."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from seedsoil.foundation.errors import StudyError
from seedsoil.foundation.units import read, write
from seedsoil.foundation.value import Quantity, Value
from seedsoil.trial.study.file import Study
from tests.faults.unlucky import TEXT
from tests.fuzz.damage import WORDS, damaged, odd, spoiled
from tests.fuzz.law import counts, taken, tried
from tests.inputs.fields import BASE

UNITS = ("day", "1/day", "mg/L", "mg/m^2", "1", "cell", "L/day", "mm", "mmHg", "1/Gy")
_PIECES = (
    "1", "3", "0.2", "-5", "1e9", "1e308", "1e-308", ".", "e", "+", "-", " ", "/", "//", "*", "**", "^", "^2", "**9", "9", "2", "-1", "per", "per ", "(", ")", "²", "³", "µ", "μ", "%",
    "day", "days", "h", "week", "fortnight", "furlong", "mg", "kg", "g", "ug", "m", "mm", "um", "L", "mL", "cell", "cells", "mol", "Gy", "degC", "dB", "percent", "lightyear",
    "cmH2O", "x", "pi", "lambda", "import", "@", "[", "{", "=", ",", "\0", "\n", "\u202e", "\u0663", "_", "pt", "count", "delta_", "nan", "inf",
)  # fmt: skip
quantities = st.one_of(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join), st.text(max_size=20))


def _quantity(given: tuple[str, str]) -> None:
    text, unit = given
    number = taken(lambda: read(text, unit))
    if number is not None:
        assert math.isfinite(number)
        assert read(write(number, unit), unit) == number


@counts(150, 50_000)
def test_any_text_is_a_quantity_or_refused(count: int) -> None:
    """Catches powers of powers, which a library computes for ever, and a number that is not written back."""
    known = [("1 9**9**9**9", "day"), ("1 day**9**9**9", "day"), ("1 s^9^9^9", "day"), ("1 fortnight**9**9", "day")]
    tried(_quantity, st.tuples(quantities, st.sampled_from(UNITS)), count, known)


_VALUE = {
    "value": 0.2,
    "unit": "/day",
    "low": 0.1,
    "high": 0.5,
    "grade": "human",
    "source": "assumed",
    "note": "",
    "recalled": True,
}


def _value(given: Any) -> None:
    field = Quantity("1/day", 0.0, 1e6)

    def read_value() -> Value:
        try:
            return field.value(given)
        except ValueError as error:  # which pydantic collects as a fault of the field
            raise StudyError(str(error)) from error

    made = taken(read_value)
    assert made is None or (math.isfinite(made.number) and field.value(made) == made)


@counts(60, 20_000)
def test_any_table_is_a_value_or_refused(count: int) -> None:
    """Catches a number, range or source of another type that is taken as it is."""
    tried(_value, st.one_of(spoiled(_VALUE), odd), count)


def _sensible(study: Study | None) -> None:
    """A study that was taken can be told, planned, written out and read again."""
    if study is None:
        return
    text = study.resolve()
    again = Study.read(text)
    assert again.resolve() == text
    assert again == study
    assert again.plan() == study.plan()
    assert study.explain().isascii() or all(each.isprintable() or each == "\n" for each in study.explain())


def _text(given: bytes) -> None:
    _sensible(taken(lambda: Study.read(given)))


SMALL = TEXT.format(patients=9).encode()
_DEEP = b"[study]\n" + b"a." * 40 + b"b = 1\n"


@counts(15, 1_500)
def test_any_text_is_a_study_or_refused(count: int) -> None:
    """Catches a traceback of a library, and a study that is not written out as it was read."""
    known = [b"", b"\xff\xfe", b"[" * 3000, b"x = " + b"9" * 5000, _DEEP]
    tried(_text, st.one_of(damaged(SMALL), damaged(BASE.encode()), st.binary(max_size=40)), count, known)


def _tables(given: dict[str, Any]) -> None:
    _sensible(taken(lambda: Study.from_tables(given)))


def _of(*sections: str) -> st.SearchStrategy[dict[str, Any]]:
    """Spoil some sections of a study, so that most inputs are not refused for others."""
    whole = tomllib.loads(BASE)
    return spoiled({name: whole[name] for name in sections}).map(lambda some: whole | some)


@counts(15, 1_500)
def test_any_tables_are_a_study_or_refused(count: int) -> None:
    """Sections, orders and conditions one by one: catches a type that nobody expected at any place of a study."""
    orders = _of("arms")
    tried(
        _tables,
        st.one_of(
            orders,
            orders,
            orders,
            _of("study", "diagnosis", "vary", "endpoints", "published"),
            spoiled(tomllib.loads(BASE)),
        ),
        count,
    )


#: Words of orders, of conditions and of what they name, at places of orders and conditions.
_ORDER_WORDS = (
    "resect", "ablate", "scan", "give", "biopsy", "irradiate", "inject", "draw", "count", "autopsy", "decide", "if", "then", "otherwise", "when", "after", "until", "progression",
    "primary", "metastases", "liver", "ct", "stage", "response", "largest", "ctc", "resistance", ">= 3", "< 5 mm", "= 10 %", ">=", "> > 3", "> 1e999", ">= \u0663", "PR", "M1", "II",
    "10 days", "1 day", "400 mg/m^2", "5 mg/kg", "fluorouracil", "oral", "vein", "1e9 cells", "lung", "2 Gy",
)  # fmt: skip
_order = st.dictionaries(
    st.sampled_from(_ORDER_WORDS[:24]),
    st.one_of(
        st.sampled_from(_ORDER_WORDS),
        odd,
        st.dictionaries(st.sampled_from(_ORDER_WORDS), st.one_of(st.sampled_from(_ORDER_WORDS), odd), max_size=3),
    ),
    max_size=5,
)


def _orders(given: Any) -> None:
    whole = tomllib.loads(SMALL.decode())
    _tables(whole | {"arms": {"one": {"do": given}}})


@counts(15, 1_500)
def test_any_orders_are_carried_out_or_refused(count: int) -> None:
    """Orders made of words of other orders: catches one that is half read."""
    tried(_orders, st.one_of(st.lists(_order, max_size=3), odd), count)


# ------------------------------------------------------------ a user's own entries, in files beside the study

_CATALOGUE = Path(__file__).parents[2] / "src/seedsoil/catalogue"
_ENTRIES = {
    "agents": ("bevacizumab", '[agents.mine]\n'), "organs": ("spleen", ""), "tumours": ("colon_adenocarcinoma", ""), "hosts": ("adult", ""), "vessels": ("two_pool", ""),
}  # fmt: skip
_STUDY = """
[study]
title = "Mine"
patients = 1
until = "60 days"
{catalogue}
[tumour]
is = "{tumours}"
[host]
is = "{hosts}"
[vessels]
is = "{vessels}"
[diagnosis]
primary_diameter = "3 mm"
[arms.one]
do = [ {{ give = "{agents}", dose = "5 mg/kg" }} ]
"""


def _entry_text(kind: str) -> str:
    name = _ENTRIES[kind][0]
    text = (_CATALOGUE / kind / f"{name}.toml").read_text(encoding="utf-8")
    return text.replace(f'name = "{name}"', 'name = "mine"', 1)


def _study_of(kind: str, chosen: bool) -> str:
    used = {each: name for each, (name, _) in _ENTRIES.items()} | {kind: "mine"}
    return _STUDY.format(catalogue='[catalogue]\nfolder = "."' if chosen else "", **used)


@pytest.mark.parametrize("kind", [kind for kind in _ENTRIES if kind != "organs"])
@counts(4, 600)
def test_any_file_beside_a_study_is_an_entry_or_refused(kind: str, count: int, tmp_path: Path) -> None:
    """Catches what the reader of entries does not guard against though that of studies does: deep keys, long numbers."""
    study, path, sources = tmp_path / "study.toml", tmp_path / "mine.toml", tmp_path / "sources.bib"
    text = _entry_text(kind).encode()
    study.write_text(_study_of(kind, chosen=True), encoding="utf-8")

    def check(given: tuple[bytes, bytes]) -> None:
        path.write_bytes(given[0])
        sources.write_bytes(given[1])
        made = taken(lambda: Study.load(study))
        if made is not None:
            assert Study.read(made.resolve()) == made
        assert {each.name for each in tmp_path.iterdir()} == {study.name, path.name, sources.name}

    check((text, b""))
    assert taken(lambda: Study.load(study)) is not None, "the entry as it is should be taken"
    bib = b"@article{key,\n title = {A},\n year = {2001},\n}\n"
    known = [
        (b"x = " + b"9" * 5000, b""),
        (b"a." * 5000 + b"b = 1", b""),
        (b"[" * 100_000, b""),
        (b"\xff", b"\xff"),
        (text + b"\na = 1\0", b"@{"),
        (text.replace(b'"mine"', b'"mi\0ne"', 1), b""),
        (text, b"@{key,\n title = {A},\n}\n"),
        (text, b"@article{key\x7f,\n title = {A},\n}\n"),
        (text, b"@article{key,\n a b = {A},\n}\n"),
        (text, b"@article{,\n title = {},\n}\n"),
        (text, b"@article{key,\n title = {" + b"A" * 2000 + b"},\n}\n"),
    ]
    tried(check, st.tuples(damaged(text), st.one_of(st.just(b""), damaged(bib))), count, known)


def test_an_entry_larger_than_a_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(_study_of("agents", chosen=False), encoding="utf-8")
    (tmp_path / "mine.toml").write_bytes(_entry_text("agents").encode())
    (tmp_path / "sources.bib").write_bytes(b"@article{a,\n}\n" * 100_000)
    assert taken(lambda: Study.load(tmp_path / "study.toml")) is None


def test_words_are_words() -> None:
    """Whatever is drawn from can be told apart: catches a list in which one word is there twice."""
    assert len(set(WORDS)) == len(WORDS)
