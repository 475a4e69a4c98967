"""Drugs that hold divisions, switched off; and what must follow from one that does: more of it, fewer cells."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.body.state import CELLS, SHELTERED
from seedsoil.experiment.orders.given import Given
from seedsoil.experiment.protocol import Course
from tests.properties.examples import ONE_CLONE
from tests.properties.plain import (
    DIALOGUE,
    PROTECTION,
    agent,
    barrier,
    factors,
    host,
    host_cells,
    lived,
    residents,
    soil,
    speed,
    who,
)

HOLDER = agent("holder", cytostasis=(0.9, 1.0, 1.0), delivery=(2e4, 2000.0), passage=0.02)
WELL = {"vessels": (0.0, 1.0)}


def test_cytostasis() -> None:
    """A level of three half-points takes two thirds of the divisions of cells that have oxygen; off, it grows as without a drug, to the byte."""
    runs = {
        (level, without): lived(who(), [(28.0, {"holder": level})], [HOLDER], (*ONE_CLONE, *without), **WELL)
        for level in (0.0, 3.0) for without in ((), ("cytostasis",))
    }  # fmt: skip
    usual, slow = speed(runs[0.0, ()]), speed(runs[3.0, ()])
    assert slow < usual - 0.02
    assert runs[3.0, ("cytostasis",)].tobytes() == runs[0.0, ("cytostasis",)].tobytes() == runs[0.0, ()].tobytes()


def test_more_of_it_fewer_cells() -> None:
    """Cells after four weeks fall from level to level, and with each drug that is added."""
    other = agent("other", cytostasis=(0.3, 1.0, 1.0))
    levels = [{"holder": level} for level in (0.0, 0.1, 0.5, 2.0, 50.0)] + [{"holder": 50.0, "other": 9.0}]
    found = [lived(who(), [(28.0, each)], [HOLDER, other], ONE_CLONE, **WELL)[-1, CELLS] for each in levels]
    assert (np.diff(found) < 0.0).all()


@pytest.mark.parametrize("lost", ["barrier", "delivery", "shelter"])
def test_it_reaches_cells_as_a_drug_that_kills_does(lost: str) -> None:
    """Behind a shut barrier, in a lesion without vessels, or under astrocytes' shelter it holds less; without that law, as elsewhere."""
    body, lesion, site, without = host(), dict(WELL), "skin", "barrier"
    if lost == "barrier":
        body, site = host(brain=soil("brain", barrier=barrier(opening=50.0))), "brain"
    elif lost == "delivery":
        body, lesion, without = host(host_cells()), {"vessels": (0.0, 0.05)}, "delivery"
    else:
        body = host(
            host_cells(protection=PROTECTION),
            brain=soil("brain", ligands=factors(endothelin=0.75), residents=residents(astrocytes=1.0)),
        )
        site, without = "brain", "astrocyte protection"

    def slowed(*off: str) -> float:
        patient, switched = who(body, dialogue=DIALOGUE), ("hypoxia", *ONE_CLONE, *off)
        kept = {"cells": 1e6, "replaces": True} if lost == "shelter" else {"cells": 1e8}
        rates = []
        for level in (0.0, 1.0):
            rows = lived(patient, [(28.0, {"holder": level})], [HOLDER], switched, site=site, **kept, **lesion)
            assert (rows[-1, SHELTERED] > 0.5) == (lost == "shelter" and not off)
            rates.append(speed(rows, kept["cells"]))
        return rates[0] - rates[1]

    assert slowed() < 0.8 * slowed(without)


def test_one_that_holds_nothing_is_no_drug() -> None:
    """An agent of maximum 0 touches no cell, and leaves the bytes of none at all."""
    nothing = agent("nothing", cytostasis=(0.0, 1.0, 1.0))
    course = Course("nothing", 1.0, "iv", 0.0)
    assert not Given(nothing, course, np.zeros(1), np.ones(1)).touches_cells
    assert Given(HOLDER, course, np.zeros(1), np.ones(1)).touches_cells
    runs = [
        lived(who(), [(28.0, {one.name: level})], [one], ONE_CLONE, **WELL)
        for one, level in ((nothing, 5.0), (HOLDER, 0.0))
    ]
    assert runs[0].tobytes() == runs[1].tobytes()
