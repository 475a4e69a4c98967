"""Metamorphic relations of the laws: populations, drugs and units changed at the door (ids of `relations.py`)."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import seedsoil as ss
from seedsoil.biology.medicine.kinetics import Dose, Exponentials
from seedsoil.body.state import CELLS
from tests.properties.plain import agent, lived, mechanism, seeded, who
from tests.properties.relations import RELATIONS

_TESTS = Path(__file__).parents[1]
_STUDY = (Path(ss.__file__).parent / "studies" / "demo.toml").read_text(encoding="utf-8")


def test_every_relation_has_its_test_or_a_reason() -> None:
    """M01 to M26, each with a function that exists: catches one that is renamed away, and one left out."""
    assert list(RELATIONS) == [f"M{number:02d}" for number in range(1, 27)]
    for name, (says, held, why) in RELATIONS.items():
        assert says, name
        assert bool(held) != bool(why), f"{name} needs a test, or a reason why it has none"
        for node in held:
            file, _, function = node.partition("::")
            assert re.search(rf"^def {function}\(", (_TESTS / file).read_text(encoding="utf-8"), re.MULTILINE), node


def test_the_page_has_every_relation() -> None:
    """The table of the page is the list of the tests: catches a page that is not renewed."""
    page = (_TESTS.parent / "docs" / "understand" / "relations.md").read_text(encoding="utf-8")
    rows = [f"| {name} | {says} | {_where(held, why)} |" for name, (says, held, why) in RELATIONS.items()]
    assert [line for line in page.splitlines() if line.startswith("| M")] == rows


def _where(held: tuple[str, ...], why: str) -> str:
    return why or ", ".join(f"`{node.split('::')[1]}`" for node in held)


def test_m07_two_half_doses() -> None:
    """At one time, by any route, to 1e-13 of the level: catches a dose that hides another of the same day."""
    body = Exponentials.two_compartment(2.0, 10.0, 3.0, 20.0).absorbed(4.0)
    days = np.linspace(0.0, 20.0, 101)
    for shape in ({}, {"duration": 0.5}, {"rate": 40.0}, {"every": 2.0, "additional": 3}):
        half = {**shape, "rate": shape["rate"] / 2.0} if "rate" in shape else shape
        one = ss.concentration(body, [Dose(1.0, 100.0, **shape)], days)
        two = ss.concentration(body, [Dose(1.0, 50.0, **half), Dose(1.0, 50.0, **half)], days)
        assert np.allclose(one, two, rtol=1e-13, atol=1e-13)


def test_m08_m14_families_add() -> None:
    """20 founders, two clones of 10, and 20 lone ones: mean, variance and share extinct within 6 errors (3 % of each)."""
    law = {"segments": [(0.4, 0.3, 15.0)], "times": [15.0], "runs": 20_000}
    whole = ss.sample_population(20, **law, seed=1)[:, 0].astype(float)
    halves = sum(ss.sample_population(10, **law, seed=seed)[:, 0].astype(float) for seed in (2, 3))
    singles = (
        ss.sample_population(1, **(law | {"runs": 400_000}), seed=4)[:, 0].astype(float).reshape(20_000, 20).sum(1)
    )
    for parts in (halves, singles):
        error = np.sqrt((whole.var() + parts.var()) / 20_000)
        assert abs(whole.mean() - parts.mean()) < 6.0 * error
        assert abs(np.log(whole.var() / parts.var())) < 6.0 * 2.0 * np.sqrt(2.0 / 20_000)
        gone = [(each == 0).mean() for each in (whole, parts)]
        assert abs(gone[0] - gone[1]) < 6.0 * np.sqrt(2.0 * gone[0] * (1.0 - gone[0]) / 20_000)


def test_m09_twice_the_effect() -> None:
    """Twice the kill never leaves more cells on any day of eight weeks: catches a drug that helps at some level."""
    rows = [
        lived(who(), [(56.0, {"drug": 1.0})], [agent("drug", kill=(kill, 1.0, 1.0, 0.0))])[:, CELLS]
        for kill in (0.0, 0.02, 0.04, 0.08)
    ]
    for weaker, stronger in pairwise(rows):
        assert (stronger < weaker).all()


def test_m10_more_shedding() -> None:
    """Four times the shedding, about four times the founders of a week: catches shedding that saturates, or none."""
    few, many = (len(seeded(who(shedding_rate=rate))) for rate in (1e-4, 4e-4))
    assert few > 50
    assert abs(many / few - 4.0) < 6.0 * 4.0 * np.sqrt(1.0 / few + 1.0 / many)


def test_m12_another_clock() -> None:
    """Rates times two and times by two: the same bytes of 1,000 histories, for powers of two round nothing."""
    one = ss.sample_population(
        50, [(0.375, 0.25, 8.0), (0.25, 0.5, 8.0)], immigration=0.5, times=[4.0, 8.0, 16.0], runs=1000, seed=7
    )
    two = ss.sample_population(
        50, [(0.75, 0.5, 4.0), (0.5, 1.0, 4.0)], immigration=1.0, times=[2.0, 4.0, 8.0], runs=1000, seed=7
    )
    assert one.tobytes() == two.tobytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"400 mg/m^2"', '"0.4 g/m^2"'), ('"5 mg/kg"', '"5000 ug/kg"'), ('"35 mm"', '"3.5 cm"'), ('"14 days"', '"2 weeks"'),
        ('"42 days"', '"1008 hours"'), ('"10 years"', '"120 months"'), ('"14 days", times', '"336 h", times'),
    ],
)  # fmt: skip
def test_m13_other_units(one: str, other: str) -> None:
    """The plan of the shipped study with a quantity written otherwise: the same to 1e-15; catches a factor that is off."""
    assert _STUDY.count(one) >= 1
    before, after = (ss.Study.read(text).plan() for text in (_STUDY, _STUDY.replace(one, other)))
    number = re.compile(r"[0-9]+\.?[0-9]*(?:e[+-]?[0-9]+)?")
    assert number.sub("#", repr(before)) == number.sub("#", repr(after))
    for left, right in zip(*(number.findall(repr(each)) for each in (before, after)), strict=True):
        assert abs(float(left) - float(right)) <= 2e-15 * abs(float(left))


def test_m17_no_drug_is_lost() -> None:
    """Dose = volume times level + clearance times area, on any day, to 1e-10: catches a leak or a source."""
    clearance, volume = 2.0, 10.0
    body = Exponentials.one_compartment(clearance, volume)
    for end in (0.5, 3.0, 20.0):
        knots, weights = np.polynomial.legendre.leggauss(60)
        days, share = 0.5 * end * (knots + 1.0), 0.5 * end * weights
        level = ss.concentration(body, [Dose(0.0, 100.0)], [*days, end])
        present, gone = volume * level[-1], clearance * float(share @ level[:-1])
        assert abs(present + gone - 100.0) < 1e-8


def test_m20_all_resist() -> None:
    """A clone that resists a billion-fold under a drug that would melt it: the control to 1e-6; without it, far less."""
    person = who(mechanisms=(mechanism("pump"),))
    drug = [agent("drug", kill=(0.5, 1.0, 1.0, 0.0), pump=1e9)]
    control, resistant, bare = (
        lived(person, [(28.0, {"drug": level})], drug, kind=kind)[-1, CELLS]
        for level, kind in ((0.0, 2), (1.0, 2), (1.0, 0))
    )
    assert abs(resistant / control - 1.0) < 1e-6
    assert bare < 0.01 * control


def test_m21_critical() -> None:
    """Births as frequent as deaths: the mean of 20,000 runs stays 100 within 6 errors (2 %)."""
    cells = ss.sample_population(100, [(0.3, 0.3, 30.0)], times=[5.0, 30.0], runs=20_000, seed=9).astype(float)
    assert (abs(cells.mean(0) - 100.0) < 6.0 * cells.std(0) / np.sqrt(20_000)).all()
