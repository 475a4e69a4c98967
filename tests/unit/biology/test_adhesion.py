"""Adhesion: what holds a cell to a wall is what helps it out, family by family, as agents leave it."""

import math

import numpy as np
import pytest

from seedsoil.biology.journey.adhesion import adhering, grips
from seedsoil.biology.signals import SIGNALS, Levels, resting
from seedsoil.biology.soils.factors import ADDRESSINS, levels
from seedsoil.biology.soils.soil import arrest_chance
from seedsoil.catalogue.load import entry

COLON = entry("tumours", "colon_adenocarcinoma")
SOILS = [entry("organs", name) for name in ("liver", "lung", "brain", "lymph_node")]


def _told(**raised: float) -> Levels:
    """A host at rest, and one in whom these signals stand so."""
    rows = np.repeat(resting(), 2, axis=0)
    for name, level in raised.items():
        rows[1, SIGNALS.index(name)] = level
    return Levels(rows)


def test_what_lets_pass_lets_out_slowly() -> None:
    """A bed without a size trap lets the share s of cells by, and out of it they come 1 - ln s times as fast: catches another sum."""
    found = adhering(COLON, SOILS, Levels(resting()))
    caught = [arrest_chance(levels(COLON.adhesion), levels(soil.addressins), 0.0) for soil in SOILS]
    assert found == pytest.approx(np.array([[1.0 - math.log1p(-chance) for chance in caught]]), rel=1e-12)


def test_blocked_families_help_no_one_out() -> None:
    """Blocked integrins take their own part, platelets a share of all families': catches the wrong family, and one left out."""
    lent = float(COLON.spread.platelet_grip)
    told = _told(integrin=0.5, platelet=1.0)
    assert grips(COLON, told)[0].tolist() == [1.0] * len(ADDRESSINS)
    usual = {"selectin": 1.0, "integrin": 0.5, "lectin": 1.0, "chemokine": 1.0}
    assert grips(COLON, told)[1] == pytest.approx([(1.0 - lent) * usual[name] for name in ADDRESSINS])
    parts = {
        name: float(getattr(COLON.adhesion, name)) * float(getattr(SOILS[0].addressins, name)) for name in ADDRESSINS
    }
    left = 1.0 + (1.0 - lent) * sum(usual[name] * part for name, part in parts.items())
    assert adhering(COLON, SOILS[:1], told)[:, 0] == pytest.approx([1.0 + sum(parts.values()), left])


def test_permissive_walls_are_no_grip() -> None:
    """What makes walls more permissive is a factor of its own on the way out: catches one that counts twice."""
    told = _told(conditioning=1.0)
    found = adhering(COLON, SOILS, told)
    assert found[1].tolist() == found[0].tolist()


def test_switched_off() -> None:
    """Off, all walls let out alike: catches a mechanism that no one asks for."""
    assert (adhering(COLON, SOILS, _told(integrin=1.0), ("adhesion in extravasation",)) == 1.0).all()
