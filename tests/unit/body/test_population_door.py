"""The doors to the population law refuse what makes no sense, all at once and in plain words."""

import math

import numpy as np
import pytest

from seedsoil.body.mutants import sample_mutants
from seedsoil.body.population import sample_population
from seedsoil.foundation.errors import ModelError

GOOD = dict(founders=10, segments=[(0.2, 0.1, 5.0)], times=[0.0, 5.0], runs=3, seed=1)
GOOD_MUTANTS = dict(
    founders=1, birth=0.2, death=0.1, mutation=0.1, mutant_birth=0.2, mutant_death=0.1, days=3.0, runs=3, seed=1
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"founders": -1}, "founders must be from 0 to 9007199254740992, got -1"),
        ({"founders": 1.5}, "founders must be a whole number, got 1.5"),
        ({"founders": math.nan}, "founders must be a whole number, got nan"),
        ({"founders": "ten"}, "founders must be a whole number, got 'ten'"),
        ({"founders": True}, "founders must be a whole number, got True"),
        ({"runs": 0}, "runs must be from 1 to 1000000000, got 0"),
        ({"seed": -1}, "seed must be from 0 to 18446744073709551615, got -1"),
        ({"seed": False}, "seed must be a whole number, got False"),
        ({"batch": 0}, "batch must be from 1 to 1000000000000, got 0"),
        ({"immigration": -0.5}, "immigration must be 0 or more, got -0.5"),
        ({"immigration": np.float64("inf")}, "immigration must be a finite number, got inf"),
        ({"segments": []}, "segments must hold at least one (birth, death, days)"),
        ({"segments": 3}, "segments must be a list of (birth, death, days), got 3"),
        ({"segments": [(0.2, 0.1)]}, "segments[0] must be (birth, death, days), got (0.2, 0.1)"),
        ({"segments": [(-0.2, 0.1, 5)]}, "segments[0] birth must be 0 or more, got -0.2"),
        ({"segments": [(0.2, math.nan, 5)]}, "segments[0] death must be a finite number, got nan"),
        ({"segments": [(0.2, 0.1, 0)]}, "segments[0] days must be above 0, got 0"),
        (
            {"segments": [(30.0, 0.1, 5)]},
            "segments[0] multiplies the cells by more than e^100; use fewer days or a lower birth",
        ),
        ({"times": []}, "times must hold at least one day"),
        ({"times": [2.0, 1.0]}, "times must rise: times[1] = 1.0 follows 2.0"),
        ({"times": [1.0, 1.0]}, "times must rise: times[1] = 1.0 follows 1.0"),
        ({"times": [-1.0]}, "times[0] must be 0 or more, got -1.0"),
        ({"times": [6.0]}, "times[0] = 6.0 lies beyond the end of the segments, day 5"),
        ({"resets": [(6.0, 3)]}, "resets[0] day 6.0 lies beyond the end of the segments, day 5"),
        ({"resets": [(1.0, -3)]}, "resets[0] cells must be from 0 to 9007199254740992, got -3"),
        ({"resets": [(1.0, 3), (1.0, 4)]}, "resets[1] sets day 1.0 a second time"),
    ],
)
def test_a_fault_is_named(change: dict, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        sample_population(**{**GOOD, **change})
    assert caught.value.faults == (message,)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        sample_population(-1, [(math.nan, 0.1, -2)], times=[3, 2], runs=0, seed=-1)
    assert len(caught.value.faults) == 6


def test_what_outgrows_a_count_is_an_error_not_a_number() -> None:
    with pytest.raises(ModelError, match="passed 9e\\+18 cells by day 50"):
        sample_population(100, [(1.0, 0.0, 50.0)], times=[1, 50], runs=2, seed=1)


def test_endless_batches_are_refused() -> None:
    with pytest.raises(ModelError, match="at most 1e\\+07 are followed one by one"):
        sample_population(0, [(0.1, 0.2, 50.0)], immigration=1e7, batch=2, times=[50], runs=2, seed=1)


def test_shape_kind_and_repeatability() -> None:
    found = sample_population(**GOOD)
    assert found.shape == (3, 2)
    assert found.dtype == np.int64
    assert (found[:, 0] == 10).all()
    assert (found == sample_population(**GOOD)).all()
    assert (found != sample_population(**{**GOOD, "seed": 2})).any()


def test_without_hazards_nothing_changes() -> None:
    still = sample_population(10**15, [(0.0, 0.0, 5.0)], times=[1.0, 5.0], runs=2, seed=1)
    assert (still == 10**15).all()
    assert (sample_population(0, [(0.5, 0.1, 5.0)], times=[5.0], runs=2, seed=1) == 0).all()


def test_ends_that_add_up_with_rounding_are_met() -> None:
    """Ten tenths are a day."""
    assert sample_population(5, [(0.1, 0.1, 0.1)] * 10, times=[1.0], runs=2, seed=1).shape == (2, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mutation": 1.5}, "mutation is a probability, at most 1, got 1.5"),
        ({"size": 100}, "give either days or size, and not both: when does a run end?"),
        ({"days": None}, "give either days or size, and not both: when does a run end?"),
        ({"days": 0}, "days must be above 0, got 0"),
        ({"departure": -1}, "departure must be 0 or more, got -1"),
        (
            {"days": None, "size": 100, "death": 0.3},
            "size needs growing cells: birth * (1 - mutation) must exceed death, or give days instead",
        ),
    ],
)
def test_mutants_are_guarded_too(change: dict, message: str) -> None:
    with pytest.raises(ModelError) as caught:
        sample_mutants(**{**GOOD_MUTANTS, **change})
    assert message in caught.value.faults


def test_many_marks_do_not_overflow_the_book() -> None:
    """A line that mutates at each division: hundreds of marks a run, each with its clone."""
    found = sample_mutants(
        200, birth=0.5, death=0.0, mutation=1.0, mutant_birth=0.0, mutant_death=0.0, days=10.0, runs=5, seed=1
    )
    assert (found.wild == 200).all()
    assert (found.mutants == found.mutations).all()
    assert (found.mutations > 700).all()
    assert len(found.clone_cells) == found.mutations.sum()
