"""A block of tissue carried by the engine and by its plain twin, compared in every voxel after each step."""

from __future__ import annotations

from typing import Any

import numpy as np

from seedsoil.tissue.cells.flows import exchange, openings
from seedsoil.tissue.lattice import CELLS, CLONES, COVERED, GROWN, INLET, OUTLET, PERFUSED, PIECES, TALLIES
from seedsoil.tissue.model import TissueModel
from seedsoil.tissue.twin.block import Block
from seedsoil.tissue.twin.reading import block_of
from seedsoil.tissue.twin.rules import flow, opening
from seedsoil.tissue.twin.step import advance

_CONDITIONS = {"alive": 0, "body": 1, "ghost": 2}


class TissuePair:
    """The same block twice."""

    def __init__(self, model: TissueModel) -> None:
        self.model = model
        self.twin = block_of(model, model.supplied.levels)  # type: ignore[attr-defined]

    def live(self, steps: int) -> TissuePair:
        """Go so many steps on, and compare after each."""
        for _ in range(steps):
            self.model.step()
            advance(self.twin)
            found = differences(self.model, self.twin)
            assert not found, f"step {self.model.steps_done}: " + "; ".join(found[:4])
        return self

    def happened(self, kind: str, event: str) -> int:
        """How often something has happened to a kind."""
        return self.model.tallies()[kind][event]


def _arrays(twin: Block) -> dict[str, Any]:
    """The voxels of a twin as the engine has them."""
    shape, numbers = twin.setting.shape, {name: number for number, name in enumerate(twin.kinds, 1)}
    found = {name: np.zeros(shape, np.int64) for name in ("kind", "condition", "clone", "cell", "born")}
    found["memory"] = np.zeros(shape)
    for place, cell in twin.cells.items():
        assert cell.place == place
        found["kind"][place] = numbers[cell.kind.name]
        found["condition"][place] = _CONDITIONS[cell.condition]
        found["clone"][place] = cell.piece.number if cell.piece is not None else cell.clone
        found["born"][place], found["memory"][place] = cell.born, cell.programme
        found["cell"][place] = cell.number
    return found


def differences(model: TissueModel, twin: Block) -> list[str]:
    """Where the two differ, in words."""
    lattice, found = model.lattice, []
    arrays = _arrays(twin)
    full = arrays["kind"] > 0
    for name, expected in arrays.items():
        here = getattr(lattice, name)
        if here.shape != expected.shape:
            continue
        wrong = np.abs(here.astype(float) - expected) > (1e-6 if name == "memory" else 0)
        if name == "born":
            wrong &= full  # an empty voxel was born never
        for place in np.argwhere(wrong)[:2]:
            at = tuple(int(each) for each in place)
            found.append(f"{name}{at}: {here[at]} in the engine, {expected[at]} in the twin")
    found += _unlike("pieces", _pieces_of(model), _pieces(twin))
    clones, cells = int(lattice.used[CLONES]), int(lattice.used[CELLS])
    genes = list(twin.mechanisms)
    bits = [(each.parent, sum(1 << genes.index(gene) for gene in each.carries), each.step) for each in twin.clones]
    found += _unlike("clones", _rows(clones, lattice.clone_parent, lattice.clone_bits, lattice.clone_step), bits)
    if model.setting.tree:
        lives = [(each.mother, each.born, -1 if each.died is None else each.died) for each in twin.lives]
        found += _unlike("lives", _rows(cells, lattice.tree_parent, lattice.tree_born, lattice.tree_died), lives)
    for number, name in enumerate(twin.kinds, 1):
        said = {what: twin.tally[name, what] for what in TALLIES}
        if said != (counted := dict(zip(TALLIES, map(int, lattice.tally[number]), strict=True))):
            found.append(f"tally of {name}: {counted} in the engine, {said} in the twin")
    return found


def _rows(count: int, *columns: Any) -> list[tuple[int, ...]]:
    return [tuple(int(column[row]) for column in columns) for row in range(count)]


def _unlike(name: str, engine: list[tuple[int, ...]], twin: list[tuple[int, ...]]) -> list[str]:
    """Which rows of two tables differ."""
    if len(engine) != len(twin):
        return [f"{len(engine)} {name} in the engine, {len(twin)} in the twin"]
    pairs = enumerate(zip(engine, twin, strict=True))
    return [f"{name}[{row}]: {one} in the engine, {other} in the twin" for row, (one, other) in pairs if one != other]


def _pieces_of(model: TissueModel) -> list[tuple[int, ...]]:
    lattice = model.lattice
    return _rows(
        int(lattice.used[PIECES]), lattice.piece_voxel, lattice.piece_parent, lattice.piece_joined,
        lattice.piece_flags, lattice.piece_dry,
    )  # fmt: skip


def _pieces(twin: Block) -> list[tuple[int, ...]]:
    marks = {"perfused": PERFUSED, "covered": COVERED, "grown": GROWN, "inlet": INLET, "outlet": OUTLET}
    return [
        (
            -1 if each.place is None else twin.voxel(each.place),
            -1 if each.parent is None else each.parent.number,
            -1 if each.joined is None else each.joined.number,
            sum(mark for name, mark in marks.items() if getattr(each, name)),
            each.dry,
        )
        for each in twin.pieces
    ]


def flows_agree(pair: TissuePair) -> None:
    """What cells take and give of every substance, and how far walls are open, to the last digit that is kept."""
    model, twin = pair.model, pair.twin
    shape = model.setting.shape
    for number, name in enumerate(twin.substances):
        taken, given = np.zeros((2, *shape), np.float32)
        exchange(model.lattice, model.laws, number, model.steps_done, 0, shape[0], taken, given)
        for verb, array in (("uptake", taken), ("secretion", given)):
            expected = np.zeros(shape)
            for place, cell in twin.cells.items():
                expected[place] = flow(twin, verb, name, cell)
            np.testing.assert_allclose(array, expected, rtol=1e-6)
    vessels = [cell for cell in twin.cells.values() if cell.kind.part == "vessel"]
    opened = np.empty(len(vessels))
    openings(
        model.lattice,
        model.laws,
        model.steps_done,
        np.array([twin.voxel(each.place) for each in vessels], np.int64),
        opened,
    )
    np.testing.assert_allclose(opened, [opening(twin, each) for each in vessels], rtol=1e-12)
