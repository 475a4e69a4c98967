"""Unlike cells of one tumour, switched off: resistance, instability, competence, and founders that differ."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.body.state import CELLS, FOUNDER_SPREAD, LESIONS, PARENT, SENSITIVITY, VIGOUR, with_room
from seedsoil.experiment.grow import Diagnosis
from seedsoil.experiment.history import History
from seedsoil.trial.run import run
from seedsoil.trial.runner.patients import run_patients
from seedsoil.trial.study.file import Study
from tests.properties.examples import (
    COLON,
    CONTROL,
    ONE_CLONE,
    control_tables,
    follow,
    lesion_of,
    model_of,
    patient,
    plan_of,
)
from tests.properties.plain import AT, agent, compiled, differing, exposed, seeded, who


def test_resistance() -> None:
    """Resistant clones arise in every found primary, and none without: catches one resistant clone."""
    assert (control_tables()["clones"]["resistance"] != "").sum() > 0
    assert (control_tables(("resistance",))["clones"]["resistance"] == "").all()


def test_instability() -> None:
    """Unstable clones in every found primary, and none without: catches one."""
    assert control_tables()["clones"]["unstable"].any()
    assert not control_tables(("instability",))["clones"]["unstable"].any()


def test_competence() -> None:
    """Only clones with all hits seed; without it the founder can: catches competence asked for all the same."""
    table = control_tables()["lesions"]
    clones = control_tables()["clones"]
    hits = dict(zip(zip(clones["patient"], clones["clone"], strict=True), clones["hits"], strict=True))
    seeds = table["lesion"] > 0
    founders = list(zip(table["patient"][seeds], table["clone"][seeds], strict=True))
    assert len(founders) > 10
    assert {int(hits[founder]) for founder in founders} == {int(float(COLON.hits))}
    model = model_of(patient(), ("competence",))
    assert model.competent.all()
    assert model_of(patient()).competent[0] == 0.0
    bare = run_patients(
        plan_of(CONTROL, without=("competence",), until_days=7.0, patients=1, diagnosis=Diagnosis(12.0)), 0, 1
    )
    assert (bare["clones"]["hits"] == 0).all()


VARIED = who(founder_variation=0.3)


def test_founder_variation() -> None:
    """Some thousand seeds divide unlike, the fast oftener than shed; off, all alike, and success is that of the mean.

    Of what is shed the mean is 1; of founders with vigour v only the share 1 - d / (b v) lives on, so that theirs is higher:
    worked out in `test_founders_and_guests`.
    """
    vigour = np.exp(seeded(VARIED)[:, VIGOUR])
    assert len(vigour) > 1000
    assert 1.1 < vigour.mean() < 1.4
    assert vigour.std() == pytest.approx(0.3, abs=0.06)
    assert (seeded(VARIED, without=("founder variation",))[:, VIGOUR] == 0.0).all()
    assert differing(compiled(VARIED), compiled(VARIED, ("founder variation",))) == {
        "trait", "emission", "emission_total", "landing", "favour",
    }  # fmt: skip
    assert compiled(VARIED, ("founder variation",)).trait[FOUNDER_SPREAD] == 0.0


def test_vigour_is_handed_on_and_felt() -> None:
    """A mother with vigour 1.5 divides so, and so do her seeds, near her mean: catches luck drawn anew each time."""
    model = compiled(VARIED, (*ONE_CLONE, "hypoxia"))
    state = lesion_of(model, AT["skin"], 1e8)
    state.lesion[0, VIGOUR] = np.log(1.5)
    _, rows = follow(model, state, 28.0)
    assert np.log(rows[-1, CELLS] / 1e8) / 28.0 == pytest.approx(1.5 * 0.1 - 0.05, abs=1e-4)
    strong = np.exp(seeded(who(founder_variation=0.3, shedding_rate=1e-4), vigour=float(np.log(1.5)))[:, VIGOUR])
    assert len(strong) > 500
    assert 1.5 < strong.mean() < 1.8


DIFFERING = who(sensitivity_variation=0.6)


def test_founder_sensitivity() -> None:
    """Some thousand seeds are unlike by a standard deviation of sqrt(ln 1.36) = 0.555 about the usual; off, all alike."""
    drawn = seeded(DIFFERING)[:, SENSITIVITY]
    assert len(drawn) > 1000
    assert abs(drawn.mean()) < 6.0 * 0.555 / np.sqrt(len(drawn))
    assert drawn.std() == pytest.approx(0.555, rel=6.0 / np.sqrt(2.0 * len(drawn)))
    assert (seeded(DIFFERING, without=("founder sensitivity",))[:, SENSITIVITY] == 0.0).all()
    assert differing(compiled(DIFFERING), compiled(DIFFERING, ("founder sensitivity",))) == {"trait"}
    vigour = [seeded(DIFFERING, without=off)[:, VIGOUR] for off in ((), ("founder sensitivity",))]
    assert np.array_equal(*vigour)  # the draw has an address of its own


@pytest.mark.parametrize("fold", [0.5, 1.0, 2.0])
def test_sensitivity_is_felt(fold: float) -> None:
    """A drug that takes 0.2 a day takes so many times as much of a lesion with that sensitivity: catches a level moved instead."""
    drug = agent("drug", kill=(0.2, 1.0, 1.0, 0.0))
    model, timeline = exposed(DIFFERING, [drug], [(28.0, {"drug": 1e9})], (*ONE_CLONE, "hypoxia", "delivery"))
    state = lesion_of(model, AT["skin"], 1e8)
    state.lesion[0, SENSITIVITY] = np.log(fold)
    _, rows = follow(model, state, 28.0, timeline=timeline)
    assert np.log(rows[-1, CELLS] / 1e8) / 28.0 == pytest.approx(0.05 - 0.2 * fold, abs=1e-3)


def test_sensitivity_is_handed_on_by_a_metastasis() -> None:
    """Seeds of a lesion that was founded by one cell are as sensitive as it is, every one; those of a primary are drawn."""
    model = compiled(DIFFERING)
    state = with_room(lesion_of(model, AT["skin"], 1e8, vessels=(1.5, 0.6)), 10000, 0)
    state.lesion[0, PARENT], state.lesion[0, SENSITIVITY] = 0.0, 0.7
    state, _ = follow(model, state, 7.0)
    seeds = state.lesion[1 : state.count[LESIONS], SENSITIVITY]
    assert len(seeds) > 1000
    assert (seeds == 0.7).all()


def test_premalignant_phase() -> None:
    """Ten years of a premalignant line bring what 2 b u exceeds its tissue's rate by, and no cell moves; off, a healthy cell's mutations.

    Longer than the patient had lived: no more than those years. Catches a line that divides b times, and a tissue counted twice.
    """
    tables = {
        "study": {"title": "a test", "patients": 1, "seed": 5, "until": "1 day"},
        "host": {"is": "adult"}, "diagnosis": {"primary_diameter": "3 mm"}, "arms": {"none": {"do": []}},
    }  # fmt: skip

    def history(time: str, *without: str) -> History:
        study = {**tables["study"], "without": ["metastasis", *without]}
        tumour = {"is": "pancreas_adenocarcinoma", "premalignant_time": time}
        made = Study.from_tables({**tables, "study": study, "tumour": tumour}, "a test")
        return run(made, workers=1, executor="serial", anyway=True).patient(0, "none")

    on, off, long = history("10 years"), history("10 years", "premalignant phase"), history("900 years")
    assert (on.cells == off.cells).all()
    host, pace = on.subject.host, float(on.mosaic.division[0, 0])
    age = float(host.age) + float(on.days[0]) / 365.25
    assert host.tissue_mutation_rate is not None
    tissue = float(host.tissue_mutation_rate) * 6e7
    assert off.brought_along() == pytest.approx(tissue * age)
    assert on.brought_along() - off.brought_along() == pytest.approx(10.0 * (2.0 * 0.06 * pace * 365.25 - tissue))
    assert on.brought_along() > off.brought_along() + 5.0
    assert long.brought_along() == pytest.approx(age * 2.0 * 0.06 * pace * 365.25)
    trunks = [int((one.lineage(cells=4).mutations.node == 0).sum()) for one in (on, off)]
    assert trunks[0] > trunks[1]
