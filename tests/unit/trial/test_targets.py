"""Target sums read off the tables: known courses, looks that show nothing, and the same judgement as the run itself."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from seedsoil.experiment.protocol import Scan
from seedsoil.trial.run import Trial, run
from seedsoil.trial.study.file import Study
from seedsoil.trial.targets import TargetSums, target_sums
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
    trial = scanned_trial()
    scans = (Scan(every=56.0, start=28.0),)
    return {one.patient: one for one in target_sums(trial.tables["patients"], trial.tables["observations"], arm, scans)}


def test_sums_changes_and_responses_are_those_worked_out_by_hand() -> None:
    """Catches a sum of the wrong lesions, a change against the nadir instead of the baseline, and a look one scan off."""
    drug = _followed("drug")
    assert drug[0].days[:4].tolist() == [28.0, 84.0, 140.0, 196.0]
    assert drug[0].sums[:4].tolist() == [40.0, 24.0, 20.0, 21.0]
    assert drug[0].change[:4] == pytest.approx([0.0, -40.0, -50.0, -47.5])
    assert drug[0].responses[:4] == ("", "PR", "PR", "PR")
    assert drug[0].first_day_of("PR") == 84.0
    assert drug[2].responses == ("", "SD", "PD")
    assert drug[2].best_change == pytest.approx(10.0)
    assert drug[2].progression == 2


def test_looks_that_show_nothing_count() -> None:
    """A vanished lesion leaves no row: only the plan knows of the scans on days 84 and 140."""
    one = _followed("drug")[1]
    assert one.sums.tolist() == [20.0, 0.0, 0.0, 16.0]
    assert one.responses == ("", "CR", "CR", "PD")
    assert (one.best_change, one.first_day_of("CR")) == (-100.0, 84.0)
    trial = scanned_trial()
    unplanned = target_sums(trial.tables["patients"], trial.tables["observations"], "drug")
    assert {each.patient: each.sums.size for each in unplanned}[1] == 2


def test_who_has_no_target_or_no_later_scan_has_no_change() -> None:
    """Nobody is left out of the table for it, and nobody is drawn with a change of nothing."""
    none, drug = _followed("none"), _followed("drug")
    assert none[2].sums.size == 1
    assert np.isnan(none[2].best_change)
    assert drug[3].targets == frozenset()
    assert np.isnan(drug[3].best_change)
    assert set(drug[3].responses[1:]) == {"NE"}


@pytest.mark.parametrize("arm", ["pump", "adaptive"])
def test_tables_judge_as_the_run_did(arm: str) -> None:
    """Best response and day of progression of every patient, from the tables alone, are what the run wrote down.

    Catches any difference in the days of the looks, in the readings, in the nodes or in the rules.
    """
    trial = small_trial()
    host, patients = trial.plan.patient.host, trial.tables["patients"]
    nodes = [site.name for site in host.anatomy.sites if site.soil and host.soil(site.soil).nodal]
    found = target_sums(patients, trial.tables["observations"], arm, trial.plan.arms[arm].scans, nodes)
    mine = patients["arm"] == arm
    written = {
        int(number): (str(best), float(day))
        for number, best, day in zip(
            patients["patient"][mine], patients["response"][mine], patients["progression_day"][mine], strict=True
        )
    }
    assert len(found) >= 3
    order = ("CR", "PR", "SD", "PD", "NE")
    for one in found:
        last = len(one.days) if one.progression is None else one.progression + 1
        best = min((*one.responses[1:last], "NE"), key=order.index)
        day = float(one.days[one.progression]) if one.progression is not None else np.nan
        assert best == written[one.patient][0]
        assert day == pytest.approx(written[one.patient][1], nan_ok=True)
