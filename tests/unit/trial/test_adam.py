"""Analysis tables carry ADaM's names and the trial's numbers; who was lost from sight is censored and told so."""

import numpy as np
import pytest

from seedsoil.trial.adam import LONGEST_LABEL, VARIABLES, analysis_tables
from seedsoil.trial.endpoints import event_times
from seedsoil.trial.survival import kaplan_meier

arms = ("surgery", "drug")


def tables():
    """Three patients in two arms: one dies, one progresses and lives, one is lost from sight."""
    count = 6
    return {
        "patients": {
            "patient": np.array([0, 1, 2, 0, 1, 2]),
            "arm": np.array(["surgery"] * 3 + ["drug"] * 3, dtype=object),
            "alive": np.array([False, True, True, False, True, True]),
            "followed": np.array([True, True, False, True, True, True]),
            "end_day": np.array([400.5, 3652.5, 900.0, 700.0, 3652.5, 3652.5]),
            "cause": np.array(["liver burden", "", "", "other causes", "", ""], dtype=object),
            "progressed": np.array([True, True, False, False, True, False]),
            "progression_day": np.array([140.0, 365.0, np.nan, np.nan, 720.0, np.nan]),
            "age_years": np.full(count, 65.0),
            "tumour_age_days": np.full(count, 5000.0),
            "primary_diameter_mm": np.full(count, 35.0),
            "metastases_at_diagnosis": np.array([3, 0, 1, 3, 0, 1]),
            "visible_at_diagnosis": np.array([1, 0, 0, 1, 0, 0]),
        }
    }  # fmt: skip


def made():
    return analysis_tables("SEEDSOIL-1", arms, tables())


def test_variables_are_those_promised_in_their_order_and_type() -> None:
    for name, columns in made().items():
        assert list(columns) == list(VARIABLES[name])
        sizes = {values.size for values in columns.values()}
        assert len(sizes) == 1
        for variable, values in columns.items():
            text = VARIABLES[name][variable].type == "Char"
            assert values.dtype == (object if text else np.float64), (name, variable)


def test_names_and_labels_fit_the_transport_format() -> None:
    for variables in VARIABLES.values():
        for name, variable in variables.items():
            assert len(name) <= 8
            assert name.isupper() or name.isalnum()
            assert len(variable.label) <= LONGEST_LABEL


def test_subjects_are_told_apart_and_put_together() -> None:
    subjects = made()["ADSL"]
    assert len(set(subjects["USUBJID"].tolist())) == 6
    assert subjects["TWINID"].tolist() == [0, 1, 2, 0, 1, 2]
    assert subjects["DTHFL"].tolist() == ["Y", "", "", "Y", "", ""]
    assert subjects["DTHCAUS"].tolist()[:2] == ["LIVER BURDEN", ""]
    assert subjects["EOSSTT"].tolist()[:3] == ["DISCONTINUED", "COMPLETED", "DISCONTINUED"]
    np.testing.assert_array_equal(subjects["DTHDY"], [400.5, np.nan, np.nan, 700.0, np.nan, np.nan])


def test_times_to_events_are_those_of_the_trial() -> None:
    """The curve from ADTTE is the trial's own; CNSR is 1 where nothing happened, and says why."""
    times = made()["ADTTE"]
    for code, endpoint in (("OS", "overall_survival"), ("PFS", "progression_free_survival")):
        for arm in arms:
            mine = (times["PARAMCD"] == code) & (times["TRT01P"] == arm)
            days, happened = event_times(tables()["patients"], arm, endpoint)
            np.testing.assert_array_equal(times["AVAL"][mine], days)
            np.testing.assert_array_equal(times["CNSR"][mine], 1.0 - happened)
            ours = kaplan_meier(times["AVAL"][mine], times["CNSR"][mine] == 0.0)
            np.testing.assert_array_equal(ours.fraction, kaplan_meier(days, happened).fraction)
    assert times["EVNTDESC"].tolist()[:3] == ["DEATH", "END OF FOLLOW-UP", "MORE LESIONS THAN CAN BE COUNTED"]


@pytest.mark.parametrize("variable", ["STUDYID", "USUBJID"])
def test_every_table_can_be_joined_with_subjects(variable: str) -> None:
    known = set(made()["ADSL"][variable].tolist())
    assert all(set(columns[variable].tolist()) <= known for columns in made().values())
