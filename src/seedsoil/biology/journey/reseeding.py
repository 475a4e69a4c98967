"""Cells that come back: an emigrant may land in a lesion that is there already, and live on in it.

Derivation. Of the blood that enters a site, the tissue has Q [L/day] and each lesion q = phi n p: its n cells take up a
volume, tissue is flushed phi times its volume a day (`HostCells.tissue_flow`), and a lesion's vessels bring the share p of
that. A lesion's vessels are leaky and call (IL-6, IL-8), so that they hold passing cells a times as readily as the
tissue's (`Spread.lesion_attraction`). So of all cells that arrest at the site lesion L holds

    x_L = a q_L / (Q + a sum_K q_K) = n_L p_L / (H + sum_K n_K p_K),    H = Q / (a phi) as a number of cells,

and the tissue the rest, Q / (Q + a sum q): lesions bring their own vessels, and what arrests in all is not changed.

A cell that lands in a lesion must be alive a day later, as in tissue. Then it is at home: there is no wall to cross (the
vessels leak), no cue to sleep by (the lesion has none), and it need not escape extinction alone: from then on it is one cell
of the lesion, and divides and dies as that lesion's cells do. So with A the chance to arrest at the site, e the chance
to live through the day and f <= e the chance to found in its tissue, one cell shed

    founds a lesion     with A f (1 - sum x)
    joins lesion L      with A e x_L = A f x_L + A (e - f) x_L,

where the first part of the second line are cells that would have founded a lesion had they landed in tissue, and the
second those that would have failed there. The engine draws it in these parts: founders by A f, of which the share sum x turn
out to have landed in lesions, and beside them cells by A (e - f) x_L. The second part is by far the larger, as f is to e
like one to a hundred or more: what fails in tissue for its wall, its cue and the luck of one cell succeeds among its like.

Self-seeding is the same law, with the lesion that sheds as the lesion that holds. So is the seeding of lesions by one
another, and a nodal lesion, through which passes much of the little that its node receives, is reached by more cells
than one in an organ.

Source: of our own design; that circulating cells colonise tumours that are there already, drawn by IL-6 and IL-8: Kim 2009;
that ten to 150 cells seed a metastasis one after the other: Heyde 2019.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.anatomy import expected_arrests
from seedsoil.biology.patient import Host

Floats = NDArray[np.float64]

CELLS_PER_LITRE = 1e12
#: Share of the blood that is lost on each passage when flows are found as visits of particles let go everywhere.
_LEAK = 1e-9


def throughput(host: Host) -> Floats:
    """Return what flows through each site, blood and lymph [L/day, sites].

    Law: what comes in is what the sites before it send there; the site through which most flows has the cardiac output.
    Found as the visits of particles let go everywhere, of which one in 1e9 is lost on each passage: to 1e-5.
    """
    flow = host.anatomy.flow()
    visits = np.array(_visits(flow.tobytes(), len(flow)))
    return visits * (float(host.cardiac_output) / visits.max())


@lru_cache(maxsize=16)
def _visits(flow: bytes, sites: int) -> tuple[float, ...]:
    """How often particles let go at every site come by each, until the leak takes them; kept, as patients share vessels."""
    ways = np.frombuffer(flow).reshape(sites, sites)
    # Arrests of a chain that holds a leak's share are its visits, times the leak.
    held = expected_arrests(ways, [_LEAK] * sites, 1.0)
    visits = np.ones(sites)
    for source in range(sites):
        visits = visits + held[source] / _LEAK
    return tuple(visits.tolist())


def half_catch(tumour: Tumour, host: Host, without: Collection[str] = ()) -> Floats:
    """Return how many well perfused tumour cells at each site would hold half of what arrests there: H [cells, sites].

    Infinite where nothing joins a lesion: the tumour does not attract, or nothing is known of the blood flow of tissue.
    """
    none = np.full(len(host.anatomy.sites), np.inf)
    attraction = None if tumour.spread is None else tumour.spread.lesion_attraction
    if "lesion reseeding" in without or host.cells is None or attraction is None:
        return none
    pull = float(attraction) * float(host.cells.tissue_flow)
    return np.asarray(throughput(host) * (CELLS_PER_LITRE / pull)) if pull > 0.0 else none
