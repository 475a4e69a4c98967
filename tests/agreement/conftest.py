"""What the agreement tests share: a tally of what the plain twin goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from seedsoil.body.twin import step


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
        monkeypatch.setattr(step.LesionStep, name, counted(name, getattr(step.LesionStep, name)))
    for name in ("pool_of", "founded", "inherited", "joined"):
        monkeypatch.setattr(step, name, counted(name, getattr(step, name)))
    return seen
