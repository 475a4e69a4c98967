"""T8: every cell of a primary can seed: the number of seeds, the chance of any, and what a resection does."""

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants
from seedsoil.foundation.streams import new_stream
from tests.theory.marked_runs import marked_runs

BIRTH, DEATH, SEEDING = 0.25, 0.18, 2e-5  # the last: successful seeds per cell and day
RATE = BIRTH - DEATH


def _seeds(size: int, runs: int, seed: int):  # type: ignore[no-untyped-def]
    """Grow primaries from 1,000 cells to a size; a seed is marked by a birth and then lies dormant."""
    share = SEEDING / BIRTH
    return sample_mutants(
        1000, birth=BIRTH, death=DEATH, mutation=share, mutant_birth=0.0, mutant_death=0.0,
        size=size, runs=runs, seed=seed,
    )  # fmt: skip


@pytest.mark.parametrize("size", [3_000, 10_000, 30_000])
def test_number_and_chance(size: int) -> None:
    """E[#] = nu (N - N0) / r, P(M1) = 1 - exp(-that): catches 5 % in the number and 0.03 in the chance."""
    runs = 10_000
    found = _seeds(size, runs, 81)
    assert (found.wild == size).all()
    mean = SEEDING * (size - 1000) / (RATE - SEEDING)
    assert abs(found.mutations.mean() - mean) < 6 * np.sqrt((mean + 0.01 * mean**2) / runs) + 0.002 * mean
    np.testing.assert_array_equal(found.mutants, found.mutations)
    any_seed = 1 - np.exp(-mean)
    assert abs((found.mutations > 0).mean() - any_seed) < 6 * np.sqrt(any_seed * (1 - any_seed) / runs) + 0.002


def test_the_chance_rises_with_size() -> None:
    """A larger tumour has seeded more, run by run in law: means rise at each doubling."""
    means = [_seeds(size, 4_000, 82).mutations.mean() for size in (2_000, 4_000, 8_000, 16_000)]
    assert np.all(np.diff(means) > 0)


def test_no_new_seeds_after_resection() -> None:
    """Emigrants stop with the primary's last cell; before that E[#] = nu n (exp(rt) - 1) / r, to 3 %."""
    runs, theta, days = 20_000, 1e-4, 30.0
    calendar = np.array([[BIRTH, DEATH, theta, days]])
    found, after = np.empty((runs, 1, 2)), np.empty((100, 3, 2))
    marked_runs(new_stream(83, 0), 1000.0, calendar, True, found)
    rate = RATE - theta
    mean = theta * 1000 * np.expm1(rate * days) / rate
    seeds = found[:, 0, 1]
    assert abs(seeds.mean() - mean) < 6 * seeds.std() / np.sqrt(runs)
    marked_runs(new_stream(84, 0), 0.0, calendar, True, after)
    assert (after == 0).all()
