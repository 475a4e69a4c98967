"""What a cell senses where it is, and how much it then does of a behaviour: the rules, compiled."""

# Indices of kernels are plain numbers; functions of this kind are typed by Numba, not by hand.

from __future__ import annotations

import numpy as np

from seedsoil.foundation.compiled import inline, leaf, word_at
from seedsoil.foundation.elementary import power
from seedsoil.tissue.lattice import (
    AGE,
    ALIVE,
    ALL_BEHAVIOURS,
    COVER,
    COVERED,
    CROWDING,
    FLOW,
    GROWN,
    KINDS,
    MECHANISMS,
    MEMORY,
    NATIVE,
    PERFUSED,
    SPACE,
    STEP_LENGTH,
    SUBSTANCES,
    TIP_SPACING,
    TUMOUR,
    VESSEL,
)

_AGES = 65536
_EIGHT = 8
_none, _nine, _three_bytes, _about = (np.uint64(number) for number in (0, 2**9 - 1, 2**24 - 1, 2**27 - 1 - 2**13))
_n7, _n8, _n9, _n16, _n18, _n24, _n32, _n40, _n48, _n56 = (
    np.uint64(bits) for bits in (7, 8, 9, 16, 18, 24, 32, 40, 48, 56)
)
_each, _sevens = np.uint64(0x0101010101010101), np.uint64(0x7F7F7F7F7F7F7F7F)
_n14, _n28, _byte = np.uint64(14), np.uint64(28), np.uint64(0xFF)
#: How many of nine bits are set, and where the first of them, the second ... is.
_ONES = np.array([word.bit_count() for word in range(512)], np.uint8)
_PLACES = np.array([([bit for bit in range(9) if word >> bit & 1] + [0] * 9)[:9] for word in range(512)], np.uint8)


@inline
def about(place, length):  # type: ignore[no-untyped-def]
    """The first place and the one behind the last of a voxel's neighbourhood along one axis."""
    return max(place - 1, 0), min(place + 2, length)


@inline
def takes(kind, other, laws):  # type: ignore[no-untyped-def]
    """Whether a cell of a kind can take the place of what a voxel holds."""
    return laws.takes[kind, other] != 0


@leaf
def contact(kind, z, y, x, lattice):  # type: ignore[no-untyped-def]
    """Share of the voxels about one that hold a live cell of a kind, or nothing where that is 0."""
    layers, rows, columns = lattice.kind.shape
    z0, z1 = about(z, layers)
    y0, y1 = about(y, rows)
    x0, x1 = about(x, columns)
    found = 0
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                if lattice.kind[i, j, k] == kind and lattice.condition[i, j, k] == ALIVE:
                    found += 1
    own = 1 if lattice.kind[z, y, x] == kind and lattice.condition[z, y, x] == ALIVE else 0
    return (found - own) / neighbours(layers)


@inline
def free_places(kind, z, y, x, lattice, laws):  # type: ignore[no-untyped-def]
    """Which of the voxels about one a cell of a kind could take, as bits: nine a layer, three a row, the voxel itself in the middle.

    Away from the faces rows are read as numbers of eight bytes, and 27 bytes of theirs asked at once.
    """
    kinds = lattice.kind
    layers, rows, columns = kinds.shape
    layer = rows * columns
    above = ((z - 1) * rows + y) * columns + x - 1
    below = above + layer + layer
    inner = 0 < z < layers - 1 and 0 < y < rows - 1 and 0 < x < columns - 1
    if not (inner and below + columns + _EIGHT <= kinds.size):
        return _free_at_face(kind, z, y, x, lattice, laws)
    a, b, c = _third(kinds, above, columns)
    d, e, f = _third(kinds, above + layer, columns)
    g, h, i = _third(kinds, below, columns)
    first = a | (b << _n24) | (c << _n48)
    second = (c >> _n16) | (d << _n8) | (e << _n32) | (f << _n56)
    third = (f >> _n8) | (g << _n16) | (h << _n40)
    found = _zeros(first) | (_zeros(second) << _n8) | (_zeros(third) << _n16) | (_zeros(i) << _n24)
    if laws.invasion[kind] > 0.0:
        found |= _yielding(kind, first, second, third, i, laws)
    return found & _about


@leaf
def _yielding(kind, first, second, third, fourth, laws):  # type: ignore[no-untyped-def]
    """Which of 27 bytes are kinds whose place a kind can take."""
    found = _none
    for other in range(1, laws.takes.shape[1]):
        if takes(kind, other, laws):
            who = np.uint64(other) * _each
            found |= _zeros(first ^ who) | (_zeros(second ^ who) << _n8)
            found |= (_zeros(third ^ who) << _n16) | (_zeros(fourth ^ who) << _n24)
    return found


@inline
def _third(kinds, place, columns):  # type: ignore[no-untyped-def]
    """Three voxels of each of three rows of a layer, as bytes."""
    return (
        word_at(kinds, place - columns) & _three_bytes, word_at(kinds, place) & _three_bytes,
        word_at(kinds, place + columns) & _three_bytes,
    )  # fmt: skip


@inline
def _zeros(word):  # type: ignore[no-untyped-def]
    """Which of eight bytes are 0, as bits: the highest bit of each is, and these are folded together, by two, four and eight."""
    found = (~(((word & _sevens) + _sevens) | word | _sevens)) >> _n7
    found |= found >> _n7
    found |= found >> _n14
    return (found | (found >> _n28)) & _byte


@leaf
def _free_at_face(kind, z, y, x, lattice, laws):  # type: ignore[no-untyped-def]
    """The same at the faces of a block, voxel by voxel; what lies without is not free."""
    layers, rows, columns = lattice.kind.shape
    z0, z1 = about(z, layers)
    y0, y1 = about(y, rows)
    x0, x1 = about(x, columns)
    found = _none
    for i in range(z0, z1):
        for j in range(y0, y1):
            for k in range(x0, x1):
                bit = np.uint64(9 * (i - z) + 3 * (j - y) + k - x + 13)
                found |= np.uint64(takes(kind, lattice.kind[i, j, k], laws)) << bit
    return found & _about


@inline
def ones(places):  # type: ignore[no-untyped-def]
    """How many bits are set, of 27."""
    return np.int64(_ONES[places & _nine] + _ONES[(places >> _n9) & _nine] + _ONES[places >> _n18])


@inline
def bit_behind(places, number):  # type: ignore[no-untyped-def]
    """Which of 27 bits is the one that has so many set ones below it; there must be one."""
    upper, middle = np.int64(_ONES[places & _nine]), np.int64(_ONES[(places >> _n9) & _nine])
    layer = np.int64(number >= upper) + np.int64(number >= upper + middle)
    number -= (upper if layer > 0 else 0) + (middle if layer > 1 else 0)
    return 9 * layer + np.int64(_PLACES[(places >> np.uint64(9 * layer)) & _nine, number])


@inline
def neighbours(layers):  # type: ignore[no-untyped-def]
    """Voxels about one: 26, or 8 in the plane. At the block's faces some are missing, and count as full of nothing."""
    return 26.0 if layers > 1 else 8.0


@leaf
def sense(signal, z, y, x, step, lattice, laws):  # type: ignore[no-untyped-def]
    """The level of a signal at a cell."""
    substances, kinds = laws.sizes[SUBSTANCES], laws.sizes[KINDS]
    kind = lattice.kind[z, y, x]
    if signal < substances:
        return float(lattice.fields[signal, z, y, x])
    if signal <= substances + kinds:
        return contact(signal - substances, z, y, x, lattice)
    asked = signal - substances - kinds - 1
    if asked == SPACE:
        return ones(free_places(kind, z, y, x, lattice, laws)) / neighbours(lattice.kind.shape[0])
    if asked == MEMORY:
        return float(lattice.memory[z, y, x]) if lattice.memory.size > 1 else 0.0
    if asked == AGE:
        return ((step - int(lattice.born[z, y, x])) % _AGES) * (laws.sizes[STEP_LENGTH] * 1e-6)
    if asked == FLOW:
        return 1.0 if lattice.piece_flags[lattice.clone[z, y, x]] & PERFUSED else 0.0
    if asked == COVER:
        return 1.0 if lattice.piece_flags[lattice.clone[z, y, x]] & COVERED else 0.0
    if asked == NATIVE:
        return 0.0 if lattice.piece_flags[lattice.clone[z, y, x]] & GROWN else 1.0
    if asked == CROWDING:
        return _crowding(z, y, x, lattice, laws)
    return 0.0


@leaf
def _crowding(z, y, x, lattice, laws):  # type: ignore[no-untyped-def]
    """Share of the voxels within the spacing of tips that hold live vessel, this one among them."""
    layers, rows, columns = lattice.kind.shape
    far = laws.sizes[TIP_SPACING]
    near = vessels = 0
    for i in range(max(z - far, 0), min(z + far + 1, layers)):
        for j in range(max(y - far, 0), min(y + far + 1, rows)):
            for k in range(max(x - far, 0), min(x + far + 1, columns)):
                if (i - z) ** 2 + (j - y) ** 2 + (k - x) ** 2 <= far * far:
                    near += 1
                    if laws.part[lattice.kind[i, j, k]] == VESSEL and lattice.condition[i, j, k] == ALIVE:
                        vessels += 1
    return vessels / near


@inline
def raised(x, exponent):  # type: ignore[no-untyped-def]
    """X to a power: a whole one by multiplication, which costs a tenth."""
    whole = int(exponent)
    if whole == exponent and whole <= 20:
        found = 1.0
        for _ in range(whole):
            found *= x
        return found
    return power(x, exponent) if x > 0.0 else 0.0


@leaf
def response(rule, z, y, x, step, lattice, laws):  # type: ignore[no-untyped-def]
    """How much of a rule's effect there is at a cell, 0 to 1."""
    signal = laws.signal[rule]
    level = sense(signal, z, y, x, step, lattice, laws)
    if level <= 0.0:
        return 0.0
    shifted = 1.0
    for shift in range(laws.shift_first[rule], laws.shift_first[rule + 1]):
        shifted += laws.shift_by[shift] * sense(laws.shift[shift], z, y, x, step, lattice, laws)
    half = laws.half[rule] * shifted
    if signal < laws.sizes[SUBSTANCES] and laws.sizes[MECHANISMS] and laws.part[lattice.kind[z, y, x]] == TUMOUR:
        half *= _folds(signal, lattice.clone_bits[lattice.clone[z, y, x]], laws)
    ratio = raised(level / half, laws.power[rule])
    found = ratio / (1.0 + ratio) if ratio < 1e300 else 1.0
    if laws.need[rule] >= 0:
        needed = sense(laws.need[rule], z, y, x, step, lattice, laws)
        found *= needed / (needed + laws.need_half[rule])
    return found


@leaf
def _folds(substance, bits, laws):  # type: ignore[no-untyped-def]
    """How many times the usual level of a substance a clone needs."""
    found = 1.0
    if bits:
        for gene in range(laws.fold.shape[0]):
            if (bits >> gene) & 1:
                found *= laws.fold[gene, substance]
    return found


@leaf
def amount(kind, behaviour, z, y, x, step, lattice, laws):  # type: ignore[no-untyped-def]
    """How much a cell of a kind would do of a behaviour in a place: what is raised adds up, what is lowered is multiplied."""
    found, kept = laws.base[kind, behaviour], 1.0
    pair = kind * laws.sizes[ALL_BEHAVIOURS] + behaviour
    for rule in range(laws.first[pair], laws.first[pair + 1]):
        share = laws.by[rule] * response(rule, z, y, x, step, lattice, laws)
        if laws.raises[rule]:
            found += share
        else:
            kept *= 1.0 - share
    if laws.clonal[behaviour] and laws.part[lattice.kind[z, y, x]] == TUMOUR:
        kept *= _changed(behaviour, lattice.clone_bits[lattice.clone[z, y, x]], laws)
    return found * kept


@leaf
def _changed(behaviour, bits, laws):  # type: ignore[no-untyped-def]
    """How many times as much of a behaviour a clone does as its kind."""
    found = 1.0
    if bits:
        for gene in range(laws.change.shape[0]):
            if (bits >> gene) & 1:
                found *= laws.change[gene, behaviour]
    return found
