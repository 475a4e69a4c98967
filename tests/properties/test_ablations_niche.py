"""The tissue about a lesion, switched off: astrocytes' protection, stroma, inflammation, wounds, and factors it lives on."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.biology.medicine.effect import hill
from seedsoil.biology.signals import SIGNALS
from seedsoil.body.state import (
    CELLS,
    DEPARTING,
    DIVISION,
    FIBROBLASTS,
    SHELTER,
    SHELTERED,
    STROMA,
    SWITCHING,
    VEGF_OUTPUT,
)
from seedsoil.experiment.timeline import build_programme
from tests.properties.examples import ONE_CLONE
from tests.properties.plain import (
    AT,
    DIALOGUE,
    HEALING,
    INFLAMMATION,
    PROTECTION,
    agent,
    compiled,
    differing,
    factors,
    host,
    host_cells,
    lived,
    residents,
    seeded,
    soil,
    speed,
    who,
)
from tests.properties.plain import STROMA as STROMA_LAW

STILL = {"division_rate": 0.0, "death_rate": 0.0, "hypoxic_death_rate": 0.0, "unmatched_death_rate": 0.0}
#: Soils and receptors matter, and nothing else does.
FREE = tuple(name for name in (*ONE_CLONE, "hypoxia") if name != "soil matching")
#: So little that no lesion changes its size [1/day].
MOST = 0.01
DRUG = agent("drug", kill=(MOST, 1.0, 1.0, 0.0))


def test_astrocyte_protection() -> None:
    """In full it makes a drug's half concentration four times as high; off, bit for bit that of skin."""
    body = host(
        host_cells(protection=PROTECTION),
        brain=soil("brain", ligands=factors(endothelin=0.75), residents=residents(astrocytes=1.0)),
    )
    person, months = who(body, dialogue=DIALOGUE, **STILL), [(28.0, {}), (7.0, {"drug": 1.0})]
    runs = {
        (site, without): lived(person, months, [DRUG], (*ONE_CLONE, *without), site=site, cells=1e12, replaces=True)
        for site in ("brain", "skin") for without in ((), ("astrocyte protection",))
    }  # fmt: skip
    guarded = runs["brain", ()]
    assert np.log(guarded[-2, CELLS] / guarded[-1, CELLS]) / 7.0 == pytest.approx(
        float(hill(1.0 / 4.0, MOST, 1.0, 1.0)), rel=5e-3
    )
    off = runs["brain", ("astrocyte protection",)]
    assert (off[:, SHELTERED] == 0.0).all()
    assert np.log(off[-2, CELLS] / off[-1, CELLS]) / 7.0 == pytest.approx(float(hill(1.0, MOST, 1.0, 1.0)), rel=5e-3)
    assert off[:, 1:].tobytes() == runs["skin", ()][:, 1:].tobytes(), "all but the site"
    assert differing(compiled(person), compiled(person, ("astrocyte protection",))) == {SHELTER}


FIBROUS = host(host_cells(stroma=STROMA_LAW), skin=soil("skin", residents=residents(fibroblasts=1.0)))


def test_stroma() -> None:
    """Drawn in over 10 days it takes a fifth of division and lends a factor; off, as where no fibroblasts live."""
    fibrous, bare = who(FIBROUS, dialogue=DIALOGUE), who(host(host_cells(stroma=STROMA_LAW)), dialogue=DIALOGUE)
    rows = lived(fibrous, [(56.0, {})], (), (*ONE_CLONE, "hypoxia"))
    days = 7.0 * np.arange(1, 9)
    assert rows[:, STROMA] == pytest.approx(-np.expm1(-days / 10.0), rel=1e-6)
    assert np.log(rows[-1, CELLS] / rows[-2, CELLS]) / 7.0 == pytest.approx(0.8 * 0.1 - 0.05, abs=5e-4)
    off = lived(fibrous, [(56.0, {})], (), (*FREE, "stroma"))
    assert off.tobytes() == lived(bare, [(56.0, {})], (), FREE).tobytes()
    assert (off[:, STROMA] == 0.0).all()
    assert differing(compiled(fibrous, ("stroma",)), compiled(bare)) == set()
    assert FIBROBLASTS in differing(compiled(fibrous), compiled(fibrous, ("stroma",)))


def test_stroma_supplies_a_factor() -> None:
    """A tumour with receptors for what fibroblasts make divides faster there, and not with them off: catches 1e-12."""
    reader = who(FIBROUS, dialogue=DIALOGUE, receptors=factors(hgf=0.8))
    on, off = (compiled(reader, without).site[0, AT["skin"], DIVISION] for without in ((), ("stroma",)))
    assert on == pytest.approx(0.1 * 0.8 * 0.5 / (0.5 + 0.25), rel=1e-12)
    assert off == 0.0


def test_stroma_keeps_drugs_out() -> None:
    """A full stroma lets a quarter of the drug in; off, or with its recruitment blocked, all of it: catches 0.5 %."""
    person = who(FIBROUS, dialogue=DIALOGUE, **STILL)
    depleting = agent("depleting", blocks={"stroma": 1e-9})
    for given, without, level in (({}, (), 0.25), ({}, ("stroma",), 1.0), ({"depleting": 1.0}, (), 1.0)):
        periods = [(98.0, given), (7.0, {"drug": 1.0, **given})]
        rows = lived(person, periods, [DRUG, depleting], (*ONE_CLONE, *without), cells=1e12)
        killed = np.log(rows[-2, CELLS] / rows[-1, CELLS]) / 7.0
        assert killed == pytest.approx(float(hill(level, MOST, 1.0, 1.0)), rel=5e-3)


INFLAMED = host(host_cells(inflammation=INFLAMMATION), skin=soil("skin", residents=residents(inflammation=0.8)))


def test_inflammation() -> None:
    """It adds factors, VEGF and departures; off, or held by an agent, the tissue is that of nobody inflamed."""
    person, calm = who(INFLAMED, dialogue=DIALOGUE), who(host(host_cells(inflammation=INFLAMMATION)), dialogue=DIALOGUE)
    on, off = compiled(person, inflammation=1.0), compiled(person, ("inflammation",), inflammation=1.0)
    assert on.site[0, AT["skin"], [VEGF_OUTPUT, DEPARTING]] == pytest.approx([1.8, 1.8], rel=1e-12)
    supply = 0.5 + 0.5 * 0.8
    missed = (1.0 - 0.6 * supply / (0.25 + supply)) * (1.0 - 0.6 * 0.5 / 0.75)
    assert on.site[0, AT["skin"], DIVISION] == pytest.approx(0.1 * (1.0 - missed), rel=1e-12)
    assert {DIVISION, VEGF_OUTPUT, DEPARTING} <= differing(compiled(person), compiled(calm))
    assert differing(compiled(person, ("inflammation",)), compiled(calm)) == set()
    assert on.site[1].tolist() == off.site[1].tolist() == off.site[0].tolist()


def test_inflamed_lesions_seed_more() -> None:
    """In a week of the engine an inflamed lesion leaks more and seeds half as often again; off, it does not.

    Founders that succeed are those under treatment: what it takes of them is not left for their families to meet.
    """
    at_once = ("treated founders",)
    soothing = agent("soothing", blocks={"inflammation": 1e-9})
    person = who(INFLAMED, dialogue=DIALOGUE)
    inflamed, soothed = (len(seeded(person, [soothing], {"soothing": level}, at_once)) for level in (0.0, 1.0))
    off = [len(seeded(person, [soothing], {"soothing": level}, ("inflammation", *at_once))) for level in (0.0, 1.0)]
    assert inflamed > 1.5 * soothed
    assert off == [soothed, soothed]


def test_wound_repair() -> None:
    """A fresh wound lends factors everywhere and hurries dormant lesions; off, its level means nothing, bit for bit."""
    person, reader = who(host(host_cells(healing=HEALING))), factors(pdgf=0.8)
    on = compiled(person, wound=1.0)
    assert on.site[1, :, SWITCHING][AT["skin"]] == pytest.approx(4.0)
    assert on.site[0, :, SWITCHING][AT["skin"]] == 1.0
    wounded = who(host(host_cells(healing=HEALING)), receptors=reader)
    speeds = {
        (level, without): speed(lived(wounded, [(7.0, {"wound": level})], (), (*FREE, *without)))
        for level in (0.0, 1.0) for without in ((), ("wound repair",))
    }  # fmt: skip
    gained = 0.1 * 0.8 * 0.5 / 0.75
    assert speeds[1.0, ()] - speeds[0.0, ()] == pytest.approx(gained, abs=1e-3)
    assert speeds[1.0, ("wound repair",)] == speeds[0.0, ()] == speeds[0.0, ("wound repair",)]
    assert differing(on, compiled(person, ("wound repair",), wound=1.0)) >= {DIVISION, SWITCHING}


def test_a_wound_heals_by_halves_in_a_programme() -> None:
    """Surgery on day 10 raises the signal to 1, and it halves each week; off, the programme is that of no surgery."""
    person = who(host(host_cells(healing=HEALING)))
    healing = build_programme((), (), {}, 0.0, 100.0, person, wounds=(10.0,))
    level = healing.conditions[healing.timeline.condition[:-1], SIGNALS.index("wound")]
    middle = 0.5 * (healing.timeline.start + healing.timeline.end)
    assert level.size > 5
    assert level[(middle > 10.0) & (middle < 40.0)] == pytest.approx(
        0.5 ** ((middle[(middle > 10.0) & (middle < 40.0)] - 10.0) / 7.0), abs=1.0 / 64.0
    )
    off = build_programme((), (), {}, 0.0, 100.0, person, (10.0,), ("wound repair",))
    assert off.timeline.start.size == 0


def test_receptor_blockade() -> None:
    """Without its one factor a cell divides no more and lives worse; off, the agent does nothing, bit for bit."""
    single = who(receptors=factors(egf=0.8), survival_receptors=factors(egf=0.8))
    holder = agent("holder", blocks={"egf": 1e-9})
    runs = {
        (level, without): lived(single, [(28.0, {"holder": level})], [holder], (*FREE, *without))
        for level in (0.0, 1.0) for without in ((), ("receptor blockade",))
    }  # fmt: skip
    held = 0.8 * 0.5 / 0.75
    assert speed(runs[0.0, ()]) == pytest.approx(0.1 * held - 0.05 - 0.02 * (1.0 - held), abs=1e-3)
    assert speed(runs[1.0, ()]) == pytest.approx(-0.05 - 0.02, abs=1e-3)
    assert runs[1.0, ("receptor blockade",)].tobytes() == runs[0.0, ()].tobytes()


@pytest.mark.parametrize("name", ["egf", "igf", "hgf", "pdgf", "chemokine"])
def test_every_receptor_can_be_held(name: str) -> None:
    """Each of the five, held, takes all division from a tumour that lives on it; off, none: catches one left out."""
    body = host(skin=soil("skin", ligands=factors(**{name: 0.5})))
    person = who(body, receptors=factors(**{name: 0.8}))
    on = compiled(person, **{name: 1.0}).site[:, AT["skin"], DIVISION]
    off = compiled(person, ("receptor blockade",), **{name: 1.0}).site[:, AT["skin"], DIVISION]
    assert on[0] == off[0] == off[1] == pytest.approx(0.1 * 0.8 * 0.5 / 0.75)
    assert on[1] == 0.0
