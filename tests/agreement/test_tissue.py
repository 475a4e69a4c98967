"""Blocks of tissue by the engine and by its plain twin: the same cells, vessels, clones and lives, step by step.

Each scene is made for some laws, and says that they were used. The least that is seen is one voxel, in one step.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import minimum_filter

from seedsoil.tissue.lattice import CELLS, CLONES, PERFUSED, PIECES
from tests.agreement.tissue_pair import TissuePair, flows_agree
from tests.tissue_scenes import HALF_DAY, ball, block, kind, slope, substance, vascular

PLANE, SPACE = (1, 11, 13), (5, 7, 6)


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_growth_with_pushing_and_invasion(shape: tuple[int, int, int]) -> None:
    """A tumour pushes stroma, invades what yields (half of the time), dies both ways, and is cleared."""
    tumour = kind(
        "tumour", division="2 /day", death="0.3 /day", necrosis="0.2 /day", pushes=2, invasion=0.5, variation=0.1,
        **HALF_DAY,
    )  # fmt: skip
    stroma = kind("stroma", "host", death="0.1 /day", **HALF_DAY)
    host = kind("host", "host", yields=True)
    model = block(shape, [tumour, stroma, host], tree=True, seed=6)
    model.put("host", np.indices(shape)[2] >= shape[2] // 2)
    model.put("stroma", np.indices(shape)[2] < 3)
    model.put("tumour", ball(shape, 1.5))
    pair = TissuePair(model).live(45)
    assert pair.happened("host", "replaced") > 10
    assert min(pair.happened("tumour", event) for event in ("divisions", "deaths", "necroses", "cleared")) > 3
    assert model.lattice.used[CLONES] > 5
    ends = model.lattice.tree_died[1 : model.lattice.used[CELLS]]
    alive = sum(int(model.alive(each).sum()) for each in ("tumour", "stroma", "host"))
    assert int((ends < 0).sum()) == alive


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_rows_are_drawn_into_the_places_of_the_dead(shape: tuple[int, int, int]) -> None:
    """A nodule in the open dies and is cleared, and closes behind its dead: it has no hole within, but for a wall of vessel."""
    tumour = kind("tumour", division="1 /day", necrosis="1 /day", pushes=2, pulls=9, **HALF_DAY)
    wall = kind("wall", "vessel", **HALF_DAY)
    model = block(shape, [tumour, wall], tree=True, seed=11)
    model.put("tumour", ball(shape, 2.9))
    model.lay("wall", np.flatnonzero(np.indices(shape)[2] == shape[2] // 2)[: shape[1] : 2])
    pair = TissuePair(model).live(40)
    assert pair.happened("tumour", "cleared") > 10
    filled = model.lattice.kind > 0
    about = np.ones((3, 3, 3) if shape[0] > 1 else (1, 3, 3), bool)
    about[tuple(size // 2 for size in about.shape)] = False
    assert not (~filled & minimum_filter(filled, footprint=about, mode="constant", cval=0)).any()


def test_tiles_follow_one_another_along_every_axis() -> None:
    """Cells of two kinds about the corner of eight tiles take each other's places: catches a tile counted along the wrong axis."""
    shape = (10, 10, 68)
    tumour = kind("tumour", division="4 /day", death="1 /day", pushes=1, invasion=1.0, variation=0.2, **HALF_DAY)
    host = kind("host", "host", division="2 /day", yields=True)
    model = block(shape, [tumour, host], seed=9)
    z, y, x = np.indices(shape)
    near = (abs(z - 7.5) < 2) & (abs(y - 7.5) < 2) & (abs(x - 63.5) < 3)
    model.put("host", near)
    model.put("tumour", near & ((z + y + x) % 2 == 0))
    pair = TissuePair(model).live(8)
    assert pair.happened("host", "replaced") > 20
    assert model.alive("tumour")[:8, :8, :64].any()
    assert model.alive("tumour")[8:, 8:, 64:].any()


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_walks(shape: tuple[int, int, int]) -> None:
    """A quick kind in six rounds that swaps, follows a level and holds on to its own; a slow one that needs room."""
    quick = kind(
        "quick", "host", movement="1.3 um/min", swaps=True, death="0.1 /day", cohesion=2.0, attraction={"factor": 6.0}
    )
    slow = kind(
        "slow", movement="0.2 um/min", division="0.4 /day", invasion=0.3,
        rules=[
            {"signal": "factor", "raises": "attraction factor", "by": 4.0, "half": "1"},
            {"signal": "factor", "raises": "movement", "by": "0.3 um/min", "half": "1"},
        ],
    )  # fmt: skip
    host = kind("host", "host", yields=True)
    model = block(shape, [quick, slow, host], [substance("factor")], slope(shape, turns=True), tree=True, seed=3)
    model.put("host", np.indices(shape)[1] < 3)
    model.put("quick", (np.indices(shape).sum(axis=0) % 3 == 0) & (np.indices(shape)[1] >= 3))
    model.put("slow", (np.indices(shape).sum(axis=0) % 7 == 2) & (np.indices(shape)[1] >= 3))
    assert model.laws.rounds.max() >= 6
    pair = TissuePair(model).live(15)
    assert pair.happened("quick", "moves") > 200
    assert pair.happened("slow", "moves") > 20


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_rules_and_resistance(shape: tuple[int, int, int]) -> None:
    """Rules that raise and lower, with needs, shifts, contacts, age and space; a programme; mutants by folds and costs."""
    tumour = kind(
        "tumour", division="1.5 /day", death="0.05 /day", pushes=1, programme_time="0.5 day", variation=0.02,
        uptake={"oxygen": "3 /min"}, secretion={"factor": "0 /min"},
        mechanisms=[
            {"name": "pump", "probability": 0.1, "against": {"drug": 5.0}, "cost": 0.3},
            {"name": "target", "probability": 0.05, "against": {"drug": 3.0, "factor": 3.0}},
        ],
        rules=[
            {"signal": "oxygen", "lowers": "necrosis", "half": "0.5", "power": 3},
            {"signal": "drug", "raises": "death", "by": "2 /day", "half": "0.6", "power": 2.5,
             "shifted_by": [{"signal": "programme", "by": 4.0}, {"signal": "contact host", "by": 2.0}]},
            {"signal": "contact host", "raises": "programme", "by": 1.2, "half": "0.2",
             "needs": {"signal": "factor", "half": "0.3"}},
            {"signal": "programme", "lowers": "division", "half": "0.5", "by": 0.6},
            {"signal": "age", "raises": "change", "by": "1 /day", "half": "0.5 day", "power": 4},
            {"signal": "space", "raises": "division", "by": "0.5 /day", "half": "0.3"},
            {"signal": "drug", "lowers": "uptake oxygen", "half": "1", "by": 0.5},
            {"signal": "contact empty", "raises": "secretion factor", "by": "6 /min", "half": "0.4"},
        ],
        necrosis="3 /day", becomes="dormant", **HALF_DAY,
    )  # fmt: skip
    dormant = kind("dormant", death="0.01 /day", programme_time="2 day")
    host = kind("host", "host")
    wanted = [substance("oxygen"), substance("factor"), substance("drug")]
    model = block(shape, [tumour, dormant, host], wanted, slope(shape, 3, turns=True), seed=11)
    model.put("host", np.indices(shape).sum(axis=0) % 4 == 1)
    model.put("tumour", ball(shape, 2.5))
    model.put("tumour", np.array([0, 3]), clone=model.new_clone("pump", "target"))
    pair = TissuePair(model).live(40)
    flows_agree(pair)
    assert min(pair.happened("tumour", event) for event in ("divisions", "deaths", "necroses", "changes")) > 2
    assert len(set(model.lattice.clone_bits[: model.lattice.used[CLONES]])) == 4
    assert 0.2 < model.lattice.memory.max() <= 1.0


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_traits_of_clones(shape: tuple[int, int, int]) -> None:
    """Clones that differ in every kind of behaviour: rates, walks in many rounds, flows, what they follow, what is seen, mutation."""
    tumour = kind(
        "tumour", division="1.5 /day", death="0.2 /day", necrosis="0.1 /day", movement="0.2 um/min", pushes=1,
        programme_time="0.5 day", variation=0.05, visibility=0.8, vessel_affinity=2.0,
        uptake={"oxygen": "3 /min"}, secretion={"factor": "0.2 /min"}, attraction={"oxygen": 2.0},
        mechanisms=[
            {"name": "rover", "probability": 0.1, "cost": 0.2,
             "changes": {"movement": 4.0, "attraction oxygen": 3.0, "vessel_affinity": 5.0, "uptake oxygen": 0.5}},
            {"name": "hidden", "probability": 0.05, "changes": {"visibility": 0.2, "mutation": 6.0, "division": 1.4}},
            {"name": "frail", "probability": 0.05, "changes": {"death": 3.0, "secretion factor": 7.0, "programme": 0.3}},
        ],
        rules=[
            {"signal": "factor", "raises": "programme", "by": 1.0, "half": "1"},
            {"signal": "factor", "lowers": "visibility", "half": "2", "by": 0.5},
            {"signal": "oxygen", "raises": "vessel_affinity", "by": 3.0, "half": "1"},
            {"signal": "factor", "raises": "mutation", "by": 2.0, "half": "1"},
        ],
        **HALF_DAY,
    )  # fmt: skip
    killer = kind(
        "killer", "host", movement="0.6 um/min", attack="3 /day", targets=("tumour",), swaps=True, by_antigen=True
    )
    brute = kind("brute", "host", movement="0.6 um/min", attack="1 /day", targets=("tumour",), swaps=True)
    vessel = kind("vessel", "vessel")
    wanted = [substance("oxygen"), substance("factor")]
    model = block(shape, [tumour, killer, brute, vessel], wanted, slope(shape, 2, turns=True), tree=True, seed=2)
    model.lay("vessel", (shape[0] // 2 * shape[1] + 2) * shape[2] + np.arange(shape[2]))
    model.put("tumour", ball(shape, 3.0) & (model.lattice.kind == 0))
    model.put("killer", (np.indices(shape).sum(axis=0) % 11 == 0) & (model.lattice.kind == 0))
    model.put("brute", (np.indices(shape).sum(axis=0) % 13 == 1) & (model.lattice.kind == 0))
    assert model.laws.rounds.max() > 1
    pair = TissuePair(model).live(40)
    flows_agree(pair)
    assert min(pair.happened("killer", "kills"), pair.happened("brute", "kills")) > 2
    assert pair.happened("tumour", "moves") > 20
    assert len(set(model.lattice.clone_bits[: model.lattice.used[CLONES]])) >= 4


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_killers(shape: tuple[int, int, int]) -> None:
    """Killers walk, attack two kinds and their own, and are held off by a level; nobody kills the dead."""
    killer = kind(
        "killer", "host", movement="0.5 um/min", attack="2 /day", targets=("tumour", "killer"), swaps=True,
        rules=[{"signal": "factor", "lowers": "attack", "half": "1", "by": 0.7}], **HALF_DAY,
    )  # fmt: skip
    tumour = kind("tumour", division="1 /day", **HALF_DAY)
    model = block(shape, [killer, tumour], [substance("factor")], slope(shape), tree=True, seed=5)
    model.put("tumour", ball(shape, 3.0))
    model.put("killer", np.indices(shape).sum(axis=0) % 5 == 0)
    pair = TissuePair(model).live(30)
    assert pair.happened("killer", "kills") > 20


@pytest.mark.parametrize("shape", [PLANE, SPACE])
def test_vessels(shape: tuple[int, int, int]) -> None:
    """Tips leave, lead, join and die; guests come in and cut vessels; a tumour pushes, but no vessel, and follows them."""
    model = vascular(shape, seed=5)
    pair = TissuePair(model).live(12)
    flowing = (model.lattice.piece_flags[: model.lattice.used[PIECES]] & PERFUSED) > 0
    assert 0 < flowing.sum() < flowing.size
    flows_agree(pair)
    pair.live(33)
    lattice, count = model.lattice, int(model.lattice.used[PIECES])
    assert (lattice.piece_joined[:count] >= 0).sum() > 2
    assert (lattice.piece_voxel[:count] < 0).sum() > 2
    assert pair.happened("guest", "arrivals") > 3
    assert pair.happened("guest", "kills") > 1
    assert pair.happened("vessel", "sprouts") > 3
    assert ((lattice.piece_dry[:count] > 3) & (lattice.piece_voxel[:count] >= 0)).any()
