"""T16: a lesion of constant size sheds a Poisson number of founders at the rate of its law, to where the flow takes them."""

import numpy as np
import pytest

from seedsoil.body.conditions import total_emission
from seedsoil.body.state import (
    ARRIVED,
    CELLS,
    DIVISION,
    LEAK,
    LESIONS,
    QUIESCENCE,
    SHEDDING,
    SITE,
    WAKES,
    WAKING,
    Model,
)
from tests.properties.examples import follow, lesion_of, model_of, patient

WHO = patient(division_rate=0.05, death_rate=0.05, unmatched_death_rate=0.0, shedding_rate=1e-3)
INDEX = WHO.host.anatomy.index
COLON_SITE, LIVER, LUNG = INDEX("colon"), INDEX("liver"), INDEX("lung")
WEEKS, CELLS_KEPT = 60, 1e7


def _model(chance: float) -> Model:
    """Births equal deaths and every vessel is borrowed, so that size and leak are constant; founders sleep."""
    model = model_of(WHO, ("soil matching", "resistance", "instability", "competence", "hypoxia", "sprouting"))
    emission = np.zeros_like(model.emission)
    emission[:, COLON_SITE, LIVER], emission[:, COLON_SITE, LUNG] = 0.75 * chance, 0.25 * chance
    model.site[0, :, QUIESCENCE], model.trait[WAKES] = 1e300, 1.0
    model.trait[WAKING] = 1e-9
    return model._replace(emission=emission, emission_total=total_emission(emission, model.favour))


@pytest.mark.parametrize("weekly", [20.0, 60.0, 400.0])
def test_number_place_and_time(weekly: float) -> None:
    """Founders one by one (20 and 60 a week) and together (400): catches 18, 10 and 4 % in the rate.

    Also twice the Poisson dispersion of weekly numbers, 0.08 in the share of the liver, and founders that all arrive
    at one end of the week.
    """
    leak = _leak()
    chance = weekly / (7.0 * 1e-3 * leak * CELLS_KEPT)
    model = _model(chance)
    assert model.trait[SHEDDING] == pytest.approx(1e-3)
    assert model.site[0, COLON_SITE, DIVISION] == pytest.approx(0.05)
    state, rows = follow(model, lesion_of(model, COLON_SITE, CELLS_KEPT, replaces=True), 7.0 * WEEKS)
    sizes = np.concatenate([[CELLS_KEPT], rows[:, CELLS]])
    mean = 1e-3 * leak * chance * 7.0 * 0.5 * (sizes[1:] + sizes[:-1]).sum()
    found = state.lesion[1 : state.count[LESIONS]]
    assert abs(len(found) - mean) < 6.0 * np.sqrt(mean)
    to_liver = (found[:, SITE] == LIVER).mean()
    assert abs(to_liver - 0.75) < 6.0 * np.sqrt(0.1875 / len(found))
    assert set(found[:, SITE]) == {float(LIVER), float(LUNG)}
    weeks = np.bincount((found[:, ARRIVED] // 7.0).astype(int), minlength=WEEKS)
    assert abs(weeks.var(ddof=1) / weeks.mean() - 1.0) < 6.0 * np.sqrt(2.0 / (WEEKS - 1))
    within = np.mod(found[:, ARRIVED], 7.0) / 7.0
    assert abs(within.mean() - 0.5) < 6.0 / np.sqrt(12.0 * len(found))


def _leak() -> float:
    """Leak of a lesion that lives on borrowed vessels alone: a tenth of their density."""
    model = _model(0.0)
    _, rows = follow(model, lesion_of(model, COLON_SITE, CELLS_KEPT, replaces=True), 7.0)
    soil = WHO.host.soil("colon")
    expected = 0.1 * float(WHO.tumour.co_option) * float(soil.vessel_density) / 100.0
    assert rows[-1, LEAK] == pytest.approx(expected, rel=1e-9)
    return float(rows[-1, LEAK])


def test_no_competence_no_founders() -> None:
    """A lesion of cells without the hits it takes sheds none that succeeds: catches competence that is not asked for."""
    model = _model(1e-3)
    model.competent[:] = 0.0
    state, _ = follow(model, lesion_of(model, COLON_SITE, CELLS_KEPT, replaces=True), 70.0)
    assert state.count[LESIONS] == 1
