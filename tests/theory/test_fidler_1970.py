"""Fidler 1970 at the bench: labelled B16 cells in a vein of mice, by the catalogue's numbers; hits and misses both stated.

Published: the lung holds most label at every time; about 1 % of the cells alive after a day (0.5 to 2); 400 (250 to 600) in
the lung after two weeks; 78 (40 to 130) lung colonies. The files of evidence have the rows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from seedsoil.biology.patient import Patient
from seedsoil.catalogue.load import entry
from seedsoil.experiment.grow import Diagnosis
from seedsoil.experiment.orders.sampling.looks import Count
from seedsoil.experiment.protocol import Inject, Protocol
from seedsoil.trial.runner.patients import run_patients
from tests.properties.examples import plan_of

MICE, CELLS = 10, 1e5
TIMES = (2.0 / 1440, 10.0 / 1440, 1.0 / 24, 1.0, 3.0, 7.0, 14.0)
#: A colony of 200 cells is 0.07 mm across.
SEEN_BY_MICROSCOPE, SEEN_BY_EYE = 0.05, 0.2


@lru_cache
def _counts() -> dict[str, Any]:
    arm = Protocol(
        injections=(Inject(CELLS, "veins", 0.0),),
        counts=(Count("label", TIMES), Count("colonies", (14.0,), SEEN_BY_MICROSCOPE), Count("colonies", (14.0,), SEEN_BY_EYE)),
    )  # fmt: skip
    who = Patient(tumour=entry("tumours", "b16_melanoma"), host=entry("hosts", "mouse"))
    plan = plan_of({"iv": arm}, patient=who, diagnosis=Diagnosis(0.0), until_days=15.0, patients=MICE, seed=1970)
    return run_patients(plan, 0, MICE)["counts"]


def _label(day: float, site: str = "") -> float:
    """Cells' worth of label of a mouse, on average."""
    table = _counts()
    chosen = (table["what"] == "label") & np.isclose(table["day"], day)
    if site:
        chosen &= table["site"] == site
    return float(table["number"][chosen].sum()) / MICE


def _lung_colonies() -> tuple[float, float]:
    """Mean lung colonies of a mouse by microscope and by eye."""
    table = _counts()
    chosen = (table["what"] == "colonies") & (table["site"] == "lung")
    by_mouse = table["number"][chosen].reshape(MICE, 2)
    return float(by_mouse[:, 0].mean()), float(by_mouse[:, 1].mean())


def test_the_lung_holds_most_at_every_time() -> None:
    """Met, half of it or more: catches cells that arrest elsewhere, or live longer there. The mouse's liver spares those that come to it (Luzzi 1998)."""
    for day in TIMES[:-1]:
        assert _label(day, "lung") > 0.5 * _label(day)
    assert _label(TIMES[-1], "lung") > 0.0


def test_one_cell_in_a_hundred_is_left_after_a_day() -> None:
    """Met: 0.5 to 2 % of what was injected, and nearly all of what arrested after ten minutes."""
    assert _label(TIMES[1]) > 0.95 * _label(TIMES[0]) > 0.7 * CELLS
    assert 0.005 * CELLS < _label(1.0) < 0.02 * CELLS


def test_colonies_are_as_many_as_published_but_small() -> None:
    """Number met (40 to 130 a mouse, founders that have grown to 65 cells or more); size missed: none is seen by eye."""
    small, large = _lung_colonies()
    assert 40.0 < small < 130.0
    assert large < 5.0, "the lines would grow fast enough by now: tell the page of instruments that this miss is gone"


def test_too_little_label_is_left_after_two_weeks() -> None:
    """Missed: 400 cells were published and a few are left, for at 0.47 deaths a day a label lasts two days.

    The same rate makes colonies slow. Fails once the catalogue's B16 keeps its label: then the page has to say so.
    """
    assert _label(3.0, "lung") > _label(7.0, "lung") > _label(14.0, "lung")
    assert 0.0 < _label(14.0, "lung") < 40.0
