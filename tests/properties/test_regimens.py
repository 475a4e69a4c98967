"""Courses under rules: guards, adaptive courses and second lines do what observations ask for, and nothing before."""

from __future__ import annotations

from typing import Any

import numpy as np

from seedsoil.experiment.protocol import Course, Protocol
from seedsoil.trial.runner.patients import run_patients
from seedsoil.trial.trial import simulate
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, assumed, differing, fluorouracil, told_of
from tests.properties.examples import plan_of, same

NEVER = float("inf")


def test_a_guard_differs_only_where_counts_fall() -> None:
    """Guarded and free are one until the first low count, and not after: catches a guard that acts on good counts."""
    drug = FLUOROURACIL["fluorouracil"]
    tables, days = {}, {}
    for name, slope in (("harmless", 0.0), ("toxic", 8.0)):
        agent = type(drug).model_validate(
            drug.model_dump() | {"toxicity": {"neutrophil_slope": assumed(slope, "L/mg")}}
        )
        arms = {
            "free": Protocol(SURGERY, (fluorouracil(),)),
            "guarded": Protocol(SURGERY, (fluorouracil(guard="delay"),)),
        }
        plan = plan_of(arms, {"fluorouracil": agent}, patients=1, until_days=182.0)
        tables[name] = run_patients(plan, 0, 1)
        days[name] = [simulate(plan, arm, 0) for arm in arms]
    assert differing(tables["harmless"], "free", "guarded") == set()
    assert told_of(tables["harmless"], "guarded", "delayed") == []
    assert len(told_of(tables["harmless"], "guarded", "nadir")) == 1
    assert told_of(tables["harmless"], "free", "nadir") == []
    assert len(told_of(tables["toxic"], "guarded", "delayed")) > 0
    assert differing(tables["toxic"], "free", "guarded")
    free, guarded = days["toxic"]
    first = min(float(event["day"]) for event in guarded.events if event["kind"] == "delayed")
    early, lesions = free.days <= first, min(free.cells.shape[1], guarded.cells.shape[1])
    assert early.sum() > 100
    assert same(free.cells[early][:, :lesions], guarded.cells[: early.sum()][:, :lesions])
    assert {dose for dose in guarded.doses if dose[0] < first} == {dose for dose in free.doses if dose[0] < first}


def _followed(course: Course, **changes: Any) -> Any:
    """A patient with a large tumour under treatment, scanned every three weeks for three years."""
    arms = {"arm": Protocol(courses=(course,), scans=SCANS), "control": Protocol(scans=SCANS)}
    fields: dict[str, Any] = {"patients": 1, "until_days": 1092.0, "without": ("burden death", "metastasis")}
    plan = plan_of(arms, FLUOROURACIL, **(fields | changes))
    return simulate(plan, "arm", 0), simulate(plan, "control", 0)


def test_an_adaptive_course_pauses_and_resumes_by_what_scans_show() -> None:
    """Volumes read on scans decide: catches a pause that the readings do not ask for, and doses in a pause."""
    history, _ = _followed(fluorouracil(adaptive=(0.5, 1.0), start=42.0))
    seen = history.observations
    burden = {day: float(np.sum(seen["diameter_mm"][seen["day"] == day] ** 3)) for day in np.unique(seen["day"])}
    first = burden[min(burden)]
    turns = [(float(event["day"]), event["kind"]) for event in history.events if event["kind"] in ("paused", "resumed")]
    assert [kind for _, kind in turns[:2]] == ["paused", "resumed"]
    # A scan that shows nothing leaves no reading; if the course pauses for it, an event tells of that day.
    days = sorted({day for day in burden if day >= 42.0} | {day for day, _ in turns})
    paused, doses = NEVER, np.array([day for day, _, _ in history.doses])
    for day, share in ((day, burden.get(day, 0.0) / first) for day in days):
        kind = dict(turns).get(day)
        if np.isinf(paused):
            assert (kind == "paused") == (share < 0.5)
        else:
            assert (kind == "resumed") == (share >= 1.0)
        if kind == "resumed":
            assert not ((doses >= paused) & (doses < day)).any()
            assert day in doses
        paused = {"paused": day, "resumed": NEVER}.get(kind or "", paused)


def test_a_course_after_progression_waits_for_it() -> None:
    """Until a scan shows progression the patient is the control's, week by week: catches a drug that knows the truth."""
    history, control = _followed(fluorouracil(after="progression", start=0.0))
    progression = next(float(event["day"]) for event in history.events if event["kind"] == "progression")
    assert min(day for day, _, _ in history.doses) == progression
    early = history.days <= progression
    assert early.sum() > 50
    assert same(history.cells[early], control.cells[: early.sum()])
    assert history.cells[-1].sum() < 0.5 * control.cells[-1].sum()
    assert any("opened by progression" in str(event["detail"]) for event in history.events)


def test_scans_go_on_as_long_as_a_rule_waits() -> None:
    """After progression the control is scanned no more, the adaptive arm is: catches a pause that never ends."""
    history, control = _followed(fluorouracil(adaptive=(0.5, 1.0)))
    last = next(float(event["day"]) for event in control.events if event["kind"] == "progression")
    assert control.observations["day"].max() == last
    assert history.observations["day"].max() > 1000.0


def test_a_third_line_waits_for_the_second_progression() -> None:
    """The first is noted and opens nothing, and scans go on: catches a line that opens with the first."""
    history, _ = _followed(fluorouracil(after="second progression", start=0.0))
    first = next(float(event["day"]) for event in history.events if event["kind"] == "progression")
    opened = next(float(event["day"]) for event in history.events if event["kind"] == "dose_course")
    assert opened > first
    assert min(day for day, _, _ in history.doses) == opened
    assert opened in history.observations["day"]


def test_a_second_line_ends_with_the_next_progression() -> None:
    """One step ahead: opened by one progression, ended by the next: catches a line judged against the first scan."""
    history, _ = _followed(fluorouracil(after="progression", until="progression", start=0.0, amount_mg=300.0))
    kinds = [(float(event["day"]), event["kind"]) for event in history.events]
    opened = next(day for day, kind in kinds if kind == "dose_course")
    stopped = next(day for day, kind in kinds if kind == "stopped")
    assert stopped > opened
    given = [day for day, _, _ in history.doses]
    assert min(given) == opened
    assert max(given) < stopped
