"""Births and deaths cell by cell, each cell remembered: the slow truth that trees of sampled cells are held to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Plain:
    """Cells of two kinds, alike but for their name; ``mother`` and ``end`` (day of division, death or last day) by cell."""

    birth: float
    death: float
    mutation: float
    generator: np.random.Generator
    mother: list[int] = field(default_factory=lambda: [-1])
    kind: list[int] = field(default_factory=lambda: [0])
    begin: list[float] = field(default_factory=lambda: [0.0])
    alive: list[int] = field(default_factory=lambda: [0])
    now: float = 0.0

    def run(self, until: float) -> None:
        """Let cells divide and die until a day."""
        draw = self.generator
        while self.alive:
            wait = draw.exponential(1.0 / ((self.birth + self.death) * len(self.alive)))
            if self.now + wait > until:
                break
            self.now += wait
            place = int(draw.integers(len(self.alive)))
            cell = self.alive[place]
            self.alive[place] = self.alive[-1]
            self.alive.pop()
            if draw.random() < self.birth / (self.birth + self.death):
                changed = self.kind[cell] == 0 and draw.random() < self.mutation
                for kind in (self.kind[cell], 1 if changed else self.kind[cell]):
                    self.mother.append(cell)
                    self.kind.append(kind)
                    self.begin.append(self.now)
                    self.alive.append(len(self.mother) - 1)
        self.now = until

    def counts(self) -> tuple[int, int]:
        """Living cells of each kind."""
        ones = sum(self.kind[cell] for cell in self.alive)
        return len(self.alive) - ones, ones

    def line(self, cell: int) -> list[int]:
        """A cell and all its ancestors."""
        way = [cell]
        while self.mother[way[-1]] >= 0:
            way.append(self.mother[way[-1]])
        return way

    def met(self, one: int, other: int) -> tuple[float, int]:
        """Day on which the lines of two cells met, and the kind of the cell that divided then."""
        above = set(self.line(one))
        way = self.line(other)
        last = other
        for cell in way:
            if cell in above:
                return self.begin[last], self.kind[cell]
            last = cell
        raise AssertionError("no common ancestor")
