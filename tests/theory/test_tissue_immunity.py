"""Immune cells that kill on contact: how often, against a closed form; whom, and whom not; and what that does to a nodule (G14).

What these tests catch: a rate of kills that is off by 13 %, and a killer that does not know its targets.
"""

import math
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from seedsoil.catalogue.load import entry
from seedsoil.scene.build import build
from seedsoil.scene.text import read_scene, written
from seedsoil.tissue.model import TissueModel

pytestmark = pytest.mark.theory

FACES = ("west", "east", "north", "south")
KILLERS = ("t_cell", "natural_killer", "macrophage")
TUMOURS = ("carcinoma", "melanoma")
#: Nobody divides, dies of itself or is cleared, so that only contact kills.
STILL = {"body_time": "1000 days", "death": "0 /day", "division": "0 /day"}


def culture(killer: str, targets: dict[str, float], size: str = "1.2 mm", **changes: Any) -> TissueModel:
    """A dish in which killers wander among other cells, each kind with its share of the voxels, put one after another.

    The activator of macrophages is at their half-point: it makes half of what they can do.
    """
    level = dict.fromkeys(FACES, "0.1 mg/L")
    scene: dict[str, Any] = {
        "scene": {"title": "A culture", "seed": changes.pop("seed", 1), "until": "2 days", "without": ["necrosis", *changes.pop("without", [])]},
        "block": {"size": [size, size]},
        "sides": {"activator": changes.pop("activator", level)},
        "substances": {"activator": {"decay": "1e-6 /min", "wall": "closed"}},
        "cells": {
            killer: STILL | {"movement": "3 um/min"} | changes.pop(killer, {}),
            **{name: STILL | {"movement": "0 um/min"} | changes.pop(name, {}) for name in targets},
        },
        "place": [{"cell": killer, "where": "scattered", "share": 0.05}],
    }  # fmt: skip
    left = 0.95
    for name, share in targets.items():
        scene["place"].append({"cell": name, "where": "scattered", "share": share / left, **changes.get("place", {})})
        left -= share
    return build(read_scene(scene))


def neighbours(edge: int) -> np.ndarray:
    """How many voxels there are about each of a square."""
    along = np.full(edge, 3)
    along[[0, -1]] = 2
    found: np.ndarray = (along[:, None] * along[None, :] - 1).ravel()
    return found


def expected_kills(killers: int, targets: int, edge: int, rate: float, days: float) -> float:
    """Kills in a mixed dish: each killer kills at its rate while at least one of the voxels about it holds a target."""
    about, alive, count = neighbours(edge), float(targets), edge**2
    for _ in range(1000):
        met = 1.0 - np.mean((1.0 - alive / count) ** about)
        alive -= killers * rate * met * days / 1000.0
    return targets - alive


@pytest.mark.parametrize("killer", KILLERS)
def test_kills_in_a_mixed_dish(killer: str) -> None:
    """In two days as many as the closed form says, 2 a day for each killer that touches a target; within six errors, 13 %."""
    (rule,) = entry("cells", "macrophage").rules
    assert float(rule.half) == 0.1
    rate = 2.0 if killer != "macrophage" else 0.5 * float(rule.by or 0.0)
    own = {} if killer == "macrophage" else {"attack": f"{rate} /day"}
    model = culture(killer, {"carcinoma": 0.2}, "2.4 mm", seed=1 + KILLERS.index(killer), **{killer: own})
    killers, targets = (int(np.count_nonzero(model.alive(name))) for name in (killer, "carcinoma"))
    expected = expected_kills(killers, targets, 120, rate, 2.0)
    kills = model.run(2.0).tallies()[killer]["kills"]
    assert abs(kills - expected) < 6.0 * math.sqrt(expected)
    assert targets - np.count_nonzero(model.alive("carcinoma")) == kills


@pytest.mark.parametrize("killer", KILLERS)
def test_without_contact_or_the_rule_nobody_is_killed(killer: str) -> None:
    """The ablations: attack switched off; killers that stand still kill whom they touch; macrophages without activator."""
    off = culture(killer, {"carcinoma": 0.2}, without=["attack"]).run(1.0)
    assert off.tallies()[killer]["kills"] == 0
    still = culture(killer, {"carcinoma": 0.2}, without=["movement"])
    before, touched = still.alive("carcinoma"), binary_dilation(still.alive(killer), np.ones((3, 3, 3), bool))
    dead = before & ~still.run(1.0).alive("carcinoma")
    assert dead.sum() > 100
    assert not (dead & ~touched).any()
    if killer == "macrophage":
        resting = culture(killer, {"carcinoma": 0.2}, activator=dict.fromkeys(FACES, "0 mg/L")).run(1.0)
        assert resting.tallies()[killer]["kills"] == 0


def lysed(targets: dict[str, float], **changes: Any) -> dict[str, float]:
    """Share of each kind that macrophages have lysed after a day."""
    model = culture("macrophage", targets, **changes)
    before = {name: np.count_nonzero(model.alive(name)) for name in targets}
    model.run(1.0)
    return {name: 1.0 - np.count_nonzero(model.alive(name)) / count for name, count in before.items()}


def test_macrophages_lyse_tumour_and_spare_normal_cells() -> None:
    """In a mixed culture of as many of both ten times as many tumour cells or more (G14); both alike where both are targets."""
    mixed = {"carcinoma": 0.15, "fibroblast": 0.15}
    found = lysed(mixed)
    assert found["carcinoma"] > 0.3
    assert found["carcinoma"] >= 10.0 * found["fibroblast"]
    blind = lysed(mixed, macrophage={"targets": ["carcinoma", "fibroblast"]})
    assert 0.8 <= blind["carcinoma"] / blind["fibroblast"] <= 1.25


def test_macrophages_heed_neither_kind_nor_resistance() -> None:
    """They lyse carcinoma, melanoma and a clone that resists drugs alike, with a spread below a quarter (G14)."""
    pump = {"mechanisms": [{"name": "pump", "probability": 0, "against": {"activator": 50}}]}
    found = [lysed({name: 0.2}, seed=seed)[name] for seed, name in enumerate(TUMOURS, 1)]
    found.append(lysed({"carcinoma": 0.2}, seed=3, carcinoma=pump, place={"carries": ["pump"]})["carcinoma"])
    assert np.std(found) / np.mean(found) < 0.25


@pytest.mark.parametrize(("killer", "share"), [("t_cell", 0.25), ("macrophage", 1.0)])
def test_a_clone_that_shows_less_antigen_is_killed_less(killer: str, share: float) -> None:
    """Half of the antigen kept by a clone of a kind that shows half: a quarter of the kills of T cells, all of macrophages'.

    Against the closed form, within six errors; without visibility T cells kill all alike.
    """
    own = {} if killer == "macrophage" else {"attack": "2 /day"}
    rate = 2.0 if own else 0.5 * float(entry("cells", "macrophage").rules[0].by or 0.0)
    shy = {"visibility": 0.5, "mechanisms": [{"name": "loss", "probability": 0, "changes": {"visibility": 0.5}}]}

    def kills(*without: str) -> tuple[int, float]:
        model = culture(
            killer, {"carcinoma": 0.2}, "2.4 mm", carcinoma=dict(shy), place={"carries": ["loss"]}, without=[*without],
            **{killer: dict(own)},
        )  # fmt: skip
        killers, targets = (int(np.count_nonzero(model.alive(name))) for name in (killer, "carcinoma"))
        left = 1.0 if without else share
        return model.run(2.0).tallies()[killer]["kills"], expected_kills(killers, targets, 120, left * rate, 2.0)

    for found, expected in (kills(), kills("visibility")):
        assert abs(found - expected) < 6.0 * math.sqrt(expected)


def nodule(*without: str, **changes: Any) -> TissueModel:
    """The shipped scene after eight days, without some behaviours, or with some of its tables changed."""
    table = written("immune_attack")[1] | changes
    table["scene"] |= {"without": list(without)}
    return build(read_scene(table)).run(8.0)


def test_immune_cells_hold_a_nodule_down() -> None:
    """They come out of vessels because the tumour calls, kill it and no host cell; without attack it grows as if alone."""
    attacked, left = nodule(), nodule("attack")
    assert all(attacked.tallies()[name]["arrivals"] > 0 for name in KILLERS)
    assert all(attacked.tallies()[name]["kills"] > 0 for name in KILLERS)
    assert np.count_nonzero(attacked.alive("carcinoma")) < 0.1 * np.count_nonzero(left.alive("carcinoma"))
    assert attacked.tallies()["connective_tissue"]["deaths"] == 0
    unheard = nodule("secretion")
    assert not any(unheard.tallies()[name]["arrivals"] for name in KILLERS)


def test_macrophages_need_their_activator() -> None:
    """The ablation: they come, and kill nobody."""
    resting = nodule(give=[])
    assert resting.tallies()["macrophage"]["arrivals"] > 0
    assert resting.tallies()["macrophage"]["kills"] == 0
