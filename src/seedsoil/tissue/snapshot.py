"""A moment of a block of tissue, frozen: who is where in which state, the vessels, and the level of all that diffuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.lesion.cell import CellKind
from seedsoil.biology.lesion.substance import Substance
from seedsoil.tissue.lattice import ALIVE, CLONES, PARTS, PIECES, VESSEL
from seedsoil.tissue.model import TissueModel

#: Words for the conditions of a cell, in the order of their numbers.
CONDITIONS: tuple[str, ...] = ("alive", "apoptotic", "necrotic")


@dataclass(frozen=True)
class Snapshot:
    """One moment; its arrays are copies that nobody can write to. Arrays of the block have axes z, y, x.

    Attributes
    ----------
    step, day : int, float
        Steps done, and the time since the start [day].
    edge : float
        A voxel's [um].
    kinds, substances : tuples of CellKind, of Substance
        Kind number n of the block is ``kinds[n - 1]``; 0 is an empty voxel. The order of substances is that of ``fields``.
    mechanisms : tuple of str
        Ways to resist, in the order of the bits of ``clone_bits``.
    kind, condition : uint8 arrays of the block
        ``condition`` is a place in `CONDITIONS`.
    clone : uint32 array of the block
        The clone of a tumour cell; the piece of a vessel or sprout.
    age : float32 array of the block
        Time since the last division or arrival [day].
    programme : float32 array of the block, or None
        How far the survival programme is on; None if no kind has one.
    cell : uint32 array of the block, or None
        The cell's number in the genealogy; None if that is not kept.
    fields : float32 array, substances x block
    clone_bits : uint32 array
    piece_voxel, piece_parent, piece_joined : int32 arrays; piece_flags : uint8 array
        As `seedsoil.tissue.lattice.Lattice` has them, without the room for more.
    """

    step: int
    day: float
    edge: float
    kinds: tuple[CellKind, ...]
    substances: tuple[Substance, ...]
    mechanisms: tuple[str, ...]
    kind: NDArray[np.uint8]
    condition: NDArray[np.uint8]
    clone: NDArray[np.uint32]
    age: NDArray[np.float32]
    programme: NDArray[np.float32] | None
    cell: NDArray[np.uint32] | None
    fields: NDArray[np.float32]
    clone_bits: NDArray[np.uint32]
    piece_voxel: NDArray[np.int32]
    piece_parent: NDArray[np.int32]
    piece_joined: NDArray[np.int32]
    piece_flags: NDArray[np.uint8]

    @property
    def parts(self) -> NDArray[np.uint8]:
        """The part of each kind number, as `seedsoil.tissue.lattice.PARTS` counts them; that of an empty voxel is 255."""
        return np.array([255, *(PARTS.index(kind.part) for kind in self.kinds)], dtype=np.uint8)

    def pieces(self) -> NDArray[np.int64]:
        """The numbers of the pieces of vessel (and tips of sprouts) that are alive and in their place."""
        numbers = np.flatnonzero(self.piece_voxel >= 0)
        where = self.piece_voxel[numbers]
        here = self.clone.ravel()[where] == numbers
        here &= self.condition.ravel()[where] == ALIVE
        kind = self.kind.ravel()[where]
        here &= (kind > 0) & (self.parts[kind] >= VESSEL)
        found: NDArray[np.int64] = numbers[here]
        return found

    def centres(self, voxels: NDArray[Any]) -> NDArray[np.float64]:
        """Where the middles of voxels (given by number) lie: x, y, z from the middle of the block [um] (voxels, 3)."""
        layers, rows, columns = self.kind.shape
        z, y, x = np.unravel_index(np.asarray(voxels, dtype=np.int64), (layers, rows, columns))
        places = [(axis + 0.5 - size / 2.0) * self.edge for axis, size in ((x, columns), (y, rows), (z, layers))]
        return np.stack(places, axis=-1)

    def counts(self) -> dict[str, int]:
        """How many live cells of each kind there are."""
        found = np.bincount(self.kind[self.condition == ALIVE].ravel(), minlength=len(self.kinds) + 1)
        return {kind.name: int(found[number]) for number, kind in enumerate(self.kinds, 1)}


def take(model: TissueModel) -> Snapshot:
    """Return the present moment of a block.

    Blood and fields are brought to rest first, as the next step would begin with; so nothing of what follows changes.
    """
    model.settle()
    lattice, clones, pieces = model.lattice, int(model.lattice.used[CLONES]), int(model.lattice.used[PIECES])
    age = (np.uint16(model.steps_done & 0xFFFF) - lattice.born).astype(np.float32) * np.float32(model.setting.step)
    arrays = {name: getattr(lattice, name).copy() for name in ("kind", "condition", "clone", "fields")}
    arrays["clone_bits"] = lattice.clone_bits[:clones].copy()
    arrays |= {
        name: getattr(lattice, name)[:pieces].copy()
        for name in ("piece_voxel", "piece_parent", "piece_joined", "piece_flags")
    }
    arrays["age"] = np.where(lattice.kind > 0, age, np.float32(0.0))
    if lattice.memory.shape == lattice.kind.shape and any(kind.programme_time is not None for kind in model.kinds):
        arrays["programme"] = lattice.memory.copy()
    if model.setting.tree:
        arrays["cell"] = lattice.cell.copy()
    for array in arrays.values():
        array.flags.writeable = False
    return Snapshot(
        step=model.steps_done, day=model.day, edge=model.setting.edge, kinds=model.kinds, substances=model.substances,
        mechanisms=model.mechanisms, programme=arrays.pop("programme", None), cell=arrays.pop("cell", None), **arrays,
    )  # fmt: skip
