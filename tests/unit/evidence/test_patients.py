"""Patients who differ, followed as their tumours grow: what is shed, and how wide the primary was at each metastasis."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.evidence.cascade.patients import followed, plan_of
from seedsoil.evidence.claim import Setting

SETTING = Setting("tiny", 5)


def test_what_is_shed_and_founded() -> None:
    """A patient founds only while the primary is smaller than at diagnosis, sheds as much if none settles, and then founds none.

    Catches a day of arrival on another clock than the sizes, and cells shed that hang on what becomes of them.
    """
    found = [followed(plan_of(SETTING, 20.0, 6), patient) for patient in range(6)]
    bare = [followed(plan_of(SETTING, 20.0, 6, without=("metastasis",)), patient) for patient in range(6)]
    assert sum(each.founded for each in found) > 0
    assert all(((each.widths > 0.1) & (each.widths < 21.0)).all() for each in found)
    assert all(each.founded == 0 and not each.widths.size for each in bare)
    assert [each.shed for each in bare] == pytest.approx([each.shed for each in found], rel=3e-3)
    # A gram sheds 1e6 cells a day and more as it lacks oxygen; it doubles in some 120 days.
    assert 1e7 < float(np.median([each.shed for each in found])) < 1e11
