"""From a scene to a block of tissue: nouns from the catalogue as the scene changes them, vessels laid, cells put."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from seedsoil.biology.lesion.cell import CellKind, Mechanism
from seedsoil.biology.lesion.rule import BEHAVIOURS, Rule
from seedsoil.biology.lesion.substance import Substance
from seedsoil.catalogue.load import entry, names
from seedsoil.experiment.folder.machine import free_memory, size
from seedsoil.foundation.errors import (
    ModelError,
    SeedsoilError,
    StudyError,
    did_you_mean,
    given,
    known_words,
    validation_faults,
)
from seedsoil.foundation.streams import Stream, new_stream
from seedsoil.foundation.value import Value
from seedsoil.scene.estimate import size_up
from seedsoil.scene.positions import put_positions
from seedsoil.scene.regions import fill_in, put, wrong_fill
from seedsoil.scene.text import Give, Head, Plasma, Scene, VesselLines, Walls, beyond, read_scene
from seedsoil.tissue.dosing import Course, Doses
from seedsoil.tissue.lattice import NO_PIECE, PIECES
from seedsoil.tissue.laws import Vocabulary
from seedsoil.tissue.model import Setting, TissueModel
from seedsoil.tissue.network import BARRED, branches, capillaries, unbranched

__all__ = ["build", "ceiling_of", "cells_of", "fitting", "open_scene", "substances_of"]

#: What can be switched off by name beside single behaviours.
_FLOWS = ("secretion", "uptake", "attraction")
#: Share of the memory that is free which a block may take.
_MOST_OF_MEMORY = 0.9
_UM_A_MM = 1000.0


def open_scene(source: str | Path | dict[str, Any] | Scene, threads: int = 1) -> TissueModel:
    """Return the block of tissue that a scene describes, at its start: of a file, a shipped scene's name, tables, or a Scene.

    Raises
    ------
    StudyError
        With one line for each fault of the scene.
    """
    return build(source if isinstance(source, Scene) else read_scene(source), threads)


def build(scene: Scene, threads: int = 1) -> TissueModel:
    """Return the block that a scene describes, at its start.

    Raises
    ------
    StudyError
        With one line for each thing that the scene names and the catalogue or the scene itself lacks.
    """
    faults: list[str] = []
    substances = substances_of(scene, faults)
    kinds = cells_of(scene, faults)
    ceiling = ceiling_of(scene, faults)
    known = {each.name: each for each in substances}
    for name, faces in scene.sides.items():
        if name not in known:
            faults.append(f"sides: no substance {name!r} in the scene.{did_you_mean(name, known)}")
        faults += [
            f"sides.{name}.{face}: {level} is not in the substance's unit, {known[name].unit!r}"
            for face, level in faces.items() if name in known and level.unit != known[name].unit
        ]  # fmt: skip
    for name, level in scene.medium.items():
        if name not in known:
            faults.append(f"medium: no substance {name!r} in the scene.{did_you_mean(name, known)}")
        elif level.unit != known[name].unit:
            faults.append(f"medium.{name}: {level} is not in the substance's unit, {known[name].unit!r}")
    for index, fill in enumerate(scene.fill):
        faults += wrong_fill(fill, f"fill[{index}]", known)
    blood: list[Doses | Course] = [
        dose for index, give in enumerate(scene.give) if (dose := _doses(give, index, known, faults)) is not None
    ]
    blood += [
        course for index, line in enumerate(scene.plasma) if (course := _course(line, index, known, faults)) is not None
    ]
    if faults:
        raise StudyError(faults)
    _fits(scene, kinds, substances)
    head, walls = scene.scene, scene.walls
    try:
        setting = Setting(
            shape=scene.block.shape, edge=float(scene.block.voxel), step=float(head.step), seed=head.seed,
            sides={name: {face: float(level) for face, level in faces.items()} for name, faces in scene.sides.items()},
            medium={name: float(level) for name, level in scene.medium.items()},
            radius=float(walls.radius), sprout_radius=float(walls.sprout_radius), tip_spacing=float(walls.tip_spacing),
            ceiling=None if ceiling is None else float(ceiling), tolerance=float(head.tolerance), tree=head.genealogy,
        )  # fmt: skip
        model = TissueModel(setting, kinds, substances, blood, threads)
        for index, lines in enumerate(scene.vessels):
            _lay(model, scene, lines, index)
        for index, positions in enumerate(scene.positions):
            put_positions(model, positions, index)
        for index, place in enumerate(scene.place):
            put(model, scene, place, index)
        for index, fill in enumerate(scene.fill):
            fill_in(model, scene, fill, index)
    except StudyError:
        raise
    except SeedsoilError as error:
        raise StudyError([_placed(fault, scene) for fault in error.faults]) from error
    return model


def _placed(fault: str, scene: Scene) -> str:
    """A fault of the model with its place in the scene's file."""
    name = re.split("[.:]", fault, maxsplit=1)[0]
    tables: tuple[tuple[str, Iterable[str]], ...] = (
        ("cells", scene.cells), ("substances", scene.substances), ("walls", Walls.model_fields), ("scene", Head.model_fields),
    )  # fmt: skip
    return next((f"{table}.{fault}" for table, known in tables if name in known), fault)


def _fits(scene: Scene, kinds: list[CellKind], substances: list[Substance]) -> None:
    """Refuse a block for which there is no memory, before the system kills whoever lays it out."""
    needed, free = size_up(scene, kinds, substances).memory_bytes, free_memory()
    if needed > _MOST_OF_MEMORY * free:
        raise StudyError(
            f"block.size: {math.prod(scene.block.shape):,} voxels take {size(needed)} of memory, and {size(free)} are free "
            "here; take a smaller block or larger voxels"
        )


# ---------------------------------------------------------------------- nouns


def ceiling_of(scene: Scene, faults: list[str]) -> Value | None:
    """What passes the barrier of a scene's vessels where it is wholly open [1]; None if they have none, or do without."""
    walls = scene.walls
    if walls.organ not in ("", *names("organs")):
        faults.append(
            f"walls.organ: the catalogue has no {walls.organ!r} among its organs.{did_you_mean(walls.organ, names('organs'))}"
        )
        return None
    if "barrier" in scene.scene.without:
        return None
    barrier = entry("organs", walls.organ).barrier if walls.organ else None
    return walls.ceiling if barrier is None else barrier.ceiling


def substances_of(scene: Scene, faults: list[str]) -> list[Substance]:
    """The substances of a scene, each as the catalogue has it and the scene changes it.

    What the catalogue says slows one down does so in scenes that have it; what a scene itself names is checked.
    """
    found = []
    for name, table in scene.substances.items():
        noun = _noun("substances", name, table, Substance, faults)
        if noun is None:
            continue
        free = noun.hindered_by not in ("", *scene.substances) and "hindered_by" not in table
        found.append(noun.model_copy(update={"hindered_by": "", "hindrance": None}) if free else noun)
    return found


def cells_of(scene: Scene, faults: list[str]) -> list[CellKind]:
    """The kinds of cell of a scene; of a catalogue entry, what concerns neither substance nor kind of the scene is left out."""
    read = []
    for name, table in scene.cells.items():
        own = dict(table)
        more = own.pop("more_rules", [])
        noun = _noun("cells", name, own, CellKind, faults)
        if noun is None:
            continue
        added = _more_rules(more, f"cells.{name}.more_rules", faults)
        read.append((noun, "rules" in own, added))
    sprouts = any(noun.part == "sprout" for noun, _, _ in read)
    found = []
    for noun, keeps, added in read:
        kind = fitting(noun, tuple(scene.substances), tuple(scene.cells), keeps, sprouts)
        found.append(_without(kind.model_copy(update={"rules": (*kind.rules, *added)}), scene.scene.without))
    known = {*BEHAVIOURS, *_FLOWS, "cohesion", "pushing", "invasion", "barrier", "traits", "anastomoses"}
    faults += [
        f"scene.without: nothing is called {name!r}.{did_you_mean(name, known)} Known: {known_words(sorted(known))}."
        for name in scene.scene.without if name not in known
    ]  # fmt: skip
    return found


def _more_rules(given_rules: object, where: str, faults: list[str]) -> tuple[Rule, ...]:
    """The rules that a scene adds to a kind."""
    if not isinstance(given_rules, list | tuple):
        faults.append(f"{where}: {given(given_rules)} is not a list of tables")
        return ()
    found = []
    for index, rule in enumerate(given_rules):
        try:
            found.append(Rule.model_validate(rule))
            faults += beyond(found[-1], f"{where}[{index}].")
        except ValidationError as error:
            faults += [f"{where}[{index}].{line}" for line in validation_faults(error, Rule)]
    return tuple(found)


def _noun(kind: str, name: str, table: dict[str, Any], model: type[Any], faults: list[str]) -> Any:
    """One noun: the entry that ``is`` names (by default that of the same name), changed; whole, if ``is`` is ""."""
    own = dict(table)
    base = own.pop("is", name)
    if not isinstance(base, str):
        faults.append(f"{kind}.{name}.is: {given(base)} is not text; put it in quotes")
        return None
    merged: dict[str, Any] = {"name": name}
    if base:
        if base not in names(kind):
            faults.append(
                f"{kind}.{name}: the catalogue has no {base!r} among its {kind}.{did_you_mean(base, names(kind))} "
                'Say which entry it is, or describe it in full under is = "".'
            )
            return None
        merged = entry(kind, base).model_dump() | {"name": name}
    for key, value in own.items():
        old = merged.get(key)
        inner = isinstance(old, dict) and isinstance(value, dict) and "value" not in {**old, **value}
        merged[key] = merged[key] | value if inner else value
    try:
        noun = model.model_validate(merged)
        faults += beyond(noun, f"{kind}.{name}.")
        return noun
    except ValidationError as error:
        faults += [f"{kind}.{name}.{line}" for line in validation_faults(error, model)]
        return None


def fitting(
    kind: CellKind, substances: tuple[str, ...], cells: tuple[str, ...], keep_rules: bool, sprouts: bool
) -> CellKind:
    """A kind of the catalogue without what a scene of these names has no words for; rules that it has written itself stay."""
    words = Vocabulary(substances, cells)
    signals, behaviours = set(words.signals), set(words.behaviours) - (set() if sprouts else {"sprouting"})

    def fits(rule: Rule) -> bool:
        """Whether a scene has all that a rule senses, needs and acts on."""
        asked = [rule.signal] + ([rule.needs.signal] if rule.needs else [])
        return rule.behaviour in behaviours and all(signal in signals for signal in asked)

    def unshifted(rule: Rule) -> Rule:
        """A rule without the antagonists that the scene lacks."""
        return rule.model_copy(update={"shifted_by": tuple(each for each in rule.shifted_by if each.signal in signals)})

    update: dict[str, Any] = {
        flow: {name: value for name, value in getattr(kind, flow).items() if name in substances} for flow in _FLOWS
    }
    update["targets"] = tuple(name for name in kind.targets if name in cells)
    if not keep_rules:
        update["rules"] = tuple(unshifted(rule) for rule in kind.rules if fits(rule))
    return kind.model_copy(update=update)


def _without(kind: CellKind, switched_off: Iterable[str]) -> CellKind:
    """A kind that does without some behaviours, asked or unasked."""
    off = set(switched_off)
    numbers = (off - {"visibility"}) & {*BEHAVIOURS, "cohesion", "invasion"} & set(CellKind.model_fields)
    if "mutation" in off:
        numbers.add("variation")
    update: dict[str, Any] = {
        name: getattr(kind, name).model_copy(update={"number": 0.0, "low": 0.0}) for name in numbers
    }
    update |= {flow: {} for flow in _FLOWS if flow in off}
    update["rules"] = tuple(
        rule for rule in kind.rules if rule.behaviour not in off and rule.behaviour.split(" ")[0] not in off
    )
    update["mechanisms"] = () if "mutation" in off else tuple(_resists(each, off) for each in kind.mechanisms)
    if "visibility" in off:
        update["visibility"] = None
    if "pushing" in off:
        update["pushes"] = 0
    return kind.model_copy(update=update)


def _resists(mechanism: Mechanism, off: set[str]) -> Mechanism:
    """A mechanism without what it changes of behaviours that are switched off; without "traits" it resists, and changes none."""
    left = {
        name: times for name, times in mechanism.changes.items()
        if not {"traits", name, name.split(" ", maxsplit=1)[0]} & off
    }  # fmt: skip
    return mechanism.model_copy(update={"changes": left})


def _doses(give: Give, index: int, known: dict[str, Substance], faults: list[str]) -> Doses | None:
    """The doses of one order."""
    if give.substance not in known:
        faults.append(
            f"give[{index}].substance: no substance {give.substance!r} in the scene.{did_you_mean(give.substance, known)}"
        )
        return None
    if give.peak.unit != known[give.substance].unit:
        faults.append(f"give[{index}].peak: {give.peak} is not in the substance's unit, {known[give.substance].unit!r}")
        return None
    last = math.inf
    return Doses(
        give.substance, float(give.peak), last if give.half_life is None else float(give.half_life), float(give.start),
        last if give.every is None else float(give.every), give.times,
    )  # fmt: skip


def _course(line: Plasma, index: int, known: dict[str, Substance], faults: list[str]) -> Course | None:
    """The level in blood that one line through points tells."""
    if line.substance not in known:
        faults.append(
            f"plasma[{index}].substance: no substance {line.substance!r} in the scene."
            f"{did_you_mean(line.substance, known)}"
        )
        return None
    try:
        return Course(line.substance, np.array(line.days), np.array(line.levels))
    except ModelError as error:
        faults += [f"plasma[{index}]: {fault}" for fault in error.faults]
        return None


# ---------------------------------------------------------------------- filling


def _lay(model: TissueModel, scene: Scene, lines: VesselLines, index: int) -> None:
    """Lay the vessels of one order."""
    shape, edge = model.setting.shape, model.setting.edge
    axis = "zyx".index(lines.along)
    grid = np.moveaxis(np.arange(math.prod(shape)).reshape(shape), axis, 2)
    if lines.lines == "one":
        model.lay(lines.cell, _straight(grid, edge, lines, index))
        return
    density = float(lines.density if lines.density is not None else entry("organs", lines.organ).vessel_density)
    links = None if lines.links is None or "anastomoses" in scene.scene.without else float(lines.links)
    links = None if links is None else max(1, round(links / edge)) * edge
    density, before = density if links is None else unbranched(density, links), int(model.lattice.used[PIECES])
    stream = new_stream(scene.scene.seed, 1 + index)
    layers, rows, columns = grid.shape
    block, even = (layers, rows, columns), lines.lines == "regular"
    try:
        ways = capillaries(block, edge, density, float(lines.tortuosity), stream, even)
    except ModelError as error:
        raise StudyError([f"vessels[{index}].{fault}" for fault in error.faults]) from error
    for way in ways:
        z, y = np.divmod(way // columns, rows)
        off = np.hypot(z + 0.5 - 0.5 * layers, y + 0.5 - 0.5 * rows) * edge
        voxels = grid.ravel()[way]
        middle = (float(np.mean(voxels % shape[2])) + 0.5) * edge
        if (
            (lines.keep_out is None or off.min() >= float(lines.keep_out))
            and (lines.keep_in is None or off.max() < float(lines.keep_in))
            and (lines.start is None or middle >= float(lines.start))
            and (lines.end is None or middle < float(lines.end))
        ):
            model.lay(lines.cell, voxels, lines.grown, lines.covered)
    if links is not None:
        spacing = math.sqrt(_UM_A_MM**2 * float(lines.tortuosity) / max(density, 1e-9))
        _link(model, lines, grid, before, links, spacing, stream)


def _link(
    model: TissueModel, lines: VesselLines, grid: NDArray[np.int64], first: int, links: float, spacing: float, stream: Stream
) -> None:  # fmt: skip
    """Join the lines of one order, whose pieces begin with ``first``, by branches, none of which leaves where lines may be."""
    lattice, edge, (layers, rows, _) = model.lattice, model.setting.edge, grid.shape
    own = np.arange(first, int(lattice.used[PIECES]))
    if not own.size:
        return
    # Where a voxel of the block lies in the grid whose last axis the lines follow.
    within = np.empty(grid.size, np.int64)
    within[grid.ravel()] = np.arange(grid.size)
    voxels = lattice.piece_voxel[: int(lattice.used[PIECES])]
    off = np.hypot(np.arange(layers)[:, None] + 0.5 - 0.5 * layers, np.arange(rows) + 0.5 - 0.5 * rows) * edge
    barred = np.zeros(off.shape, dtype=np.bool_)
    barred |= off < (0.0 if lines.keep_out is None else float(lines.keep_out))
    barred |= off >= (math.inf if lines.keep_in is None else float(lines.keep_in))
    holder = np.where(barred[:, :, None], BARRED, NO_PIECE) + np.zeros(grid.shape, np.int64)
    holder.reshape(-1)[within[voxels]] = np.arange(voxels.size)
    line = np.cumsum(lattice.piece_parent[own] == NO_PIECE)
    every = round(links / edge)
    for way, start, end in branches(
        within[voxels[own]], line, holder.reshape(-1), grid.shape, every, spacing / edge, stream
    ):
        model.join(lines.cell, grid.ravel()[way], start, end, lines.grown, lines.covered)


def _straight(grid: NDArray[np.int64], edge: float, lines: VesselLines, index: int) -> NDArray[np.int64]:
    """The voxels of a straight line along the last axis of a grid; its places are told in the order x, y, z."""
    where = []
    for place, count in zip(lines.at, grid.shape[1::-1], strict=True):
        where.append(int(float(place) / edge))
        if where[-1] >= count:
            raise StudyError(f"vessels[{index}].at: {place} lies outside the block, which is {count * edge:g} um there")
    found: NDArray[np.int64] = grid[where[1], where[0]]
    return found
