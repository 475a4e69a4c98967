"""Every kind of bad value for every field of the base study, and of those that look bad and are legal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction

from tests.inputs.cases import Case, shown_words
from tests.inputs.fields import STUDY, Base, Field, fields

#: Name, how it is written, its value: None is no finite number.
NUMBERS: tuple[tuple[str, str, Fraction | None], ...] = (
    ("nan", "nan", None), ("infinity", "inf", None), ("minus infinity", "-inf", None), ("overflow", "1e999", None),
    ("overflow below", "-1e999", None), ("subnormal", "5e-324", Fraction(5, 10**324)), ("tiny", "1e-200", Fraction(1, 10**200)),
    ("negative", "-1.0", Fraction(-1)), ("a little negative", "-1e-9", Fraction(-1, 10**9)), ("minus zero", "-0.0", Fraction(0)),
    ("zero", "0.0", Fraction(0)), ("2^53 + 1", "9007199254740993.0", Fraction(2**53 + 1)), ("huge", "1e300", Fraction(10) ** 300),
)  # fmt: skip
WHOLES: tuple[tuple[str, str, Fraction | None], ...] = (
    ("negative whole", "-1", Fraction(-1)), ("zero whole", "0", Fraction(0)), ("2^31 whole", "2147483648", Fraction(2**31)),
    ("2^53 + 1 whole", "9007199254740993", Fraction(2**53 + 1)), ("2^63", "9223372036854775808", Fraction(2**63)),
    ("2^64", "18446744073709551616", Fraction(2**64)), ("400 digits", "9" * 400, None), ("5000 digits", "9" * 5000, None),
)  # fmt: skip
#: Texts that hold no quantity, no name of anything, and would do harm where a text is run, drawn, or made a path.
TEXTS: tuple[tuple[str, str], ...] = (
    ("word", "lots"), ("null", "null"), ("path upwards", "../x"), ("absolute path", "/etc/passwd"), ("device", "CON"),
    ("leading dash", "-x"), ("home", "~"), ("percent", "%s%n"), ("markup", "<script>alert(1)</script>"), ("formula", '=cmd()'),
    ("expression", "7*2 days"), ("import", "__import__('os').system('x')"), ("variable", "${HOME}"), ("template", "{{7*7}}"),
    ("emoji", "\N{TUMBLER GLASS}\N{SMILING FACE WITH HALO}"), ("lookalike", "1\N{CYRILLIC SMALL LETTER O}0 days"), ("quotes", "\"'\"'"),
)  # fmt: skip
#: Texts that no field may hold.
HIDDEN: tuple[tuple[str, str], ...] = (
    ("empty", ""), ("blank", "   "), ("nul", "14\0 days"), ("newline", "14\ndays"), ("carriage return", "14\rdays"),
    ("escape", "\x1b[31m14"), ("right-to-left override", "14 \N{RIGHT-TO-LEFT OVERRIDE}days"),
    ("right-to-left mark", "14 \N{RIGHT-TO-LEFT MARK}days"), ("line separator", "14\N{LINE SEPARATOR}days"),
    ("100,000 characters", "x" * 100_000),
)  # fmt: skip
#: Values of another type, as TOML, and words of which one must be shown.
TYPES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("empty list", "[]", ("list", "empty", "0 days", "none")), ("list of lists", "[[[[1]]]]", ("list",)), ("empty table", "{}", ("table", "missing")),
    ("table", "{ value = 1 }", ("table", "value", "missing")), ("true", "true", ("true",)), ("date", "2026-01-01", ("2026-01-01",)),
    ("time of day", "07:32:00", ("07:32",)), ("list of 10,000", f"[{'1, ' * 10_000}]", ("list", "1", "10000 days")),
)  # fmt: skip


def study_cases() -> Iterator[Case]:
    """Yield every case of every field of a study."""
    yield from cases_of(STUDY, fields())


def cases_of(base: Base, known: Iterable[Field]) -> Iterator[Case]:
    """Yield every case of some fields of a file."""
    for field in known:
        yield from _of(base, field)


def _case(base: Base, field: Field, kind: str, literal: str, legal: bool, *shows: str) -> Case:
    key = field.place.rsplit(".", 1)[-1]
    shows += field.says
    places = (field.place, *field.also, f"line {base.lines()[field.place] + 1}:")
    return Case(base.door, field.place, kind, base.with_line(field.place, f"{key} = {literal}"), legal, places, shows)


def _of(base: Base, field: Field) -> Iterator[Case]:
    yield from _numbers(base, field)
    yield from _texts(base, field)
    yield from _keys(base, field)
    for kind, literal, shows in TYPES:
        legal = (field.holds == "truth" and kind == "true") or (
            kind == "empty list" and ((field.holds == "names" and field.empty) or field.place.endswith(".extends"))
        )
        yield _case(base, field, kind, literal, legal, *shows)
    if not field.listed:
        yield _case(base, field, "in a list", f"[{base.good(field)}]", False, "list")
    if field.holds in ("quantity", "whole"):
        yield from _units(base, field)


def _numbers(base: Base, field: Field) -> Iterator[Case]:
    """Yield numbers as such, and with the field's unit in a text."""
    for kind, literal, value in (*NUMBERS, *WHOLES):
        shows = (
            (literal[:12], literal.removesuffix(".0"), repr(float(literal)), "digits", f"{float(literal):.6e}")
            if len(literal) < 400
            else ("digits", "9" * 10)
        )
        shows += ("on day 0",) if value == 0 else ()  # a day is told without its sign
        bare = field.holds in ("quantity", "whole") and field.unit == ""
        point = (
            field.holds == "whole"
            and not field.place.endswith(".hits")
            and "." in literal + ("." if "e" in literal else "")
        )
        if len(literal) > 4300:
            yield _case(base, field, kind, literal, False, "5000 digits")
            continue
        yield _case(base, field, kind, literal, bare and not point and field.allows(value), *shows)
        if field.holds == "quantity":
            yield _case(base, field, f"{kind} in a text", f'"{literal} {field.unit}"', field.allows(value), *shows)
    if field.holds == "whole":
        yield _case(base, field, "fraction where count", "2.5", False, "2.5")
        yield _case(base, field, "in quotes", f'"{base.good(field)}"', field.place.endswith(".hits"), base.good(field))
        yield _case(base, field, "hexadecimal", hex(int(base.good(field))), True)


def _codes(text: str) -> tuple[str, ...]:
    """Return how a message tells the characters of a text that nobody sees."""
    return tuple(f"U+{ord(each):04X}" for each in text if not each.isprintable())


def _texts(base: Base, field: Field) -> Iterator[Case]:
    free = field.holds == "text"
    for kind, text in TEXTS:
        yield _case(base, field, kind, json.dumps(text, ensure_ascii=False), free, *shown_words(text))
    for kind, text in HIDDEN:
        literal = "".join(
            f"\\u{ord(each):04X}" if ord(each) < 32 else each for each in json.dumps(text, ensure_ascii=False)
        )
        visible = kind not in ("right-to-left override", "line separator")
        yield _case(
            base,
            field,
            kind,
            literal if visible else json.dumps(text),
            field.holds == "name" and kind == "empty",
            *shown_words(text),
            "empty",
            '""',
            "''",
            *_codes(text),
        )
    if field.holds == "quantity":
        digits = base.good(field).translate({ord(str(each)): chr(0xFF10 + each) for each in range(10)})
        yield _case(
            base,
            field,
            "full-width digits",
            digits if digits[0] == '"' else f'"{digits}"',
            False,
            *shown_words(digits.strip('"')),
        )
        yield _case(base, field, "decimal comma", f'"1,5 {field.unit}"', False, "1,5")
        yield _case(
            base, field, "typographic minus", f'"\N{MINUS SIGN}1 {field.unit}"', False, "\N{MINUS SIGN}", "\\u2212"
        )
        yield _case(base, field, "invisible space", f'"1\N{ZERO WIDTH SPACE} {field.unit or "x"}"', False, "1\\u200b")


def _units(base: Base, field: Field) -> Iterator[Case]:
    number = base.good(field).strip('"').split(" ")[0]
    yield _case(base, field, "unit of another dimension", f'"{number} {field.other}"', False, field.other)
    yield _case(base, field, "unknown unit", f'"{number} florins"', False, "florins")
    if field.unit:
        yield _case(base, field, "unit missing", number, False, number, repr(float(number)))
        yield _case(base, field, "unit missing in a text", f'"{number}"', False, number)
        yield _case(base, field, "unit alone", f'"{field.unit}"', False, field.unit)
        yield _case(base, field, "unit first", f'"{field.unit} {number}"', False, field.unit)
        yield _case(base, field, "two units", f'"{number} {field.unit} mmHg"', False, number)


def _keys(base: Base, field: Field) -> Iterator[Case]:
    section, _, key = field.place.rpartition(".")
    line = base.text.splitlines()[base.lines()[field.place]]
    yield Case(
        base.door,
        field.place,
        "missing",
        base.with_line(field.place, None),
        not field.required,
        (field.place, section),
        ("missing", "none of", "there is one", "leave it out", *field.says),
    )
    twice = base.with_line(field.place, f"{line}\n{line}")
    yield Case(
        base.door, field.place, "twice", twice, False, (f"line {base.lines()[field.place] + 2}",), ("second time",)
    )
    for kind, wrong in (("misspelt key", f"{key}x"), ("key in capitals", key.upper())):
        text = base.with_line(field.place, f"{line}\n{wrong} = 1")
        yield Case(base.door, field.place, kind, text, False, (section,), (f'"{wrong}"', wrong))
