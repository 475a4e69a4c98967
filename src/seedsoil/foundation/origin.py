"""What a result comes from: the files of code and catalogue that can change it, and the versions of what computed it."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_COUNTED = (".py", ".toml", ".bib")  # what can change a result: code and catalogue
#: Rooms that only tell of results, and what counts itself: studies, and the claims, which no engine knows.
_UNCOUNTED = ("cli", "show", "web", "studies", "evidence")
_DIGITS = 16  # of a file's SHA-256, where files are only told apart


@lru_cache(maxsize=1)
def package_hash() -> str:
    """Return the SHA-256 of the package's sources and catalogue, in the order of their paths."""
    digest = hashlib.sha256()
    for name, content in _sources():
        path = name.encode()
        digest.update(f"{len(path)} {len(content)} ".encode() + path + content)
    return digest.hexdigest()


def sources() -> dict[str, str]:
    """Return the first digits of the SHA-256 of each file that counts in an identity, so that a change can be named."""
    return {name: hashlib.sha256(content).hexdigest()[:_DIGITS] for name, content in _sources()}


def _sources() -> Iterator[tuple[str, bytes]]:
    """Walk over the files that can change a result, in the order of their paths, with their contents."""
    for path in sorted(_PACKAGE.rglob("*"), key=lambda item: item.relative_to(_PACKAGE).as_posix()):
        inside = path.relative_to(_PACKAGE)
        if path.suffix in _COUNTED and inside.parts[0] not in _UNCOUNTED:
            # A checkout may change line ends, never meaning.
            yield inside.as_posix(), path.read_bytes().replace(b"\r\n", b"\n")


def versions() -> dict[str, str]:
    """Return the versions of what computed the result."""
    found = {"python": platform.python_version()}
    for name in ("numpy", "numba", "pyarrow", "seedsoil"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            # A checkout on the path is not installed, but it says its version itself.
            found[name] = str(getattr(sys.modules.get(name), "__version__", "unknown"))
    return found
