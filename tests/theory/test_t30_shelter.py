"""T30: a survival programme and a pump raise the level of half effect, by how far they are on; both are undone in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.biology.medicine.effect import hill, shifted_half
from seedsoil.biology.soils.vessels import cells_of, surface_share
from seedsoil.body.state import CELLS, SHELTER, SHELTERED
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import (
    AT,
    DIALOGUE,
    PROTECTION,
    agent,
    exposed,
    factors,
    host,
    host_cells,
    mechanism,
    residents,
    soil,
    who,
)

STILL = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
FREE = tuple(name for name in ONE_CLONE if name != "resistance")
#: So little that no lesion changes its size while its kill hazard is measured [1/day].
MOST = 0.01
DRUG = agent("drug", kill=(MOST, 2.0, 1.5, 0.0), pump=30.0)
#: At 1 mg/L both ways of astrocytes' protection are blocked to the last step of a signal; and the pump.
BOTH = agent("both", blocks={"endothelin": 1e-3, "gap_junction": 1e-3})
UNPUMPED = agent("unpumped", blocks={"efflux": 1.0})
#: Astrocytes join every cell and fill all its receptors: the programme is whole.
FULL, FOLD = 1.0, 4.0
BRAIN = host(
    host_cells(protection=PROTECTION),
    brain=soil("brain", ligands=factors(endothelin=0.75), residents=residents(astrocytes=1.0)),
)
LAST = {"drug": 3.0}


def _kill(rows: Any, every: float) -> Any:
    """Kill hazard between looks [1/day]."""
    return -np.diff(np.log(rows[:, CELLS])) / every


def _run(periods: Any, every: float = 0.25, cells: float = 1e12, *, replaces: bool = True, site: str = "brain") -> Any:
    person = who(BRAIN, dialogue=DIALOGUE, **STILL)
    model, timeline = exposed(person, [DRUG, BOTH], periods, FREE)
    state = lesion_of(model, AT[site], cells, replaces=replaces)
    return model, follow(model, state, sum(days for days, _ in periods), every=every, timeline=timeline)[1]


def _law(level: float, shelter: Any) -> Any:
    return hill(level, MOST, shifted_half(2.0, [1.0], np.zeros((np.size(shelter), 1)), shelter, FOLD), 1.5)


def test_strength_of_the_programme() -> None:
    """Whole in the brain, and nothing where there are no astrocytes: catches protection that follows the tumour."""
    model, _ = _run([(1.0, LAST)])
    assert model.site[0, AT["brain"], SHELTER] == pytest.approx(FULL, rel=1e-12)
    assert model.site[0, [AT["lung"], AT["liver"], AT["skin"]], SHELTER].tolist() == [0.0] * 3


def test_the_programme_takes_its_time() -> None:
    """It rises as 1 - exp(-t / 2 days): catches 1 % in its strength and 3 % in the kill that it leaves, day by day."""
    _, rows = _run([(14.0, LAST)])
    days = 0.25 * np.arange(1, len(rows) + 1)
    level = FULL * -np.expm1(-days / 2.0)
    assert rows[:, SHELTERED] == pytest.approx(level, rel=0.01)
    # Each quarter of a day is lived with the shelter of its start.
    assert _kill(rows, 0.25) == pytest.approx(_law(3.0, level[:-1]), rel=0.005)


def test_in_full_it_raises_the_half_concentration_by_its_fold() -> None:
    """After a month: a drug at 1 to 30 mg/L kills as one thinned four times: catches 0.5 %."""
    for level in (1.0, 3.0, 30.0):
        _, rows = _run([(28.0, {}), (7.0, {"drug": level})], every=7.0)
        found = _kill(rows, 7.0)[-1]
        assert found == pytest.approx(float(hill(level / (1.0 + 3.0 * FULL), MOST, 2.0, 1.5)), rel=5e-3)


def test_it_fades_when_both_ways_are_blocked() -> None:
    """Blocked from day 28 on it falls as exp(-t / 2 days), and the drug's effect is back in two weeks: catches 1 %."""
    _, rows = _run([(28.0, LAST), (14.0, {**LAST, "both": 1.0})])
    days = 0.25 * np.arange(1, 57)
    assert rows[112:, SHELTERED] == pytest.approx(rows[111, SHELTERED] * np.exp(-days / 2.0), rel=0.01)
    kill = _kill(rows, 0.25)
    assert kill[110] == pytest.approx(float(_law(3.0, FULL)[0]), rel=0.005)
    assert kill[-1] == pytest.approx(float(hill(3.0, MOST, 2.0, 1.5)), rel=0.005)


def test_only_cells_in_touch_are_sheltered() -> None:
    """A pushing lesion of 0.2, 1 and 4 mm shelters the share within 0.05 mm of its edge: catches 1 % of it."""
    for width in (0.2, 1.0, 4.0):
        _, rows = _run([(28.0, {})], every=7.0, cells=cells_of(width), replaces=False)
        assert rows[-1, SHELTERED] == pytest.approx(FULL * surface_share(0.5 * width, 0.05), rel=0.01)


def test_elsewhere_there_is_no_shelter() -> None:
    """In skin the drug kills as if there were none, to 0.5 %: catches protection that follows the tumour everywhere."""
    _, rows = _run([(28.0, LAST)], site="skin")
    assert (rows[:, SHELTERED] == 0.0).all()
    assert _kill(rows, 0.25)[-1] == pytest.approx(float(hill(3.0, MOST, 2.0, 1.5)), rel=0.005)


@pytest.mark.parametrize(("kind", "blocked", "fold"), [(0, 0.0, 1.0), (2, 0.0, 30.0), (2, 0.5, 15.5), (2, 1.0, 1.0)])
def test_a_blocked_pump_gives_its_fold_back(kind: int, blocked: float, fold: float) -> None:
    """Of a fold of 30, what is left is 1 + 29 (1 - b): catches 0.5 % in the kill of resistant cells."""
    pumped = (mechanism("pump", reversed_by="efflux"),)
    level = {0.0: 0.0, 0.5: 1.0, 1.0: 1e6}[blocked]
    model, timeline = exposed(
        who(mechanisms=pumped, **STILL), [DRUG, UNPUMPED], [(7.0, {**LAST, "unpumped": level})], FREE
    )
    state = lesion_of(model, AT["skin"], 1e12)
    state.kind[0, 0] = kind
    _, rows = follow(model, state, 7.0, timeline=timeline)
    assert np.log(1e12 / rows[-1, CELLS]) / 7.0 == pytest.approx(float(hill(3.0, MOST, 2.0 * fold, 1.5)), rel=5e-3)
