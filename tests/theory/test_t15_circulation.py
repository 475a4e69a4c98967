"""T15: cells are neither made nor lost in the circulation: arrests and deaths add up, and both limits hold."""

import numpy as np
import pytest
from numpy.typing import NDArray

from seedsoil.biology.journey.anatomy import expected_arrests
from seedsoil.biology.journey.circulation import arrests
from tests.properties.examples import ADULT, COLON, changed

Floats = NDArray[np.float64]
FLOW = ADULT.anatomy.flow()
ORGANS = np.array([bool(site.soil) for site in ADULT.anatomy.sites])

#: Shares of the cardiac output [%], and whether the organ drains into the portal vein.
EXAMPLE = {
    "kidney": (19.0, False), "muscle": (17.0, False), "brain": (12.0, False), "small intestine": (10.0, True),
    "liver artery": (6.5, False), "fat": (5.0, False), "skin": (5.0, False), "heart": (4.0, False),
    "spleen": (3.0, True), "marrow and bone": (7.5, False), "lung tissue": (2.5, False),
    "large intestine": (4.0, True), "thyroid": (1.5, False), "stomach": (1.0, True), "pancreas": (1.0, True),
    "adrenal": (0.3, False), "other": (0.7, False),
}  # fmt: skip


def _walk(flow: Floats, held: Floats, survival: float, start: int) -> tuple[Floats, float]:
    """Arrests and deaths of one cell's worth of probability, passage by passage."""
    here, arrested, dead = np.zeros(len(held)), np.zeros(len(held)), 0.0
    here[start] = 1.0
    for _ in range(4000):
        moved = here @ flow
        dead += (1.0 - survival) * moved.sum()
        moved *= survival
        arrested += moved * held
        here = moved * (1.0 - held)
    return arrested, dead + here.sum()


@pytest.mark.parametrize("survival", [1.0, 0.9, 0.3])
def test_arrests_and_deaths_add_to_one(survival: float) -> None:
    """Every origin of the adult, against a walk passage by passage: catches one cell in 1e9."""
    held = np.where(ORGANS, 0.6, 0.0)
    found = expected_arrests(FLOW, list(held), survival)
    for start in range(len(held)):
        arrested, dead = _walk(FLOW, held, survival, start)
        assert np.abs(found[start] - arrested).max() < 1e-9
        assert found[start].sum() + dead == pytest.approx(1.0, abs=1e-9)


def test_nobody_dies_everybody_arrests() -> None:
    """Survival 1: the rows of the catalogue's own patient add to one: catches 1e-9."""
    found = arrests(changed(COLON, transit_loss_rate=0.0), ADULT)
    assert np.abs(found.sum(axis=1) - 1.0).max() < 1e-9
    assert (arrests(COLON, ADULT).sum(axis=1) < 1.0).all()


def test_without_filters_arrests_follow_the_flow() -> None:
    """Holding one in a million everywhere, arrests are as the steady flow: catches 0.1 % at any organ."""
    found = expected_arrests(FLOW, list(np.where(ORGANS, 1e-6, 0.0)), 1.0)
    values, vectors = np.linalg.eig(FLOW.T)
    steady = np.real(vectors[:, np.argmin(np.abs(values - 1.0))]) * ORGANS
    steady /= steady.sum()
    for row in found:
        assert np.abs(row[ORGANS] / steady[ORGANS] - 1.0).max() < 1e-3


def test_perfect_filters_stop_all_at_the_first_bed() -> None:
    """Holding all, a colon's cells lie in the liver and its node, in the shares of blood and lymph: catches 1e-12."""
    found = expected_arrests(FLOW, list(np.where(ORGANS, 1.0, 0.0)), 1.0)
    index = ADULT.anatomy.index
    row = found[index("colon")]
    blood = FLOW[index("colon"), index("portal_vein")]
    assert row[index("liver")] == pytest.approx(blood, abs=1e-12)
    assert row[index("colon_node")] == pytest.approx(1.0 - blood, abs=1e-12)
    assert found[index("veins"), index("lung")] == pytest.approx(1.0, abs=1e-12)


def _example() -> dict[str, int | Floats]:
    names = ["veins", "lung", "portal vein", "liver", *EXAMPLE]
    place = {name: position for position, name in enumerate(names)}
    flow, held = np.zeros((len(names), len(names))), np.zeros(len(names))
    flow[place["veins"], place["lung"]] = flow[place["portal vein"], place["liver"]] = 1.0
    flow[place["liver"], place["veins"]] = 1.0
    held[place["lung"]], held[place["liver"]] = 0.9, 0.95
    for name, (share, portal) in EXAMPLE.items():
        flow[place["lung"], place[name]] = share / 100.0
        target = "liver" if name == "liver artery" else "portal vein" if portal else "veins"
        flow[place[name], place[target]] = 1.0
        held[place[name]] = 0.0 if name == "liver artery" else 0.9
    return {**place, "found": expected_arrests(flow, list(held), 1.0)}


def test_worked_example() -> None:
    """Filters of 0.9 and 0.95: systemic source 0.907, 0.011, 0.0068, 2.7e-4; portal 0.950, 0.045: catches 1 %."""
    example = _example()
    found = np.asarray(example["found"])
    systemic, portal = found[example["veins"]], found[example["portal vein"]]
    assert systemic[example["lung"]] == pytest.approx(0.907, abs=0.0006)
    assert systemic[example["brain"]] == pytest.approx(0.011, abs=0.0002)
    assert systemic[example["marrow and bone"]] == pytest.approx(0.0068, abs=0.0001)
    assert systemic[example["adrenal"]] == pytest.approx(2.7e-4, abs=0.05e-4)
    assert portal[example["liver"]] == pytest.approx(0.950, abs=0.0006)
    assert portal[example["lung"]] == pytest.approx(0.045, abs=0.0006)
