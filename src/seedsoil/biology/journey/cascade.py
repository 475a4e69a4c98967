"""The cascade: each stage a race between success and loss, and the budget that they make together."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.signals import Levels, resting
from seedsoil.biology.soils.soil import Soil
from seedsoil.foundation.elementary import exp_each, power_each

Chance = NDArray[np.float64]


def race(success: ArrayLike, *losses: ArrayLike) -> Chance:
    """Chance that an event at rate ``success`` comes before any of the losses [1]; 0 if nothing can happen.

    Law: competing exponentials, p = k / (k + sum of k_loss). An agent acts on a stage by changing one rate. Rates broadcast.
    """
    wins = np.asarray(success, dtype=np.float64)
    total = wins + 0.0
    for loss in losses:
        total = total + np.asarray(loss, dtype=np.float64)
    return np.divide(wins, total, out=np.zeros(total.shape), where=total > 0.0)


def escape(division: ArrayLike, death: ArrayLike) -> Chance:
    """Chance that the family of one cell never dies out, max(0, 1 - d / b): a threshold at b = d [1]."""
    birth, loss = np.broadcast_arrays(np.asarray(division, dtype=np.float64), np.asarray(death, dtype=np.float64))
    return np.maximum(0.0, 1.0 - np.divide(loss, birth, out=np.ones(birth.shape), where=birth > 0.0))


def establishment(division: ArrayLike, death: ArrayLike, size: float) -> Chance:
    """Chance that the family of one cell reaches ``size`` cells before it dies out [1].

    Law: (1 - d/b) / (1 - (d/b)^n), and 1/n at b = d: first passage of a birth-death chain.
    """
    birth, loss = np.broadcast_arrays(np.asarray(division, dtype=np.float64), np.asarray(death, dtype=np.float64))
    ratio = np.divide(loss, birth, out=np.full(birth.shape, 2.0), where=birth > 0.0)
    even = np.abs(ratio - 1.0) < 1e-9
    # Beyond these sizes the power of a ratio above 1 would overflow, and the chance is nothing.
    raised = power_each(np.where(even | ((ratio > 1.0) & (size > 700.0)), 0.5, ratio), size)
    found = np.where(even, 1.0 / size, (1.0 - ratio) / np.where(even, 1.0, 1.0 - raised))
    return np.where((birth <= 0.0) | ((ratio > 1.0) & ~even & (size > 700.0)), 0.0, found)


def _quiescence(tumour: Tumour, soil: Soil) -> float:
    return float(tumour.quiescence_rate) * float(tumour.dormancy_sensitivity) * float(soil.dormancy_cue)


def waking(tumour: Tumour) -> Chance:
    """Chance that a cell that has fallen asleep wakes before it dies [1]."""
    return race(float(tumour.wake_rate), float(tumour.dormant_death_rate))


def dormant_share(tumour: Tumour, soil: Soil, division: ArrayLike) -> Chance:
    """Share of the founders that succeed which slept first [1]."""
    at_once = race(division, _quiescence(tumour, soil))
    return race((1.0 - at_once) * waking(tumour), at_once)


def hunted(tumour: Tumour, soil: Soil, signals: Levels, without: Collection[str] = ()) -> Chance:
    """Rate at which natural killer cells kill a cell that has just arrested, condition by condition [1/day].

    Law: k K (1 + a) (1 - c (1 - b)): K of them live in the tissue, a is how far they are raised, and platelets ward off
    the share c of their blows unless an agent blocks them (b).
    """
    if tumour.spread is None or soil.residents is None or "natural killer cells" in without:
        return np.zeros(len(signals))
    strength = float(tumour.spread.natural_killer_loss_rate) * float(soil.residents.natural_killers)
    bare = 1.0 - float(tumour.spread.platelet_cloak) * (1.0 - signals["platelet"])
    return np.asarray(strength * (1.0 + signals["natural_killer"]) * bare)


def departing(tumour: Tumour, signals: Levels) -> Chance:
    """Share of the cells that would enter a vessel which still do, condition by condition: some need proteases [1]."""
    if tumour.spread is None:
        return np.ones(len(signals))
    return np.asarray(1.0 - float(tumour.spread.protease_dependence) * signals["protease"])


def stages(
    tumour: Tumour, soil: Soil, arrest: ArrayLike, division: ArrayLike, death: ArrayLike, without: Collection[str] = (),
    signals: Levels | None = None,
) -> dict[str, Chance]:  # fmt: skip
    """The budget: chance of each stage for one cell shed by a primary, in order [1].

    ``arrest`` is the chance to arrest in this soil's site (from the anatomy); ``division`` and ``death`` are the
    clone's rates there [1/day], numbers or one for each condition of ``signals``. Competence and vascular support are
    not stages here: clones earn the one, lesions the other, in time.
    """
    told = Levels(resting(), without) if signals is None else signals
    at_once = 1.0 if "dormancy" in without else race(division, _quiescence(tumour, soil))
    start = at_once + (1.0 - at_once) * (0.0 if "dormancy" in without else waking(tumour))
    early = float(tumour.early_loss_rate) + hunted(tumour, soil, told, without)
    leaving = float(tumour.extravasation_rate) * (1.0 + told["conditioning"])
    found = {
        "enters a vessel": departing(tumour, told),
        "viable when shed": np.full(len(told), float(tumour.viable_when_shed)),
        "arrest": np.asarray(arrest),
        "alive a day after arrest": exp_each(-early * float(tumour.early_loss_time)),
        "extravasation": race(leaving, float(tumour.intravascular_death_rate)),
        "starts to divide": np.asarray(start),
        "escapes extinction": np.where(
            np.asarray(division) > np.asarray(death),
            establishment(division, death, float(tumour.establishment_size)),
            0.0,
        ),
    }
    return {name: chance if signals is not None else chance.reshape(-1)[0] for name, chance in found.items()}


def arrival_success(
    tumour: Tumour, soil: Soil, division: ArrayLike, death: ArrayLike, without: Collection[str] = (),
    signals: Levels | None = None,
) -> Chance:  # fmt: skip
    """Chance that a cell which has arrested here founds a lesion: the product of the stages after arrest [1]."""
    product: Chance = np.ones(1 if signals is None else len(signals))
    for name, chance in stages(tumour, soil, 1.0, division, death, without, signals).items():
        if name not in ("enters a vessel", "viable when shed", "arrest"):
            product = product * chance
    return product if signals is not None else product[0]
