"""How patients differ: each law keeps the mean, has the spread that is asked for, and stays within the number's range."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.trial.plan import LAWS, Spread, virtual_patient
from seedsoil.trial.study.file import Study

_TEXT = """
[study]
title = "Patients who differ"
patients = 10
seed = 5
until = "1 year"
[tumour]
is = "breast_er_positive"
early_loss_rate = "4 /day"
[host]
is = "adult"
[diagnosis]
primary_diameter = "20 mm"
[arms.none]
do = []
[vary]
"tumour.early_loss_rate" = {{ cv = {cv}, law = "{law}" }}
"""


@pytest.mark.parametrize("law", LAWS)
def test_a_law_keeps_the_mean_and_has_the_spread_asked_for(law):
    """Smallest error caught: a mean or a standard deviation off by a fiftieth (six standard errors of 90,000 draws)."""
    factors = np.array([Spread(0.4, law).factor(luck) for luck in np.random.default_rng(1).standard_normal(90_000)])
    assert factors.mean() == pytest.approx(1.0, abs=6 * 0.4 / 300)
    assert factors.std() == pytest.approx(0.4, rel=0.03)


@pytest.mark.parametrize(("law", "skew"), [("lognormal", 1.26), ("normal", 0.0)])
def test_laws_differ_in_their_shape(law, skew):
    """Smallest error caught: one law taken for the other. A lognormal of cv 0.4 has the skewness 3 cv + cv**3 = 1.26."""
    factors = np.array([Spread(0.4, law).factor(luck) for luck in np.random.default_rng(2).standard_normal(90_000)])
    standard = (factors - factors.mean()) / factors.std()
    assert (standard**3).mean() == pytest.approx(skew, abs=0.15)


def test_a_normal_number_stays_within_its_range():
    """Smallest error caught: a rate below the least that its range allows, or above the most."""
    plan = Study.read(_TEXT.format(cv=2, law="normal")).plan()
    value = plan.patient.tumour.early_loss_rate
    rates = [float(virtual_patient(plan, number).tumour.early_loss_rate) for number in range(200)]
    assert min(rates) == value.low
    assert max(rates) == value.high


def test_the_law_is_written_out_where_it_is_not_the_usual_one():
    """Smallest error caught: a resolved study that forgets the law, and so would give other patients."""
    normal, usual = (Study.read(_TEXT.format(cv=0.4, law=law)) for law in ("normal", "lognormal"))
    assert '"tumour.early_loss_rate" = { cv = 0.4, law = "normal" }' in normal.resolve()
    assert "law =" not in usual.resolve()
    assert Study.read(normal.resolve()).vary == normal.vary
