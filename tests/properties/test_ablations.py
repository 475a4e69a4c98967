"""What a study may switch off: every name has its test, drugs and deaths here and the rest scale by scale.

With a mechanism the effect is there, without it the effect is gone, and nothing else is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seedsoil.biology.patient import MECHANISMS
from seedsoil.body.state import ACTIVE, BEGAN, CELLS, FATE, LESIONS, RESECTED, with_room
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.experiment.protocol import Course, Protocol
from seedsoil.experiment.simulate import open_arm
from seedsoil.foundation.errors import ModelError
from seedsoil.trial.runner.patients import run_patients
from tests.properties.examples import (
    ADULT,
    CONTROL,
    ONE_CLONE,
    TWO_POOL,
    changed,
    follow,
    lesion_of,
    patient,
    plan_of,
    same,
)
from tests.properties.plain import AT, agent, exposed, lived, mechanism, speed, who


def test_every_mechanism_has_its_test() -> None:
    """Each name in the list of mechanisms stands in one of these files: catches a new one that no test switches off."""
    text = "".join(
        path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_ablations*.py"))
    )
    assert [name for name in MECHANISMS if f'"{name}"' not in text] == []


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


def test_drug_induced_tolerance() -> None:
    """A drug brings tolerance about ten times as often; off, as often as without one, bit for bit: catches 1e-16.

    Where no drug is given, switching it off changes nothing.
    """
    free = tuple(name for name in (*ONE_CLONE, "hypoxia") if name != "resistance")
    drug = agent("drug", kill=(0.2, 1.0, 1.0, 0.0), tolerant=50.0)
    rows = {}
    for fold in (10.0, 1.0):
        person = who(mechanisms=(mechanism("tolerant", 1e-3, reversal_rate=0.05, induced_fold=fold),))
        for level in (0.0, 9.0):
            for off in ((), ("drug-induced tolerance",)):
                rows[fold, level, off] = lived(person, [(84.0, {"drug": level})], [drug], (*free, *off))
    on, off = rows[10.0, 9.0, ()], rows[10.0, 9.0, ("drug-induced tolerance",)]
    assert on[-1, CELLS] > 2.0 * off[-1, CELLS]
    assert off.tobytes() == rows[1.0, 9.0, ()].tobytes()
    assert rows[10.0, 0.0, ()].tobytes() == rows[10.0, 0.0, ("drug-induced tolerance",)].tobytes()


def _adjuvant(level: float, without: tuple[str, ...] = ()) -> Any:
    """Lesions a year after four weeks in which a tumour sheds; it is taken out, and 24 weeks of a drug begin [lesions, columns]."""
    drug = agent("drug", kill=(0.1, 1.0, 1.0, 0.0))
    periods = [(28.0, {}), (168.0, {"drug": level}), (168.0, {})]
    person = who(division_rate=0.1, death_rate=0.08, shedding_rate=2e-3)
    model, timeline = exposed(
        person, [drug], periods, ("soil matching", "reseeding", "resistance", "hypoxia", *without)
    )
    state = with_room(lesion_of(model, AT["skin"], 1e7, vessels=(1.5, 0.6)), 4000, 0)
    state, _ = follow(model, state, 28.0, timeline=timeline)
    state.lesion[0, [CELLS, FATE]], state.used[0] = (0.0, RESECTED), 0
    state, _ = follow(model, state, 336.0, timeline=timeline)
    return state.lesion[1 : state.count[LESIONS]].copy()


def test_treated_founders() -> None:
    """Adjuvant treatment takes families of a few cells: relapses are a tenth of those without; off, only what had grown to 50 goes.

    An untreated host's lesions are the same byte for byte, and so are they under a drug at level 0. Who slept through is spared.
    """
    off = ("treated founders",)
    control, spared, treated = _adjuvant(0.0), _adjuvant(9.0, off), _adjuvant(9.0)
    assert control.tobytes() == _adjuvant(0.0, off).tobytes()
    slept = control[:, BEGAN] > 28.0 + 168.0
    young = (control[:, ACTIVE] > 28.0) & ~slept
    relapsed = [(rows[young, CELLS] > 0.0).sum() for rows in (control, spared, treated)]
    assert relapsed[0] > 50
    assert relapsed[2] < 0.2 * relapsed[1]
    assert slept.sum() > 0
    assert treated[slept, CELLS].tobytes() == spared[slept, CELLS].tobytes() == control[slept, CELLS].tobytes()


@pytest.mark.parametrize(("cells", "error"), [(600.0, 0.015), (1e9, 2e-4)])
def test_held_tolerance(cells: float, error: float) -> None:
    """Under a drug at nine tenths of its might tolerance is lost at a tenth of its rate; off, as fast as without a drug.

    Tolerant cells alone, drawn family by family or as one path; what they turn into dies within the hour. Catches 0.4 % of
    the rate of loss in the large lesion. Without a drug, switching it off changes no byte.
    """
    free = tuple(name for name in (*ONE_CLONE, "hypoxia") if name != "resistance")
    person = who(
        mechanisms=(mechanism("tolerant", reversal_rate=0.05),),
        division_rate=0.06, death_rate=0.05, unmatched_death_rate=0.0,
    )  # fmt: skip
    drug = agent("drug", kill=(30.0, 1.0, 1.0, 0.0), tolerant=1e18)
    for off, lost in (((), 0.005), (("held tolerance",), 0.05)):
        rows = lived(person, [(28.0, {"drug": 9.0})], [drug], (*free, *off), cells=cells, kind=2)
        assert speed(rows, cells) == pytest.approx(0.06 - 0.05 - lost, abs=error)
    bare = [
        lived(person, [(28.0, {})], [drug], (*free, *off), cells=cells, kind=2) for off in ((), ("held tolerance",))
    ]
    assert bare[0].tobytes() == bare[1].tobytes()


def test_an_arm_needs_the_mechanisms_of_its_patient() -> None:
    """Refused in words: catches tables of another size handed to the kernel, which ended the process."""
    grown = grow(patient(), TWO_POOL, Diagnosis(2.0), 1, 0)
    with pytest.raises(ModelError, match="same `without`"):
        open_arm(grown, TWO_POOL, {}, CONTROL["control"], 100.0, ("resistance",))
