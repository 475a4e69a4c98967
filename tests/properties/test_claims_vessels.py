"""Vessels as the target: endothelium that a tumour keeps alive, what its death does, and vessels that bring more drug."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.body.state import BORROWED_LOST, CELLS, HYPOXIA, IMMATURE, MATURE, PERFUSION
from seedsoil.experiment.signalling import endothelial_kill, occupied
from tests.properties.examples import ONE_CLONE, TWO_POOL
from tests.properties.plain import DIALOGUE, agent, factors, host, host_cells, lived, who, with_numbers

IMATINIB = agent("imatinib", blocks={"pdgf": 0.01})
#: Kills endothelium, and not the tumour's cells, which pump it out.
TAXANE = agent("taxane", endothelial=(2.0, 1.0, 1.0))
PAIR = [IMATINIB, TAXANE]
NONE: dict[str, float] = {}
BOTH, ONE, OTHER = {"imatinib": 1.0, "taxane": 1.0}, {"imatinib": 1.0}, {"taxane": 1.0}
#: Its endothelium lives on the PDGF that it makes, and on EGF.
LIVED_ON = who(
    dialogue=with_numbers(DIALOGUE, endothelial_support=factors(pdgf=0.95, egf=0.0)), receptors=factors(egf=1.0)
)
#: Immature and mature vessels of a sprouting lesion at rest.
START = np.array([1.4874, 0.5873])


def _treated(
    levels: dict[str, float], days: float = 28.0, person: Any = LIVED_ON, without: tuple[str, ...] = ()
) -> Any:
    """Daily rows of a sprouting lesion of some millimetres."""
    return lived(
        person,
        [(days, levels)],
        PAIR,
        (*ONE_CLONE, *without),
        cells=2e7,
        every=1.0,
        sprouts=True,
        vessels=(1.4874, 0.5873),
    )


@pytest.mark.parametrize(("levels", "hazard"), [(NONE, 0.0), (ONE, 0.0), (OTHER, 0.05), (BOTH, 1.0 - 0.95 / 101.0)])
def test_endothelium_dies_only_together(levels: dict[str, float], hazard: float) -> None:
    """Its hazard alone and together: 1 a day, times what is left of one minus its support: catches 1e-12."""
    plasma = np.array([[[levels.get(each.name, 0.0)] * 3 for each in PAIR]])
    found = endothelial_kill(PAIR, plasma, occupied(PAIR, plasma), LIVED_ON)
    assert found == pytest.approx(np.full((1, 3), hazard), rel=1e-12)


def test_two_supports_ask_for_two_blockers() -> None:
    """Where both PDGF and EGF keep endothelium alive, one held receptor leaves it nearly safe: catches a sum."""
    both = who(dialogue=with_numbers(DIALOGUE, endothelial_support=factors(pdgf=0.95, egf=0.95)))
    plasma = np.ones((1, 2, 3))
    assert endothelial_kill(PAIR, plasma, occupied(PAIR, plasma), both).max() < 0.051
    third = [*PAIR, agent("egfr", blocks={"egf": 0.01})]
    plasma = np.ones((1, 3, 3))
    assert endothelial_kill(third, plasma, occupied(third, plasma), both).min() > 0.98


def test_the_tumour_dies_of_lost_oxygen_and_later() -> None:
    """Together: vessels are halved within a day, days before the lesion shrinks for lack of oxygen; alone it grows.

    Without endothelial apoptosis, or without hypoxia, it grows as untreated: catches a direct kill.
    """
    rows, untreated = _treated(BOTH), _treated(NONE)
    assert rows[0, [IMMATURE, MATURE]].sum() < 0.5 * START.sum()
    assert rows[0, CELLS] > 0.97 * 2e7
    assert int(np.argmax(rows[:, CELLS] < 0.9 * 2e7)) >= 2
    assert rows[-1, HYPOXIA] > 2.0 * untreated[-1, HYPOXIA]
    assert rows[-1, CELLS] < 0.5 * 2e7 < 1.5 * 2e7 < untreated[-1, CELLS]
    for levels in (ONE, OTHER):
        assert _treated(levels)[-1, CELLS] > 0.7 * untreated[-1, CELLS]
    for without in (("endothelial apoptosis",), ("hypoxia",)):
        off, usual = (_treated(levels, without=without)[-1, CELLS] for levels in (BOTH, NONE))
        assert off == pytest.approx(usual, rel=1e-3)


def test_borrowed_vessels_die_too_and_mend_slowly() -> None:
    """A lesion on borrowed vessels loses them to the pair, the more slowly as they divide less, and has them back over months.

    With the mechanism off it loses them as it would its own. Catches a share of the kill that is off by a tenth.
    """
    person = with_numbers(LIVED_ON.tumour, co_option=1.0)
    periods = [(14.0, BOTH), (126.0, NONE)]
    lost = {}
    for without in ((), ("quiet endothelium",)):
        rows = lived(
            type(LIVED_ON)(tumour=person, host=host()), periods, PAIR, (*ONE_CLONE, "sprouting", *without), cells=2e7,
            replaces=True,
        )  # fmt: skip
        lost[without] = rows[:, BORROWED_LOST]
        assert rows[-1, BORROWED_LOST] == pytest.approx(rows[1, BORROWED_LOST] * np.exp(-0.02 * 126.0), rel=0.02)
    quiet, own = lost[()][1], lost[("quiet endothelium",)][1]
    assert own > 0.8
    kill = float(TWO_POOL.quiet_endothelium) * 0.02 * own / (1.0 - own)
    assert quiet == pytest.approx(kill / (kill + 0.02) * (1.0 - np.exp(-(kill + 0.02) * 14.0)), rel=2e-3)


def test_more_vessels_bring_more_drug() -> None:
    """An agent that raises sprouting lets a small drug kill more than it does alone; without delivery, no more."""
    still = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
    drug = agent("drug", kill=(0.01, 1.0, 1.0, 0.0), delivery=(2e4, 2000.0))
    raiser = agent("raiser", raises={"sprouting": (1e-9, 2.0, 1.0)})
    killed = {}
    for without in ((), ("delivery",)):
        for levels in ({"drug": 1.0}, {"drug": 1.0, "raiser": 1.0}):
            rows = lived(
                who(host(host_cells()), **still), [(28.0, levels)], [drug, raiser], (*ONE_CLONE, *without), cells=1e12,
                sprouts=True, vessels=(0.5, 0.25),
            )  # fmt: skip
            killed[without, len(levels)] = float(np.log(rows[0, CELLS] / rows[-1, CELLS])), float(rows[-1, PERFUSION])
    (alone, poor), (helped, rich) = killed[(), 1], killed[(), 2]
    assert rich > 1.1 * poor
    assert helped > 1.03 * alone
    assert killed[("delivery",), 2][0] == pytest.approx(killed[("delivery",), 1][0], rel=1e-3)
