"""Blocks of tissue: what must hold whatever is in them, what exact laws say, and what goes when a behaviour is switched off."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seedsoil.tissue.lattice import CLONES, COVERED, PIECES
from seedsoil.tissue.model import Setting, TissueModel
from tests.tissue_scenes import VASCULAR, ball, block, kind, substance, vascular

BLOCK = (5, 9, 14)
DAY = 24


def _bytes(model: TissueModel) -> dict[str, bytes]:
    """Every array of a state, but for scratch."""
    return {name: array.tobytes() for name, array in model.lattice._asdict().items() if name != "slot"}


def _after(model: TissueModel, steps: int) -> TissueModel:
    for _ in range(steps):
        model.step()
    return model


# ------------------------------------------------------------------ sameness


@pytest.mark.parametrize("threads", [2, 3])
def test_any_number_of_threads_gives_the_same_bytes(threads: int) -> None:
    """Cells and vessels, two days in slabs of two layers or one: catches one draw, or one order, that follows a thread."""
    alone = _bytes(_after(vascular(BLOCK), 2 * DAY))
    assert _bytes(_after(vascular(BLOCK, threads=threads), 2 * DAY)) == alone


def test_fields_are_the_same_with_threads() -> None:
    """With solved fields: catches a sum across slabs."""
    oxygen = substance("oxygen", "mmHg", diffusion="1e5 um^2/min", in_blood="38 mmHg", wall="open")
    vessel = kind("vessel", "vessel")
    tumour = kind("tumour", division="1 /day", pushes=2, uptake={"oxygen": "5 /min"})
    found = []
    for threads in (1, 3):
        model = TissueModel(Setting(BLOCK), [tumour, vessel], [oxygen], threads=threads)
        model.lay("vessel", np.arange(BLOCK[2]) + 3 * BLOCK[2])
        model.put("tumour", ball(BLOCK, 2.0) & (model.lattice.kind == 0))
        found.append(_bytes(_after(model, 6)))
    assert found[0] == found[1]


NOTHING = [
    {"signal": "factor", "raises": "death", "by": "0 /day", "half": "1"},
    {"signal": "factor", "raises": "movement", "by": "0 um/min", "half": "1"},
    {"signal": "contact host", "lowers": "division", "by": 0.0, "half": "0.5", "power": 3},
    {"signal": "age", "raises": "attraction factor", "by": 0.0, "half": "1 day"},
    {"signal": "space", "raises": "secretion factor", "by": "0 /day", "half": "0.5"},
]


@pytest.mark.parametrize("rule", NOTHING, ids=lambda rule: rule.get("raises") or rule["lowers"])
def test_a_rule_without_effect_changes_no_byte(rule: dict[str, Any]) -> None:
    """For two days: catches a rule that takes luck, or whose mere presence turns something on."""
    kinds = copy.deepcopy(VASCULAR)
    kinds["tumour"]["rules"].append(rule)
    assert _bytes(_after(vascular(BLOCK, kinds), 2 * DAY)) == _bytes(_after(vascular(BLOCK), 2 * DAY))


# ------------------------------------------------------------------ accounts


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cells_are_conserved(seed: int) -> None:
    """What is there is what was put and came less what went, kind by kind: catches one cell that is lost or made."""
    model = vascular(BLOCK, seed=seed)
    before = {name: sum(each.values()) for name, each in model.counts().items()}
    _after(model, 3 * DAY)
    done = model.tallies()
    came = {name: each["divisions"] + each["arrivals"] for name, each in done.items()}
    came["guest"] += done["tumour"]["changes"]
    went = {name: each["cleared"] + each["replaced"] for name, each in done.items()}
    went["tumour"] += done["tumour"]["changes"]
    tips = sum(model.counts()["tip"].values())
    for name in ("tumour", "host", "guest"):
        assert sum(model.counts()[name].values()) == before[name] + came[name] - went[name], name
    # A tip becomes a vessel where it joins, so those two are counted together.
    pieces = sum(model.counts()["vessel"].values()) + tips
    made = done["vessel"]["sprouts"] + done["tip"]["moves"]
    assert pieces == before["vessel"] + made - went["vessel"] - went["tip"]
    assert int(model.lattice.used[PIECES]) == before["vessel"] + made


# ------------------------------------------------------------------ exact laws


def _spread(cells: int, gap: int) -> tuple[tuple[int, int, int], NDArray[np.int64]]:
    """A plane and so many voxels a side in it, ``gap`` apart."""
    side = cells * gap
    row = np.arange(cells) * gap + gap // 2
    return (1, side, side), (row[:, None] * side + row).ravel()


def test_death_alone_is_exponential() -> None:
    """40 000 cells, a day at 0.5 a day: catches a rate that is wrong by 3 per cent (six standard errors)."""
    shape = (1, 200, 200)
    model = block(shape, [kind("host", "host", death="0.5 /day")])
    model.put("host", np.ones(shape, bool))
    _after(model, DAY)
    share = model.counts()["host"]["alive"] / 40_000
    assert abs(share - math.exp(-0.5)) < 6.0 * math.sqrt(math.exp(-0.5) * (1.0 - math.exp(-0.5)) / 40_000)


def test_birth_alone_follows_the_law_of_yule() -> None:
    """3600 founders, two days at one division a day, quarters of an hour: cells of one founder are geometric.

    Catches a rate that is wrong by 5 per cent, and luck that sisters share (six standard errors).
    """
    shape, founders = _spread(60, 14)
    model = block(shape, [kind("host", "host", division="1 /day", pushes=3)], step=1.0 / 96.0)
    for founder in founders:
        model.put("host", np.array([founder]), clone=model.new_clone())
    _after(model, 192)
    sizes = np.bincount(model.lattice.clone.ravel(), minlength=founders.size + 1)[1:]
    per_step = -math.expm1(-1.0 / 96.0)
    mean, chance = (1.0 + per_step) ** 192, math.exp(-2.0)
    assert abs(mean - math.exp(2.0)) < 0.025 * mean  # what a step of this length leaves out
    assert abs(sizes.mean() - mean) < 6.0 * math.sqrt(mean * (mean - 1.0) / founders.size)
    for most in (1, 3, 8, 20):
        below = 1.0 - (1.0 - chance) ** most
        assert abs((sizes <= most).mean() - below) < 6.0 * math.sqrt(below * (1 - below) / founders.size) + 0.01, most


def test_hazards_add() -> None:
    """Two drugs and neither, either or both, 10 000 cells each: survival is the product (Bliss), to 4 per cent of it."""
    shape = (1, 200, 200)
    there = np.indices(shape) >= 100
    levels = np.stack([there[1], 3.0 * there[2]]).astype(np.float32)
    rules = [
        {"signal": "one", "raises": "death", "by": "1 /day", "half": "1"},
        {"signal": "other", "raises": "death", "by": "0.8 /day", "half": "1", "power": 2},
    ]
    host = kind("host", "host", death="0.1 /day", rules=rules)
    model = block(shape, [host], [substance("one"), substance("other")], lambda _: levels)
    model.put("host", np.ones(shape, bool))
    _after(model, DAY)
    alive = model.alive("host")
    for one in (0, 1):
        for other in (0, 1):
            expected = math.exp(-(0.1 + one * 0.5 + other * 0.8 * 9.0 / 10.0))
            share = alive[(there[1] == one) & (there[2] == other)].mean()
            assert abs(share - expected) < 6.0 * math.sqrt(expected * (1.0 - expected) / 10_000), (one, other)


def test_what_is_lowered_wholly_never_happens() -> None:
    """An end of signal without end: catches one death among 10 000 cells at 5 deaths a day and cell."""
    shape = (1, 100, 100)
    rule = {"signal": "factor", "lowers": "death", "half": "1e-20", "power": 20}
    ones = np.ones((1, *shape), np.float32)
    model = block(shape, [kind("host", "host", death="5 /day", rules=[rule])], [substance("factor")], lambda _: ones)
    model.put("host", np.ones(shape, bool))
    _after(model, DAY)
    assert model.tallies()["host"]["deaths"] == 0


def test_half_the_step_changes_growth_little() -> None:
    """400 nodules of 13 cells that push and die, three days, hours against half hours: 8 per cent of their cells at most.

    The law of a step leaves out daughters that divide within it: 3 per cent here.
    """
    found = []
    for step in (1.0 / 24.0, 1.0 / 48.0):
        shape, centres = _spread(20, 28)
        middle = np.zeros(shape, bool)
        middle.ravel()[centres] = True
        for dy, dx in zip(*np.nonzero(ball((1, 5, 5), 2.0)[0]), strict=True):
            middle |= np.roll(np.roll(_at(shape, centres), dy - 2, axis=1), dx - 2, axis=2)
        model = block(shape, [kind("host", "host", division="1 /day", death="0.1 /day", pushes=3)], step=step)
        model.put("host", middle)
        assert model.counts()["host"]["alive"] == 13 * 400
        model.run(3.0)
        found.append(model.counts()["host"]["alive"])
    assert found[0] > 13 * 400 * 5
    assert abs(math.log(found[0] / found[1])) < 0.08


def _at(shape: tuple[int, int, int], voxels: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    mask.ravel()[voxels] = True
    return mask


# ------------------------------------------------------------------ walks


def _places(model: TissueModel) -> NDArray[np.int64]:
    """Where each cell of the genealogy is (cells, axes); none may have died."""
    cells = np.argwhere(model.lattice.cell > 0)
    return cells[np.argsort(model.lattice.cell[tuple(cells.T)])]


@pytest.mark.parametrize(
    ("shape", "gap", "speed", "steps"), [((1, 300, 300), 5, 0.3, 40), ((61, 61, 61), 5, 2.0, 6)], ids=["plane", "space"]
)
def test_a_walk_has_its_speed_and_no_way_of_its_own(shape: Any, gap: int, speed: float, steps: int) -> None:
    """Cells far from one another, in one round a step or nine: way = speed x time to 2 per cent, its square = 2 d D t.

    Catches a walk that prefers an axis or a way by a fifth, and steps that follow each other.
    """
    plane = shape[0] == 1
    inner = [np.arange(length)[20:-20:gap] if length > 40 else np.arange(length) for length in shape]
    where = np.zeros(shape, bool)
    where[np.ix_(*inner)] = True
    model = block(shape, [kind("walker", "host", movement=f"{speed} um/min")], tree=True, seed=4)
    model.put("walker", where)
    before = _places(model)
    _after(model, steps)
    moved = _places(model) - before
    hop = (1.0 + math.sqrt(2.0)) / 2.0 if plane else (6.0 + 12.0 * math.sqrt(2.0) + 8.0 * math.sqrt(3.0)) / 26.0
    hops = speed * 60.0 * steps / (20.0 * hop) * len(moved)
    assert abs(model.tallies()["walker"]["moves"] - hops) < 6.0 * math.sqrt(hops)
    along = 0.75 if plane else 18.0 / 26.0  # mean square of a hop along one axis
    expected = hops / len(moved) * along
    for axis in range(int(plane), 3):
        assert abs(moved[:, axis].mean()) < 6.0 * math.sqrt(expected / len(moved))
        square = (moved[:, axis] ** 2).mean()
        assert abs(square - expected) < 6.0 * expected * math.sqrt(2.0 / len(moved)) + 0.02 * expected, axis


def test_cells_that_change_places_do_not_change_back() -> None:
    """A full plane where all swap: each goes by its own hops and by others', so its square of way is twice a walker's.

    Catches luck that two cells share because one comes where the other was: that takes away a fifth.
    """
    shape, speed, steps = (1, 120, 120), 0.2, 30
    model = block(shape, [kind("walker", "host", movement=f"{speed} um/min", swaps=True)], tree=True)
    model.put("walker", np.ones(shape, bool))
    before = _places(model)
    _after(model, steps)
    moved = (_places(model) - before)[np.all(np.abs(before - [0, 60, 60]) < 42, axis=1)]
    hops = speed * 60.0 * steps / (20.0 * (1.0 + math.sqrt(2.0)) / 2.0)
    for axis in (1, 2):
        square = (moved[:, axis] ** 2).mean()
        assert abs(square - 2.0 * 0.75 * hops) < 6.0 * 1.5 * hops * math.sqrt(2.0 / len(moved))


def test_attraction_draws_up_a_slope_and_its_absence_does_not() -> None:
    """1000 walkers on a slope: catches attraction that is reversed, or that is there unasked (six standard errors; it draws by about twelve)."""
    shape = (1, 160, 160)
    rise = np.broadcast_to(np.linspace(0.0, 16.0, 160, dtype=np.float32), shape)[None].copy()
    drift = {}
    for strength in (0.0, 20.0):
        walker = kind("walker", "host", movement="0.3 um/min", attraction={"factor": strength})
        model = block(shape, [walker], [substance("factor")], lambda _: rise, tree=True)
        where = np.zeros(shape, bool)
        where[0, 20:140:4, 20:140:4] = True
        model.put("walker", where)
        before = _places(model)
        _after(model, 20)
        drift[strength] = (_places(model) - before)[:, 2]
    error = np.std(drift[0.0]) / math.sqrt(drift[0.0].size)
    assert abs(drift[0.0].mean()) < 6.0 * error
    assert drift[20.0].mean() > 6.0 * error


def test_affinity_holds_daughters_to_vessels() -> None:
    """A tumour at a vessel: with affinity more of it lies beside the vessel than without: 0.80 against 0.54; catches half of that (four standard errors)."""
    shares = {}
    for affinity in (0.0, 30.0):
        shape = (1, 41, 41)
        tumour = kind("tumour", division="2 /day", vessel_affinity=affinity)
        touching = []
        for seed in range(120):
            model = block(shape, [tumour, kind("vessel", "vessel")], seed=seed)
            model.lay("vessel", np.arange(41) + 20 * 41)
            model.put("tumour", np.array([19 * 41 + 20]))
            _after(model, DAY)
            rows = np.nonzero(model.alive("tumour"))[1]
            touching.append((np.abs(rows - 20) == 1).mean())
        shares[affinity] = float(np.mean(touching)), float(np.var(touching) / len(touching))
    (near, spread), (free, spread_free) = shares[30.0], shares[0.0]
    assert near - free > 4.0 * math.sqrt(spread + spread_free)


# ------------------------------------------------------------------ switched off


def _without(name: str, *traits: str, rules: str = "") -> Callable[[dict[str, dict[str, Any]]], None]:
    """What takes traits, and the rules for a behaviour, from a kind."""

    def change(kinds: dict[str, dict[str, Any]]) -> None:
        for trait in traits:
            del kinds[name][trait]
        if rules:
            kinds[name]["rules"] = [rule for rule in kinds[name]["rules"] if rules not in rule.values()]

    return change


def _tally(name: str, event: str) -> Callable[[TissueModel], int]:
    return lambda model: model.tallies()[name][event]


OFF: dict[str, tuple[Callable[[Any], None], Callable[[TissueModel], float]]] = {
    "division": (_without("tumour", "division"), _tally("tumour", "divisions")),
    "death": (_without("tumour", "death"), _tally("tumour", "deaths")),
    "necrosis": (_without("tumour", "necrosis"), _tally("tumour", "necroses")),
    "change": (_without("tumour", "change"), _tally("tumour", "changes")),
    "movement": (_without("guest", "movement"), _tally("guest", "moves")),
    "attack": (_without("guest", "attack"), _tally("guest", "kills")),
    "admission": (_without("vessel", rules="admission guest"), _tally("guest", "arrivals")),
    "sprouting": (_without("vessel", rules="sprouting"), _tally("vessel", "sprouts")),
    "leading": (_without("tip", "movement"), _tally("tip", "moves")),
    "variation": (
        _without("tumour", "variation", "mechanisms"),
        lambda model: int(model.lattice.used[CLONES]) - 1,
    ),
    "mechanisms": (_without("tumour", "mechanisms"), lambda model: int(model.lattice.clone_bits.max())),
    "programme": (
        _without("tumour", rules="programme"),
        lambda model: float(model.lattice.memory[model.alive("tumour")].max()),
    ),
    "uncovering": (
        _without("vessel", "uncovering", rules="uncovering"),
        lambda model: int(((model.lattice.piece_flags[:28] & COVERED) == 0)[model.lattice.piece_voxel[:28] >= 0].sum()),
    ),
    "covering": (
        _without("vessel", "covering", rules="covering"),
        lambda model: int((model.lattice.piece_flags[28:] & COVERED).sum()),
    ),
}


TRAITS: dict[str, tuple[dict[str, float], str, str]] = {
    "death": ({"death": 8.0}, "tumour", "deaths"),
    "movement": ({"movement": 8.0}, "tumour", "moves"),
    "division": ({"division": 0.0}, "tumour", "divisions"),
    "mutation": ({"mutation": 0.0}, "", "clones"),
    "visibility": ({"visibility": 0.0}, "guest", "kills"),
}


@pytest.mark.parametrize("name", TRAITS)
def test_a_trait_of_a_clone_is_its_own_and_goes_with_it(name: str) -> None:
    """A clone eight times as quick to die or walk, or that never divides, mutates, shows itself; with the change at 1 it is as all are.

    Catches a change that is not read, and one that another clone of the kind has too.
    """
    changes, who, event = TRAITS[name]
    found = []
    for given, carries in ((changes, True), (dict.fromkeys(changes, 1.0), True), (changes, False)):
        shape = (1, 40, 40)
        trait = {"name": "own", "probability": 0.0, "changes": given}
        tumour = kind(
            "tumour", division="0.4 /day", death="0.1 /day", movement="0.05 um/min", variation=0.5, mechanisms=[trait]
        )
        guest = kind(
            "guest", "host", attack="2 /day", movement="0.4 um/min", targets=("tumour",), swaps=True, by_antigen=True
        )
        model = block(shape, [tumour, guest], seed=4)
        where = np.indices(shape).sum(axis=0) % 3
        model.put("tumour", where == 0, clone=model.new_clone("own") if carries else 0)
        model.put("guest", (where == 1) & (np.indices(shape)[1] % 7 == 0))
        _after(model, DAY)
        found.append(int(model.lattice.used[CLONES]) if event == "clones" else model.tallies()[who][event])
    own, one, other = found
    assert abs(one - other) <= 6.0 * math.sqrt(one + other)
    assert own > 3 * one if max(changes.values()) > 1.0 else own <= 2


@pytest.mark.parametrize("name", OFF)
def test_what_is_switched_off_is_gone(name: str) -> None:
    """Two days with and without: catches a behaviour that never happens, or happens unasked."""
    change, measure = OFF[name]
    assert measure(_after(vascular(BLOCK, seed=3), 2 * DAY)) > 0
    kinds = copy.deepcopy(VASCULAR)
    change(kinds)
    assert measure(_after(vascular(BLOCK, kinds, seed=3), 2 * DAY)) == 0


def test_who_neither_invades_nor_pushes_stays_among_its_neighbours() -> None:
    """A tumour cell walled in by hosts: it takes their place if it invades, pushes one if it can, else nothing."""
    shape = (1, 9, 9)
    found = {}
    for name, traits in {"invades": {"invasion": 1.0}, "pushes": {"pushes": 3}, "neither": {}}.items():
        model = block(shape, [kind("tumour", division="4 /day", **traits), kind("host", "host", yields=True)])
        where = np.zeros(shape, bool)
        where[0, 2:7, 2:7] = True
        model.put("host", where)
        model.put("tumour", np.array([4 * 9 + 4]))
        _after(model, DAY // 2)
        found[name] = (model.counts()["tumour"]["alive"] > 1, model.counts()["host"]["alive"] < 24)
    assert found == {"invades": (True, True), "pushes": (True, False), "neither": (False, False)}
