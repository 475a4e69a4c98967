"""Bundles of arrays: leaves read and write through one pointer what plain Python reads and writes in the named tuple."""

import os
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from seedsoil.foundation.bundle import Bundle, bundle, typed_once
from seedsoil.foundation.compiled import inner, kernel, leaf

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")


class Shelf(NamedTuple):
    """One array of each kind and number of axes that the engine has."""

    line: NDArray[np.int64]
    key: NDArray[np.uint64]
    sheet: NDArray[np.float64]
    block: NDArray[np.float64]


bundle(Shelf)


def shelf() -> Shelf:
    """All numbers differ, and so do all lengths: an axis or a field taken for another shows."""
    return Shelf(
        np.arange(2), np.arange(3, dtype=np.uint64) + (1 << 63), np.arange(20.0).reshape(4, 5),
        0.5 + np.arange(336.0).reshape(6, 7, 8),
    )  # fmt: skip


@inner
def _shift(shelf, row):  # type: ignore[no-untyped-def]
    sheet = shelf.sheet[row]  # a view of one row
    for place in range(sheet.shape[0]):
        sheet[place] += shelf.block[place, row, 2 * row + 1] * shelf.line[1]
    shelf.line[0] += shelf.block.shape[0] * 100 + shelf.block.shape[1] * 10 + shelf.block[1:, 2].shape[1]


@leaf
def _walk(shelf, other, rows):  # type: ignore[no-untyped-def]
    for row in range(rows):
        _shift(shelf, row)
        other.block[row, row + 1] = shelf.sheet[row, 0]
        other.key[row] ^= shelf.key[row + 1]
    return other.block[:2, 1:4].sum() + shelf.sheet.size + shelf.line.size


@leaf
def _stretched(shelf, times):  # type: ignore[no-untyped-def]
    shelf.sheet[0, 0] += 1.0
    return times * shelf.block[5, 6, 7] + shelf.sheet[0, 0]


def _in_python(one: Shelf, other: Shelf, rows: int) -> float:
    for row in range(rows):
        one.sheet[row] += one.block[:5, row, 2 * row + 1] * one.line[1]
        one.line[0] += 6 * 100 + 7 * 10 + 8
        other.block[row, row + 1] = one.sheet[row, 0]
        other.key[row] ^= one.key[row + 1]
    total = 0.0
    for number in other.block[:2, 1:4].ravel():
        total += number
    return float(total + one.sheet.size + one.line.size)


def test_leaves_read_and_write_the_arrays_themselves() -> None:
    """Every number, and the sum in its order: one field, axis or stride confused changes many."""
    one, other, same, alike = shelf(), shelf(), shelf(), shelf()
    assert _walk(one, other, 2) == _in_python(same, alike, 2)
    for left, right in zip((*one, *other), (*same, *alike), strict=True):
        assert np.array_equal(left, right)
    assert isinstance(_walk.signatures[0][0], Bundle)  # type: ignore[attr-defined]


def test_arrays_that_are_not_contiguous_are_handed_over_all_the_same() -> None:
    """A transposed sheet, and every second row of a block: their strides do not follow from their shapes."""

    def spread() -> Shelf:
        whole = shelf()
        return whole._replace(sheet=np.ascontiguousarray(whole.sheet.T).T, block=np.repeat(whole.block, 2, axis=0)[::2])

    one, other, same, alike = spread(), shelf(), spread(), shelf()
    assert _walk(one, other, 2) == _in_python(same, alike, 2)
    assert all(np.array_equal(left, right) for left, right in zip((*one, *other), (*same, *alike), strict=True))


def test_arrays_are_held_no_longer_than_the_call() -> None:
    """A reference that is not given back would keep a patient's arrays for ever."""
    import sys

    one, other = shelf(), shelf()
    before = [sys.getrefcount(array) for array in one]
    _walk(one, other, 1)
    assert [sys.getrefcount(array) for array in one] == before


def test_a_kernel_that_counts_references_refuses_a_bundle() -> None:
    """It could return an array whose owner it does not know."""

    @kernel
    def first(shelf):  # type: ignore[no-untyped-def]
        return shelf.line[0]

    with pytest.raises(Exception, match="only leaves take a bundle"):
        first(shelf())


def test_types_once_found_are_found_again_for_other_objects() -> None:
    """The very objects go on with other numbers; a number of another kind, or arrays of another layout, are typed anew."""
    again, one, same, other, alike = typed_once(_stretched), shelf(), shelf(), shelf(), shelf()
    spread, wide = (whole._replace(block=np.repeat(whole.block, 2, axis=0)[::2]) for whole in (other, alike))
    for times in (1.0, 2.5, 3, np.float64(0.5), 4.0):
        assert again(one, times) == _stretched(same, times)
    for times in (2.0, 3.0):
        assert again(spread, times) == _stretched(wide, times)
        assert again(one, times) == _stretched(same, times)
    assert len(_stretched.overloads) > 1  # type: ignore[attr-defined]
    assert one.sheet[0, 0] == 7.0
    with pytest.raises(TypeError):
        again(one)  # type: ignore[call-arg]
