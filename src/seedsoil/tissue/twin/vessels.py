"""Vessels of the twin: sprouts that leave, lead and join, whom blood brings, and where it flows."""

from __future__ import annotations

from collections import deque

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.foundation.streams import Stream
from seedsoil.tissue.twin.block import Block, Cell, Piece, Place
from seedsoil.tissue.twin.places import choose, push

#: Most links between a tip and a piece for which it is too near of kin to join it.
_TAIL = 4
_LONGEST_DRY = 65535


def first_of(block: Block, part: str) -> CellKind | None:
    """The first kind of a part."""
    return next((kind for kind in block.kinds.values() if kind.part == part), None)


def _grown(block: Block, stream: Stream, kind: CellKind, parent: Piece | None, place: Place) -> Cell:
    """A new piece of vessel in a place; whoever was there is pushed aside where there is room, and else gone."""
    there = block.cells.get(place)
    if there is not None and kind.pushes and (free := push(block, stream, Cell(kind, place, block.step))) is not None:
        there.place = free
        block.cells[free] = block.cells.pop(place)
    block.replace(place)
    piece = Piece(len(block.pieces), place, parent)
    block.pieces.append(piece)
    block.cells[place] = Cell(kind, place, block.step, piece=piece)
    return block.cells[place]


def sprout(block: Block, stream: Stream, cell: Cell) -> None:
    """Let a tip leave a perfused vessel, unless a live one is near."""
    tip = first_of(block, "sprout")
    if tip is None or cell.piece is None or not cell.piece.perfused:
        return
    far = round(block.setting.tip_spacing / block.setting.edge)
    tips = (each.place for each in block.cells.values() if each.kind.part == "sprout" and each.alive)
    if any(sum((a - b) ** 2 for a, b in zip(place, cell.place, strict=True)) <= far**2 for place in tips):
        return
    if (place := choose(block, stream, tip, cell, soft=True)) is not None:
        _grown(block, stream, tip, cell.piece, place)
        block.tally[cell.kind.name, "sprouts"] += 1


def lead(block: Block, stream: Stream, cell: Cell) -> None:
    """Let a tip go on, a vessel behind it; where it touches one that is no near kin it joins it, and is a tip no more."""
    stalk = first_of(block, "vessel")
    place = choose(block, stream, cell.kind, cell, soft=True)
    if place is None or stalk is None:
        return
    tip = _grown(block, stream, cell.kind, cell.piece, place)
    block.tally[cell.kind.name, "moves"] += 1
    cell.kind = stalk
    for other in block.neighbours(place):
        if other.piece is not None and other.alive and tip.piece is not None and not kin(tip.piece, other.piece):
            tip.piece.joined, tip.kind = other.piece, stalk
            return


def kin(one: Piece, other: Piece) -> bool:
    """Whether two pieces have a piece behind them that is, by its links to both together, within a tail's length."""
    behind = {id(piece): links for links, piece in enumerate(one.line(_TAIL))}
    return any(behind.get(id(piece), _TAIL + 1) + links <= _TAIL for links, piece in enumerate(other.line(_TAIL)))


def admit(block: Block, stream: Stream, cell: Cell, guest: CellKind) -> None:
    """Let a cell of a kind come out of a perfused vessel, into a place beside it that it can take."""
    if cell.piece is None or not cell.piece.perfused:
        return
    if (place := choose(block, stream, guest, cell, soft=False)) is not None:
        block.replace(place)
        block.cells[place] = Cell(guest, place, block.step)
        block.enter(block.cells[place], mother=0)
        block.tally[guest.name, "arrivals"] += 1


def flow_again(block: Block) -> None:
    """Find out where blood flows: on all that is left when blind ends are cut off, joined with an inlet and an outlet."""
    living = []
    for piece in block.pieces:
        cell = block.cells.get(piece.place) if piece.place is not None else None
        if cell is not None and cell.piece is piece and cell.alive:
            living.append(piece)
        else:
            piece.place = None
            piece.perfused = piece.covered = piece.grown = piece.inlet = piece.outlet = False
    links: dict[Piece, list[Piece]] = {piece: [] for piece in living}
    for piece in living:
        for other in (piece.parent, piece.joined):
            if other is not None and other in links:
                links[piece].append(other)
                links[other].append(piece)
    blind = deque(living)
    while blind:
        piece = blind.popleft()
        if len(links[piece]) == 1 and not (piece.inlet or piece.outlet):
            other = links[piece].pop()
            links[other].remove(piece)
            blind.append(other)
    for piece in living:
        part = _joined(piece, links)
        through = any(each.inlet for each in part) and any(each.outlet for each in part)
        piece.perfused = through and (bool(links[piece]) or (piece.inlet and piece.outlet))
        piece.dry = 0 if piece.perfused else min(piece.dry + 1, _LONGEST_DRY)


def _joined(piece: Piece, links: dict[Piece, list[Piece]]) -> set[Piece]:
    """All that hang together with a piece."""
    found, edge = {piece}, [piece]
    while edge:
        new = {other for other in links[edge.pop()] if other not in found}
        found |= new
        edge += new
    return found
