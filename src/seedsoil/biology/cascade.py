"""The cascade: each stage a race between success and loss, and the budget that they make together."""

from __future__ import annotations

from collections.abc import Collection

from seedsoil.biology.clone import Tumour
from seedsoil.biology.soil import Soil
from seedsoil.foundation.elementary import exp, power


def race(success: float, *losses: float) -> float:
    """Chance that an event at rate ``success`` comes before any of the losses [1]; 0 if nothing can happen.

    Law: competing exponentials, p = k / (k + sum of k_loss). An agent acts on a stage by changing one rate.
    """
    total = success + sum(losses)
    return success / total if total > 0.0 else 0.0


def escape(division: float, death: float) -> float:
    """Chance that the family of one cell never dies out, max(0, 1 - d / b): a threshold at b = d [1]."""
    return max(0.0, 1.0 - death / division) if division > 0.0 else 0.0


def establishment(division: float, death: float, size: float) -> float:
    """Chance that the family of one cell reaches ``size`` cells before it dies out [1].

    Law: (1 - d/b) / (1 - (d/b)^n), and 1/n at b = d: first passage of a birth-death chain.
    """
    if division <= 0.0:
        return 0.0
    ratio = death / division
    if abs(ratio - 1.0) < 1e-9:
        return 1.0 / size
    if ratio > 1.0 and size > 700.0:
        return 0.0
    return (1.0 - ratio) / (1.0 - power(ratio, size))


def _quiescence(tumour: Tumour, soil: Soil) -> float:
    return float(tumour.quiescence_rate) * float(tumour.dormancy_sensitivity) * float(soil.dormancy_cue)


def waking(tumour: Tumour) -> float:
    """Chance that a cell that has fallen asleep wakes before it dies [1]."""
    return race(float(tumour.wake_rate), float(tumour.dormant_death_rate))


def dormant_share(tumour: Tumour, soil: Soil, division: float) -> float:
    """Share of the founders that succeed which slept first [1]."""
    at_once = race(division, _quiescence(tumour, soil))
    asleep = (1.0 - at_once) * waking(tumour)
    return asleep / (at_once + asleep) if at_once + asleep > 0.0 else 0.0


def stages(
    tumour: Tumour, soil: Soil, arrest: float, division: float, death: float, without: Collection[str] = ()
) -> dict[str, float]:
    """The budget: chance of each stage for one cell shed by a primary, in order [1].

    ``arrest`` is the chance to arrest in this soil's site (from the anatomy); ``division`` and ``death`` are the
    clone's rates there [1/day]. Competence and vascular support are not stages here: clones earn the one, lesions
    the other, in time.
    """
    at_once = 1.0 if "dormancy" in without else race(division, _quiescence(tumour, soil))
    start = at_once + (1.0 - at_once) * (0.0 if "dormancy" in without else waking(tumour))
    return {
        "viable when shed": float(tumour.viable_when_shed),
        "arrest": arrest,
        "alive a day after arrest": exp(-float(tumour.early_loss_rate) * float(tumour.early_loss_time)),
        "extravasation": race(float(tumour.extravasation_rate), float(tumour.intravascular_death_rate)),
        "starts to divide": start,
        "escapes extinction": establishment(division, death, float(tumour.establishment_size))
        if division > death
        else 0.0,
    }


def arrival_success(tumour: Tumour, soil: Soil, division: float, death: float, without: Collection[str] = ()) -> float:
    """Chance that a cell which has arrested here founds a lesion: the product of the stages after arrest [1]."""
    budget = stages(tumour, soil, 1.0, division, death, without)
    product = 1.0
    for name, chance in budget.items():
        if name not in ("viable when shed", "arrest"):
            product *= chance
    return product
