"""Metamorphic relations of whole patients: what is not used, given in another order, or given at the edge of time."""

from __future__ import annotations

from typing import Any

import numpy as np

from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Course, Protocol, Resect
from seedsoil.trial.runner.patients import run_patients
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, fluorouracil
from tests.properties.examples import CONTROL, control_tables, patient, plan_of, same


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


def test_m16_clones_add_to_their_lesions() -> None:
    """Cells of all lesions, and of all clones, patient by patient, exactly: catches one cell in 1e9."""
    tables = control_tables()
    lesions, clones = tables["lesions"], tables["clones"]
    assert lesions["cells_at_end"].sum() > 0
    for who in np.unique(lesions["patient"]):
        whole, parts = (table["cells_at_end"][table["patient"] == who].sum() for table in (lesions, clones))
        assert whole == parts


def test_m19_edges_of_the_calendar() -> None:
    """Surgery and drug on day 0, a course after all are dead, one that starts as it ends: defined, and no more than that.

    Catches an order before the first step that is lost, and one after the last that is carried out.
    """
    arms = {
        "none": Protocol((), (), SCANS),
        "at_once": Protocol((Resect("primary", 0.0),), (fluorouracil(start=0.0, times=1),), SCANS),
        "too_late": Protocol((), (fluorouracil(start=9000.0, times=2),), SCANS),
        "sham": Protocol((), (Course("fluorouracil", 0.0, "iv", 30.0),), SCANS),
    }
    tables = run_patients(plan_of(arms, FLUOROURACIL, until_days=10_000.0), 0, 2)
    people, lesions = tables["patients"], tables["lesions"]
    assert not people["alive"][people["arm"] == "none"].any()
    for column in ("cells_at_end", "arrival_day", "site", "fate"):
        assert same(lesions[column][lesions["arm"] == "sham"], lesions[column][lesions["arm"] == "none"]), column
    # Where a drug is to come, clones that resist it are told apart from the first day on: the same luck in other sums.
    dead, later = (people["end_day"][people["arm"] == arm] for arm in ("none", "too_late"))
    assert np.allclose(later, dead, rtol=1e-4, atol=0.0)
    primary = (lesions["arm"] == "at_once") & (lesions["lesion"] == 0)
    assert (lesions["cells_at_end"][primary] == 0).all()
    events = tables["events"]
    operated = events["day"][(events["arm"] == "at_once") & (events["kind"] == "resection")]
    assert operated.size == 0 or (operated < 7.0).all()
