"""Unlike cells of one tumour, switched off: resistance, instability, competence, and founders that differ."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.body.state import CELLS, FOUNDER_SPREAD, VIGOUR
from seedsoil.experiment.grow import Diagnosis
from seedsoil.trial.runner.patients import run_patients
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
from tests.properties.plain import AT, compiled, differing, seeded, who


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
