"""How a step's luck is shared out: rounds of each kind, the most that can happen in one, and bounds between events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seedsoil.tissue.lattice import (
    ALIVE,
    AT_ONCE,
    BODY,
    BOUNDS_TOGETHER,
    CLEARING,
    DEATH,
    DIVISION,
    GHOST,
    HAZARDS,
    MOVEMENT,
    NECROSIS,
    NOTHING,
    OWN_BEHAVIOURS,
    PRUNING,
    TUMOUR,
    UNSETTLED,
    VESSEL,
)

__all__ = ["chances", "hazards"]

#: Most hops of a cell in one round, on average: a quicker kind gets more rounds.
_HOPS_A_ROUND = 0.5
_MOST_ROUNDS = 64


def chances(tables: dict[str, Any], names: Sequence[str], days: float, hop: float) -> list[str]:
    """Write how many rounds a step each kind needs, and the most that can happen to a cell in one of them.

    A raised hazard adds at most what its rule can add, a lowered one is at most as it was, and a clone does at most as much more
    as all that raises it together makes; so no cell does more. Returns a line for every kind that is too quick.
    """
    faults = []
    base, first = tables["base"], tables["first"]
    behaviours = base.shape[1]
    events = [*range(HAZARDS), *range(OWN_BEHAVIOURS + 3 * _substances(tables, behaviours), behaviours)]
    more = np.maximum(tables["change"], 1.0).prod(axis=0)
    for kind in range(1, base.shape[0]):
        most = {}
        for behaviour in events:
            pair = kind * behaviours + behaviour
            rules = slice(first[pair], first[pair + 1])
            most[behaviour] = base[kind, behaviour] + float(np.sum((tables["by"] * tables["raises"])[rules]))
            most[behaviour] *= float(more[behaviour]) if tables["part"][kind] == TUMOUR else 1.0
        births, hops = most.pop(DIVISION) * days, most.pop(MOVEMENT) * days
        if hops > _HOPS_A_ROUND * _MOST_ROUNDS:
            quickest = _HOPS_A_ROUND * _MOST_ROUNDS / days * hop
            faults.append(
                f"{names[kind - 1]}.movement: at most {quickest:.3g} um/min at steps of {days:.3g} days, got {hops / days * hop:.7g}; take shorter ones"
            )
        tables["rounds"][kind] = min(max(math.ceil(hops / _HOPS_A_ROUND), 1), _MOST_ROUNDS) if hops > 1.0 else 1
        spared = math.exp(-sum(most.values()) * days / tables["rounds"][kind])
        idle = (1.0 - _births(births / tables["rounds"][kind])) * (1.0 - min(hops / tables["rounds"][kind], 1.0))
        tables["chance"][kind] = 1.0 - spared * idle
        waited = tables["cleared"][kind] * days
        tables["cleared"][kind] = -np.expm1(-waited)
        for death, left in ((DEATH, BODY), (NECROSIS, GHOST), (PRUNING, BODY)):  # at any time of the step alike
            tables["at_once"][kind, death] = 1.0 - float(tables["cleared"][kind, left] / waited[left])
    return faults


def _births(divisions: float) -> float:
    """Probability that a cell has a daughter in a round, given its hazard in that: as many as its line has on average, daughters of daughters too."""
    return min(math.expm1(min(divisions, 1.0)), 1.0)


def hazards(tables: dict[str, Any], mechanisms: int, days: float) -> dict[str, Any]:
    """The hazards that share out each kind's luck, kind after kind: what it does without a signal or by a rule; only vessels admit.

    Divisions and hops are none of them: they come to those to whom nothing else happens.
    """
    base, behaviours = tables["base"], tables["base"].shape[1]
    ruled = np.diff(tables["first"]).reshape(base.shape) > 0
    asks = (tables["asks"] > 0) & ((base > 0.0) | ruled)
    can = (base > 0.0) | ruled
    can[:, DIVISION] = can[:, MOVEMENT] = can[:, HAZARDS : behaviours - base.shape[0] + 1] = False
    can[tables["part"] != VESSEL, HAZARDS:] = can[0] = False
    kind, behaviour = np.nonzero(can)
    rate = np.where(asks[kind, behaviour], -1.0, base[kind, behaviour])
    first = np.searchsorted(kind, np.arange(base.shape[0] + 1)).astype(np.int32)
    found = {"does": behaviour.astype(np.int32), "does_first": first, "does_rate": rate}
    by_rule = ruled[:, DIVISION] | asks[:, MOVEMENT] | ((base[:, DIVISION] > 0.0) & (mechanisms > 0))
    return found | _settled_events(tables, found, by_rule, days)


def _settled_events(tables: dict[str, Any], does: dict[str, Any], by_rule: Any, days: float) -> dict[str, Any]:
    """What happens to cells that sense nothing, and to the dead, by bounds in their luck."""
    kinds = tables["base"].shape[0]
    rows: list[list[tuple[float, int]]] = [[] for _ in range(3 * kinds)]
    sensing = np.zeros(3 * kinds, np.uint8)
    for kind in range(1, kinds):
        for condition in (1, 2):
            rows[3 * kind + condition] = [(tables["cleared"][kind, condition], CLEARING)]
        own = slice(*does["does_first"][kind : kind + 2])
        rates, time = does["does_rate"][own], days / tables["rounds"][kind]
        if by_rule[kind] or (rates < 0.0).any():
            sensing[3 * kind + ALIVE] = True
            continue
        heights = np.cumsum(rates)
        chance = -math.expm1(-heights[-1] * time) if rates.size else 0.0
        row = []
        for height, rate, act in zip(heights, rates, does["does"][own], strict=True):
            if (at_once := tables["at_once"][kind, act]) > 0.0:
                row.append((chance * (height - rate * (1.0 - at_once)) / heights[-1], AT_ONCE + act))
            row.append((chance * height / heights[-1], act))
        births, hops = _births(tables["base"][kind, DIVISION] * time), min(tables["base"][kind, MOVEMENT] * time, 1.0)
        idle = 1.0 - chance
        for share, act in ((births, DIVISION), (hops, MOVEMENT)):
            idle *= 1.0 - share
            row += [(1.0 - idle, act)] if share > 0.0 else []
        rows[3 * kind + ALIVE] = row
    longest = -(-max(map(len, rows)) // BOUNDS_TOGETHER) * BOUNDS_TOGETHER
    bounds, acts = np.full((3 * kinds, longest), np.inf), np.full((3 * kinds, longest + 1), NOTHING, np.int16)
    acts[sensing > 0] = UNSETTLED
    for number, row in enumerate(rows):
        bounds[number, : len(row)], acts[number, : len(row)] = [bound for bound, _ in row], [act for _, act in row]
    return {"sensing": sensing, "bounds": bounds, "acts": acts}


def _substances(tables: dict[str, Any], behaviours: int) -> int:
    """How many substances the tables have: behaviours are own ones, three for each substance, one for each kind."""
    return (behaviours - OWN_BEHAVIOURS - (tables["base"].shape[0] - 1)) // 3
