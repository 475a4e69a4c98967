"""A block of tissue as objects: cells by place, pieces of vessel, clones, and the lives of all cells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.cell import CellKind, Mechanism
from seedsoil.biology.lesion.substance import Substance
from seedsoil.tissue.model import Setting

Place = tuple[int, int, int]


@dataclass(eq=False)
class Piece:
    """A piece of vessel: on which it hangs, whom its end has joined, where it lies (None: gone), and what it is."""

    number: int
    place: Place | None
    parent: Piece | None = None
    joined: Piece | None = None
    perfused: bool = False
    covered: bool = False
    grown: bool = True
    inlet: bool = False
    outlet: bool = False
    dry: int = 0

    def line(self, links: int) -> list[Piece]:
        """It and those from which it grew, up to so many links back."""
        found: list[Piece] = [self]
        while len(found) <= links and found[-1].parent is not None:
            found.append(found[-1].parent)
        return found


@dataclass(frozen=True)
class Clone:
    """A clone: from which it came, what it carries, in which step it arose."""

    parent: int
    carries: frozenset[str]
    step: int


@dataclass(eq=False)
class Life:
    """A cell's entry in the genealogy: mother, and steps of birth and death (None: lives)."""

    mother: int
    born: int
    died: int | None = None


@dataclass(eq=False)
class Cell:
    """A cell in its place; ``condition`` is alive, body or ghost. What is part of a vessel has a piece, others a clone."""

    kind: CellKind
    place: Place
    born: int
    condition: str = "alive"
    clone: int = 0
    piece: Piece | None = None
    programme: float = 0.0
    number: int = 0

    @property
    def alive(self) -> bool:
        """Whether it does anything at all."""
        return self.condition == "alive"

    @property
    def of_vessels(self) -> bool:
        """Whether it is a vessel or a sprout."""
        return self.kind.part in ("vessel", "sprout")


@dataclass(eq=False)
class Block:
    """A block of tissue.

    Attributes
    ----------
    setting : Setting
    kinds, substances : dict
        By name, in the order of the scene.
    levels : function
        The fields (substances, z, y, x) by step: they are given, not solved.
    cells : dict
        By place; a place without one is empty.
    """

    setting: Setting
    kinds: dict[str, CellKind]
    substances: dict[str, Substance]
    levels: Callable[[int], NDArray[np.float32]]
    cells: dict[Place, Cell] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    clones: list[Clone] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    step: int = 0

    def __post_init__(self) -> None:
        across = (0,) if self.setting.shape[0] == 1 else (-1, 0, 1)
        #: The ways to the places about one, in the order of places.
        self.ways: list[Place] = [way for way in product(across, (-1, 0, 1), (-1, 0, 1)) if any(way)]
        #: Mean length of a hop [um].
        self.hop = self.setting.edge * math.fsum(math.hypot(*way) for way in self.ways) / len(self.ways)
        #: The mechanisms of resistance of all kinds, by name.
        self.mechanisms: dict[str, Mechanism] = {}
        for mechanism in (each for kind in self.kinds.values() for each in kind.mechanisms):
            self.mechanisms.setdefault(mechanism.name, mechanism)
        self._about: dict[Place, list[Place]] = {}
        self.field = self.levels(self.step)

    def inside(self, place: Place) -> bool:
        """Whether a place is in the block."""
        return all(0 <= here < length for here, length in zip(place, self.setting.shape, strict=True))

    def about(self, place: Place) -> list[Place]:
        """The places about one."""
        if place not in self._about:
            self._about[place] = [there for way in self.ways if self.inside(there := shifted(place, way))]
        return self._about[place]

    def neighbours(self, place: Place) -> Iterator[Cell]:
        """The cells about a place."""
        return (self.cells[there] for there in self.about(place) if there in self.cells)

    def level(self, substance: str, place: Place) -> float:
        """The level of a substance in a place."""
        return float(self.field[(list(self.substances).index(substance), *place)])

    def voxel(self, place: Place) -> int:
        """The number of a place."""
        _, rows, columns = self.setting.shape
        return (place[0] * rows + place[1]) * columns + place[2]

    def enter(self, cell: Cell, mother: int) -> None:
        """Enter a new cell into the genealogy, if that is kept."""
        if self.setting.tree:
            cell.number = len(self.lives)
            self.lives.append(Life(mother, self.step))

    def end(self, cell: Cell) -> None:
        """Note the end of a life."""
        if self.setting.tree and cell.alive and not cell.of_vessels:
            self.lives[cell.number].died = self.step

    def replace(self, place: Place) -> None:
        """Let who is in a place give way to another."""
        if (gone := self.cells.pop(place, None)) is not None:
            self.tally[gone.kind.name, "replaced"] += 1
            self.end(gone)


def shifted(place: Place, way: Place, times: int = 1) -> Place:
    """The place that lies some steps of a way from another."""
    z, y, x = (here + times * step for here, step in zip(place, way, strict=True))
    return z, y, x
