"""Where cells of a tumour arrest in a host's circulation, alone or in clusters, as vessel walls hold them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedsoil.biology.clone import Tumour
from seedsoil.biology.journey.adhesion import grips
from seedsoil.biology.journey.anatomy import Site, expected_arrests, expected_passes
from seedsoil.biology.patient import Host
from seedsoil.biology.signals import Levels, resting
from seedsoil.biology.soils.factors import levels
from seedsoil.biology.soils.soil import arrest_chance
from seedsoil.foundation.elementary import exp
from seedsoil.foundation.kept import Kept

#: Chances of the last few circulations: most patients of a study differ in other traits.
_recent: Kept[NDArray[np.float64]] = Kept(32)


def arrests(tumour: Tumour, host: Host, signals: Levels | None = None, clusters: bool = False) -> NDArray[np.float64]:
    """Chance that a cell shed at site i, alive in the vessel, arrests at site j [conditions, sites, sites].

    Without ``signals``, that of the one condition in which nothing is blocked or raised [sites, sites]. ``clusters``:
    of cells that travel together and are caught by size more often.
    """
    told = Levels(resting()) if signals is None else signals
    held = _arresting(tumour, told)
    if (held == held[0]).all():  # as for most patients, whom no agent changes there
        different, where = held[:1], np.zeros(len(held), dtype=np.intp)
    else:
        different, where = np.unique(held, axis=0, return_inverse=True)

    def make() -> NDArray[np.float64]:
        flow, survival = host.anatomy.flow(), exp(-float(tumour.transit_loss_rate) * float(tumour.transit_time))
        return np.stack([
            expected_arrests(flow, [_held(tumour, host, site, grip, clusters) for site in host.anatomy.sites], survival)
            for grip in different.tolist()
        ])  # fmt: skip

    read = (tumour.adhesion, tumour.spread, tumour.transit_loss_rate, tumour.transit_time, host.anatomy, host.soils)
    found = _recent.get(read, (different.tobytes(), clusters), make)
    return found[0].copy() if signals is None else found[where.reshape(-1)]


def passes(
    tumour: Tumour, host: Host, round_survival: Sequence[float], signals: Levels, clusters: bool = False
) -> NDArray[np.float64]:
    """How often a cell shed at site i leaves site j before a filter holds it or it is cleared [sites, sites].

    In the one condition of ``signals``. ``round_survival`` (sites,) is the chance not to be cleared on the way from each
    site to the next. Cells that die on the way are counted like the living: corpses are cleared no faster.
    """
    grip = _arresting(tumour, signals)[0].tolist()
    held = [_held(tumour, host, site, grip, clusters) for site in host.anatomy.sites]
    return expected_passes(host.anatomy.flow(), held, round_survival)


def _arresting(tumour: Tumour, signals: Levels) -> NDArray[np.float64]:
    """Hold of each family of addressins on a cell that comes by, against its usual [conditions, addressins]."""
    return np.asarray(grips(tumour, signals) * (1.0 + signals["conditioning"])[:, None])


def _held(tumour: Tumour, host: Host, site: Site, grip: Sequence[float], clusters: bool) -> float:
    trap = float(site.size_trap)
    if clusters and tumour.spread is not None and trap > 0.0:
        trap = max(trap, float(tumour.spread.cluster_size_trap))
    if not site.soil:
        return trap
    return arrest_chance(levels(tumour.adhesion), levels(host.soil(site.soil).addressins), trap, grip)
