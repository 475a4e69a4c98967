"""The package's source files, read once for the tests of its shape."""

import ast
from functools import cache
from pathlib import Path

repository = Path(__file__).resolve().parents[2]
package = repository / "src" / "seedsoil"


@cache
def modules() -> tuple[Path, ...]:
    """Return every Python file of the package."""
    return tuple(sorted(package.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def label(path: Path) -> str:
    """Return the path as a reader of the repository knows it."""
    return str(path.relative_to(repository))
