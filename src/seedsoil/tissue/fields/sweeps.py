"""Sweeps over a lattice of voxels: the moves of which multigrid cycles and conjugate gradients consist.

All solve w lap c - loss c + source = 0 for c, an axis with weight w = D/h^2 [1/day] in every direction, nothing passing the
block's faces: there a voxel is its own neighbour. Where ``held`` is set, c is given and stays. The order of sums is fixed,
and a sweep changes the voxels of one colour of the chequerboard alone, which do not touch: the bytes depend on nothing else.
"""

# Indices of kernels are plain numbers, and arrays have three axes: z, y, x. A block in the plane has one layer, of weight 0.

from __future__ import annotations

from seedsoil.foundation.compiled import inline, leaf


@inline
def inflow(c, source, weights, z, y, x):  # type: ignore[no-untyped-def]
    """What comes into a voxel from its six neighbours and its own source, were it empty itself."""
    layers, rows, columns = c.shape
    above, below = max(z - 1, 0), min(z + 1, layers - 1)
    north, south = max(y - 1, 0), min(y + 1, rows - 1)
    west, east = max(x - 1, 0), min(x + 1, columns - 1)
    found = source[z, y, x] + weights[0] * (c[above, y, x] + c[below, y, x])
    found += weights[1] * (c[z, north, x] + c[z, south, x])
    return found + weights[2] * (c[z, y, west] + c[z, y, east])


@leaf
def relax(c, loss, source, held, weights, colour):  # type: ignore[no-untyped-def]
    """Let each free voxel of one colour (0 or 1) come to rest among its neighbours as they are (Gauss-Seidel)."""
    layers, rows, columns = c.shape
    outflow = 2.0 * (weights[0] + weights[1] + weights[2])
    for z in range(layers):
        for y in range(rows):
            for x in range((z + y + colour) & 1, columns, 2):
                if not held[z, y, x]:
                    c[z, y, x] = inflow(c, source, weights, z, y, x) / (loss[z, y, x] + outflow)


@leaf
def gather(c, loss, source, held, weights, coarse):  # type: ignore[no-untyped-def]
    """Write what is not at rest, as a mean over the voxels of each coarse one.

    An axis of ``coarse`` is as long as that of ``c`` or half as long, rounded up; of a pair without a partner the missing
    one counts as at rest.
    """
    layers, rows, columns = c.shape
    fold_z, fold_y, fold_x = (
        _fold(layers, coarse.shape[0]),
        _fold(rows, coarse.shape[1]),
        _fold(columns, coarse.shape[2]),
    )
    outflow = 2.0 * (weights[0] + weights[1] + weights[2])
    share = 1.0 / (fold_z * fold_y * fold_x)
    _clear(coarse)
    for z in range(layers):
        for y in range(rows):
            for x in range(columns):
                if not held[z, y, x]:
                    left = inflow(c, source, weights, z, y, x) - c[z, y, x] * (loss[z, y, x] + outflow)
                    coarse[z // fold_z, y // fold_y, x // fold_x] += share * left


@leaf
def correct(coarse, held, c):  # type: ignore[no-untyped-def]
    """Add to each free voxel what the coarse ones about it say, interpolated linearly along each axis that was folded."""
    layers, rows, columns = c.shape
    tall, deep, wide = coarse.shape
    for z in range(layers):
        z0, z1 = _pair(z, layers, tall)
        for y in range(rows):
            y0, y1 = _pair(y, rows, deep)
            for x in range(columns):
                if held[z, y, x]:
                    continue
                x0, x1 = _pair(x, columns, wide)
                near = 0.75 * (0.75 * coarse[z0, y0, x0] + 0.25 * coarse[z0, y0, x1])
                near += 0.25 * (0.75 * coarse[z0, y1, x0] + 0.25 * coarse[z0, y1, x1])
                far = 0.75 * (0.75 * coarse[z1, y0, x0] + 0.25 * coarse[z1, y0, x1])
                far += 0.25 * (0.75 * coarse[z1, y1, x0] + 0.25 * coarse[z1, y1, x1])
                c[z, y, x] += 0.75 * near + 0.25 * far


@leaf
def thin_out(loss, held, firm, coarse):  # type: ignore[no-untyped-def]
    """Write each coarse voxel's loss: the mean of its voxels', where one that is held counts with ``firm`` [1/day]."""
    layers, rows, columns = loss.shape
    fold_z, fold_y, fold_x = (
        _fold(layers, coarse.shape[0]),
        _fold(rows, coarse.shape[1]),
        _fold(columns, coarse.shape[2]),
    )
    share = 1.0 / (fold_z * fold_y * fold_x)
    _clear(coarse)
    for z in range(layers):
        for y in range(rows):
            for x in range(columns):
                own = firm if held[z, y, x] else loss[z, y, x]
                coarse[z // fold_z, y // fold_y, x // fold_x] += share * own


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


@inline
def _clear(table):  # type: ignore[no-untyped-def]
    """Set a table to nothing, number by number."""
    for z in range(table.shape[0]):
        for y in range(table.shape[1]):
            for x in range(table.shape[2]):
                table[z, y, x] = 0.0


@leaf
def unrest(c, loss, source, held, weights, left):  # type: ignore[no-untyped-def]
    """Write what is not at rest, voxel by voxel, nothing where c is given; returns the most of any."""
    outflow, most = 2.0 * (weights[0] + weights[1] + weights[2]), 0.0
    for z in range(c.shape[0]):
        for y in range(c.shape[1]):
            for x in range(c.shape[2]):
                left[z, y, x] = 0.0
                if not held[z, y, x]:
                    left[z, y, x] = inflow(c, source, weights, z, y, x) - c[z, y, x] * (loss[z, y, x] + outflow)
                    most = max(most, abs(left[z, y, x]))
    return most


@leaf
def turn(way, news, share):  # type: ignore[no-untyped-def]
    """Turn a way of search: the news, and a share of the way so far."""
    for z in range(way.shape[0]):
        for y in range(way.shape[1]):
            for x in range(way.shape[2]):
                way[z, y, x] = news[z, y, x] + share * way[z, y, x]


@leaf
def product(one, other):  # type: ignore[no-untyped-def]
    """Sum of the products of two fields, in the order of voxels: a library's sum has a processor's order."""
    total = 0.0
    for z in range(one.shape[0]):
        for y in range(one.shape[1]):
            for x in range(one.shape[2]):
                total += one[z, y, x] * other[z, y, x]
    return total


@leaf
def advance_along(way, pull, length, c, left):  # type: ignore[no-untyped-def]
    """Go so far along a way, of which ``pull`` is the unrest that a unit of it takes away; returns the most unrest left."""
    most = 0.0
    for z in range(c.shape[0]):
        for y in range(c.shape[1]):
            for x in range(c.shape[2]):
                c[z, y, x] += length * way[z, y, x]
                left[z, y, x] += length * pull[z, y, x]
                most = max(most, abs(left[z, y, x]))
    return most
