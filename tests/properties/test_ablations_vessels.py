"""Vessels and what reaches a lesion by them, switched off: sprouts, borrowed vessels, pericytes, endothelium, barrier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from seedsoil.biology.medicine.effect import hill
from seedsoil.biology.soils.vessels import cells_of, diameter
from seedsoil.body.state import BORROWED_LOST, CELLS, CLOCK, HYPOXIA, IMMATURE, LEAK, MATURE, PERFUSION, SPROUTS
from seedsoil.experiment.grow import Diagnosis, grow
from seedsoil.foundation.errors import ModelError
from tests.properties.examples import ADULT, ONE_CLONE, TWO_POOL, follow, lesion_of, model_of, patient
from tests.properties.plain import (
    DIALOGUE,
    agent,
    barrier,
    compiled,
    differing,
    host,
    host_cells,
    lived,
    soil,
    speed,
    who,
    with_numbers,
)

INDEX = ADULT.anatomy.index
STILL = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
#: Vessels of a sprouting lesion at rest.
VESSELS = {"sprouts": True, "vessels": (1.4874, 0.5873)}


def _largest(site: str, without: tuple[str, ...], *, sprouts: bool = False, replaces: bool = False) -> float:
    """Diameter that a lesion reaches from 1e4 cells in three years [mm]."""
    model = model_of(patient(), (*ONE_CLONE[1:], *without))
    state = lesion_of(model, INDEX(site), 1e4, sprouts=sprouts and "sprouting" not in without, replaces=replaces)
    _, rows = follow(model, state, 1092.0, every=28.0)
    return diameter(float(rows[-1, CELLS]))


def test_without_vessels_a_primary_is_never_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sprouting and no co-option: it stalls between 0.4 and 1 mm, and the fault says so: catches 1 mm in growth."""
    monkeypatch.setattr("seedsoil.experiment.grow.MOST_ATTEMPTS", 3)
    found = grow(patient(), TWO_POOL, Diagnosis(10.0), 4, 0)
    assert diameter(float(found.state.lesion[0, CELLS])) >= 10.0
    with pytest.raises(ModelError, match=r"the largest primary reached 0\.[4-9] mm of the 10 mm"):
        grow(patient(), TWO_POOL, Diagnosis(10.0), 4, 0, ("sprouting", "co-option", "metastasis"))


def test_sprouting_breaks_the_stall() -> None:
    """A pushing lesion stalls below 1 mm, with sprouts it passes 5 mm in three years: catches sprouts without effect."""
    assert 0.4 < _largest("colon", ("sprouting", "co-option"), sprouts=True) < 1.0
    assert _largest("colon", ("co-option",), sprouts=True) > 5.0


def test_sprouting_off_stops_the_switch() -> None:
    """A clock about to run out turns on sprouts, and never without sprouting: catches a switch that ignores it."""
    switched = []
    for without in ((), ("sprouting",)):
        model = model_of(patient(), (*ONE_CLONE[1:], *without))
        state = lesion_of(model, INDEX("colon"), 1e5)
        state.lesion[0, CLOCK] = 1e-3
        _, rows = follow(model, state, 28.0)
        switched.append(float(rows[-1, SPROUTS]))
    assert switched == [1.0, 0.0]


def test_hypoxia_off_removes_the_stall() -> None:
    """Without vessels and without hypoxia the lesion passes 10 mm: catches a limit on size that is not supply."""
    assert _largest("colon", ("sprouting", "co-option", "hypoxia")) > 10.0


def test_co_option_feeds_a_replacing_lesion() -> None:
    """In the liver without sprouts it passes 5 mm on borrowed vessels, and stalls without: catches other supply."""
    assert _largest("liver", ("sprouting",), replaces=True) > 5.0
    assert 0.3 < _largest("liver", ("sprouting", "co-option"), replaces=True) < 1.0


def test_pericytes() -> None:
    """An agent that takes 70 % of them halves perfusion; off, the lesion is that of no agent, bit for bit."""
    taker = agent("taker", blocks={"pericyte": 3.0 / 7.0})
    runs = {
        (level, without): lived(who(**STILL), [(35.0, {"taker": level})], [taker], (*ONE_CLONE, *without), cells=1e12, **VESSELS)
        for level in (0.0, 1.0) for without in ((), ("pericytes",))
    }  # fmt: skip
    usual, lost = runs[0.0, ()][-1], runs[1.0, ()][-1]
    assert lost[PERFUSION] == pytest.approx(0.52 * usual[PERFUSION], rel=0.06)
    assert lost[HYPOXIA] > 2.0 * usual[HYPOXIA]
    assert runs[1.0, ("pericytes",)].tobytes() == runs[0.0, ()].tobytes() == runs[0.0, ("pericytes",)].tobytes()


def test_vessel_tone() -> None:
    """VEGF / 21 takes its share of what vessels carry; off, none; with no agent no byte differs: catches 1e-9."""
    holder = agent("holder", blocks={"vegf": 0.05})
    runs = {
        (level, without): lived(who(**STILL), [(7.0, {"holder": level})], [holder], (*ONE_CLONE, *without), cells=1e12, **VESSELS)
        for level in (0.0, 1.0) for without in ((), ("vessel tone",))
    }  # fmt: skip
    tone = 1.0 - float(TWO_POOL.vegf_tone) * 20.0 / 21.0
    for without, share in (((), tone), (("vessel tone",), 1.0)):
        rows = runs[1.0, without]
        vessels = 0.2 * rows[:, IMMATURE] + rows[:, MATURE]
        assert rows[:, PERFUSION] == pytest.approx(share * vessels, rel=1e-9)
    assert runs[1.0, ()][-1, HYPOXIA] > runs[1.0, ("vessel tone",)][-1, HYPOXIA]
    assert runs[0.0, ()].tobytes() == runs[0.0, ("vessel tone",)].tobytes()


def test_oxygen_extraction() -> None:
    """Narrowed vessels leave less of a lesion without oxygen than their flow says; with no agent no byte differs.

    Catches a twentieth of the share without oxygen: 0.153 for 0.206.
    """
    holder = agent("holder", blocks={"vegf": 0.05})
    runs = {
        (level, without): lived(who(**STILL), [(7.0, {"holder": level})], [holder], (*ONE_CLONE, *without), cells=1e12, **VESSELS)
        for level in (0.0, 1.0) for without in ((), ("oxygen extraction",))
    }  # fmt: skip
    assert runs[1.0, ()][-1, HYPOXIA] < 0.78 * runs[1.0, ("oxygen extraction",)][-1, HYPOXIA]
    assert runs[1.0, ()][-1, PERFUSION] < runs[0.0, ()][-1, PERFUSION]
    assert runs[0.0, ()].tobytes() == runs[0.0, ("oxygen extraction",)].tobytes()


def test_vessels_that_a_drug_widens() -> None:
    """Raised by a half all flow is half as much again, borrowed too; off with the tone, not at all: catches 1e-9."""
    opener = agent("opener", raises={"flow": (1e-9, 0.5, 1.0)})
    runs = {
        (level, without): lived(
            who(**STILL, co_option=0.5), [(7.0, {"opener": level})], [opener], (*ONE_CLONE, *without),
            cells=1e12, replaces=True, **VESSELS,
        )
        for level in (0.0, 1.0) for without in ((), ("vessel tone",))
    }  # fmt: skip
    wide = runs[1.0, ()]
    borrowed = runs[0.0, ()][:, PERFUSION] - 0.2 * runs[0.0, ()][:, IMMATURE] - runs[0.0, ()][:, MATURE]
    assert borrowed.min() > 0.1
    assert wide[:, PERFUSION] == pytest.approx(1.5 * (0.2 * wide[:, IMMATURE] + wide[:, MATURE] + borrowed), rel=1e-8)
    assert wide[-1, HYPOXIA] < runs[0.0, ()][-1, HYPOXIA]
    assert runs[1.0, ("vessel tone",)].tobytes() == runs[0.0, ()].tobytes() == runs[0.0, ("vessel tone",)].tobytes()


def test_other_angiogenic_factors() -> None:
    """A holder of VEGF takes only VEGF's half of the call, and little more at a thousand times the level; off, all of it.

    Without the holder no byte differs. Catches a share that is off by 2 % of the vessels, or that acts at rest.
    """
    holder = agent("holder", blocks={"vegf": 1.0})
    person = who(**STILL, dialogue=with_numbers(DIALOGUE, other_angiogenic=0.5))
    runs = {
        (level, without): lived(person, [(700.0, {"holder": level})], [holder], (*ONE_CLONE, *without), cells=1e12, **VESSELS)
        for level in (0.0, 20.0, 1e6) for without in ((), ("other angiogenic factors",))
    }  # fmt: skip
    alone = lived(
        who(**STILL, dialogue=DIALOGUE), [(700.0, {"holder": 20.0})], [holder], ONE_CLONE, cells=1e12, **VESSELS
    )
    as_one = lived(
        who(**STILL, dialogue=DIALOGUE),
        [(700.0, {"holder": 20.0 * 0.5 / 11.0})],
        [holder],
        ONE_CLONE,
        cells=1e12,
        **VESSELS,
    )
    assert runs[20.0, ("other angiogenic factors",)].tobytes() == alone.tobytes()
    assert runs[20.0, ()][-1] == pytest.approx(as_one[-1], rel=1e-9)
    spared, lost = runs[20.0, ()][-1], alone[-1]
    assert spared[HYPOXIA] < 0.7 * lost[HYPOXIA]
    assert runs[1e6, ()][-1, HYPOXIA] == pytest.approx(spared[HYPOXIA], rel=0.05)
    assert runs[0.0, ()].tobytes() == runs[0.0, ("other angiogenic factors",)].tobytes()


@pytest.mark.parametrize(("blocks", "found"), [
    ({"pericyte": 3.0 / 7.0}, lambda usual: usual + 0.7 * 5.9), ({"ang2": 1.0 / 9.0}, lambda usual: 0.1 * usual),
])  # fmt: skip
def test_opened_junctions(blocks: dict[str, float], found: Callable[[float], float]) -> None:
    """Ang2 of lost pericytes eases the way out, an antibody shuts it, as the law says; off, the leak of the vessels alone."""
    drug = agent("drug", blocks=blocks)
    runs = {
        (level, without): lived(who(**STILL), [(28.0, {"drug": level})], [drug], (*ONE_CLONE, *without), cells=1e12, **VESSELS)
        for level in (0.0, 1.0) for without in ((), ("opened junctions",))
    }  # fmt: skip
    eased, plain = runs[1.0, ()], runs[1.0, ("opened junctions",)]
    gain, half = float(TWO_POOL.ang2_opening), float(TWO_POOL.destabilisation_half)
    for row, other in zip(eased, plain, strict=True):
        usual = float(TWO_POOL.ang2_basal) + float(TWO_POOL.ang2_hypoxic) * row[HYPOXIA]
        now = found(usual)
        ease = (1.0 + gain * now / (half + now)) / (1.0 + gain * usual / (half + usual))
        assert row[LEAK] / other[LEAK] == pytest.approx(ease, rel=1e-9)
    assert (eased[-1, LEAK] > plain[-1, LEAK]) == ("pericyte" in blocks)
    assert runs[0.0, ()].tobytes() == runs[0.0, ("opened junctions",)].tobytes()


def test_quiet_endothelium() -> None:
    """Borrowed vessels go the more slowly as they divide less; off, as fast as own ones; without a killer no byte differs.

    Catches a share of the kill that is off by a hundredth.
    """
    killer = agent("killer", endothelial=(1.0, 1.0, 1.0))
    runs = {
        (level, without): lived(
            who(co_option=0.5, dialogue=DIALOGUE), [(14.0, {"killer": level})], [killer], (*ONE_CLONE, *without), **VESSELS
        )
        for level in (0.0, 1.0) for without in ((), ("quiet endothelium",))
    }  # fmt: skip
    for without, share in (((), float(TWO_POOL.quiet_endothelium)), (("quiet endothelium",), 1.0)):
        kill = 0.5 * share
        lost = kill / (kill + 0.02) * (1.0 - np.exp(-14.0 * (kill + 0.02)))
        assert runs[1.0, without][-1, BORROWED_LOST] == pytest.approx(lost, rel=1e-3)
    assert runs[0.0, ()].tobytes() == runs[0.0, ("quiet endothelium",)].tobytes()


def test_endothelial_apoptosis() -> None:
    """An agent that kills endothelium by 0.5 a day takes own vessels, and borrowed ones as they divide; off, none, bit for bit."""
    killer = agent("killer", endothelial=(1.0, 1.0, 1.0))
    runs = {}
    for level in (0.0, 1.0):
        for without in ((), ("endothelial apoptosis",)):
            runs[level, without] = lived(
                who(co_option=0.5, dialogue=DIALOGUE),
                [(14.0, {"killer": level})],
                [killer],
                (*ONE_CLONE, *without),
                **VESSELS,
            )
    usual, killed = runs[0.0, ()][-1], runs[1.0, ()][-1]
    assert killed[IMMATURE] + killed[MATURE] < 0.5 * (usual[IMMATURE] + usual[MATURE])
    assert usual[BORROWED_LOST] == 0.0 < killed[BORROWED_LOST]
    assert killed[CELLS] < 0.9 * usual[CELLS]
    assert runs[1.0, ("endothelial apoptosis",)].tobytes() == runs[0.0, ()].tobytes()


#: So little that no lesion changes its size [1/day].
MOST = 0.01
SMALL = agent("small", kill=(MOST, 1.0, 1.0, 0.0), delivery=(2e4, 2000.0), passage=0.02)


def _killed(person: object, without: tuple[str, ...] = (), site: str = "skin", **lesion: object) -> float:
    """Kill hazard of the small drug at 1 mg/L in a lesion that neither grows nor dies of itself [1/day]."""
    rows = lived(person, [(7.0, {"small": 1.0})], [SMALL], (*ONE_CLONE, *without), site=site, cells=1e12, **lesion)
    return -speed(rows, 1e12)


def test_drug_uptake() -> None:
    """Uptake raised by 1 counts as twice the level of a drug that carriers bring, or 1.4 times of one they bring two fifths of.

    To 1 %, for signals count in steps. Of another drug it changes no byte, and off none either. Catches a share left out.
    """
    caller = agent("caller", raises={"uptake": (1e-9, 1.0, 1.0)})

    def killed(carried: float | None, level: float, calls: float, without: tuple[str, ...] = ()) -> np.ndarray:
        drug = agent("small", kill=(MOST, 1.0, 1.0, 0.0))
        if carried is not None:
            drug = drug.model_copy(update={"kill": with_numbers(drug.kill, carried=carried)})
        levels = [(7.0, {"small": level, "caller": calls})]
        return lived(who(**STILL), levels, [drug, caller], (*ONE_CLONE, *without), cells=1e12, **VESSELS)

    for carried, fold in ((1.0, 2.0), (0.4, 1.4)):
        assert speed(killed(carried, 1.0, 1.0), 1e12) == pytest.approx(
            speed(killed(carried, fold, 0.0), 1e12), rel=0.01
        )
    usual = killed(None, 1.0, 0.0)
    assert killed(None, 1.0, 1.0).tobytes() == usual.tobytes() == killed(1.0, 1.0, 1.0, ("drug uptake",)).tobytes()


def test_delivery() -> None:
    """The lesion with fewer vessels receives less of a drug that flow brings; off, both the blood's level, to 0.1 %."""
    person = who(host(host_cells()), **STILL)
    well, ill = (_killed(person, vessels=vessels) for vessels in ((0.0, 1.0), (0.0, 0.2)))
    assert well > 1.3 * ill
    blood = float(hill(1.0, MOST, 1.0, 1.0))
    for vessels in ((0.0, 1.0), (0.0, 0.2)):
        assert _killed(person, ("delivery",), vessels=vessels) == pytest.approx(blood, rel=1e-3)
    assert _killed(who(**STILL), vessels=(0.0, 0.2)) == pytest.approx(blood, rel=1e-3), "no flow is known"


def test_barrier() -> None:
    """Behind it a drug of passage 0.02 reaches a large lesion at its ceiling of 0.12; off, as elsewhere, bit for bit."""
    guarded = who(host(brain=soil("brain", barrier=barrier())), **STILL)
    behind = _killed(guarded, site="brain")
    assert behind == pytest.approx(float(hill(0.12, MOST, 1.0, 1.0)), rel=1e-3)
    assert _killed(guarded) == _killed(who(**STILL)) == pytest.approx(float(hill(1.0, MOST, 1.0, 1.0)), rel=1e-3)
    assert _killed(guarded, ("barrier",), site="brain") == _killed(guarded)
    assert differing(compiled(guarded, ("barrier",)), compiled(who(**STILL))) == set()


@pytest.mark.parametrize(("width", "level"), [(0.05, 0.02), (0.25, 0.07), (3.0, 0.12)])
def test_the_barrier_opens_with_the_lesion(width: float, level: float) -> None:
    """Small lesions get the passage, one of 0.25 mm half-way to the ceiling, large ones the ceiling: catches 6 % at 0.25 mm."""
    guarded, cells = who(host(brain=soil("brain", barrier=barrier())), **STILL), np.floor(cells_of(width))
    half_of_them = 100.0 * np.log(2.0) / float(hill(level, 1.0, 1.0, 1.0))  # a hundredth of a day at this maximum
    drug = agent("drug", kill=(half_of_them, 1.0, 1.0, 0.0), passage=0.02)
    rows = lived(guarded, [(0.01, {"drug": 1.0})], [drug], ONE_CLONE, site="brain", cells=cells, every=0.01)
    assert abs(rows[-1, CELLS] - 0.5 * cells) < 3.0 * np.sqrt(cells) + 0.03 * cells
