"""Variants under treatment: what grows out, what only ceases to lose, and what falls back when the drug is gone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seedsoil.body.state import State
from seedsoil.experiment.grow import run_until, scratch
from seedsoil.foundation.streams import new_stream
from tests.properties.examples import ONE_CLONE, add_clone, lesion_of
from tests.properties.plain import (
    AT,
    IMMUNITY,
    VISIBILITY,
    Period,
    agent,
    exposed,
    factors,
    host,
    host_cells,
    mechanism,
    residents,
    soil,
    valued,
    who,
)

#: Soils matter and mechanisms arise; nothing else does.
FREE = tuple(name for name in (*ONE_CLONE, "hypoxia") if name not in ("resistance", "soil matching"))
NONE: dict[str, float] = {}


def _shares(
    person: Any, periods: list[Period], agents: list[Any], wild: float, variant: float = 0.0, *, every: float = 7.0,
    without: tuple[str, ...] = (),
) -> Any:  # fmt: skip
    """Share of variant cells in one lesion, week by week; steps may be cut to ``every`` so many days."""
    model, timeline = exposed(person, agents, periods, (*FREE, *without))
    state = lesion_of(model, AT["skin"], wild)
    if variant:
        add_clone(state, 2, variant)
    stream, work, found = new_stream(5, 0), scratch(model), []
    for look in range(1, round(sum(days for days, _ in periods) / every) + 1):
        _, state = run_until(stream, state, every * look, model, timeline, work)
        found.append(_share(state))
    return np.array(found)[round(7.0 / every) - 1 :: round(7.0 / every)]


def _share(state: State) -> float:
    used = int(state.used[0])
    cells, kinds = state.cells[0, :used], state.kind[0, :used]
    return float(cells[kinds >= 2].sum() / cells.sum())


LYMPHOID = host(
    host_cells(immunity=IMMUNITY),
    skin=soil("skin", ligands=factors(egf=0.5, igf=0.5), residents=residents(lymphocytes=1.0)),
)


def test_antigen_loss_grows_out_under_lymphocytes() -> None:
    """One hidden cell in a thousand is most of the lesion in half a year; without lymphocytes it stays as rare."""
    hidden = (mechanism("hidden", antigen_kept=0.05),)
    seen = who(LYMPHOID, visibility=VISIBILITY, mechanisms=hidden, division_rate=0.15, unmatched_death_rate=0.0)
    shares = _shares(seen, [(182.0, NONE)], [], 1e7, 1e4)
    assert shares[0] < 0.01
    assert shares[-1] > 0.9
    assert (np.diff(shares) > -1e-3).all()
    off = _shares(seen, [(182.0, NONE)], [], 1e7, 1e4, without=("lymphocytes",))
    assert off == pytest.approx(np.full(26, 1e-3), rel=0.1)


#: It has lost the EGF receptor, which gives 0.4 of the match; the IGF receptor's 0.4 are left to it.
BARE = mechanism("bare", receptors_kept={"egf": valued(0.0)})
HOLDER = agent("holder", blocks={"egf": 1e-9})


def test_receptor_loss_costs_division_until_the_receptor_is_held() -> None:
    """Without its receptor a cell divides at 0.4 for 0.64; held, both at 0.4: its share falls, then stays.

    It has no more to gain: the blocker takes from the others what it has lost itself. Loss pays where a drug kills by the
    receptor; what escapes a blockade is a receptor that the agent no longer fits, or a way past it.
    """
    person = who(mechanisms=(BARE,), division_rate=0.15, unmatched_death_rate=0.0)
    falling = _shares(person, [(56.0, NONE)], [HOLDER], 5e7, 5e7)
    lost = np.exp(-(0.64 - 0.4) * 0.15 * 7.0 * np.arange(1, 9))
    assert falling == pytest.approx(lost / (1.0 + lost), rel=0.02)
    held = _shares(person, [(56.0, {"holder": 1.0})], [HOLDER], 5e7, 5e7)
    assert held == pytest.approx(np.full(8, 0.5), abs=0.005)
    off = _shares(person, [(56.0, {"holder": 1.0})], [HOLDER], 5e7, 5e7, without=("receptor blockade",))
    assert off.tolist() == falling.tolist()


#: Three quarters of the EGF receptor's signal go on though an agent holds it: 0.64, or 1 - 0.6 * 0.7 = 0.58 when held.
FREED = mechanism("freed", receptors_freed={"egf": valued(0.75)})


def test_a_receptor_that_no_agent_holds_grows_out_under_blockade() -> None:
    """Held, it divides at 0.58 for 0.4 and outgrows; free, or with blockade off, it gains nothing: catches 2 % of the odds."""
    person = who(mechanisms=(FREED,), division_rate=0.15, unmatched_death_rate=0.0)
    rest = _shares(person, [(182.0, NONE)], [HOLDER], 1e9, 1e7)
    assert rest == pytest.approx(np.full(26, 1e7 / (1e9 + 1e7)), rel=0.01)
    held = _shares(person, [(182.0, {"holder": 1.0})], [HOLDER], 1e9, 1e7)
    odds = 1e-2 * np.exp((0.58 - 0.4) * 0.15 * 7.0 * np.arange(1, 27))
    assert held / (1.0 - held) == pytest.approx(odds, rel=0.02)
    assert held[0] < 0.02
    assert held[-1] > 0.5
    off = _shares(person, [(182.0, {"holder": 1.0})], [HOLDER], 1e9, 1e7, without=("receptor blockade",))
    assert off.tolist() == rest.tolist()


def test_resistance_by_another_way_grows_out() -> None:
    """A drug that kills cells with the receptor selects those without it, by its fold: 1e-3 to nearly all in 8 weeks."""
    person = who(mechanisms=(BARE,), receptors=factors(igf=0.8), unmatched_death_rate=0.0)
    drug = agent("drug", kill=(0.3, 1.0, 1.0, 0.0), bare=100.0)
    shares = _shares(person, [(70.0, {"drug": 3.0})], [drug], 1e9, 1e6)
    assert shares[0] < 0.01
    assert shares[-1] > 0.99
    assert _shares(person, [(70.0, NONE)], [drug], 1e9, 1e6) == pytest.approx(np.full(10, 1e-3), rel=0.05)


#: A division in a thousand brings tolerance, which is lost at 0.05 a day and costs nothing.
ENTRY, EXIT = 1e-3, 0.05
TOLERANT = mechanism("tolerant", ENTRY, reversal_rate=EXIT)
DRUG = agent("drug", kill=(0.15, 1.0, 1.0, 0.0), tolerant=50.0)


@pytest.mark.parametrize("cells", [1e7, 1e10])
@pytest.mark.parametrize(("every", "error"), [(1.0, 0.05), (7.0, 0.05)])
def test_persisters_fall_back_when_the_drug_is_gone(cells: float, every: float, error: float) -> None:
    """Their share rises under the drug, and returns to its rest at the rate of their loss: catches 5 %."""
    person = who(mechanisms=(TOLERANT,), unmatched_death_rate=0.0, division_rate=0.15)
    periods: list[Period] = [(28.0, NONE), (42.0, {"drug": 9.0}), (112.0, NONE)]
    shares = _shares(person, periods, [DRUG], cells, every=every)
    birth = 0.15 * 0.64
    rest, top = ENTRY * birth / (EXIT + ENTRY * birth), shares[9]
    assert top > 10.0 * rest
    law = rest + (top - rest) * np.exp(-(EXIT + ENTRY * birth) * 7.0 * np.arange(1, 17))
    assert shares[10:] == pytest.approx(law, rel=error)
    assert shares[-1] < 0.1 * top


def test_what_does_not_revert_stays() -> None:
    """The same mechanism without a way back keeps its share when the drug is gone: catches reversal for all."""
    person = who(mechanisms=(mechanism("tolerant", ENTRY),), unmatched_death_rate=0.0, division_rate=0.15)
    shares = _shares(person, [(84.0, {"drug": 9.0}), (84.0, NONE)], [DRUG], 1e8)
    assert shares[11] > 0.1
    assert shares[-1] >= 0.95 * shares[11]
