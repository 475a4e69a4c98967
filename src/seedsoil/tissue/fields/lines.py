"""Lines of voxels, each carried through a time step as a whole: diffusion along one axis after another.

Along a line, (1 + k) c - w (before - c) - w (after - c) = c as it was, with w = D dt / h^2 and k what is lost in the step, is
three numbers a row: Thomas's elimination forth and back. Lines lie side by side, and go through it several at once.
"""

# Fields are rows of numbers, `shape` says how many voxels lie along z, y and x.

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf

#: Lines that go through a sweep together.
LANES = 16
#: Voxels that lie in the nearest cache from one loop to the next.
_STRETCH = 1024


@leaf
def react(c, loss, source, held, step):  # type: ignore[no-untyped-def]
    """What each free voxel gains and loses of its own in a step, implicitly; None: nothing."""
    for first in range(0, c.size, _STRETCH):
        last = min(first + _STRETCH, c.size)
        here = c[first:last]
        if source is not None:
            if held is None:
                _gain(here, source[first:last], None, step)
            else:
                _gain(here, source[first:last], held[first:last], step)
        if loss is not None:
            if held is None:
                _lose(here, loss[first:last], None, step)
            else:
                _lose(here, loss[first:last], held[first:last], step)


@inline
def _gain(c, source, held, step):  # type: ignore[no-untyped-def]
    for x in range(c.size):
        if held is None:
            c[x] += step * source[x]
        else:
            c[x] += 0.0 if held[x] else step * source[x]


@inline
def _lose(c, loss, held, step):  # type: ignore[no-untyped-def]
    for x in range(c.size):
        if held is None:
            c[x] /= 1.0 + step * loss[x]
        else:
            c[x] /= 1.0 if held[x] else 1.0 + step * loss[x]


@leaf
def spread(c, shape, weights, gains, ratios, supplies, tile):  # type: ignore[no-untyped-def]
    """Diffuse along x, y and z, the same everywhere: one passage over the block and one back.

    ``gains`` and ``ratios`` are those of the elimination, by axis and place; ``supplies`` what each end of a line gains.
    """
    layers, rows, wide = shape
    for z in range(layers):
        plane = c[z * rows * wide : (z + 1) * rows * wide]
        for y in range(0, rows, LANES):
            strip = plane[y * wide : min(y + LANES, rows) * wide]
            _along_rows(strip, wide, weights[2], gains[2], ratios[2], supplies[2], tile)
        if rows > 1:
            _raise(plane[:wide], supplies[1, 0])
            _raise(plane[(rows - 1) * wide :], supplies[1, 1])
            for y in range(rows):
                here, before = (
                    plane[y * wide : (y + 1) * wide],
                    plane[max(y - 1, 0) * wide : (max(y - 1, 0) + 1) * wide],
                )
                _forth(here, before, weights[1] if y > 0 else 0.0, gains[1, y])
            for y in range(rows - 2, -1, -1):
                _back(plane[y * wide : (y + 1) * wide], plane[(y + 1) * wide : (y + 2) * wide], ratios[1, y])
        if layers > 1:
            if z == 0:
                _raise(plane, supplies[0, 0])
            if z == layers - 1:
                _raise(plane, supplies[0, 1])
            above = c[max(z - 1, 0) * rows * wide : (max(z - 1, 0) + 1) * rows * wide]
            _forth(plane, above, weights[0] if z > 0 else 0.0, gains[0, z])
    size = rows * wide
    for z in range(layers - 2, -1, -1):
        _back(c[z * size : (z + 1) * size], c[(z + 1) * size : (z + 2) * size], ratios[0, z])


@inline
def _raise(line, supply):  # type: ignore[no-untyped-def]
    if supply != 0.0:
        for x in range(line.size):
            line[x] += supply


@inline
def _forth(here, before, weight, gain):  # type: ignore[no-untyped-def]
    for x in range(here.size):
        here[x] = (here[x] + weight * before[x]) * gain


@inline
def _back(here, after, ratio):  # type: ignore[no-untyped-def]
    for x in range(here.size):
        here[x] += ratio * after[x]


@inline
def _along_rows(strip, wide, weight, gain, ratio, supply, tile):  # type: ignore[no-untyped-def]
    """Sweep along rows: they are set side by side in a tile, a voxel of each next to that of the others."""
    rows = strip.size // wide
    for y in range(rows):
        row = strip[y * wide : (y + 1) * wide]
        for x in range(wide):
            tile[x, y] = row[x]
    for y in range(LANES):
        tile[0, y] = (tile[0, y] + supply[0]) * gain[0]
        if wide > 1:
            tile[wide - 1, y] += supply[1]
    for x in range(1, wide):
        for y in range(LANES):
            tile[x, y] = (tile[x, y] + weight * tile[x - 1, y]) * gain[x]
    for x in range(wide - 2, -1, -1):
        for y in range(LANES):
            tile[x, y] += ratio[x] * tile[x + 1, y]
    for y in range(rows):
        row = strip[y * wide : (y + 1) * wide]
        for x in range(wide):
            row[x] = tile[x, y]


@leaf
def spread_along(c, held, multiplier, lines, weight, lost, rates, supplies, tile, ratio):  # type: ignore[no-untyped-def]
    """Diffuse along one axis, with voxels held or diffusion that differs between them.

    ``lines`` says how the lines of the axis lie: groups and the distance from one to the next, lines of a group and from line
    to line, voxels of a line and from voxel to voxel. ``rates`` and ``supplies`` are what a supplied face takes and gives.
    """
    groups, apart, many, beside, count, along = lines
    for group in range(groups):
        for first in range(0, many, LANES):
            base, lanes = group * apart + first * beside, min(LANES, many - first)
            for place in range(count):
                for lane in range(lanes):
                    at = base + place * along + lane * beside
                    own = 1.0 if multiplier is None else np.float64(multiplier[at])
                    before, after, gain = rates[0] * own, rates[1] * own, c[at]
                    if place == 0:
                        gain += supplies[0] * own
                    else:
                        before = weight * _mean(multiplier, at, at - along)
                    if place == count - 1:
                        gain += supplies[1] * own
                    else:
                        after = weight * _mean(multiplier, at, at + along)
                    whole = 1.0 + lost + before + after
                    if held is not None and held[at]:
                        before, after, whole, gain = 0.0, 0.0, 1.0, c[at]
                    if place > 0:
                        whole -= before * ratio[place - 1, lane]
                        gain += before * tile[place - 1, lane]
                    ratio[place, lane], tile[place, lane] = after / whole, gain / whole
            for lane in range(lanes):
                c[base + (count - 1) * along + lane * beside] = tile[count - 1, lane]
            for place in range(count - 2, -1, -1):
                for lane in range(lanes):
                    tile[place, lane] += ratio[place, lane] * tile[place + 1, lane]
                    c[base + place * along + lane * beside] = tile[place, lane]


@inline
def _mean(multiplier, one, other):  # type: ignore[no-untyped-def]
    """The harmonic mean of two voxels' multipliers."""
    if multiplier is None:
        return 1.0
    here, there = np.float64(multiplier[one]), np.float64(multiplier[other])
    return 2.0 * here * there / (here + there)
