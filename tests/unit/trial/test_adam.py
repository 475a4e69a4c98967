"""Analysis tables carry ADaM's names and the trial's numbers; who was lost from sight is censored and told so."""

import numpy as np
import pytest

from seedsoil.trial.endpoints import event_times
from seedsoil.trial.export.adam import LONGEST_LABEL, VARIABLES, analysis_tables
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
            "response": np.array(["PR", "NE", "NE", "SD", "NE", "NE"], dtype=object),
            "response_day": np.array([56.0, np.nan, np.nan, np.nan, np.nan, np.nan]),
        },
        "assessments": {
            "patient": np.array([0, 0, 0, 0, 0, 0, 1, 0, 0]),
            "arm": np.array(["surgery"] * 7 + ["drug"] * 2, dtype=object),
            "day": np.array([0.0, 56.0, 112.0, 168.0, 168.0, 224.0, 0.0, 0.0, 56.0]),
            "instrument": np.array(["ct"] * 9, dtype=object),
            "line": np.array([1, 1, 1, 1, 2, 2, 1, 1, 1]),
            "response": np.array(["BASELINE", "PR", "PR", "PD", "BASELINE", "SD", "BASELINE", "BASELINE", "SD"], dtype=object),
            "target_sum_mm": np.array([80.0, 40.0, 44.0, 60.0, 60.0, 55.0, np.nan, 30.0, 33.0]),
        },
    }  # fmt: skip


def made():
    found = {name: list(pieces) for name, pieces in analysis_tables("SEEDSOIL-1", arms, tables()).items()}
    return {
        name: {variable: np.concatenate([piece[variable] for piece in pieces]) for variable in pieces[0]}
        for name, pieces in found.items()
    }


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


def test_responses_by_visit_and_the_best_of_each() -> None:
    responses = made()["ADRS"]
    visits = responses["PARAMCD"] == "OVRLRESP"
    assert responses["AVALC"][visits].tolist() == ["PR", "PR", "PD", "SD", "SD"]
    assert responses["ADY"][visits].tolist() == [56.0, 112.0, 168.0, 224.0, 56.0]
    assert responses["AVISITN"][visits].tolist() == [1.0, 2.0, 3.0, 4.0, 1.0]
    assert responses["LINE"][visits].tolist() == [1.0, 1.0, 1.0, 2.0, 1.0]
    assert responses["AVALC"][~visits].tolist() == ["PR", "NE", "NE", "SD", "NE", "NE"]
    assert responses["AVAL"][~visits].tolist() == [2.0, 6.0, 6.0, 3.0, 6.0, 6.0]  # CR is 1


def test_sizes_are_told_against_the_baseline_and_the_smallest_before() -> None:
    """By hand: 80 falls to 40 (-50 %), rises to 44 (+10 % of 40) and 60 (+50 % of 40); the second line is left out."""
    sizes = made()["ADTR"]
    assert sizes["AVAL"].tolist() == [80.0, 40.0, 44.0, 60.0, 30.0, 33.0]
    assert sizes["ABLFL"].tolist() == ["Y", "", "", "", "Y", ""]
    assert sizes["BASE"].tolist() == [80.0] * 4 + [30.0] * 2
    np.testing.assert_allclose(sizes["PCHG"], [np.nan, -50.0, -45.0, -25.0, np.nan, 10.0])
    np.testing.assert_allclose(sizes["PCHGN"], [np.nan, -50.0, 10.0, 50.0, np.nan, 10.0])
    assert sizes["NADIR"].tolist() == [80.0, 80.0, 40.0, 40.0, 30.0, 30.0]


@pytest.mark.parametrize("variable", ["STUDYID", "USUBJID"])
def test_every_table_can_be_joined_with_subjects(variable: str) -> None:
    known = set(made()["ADSL"][variable].tolist())
    assert all(set(columns[variable].tolist()) <= known for columns in made().values())
