"""A block of tissue in time: fields come to rest, cells do what their rules say, vessels grow, and blood finds its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.foundation.errors import ModelError
from seedsoil.foundation.streams import new_stream
from seedsoil.tissue.cells.census import census
from seedsoil.tissue.cells.eights import eights
from seedsoil.tissue.cells.propose import MOST_ROUNDS, remember
from seedsoil.tissue.cells.rounds import Rounds
from seedsoil.tissue.dosing import Course, Doses
from seedsoil.tissue.lattice import (
    ALIVE,
    ATTACK,
    CELLS,
    CLONES,
    COVERED,
    DIVISION,
    GROWN,
    INLET,
    KINDS,
    MOVEMENT,
    NO_PIECE,
    OUTLET,
    PIECES,
    SPROUT_KIND,
    SPROUTING,
    TALLIES,
    VESSEL_KIND,
    Laws,
    empty,
)
from seedsoil.tissue.laws import Vocabulary, compile_laws
from seedsoil.tissue.perfusion import perfuse
from seedsoil.tissue.supplied import Supplied

__all__ = ["Setting", "TissueModel"]

_MOST_STEPS = 2**32 // MOST_ROUNDS


@dataclass(frozen=True)
class Setting:
    """What a block of tissue is, before anything is in it.

    Attributes
    ----------
    shape : tuple of int
        Voxels along z, y and x; one layer makes a block in the plane.
    edge : float
        A voxel's [um].
    step : float
        Length of a step [day].
    seed : int
        All luck follows from it.
    sides : mapping
        Levels held at faces: by substance, by face ("top", "bottom", "north", "south", "west", "east").
    medium : mapping
        Levels held, by substance, where no cell is and the open reaches a face: a medium that is stirred.
    radius, sprout_radius : float
        Of the host's capillaries and of new vessels [um].
    tip_spacing : float
        Distance within which a tip keeps others from leaving a vessel [um].
    ceiling : float, optional
        The share of blood's level that a barrier lets through where it is wholly open [1]; without it these vessels have none.
    perfuse_every : int
        Steps between two searches for where blood flows.
    tolerance : float
        Of the fields: the most by which a voxel may not be at rest, as a share of the most that flows through any.
    tree : bool
        Whether the genealogy of all cells is kept.
    """

    shape: tuple[int, int, int]
    edge: float = 20.0
    step: float = 1.0 / 24.0
    seed: int = 1
    sides: dict[str, dict[str, float]] = field(default_factory=dict)
    medium: dict[str, float] = field(default_factory=dict)
    radius: float = 5.0
    sprout_radius: float = 5.0
    tip_spacing: float = 60.0
    ceiling: float | None = None
    perfuse_every: int = 6
    tolerance: float = 1e-4
    tree: bool = False

    def __post_init__(self) -> None:
        faults = []
        if min(self.shape) < 1 or int(np.prod(self.shape, dtype=float)) >= 2**31:
            faults.append(f"shape: three numbers of voxels, each at least 1, together below 2^31, got {self.shape}")
        for name in ("edge", "step", "radius", "sprout_radius", "tip_spacing", "tolerance"):
            if not 0.0 < getattr(self, name) < np.inf:
                faults.append(f"{name}: a number above 0, got {getattr(self, name)}")
        if self.ceiling is not None and not 0.0 <= self.ceiling <= 1.0:
            faults.append(f"ceiling: a share from 0 to 1, got {self.ceiling}")
        if self.perfuse_every < 1:
            faults.append(f"perfuse_every: at least 1 step, got {self.perfuse_every}")
        if faults:
            raise ModelError(faults)


class TissueModel:
    """One block of tissue.

    Parameters
    ----------
    setting : Setting
    kinds, substances : sequences of CellKind, of Substance
    blood : sequence of Doses or Course
        What is in blood besides what each substance says (its ``in_blood``).
    threads : int
        How many work on it; the bytes of the state do not depend on that.

    Raises
    ------
    ModelError
        With a line for each name that is not known and each number that cannot be.
    """

    def __init__(
        self, setting: Setting, kinds: Sequence[CellKind], substances: Sequence[Substance],
        blood: Sequence[Doses | Course] = (), threads: int = 1,
    ) -> None:  # fmt: skip
        self.setting, self.kinds, self.substances = setting, tuple(kinds), tuple(substances)
        self.blood, self.threads = tuple(blood), threads
        self.words = Vocabulary(tuple(each.name for each in substances), tuple(each.name for each in kinds))
        self.laws = compile_laws(
            kinds, substances, setting.edge, setting.step, setting.shape[0] == 1, setting.tip_spacing, setting.tree
        )
        self.lattice = empty(
            setting.shape, len(substances), len(kinds), any(kind.programme_time is not None for kind in kinds),
            setting.tree, _cells_move(self.laws),
        )  # fmt: skip
        self.lattice.used[CLONES] = 1  # the founding clone
        self.lattice.used[CELLS] = 1  # number 0 is nobody's
        self.steps_done = 0
        self.supplied = Supplied(setting, self.substances, self.words, self.blood)
        self._rounds = Rounds(setting.shape, self.laws, new_stream(setting.seed, 0))
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._fresh = False

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Ways to resist, in the order of a clone's bits."""
        return tuple(dict.fromkeys(each.name for kind in self.kinds for each in kind.mechanisms))

    @property
    def day(self) -> float:
        """Time since the start [day]."""
        return self.steps_done * self.setting.step

    # ------------------------------------------------------------------ filling

    def put(self, kind: str, where: NDArray[np.bool_] | NDArray[np.int64], clone: int = 0) -> int:
        """Put live cells of a kind into voxels (a mask of the block, or numbers of voxels); returns how many.

        Whoever was there is gone. Vessels are laid by `lay`; clones but the first are made by `new_clone`.
        """
        number = self.words.kind(kind, "put")
        if self.kinds[number - 1].part in ("vessel", "sprout"):
            raise ModelError(f"put: {kind!r} is a {self.kinds[number - 1].part}; lay a vessel along a way of voxels")
        voxels = self._voxels(where, "put")
        self._known_clone(clone, "put")
        self._clear(voxels)
        flat = {name: getattr(self.lattice, name).ravel() for name in ("kind", "condition", "clone", "born")}
        flat["kind"][voxels], flat["condition"][voxels], flat["clone"][voxels] = number, ALIVE, clone
        flat["born"][voxels] = self.steps_done & 0xFFFF
        if self.lattice.cell.size > 1:
            self._reserve(0, 0, voxels.size)
            first = int(self.lattice.used[CELLS])
            self.lattice.cell.ravel()[voxels] = np.arange(first, first + voxels.size)
            self.lattice.tree_born[first : first + voxels.size] = self.steps_done
            self.lattice.tree_died[first : first + voxels.size] = -1
            self.lattice.used[CELLS] = first + voxels.size
        self._fresh = False
        return int(voxels.size)

    def lay(self, kind: str, way: NDArray[np.int64], grown: bool = False, covered: bool = True) -> None:
        """Lay a vessel along a way of neighbouring voxels, from where blood enters the block to where it leaves.

        ``grown``: it is none of the organ's own; ``covered``: by pericytes.
        """
        number = self.words.kind(kind, "lay")
        if self.kinds[number - 1].part != "vessel":
            raise ModelError(f"lay: {kind!r} is no vessel; put it")
        lattice, way = self.lattice, self._voxels(way, "lay")
        way = way[lattice.kind.ravel()[way] != number] if way.size > 1 else way  # it crosses another there
        if not way.size:
            return
        self._clear(way)
        first = int(lattice.used[PIECES])
        self._reserve(0, way.size, 0)
        lattice, pieces = self.lattice, np.arange(first, first + way.size)
        lattice.piece_voxel[pieces], lattice.piece_joined[pieces] = way, NO_PIECE
        lattice.piece_parent[pieces] = np.concatenate([[NO_PIECE], pieces[:-1]])
        lattice.piece_flags[pieces] = GROWN * grown | COVERED * covered
        lattice.piece_flags[first] |= np.uint8(INLET)
        lattice.piece_flags[pieces[-1]] |= np.uint8(OUTLET)
        lattice.piece_dry[pieces] = 0
        lattice.used[PIECES] = first + way.size
        for name, value in (
            ("kind", number),
            ("condition", ALIVE),
            ("clone", pieces),
            ("born", self.steps_done & 0xFFFF),
        ):
            getattr(lattice, name).ravel()[way] = value
        self._fresh = False

    def join(
        self, kind: str, way: NDArray[np.int64], start: int, end: int, grown: bool = False, covered: bool = True
    ) -> None:
        """Lay a branch along a way of voxels from one piece of vessel to another; pieces that touch are joined without one."""
        for piece in (start, end):
            if not 0 <= piece < int(self.lattice.used[PIECES]):
                raise ModelError(f"join: no piece of vessel {piece}")
        first = int(self.lattice.used[PIECES])
        self.lay(kind, way, grown, covered)
        lattice, last = self.lattice, int(self.lattice.used[PIECES]) - 1
        if last >= first:
            lattice.piece_flags[first] &= np.uint8(255 - INLET)
            lattice.piece_flags[last] &= np.uint8(255 - OUTLET)
            lattice.piece_parent[first], lattice.piece_joined[last] = start, end
        elif lattice.piece_joined[start] == NO_PIECE:
            lattice.piece_joined[start] = end

    def _voxels(self, where: NDArray[Any], what: str) -> NDArray[np.int64]:
        """The numbers of voxels, from a mask or as they are given; ModelError if they are none of this block."""
        shape, where = self.setting.shape, np.asarray(where)
        if where.dtype == np.bool_:
            if where.shape != shape:
                raise ModelError(f"{what}: a mask of the block's shape {shape}, got {where.shape}")
            return np.flatnonzero(where)
        voxels, count = where.astype(np.int64), int(np.prod(shape))
        if where.ndim != 1 or (voxels != where).any() or ((voxels < 0) | (voxels >= count)).any():
            raise ModelError(f"{what}: voxels are told by a mask or by whole numbers from 0 to {count - 1}")
        return voxels

    def _known_clone(self, clone: int, what: str) -> None:
        """ModelError if there is no such clone: kernels look it up without asking."""
        if not 0 <= clone < int(self.lattice.used[CLONES]):
            raise ModelError(f"{what}: no clone {clone} yet; `new_clone` makes one")

    def _clear(self, voxels: NDArray[np.int64]) -> None:
        """Let nothing be left of who is in some voxels but the end of their lives in the genealogy."""
        lattice = self.lattice
        if lattice.cell.size > 1:
            gone = lattice.cell.ravel()[voxels[lattice.condition.ravel()[voxels] == ALIVE]]
            lattice.tree_died[gone[gone > 0]] = self.steps_done
            lattice.cell.ravel()[voxels] = 0
        if lattice.memory.size > 1:
            lattice.memory.ravel()[voxels] = 0.0

    def new_clone(self, *mechanisms: str, parent: int = 0) -> int:
        """Note a clone that carries these mechanisms of resistance, and return its number."""
        known = self.mechanisms
        if unknown := [name for name in mechanisms if name not in known]:
            raise ModelError(f"new_clone: no mechanism {unknown[0]!r} here; known: {', '.join(known) or 'none'}")
        self._known_clone(parent, "new_clone")
        self._reserve(1, 0, 0)
        new = int(self.lattice.used[CLONES])
        self.lattice.clone_parent[new] = parent
        self.lattice.clone_bits[new] = sum(1 << known.index(name) for name in set(mechanisms))
        self.lattice.clone_step[new] = self.steps_done
        self.lattice.used[CLONES] = new + 1
        return new

    # ------------------------------------------------------------------ stepping

    def run(self, until: float, watch: Callable[[TissueModel], None] | None = None) -> TissueModel:
        """Go on to a day; ``watch`` is called with the model after each step. Returns the model.

        Raises
        ------
        ModelError
            If the day lies more than 2^26 steps away.
        """
        last = round(until / self.setting.step)
        if last > _MOST_STEPS:
            raise ModelError(f"until: {until:g} days are more than {_MOST_STEPS} steps")
        while self.steps_done < last:
            self.step()
            if watch is not None:
                watch(self)
        return self

    def step(self) -> None:
        """Go one step on: blood, fields, cells, programmes."""
        self.settle()
        rounds = int(self.laws.rounds.max())
        for turn in range(rounds):
            self._round(turn)
        if self.lattice.memory.size > 1:
            self._on_slabs(
                lambda first, last: remember(self.lattice, self.laws, self.setting.step, self.steps_done, first, last)
            )
        self.steps_done += 1
        self._fresh = False

    def settle(self) -> None:
        """Let blood and fields find what the cells and vessels of this moment leave them; `step` begins with that."""
        if self._fresh:
            return
        if self.lattice.used[PIECES] and self.steps_done % self.setting.perfuse_every == 0:
            perfuse(self.lattice, self.laws)
        self.supplied.settle(self.lattice, self.laws, self.steps_done, self._on_slabs)
        self._fresh = True

    def _round(self, turn: int) -> None:
        """One round of proposals and what comes of them."""
        found = self._rounds.ask(self.lattice, self.setting.step, self.steps_done, turn, self._in_parts)
        if found.place.size:
            births, pieces = int(np.count_nonzero(found.action == DIVISION)), 0
            if self.laws.sizes[[VESSEL_KIND, SPROUT_KIND]].any():  # a vessel that grows, or lets a cell in
                pieces = found.action.size - births
            varies = self.laws.variation.any() or self.laws.gene_chance.any()
            self._reserve(births if varies else 0, pieces, births + pieces)
            self._rounds.carry_out(self.lattice, self.steps_done, turn, found)

    def _on_slabs(self, work: Callable[[int, int], Any]) -> list[Any]:
        """Do something with all layers: by one thread as a whole, by several in slabs; a plane is one layer, for one thread."""
        return self._in_parts(work, self.setting.shape[0])

    def _in_parts(self, work: Callable[[int, int], Any], count: int) -> list[Any]:
        """Do something with so many layers or tiles: by one thread as a whole, by several in parts one after another."""
        if self._pool is None or count < self.threads:
            return [work(0, count)]
        bounds = [count * part // self.threads for part in range(self.threads + 1)]
        return list(self._pool.map(work, bounds[:-1], bounds[1:]))

    def _reserve(self, clones: int, pieces: int, cells: int) -> None:
        """Make room for so many more clones, pieces of vessel and cells of the genealogy."""
        lattice, grown = self.lattice, {}
        for prefix, used, more in (("clone_", CLONES, clones), ("piece_", PIECES, pieces), ("tree_", CELLS, cells)):
            if prefix == "tree_" and not self.setting.tree:
                continue
            for name in (each for each in lattice._fields if each.startswith(prefix)):
                table, need = getattr(lattice, name), int(lattice.used[used]) + more
                if table.size < need:
                    wider = np.zeros(max(need, table.size + table.size // 2), table.dtype)
                    wider[: table.size] = table
                    grown[name] = wider
        if grown:
            self.lattice = lattice._replace(**grown)

    # ------------------------------------------------------------------ reading

    def level(self, substance: str) -> NDArray[np.float32]:
        """The field of a substance, as it is now (z, y, x) [its unit]."""
        found: NDArray[np.float32] = self.lattice.fields[self.words.substance(substance, "level")]
        return found

    def alive(self, kind: str) -> NDArray[np.bool_]:
        """Where live cells of a kind are (z, y, x)."""
        number = self.words.kind(kind, "alive")
        return (self.lattice.kind == number) & (self.lattice.condition == ALIVE)

    def counts(self) -> dict[str, dict[str, int]]:
        """Of each kind: cells alive, apoptotic bodies, necrotic ghosts."""
        both = np.zeros((2, len(self.kinds) + 1, 3), np.int64)
        census(eights(self.lattice), both)
        table = both.sum(axis=0)
        return {
            kind.name: dict(zip(("alive", "bodies", "ghosts"), map(int, table[number]), strict=True))
            for number, kind in enumerate(self.kinds, 1)
        }

    def tallies(self) -> dict[str, dict[str, int]]:
        """Of each kind: what has happened to it so far, event by event."""
        return {
            kind.name: dict(zip(TALLIES, map(int, self.lattice.tally[number]), strict=True))
            for number, kind in enumerate(self.kinds, 1)
        }


def _cells_move(laws: Laws) -> bool:
    """Whether a cell's place can change or be taken from it within a step, so that proposals must follow it."""
    behaviours = laws.base.shape[1]
    moving = [MOVEMENT, ATTACK, SPROUTING, *range(behaviours - int(laws.sizes[KINDS]), behaviours)]
    ruled = np.diff(laws.first)[: laws.base.size].reshape(laws.base.shape) > 0
    done = (laws.base[:, moving] > 0.0) | ruled[:, moving]
    return bool(laws.pushes.any() or laws.pulls.any() or laws.invasion.any() or done.any())
