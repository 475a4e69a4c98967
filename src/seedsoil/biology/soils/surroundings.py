"""What the tissues of a host offer to tumour cells, and do to them, under signals that agents and wounds have changed.

Arrays have an axis for conditions first, then one for soils; ``Levels`` says what each condition is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.signals import RECEPTORS, Levels
from seedsoil.biology.soils.factors import FACTORS, levels
from seedsoil.biology.soils.host_cells import HostCells
from seedsoil.biology.soils.niche import occupancy, shelter
from seedsoil.biology.soils.soil import Residents, Soil
from seedsoil.foundation.kept import Kept

Table = NDArray[np.float64]

#: The factors that inflamed tissue, stroma and healing wounds supply.
_INFLAMED, _STROMAL, _HEALING = ("egf", "chemokine"), ("hgf",), ("egf", "pdgf")

#: What the last few hosts' tissues offer by themselves: patients of a study share them.
_living: Kept[dict[str, Table]] = Kept(8)
_own: Kept[Table] = Kept(8)


def residents(soils: Sequence[Soil]) -> dict[str, Table]:
    """Level of each kind of host cell, soil by soil; none where a soil describes none."""
    return _living.get(tuple(soils), (), lambda: {
        name: np.array([float(getattr(soil.residents, name)) if soil.residents else 0.0 for soil in soils])
        for name in Residents.model_fields
    })  # fmt: skip


def inflammation(
    host_cells: HostCells | None, living: dict[str, Table], signals: Levels, without: Collection[str] = ()
) -> Table:
    """How inflamed each tissue is [1]: by itself, by macrophages not yet activated, and by astrocytes through IL-23.

    Law: min(1, I + w M (1 - a) + A (1 - b_IL23)) (1 - b), where a says how far macrophages are activated and b what an
    agent blocks. Assumed.
    """
    law = None if host_cells is None else host_cells.inflammation
    if law is None or "inflammation" in without:
        return np.zeros((len(signals), living["inflammation"].size))
    resting_macrophages = 1.0 - np.minimum(1.0, signals["macrophage"])[:, None]
    fed = (
        float(law.macrophage_share) * living["macrophages"] * resting_macrophages
        if "macrophages" not in without
        else 0.0
    )
    glial = living["astrocytes"] * (1.0 - signals["il23"])[:, None]
    return np.asarray(np.minimum(1.0, living["inflammation"] + fed + glial) * (1.0 - signals["inflammation"])[:, None])


def recruited(tumour: Tumour, host_cells: HostCells | None, living: dict[str, Table], signals: Levels,
              without: Collection[str] = ()) -> Table:  # fmt: skip
    """Fibroblasts that a lesion of this tumour has about it when it has drawn in all that will come [1]."""
    if host_cells is None or host_cells.stroma is None or tumour.dialogue is None or "stroma" in without:
        return np.zeros((len(signals), living["fibroblasts"].size))
    drawn = float(tumour.dialogue.stroma_recruitment) * living["fibroblasts"]
    return np.asarray(drawn * (1.0 - signals["stroma"])[:, None])


def ligands(tumour: Tumour, host_cells: HostCells | None, soils: Sequence[Soil], inflamed: Table, stroma: Table,
            signals: Levels) -> Table:  # fmt: skip
    """Ligand supply [conditions, soils, factors]: the tissue's own, and what inflammation, stroma and wounds add."""
    own = _own.get(tuple(soils), (), lambda: np.array([levels(soil.ligands) for soil in soils]))
    supply = np.repeat(own[None, :, :], len(signals), axis=0)
    if host_cells is None:
        return supply
    if host_cells.inflammation is not None and tumour.dialogue is not None:
        share = float(host_cells.inflammation.supply) * float(tumour.dialogue.inflammation_dependence)
        _add(supply, _INFLAMED, share * inflamed)
    if host_cells.stroma is not None:
        _add(supply, _STROMAL, float(host_cells.stroma.supply) * stroma)
    if host_cells.healing is not None:
        _add(supply, _HEALING, float(host_cells.healing.supply) * signals["wound"][:, None])
    return supply


def _add(supply: Table, factors: Sequence[str], more: Table) -> None:
    for factor in factors:
        supply[:, :, FACTORS.index(factor)] += more


def receptors(held: Sequence[float], signals: Levels) -> Table:
    """Receptors that no agent holds [conditions, factors]; ``held`` are the cell's own."""
    free = np.repeat(np.array(held)[None, :], len(signals), axis=0)
    for name in RECEPTORS:
        free[:, FACTORS.index(name)] *= 1.0 - signals[name]
    return free


def sheltering(
    tumour: Tumour, host_cells: HostCells | None, soils: Sequence[Soil], living: dict[str, Table], signals: Levels,
    without: Collection[str] = (),
) -> Table:  # fmt: skip
    """Survival programme of cells that touch astrocytes, once they have it in full [conditions, soils]."""
    found = np.zeros((len(signals), len(soils)))
    if (
        host_cells is None
        or host_cells.protection is None
        or tumour.dialogue is None
        or "astrocyte protection" in without
    ):
        return found
    half = float(host_cells.protection.occupancy_half)
    taking, joined = float(tumour.dialogue.endothelin_receptors), float(tumour.dialogue.gap_junctions)
    for place, soil in enumerate(soils):
        astrocytes, endothelin = float(living["astrocytes"][place]), float(soil.ligands.endothelin)
        if astrocytes > 0.0:
            for row, (held, cut) in enumerate(zip(signals["endothelin"], signals["gap_junction"], strict=True)):
                found[row, place] = shelter(astrocytes, occupancy(endothelin, taking, half, held), joined, cut)
    return found
