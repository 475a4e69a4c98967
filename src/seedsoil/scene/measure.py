"""What a block of tissue shows at a moment, in numbers: cells, size, levels, distances from blood, walls, contacts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.tissue.cells.flows import openings
from seedsoil.tissue.lattice import ALIVE, COVERED, GROWN, PERFUSED, PIECES
from seedsoil.tissue.model import TissueModel

__all__ = ["MEASURES", "from_blood", "lesion", "measures", "opened_share"]

#: What each measure means, with its unit in its name; those of a substance or a kind carry its name in place of X.
MEASURES: dict[str, str] = {
    "day": "time since the start [day]",
    "alive_X": "live cells of a kind",
    "dead_X": "dead cells of a kind whose place is not free yet",
    "divisions_X": "divisions of a kind so far",
    "deaths_X": "cells of a kind that died so far, of themselves or of want",
    "kills_X": "cells that those of a kind have killed so far",
    "lesion_diameter_um": "diameter of the ball (in the plane: the disc) that all tumour cells fill, the dead with them [um]",
    "level_X": "mean level of a substance where live tumour cells are [its unit]",
    "reach_um": "distance from the nearest perfused vessel below which 95 % of live tumour cells lie [um]",
    "dead_from_um": "distance from the nearest perfused vessel beyond which 95 % of dead tumour cells lie [um]",
    "perfused_length": "perfused vessels for each volume of the block [mm/mm^3]",
    "grown_share": "share of perfused vessels that grew here [1]",
    "covered_share": "share of perfused vessels that pericytes cover [1]",
    "opened_share": "how far the walls of perfused vessels that touch the tumour are open, on average [1]",
    "touching_X": "share of live tumour cells that touch a live host cell of a kind [1]",
    "programme": "how far the survival programme of live tumour cells is on, on average [1]",
    "clones": "clones that have live cells",
}


def lesion(model: TissueModel, alive: bool) -> NDArray[np.bool_]:
    """Where tumour cells are that live, or (``alive`` false) that do not."""
    numbers = [number for number, kind in enumerate(model.kinds, 1) if kind.part == "tumour"]
    tumour = np.isin(model.lattice.kind, numbers)
    found: NDArray[np.bool_] = tumour & ((model.lattice.condition == ALIVE) == alive)
    return found


def from_blood(model: TissueModel) -> NDArray[np.float64] | None:
    """Distance of each voxel from the nearest perfused vessel [um]; None if no blood flows."""
    from scipy.ndimage import distance_transform_edt

    pieces = _perfused(model)
    if not pieces.size:
        return None
    dry = np.ones(model.setting.shape, dtype=np.bool_)
    dry.ravel()[model.lattice.piece_voxel[pieces]] = False
    found: NDArray[np.float64] = distance_transform_edt(dry, sampling=model.setting.edge)
    return found


def opened_share(model: TissueModel) -> float:
    """How far the walls of perfused vessels that touch the tumour are open, on average [1]; nan without such vessels."""
    from scipy.ndimage import binary_dilation

    near = binary_dilation(lesion(model, True), np.ones((3, 3, 3), dtype=np.bool_))
    voxels = model.lattice.piece_voxel[_perfused(model)]
    voxels = voxels[near.ravel()[voxels]]
    if not voxels.size:
        return math.nan
    opened = np.empty(voxels.size)
    openings(model.lattice, model.laws, model.steps_done, voxels, opened)  # type: ignore[no-untyped-call]
    return float(np.sum(opened)) / voxels.size


def measures(model: TissueModel) -> dict[str, float]:
    """Return the measures of a block (``MEASURES``) at this moment, with the fields that its cells and vessels leave."""
    model.settle()
    lattice, counts, tallies = model.lattice, model.counts(), model.tallies()
    found: dict[str, float] = {"day": model.day}
    for name, count in counts.items():
        found |= {f"alive_{name}": count["alive"], f"dead_{name}": count["bodies"] + count["ghosts"]}
        happened = tallies[name]
        found |= {
            f"divisions_{name}": happened["divisions"],
            f"deaths_{name}": happened["deaths"] + happened["necroses"],
        }
    for name in counts:  # who kills is tallied with the killer
        found[f"kills_{name}"] = tallies[name]["kills"]
    alive, dead = lesion(model, True), lesion(model, False)
    found["lesion_diameter_um"] = _diameter(int(alive.sum() + dead.sum()), model)
    for substance in model.substances:
        found[f"level_{substance.name}"] = _mean(model.level(substance.name)[alive])
    away = from_blood(model)
    found["reach_um"] = math.nan if away is None else _quantile(away[alive], 0.95)
    found["dead_from_um"] = math.nan if away is None else _quantile(away[dead], 0.05)
    flags = lattice.piece_flags[_perfused(model)]
    volume = math.prod(model.setting.shape) * (model.setting.edge / 1000.0) ** 3
    found["perfused_length"] = flags.size * model.setting.edge / 1000.0 / volume
    found |= {"grown_share": _mean((flags & GROWN) > 0), "covered_share": _mean((flags & COVERED) > 0)}
    found["opened_share"] = opened_share(model)
    found |= _contacts(model, alive)
    if lattice.memory.size > 1:
        found["programme"] = _mean(lattice.memory[alive])
    found["clones"] = np.unique(lattice.clone[alive]).size
    return found


def _perfused(model: TissueModel) -> NDArray[np.int64]:
    """The numbers of perfused pieces of vessel."""
    flags = model.lattice.piece_flags[: int(model.lattice.used[PIECES])]
    found: NDArray[np.int64] = np.flatnonzero(flags & PERFUSED)
    return found


def _contacts(model: TissueModel, alive: NDArray[np.bool_]) -> dict[str, float]:
    """Share of live tumour cells that touch each kind of host cell which stands its ground."""
    from scipy.ndimage import binary_dilation

    found = {}
    for kind in model.kinds:
        if kind.part == "host" and not kind.yields:
            near = binary_dilation(model.alive(kind.name), np.ones((3, 3, 3), dtype=np.bool_))
            found[f"touching_{kind.name}"] = _mean(near[alive])
    return found


def _diameter(cells: int, model: TissueModel) -> float:
    """Diameter of the ball, or disc, that so many voxels fill [um]."""
    size = cells * model.setting.edge ** (2 if model.setting.shape[0] == 1 else 3)
    return 2.0 * math.sqrt(size / math.pi) if model.setting.shape[0] == 1 else (6.0 * size / math.pi) ** (1.0 / 3.0)


def _mean(values: NDArray[np.generic]) -> float:
    """Mean of values in the order of voxels, as all processors sum it; nan of none."""
    return math.fsum(map(float, values.ravel())) / values.size if values.size else math.nan


def _quantile(values: NDArray[np.float64], share: float) -> float:
    """A quantile, nan of none."""
    return float(np.quantile(values, share)) if values.size else math.nan
