"""Table `assessments` says of each scan what the follow-up made of it: the same progression, best response and sums."""

from __future__ import annotations

import numpy as np

from seedsoil.experiment.grow import Diagnosis
from seedsoil.experiment.protocol import Protocol
from seedsoil.observe.response import BASELINE, MEASURABLE_MM
from seedsoil.trial.runner.patients import run_patients
from tests.properties.arms import FLUOROURACIL, SCANS, SURGERY, fluorouracil
from tests.properties.examples import plan_of

FOUND = Diagnosis(25.0, metastases=1, metastasis_diameter_mm=15.0)


def test_assessments_agree_with_patients_and_observations() -> None:
    """Catches one scan lost or told twice, a sum of other lesions than the targets, or a baseline on another day."""
    arms = {"treated": Protocol(SURGERY, (fluorouracil(),), SCANS), "control": Protocol(SURGERY, scans=SCANS)}
    tables = run_patients(plan_of(arms, FLUOROURACIL, until_days=900.0, diagnosis=FOUND), 0, 4)
    patients, judged, seen = tables["patients"], tables["assessments"], tables["observations"]
    progressed = sums = 0
    for row in range(patients["patient"].size):
        key = (patients["patient"][row], patients["arm"][row])
        mine = (judged["patient"] == key[0]) & (judged["arm"] == key[1])
        day, line, response = judged["day"][mine], judged["line"][mine], judged["response"][mine]
        total = judged["target_sum_mm"][mine]
        assert response[0] == BASELINE
        assert (np.diff(day) >= 0.0).all()
        bad = np.flatnonzero(response == "PD")
        if bad.size:
            progressed += 1
            assert day[bad[0]] == patients["progression_day"][row]
            assert (line[: bad[0] + 1] == 1).all()
            assert (response[bad[0] + 1], day[bad[0] + 1], line[bad[0] + 1]) == (BASELINE, day[bad[0]], 2)
        else:
            assert not patients["progressed"][row]
        first = [
            one for one, where in zip(response.tolist(), line.tolist(), strict=True) if where == 1 and one != BASELINE
        ]
        assert patients["response"][row] in {*first, "NE"}
        here = (seen["patient"] == key[0]) & (seen["arm"] == key[1]) & (seen["day"] == day[0])
        largest = np.sort(seen["diameter_mm"][here])[::-1]
        if np.isfinite(total[0]):
            sums += 1
            assert total[0] >= largest[0] >= MEASURABLE_MM  # the largest measurable lesion is a target
            assert total[0] <= largest[:5].sum() + 1e-9
    assert progressed > 1
    assert sums > 0
