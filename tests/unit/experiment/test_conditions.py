"""Conditions on what was seen: bounds, the chart that they are judged by, and their words."""

from __future__ import annotations

import pytest

from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.chart import Chart
from seedsoil.experiment.orders.condition import Comparison, Condition
from seedsoil.observe.stage import stager

ADULT = entry("hosts", "adult")
NAMES = tuple(site.name for site in ADULT.anatomy.sites)
COLON, LIVER, LUNG, NODE = (ADULT.anatomy.index(name) for name in ("colon", "liver", "lung", "colon_node"))


def chart() -> Chart:
    return Chart(stager(entry("tumours", "colon_adenocarcinoma").staging, ADULT, COLON), NAMES, frozenset([NODE]))


@pytest.mark.parametrize(
    ("sign", "below", "at", "above"),
    [
        (">=", False, True, True),
        ("<=", True, True, False),
        (">", False, False, True),
        ("<", True, False, False),
        ("=", False, True, False),
    ],
)
def test_bounds(sign: str, below: bool, at: bool, above: bool) -> None:
    bound = Comparison(sign, 3.0)  # type: ignore[arg-type]
    assert [bound.holds(number) for number in (2.0, 3.0, 4.0)] == [below, at, above]


def test_what_was_never_looked_at_does_not_hold() -> None:
    """Not even "no metastasis": catches an empty chart that counts as a clean one."""
    conditions = [
        Condition(stage=("I",)), Condition(t=("T1",)), Condition(n=("N0",)), Condition(m=("M0",)), Condition(response=("SD",)),
        Condition(metastases=Comparison("<=", 3)), Condition(largest=Comparison("<=", 50)), Condition(sites=("liver",)),
        Condition(ctc=Comparison("<", 5)), Condition(resistance=(("target", Comparison("<", 0.1)),)),
    ]  # fmt: skip
    for condition in conditions:
        assert not chart().judge(condition)[0], condition


def test_the_last_scan_is_what_counts() -> None:
    seen = chart()
    seen.scan(0.0, [(0, COLON, 35.0), (1, LIVER, 20.0), (2, LIVER, 30.0), (3, NODE, 9.0)])
    assert seen.judge(Condition(metastases=Comparison("=", 2))) == (True, "2 metastases seen")  # a normal node is none
    assert seen.judge(Condition(sites=("liver",)))[0]
    assert seen.judge(Condition(largest=Comparison("<=", 30.0)))[0]
    assert not seen.judge(Condition(largest=Comparison("<", 30.0)))[0]
    seen.scan(56.0, [(1, LIVER, 20.0), (4, LUNG, 8.0)])
    assert not seen.judge(Condition(sites=("liver",)))[0]
    assert seen.judge(Condition(sites=("liver", "lung"), metastases=Comparison("<=", 2)))[0]
    assert not seen.judge(Condition(sites=("liver", "lung"), metastases=Comparison("<=", 1)))[0]


def test_all_of_a_condition_must_hold() -> None:
    seen = chart()
    seen.scan(0.0, [(0, COLON, 35.0)])
    assert seen.judge(Condition(stage=("II", "III"), m=("M0",))) == (True, "stage IIA, M0")
    assert not seen.judge(Condition(stage=("II", "III"), m=("M1",)))[0]
    assert not seen.judge(Condition(stage=("I",)))[0]


def test_tubes_of_any_size_are_counted_per_tube() -> None:
    """4 cells in 5 mL are 6 in 7.5 mL: catches a count that is not scaled."""
    seen = chart()
    seen.draw(4.0, 5.0)
    assert seen.judge(Condition(ctc=Comparison(">=", 6.0)))[0]
    assert not seen.judge(Condition(ctc=Comparison(">", 6.0)))[0]


def test_a_biopsy_tells_shares_of_mechanisms() -> None:
    seen = chart()
    seen.biopsy([((), 600.0), (("target",), 300.0), (("target", "repair"), 100.0)])
    shares = {"target": 0.4, "repair": 0.1, "efflux": 0.0}
    for name, share in shares.items():
        assert seen.judge(Condition(resistance=((name, Comparison("=", share)),)))[0]
    seen.biopsy([((), 1000.0)])
    assert not seen.judge(Condition(resistance=(("target", Comparison(">", 0.0)),)))[0]


def test_conditions_say_themselves() -> None:
    condition = Condition(
        stage=("II", "III"), metastases=Comparison("<=", 1), sites=("liver", "lung"), largest=Comparison("<", 50),
        ctc=Comparison(">=", 5), resistance=(("target", Comparison(">=", 0.1)),), response=("CR",),
    )  # fmt: skip
    assert condition.words() == (
        "the stage is II or III and the last response is CR and the last scan shows at most 1 metastasis and the largest "
        "metastasis measures less than 50 mm and metastases are seen in no other site than the liver or lung and 7.5 mL "
        "of blood hold at least 5 circulating tumour cells and at least 10 % of the cells of the last biopsy have the "
        "mechanism target"
    )
    assert condition.instruments == {"scan", "draw", "biopsy"}
    assert Condition(ctc=Comparison(">=", 5)).instruments == {"draw"}
