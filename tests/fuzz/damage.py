"""Ways to spoil what a parser reads: bytes cut, flipped and moved, and odd things put where others belong."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]
_WORD = re.compile(rb"[A-Za-z0-9_.+-]+")

#: Words that mean something to some parser, and are seldom meant where they stand.
WORDS: tuple[str, ...] = (
    "", " ", "0", "-0", "-1", "1e9", "1e999", "1e-320", "nan", "-inf", "inf", "true", "none", "null", "[]", "{}", "[[", "]]", '"', "'", '"""', "=", "#", ",", ".",
    "..", "../../x", "/", "\\", "~", "%s", "${HOME}", "<b>", "\n", "\r\n", "\t", "\0", "\x1b[31m", "\u202e", "\ufeff", "\u200b", "\U0001f9ec", "\u0663", "\uff11", "1_000", "0x10",
    "2147483648", "9223372036854775808", "9" * 400, "9" * 5000, "3 weeks", "0.2 /day", "85 mg/m^2", "5 mg/kg", "20 %", "-3 days", "1e308 years", "1 /0", "3 m**9",
    "1979-05-27", "07:32:00", "a.b.c", "x" * 300, "__class__", "is", "give", "do", "at", "every", "until", "liver", "primary", "all", "progression", ">= 3", "<= 1e99 mm",
)  # fmt: skip


def damaged(base: bytes, words: Sequence[str] = WORDS) -> st.SearchStrategy[bytes]:
    """Give some bytes after one to four changes."""
    place = st.integers(0, len(base))
    known = st.sampled_from([word.encode("utf-8", "surrogatepass") for word in words])
    loose = st.one_of(
        known, st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=4)
    )
    change = st.one_of(
        st.tuples(st.just("cut"), place, st.integers(1, 60)),
        st.tuples(st.just("flip"), place, st.integers(0, 7)),
        st.tuples(st.just("put"), place, loose),
        st.tuples(st.just("instead"), place, loose),
        st.tuples(st.just("copy"), place, place),
        st.tuples(st.just("end"), place, st.just(0)),
    )
    return st.lists(change, min_size=1, max_size=4).map(lambda changes: reduce(_changed, changes, base))


def _changed(content: bytes, change: tuple[str, int, Any]) -> bytes:
    kind, place, what = change
    place = min(place, len(content))
    if kind == "cut":
        return content[:place] + content[place + what :]
    if kind == "end":
        return content[:place]
    if kind == "put":
        return content[:place] + what + content[place:]
    if kind == "copy":
        return content[:what] + content[place : place + 60] + content[what:]
    if kind == "flip":
        return content[:place] + bytes([each ^ 1 << what for each in content[place : place + 1]]) + content[place + 1 :]
    word = _WORD.search(content, place)
    return content if word is None else content[: word.start()] + what + content[word.end() :]


#: Whatever JSON or TOML may hold, small, and with a taste for the odd.
odd: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(-3, 100), st.sampled_from([2**31, 2**53 + 1, 2**64, -(10**400)]),
        st.floats(), st.text(max_size=12), st.dates(), st.times(), st.datetimes(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), inner, max_size=3)),
    max_leaves=5,
)  # fmt: skip


def spoiled(tables: dict[str, Any], instead: st.SearchStrategy[Any] = odd) -> st.SearchStrategy[dict[str, Any]]:
    """Give nested tables after one to three changes: a thing replaced, taken out, or called by another's name."""
    paths = list(_paths(tables))
    names = sorted({str(path[-1]) for path in paths})
    change = st.one_of(
        st.tuples(st.just("instead"), st.sampled_from(paths), instead),
        st.tuples(st.just("out"), st.sampled_from(paths), st.none()),
        st.tuples(st.just("called"), st.sampled_from(paths), st.one_of(st.sampled_from(names), st.sampled_from(WORDS))),
    )

    def made(changes: list[tuple[str, Path, Any]]) -> dict[str, Any]:
        found = copy.deepcopy(tables)
        for kind, path, what in changes:
            _spoil(found, kind, path, what)
        return found

    return st.lists(change, min_size=1, max_size=3).map(made)


def _paths(thing: Any, path: Path = ()) -> Iterator[Path]:
    items = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _spoil(tables: dict[str, Any], kind: str, path: Path, what: Any) -> None:
    here: Any = tables
    for key in path[:-1]:
        if not (isinstance(here, dict) and key in here) and not (
            isinstance(here, list) and isinstance(key, int) and key < len(here)
        ):
            return  # an earlier change took it away
        here = here[key]
    last = path[-1]
    if isinstance(here, dict) and kind == "called" and last in here:
        here[what] = here.pop(last)
    elif isinstance(here, dict) and kind == "out":
        here.pop(last, None)
    elif isinstance(here, dict) or (isinstance(here, list) and isinstance(last, int) and last < len(here)):
        here[last] = what
