"""Sections of a page: a heading, sentences, and numbers in columns with their range and evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from seedsoil.catalogue.words import GRADES, meaning
from seedsoil.foundation.units import plain
from seedsoil.foundation.value import OPEN_SOURCES, Value

__all__ = ["WIDTH", "Row", "Section", "computed", "numbers", "row", "short", "wrapped"]

#: Characters in a line.
WIDTH = 110
_LABEL = 50
_SECONDS = 86400.0


@dataclass(frozen=True)
class Row:
    """A number in words: what it is, how large, in which range, how it is known, a remark, and its name in a file."""

    label: str
    number: str
    span: str = ""
    evidence: str = ""
    note: str = ""
    key: str = ""


@dataclass(frozen=True)
class Section:
    """A heading with sentences and rows below it."""

    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield the section as lines of text."""
        yield self.heading
        for sentence in self.sentences:
            yield from wrapped(sentence, "  ")
        if not self.rows:
            return
        widths = [
            max(len(each.label) for each in self.rows),
            max(len(each.number) for each in self.rows),
            max(len(each.span) for each in self.rows),
        ]
        widths[0] = min(widths[0], _LABEL)
        alike = 0
        for each, following in zip(self.rows, [*self.rows[1:], None], strict=True):
            cells = (each.label, each.number, each.span)
            columns = [f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True) if width]
            name = f"[{each.key}]" if each.key and each.key.replace("_", " ") != each.label else ""
            yield f"  {'  '.join([*columns, each.evidence])} {name}".rstrip()
            alike += 1
            if following is None or following.note != each.note:
                if each.note:
                    yield from wrapped(each.note if alike == 1 else f"for these {alike}: {each.note}", "      ")
                alike = 0


def wrapped(text: str, indent: str = "", after: str | None = None) -> list[str]:
    """Return text as lines of at most ``WIDTH`` characters, those after the first indented by ``after``."""
    later = indent if after is None else after
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )


def short(number: float, unit: str = "1") -> str:
    """Return a number to four digits with its unit; times as people say them."""
    if unit == "day":
        return f"{number * _SECONDS:.2g} seconds" if 0.0 < number * _SECONDS < 60.0 else plain(number)
    digits = f"{float(f'{number:.4g}'):.6g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    return digits if unit == "1" else f"{digits} {unit.removeprefix('1')}"


def row(label: str, value: Value, key: str = "") -> Row:
    """Return the row of a number, and its name in a file where that is not the label."""
    span = ""
    if value.low is not None and value.high is not None and value.low < value.high:
        low = short(value.low, value.unit if value.unit == "day" else "1")
        span = f"{low} to {short(value.high, value.unit if value.unit == 'day' else '1')}"
    evidence = GRADES[value.grade]
    if value.source != value.grade and not (value.source in OPEN_SOURCES and value.grade == "assumed"):
        evidence += f", {value.source}"
    if value.recalled and value.source != "recalled":
        evidence += " (recalled)"
    return Row(label, short(value.number, value.unit), span, evidence, value.note, key)


def computed(label: str, number: str, note: str = "") -> Row:
    """Return the row of a number that follows from others."""
    return Row(label, number, "", "computed", note)


def numbers(noun: BaseModel | None, fields: Iterable[str] | None = None) -> tuple[Row, ...]:
    """Return a row for each number that a noun itself holds, or for those of the named fields; none for no noun."""
    if noun is None:
        return ()
    held = ((name, getattr(noun, name)) for name in (type(noun).model_fields if fields is None else fields))
    return tuple(row(meaning(noun, name), value, name) for name, value in held if isinstance(value, Value))
