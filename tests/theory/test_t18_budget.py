"""T18: the chance that a shed cell founds a lesion is the product of its stages, in the model and cell by cell."""

from math import exp

import numpy as np
import pytest

from seedsoil.biology.journey.cascade import stages
from seedsoil.biology.journey.circulation import arrests
from seedsoil.biology.soils.factors import levels
from seedsoil.body.state import DEATH, DIVISION
from tests.properties.examples import ADULT, COLON, changed, model_of, patient

FLOW = ADULT.anatomy.flow()


@pytest.mark.parametrize("without", [(), ("dormancy",), ("soil matching",)])
def test_product_of_stages_is_the_emission(without: tuple[str, ...]) -> None:
    """Every origin and site of the adult: catches one stage left out, to 1e-12."""
    who = patient()
    model, held = model_of(who, without), arrests(COLON, ADULT)
    for target, site in enumerate(ADULT.anatomy.sites):
        if not site.soil:
            assert (model.emission[0, :, target] == 0.0).all()
            continue
        birth, death = model.site[0, target, DIVISION], model.site[0, target, DEATH]
        for origin in range(len(ADULT.anatomy.sites)):
            budget = stages(COLON, ADULT.soil(site.soil), held[origin, target], birth, death, without)
            assert model.emission[0, origin, target] == pytest.approx(np.prod(list(budget.values())), rel=1e-12)


def _efficiency(cells: int, tumour, model, generator) -> np.ndarray:  # type: ignore[no-untyped-def,type-arg]
    """Carry cells shed by a colon through every stage, each a race of clocks; founders by site."""
    sites, founders = ADULT.anatomy.sites, np.zeros(len(ADULT.anatomy.sites))
    survival = exp(-float(tumour.transit_loss_rate) * float(tumour.transit_time))
    here = np.full(int((generator.random(cells) < float(tumour.viable_when_shed)).sum()), ADULT.anatomy.index("colon"))
    held = [0.0 if not site.soil else _hold(tumour, site) for site in sites]
    ways = np.cumsum(FLOW, axis=1)
    while here.size:
        here = here[generator.random(here.size) < survival]
        here = (generator.random(here.size)[:, None] > ways[here]).sum(axis=1)
        stuck = generator.random(here.size) < np.array(held)[here]
        for target in np.unique(here[stuck]):
            founders[target] += _arrived(int((here[stuck] == target).sum()), target, tumour, model, generator)
        here = here[~stuck]
    return founders


def _hold(tumour, site) -> float:  # type: ignore[no-untyped-def]
    grip = sum(a * e for a, e in zip(levels(tumour.adhesion), levels(ADULT.soil(site.soil).addressins), strict=True))
    return 1.0 - (1.0 - float(site.size_trap)) * exp(-grip)


def _arrived(cells: int, target: int, tumour, model, generator) -> int:  # type: ignore[no-untyped-def]
    """How many of the cells that arrested found a lesion."""
    soil = ADULT.soil(ADULT.anatomy.sites[target].soil)
    birth, death = model.site[0, target, DIVISION], model.site[0, target, DEATH]

    def clock(rate: float, number: int):  # type: ignore[no-untyped-def]
        return generator.exponential(1.0 / rate, number) if rate > 0 else np.full(number, np.inf)

    cells = int((clock(float(tumour.early_loss_rate), cells) > float(tumour.early_loss_time)).sum())
    leave = _way_out(clock, tumour, soil, cells) < clock(float(tumour.intravascular_death_rate), cells)
    cells = int(leave.sum())
    cue = float(tumour.quiescence_rate) * float(tumour.dormancy_sensitivity) * float(soil.dormancy_cue)
    awake = clock(birth, cells) < clock(cue, cells)
    woken = clock(float(tumour.wake_rate), cells) < clock(float(tumour.dormant_death_rate), cells)
    cells = int((awake | woken).sum())
    if birth <= death:
        return 0
    families = np.ones(cells)
    size = float(tumour.establishment_size)
    while True:
        live = (families > 0) & (families < size)
        if not live.any():
            return int((families >= size).sum())
        families[live] += np.where(generator.random(int(live.sum())) < birth / (birth + death), 1.0, -1.0)


def _way_out(clock, tumour, soil, cells: int):  # type: ignore[no-untyped-def]
    """When each cell is through the wall: of its own, or drawn by a family of addressins that it holds, whichever is first."""
    own = float(tumour.extravasation_rate)
    found = clock(own, cells)
    for hold, offer in zip(levels(tumour.adhesion), levels(soil.addressins), strict=True):
        found = np.minimum(found, clock(own * hold * offer, cells))
    return found


def test_cells_one_by_one_have_the_same_efficiency(generator: np.random.Generator) -> None:
    """60,000 cells of an efficient tumour, followed one by one: catches 6 % at the liver, 45 % at the lung."""
    tumour = changed(
        COLON, division_rate=0.3, viable_when_shed=0.8, transit_loss_rate=500.0, early_loss_rate=0.3,
        extravasation_rate=2.0, intravascular_death_rate=0.5, quiescence_rate=0.5, wake_rate=0.01,
    )  # fmt: skip
    model, cells = model_of(patient(tumour=tumour)), 60_000
    found = _efficiency(cells, tumour, model, generator)
    expected = cells * model.emission[0, ADULT.anatomy.index("colon")]
    assert found[ADULT.anatomy.index("liver")] > 10_000
    assert (np.abs(found - expected) <= 6.0 * np.sqrt(expected) + 6.0 * (expected < 6.0)).all()
