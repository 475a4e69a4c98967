"""One step of the twin: all propose, tile by tile in an order at random, and each finds what those before have left."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.foundation.streams import (
    TISSUE_EVENT,
    TISSUE_GLANCE,
    TISSUE_ORDER,
    TISSUE_PLACE,
    TISSUE_TILE,
    Stream,
    aim,
    bits,
    new_stream,
    uniform,
)
from seedsoil.tissue.twin.block import Block, Cell, Clone, Place
from seedsoil.tissue.twin.places import choose, gives_way, holds_on, pull, push
from seedsoil.tissue.twin.rules import added, amount, unasked
from seedsoil.tissue.twin.vessels import admit, flow_again, lead, sprout

#: Events of a cell but for division and movement, in the order in which its luck is shared out; then whom a vessel lets in.
_EVENTS = ("death", "necrosis", "change", "attack", "sprouting", "covering", "uncovering", "pruning")
#: Ways to die, and what is left of a cell.
_DEATHS = {"death": "body", "necrosis": "ghost", "pruning": "body"}
_MOST_ROUNDS = 64
#: Layers, rows and columns of a tile.
_TILE = (8, 8, 64)


@dataclass(frozen=True)
class Proposal:
    """What a cell would do, and the place where it made it."""

    origin: Place
    cell: Cell
    action: str


def advance(block: Block) -> None:
    """Go one step on: blood, levels as they are given, cells round by round, programmes."""
    if block.pieces and block.step % block.setting.perfuse_every == 0:
        flow_again(block)
    block.field = block.levels(block.step)
    stream = new_stream(block.setting.seed, 0)
    turns = {name: rounds(block, kind) for name, kind in block.kinds.items()}
    for turn in range(max(turns.values())):
        moment = block.step * _MOST_ROUNDS + turn
        proposals = []
        for cell in block.cells.values():
            if turn >= turns[cell.kind.name] or (turn > 0 and not cell.alive):
                continue
            luck = _luck(block, stream, cell.place, moment)
            action = event(block, cell, luck, block.setting.step / turns[cell.kind.name])
            if action:
                proposals.append(Proposal(cell.place, cell, action))
        for proposal in _in_order(block, stream, proposals, moment):
            aim(stream, TISSUE_PLACE, block.voxel(proposal.origin), moment)
            if block.cells.get(proposal.cell.place) is proposal.cell:
                _do(block, proposal.cell, proposal.action, stream)
    for cell in block.cells.values():
        if cell.kind.programme_time is not None and cell.alive:
            asked = min(max(amount(block, cell.kind, "programme", cell), 0.0), 1.0)
            kept = math.exp(-block.setting.step / float(cell.kind.programme_time))
            cell.programme = float(np.float32(asked * (1.0 - kept) + cell.programme * kept))
    block.step += 1


def _luck(block: Block, stream: Stream, place: Place, moment: int) -> float:
    """A cell's luck: sixteen bits of what eight voxels of a row draw together, and behind them its own."""
    _, rows, columns = block.setting.shape
    z, y, x = place
    aim(stream, TISSUE_GLANCE, (z * rows + y) * math.ceil(columns / 8) + x // 8, moment)
    drawn = int(bits(stream)) | int(bits(stream)) << 64
    aim(stream, TISSUE_EVENT, block.voxel(place), moment)
    return ((drawn >> 16 * (x % 8)) % 2**16 + uniform(stream)) / 2**16


def _in_order(block: Block, stream: Stream, proposals: list[Proposal], moment: int) -> list[Proposal]:
    """The proposals tile by tile, the least of the tiles' hashes first; of a tile, from the last on, each is drawn from those that are left."""
    tiles: dict[int, list[Proposal]] = {}
    for proposal in sorted(proposals, key=lambda each: each.origin):
        number = 0
        for here, length, side in zip(proposal.origin, block.setting.shape, _TILE, strict=True):
            number = number * math.ceil(length / side) + here // side
        tiles.setdefault(number, []).append(proposal)
    found: list[tuple[int, list[Proposal]]] = []
    for number, waiting in tiles.items():
        aim(stream, TISSUE_TILE, number, moment)
        key = int(bits(stream))
        aim(stream, TISSUE_ORDER, number, moment)
        luck = [uniform(stream) for _ in waiting]
        drawn = []
        while waiting:
            which = int(luck[len(waiting) - 1] * len(waiting))
            waiting[which], waiting[-1] = waiting[-1], waiting[which]
            drawn.append(waiting.pop())
        found.append((key, drawn[::-1]))
    return [proposal for _, drawn in sorted(found, key=lambda each: each[0]) for proposal in drawn]


def rounds(block: Block, kind: CellKind) -> int:
    """Rounds a step: so many that a kind hops in each with probability 1/2 at most, or one if it hops once at most."""
    hops = unasked(block, kind, "movement")
    hops += sum(added(block, rule) for rule in kind.rules if rule.raises == "movement")
    if kind.part == "tumour":
        hops *= math.prod(max(float(each.changes.get("movement", 1.0)), 1.0) for each in block.mechanisms.values())
    hops *= block.setting.step
    return math.ceil(2.0 * hops) if hops > 1.0 else 1


def event(block: Block, cell: Cell, luck: float, days: float) -> str:
    """What happens to a cell with this luck in the days of a round; "" for nothing. The dead wait for a whole step.

    A death that is cleared before the step is over says so.
    """
    if not cell.alive:
        return "clearing" if luck < 1.0 - math.exp(-_spans(block, cell.kind, cell.condition)) else ""
    names = [*_EVENTS]
    if cell.kind.part == "vessel":
        names += [f"admission {name}" for name in block.kinds]
    hazards = list(accumulate(amount(block, cell.kind, name, cell) for name in names))
    nothing = math.exp(-hazards[-1] * days)
    if luck >= 1.0 - nothing:
        # So many that a cell to which nothing happens is, with its daughters and theirs, on average as many as it should.
        births = min(math.exp(amount(block, cell.kind, "division", cell) * days) - 1.0, 1.0)
        if 1.0 - luck > nothing * (1.0 - births):
            return "division"
        hops = min(amount(block, cell.kind, "movement", cell) * days, 1.0)
        return "movement" if 1.0 - luck > nothing * (1.0 - births) * (1.0 - hops) else ""
    mark = luck / (1.0 - nothing) * hazards[-1]
    name, height = next((name, height) for name, height in zip(names, hazards, strict=True) if mark < height)
    if name in _DEATHS:
        left = (height - mark) / amount(block, cell.kind, name, cell)
        if left > _uncleared(block, cell.kind, _DEATHS[name]):
            return f"{name}, cleared"
    return name


def _spans(block: Block, kind: CellKind, condition: str) -> float:
    """How many times the dead of a kind would be cleared in a step, on average."""
    return block.setting.step / float(kind.body_time if condition == "body" else kind.ghost_time)


def _uncleared(block: Block, kind: CellKind, condition: str) -> float:
    """Probability that one that died at any time of a step is there at its end: the mean of what is left after so long."""
    spans = _spans(block, kind, condition)
    return (1.0 - math.exp(-spans)) / spans


def _do(block: Block, cell: Cell, action: str, stream: Stream) -> None:
    """Let a cell do what it proposed, if it still can."""
    death, _, cleared = action.partition(", ")
    if action == "clearing":
        _clear(block, cell, stream)
    elif not cell.alive:
        return
    elif action == "division":
        _divide(block, cell, stream)
    elif death in _DEATHS:
        _die(block, cell, _DEATHS[death])
        block.tally[cell.kind.name, "necroses" if death == "necrosis" else "deaths"] += 1
        if cleared:
            _clear(block, cell, stream)
    elif action == "movement":
        (lead if cell.kind.part == "sprout" else _walk)(block, stream, cell)
    elif action == "change":
        block.tally[cell.kind.name, "changes"] += 1
        cell.kind = block.kinds[cell.kind.becomes]
    elif action == "attack":
        victims = [each for each in block.neighbours(cell.place) if each.alive and each.kind.name in cell.kind.targets]
        if victims:
            victim = victims[int(uniform(stream) * len(victims))]
            shown = amount(block, victim.kind, "visibility", victim) if cell.kind.by_antigen else 1.0
            if shown < 1.0 and uniform(stream) >= shown:
                return
            _die(block, victim, "body")
            block.tally[cell.kind.name, "kills"] += 1
            if uniform(stream) < 1.0 - _uncleared(block, victim.kind, "body"):
                _clear(block, victim, stream)
    elif action == "sprouting":
        sprout(block, stream, cell)
    elif action in ("covering", "uncovering"):
        assert cell.piece is not None
        cell.piece.covered = action == "covering"
    else:
        admit(block, stream, cell, block.kinds[action.removeprefix("admission ")])


def _clear(block: Block, cell: Cell, stream: Stream) -> None:
    """Let the place of a dead cell come free."""
    block.tally[cell.kind.name, "cleared"] += 1
    del block.cells[cell.place]
    if cell.kind.pulls:
        pull(block, stream, cell.kind, cell.place)


def _die(block: Block, cell: Cell, condition: str) -> None:
    """Let a cell die; its place stays taken."""
    block.end(cell)
    cell.condition = condition


def _divide(block: Block, cell: Cell, stream: Stream) -> None:
    """Put a daughter beside a cell, if there is a place or one can be made."""
    place = choose(block, stream, cell.kind, cell, soft=False)
    if place is not None:
        if not gives_way(block, stream, cell.kind, place):
            return
    elif cell.kind.pushes:
        place = push(block, stream, cell)
    if place is None:
        return
    block.replace(place)
    daughter = Cell(cell.kind, place, block.step, clone=_inherited(block, cell, stream), programme=cell.programme)
    block.cells[place] = daughter
    cell.born = block.step
    block.enter(daughter, cell.number)
    block.tally[cell.kind.name, "divisions"] += 1


def _inherited(block: Block, mother: Cell, stream: Stream) -> int:
    """The daughter's clone: her mother's, or one with a neutral change, or with one mechanism more."""
    chances = {"": float(mother.kind.variation)} | dict.fromkeys(block.mechanisms, 0.0)
    for mechanism in mother.kind.mechanisms:
        chances[mechanism.name] += float(mechanism.probability)
    if not any(chances.values()):
        return mother.clone
    often = amount(block, mother.kind, "mutation", mother)
    often = min(often, 1.0 / math.fsum(chances.values()))
    chances = {name: often * chance for name, chance in chances.items()}
    luck = uniform(stream)
    for name, height in zip(chances, accumulate(chances.values()), strict=True):
        if luck < height:
            carries = block.clones[mother.clone].carries | ({name} - {""})
            block.clones.append(Clone(mother.clone, carries, block.step))
            return len(block.clones) - 1
    return mother.clone


def _walk(block: Block, stream: Stream, cell: Cell) -> None:
    """Let a cell change places with whoever, or nothing, is beside it."""
    place = choose(block, stream, cell.kind, cell, soft=cell.kind.swaps)
    if place is None or not (cell.kind.swaps or gives_way(block, stream, cell.kind, place)):
        return
    if holds_on(block, stream, cell, place):
        return
    block.tally[cell.kind.name, "moves"] += 1
    other, left = block.cells.get(place), cell.place
    del block.cells[left]
    if other is not None:
        other.place, block.cells[left] = left, other
    cell.place, block.cells[place] = place, cell
