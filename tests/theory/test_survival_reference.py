"""Survival estimates as R's survival and lifelines print them, on the data that they print them for."""

import csv
import warnings
from fractions import Fraction

import numpy as np
import pytest

from seedsoil.trial.compare import compare_arms, cox_two_groups
from seedsoil.trial.survival import kaplan_meier, log_rank
from tests.reference_data import reference_folder


def _rows(name: str) -> list[dict[str, str]]:
    with (reference_folder("survival") / name).open(newline="") as file:
        return list(csv.DictReader(file))


def _lung() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = _rows("lung.csv")
    return (
        np.array([float(row["time"]) for row in rows]),
        np.array([row["status"] == "1" for row in rows]),
        np.array([row["sex"] == "2" for row in rows]),
    )


def _aml() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = _rows("aml.csv")
    return (
        np.array([float(row["time_weeks"]) for row in rows]),
        np.array([row["event"] == "1" for row in rows]),
        np.array([row["arm"] == "maintained" for row in rows]),
    )


@pytest.fixture(scope="module")
def lifelines():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifelines as library
        import lifelines.statistics
    return library


def test_medians_and_limits_by_performance_status_as_r_prints_them() -> None:
    """n, deaths, median and both limits to the day. Catches a median one death early or late, and log for log-log."""
    rows = _rows("lung.csv")
    for case in _rows("lung_expected_km_by_ecog.csv"):
        group = [row for row in rows if row["ph.ecog"] and float(row["ph.ecog"]) == float(case["ph_ecog"])]
        curve = kaplan_meier(
            [float(row["time"]) for row in group], [row["status"] == "1" for row in group], transform="log"
        )
        assert len(group) == int(case["n"])
        assert curve.events.sum() == int(case["events"])
        assert curve.median == float(case["median_days"])
        for limit, expected in zip(curve.median_interval, (case["lcl95_log"], case["ucl95_log"]), strict=True):
            assert np.isnan(limit) if not expected else limit == float(expected)


def test_left_truncated_data_give_the_exact_fractions() -> None:
    """At risk, deaths and survival as exact fractions (1e-15). Catches an entry counted one time too early."""
    rows = _rows("left_truncated_test2.csv")
    curve = kaplan_meier(
        [float(row["stop"]) for row in rows],
        [row["event"] == "1" for row in rows],
        entry=[float(row["start"]) for row in rows],
    )
    for case in _rows("left_truncated_test2_expected.csv"):
        when = float(case["time"])
        at = int(np.flatnonzero(curve.days == when)[0])
        assert curve.at_risk(when)[0] == curve.risk[at] == int(case["n_risk"])
        assert curve.events[at] == int(case["n_event"])
        assert curve.fraction[at] == pytest.approx(float(Fraction(case["km_survival"])), abs=1e-15)


def test_log_rank_statistics_to_the_digits_given() -> None:
    """Lung by sex 10.3267, p 0.00131; aml 3.3964, p 0.0653. Catches a variance without the tie correction."""
    time, event, women = _lung()
    test = log_rank([time[women], time[~women]], [event[women], event[~women]])
    assert test.statistic == pytest.approx(10.3267, abs=5e-5)
    assert test.p == pytest.approx(0.00131, abs=5e-6)
    time, event, maintained = _aml()
    test = log_rank([time[maintained], time[~maintained]], [event[maintained], event[~maintained]])
    assert test.statistic == pytest.approx(3.3964, abs=5e-5)
    assert test.p == pytest.approx(0.0653, abs=5e-5)


def test_hazard_ratio_of_lung_as_r_prints_it() -> None:
    """coxph(Surv(time, status) ~ sex, lung) prints 0.588 (0.4237, 0.816), p = 0.00149. Catches Breslow for Efron only on aml."""
    time, event, women = _lung()
    found = compare_arms(time[women], event[women], time[~women], event[~women])
    assert found.hazard_ratio == pytest.approx(0.5880, abs=5e-5)
    assert found.low == pytest.approx(0.4237, abs=5e-5)
    assert found.high == pytest.approx(0.816, abs=5e-4)
    assert found.p == pytest.approx(0.00149, abs=5e-6)


@pytest.mark.parametrize("data", ["lung", "aml", "ties"])
def test_cox_agrees_with_lifelines(lifelines, data: str) -> None:
    """Log ratio and its error within 1e-5 of lifelines (which stops at 1e-6). With heavy ties, Breslow's formula is off by 0.03."""
    import pandas as pd

    rng = np.random.default_rng(3)
    ties = (rng.integers(1, 8, 90).astype(float), rng.random(90) < 0.8, np.arange(90) % 3 == 0)
    time, event, group = {"lung": _lung, "aml": _aml, "ties": lambda: ties}[data]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pd.DataFrame({"time": time, "event": event, "group": group.astype(float)})
        fitted = lifelines.CoxPHFitter().fit(frame, "time", "event")
    found = cox_two_groups(time, event, group)
    assert found.log_ratio == pytest.approx(float(fitted.params_["group"]), abs=1e-5)
    assert found.error == pytest.approx(float(fitted.standard_errors_["group"]), abs=1e-5)


def test_curve_band_and_restricted_mean_agree_with_lifelines(lifelines) -> None:
    """Fractions and log(-log) band to 1e-12; restricted mean to 1e-9 days. Catches a Greenwood sum shifted by one."""
    time, event, _ = _lung()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = lifelines.KaplanMeierFitter().fit(time, event)
        mean = lifelines.utils.restricted_mean_survival_time(fitted, t=700)
    curve = kaplan_meier(time, event)
    np.testing.assert_allclose(curve.fraction, fitted.survival_function_.to_numpy()[:, 0], atol=1e-12)
    band = fitted.confidence_interval_.to_numpy()
    np.testing.assert_allclose(curve.low[:-1], band[:-1, 0], atol=1e-12)
    np.testing.assert_allclose(curve.high[:-1], band[:-1, 1], atol=1e-12)
    assert curve.restricted_mean(700.0)[0] == pytest.approx(float(mean), abs=1e-6)


def test_log_rank_of_four_groups_agrees_with_lifelines(lifelines) -> None:
    """Statistic to 1e-9 and p to 1e-12 for four groups of unequal size with ties."""
    rng = np.random.default_rng(8)
    group = rng.integers(0, 4, 200)
    time, event = np.ceil(rng.exponential(20.0 + 10.0 * group)), rng.random(200) < 0.7
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = lifelines.statistics.multivariate_logrank_test(time, group, event)
    found = log_rank([time[group == g] for g in range(4)], [event[group == g] for g in range(4)])
    assert found.freedom == 3
    assert found.statistic == pytest.approx(float(expected.test_statistic), abs=1e-9)
    assert found.p == pytest.approx(float(expected.p_value), abs=1e-12)
