"""A lesion of a patient on a day as the tables of a scene: its cells, vessels, soil, and what blood brings.

What a body knows of a lesion is its size, the cells of each clone, how it grows, its perfusion, and what blood carries. Where
those lie within it a body does not know: clones are mixed at random here, and vessels run as they do in the organ.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.crowding import uncrowded
from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.biology.medicine.drug import Agent
from seedsoil.biology.soils.soil import Soil
from seedsoil.biology.soils.vessels import diameter
from seedsoil.catalogue.load import entry, names
from seedsoil.experiment.history import History
from seedsoil.scene.build import fitting
from seedsoil.scene.translation import (
    agent_substance,
    blockade_substance,
    crushed,
    deaf_to,
    endothelium,
    sprout,
    support_of,
    tumour_cell,
)

__all__ = ["UM_A_MM", "VOXEL", "Carried", "recorded_on", "scene_of"]

#: What resists in a cell: the names of its mechanisms.
Carried = tuple[str, ...]
Floats = NDArray[np.float64]

UM_A_MM = 1000.0
VOXEL = 20.0
#: Clones of which fewer voxels are due are told and left out.
_FEWEST = 0.5
#: The densest network that a lattice of such voxels holds [mm/mm^3].
_DENSEST = 1000.0
#: A capillary of an organ sends a branch to a neighbour every so often [um] (assumed, 30 to 300): beds are nets, in which blood finds a
#: way round a piece that is lost (decision 0033).
_BRANCHING = 60.0
#: What the catalogue's scenes of the brain have: a share of the voxels of a tissue that astrocytes fill.
_ASTROCYTES = 0.1


def scene_of(
    history: History, lesion: int, day: float, size: float, length: float, part: str, cells: dict[Carried, float],
    seed: int,
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """The tables of a scene, and what it leaves out."""
    tumour, host = history.subject.tumour, history.subject.host
    site = next(one for one in host.anatomy.sites if one.name == str(np.asarray(history.lesions["site"])[lesion]))
    soil, notes = host.soil(site.soil), list[str]()
    agents = [
        agent for name, agent in history.agents.items() if _levels(history, name, site.name, day, length)[1].any()
    ]
    astrocytes = soil.residents is not None and float(soil.residents.astrocytes) > 0.0
    lent = host.cells.protection if host.cells else None
    protection = float(lent.fold) if astrocytes and lent else 1.0
    support = support_of(tumour)
    heard = {"vegf", *(["endothelin"] if astrocytes else []), *support}
    targets = (block.target for agent in agents for block in agent.blocks)
    blocked = tuple(dict.fromkeys(target for target in targets if target in heard))
    ceiling = float(history.ceilings[lesion])
    barrier = not math.isnan(ceiling)
    kinds = _kinds(history, lesion, day, agents, blocked, astrocytes, protection, soil, barrier)
    substances: dict[str, dict[str, Any]] = {name: {} for name in ("oxygen", "vegf", *(["endothelin"] * astrocytes))}
    notes += [note for agent in agents for note in _silent(agent, heard)] + _unspared(agents)
    if agents and tumour.sensitivity_variation is not None and float(tumour.sensitivity_variation) > 0.0:
        notes.append(
            "How much more or less than usual drugs kill in this lesion is not recorded; in the block they do as usual."
        )
    brought = _brought(history, agents, blocked, site.name, day, length, barrier)
    substances |= {noun.name: {"is": "", **_dump(noun)} for noun, _, _ in brought}
    plasma = [
        {"substance": noun.name, "days": days.tolist(), "levels": levels.tolist()} for noun, days, levels in brought
    ]
    words = tuple(substances), tuple(kind.name for kind in kinds)
    kinds = [fitting(kind, *words, keep_rules=False, sprouts=True) for kind in kinds]
    width = float(diameter(math.fsum(cells.values()))) * UM_A_MM
    vessels = _vessels(history, lesion, day, soil, part, size, width)
    places, rare = _places(kinds[0].name, cells, part, size, width, [kind.name for kind in kinds], astrocytes)
    table = {
        "scene": {
            "title": f"{tumour.title}: lesion {lesion} in {soil.title.lower()} of patient {history.patient}, "
            f"{history.arm}, from day {day:g}",
            "until": f"{length!r} day", "seed": seed,
        },
        "block": {"size": [f"{size!r} um"] * 3, "voxel": f"{VOXEL} um"},
        "walls": {"ceiling": ceiling} if barrier else {},
        "substances": substances,
        "cells": {kind.name: {"is": "", **_dump(kind)} for kind in kinds},
        "vessels": vessels, "place": places, "plasma": plasma,
    }  # fmt: skip
    return table, notes + rare


def recorded_on(days: Floats, day: float) -> int:
    """The place of the last recorded day that is not after a day, or of the first."""
    return max(int(np.searchsorted(days, day + 1e-9, side="right")) - 1, 0)


def _dump(noun: Any) -> dict[str, Any]:
    """A noun as the table that a scene would hold."""
    return {key: value for key, value in noun.model_dump(exclude_none=True).items() if key != "name"}


def _kinds(
    history: History, lesion: int, day: float, agents: list[Agent], blocked: tuple[str, ...], astrocytes: bool,
    protection: float, soil: Soil, barrier: bool,
) -> list[CellKind]:  # fmt: skip
    """The kinds of cell of the block, the tumour's first."""
    tumour, host, mosaic = history.subject.tumour, history.subject.host, history.mosaic
    rows = mosaic.of_lesion(lesion, recorded_on(mosaic.days, day))
    most = int(rows[0][np.argmax(rows[1])])
    division, death = float(mosaic.division[lesion, mosaic.kind[most]]), float(mosaic.death[lesion])
    if tumour.crowding is not None and "crowding" not in history.without:
        onset, capacity = float(tumour.crowding.onset), float(tumour.crowding.capacity)
        division *= uncrowded(math.fsum(rows[1]), division, death, capacity, onset)
    calls = bool(np.asarray(history.lesions["vascular"])[lesion])
    cell = tumour_cell(tumour, division, death, calls, agents, protection, soil)
    slow = float(host.vascular_timescale)
    wall: CellKind = endothelium(entry("cells", "endothelium"), slow, support_of(tumour), agents, blocked, barrier)
    if str(np.asarray(history.lesions["pattern"])[lesion]) == "pushing":
        wall = crushed(wall, cell.name)
    kinds = [cell.model_copy(update={"rules": tuple(deaf_to(cell, [], blocked))}), _parenchyma(soil), wall]
    kinds.append(sprout(entry("cells", "tip_cell"), slow, agents, blocked))
    if astrocytes:
        kinds.append(entry("cells", "astrocyte"))
    return kinds


def _parenchyma(soil: Soil) -> CellKind:
    """What fills an organ: the catalogue's parenchyma of its name, or connective tissue."""
    own = f"{soil.name}_parenchyma"
    kind: CellKind = entry("cells", own if own in names("cells") else "connective_tissue")
    return kind


def _vessels(
    history: History, lesion: int, day: float, soil: Soil, part: str, size: float, width: float
) -> list[dict[str, Any]]:
    """Lines of vessels: the organ's, regular, and the lesion's, at random, as dense as its perfusion tells.

    Young ones have no pericytes; ripe ones of a lesion that replaces its organ are the organ's own. Those of the organ are a net,
    and run on through a lesion so small that the body reckons no vessels in it: lines that left it out would leave out what lies
    before and behind it too, and starve it. One that pushes crushes those that it touches; blood then goes round it.
    """
    place = recorded_on(history.days, day)
    young = float(history.young_vessels[place, lesion])
    unit = float(history.vasculature.reference_density)
    own = {"young": young * unit, "ripe": max(float(history.vessels[place, lesion]) - young, 0.0) * unit}
    host = float(soil.vessel_density)
    grown = str(np.asarray(history.lesions["pattern"])[lesion]) == "pushing"
    radius = {"keep_in": f"{0.5 * width!r} um"}
    bounds: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
        "whole": (radius, {"keep_out": radius["keep_in"]}),
        "rim": ({"end": f"{0.5 * size!r} um", "along": "y"}, {"start": f"{0.5 * size!r} um", "along": "y"}),
        "core": ({}, None),
    }
    inner, outer = bounds[part]
    found = []
    for age, density in own.items():
        if density > 0.0:
            told = {"grown": grown or age == "young", "covered": age == "ripe"}
            found.append({"lines": "random", "density": f"{min(density, _DENSEST)!r} mm/mm^3", **told, **inner})
    if outer is not None:
        through = {} if not any(own.values()) else outer
        net = {"lines": "regular", "density": f"{min(host, _DENSEST)!r} mm/mm^3", "links": f"{_BRANCHING!r} um"}
        found.append(net | through)
    return found


def _places(
    tumour: str, cells: dict[Carried, float], part: str, size: float, width: float, kinds: list[str], astrocytes: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """Who is put where: the tumour, its organ, then its clones scattered in it, each at its share; and who is too rare."""
    half = f"{0.5 * size!r} um"
    where: dict[str, dict[str, Any]] = {
        "whole": {"where": "ball", "at": [half] * 3, "radius": f"{0.5 * width!r} um"},
        "rim": {"where": "layer", "start": "0 um", "end": half},
        "core": {"where": "everywhere"},
    }
    found = [{"cell": tumour, **where[part]}]
    if part != "core":
        if astrocytes:
            found.append({"cell": "astrocyte", "where": "scattered", "share": _ASTROCYTES})
        found.append({"cell": kinds[1], "where": "everywhere"})
    volume = {"whole": math.pi / 6.0 * width**3, "rim": 0.5 * size**3, "core": size**3}[part]
    total, voxels = math.fsum(cells.values()), volume / VOXEL**3
    shares = {carried: count / total for carried, count in cells.items() if carried}
    put = {carried: share for carried, share in shares.items() if share * voxels >= _FEWEST}
    left = 1.0 - math.fsum(put.values())
    for carried, share in put.items():  # a later clone takes its share of all; so an earlier one is put more often
        left += share
        found.append(
            {
                "cell": tumour,
                "where": "scattered",
                "share": min(share / left, 1.0),
                "into": [tumour],
                "carries": carried,
            }
        )
    rare = [
        f"cells with {' and '.join(carried)} are {share:.2g} of the lesion, less than one of the block's; none is put."
        for carried, share in shares.items() if carried not in put
    ]  # fmt: skip
    return found, rare


# ---------------------------------------------------------------------- drugs


def _brought(
    history: History, agents: list[Agent], blocked: tuple[str, ...], site: str, day: float, length: float, barrier: bool
) -> list[tuple[Substance, Floats, Floats]]:
    """What blood brings: each drug for the cells that it kills or holds, for walls that a barrier sets apart, and what holds signals."""
    found = []
    for agent in agents:
        days, levels = _levels(history, agent.name, site, day, length)
        to_walls = agent.endothelial_kill is not None
        if agent.kill is not None or agent.cytostasis is not None or (to_walls and not barrier):
            found.append((agent_substance(agent), days, levels))
        if to_walls and barrier:
            found.append((agent_substance(agent, at_walls=True), days, levels))
    for target in blocked:
        days, levels, passage = _held(history, target, agents, site, day, length)
        found.append((blockade_substance(target, passage), days, levels))
    return found


def _levels(history: History, agent: str, site: str, day: float, length: float) -> tuple[Floats, Floats]:
    """An agent's level at its effect site over the time of the block, by the block's clock [day, mg/L]."""
    days, levels = history.concentrations[agent]
    if agent in history.arteries and history.arteries[agent][0] == site:
        _, days, levels = history.arteries[agent]
    inside = days[(days > day) & (days < day + length)]
    when = np.concatenate([[day], inside, [day + length]])
    return when - day, np.interp(when, days, levels)


def _held(
    history: History, target: str, agents: list[Agent], site: str, day: float, length: float
) -> tuple[Floats, Floats, float]:
    """The sum over agents of level over half-point for a signal, and their passage through a barrier, by how much each holds."""
    total, passed = np.zeros(0), 0.0
    days = np.zeros(0)
    for agent in agents:
        for block in agent.blocks:
            if block.target == target:
                days, levels = _levels(history, agent.name, site, day, length)
                ratio = levels / float(block.half)
                total = ratio if not total.size else total + ratio
                passed += float(agent.barrier_passage) * float(ratio.sum())
    summed = float(total.sum())
    return days, total, passed / summed if summed > 0.0 else 1.0


def _unspared(agents: list[Agent]) -> list[str]:
    """What is told where one agent kills dividing cells and another holds divisions: in a block no rule joins the two."""
    holding = [agent.title for agent in agents if agent.cytostasis is not None]
    killing = [agent.title for agent in agents if agent.kill is not None and float(agent.kill.cycle_specificity) > 0.0]
    if not holding or not killing:
        return []
    return [f"{' and '.join(killing)} spares no cell that {' and '.join(holding)} holds."]


def _silent(agent: Agent, heard: set[str]) -> list[str]:
    """What an agent does to the body that a block has no ears for."""
    targets: list[str] = [block.target for block in agent.blocks if block.target not in heard]
    targets += [rise.target for rise in agent.raises]
    return [f"{agent.title} acts on {', '.join(targets)}, of which the block knows nothing."] if targets else []
