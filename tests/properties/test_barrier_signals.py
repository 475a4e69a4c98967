"""An antibody before a brain and a liver of the same tumour: signals are held as far as the lesion's own barrier is open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.signals import BEHIND, BLOCKED, RAISED, SIDE, SIGNALS
from seedsoil.body.drugs.barrier import OPENED, opening_of
from seedsoil.body.state import CELLS, OPENINGS
from seedsoil.experiment.signalling import conditions
from tests.properties.examples import ONE_CLONE
from tests.properties.plain import AT, agent, barrier, exposed, host, lived, soil, speed, who

#: Of one wall half open at a quarter of a millimetre, that lets at last pass a quarter of what no shut one does.
PERSON = who(host(brain=soil("brain", barrier=barrier(ceiling=0.25))), division_rate=0.2)
ANTIBODY = agent("antibody", blocks={"egf": 0.05, "igf": 0.05}, passage=0.005)
SMALL = agent("small", blocks={"egf": 0.05, "igf": 0.05}, passage=0.5)
#: The same blockade by an agent that no wall keeps out.
FREE = agent("free", blocks={"egf": 0.05, "igf": 0.05})
#: One clone that lives by its receptors and by nothing else.
OFF = tuple(name for name in (*ONE_CLONE, "hypoxia") if name != "soil matching")
SHUT, BULK = 300.0, 1e8


def _rows(site: str, cells: float, taken: Any, level: float, off: tuple[str, ...] = (), days: float = 14.0) -> Any:
    return lived(PERSON, [(days, {taken.name: level})], [taken], (*OFF, *off), site=site, cells=cells)


@pytest.mark.parametrize(
    ("site", "cells", "taken", "felt"),
    [
        ("brain", SHUT, ANTIBODY, 0.005), ("liver", SHUT, ANTIBODY, 1.0), ("brain", BULK, ANTIBODY, 0.25),
        ("brain", SHUT, SMALL, 0.5), ("brain", BULK, SMALL, 0.5), ("liver", BULK, SMALL, 1.0),
    ],
)  # fmt: skip
def test_the_lesion_fares_as_under_the_level_that_reaches_it(site: str, cells: float, taken: Any, felt: float) -> None:
    """As under so much of an agent that every wall lets in, to the cell: catches one opening, side or agent for another.

    The bulk has a diameter of 6 mm: its barrier is as open as it gets, and lets in less of the small agent than a shut one.
    """
    through, reference = _rows(site, cells, taken, 1.0), _rows(site, cells, FREE, felt)
    assert through.tolist() == reference.tolist()
    if felt < 1.0:
        assert speed(through, cells) > speed(_rows(site, cells, FREE, 1.0), cells) + 2e-4


def test_an_antibody_holds_the_liver_and_not_the_brain_and_a_small_inhibitor_both() -> None:
    """Bulk in liver shrinks under both; in the brain it grows on under the antibody until the wall is off as well."""
    given = ((ANTIBODY, 0.1), (SMALL, 0.3))
    fast = {
        (site, one.name): speed(_rows(site, BULK, one, level)) for site in ("brain", "liver") for one, level in given
    }
    usual = speed(_rows("liver", BULK, ANTIBODY, 0.0))
    assert fast["liver", "small"] < fast["liver", "antibody"] < -0.01
    assert fast["brain", "small"] < -0.01
    assert 0.02 < fast["brain", "antibody"] < 0.6 * usual
    assert speed(_rows("brain", BULK, ANTIBODY, 0.1, ("barrier",))) == fast["liver", "antibody"]


def test_the_effect_comes_as_the_lesion_opens_its_barrier() -> None:
    """From 0.14 to 2 mm under an antibody: at first it grows as untreated, in the end as under a quarter of the level.

    1500 cells tell a week's pace to 0.0044 /day, 1e6 to 0.0002. Catches a wall that never opens, or always is open.
    """
    rows = _rows("brain", 1500.0, ANTIBODY, 0.1, days=280.0)
    pace = np.diff(np.log([1500.0, *rows[:, CELLS]])) / 7.0
    first, last = (speed(_rows("liver", BULK, FREE, level)) for level in (0.0005, 0.025))
    assert first > last + 0.03
    assert pace[0] == pytest.approx(first, abs=0.026)
    assert pace[-5:].mean() == pytest.approx(last, abs=0.002)


@pytest.mark.parametrize("cells", [10.0, 1e3, 5e3, 1e4, 3e4, 1e6])
@pytest.mark.parametrize("openness", [-1.0, 0.0, 2.0])
def test_the_opening_told_apart_is_the_nearest(cells: float, openness: float) -> None:
    """Within a quarter of an octave of the published law, below a 64th shut: catches the power, the cut at one, a rounding."""
    size = (6.0 * cells / (np.pi * 1e6)) ** (1.0 / 3.0)
    passed = min(1.0, 0.25 * np.exp(openness)) / (1.0 + (0.25 / size) ** 6)
    place = opening_of(size, 0.25, 0.25, openness)
    if passed < 2.0**-6.25:
        assert place == 0
    else:
        assert abs(np.log2(OPENED[place] / passed)) <= 0.25 + 1e-12
    assert opening_of(size, 0.25, -1.0, 0.0) == OPENINGS - 1, "no barrier is wide open"
    assert opening_of(size, 0.25, 0.0, 0.0) == 0, "one that never opens is shut"


def test_each_signal_is_felt_on_its_side() -> None:
    """An agent of one signal that nothing lets in holds or raises it for brain lesions if it acts in the blood, else not."""
    assert set(SIDE) == set(SIGNALS)
    for name in (*BLOCKED, *RAISED):
        effect: dict[str, Any] = {"blocks": {name: 1.0}} if name in BLOCKED else {"raises": {name: (1.0, 1.0, 1.0)}}
        told = conditions([agent("one", passage=0.0, **effect)], np.ones((1, 1, 3)), np.zeros(1), PERSON)
        level = told.rows[:, SIGNALS.index(name)]
        outside, shut, wide = (level[place] for place in (told.condition[0], told.behind[0, 0], told.behind[0, -1]))
        assert (shut == 0.0) == (name in BEHIND or outside == 0.0)
        assert outside == wide
        assert (told.behind[0] == told.condition[0]).all() or name in BEHIND
        assert (told.behind[-1] == 0).all()


def test_cells_arrive_behind_a_shut_barrier() -> None:
    """Under an antibody fewer found a lesion in the liver, in the brain as many as before, wherever they come from.

    The chances are those under a level that reaches each tissue, to the last bit. Where families meet treatment later, on the
    lines of their cells, they are those of a host at rest.
    """
    on = tuple(name for name in OFF if name != "metastasis")
    model, timeline = exposed(PERSON, [ANTIBODY], [(7.0, {"antibody": 0.1})], on)
    assert (model.emission[timeline.condition[0]] == model.emission[0]).all()
    off = (*on, "treated founders")
    model, timeline = exposed(PERSON, [ANTIBODY], [(7.0, {"antibody": 0.1})], off)
    open_, opened = exposed(PERSON, [FREE], [(7.0, {"free": 0.1})], off)
    shut, closed = exposed(PERSON, [FREE], [(7.0, {"free": 0.0005})], off)
    found = model.emission[timeline.condition[0]]
    bare, kept = open_.emission[opened.condition[0]], shut.emission[closed.condition[0]]
    for origin in (AT["skin"], AT["brain"]):
        assert found[origin, AT["liver"]] == bare[origin, AT["liver"]] < 0.9 * model.emission[0, origin, AT["liver"]]
        assert found[origin, AT["brain"]] == kept[origin, AT["brain"]] > bare[origin, AT["brain"]]


def test_levels_that_are_alike_in_blood_differ_behind() -> None:
    """Two agents bring the same blockade one after the other; only one of them passes the shut wall, which arrivals meet."""
    plasma = np.array([[[1.0] * 3, [0.0] * 3], [[0.0] * 3, [1.0] * 3]])
    told = conditions([ANTIBODY, SMALL], plasma, np.zeros(2), PERSON)
    first, second = told.condition[:2]
    assert first != second
    assert told.rows[first].tolist() == told.rows[second].tolist()
    assert [told.shut[first], told.shut[second]] == told.behind[:2, 0].tolist()
    held = told.rows[told.shut][[first, second], SIGNALS.index("egf")]
    assert held.tolist() == [3.0 / 32.0, 29.0 / 32.0]
    assert not told.rows[0].any()
