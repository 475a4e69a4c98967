"""T5: the fluctuation assay gives back the rate at which a clone mutates, by both readings, as Lea and Coulson's law says."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.foundation.streams import new_stream
from seedsoil.observe.culture import CENSORED, estimate, lea_coulson, resistant_counts
from tests.theory.laws import FALSE_ALARM, chance_of

KEY = np.uint64(77)


def test_the_law_is_the_published_one() -> None:
    """Two mutations a culture, as printed: all five digits; and no chance is lost in the tail (it falls as m / n)."""
    found = lea_coulson(2.0, 2000)
    np.testing.assert_allclose(found[:6], [0.13534, 0.13534, 0.11278, 0.09022, 0.07180, 0.05752], atol=5.1e-6)
    assert 1.0 - found.sum() == pytest.approx(2.0 / 2000, rel=0.05)


@pytest.mark.parametrize("mutations", [0.5, 2.0])
def test_counts_follow_the_law(mutations: float) -> None:
    """40,000 cultures of 1e7 cells: chi-square of all counts; catches 2 % in m, and families born a division late."""
    found = resistant_counts(new_stream(1, 1), KEY, 3, 40_000, 1e7, mutations / 1e7, 1.0)
    law = np.append(lea_coulson(mutations, 400), 0.0)
    law[-1] = 1.0 - law.sum()
    assert chance_of(np.minimum(found, 400.0).astype(int), law) > FALSE_ALARM


@pytest.mark.parametrize("factor", [1.0, 5.0])
def test_both_readings_give_the_rate_back(factor: float) -> None:
    """40 assays of 100 cultures at m = 0.8 and 4: no bias beyond 6 errors of their mean, and the error that is stated.

    A clone that mutates five times as often (Cifone and Fidler 1981: 3 to 7 fold) is read as that: catches 4 % in the rate
    by the likelihood, 8 % by the empty cultures.
    """
    rate, cells = factor * 8e-8, 1e7
    read = [estimate(resistant_counts(new_stream(2, who), KEY, 3, 100, cells, rate, 1.0), cells) for who in range(40)]
    logs = np.log(np.array([one.rate_mss for one in read]) / rate)
    stated = np.mean([one.log_error for one in read])
    assert abs(logs.mean()) < 6.0 * stated / np.sqrt(40) + 0.5 * stated**2
    assert logs.std(ddof=1) == pytest.approx(stated, rel=6.0 / np.sqrt(2 * 40))
    shares = np.array([one.rate_p0 for one in read]) / rate
    mean = factor * 0.8
    error = np.sqrt((np.exp(mean) - 1.0) / 100) / mean
    assert abs(np.nanmean(shares) - 1.0) < 6.0 * error / np.sqrt(40) + 0.5 * error**2


def test_what_cannot_be_read_is_said() -> None:
    """No resistant cell anywhere, or in every culture; and jackpots are read as this or more: catches a logarithm of zero."""
    nothing = estimate(np.zeros(20), 1e6)
    assert (nothing.empty, np.isnan(nothing.rate_p0), np.isnan(nothing.rate_mss)) == (20, True, True)
    all_have = estimate(np.full(20, 30.0), 1e6)
    assert np.isnan(all_have.rate_p0)
    assert 5e-6 < all_have.rate_mss < 2e-5
    calm = np.array([0.0] * 10 + [1.0] * 6 + [3.0] * 3 + [CENSORED])
    wild = np.append(calm[:-1], 1e6)
    assert estimate(calm, 1e6).rate_mss == estimate(wild, 1e6).rate_mss


def test_a_costly_mutant_is_rarer() -> None:
    """A mutant that grows at half the pace leaves fewer cells, and as many empty cultures: catches a pace that is not used."""
    counts = [resistant_counts(new_stream(3, 1), KEY, 3, 20_000, 1e7, 1e-7, pace) for pace in (1.0, 0.5)]
    assert np.median(counts[1][counts[1] > 0]) <= np.median(counts[0][counts[0] > 0])
    assert np.minimum(counts[1], 1000.0).mean() < 0.5 * np.minimum(counts[0], 1000.0).mean()
    assert (counts[0] == 0).sum() == (counts[1] == 0).sum()
