"""A field in time: what diffuses so slowly that it is not at rest while cells change, such as antibodies.

A step is implicit and of first order in time, of second in space, and stable however long it is: losses and sources first, then
diffusion along x, y and z in turn (locally one-dimensional, as in BioFVM: Ghaffarizadeh et al. 2016).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.fields.block import Block
from seedsoil.tissue.fields.lines import LANES, react, spread, spread_along
from seedsoil.tissue.fields.steady import Field, Mask


class TransientField:
    """Carries one substance's field in a block of tissue through time.

    Parameters
    ----------
    block : Block
        The voxels and what is held at the faces.
    diffusion : float
        Diffusion coefficient [um^2/day].
    step : float
        Length of a time step [day].
    decay : float
        What is lost everywhere of what there is [1/day].
    multiplier : array of float32, optional
        How many times that each voxel lets through, above 0; a face between two lets through the harmonic mean. Kept, not copied.

    Raises
    ------
    ModelError
        If a number is out of its range, or the multiplier of another shape than the block.
    """

    def __init__(
        self,
        block: Block,
        diffusion: float,
        step: float,
        decay: float = 0.0,
        multiplier: NDArray[np.float32] | None = None,
    ) -> None:
        faults = [] if 0.0 < step < np.inf else [f"step: a number of day above 0, got {step}"]
        if not 0.0 <= diffusion < np.inf:
            faults.append(f"diffusion: a coefficient in um^2/day, at least 0, got {diffusion}")
        if not 0.0 <= decay < np.inf:
            faults.append(f"decay: a rate in 1/day, at least 0, got {decay}")
        if multiplier is not None and (multiplier.shape != block.shape or multiplier.dtype != np.float32):
            faults.append(
                f"multiplier: float32 of the block's shape {block.shape}, got {multiplier.dtype} of {multiplier.shape}"
            )
        if faults:
            raise ModelError(faults)
        self.block, self.step_length, self.multiplier = block, step, multiplier
        self._weights = np.where(np.array(block.shape) > 1, diffusion * step / block.edge**2, 0.0)
        faces = block.through_faces(diffusion) * step
        self._rates, self._supplies = np.ascontiguousarray(faces[..., 0]), np.ascontiguousarray(faces[..., 1])
        self._lost = np.zeros(3)
        # What decays does so on the way along x, which is gone even if there is one voxel along it.
        self._lost[2] = decay * step
        self._gains, self._ratios = self._eliminate()
        self._tile, self._ratio = np.zeros((2, max(block.shape), LANES))

    def _eliminate(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What Thomas's elimination multiplies by, by axis and place, for lines without held voxels in even tissue."""
        gains, ratios = np.ones((3, max(self.block.shape))), np.zeros((3, max(self.block.shape)))
        for axis, count in enumerate(self.block.shape):
            ratio, weight = 0.0, float(self._weights[axis])
            for place in range(count):
                before = weight if place else float(self._rates[axis, 0])
                after = weight if place < count - 1 else float(self._rates[axis, 1])
                whole = 1.0 + float(self._lost[axis]) + before + after - (weight * ratio if place else 0.0)
                gains[axis, place] = 1.0 / whole
                ratio = ratios[axis, place] = weight / whole
        return gains, ratios

    def step(
        self, c: Field, loss: Field | None = None, source: Field | None = None, held: Mask | None = None, times: int = 1
    ) -> None:
        """Carry a field through so many steps, in place.

        Parameters
        ----------
        c : array
            The field; where ``held`` is set it is given and stays [concentration].
        loss, source : array, optional
            What each voxel loses of what it has besides the decay [1/day], and gains [concentration/day]; none by default.
        held : array of bool, optional
            Voxels whose concentration is given.
        times : int
            How many steps.

        Raises
        ------
        ModelError
            If an array has another shape than the block, or its numbers do not lie in order.
        """
        names = {"c": c, "loss": loss, "source": source, "held": held}
        arrays = {name: each for name, each in names.items() if each is not None}
        if faults := [
            f"{name}: an array in order of the block's shape {self.block.shape}, got shape {array.shape}"
            for name, array in arrays.items()
            if array.shape != self.block.shape or not array.flags.c_contiguous
        ]:
            raise ModelError(faults)
        lost, gained = (None if each is None else each.reshape(-1) for each in (loss, source))
        given = None if held is None else held.reshape(-1)
        for _ in range(times):
            if lost is not None or gained is not None:
                react(c.reshape(-1), lost, gained, given, self.step_length)
            self._spread(c.reshape(-1), given)

    def _spread(self, c: Field, held: Mask | None) -> None:
        shape = layers, rows, wide = self.block.shape
        if held is None and self.multiplier is None:
            spread(c, shape, self._weights, self._gains, self._ratios, self._supplies, self._tile)
            return
        many = None if self.multiplier is None else self.multiplier.reshape(-1)
        plane = rows * wide
        for axis, lines in (
            (2, (layers, plane, rows, wide, wide, 1)),
            (1, (layers, plane, wide, 1, rows, wide)),
            (0, (1, 0, plane, 1, layers, plane)),
        ):
            if shape[axis] > 1 or axis == 2:
                numbers = (float(self._weights[axis]), float(self._lost[axis]), self._rates[axis], self._supplies[axis])
                spread_along(c, held, many, lines, *numbers, self._tile, self._ratio)
