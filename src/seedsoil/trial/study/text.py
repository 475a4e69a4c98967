"""From the bytes of a study file to plain tables, and from values back to TOML text."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from seedsoil.foundation.errors import StudyError, legible, said

__all__ = ["file_bytes", "parse", "toml_key", "toml_value"]

#: A study file is a page of text; nothing larger is read.
MOST_BYTES = 1_000_000

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+$")
#: Marks that set the direction of what stands beside them, and are seen by nobody: left to right, right to left, Arabic.
_MARKS = "\u200e\u200f\u061c"
#: Python reads no whole number of more digits, for it would take long; no study needs half as many.
_MANY_DIGITS = re.compile(r"[0-9_]{1001,}")
_DEEP_KEY = re.compile(r"""(?:^|(?<=[\s."'=\[\]{},#]))(?:["']?[^\s."'=\[\]{},#]+["']?[ \t]*\.[ \t]*){33}""")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def file_bytes(path: Path) -> bytes:
    """Return the bytes of a study file. StudyError if it cannot be read or is too large to be one."""
    name = legible(path.name or str(path))
    try:
        if path.is_dir():
            raise StudyError(f"{name}: is a folder, not a study file")
        if path.exists() and not path.is_file():
            raise StudyError(f"{name}: is not a plain file")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise StudyError(f"{name}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise StudyError(f"{said(str(path))}: cannot be the name of a file") from error


def parse(raw: bytes | str, name: str) -> dict[str, Any]:
    """Return the tables of a study file; ``name`` starts each message.

    Raises
    ------
    StudyError
        If the text is too long, not UTF-8, holds control characters, or is no TOML (with the line).
    """
    try:
        data = raw.encode("utf-8") if isinstance(raw, str) else raw
        if len(data) > MOST_BYTES:
            raise StudyError(f"{name}: is larger than 1 MB; a study file is a page of text")
        if data.startswith(b"\xef\xbb\xbf"):
            raise StudyError(f'{name}: starts with a byte order mark; save it as "UTF-8 without BOM"')
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StudyError(f"{name}: line {line}: is not UTF-8 text; save the file as UTF-8") from error
    except UnicodeEncodeError as error:
        raise StudyError(f"{name}: is not UTF-8 text; save the file as UTF-8") from error
    _refuse_control_characters(text, name)
    if many := _MANY_DIGITS.search(text):
        line = text.count("\n", 0, many.start()) + 1
        raise StudyError(f"{name}: line {line}: holds a number of {len(many[0])} digits; write, for example, 1e9")
    if _DEEP_KEY.search(text):  # Python's reader takes minutes over them
        raise StudyError(f"{name}: is nested too deeply to be a study")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise StudyError(f"{name}: is nested too deeply to be a study") from error
    except ValueError as error:
        raise StudyError(f"{name}: {_syntax_fault(str(error))}") from error


def toml_key(name: str) -> str:
    """Return a key as TOML writes it: bare if it may be, else in quotes."""
    return name if _BARE_KEY.match(name) else json.dumps(name, ensure_ascii=False)


def toml_value(value: object) -> str:
    """Return a value as TOML on one line: text, number, truth, list or inline table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{toml_key(str(key))} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    raise TypeError(f"TOML cannot hold {type(value).__name__}")


def is_hidden(character: str) -> bool:
    """Whether a character is a control character or turns the direction of writing: invisible, and able to mislead."""
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or unicodedata.bidirectional(character) in {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    } or character in _MARKS  # fmt: skip


def _refuse_control_characters(text: str, name: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        for character in line.removesuffix("\r"):
            if character != "\t" and (not character.isprintable()) and is_hidden(character):
                raise StudyError(
                    f"{name}: line {number}: holds the control character U+{ord(character):04X}; remove it"
                )


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
