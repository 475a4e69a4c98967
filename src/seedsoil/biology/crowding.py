"""Crowding: beyond a size a lesion divides the less, the larger it is, until divisions make up for deaths alone."""

from __future__ import annotations

from seedsoil.foundation.compiled import inline
from seedsoil.foundation.elementary import log


@inline
def uncrowded(cells: float, birth: float, death: float, capacity: float, onset: float) -> float:
    """Share of its divisions that a lesion of some size still has [1]; deaths stay as they are.

    Parameters
    ----------
    cells
        The lesion's size.
    birth, death
        Divisions and deaths of its usual cells where nobody crowds [1/day].
    capacity
        The size at which it neither grows nor shrinks; above, it shrinks.
    onset
        The size up to which nobody crowds; below ``capacity``.

    Notes
    -----
    Net growth beyond the onset is ``(birth - death) ln(capacity / cells) / ln(capacity / onset)``: Gompertz's law, which
    follows on growth at one pace. A lesion that does not grow is not crowded. Source: Laird 1964, Br J Cancer 18:490;
    exponential up to a size, Wheldon 1988, Mathematical Models in Cancer Research (both recalled).
    """
    if cells <= onset or birth <= death:
        return 1.0
    left = log(capacity / cells) / log(capacity / onset) if capacity > onset else 0.0
    return max(0.0, (death + (birth - death) * left) / birth)
