"""A biopsy: cells of a lesion, and the clones that they belong to or the mechanisms read in each. A zone shows its own.

A lesion of several zones is a mosaic: the clone that founded it lies everywhere, and each branch that later grew out of it
lies in the zone in which its first cell was born. Pools of many small clones lie everywhere too.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from seedsoil.foundation.samplers import binomial
from seedsoil.foundation.streams import BIOPSY, SINGLE_CELLS, Stream, aim, mix, uniform

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]

#: Cells that a biopsy tells apart.
SAMPLE = 1000.0
# What tells the luck of a slice from that of any zone.
_SLICE = 1 << 20


def branch(parents: Integers, clone: int, founder: int) -> int:
    """First clone after ``founder`` on the way to ``clone``; -1 for the founder itself, the root where it is no ancestor."""
    at, last = clone, -1
    while at >= 0 and at != founder:
        at, last = int(parents[at]), at
    return last


def zone_of(born: float, kind: int, zones: int) -> int:
    """Zone in which a clone was born, 0 .. zones - 1: a function of when it was born, and as what."""
    return int(mix(np.float64(born).view(np.uint64), np.uint64(kind))) % zones


def seen_in_zone(
    parents: Integers, kinds: Integers, pooled: Integers, born: Floats, clones: Integers, cells: Floats, founder: int,
    zone: int, zones: int,
) -> Floats:  # fmt: skip
    """Cells of each clone of a lesion that lie in one of its zones.

    Parameters
    ----------
    parents, kinds, pooled, born : (clones,)
        The register of all clones: parent (-1: none), type, whether it is a pool, day of birth.
    clones : (slots,)
        The clones in this lesion, by their places in the register.
    cells : (slots,)
        Cells of each.
    founder : int
        The clone that founded the lesion.
    zone, zones : int
        Which, of how many equal ones.

    Returns
    -------
    (slots,) cells
    """
    seen = cells / zones
    for slot, clone in enumerate(clones.tolist()):
        first = branch(parents, clone, founder)
        if first >= 0 and not pooled[clone]:
            seen[slot] = cells[slot] if zone_of(float(born[first]), int(kinds[first]), zones) == zone else 0.0
    return np.asarray(seen)


def slice_zones(stream: Stream, key: np.uint64, step: int, zones: int) -> list[int]:
    """Zones that a flat slice meets: of n compact ones about n^(2/3), which ones is luck; sorted."""
    own, left, met = stream.copy(), list(range(zones)), []
    aim(own, BIOPSY, np.uint64(mix(key, np.uint64(_SLICE))), step)
    for _ in range(math.ceil(zones ** (2.0 / 3.0) - 1e-9)):
        met.append(left.pop(int(uniform(own) * len(left))))
    return sorted(met)


def call_mechanisms(
    stream: Stream, key: np.uint64, masks: Integers, mechanisms: int, dropout: float, step: int
) -> Integers:
    """Read the mechanisms of single cells; each that a cell has is missed with chance ``dropout`` (cells,).

    ``key`` is the lesion's, ``masks`` (cells,) are the cells' true sets of mechanisms, bit by bit.
    """
    own, found = stream.copy(), np.zeros_like(masks)
    aim(own, SINGLE_CELLS, key, step)
    for cell, mask in enumerate(masks.tolist()):
        for bit in range(mechanisms):
            # Every cell and mechanism takes its draw, whether there is something to miss or not.
            if uniform(own) >= dropout and mask >> bit & 1:
                found[cell] |= 1 << bit
    return found


def readable(stream: Stream, keys: Keys, found: Floats, dropout: float, step: int, zone: int) -> Floats:
    """Of the cells found of each clone (slots,), those that give a reading at all (slots,)."""
    if dropout <= 0.0:
        return found
    own, left = stream.copy(), np.zeros(found.size)
    for slot in np.flatnonzero(found):
        aim(own, SINGLE_CELLS, np.uint64(mix(keys[slot], np.uint64(zone))), step)
        left[slot] = binomial(own, float(found[slot]), 1.0 - dropout)
    return left


def take(stream: Stream, keys: Keys, cells: Floats, step: int, zone: int = 0, most: float = SAMPLE) -> Floats:
    """Draw a sample of at most ``most`` cells; returns how many are of each clone (slots,).

    Parameters
    ----------
    stream : uint64 (8,)
        The patient's stream; it is not touched.
    keys : uint64 (slots,)
        Identities of the clones in the lesion.
    cells : (slots,)
        Cells of each that the needle can meet.
    step, zone : int
        When and where: they address the luck.
    """
    own, found = stream.copy(), np.zeros(cells.size)
    rest = float(cells.sum())
    left = np.floor(min(most, rest))
    for slot in range(cells.size):
        if cells[slot] <= 0.0 or left <= 0.0:
            continue
        aim(own, BIOPSY, np.uint64(mix(keys[slot], np.uint64(zone))), step)
        found[slot] = binomial(own, left, min(1.0, float(cells[slot]) / rest))
        left -= found[slot]
        rest -= float(cells[slot])
        # What rounding leaves of the last clone's share must not lose a cell.
        if rest <= 0.0:
            found[slot] += left
            break
    return found
