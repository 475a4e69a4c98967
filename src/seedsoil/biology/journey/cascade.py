"""The cascade: each stage a race between success and loss, and the budget that they make together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.adhesion import adhering
from seedsoil.biology.journey.founders import (
    ABOVE,
    BELOW,
    MOTHERS_BELOW,
    NODES,
    NODES_OF_ALL,
    SPAN,
    WEIGHTS,
    WEIGHTS_OF_ALL,
    density,
    mothers,
    start_of,
    vigour_width,
)
from seedsoil.biology.signals import Levels, resting
from seedsoil.biology.soils.soil import Soil
from seedsoil.foundation.compiled import inline, kernel
from seedsoil.foundation.elementary import exp, exp_each, power, power_each

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


def quiescence(tumour: Tumour, soil: Soil, without: Collection[str] = ()) -> float:
    """Rate at which a cell that has left the vessel falls asleep in a soil [1/day]."""
    if "dormancy" in without:
        return 0.0
    return float(tumour.quiescence_rate) * float(tumour.dormancy_sensitivity) * float(soil.dormancy_cue)


def waking(tumour: Tumour) -> Chance:
    """Chance that a cell that has fallen asleep wakes before it dies [1]."""
    return race(float(tumour.wake_rate), float(tumour.dormant_death_rate))


def starting(tumour: Tumour, asleep: ArrayLike, division: ArrayLike) -> Chance:
    """Chance that a cell which falls asleep at rate ``asleep`` [1/day] divides at last, at once or once awake [1]."""
    at_once = race(division, asleep)
    return np.asarray(at_once + (1.0 - at_once) * waking(tumour))


def escaping(tumour: Tumour, division: ArrayLike, death: ArrayLike) -> Chance:
    """Chance that the family of a cell reaches the established size; 0 for one that shrinks on average [1]."""
    grows = np.asarray(division) > np.asarray(death)
    return np.where(grows, establishment(division, death, float(tumour.establishment_size)), 0.0)


@inline
def _success(asleep: float, division: float, death: float, wakes: float, size: float) -> float:
    """Chance that a cell which has left the vessel starts, as `starting` has it, and escapes, as `escaping` [1]."""
    if division <= death:
        return 0.0
    at_once, ratio = division / (division + asleep), death / division
    escapes = 1.0 / size if ratio > 1.0 - 1e-9 else (1.0 - ratio) / (1.0 - power(ratio, size))
    return (at_once + (1.0 - at_once) * wakes) * escapes


@kernel
def _fill_founding(
    asleep: Chance, division: Chance, death: Chance, wakes: float, size: float, width: float, found: Chance
) -> None:
    """Mean of `_success` over founders of a usual mother, the sum up the nodes in order [places]."""
    for place in range(found.size):
        start = start_of(division[place], death[place], -BELOW * width)
        reach = max(ABOVE * width, start + SPAN * width) - start
        found[place] = 0.0
        for node in range(NODES.size):
            pace = start + reach * NODES[node]
            chance = _success(asleep[place], division[place] * exp(pace), death[place], wakes, size)
            found[place] += chance * ((reach * WEIGHTS[node]) * density(pace, width))


@kernel
def _fill_worth(
    asleep: Chance,
    division: Chance,
    death: Chance,
    wakes: float,
    size: float,
    width: float,
    known: Chance,
    found: Chance,
) -> None:
    """Mean of `_success` over the founders of each of the ``known`` mothers, who are evenly spaced [places, mothers]."""
    most = known.size
    step = (known[most - 1] - known[0]) / (width * (most - 1))
    bent = exp(-step * step)
    for place in range(asleep.size):
        start = start_of(division[place], death[place], known[0] - BELOW * width)
        reach = max(known[most - 1] + ABOVE * width, start + SPAN * width) - start
        for mother in range(most):
            found[place, mother] = 0.0
        for node in range(NODES_OF_ALL.size):
            pace = start + reach * NODES_OF_ALL[node]
            chance = _success(asleep[place], division[place] * exp(pace), death[place], wakes, size)
            share = chance * ((reach * WEIGHTS_OF_ALL[node]) * density(pace - known[0], width))
            if share <= 0.0:
                continue
            # From one mother to the next the density changes by a factor that changes by a factor.
            away = (pace - known[0]) / width + 0.5 * width
            factor = exp(step * away - 0.5 * step * step)
            for mother in range(most):
                found[place, mother] += share
                share *= factor
                factor *= bent


def founding(
    tumour: Tumour, asleep: ArrayLike, division: ArrayLike, death: ArrayLike, without: Collection[str] = ()
) -> Chance:
    """Chance that a cell which has left the vessel starts and escapes, over founders fast and slow [1].

    ``division`` and ``death`` [1/day] are those of a founder of usual vigour; all broadcast. A soil in which the usual
    founder shrinks still lets a fast one grow, now and then.
    """
    rest, birth, loss = np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in (asleep, division, death)))
    width = vigour_width(tumour, without)
    if width == 0.0:
        return starting(tumour, rest, birth) * escaping(tumour, birth, loss)
    found, size = np.empty(birth.shape), float(tumour.establishment_size)
    rest, birth, loss = (np.ascontiguousarray(each).reshape(-1) for each in (rest, birth, loss))
    _fill_founding(rest, birth, loss, float(waking(tumour)), size, width, found.reshape(-1))
    return found


def worth_of_vigour(
    tumour: Tumour, asleep: Chance, division: Chance, death: Chance, without: Collection[str] = ()
) -> Chance:
    """How often founders succeed whose mother has vigour, against those of a usual one [mothers, sites].

    Mothers are those of `founders.mothers`; two of them, alike, if founders do not differ. Both chances are means over
    founders, of law `founding`. Where not even the fastest can succeed, all are as good.
    """
    width = vigour_width(tumour, without)
    if width == 0.0:
        return np.ones((2, len(division)))
    # Sites of one soil are alike.
    rates, where = np.unique(np.stack([asleep, division, death]), axis=1, return_inverse=True)
    known, size = mothers(width), float(tumour.establishment_size)
    found = np.empty((rates.shape[1], len(known)))
    _fill_worth(rates[0], rates[1], rates[2], float(waking(tumour)), size, width, known, found)
    usual = found[:, MOTHERS_BELOW, None]
    worth = np.divide(found, usual, out=np.ones(found.shape), where=usual > 0.0)
    return np.ascontiguousarray(worth[where.reshape(-1)].T)


def killers(soil: Soil) -> float:
    """Natural killer cells that live in a soil; none where it describes no residents."""
    return 0.0 if soil.residents is None else float(soil.residents.natural_killers)


def hunted(tumour: Tumour, killers: ArrayLike, signals: Levels, without: Collection[str] = ()) -> Chance:
    """Rate at which natural killer cells kill a cell that has just arrested [1/day; conditions, and soils as ``killers`` has].

    Law: k K (1 + a) (1 - c (1 - b)): K of them live in the tissue, a is how far they are raised, and platelets ward off
    the share c of their blows unless an agent blocks them (b).
    """
    if tumour.spread is None or "natural killer cells" in without:
        return np.zeros((len(signals), *np.shape(killers)))
    strength = float(tumour.spread.natural_killer_loss_rate) * np.asarray(killers)
    bare = 1.0 - float(tumour.spread.platelet_cloak) * (1.0 - signals["platelet"])
    return np.multiply.outer((1.0 + signals["natural_killer"]) * bare, strength)


def harshness(soil: Soil, without: Collection[str] = ()) -> float:
    """Hazard of a cell that a soil's vessels hold, against that in a bed which spares none [1].

    Beds differ: of B16 cells nearly all die within minutes in the beating heart and in muscle that contracts (Weiss 1988),
    in minutes to a day in the lung (Fidler 1970), and few in the sinusoids of the liver (Luzzi 1998).
    """
    if soil.vessel_loss is None or "vessel shelter" in without:
        return 1.0
    return float(soil.vessel_loss)


def passage(soil: Soil, without: Collection[str] = ()) -> float:
    """Rate at which cells leave a soil's vessels, against vessels that have no barrier [1].

    Cells leave the brain's capillaries in days, those of other tissues within a day (Lorger and Felding-Habermann 2010).
    """
    if soil.barrier is None or soil.barrier.cell_passage is None or "barrier to cells" in without:
        return 1.0
    return float(soil.barrier.cell_passage)


def departing(tumour: Tumour, signals: Levels) -> Chance:
    """Share of the cells that would enter a vessel which still do, condition by condition: some need proteases [1]."""
    if tumour.spread is None:
        return np.ones(len(signals))
    return np.asarray(1.0 - float(tumour.spread.protease_dependence) * signals["protease"])


def confined(tumour: Tumour, signals: Levels) -> Chance:
    """Share of the division at a lesion's edge that is lost, condition by condition, while proteases are blocked [1].

    In a gel of collagen tumour cells divide no more than the room allows that they digest for themselves (Hotary 2003).
    """
    if tumour.spread is None or tumour.spread.protease_growth is None:
        return np.zeros(len(signals))
    return np.asarray(float(tumour.spread.protease_growth) * signals["protease"])


def early_hazard(tumour: Tumour, soils: Sequence[Soil], signals: Levels, without: Collection[str] = ()) -> Chance:
    """Hazard of a cell's first day after arrest [1/day; conditions, soils]: what the bed and its killers take.

    Law: m (k + k_NK), with k the tumour's own loss, k_NK that by natural killer cells (`hunted`), and m the bed's `harshness`.
    """
    living = np.array([killers(soil) for soil in soils])
    harsh = np.array([harshness(soil, without) for soil in soils])
    return np.asarray((float(tumour.early_loss_rate) + hunted(tumour, living, signals, without)) * harsh)


def surviving(tumour: Tumour, soils: Sequence[Soil], signals: Levels, without: Collection[str] = ()) -> Chance:
    """Chance that a cell that has arrested in each of the soils is alive a day later [conditions, soils]."""
    return exp_each(-early_hazard(tumour, soils, signals, without) * float(tumour.early_loss_time))


def leaving(tumour: Tumour, soils: Sequence[Soil], signals: Levels, without: Collection[str] = ()) -> Chance:
    """Rate at which a cell that has arrested leaves the vessel [1/day; conditions, soils].

    Law: k (1 + c) m (1 + sum A E g), with k the tumour's own rate, c what agents make walls more permissive by, m the
    `passage` of a barrier, and the sum how walls hold the cell (`adhering`).
    """
    own = float(tumour.extravasation_rate) * (1.0 + signals["conditioning"])
    passing = np.array([passage(soil, without) for soil in soils])
    return np.multiply.outer(own, passing) * adhering(tumour, soils, signals, without)


def extravasating(tumour: Tumour, soils: Sequence[Soil], signals: Levels, without: Collection[str] = ()) -> Chance:
    """Chance that a cell alive after its first day leaves the vessel before it dies in it [conditions, soils]."""
    dying = float(tumour.intravascular_death_rate) * np.array([harshness(soil, without) for soil in soils])
    return race(leaving(tumour, soils, signals, without), dying)


def stages(
    tumour: Tumour, soil: Soil, arrest: ArrayLike, division: ArrayLike, death: ArrayLike, without: Collection[str] = (),
    signals: Levels | None = None,
) -> dict[str, Chance]:  # fmt: skip
    """The budget: chance of each stage for one cell shed by a primary, in order [1].

    ``arrest`` is the chance to arrest in this soil's site (from the anatomy); ``division`` and ``death`` are the
    cell's rates there [1/day], numbers or one for each condition of ``signals``. Competence and vascular support are
    not stages here: clones earn the one, lesions the other, in time.
    """
    told = Levels(resting(), without) if signals is None else signals
    found = {
        "enters a vessel": departing(tumour, told),
        "viable when shed": np.full(len(told), float(tumour.viable_when_shed)),
        "arrest": np.asarray(arrest),
        "alive a day after arrest": surviving(tumour, [soil], told, without)[:, 0],
        "extravasation": extravasating(tumour, [soil], told, without)[:, 0],
        "starts to divide": starting(tumour, quiescence(tumour, soil, without), division),
        "escapes extinction": escaping(tumour, division, death),
    }
    return {name: chance if signals is not None else chance.reshape(-1)[0] for name, chance in found.items()}


def arrival_success(
    tumour: Tumour, soil: Soil, division: ArrayLike, death: ArrayLike, without: Collection[str] = (),
    signals: Levels | None = None,
) -> Chance:  # fmt: skip
    """Chance that a cell which has arrested here founds a lesion [1]: the stages after arrest, over founders fast and slow.

    ``division`` and ``death`` [1/day] are those of a founder of usual vigour: numbers, or one for each condition.
    """
    told = Levels(resting(), without) if signals is None else signals
    kept = (surviving(tumour, [soil], told, without) * extravasating(tumour, [soil], told, without))[:, 0]
    found = kept * founding(tumour, quiescence(tumour, soil, without), division, death, without)
    return found if signals is not None else found.reshape(-1)[0]
