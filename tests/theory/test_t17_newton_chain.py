"""T17: the site of the next seed is a Markov chain that the anatomy and the soils make; walked sites have its moments."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from seedsoil.biology.journey.anatomy import expected_arrests
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import arrest_chance
from seedsoil.body.state import LESIONS, PARENT, SITE, with_room
from tests.properties.examples import follow, lesion_of
from tests.properties.plain import ANATOMY, AT, ORGANS, TUMOUR, compiled, factors, host, soil, who

#: Four tissues of unlike fertility; few cells are lost on the way, so that walks are short.
BODY = host(
    lung=soil("lung", ligands=factors(egf=0.5, igf=0.2)), liver=soil("liver", ligands=factors(egf=0.9, igf=0.9)),
    brain=soil("brain", ligands=factors(egf=0.4, igf=0.3)), skin=soil("skin", ligands=factors(egf=0.7, igf=0.2)),
)  # fmt: skip
EASY = {"division_rate": 0.2, "viable_when_shed": 1.0, "early_loss_rate": 0.1, "extravasation_rate": 5.0}
PLACES = [AT[name] for name in ORGANS]
CHAINS = 6000


@lru_cache(maxsize=1)
def _model() -> Any:
    return compiled(who(BODY, **EASY), ("resistance", "instability", "competence"))


def _chain() -> Any:
    """P: from which organ the next seed's organ follows, by the tables [organs, organs]."""
    emission = _model().emission[0][np.ix_(PLACES, PLACES)]
    return emission / emission.sum(axis=1, keepdims=True)


def _founded(generator: np.random.Generator, start: Any) -> Any:
    """Where the next seed of each lesion lies: cells walk the vessels, arrest and try, until one of each succeeds."""
    flow, grip = ANATOMY.flow(), levels(TUMOUR.adhesion)
    held = np.array([
        arrest_chance(grip, levels(BODY.soil(site.soil).addressins), 0.5) if site.soil else 0.0 for site in ANATOMY.sites
    ])  # fmt: skip
    alive = np.exp(-float(TUMOUR.transit_loss_rate) * float(TUMOUR.transit_time))
    arrests = expected_arrests(flow, list(held), alive)[0]
    chance = np.divide(_model().emission[0, 0], arrests, out=np.zeros(held.size), where=arrests > 0.0)
    found = np.full(start.size, -1)
    roaming, here = np.arange(start.size), start.copy()
    while roaming.size:
        draws = generator.random((4, roaming.size))
        here = (np.cumsum(flow, axis=1)[here] < draws[0][:, None]).sum(axis=1)
        stuck = draws[2] < held[here]
        settled = stuck & (draws[1] < alive) & (draws[3] < chance[here])
        found[roaming[settled]] = here[settled]
        # Whoever died on the way or failed after its arrest is followed by the next cell of the same lesion.
        here = np.where((draws[1] >= alive) | stuck, start[roaming], here)
        roaming, here = roaming[~settled], here[~settled]
    return found


@lru_cache(maxsize=1)
def _walks() -> Any:
    """Organs of chains of seeds, each the parent of the next, from the skin on [steps, chains]."""
    generator, here = np.random.default_rng(17), np.full(CHAINS, AT["skin"])
    rows = [here]
    for _ in range(60):
        here = _founded(generator, here)
        rows.append(here)
    return np.searchsorted(PLACES, np.array(rows))


def _near(share: Any, chance: Any, runs: int) -> bool:
    return bool((np.abs(share - chance) < 6.0 * np.sqrt(chance * (1.0 - chance) / runs)).all())


def test_next_site() -> None:
    """From skin: the law P against 6,000 walks passage by passage: catches 0.04 in any of its chances."""
    first = np.bincount(_walks()[1], minlength=4) / CHAINS
    assert _near(first, _chain()[3], CHAINS)
    assert np.ptp(_chain()[3]) > 0.3


def test_two_steps() -> None:
    """The organ of a seed's seed, sum_k P_0k P_kj: catches 0.04, and a chain whose steps are alike from everywhere."""
    chain = _chain()
    second = np.bincount(_walks()[2], minlength=4) / CHAINS
    assert _near(second, (chain @ chain)[3], CHAINS)
    assert np.ptp(chain, axis=0).max() > 0.1


def test_long_run() -> None:
    """After many steps organs are met as the stationary vector says: catches 0.03 at any."""
    values, vectors = np.linalg.eig(_chain().T)
    steady = np.real(vectors[:, np.argmin(np.abs(values - 1.0))])
    steady /= steady.sum()
    assert _near(np.bincount(_walks()[-1], minlength=4) / CHAINS, steady, CHAINS)


@pytest.mark.parametrize("target", ["brain", "lung"])
def test_mean_first_passage(target: str) -> None:
    """Seeds until an organ is first met, (I - Q)^-1 1 with its row and column struck out: catches 8 % of the mean."""
    aim, others = ORGANS.index(target), [place for place, name in enumerate(ORGANS) if name != target]
    among = _chain()[np.ix_(others, others)]
    left = np.linalg.solve(np.eye(3) - among, np.ones(3))
    met = _walks()[1:] == aim
    assert met.any(axis=0).mean() > 0.9
    steps = np.argmax(met, axis=0) + 1.0
    # Chains that have not met it after 60 steps are longer by the mean that is left to them.
    missed = ~met.any(axis=0)
    steps[missed] = 60.0 + left[[others.index(place) for place in _walks()[-1][missed]]]
    assert abs(steps.mean() - left[others.index(3)]) < 6.0 * steps.std() / np.sqrt(CHAINS)


@pytest.mark.parametrize("origin", ORGANS)
def test_the_engines_seeds_follow_the_chain(origin: str) -> None:
    """A lesion in each organ sheds some two thousand seeds in a week: catches 0.06 in the chance of any organ."""
    model = compiled(who(BODY, **EASY, shedding_rate=4e-5), ("resistance", "instability", "competence"))
    state = with_room(lesion_of(model, AT[origin], 2e7, vessels=(1.5, 0.6)), 20000, 0)
    state, _ = follow(model, state, 7.0)
    seeds = state.lesion[1 : state.count[LESIONS]]
    assert len(seeds) > 1000
    assert (seeds[:, PARENT] == 0.0).all()
    share = np.bincount(np.searchsorted(PLACES, seeds[:, SITE].astype(int)), minlength=4) / len(seeds)
    assert _near(share, _chain()[ORGANS.index(origin)], len(seeds))
