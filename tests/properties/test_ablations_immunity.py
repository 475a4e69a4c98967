"""Cells of the host that kill, switched off: lymphocytes and what they see, macrophages and what they feed."""

from __future__ import annotations

import numpy as np
import pytest

from seedsoil.body.state import (
    CELLS,
    DEPARTING,
    DIVISION,
    DRIVE,
    INSIDE,
    LYMPHOCYTES,
    MACROPHAGES,
    SEEN,
    VEGF_OUTPUT,
)
from tests.properties.examples import ONE_CLONE, add_clone, follow, lesion_of
from tests.properties.plain import (
    AT,
    DIALOGUE,
    IMMUNITY,
    INFILTRATION,
    INFLAMMATION,
    VISIBILITY,
    agent,
    compiled,
    differing,
    exposed,
    host,
    host_cells,
    lived,
    mechanism,
    residents,
    soil,
    speed,
    who,
    with_numbers,
)

FREE = (*ONE_CLONE, "hypoxia")
GUARDED = host(host_cells(immunity=IMMUNITY), lung=soil("lung", residents=residents(lymphocytes=1.0, macrophages=1.0)))
#: Divides at 0.1 and dies at 0.05 a day; at 1e6 cells effectors of level 1 kill at 0.15.
SMALL = 1e6
ACTIVATOR = agent("activator", raises={"macrophage": (1.0, 2.0, 1.0)})


def test_lymphocytes() -> None:
    """A lesion that they see shrinks at 0.1 a day; off, it grows as where there are none, bit for bit."""
    seen, unseen = who(GUARDED, visibility=VISIBILITY), who(GUARDED)
    hunted = lived(seen, [(7.0, {})], (), FREE, site="lung", cells=SMALL)
    assert speed(hunted, SMALL) == pytest.approx(0.05 - 0.15, abs=0.02)
    off = lived(seen, [(7.0, {})], (), (*FREE, "lymphocytes"), site="lung", cells=SMALL)
    assert speed(off, SMALL) == pytest.approx(0.05, abs=0.001)
    assert off.tobytes() == lived(unseen, [(7.0, {})], (), FREE, site="lung", cells=SMALL).tobytes()
    assert differing(compiled(seen), compiled(seen, ("lymphocytes",))) == {LYMPHOCYTES, SEEN}


def test_raised_lymphocytes_and_a_checkpoint() -> None:
    """Off, neither more lymphocytes nor an open checkpoint do anything; on, both do: catches an agent past the switch."""
    wary = who(GUARDED, visibility=with_numbers(VISIBILITY, checkpoint=0.8))
    agents = [agent("more", raises={"lymphocyte": (1e-9, 3.0, 1.0)}), agent("open", blocks={"checkpoint": 1e-9})]
    for without in ((), ("lymphocytes",)):
        usual, *helped = (
            speed(lived(wary, [(7.0, {name: 1.0})], agents, (*FREE, *without), site="lung", cells=SMALL), SMALL)
            for name in ("nothing", "more", "open")
        )
        if without:
            assert helped == [usual, usual]
        else:
            assert helped[0] < usual - 0.01
            assert helped[1] < usual - 0.08


def test_macrophages_kill_when_activated() -> None:
    """Activated to level 1 they shrink a lesion that nothing else sees; at rest they kill no one; off, no one either."""
    person = who(GUARDED)
    killed = lived(person, [(7.0, {"activator": 1.0})], [ACTIVATOR], FREE, site="lung", cells=SMALL)
    assert speed(killed, SMALL) == pytest.approx(0.05 - 0.15, abs=0.02)
    rest = lived(person, [(7.0, {})], [ACTIVATOR], FREE, site="lung", cells=SMALL)
    assert speed(rest, SMALL) == pytest.approx(0.05, abs=0.001)
    off = lived(person, [(7.0, {"activator": 1.0})], [ACTIVATOR], (*FREE, "macrophages"), site="lung", cells=SMALL)
    assert off.tobytes() == rest.tobytes()
    assert differing(compiled(person, macrophage=1.0), compiled(person, ("macrophages",), macrophage=1.0)) == {
        MACROPHAGES
    }


FED = host(
    host_cells(immunity=IMMUNITY, inflammation=INFLAMMATION), lung=soil("lung", residents=residents(macrophages=1.0))
)


def test_macrophages_feed_until_activated() -> None:
    """At rest they quicken division, VEGF and departures; activated or switched off, not at all: catches 1e-12."""
    person = who(FED, dialogue=DIALOGUE)
    on, off = compiled(person, macrophage=1.0), compiled(person, ("macrophages",))
    row, active, bare = on.site[0, AT["lung"]], on.site[1, AT["lung"]], off.site[0, AT["lung"]]
    assert row[DIVISION] > 1.03 * bare[DIVISION]
    assert [row[VEGF_OUTPUT], row[DEPARTING]] == pytest.approx([1.5, 1.5], rel=1e-12)
    assert active[[DIVISION, VEGF_OUTPUT, DEPARTING]] == pytest.approx(
        bare[[DIVISION, VEGF_OUTPUT, DEPARTING]], rel=1e-12
    )
    assert [bare[VEGF_OUTPUT], bare[DEPARTING]] == [1.0, 1.0]
    fed = {DIVISION, VEGF_OUTPUT, DEPARTING}
    assert fed <= differing(compiled(person), off)
    assert (
        differing(off, compiled(who(host(host_cells(immunity=IMMUNITY, inflammation=INFLAMMATION)), dialogue=DIALOGUE)))
        == set()
    )


def test_fed_lesions_grow_faster_until_macrophages_turn() -> None:
    """Four weeks of the engine: larger with resting macrophages than without: catches feeding that nobody feels."""
    person, free = who(FED, dialogue=DIALOGUE), tuple(name for name in FREE if name != "soil matching")
    fed, alone = (
        lived(person, [(28.0, {})], (), (*free, *without), site="lung", cells=SMALL)[-1, CELLS]
        for without in ((), ("macrophages",))
    )
    assert fed > 1.05 * alone


#: Lymphocytes that kill in the depth alone; what drives them; and how long.
DEEP = host_cells(immunity=with_numbers(IMMUNITY, kill_rate=0.0), infiltration=INFILTRATION)
INVADED = who(host(DEEP, lung=soil("lung", residents=residents(lymphocytes=1.0))), visibility=VISIBILITY)
DRIVER = agent("driver", raises={"infiltration": (1e-9, 1.0, 1.0)})
DRIVEN = [(14.0, {"driver": 1.0}), (14.0, {})]


def test_lymphocyte_infiltration() -> None:
    """Driven lymphocytes come, multiply and kill as their equations say, each looked at every half day; off, bit for bit as undriven.

    A lesion of 5000 cells lives by its edge; nothing else acts: catches 5 % in coming, dividing, killing or going.
    """
    rows = lived(INVADED, DRIVEN, [DRIVER], FREE, site="lung", cells=5e3, every=0.5)
    cells, inside, steps = 5e3, 0.0, 100
    for look in range(12):
        for _ in range(steps):
            dividing = 0.5 / (1.0 + 0.5 / 200.0) * cells / (cells + inside)
            killing = 4.0 / (1.0 + 4.0 / 200.0) * inside / (cells + inside) * 1.5
            inside += (0.001 * cells + (dividing - 0.04) * inside) * 0.5 / steps
            cells += (0.05 - killing) * cells * 0.5 / steps
        assert rows[look, INSIDE] == pytest.approx(inside, rel=0.05)
        assert rows[look, CELLS] == pytest.approx(cells, rel=0.1)
    for off in ("lymphocyte infiltration", "lymphocytes"):
        still = lived(INVADED, DRIVEN, [DRIVER], (*FREE, off), site="lung", cells=5e3, every=0.5)
        assert (still[:, INSIDE] == 0.0).all()
        assert (
            still.tobytes()
            == lived(INVADED, [(28.0, {})], [DRIVER], (*FREE, off), site="lung", cells=5e3, every=0.5).tobytes()
        )
    assert differing(
        compiled(INVADED, infiltration=1.0), compiled(INVADED, ("lymphocyte infiltration",), infiltration=1.0)
    ) == {DRIVE}


def test_lymphocytes_go_when_nothing_drives_them() -> None:
    """Of a million among cells that they do not see, 0.04 are lost a day, and no cell: catches blind killing."""
    model, timeline = exposed(who(INVADED.host), [DRIVER], [(28.0, {})], FREE)
    state = lesion_of(model, AT["lung"], 1e8)
    state.lesion[0, INSIDE] = 1e6
    _, rows = follow(model, state, 28.0, timeline=timeline)
    assert rows[-1, INSIDE] == pytest.approx(1e6 * np.exp(-0.04 * 28.0), rel=1e-9)
    assert speed(rows) == pytest.approx(0.05, abs=1e-3)


HIDING = who(INVADED.host, visibility=VISIBILITY, mechanisms=(mechanism("hidden", antigen_kept=0.0),))


def test_bystander_killing() -> None:
    """Half of a lesion hides: each that is slain takes half a neighbour along, whichever; off, none.

    With a lymphocyte for each hundred cells 0.037 a day are slain of a whole lesion; catches 0.0006.
    """
    for off, along in (((), 0.5), (("bystander killing",), 0.0)):
        model, timeline = exposed(HIDING, [DRIVER], [(1.0, {})], (*(one for one in FREE if one != "resistance"), *off))
        state = lesion_of(model, AT["lung"], 5e9)
        add_clone(state, int(np.flatnonzero(model.mask == 1)[0]), 5e9)
        state.lesion[0, CELLS], state.lesion[0, INSIDE] = 1e10, 1e8
        state, _ = follow(model, state, 1.0, every=1.0, timeline=timeline)
        slain = 0.5 * 4.0 / (0.5 + 4.0 / 200.0) / 101.0 * np.exp(-0.02)  # in the day's middle
        change = np.log(state.cells[0, :2] / 5e9)
        assert change == pytest.approx([0.05 - slain * (2.0 + along), 0.05 - slain * along], abs=6e-4)
