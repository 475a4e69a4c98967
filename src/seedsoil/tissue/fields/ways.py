"""Steps between multigrid cycles: the unrest of a field in float64, ways of search, and how far to go along them."""

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf
from seedsoil.tissue.fields.sweeps import flow, outflow, span, strip, strips

_FOREVER = np.float32(np.inf)
_NOTHING = np.float32(0.0)


@leaf
def prepare(c, loss, held, most, half, firm):  # type: ignore[no-untyped-def]
    """Write each voxel's loss for the cycles, infinite where it is held, with the slope of saturable uptake at this level."""
    for x in range(firm.size):
        firm[x] = loss[x]
    if most is not None:
        for x in range(firm.size):
            firm[x] += most[x] * half / (half + c[x]) ** 2
    if held is not None:
        for x in range(firm.size):
            firm[x] = _FOREVER if held[x] else firm[x]


@inline
def _go(c, way, length, most):  # type: ignore[no-untyped-def]
    """Go along a way in one row; where uptake is saturable, never below nothing."""
    for x in range(c.size):
        c[x] += length * way[x]
    if most is not None:
        for x in range(c.size):
            c[x] = max(c[x], 0.0)


@inline
def _peak(row, peaks):  # type: ignore[no-untyped-def]
    """Keep the most that any row has at each place."""
    for x in range(row.size):
        size = abs(row[x])
        peaks[x] = size if size > peaks[x] else peaks[x]


@leaf
def advance(c, way, length, loss, source, held, most, half, shape, weights, multiplier, faces, left, row):  # type: ignore[no-untyped-def]
    """Go so far along a way (None: stay) and write what is then not at rest, nothing where c is held.

    ``most`` and ``half`` are those of saturable uptake, None without; ``faces`` gives for each axis and side the loss and the
    source that a supplied face adds. Returns the most unrest of any voxel and the most of the field.
    """
    layers, rows, wide = shape
    into, out, share, found, worst, level = row[0], row[1], row[2], row[3], row[4], row[5]
    outflow(weights, out)
    for x in range(worst.size):
        worst[x] = level[x] = 0.0
    for z in range(layers + 1):
        for number in range(strips(shape)):
            y, end = strip(number, shape)
            if z < layers:
                here = c[span(z, y, end, shape)]
                if way is not None:
                    _go(here, way[span(z, y, end, shape)], length, most)
                _peak(here, level)
        for number in range(strips(shape)):
            if z == 0:
                continue
            at = z - 1
            y, end = strip(number, shape)
            flow(c, at, y, end, shape, weights, multiplier, into, out, share)
            here, made = c[span(at, y, end, shape)], left[span(at, y, end, shape)]
            lost, gained = loss[span(at, y, end, shape)], source[span(at, y, end, shape)]
            drain = _edge(faces, 0, at, at + 1, layers, 0) + _edge(faces, 1, y, end, rows, 0)
            supply = _edge(faces, 0, at, at + 1, layers, 1) + _edge(faces, 1, y, end, rows, 1)
            if multiplier is None:
                for x in range(here.size):
                    found[x] = (gained[x] + supply) + into[x] - here[x] * (lost[x] + (drain + out[x]))
                for first in range(0, here.size, wide):
                    last = first + wide - 1
                    found[first] += faces[2, 0, 1] - faces[2, 0, 0] * here[first]
                    found[last] += faces[2, 1, 1] - faces[2, 1, 0] * here[last]
            else:
                own = multiplier[span(at, y, end, shape)]
                for x in range(here.size):
                    found[x] = gained[x] + into[x] - here[x] * (lost[x] + out[x])
                for x in range(here.size):
                    found[x] += own[x] * (supply - drain * here[x])
                for first in range(0, here.size, wide):
                    last = first + wide - 1
                    found[first] += own[first] * (faces[2, 0, 1] - faces[2, 0, 0] * here[first])
                    found[last] += own[last] * (faces[2, 1, 1] - faces[2, 1, 0] * here[last])
            if most is not None:
                taken = most[span(at, y, end, shape)]
                for x in range(here.size):
                    found[x] -= taken[x] * here[x] / (half + here[x])
            if held is not None:
                given = held[span(at, y, end, shape)]
                for x in range(here.size):
                    made[x] = _NOTHING if given[x] else found[x]
            else:
                for x in range(here.size):
                    made[x] = found[x]
            _peak(made, worst)
    unrest = size = 0.0
    for x in range(worst.size):
        unrest, size = max(unrest, worst[x]), max(size, level[x])
    return unrest, size


@inline
def _edge(faces, axis, begin, end, count, what):  # type: ignore[no-untyped-def]
    """What the faces at both ends of an axis add to a layer or row there."""
    added = 0.0
    if begin == 0:
        added += faces[axis, 0, what]
    if end == count:
        added += faces[axis, 1, what]
    return added


@leaf
def _change(way, z, y, end, loss, shape, weights, multiplier, row):  # type: ignore[no-untyped-def]
    """Write how a way of search changes the unrest of a strip, as the last of four rows; ``out`` is the second."""
    into, out, spare, made = row[0], row[1], row[2], row[3]
    flow(way, z, y, end, shape, weights, multiplier, into, out, spare)
    here, lost = way[span(z, y, end, shape)], loss[span(z, y, end, shape)]
    for x in range(here.size):
        change = into[x] - here[x] * (lost[x] + out[x])
        made[x] = change if lost[x] < _FOREVER else _NOTHING


@leaf
def turn(way, news, share, loss, shape, weights, multiplier, left, row, sums):  # type: ignore[no-untyped-def]
    """Turn a way of search to the news and a share of itself.

    Returns how far the unrest goes along it, and how firm it is: the sums of their products, by place in a strip and then all
    in order, for a library's sum has a processor's order.
    """
    layers, rows, _ = shape
    along, firm = sums[0], sums[1]
    outflow(weights, row[1])
    for x in range(along.size):
        along[x] = firm[x] = 0.0
    for z in range(layers + 1):
        if z < layers:
            here, new = way[span(z, 0, rows, shape)], news[span(z, 0, rows, shape)]
            for x in range(here.size):
                here[x] = new[x] + share * here[x]
        for number in range(strips(shape)):
            if z == 0:
                continue
            at = z - 1
            y, end = strip(number, shape)
            _change(way, at, y, end, loss, shape, weights, multiplier, row)
            here = way[span(at, y, end, shape)]
            _add_products(here, left[span(at, y, end, shape)], along)
            _add_products(here, row[3], firm)
    return _total(along), -_total(firm)


@leaf
def common(news, way, loss, shape, weights, multiplier, row, sums):  # type: ignore[no-untyped-def]
    """Sum of the products of the news and of how a way of search changes the unrest: told anew, which costs less than to keep it."""
    along = sums[0]
    outflow(weights, row[1])
    for x in range(along.size):
        along[x] = 0.0
    for z in range(shape[0]):
        for number in range(strips(shape)):
            y, end = strip(number, shape)
            _change(way, z, y, end, loss, shape, weights, multiplier, row)
            _add_products(news[span(z, y, end, shape)], row[3], along)
    return _total(along)


@inline
def _add_products(one, other, sums):  # type: ignore[no-untyped-def]
    for x in range(one.size):
        sums[x] += np.float64(one[x]) * np.float64(other[x])


@inline
def _total(sums):  # type: ignore[no-untyped-def]
    total = 0.0
    for x in range(sums.size):
        total += sums[x]
    return total
