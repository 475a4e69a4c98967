"""What the agreement tests share: a tally of what the plain twin goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from seedsoil.body.twin import marks, step


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what the twin goes through, so that a scenario shows what it was made for."""
    seen: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object) -> object:
            seen[name] += 1
            return function(*given)

        return call

    for name in ("follow_path", "found", "draw_mutant", "draw_loss", "send"):
        monkeypatch.setattr(marks.LesionStep, name, counted(name, getattr(marks.LesionStep, name)))
    for room, name in ((marks, "pool_of"), (step, "pool_of"), (step, "founded"), (step, "inherited"), (step, "joined")):
        monkeypatch.setattr(room, name, counted(name, getattr(room, name)))
    return seen
