"""T13: with nothing to limit it a lesion grows as its rates say, and crowded by Gompertz's law, in whatever steps time passes."""

import numpy as np
import pytest

from seedsoil.biology.clone import Crowding
from seedsoil.body.state import CELLS, DEATH, DIVISION
from tests.properties.examples import ONE_CLONE, follow, lesion_of, model_of, patient
from tests.properties.plain import made, with_numbers

FREE = (*ONE_CLONE, "hypoxia")
WHO = patient(division_rate=0.09, death_rate=0.05)
SITE = WHO.host.anatomy.index("colon")
RATE = 0.09 - 0.05


@pytest.mark.parametrize("every", [7.0, 3.5, 1.0])
def test_unlimited_growth_is_exponential(every: float) -> None:
    """1e8 cells for 70 days without hypoxia, in steps of a week or cut in parts: catches 2e-5 per day in the rate.

    The bound is six standard deviations of a birth-death process of that size.
    """
    model = model_of(WHO, FREE)
    assert model.site[0, SITE, DIVISION] == pytest.approx(0.09)
    assert model.site[0, SITE, DEATH] == pytest.approx(0.05)
    _, rows = follow(model, lesion_of(model, SITE, 1e8), 70.0, every=every)
    days = every * np.arange(1, len(rows) + 1)
    deviation = np.sqrt((0.09 + 0.05) / RATE * -np.expm1(-RATE * days) / 1e8)
    assert np.all(np.abs(np.log(rows[:, CELLS] / 1e8) - RATE * days) < 6.0 * deviation)


def test_growth_from_few_cells_has_the_spread_of_its_law() -> None:
    """200 lesions of 100 cells for 56 days: catches 8 % in the mean and two thirds in the variance."""
    model, runs = model_of(WHO, FREE), 200
    ends = np.array(
        [
            follow(model, lesion_of(model, SITE, 100.0), 56.0, every=56.0, seed=seed)[1][-1, CELLS]
            for seed in range(runs)
        ]
    )
    grown = np.exp(RATE * 56.0)
    mean, variance = 100.0 * grown, 100.0 * (0.14 / RATE) * grown * (grown - 1.0)
    assert abs(ends.mean() - mean) < 6.0 * np.sqrt(variance / runs)
    assert abs(ends.var(ddof=1) / variance - 1.0) < 6.0 * np.sqrt(2.5 / runs)


def test_small_steps_and_large_agree_with_vessels() -> None:
    """A sprouting lesion cut daily against weekly for a year: catches 3 % in its diameter."""
    model = model_of(WHO, (*ONE_CLONE, "co-option"))
    ends = [
        follow(model, lesion_of(model, SITE, 1e5, sprouts=True), 364.0, every=every)[1][-1, CELLS]
        for every in (1.0, 7.0)
    ]
    assert abs(ends[0] / ends[1] - 1.0) < 0.09


ONSET, CAPACITY = 1e8, 1e11
CROWDED = WHO.model_copy(
    update={"tumour": with_numbers(WHO.tumour, crowding=made(Crowding, onset=ONSET, capacity=CAPACITY))}
)


@pytest.mark.parametrize("every", [7.0, 3.5, 1.0])
@pytest.mark.parametrize("cells", [1e6, ONSET, 5e11])
def test_crowded_growth_is_gompertz(every: float, cells: float) -> None:
    """Two years from below the onset, from it, and from above the capacity: catches a cell in a hundred.

    ln N = ln K + (ln N1 - ln K) exp(-a t), a = (b - d) / ln(K / N1), after growth at one pace up to N1.
    """
    model = model_of(CROWDED, FREE)
    _, rows = follow(model, lesion_of(model, SITE, cells), 728.0, every=every)
    days = every * np.arange(1, len(rows) + 1)
    since, first = max(0.0, np.log(ONSET / cells) / RATE), max(cells, ONSET)
    pace = RATE / np.log(CAPACITY / ONSET)
    slowed = np.log(CAPACITY) + np.log(first / CAPACITY) * np.exp(-pace * (days - since))
    expected = np.where(days < since, np.log(cells) + RATE * days, slowed)
    assert np.abs(np.log(rows[:, CELLS]) - expected).max() < 0.01
