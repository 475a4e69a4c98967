"""The tree of the tumour cells that live in a block, in Newick: who divided from whom, branch lengths in days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedsoil.experiment.publish import publish
from seedsoil.foundation.errors import StoreError
from seedsoil.observe.lineage.exchange import newick
from seedsoil.observe.lineage.tree import DIVIDED, ROOT, SAMPLED, CellTree
from seedsoil.tissue.lattice import ALIVE, PARTS, TUMOUR
from seedsoil.tissue.model import TissueModel

__all__ = ["living_tree", "write_tree"]


def write_tree(model: TissueModel, path: Path | str, most: int = 10_000) -> Path:
    """Write `living_tree` to a file, whole or not at all, and return where it lies."""
    tree, names = living_tree(model, most)
    path = Path(path)
    publish(path, newick(tree, names).encode())
    return path


def living_tree(model: TissueModel, most: int = 10_000) -> tuple[CellTree, list[str]]:
    """Return the tree of the tumour cells that live, and a name for each node.

    Parameters
    ----------
    model : TissueModel
        With a setting that keeps the genealogy.
    most : int
        Cells of the tree; of more, evenly many along the block are taken.

    Returns
    -------
    tree, names
        A tip is ``cell_NUMBER_clone_NUMBER``, as the table of cells has both. The root is the first moment, at which
        all founding cells are joined. Clones of inner nodes are not known (-1).

    Raises
    ------
    StoreError
        If the genealogy is not kept, or no tumour cell lives.
    """
    if not model.setting.tree:
        raise StoreError("the genealogy of cells is not kept: set tree to true in the setting of the scene")
    lattice = model.lattice
    parts = np.array([-1, *(PARTS.index(kind.part) for kind in model.kinds)])
    here = np.flatnonzero((parts[lattice.kind] == TUMOUR).ravel() & (lattice.condition == ALIVE).ravel())
    if not here.size:
        raise StoreError("no tumour cell lives in the block, so that there is no tree of them")
    if here.size > most:
        here = here[np.linspace(0, here.size - 1, most).round().astype(np.int64)]
    clones = dict(zip(lattice.cell.ravel()[here].tolist(), lattice.clone.ravel()[here].tolist(), strict=True))
    return _joined(model, clones)


def _joined(model: TissueModel, clones: dict[int, int]) -> tuple[CellTree, list[str]]:
    """The tree of some cells, given with their clones: lines of which nobody is left are not in it."""
    born, daughters = model.lattice.tree_born, _daughters(model.lattice.tree_parent, clones)
    parent, day, event, clone, names = [-1], [0.0], [ROOT], [-1], ["start"]

    def add(above: int, at: float, what: int, its_clone: int, name: str) -> int:
        for column, entry in zip((parent, day, event, clone, names), (above, at, what, its_clone, name), strict=True):
            column.append(entry)  # type: ignore[attr-defined]
        return len(parent) - 1

    waiting = [(founder, 0) for founder in reversed(daughters.get(0, []))]
    while waiting:
        cell, above = waiting.pop()
        line = list(daughters.get(cell, []))
        # A line that ends without a living cell goes on in its last daughter.
        onward = None if cell in clones else line.pop()
        for daughter in line:
            above = add(above, float(born[daughter]) * model.setting.step, DIVIDED, -1, f"division_{daughter}")
            waiting.append((daughter, above))
        if onward is None:
            add(above, model.day, SAMPLED, clones[cell], f"cell_{cell}_clone_{clones[cell]}")
        else:
            waiting.append((onward, above))
    nothing = np.zeros(len(parent))
    tree = CellTree(
        np.array(parent), np.array(day), nothing.astype(np.int64), np.array(clone), np.array(event), nothing
    )
    return tree, names


def _daughters(mother_of: NDArray[np.uint32], cells: dict[int, int]) -> dict[int, list[int]]:
    """Of each cell that has some of these among its descendants: its daughters that do, in order of birth."""
    needed = set(cells)
    for cell in cells:
        above = int(mother_of[cell])
        while above and above not in needed:
            needed.add(above)
            above = int(mother_of[above])
    found: dict[int, list[int]] = {}
    for cell in sorted(needed):
        found.setdefault(int(mother_of[cell]), []).append(cell)
    return found
