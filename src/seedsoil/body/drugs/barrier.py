"""A barrier between blood and a lesion: what passes it as the lesion grows, and which condition is felt behind it."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.medicine.delivery import past_barrier
from seedsoil.biology.soils.vessels import diameter
from seedsoil.body.state import CEILING, OPENING, OPENINGS, OPENNESS, SITE
from seedsoil.foundation.compiled import inner, leaf
from seedsoil.foundation.elementary import exp, log

#: Share of a tracer that passes a barrier at each of its openings: shut, then from a 64th to all in half octaves [1].
OPENED = (0.0, *(2.0 ** (0.5 * (place + 1 - OPENINGS)) for place in range(1, OPENINGS)))
#: Openings for each doubling of what passes.
_FINENESS = 2.0
_PER_E_FOLD = _FINENESS / float(np.log(2.0))


@inner
def passage(size, intact, opening, ceiling):  # type: ignore[no-untyped-def]
    """Tissue to plasma ratio behind a barrier that opens with the lesion's diameter [1]."""
    if ceiling < 0.0:
        return 1.0
    if size <= 0.0:
        return intact
    closed = opening / size
    closed = closed * closed * closed
    return past_barrier(1.0 / (1.0 + closed * closed), intact, ceiling)


@leaf
def ceiling_of(usual: float, openness: float) -> float:
    """How far a lesion's own barrier opens at last [1]; below 0 where there is none."""
    return usual if usual < 0.0 else min(1.0, usual * exp(openness))


@leaf
def opening_of(size: float, opening: float, usual: float, openness: float) -> int:
    """Which of ``OPENED`` is nearest to a lesion's own opening: by what passes of a tracer that no shut barrier lets in."""
    passed = passage(size, 0.0, opening, ceiling_of(usual, openness))  # type: ignore[no-untyped-call]
    if passed <= 0.0:
        return 0
    return min(OPENINGS - 1, max(0, int(np.floor(OPENINGS - 0.5 + _PER_E_FOLD * log(passed)))))


@inner
def felt(lesion, cells, inside, model, timeline):  # type: ignore[no-untyped-def]
    """Condition that a lesion of so many cells is under in a piece: the host's, or behind a barrier that of its opening."""
    outside, site = timeline.condition[inside], int(lesion[SITE])
    usual = model.site[outside, site, CEILING]
    if usual < 0.0:
        return outside
    place = opening_of(diameter(cells), model.site[outside, site, OPENING], usual, lesion[OPENNESS])
    return timeline.behind[inside, place]
