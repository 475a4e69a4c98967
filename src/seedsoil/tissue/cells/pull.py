"""A nodule that closes behind its dead: what lies farther out is drawn into their places, first what sticks out farthest."""

from __future__ import annotations

from math import floor

from seedsoil.foundation.compiled import leaf
from seedsoil.foundation.streams import uniform
from seedsoil.tissue.cells.places import shift, vacate
from seedsoil.tissue.lattice import EMPTY, VESSEL

#: Rays out of an empty place that are looked along.
RAYS = 8


@leaf
def pull(lattice, laws, stream, kind, z, y, x, voxels):  # type: ignore[no-untyped-def]
    """Draw all that lies on a ray from an empty place out to a face of the block one place on, on the ray that reaches farthest.

    So what sticks out is drawn in first, as surface tension has it. Rays go out at random, as far as the first vessel, which
    stays; no more is drawn than the kind pulls. Where nothing lies on a ray, the place is in the open, and stays. What is hollow is drawn along:
    it does not grow.
    """
    most, last, c, b, a = 0, 0, 0.0, 0.0, 0.0
    for _ in range(RAYS):
        w = 2.0 * uniform(stream) - 1.0 if lattice.kind.shape[0] > 1 else 0.0
        v = 2.0 * uniform(stream) - 1.0
        u = 2.0 * uniform(stream) - 1.0
        longest = max(abs(w), abs(v), abs(u))
        w, v, u = w / longest, v / longest, u / longest
        reach = _outermost(lattice, laws, z, y, x, w, v, u)
        if reach == 0:
            return
        if 0 < reach <= laws.pulls[kind]:
            away = _step(reach, w) ** 2 + _step(reach, v) ** 2 + _step(reach, u) ** 2
            if away > most:
                most, last, c, b, a = away, reach, w, v, u
    k, j, i = z, y, x
    for far in range(1, last + 1):
        there = z + _step(far, c), y + _step(far, b), x + _step(far, a)
        shift(lattice, there[0], there[1], there[2], k - there[0], j - there[1], i - there[2], voxels)
        k, j, i = there
    if last > 0:
        vacate(lattice, k, j, i)


@leaf
def _step(far, slope):  # type: ignore[no-untyped-def]
    """How far along one axis a ray has come after so many voxels."""
    return floor(far * slope + 0.5)


@leaf
def _outermost(lattice, laws, z, y, x, w, v, u):  # type: ignore[no-untyped-def]
    """How many voxels along a ray its last cell lies before a vessel or a face, 0 if there is none; -1 right before a vessel."""
    layers, rows, columns = lattice.kind.shape
    last, far = 0, 1
    while True:
        k, j, i = z + _step(far, w), y + _step(far, v), x + _step(far, u)
        if not (0 <= k < layers and 0 <= j < rows and 0 <= i < columns):
            return last
        other = lattice.kind[k, j, i]
        if other != EMPTY:
            if laws.part[other] >= VESSEL:
                return last if last > 0 else -1
            last = far
        far += 1
