"""Unstable clones are found oftener in metastases than in the primary that shed them, and no law says so."""

from __future__ import annotations

import numpy as np

from seedsoil.biology.patient import Patient
from seedsoil.body.model import build_model
from seedsoil.body.state import LESIONS, PARENT, SPRING
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis, grow
from tests.properties.examples import changed

VESSELS = entry("vessels", "two_pool")


def _instability(hits: float, patients: int) -> tuple[float, float, int]:
    """Mean factor on mutation of the founders of metastases, that of the cells of their primaries, and how many founders."""
    tumour = changed(entry("tumours", "colon_adenocarcinoma"), hits=hits)
    person = Patient.model_construct(tumour=tumour, host=entry("hosts", "adult"))
    factor = build_model(person, VESSELS).instability
    founders: list[float] = []
    primaries: list[float] = []
    for number in range(patients):
        state = grow(person, VESSELS, Diagnosis(35.0), 11, number).state
        used, lesion = int(state.used[0]), state.lesion[: state.count[LESIONS]]
        shed = lesion[lesion[:, PARENT] == 0.0, SPRING].astype(int)
        founders += factor[shed].tolist()
        primaries += [float(np.average(factor[state.kind[0, :used]], weights=state.cells[0, :used]))] * shed.size
    return float(np.mean(founders)), float(np.mean(primaries)), len(founders)


def test_metastases_are_less_stable_than_their_primary_where_competence_takes_hits() -> None:
    """Two hits come sooner to a line whose cells mutate five times as often; where none is needed founders are as their primary.

    Catches founders that are drawn without regard to who sheds them, and instability that does not hasten competence.
    """
    unstable, usual, founders = _instability(2.0, 120)
    assert founders > 100
    assert 1.15 < unstable / usual < 2.0
    level, alike, _ = _instability(0.0, 60)
    assert abs(level / alike - 1.0) < 0.05
    assert 1.05 < alike < 1.3
