"""Hormones of the host: what a tumour that lives on one loses, kind of cell by kind, as agents take it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Mechanism, Tumour
from seedsoil.biology.signals import Levels

Table = NDArray[np.float64]


class Withdrawal(NamedTuple):
    """What is left of division [1], what death is added [1/day], and which share of VEGF with oxygen is lost [1]; all [conditions, masks]."""

    division: Table
    death: Table
    vegf: Table


def withdrawal(tumour: Tumour, mechanisms: Sequence[Mechanism], signals: Levels) -> Withdrawal:
    """Return what each kind of cell loses where a hormone is held back.

    Law: of a hormone of which the share w is gone, a cell whose mechanisms free the shares f of what it gives lacks
    w' = w prod (1 - f). It divides at 1 - d w' of its rate, dies at k w' more, and makes 1 - v w' of the VEGF that it
    makes with oxygen; that what lack of oxygen calls for goes on is assumed, as that all is linear in w. Source:
    kyprianou_1990 (division and death), benjamin_1999 (VEGF). Not told: within two weeks vessels come back in part
    (godoy_2011).

    Examples
    --------
    A tumour that lives on no hormone loses nothing:

    >>> from seedsoil.biology.signals import resting
    >>> from seedsoil.catalogue.load import entry
    >>> withdrawal(entry("tumours", "melanoma"), (), Levels(resting())).division.tolist()
    [[1.0]]
    """
    shape = len(signals), 1 << len(mechanisms)
    need = tumour.endocrine
    if need is None:
        return Withdrawal(np.ones(shape), np.zeros(shape), np.zeros(shape))
    bound = np.ones(shape[1])
    for bit, mechanism in enumerate(mechanisms):
        if mechanism.hormone_freed is not None:
            bound[(np.arange(shape[1]) >> bit) & 1 == 1] *= 1.0 - float(mechanism.hormone_freed)
    lacking = signals[need.hormone][:, None] * bound
    return Withdrawal(1.0 - float(need.division) * lacking, float(need.death) * lacking, float(need.vegf) * lacking)
