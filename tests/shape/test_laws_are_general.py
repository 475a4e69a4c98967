"""No law may mention an organ, a tumour or an agent, and none of a block of tissue a substance or kind of cell: those are data."""

import ast
import re
from pathlib import Path

import pytest

from tests.shape.sources import label, modules, package, tree

_rooms = ("foundation", "biology", "body", "tissue")
# Words of plain English that are also entries of the catalogue, where they are not meant as a place.
_ordinary = {"adult", "mouse", "blood", "default", "general"}


def _entries(room: str) -> set[str]:
    """The names that a room may not use; the laws of the whole body speak of factors and host cells, which they hold."""
    kinds = ("organs", "tumours", "agents", "hosts", "vessels", *(("substances", "cells") if room == "tissue" else ()))
    names = {path.stem for kind in kinds for path in (package / "catalogue" / kind).glob("*.toml")}
    return {name for name in names if name not in _ordinary}


def _code_words(path: Path) -> dict[str, int]:
    """Return the words of names and of texts that the code uses, without docstrings, and their lines."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words: dict[str, int] = {}
    for node in ast.walk(tree(path)):
        text = ""
        if isinstance(node, ast.Name):
            text = node.id
        elif isinstance(node, ast.Attribute):
            text = node.attr
        elif isinstance(node, ast.arg):
            text = node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            text = node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            text = node.value
        if text:
            words[text] = getattr(node, "lineno", 0)
    return words


@pytest.mark.parametrize(
    "path", [path for path in modules() if path.relative_to(package).parts[0] in _rooms], ids=label
)
def test_law_mentions_no_entry_of_the_catalogue(path: Path) -> None:
    found = []
    entries = _entries(path.relative_to(package).parts[0])
    for text, line in _code_words(path).items():
        parts = set(re.split(r"[^a-z0-9]+", text.lower()))
        for name in entries:
            pieces = name.lower().split("_")
            if name.lower() == text.lower() or (len(pieces) == 1 and name.lower() in parts):
                found.append(f"line {line}: {name}")
    assert not found, f"{label(path)} names {'; '.join(sorted(set(found)))}; put it into the catalogue"
