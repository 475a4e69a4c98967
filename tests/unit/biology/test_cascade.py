"""The cascade: races, escape and establishment at their limits, and a budget that multiplies."""

import math

import numpy as np
import pytest

from seedsoil.biology.journey.cascade import (
    arrival_success,
    escape,
    establishment,
    quiescence,
    race,
    stages,
    starting,
    waking,
)
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import Soil
from seedsoil.catalogue.load import entry
from tests.properties.examples import COLON, changed

LIVER: Soil = entry("organs", "liver")


def _way_out(soil: Soil) -> float:
    """Rate at which a cell of the colon cancer leaves a soil's vessels, were there no barrier [1/day]."""
    held = sum(a * e for a, e in zip(levels(COLON.adhesion), levels(soil.addressins), strict=True))
    return float(COLON.extravasation_rate) * (1.0 + held)


def test_race() -> None:
    """The law k / (k + losses), 0 when nothing can happen, 1 without losses: catches a loss left out."""
    assert race(2.0, 1.0, 5.0) == 0.25
    assert race(0.0) == 0.0
    assert race(3.0) == 1.0
    assert race(0.0, 1.0) == 0.0


def test_race_is_a_race(generator: np.random.Generator) -> None:
    """Exponential clocks drawn 40,000 times: catches 0.015 in the chance."""
    first = generator.exponential(1 / 2.0, 40_000) < generator.exponential(1 / 3.0, 40_000)
    assert abs(first.mean() - race(2.0, 3.0)) < 6.0 * math.sqrt(0.24 / 40_000)


def test_escape_has_a_threshold() -> None:
    """Nothing escapes at d >= b, 1 - d/b above: catches a chance below nothing."""
    assert [escape(0.2, 0.2), escape(0.2, 0.3), escape(0.0, 0.1)] == [0.0, 0.0, 0.0]
    assert escape(0.2, 0.05) == 0.75


@pytest.mark.parametrize("death", [0.05, 0.2, 0.3])
def test_establishment_solves_its_chain(death: float) -> None:
    """The linear equations of the chain from 0 to 12 cells: catches one in 1e9, on both sides of b = d."""
    size, birth = 12, 0.2
    matrix, right = np.eye(size + 1), np.zeros(size + 1)
    right[size] = 1.0
    for cells in range(1, size):
        matrix[cells, cells + 1] -= birth / (birth + death)
        matrix[cells, cells - 1] -= death / (birth + death)
    assert establishment(birth, death, float(size)) == pytest.approx(np.linalg.solve(matrix, right)[1], rel=1e-9)


def test_establishment_at_its_limits() -> None:
    """Large sizes tend to escape, or to nothing without overflow: catches an error at 1e9 cells."""
    assert establishment(0.2, 0.05, 1e9) == pytest.approx(0.75)
    assert establishment(0.2, 0.3, 1e9) == 0.0
    assert establishment(0.0, 0.3, 50.0) == 0.0
    assert establishment(0.2, 0.2 * (1 + 1e-12), 50.0) == pytest.approx(0.02)


def test_budget_multiplies() -> None:
    """The stages after arrest multiply to the chance of success: catches a stage counted twice or never."""
    budget = stages(COLON, LIVER, 0.9, 0.1, 0.05)
    assert list(budget) == [
        "enters a vessel", "viable when shed", "arrest", "alive a day after arrest", "extravasation", "starts to divide",
        "escapes extinction",
    ]  # fmt: skip
    assert all(0.0 < chance <= 1.0 for chance in budget.values())
    assert arrival_success(COLON, LIVER, 0.1, 0.05) == pytest.approx(
        math.prod(budget.values()) / budget["arrest"] / budget["viable when shed"], rel=1e-12
    )


def test_a_drug_that_raises_loss_lowers_one_stage_only() -> None:
    """Twice the early loss squares that stage and leaves the others: catches stages that are not their own."""
    before = stages(COLON, LIVER, 0.9, 0.1, 0.05)
    after = stages(changed(COLON, early_loss_rate=2 * float(COLON.early_loss_rate)), LIVER, 0.9, 0.1, 0.05)
    assert after.pop("alive a day after arrest") == pytest.approx(before.pop("alive a day after arrest") ** 2)
    assert after == before


def test_dormancy() -> None:
    """No cue, no sleepers; a cue lets some sleep, of whom a few wake: catches sleepers who never die."""
    calm = LIVER.model_copy(update={"dormancy_cue": LIVER.dormancy_cue.model_copy(update={"number": 0.0, "low": 0.0})})
    assert quiescence(COLON, calm) == 0.0
    at_once, wake = race(0.1, 2.0 * 0.3), waking(COLON)
    assert wake == pytest.approx(0.002 / 0.012)
    tumour = changed(COLON, quiescence_rate=2.0, dormancy_sensitivity=1.0)
    asleep = (1.0 - at_once) * wake
    assert starting(tumour, quiescence(tumour, LIVER), 0.1) == pytest.approx(at_once + asleep)
    assert stages(tumour, LIVER, 0.9, 0.1, 0.05)["starts to divide"] == pytest.approx(at_once + asleep)
    assert stages(tumour, LIVER, 0.9, 0.1, 0.05, ("dormancy",))["starts to divide"] == 1.0


def test_hostile_soil_lets_no_one_escape() -> None:
    """At b <= d the last stage is exactly 0: catches a small chance that seeds every organ in the end."""
    assert arrival_success(COLON, LIVER, 0.05, 0.05) == 0.0


def test_vessels_that_spare_a_cell() -> None:
    """A loss m times as hard in a bed takes m times the hazard of each stage in the vessel: catches a stage that does not heed it."""
    gentle = LIVER.model_copy(
        update={"vessel_loss": LIVER.dormancy_cue.model_copy(update={"number": 0.25, "low": 0.0})}
    )
    usual, spared = stages(COLON, LIVER, 0.9, 0.1, 0.05), stages(COLON, gentle, 0.9, 0.1, 0.05)
    assert spared.pop("alive a day after arrest") == pytest.approx(usual.pop("alive a day after arrest") ** 0.25)
    leaving, dying = _way_out(LIVER), float(COLON.intravascular_death_rate)
    assert spared.pop("extravasation") == pytest.approx(leaving / (leaving + 0.25 * dying))
    usual.pop("extravasation")
    assert spared == usual
    off = stages(COLON, gentle, 0.9, 0.1, 0.05, ("vessel shelter",))
    assert off == stages(COLON, LIVER, 0.9, 0.1, 0.05)


def test_a_barrier_to_cells() -> None:
    """Behind a barrier that cells pass m times as fast the race out of the vessel is run at m times the rate: catches a stage that does not heed it."""
    brain = entry("organs", "brain")
    share = float(brain.barrier.cell_passage)
    leaving, dying = _way_out(brain), float(COLON.intravascular_death_rate)
    behind, off = stages(COLON, brain, 0.9, 0.1, 0.05), stages(COLON, brain, 0.9, 0.1, 0.05, ("barrier to cells",))
    assert behind.pop("extravasation") == pytest.approx(share * leaving / (share * leaving + dying))
    assert off.pop("extravasation") == pytest.approx(leaving / (leaving + dying))
    assert behind == off
