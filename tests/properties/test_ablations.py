"""Each mechanism that a study may switch off: with it the effect is there, without it the effect is gone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.circulation import arrests
from seedsoil.biology.patient import MECHANISMS
from seedsoil.biology.vessels import diameter
from seedsoil.body.state import CELLS, CLOCK, DEATH, DIVISION, SLEEPERS, SPROUTS
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.experiment.protocol import Course, Protocol, Resect
from seedsoil.experiment.simulate import open_arm
from seedsoil.foundation.errors import ModelError
from seedsoil.trial.run import run_patients
from tests.properties.examples import (
    ADULT,
    COLON,
    ONE_CLONE,
    TWO_POOL,
    changed,
    follow,
    lesion_of,
    model_of,
    patient,
    plan_of,
    same,
)

CONTROL = {"control": Protocol((Resect("primary", 14.0),))}
INDEX = ADULT.anatomy.index


@lru_cache(maxsize=16)
def _tables(without: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    return run_patients(plan_of(CONTROL, without=without, patients=8), 0, 8)


def _largest(site: str, without: tuple[str, ...], *, sprouts: bool = False, replaces: bool = False) -> float:
    """Diameter that a lesion reaches from 1e4 cells in three years [mm]."""
    model = model_of(patient(), (*ONE_CLONE[1:], *without))
    state = lesion_of(model, INDEX(site), 1e4, sprouts=sprouts and "sprouting" not in without, replaces=replaces)
    _, rows = follow(model, state, 1092.0, every=28.0)
    return diameter(float(rows[-1, CELLS]))


def test_every_mechanism_has_its_test() -> None:
    """Each name in the list of mechanisms is tested in this file: catches a new one that no test switches off."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in MECHANISMS if f'"{name}"' not in text] == []


def test_without_vessels_a_primary_is_never_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sprouting and no co-option: it stalls between 0.4 and 1 mm, and the fault says so: catches 1 mm in growth."""
    monkeypatch.setattr("seedsoil.experiment.grow.MOST_ATTEMPTS", 3)
    found = grow(patient(), TWO_POOL, Diagnosis(10.0), 4, 0)
    assert diameter(float(found.state.lesion[0, CELLS])) >= 10.0
    with pytest.raises(ModelError, match=r"the largest primary reached 0\.[4-9] mm of the 10 mm"):
        grow(patient(), TWO_POOL, Diagnosis(10.0), 4, 0, ("sprouting", "co-option", "metastasis"))


def test_sprouting_breaks_the_stall() -> None:
    """A pushing lesion stalls below 1 mm, with sprouts it passes 5 mm in three years: catches sprouts without effect."""
    assert 0.4 < _largest("colon", ("sprouting", "co-option"), sprouts=True) < 1.0
    assert _largest("colon", ("co-option",), sprouts=True) > 5.0


def test_sprouting_off_stops_the_switch() -> None:
    """A clock about to run out turns on sprouts, and never without sprouting: catches a switch that ignores it."""
    switched = []
    for without in ((), ("sprouting",)):
        model = model_of(patient(), (*ONE_CLONE[1:], *without))
        state = lesion_of(model, INDEX("colon"), 1e5)
        state.lesion[0, CLOCK] = 1e-3
        _, rows = follow(model, state, 28.0)
        switched.append(float(rows[-1, SPROUTS]))
    assert switched == [1.0, 0.0]


def test_hypoxia_off_removes_the_stall() -> None:
    """Without vessels and without hypoxia the lesion passes 10 mm: catches a limit on size that is not supply."""
    assert _largest("colon", ("sprouting", "co-option", "hypoxia")) > 10.0


def test_co_option_feeds_a_replacing_lesion() -> None:
    """In the liver without sprouts it passes 5 mm on borrowed vessels, and stalls without: catches other supply."""
    assert _largest("liver", ("sprouting",), replaces=True) > 5.0
    assert 0.3 < _largest("liver", ("sprouting", "co-option"), replaces=True) < 1.0


def test_resistance() -> None:
    """Resistant clones arise in every found primary, and none without: catches one resistant clone."""
    assert (_tables()["clones"]["resistance"] != "").sum() > 0
    assert (_tables(("resistance",))["clones"]["resistance"] == "").all()


def test_soil_matching() -> None:
    """Without it incidence is as arrests, to 1e-12; with it some soils take tenfold less: catches a favoured organ."""
    soils = np.array([bool(site.soil) for site in ADULT.anatomy.sites])
    held = arrests(COLON, ADULT)[INDEX("colon"), soils]
    bare = model_of(patient(), ("soil matching", "dormancy"))
    assert np.ptp(bare.site[0, soils, DIVISION]) == np.ptp(bare.site[0, soils, DEATH]) == 0.0
    ratio = bare.emission[0, INDEX("colon"), soils] / held
    assert ratio.max() / ratio.min() - 1.0 < 1e-12
    chosen = model_of(patient()).emission[0, INDEX("colon"), soils] / held
    assert chosen.min() < 0.1 * chosen.max()


def test_metastasis() -> None:
    """Lesions beyond the primary, and none without: catches one embolus that succeeds."""
    assert _tables()["patients"]["lesions_ever"].sum() > 5
    bare = _tables(("metastasis",))
    assert (bare["patients"]["lesions_ever"] == 0).all()
    assert (bare["lesions"]["lesion"] == 0).all()


def test_dormancy() -> None:
    """Some founders sleep for years, and without it none waits longer than growth takes: catches one sleeper."""
    assert (model_of(patient()).site[0, :, SLEEPERS] > 0.0).any()
    assert (model_of(patient(), ("dormancy",)).site[0, :, SLEEPERS] == 0.0).all()
    assert _longest_wait(()) > 1.0
    assert _longest_wait(("dormancy",)) < 1.0


def _longest_wait(without: tuple[str, ...]) -> float:
    """Longest time from arrival to growth, in units of what growth to 50 cells can take at its slowest."""
    sleepy = patient(wake_rate=1e-3, dormant_death_rate=1e-3)
    plan = plan_of(CONTROL, patient=sleepy, without=without, until_days=728.0, patients=6)
    table = run_patients(plan, 0, 6)["lesions"]
    later, rates = table["lesion"] > 0, model_of(sleepy, without).site[0]
    assert later.sum() > 5
    active = np.where(np.isnan(table["active_day"]), 728.0, table["active_day"])[later]
    net = np.array([rates[INDEX(site), DIVISION] - rates[INDEX(site), DEATH] for site in table["site"][later]])
    return float(((active - table["arrival_day"][later]) * net / (np.log(50.0) + 8.0)).max())


def test_instability() -> None:
    """Unstable clones in every found primary, and none without: catches one."""
    assert _tables()["clones"]["unstable"].any()
    assert not _tables(("instability",))["clones"]["unstable"].any()


def test_competence() -> None:
    """Only clones with all hits seed; without it the founder can: catches competence asked for all the same."""
    table = _tables()["lesions"]
    clones = _tables()["clones"]
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


def test_reseeding() -> None:
    """Metastases of metastases, and none without: catches one lesion whose parent is not the primary."""
    fast = patient(shedding_rate=1e-2)
    for without, some in (((), True), (("reseeding",), False)):
        plan = plan_of(CONTROL, patient=fast, without=without, until_days=728.0, patients=6)
        table = run_patients(plan, 0, 6)["lesions"]
        assert (table["parent"] > 0).any() == some
        assert (table["lesion"] > 0).sum() > 10


def test_burden_death() -> None:
    """Metastases left alone kill within three years, and no one without it: catches one death by burden."""
    causes = []
    for without in (("background death", "reseeding"), ("background death", "reseeding", "burden death")):
        plan = plan_of(CONTROL, without=without, until_days=1092.0, diagnosis=Diagnosis(35.0), patients=3)
        causes.append([str(cause) for cause in run_patients(plan, 0, 3)["patients"]["cause"]])
    assert any(cause.endswith(" burden") for cause in causes[0])
    assert causes[1] == [""] * 3


def test_background_death() -> None:
    """At ninety-five and a hundredfold risk no one lives two years, but without it all do: catches one such death."""
    old = changed(ADULT, age=95.0, mortality_at_fifty=1e-2)
    causes = []
    for without in (("metastasis",), ("metastasis", "background death")):
        plan = plan_of(CONTROL, patient=patient(host=old), without=without, diagnosis=Diagnosis(10.0))
        causes.append(list(run_patients(plan, 0, 2)["patients"]["cause"]))
    assert causes == [["other causes"] * 2, [""] * 2]


def test_drug_effects() -> None:
    """A drug that works shrinks what the control has; switched off, it is the control byte for byte."""
    course = Course("fluorouracil", 3000.0, "iv", 14.0, 7.0, 20)
    arms = {"control": Protocol(), "treated": Protocol(courses=(course,))}
    agents = {"fluorouracil": entry("agents", "fluorouracil")}
    for without, equal in (((), False), (("drug effects",), True)):
        plan = plan_of(arms, agents, patients=1, until_days=182.0, without=without)
        table = run_patients(plan, 0, 1)["lesions"]
        treated = table["arm"] == "treated"
        one, other = table["cells_at_end"][~treated], table["cells_at_end"][treated]
        assert same(one, other) == equal
        assert equal or other[0] < 0.7 * one[0]


def test_an_arm_needs_the_mechanisms_of_its_patient() -> None:
    """Refused in words: catches tables of another size handed to the kernel, which ended the process."""
    grown = grow(patient(), TWO_POOL, Diagnosis(2.0), 1, 0)
    with pytest.raises(ModelError, match="same `without`"):
        open_arm(grown, TWO_POOL, {}, CONTROL["control"], 100.0, ("resistance",))
