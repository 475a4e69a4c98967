"""Founders: the quadrature against the lognormal law, and success over them against draws one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, norm

from seedsoil.biology.journey.cascade import arrival_success, escaping, founding, starting, worth_of_vigour
from seedsoil.biology.journey.founders import MOTHERS_BELOW, mothers, vigour_width
from seedsoil.catalogue.load import entry
from tests.properties.examples import changed

MELANOMA = entry("tumours", "melanoma")
LUNG = entry("hosts", "adult").soil("lung")
WIDTH = vigour_width(MELANOMA)


@pytest.mark.parametrize("variation", [0.1, 0.3])
def test_founders_have_the_weight_of_those_above_the_threshold(variation: float) -> None:
    """If all succeed who beat death, the mean is the upper tail of the lognormal law: catches 1e-6 from no threshold to 3 widths."""
    width = float(np.sqrt(np.log1p(variation**2)))
    law = lognorm(width, scale=np.exp(-(width**2) / 2.0))
    thresholds = np.array([0.0, 0.5, 1.0, 1.2, np.exp(3.0 * width)])
    sure = changed(MELANOMA, founder_variation=variation, establishment_size=1.0)
    assert founding(sure, 0.0, 0.03, 0.03 * thresholds) == pytest.approx(law.sf(thresholds), abs=1e-6)


def test_alike_founders_succeed_as_the_cascade_says() -> None:
    """No variation is the cascade's own chance, a small one nearly so: catches weights that do not add to one."""
    alike = MELANOMA.model_copy(update={"founder_variation": None})
    exact = float(arrival_success(alike, LUNG, 0.03, 0.018))
    assert float(arrival_success(MELANOMA, LUNG, 0.03, 0.018, ("founder variation",))) == exact
    assert arrival_success(changed(MELANOMA, founder_variation=0.01), LUNG, 0.03, 0.018) == pytest.approx(
        exact, rel=2e-3
    )
    assert arrival_success(MELANOMA, LUNG, 0.0175, 0.018) > 0.0 == arrival_success(alike, LUNG, 0.0175, 0.018)


def _by_quad(vigour: float, death: float, asleep: float = 0.05) -> float:
    """Success over founders of a mother with this vigour (log), by adaptive quadrature."""

    def density(logarithm: float) -> float:
        pace = 0.03 * np.exp(logarithm)
        chance = float(starting(MELANOMA, asleep, pace) * escaping(MELANOMA, pace, death))
        return chance * float(norm.pdf(logarithm, vigour - 0.5 * WIDTH**2, WIDTH))

    low = max(np.log(death / 0.03), vigour - 9.0 * WIDTH)
    return float(quad(density, low, max(low, vigour) + 9.0 * WIDTH, epsabs=0.0, epsrel=1e-10, limit=200)[0])


@pytest.mark.parametrize("death", [0.01, 0.028, 0.033, 0.045])
def test_success_is_the_mean_over_founders(death: float) -> None:
    """From a soil where one founder in ten fails to one where one in 300 beats the threshold: to 1e-4 of the mean."""
    found = founding(MELANOMA, 0.05, 0.03, death)
    assert float(found) == pytest.approx(_by_quad(0.0, death), rel=1e-4)


def test_worth_of_a_mothers_vigour() -> None:
    """Mothers 2 widths below, usual, 1 and 6 above: catches 1e-4 in how often their founders succeed, in rich soil and poor."""
    asleep, division, death = np.full(3, 0.05), np.full(3, 0.03), np.array([0.01, 0.033, 0.04])
    table, known = worth_of_vigour(MELANOMA, asleep, division, death), mothers(WIDTH)
    assert table.shape == (len(known), 3)
    assert (table[MOTHERS_BELOW] == 1.0).all()
    assert (np.diff(table, axis=0) > 0.0).all()
    for place in (0, MOTHERS_BELOW + 8, len(known) - 1):
        for soil, loss in enumerate(death):
            expected = _by_quad(float(known[place]), float(loss)) / _by_quad(0.0, float(loss))
            assert table[place, soil] == pytest.approx(expected, rel=1e-4)


def test_between_two_mothers() -> None:
    """Straight lines between mothers overstate by 0.7 % at most where a tenth can grow, and by 2.1 % where one in 740 can."""
    for share, most in ((0.1, 0.007), (0.00135, 0.021)):
        death = 0.03 * float(np.exp(-0.5 * WIDTH**2 + WIDTH * norm.isf(share)))
        low, high = _by_quad(0.0, death), _by_quad(WIDTH / 8.0, death)
        middle = _by_quad(WIDTH / 16.0, death)
        assert 1.0 < 0.5 * (low + high) / middle < 1.0 + most
