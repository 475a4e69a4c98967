"""What checks of claims read: a sigmoid switch, a share that falls, an early start against a late one, a way past a drug."""

import math

import pytest

from seedsoil.evidence.cascade.supply import _sigmoid
from seedsoil.evidence.conclusion.factorial import SCENARIOS
from seedsoil.evidence.established.immune import _falls
from seedsoil.evidence.prevention.spread import _times


@pytest.mark.parametrize(
    ("vessels", "switch"),
    [
        ([0.0, 0.1, 0.9, 1.0], True),
        ([0.0, 1.0, 2.0, 3.0], False),
        ([0.0, 0.1, 0.3, 0.9], False),
        ([0.0, 0.6, 0.9, 1.0], False),
        ([0.0, 0.9, 0.8, 1.0], False),
    ],
)
def test_a_switch_rises_most_in_the_middle(vessels: list[float], switch: bool) -> None:
    assert _sigmoid(vessels) == switch


def test_a_share_falls_if_it_never_rises_and_ends_lower() -> None:
    assert _falls([0.8, 0.8, 0.5])
    assert not _falls([0.8, 0.8, 0.8])
    assert not _falls([0.8, 0.4, 0.5])


def test_a_late_start_that_does_nothing_leaves_an_early_one_without_a_peer() -> None:
    assert _times(0.4, 0.1) == pytest.approx(4.0)
    assert _times(0.4, 0.0) == math.inf
    assert _times(0.4, -0.1) == math.inf
    assert math.isnan(_times(0.0, 0.0))


def test_a_way_past_the_soil_drug_is_named_where_the_engine_has_one() -> None:
    """Astrocytes' shelter, stroma and woken macrophages have none; all others have."""
    assert {one.name for one in SCENARIOS if one.past is None} == {
        "colon, brain",
        "melanoma, brain",
        "pancreas, pancreas",
        "melanoma, lung",
        "sarcoma, lung",
    }
