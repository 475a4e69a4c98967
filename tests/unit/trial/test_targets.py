"""Target sums read off the tables: known courses, looks that show nothing, and the same judgement as the run itself."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from seedsoil.observe.response import RESPONSES
from seedsoil.trial.run import run
from seedsoil.trial.study.file import Study
from seedsoil.trial.targets import TargetSums, target_sums
from seedsoil.trial.trial import Trial
from tests.unit.show.examples import scanned_trial

_study = """
[study]
title = "Seen and treated"
patients = 4
seed = 7
until = "600 days"
[tumour]
is = "colon_adenocarcinoma"
[host]
is = "adult"
[diagnosis]
primary_diameter = "35 mm"
metastases = 3
metastasis_diameter = "10 mm"
[vary]
"tumour.division_rate" = { cv = 0.1 }
"tumour.shedding_rate" = { cv = 1.0 }
[arms.pump]
do = [
    { give = "floxuridine", dose = "2.8 mg/kg", route = "hepatic_artery", start = "28 days", every = "28 days", duration = "14 days", until = "progression" },
    { scan = "mri", every = "42 days", start = "20 days" },
]
[arms.adaptive]
do = [
    { give = "fluorouracil", dose = "400 mg/m^2", route = "iv", every = "14 days", times = 30, start = "42 days", adaptive = { stop = 0.5, restart = 1.0 } },
    { give = "bevacizumab", dose = "5 mg/kg", every = "14 days", start = "7 days", after = "progression", until = "progression" },
]
"""


@cache
def small_trial() -> Trial:
    return run(Study.read(_study), workers=1)


def _followed(arm: str) -> dict[int, TargetSums]:
    return {one.patient: one for one in target_sums(scanned_trial().tables["assessments"], arm)}


def test_sums_and_changes_are_those_worked_out_by_hand() -> None:
    """Catches a change against the nadir instead of the baseline, and a scan of another patient, arm or line."""
    drug, none = _followed("drug"), _followed("none")
    assert drug[0].days.tolist() == [28.0, 84.0, 140.0, 196.0]
    assert drug[0].change == pytest.approx([0.0, -40.0, -50.0, -47.5])
    assert drug[0].responses == ("BASELINE", "PR", "PR", "PR")
    assert (drug[0].first_day_of("PR"), drug[0].best_change, drug[0].progressed) == (84.0, -50.0, False)
    assert drug[2].responses == ("BASELINE", "SD", "PD")
    assert drug[2].best_change == pytest.approx(10.0)
    # What is judged against the day of progression is another line: 20 of 50 mm is no fall from 40.
    assert none[0].sums.tolist() == [40.0, 50.0]
    assert (none[0].best_change, none[0].progressed) == (25.0, True)


def test_who_has_no_target_or_no_later_scan_has_no_change() -> None:
    """Nobody is left out for it, and nobody is drawn with a change of nothing; a scan that saw too little is left out alone."""
    none, drug = _followed("none"), _followed("drug")
    assert set(none) == set(drug) == {0, 1, 2, 3}
    assert np.isnan(none[2].best_change)
    assert np.isnan(drug[3].best_change)
    assert drug[1].best_change == -100.0
    assert np.isnan(drug[1].first_day_of("PR"))


def test_follow_up_of_a_run_ends_where_the_run_says() -> None:
    """Best response and progression of every patient, from the scans alone, are those in table ``patients``."""
    trial = small_trial()
    patients = trial.tables["patients"]
    seen = 0
    for arm in trial.arms:
        mine = patients["arm"] == arm
        written = {int(patients["patient"][row]): row for row in np.flatnonzero(mine)}
        for one in target_sums(trial.tables["assessments"], arm):
            row = written[one.patient]
            assert one.progressed == bool(patients["progressed"][row])
            best = min((*one.responses[1:], "NE"), key=RESPONSES.index)
            assert best == patients["response"][row]
            if one.progressed:
                assert one.days[-1] == patients["progression_day"][row]
            seen += len(one.days)
    assert seen > 20
