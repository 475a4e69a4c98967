"""The soil: what a tissue offers to a cell that arrives, and how seed and soil match."""

from __future__ import annotations

from collections.abc import Sequence

from seedsoil.biology.factors import Addressins, Factors
from seedsoil.biology.quantities import Fraction, Millilitres, Millimetres, Noun, Number, VesselDensity
from seedsoil.foundation.elementary import exp


class Barrier(Noun):
    """A vessel wall that keeps drugs out until the lesion has grown: half open at ``opening_diameter``.

    How far it opens at last differs from lesion to lesion about the median ``ceiling``, lognormally, with coefficient
    of variation ``ceiling_variation``.
    """

    opening_diameter: Millimetres
    ceiling: Fraction
    ceiling_variation: Number | None = None


class Residents(Noun):
    """Host cells that live in a tissue, each on a scale on which the tissue richest in them has 1.

    ``inflammation`` is how inflamed the tissue is by itself.
    """

    astrocytes: Fraction
    macrophages: Fraction
    lymphocytes: Fraction
    natural_killers: Fraction
    fibroblasts: Fraction
    inflammation: Fraction


class Soil(Noun):
    """A tissue: ligand supply, addressins, dormancy cue, host vessels, and how much tumour its host survives.

    ``residents`` are the host cells that a lesion meets there; without them none of theirs is felt. ``nodal``: it is a lymph node, which has a size of its own, so that instruments read it by other rules.
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
    nodal: bool = False


def match(receptors: Sequence[float], ligands: Sequence[float], half_saturation: float) -> float:
    """Share of the greatest effect that a soil's ligands have on a cell's receptors [1].

    Law: G = 1 - prod_q (1 - R_q S_q / (K + S_q)). Any matched factor can drive division; each one saturates.

    Source: assumed (noisy-OR of saturable receptors).

    Examples
    --------
    >>> round(match((0.8, 0.2, 0.5, 0.1), (0.9, 0.3, 0.6, 0.2), 0.3), 2)
    0.77
    """
    missed = 1.0
    for receptor, ligand in zip(receptors, ligands, strict=True):
        missed *= 1.0 - receptor * ligand / (half_saturation + ligand) if ligand > 0.0 else 1.0
    return 1.0 - missed


def arrest_chance(adhesion: Sequence[float], addressins: Sequence[float], size_trap: float) -> float:
    """Chance that a cell arrests in one pass through a capillary bed [1].

    Law: a = a_size + (1 - a_size) (1 - exp(-sum_m A_m E_m)): trapped by size, or held by adhesion.
    """
    hold = sum(a * e for a, e in zip(adhesion, addressins, strict=True))
    return size_trap + (1.0 - size_trap) * (1.0 - exp(-hold))
