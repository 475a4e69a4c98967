"""Signals between tumour and host: what stands in a condition's row, and what is left of it when a mechanism is off."""

import numpy as np
import pytest

from seedsoil.biology.patient import MECHANISMS
from seedsoil.biology.signals import BLOCKED, RAISED, RECEPTORS, SIGNALS, Levels, resting


def test_every_signal_has_one_place() -> None:
    """Blocked, raised and the wound, each once; receptors are among the blocked: catches a name used twice."""
    assert len(SIGNALS) == len(set(SIGNALS)) == len(BLOCKED) + len(RAISED) + 1
    assert SIGNALS[-1] == "wound"
    assert set(RECEPTORS) < set(BLOCKED)


def test_levels_are_read_by_name() -> None:
    """A row numbered from 0 gives each signal its number, condition by condition: catches columns that have moved."""
    rows = np.vstack([resting(), np.arange(len(SIGNALS), dtype=float)])
    told = Levels(rows)
    assert len(told) == 2
    for place, name in enumerate(SIGNALS):
        assert told[name].tolist() == [0.0, float(place)]


def test_an_unknown_signal_is_an_error() -> None:
    """A slip in a law's signal does not read another's: catches a default of nothing."""
    with pytest.raises(ValueError):
        Levels(resting())["vgef"]


OFF = {
    "receptor blockade": RECEPTORS, "host conditioning": ("conditioning",), "wound repair": ("wound",),
    "inflammation": ("inflammation", "il23"), "drug uptake": ("uptake",),
}  # fmt: skip


@pytest.mark.parametrize("mechanism", OFF)
def test_a_mechanism_that_is_off_takes_its_signals_away(mechanism: str) -> None:
    """Its own signals fall to 0, the others stay at 0.5: catches a neighbour's signal taken with them."""
    assert mechanism in MECHANISMS
    told = Levels(np.full((3, len(SIGNALS)), 0.5), (mechanism,))
    for name in SIGNALS:
        assert (told[name] == (0.0 if name in OFF[mechanism] else 0.5)).all()


def test_platelets_that_are_off_are_all_blocked() -> None:
    """Without platelets it is as if an agent held them all, also at rest: catches platelets at rest that still act."""
    assert Levels(resting(), ("platelets",))["platelet"].tolist() == [1.0]
    assert Levels(resting())["platelet"].tolist() == [0.0]


def test_the_rows_given_are_not_changed() -> None:
    """Switching off works on a copy: catches a patient whose neighbour's mechanisms are off too."""
    rows = np.full((1, len(SIGNALS)), 0.5)
    Levels(rows, ("inflammation", "platelets"))
    assert (rows == 0.5).all()
