"""What vessels bring and cells take: the wall of a vessel thinner than a voxel, and uptake that can be saturated."""

from __future__ import annotations

import math

import numpy as np

from seedsoil.foundation.errors import ModelError
from seedsoil.tissue.fields.steady import Field, Mask, Solved, SteadyField, Uptake

#: Radius of the vessel for which a voxel that is held stands, as a share of a voxel's edge: exp(-gamma) / sqrt(8), from the
#: potential of a point on a square lattice (Peaceman 1978 measured 0.198). Along the diagonal of a face voxels stand for 0.1719,
#: sqrt(3) / 2 of that, for the lattice across is sqrt(2) times as narrow one way: by 5 % less flows off each length there.
HELD_RADIUS = math.exp(-float(np.euler_gamma)) / math.sqrt(8.0)


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

    Each cycle goes by the slope of the law at the level so far (Newton). The law bends down only, so that the slope promises more
    uptake than there is: from the second cycle the field climbs to rest from below, however sharp the law is.

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
        As `SteadyField.solve`; if ``half`` is not above 0.
    """
    if not half > 0.0:
        raise ModelError(f"half: the concentration of half uptake, above 0, got {half}")
    return field.solve(c, loss, source, held, tolerance, uptake=Uptake(most, half))
