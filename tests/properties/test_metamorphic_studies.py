"""Metamorphic relations of whole patients: what is not used, given in another order, or given at the edge of time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Course, Protocol, Resect
from seedsoil.trial.runner.patients import run_patients
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, fluorouracil
from tests.properties.examples import ADULT, CONTROL, control_tables, patient, plan_of, same


def test_m01_nothing_is_shed() -> None:
    """No cell leaves, no metastasis in any of four patients: catches a seed from nowhere."""
    tables = run_patients(plan_of(CONTROL, patient=patient(shedding_rate=0.0), patients=4), 0, 4)
    assert (tables["patients"]["lesions_ever"] == 0).all()
    assert (tables["lesions"]["lesion"] == 0).all()


def _rows(tables: dict[str, Any], arm: str) -> dict[str, Any]:
    return {
        f"{name}.{column}": values[tables[name]["arm"] == arm]
        for name in ("patients", "lesions", "clones", "events", "observations")
        for column, values in tables[name].items()
    }


def test_m03_m04_unused_and_permuted() -> None:
    """An agent that nobody gives, one more arm, arms in another order: each arm's rows byte for byte."""
    arms = {"control": Protocol(SURGERY, (), SCANS), "drug": Protocol(SURGERY, (fluorouracil(times=4),), SCANS)}
    more = {"late": Protocol((Resect("primary", 90.0),), (), SCANS)} | dict(reversed(arms.items()))
    agents = {"bevacizumab": entry("agents", "bevacizumab")} | FLUOROURACIL
    one = run_patients(plan_of(arms, FLUOROURACIL), 0, 2)
    other = run_patients(plan_of(more, agents), 0, 2)
    for arm in arms:
        before, after = _rows(one, arm), _rows(other, arm)
        assert before["lesions.lesion"].size > 2
        assert [name for name in before if not same(before[name], after[name])] == []


def test_m11_later_surgery() -> None:
    """The primary taken on day 28, 91 or 182: who came until the earlier day came in the later arm too, the same to the byte.

    So no fewer lesions are founded before a later operation, and none of the primary's is missing that an earlier one left;
    in all there are more. The days lie on the grid of steps: an operation within a step begins new luck. Catches surgery that
    acts before its day, and a primary that sheds when it is gone.
    """
    days = (28.0, 91.0, 182.0)
    arms = {f"day{day:g}": Protocol((Resect("primary", day),)) for day in days}
    lesions = run_patients(plan_of(arms, patients=4), 0, 4)["lesions"]
    before = []
    for (sooner, day), later in pairwise(zip(arms, days, strict=True)):
        one, other = (
            {name: column[lesions["arm"] == arm] for name, column in lesions.items()} for arm in (sooner, later[0])
        )
        assert same(*(each["key"][each["arrival_day"] < day] for each in (one, other)))
        assert same(*(each["arrival_day"][each["arrival_day"] < day] for each in (one, other)))
        assert _of_the_primary(one) < _of_the_primary(other)
        assert all(shed < day for _, _, shed in _of_the_primary(one))
        before.append([int((each["arrival_day"] < until).sum()) for each, until in ((one, day), (other, later[1]))])
    assert before[0][1] == before[1][0]
    assert before[0][0] < before[0][1] < before[1][1]


def _of_the_primary(lesions: dict[str, Any]) -> set[tuple[int, int, float]]:
    """Who the primary founded: patient, key and day."""
    chosen = lesions["parent"] == 0
    columns = (lesions[name][chosen].tolist() for name in ("patient", "key", "arrival_day"))
    return set(zip(*columns, strict=True))


def test_m03_an_organ_that_nobody_reaches() -> None:
    """One more organ to which no way leads, last of the sites: each table byte for byte. Catches luck drawn for it, or blood lost to it."""
    body = ADULT
    anatomy = body.anatomy.model_copy(update={"sites": (*body.anatomy.sites, _island(body))})
    more = body.model_copy(update={"anatomy": anatomy})
    one, other = (run_patients(plan_of(CONTROL, patient=patient(host=each)), 0, 2) for each in (body, more))
    assert one["lesions"]["lesion"].size > 4
    for name, columns in one.items():
        assert [column for column in columns if not same(columns[column], other[name][column])] == [], name


def _island(body: Any) -> Any:
    """A second lung, say, without a vessel to it; what leaves it goes where the first one's does."""
    return next(site for site in body.anatomy.sites if site.soil).model_copy(update={"name": "island"})


def test_m16_clones_add_to_their_lesions() -> None:
    """Cells of all lesions, and of all clones, patient by patient, exactly: catches one cell in 1e9."""
    tables = control_tables()
    lesions, clones = tables["lesions"], tables["clones"]
    assert lesions["cells_at_end"].sum() > 0
    for who in np.unique(lesions["patient"]):
        whole, parts = (table["cells_at_end"][table["patient"] == who].sum() for table in (lesions, clones))
        assert whole == parts


def test_m19_edges_of_the_calendar() -> None:
    """Surgery and drug on day 0, a course after all are dead, one of no dose, one of no drug: defined, and no more than that.

    Catches an order before the first step that is lost, and one after the last that is carried out.
    """
    arms = {
        "none": Protocol((), (), SCANS),
        "at_once": Protocol((Resect("primary", 0.0),), (fluorouracil(start=0.0, times=1),), SCANS),
        "too_late": Protocol((), (fluorouracil(start=9000.0, times=2),), SCANS),
        "sham": Protocol((), (Course("fluorouracil", 0.0, "iv", 30.0),), SCANS),
        "of_no_length": Protocol((), (fluorouracil(start=30.0, times=0),), SCANS),
    }
    tables = run_patients(plan_of(arms, FLUOROURACIL, until_days=10_000.0), 0, 2)
    people, lesions = tables["patients"], tables["lesions"]
    assert not people["alive"][people["arm"] == "none"].any()
    for column in ("cells_at_end", "arrival_day", "site", "fate"):
        for nothing in ("sham", "of_no_length"):
            assert same(lesions[column][lesions["arm"] == nothing], lesions[column][lesions["arm"] == "none"]), column
    # Where a drug is to come, clones that resist it are told apart from the first day on: the same luck in other sums.
    dead, later = (people["end_day"][people["arm"] == arm] for arm in ("none", "too_late"))
    assert np.allclose(later, dead, rtol=1e-4, atol=0.0)
    primary = (lesions["arm"] == "at_once") & (lesions["lesion"] == 0)
    assert (lesions["cells_at_end"][primary] == 0).all()
    events = tables["events"]
    operated = events["day"][(events["arm"] == "at_once") & (events["kind"] == "resection")]
    assert operated.size == 0 or (operated < 7.0).all()
