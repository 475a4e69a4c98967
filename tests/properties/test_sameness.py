"""What does nothing changes nothing: sham drugs, looking on, workers, cohorts and pauses leave every byte as it was."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.medicine.drug import Agent, Cytostasis
from seedsoil.body.state import CELLS, DETECTED, LESIONS, in_use, new_state
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow, run_until, scratch, watch_growth
from seedsoil.experiment.protocol import Course, Protocol, Resect, Scan
from seedsoil.experiment.timeline import nothing
from seedsoil.foundation.streams import new_stream
from seedsoil.trial.plan import Plan, enrol
from seedsoil.trial.run import run
from seedsoil.trial.runner.patients import run_patients
from seedsoil.trial.study.file import Study
from seedsoil.trial.trial import simulate
from tests.properties.examples import TWO_POOL, changed, follow, lesion_of, model_of, patient, plan_of, same
from tests.properties.plain import made

SURGERY = (Resect("primary", 10.0),)  # inside a step of the grid: surgery cuts it, looking must not


def _sham(name: str) -> Agent:
    """The drug with every effect taken away; what resists it stays."""
    agent: Agent = entry("agents", name)
    kill = None if agent.kill is None else changed(agent.kill, maximum=0.0)
    held = made(Cytostasis, maximum=0.0, half=0.1, power=1.0)
    return agent.model_copy(update={"kill": kill, "blocks": (), "cytostasis": held})


@lru_cache(maxsize=1)
def _plan() -> Plan:
    courses = tuple(
        Course(name, amount, "iv", 42.0, 14.0, 6) for name, amount in (("fluorouracil", 720.0), ("bevacizumab", 350.0))
    )
    none = tuple(Course("fluorouracil_real", 0.0, "iv", 42.0, 14.0, 6) for _ in range(1))
    agents = {name: _sham(name) for name in ("fluorouracil", "bevacizumab")}
    agents["fluorouracil_real"] = entry("agents", "fluorouracil")
    return plan_of(
        {
            "control": Protocol(SURGERY),
            "sham": Protocol(SURGERY, courses=courses),
            "zero_dose": Protocol(SURGERY, courses=none),
            "watched": Protocol(SURGERY, scans=(Scan(84.0, 0.0),)),
        },
        agents,
        patients=3,
    )


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, Any]]:
    return run_patients(_plan(), 0, 3)


def _arm(table: str, arm: str) -> dict[str, Any]:
    columns = _tables()[table]
    chosen = columns["arm"] == arm
    if table == "events":
        chosen &= columns["kind"] != "dose_course"
    return {name: column[chosen] for name, column in columns.items() if name != "arm"}


@pytest.mark.parametrize("table", ["patients", "lesions", "clones", "events", "observations"])
@pytest.mark.parametrize("arm", ["sham", "zero_dose"])
def test_an_agent_without_effect_is_the_control(arm: str, table: str) -> None:
    """Byte for byte, but for the event that says it is given: catches one random number drawn too many."""
    control, other = _arm(table, "control"), _arm(table, arm)
    assert {name for name in control if not same(control[name], other[name])} == set()


@pytest.mark.parametrize("table", ["lesions", "clones"])
def test_looking_changes_nothing(table: str) -> None:
    """Scans on which nobody acts leave every cell and every clone: catches one step cut by an observation."""
    control, other = _arm(table, "control"), _arm(table, "watched")
    assert len(control["lesion"]) > 3
    assert {name for name in control if not same(control[name], other[name])} <= {"detected_day"}


def test_the_scans_did_look() -> None:
    """The watched arm was watched: catches a test that compares nothing with nothing."""
    assert (_arm("events", "watched")["kind"] == "scan").sum() >= 3


@pytest.mark.parametrize("arm", ["control", "sham", "watched"])
def test_a_recorded_history_is_the_one_of_the_trial(arm: str) -> None:
    """A patient run again and recorded every week has the lesions of the table: catches a record that cuts a step."""
    history, table = simulate(_plan(), arm, 1), _arm("lesions", arm)
    chosen = table["patient"] == 1
    assert chosen.sum() > 0
    for name in ("cells_at_end", "largest_cells", "arrival_day", "key"):
        assert same(np.asarray(history.lesions[name]), table[name][chosen]), name


def test_a_history_begins_with_the_founding_cells() -> None:
    """The growth is recorded too, week by week up to the diagnosis that was made: catches other luck in the replay."""
    history = simulate(_plan(), "control", 1)
    grown = enrol(_plan(), 1)
    assert history.days[0] == -grown.day
    assert np.all(np.diff(history.days) > 0)
    before, today = (history.cells[np.searchsorted(history.days, day)] for day in (-7.0, 0.0))
    lesions = int(grown.state.count[LESIONS])
    assert same(today[:lesions], grown.state.lesion[:lesions, CELLS])
    last: list[float] = []
    watch_growth(grown, lambda state: last.append(float(state.lesion[0, CELLS])))
    assert last[-1] == before[0] > last[0] > 0
    assert last[-1] < today[0] < 2.0 * last[-1]


def test_a_patient_alone_is_the_patient_in_the_cohort() -> None:
    """Patient 2 run alone equals patient 2 of three, in every table and arm: catches luck shared between patients."""
    alone = run_patients(_plan(), 2, 3)
    for table, columns in _tables().items():
        chosen = columns["patient"] == 2
        looked = ("observations", "biopsies", "single_cells", "cultures", "blood", "autopsies", "counts")
        assert chosen.sum() > 0 or table in looked
        assert [name for name in columns if not same(columns[name][chosen], alone[table][name])] == []


def test_a_tumour_grown_after_others_is_the_one_grown_first() -> None:
    """The luck of a patient hangs on the seed and the number: catches a stream of each worker's, which goes on from patient to patient."""
    first, again = (grow(patient(), TWO_POOL, Diagnosis(1.0), 11, number) for number in (2, 2))
    assert first.attempts == again.attempts
    assert first.state.lesion[0, CELLS] > 1e5
    for name, array in in_use(first.state)._asdict().items():
        assert same(array, getattr(in_use(again.state), name)), name


def test_nobody_reads_a_row_before_it_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in the room for clones and for cells on their way, a patient's rows are the same: catches a row read unwritten."""

    def littered(shape: tuple[int, ...], kind: Any = np.float64) -> Any:
        found = np.empty(shape, dtype=kind)
        found.view(np.uint8)[...] = 0xFF
        return found

    monkeypatch.setattr("seedsoil.body.state.room", littered)
    again = run_patients(_plan(), 0, 3)
    for table, columns in _tables().items():
        assert [name for name in columns if not same(columns[name], again[table][name])] == [], table


def test_one_call_is_many_weekly_calls() -> None:
    """A patient carried 26 weeks at once and week by week, all arrays: catches one state that a call does not keep."""
    grown = enrol(_plan(), 1)
    model, ends = model_of(grown.patient), []
    for weeks in (26, 1):
        state, stream = type(grown.state)(*(array.copy() for array in grown.state)), new_stream(11, 1)
        work, timeline = scratch(model), nothing(0)
        for week in range(weeks, 27, weeks):
            _, state = run_until(stream, state, grown.day + 7.0 * week, model, timeline, work)
        ends.append(state)
    once, weekly = ends
    lesions, clones = int(once.count[0]), int(once.count[1])
    assert (once.count == weekly.count).all()
    for name in ("lesion", "lesion_key", "used"):
        assert same(getattr(once, name)[:lesions], getattr(weekly, name)[:lesions]), name
    assert same(once.clone[:clones], weekly.clone[:clones])
    assert same(once.clone_born[:clones], weekly.clone_born[:clones])
    for row in range(lesions):
        used = int(once.used[row])
        for name in ("cells", "kind", "clone_of", "slot_key"):
            assert same(getattr(once, name)[row, :used], getattr(weekly, name)[row, :used]), (row, name)


def test_room_for_more_lesions_changes_nothing() -> None:
    """A state that starts with room for two lesions and one with plenty: catches an event lost while growing."""
    grown = enrol(_plan(), 0)
    model = model_of(grown.patient)
    few, _ = follow(model, _trimmed(grown.state), 84.0)
    many, _ = follow(model, type(grown.state)(*(array.copy() for array in grown.state)), 84.0)
    lesions = int(few.count[0])
    assert lesions == int(many.count[0])
    kept = [column for column in range(few.lesion.shape[1]) if column != DETECTED]
    assert same(few.lesion[:lesions, kept].copy(), many.lesion[:lesions, kept].copy())


def _trimmed(state: Any) -> Any:
    rows = int(state.count[0])
    by_lesion = ("lesion", "lesion_key", "cells", "kind", "clone_of", "slot_key", "used")
    fields = {name: np.copy(array) for name, array in state._asdict().items()}
    return type(state)(**(fields | {name: fields[name][:rows].copy() for name in by_lesion}))


STUDY = """
[study]
title = "Eight patients"
patients = 8
seed = 3
until = "1 year"
[tumour]
is = "colon_adenocarcinoma"
[host]
is = "adult"
[diagnosis]
primary_diameter = "15 mm"
[vary]
"tumour.shedding_rate" = { cv = 0.5 }
[arms.surgery]
do = [ { resect = "primary", at = "14 days" } ]
"""


def test_two_workers_give_the_bytes_of_one() -> None:
    """Eight patients by one process and by two, every table: catches rows in the order in which workers end."""
    study = Study.read(STUDY)
    one, two = run(study, workers=1), run(study, workers=2)
    for table, columns in one.tables.items():
        assert [name for name in columns if not same(columns[name], two.tables[table][name])] == []
    assert len(one.tables["patients"]["patient"]) == 8


def test_a_shorter_step_keeps_the_law() -> None:
    """A vascular lesion cut into days or weeks: catches a bias of 3 % in its diameter after a year (T13)."""
    model = model_of(patient(), ("metastasis",))
    site = patient().host.anatomy.index("colon")
    sizes = []
    for every in (1.0, 7.0):
        state, _ = follow(model, lesion_of(model, site, 1e5, sprouts=True), 364.0, every=every)
        sizes.append(float(state.lesion[0, 6]))
    assert abs(sizes[0] / sizes[1] - 1.0) < 0.09


@pytest.mark.parametrize("lesions", [3, 17])
def test_who_has_too_many_lesions_is_given_up_on_the_same_day(lesions: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much room a patient begins with: catches a limit that hangs on how the room grew."""
    monkeypatch.setattr("seedsoil.experiment.grow.MOST_LESIONS", 30)
    plan, tables = plan_of({"none": Protocol()}, patients=1), []
    for begun in (30, lesions):
        monkeypatch.setattr("seedsoil.experiment.grow.new_state", lambda types, rows=begun: new_state(types, rows))
        tables.append(run_patients(plan, 0, 1))
    expected, found = tables
    assert not expected["patients"]["followed"].any()
    assert len(expected["lesions"]["patient"]) > 30
    for table in ("patients", "lesions"):
        assert [name for name in found[table] if not same(found[table][name], expected[table][name])] == [], table
