"""What a cell senses and how much it does, read from its kind and rules as they were written."""

from __future__ import annotations

import math

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.rule import Rule
from seedsoil.tissue.twin.block import Block, Cell, shifted

_MINUTES_A_DAY = 1440.0
#: Ages are kept in 16 bits.
_OLDEST = 2**16
#: Behaviours that a kind does without a signal, each a field of its own.
_UNASKED = (
    "division", "death", "necrosis", "movement", "change", "attack", "sprouting", "covering", "uncovering", "pruning",
    "vessel_affinity",
)  # fmt: skip


def takes(kind: CellKind, other: Cell | None) -> bool:
    """Whether a kind can take the place of a cell, or of none."""
    return other is None or (float(kind.invasion) > 0.0 and other.kind.yields)


def sensed(block: Block, signal: str, cell: Cell) -> float:
    """The level of a signal at a cell."""
    if signal in block.substances:
        return block.level(signal, cell.place)
    if signal == "contact empty":
        return sum(there not in block.cells for there in block.about(cell.place)) / len(block.ways)
    if signal.startswith("contact "):
        name = signal.removeprefix("contact ")
        return sum(each.alive and each.kind.name == name for each in block.neighbours(cell.place)) / len(block.ways)
    if signal == "space":
        free = sum(takes(cell.kind, block.cells.get(there)) for there in block.about(cell.place))
        return free / len(block.ways)
    if signal == "programme":
        return cell.programme
    if signal == "age":
        return (block.step - cell.born) % _OLDEST * block.setting.step
    if signal == "crowding":
        return crowding(block, cell)
    piece = cell.piece
    told = piece and {"perfused": piece.perfused, "covered": piece.covered, "native": not piece.grown}
    return float(bool(told and told[signal]))


def crowding(block: Block, cell: Cell) -> float:
    """Share of the places within the spacing of tips that hold live vessel."""
    far = round(block.setting.tip_spacing / block.setting.edge)
    steps = range(-far, far + 1)
    ways = [(a, b, c) for a in steps for b in steps for c in steps if a * a + b * b + c * c <= far * far]
    near = [place for place in (shifted(cell.place, way) for way in ways) if block.inside(place)]
    held = [block.cells[place] for place in near if place in block.cells]
    return sum(each.alive and each.kind.part == "vessel" for each in held) / len(near)


def response(block: Block, rule: Rule, cell: Cell) -> float:
    """How much of a rule's effect there is at a cell: 1 / (1 + (half / level)^power), of what it needs the share."""
    level = sensed(block, rule.signal, cell)
    if level <= 0.0:
        return 0.0
    half = float(rule.half) * (1.0 + sum(float(each.by) * sensed(block, each.signal, cell) for each in rule.shifted_by))
    if cell.kind.part == "tumour":
        carried = (block.mechanisms[name] for name in block.clones[cell.clone].carries)
        half *= math.prod(float(each.against.get(rule.signal, 1.0)) for each in carried)
    found = 1.0 / (1.0 + math.exp(min(float(rule.power) * math.log(half / level), 700.0)))
    if rule.needs is not None:
        found /= 1.0 + float(rule.needs.half) / max(sensed(block, rule.needs.signal, cell), 1e-300)
    return found


def unasked(block: Block, kind: CellKind, behaviour: str) -> float:
    """How much a kind does without any signal: per day, hops per day, or a weight."""
    verb, _, what = behaviour.partition(" ")
    if verb in ("secretion", "uptake"):
        return float(getattr(kind, verb).get(what, 0.0)) * _MINUTES_A_DAY
    if verb == "attraction":
        return float(kind.attraction.get(what, 0.0))
    if verb == "visibility" and kind.visibility is not None:
        return float(kind.visibility)
    if verb in ("visibility", "mutation"):
        return 1.0
    found = float(getattr(kind, verb)) if verb in _UNASKED else 0.0
    return found * _MINUTES_A_DAY / block.hop if verb == "movement" else found


def added(block: Block, rule: Rule) -> float:
    """How much a rule adds where its signal is strongest, in the unit of `unasked`."""
    most = 0.0 if rule.by is None else float(rule.by)
    return most * _MINUTES_A_DAY / block.hop if rule.behaviour == "movement" else most


def amount(block: Block, kind: CellKind, behaviour: str, cell: Cell) -> float:
    """How much a kind would do of a behaviour where a cell is: what is raised adds up, what is lowered is multiplied."""
    rules = [rule for rule in kind.rules if rule.behaviour == behaviour]
    found = unasked(block, kind, behaviour)
    found += sum(added(block, rule) * response(block, rule, cell) for rule in rules if rule.raises)
    for rule in rules:
        if rule.lowers:
            found *= 1.0 - (1.0 if rule.by is None else float(rule.by)) * response(block, rule, cell)
    if cell.kind.part == "tumour":
        for each in (block.mechanisms[name] for name in block.clones[cell.clone].carries):
            found *= float(each.changes.get(behaviour, 1.0)) * (1.0 - float(each.cost) * (behaviour == "division"))
    return found


def flow(block: Block, verb: str, substance: str, cell: Cell) -> float:
    """What a cell takes ("uptake") or gives ("secretion") of a substance [1/day]; the dead do neither."""
    return max(amount(block, cell.kind, f"{verb} {substance}", cell), 0.0) if cell.alive else 0.0


def opening(block: Block, cell: Cell) -> float:
    """How far the wall of a piece of vessel is open, 0 to 1."""
    return min(max(amount(block, cell.kind, "opening", cell), 0.0), 1.0)
