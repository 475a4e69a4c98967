"""Fields in time: decay and a spreading cloud against closed forms, each sweep against dense algebra, what is kept, and order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.fields.block import FACES, Block
from seedsoil.tissue.fields.steady import Field
from seedsoil.tissue.fields.transient import TransientField

pytestmark = pytest.mark.theory


def test_decay() -> None:
    """What is the same everywhere decays by 1 + k dt a step to 1e-13, by the rate of the substance or that of the voxels."""
    block, decay, step, times = Block((3, 4, 5), 20.0, {}), 0.7, 0.05, 8
    one, other = np.full(block.shape, 2.0), np.full(block.shape, 2.0)
    TransientField(block, 1e4, step, decay).step(one, times=times)
    TransientField(block, 1e4, step).step(other, np.full(block.shape, decay), times=times)
    assert one == pytest.approx(2.0 / (1.0 + decay * step) ** times, rel=1e-13)
    assert other == pytest.approx(one, rel=1e-13)


def _cloud(shape: tuple[int, int, int], widths: float) -> Field:
    squares = sum(
        ((np.arange(count) - 0.5 * (count - 1)) ** 2).reshape([-1 if each == axis else 1 for each in range(3)])
        for axis, count in enumerate(shape)
    )
    return np.exp(-0.5 * squares / widths) / (2.0 * np.pi * widths) ** 1.5


def test_a_spreading_cloud_and_its_order() -> None:
    """A cloud of variance 6 voxels^2 grows to 18: its mean square to 2e-3, its peak to 3 %, with an error that halves with the step."""
    shape, edge, diffusion, span = (40, 41, 42), 20.0, 400.0, 6.0
    found = []
    for times in (6, 12, 24, 48):
        c = _cloud(shape, 6.0)
        TransientField(Block(shape, edge, {}), diffusion, span / times).step(c, times=times)
        assert c.sum() == pytest.approx(1.0, rel=1e-6)
        for axis, count in enumerate(shape):
            along = c.sum(axis=tuple(each for each in range(3) if each != axis))
            # To what walls at twenty voxels, almost five standard deviations, turn back.
            assert along @ (np.arange(count) - 0.5 * (count - 1)) ** 2 == pytest.approx(18.0, rel=2e-3)
        found.append(c)
    assert np.abs(found[-1] - _cloud(shape, 18.0)).max() < 0.03 * found[-1].max()
    gaps = [float(np.abs(one - other).max()) for one, other in pairwise(found)]
    assert np.log2(np.array(gaps[:-1]) / np.array(gaps[1:])) == pytest.approx(1.0, abs=0.2)


def _dense(block: Block, diffusion: float, step: float, many: Field, held: np.ndarray, c: Field) -> Field:
    """The same step by matrices: along x, y and z in turn, each a linear system of the whole block."""
    numbers = np.arange(c.size).reshape(c.shape)
    after = c.reshape(-1).copy()
    for axis in (2, 1, 0):
        matrix, gain = np.eye(c.size), np.zeros(c.size)
        before = np.take(numbers, range(c.shape[axis] - 1), axis).reshape(-1)
        behind = np.take(numbers, range(1, c.shape[axis]), axis).reshape(-1)
        for one, other in zip(before, behind, strict=True):
            a, b = many.flat[one], many.flat[other]
            weight = diffusion * step / block.edge**2 * 2.0 * a * b / (a + b)
            for here, there in ((one, other), (other, one)):
                matrix[here, here] += weight
                matrix[here, there] -= weight
        for name, level in block.supplied.items():
            if FACES[name][0] == axis:
                for at in np.take(numbers, FACES[name][1], axis).reshape(-1):
                    rate = 2.0 * diffusion * step / block.edge**2 * many.flat[at]
                    matrix[at, at] += rate
                    gain[at] += rate * level
        for at in np.flatnonzero(held):
            matrix[at], gain[at] = np.eye(c.size)[at], 0.0
        after = np.linalg.solve(matrix, after + gain)
    return after.reshape(c.shape)


@pytest.mark.parametrize("uneven", [False, True])
def test_a_step_against_matrices(uneven: bool) -> None:
    """One step, all faces supplied or none, voxels held and stroma uneven: dense algebra to 1e-12; catches any stride or end."""
    luck, shape = np.random.default_rng(3), (3, 5, 19)
    c, held = luck.random(shape), luck.random(shape) < (0.2 if uneven else 0.0)
    many = luck.uniform(0.1, 1.0, shape).astype(np.float32) if uneven else np.ones(shape, dtype=np.float32)
    for faces in ({}, {name: luck.random() for name in FACES}):
        block = Block(shape, 20.0, faces)
        exact = _dense(block, 3e3, 0.2, many.astype(np.float64), held, c)
        found = c.copy()
        field = TransientField(block, 3e3, 0.2, multiplier=many if uneven else None)
        field.step(found, held=held if uneven else None)
        assert found == pytest.approx(exact, rel=1e-12)
        if not uneven:
            general = c.copy()
            TransientField(block, 3e3, 0.2, multiplier=many).step(general)
            assert general == pytest.approx(found, rel=1e-12)


def test_reactions_spare_what_is_held() -> None:
    """Sources and losses of a step, implicit, leave a held voxel as it is; in one voxel nothing else is done, to 1e-14."""
    block = Block((1, 1, 2), 20.0, {})
    held = np.array([[[True, False]]])
    c, loss, source = np.array([[[2.0, 3.0]]]), np.full((1, 1, 2), 4.0), np.full((1, 1, 2), 5.0)
    TransientField(block, 1e-12, 0.5).step(c, loss, source, held)
    assert c.tolist() == [[[2.0, pytest.approx((3.0 + 0.5 * 5.0) / (1.0 + 0.5 * 4.0), rel=1e-12)]]]


def test_a_step_of_any_length_is_stable_and_keeps_mass() -> None:
    """A step of a thousand years leaves the mean everywhere, to 1e-6 of it, and short ones keep the sum to 1e-12."""
    luck = np.random.default_rng(4)
    c = luck.random((6, 7, 8))
    many = luck.uniform(0.05, 1.0, c.shape).astype(np.float32)
    total, block = c.sum(), Block(c.shape, 20.0, {})
    TransientField(block, 1.4e5, 1.0 / 24.0, multiplier=many).step(c, times=5)
    assert c.sum() == pytest.approx(total, rel=1e-12)
    assert c.std() > 1e-3
    TransientField(block, 1.4e5, 365e3).step(c)
    assert c == pytest.approx(total / c.size, rel=1e-6)


def test_bad_numbers_are_told_together() -> None:
    """Each number out of range and each array of another shape has its line."""
    block = Block((1, 4, 4), 20.0, {})
    with pytest.raises(ModelError, match=r"diffusion: a coefficient in um\^2/day, at least 0, got -1") as told:
        TransientField(block, -1.0, 0.0, -2.0, np.ones((1, 4, 4)))  # type: ignore[arg-type]
    assert len(str(told.value).splitlines()) == 4
    with pytest.raises(ModelError, match="loss: an array in order of the block's shape"):
        TransientField(block, 1.0, 1.0).step(np.zeros((1, 4, 4)), np.zeros((2, 4, 4)))
