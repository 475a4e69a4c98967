"""T28: what reaches a tumour is limited by flow or by the wall, so that normal vessels help one drug and hinder another."""

from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csc_array, diags_array, kronsum
from scipy.sparse.linalg import spsolve

from seedsoil.biology.medicine.delivery import exchange, tissue_share
from seedsoil.biology.medicine.effect import hill
from seedsoil.body.state import CELLS, LEAK, PERFUSION
from seedsoil.catalogue.load import entry
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import AT, agent, exposed, host, host_cells, who

FLOW = 500.0
#: Permeability and loss [1/day] of a drug whose supply is the blood's flow, and of one whose supply is the wall's leak.
SMALL, ANTIBODY = (2e4, 2000.0), (0.5, 2.0)
#: Greatest kill hazard [1/day]: so little that the lesion keeps its size, and with it its vessels.
MOST = 0.01
#: Vessels at rest by the law of normalisation.
REST = (1.4874, 0.5873)


@pytest.mark.parametrize(("permeability", "loss"), [(0.01, 0.02), (1.0, 5.0), (5.0, 0.5)])
def test_tight_walls(permeability: float, loss: float) -> None:
    """PS far below Q: R = PS / (PS + k V), and twice the flow changes nothing: catches PS / Q in R."""
    share = tissue_share(FLOW, permeability, loss)
    assert share == pytest.approx(permeability / (permeability + loss), rel=permeability / FLOW)
    assert tissue_share(2.0 * FLOW, permeability, loss) == pytest.approx(share, rel=permeability / FLOW)


@pytest.mark.parametrize("loss", [5.0, 500.0, 5000.0])
def test_open_walls(loss: float) -> None:
    """PS far above Q: R = Q / (Q + k V), and twice the permeability changes nothing: catches 1e-8."""
    share = tissue_share(FLOW, 40.0 * FLOW, loss)
    assert share == pytest.approx(FLOW / (FLOW + loss), rel=1e-12)
    assert tissue_share(FLOW, 80.0 * FLOW, loss) == pytest.approx(share, rel=1e-12)


def test_between_the_limits() -> None:
    """More of either lets more through, never more than the smaller of the two: catches a sum of conductances."""
    grid = np.geomspace(0.1, 1e5, 40)
    passed = np.array([[exchange(flow, wall) for wall in grid] for flow in grid])
    assert (np.diff(passed, axis=0) > -1e-12).all()
    assert (np.diff(passed, axis=1) > -1e-12).all()
    assert (passed <= np.minimum.outer(grid, grid) * (1.0 + 1e-12)).all()
    assert exchange(FLOW, FLOW) == pytest.approx(FLOW * 0.63212, rel=1e-5)


@lru_cache(maxsize=16)
def _killed(kind: str, blocked: bool, without: tuple[str, ...] = ()) -> tuple[float, float, float]:
    """Kill hazard of a drug [1/day] from day 2 to day 5 in a large lesion, and its perfusion and leak on the last."""
    rates = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
    permeability, loss = SMALL if kind == "small" else ANTIBODY
    drug = agent("drug", kill=(MOST, 1.0, 1.0, 0.0), delivery=(permeability, loss))
    blocker = agent("blocker", blocks={"vegf": 1.0 / 20.0})
    level = {"blocker": 1.0} if blocked else {}
    model, timeline = exposed(
        who(host(host_cells()), **rates), [drug, blocker], [(2.0, level), (3.0, {"drug": 1.0, **level})],
        (*ONE_CLONE, *without),
    )  # fmt: skip
    state = lesion_of(model, AT["skin"], 1e12, sprouts=True, vessels=REST)
    _, rows = follow(model, state, 5.0, every=1.0, timeline=timeline)
    return float(np.log(rows[1, CELLS] / rows[-1, CELLS]) / 3.0), float(rows[-1, PERFUSION]), float(rows[-1, LEAK])


def test_normal_vessels_help_small_molecules_and_hinder_antibodies() -> None:
    """VEGF blocked, days 2 to 5: flow up, leak down; the small drug kills more, the antibody less: catches 3 % of either.

    So it is while vessels stay as wide; where they narrow for want of VEGF, the small drug gains nothing.
    """
    wide = ("vessel tone",)
    assert _killed("small", True, wide)[1] > 1.2 * _killed("small", False)[1]
    assert _killed("small", True, wide)[2] < 0.3 * _killed("small", False)[2]
    assert _killed("small", True, wide)[0] > 1.05 * _killed("small", False)[0]
    assert _killed("small", True)[0] < 1.01 * _killed("small", False)[0]
    assert _killed("antibody", True)[0] < 0.6 * _killed("antibody", False)[0]


@pytest.mark.parametrize(("kind", "limits"), [("small", SMALL), ("antibody", ANTIBODY)])
def test_the_engines_lesion_receives_what_the_law_says(kind: str, limits: tuple[float, float]) -> None:
    """Levels relative to a tumour of perfusion 1 and leak 1, at rest: catches 1 % in the kill hazard."""
    killed, fed, leak = _killed(kind, False)
    permeability, loss = limits
    level = tissue_share(FLOW * fed, permeability * leak, loss) / tissue_share(FLOW, permeability, loss)
    assert killed == pytest.approx(float(hill(level, MOST, 1.0, 1.0)), rel=0.01)


@pytest.mark.parametrize("kind", ["small", "antibody"])
def test_without_delivery_vessels_do_not_matter(kind: str) -> None:
    """Switched off, both drugs kill as their blood level says, with VEGF blocked or not: catches 0.1 %."""
    expected = float(hill(1.0, MOST, 1.0, 1.0))
    assert [_killed(kind, blocked, ("delivery",))[0] for blocked in (False, True)] == pytest.approx(
        [expected] * 2, abs=1e-5
    )


def _uneven(density: float, drug: str, luck: np.random.Generator) -> NDArray[np.float64]:
    """Level of an agent in a square of 1.5 mm of tissue with random parallel vessels [1/mm2] whose blood holds 1, at rest, solved apart."""
    edge, count = 0.01, 150
    given = entry("agents", drug).delivery
    assert given is not None
    diffusion = 14.4  # mm2/day: a small molecule in tissue (1e4 um2/min), as blocks of tissue have it
    wall = np.zeros(count * count)
    here = luck.integers(0, wall.size, luck.poisson(density * (edge * count) ** 2))
    np.add.at(wall, here, float(given.permeability) / 100.0 / edge**2)  # permeability is told for 100 vessels/mm2
    ring = diags_array([1.0, 1.0, -2.0, 1.0, 1.0], offsets=[1 - count, -1, 0, 1, count - 1], shape=(count, count))
    spread = kronsum(ring, ring) * (diffusion / edge**2)
    level = spsolve(csc_array(diags_array(float(given.loss) + wall) - spread), wall)
    return np.asarray(level[wall == 0.0])


@pytest.mark.parametrize("drug", ["fluorouracil", "paclitaxel"])
@pytest.mark.parametrize(("density", "spread", "error"), [(100.0, 0.1, 0.005), (50.0, 0.15, 0.01), (20.0, 0.3, 0.05)])
def test_cells_of_a_lesion_meet_one_level(drug: str, density: float, spread: float, error: float) -> None:
    """What the body's law leaves out: how uneven a drug is between vessels, and what that takes from its kill by Hill's law.

    Levels around their mean spread by less than a tenth (in logarithms) at 100 vessels/mm2 and three tenths at 20, so that the mean
    of the kill is that at the mean level, within 0.5 % and 5 %, whatever the level and for any power from 0.8 to 1.5.
    """
    luck = np.random.default_rng(28)
    level = np.concatenate([_uneven(density, drug, luck) for _ in range(2)])
    assert 0.2 * spread < np.log(level).std() < spread
    for power in (0.8, 1.5):
        for half in np.logspace(-1.0, 1.0, 9) * level.mean():
            kills = hill(level, 1.0, half, power)
            assert kills.mean() == pytest.approx(hill(level.mean(), 1.0, half, power), rel=error)
