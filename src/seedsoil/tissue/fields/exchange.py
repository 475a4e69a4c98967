"""What vessels bring and cells take: the wall of a vessel thinner than a voxel, and uptake that can be saturated."""

from __future__ import annotations

import math

import numpy as np

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.fields.steady import Field, Mask, Solved, SteadyField

#: Radius of the vessel for which a voxel that is held stands, as a share of a voxel's edge: exp(-gamma) / sqrt(8), from the
#: potential of a point on a square lattice (Peaceman 1978 measured 0.198).
HELD_RADIUS = math.exp(-float(np.euler_gamma)) / math.sqrt(8.0)
#: Most rounds in which saturable uptake is told anew by the field that it leaves.
_MOST_ROUNDS = 400


def wall_exchange(
    radius: float, permeability: float, diffusion: float, edge: float, length: float | None = None
) -> float:
    """Rate at which a voxel with a vessel in it comes to the vessel's level [1/day]; infinite: hold the voxel at that level.

    Law: 2 pi D l / (ln(r_held / r) + D / (r P)) of a vessel of ``radius`` [um] whose wall lets through ``permeability``
    [um/day], over the voxel's volume; l is the ``length`` of vessel in it [um], by default the edge. A voxel that is held
    stands for a vessel of 0.1985 edges (``HELD_RADIUS``), so that a wider one without a wall that resists cannot be told from
    it: the rate is infinite then.

    Raises
    ------
    ModelError
        If a number is not above 0 (``permeability`` may be infinite: the wall does not resist).
    """
    given = {"radius": radius, "permeability": permeability, "diffusion": diffusion, "edge": edge}
    if faults := [f"{name}: a number above 0, got {value}" for name, value in given.items() if not value > 0.0]:
        raise ModelError(faults)
    resistance = math.log(HELD_RADIUS * edge / radius) + diffusion / (radius * permeability)
    if resistance <= 0.0:
        return math.inf
    return 2.0 * math.pi * diffusion * (edge if length is None else length) / (resistance * edge**3)


def saturable(
    field: SteadyField, c: Field, most: Field, half: float, loss: Field, source: Field, held: Mask | None = None,
    tolerance: float = 1e-8,
) -> Solved:  # fmt: skip
    """Bring to rest, in place, a field that cells take up by Michaelis and Menten's law: ``most`` c / (half + c).

    Parameters
    ----------
    field : SteadyField
        Block and diffusion.
    c : array
        The field, from which the search starts [concentration], nowhere below 0.
    most : array
        Greatest uptake of each voxel [concentration/day].
    half : float
        Concentration at which uptake is half of that.
    loss, source, held, tolerance
        As `SteadyField.solve` has them; the law above is added to ``loss``.

    Returns
    -------
    Solved
        Cycles done in all, and what was not at rest.

    Raises
    ------
    ModelError
        As `SteadyField.solve`; if ``half`` is not above 0; if uptake and field do not settle in 400 rounds.
    """
    if not half > 0.0:
        raise ModelError(f"half: the concentration of half uptake, above 0, got {half}")
    cycles, scale = 0, max(float(np.max(c)), *field.block.supplied.values(), half)
    for _ in range(_MOST_ROUNDS):
        before = c.copy()
        solved = field.solve(c, loss + most / (half + before), source, held, tolerance)
        cycles += solved.cycles
        np.maximum(c, 0.0, out=c)
        if float(np.max(np.abs(c - before))) <= 10.0 * tolerance * scale:
            return Solved(cycles, solved.surplus)
    raise ModelError(f"uptake and field do not settle in {_MOST_ROUNDS} rounds; raise half, {half}, or the tolerance")
