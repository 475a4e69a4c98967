"""Cells that come back: what flows through each site, and how many cells hold half of what arrests."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.journey.reseeding import half_catch, throughput
from seedsoil.biology.journey.transplant import joined
from seedsoil.catalogue.load import entry

ADULT, MOUSE = entry("hosts", "adult"), entry("hosts", "mouse")
BREAST = entry("tumours", "breast_er_negative")


@pytest.mark.parametrize("host", [ADULT, MOUSE, joined(MOUSE, 0.0), joined(MOUSE, 0.5)])
def test_what_flows_in_flows_out(host) -> None:  # type: ignore[no-untyped-def]
    """Each site passes on what it receives, and the lung has the cardiac output: catches 1e-4 of any flow."""
    through = throughput(host)
    assert through @ host.anatomy.flow() == pytest.approx(through, rel=1e-4)
    assert through.max() == float(host.cardiac_output)
    assert through[host.anatomy.index("lung")] == pytest.approx(through.max(), rel=1e-4)


def test_arterial_flows_are_those_of_the_catalogue() -> None:
    """Within 4 % in tissues fed by arteries alone, of which lymph takes a part: the graph and the table agree."""
    through = throughput(ADULT)
    for name in ("brain", "kidney", "muscle", "skin", "spleen"):
        place = ADULT.anatomy.index(name)
        assert through[place] == pytest.approx(float(ADULT.anatomy.sites[place].arterial_flow), rel=0.04)


def test_half_of_what_arrests() -> None:
    """H = Q / (a phi): by hand in the liver; a stronger pull needs fewer cells: catches a unit and a factor left out."""
    place = ADULT.anatomy.index("liver")
    flow, washed = throughput(ADULT)[place], float(ADULT.cells.tissue_flow)
    assert half_catch(BREAST, ADULT)[place] == pytest.approx(
        1e12 * flow / (float(BREAST.spread.lesion_attraction) * washed), rel=1e-12
    )
    assert half_catch(BREAST, ADULT)[ADULT.anatomy.index("axillary_node")] < 1e-3 * half_catch(BREAST, ADULT)[place]


def test_who_does_not_attract_holds_nothing() -> None:
    """Switched off, without an attraction, or in a host of whose tissue flow nothing is known: no number of cells."""
    quiet = BREAST.model_copy(update={"spread": BREAST.spread.model_copy(update={"lesion_attraction": None})})
    for found in (
        half_catch(BREAST, ADULT, ("lesion reseeding",)),
        half_catch(quiet, ADULT),
        half_catch(BREAST.model_copy(update={"spread": None}), ADULT),
        half_catch(BREAST, ADULT.model_copy(update={"cells": None})),
    ):
        assert (found == np.inf).all()
