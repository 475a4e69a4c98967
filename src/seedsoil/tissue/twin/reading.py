"""A block of the engine as the twin has it: every array becomes what it stands for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seedsoil.tissue.lattice import CELLS, CLONES, COVERED, GROWN, INLET, OUTLET, PERFUSED, PIECES
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.twin.block import Block, Cell, Clone, Life, Piece

_CONDITIONS = ("alive", "body", "ghost")


def block_of(model: TissueModel, levels: Callable[[int], NDArray[np.float32]]) -> Block:
    """Return the twin of a model as it is now; ``levels`` gives it the fields (substances, z, y, x) by step."""
    lattice, used = model.lattice, model.lattice.used
    block = Block(
        model.setting,
        {kind.name: kind for kind in model.kinds},
        {each.name: each for each in model.substances},
        levels,
        step=model.steps_done,
    )
    names = list(dict.fromkeys(each.name for kind in model.kinds for each in kind.mechanisms))
    for parent, bits, step in zip(lattice.clone_parent, lattice.clone_bits, lattice.clone_step, strict=True):
        carries = frozenset(name for gene, name in enumerate(names) if int(bits) >> gene & 1)
        block.clones.append(Clone(int(parent), carries, int(step)))
    del block.clones[int(used[CLONES]) :]
    for mother, born, died in zip(lattice.tree_parent, lattice.tree_born, lattice.tree_died, strict=True):
        block.lives.append(Life(int(mother), int(born), None if died < 0 else int(died)))
    del block.lives[int(used[CELLS]) :]
    _read_pieces(model, block)
    for z, y, x in zip(*map(list, np.nonzero(lattice.kind)), strict=True):
        place = (int(z), int(y), int(x))
        cell = Cell(
            model.kinds[lattice.kind[place] - 1], place, int(lattice.born[place]), _CONDITIONS[lattice.condition[place]]
        )
        if cell.of_vessels:
            cell.piece = block.pieces[int(lattice.clone[place])]
        else:
            cell.clone = int(lattice.clone[place])
        if lattice.memory.size > 1:
            cell.programme = float(lattice.memory[place])
        if lattice.cell.size > 1:
            cell.number = int(lattice.cell[place])
        block.cells[place] = cell
    return block


def _read_pieces(model: TissueModel, block: Block) -> None:
    """Read the pieces of vessel, then their links."""
    lattice, shape = model.lattice, model.setting.shape
    count = int(lattice.used[PIECES])
    for number in range(count):
        voxel, flags = int(lattice.piece_voxel[number]), int(lattice.piece_flags[number])
        z, y, x = (int(each) for each in np.unravel_index(max(voxel, 0), shape))
        piece = Piece(number, None if voxel < 0 else (z, y, x), dry=int(lattice.piece_dry[number]))
        marks = {"perfused": PERFUSED, "covered": COVERED, "grown": GROWN, "inlet": INLET, "outlet": OUTLET}
        for name, mark in marks.items():
            setattr(piece, name, bool(flags & mark))
        block.pieces.append(piece)
    for number, piece in enumerate(block.pieces):
        parent, joined = int(lattice.piece_parent[number]), int(lattice.piece_joined[number])
        piece.parent = None if parent < 0 else block.pieces[parent]
        piece.joined = None if joined < 0 else block.pieces[joined]
