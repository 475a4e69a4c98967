"""Machine code kept on disk under a seal: what was cut or flipped there is compiled again, and never run.

Numba reads its files back as they are: a damaged index ends in a traceback, and a flipped bit of machine code in whatever it
then means. Here each file ends with the SHA-256 of what comes before, and one that does not is as good as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LENGTH = hashlib.sha256().digest_size


class _Summing:
    """A file that is written, and the SHA-256 of all that was."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.sum.update(content)
        return int(self._file.write(content))


def _is_whole(path: str) -> bool:
    try:
        content = Path(path).read_bytes()
    except OSError:
        return False
    return len(content) > _LENGTH and hashlib.sha256(content[:-_LENGTH]).digest() == content[-_LENGTH:]


def seal_cache() -> None:
    """Make Numba seal the files of its cache. Call once, before a function is compiled with ``cache=True``."""
    from numba.core import caching

    plain: Any = caching.IndexDataCacheFile

    class Sealed(plain):  # type: ignore[misc]
        """Numba's cache of one function: an index, and a file of machine code for each signature."""

        @contextlib.contextmanager
        def _open_for_write(self, filepath: str) -> Iterator[_Summing]:
            with super()._open_for_write(filepath) as file:
                summing = _Summing(file)
                yield summing
                file.write(summing.sum.digest())

        def _load_index(self) -> Any:
            return super()._load_index() if _is_whole(self._index_path) else {}

        def _load_data(self, name: str) -> Any:
            path = self._data_path(name)
            if not _is_whole(path):
                raise OSError(f"{path} is not what was written")  # which Numba takes for a missing file
            return super()._load_data(name)

    caching.IndexDataCacheFile = Sealed  # type: ignore[misc]
