"""Answers that are kept: what was worked out for the same frozen nouns and numbers is not worked out again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """The answers that were asked for last, at most ``most`` of them: memory stays flat however many patients there are.

    A question is the objects that it is about and a key of numbers and words. Objects are told apart by identity, for
    frozen nouns are slow to compare; those of a kept answer are kept with it, so that no other object can take one's place.
    Whoever asks must not change the answer: others get the same.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[tuple[object, ...], Answer]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, about: tuple[object, ...], key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer to a question; ``make`` works it out where it is not kept."""
        question = (tuple(map(id, about)), key)
        found = self._kept.pop(question, None)
        if found is None:
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            found = (about, make())
        # The last asked for stands last, and goes last.
        self._kept[question] = found
        return found[1]
