"""Levels of an agent's courses: superposed where the body is linear, one body where it can be full, in any host."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.medicine.kinetics import concentration
from seedsoil.biology.medicine.saturable import Followed
from seedsoil.biology.patient import Patient
from seedsoil.catalogue.load import entry
from seedsoil.experiment.orders.given import Given
from seedsoil.experiment.protocol import Course
from seedsoil.experiment.timeline import build_programme, levels, response, saturable
from seedsoil.foundation.kept import Kept
from tests.courses import as_ordered

TIMES = np.linspace(0.0, 9.0, 901)


def _given(name: str, amount: float, **changes: Any) -> Given:
    fields: dict[str, Any] = {"agent": name, "amount_mg": amount, "route": "iv", "start": 0.0, "every": 2.0, "times": 3}
    return as_ordered(entry("agents", name), Course(**(fields | changes)), 30.0)


def test_courses_of_a_linear_agent_add() -> None:
    """Bit for bit what each leaves alone: catches courses that were joined where they need not be."""
    one, other = _given("docetaxel", 100.0), _given("docetaxel", 40.0, start=0.01)
    alone = [levels([each], TIMES, None)[0] for each in (one, other)]
    assert levels([one, other], TIMES, None)[0].tobytes() == (alone[0] + alone[1]).tobytes()


def test_courses_of_a_saturable_agent_share_a_body() -> None:
    """Two courses, a vein and the liver's artery, are one body under all their doses: catches superposition (off by a
    half), a dose out of order, and first passage left out.
    """
    vein = _given("fluorouracil", 900.0)
    liver = _given("fluorouracil", 900.0, start=0.005, route="hepatic_artery")
    drug = entry("agents", "fluorouracil")
    body = Followed(saturable(drug))
    for day in (0.0, 2.0, 4.0):
        body.give(day, 900.0)
        body.give(day + 0.005, 900.0 * (1.0 - float(drug.distribution.first_pass_extraction)))
    body.advance(np.inf)
    rest, above = levels([vein, liver], TIMES, 600.0)
    assert rest == pytest.approx(body.read(TIMES)[1], rel=1e-12)
    assert rest.tobytes() == levels([liver, vein], TIMES, 600.0)[0].tobytes()
    assert above.tobytes() == levels([liver], TIMES, 600.0)[1].tobytes()
    superposed = sum(levels([each], TIMES, 600.0)[0] for each in (vein, liver))
    assert rest.max() > 1.2 * superposed.max()


@pytest.mark.parametrize("weight", [0.022, 70.0, 110.0])
@pytest.mark.parametrize("name", ["fluorouracil", "paclitaxel", "cetuximab"])
def test_small_doses_meet_the_linear_answer_in_any_host(name: str, weight: float) -> None:
    """To 1e-8 of the peak: catches a number that is scaled by weight on one side alone."""
    given = _given(name, 1e-9 * weight)
    found, _ = levels([given], TIMES, None, weight)
    linear = concentration(response(given.agent, "iv", weight=weight), given.doses(), TIMES)
    assert np.abs(found - linear).max() < 1e-8 * linear.max()


def test_by_mouth_the_depot_empties_into_a_body_that_can_be_full() -> None:
    """A drug by mouth whose enzyme is made to saturate: small doses are the linear answer, large ones are more than that."""
    drug = entry("agents", "erlotinib")
    clearance = float(drug.distribution.clearance)
    quantity = {"grade": "assumed", "source": "assumed"}
    law = drug.distribution.model_dump() | {
        "clearance": None,
        "maximum_elimination": {"value": 2.0 * clearance, "unit": "mg/day", **quantity},
        "half_elimination": {"value": 2.0, "unit": "mg/L", **quantity},
    }
    filled = type(drug).model_validate(drug.model_dump() | {"distribution": law})
    for amount, share in ((1e-6, 1.0), (3000.0, 1.3)):
        course = Course("erlotinib", amount, "oral", 0.0, 2.0, 3)
        found, linear = (levels([as_ordered(each, course, 30.0)], TIMES, None)[0] for each in (filled, drug))
        assert (
            found.max() == pytest.approx(linear.max(), rel=1e-6) if share == 1.0 else found.max() > share * linear.max()
        )


def test_a_drug_is_followed_until_the_enzyme_has_caught_up() -> None:
    """100 g of fluorouracil keep the enzyme busy for three days beyond the usual ten half-lives: catches an end too soon."""
    person = Patient(tumour=entry("tumours", "colon_adenocarcinoma"), host=entry("hosts", "adult"))
    drug = entry("agents", "fluorouracil")
    ends = {}
    for amount in (700.0, 1e5):
        programme = build_programme([_given("fluorouracil", amount, times=1)], [drug], {}, 0.0, 100.0, person)
        ends[amount] = float(programme.timeline.end.max())
    assert ends[1e5] - ends[700.0] == pytest.approx((1e5 - 700.0) / 33360.0, rel=1e-6)


def test_programmes_are_kept_apart_by_all_that_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte what each question gets when it is asked alone: catches a dose, a host, a wound or a mechanism that
    is left out of what programmes are kept by, and an answer that a patient with another day of diagnosis has moved.
    """
    person = Patient(tumour=entry("tumours", "colon_adenocarcinoma"), host=entry("hosts", "adult"))
    weight = person.host.weight.model_copy(update={"number": 50.0})
    light = Patient.model_construct(tumour=person.tumour, host=person.host.model_copy(update={"weight": weight}))
    silent = person.tumour.model_copy(update={"dialogue": None})
    alone = Patient.model_construct(tumour=silent, host=person.host)
    given = [_given("paclitaxel", 50.0)]
    asked: list[tuple[Any, ...]] = [
        (given, 700.0, 60.0, person, (3.0,), ()),
        ([_given("paclitaxel", 60.0)], 700.0, 60.0, person, (3.0,), ()),
        ([_given("paclitaxel", 50.0, start=1.0)], 700.0, 60.0, person, (3.0,), ()),
        (given, 1407.0, 60.0, person, (3.0,), ()),
        (given, 703.5, 60.0, person, (3.0,), ()),
        (given, 700.0, 10.0, person, (3.0,), ()),
        (given, 700.0, 60.0, light, (3.0,), ()),
        (given, 700.0, 60.0, alone, (3.0,), ()),
        (given, 700.0, 60.0, person, (3.0, 5.0), ()),
        (given, 700.0, 60.0, person, (3.0,), ("wound repair",)),
    ]

    def told(courses: list[Given], *question: Any) -> bytes:
        found = build_programme(courses, [one.agent for one in courses], {}, *question)
        return b"".join(array.tobytes() for array in (*found.timeline, found.conditions, found.shut))

    for _ in range(2):
        together = [told(*question) for question in asked]
    monkeypatch.setattr("seedsoil.experiment.timeline._recent", Kept(1))
    assert together == [told(*question) for question in asked]
    assert len(set(together)) == len(asked)
