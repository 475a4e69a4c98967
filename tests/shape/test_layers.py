"""Arrows point down: a room imports only from floors below it."""

import os
import subprocess
import sys

from tests.shape.sources import package, repository

_floors = {
    "cli", "web", "show", "evidence", "trial", "infer", "scene", "catalogue", "experiment", "observe", "body", "tissue",
    "biology", "foundation",
}  # fmt: skip
# Folders of data alone: the shipped study files.
_shelves = {"studies"}


def test_rooms_import_only_from_floors_below() -> None:
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_is_one_that_the_design_knows() -> None:
    rooms = {path.name for path in package.iterdir() if path.is_dir() and path.name != "__pycache__"} - _shelves
    assert rooms <= _floors, f"rooms without a floor: {sorted(rooms - _floors)}"


def test_every_room_has_something_in_it() -> None:
    empty = [
        room.name
        for room in package.iterdir()
        if room.is_dir()
        and room.name not in {"__pycache__", *_shelves}
        and not any(p.name != "__init__.py" for p in room.rglob("*.py"))
    ]
    assert not empty, f"rooms with nothing in them: {empty}"


def test_shelves_hold_no_code() -> None:
    code = [path.name for shelf in _shelves for path in (package / shelf).glob("*.py") if path.name != "__init__.py"]
    assert not code
