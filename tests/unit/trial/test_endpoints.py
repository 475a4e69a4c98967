"""Endpoints from a small cohort in which each answer can be counted by hand."""

import math

import numpy as np
import pytest

from seedsoil.foundation.errors import StudyError
from seedsoil.trial.endpoints import (
    causes_of_death,
    event_times,
    lesion_count,
    lesions_by_site,
    response_rate,
    wilson,
)

nan = math.nan
patients = {
    "patient": np.array([0, 1, 2, 3, 0, 1], dtype=np.int32),
    "arm": np.array(["a", "a", "a", "a", "b", "b"], dtype=object),
    "alive": np.array([False, False, True, True, True, True]),
    "end_day": np.array([100.0, 200.0, 3650.0, 3650.0, 3650.0, 3650.0]),
    "cause": np.array(["liver burden", "other causes", "", "", "", ""], dtype=object),
    "progressed": np.array([True, False, True, False, False, False]),
    "progression_day": np.array([40.0, nan, 300.0, nan, nan, nan]),
    "response": np.array(["PR", "NE", "CR", "SD", "NE", "NE"], dtype=object),
    "metastases_at_diagnosis": np.array([4, 0, 2, 0, 0, 0], dtype=np.int32),
    "visible_at_diagnosis": np.array([1, 0, 0, 0, 0, 0], dtype=np.int32),
    "lesions_ever": np.array([6, 0, 2, 0, 0, 0], dtype=np.int32),
}
lesions = {
    "patient": np.array([0, 0, 0, 2, 0], dtype=np.int32),
    "arm": np.array(["a", "a", "a", "a", "b"], dtype=object),
    "site": np.array(["colon", "liver", "liver", "lung", "liver"], dtype=object),
    "parent": np.array([-1, 0, 1, 0, 0], dtype=np.int32),
    "detected_day": np.array([0.0, 10.0, nan, nan, 5.0]),
}


def test_overall_survival_is_death_of_any_cause():
    time, event = event_times(patients, "a")
    assert time.tolist() == [100, 200, 3650, 3650]
    assert event.tolist() == [True, True, False, False]


def test_progression_free_survival_is_the_first_of_progression_and_death():
    time, event = event_times(patients, "a", "progression_free_survival")
    assert time.tolist() == [40, 200, 300, 3650]
    assert event.tolist() == [True, True, True, False]


def test_response_rate_is_of_those_who_could_respond():
    rate = response_rate(patients, "a")
    assert rate.counts == {"CR": 1, "PR": 1, "SD": 1, "NON-CR/NON-PD": 0, "PD": 0, "NE": 1}
    assert (rate.responders, rate.evaluable) == (2, 3)
    assert rate.rate == pytest.approx(2 / 3)
    assert 0.2 < rate.low < 2 / 3 < rate.high < 0.95
    assert math.isnan(response_rate(patients, "b").rate)


def test_causes_of_death_are_counted():
    assert causes_of_death(patients, "a") == {"liver burden": 1, "other causes": 1}
    assert causes_of_death(patients, "b") == {}


def test_lesions_by_site_leave_out_the_primary():
    assert lesions_by_site(lesions, "a") == {"liver": 2, "lung": 1}
    assert lesions_by_site(lesions, "a", detected=True) == {"liver": 1}
    assert lesions_by_site(lesions, "none") == {}


def test_lesions_per_patient():
    count = lesion_count(patients, "a")
    assert (count.at_diagnosis, count.visible_at_diagnosis, count.ever) == (1.5, 0.25, 2.0)
    assert count.share_with_any == 0.5


def test_wilson_known_values_and_edges():
    low, high = wilson(15, 20)
    assert (low, high) == pytest.approx((0.5313, 0.8881), abs=5e-5)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0
    assert all(math.isnan(limit) for limit in wilson(0, 0))


@pytest.mark.parametrize(
    ("arm", "endpoint", "message"),
    [
        ("c", "overall_survival", "no arm 'c'.*Arms: a, b"),
        ("a", "overal_survival", r"no endpoint 'overal_survival'. Did you mean 'overall_survival'\?"),
        ("a", "response", "is not a time to an event"),
    ],
)
def test_what_does_not_exist_is_refused(arm, endpoint, message):
    with pytest.raises(StudyError, match=message):
        event_times(patients, arm, endpoint)


def test_duration_of_response_is_of_those_who_responded():
    """From the first response to progression, death or the end of follow-up: catches days counted from diagnosis."""
    nan = np.nan
    table = {
        "arm": np.array(["a"] * 4, dtype=object),
        "end_day": np.array([400.0, 300.0, 500.0, 200.0]),
        "alive": np.array([True, False, True, False]),
        "progressed": np.array([True, False, False, True]),
        "progression_day": np.array([250.0, nan, nan, 100.0]),
        "response_day": np.array([56.0, 84.0, 112.0, nan]),
        "response": np.array(["PR", "CR", "PR", "PD"], dtype=object),
        "confirmed_response": np.array(["PR", "SD", "PR", "PD"], dtype=object),
    }
    days, event = event_times(table, "a", "duration_of_response")
    assert days.tolist() == [194.0, 216.0, 388.0]
    assert event.tolist() == [True, True, False]
    assert response_rate(table, "a").responders == 3
    assert response_rate(table, "a", confirmed=True).responders == 2
