"""What a drug raises outlasts it, switched off: signals that fade with a half-life of their own."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.medicine.drug import Agent, Distribution
from seedsoil.biology.patient import Patient
from seedsoil.biology.signals import SIGNALS
from seedsoil.catalogue.load import entry
from seedsoil.experiment.protocol import Course
from seedsoil.experiment.signalling import raised
from seedsoil.experiment.timeline import build_programme
from tests.courses import as_ordered
from tests.properties.plain import agent, made, with_numbers


def _opener(half_life: float | None) -> Agent:
    """An agent whose level is gone within a day, and which raises conditioning by 1."""
    drug = agent("opener", raises={"conditioning": (0.1, 1.0, 1.0)})
    lasting = (
        tuple(with_numbers(effect, fading_half_life=half_life) for effect in drug.raises) if half_life else drug.raises
    )
    quick = made(Distribution, clearance=5.0, volume=1.0)
    return drug.model_copy(update={"raises": lasting, "distribution": quick})


@pytest.mark.parametrize("pieces", [1, 7, 40])
def test_what_a_drug_raises_follows_and_fades_as_the_equation_says(pieces: int) -> None:
    """Three days of 1 and five of none, however cut, against y' = k (c - y) in closed form: catches 1e-9."""
    rate, drug = np.log(2.0) / 2.0, _opener(2.0)
    edges = np.concatenate([np.linspace(0.0, 3.0, pieces + 1), np.linspace(3.0, 8.0, 3 * pieces + 1)[1:]])
    days = np.diff(edges)
    plasma = np.where(edges[:-1] < 3.0, 1e12, 0.0)[:, None, None] * np.ones((1, 1, 3))
    found = raised([drug], plasma, days)["conditioning"]
    # The area under the solution up to each edge.
    after = np.maximum(0.0, edges - 3.0)
    grown = np.minimum(edges, 3.0)
    area = (
        grown
        + (np.exp(-rate * grown) - 1.0) / rate
        + (1.0 - np.exp(-3.0 * rate)) * (1.0 - np.exp(-rate * after)) / rate
    )
    assert found == pytest.approx(np.repeat((np.diff(area) / days)[:, None], 3, axis=1), rel=1e-9)
    assert (
        raised([drug], plasma)["conditioning"].tobytes()
        == raised([_opener(None)], plasma, days)["conditioning"].tobytes()
    )


def test_conditioning_outlasts_the_drug_for_days_and_not_for_ever() -> None:
    """Two half-lives after the last of ten daily doses a quarter of the last level is there; off, or with no such half-life, none.

    Catches pieces that end with the drug, and a lag that is switched on for all agents.
    """
    person = Patient(tumour=entry("tumours", "b16_f10"), host=entry("hosts", "mouse"))
    place = SIGNALS.index("conditioning")

    def on(half_life: float | None, days: tuple[float, ...], *without: str) -> list[float]:
        drug = _opener(half_life)
        course = Course(agent="opener", amount_mg=1.0, route="iv", start=0.0, every=1.0, times=10)
        told = build_programme([as_ordered(drug, course, 60.0)], [drug], {}, 0.0, 60.0, person, without=without)
        line, found = told.timeline, []
        for day in days:
            inside = np.flatnonzero((line.start <= day) & (line.end > day))
            row = line.condition[inside[0]] if inside.size else 0
            found.append(float(told.conditions[row, place]))
        return found

    last, later, gone = on(2.0, (9.9, 13.4, 40.0))
    assert 0.05 < last < 0.6
    assert later == pytest.approx(last * 2.0 ** (-(13.4 - 9.9) / 2.0), rel=0.25)
    assert gone == 0.0
    assert on(None, (13.4,)) == on(2.0, (13.4,), "lasting effects") == [0.0]
