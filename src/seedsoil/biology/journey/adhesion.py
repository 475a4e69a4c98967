"""Adhesion: how hard vessel walls hold a cell, family by family, and how much sooner it leaves the vessel for that."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.signals import Levels
from seedsoil.biology.soils.factors import ADDRESSINS, levels
from seedsoil.biology.soils.soil import Soil

Floats = NDArray[np.float64]


def grips(tumour: Tumour, signals: Levels) -> Floats:
    """Hold of each family of addressins against its usual, as agents leave it [conditions, addressins].

    Platelets lend a share of all families' hold; integrins and chemokines can be blocked.
    """
    lent = 0.0 if tumour.spread is None else float(tumour.spread.platelet_grip)
    found = np.repeat((1.0 - lent * signals["platelet"])[:, None], len(ADDRESSINS), axis=1)
    found[:, ADDRESSINS.index("integrin")] *= 1.0 - signals["integrin"]
    found[:, ADDRESSINS.index("chemokine")] *= 1.0 - signals["chemokine"]
    return found


def adhering(tumour: Tumour, soils: Sequence[Soil], signals: Levels, without: Collection[str] = ()) -> Floats:
    """Rate at which a cell leaves each soil's vessels, against one that holds on to nothing [1; conditions, soils].

    Law: 1 + sum_m A_m E_m g_m, with A the cell's adhesion, E the soil's addressins and g the `grips` on them: what holds a
    cell is also what it draws itself out by. Source: of our own design; that the molecules by which colon cancer cells are
    caught are needed for their way through the wall: Tremblay 2008 (E-selectin).
    """
    found = np.ones((len(signals), len(soils)))
    if "adhesion in extravasation" in without:
        return found
    offered, grip = np.array([levels(soil.addressins) for soil in soils]), grips(tumour, signals)
    # Family by family, since the order of a sum along an axis is a processor's own.
    for family, strength in enumerate(levels(tumour.adhesion)):
        found += np.multiply.outer(strength * grip[:, family], offered[:, family])
    return found
