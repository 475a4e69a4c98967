"""Verdicts follow from figures by the rule: each status, with the case just beside it."""

import math
from dataclasses import replace

import pytest

from seedsoil.evidence.claim import Ablation, Band, Check, Claim, Direction, Figure, Finding, Setting
from seedsoil.evidence.verdict import RULES, Status, ablation_breaks, direction_found, judge, reason


def _nothing(setting: Setting) -> Finding:
    """Find nothing."""
    return Finding(Figure.exact(0.0), setting.animals(1, 1))


CLAIM = Claim(
    id="B1", statement="A claim.", sources=("fidler_1970",), setup="Mice.", observable="ratio", unit="1",
    band=Band(0.3, 0.6), direction=Direction("below", 1.0), ablation=Ablation("off", "it is off"), experiment=_nothing,
    checks=(Check("size", "size", "mm", Band(1.0, 2.0)), Check("told", "told only")),
)  # fmt: skip
CHECKS = {"size": Figure.exact(1.5), "told": Figure.exact(99.0)}
BROKEN = Finding(Figure(3.0, 2.9, 3.1), 20)


def found(value: float, half: float = 0.05, **checks: float) -> Finding:
    figures = CHECKS | {name: Figure.exact(number) for name, number in checks.items()}
    return Finding(Figure(value, value - half, value + half), 20, figures)


@pytest.mark.parametrize(
    ("finding", "status"),
    [
        (found(0.5), "reproduced"),
        (found(0.3), "reproduced"),
        (found(0.6, 0.1), "reproduced"),
        (found(0.61), "partly"),  # the direction holds, the size does not
        (found(0.1), "partly"),
        (found(0.5, size=2.1), "partly"),  # a check fails
        (found(0.5, 0.6), "partly"),  # in its band, and the direction is not certain
        (found(0.97), "not reproduced"),
        (found(1.5), "not reproduced"),
        (found(math.nan), "not reproduced"),
    ],
)
def test_status_with_a_band(finding: Finding, status: Status) -> None:
    """The rule at each of its edges: catches an edge left out, a check not asked, a direction taken from the point."""
    assert judge(CLAIM, finding, BROKEN).status == status
    assert status in RULES


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (found(0.61), "the figure lies on the claimed side, but outside of its band"),
        (found(0.5, size=2.1), "outside of its band: size"),
        (found(0.5, 0.6), "but its interval not wholly on the claimed side"),
        (found(0.7, size=9.0), "outside of its band; outside of its band: size"),
        (found(0.5), RULES["reproduced"]),
        (found(2.0), RULES["not reproduced"]),
    ],
)
def test_reason_says_what_is_missing(finding: Finding, said: str) -> None:
    assert said in reason(CLAIM, finding, judge(CLAIM, finding, BROKEN))


def test_without_a_direction_the_interval_decides_between_partly_and_not() -> None:
    claim = replace(CLAIM, direction=None)
    assert judge(claim, found(0.7, 0.2), BROKEN).status == "partly"
    assert judge(claim, found(0.7, 0.05), BROKEN).status == "not reproduced"


def test_without_a_band_nothing_is_judged() -> None:
    """Figure and direction are told; a direction against the claim is told as it is."""
    claim = replace(CLAIM, band=None)
    told = judge(claim, found(0.5), BROKEN)
    assert (told.status, told.direction) == ("direction only", "below 1 (claimed: below)")
    assert direction_found(claim, Figure(1.0, 0.9, 1.1)) == "neither above nor below 1 (claimed: below)"
    assert direction_found(claim, Figure(2.0, 1.9, 2.1)) == "above 1 (claimed: below)"
    assert direction_found(replace(claim, direction=None), Figure.exact(1.0)) == ""


def test_an_ablation_that_leaves_the_effect_makes_it_no_test() -> None:
    """In the band still, or on the claimed side still where only that held, or the same figure: no test."""
    assert judge(CLAIM, found(0.5), found(0.35)).status == "not a test"
    assert judge(replace(CLAIM, band=None), found(0.5), found(0.7)).status == "not a test"
    assert judge(CLAIM, found(0.2), found(0.1)).status == "not a test"  # partly, by direction, which still holds
    assert judge(CLAIM, found(0.5), found(0.54)).status == "not a test"  # within the interval of the intact one
    assert judge(CLAIM, found(1.5), found(1.5)).status == "not reproduced"
    # The direction is lost, but only because the ablated figure is less certain: it lies within the intact interval.
    assert judge(replace(CLAIM, band=None), found(0.8, 0.15), found(0.9, 0.2)).status == "not a test"


def test_what_breaks() -> None:
    assert ablation_breaks(CLAIM, found(0.5), BROKEN)
    assert ablation_breaks(CLAIM, found(0.5), found(math.nan))
    assert not ablation_breaks(CLAIM, found(math.nan), found(math.nan))
    assert ablation_breaks(CLAIM, found(1.5), found(1.0))
    # A band that begins at no effect: chance puts what has none on either side of its edge, and the interval decides.
    more = replace(CLAIM, band=Band(1.0, math.inf), direction=Direction("above", 1.0))
    assert ablation_breaks(more, found(2.0), found(1.02))
    assert not ablation_breaks(more, found(2.0), found(1.2))
    assert not ablation_breaks(replace(CLAIM, band=Band(0.3, 0.9)), found(0.5), found(0.8, 0.5))


def test_settings_share_luck() -> None:
    """The ablation runs with the same seed and budget, and the mechanisms that it names off."""
    claim = replace(CLAIM, ablation=Ablation("off", "it is off", ("platelets",)))
    intact, broken = claim.settings("fast", 5)
    assert intact == Setting("fast", 5)
    assert broken == Setting("fast", 5, ablated=True, without=("platelets",))
    assert [Setting(budget, 1).animals(30, 90) for budget in ("tiny", "fast", "full")] == [3, 30, 90]
