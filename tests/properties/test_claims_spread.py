"""Agents against spread: what helps before cells arrive does nothing for lesions that are there, and some hosts help cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.body.state import CELLS, DEPARTING, HYPOXIA, IMMATURE, LEAK, MATURE, SITE
from seedsoil.trial.run import run
from seedsoil.trial.study.file import Study
from tests.properties.examples import ONE_CLONE, follow, lesion_of
from tests.properties.plain import (
    AT,
    ORGANS,
    SPREAD,
    agent,
    compiled,
    differing,
    exposed,
    host,
    lived,
    residents,
    seeded,
    soil,
    who,
    with_numbers,
)

HUNTED = host(**{name: soil(name, residents=residents(natural_killers=1.0)) for name in ORGANS})
#: A tumour whose cells platelets cloak and hold, and of which four in five need proteases; none travels in clusters.
PERSON = who(HUNTED, spread=with_numbers(SPREAD, cluster_share=0.0))
ASPIRIN = agent("aspirin", blocks={"platelet": 0.01})
BATIMASTAT = agent("batimastat", blocks={"protease": 0.01})
SETTLED = tuple(name for name in ONE_CLONE if name != "soil matching")


def _alone(drug: Any, level: float, cells: float = 1e6) -> bytes:
    """A lesion in the lung that is followed for eight weeks with a drug or without, bit for bit."""
    found: bytes = lived(PERSON, [(56.0, {drug.name: level})], [drug], SETTLED, site="lung", cells=cells).tobytes()
    return found


def test_aspirin_before_cells_arrive_and_after() -> None:
    """Less than half as many lesions are founded while platelets are held; those founded before grow as without it.

    Without natural killer cells and platelets' hold the effect is gone.
    """
    usual, treated = (len(seeded(PERSON, [ASPIRIN], {"aspirin": level})) for level in (0.0, 1.0))
    assert usual > 300
    assert treated < 0.5 * usual
    assert _alone(ASPIRIN, 1.0) == _alone(ASPIRIN, 0.0)
    gripless = who(HUNTED, spread=with_numbers(SPREAD, cluster_share=0.0, platelet_grip=0.0))
    off = [len(seeded(gripless, [ASPIRIN], {"aspirin": level}, ("natural killer cells",))) for level in (0.0, 1.0)]
    assert off[0] == off[1] > usual


def test_protease_inhibitor_holds_departures_only() -> None:
    """A fifth of the cells leave; where they arrest, whether they live and how lesions grow are as before."""
    usual, held = (seeded(PERSON, [BATIMASTAT], {"batimastat": level}) for level in (0.0, 1.0))
    assert len(held) == pytest.approx(0.2 * len(usual), abs=6.0 * np.sqrt(0.2 * len(usual)))
    assert _alone(BATIMASTAT, 1.0) == _alone(BATIMASTAT, 0.0)
    rest, blocked = compiled(PERSON), compiled(PERSON, protease=1.0)
    assert blocked.emission[1].tolist() == rest.emission[0].tolist()
    for place in range(rest.site.shape[2]):
        left = 0.2 if place == DEPARTING else 1.0
        tissues = [AT[name] for name in ORGANS]
        assert blocked.site[1, tissues, place] == pytest.approx(left * rest.site[0, tissues, place], rel=1e-12)
    assert differing(compiled(who(), protease=1.0), compiled(who(), platelet=1.0)) == set(), "no group, no effect"


TKI = agent("tki", raises={"conditioning": (1e-9, 1.0, 1.0)})


@pytest.mark.parametrize("strength", [1.0, 0.0])
def test_a_conditioned_host_takes_more_cells(strength: float) -> None:
    """An inhibitor given to the host before cells come: more lesions in the lung; at no conditioning, as many."""
    drug = agent("tki", raises={"conditioning": (1e-9, strength, 1.0)})
    usual, primed = (seeded(who(), [drug], {"tki": level}) for level in (0.0, 1.0))
    in_lung = [int((found[:, SITE] == AT["lung"]).sum()) for found in (usual, primed)]
    if strength:
        assert in_lung[1] > 1.2 * in_lung[0]
    else:
        assert in_lung[1] == in_lung[0] > 100


def _weeks(drug: Any, level: float, weeks: int = 6, **changes: Any) -> Any:
    """Rows of a sprouting lesion of 1e7 cells, and its departures per cell and day in units of the shedding rate."""
    person = who(**changes)
    model, timeline = exposed(person, [drug], [(7.0 * weeks, {drug.name: level})], (*ONE_CLONE, "co-option"))
    state = lesion_of(model, AT["skin"], 1e7, sprouts=True, vessels=(1.4874, 0.5873))
    _, rows = follow(model, state, 7.0 * weeks, timeline=timeline)
    gain = float(person.tumour.hypoxic_shedding_gain)
    return rows, rows[:, LEAK] * (1.0 + gain * rows[:, HYPOXIA] ** 2)


BLOCKER = agent("blocker", blocks={"vegf": 0.05})


def test_blocked_vegf() -> None:
    """Fewer vessels, more hypoxia, a smaller lesion, and through each unit of leak more departures for lack of oxygen."""
    (usual, gone), (blocked, fled) = (_weeks(BLOCKER, level) for level in (0.0, 1.0))
    assert blocked[-1, [IMMATURE, MATURE]].sum() < 0.5 * usual[-1, [IMMATURE, MATURE]].sum()
    assert blocked[-1, HYPOXIA] > 1.5 * usual[-1, HYPOXIA]
    assert blocked[-1, CELLS] < 0.7 * usual[-1, CELLS]
    per_leak = (fled / blocked[:, LEAK]) / (gone / usual[:, LEAK])
    assert per_leak[-1] > 1.1
    flat = (_weeks(BLOCKER, level, hypoxic_shedding_gain=0.0) for level in (0.0, 1.0))
    assert [(fled / rows[:, LEAK]).tolist() for rows, fled in flat] == [[1.0] * 6] * 2


def test_lost_pericytes_raise_departures() -> None:
    """An agent that takes 70 % of them: more hypoxia, a smaller lesion that sheds half as much again from each cell."""
    taker = agent("taker", blocks={"pericyte": 3.0 / 7.0})
    (usual, gone), (bared, fled) = (_weeks(taker, level) for level in (0.0, 1.0))
    assert bared[-1, HYPOXIA] > 1.5 * usual[-1, HYPOXIA]
    assert bared[-1, CELLS] < usual[-1, CELLS]
    assert fled[-1] > 1.5 * gone[-1]


def test_an_inhibitor_of_many_receptors_can_speed_spread() -> None:
    """VEGF / 6, pericytes less 70 %, host conditioned: the lesion shrinks and founds more from each cell than untreated.

    With pericytes kept and the host left as it is, it founds fewer: catches an effect that has another cause.
    """
    many = agent("many", blocks={"vegf": 0.2, "pericyte": 3.0 / 7.0}, raises={"conditioning": (1e-9, 1.0, 1.0)})
    few = agent("few", blocks={"vegf": 0.2})
    easier = compiled(who(), conditioning=1.0).emission_total[:, 0, AT["skin"]]
    (usual, gone), (held, fled), (_, kept) = _weeks(many, 0.0), _weeks(many, 1.0), _weeks(few, 1.0)
    assert held[-1, CELLS] < 0.7 * usual[-1, CELLS]
    assert fled[-1] * easier[1] > 1.25 * gone[-1] * easier[0]
    assert kept[-1] < 0.5 * gone[-1]


LATE = """
[study]
patients = 120
seed = 7
until = "15 years"
[tumour]
is = "breast_er_negative"
spread.protease_dependence = 1
[host]
is = "adult"
[agents.batimastat]
blocks.protease.half = "1e-6 mg/L"
[diagnosis]
primary_diameter = "24 mm"
[vary]
"tumour.shedding_rate" = { cv = 1 }
[arms.late]
do = [ { resect = "primary", at = "180 days" } ]
[arms.blocked]
extends = "late"
do = [ { give = "batimastat", dose = "1000 mg", every = "1 day", start = "0 days", times = 180 } ]
"""


def test_prevention_comes_too_late_for_those_who_have_metastases_in_truth() -> None:
    """No cell enters a vessel from diagnosis to a late operation: lives are half as long again without a metastasis, a tenth with.

    Catches a block that reaches what has arrived, and metastases that bring nothing about by themselves.
    """
    patients = run(Study.read(LATE, "late"), workers=1, executor="serial").tables["patients"]
    arm, spread, days = (np.asarray(patients[name]) for name in ("arm", "m_true", "end_day"))
    (late, blocked), gain = (arm == "late", arm == "blocked"), {}
    assert np.array_equal(spread[late], spread[blocked])
    for stage in ("M0", "M1"):
        assert np.sum(spread[late] == stage) >= 30
        gain[stage] = days[blocked][spread[blocked] == stage].mean() / days[late][spread[late] == stage].mean() - 1.0
    assert gain["M0"] > 0.35
    assert gain["M1"] < 0.2
    assert gain["M0"] > 3.0 * gain["M1"]
