"""Metamorphic relations of the laws: populations, drugs and units changed at the door (ids of `relations.py`)."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seedsoil as ss
from seedsoil.biology.medicine.kinetics import Dose, Exponentials
from seedsoil.body.state import ARRIVED, CELLS, LESIONS, SITE, STEP_DAYS
from tests.properties.examples import follow, lesion_of
from tests.properties.plain import AT, agent, compiled, host, host_cells, lived, mechanism, seeded, who
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


def test_m10_more_shedding_is_earlier() -> None:
    """Four times the shedding, the first founder comes earlier: by six errors of the mean of 300 patients, and as its law says.

    With n founders expected in a week, evenly, the first comes after 7 (1 - exp(-n)) / n days, a week at most: within six
    errors and 5 % (the week's growth). Catches founders that all come at a step's end.
    """
    means, errors = [], []
    for rate in (2e-6, 8e-6):
        model, runs = compiled(who(shedding_rate=rate)), 300
        founders, first = 0, np.full(runs, STEP_DAYS)
        for seed in range(runs):
            start = lesion_of(model, AT["skin"], 1e8, vessels=(1.5, 0.6))
            state, _ = follow(model, start, STEP_DAYS, seed=seed)
            days = state.lesion[1 : state.count[LESIONS], ARRIVED]
            founders += days.size
            first[seed] = days.min(initial=STEP_DAYS)
        expected = founders / runs
        means.append(first.mean())
        errors.append(first.std() / np.sqrt(runs))
        assert abs(means[-1] - STEP_DAYS * -np.expm1(-expected) / expected) < 6.0 * errors[-1] + 0.05 * STEP_DAYS
    assert means[0] - means[1] > 6.0 * np.hypot(*errors)


def test_m04_sites_in_another_order() -> None:
    """A body whose sites, ways and tissues are told backwards: every table of the engine turned round, to 1e-12 of its size.

    Sums run the other way, so that rounding differs, and with it which founder goes where; a lesion that seeds nothing has
    the same bytes. Catches a law that knows a site by its number.
    """
    body, turned = host(host_cells()), _backwards(host(host_cells()))
    one, other = (compiled(who(each, founder_variation=0.2), vegf=2.0) for each in (body, turned))
    order = [turned.anatomy.index(site.name) for site in body.anatomy.sites]
    assert order == [5, 4, 3, 2, 1, 0]
    for name, axes in (
        ("site", (1,)),
        ("fitness", (1,)),
        ("emission", (1, 2)),
        ("emission_total", (2,)),
        ("favour", (1,)),
        ("landing", (1, 2)),
    ):
        turned_back = getattr(other, name)
        for axis in axes:
            turned_back = np.take(turned_back, order, axis=axis)
        assert np.allclose(getattr(one, name), turned_back, rtol=1e-12, atol=0.0, equal_nan=True), name
    rows = []
    for each in (body, turned):
        model = compiled(who(each), ("metastasis",))
        rows.append(follow(model, lesion_of(model, each.anatomy.index("liver"), 1e6), 56.0)[1])
        rows[-1][:, SITE] = 0.0
    assert rows[0].tobytes() == rows[1].tobytes()


def _backwards(body: Any) -> Any:
    anatomy = body.anatomy.model_copy(
        update={name: tuple(reversed(getattr(body.anatomy, name))) for name in ("sites", "vessels")}
    )
    return body.model_copy(update={"anatomy": anatomy, "soils": tuple(reversed(body.soils))})


def test_m03_m04_mechanisms_unused_and_permuted() -> None:
    """A mechanism that no cell ever has, told last, changes no byte of a lesion; two told the other way round make the clones that they made.

    Catches a clone that is known by the number of its kind, and luck that is drawn for what cannot happen.
    """
    pump, sleep, none = mechanism("pump", 1e-3), mechanism("sleep", 2e-4, reversal_rate=0.05), mechanism("never")
    found = []
    for mechanisms in ((pump, sleep), (pump, sleep, none)):
        model = compiled(who(mechanisms=mechanisms), ("metastasis", "instability", "competence"))
        state, rows = follow(model, lesion_of(model, AT["skin"], 5e4, vessels=(1.0, 1.0)), 84.0)
        used = int(state.used[0])
        assert used > 3
        found.append((rows.tobytes(), state.cells[0, :used].tobytes(), state.kind[0, :used].tobytes()))
    assert found[0] == found[1]
    shares = []
    for mechanisms, bits in (((pump, sleep), (1, 2)), ((sleep, pump), (2, 1))):
        model = compiled(who(mechanisms=mechanisms), ("metastasis", "instability", "competence", "hypoxia"))
        state, _ = follow(model, lesion_of(model, AT["skin"], 1e9), 84.0)
        cells, masks = state.cells[0, : state.used[0]], model.mask[state.kind[0, : state.used[0]]]
        shares.append([cells[masks == bit].sum() / cells.sum() for bit in bits])
    assert min(shares[0]) > 1e-5
    assert shares[0] == pytest.approx(shares[1], rel=0.02)


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
    """The plan of the shipped study with a quantity written otherwise: each number to nine units in its last place (2e-15).

    Catches a factor that is off, and a unit that is rounded on the way; one unit, as of a product, is let pass.
    """
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
