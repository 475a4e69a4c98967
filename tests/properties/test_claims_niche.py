"""The tissue as the target: astrocytes that lend protection, a barrier in front of them, macrophages that learn to kill."""

from __future__ import annotations

import math
from typing import Any

import pytest

from seedsoil.biology.patient import Patient
from seedsoil.body.state import CELLS
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import (
    AT,
    DIALOGUE,
    IMMUNITY,
    PROTECTION,
    agent,
    barrier,
    exposed,
    factors,
    host,
    host_cells,
    lived,
    residents,
    soil,
    speed,
    who,
    with_numbers,
)

#: A brain with astrocytes behind a barrier that lets a fifth of this drug pass, and no macrophage anywhere.
BRAIN = soil(
    "brain", ligands=factors(egf=0.5, igf=0.5, endothelin=0.75), residents=residents(astrocytes=1.0),
    barrier=barrier(ceiling=0.3),
)  # fmt: skip
DRUG = agent("drug", kill=(0.4, 1.0, 2.0, 0.0), passage=0.2)
#: Blockers of which a twentieth passes, so that enough is given to hold five sixths behind the wall.
MACITENTAN = agent("macitentan", blocks={"endothelin": 0.01}, passage=0.05)
AGENTS = [DRUG, MACITENTAN, agent("uncoupler", blocks={"gap_junction": 0.01}, passage=0.05)]
NONE: dict[str, float] = {}
ALONE = {"drug": 3.5}
FREE = (*ONE_CLONE, "hypoxia")


def _person(**changes: Any) -> Patient:
    return who(host(host_cells(protection=PROTECTION), brain=BRAIN), dialogue=with_numbers(DIALOGUE, **changes))


def _speed(levels: dict[str, float], site: str = "brain", without: tuple[str, ...] = (), person: Any = None) -> float:
    """Net growth of a small sheltered lesion, after four weeks in which its programme was built up [1/day]."""
    periods = [(28.0, NONE), (56.0, levels)]
    person = _person() if person is None else person
    rows = lived(person, periods, AGENTS, (*FREE, *without), site=site, cells=1e4, replaces=True)
    return speed(rows[5:], float(rows[4, CELLS])) if rows[-1, CELLS] > 0.0 else -1.0


@pytest.mark.parametrize("blocker", ["macitentan", "uncoupler"])
def test_protected_cells_outlive_the_drug_until_protection_is_blocked(blocker: str) -> None:
    """The drug alone lets the lesion grow, with either link cut it is gone; the blocker alone does nothing at all."""
    assert _speed(NONE) == pytest.approx(0.05, abs=0.003)
    assert _speed({blocker: 1.0}) == _speed(NONE)
    assert _speed(ALONE) > 0.01
    assert _speed({**ALONE, blocker: 1.0}) < -0.05


@pytest.mark.parametrize(
    ("site", "without", "changes"),
    [("skin", (), {}), ("brain", ("astrocyte protection",), {}), ("brain", (), {"endothelin_receptors": 0.0}),
     ("brain", (), {"gap_junctions": 0.0})],
)  # fmt: skip
def test_where_no_one_protects_the_blocker_adds_nothing(site: str, without: tuple[str, ...], changes: Any) -> None:
    """In skin, with protection off, or in cells deaf to endothelin or joined to none, the drug alone kills, the pair no more."""
    person = _person(**changes)
    both = {**ALONE, "macitentan": 1.0}
    assert _speed(ALONE, site, without, person) == _speed(both, site, without, person) < -0.05


def test_the_barrier_stands_before_protection() -> None:
    """With the barrier off as well the drug alone is enough: both lower the same effect, one outside and one inside."""
    assert _speed(ALONE, without=("barrier",)) < _speed(ALONE) - 0.05


MACROPHAGES = host(
    host_cells(immunity=with_numbers(IMMUNITY, macrophage_gain=2.0)),
    lung=soil("lung", residents=residents(macrophages=1.0)),
)
MTP_PE = agent("mtp_pe", raises={"macrophage": (1.0, 1.0, 1.0)})


def _after(cells: float, days: float, level: float, without: tuple[str, ...] = ()) -> float:
    """Cells of a lung lesion under macrophages activated for three days of every week."""
    periods = [(3.0, {"mtp_pe": level}), (4.0, NONE)] * round(days / 7.0)
    person = who(MACROPHAGES, division_rate=0.065, death_rate=0.05)
    model, timeline = exposed(person, [MTP_PE], periods, (*FREE, *without))
    return float(follow(model, lesion_of(model, AT["lung"], cells), days, timeline=timeline)[0].lesion[0, CELLS])


def test_activated_macrophages_clear_micrometastases_and_not_bulk() -> None:
    """Half a year of two doses a week: 1e5 cells are cleared, 1e9 grow nine tenths as fast as untreated; off, both grow."""
    assert _after(1e5, 182.0, 9.0) == 0.0
    treated, untreated = (math.log(_after(1e9, 182.0, level) / 1e9) for level in (9.0, 0.0))
    assert 0.85 < treated / untreated < 0.98
    assert _after(1e5, 182.0, 9.0, ("macrophages",)) == _after(1e5, 182.0, 0.0) > 1e5
