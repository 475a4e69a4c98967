"""Tables of patients are kept apart by all that makes them; arms that share them only read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import SIGNALS, resting
from seedsoil.body.conditions import total_emission
from seedsoil.body.model import build_model
from seedsoil.body.state import Model
from seedsoil.catalogue.load import entry
from seedsoil.experiment.arm import Arm
from seedsoil.experiment.simulate import open_arm, run_arm
from seedsoil.foundation.kept import Kept
from seedsoil.trial.plan import enrol
from seedsoil.trial.study.file import shipped

PERSON = Patient(tumour=entry("tumours", "colon_adenocarcinoma"), host=entry("hosts", "adult"))
VESSELS = entry("vessels", "two_pool")


def _with(noun: str, name: str) -> Patient:
    """The person with one number a tenth less."""
    held = getattr(PERSON, noun)
    value = getattr(held, name)
    less = held.model_copy(update={name: value.model_copy(update={"number": 0.9 * value.number})})
    return Patient.model_construct(**({"tumour": PERSON.tumour, "host": PERSON.host} | {noun: less}))


def _bytes(patient: Patient, **changes: Any) -> bytes:
    model = build_model(patient, VESSELS, **changes)
    return b"".join(table.tobytes() for table in model)


def test_what_is_kept_is_told_apart_by_all_that_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte what each patient gets who is asked for alone: catches a trait of the tumour or of the circulation, a
    condition or a mechanism that is left out of what tables are kept by.
    """
    blocked = np.vstack([resting(), resting()])
    blocked[1, SIGNALS.index("integrin")] = 0.5
    patients = [PERSON, *(_with("tumour", name) for name in ("division_rate", "death_rate", "transit_loss_rate"))]
    tumour = PERSON.tumour.model_copy(update={"adhesion": entry("tumours", "melanoma").adhesion})
    patients.append(Patient.model_construct(tumour=tumour, host=PERSON.host))
    asked: list[tuple[Patient, dict[str, Any]]] = [(patient, {}) for patient in patients]
    asked += [(PERSON, {"conditions": blocked}), (PERSON, {"without": ("founder variation",)})]
    # Some rows of these are another's, in another order, or with another condition behind a barrier.
    wide = np.vstack([resting(), resting(), blocked[1], resting()])
    wide[1, SIGNALS.index("egf")], wide[3, SIGNALS.index("wound")] = 0.7, 1.0
    asked += [(PERSON, {"conditions": wide[order], "shut": np.array(shut)}) for order, shut in (
        ([0, 1, 2], [0, 1, 2]), ([0, 2, 3, 1], [0, 0, 2, 3]), ([0, 3, 1], [0, 2, 1]), ([0, 1], [0, 0]))]  # fmt: skip
    for _ in range(2):
        together = [_bytes(patient, **changes) for patient, changes in asked]
    for name in ("body.conditions._recent", "body.conditions._favours", "biology.journey.circulation._recent"):
        monkeypatch.setattr(f"seedsoil.{name}", Kept(1))
    monkeypatch.setattr("seedsoil.body.conditions._last", SimpleNamespace(get=lambda about, key, make: make()))
    assert together == [_bytes(patient, **changes) for patient, changes in asked]
    assert len(set(together)) == len(asked)


def test_arms_read_their_tables_and_write_none() -> None:
    """All arms of a patient share them: catches one that changes what the others read, at any time and by one bit."""
    plan = shipped("opening_patient").plan()
    grown = enrol(plan, 1)
    shared: dict[int, tuple[np.ndarray, bytes]] = {}

    def note(arm: Arm) -> None:
        for table in arm.model:  # what a table held when it was first seen is what it must hold in the end
            if id(table) not in shared:
                shared[id(table)] = table, table.tobytes()

    for protocol in plan.arms.values():
        arm = open_arm(grown, plan.vessels, plan.agents, protocol, 400.0)
        note(arm)
        run_arm(arm, protocol, watch=note)
    assert len(plan.arms) > 1
    assert len(shared) < 2 * len(plan.arms) * len(Model._fields)
    assert all(table.tobytes() == before for table, before in shared.values())


def test_chances_anywhere_are_those_of_all_sites_by_the_mothers_favour() -> None:
    """To rounding: catches the wrong axis, a site left out, and a chance of nothing that is skipped wrongly."""
    luck = np.random.default_rng(5)
    emission, favour = luck.random((3, 4, 4)), luck.random((5, 4))
    emission[emission < 0.3] = 0.0
    found = total_emission(emission, favour)
    assert found == pytest.approx(np.einsum("cij,mj->cmi", emission, favour), rel=1e-14)
