"""Answers that are kept: asked once, told apart by identity and key, and never more than there is room for."""

from collections.abc import Callable

from seedsoil.foundation.kept import Kept


class _Noun:
    """An object that only its identity tells apart."""


def test_a_question_is_worked_out_once_and_others_are_told_apart() -> None:
    """Catches a key that leaves out an object, its identity, or a number: two questions would share an answer."""
    kept: Kept[list[int]] = Kept(8)
    asked: list[int] = []

    def make(answer: int) -> Callable[[], list[int]]:
        return lambda: asked.append(answer) or [answer]  # type: ignore[func-returns-value]

    one, other = _Noun(), _Noun()
    first = kept.get((one,), 1, make(1))
    assert kept.get((one,), 1, make(2)) is first
    assert [kept.get((other,), 1, make(3)), kept.get((one,), 2, make(4)), kept.get((one, other), 1, make(5))] == [
        [3], [4], [5]
    ]  # fmt: skip
    assert asked == [1, 3, 4, 5]


def test_the_question_asked_longest_ago_is_forgotten() -> None:
    """Catches memory that grows with the patients, and forgetting by the day of the first question instead of the last."""
    kept: Kept[int] = Kept(2)
    nouns = [_Noun() for _ in range(3)]
    for place in (0, 1, 0, 2):
        kept.get((nouns[place],), "", lambda place=place: place)  # type: ignore[misc]
        assert len(kept) <= 2
    assert kept.get((nouns[0],), "", lambda: -1) == 0
    assert kept.get((nouns[1],), "", lambda: -1) == -1


def test_an_object_that_is_gone_gives_its_identity_to_no_other() -> None:
    """Catches answers that outlive their objects: a new object at the old address would get the old answer."""
    kept: Kept[int] = Kept(4)
    for number in range(200):
        assert kept.get((_Noun(),), "", lambda number=number: number) == number  # type: ignore[misc]
