"""Sweeps over a lattice of voxels, in float32: the moves of which a multigrid cycle consists.

All solve w lap c - loss c + source = 0 for c, an axis with weight w = D/h^2 [1/day] in every direction, nothing passing the
block's faces: there a voxel is its own neighbour. Where diffusion differs from voxel to voxel, ``multiplier`` says how, and a
face has the harmonic mean of both sides; else it is None. Where ``loss`` is infinite, c is held and the correction is nothing.

A field is one row of numbers, of which ``shape`` says how many voxels lie along z, y and x. It is worked on strip by strip:
some rows of x at a time, each step of the arithmetic in a loop of its own over a few strips that lie in the nearest cache.
Such loops are done several numbers at once, by the same operations on each, so that the bytes are those of one at a time.
"""

# A block in the plane has one layer, of weight 0. A constant with a float32 would make a float64, so constants are float32 too.

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf

_FOREVER = np.float32(np.inf)
_NOTHING = np.float32(0.0)
_NEAR, _FAR = np.float32(0.75), np.float32(0.25)
#: Voxels of a strip, about: enough for loops to be long, and few enough for eight strips to lie in a cache of 32 kB.
STRIP = 512


@inline
def strips(shape):  # type: ignore[no-untyped-def]
    """How many strips a layer has: its first row, its last, and some rows together in between."""
    many = max(STRIP // shape[2], 1)
    return 1 if shape[1] == 1 else 2 + (shape[1] - 2 + many - 1) // many


@inline
def strip(number, shape):  # type: ignore[no-untyped-def]
    """The first row of a strip, and the row after its last."""
    many = max(STRIP // shape[2], 1)
    if number == 0:
        return 0, 1
    begin = 1 + (number - 1) * many
    return (begin, min(begin + many, shape[1] - 1)) if begin < shape[1] - 1 else (shape[1] - 1, shape[1])


@inline
def span(z, y, end, shape):  # type: ignore[no-untyped-def]
    """Where rows y to end, not included, of layer z lie."""
    layer = z * shape[1]
    return slice((layer + y) * shape[2], (layer + end) * shape[2])


@inline
def sides(z, y, end, shape):  # type: ignore[no-untyped-def]
    """Where the strips about a strip lie: above, below, north and south."""
    layers, rows, _ = shape
    up, down = max(z - 1, 0), min(z + 1, layers - 1)
    back, ahead = (1 if y > 0 else 0), (1 if end < rows else 0)
    north, south = span(z, y - back, end - back, shape), span(z, y + ahead, end + ahead, shape)
    return span(up, y, end, shape), span(down, y, end, shape), north, south


@inline
def inflow(here, above, below, north, south, weights, wide, into):  # type: ignore[no-untyped-def]
    """Write what comes into each voxel of a strip from its six neighbours, where diffusion is the same everywhere."""
    tall, deep, across = weights[0], weights[1], weights[2]
    over, under, left, right, inner, east = above[1:], below[1:], north[1:], south[1:], into[1:], here[2:]
    for x in range(here.size - 2):
        inner[x] = tall * (over[x] + under[x]) + deep * (left[x] + right[x]) + across * (here[x] + east[x])
    for first in range(0, here.size, wide):
        last = first + wide - 1
        next_to, before = min(first + 1, last), max(last - 1, first)
        across_first = across * (here[first] + here[next_to])
        into[first] = tall * (above[first] + below[first]) + deep * (north[first] + south[first]) + across_first
        across_last = across * (here[before] + here[last])
        into[last] = tall * (above[last] + below[last]) + deep * (north[last] + south[last]) + across_last


@inline
def _side(c, own, other, double, share, into, out):  # type: ignore[no-untyped-def]
    """Add what comes from one side, by the harmonic mean of both multipliers, and what flows out there from a unit."""
    for x in range(own.size):
        share[x] = own[x]  # in the precision of what is summed, as is the mean then
        share[x] = double * own[x] * other[x] / (share[x] + other[x])
    for x in range(own.size):
        into[x] += share[x] * c[x]
        out[x] += share[x]


@inline
def inflow_unevenly(here, above, below, north, south, m, over, under, left, right, weights, wide, into, out, share):  # type: ignore[no-untyped-def]
    """Write what comes into each voxel of a strip and what leaves it, for a unit of its own, where diffusion differs.

    ``m`` and the four after it are the multipliers of the strip and of those about it.
    """
    for x in range(here.size):
        into[x] = out[x] = 0.0
    tall, deep, across = weights[0] + weights[0], weights[1] + weights[1], weights[2] + weights[2]
    _side(above, m, over, tall, share, into, out)
    _side(below, m, under, tall, share, into, out)
    _side(north, m, left, deep, share, into, out)
    _side(south, m, right, deep, share, into, out)
    beyond = m[1:]
    for x in range(here.size - 1):
        share[x] = m[x]
        share[x] = across * m[x] * beyond[x] / (share[x] + beyond[x])
    for last in range(wide - 1, here.size, wide):
        share[last] = 0.0
    east, onwards, outwards = here[1:], into[1:], out[1:]
    for x in range(here.size - 1):
        into[x] += share[x] * east[x]
        out[x] += share[x]
    for x in range(here.size - 1):
        onwards[x] += share[x] * here[x]
        outwards[x] += share[x]


@inline
def flow(c, z, y, end, shape, weights, multiplier, into, out, share):  # type: ignore[no-untyped-def]
    """Write what comes into the voxels of a strip; ``out`` changes only where diffusion differs."""
    here, (up, down, back, on) = c[span(z, y, end, shape)], sides(z, y, end, shape)
    if multiplier is None:
        inflow(here, c[up], c[down], c[back], c[on], weights, shape[2], into)
    else:
        m, over, under, left, right = (
            multiplier[span(z, y, end, shape)],
            multiplier[up],
            multiplier[down],
            multiplier[back],
            multiplier[on],
        )
        inflow_unevenly(
            here, c[up], c[down], c[back], c[on], m, over, under, left, right, weights, shape[2], into, out, share
        )


@inline
def outflow(weights, out):  # type: ignore[no-untyped-def]
    """Write what leaves each voxel of a strip for a unit of its own, where diffusion is the same everywhere."""
    total = weights[0] + weights[1] + weights[2]
    for x in range(out.size):
        out[x] = total + total


@inline
def _sweep(here, gained, lost, into, out, length, news):  # type: ignore[no-untyped-def]
    """Move each voxel of a strip a ``length`` of the way to rest among its neighbours."""
    for x in range(news.size):
        news[x] = here[x] + length * ((gained[x] + into[x]) / (lost[x] + out[x]) - here[x])


@leaf
def smooth(c, loss, source, shape, weights, multiplier, lengths, fresh, ring, row):  # type: ignore[no-untyped-def]
    """Two damped Jacobi sweeps of given ``lengths``, the first from nothing if ``fresh``; Chebyshev's lengths are the best.

    One passage over the block: ``ring`` holds three layers of the first sweep, of which the second makes the one between.
    """
    layers, _, wide = shape
    into, out, share = row[0], row[1], row[2]
    outflow(weights, out)
    for z in range(layers + 1):
        for number in range(strips(shape)):
            y, end = strip(number, shape)
            if z == layers:
                continue
            gained, lost, news = (
                source[span(z, y, end, shape)],
                loss[span(z, y, end, shape)],
                ring[span(z % 3, y, end, shape)],
            )
            if not fresh or multiplier is not None:
                flow(c, z, y, end, shape, weights, multiplier, into, out, share)
            if fresh:
                for x in range(news.size):
                    news[x] = lengths[0] * gained[x] / (lost[x] + out[x])
            else:
                _sweep(c[span(z, y, end, shape)], gained, lost, into, out, lengths[0], news)
        for number in range(strips(shape)):
            if z == 0:
                continue
            y, end = strip(number, shape)
            at = z - 1
            middle = at % 3
            here, (_, _, back, on) = ring[span(middle, y, end, shape)], sides(middle, y, end, shape)
            north, south = ring[back], ring[on]
            above = ring[span(max(at - 1, 0) % 3, y, end, shape)]
            below = ring[span(min(at + 1, layers - 1) % 3, y, end, shape)]
            if multiplier is None:
                inflow(here, above, below, north, south, weights, wide, into)
            else:
                m, (up, down, back, on) = multiplier[span(at, y, end, shape)], sides(at, y, end, shape)
                over, under, left, right = multiplier[up], multiplier[down], multiplier[back], multiplier[on]
                inflow_unevenly(
                    here, above, below, north, south, m, over, under, left, right, weights, wide, into, out, share
                )
            gained, lost = source[span(at, y, end, shape)], loss[span(at, y, end, shape)]
            _sweep(here, gained, lost, into, out, lengths[1], c[span(at, y, end, shape)])


@leaf
def gather(c, loss, source, shape, weights, multiplier, coarse, lattice, row):  # type: ignore[no-untyped-def]
    """Write what is not at rest, as a mean over the voxels of each coarse one.

    An axis of the coarse ``lattice`` is as long as that of ``shape`` or half as long, rounded up; of a pair without a partner
    the missing one counts as at rest.
    """
    layers, rows, wide = shape
    into, out, share, left = row[0], row[1], row[2], row[3]
    outflow(weights, out)
    for x in range(coarse.size):
        coarse[x] = _NOTHING
    fold_z, fold_y = _fold(layers, lattice[0]), _fold(rows, lattice[1])
    each = np.float32(1.0 / (fold_z * fold_y * _fold(wide, lattice[2])))
    for z in range(layers):
        for number in range(strips(shape)):
            y, end = strip(number, shape)
            flow(c, z, y, end, shape, weights, multiplier, into, out, share)
            here, lost, gained = c[span(z, y, end, shape)], loss[span(z, y, end, shape)], source[span(z, y, end, shape)]
            for x in range(here.size):
                found = gained[x] + into[x] - here[x] * (lost[x] + out[x])
                left[x] = each * found if lost[x] < _FOREVER else _NOTHING
            for at in range(y, end):
                fine = left[(at - y) * wide : (at - y + 1) * wide]
                fold_row(fine, coarse[span(z // fold_z, at // fold_y, at // fold_y + 1, lattice)])


@inline
def fold_row(fine, coarse):  # type: ignore[no-untyped-def]
    """Add a row to a coarse one, which is as long or half as long."""
    if coarse.size == fine.size:
        for x in range(coarse.size):
            coarse[x] += fine[x]
        return
    half = fine.size // 2
    beside = fine[1:]
    for x in range(half):
        coarse[x] += fine[2 * x] + beside[2 * x]
    if coarse.size > half:
        coarse[half] += fine[2 * half]


@leaf
def correct(coarse, lattice, loss, c, shape, row):  # type: ignore[no-untyped-def]
    """Add to each free voxel what the coarse ones about it say, interpolated linearly along each axis that was folded."""
    layers, rows, columns = shape
    tall, deep, wide = lattice
    blend, spread = row[0][:wide], row[1][:columns]
    for z in range(layers):
        z0, z1 = _pair(z, layers, tall)
        for y in range(rows):
            y0, y1 = _pair(y, rows, deep)
            one, two = coarse[span(z0, y0, y0 + 1, lattice)], coarse[span(z0, y1, y1 + 1, lattice)]
            three, four = coarse[span(z1, y0, y0 + 1, lattice)], coarse[span(z1, y1, y1 + 1, lattice)]
            for x in range(wide):
                blend[x] = _NEAR * (_NEAR * one[x] + _FAR * two[x]) + _FAR * (_NEAR * three[x] + _FAR * four[x])
            here, lost = c[span(z, y, y + 1, shape)], loss[span(z, y, y + 1, shape)]
            if wide == columns:
                for x in range(columns):
                    here[x] += blend[x] if lost[x] < _FOREVER else _NOTHING
                continue
            _unfold_row(blend, spread)
            for x in range(columns):
                here[x] += spread[x] if lost[x] < _FOREVER else _NOTHING


@inline
def _unfold_row(coarse, fine):  # type: ignore[no-untyped-def]
    """Interpolate a row of half the length, rounded up."""
    last = coarse.size - 1
    columns = fine.size
    fine[0] = coarse[0]
    if columns > 1:
        fine[1] = _NEAR * coarse[0] + _FAR * coarse[min(1, last)]
    pairs, ahead, inner, beside = coarse[1:], coarse[2:], fine[2:], fine[3:]
    for x in range(last - 1):
        inner[2 * x] = _NEAR * pairs[x] + _FAR * coarse[x]
        beside[2 * x] = _NEAR * pairs[x] + _FAR * ahead[x]
    if last > 0:
        fine[2 * last] = _NEAR * coarse[last] + _FAR * coarse[last - 1]
        if columns > 2 * last + 1:
            fine[2 * last + 1] = coarse[last]


@leaf
def thin_out(fine, shape, firm, coarse, lattice, row):  # type: ignore[no-untyped-def]
    """Write each coarse voxel's mean; one that is infinite counts with ``firm``, and where all are so is the coarse one."""
    layers, rows, columns = shape
    own, solid, number = row[0][:columns], row[1][:columns], row[2][: lattice[2]]
    fold_z, fold_y, wide = _fold(layers, lattice[0]), _fold(rows, lattice[1]), lattice[2]
    each = np.float32(1.0 / (fold_z * fold_y * _fold(columns, wide)))
    for tall in range(lattice[0]):
        for deep in range(lattice[1]):
            made, had = coarse[span(tall, deep, deep + 1, lattice)], _NOTHING
            for x in range(wide):
                made[x] = number[x] = _NOTHING
            for z in range(fold_z * tall, min(fold_z * (tall + 1), layers)):
                for y in range(fold_y * deep, min(fold_y * (deep + 1), rows)):
                    here = fine[span(z, y, y + 1, shape)]
                    had += np.float32(1.0)
                    for x in range(columns):
                        own[x] = each * here[x] if here[x] < _FOREVER else each * firm
                        solid[x] = _NOTHING if here[x] < _FOREVER else np.float32(1.0)
                    fold_row(own, made)
                    fold_row(solid, number)
            for x in range(wide):
                whole = had * np.float32(1 if wide == columns or 2 * x + 1 == columns else 2)
                made[x] = made[x] if number[x] < whole else _FOREVER


@leaf
def settle(c, loss, source, shape, weights, multiplier, sweeps, row):  # type: ignore[no-untyped-def]
    """Bring the coarsest lattice to rest: voxel by voxel there and back, and all by one shift for what is lost in all."""
    layers, rows, wide = shape
    into, out, share = row[0], row[1], row[2]
    outflow(weights, out)
    for turn in range(sweeps):
        gained = lost = _NOTHING
        for step in range(layers * rows):
            place = step if turn & 1 else layers * rows - 1 - step
            z, y = place // rows, place % rows
            for other in range(wide):
                x = place * wide + (other if turn & 1 else wide - 1 - other)
                flow(c, z, y, y + 1, shape, weights, multiplier, into, out, share)
                at = x - place * wide
                if loss[x] < _FOREVER:
                    c[x] = (source[x] + into[at]) / (loss[x] + out[at])
        for place in range(layers * rows):
            flow(c, place // rows, place % rows, place % rows + 1, shape, weights, multiplier, into, out, share)
            for at in range(wide):
                x = place * wide + at
                if loss[x] < _FOREVER:
                    gained += source[x] + into[at] - c[x] * (loss[x] + out[at])
                    lost += loss[x]
        if lost > _NOTHING:
            for x in range(c.size):
                c[x] += gained / lost if loss[x] < _FOREVER else _NOTHING


@inline
def _fold(fine, coarse):  # type: ignore[no-untyped-def]
    """Voxels of one axis that make a coarse one."""
    return 1 if coarse == fine else 2


@inline
def _pair(place, fine, coarse):  # type: ignore[no-untyped-def]
    """The coarse voxel that a voxel lies in, and the one on its side, along one axis."""
    if coarse == fine:
        return place, place
    own = place >> 1
    beside = own + 1 if place & 1 else own - 1
    return own, min(max(beside, 0), coarse - 1)
