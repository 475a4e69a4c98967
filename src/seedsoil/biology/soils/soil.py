"""The soil: what a tissue offers to a cell that arrives, and how seed and soil match."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.quantities import Fraction, Millilitres, Millimetres, Noun, Number, VesselDensity
from seedsoil.biology.soils.factors import Addressins, Factors
from seedsoil.foundation.elementary import exp


class Barrier(Noun):
    """A vessel wall that keeps drugs out until the lesion has grown: half open at ``opening_diameter``.

    How far it opens at last differs from lesion to lesion about the median ``ceiling``, lognormally, with coefficient
    of variation ``ceiling_variation``. Cells pass it too, ``cell_passage`` as fast as they leave vessels that have none.
    """

    opening_diameter: Millimetres
    ceiling: Fraction
    ceiling_variation: Number | None = None
    cell_passage: Fraction | None = None


class Residents(Noun):
    """Host cells that live in a tissue, each on a scale on which the tissue richest in them has 1 in a usual animal.

    Natural killer cells may be more than that: an animal without lymphocytes has more of them.
    ``inflammation`` is how inflamed the tissue is by itself.
    """

    astrocytes: Fraction
    macrophages: Fraction
    lymphocytes: Fraction
    natural_killers: Number
    fibroblasts: Fraction
    inflammation: Fraction


class Soil(Noun):
    """A tissue: ligand supply, addressins, dormancy cue, host vessels, and how much tumour its host survives.

    ``contrast`` says by instrument how large a lesion must be to be seen here, as a multiple of what must be elsewhere.
    ``residents`` are the host cells that a lesion meets there; without them none of theirs is felt. ``nodal``: it is a
    lymph node, which has a size of its own, so that instruments read it by other rules. ``released_share`` of what a
    lesion here lets go reaches the blood; all of it where that is not said. ``vessel_loss`` is how hard these vessels are on a
    cell that they hold, by force and by natural killer cells, against a bed that spares none (1, and where it is not said).
    """

    name: str
    title: str
    ligands: Factors
    addressins: Addressins
    dormancy_cue: Fraction
    vessel_density: VesselDensity
    lethal_volume: Millilitres
    barrier: Barrier | None = None
    residents: Residents | None = None
    contrast: dict[str, Number] = {}
    released_share: Fraction | None = None
    vessel_loss: Fraction | None = None
    nodal: bool = False


def match(
    receptors: Sequence[float] | NDArray[np.float64], ligands: Sequence[float] | NDArray[np.float64], half: float
) -> NDArray[np.float64]:
    """Share of the greatest effect that a soil's ligands have on a cell's receptors [1].

    Law: G = 1 - prod_q (1 - R_q S_q / (K + S_q)), K being ``half``. Any matched factor can drive division; each one
    saturates. ``receptors`` and ``ligands`` have one number for each factor along their last axis; the others broadcast.

    Source: assumed (noisy-OR of saturable receptors).

    Raises
    ------
    ValueError
        If there are more receptors than ligands, or fewer.

    Examples
    --------
    >>> print(match((0.8, 0.2, 0.5, 0.1), (0.9, 0.3, 0.6, 0.2), 0.3).round(2))
    0.77
    """
    held, level = np.asarray(receptors, dtype=np.float64), np.asarray(ligands, dtype=np.float64)
    if held.shape[-1] != level.shape[-1]:
        raise ValueError(f"{held.shape[-1]} receptors cannot be read against {level.shape[-1]} ligands")
    missed: NDArray[np.float64] = np.ones(np.broadcast_shapes(held.shape[:-1], level.shape[:-1]))
    # Factor by factor, since the order of a product along an axis is a processor's own.
    for factor in range(held.shape[-1]):
        supply = level[..., factor]
        filled = np.divide(supply, half + supply, out=np.zeros_like(supply), where=supply > 0.0)
        missed = missed * (1.0 - held[..., factor] * filled)
    return 1.0 - missed


def arrest_chance(
    adhesion: Sequence[float], addressins: Sequence[float], size_trap: float, grip: Sequence[float] | float = 1.0
) -> float:
    """Chance that a cell arrests in one pass through a capillary bed [1].

    Law: a = a_size + (1 - a_size) (1 - exp(-sum_m A_m E_m)): trapped by size, or held by adhesion, each family of
    addressins with ``grip`` times its usual hold.
    """
    each = [grip] * len(adhesion) if isinstance(grip, float) else grip
    hold = sum(a * e * g for a, e, g in zip(adhesion, addressins, each, strict=True))
    return size_trap + (1.0 - size_trap) * (1.0 - exp(-hold))
