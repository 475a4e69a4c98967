"""Rules react to readings alone: looks change nothing, what is left out was never ordered, the same readings decide alike."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.body.state import CELLS, DORMANT, FATE, GROWING, LESIONS, SITE
from seedsoil.experiment.arm import Arm, open_arm
from seedsoil.experiment.grow import Diagnosis, Screening, grow
from seedsoil.experiment.orders.condition import Comparison, Condition
from seedsoil.experiment.protocol import Biopsy, BloodDraw, Protocol, Resect, Scan
from seedsoil.experiment.simulate import is_admitted, react, respond, run_arm
from seedsoil.trial.runner.patients import run_patients
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, differing, fluorouracil, told_of
from tests.properties.examples import COLON, TWO_POOL, patient, plan_of, same

ALWAYS, NEVER = (Condition(metastases=Comparison(sign, 0.0)) for sign in (">=", "<"))  # type: ignore[arg-type]
LOOKS: dict[str, Any] = {
    "ct": {"scans": (Scan(84.0, 0.0, "ct"),)},
    "mri": {"scans": (Scan(84.0, 3.0, "mri"),)},
    "pet": {"scans": (Scan(84.0, 5.0, "pet"),)},
    "part": {"scans": (Scan(84.0, 0.0, "ct", 400.0, ("liver", "lung"), 8.0),)},
    "biopsy": {"biopsies": (Biopsy("primary", 3.5),)},
    "draw": {"draws": (BloodDraw(1.5, 28.0),)},
}
#: Each arm under a condition, and the arm that it must equal. Operations fall inside a step of the grid. (A drug that is
#: given after all has other luck: from its first day on, not from diagnosis, clones that resist it keep their identity.)
PAIRS = {"resect_never": "scanned", "resect_if": "resected", "give_never": "scanned"}
METASTASES = "visible metastases"


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    arms = {"control": Protocol(SURGERY)}
    arms |= {name: Protocol(SURGERY, **orders) for name, orders in LOOKS.items()}
    plain = {"scanned": Protocol(SURGERY, scans=SCANS)}
    plain["resected"] = Protocol((*SURGERY, Resect(METASTASES, 45.0)), scans=SCANS)
    plain["given"] = Protocol(SURGERY, (fluorouracil(),), SCANS)
    for name, condition in (("never", NEVER), ("if", ALWAYS)):
        judged = Resect(METASTASES, 45.0, only_if=condition)
        plain[f"resect_{name}"] = Protocol((*SURGERY, judged), scans=SCANS)
        plain[f"give_{name}"] = Protocol(SURGERY, (fluorouracil(only_if=condition),), SCANS)
    return run_patients(plan_of(arms | plain, FLUOROURACIL, until_days=364.0), 0, 2)


@pytest.mark.parametrize("arm", LOOKS)
def test_no_instrument_changes_a_byte_of_the_tumour(arm: str) -> None:
    """Scans of each kind, of parts, biopsies and tubes on which nobody acts: catches one step cut, or a draw too many."""
    tables = _tables()
    for table in ("lesions", "clones"):
        columns = tables[table]
        control, other = columns["arm"] == "control", columns["arm"] == arm
        assert control.sum() > 3
        changed = {name for name in columns if name != "arm" and not same(columns[name][control], columns[name][other])}
        assert changed <= {"detected_day"}
    looked = tables["events"]["arm"] == arm
    assert np.isin(tables["events"]["kind"][looked], ("scan", "biopsy", "blood_draw")).any()


@pytest.mark.parametrize(("arm", "other"), PAIRS.items())
def test_a_condition_makes_an_order_or_takes_it_away_whole(arm: str, other: str) -> None:
    """What is left out leaves no trace, and what holds leaves no more than the order: catches a step cut by judging."""
    assert differing(_tables(), arm, other) == set()
    words = told_of(_tables(), arm, "decision")
    assert len(words) == 2
    assert all(each.startswith("left out" if arm.endswith("never") else "done") for each in words)


def test_the_orders_under_a_condition_did_something() -> None:
    """Operation and drug differ from scans alone: catches a comparison of nothing with nothing."""
    assert differing(_tables(), "scanned", "given")
    assert differing(_tables(), "scanned", "give_if")
    assert [each.split(",")[0] for each in told_of(_tables(), "give_if", "decision")] == ["done"] * 2
    assert len(told_of(_tables(), "give_if", "dose_course")) == 2
    assert len(told_of(_tables(), "resect_if", "resection")) > len(told_of(_tables(), "resect_never", "resection"))


# ------------------------------------------------------------ decisions from readings


RULES = Protocol(
    courses=(
        fluorouracil(until="progression"),
        fluorouracil(start=0.0, after=Condition(ctc=Comparison(">=", 5.0)), until=Condition(response=("PD",))),
        fluorouracil(start=1.0, after=Condition(resistance=(("target", Comparison(">=", 0.1)),))),
        fluorouracil(start=2.0, only_if=Condition(stage=("IV",))),
    ),
    scans=SCANS,
)


def _arm(number: int, size: float) -> Arm:
    """An arm of a patient of one's own: another tumour, of another size."""
    who = patient(tumour=COLON)
    grown = grow(who, TWO_POOL, Diagnosis(size), 11, number)
    return open_arm(grown, TWO_POOL, FLUOROURACIL, RULES, 364.0)


def _decide(arm: Arm, scans: list[list[tuple[int, str, float]]], cells: float, share: float) -> list[Any]:
    """Let an arm react to given readings; what it decides on the way and in the end."""
    arm.events.clear()
    for readings in scans:
        respond(arm, SCANS[0], [(lesion, arm.sites([site])[0], size) for lesion, site, size in readings])
    arm.chart.draw(cells, 7.5)
    react(arm)
    arm.chart.biopsy([(("target",), share), ((), 1.0 - share)])
    react(arm)
    is_admitted(arm, RULES.courses[3], 3)
    events = [(event["kind"], event["detail"]) for event in arm.events]
    spans = [[(span.clock - arm.today, span.until - arm.today) for span in one.spans] for one in arm.regimens[:3]]
    return [events, spans, [one.over for one in arm.regimens], [given.days.tolist() for given in arm.given[3:]]]


READINGS = {
    "stable": ([[(0, "colon", 25.0)], [(0, "colon", 26.0)]], 4.0, 0.05),
    "spread": ([[(0, "colon", 25.0), (1, "liver", 20.0)], [(1, "liver", 30.0), (2, "lung", 9.0)]], 5.0, 0.1),
    "shrinking": ([[(1, "liver", 20.0)], [(1, "liver", 10.0)]], 80.0, 0.0),
}


@pytest.mark.parametrize("name", READINGS)
def test_the_same_readings_are_answered_alike_whatever_the_truth(name: str) -> None:
    """Two patients of different tumours, given the same readings, get the same events, spans and doses.

    Catches any decision that looks at cells, lesions or clones behind the readings.
    """
    one, other = _arm(1, 8.0), _arm(2, 20.0)
    assert one.state.lesion[0, CELLS] * 8 < other.state.lesion[0, CELLS]
    assert _decide(one, *READINGS[name]) == _decide(other, *READINGS[name])


def test_other_readings_are_answered_otherwise() -> None:
    """The three sets of readings above lead to three different answers: catches rules that never fire."""
    answers = [_decide(_arm(1, 8.0), *readings) for readings in READINGS.values()]
    first, spread, shrinking = answers
    assert first[2] == [False, False, False, True]  # nothing but the course for stage IV is decided: it is left out
    assert first[1][1:] == [[], []]
    assert spread[2] == [True, True, False, False]  # progression ends one, the response PD the one that 5 cells opened
    assert len(spread[1][2]) == 1
    assert shrinking[1][1][0][0] == 0.0
    assert shrinking[1][2] == []


# ------------------------------------------------------------ nodes and screening


def test_nodes_come_out_with_the_primary_and_are_read() -> None:
    """Every lesion of the regional nodes goes, those elsewhere stay; N is then the pathologist's."""
    protocol = Protocol((Resect("primary", 14.0, nodes=True),))
    found = 0
    for number in (2, 3):  # one with a node large enough to be read, one with four that are not
        grown = grow(patient(shedding_rate=0.01), TWO_POOL, Diagnosis(30.0), 11, number)
        arm = open_arm(grown, TWO_POOL, {}, protocol, 14.0)
        run_arm(arm, protocol)
        assert arm.alive
        stage, lesion = arm.chart.stager, arm.state.lesion[: int(arm.state.count[LESIONS])]
        nodal = np.isin(lesion[:, SITE].astype(int), list(stage.regional))
        assert nodal.sum() > 3
        assert not (nodal & (lesion[:, CELLS] > 0.0)).any()
        assert not (nodal & np.isin(lesion[:, FATE], (GROWING, DORMANT))).any()
        assert (~nodal & (lesion[:, CELLS] > 0.0)).any()
        assert stage.resected == {"t", "n"}
        found += len(stage.nodes or {})
    assert found > 0


def test_screening_finds_primaries_before_they_are_felt() -> None:
    """Looks every half year find every tumour between 3.5 mm and the size of symptoms; one look in 20 years finds few.

    Whoever is found by symptoms all the same is the patient that there was without screening, byte for byte: catches a
    growth that the stops of screening change.
    """
    none = [grow(patient(), TWO_POOL, Diagnosis(25.0), 11, number) for number in range(5)]
    often, seldom = (
        [grow(patient(), TWO_POOL, Diagnosis(25.0, screening=Screening("ct", days)), 11, number) for number in range(5)]
        for days in (182.0, 7305.0)
    )
    assert all(one.found_by == "symptoms" for one in none)
    assert sum(one.found_by == "screening" for one in often) >= 4
    for before, after in zip(none, often, strict=True):
        assert after.day <= before.day
        assert (after.day < before.day) == (after.found_by == "screening")
    unseen = [number for number, one in enumerate(seldom) if one.found_by == "symptoms"]
    assert unseen
    for number in unseen:
        assert same(seldom[number].state.lesion, none[number].state.lesion)
        assert same(seldom[number].state.cells, none[number].state.cells)
