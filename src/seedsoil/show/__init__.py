"""Figures and reports: each function takes a result and returns a figure.

This package bears the same name as the public function ``seedsoil.show``. Python binds a package to its parent when any
file of it is imported, which would hide the function; so the package itself can be called and does the same.
"""

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A module that can be called: ``seedsoil.show(result)``."""

    def __call__(self, result: Any, picture: str | None = None, **options: Any) -> Any:
        """Draw a Trial (survival curves) or a History (lesions and clones), or a picture by name; see seedsoil.show.show."""
        from seedsoil.show.show import show

        return show(result, picture, **options)


sys.modules[__name__].__class__ = _Room
