"""Mutants that large clones bring forth along their paths: how many families of a new type live to the end of a step."""

from __future__ import annotations

from seedsoil.body.hazards import prepare, prepare_path
from seedsoil.body.line.alterations import rate_of_change
from seedsoil.body.state import (
    DIVISION,
    PIECE_CONDITION,
    PIECE_DAYS,
    PIECE_LACK,
    PIECE_THRIFT,
    SITE,
)
from seedsoil.foundation.compiled import inner
from seedsoil.foundation.elementary import exp

#: Families of one new type, fewer of which are expected at most, for which a bound is asked first: mostly there is none.
RARE = 1.0


@inner
def spread_out(change):  # type: ignore[no-untyped-def]
    """sinh(z) / z of half a logarithmic change: the mean of an exponential's course against its middle [1]."""
    z = min(0.5 * abs(change), 700.0)
    if z < 0.1:  # to 2e-12
        square = z * z
        return 1.0 + square * (1.0 / 6.0 + square * (1.0 / 120.0))
    return 0.5 * (exp(z) - exp(-z)) / z


@inner
def most_lines(kind, choice, other, row, pieces, state, model, work):  # type: ignore[no-untyped-def]
    """How many families of a new type are expected at most to live to the step's end: `expect_lines` for the price of a bound.

    Where they grow by o a day, their correction is at most exp(o days / 2), or 1 if they dwindle: spread_out(x + y) is no more than
    spread_out(x) exp(abs(y) / 2), and a family lives through half a piece with a chance of no more than exp(o days / 2). They
    grow by no more than they divide. Writes how many are founded, piece by piece, into ``work.lines``.
    """
    total, site, mask = 0.0, int(state.lesion[row, SITE]), model.mask[other]
    for at in range(pieces):
        founded = rate_of_change(kind, choice, at, model, work) * work.path[kind, at]
        work.lines[at] = founded
        if founded > 0.0:
            entry = work.piece[at]
            condition = int(entry[PIECE_CONDITION])
            birth = model.site[condition, site, DIVISION] * model.fitness[condition, site, mask]
            rise = 0.5 * birth * entry[PIECE_THRIFT] * (1.0 - entry[PIECE_LACK]) * entry[PIECE_DAYS]
            rise *= work.pace[at, mask]
            total += founded * (1.0 + rise * (1.0 + rise) if rise < 1.0 else exp(rise))
    return total


@inner
def expect_lines(kind, other, row, pieces, state, model, work):  # type: ignore[no-untyped-def]
    """Turn families founded, piece by piece, in ``work.lines`` into those that are expected to live to the step's end; return their sum.

    Each begins in its piece's middle; their number is corrected so that their mean at its end is that of families which
    begin as the mother clones go. Cells that leave them again are lost, and their own mutants are not drawn: shares of
    second order.
    """
    total = 0.0
    prepare(other, row, pieces, state, model, work)
    prepare_path(other, pieces, work)
    for at in range(pieces):
        mean = work.lines[at]
        if mean > 0.0:
            calendar = work.calendar[other, at]
            own = calendar[0] - calendar[1] - calendar[2] * work.leaving[other, at]
            rate = work.climb[kind, at] / work.path[kind, at]
            mean *= spread_out((rate - own) * calendar[3]) / spread_out(rate * calendar[3]) * work.late[other, at, 0]
            work.lines[at] = mean
            total += mean
    return total
