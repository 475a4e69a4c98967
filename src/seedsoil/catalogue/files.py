"""From the bytes of a TOML file to plain tables, whoever wrote it: a study, or an entry of the catalogue's kinds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from seedsoil.foundation.errors import SeedsoilError, said

__all__ = ["MOST_BYTES", "decoded", "file_bytes", "is_hidden", "parse"]

#: A study or an entry is some pages of text; nothing larger is read.
MOST_BYTES = 1_000_000

#: Marks that set the direction of what stands beside them, and are seen by nobody: left to right, right to left, Arabic.
_MARKS = "\u200e\u200f\u061c"
#: Python reads no whole number of more digits, for it would take long; no study needs half as many.
_MANY_DIGITS = re.compile(r"[0-9_]{1001,}")
_DEEP_KEY = re.compile(r"""(?:^|(?<=[\s."'=\[\]{},#]))(?:["']?[^\s."'=\[\]{},#]+["']?[ \t]*\.[ \t]*){33}""")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def file_bytes(path: Path, name: str, what: str, refuse: type[SeedsoilError]) -> bytes:
    """Return the bytes of a file, as many as `parse` would take and one more.

    ``name`` starts each message, ``what`` the file should be ("a study"). Raises ``refuse`` if it cannot be read.
    """
    try:
        if path.is_dir():
            raise refuse(f"{name}: is a folder, not {what}")
        if path.exists() and not path.is_file():
            raise refuse(f"{name}: is not a plain file")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise refuse(f"{name}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise refuse(f"{said(str(path))}: cannot be the name of a file") from error


def decoded(raw: bytes | str, name: str, what: str, refuse: type[SeedsoilError]) -> str:
    """Return the text of a file; ``refuse`` if it is too long, or is no UTF-8."""
    try:
        data = raw.encode("utf-8") if isinstance(raw, str) else raw
        if len(data) > MOST_BYTES:
            raise refuse(f"{name}: is larger than 1 MB; {what} is some pages of text")
        if data.startswith(b"\xef\xbb\xbf"):
            raise refuse(f'{name}: starts with a byte order mark; save it as "UTF-8 without BOM"')
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse(f"{name}: line {line}: is not UTF-8 text; save the file as UTF-8") from error
    except UnicodeEncodeError as error:
        raise refuse(f"{name}: is not UTF-8 text; save the file as UTF-8") from error


def parse(raw: bytes | str, name: str, what: str, refuse: type[SeedsoilError]) -> dict[str, Any]:
    """Return the tables of a TOML file; ``name`` starts each message, ``what`` is what the file should be ("a study").

    Raises
    ------
    ``refuse``
        If the text is too long, not UTF-8, holds control characters, or is no TOML (with the line).
    """
    text = decoded(raw, name, what, refuse)
    _refuse_control_characters(text, name, refuse)
    if many := _MANY_DIGITS.search(text):
        line = text.count("\n", 0, many.start()) + 1
        raise refuse(f"{name}: line {line}: holds a number of {len(many[0])} digits; write, for example, 1e9")
    if _DEEP_KEY.search(text):  # Python's reader takes minutes over them
        raise refuse(f"{name}: is nested too deeply to be {what}")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise refuse(f"{name}: is nested too deeply to be {what}") from error
    except ValueError as error:
        raise refuse(f"{name}: {_syntax_fault(str(error))}") from error


def is_hidden(character: str) -> bool:
    """Whether a character is a control character or turns the direction of writing: invisible, and able to mislead."""
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or unicodedata.bidirectional(character) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    } or character in _MARKS  # fmt: skip


def _refuse_control_characters(text: str, name: str, refuse: type[SeedsoilError]) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if line.isprintable():
            continue
        for character in line.removesuffix("\r"):
            if character != "\t" and (not character.isprintable()) and is_hidden(character):
                raise refuse(f"{name}: line {number}: holds the control character U+{ord(character):04X}; remove it")


def _syntax_fault(message: str) -> str:
    """Return what TOML's reader found, with the place first."""
    match = _POSITION.search(message)
    words = _POSITION.sub("", message)
    place = "end of file"
    if match and match.group(1):
        place = f"line {match.group(1)}"
    elif match is None:
        return f"is not valid TOML: {words[:100]}"
    if any(word in words for word in ("overwrite", "twice", "mutate")):
        return f"{place}: a key or table stands here for the second time; keep one"
    return f"{place}: is not valid TOML: {words[:1].lower()}{words[1:100]}"
