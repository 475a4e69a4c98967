"""Facts that claims are set up by and held against: counts and measurements in files beside this one, with sources."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

#: Where the files of facts lie.
FOLDER = Path(__file__).parent


@lru_cache
def fact(name: str) -> dict[str, Any]:
    """Return the tables of a file of facts, by its name without ``.toml``."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
