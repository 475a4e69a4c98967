"""The mosaic: how many cells of each clone lay in each lesion on each recorded day, and the rates that made them.

A population is one clone in one lesion. It is what trees of cells are drawn from: its path through the days says how fast
its lines meet, the register of clones says where its first cell came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seedsoil.body.state import (
    CLONE_TYPE,
    CLONES,
    DEATH,
    DIVISION,
    HIT_RATE,
    HITS,
    INSTABILITY_RATE,
    LESIONS,
    NOW,
    SITE,
    VIGOUR,
    Model,
    State,
)
from seedsoil.foundation.elementary import exp
from seedsoil.foundation.streams import Stream

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Population = tuple[int, int]


@dataclass(frozen=True)
class Mosaic:
    """Cells by day, lesion and clone.

    ``days`` (K,), never falling: a day on which something was done stands there twice, before and after. ``first`` (K +
    1,): rows ``first[k]`` .. ``first[k + 1] - 1`` of ``lesion``, ``clone`` and ``cells`` (rows,) are day k. ``kind``
    (clones,): type of each clone. ``division`` (lesions, types): divisions [1/day] with full oxygen, ``death`` (lesions,):
    deaths then [1/day]. ``alteration`` (types, types): chance per division that a daughter is of another type; ``reversal``
    (types, types): rate [1/day] of turning into one without a division. ``stream`` (8,): the patient's luck, to be copied
    and aimed.
    """

    days: Floats
    first: Integers
    lesion: Integers
    clone: Integers
    cells: Floats
    kind: Integers
    division: Floats
    death: Floats
    alteration: Floats
    reversal: Floats
    stream: Stream

    @cached_property
    def paths(self) -> dict[Population, tuple[Integers, Floats]]:
        """Each population's recorded days, by their places, and its cells on them."""
        place = np.repeat(np.arange(self.days.size), np.diff(self.first))
        order = np.lexsort((place, self.clone, self.lesion))
        lesion, clone = self.lesion[order], self.clone[order]
        new = np.flatnonzero((np.diff(lesion) != 0) | (np.diff(clone) != 0)) + 1
        found: dict[Population, tuple[Integers, Floats]] = {}
        for rows in np.split(order, new) if order.size else []:
            found[int(self.lesion[rows[0]]), int(self.clone[rows[0]])] = (place[rows], self.cells[rows])
        return found

    def cells_on(self, population: Population, place: int) -> float:
        """Cells of a population on the recorded day of that place; 0 where there are none."""
        if population not in self.paths or place < 0:
            return 0.0
        places, cells = self.paths[population]
        at = int(np.searchsorted(places, place))
        return float(cells[at]) if at < places.size and places[at] == place else 0.0

    def of_lesion(self, lesion: int, place: int) -> tuple[Integers, Floats]:
        """Clones of a lesion on a recorded day, and the cells of each."""
        rows = slice(int(self.first[place]), int(self.first[place + 1]))
        here = self.lesion[rows] == lesion
        return self.clone[rows][here], self.cells[rows][here]

    def last_place(self, lesion: int) -> int:
        """Place of the last recorded day on which a lesion had cells; -1 if it never had any."""
        rows = np.flatnonzero(self.lesion == lesion)
        return int(np.searchsorted(self.first, rows[-1], side="right")) - 1 if rows.size else -1


def alterations(model: Model) -> tuple[Floats, Floats]:
    """What a cell of each type can turn into (types, types): chance per division, and rate per day of losing a mechanism."""
    types, levels = model.mask.shape[0], int(model.trait[HITS]) + 1
    divided, lost = np.zeros((types, types)), np.zeros((types, types))
    for kind in range(types):
        factor = float(model.instability[kind])
        if kind % levels < levels - 1:
            divided[kind, kind + 1] = float(model.trait[HIT_RATE]) * factor
        if kind // levels % 2 == 0:
            divided[kind, kind + levels] = float(model.trait[INSTABILITY_RATE]) * factor
        for bit in range(model.mechanism_rate.size):
            step = levels * 2 << bit
            if int(model.mask[kind]) >> bit & 1:
                lost[kind, kind - step] = float(model.reversal_rate[bit])
            else:
                divided[kind, kind + step] = float(model.mechanism_rate[bit]) * factor
    return divided, lost


@dataclass
class MosaicRecorder:
    """Copies the slots of every lesion; ``diagnosis`` is the day of diagnosis on the engine's clock."""

    diagnosis: float
    days: list[float] = field(default_factory=list)
    rows: list[tuple[Integers, Integers, Floats]] = field(default_factory=list)

    def __call__(self, state: State) -> None:
        """Enter the state of a day."""
        count = int(state.count[LESIONS])
        filled = np.arange(state.cells.shape[1])[None, :] < state.used[:count, None]
        filled &= state.cells[:count] > 0.0
        self.days.append(float(state.clock[NOW]) - self.diagnosis)
        self.rows.append((np.nonzero(filled)[0], state.clone_of[:count][filled], state.cells[:count][filled]))

    def mosaic(self, state: State, model: Model, stream: Stream, end: float) -> Mosaic:
        """What was recorded until ``end`` [day], with the rates of ``model``; ``state`` is the last one."""
        lesion = state.lesion[: int(state.count[LESIONS])]
        resting = model.site[0, lesion[:, SITE].astype(int), DIVISION]
        fitness = model.fitness[0, lesion[:, SITE].astype(int)][:, model.mask]
        vigour = np.array([float(exp(one)) for one in lesion[:, VIGOUR]])
        divided, lost = alterations(model)
        sizes = [one[0].size for one in self.rows]
        joined = [np.concatenate([one[part] for one in self.rows]) if self.rows else np.zeros(0) for part in range(3)]
        return Mosaic(
            days=np.minimum(np.array(self.days), end),
            first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            lesion=joined[0].astype(np.int64),
            clone=joined[1].astype(np.int64),
            cells=joined[2].astype(np.float64),
            kind=state.clone[: int(state.count[CLONES]), CLONE_TYPE].copy(),
            division=resting[:, None] * vigour[:, None] * fitness,
            death=model.site[0, lesion[:, SITE].astype(int), DEATH].copy(),
            alteration=divided,
            reversal=lost,
            stream=stream.copy(),
        )
