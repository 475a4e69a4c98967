"""A file holds one idea, a function fits on a screen, and each module has a caption."""

import ast
from pathlib import Path

import pytest

from tests.shape.sources import label, modules, package, tree

longest_file = 420
longest_function = 70
longest_line = 160
most_files_in_a_room = 12

_functions = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", modules(), ids=label)
def test_file_is_one_idea(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= longest_file, f"{label(path)} has {len(lines)} lines; split it (limit {longest_file})"
    wide = [number for number, line in enumerate(lines, 1) if len(line) > longest_line]
    assert not wide, f"{label(path)}: lines {wide} are longer than {longest_line} characters"


@pytest.mark.parametrize("path", modules(), ids=label)
def test_functions_fit_on_a_screen(path: Path) -> None:
    too_long = []
    for node in ast.walk(tree(path)):
        if not isinstance(node, _functions):
            continue
        docstring = ast.get_docstring(node, clean=False)
        length = (node.end_lineno or 0) - node.lineno + 1 - len((docstring or "").splitlines())
        if length > longest_function:
            too_long.append(f"{node.name} ({length} lines)")
    assert not too_long, f"{label(path)}: {', '.join(too_long)} exceed {longest_function} lines of code"


@pytest.mark.parametrize("path", modules(), ids=label)
def test_module_has_a_caption(path: Path) -> None:
    docstring = ast.get_docstring(tree(path))
    if not path.read_text(encoding="utf-8").strip():
        pytest.fail(f"{label(path)} is empty; a module without a caption is a module without an idea")
    assert docstring, f"{label(path)} has no caption"
    caption = docstring.splitlines()[0]
    assert 12 <= len(caption) <= 120, (
        f"{label(path)}: the caption {caption!r} should be one line of 12 to 120 characters"
    )


def test_rooms_stay_small() -> None:
    crowded = {
        room.name: len(list(room.glob("*.py")))
        for room in package.rglob("*")
        if room.is_dir() and len(list(room.glob("*.py"))) > most_files_in_a_room + 1
    }
    assert not crowded, f"rooms with more than {most_files_in_a_room} files: {crowded}"
