"""A scene in plain English, before anything runs: what is laid out, what cells do, what each number rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Any

import numpy as np
from pydantic import BaseModel

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.rule import BEHAVIOURS
from seedsoil.biology.lesion.substance import Substance
from seedsoil.catalogue.describe import citations
from seedsoil.catalogue.lesion_pages import carrying, told
from seedsoil.catalogue.load import entry, names
from seedsoil.catalogue.pages import sections
from seedsoil.catalogue.sections import Section, row, short, wrapped
from seedsoil.foundation.units import plain
from seedsoil.foundation.value import Value, values_in
from seedsoil.scene.build import build
from seedsoil.scene.estimate import size_up, unfed
from seedsoil.scene.text import Scene, VesselLines
from seedsoil.tissue.lattice import PIECES
from seedsoil.tissue.model import TissueModel

__all__ = ["explain", "notes"]


def explain(scene: Scene) -> str:
    """Return what a scene does, one statement a line, and all its numbers with their evidence.

    The block is laid out for that, but no step is taken.

    Raises
    ------
    StudyError
        With one line for each fault of the scene.
    """
    model = build(scene)
    lines = [scene.scene.title, "", *_block(scene, model), "", "At the start:"]
    lines += [f"  - {each}" for each in (*_vessels(scene, model), *_places(scene, model), *_fills(scene))]
    lines += ["", "What diffuses, and what does not:"]
    if model.setting.ceiling is not None:
        lines += wrapped(
            f"Vessels have a barrier that VEGF opens, at most to {model.setting.ceiling:g} of blood's level.",
            "  - ",
            "    ",
        )
    for substance in model.substances:
        lines += wrapped(_diffuses(scene, substance), "  - ", "    ")
    for kind in model.kinds:
        lines += ["", *_kind(kind)]
    changes = list(_changes(scene, model))
    lines += ["", "Changed against the catalogue:", *(f"  - {change}" for change in changes)] if changes else []
    lines += ["", *(f"Note: {note}" for note in notes(scene, model))]
    lines += ["", *_evidence(model)]
    return "\n".join(lines)


def notes(scene: Scene, model: TissueModel) -> list[str]:
    """Return what is no fault, but may not be meant: kinds and substances that never come to be there, voxels that are too coarse."""
    found = []
    arriving = {rule.behaviour.removeprefix("admission ") for kind in model.kinds for rule in kind.rules}
    arriving |= {kind.becomes for kind in model.kinds}
    for kind in model.kinds:
        absent = kind.part in ("tumour", "host") and not model.alive(kind.name).any() and kind.name not in arriving
        if absent:
            found.append(f"{kind.name} is described, but placed nowhere, and no vessel lets it in")
    found += _unchanged(model.kinds)
    idle = unfed(scene, model.kinds, model.substances)
    found += [f"{name} is described, but nothing gives it" for name in idle]
    return [*found, *_coarse(scene, [noun for noun in model.substances if noun.name not in idle], model.kinds)]


def _unchanged(kinds: Sequence[CellKind]) -> Iterator[str]:
    """Yield what a mechanism multiplies, and no kind that has it ever does."""
    done: dict[str, set[str]] = {
        kind.name: {"visibility", "mutation", *(rule.behaviour for rule in kind.rules)} for kind in kinds
    }
    for kind in kinds:
        own = {name for name in BEHAVIOURS if float(getattr(kind, name, None) or 0.0) > 0.0}
        own |= {f"{verb} {name}" for verb in ("uptake", "secretion", "attraction") for name in getattr(kind, verb)}
        for mechanism in kind.mechanisms:
            for name in mechanism.changes:
                if name not in own | done[kind.name]:
                    yield f"{mechanism.name} changes {name!r}, which {kind.name} never does"


def _coarse(scene: Scene, substances: Sequence[Substance], kinds: Sequence[CellKind]) -> Iterator[str]:
    """Yield the substances that reach less than a voxel's edge into cells that take them up unasked.

    From the blood's level it is sqrt(2 D / k) where uptake saturates, for it does not fall with the level; else the level falls e-fold
    over sqrt(D / k).
    """
    edge = float(scene.block.voxel)
    for noun in substances:
        eaters = [kind for kind in kinds if float(kind.uptake.get(noun.name, 0.0)) > 0.0]
        if not eaters or float(noun.diffusion) == 0.0:
            continue
        most = max(eaters, key=lambda kind: float(kind.uptake[noun.name]))
        taken = float(most.uptake[noun.name])
        saturates = noun.uptake_half is not None
        reach = sqrt(
            2.0 * float(noun.diffusion) / taken if saturates else float(noun.diffusion) / (taken + float(noun.decay))
        )
        if edge > reach:
            yield (
                f"{noun.name} reaches {reach:.3g} um into {most.name}, and a voxel is {edge:g} um wide: how it falls off is not seen; "
                f"take block.voxel of at most {reach:.2g} um"
            )


# ---------------------------------------------------------------------- the block


def _block(scene: Scene, model: TissueModel) -> Iterator[str]:
    """Yield how large the block is, how long it goes on, and what that takes."""
    head, (layers, rows, columns) = scene.scene, scene.block.shape
    size = " x ".join(_millimetres(edge) for edge in scene.block.size)
    estimate = size_up(scene, model.kinds, model.substances, int(model.laws.rounds.max()))
    plane = "a plane" if layers == 1 else "a block"
    yield f"{plane.capitalize()} of {size}: {columns} x {rows} x {layers} voxels of {float(scene.block.voxel):g} um."
    yield f"It goes on for {plain(float(head.until))}, in {estimate.steps:,} steps of {plain(float(head.step))}."
    yield f"That {estimate.told()}."
    yield f"Seed {head.seed}: the same seed gives the same bytes, whatever the number of threads."
    yield from (f"Switched off: {name}." for name in head.without)
    if head.genealogy:
        yield "The mother of every cell is kept."


def _millimetres(length: Value) -> str:
    """A length as people say it."""
    return f"{float(length) / 1000.0:g} mm" if float(length) >= 100.0 else f"{float(length):g} um"


def _vessels(scene: Scene, model: TissueModel) -> Iterator[str]:
    """Yield which vessels are laid."""
    for lines in scene.vessels:
        yield _laid(lines)
    if scene.vessels:
        pieces = int(model.lattice.used[PIECES])
        yield f"together {pieces * model.setting.edge / 1000.0:g} mm of vessel, in {pieces:,} pieces"


def _laid(lines: VesselLines) -> str:
    """One order of vessels as a sentence."""
    if lines.lines == "one":
        return f"one {lines.cell} along {lines.along}, at {' and '.join(_millimetres(each) for each in lines.at)}"
    dense = f"as dense as those of {lines.organ}" if lines.density is None else f"of {lines.density}"
    how = "in rows" if lines.lines == "regular" else "at random places"
    apart = "" if lines.links is None else f", a branch to a neighbour every {_millimetres(lines.links)} of each"
    apart += "" if lines.keep_out is None else f", none within {_millimetres(lines.keep_out)} of the middle"
    apart += "" if lines.keep_in is None else f", none beyond {_millimetres(lines.keep_in)} of it"
    apart += "" if lines.start is None else f", from {_millimetres(lines.start)} along x"
    apart += "" if lines.end is None else f", up to {_millimetres(lines.end)} along x"
    apart += (", grown for the tumour" if lines.grown else "") + ("" if lines.covered else ", without pericytes")
    return f"{lines.cell} along {lines.along}, {how}, {dense}, {float(lines.tortuosity):g} times as long as straight{apart}"


def _places(scene: Scene, model: TissueModel) -> Iterator[str]:
    """Yield which cells are put where, and how many of each kind there are in the end."""
    for positions in scene.positions:
        kinds = "".join(f", {name} as {kind}" for name, kind in positions.kinds.items())
        yield f"the cells of {positions.file} at their positions{kinds}"
    for place in scene.place:
        into = f", in place of {' and '.join(place.into)} too" if place.into else ""
        carries = f", carrying {' and '.join(place.carries)}" if place.carries else ""
        yield f"{place.cell} {place.told()}, where there is room{into}{carries}"
    counts = {kind.name: int(np.count_nonzero(model.alive(kind.name))) for kind in model.kinds}
    told_counts = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    yield f"so that there are {told_counts}" if told_counts else "there is no cell"


def _fills(scene: Scene) -> Iterator[str]:
    """Yield what is filled in, and what the sides hold."""
    for fill in scene.fill:
        yield f"{fill.substance} {fill.told()}, at {_level(fill.level)}"


def _level(value: Value) -> str:
    """A level with its unit; a share of the reference without one."""
    return short(float(value), value.unit)


# ---------------------------------------------------------------------- nouns


def _diffuses(scene: Scene, noun: Substance) -> str:
    """A substance as sentences: how it comes and goes, what holds it, who is given it."""
    (section,) = sections(noun)
    said = [f"{noun.title} ({noun.name}): {' '.join(section.sentences)}"]
    if noun.hindered_by and noun.hindrance is not None:
        said.append(f"{noun.hindered_by} at level 1 slows it {1.0 + float(noun.hindrance):g}-fold.")
    held: dict[str, list[str]] = {}
    for face, level in scene.sides.get(noun.name, {}).items():
        held.setdefault(_level(level), []).append(face)
    said += [f"Held at {level}: the side to the {' and the '.join(faces)}." for level, faces in held.items()]
    if noun.name in scene.medium:
        said.append(f"Held at {_level(scene.medium[noun.name])}: the open that reaches a side.")
    for give in scene.give:
        if give.substance == noun.name:
            often = "" if give.every is None else f", {give.times} times, every {plain(float(give.every))}"
            lasts = "stays" if give.half_life is None else f"halves in {plain(float(give.half_life))}"
            said.append(f"Blood gets {_level(give.peak)} on day {float(give.start):g}{often}, which {lasts}.")
    for line in scene.plasma:
        if line.substance == noun.name:
            low, high = (short(bound(line.levels), noun.unit) for bound in (min, max))
            said.append(f"Blood has from {low} to {high} of it, along {len(line.days)} points in time.")
    return " ".join(said)


def _kind(kind: CellKind) -> Iterator[str]:
    """Yield what cells of a kind do, unasked and by their rules."""
    yield f"{kind.title} ({kind.name}, {kind.part}):"
    hazards = ("division", "death", "necrosis", "movement", "change", "attack", "covering", "uncovering", "pruning")
    unasked = [f"{name} {getattr(kind, name)}" for name in hazards if float(getattr(kind, name)) > 0.0]
    for verb in ("uptake", "secretion", "attraction"):
        unasked += [f"{verb} of {name} {value}" for name, value in getattr(kind, verb).items() if float(value) > 0.0]
    yield from wrapped(f"unasked: {', '.join(unasked) or 'nothing'}.", "  - ", "    ")
    if kind.targets:
        seen = ", as far as they show antigen" if kind.by_antigen else ""
        yield f"  - it attacks {' and '.join(kind.targets)}{seen}."
    if kind.visibility is not None:
        yield f"  - killers that go by antigen see it with probability {float(kind.visibility):g}."
    for mechanism in kind.mechanisms:
        yield from wrapped(carrying(mechanism), "  - ", "    ")
    for rule in kind.rules:
        yield from wrapped(told(rule), "  - ", "    ")


def _changes(scene: Scene, model: TissueModel) -> Iterator[str]:
    """Yield each number that the scene has changed of an entry of the catalogue."""
    tables: list[tuple[str, str, dict[str, Any], BaseModel]] = [
        ("substances", each.name, scene.substances[each.name], each) for each in model.substances
    ]
    tables += [("cells", each.name, scene.cells[each.name], each) for each in model.kinds]
    for kind, name, table, noun in tables:
        base = str(table.get("is", name))
        before = dict(values_in(entry(kind, base))) if base in names(kind) else {}
        for place, value in values_in(noun):
            if value.source == "study file":
                was = f", {before[place]} in the catalogue" if place in before else ""
                yield f"{kind}.{name}.{place}: {value}{was}"


def _evidence(model: TissueModel) -> Iterator[str]:
    """Yield every number with its range, grade and source, noun by noun; then the sources."""
    values: list[Value] = []
    nouns = {each.name: each for each in model.substances} | {each.name: each for each in model.kinds}
    for name, noun in nouns.items():
        held = list(values_in(noun))
        values += [value for _, value in held]
        rows = tuple(row(place, value) for place, value in held if not _of_no_interest(value))
        yield from Section(f"Numbers of {name}", (), rows).lines()
        yield ""
    yield "Sources:"
    for line in citations(values):
        yield from wrapped(f"{line['key']}: {line['reference']}", "  ", "      ")
    weak = sum(value.grade == "assumed" for value in values)
    yield ""
    yield f"{weak} of {len(values)} numbers are assumed: calibrate before you conclude. Not for clinical decisions."


def _of_no_interest(value: Value) -> bool:
    """Whether a number is what stands for nothing: 0 without a range, as a behaviour that a kind does not have."""
    return value.number == 0.0 and not value.high
